//! Events that bring records together: ticks of a writer, bursts, renewals, counted periods.
//!
//! | events | number | records |
//! |---|---|---|
//! | ticks | `k`, at `from + k tick` | those that evenly spaced would come before tick `k+1` |
//! | bursts | as they come | constant or geometric |
//! | renewals | as they come | one |
//! | periods | `k`, at `from + k period` | as given |
//!
//! Events are of the whole stream and the same for every shard that shares it; an event's number
//! addresses how its records are shared out.

use std::sync::Arc;

use super::{Place, whole_nanos};
use crate::engine::RandomStream;
use crate::engine::samplers::{Exponential, Geometric, StandardNormal};
use crate::model::purposes::{BURST_GAPS, BURST_SIZES, WHOLE_STREAM, entity};
use crate::model::settings::{BurstSize, Gap};
use crate::model::workload::addressed::Addressed;
use crate::model::workload::weights::ShardWeights;
use crate::units::{Duration, Instant};

/// Records of the whole stream at one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) number: u64,
    pub(super) at: Instant,
    /// How long the event lasts; zero for an instant.
    pub(super) length: Duration,
    pub(super) records: u64,
}

/// Position in the events of a source.
#[derive(Debug, Clone)]
pub(super) enum Groups {
    Ticks {
        from: Instant,
        tick: Duration,
        rate: f64,
        written: u64,
    },
    EvenBursts {
        from: Instant,
        rate: f64,
        next: u64,
        sizes: Sizes,
    },
    PoissonBursts {
        now: Instant,
        mean_gap_nanos: f64,
        gaps: Box<RandomStream>,
        next: u64,
        sizes: Sizes,
    },
    Renewal {
        now: Instant,
        gap: Gap,
        gaps: Box<RandomStream>,
        next: u64,
    },
    Periods {
        from: Instant,
        period: Duration,
        counts: Arc<[u64]>,
        next: usize,
    },
}

/// Sizes of bursts.
#[derive(Debug, Clone)]
pub(super) enum Sizes {
    Constant(u32),
    Geometric(Geometric, Box<Addressed>),
}

impl Groups {
    /// A writer that wakes up every `tick` and writes what is due at `rate` records per second.
    pub(super) fn ticks(from: Instant, tick: Duration, rate: f64) -> Groups {
        Groups::Ticks { from, tick, rate, written: 0 }
    }

    /// `rate` bursts per second.
    pub(super) fn bursts(
        from: Instant,
        rate: f64,
        size: BurstSize,
        even: bool,
        place: Place,
    ) -> Groups {
        let address = address(place);
        let sizes = match size {
            BurstSize::Constant(records) => Sizes::Constant(records),
            BurstSize::Geometric { mean } => match Geometric::new(1.0 / mean) {
                Some(geometric) => Sizes::Geometric(
                    geometric,
                    Box::new(Addressed::new(place.random.stream(BURST_SIZES, address))),
                ),
                // A mean of 1 or below leaves only bursts of one record.
                None => Sizes::Constant(1),
            },
        };
        if even {
            Groups::EvenBursts { from, rate, next: 0, sizes }
        } else {
            let gaps = Box::new(place.random.stream(BURST_GAPS, address));
            Groups::PoissonBursts { now: from, mean_gap_nanos: 1e9 / rate, gaps, next: 0, sizes }
        }
    }

    /// Single records with independent gaps.
    pub(super) fn renewal(from: Instant, gap: Gap, place: Place) -> Groups {
        let gaps = Box::new(place.random.stream(BURST_GAPS, address(place)));
        Groups::Renewal { now: from, gap, gaps, next: 0 }
    }

    /// `counts` records in one period after the other.
    pub(super) fn periods(from: Instant, period: Duration, counts: Arc<[u64]>) -> Groups {
        Groups::Periods { from, period, counts, next: 0 }
    }

    /// The next event with records; `None` after the last.
    pub(super) fn advance(&mut self) -> Option<Group> {
        match self {
            Groups::Ticks { from, tick, rate, written } => {
                Some(next_tick(*from, *tick, *rate, written))
            }
            Groups::EvenBursts { from, rate, next, sizes } => {
                let number = *next;
                *next += 1;
                let at = from.saturating_add(whole_nanos(number as f64 * 1e9 / *rate));
                let records = sizes.of(number);
                Some(Group { number, at, length: Duration::ZERO, records })
            }
            Groups::PoissonBursts { now, mean_gap_nanos, gaps, next, sizes } => {
                let number = *next;
                *next += 1;
                let gap = Exponential::invert(gaps) * *mean_gap_nanos;
                *now = now.saturating_add(whole_nanos(gap));
                let records = sizes.of(number);
                Some(Group { number, at: *now, length: Duration::ZERO, records })
            }
            Groups::Renewal { now, gap, gaps, next } => {
                let number = *next;
                *next += 1;
                *now = now.saturating_add(draw_gap(*gap, gaps));
                Some(Group { number, at: *now, length: Duration::ZERO, records: 1 })
            }
            Groups::Periods { from, period, counts, next } => {
                let records = *counts.get(*next)?;
                let number = *next as u64;
                *next += 1;
                let offset = period.as_nanos().saturating_mul(number);
                let at = from.saturating_add(Duration::from_nanos(offset));
                Some(Group { number, at, length: *period, records })
            }
        }
    }
}

