//! Figures of single shards, kept only for those shards and ages that somebody asks for.
//!
//! Ages are counted in the cells of [`super::histogram`], but sparsely: a shard meets a few
//! thousand cells of fifty thousand. Left out: blocked time, which [`super::blocked`] keeps for
//! every shard anyway.

use std::collections::BTreeMap;
use std::ops::Range;

use super::histogram::{cell, largest};
use crate::model::failure::Outcome;
use crate::model::observation::{Discard, DiscardCondition, Observation, Records};
use crate::scenario::figures::{AgeKind, Asked, AskedQuantity, Scope, Statistic};
use crate::units::{Duration, Instant};

/// The figures of the shards that were asked for.
#[derive(Debug, Clone)]
pub struct ShardFigures {
    /// By shard; `None`: nobody asks.
    shards: Vec<Option<OneShard>>,
}

/// Counts of one shard.
#[derive(Debug, Clone, Default)]
struct OneShard {
    /// The ages that are asked for.
    ages: BTreeMap<AgeKind, SparseAges>,
    invocations: u64,
    errors: u64,
    processed: u64,
    retry_attempts_exhausted: u64,
    record_age_exceeded: u64,
    dropped: u64,
    expired: u64,
    /// When the oldest unfinished record arrives, if one will.
    oldest: Option<Instant>,
    lag_max: Duration,
}

/// Ages by cell.
#[derive(Debug, Clone, Default)]
struct SparseAges {
    cells: BTreeMap<usize, u64>,
    count: u64,
    sum_nanos: u128,
    largest: Duration,
}

impl ShardFigures {
    /// Counts for what is asked of single shards of a stream of so many; `None`: nothing is.
    pub fn new(asked: &[(String, Asked)], shards: u32) -> Option<ShardFigures> {
        let mut figures = ShardFigures { shards: vec![None; shards as usize] };
        for (_, one) in asked {
            let (from, to) = match one.scope {
                Scope::Whole => continue,
                Scope::Shard(shard) => (shard.min(shards), shard.saturating_add(1).min(shards)),
                Scope::LargestOfShards | Scope::SmallestOfShards => (0, shards),
            };
            for shard in &mut figures.shards[from as usize..to as usize] {
                let shard = shard.get_or_insert_default();
                if let AskedQuantity::Age(kind, _) = one.quantity {
                    shard.ages.entry(kind).or_default();
                }
            }
        }
        figures.shards.iter().any(Option::is_some).then_some(figures)
    }

    /// Takes over what is known of some shards, of which nothing is known here.
    pub fn take_over(&mut self, shards: Range<u32>, others: &mut ShardFigures) {
        let range = shards.start as usize..shards.end as usize;
        self.shards[range.clone()].swap_with_slice(&mut others.shards[range]);
    }

