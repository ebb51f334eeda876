//! A position in the sequence of a shard's records: the stream as a function, read in order (S1.2).
//!
//! Memory does not depend on how many records there are. A clone goes on independently, which is
//! how records not yet read are counted: a second cursor over the same function.

use std::collections::VecDeque;

use super::arrivals::ArrivalCursor;
use super::attributes::Attributes;
use super::inherited::{Half, Inherited};
use super::marks::{CountMarks, TimeMarks};
use super::numbered_marks::NumberedMarks;
use crate::model::record::Record;
use crate::units::Instant;

/// Records that one source gives at a time.
const BATCH: usize = 64;

/// A position in the sequence of one shard's records, all sources merged by time.
#[derive(Debug, Clone)]
pub struct WorkloadCursor {
    /// Sources that write to this shard, in the order of the settings.
    sources: Vec<SourceCursor>,
    poison: TimeMarks,
    numbered: NumberedMarks,
    /// What the shard took over of its parents (S1.7).
    inherited: Vec<Inherited>,
}

/// A position in the records of one source on the shard.
#[derive(Debug, Clone)]
pub(super) struct SourceCursor {
    source: u16,
    arrivals: ArrivalCursor,
    /// Arrival of the record ahead.
    next: Option<Instant>,
    /// Number of the record ahead.
    index: u64,
    attributes: Attributes,
    poison: CountMarks,
}

impl WorkloadCursor {
    pub(super) fn new(
        sources: Vec<SourceCursor>,
        poison: TimeMarks,
        numbered: NumberedMarks,
    ) -> WorkloadCursor {
        WorkloadCursor { sources, poison, numbered, inherited: Vec::new() }
    }

    /// A cursor without records.
    pub fn empty() -> WorkloadCursor {
        WorkloadCursor::new(Vec::new(), TimeMarks::none(), NumberedMarks::none())
    }

    /// Takes over a part of a parent's records (S1.7): those read `ahead`, then its own.
    /// Marks that are meant for the parent stay with it.
    pub fn inherit(
        &mut self,
        ahead: VecDeque<Record>,
        mut parent: WorkloadCursor,
        half: Option<Half>,
    ) {
        parent.poison.keep_rates();
        parent.numbered = NumberedMarks::none();
        let part = self.inherited.len() as u32;
        self.inherited.push(Inherited::new(ahead, parent, half, part));
    }

    /// Arrival of the next record, which may lie in the future; `None` at the end of all sources
    /// or of the run.
    pub fn peek_arrival(&self) -> Option<Instant> {
        let own = self.sources.iter().filter_map(|source| source.next);
        own.chain(self.inherited.iter().filter_map(Inherited::next_arrival)).min()
    }

    /// The next record, in order of time; records of one instant in the order of their sources.
    pub fn next_record(&mut self) -> Option<Record> {
        let earliest = self.peek_arrival()?;
        let source = self.sources.iter_mut().find(|source| source.next == Some(earliest));
        let mut record = match source {
            Some(source) => source.take()?,
            None => {
                let mut parts = self.inherited.iter_mut();
                parts.find(|part| part.next_arrival() == Some(earliest))?.take()?
            }
        };
        record.marks.poison |= self.poison.take(record.arrival);
        record.marks.poison |= self.numbered.take();
        Some(record)
    }

    /// Appends the next records to `out`, `count` of them or fewer at the end.
    pub fn fill(&mut self, out: &mut VecDeque<Record>, count: usize) {
        // One source needs no merging, and batches keep its state in registers: measured, a
        // third of the cost of reading one by one.
        let ([only], []) = (self.sources.as_mut_slice(), self.inherited.as_slice()) else {
            out.extend(std::iter::from_fn(|| self.next_record()).take(count));
            return;
        };
        let mut left = count;
        while left > 0 && only.next.is_some() {
            let begin = out.len();
            only.append(out, left.min(BATCH));
            if out.back().is_some_and(|last| self.poison.is_due(last.arrival)) {
                for record in out.range_mut(begin..) {
                    record.marks.poison |= self.poison.take(record.arrival);
                }
            }
            let appended = (out.len() - begin) as u64;
            if self.numbered.is_due_within(appended) {
                for record in out.range_mut(begin..) {
                    record.marks.poison |= self.numbered.take();
                }
            } else {
                self.numbered.pass(appended);
            }
            left -= appended as usize;
        }
    }

    /// Passes all records with an arrival up to and with `until`; how many they were.
    pub fn skip_through(&mut self, until: Instant) -> u64 {
        let (mut count, mut last) = (0, None);
        for source in &mut self.sources {
            if let Some(ahead) = source.next.filter(|&ahead| ahead <= until) {
                let passed = source.arrivals.pass_through(ahead, until);
                source.index += passed.count;
                source.next = passed.next;
                count += passed.count;
                last = last.max(Some(passed.last));
            }
        }
        for part in &mut self.inherited {
            while let Some(arrival) = part.next_arrival().filter(|&arrival| arrival <= until) {
                part.take();
                count += 1;
                last = last.max(Some(arrival));
            }
        }
        self.numbered.pass(count);
        if let Some(last) = last {
            // The marks that the passed records have taken are gone with them.
            self.poison.take(last);
        }
        count
    }
}

impl SourceCursor {
    pub(super) fn new(
        source: u16,
        mut arrivals: ArrivalCursor,
        attributes: Attributes,
        poison: CountMarks,
    ) -> SourceCursor {
        let index = arrivals.first_index();
        let next = arrivals.advance();
        SourceCursor { source, arrivals, next, index, attributes, poison }
    }

    /// Whether the source writes any record to the shard.
    pub(super) fn has_records(&self) -> bool {
        self.next.is_some()
    }

    /// The record ahead, which is passed.
    #[inline]
    fn take(&mut self) -> Option<Record> {
        let arrival = self.next?;
        self.next = self.arrivals.advance();
        let index = self.index;
        self.index += 1;
        let mut record = self.attributes.record(self.source, index, arrival);
        record.marks.poison |= self.poison.take(index, arrival);
        Some(record)
    }

    /// Appends the next `count` records, 1 to [`BATCH`], or fewer at the end.
    fn append(&mut self, out: &mut VecDeque<Record>, count: usize) {
        let Some(ahead) = self.next else {
            return;
        };
        let mut times = [ahead; BATCH + 1];
        let further = self.arrivals.advance_many(&mut times[1..=count]);
        let records = (1 + further).min(count);
        self.next = (further == count).then_some(times[count]);
        let (begin, first, source) = (out.len(), self.index, self.source);
        self.index += records as u64;
        let numbered = times[..records].iter().zip(first..self.index);
        match self.attributes.plain(source) {
            Some(plain) => {
                out.extend(numbered.map(|(&arrival, index)| Record { arrival, index, ..plain }));
            }
            None => out.extend(
                numbered.map(|(&arrival, index)| self.attributes.record(source, index, arrival)),
            ),
        }
        if self.poison.is_due(self.index - 1) {
            for record in out.range_mut(begin..) {
                record.marks.poison |= self.poison.take(record.index, record.arrival);
            }
        }
    }
}
