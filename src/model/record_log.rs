//! The log of a shard record by record, for rules that tell records apart (S1.2).
//!
//! Generated but unread records lie in a short ring. Records behind the ring are only counted,
//! with a second cursor over the same function, so a backlog of a day costs no memory. The
//! handler's own writes (S10.6) are the exception: they are caused by the run and are kept until
//! they are read.

use std::collections::VecDeque;

use super::record::Record;
use super::workload::{Half, WorkloadCursor};
use crate::units::Instant;

/// Records generated at a time.
const BLOCK: usize = 64;
/// Unread records that are kept; those behind them are counted only.
const RING_CAPACITY: usize = 16_384;

/// The unread part of the log.
#[derive(Debug, Clone)]
pub struct RecordLog {
    /// The next unread records in order, those written back among them; may lie in the future.
    ring: VecDeque<Record>,
    /// Generates what comes behind the ring.
    cursor: WorkloadCursor,
    /// How far the records behind the ring have been counted.
    counter: Option<Counter>,
    /// Records written back that arrive behind the ring, in order.
    written_back: VecDeque<Record>,
    written_back_count: u64,
}

#[derive(Debug, Clone)]
struct Counter {
    cursor: WorkloadCursor,
    /// Records between the end of the ring and the cursor.
    count: u64,
}

impl RecordLog {
    /// The log that `cursor` generates, unread.
    pub fn new(cursor: WorkloadCursor) -> RecordLog {
        RecordLog {
            ring: VecDeque::with_capacity(2 * BLOCK),
            cursor,
            counter: None,
            written_back: VecDeque::new(),
            written_back_count: 0,
        }
    }

    /// A log without records.
    pub fn empty() -> RecordLog {
        RecordLog::new(WorkloadCursor::empty())
    }

    /// Gives what is unread to the log of another shard, or half of it.
    pub fn hand_over(&mut self, heir: &mut RecordLog, half: Option<Half>) {
        let is_taken = |record: &&Record| half.is_none_or(|half| half.has(record));
        heir.written_back.extend(self.written_back.iter().filter(is_taken));
        heir.written_back.make_contiguous().sort_by_key(|record| record.arrival);
        heir.written_back_count = heir.written_back_count.max(self.written_back_count);
        heir.cursor.inherit(self.ring.clone(), self.cursor.clone(), half);
    }

    /// Arrival of the next unread record, which may lie in the future.
    #[inline]
    pub fn next_arrival(&mut self) -> Option<Instant> {
        self.peek(0).map(|record| record.arrival)
    }

    /// The `n`-th unread record from 0, which may be in the future; `None` behind the end.
    pub fn peek(&mut self, n: usize) -> Option<&Record> {
        while self.ring.len() <= n {
            if !self.extend() {
                return None;
            }
        }
        self.ring.get(n)
    }

    /// Reads the next record if it was written at or before `until` (S2.4a) and has at most
    /// `bytes` bytes.
    #[inline]
    pub fn take(&mut self, until: Instant, bytes: u64) -> Option<Record> {
        if self.ring.is_empty() {
            self.extend();
        }
        let next = self.ring.front()?;
        if next.arrival > until || u64::from(next.bytes) > bytes {
            return None;
        }
        self.ring.pop_front()
    }

    /// Passes all records written at or before `until` and says how many.
    pub fn skip_through(&mut self, until: Instant) -> u64 {
        let mut passed = 0;
        while self.next_arrival().is_some_and(|arrival| arrival <= until) {
            let due = self.ring.partition_point(|record| record.arrival <= until);
            self.ring.drain(..due);
            passed += due as u64;
        }
        passed
    }

    /// Number of unread records written at or before `until`. Times do not go back from call to
    /// call.
    pub fn unread(&mut self, until: Instant) -> u64 {
        loop {
            if self.ring.back().is_some_and(|last| last.arrival > until) {
                return self.ring.partition_point(|record| record.arrival <= until) as u64;
            }
            if self.ring.len() >= RING_CAPACITY {
                break;
            }
            if !self.extend() {
                return self.ring.len() as u64;
            }
        }
        let cursor = &self.cursor;
        let counter =
            self.counter.get_or_insert_with(|| Counter { cursor: cursor.clone(), count: 0 });
        counter.count += counter.cursor.skip_through(until);
        let written_back = self.written_back.partition_point(|record| record.arrival <= until);
        self.ring.len() as u64 + counter.count + written_back as u64
    }

    /// The same for any time, without remembering how far it got.
    pub fn unread_at(&self, until: Instant) -> u64 {
        let is_due = |record: &Record| record.arrival <= until;
        let due = self.ring.partition_point(is_due);
        if due < self.ring.len() {
            return due as u64;
        }
        let written_back = self.written_back.partition_point(is_due);
        (due + written_back) as u64 + self.cursor.clone().skip_through(until)
    }

    /// Adds a record that the handler writes at `record.arrival`, which has not been read past.
    pub fn write_back(&mut self, mut record: Record) {
        record.index = self.written_back_count;
        self.written_back_count += 1;
        let is_before = |other: &Record| other.arrival <= record.arrival;
        if self.ring.back().is_some_and(|last| record.arrival < last.arrival) {
            let at = self.ring.partition_point(is_before);
            self.ring.insert(at, record);
        } else {
            let at = self.written_back.partition_point(is_before);
            self.written_back.insert(at, record);
        }
    }

    /// Appends generated records, and those written back among them, to the ring; `false` at the
    /// end of the log.
    fn extend(&mut self) -> bool {
        let from = self.ring.len();
        self.cursor.fill(&mut self.ring, BLOCK);
        let generated = (self.ring.len() - from) as u64;
        self.recount(generated);
        if self.written_back.is_empty() {
            return generated > 0;
        }
        let end = match self.ring.back() {
            // Behind generated records there may be others before the next one written back.
            Some(last) if generated > 0 => last.arrival,
            Some(_) | None => Instant::FAR_FUTURE,
        };
        let due = self.written_back.partition_point(|record| record.arrival <= end);
        for record in self.written_back.drain(..due) {
            let at = self.ring.partition_point(|other| other.arrival <= record.arrival);
            self.ring.insert(at, record);
        }
        self.ring.len() > from
    }

    /// Keeps the counter's distance from the end of the ring when that moved on.
    fn recount(&mut self, generated: u64) {
        if let Some(counter) = &mut self.counter {
            match counter.count.checked_sub(generated) {
                Some(count) => counter.count = count,
                None => self.counter = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomSource;
    use crate::model::workload::WorkloadPlan;
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::units::Duration;

    #[test]
    fn records_written_back_count_in_their_time_behind_a_long_backlog() {
        let settings = settings(1, vec![poisson(5.0)], Duration::from_secs(1_000));
        let plan = WorkloadPlan::new(&settings, RandomSource::new(1, 0));
        let mut cursor = plan.cursor(0);
        let records: Vec<Record> = std::iter::from_fn(|| cursor.next_record()).collect();
        let mut log = RecordLog::new(plan.cursor(0));
        let written = Instant::from_secs(900);
        log.write_back(Record { arrival: written, ..records[0] });
        for seconds in [1, 10, 100, 899, 900, 1_000] {
            let until = Instant::from_secs(seconds);
            let due = records.iter().filter(|record| record.arrival <= until).count() as u64;
            let expected = due + u64::from(written <= until);
            assert_eq!((log.unread_at(until), log.unread(until)), (expected, expected));
        }
    }
}
