//! Arrivals in order in one piece of memory: added behind, removed in front.

use crate::units::Instant;

/// Arrivals in order.
#[derive(Debug, Clone, Default)]
pub struct ArrivalList {
    list: Vec<Instant>,
    /// Those before it are removed.
    first: usize,
}

impl ArrivalList {
    /// The arrivals.
    #[inline]
    pub fn as_slice(&self) -> &[Instant] {
        &self.list[self.first..]
    }

    /// Adds arrivals behind the others.
    #[inline]
    pub fn extend_from_slice(&mut self, arrivals: &[Instant]) {
        self.forget_removed();
        self.list.extend_from_slice(arrivals);
    }

    /// Lets `append` add arrivals behind the others and says how many it did.
    #[inline]
    pub fn append(&mut self, append: impl FnOnce(&mut Vec<Instant>)) -> usize {
        self.forget_removed();
        let before = self.list.len();
        append(&mut self.list);
        self.list.len() - before
    }

    /// Removes the first `count` arrivals.
    #[inline]
    pub fn remove_front(&mut self, count: usize) {
        self.first += count;
        assert!(self.first <= self.list.len(), "{count} arrivals are more than there are");
    }

    /// Moves what is left to the front where that is less than was removed, so that moving costs no
    /// more than adding did.
    #[inline]
    fn forget_removed(&mut self) {
        if self.first > 0 && self.first >= self.list.len() - self.first {
            self.list.copy_within(self.first.., 0);
            self.list.truncate(self.list.len() - self.first);
            self.first = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_behind_comes_out_in_front() {
        let mut list = ArrivalList::default();
        let at = |number: u64| Instant::from_secs(number);
        let (mut added, mut removed) = (0, 0);
        for step in 0..100 {
            let more: Vec<Instant> = (added..added + step % 5).map(at).collect();
            list.extend_from_slice(&more);
            added += step % 5;
            list.remove_front((step % 4).min(added - removed) as usize);
            removed += (step % 4).min(added - removed);
            let left: Vec<Instant> = (removed..added).map(at).collect();
            assert_eq!(list.as_slice(), left);
        }
    }
}
