//! What a child shard takes over of a parent: the parent's records from its end on, whole or one
//! half of the keys (S1.7).
//!
//! The parent's generated but unread records come first, then those of its cursor, which goes on
//! as if nothing had happened: a reshard moves no draw. Records of the second of two merged
//! parents get numbers of their own, since a number is an address of random draws together with
//! the shard.

use std::collections::VecDeque;

use super::cursor::WorkloadCursor;
use super::hash::goes_right;
use crate::model::record::Record;
use crate::units::Instant;

/// Number bits below which a record's number among its source's records lies.
const NUMBER_BITS: u32 = 40;

/// The half of a split shard that a child gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Half {
    /// The shard that is split.
    pub parent: u32,
    /// The right one.
    pub is_right: bool,
}

impl Half {
    /// Whether a record belongs to it.
    pub fn has(&self, record: &Record) -> bool {
        goes_right(record.key_hash, self.parent) == self.is_right
    }
}

/// A part of another shard's records, read in order.
#[derive(Debug, Clone)]
pub struct Inherited {
    ahead: VecDeque<Record>,
    cursor: Box<WorkloadCursor>,
    half: Option<Half>,
    /// Set in all numbers.
    tag: u64,
    /// The next record that belongs to the part.
    next: Option<Record>,
}

impl Inherited {
    /// The records `ahead` and then those of `cursor`, as far as they belong to `half`; numbers
    /// are told apart from those of other parts by `part`.
    pub(super) fn new(
        ahead: VecDeque<Record>,
        cursor: WorkloadCursor,
        half: Option<Half>,
        part: u32,
    ) -> Inherited {
        let tag = u64::from(part) << NUMBER_BITS;
        let mut inherited = Inherited { ahead, cursor: Box::new(cursor), half, tag, next: None };
        inherited.advance();
        inherited
    }

    /// Arrival of the next record, which may lie in the future.
    pub(super) fn next_arrival(&self) -> Option<Instant> {
        self.next.map(|record| record.arrival)
    }

    /// Takes the next record.
    pub(super) fn take(&mut self) -> Option<Record> {
        let record = self.next;
        self.advance();
        record
    }

    fn advance(&mut self) {
        loop {
            let record = self.ahead.pop_front().or_else(|| self.cursor.next_record());
            if record.is_none_or(|record| self.half.is_none_or(|half| half.has(&record))) {
                let index = |record: Record| record.index ^ self.tag;
                self.next = record.map(|record| Record { index: index(record), ..record });
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomSource;
    use crate::model::settings::Reshard;
    use crate::model::workload::WorkloadPlan;
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::units::Duration;

    fn records(mut cursor: WorkloadCursor) -> Vec<(Instant, u64)> {
        let next = || cursor.next_record().map(|record| (record.arrival, record.key_hash));
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn two_halves_are_the_whole_and_a_merge_puts_them_together_again() {
        let mut settings = settings(1, vec![poisson(5.0)], Duration::from_secs(1_000));
        let at = Instant::from_secs(1);
        settings.stream.reshards = vec![Reshard { at, close: vec![0], open: vec![1, 2] }];
        let plan = WorkloadPlan::new(&settings, RandomSource::new(1, 0));
        let half = |is_right| {
            let mut child = plan.cursor(1);
            child.inherit(VecDeque::new(), plan.cursor(0), Some(Half { parent: 0, is_right }));
            child
        };
        let (left, right) = (half(false), half(true));
        let whole = records(plan.cursor(0));
        let is_right = |&(_, key_hash): &(Instant, u64)| goes_right(key_hash, 0);
        assert!(records(right.clone()).iter().all(is_right), "a left key is in the right half");
        let share = records(left.clone()).len() as f64 / whole.len() as f64;
        assert!((0.46..0.54).contains(&share), "{share} of the records");
        let mut merged = WorkloadCursor::empty();
        merged.inherit(VecDeque::new(), left.clone(), None);
        merged.inherit(VecDeque::new(), right, None);
        assert_eq!(records(merged.clone()), whole);
        let until = Instant::from_secs(500);
        let before = whole.iter().filter(|(arrival, _)| *arrival <= until).count() as u64;
        assert_eq!(merged.skip_through(until), before);
    }
}
