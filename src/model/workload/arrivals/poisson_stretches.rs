//! A Poisson process of records, stretch by stretch of time: a count for each, and where in it the
//! records lie (S1.2).
//!
//! Stretches are of equal length and expect [`MEAN`] records each, of low rates fewer; counts in
//! them are independent and Poisson, and given its count a stretch's records are independent and
//! uniform on it (Kingman 1993, Poisson Processes, 2.1 and 2.4). A stretch takes one word for its
//! count and one for the places, which are found by its number, so that what is only counted costs
//! a word for all its records.

use std::sync::Arc;

use super::Passed;
use crate::engine::samplers::{Discrete, OrderedPoints, POINTS_MAX};
use crate::engine::{HashedWords, RandomSource};
use crate::model::purposes::{ARRIVAL_COUNTS, ARRIVAL_PLACES};
use crate::units::Instant;

/// Expected records of a stretch, if it is not the longest: 128 and more have a chance of 1e-27.
const MEAN: f64 = 40.0;
/// Longest stretch in nanoseconds, so that it has no more places than there are chances.
const LENGTH_MAX: f64 = ((1u32 << 31) - 1) as f64;

/// Position in the records of a Poisson process.
#[derive(Debug, Clone)]
pub(in crate::model) struct PoissonStretches {
    distribution: Arc<Discrete>,
    counts: HashedWords,
    places: HashedWords,
    from: Instant,
    end: Instant,
    /// Length of a stretch in 2^-32 ns.
    length: u64,
    /// Number of the next stretch.
    next: u64,
    points: OrderedPoints,
    /// The arrivals of the stretch that was reached, in order ...
    arrivals: Vec<Instant>,
    /// ... and how many of them are passed.
    passed: usize,
}

impl PoissonStretches {
    /// The process with `rate` records per second, above 0, from `from` to before `end`, at a
    /// random address.
    pub(in crate::model::workload) fn new(
        rate: f64,
        random: &RandomSource,
        entity: u64,
        from: Instant,
        end: Instant,
    ) -> PoissonStretches {
        let length = (MEAN * 1e9 / rate).min(LENGTH_MAX);
        PoissonStretches {
            distribution: distribution((rate * length / 1e9).min(MEAN)),
            counts: random.hashed(ARRIVAL_COUNTS, entity),
            places: random.hashed(ARRIVAL_PLACES, entity),
            from,
            end,
            length: (length * (1u64 << 32) as f64) as u64,
            next: 0,
            points: OrderedPoints::new(),
            arrivals: Vec::new(),
            passed: 0,
        }
    }

    /// The next record's arrival.
    #[inline]
    pub(in crate::model::workload) fn advance(&mut self) -> Option<Instant> {
        while self.passed == self.arrivals.len() {
            let mut arrivals = std::mem::take(&mut self.arrivals);
            arrivals.clear();
            let reached = self.reach_next(&mut arrivals);
            (self.arrivals, self.passed) = (arrivals, 0);
            reached?;
        }
        self.passed += 1;
        Some(self.arrivals[self.passed - 1])
    }

    /// Appends the arrivals of a stretch, those of them that are not passed; none at the end.
    #[inline]
    pub(in crate::model::workload) fn append(&mut self, arrivals: &mut Vec<Instant>) {
        if self.passed < self.arrivals.len() {
            arrivals.extend_from_slice(&self.arrivals[self.passed..]);
            self.passed = self.arrivals.len();
            return;
        }
        let before = arrivals.len();
        while arrivals.len() == before && self.reach_next(arrivals).is_some() {}
    }

    /// Passes `ahead` and all up to `until`: whole stretches by their counts.
    pub(in crate::model::workload) fn pass_through(
        &mut self,
        ahead: Instant,
        until: Instant,
    ) -> Passed {
        let (mut count, mut last) = (1, ahead);
        loop {
            if self.passed == self.arrivals.len() {
                // The last whole stretch is looked at, since it knows the last arrival.
                count += self.skip_all_but_one(until);
            }
            match self.advance() {
                Some(next) if next <= until => {
                    count += 1;
                    last = next;
                }
                next => return Passed { count, last, next },
            }
        }
    }

    /// Appends the arrivals of the next stretch, which may be none; `None` at the end.
    #[inline]
    fn reach_next(&mut self, arrivals: &mut Vec<Instant>) -> Option<()> {
        let (start, length) = self.stretch(self.next)?;
        let number = self.next;
        let count = self.count(number) as usize;
        self.next += 1;
        if count == 0 {
            return Some(());
        }
        let (salt, from) = (self.places.word(number), Instant::from_nanos(start));
        let before = arrivals.len();
        self.points.append(salt, count, from, length, arrivals);
        if start + u64::from(length) > self.end.as_nanos() {
            let of_stretch = &arrivals[before..];
            let count = of_stretch.partition_point(|&arrival| arrival < self.end);
            arrivals.truncate(before + count);
        }
        Some(())
    }

    /// Passes the whole stretches that end at or before `until`, but not the last of them, nor the
    /// last of all; the number of their records.
    fn skip_all_but_one(&mut self, until: Instant) -> u64 {
        let mut passed = 0;
        let is_passed = |process: &PoissonStretches| {
            let (start, length) = process.stretch(process.next + 1)?;
            let end = start + u64::from(length);
            Some(end < process.end.as_nanos() && end <= until.as_nanos())
        };
        while is_passed(self) == Some(true) {
            passed += u64::from(self.count(self.next));
            self.next += 1;
        }
        passed
    }

    /// Number of records of a stretch.
    #[inline]
    fn count(&self, number: u64) -> u32 {
        self.distribution.of_word(self.counts.word(number))
    }

    /// Start and length of a stretch in nanoseconds; `None` behind the end.
    #[inline]
    fn stretch(&self, number: u64) -> Option<(u64, u32)> {
        let edge = |number: u64| ((u128::from(number) * u128::from(self.length)) >> 32) as u64;
        let (into, to) = (edge(number), edge(number + 1));
        let start = self.from.as_nanos().checked_add(into)?;
        (start < self.end.as_nanos()).then_some((start, (to - into) as u32))
    }
}

/// The Poisson distribution.
fn distribution(mean: f64) -> Arc<Discrete> {
    let mut chance = libm::exp(-mean);
    let chances: Vec<f64> = (0..=POINTS_MAX)
        .map(|count| {
            let this = chance;
            chance *= mean / (count + 1) as f64;
            this
        })
        .collect();
    Arc::new(Discrete::new(&chances).expect("the chance of no record is above 0"))
}
