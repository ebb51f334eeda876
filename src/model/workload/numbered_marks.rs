//! Poison marks by number: record `n` of a shard, all its sources together, is poison (S10.4).
//!
//! The cursor that merges the sources numbers the records, so that the marks do not depend on
//! when they are written. Left out: records that the handler writes back, which have no number.

use super::marks::PoisonFault;

/// The marks of one shard and how many of its records have been passed.
#[derive(Debug, Clone)]
pub(super) struct NumberedMarks {
    /// Marked numbers in rising order.
    numbers: Vec<u64>,
    /// Index of the next of them.
    next: usize,
    passed: u64,
}

impl NumberedMarks {
    /// No marks.
    pub(super) fn none() -> NumberedMarks {
        NumberedMarks { numbers: Vec::new(), next: 0, passed: 0 }
    }

    /// The marks among `faults` that are meant for `shard`.
    pub(super) fn new(faults: &[PoisonFault], shard: u32) -> NumberedMarks {
        let mut numbers: Vec<u64> =
            faults.iter().filter_map(|fault| fault.number_on(shard)).collect();
        numbers.sort_unstable();
        NumberedMarks { numbers, next: 0, passed: 0 }
    }

    /// Whether the shard's next record is marked; it is passed.
    #[inline]
    pub(super) fn take(&mut self) -> bool {
        self.passed += 1;
        let is_marked = self.next_number().is_some_and(|number| number < self.passed);
        if is_marked {
            self.skip_passed();
        }
        is_marked
    }

    /// Whether one of the next `count` records is marked.
    #[inline]
    pub(super) fn is_due_within(&self, count: u64) -> bool {
        self.next_number().is_some_and(|number| number < self.passed + count)
    }

    /// Passes `count` records with their marks.
    pub(super) fn pass(&mut self, count: u64) {
        self.passed += count;
        self.skip_passed();
    }

    fn next_number(&self) -> Option<u64> {
        self.numbers.get(self.next).copied()
    }

    fn skip_passed(&mut self) {
        while self.next_number().is_some_and(|number| number < self.passed) {
            self.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::RandomSource;
    use crate::model::settings::{Fault, FaultKind, PoisonMarks};
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::model::workload::{WorkloadCursor, WorkloadPlan};
    use crate::units::{Duration, Instant};

    fn cursor(sources: usize, shard: u32) -> WorkloadCursor {
        let mut settings = settings(2, vec![poisson(4.0); sources], Duration::from_secs(1000));
        let numbers = [(150, 0), (3, 0), (4, 0), (9, 1)];
        settings.function.faults = numbers
            .map(|(number, shard)| Fault {
                kind: FaultKind::Poison(PoisonMarks::Number { number, shard }),
                from: Instant::START,
                to: Instant::FAR_FUTURE,
            })
            .to_vec();
        WorkloadPlan::new(&settings, RandomSource::new(1, 0)).cursor(shard)
    }

    fn marked(mut cursor: WorkloadCursor) -> Vec<usize> {
        let records = std::iter::from_fn(|| cursor.next_record()).enumerate();
        records.filter(|(_, record)| record.marks.poison).map(|(number, _)| number).collect()
    }

    #[test]
    fn the_records_with_the_given_numbers_of_the_shard_are_poison() {
        for sources in [1, 2] {
            assert_eq!(marked(cursor(sources, 0)), [3, 4, 150]);
            assert_eq!(marked(cursor(sources, 1)), [9]);
        }
    }

    #[test]
    fn reading_many_and_passing_over_keep_the_numbers() {
        for sources in [1, 2] {
            let mut filled = std::collections::VecDeque::new();
            cursor(sources, 0).fill(&mut filled, 300);
            let marks: Vec<bool> = filled.iter().map(|record| record.marks.poison).collect();
            assert_eq!(marks.iter().filter(|mark| **mark).count(), 3);
            assert!(marks[3] && marks[4] && marks[150]);
            let mut passing = cursor(sources, 0);
            let passed = passing.skip_through(filled[9].arrival) as usize;
            assert_eq!(marked(passing), [150 - passed]);
        }
    }
}
