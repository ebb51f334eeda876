//! A Poisson process, cell by cell: a count for each stretch of time, and where in it the records
//! lie (S1.2).
//!
//! Stretches are of equal length and expect [`MEAN`] records each; counts in them are independent
//! and Poisson (Kingman 1993, Poisson Processes, 2.1). A stretch with more than a cell can hold is
//! halved: each record lies in either half with equal chance. Counts take one word per stretch,
//! places [`WORDS`] words, so that what is only counted costs one word for all its records.

use std::sync::Arc;

use super::cell::{Cell, CellWords, LEVELS, RECORDS_MAX};
use crate::engine::samplers::Discrete;
use crate::engine::{RandomSource, RandomStream};
use crate::model::purposes::{ARRIVAL_COUNTS, ARRIVAL_HALVES, ARRIVAL_PLACES};
use crate::units::Instant;

/// Expected records of a stretch.
const MEAN: f64 = 40.0;
/// Counts with a chance to be drawn at all: beyond, it is below 2^-80.
const COUNTS: usize = 128;
/// Words of a cell.
const WORDS: u64 = LEVELS as u64 + 1;
/// Words that the halves of a stretch may take.
const HALVES_WORDS: u64 = 256;
/// Longest stretch in nanoseconds, more than a year: of very low rates it expects fewer records.
const LENGTH_MAX: f64 = (1u64 << 55) as f64;

/// Position in the cells of a Poisson process.
#[derive(Debug, Clone)]
pub struct CellCursor {
    distribution: Arc<Discrete>,
    counts: RandomStream,
    places: RandomStream,
    /// The stretch whose words `places` gives next.
    places_at: u64,
    halves: RandomStream,
    from: Instant,
    end: Instant,
    /// Length of a stretch in 2^-32 ns.
    length: u128,
    /// Number of the next stretch.
    next: u64,
    /// Halves of the stretch before, the first one last.
    pending: Vec<Cell>,
}

impl CellCursor {
    /// The process with `rate` records per second, above 0, from `from` to before `end`, at a
    /// random address.
    pub fn new(
        rate: f64,
        random: &RandomSource,
        entity: u64,
        from: Instant,
        end: Instant,
    ) -> CellCursor {
        let length = (MEAN * 1e9 / rate).min(LENGTH_MAX);
        CellCursor {
            distribution: distribution((rate * length / 1e9).min(MEAN)),
            counts: random.stream(ARRIVAL_COUNTS, entity),
            places: random.stream(ARRIVAL_PLACES, entity),
            places_at: 0,
            halves: random.stream(ARRIVAL_HALVES, entity),
            from,
            end,
            length: (length * (1u64 << 32) as f64) as u128,
            next: 0,
            pending: Vec::new(),
        }
    }

    /// The next cell, possibly without records; `None` at the end.
    pub fn advance(&mut self) -> Option<Cell> {
        if let Some(cell) = self.pending.pop() {
            return Some(cell);
        }
        let (start, length) = self.stretch(self.next)?;
        let count = self.distribution.sample(&mut self.counts);
        let stretch = self.next;
        self.next += 1;
        if count > RECORDS_MAX {
            self.halves.seek(stretch, HALVES_WORDS);
            self.halve(start, length, count);
            return self.pending.pop();
        }
        if self.places_at != stretch {
            self.places.seek(stretch, WORDS);
        }
        self.places_at = stretch + 1;
        let words = words(&mut self.places);
        Some(self.cell(start, length, count, words))
    }

    /// Passes all whole stretches that end at or before `until`, but not the last of all; the
    /// number of their records.
    pub fn skip_through(&mut self, until: Instant) -> u64 {
        self.skip(0, until)
    }

    /// The same without the last one that would be passed.
    pub fn skip_all_but_one(&mut self, until: Instant) -> u64 {
        self.skip(1, until)
    }

    fn skip(&mut self, ahead: u64, until: Instant) -> u64 {
        let mut passed = 0;
        if !self.pending.is_empty() {
            return passed;
        }
        let is_passed = |cursor: &CellCursor| {
            let (start, length) = cursor.stretch(cursor.next + ahead)?;
            let end = start + length;
            Some(end < cursor.end.as_nanos() && end <= until.as_nanos())
        };
        while is_passed(self) == Some(true) {
            passed += u64::from(self.distribution.sample(&mut self.counts));
            self.next += 1;
        }
        passed
    }

    /// Start and length of a stretch in nanoseconds; `None` behind the end.
    fn stretch(&self, number: u64) -> Option<(u64, u64)> {
        let edge = |number: u64| ((u128::from(number) * self.length) >> 32) as u64;
        let (into, to) = (edge(number), edge(number + 1));
        let start = self.from.as_nanos().checked_add(into)?;
        (start < self.end.as_nanos()).then_some((start, to - into))
    }

    fn cell(&self, start: u64, length: u64, records: u32, words: CellWords) -> Cell {
        let mut cell = Cell::new(start, length, records, words);
        cell.cut(self.end);
        cell
    }

    /// Puts cells for a stretch with many records on the stack of pending ones, the later first.
    fn halve(&mut self, start: u64, length: u64, count: u32) {
        if count <= RECORDS_MAX {
            let words = words(&mut self.halves);
            let cell = self.cell(start, length, count, words);
            self.pending.push(cell);
            return;
        }
        let mut left = 0;
        for first in (0..count).step_by(64) {
            let of = (count - first).min(64);
            left += (self.halves.next_u64() >> (64 - of)).count_ones();
        }
        let half = length / 2;
        self.halve(start + half, length - half, count - left);
        self.halve(start, half, left);
    }
}

fn words(random: &mut RandomStream) -> CellWords {
    let (levels, salt) = (random.words(), random.next_u64());
    CellWords { levels, salt }
}

/// The Poisson distribution.
fn distribution(mean: f64) -> Arc<Discrete> {
    let mut chance = libm::exp(-mean);
    let chances: Vec<f64> = (0..COUNTS)
        .map(|count| {
            let this = chance;
            chance *= mean / (count + 1) as f64;
            this
        })
        .collect();
    Arc::new(Discrete::new(&chances).expect("the chance of no record is above 0"))
}
