//! The log of a shard whose records differ in time and number only, cell by cell (S1.2).
//!
//! Reading a page takes parts of cells, not records: it costs a few steps however many there are.
//! Cells that are known but unread lie in a short ring; those behind it are only counted, with a
//! second cursor, so a backlog of a day costs no memory.

use std::collections::VecDeque;

use super::record::Record;
use super::workload::{Cell, CellCursor};
use crate::units::Instant;

/// Unread cells that are kept.
const RING_CAPACITY: usize = 128;

/// The unread part of the log.
#[derive(Debug, Clone)]
pub struct CellLog {
    /// The next unread cells in order; may lie in the future. None is empty.
    ring: VecDeque<Cell>,
    /// Records of the first one that are not read.
    unread: u64,
    /// Gives the cells behind the ring.
    cursor: CellCursor,
    /// How far those have been counted.
    counter: Option<Counter>,
    /// Arrival of the next unread record, once it was asked for.
    next: Option<Instant>,
    /// What all records share.
    plain: Record,
}

#[derive(Debug, Clone)]
struct Counter {
    cursor: CellCursor,
    /// Records of the whole cells between the end of the ring and the cursor.
    count: u64,
    /// The cell before the cursor, which is not among them.
    reached: Option<Cell>,
}

/// Records that follow each other in a cell.
#[derive(Debug, Clone, Copy)]
pub struct CellPart {
    /// The cell.
    pub cell: Cell,
    /// The records, at least one.
    pub members: u64,
}

impl CellLog {
    /// The log of these cells, unread.
    pub fn new(cursor: CellCursor, plain: Record) -> CellLog {
        let ring = VecDeque::with_capacity(4);
        CellLog { ring, unread: 0, cursor, counter: None, next: None, plain }
    }

    /// What all records share.
    pub fn plain(&self) -> Record {
        self.plain
    }

    /// Arrival of the next unread record, which may lie in the future.
    #[inline]
    pub fn next_arrival(&mut self) -> Option<Instant> {
        if self.next.is_none() {
            self.next = self.arrival(0);
        }
        self.next
    }

    /// Arrival of the `n`-th unread record from 0.
    pub fn arrival(&mut self, mut n: u64) -> Option<Instant> {
        for place in 0.. {
            if place == self.ring.len() && !self.extend() {
                return None;
            }
            let (cell, unread) = self.unread_of(place);
            let records = u64::from(unread.count_ones());
            if n < records {
                return Some(cell.arrival(cell.select(unread, n as u32)));
            }
            n -= records;
        }
        None
    }

    /// Reads the records written at or before `until`, at most `room` of them, part by part with
    /// the arrival of the first where that is known; how many there were.
    pub fn take(
        &mut self,
        until: Instant,
        room: u64,
        mut see: impl FnMut(CellPart, Option<Instant>),
    ) -> u64 {
        let mut taken = 0;
        while taken < room && (!self.ring.is_empty() || self.extend()) {
            let first = self.next;
            let (&cell, unread) = self.unread_of(0);
            let mut members = cell.through(until) & unread;
            if members == 0 {
                break;
            }
            let room = room - taken;
            if u64::from(members.count_ones()) > room {
                members = cell.up_to(members, cell.select(members, room as u32 - 1));
            }
            see(CellPart { cell, members }, first);
            taken += u64::from(members.count_ones());
            self.pass(members);
        }
        taken
    }

    /// Passes all records written at or before `until` and says how many.
    pub fn skip_through(&mut self, until: Instant) -> u64 {
        let passed = self.take(until, u64::MAX, |_, _| ());
        self.counter = None;
        passed
    }

    /// Number of unread records written at or before `until`. Times do not go back from call to
    /// call.
    pub fn unread(&mut self, until: Instant) -> u64 {
        let mut count = 0;
        for place in 0.. {
            if place == self.ring.len() {
                if place >= RING_CAPACITY {
                    return count + self.count_behind(until);
                }
                if !self.extend() {
                    break;
                }
            }
            let (cell, unread) = self.unread_of(place);
            count += u64::from((cell.through(until) & unread).count_ones());
            if cell.end() > until.as_nanos() {
                break;
            }
        }
        count
    }

    /// The same for any time, without remembering how far it got.
    pub fn unread_at(&self, until: Instant) -> u64 {
        self.clone().unread(until)
    }

    /// Records behind the ring written at or before `until`.
    fn count_behind(&mut self, until: Instant) -> u64 {
        let cursor = &self.cursor;
        let begin = || Counter { cursor: cursor.clone(), count: 0, reached: None };
        let counter = self.counter.get_or_insert_with(begin);
        loop {
            if let Some(cell) = counter.reached {
                if cell.end() > until.as_nanos() {
                    return counter.count + u64::from(cell.through(until).count_ones());
                }
                counter.count += u64::from(cell.records());
            }
            counter.reached = None;
            counter.count += counter.cursor.skip_through(until);
            counter.reached = counter.cursor.advance();
            if counter.reached.is_none() {
                return counter.count;
            }
        }
    }

    /// A cell of the ring, and its records that are not read.
    #[inline]
    fn unread_of(&self, place: usize) -> (&Cell, u64) {
        let cell = &self.ring[place];
        (cell, if place == 0 { self.unread } else { cell.all() })
    }

    /// Some records of the first cell are read.
    fn pass(&mut self, members: u64) {
        self.unread &= !members;
        self.next = None;
        if self.unread == 0 {
            self.ring.pop_front();
            self.unread = self.ring.front().map_or(0, Cell::all);
        }
    }

    /// Appends the next cell with records to the ring; `false` at the end of the log.
    fn extend(&mut self) -> bool {
        while let Some(cell) = self.cursor.advance() {
            if cell.records() > 0 {
                self.recount(cell.records());
                if self.ring.is_empty() {
                    self.unread = cell.all();
                }
                self.ring.push_back(cell);
                return true;
            }
        }
        false
    }

    /// Keeps the counter's distance from the end of the ring when that moved on.
    fn recount(&mut self, appended: u32) {
        if let Some(counter) = &mut self.counter {
            match counter.count.checked_sub(appended.into()) {
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
    fn the_nth_unread_record_is_that_of_the_log_read_one_by_one() {
        let settings = settings(1, vec![poisson(5.0)], Duration::from_secs(200));
        let plan = WorkloadPlan::new(&settings, RandomSource::new(1, 0));
        let mut cursor = plan.cursor(0);
        let next = || cursor.next_record().map(|record| record.arrival);
        let arrivals: Vec<Instant> = std::iter::from_fn(next).collect();
        let (cells, plain) = plan.cells(0).expect("a Poisson process");
        let end = Instant::from_secs(200);
        let mut log = CellLog::new(cells, plain);
        for read in [0, 1, 4, 60] {
            let before = arrivals.len() - log.unread_at(end) as usize;
            log.take(end, read, |_, _| ());
            let left = &arrivals[before + read as usize..];
            let seen: Vec<Instant> = (0..).map_while(|n| log.arrival(n)).collect();
            assert_eq!(seen, left);
        }
    }
}
