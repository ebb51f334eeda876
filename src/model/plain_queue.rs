//! Records of a lane that differ in time and number only (S1.2), where no rule tells records apart:
//! their arrivals, and what those that were read together share.

use std::collections::VecDeque;

use super::arrival_list::ArrivalList;
use super::held_back::HeldBack;
use super::observation::Fetched;
use super::record::Record;
use super::record_queue::RecordTimes;
use crate::units::Instant;

/// Records in order.
#[derive(Debug, Clone)]
pub struct PlainQueue {
    arrivals: ArrivalList,
    pages: VecDeque<Page>,
    /// What all records share.
    plain: Record,
}

/// Records that were read together.
#[derive(Debug, Clone, Copy)]
struct Page {
    /// How many of them are left, at least one.
    records: usize,
    /// Position of the first of these among all records of the shard.
    sequence: u64,
    /// How reading them was held back.
    held: HeldBack,
}

impl PlainQueue {
    /// No record yet of those that all share `plain`.
    pub fn new(plain: Record) -> PlainQueue {
        PlainQueue { arrivals: ArrivalList::default(), pages: VecDeque::new(), plain }
    }

    /// What all records share.
    #[inline]
    pub fn plain(&self) -> Record {
        self.plain
    }

    /// When the records were written.
    #[inline]
    pub fn arrivals(&self) -> &[Instant] {
        self.arrivals.as_slice()
    }

    /// Position in the shard and arrival of the oldest record.
    #[inline]
    pub fn first(&self) -> Option<(u64, Instant)> {
        let page = self.pages.front()?;
        Some((page.sequence, self.arrivals()[0]))
    }

    /// The record at a position.
    #[inline]
    pub fn get(&self, position: usize) -> Option<Fetched> {
        let (page, sequence) = self.page_of(position)?;
        let record = Record { arrival: self.arrivals()[position], index: sequence, ..self.plain };
        let (read_at, held) = (page.held.now(), page.held.time(record.arrival));
        Some(Fetched { record, sequence, read_at, held, is_duplicate: false })
    }

    /// When the record at a position, which there is, was written and read.
    #[inline]
    pub fn times(&self, position: usize) -> RecordTimes {
        let (page, _) = self.page_of(position).expect("every record is of a page");
        let arrival = self.arrivals()[position];
        RecordTimes { arrival, read_at: page.held.now(), held: page.held.time(arrival) }
    }

    /// The oldest record, which there is.
    #[inline]
    pub fn first_record(&self) -> Record {
        let (index, arrival) = self.first().expect("a batch's records are in the queue");
        Record { arrival, index, ..self.plain }
    }

    /// Adds records that are read together: `read` puts their arrivals behind those of a list and
    /// says how many there were, the first of which has a position among all records of the shard.
    #[inline]
    pub fn add_page(
        &mut self,
        sequence: u64,
        held: HeldBack,
        read: impl FnOnce(&mut ArrivalList) -> u64,
    ) -> u64 {
        let records = read(&mut self.arrivals);
        if records > 0 {
            self.pages.push_back(Page { records: records as usize, sequence, held });
        }
        records
    }

    /// Removes the `count` oldest records.
    #[inline]
    pub fn remove_front(&mut self, mut count: usize) {
        self.arrivals.remove_front(count);
        while let Some(page) = self.pages.front_mut() {
            if count < page.records {
                page.records -= count;
                page.sequence += count as u64;
                return;
            }
            count -= page.records;
            self.pages.pop_front();
        }
    }

    /// The page that holds the record at a position, and the record's position in the shard.
    #[inline]
    fn page_of(&self, mut position: usize) -> Option<(&Page, u64)> {
        for page in &self.pages {
            if position < page.records {
                return Some((page, page.sequence + position as u64));
            }
            position -= page.records;
        }
        None
    }
}
