//! The log of a shard whose records differ in time and number only (S1.2): their arrivals.
//!
//! Arrivals that are known but unread lie in a short list; those behind it are only counted, with a
//! second cursor over the same function, so a backlog of a day costs no memory. A page is a piece
//! of the list.

use super::arrival_list::ArrivalList;
use super::record::Record;
use super::workload::ArrivalCursor;
use crate::units::Instant;

/// Unread arrivals that are kept; those behind them are counted only.
const LIST_CAPACITY: usize = 1024;

/// The unread part of the log.
#[derive(Debug, Clone)]
pub struct PlainLog {
    /// The next unread arrivals in order; may lie in the future.
    unread: ArrivalList,
    /// Generates what comes behind the list.
    cursor: ArrivalCursor,
    /// How far the arrivals behind the list have been counted.
    counter: Option<Box<Counter>>,
    /// What all records share.
    plain: Record,
}

#[derive(Debug, Clone)]
struct Counter {
    cursor: ArrivalCursor,
    /// The next arrival that is not counted.
    ahead: Option<Instant>,
    /// Arrivals between the end of the list and that.
    count: u64,
}

impl PlainLog {
    /// The log of these arrivals, unread.
    pub(super) fn new(cursor: ArrivalCursor, plain: Record) -> PlainLog {
        PlainLog { unread: ArrivalList::default(), cursor, counter: None, plain }
    }

    /// What all records share.
    pub fn plain(&self) -> Record {
        self.plain
    }

    /// Arrival of the next unread record, which may lie in the future.
    #[inline]
    pub fn next_arrival(&mut self) -> Option<Instant> {
        self.arrival(0)
    }

    /// Arrival of the `n`-th unread record from 0.
    #[inline]
    pub fn arrival(&mut self, n: usize) -> Option<Instant> {
        loop {
            if let Some(&arrival) = self.unread.as_slice().get(n) {
                return Some(arrival);
            }
            if !self.extend() {
                return None;
            }
        }
    }

    /// Reads the next record if it was written at or before `until`: when that was.
    pub fn take_next(&mut self, until: Instant) -> Option<Instant> {
        let arrival = self.next_arrival().filter(|&arrival| arrival <= until)?;
        self.unread.remove_front(1);
        Some(arrival)
    }

    /// Reads the records written at or before `until`, at most `room` of them, behind the arrivals
    /// of a list; how many there were.
    #[inline]
    pub fn take(&mut self, until: Instant, room: u64, into: &mut ArrivalList) -> u64 {
        let mut taken = 0;
        loop {
            let left = room - taken;
            let is_known = self.reach(until, left);
            let due = self.unread.as_slice().partition_point(|&arrival| arrival <= until);
            let count = due.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.unread.move_front(count, into);
            taken += count as u64;
            if is_known {
                return taken;
            }
        }
    }

    /// Passes all records written at or before `until` and says how many.
    pub fn skip_through(&mut self, until: Instant) -> u64 {
        if self.next_arrival().is_none_or(|next| next > until) {
            return 0;
        }
        self.counter = None;
        let known = self.unread.as_slice();
        let mut passed = known.partition_point(|&arrival| arrival <= until);
        let is_behind = passed == known.len();
        self.unread.remove_front(passed);
        if is_behind && let Some(ahead) = self.cursor.advance() {
            let mut next = Some(ahead);
            if ahead <= until {
                let behind = self.cursor.pass_through(ahead, until);
                passed += behind.count as usize;
                next = behind.next;
            }
            self.unread.extend_from_slice(next.as_slice());
        }
        passed as u64
    }

    /// Number of unread records written at or before `until`. Times do not go back from call to
    /// call.
    pub fn unread(&mut self, until: Instant) -> u64 {
        self.reach(until, u64::MAX);
        let known = self.unread.as_slice();
        let due = known.partition_point(|&arrival| arrival <= until);
        let is_all = due < known.len();
        due as u64 + if is_all { 0 } else { self.count_behind(until) }
    }

    /// The same for any time, without remembering how far it got.
    pub fn unread_at(&self, until: Instant) -> u64 {
        PlainLog { counter: None, ..self.clone() }.unread(until)
    }

