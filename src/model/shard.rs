//! A shard as a log that is generated while it is read (S1.2).
//!
//! What is written to a shard is a pure function of (seed, replication, shard); this is a reader
//! of it. Where records differ in time and number only, and no rule tells them apart, the log is
//! one of arrivals (`plain_log`), otherwise of records (`record_log`); both hold the same records
//! at the same times. Which records belong to the generation that is read, and who takes over the
//! others (S1.7), is kept here.

use super::arrival_list::ArrivalList;
use super::plain_log::PlainLog;
use super::record::Record;
use super::record_log::RecordLog;
use super::workload::{Half, WorkloadPlan};
use crate::units::Instant;

/// The unread part of a shard's log.
#[derive(Debug, Clone)]
pub struct Shard {
    log: Log,
    /// Position in the log of the next unread record.
    next_sequence: u64,
    /// Position behind the last record of the generation that is read, once that is closed.
    end: Option<u64>,
    /// When that was.
    closed_at: Instant,
    /// Shards that took over what comes behind the end.
    heirs: Vec<(u32, Option<Half>)>,
}

#[derive(Debug, Clone)]
enum Log {
    Records(Box<RecordLog>),
    Plain(Box<PlainLog>),
}

impl Shard {
    /// The log of a shard of a workload, unread; one of arrivals if it can be and `is_plain` says
    /// that no rule tells records apart.
    pub fn new(plan: &WorkloadPlan, shard: u32, is_plain: bool) -> Shard {
        let plain = if is_plain { plan.plain_arrivals(shard) } else { None };
        let log = match plain {
            Some((cursor, plain)) => Log::Plain(Box::new(PlainLog::new(cursor, plain))),
            None => Log::Records(Box::new(RecordLog::new(plan.cursor(shard)))),
        };
        let closed_at = Instant::FAR_FUTURE;
        Shard { log, next_sequence: 0, end: None, closed_at, heirs: Vec::new() }
    }

    /// What all records share, where the log is one of arrivals.
    #[inline]
    pub fn plain(&self) -> Option<Record> {
        match &self.log {
            Log::Plain(log) => Some(log.plain()),
            Log::Records(_) => None,
        }
    }

    /// The generation that is read is closed at `at`: records written from then on belong to the
    /// next (S1.7).
    pub fn close(&mut self, at: Instant) {
        let before = at.as_nanos().checked_sub(1).map(Instant::from_nanos);
        let left = match (before, &self.log) {
            (None, _) => 0,
            (Some(before), Log::Records(log)) => log.unread_at(before),
            (Some(before), Log::Plain(log)) => log.unread_at(before),
        };
        self.end = Some(self.next_sequence + left);
        self.closed_at = at;
    }

    /// The next generation is read from now on.
    pub fn open_next(&mut self) {
        self.end = None;
        self.closed_at = Instant::FAR_FUTURE;
    }