/// The address of the events of a place: its own, or those of the whole stream.
fn address(place: Place) -> u64 {
    let shard = match place.weights {
        ShardWeights::Own => place.shard,
        ShardWeights::Shared { .. } => WHOLE_STREAM,
    };
    entity(place.source.into(), shard)
}

/// A gap from one word.
fn draw_gap(gap: Gap, gaps: &mut RandomStream) -> Duration {
    match gap {
        Gap::Uniform { low, high } => {
            let width = high.saturating_sub(low).as_nanos() as f64;
            low + whole_nanos(width * gaps.uniform())
        }
        Gap::Normal { mean, deviation } => {
            let (mean, deviation) = (mean.as_nanos() as f64, deviation.as_nanos() as f64);
            whole_nanos((mean + deviation * StandardNormal::sample(gaps)).max(0.0))
        }
    }
}

/// The next tick that brings records, which are added to `written`.
fn next_tick(from: Instant, tick: Duration, rate: f64, written: &mut u64) -> Group {
    let tick_nanos = tick.as_nanos() as f64;
    let due_before = |number: u64| libm::ceil(number as f64 * tick_nanos * rate / 1e9) as u64;
    // Ticks that bring nothing are jumped over; the estimate is then set right.
    let mut number = (*written as f64 * 1e9 / rate / tick_nanos) as u64;
    while number > 0 && due_before(number) > *written {
        number -= 1;
    }
    while due_before(number + 1) <= *written {
        number += 1;
    }
    let records = due_before(number + 1) - *written;
    *written += records;
    let at = from.saturating_add(whole_nanos(number as f64 * tick_nanos));
    Group { number, at, length: Duration::ZERO, records }
}

impl Sizes {
    /// Records of burst `number`.
    fn of(&mut self, number: u64) -> u64 {
        match self {
            Sizes::Constant(records) => u64::from(*records),
            Sizes::Geometric(geometric, words) => {
                geometric.sample(words.at(number)).saturating_add(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RandomSource;

    fn ticks(rate: f64, tick: Duration, count: usize) -> Vec<Group> {
        let mut groups = Groups::ticks(Instant::from_secs(1), tick, rate);
        (0..count).map(|_| groups.advance().expect("ticks go on")).collect()
    }

    #[test]
    fn a_tick_brings_what_would_come_before_the_next() {
        let groups = ticks(199.4 / 60.0, Duration::from_secs(1), 900);
        assert_eq!(groups.iter().map(|group| group.records).sum::<u64>(), 2991);
        assert!(groups.iter().all(|group| (3..=4).contains(&group.records)));
        assert_eq!(groups[899].at, Instant::from_secs(900));
        assert_eq!(groups[0].at, Instant::from_secs(1));
    }

    #[test]
    fn gaps_follow_their_law_and_are_never_negative() {
        let (second, random) = (Duration::from_secs(1), RandomSource::new(3, 0));
        let laws = [
            (Gap::Uniform { low: second, high: second * 3 }, 2.0, 1.0 / 3.0),
            (Gap::Normal { mean: second * 2, deviation: second.scaled(0.5) }, 2.0, 0.25),
            // Half a normal: mean 1/sqrt(2 pi), second moment 1/2.
            (Gap::Normal { mean: Duration::ZERO, deviation: second }, 0.3989, 0.5 - 0.1592),
        ];
        for (gap, mean, variance) in laws {
            let mut stream = random.stream(BURST_GAPS, 0);
            let gaps: Vec<f64> =
                (0..40_000).map(|_| draw_gap(gap, &mut stream).as_secs_f64()).collect();
            let found = gaps.iter().sum::<f64>() / 40_000.0;
            let spread = gaps.iter().map(|gap| (gap - found) * (gap - found)).sum::<f64>();
            assert!((found - mean).abs() < 0.015, "{gap:?}: mean {found}");
            assert!((spread / 40_000.0 - variance).abs() < 0.01, "{gap:?}: {spread}");
        }
    }

    #[test]
    fn ticks_without_records_are_jumped_over() {
        let groups = ticks(0.25, Duration::from_millis(500), 4);
        let numbers: Vec<u64> = groups.iter().map(|group| group.number).collect();
        assert_eq!(numbers, [0, 8, 16, 24]);
        assert!(groups.iter().all(|group| group.records == 1));
    }
}