    /// Counts what happened, but for ages of invocations, of which the recorder decides.
    pub fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        match observation {
            Observation::InvocationEnded { lane, invocation, records: _ } => {
                let Some(one) = self.of(lane.shard) else { return };
                one.invocations += 1;
                one.errors += u64::from(invocation.outcome == Outcome::Error);
            }
            Observation::Processed { lane, records, parts: _ } => {
                if let Some(one) = self.of(lane.shard) {
                    one.processed(now, records);
                }
            }
            Observation::Discarded { lane, records, discard } => {
                if let Some(one) = self.of(lane.shard) {
                    one.discarded(records, &discard);
                }
            }
            Observation::Expired { shard, records, read } => {
                let anew = read.map_or(records, |records| u64::from(records.anew()));
                if let Some(one) = self.of(shard) {
                    one.expired += anew;
                }
            }
            Observation::OldestUnfinished { shard, arrival, sequence: _ } => {
                if let Some(one) = self.of(shard) {
                    one.lag_until(now);
                    one.oldest = arrival;
                }
            }
            Observation::Polled { .. }
            | Observation::ReadThrottled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Skipped { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::InvocationSent { .. }
            | Observation::Blocked { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }

    /// Counts an age.
    pub fn age(&mut self, shard: u32, kind: AgeKind, age: Duration) {
        if let Some(ages) = self.of(shard).and_then(|one| one.ages.get_mut(&kind)) {
            ages.record(age);
        }
    }

    /// Everything counts up to now.
    pub fn settle(&mut self, now: Instant) {
        self.shards.iter_mut().flatten().for_each(|one| one.lag_until(now));
    }

    /// Figures count from now.
    pub fn restart(&mut self) {
        for one in self.shards.iter_mut().flatten() {
            let ages = one.ages.keys().map(|kind| (*kind, SparseAges::default())).collect();
            *one = OneShard { ages, oldest: one.oldest, ..OneShard::default() };
        }
    }

    /// The figure of what is asked of shards; `blocked` are the seconds of each shard.
    pub fn figure(&self, asked: Asked, blocked: &dyn Fn(u32) -> f64) -> Option<f64> {
        let value = |shard: u32| {
            let one = self.shards.get(shard as usize)?.as_ref()?;
            one.figure(asked.quantity, blocked(shard))
        };
        let values = || (0..self.shards.len() as u32).filter_map(value);
        match asked.scope {
            Scope::Whole => None,
            Scope::Shard(shard) => value(shard),
            Scope::LargestOfShards => values().max_by(f64::total_cmp),
            Scope::SmallestOfShards => values().min_by(f64::total_cmp),
        }
    }

    fn of(&mut self, shard: u32) -> Option<&mut OneShard> {
        self.shards.get_mut(shard as usize)?.as_mut()
    }
}

impl OneShard {
    fn processed(&mut self, now: Instant, records: Records<'_>) {
        self.processed += u64::from(records.anew());
        if let Some(ages) = self.ages.get_mut(&AgeKind::RecordAge) {
            let anew = records.iter().filter(|fetched| !fetched.is_duplicate);
            anew.for_each(|fetched| ages.record(now.since(fetched.record.arrival)));
        }
    }

    fn discarded(&mut self, records: Records<'_>, discard: &Discard) {
        let count = match discard.condition {
            DiscardCondition::RetryAttemptsExhausted => &mut self.retry_attempts_exhausted,
            DiscardCondition::RecordAgeExceeded => &mut self.record_age_exceeded,
            DiscardCondition::Dropped => &mut self.dropped,
        };
        *count += u64::from(records.anew());
    }

    fn lag_until(&mut self, now: Instant) {
        if let Some(oldest) = self.oldest.filter(|oldest| *oldest < now) {
            self.lag_max = self.lag_max.max(now.since(oldest));
        }
    }

    fn figure(&self, quantity: AskedQuantity, blocked: f64) -> Option<f64> {
        let lost =
            self.retry_attempts_exhausted + self.record_age_exceeded + self.dropped + self.expired;
        Some(match quantity {
            AskedQuantity::Age(kind, statistic) => {
                return self.ages.get(&kind)?.figure(statistic);
            }
            AskedQuantity::TrueLag => self.lag_max.as_secs_f64(),
            AskedQuantity::BlockedTime => blocked,
            AskedQuantity::Invocations => self.invocations as f64,
            AskedQuantity::Errors => self.errors as f64,
            AskedQuantity::Processed => self.processed as f64,
            AskedQuantity::RetryAttemptsExhausted => self.retry_attempts_exhausted as f64,
            AskedQuantity::RecordAgeExceeded => self.record_age_exceeded as f64,
            AskedQuantity::Expired => self.expired as f64,
            AskedQuantity::Lost => lost as f64,
        })
    }
}

impl SparseAges {
    fn record(&mut self, age: Duration) {
        *self.cells.entry(cell(age.as_nanos())).or_default() += 1;
        self.count += 1;
        self.sum_nanos += u128::from(age.as_nanos());
        self.largest = self.largest.max(age);
    }

    /// In seconds; `None` without ages.
    fn figure(&self, statistic: Statistic) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        Some(match statistic {
            Statistic::Max => self.largest.as_secs_f64(),
            Statistic::Mean => self.sum_nanos as f64 / self.count as f64 / 1e9,
            Statistic::Quantile(share) => {
                let rank = (libm::ceil(share * self.count as f64) as u64).clamp(1, self.count);
                let mut seen = 0;
                let holds = |(cell, count): (&usize, &u64)| {
                    seen += count;
                    (seen >= rank).then_some(*cell)
                };
                let cell = self.cells.iter().find_map(holds)?;
                Duration::from_nanos(largest(cell)).min(self.largest).as_secs_f64()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(scope: Scope, statistic: Statistic) -> Asked {
        Asked { scope, quantity: AskedQuantity::Age(AgeKind::IteratorAge, statistic) }
    }

    #[test]
    fn only_what_is_asked_for_is_kept_and_the_worst_shard_is_found() {
        let of_one = asked(Scope::Shard(1), Statistic::Max);
        let names = |one: Asked| vec![("name".to_owned(), one)];
        let mut one = ShardFigures::new(&names(of_one), 3).expect("a shard is asked for");
        let worst = asked(Scope::LargestOfShards, Statistic::Quantile(0.5));
        let mut every = ShardFigures::new(&names(worst), 3).expect("all shards are asked for");
        for figures in [&mut one, &mut every] {
            for (shard, seconds) in [(0, 1), (1, 5), (1, 7), (2, 2)] {
                figures.age(shard, AgeKind::IteratorAge, Duration::from_secs(seconds));
                figures.age(shard, AgeKind::RecordAge, Duration::from_secs(99));
            }
        }
        let none = |_: u32| 0.0;
        assert_eq!(one.figure(of_one, &none), Some(7.0));
        assert_eq!(one.figure(asked(Scope::Shard(0), Statistic::Max), &none), None);
        let median = every.figure(worst, &none).expect("there are ages");
        assert!((median / 5.0 - 1.0).abs() < 1e-3, "{median}");
        let smallest = asked(Scope::SmallestOfShards, Statistic::Max);
        assert_eq!(every.figure(smallest, &none), Some(1.0));
        every.restart();
        assert_eq!(every.figure(worst, &none), None);
        assert!(ShardFigures::new(&names(asked(Scope::Whole, Statistic::Max)), 3).is_none());
    }

    #[test]
    fn the_lag_of_a_shard_grows_until_its_oldest_record_changes() {
        let lag = Asked { scope: Scope::Shard(0), quantity: AskedQuantity::TrueLag };
        let mut figures = ShardFigures::new(&[("lag".to_owned(), lag)], 1).expect("asked for");
        let at = Instant::from_secs;
        for (now, arrival) in [(0, 3), (10, 9)] {
            let arrival = Some(at(arrival));
            figures
                .observe(at(now), Observation::OldestUnfinished { shard: 0, arrival, sequence: 0 });
        }
        figures.settle(at(12));
        assert_eq!(figures.figure(lag, &|_| 0.0), Some(7.0));
    }
}
