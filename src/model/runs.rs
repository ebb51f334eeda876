//! Records of a lane in parts of cells (S1.2), where no rule tells records apart: what is asked of
//! them takes a few steps however many there are.

use std::collections::VecDeque;

use super::cell_log::CellPart;
use super::held_back::HeldBack;
use super::observation::Fetched;
use super::record::Record;
use super::workload::Cell;
use crate::units::Instant;

/// Records in parts of cells.
#[derive(Debug, Clone)]
pub struct Runs {
    /// Of the first one, the first record's arrival is known.
    runs: VecDeque<Run>,
    records: usize,
    /// What all records share.
    plain: Record,
}

/// Records of one cell that were read together.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    cell: Cell,
    /// Which of the cell's records, at least one.
    members: u64,
    /// Position of the first of them among all records of the shard.
    sequence: u64,
    /// Arrival of the first, once it is known ...
    first: Option<Instant>,
    /// ... and of the last.
    last: Option<Instant>,
    /// How reading them was held back.
    held: HeldBack,
}

impl Run {
    /// The records of a part of a cell, of which the first has this position in the shard and, if
    /// known, this arrival.
    #[inline]
    pub fn new(part: CellPart, sequence: u64, first: Option<Instant>, held: HeldBack) -> Run {
        let CellPart { cell, members } = part;
        Run { cell, members, sequence, first, last: None, held }
    }

    #[inline]
    fn records(&self) -> usize {
        self.members.count_ones() as usize
    }

    /// When the record at a position in the run was written.
    #[inline]
    fn arrival(&self, position: usize) -> Instant {
        match (self.first, self.last) {
            (Some(first), _) if position == 0 => first,
            (_, Some(last)) if position + 1 == self.records() => last,
            _ => self.cell.arrival(self.cell.select(self.members, position as u32)),
        }
    }

    /// The first `count` records, of which the last is then known, and the others; at least one
    /// each.
    fn split(&self, count: usize) -> (Run, Run) {
        let last = self.cell.select(self.members, count as u32 - 1);
        let members = self.cell.up_to(self.members, last);
        let behind = self.members & !members;
        let sequence = self.sequence + count as u64;
        let others = Run { members: behind, sequence, first: None, ..*self };
        (Run { members, last: Some(self.cell.arrival(last)), ..*self }, others)
    }

    /// Finds out when its first record was written.
    #[inline]
    fn know_first(&mut self) {
        if self.first.is_none() {
            self.first = Some(self.cell.arrival(self.cell.first(self.members)));
        }
    }
}

impl Runs {
    /// No record yet of those that all share `plain`.
    pub fn new(plain: Record) -> Runs {
        Runs { runs: VecDeque::new(), records: 0, plain }
    }

    /// Number of records.
    #[inline]
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// What all records share.
    #[inline]
    pub fn plain(&self) -> Record {
        self.plain
    }

    /// Position in the shard and arrival of the oldest record.
    #[inline]
    pub fn first(&self) -> Option<(u64, Instant)> {
        let run = self.runs.front()?;
        Some((run.sequence, run.arrival(0)))
    }

    /// Calls `see` with the arrivals of the first `count` records, in no certain order.
    #[inline]
    pub fn for_each_arrival(&self, count: usize, mut see: impl FnMut(Instant)) {
        let mut left = count;
        for run in &self.runs {
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

    /// The run that holds the record at a position, and the record's position in it.
    #[inline]
    fn run_of(&self, mut position: usize) -> Option<(&Run, usize)> {
        for run in &self.runs {
            let records = run.records();
            if position < records {
                return Some((run, position));
            }
            position -= records;
        }
        None
    }

    /// The record at a position.
    #[inline]
    pub fn get(&self, position: usize) -> Option<Fetched> {
        let (run, place) = self.run_of(position)?;
        let record = self.record_of(run, place);
        let (read_at, held) = (run.held.now(), run.held.time(record.arrival));
        Some(Fetched { record, sequence: record.index, read_at, held, is_duplicate: false })
    }

    /// The record at a position, which there is.
    #[inline]
    pub fn record(&self, position: usize) -> Record {
        let (run, place) = self.run_of(position).expect("a batch's records are in the queue");
        self.record_of(run, place)
    }

    #[inline]
    fn record_of(&self, run: &Run, place: usize) -> Record {
        Record { arrival: run.arrival(place), index: run.sequence + place as u64, ..self.plain }
    }

    /// Adds a run behind the others.
    #[inline]
    pub fn push_back(&mut self, mut run: Run) {
        self.records += run.records();
        if self.runs.is_empty() {
            run.know_first();
        }
        self.runs.push_back(run);
    }

    /// Lets a run end where a batch of `count` records does, whose last record is asked for more
    /// than once.
    pub fn split_behind(&mut self, mut count: usize) {
        for place in 0..self.runs.len() {
            let run = &mut self.runs[place];
            let records = run.records();
            if count < records {
                let (batch, others) = run.split(count);
                *run = batch;
                self.runs.insert(place + 1, others);
                return;
            }
            count -= records;
            if count == 0 {
                run.last.get_or_insert_with(|| run.cell.arrival(run.cell.last(run.members)));
                return;
            }
        }
    }

    /// Removes the `count` oldest records.
    pub fn remove_front(&mut self, mut count: usize) {
        self.records -= count;
        while let Some(run) = self.runs.front_mut() {
            let records = run.records();
            if count < records {
                if count > 0 {
                    *run = run.split(count).1;
                }
                run.know_first();
                return;
            }
            count -= records;
            self.runs.pop_front();
        }
    }
}
