//! The records that a lane holds: read, not finished, oldest first.
//!
//! A queue holds single records, or parts of cells where no rule tells records apart; then taking a
//! batch from it costs a few steps however many records the batch has. Both give the same answers.

use std::collections::VecDeque;
use std::collections::vec_deque;

use super::record::Record;
pub use super::runs::{Run, Runs};
use crate::units::{Duration, Instant};

/// A record that was read and is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    /// The record.
    pub record: Record,
    /// Its position among all records of the shard, from 0.
    pub sequence: u64,
    /// When it was read.
    pub read_at: Instant,
    /// For how long reading it was held back by an unfinished or full page, or a full buffer
    /// (S2.4).
    pub held: Duration,
    /// It was finished before, above the checkpoint, and is delivered again (S4.5).
    pub is_duplicate: bool,
}

/// Records in order.
#[derive(Debug, Clone)]
pub enum RecordQueue {
    /// One by one.
    Singles(VecDeque<Fetched>),
    /// In parts of cells.
    Runs(Runs),
}

impl RecordQueue {
    /// A queue without records: of runs where all records share `plain`, or of single ones.
    pub fn new(plain: Option<Record>) -> RecordQueue {
        match plain {
            Some(plain) => RecordQueue::Runs(Runs::new(plain)),
            None => RecordQueue::Singles(VecDeque::new()),
        }
    }

    /// Number of records.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            RecordQueue::Singles(singles) => singles.len(),
            RecordQueue::Runs(runs) => runs.len(),
        }
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The oldest record.
    #[inline]
    pub fn front(&self) -> Option<Fetched> {
        match self {
            RecordQueue::Singles(singles) => singles.front().copied(),
            RecordQueue::Runs(runs) => runs.get(0),
        }
    }

    /// Position and arrival of the oldest record that was not finished before (S4.5).
    #[inline]
    pub fn oldest_anew(&self) -> Option<(u64, Instant)> {
        match self {
            RecordQueue::Singles(singles) => {
                let oldest = singles.iter().find(|fetched| !fetched.is_duplicate)?;
                Some((oldest.sequence, oldest.record.arrival))
            }
            RecordQueue::Runs(runs) => runs.first(),
        }
    }

    /// The record at a position.
    pub fn get(&self, position: usize) -> Option<Fetched> {
        match self {
            RecordQueue::Singles(singles) => singles.get(position).copied(),
            RecordQueue::Runs(runs) => runs.get(position),
        }
    }

    /// The first `count` records.
    pub fn range(&self, count: usize) -> RecordIter<'_> {
        assert!(count <= self.len(), "{count} of {} records", self.len());
        match self {
            RecordQueue::Singles(singles) => RecordIter::Singles(singles.range(..count)),
            RecordQueue::Runs(runs) => RecordIter::Runs { runs, next: 0, end: count },
        }
    }

    /// All records.
    pub fn iter(&self) -> RecordIter<'_> {
        self.range(self.len())
    }

    /// Adds a record behind the others.
    ///
    /// # Panics
    /// In a queue of runs, which is a bug.
    #[inline]
    pub fn push_back(&mut self, fetched: Fetched) {
        match self {
            RecordQueue::Singles(singles) => singles.push_back(fetched),
            RecordQueue::Runs(_) => panic!("a single record comes to a queue of runs"),
        }
    }

    /// Adds a run behind the others.
    ///
    /// # Panics
    /// In a queue of single records, which is a bug.
    #[inline]
    pub fn push_run(&mut self, run: Run) {
        match self {
            RecordQueue::Runs(runs) => runs.push_back(run),
            RecordQueue::Singles(_) => panic!("a run comes to a queue of single records"),
        }
    }

    /// Prepares for a batch of the first `count` records, which is at least one.
    #[inline]
    pub fn close_batch(&mut self, count: usize) {
        match self {
            RecordQueue::Singles(_) => {}
            RecordQueue::Runs(runs) => runs.split_behind(count),
        }
    }

    /// Removes the `count` oldest records.
    #[inline]
    pub fn remove_front(&mut self, count: usize) {
        match self {
            RecordQueue::Singles(singles) => drop(singles.drain(..count)),
            RecordQueue::Runs(runs) => runs.remove_front(count),
        }
    }

    /// Removes all records and gives them.
    pub fn take_all(&mut self) -> Vec<Fetched> {
        let all = self.iter().collect();
        self.remove_front(self.len());
        all
    }
}