    /// Whether the generation that is read is closed.
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.end.is_some()
    }

    /// Whether the generation that is read is closed and has no unread record.
    #[inline]
    pub fn is_at_end(&self) -> bool {
        self.end.is_some_and(|end| self.next_sequence >= end)
    }

    /// Gives what comes behind the end to `heirs`, each its half where there are two.
    pub fn hand_over(&mut self, to: u32, heir: &mut Shard, half: Option<Half>) {
        let (Log::Records(log), Log::Records(heir)) = (&mut self.log, &mut heir.log) else {
            panic!("a log of arrivals is neither split nor merged")
        };
        log.hand_over(heir, half);
        self.heirs.push((to, half));
    }

    /// Keeps nothing that was handed over.
    pub fn retire(&mut self) {
        self.log = Log::Records(Box::new(RecordLog::empty()));
    }

    /// The shard that took over the records of a key, if another one did.
    pub fn heir_of(&self, record: &Record) -> Option<u32> {
        let heir = self.heirs.iter().find(|(_, half)| half.is_none_or(|half| half.has(record)));
        heir.map(|&(shard, _)| shard)
    }

    /// When the next unread record of the generation that is read is written, which may be in the
    /// future.
    #[inline]
    pub fn next_in_generation(&mut self) -> Option<Instant> {
        if self.is_at_end() { None } else { self.next_arrival() }
    }

    /// When the next unread record is written, which may be in the future.
    #[inline]
    pub fn next_arrival(&mut self) -> Option<Instant> {
        match &mut self.log {
            Log::Records(log) => log.next_arrival(),
            Log::Plain(log) => log.next_arrival(),
        }
    }

    /// When the `n`-th unread record from 0 is written, which may be in the future; `None` behind
    /// the end of the generation that is read.
    pub fn arrival_in_generation(&mut self, n: u64) -> Option<Instant> {
        if self.end.is_some_and(|end| self.next_sequence + n >= end) {
            return None;
        }
        match &mut self.log {
            Log::Records(log) => log.peek(n as usize).map(|record| record.arrival),
            Log::Plain(log) => log.arrival(n as usize),
        }
    }

    /// The `n`-th unread record from 0, which may be in the future; `None` behind the end of the
    /// generation that is read.
    pub fn peek_in_generation(&mut self, n: usize) -> Option<Record> {
        if self.end.is_some_and(|end| self.next_sequence + n as u64 >= end) {
            return None;
        }
        match &mut self.log {
            Log::Records(log) => log.peek(n).copied(),
            Log::Plain(log) => {
                let (arrival, index) = (log.arrival(n)?, self.next_sequence + n as u64);
                Some(Record { arrival, index, ..log.plain() })
            }
        }
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
        let sequence = self.next_sequence;
        let record = match &mut self.log {
            Log::Records(log) => log.take(until, bytes)?,
            Log::Plain(log) => {
                let arrival = log.take_next(until)?;
                Record { arrival, index: sequence, ..log.plain() }
            }
        };
        self.next_sequence += 1;
        Some((record, sequence))
    }

    /// Takes the records written at or before `until`, at most `room` of them, behind the arrivals
    /// of a list; how many there were.
    ///
    /// # Panics
    /// Where the log is not one of arrivals, which is a bug.
    #[inline]
    pub fn take_plain(&mut self, until: Instant, room: u64, into: &mut ArrivalList) -> u64 {
        let Log::Plain(log) = &mut self.log else { panic!("a log of records is read as arrivals") };
        let left = self.end.map_or(room, |end| room.min(end.saturating_sub(self.next_sequence)));
        let taken = log.take(until, left, into);
        self.next_sequence += taken;
        taken
    }

    /// Passes all records written before `instant` and says how many.
    pub fn skip_before(&mut self, instant: Instant) -> u64 {
        let Some(before) = instant.as_nanos().checked_sub(1).map(Instant::from_nanos) else {
            return 0;
        };
        let passed = match &mut self.log {
            Log::Records(log) => log.skip_through(before),
            Log::Plain(log) => log.skip_through(before),
        };
        self.next_sequence += passed;
        passed
    }

    /// Number of unread records written at or before `until`, without those of a later generation.
    /// Times do not go back from call to call.
    pub fn unread_in_generation(&mut self, until: Instant) -> u64 {
        let unread = self.unread(until);
        self.end.map_or(unread, |end| unread.min(end.saturating_sub(self.next_sequence)))
    }

    /// Number of unread records written at or before `until`. Times do not go back from call to
    /// call.
    pub fn unread(&mut self, until: Instant) -> u64 {
        match &mut self.log {
            Log::Records(log) => log.unread(until),
            Log::Plain(log) => log.unread(until),
        }
    }

    /// Whether the next unread record can become another one before anything is read: by what the
    /// handler writes back, or what the shard takes over of its parents.
    #[inline]
    pub fn may_change_ahead(&self) -> bool {
        match self.log {
            Log::Records(_) => true,
            Log::Plain(_) => false,
        }
    }

    /// Position in the log of the next unread record.
    #[inline]
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Adds a record that the handler writes at `record.arrival`, which has not been read past.
    pub fn write_back(&mut self, record: Record) {
        let Log::Records(log) = &mut self.log else {
            panic!("nothing is written back to a log of arrivals")
        };
        log.write_back(record);
        if record.arrival < self.closed_at {
            self.end = self.end.map(|end| end + 1);
        }
    }
}
