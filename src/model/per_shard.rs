//! Something for each of the shards that a run is about.
//!
//! A run is about all shards of the stream, or about some that follow one another where shards
//! have nothing to do with each other (`independence`).

use std::ops::{Index, IndexMut, Range};

/// One item per shard, found by the shard's number.
#[derive(Debug, Clone)]
pub struct PerShard<T> {
    first: u32,
    items: Vec<T>,
}

impl<T> PerShard<T> {
    /// What `item` makes for each of the shards.
    pub fn new(shards: Range<u32>, item: impl FnMut(u32) -> T) -> PerShard<T> {
        PerShard { first: shards.start, items: shards.map(item).collect() }
    }

    /// The numbers of the shards.
    #[inline]
    pub fn numbers(&self) -> Range<u32> {
        self.first..self.first + self.items.len() as u32
    }

    /// All items.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut()
    }

    /// The items of two shards.
    ///
    /// # Panics
    /// When they are the same, or not there, which is a bug.
    pub fn both_mut(&mut self, one: u32, other: u32) -> [&mut T; 2] {
        let places = [one, other].map(|shard| (shard - self.first) as usize);
        self.items.get_disjoint_mut(places).expect("two shards of the run")
    }
}

impl<T> Index<u32> for PerShard<T> {
    type Output = T;

    #[inline]
    fn index(&self, shard: u32) -> &T {
        &self.items[shard.wrapping_sub(self.first) as usize]
    }
}

impl<T> IndexMut<u32> for PerShard<T> {
    #[inline]
    fn index_mut(&mut self, shard: u32) -> &mut T {
        &mut self.items[shard.wrapping_sub(self.first) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_the_number_of_their_shard() {
        let mut names = PerShard::new(3..6, |shard| shard.to_string());
        assert_eq!(names.numbers(), 3..6);
        assert_eq!(names[4], "4");
        let [last, first] = names.both_mut(5, 3);
        std::mem::swap(last, first);
        assert_eq!((names[3].as_str(), names[5].as_str()), ("5", "3"));
    }
}
