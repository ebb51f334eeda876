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

    /// Moves the first `count` arrivals behind those of another list; where that has none and fewer
    /// are left here, these are moved instead.
    #[inline]
    pub fn move_front(&mut self, count: usize, to: &mut ArrivalList) {
        let end = self.first + count;
        if to.first == to.list.len() && self.list.len() - end <= count {
            std::mem::swap(self, to);
            self.list.clear();
            self.first = 0;
            self.list.extend_from_slice(&to.list[end..]);
            to.list.truncate(end);
        } else {
            to.extend_from_slice(&self.as_slice()[..count]);
            self.remove_front(count);
        }
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
    fn arrivals_are_moved_whatever_the_other_list_holds() {
        let list = |numbers: std::ops::Range<u64>| {
            let mut list = ArrivalList::default();
            list.extend_from_slice(&numbers.map(Instant::from_nanos).collect::<Vec<_>>());
            list
        };
        for (there, removed, others, count) in [(10, 0, 0, 7), (10, 3, 0, 2), (10, 3, 4, 5)] {
            let (mut from, mut to) = (list(0..there), list(100..100 + others));
            from.remove_front(removed);
            from.move_front(count, &mut to);
            let moved = removed as u64 + count as u64;
            assert_eq!(from.as_slice(), list(moved..there).as_slice());
            let expected =
                [list(100..100 + others).list, list(removed as u64..moved).list].concat();
            assert_eq!(to.as_slice(), expected);
        }
    }

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
