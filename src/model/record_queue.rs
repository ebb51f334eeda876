//! The records that a lane holds: read, not finished, oldest first.
//!
//! A queue holds single records, or parts of cells where no rule tells records apart; then taking a
//! batch from it costs a few steps however many records the batch has. Both give the same answers.

use std::collections::VecDeque;
use std::collections::vec_deque;

use super::cell_log::CellPart;
use super::held_back::HeldBack;
use super::record::Record;
use super::workload::Cell;
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

/// Records in parts of cells.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    runs: VecDeque<Run>,
    records: usize,
}

/// Records of one cell that were read together.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    cell: Cell,
    /// Which of the cell's records, at least one.
    members: u64,
    /// The first of them.
    first: Fetched,
    /// The last of them, once it is known.
    last: Option<Fetched>,
    /// How reading them was held back.
    held: HeldBack,
}

impl RecordQueue {
    /// A queue without records, of single ones or of runs.
    pub fn new(in_runs: bool) -> RecordQueue {
        match in_runs {
            true => RecordQueue::Runs(Runs::default()),
            false => RecordQueue::Singles(VecDeque::new()),
        }
    }

    /// Number of records.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            RecordQueue::Singles(singles) => singles.len(),
            RecordQueue::Runs(runs) => runs.records,
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
            RecordQueue::Runs(runs) => runs.runs.front().map(|run| run.first),
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
            RecordQueue::Runs(runs) => {
                runs.records += run.records();
                runs.runs.push_back(run);
            }
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

impl Run {
    /// The records of a part of a cell of which `first` is the first.
    #[inline]
    pub fn new(part: CellPart, first: Fetched, held: HeldBack) -> Run {
        let CellPart { cell, members } = part;
        Run { cell, members, first, last: None, held }
    }

    #[inline]
    fn records(&self) -> usize {
        self.members.count_ones() as usize
    }

    /// The record at a position in the run.
    #[inline]
    fn at(&self, position: usize) -> Fetched {
        match self.last {
            Some(last) if last.sequence == self.first.sequence + position as u64 => last,
            Some(_) | None => {
                let member = self.cell.select(self.members, position as u32);
                self.fetched(position, self.cell.arrival(member))
            }
        }
    }

    fn fetched(&self, position: usize, arrival: Instant) -> Fetched {
        let (ahead, first) = (position as u64, self.first);
        let record = Record { arrival, index: first.record.index + ahead, ..first.record };
        let (sequence, held) = (first.sequence + ahead, self.held.time(arrival));
        Fetched { record, sequence, held, ..first }
    }

    /// The first `count` records, of which the last is then known, and the others; at least one
    /// each.
    fn split(&self, count: usize) -> (Run, Run) {
        let last = self.cell.select(self.members, count as u32 - 1);
        let members = self.cell.up_to(self.members, last);
        let behind = self.members & !members;
        let next = self.cell.arrival(self.cell.select(behind, 0));
        let last = Some(self.fetched(count - 1, self.cell.arrival(last)));
        let others = Run { members: behind, first: self.fetched(count, next), ..*self };
        (Run { members, last, ..*self }, others)
    }
}

impl Runs {
    fn get(&self, mut position: usize) -> Option<Fetched> {
        for run in &self.runs {
            let records = run.records();
            if position < records {
                return Some(if position == 0 { run.first } else { run.at(position) });
            }
            position -= records;
        }
        None
    }

    /// Lets a run end where a batch of `count` records does, whose last record is asked for more
    /// than once.
    fn split_behind(&mut self, mut count: usize) {
        for place in 0..self.runs.len() {
            let records = self.runs[place].records();
            if count < records {
                let (batch, others) = self.runs[place].split(count);
                self.runs[place] = batch;
                self.runs.insert(place + 1, others);
                return;
            }
            count -= records;
            if count == 0 {
                let run = &mut self.runs[place];
                run.last = Some(run.at(records - 1));
                return;
            }
        }
    }

    fn remove_front(&mut self, mut count: usize) {
        self.records -= count;
        while let Some(run) = self.runs.front_mut().filter(|_| count > 0) {
            let records = run.records();
            if count < records {
                *run = run.split(count).1;
                return;
            }
            count -= records;
            self.runs.pop_front();
        }
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
            RecordQueue::Runs(runs) => {
                let mut left = self.count;
                for run in &runs.runs {
                    let records = run.records();
                    if left < records {
                        if left > 0 {
                            let run = run.split(left).0;
                            run.cell.for_each(run.members, &mut see);
                        }
                        return;
                    }
                    run.cell.for_each(run.members, &mut see);
                    left -= records;
                }
            }
        }
    }

    /// The sum of something that depends on a record's size alone.
    pub fn sum_by_size(&self, of: impl Fn(u32) -> u64) -> u64 {
        match self.queue {
            RecordQueue::Singles(singles) => {
                singles.range(..self.count).map(|fetched| of(fetched.record.bytes)).sum()
            }
            RecordQueue::Runs(runs) => {
                let bytes = runs.runs.front().map(|run| run.first.record.bytes);
                bytes.map_or(0, |bytes| of(bytes) * self.count as u64)
            }
        }
    }
}