    /// Extends the list until it knows all arrivals up to `until`, or `wanted` of them, or is full;
    /// whether it does, or there are no more.
    #[inline]
    fn reach(&mut self, until: Instant, wanted: u64) -> bool {
        loop {
            let known = self.unread.as_slice();
            if known.last().is_some_and(|&last| last > until) || known.len() as u64 >= wanted {
                return true;
            }
            if known.len() >= LIST_CAPACITY {
                return false;
            }
            if !self.extend() {
                return true;
            }
        }
    }

    /// Arrivals behind the list at or before `until`.
    fn count_behind(&mut self, until: Instant) -> u64 {
        let cursor = &self.cursor;
        let counter = self.counter.get_or_insert_with(|| {
            let mut cursor = cursor.clone();
            let ahead = cursor.advance();
            Box::new(Counter { cursor, ahead, count: 0 })
        });
        if let Some(ahead) = counter.ahead.filter(|&ahead| ahead <= until) {
            let passed = counter.cursor.pass_through(ahead, until);
            counter.count += passed.count;
            counter.ahead = passed.next;
        }
        counter.count
    }

    /// Appends the next arrivals to the list; `false` at the end of the log.
    fn extend(&mut self) -> bool {
        let added = self.unread.append(|list| self.cursor.append(list));
        // Keeps the counter's distance from the end of the list.
        if let Some(counter) = &mut self.counter {
            match counter.count.checked_sub(added as u64) {
                Some(count) => counter.count = count,
                None => self.counter = None,
            }
        }
        added > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomSource;
    use crate::model::workload::WorkloadPlan;
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::units::Duration;

    fn log_and_arrivals(rate: f64, seconds: u64) -> (PlainLog, Vec<Instant>) {
        let settings = settings(1, vec![poisson(rate)], Duration::from_secs(seconds));
        let plan = WorkloadPlan::new(&settings, RandomSource::new(1, 0));
        let mut cursor = plan.cursor(0);
        let next = || cursor.next_record().map(|record| record.arrival);
        let arrivals: Vec<Instant> = std::iter::from_fn(next).collect();
        let (cursor, plain) = plan.plain_arrivals(0).expect("a Poisson process");
        (PlainLog::new(cursor, plain), arrivals)
    }

    #[test]
    fn the_nth_unread_record_is_that_of_the_log_read_one_by_one() {
        let (mut log, arrivals) = log_and_arrivals(5.0, 200);
        let end = Instant::from_secs(200);
        for read in [0, 1, 4, 60] {
            let before = arrivals.len() - log.unread_at(end) as usize;
            log.take(end, read, &mut ArrivalList::default());
            let left = &arrivals[before + read as usize..];
            let seen: Vec<Instant> = (0..).map_while(|n| log.arrival(n)).collect();
            assert_eq!(seen, left);
        }
    }

    #[test]
    fn a_backlog_longer_than_the_list_is_counted_read_and_passed() {
        let (mut log, arrivals) = log_and_arrivals(400.0, 60);
        let due = |from: usize, until: Instant| {
            arrivals[from..].iter().filter(|&&arrival| arrival <= until).count() as u64
        };
        let mut read = 0;
        for seconds in 1..60 {
            let until = Instant::from_secs(seconds);
            assert_eq!(log.unread(until), due(read, until), "{seconds}");
            let before = Instant::from_secs(seconds / 2);
            assert_eq!(log.unread_at(before), due(read, before), "{seconds}");
            let mut seen = ArrivalList::default();
            let room = if seconds % 7 == 0 { 5_000 } else { 130 };
            let taken = log.take(until, room, &mut seen);
            assert_eq!(taken, due(read, until).min(room));
            assert_eq!(seen.as_slice(), &arrivals[read..read + taken as usize]);
            read += taken as usize;
            if seconds == 41 {
                let passed = due(read, until);
                assert_eq!((log.skip_through(until), passed > 1_024), (passed, true));
                read += passed as usize;
                assert_eq!(log.next_arrival(), arrivals.get(read).copied());
            }
        }
    }
}
