//! The records that a lane holds: read, not finished, oldest first.
//!
//! A queue holds single records, or arrivals where no rule tells records apart; then taking a batch
//! from it costs a few steps however many records the batch has. Both give the same answers.

use std::collections::VecDeque;
use std::collections::vec_deque;

use super::plain_queue::PlainQueue;
use super::record::Record;
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

/// When a record was written and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordTimes {
    /// When it was written.
    pub arrival: Instant,
    /// When it was read.
    pub read_at: Instant,
    /// For how long reading it was held back (S2.4).
    pub held: Duration,
}

/// Records in order.
#[derive(Debug, Clone)]
pub enum RecordQueue {
    /// One by one.
    Singles(VecDeque<Fetched>),
    /// As arrivals.
    Plain(PlainQueue),
}

impl RecordQueue {
    /// A queue without records: of arrivals where all records share `plain`, or of single ones.
    pub fn new(plain: Option<Record>) -> RecordQueue {
        match plain {
            Some(plain) => RecordQueue::Plain(PlainQueue::new(plain)),
            None => RecordQueue::Singles(VecDeque::new()),
        }
    }

    /// Number of records.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            RecordQueue::Singles(singles) => singles.len(),
            RecordQueue::Plain(plain) => plain.arrivals().len(),
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
            RecordQueue::Plain(plain) => plain.get(0),
        }
    }

    /// When the oldest record was written.
    #[inline]
    pub fn oldest_arrival(&self) -> Option<Instant> {
        match self {
            RecordQueue::Singles(singles) => singles.front().map(|oldest| oldest.record.arrival),
            RecordQueue::Plain(plain) => plain.arrivals().first().copied(),
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
            RecordQueue::Plain(plain) => plain.first(),
        }
    }

    /// The record at a position.
    pub fn get(&self, position: usize) -> Option<Fetched> {
        match self {
            RecordQueue::Singles(singles) => singles.get(position).copied(),
            RecordQueue::Plain(plain) => plain.get(position),
        }
    }

    /// The first `count` records.
    pub fn range(&self, count: usize) -> RecordIter<'_> {
        assert!(count <= self.len(), "{count} of {} records", self.len());
        match self {
            RecordQueue::Singles(singles) => RecordIter::Singles(singles.range(..count)),
            RecordQueue::Plain(plain) => RecordIter::Plain { plain, next: 0, end: count },
        }
    }

    /// All records.
    pub fn iter(&self) -> RecordIter<'_> {
        self.range(self.len())
    }

    /// Adds a record behind the others.
    ///
    /// # Panics
    /// In a queue of arrivals, which is a bug.
    #[inline]
    pub fn push_back(&mut self, fetched: Fetched) {
        match self {
            RecordQueue::Singles(singles) => singles.push_back(fetched),
            RecordQueue::Plain(_) => panic!("a single record comes to a queue of arrivals"),
        }
    }

    /// The records of a queue of arrivals.
    ///
    /// # Panics
    /// In a queue of single records, which is a bug.
    #[inline]
    pub fn plain_mut(&mut self) -> &mut PlainQueue {
        match self {
            RecordQueue::Plain(plain) => plain,
            RecordQueue::Singles(_) => panic!("arrivals come to a queue of single records"),
        }
    }

    /// Removes the `count` oldest records.
    #[inline]
    pub fn remove_front(&mut self, count: usize) {
        match self {
            RecordQueue::Singles(singles) => drop(singles.drain(..count)),
            RecordQueue::Plain(plain) => plain.remove_front(count),
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
    /// Of a queue of arrivals.
    Plain {
        /// The queue.
        plain: &'a PlainQueue,
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
            RecordIter::Plain { plain, next, end } => {
                if next == end {
                    return None;
                }
                *next += 1;
                plain.get(*next - 1)
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match self {
            RecordIter::Singles(singles) => singles.len(),
            RecordIter::Plain { next, end, .. } => end - next,
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

    /// When the newest record was written and read; a bug in a final call.
    #[inline]
    pub fn last_times(&self) -> RecordTimes {
        let last = self.count - 1;
        match self.queue {
            RecordQueue::Singles(singles) => {
                let Fetched { record, read_at, held, .. } = singles[last];
                RecordTimes { arrival: record.arrival, read_at, held }
            }
            RecordQueue::Plain(plain) => plain.times(last),
        }
    }

    /// The oldest record; a bug in a final call.
    #[inline]
    pub fn first_record(&self) -> Record {
        match self.queue {
            RecordQueue::Singles(singles) => singles[0].record,
            RecordQueue::Plain(plain) => plain.first_record(),
        }
    }

    /// When the newest record was written; a bug in a final call.
    #[inline]
    pub fn last_arrival(&self) -> Instant {
        let last = self.count - 1;
        match self.queue {
            RecordQueue::Singles(singles) => singles[last].record.arrival,
            RecordQueue::Plain(plain) => plain.arrivals()[last],
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
            RecordQueue::Plain(_) => self.count as u32,
        }
    }

    /// All records, oldest first.
    pub fn iter(&self) -> RecordIter<'a> {
        self.queue.range(self.count)
    }

    /// When the records were written, where no rule tells them apart.
    #[inline]
    pub fn plain_arrivals(&self) -> Option<&'a [Instant]> {
        match self.queue {
            RecordQueue::Singles(_) => None,
            RecordQueue::Plain(plain) => Some(&plain.arrivals()[..self.count]),
        }
    }

    /// The sum of something that depends on a record's size alone.
    pub fn sum_by_size(&self, of: impl Fn(u32) -> u64) -> u64 {
        match self.queue {
            RecordQueue::Singles(singles) => {
                singles.range(..self.count).map(|fetched| of(fetched.record.bytes)).sum()
            }
            RecordQueue::Plain(plain) => of(plain.plain().bytes) * self.count as u64,
        }
    }
}
