//! A shard as a log that is generated while it is read (S1.2).
//!
//! What is written to a shard is a pure function of (seed, replication, shard); this is a reader
//! of it. Generated but unread records lie in a short ring. Records behind the ring are only
//! counted, with a second cursor over the same function, so a backlog of a day costs no memory.
//! The handler's own writes (S10.6) are the exception: they are caused by the run and are kept
//! until they are read.

use std::collections::VecDeque;

use super::record::Record;
use super::workload::{Half, WorkloadCursor};
use crate::units::Instant;

/// Records generated at a time.
const BLOCK: usize = 64;
/// Unread records that are kept; those behind them are counted only.
const RING_CAPACITY: usize = 16_384;

/// The unread part of a shard's log.
#[derive(Debug, Clone)]
pub struct Shard {
    /// The next unread records in order, those written back among them; may lie in the future.
    ring: VecDeque<Record>,
    /// Generates what comes behind the ring.
    cursor: WorkloadCursor,
    /// How far the records behind the ring have been counted.
    counter: Option<Counter>,
    /// Records written back that arrive behind the ring, in order.
    written_back: VecDeque<Record>,
    /// Position in the log of the next unread record.
    next_sequence: u64,
    written_back_count: u64,
    /// Position behind the last record of the generation that is read, once that is closed.
    end: Option<u64>,
    /// When that was.
    closed_at: Instant,
    /// Shards that took over what comes behind the end.
    heirs: Vec<(u32, Option<Half>)>,
}

#[derive(Debug, Clone)]
struct Counter {
    cursor: WorkloadCursor,
    /// Records between the end of the ring and the cursor.
    count: u64,
}

impl Shard {
    /// The log that `cursor` generates, unread.
    pub fn new(cursor: WorkloadCursor) -> Shard {
        Shard {
            ring: VecDeque::with_capacity(2 * BLOCK),
            cursor,
            counter: None,
            written_back: VecDeque::new(),
            next_sequence: 0,
            written_back_count: 0,
            end: None,
            closed_at: Instant::FAR_FUTURE,
            heirs: Vec::new(),
        }
    }

    /// The generation that is read is closed at `at`: records written from then on belong to the
    /// next (S1.7).
    pub fn close(&mut self, at: Instant) {
        let before = |record: &Record| record.arrival < at;
        let mut left = self.ring.partition_point(before) as u64;
        if left == self.ring.len() as u64 && at > Instant::START {
            let until = Instant::from_nanos(at.as_nanos() - 1);
            left += self.cursor.clone().skip_through(until);
            left += self.written_back.partition_point(before) as u64;
        }
        self.end = Some(self.next_sequence + left);
        self.closed_at = at;
    }

    /// The next generation is read from now on.
    pub fn open_next(&mut self) {
        self.end = None;
        self.closed_at = Instant::FAR_FUTURE;
    }

    /// Whether the generation that is read is closed and has no unread record.
    #[inline]
    pub fn is_at_end(&self) -> bool {
        self.end.is_some_and(|end| self.next_sequence >= end)
    }

    /// Gives what comes behind the end to `heirs`, each its half where there are two.
    pub fn hand_over(&mut self, to: u32, heir: &mut Shard, half: Option<Half>) {
        let is_taken = |record: &&Record| half.is_none_or(|half| half.has(record));
        heir.written_back.extend(self.written_back.iter().filter(is_taken));
        heir.written_back.make_contiguous().sort_by_key(|record| record.arrival);
        heir.written_back_count = heir.written_back_count.max(self.written_back_count);
        heir.cursor.inherit(self.ring.clone(), self.cursor.clone(), half);
        self.heirs.push((to, half));
    }

    /// Keeps nothing that was handed over.
    pub fn retire(&mut self) {
        self.ring.clear();
        self.written_back.clear();
        self.cursor = WorkloadCursor::empty();
        self.counter = None;
    }

    /// The shard that took over the records of a key, if another one did.
    pub fn heir_of(&self, record: &Record) -> Option<u32> {
        let heir = self.heirs.iter().find(|(_, half)| half.is_none_or(|half| half.has(record)));
        heir.map(|&(shard, _)| shard)
    }

    /// When the next unread record of the generation that is read is written, which may be in the
    /// future.
    pub fn next_in_generation(&mut self) -> Option<Instant> {
        if self.is_at_end() { None } else { self.next_arrival() }
    }

    /// When the next unread record is written, which may be in the future.
    pub fn next_arrival(&mut self) -> Option<Instant> {
        self.peek(0).map(|record| record.arrival)
    }

    /// The `n`-th unread record from 0, which may be in the future; `None` behind the end of the
    /// generation that is read.
    pub fn peek_in_generation(&mut self, n: usize) -> Option<&Record> {
        if self.end.is_some_and(|end| self.next_sequence + n as u64 >= end) {
            return None;
        }
        self.peek(n)
    }

    fn peek(&mut self, n: usize) -> Option<&Record> {
        while self.ring.len() <= n && self.extend() {}
        self.ring.get(n)
    }

    /// Takes the next record if it was written at or before `until` (a record that arrives exactly
    /// then is read, S2.4a), with its sequence number.
    #[inline]
    pub fn take(&mut self, until: Instant) -> Option<(Record, u64)> {
        self.take_up_to(until, u64::MAX)
    }

    /// The same if the record has at most `bytes` stored bytes.
    #[inline]
    pub fn take_up_to(&mut self, until: Instant, bytes: u64) -> Option<(Record, u64)> {
        if self.is_at_end() {
            return None;
        }
        if self.ring.is_empty() {
            self.extend();
        }
        let next = self.ring.front()?;
        if next.arrival > until || u64::from(next.bytes) > bytes {
            return None;
        }
        let record = self.ring.pop_front()?;
        self.next_sequence += 1;
        Some((record, self.next_sequence - 1))
    }

    /// Passes all records written before `instant` and says how many.
    pub fn skip_before(&mut self, instant: Instant) -> u64 {
        let from = self.next_sequence;
        if instant == Instant::START {
            return 0;
        }
        let until = Instant::from_nanos(instant.as_nanos() - 1);
        while self.next_arrival().is_some_and(|arrival| arrival <= until) {
            let passed = self.ring.partition_point(|record| record.arrival <= until);
            self.ring.drain(..passed);
            self.next_sequence += passed as u64;
        }
        self.next_sequence - from
    }

    /// The same without those of a later generation.
    pub fn unread_in_generation(&mut self, until: Instant) -> u64 {
        let unread = self.unread(until);
        self.end.map_or(unread, |end| unread.min(end.saturating_sub(self.next_sequence)))
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

    /// Position in the log of the next unread record.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Adds a record that the handler writes at `record.arrival`, which has not been read past.
    pub fn write_back(&mut self, mut record: Record) {
        record.index = self.written_back_count;
        self.written_back_count += 1;
        if record.arrival < self.closed_at {
            self.end = self.end.map(|end| end + 1);
        }
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