/// Records in order, by value.
#[derive(Debug, Clone)]
pub enum RecordIter<'a> {
    /// Of a queue of single records.
    Singles(vec_deque::Iter<'a, Fetched>),
    /// Of a queue of runs.
    Runs {
        /// The runs.
        runs: &'a Runs,
        /// Position of the next record.
        next: usize,
        /// Position behind the last one.
        end: usize,
    },
}

impl Iterator for RecordIter<'_> {
    type Item = Fetched;

    #[inline]
    fn next(&mut self) -> Option<Fetched> {
        match self {
            RecordIter::Singles(singles) => singles.next().copied(),
            RecordIter::Runs { runs, next, end } => {
                if next == end {
                    return None;
                }
                *next += 1;
                runs.get(*next - 1)
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match self {
            RecordIter::Singles(singles) => singles.len(),
            RecordIter::Runs { next, end, .. } => end - next,
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for RecordIter<'_> {}

/// The records of a batch, oldest first; none in the final call of a tumbling window.
#[derive(Debug, Clone, Copy)]
pub struct Records<'a> {
    queue: &'a RecordQueue,
    count: usize,
}

impl<'a> Records<'a> {
    /// The first `count` records of a lane's queue.
    #[inline]
    pub fn new(queue: &'a RecordQueue, count: u32) -> Records<'a> {
        assert!(count as usize <= queue.len(), "{count} of {}", queue.len());
        Records { queue, count: count as usize }
    }

    /// Number of records.
    #[inline]
    pub fn count(&self) -> u32 {
        self.count as u32
    }

    /// The oldest record; a bug in a final call.
    #[inline]
    pub fn first(&self) -> Fetched {
        self.queue.front().expect("a batch has a first record")
    }

    /// The newest record; a bug in a final call.
    #[inline]
    pub fn last(&self) -> Fetched {
        self.queue.get(self.count - 1).expect("a batch has a last record")
    }

    /// The oldest record; a bug in a final call.
    #[inline]
    pub fn first_record(&self) -> Record {
        match self.queue {
            RecordQueue::Singles(singles) => singles[0].record,
            RecordQueue::Runs(runs) => runs.record(0),
        }
    }

    /// When the newest record was written; a bug in a final call.
    #[inline]
    pub fn last_arrival(&self) -> Instant {
        let last = self.count - 1;
        match self.queue {
            RecordQueue::Singles(singles) => singles[last].record.arrival,
            RecordQueue::Runs(runs) => runs.record(last).arrival,
        }
    }

    /// When the oldest record was written that has not met its end before (S4.5).
    #[inline]
    pub fn oldest_anew(&self) -> Option<Instant> {
        match self.queue {
            RecordQueue::Singles(singles) => {
                let mut singles = singles.range(..self.count);
                singles.find(|fetched| !fetched.is_duplicate).map(|one| one.record.arrival)
            }
            RecordQueue::Runs(runs) => (self.count > 0).then(|| runs.record(0).arrival),
        }
    }

    /// Number of records that have not met their end before (S4.5).
    #[inline]
    pub fn anew(&self) -> u32 {
        match self.queue {
            RecordQueue::Singles(singles) => {
                let singles = singles.range(..self.count);
                singles.filter(|fetched| !fetched.is_duplicate).count() as u32
            }
            RecordQueue::Runs(_) => self.count as u32,
        }
    }

    /// All records, oldest first.
    pub fn iter(&self) -> RecordIter<'a> {
        self.queue.range(self.count)
    }

    /// Calls `see` with the arrival of every record that has not met its end before, in no certain
    /// order.
    #[inline]
    pub fn for_each_arrival_anew(&self, mut see: impl FnMut(Instant)) {
        match self.queue {
            RecordQueue::Singles(singles) => {
                for fetched in singles.range(..self.count).filter(|one| !one.is_duplicate) {
                    see(fetched.record.arrival);
                }
            }
            RecordQueue::Runs(runs) => runs.for_each_arrival(self.count, see),
        }
    }

    /// The sum of something that depends on a record's size alone.
    pub fn sum_by_size(&self, of: impl Fn(u32) -> u64) -> u64 {
        match self.queue {
            RecordQueue::Singles(singles) => {
                singles.range(..self.count).map(|fetched| of(fetched.record.bytes)).sum()
            }
            RecordQueue::Runs(runs) => of(runs.plain().bytes) * self.count as u64,
        }
    }
}
