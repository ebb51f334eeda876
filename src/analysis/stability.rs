//! Whether the offered load can be carried: the verdict that comes before any statistic.
//!
//! A lane that always has enough waiting invokes full batches of B records, one after the other.
//! With `a` seconds per invocation, `b` per record and `m` invocations per batch (retries):
//!
//! ```text
//! capacity of a lane           C = B / (m (a + b B))                    records per second
//! utilization of a lane        rho = lambda / C
//! utilization of a limit L     rho = sum lambda / (L C)                 over all lanes
//! growth of the age            1 - C/lambda = 1 - 1/rho                 s/s, where rho > 1
//! first loss to retention      retention / (1 - C/lambda)               after the load's start
//! ```
//!
//! A lane below 1 catches up after every delay; at or above 1 its queue and its age grow as long
//! as the load lasts, and a mean age says nothing but how long the run was. The last two lines are
//! the fluid limit: a record that is sent at time t arrived at t C/lambda.
//!
//! Reference: Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 5th ed. 2018,
//! section 1.5 (utilization); Chaudhry and Templeton, *A First Course in Bulk Queues*, 1983 (batch
//! service: stable when lambda < B/d); Newell, *Applications of Queueing Theory*, 2nd ed. 1982,
//! chapter 2 (fluid limit).
//!
//! Left out: what polling itself can carry (a page per tick), and the unevenness of lanes under a
//! limit on reading ahead (S4.3), which costs some 15 % at ParallelizationFactor 10: the capacity
//! here is an upper bound, so "stable" near 1 is a warning too. Retries may make `m` depend on the
//! batch; it is an expectation the caller gives.

use crate::results::{Stability, StabilityVerdict};
use crate::units::{Duration, Rate};

/// The load of a mapping and what its lanes can carry.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferedLoad {
    /// Every lane of every shard.
    pub lanes: Vec<LaneLoad>,
    /// Records per second over all lanes at the stream's busiest moment. Lanes need not peak
    /// together, so this may be less than the sum of their peaks.
    pub peak_of_all_lanes: Rate,
    /// Records in a full batch, at least 1: BatchSize, or what fits the payload limit if less.
    pub batch_capacity: u32,
    /// How long a batch occupies its lane.
    pub service: ServiceTime,
    /// Invocations at once over all lanes; `None`: unbounded.
    pub concurrency_limit: Option<u32>,
    /// How long a record can be read.
    pub retention: Duration,
}

/// What one lane is asked to carry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaneLoad {
    /// Mean records per second while traffic lasts.
    pub mean: Rate,
    /// Records per second at the lane's busiest moment, at least the mean.
    pub peak: Rate,
}

/// The mean time for which a batch occupies its lane: `attempts * (base + per_record * records)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceTime {
    /// Time per invocation, invoke overhead included.
    pub base: Duration,
    /// Time per record.
    pub per_record: Duration,
    /// Invocations per batch, at least 1: 1 without failures.
    pub attempts: f64,
}

impl OfferedLoad {
    /// What one lane can carry in records per second; infinite where a batch takes no time.
    pub fn lane_capacity(&self) -> f64 {
        assert!(self.batch_capacity > 0, "a batch holds at least one record");
        assert!(
            self.service.attempts >= 1.0 && self.service.attempts.is_finite(),
            "a batch takes at least one invocation, not {}",
            self.service.attempts
        );
        let records = f64::from(self.batch_capacity);
        let seconds = self.service.attempts
            * (self.service.base.as_secs_f64() + self.service.per_record.as_secs_f64() * records);
        // A quotient with a denominator of 0 is infinite here, which is what is meant.
        records / seconds
    }

    /// Offered load over capacity of every lane, 0 or more, in the order of `lanes`.
    pub fn lane_utilizations(&self) -> Vec<f64> {
        let capacity = self.lane_capacity();
        let mean_of = |lane: &LaneLoad| lane.mean.per_second() / capacity;
        self.lanes.iter().map(mean_of).collect()
    }

    /// Mean offered load of all lanes over what the concurrency limit lets through; `None`
    /// without a limit, infinite with a limit of 0 and any load.
    pub fn limit_utilization(&self) -> Option<f64> {
        let total: f64 = self.lanes.iter().map(|lane| lane.mean.per_second()).sum();
        self.over_limit(total)
    }

    fn over_limit(&self, total_per_second: f64) -> Option<f64> {
        let limit = f64::from(self.concurrency_limit?);
        if total_per_second == 0.0 {
            Some(0.0)
        } else if limit == 0.0 {
            Some(f64::INFINITY)
        } else {
            Some(total_per_second / (limit * self.lane_capacity()))
        }
    }

    /// The larger of the busiest lane's utilization and the limit's, on average.
    fn worst_utilization(&self) -> f64 {
        let lanes = self.lane_utilizations().into_iter();
        lanes.chain(self.limit_utilization()).fold(0.0, f64::max)
    }

    /// The same at the busiest moment; never less than on average.
    fn peak_utilization(&self) -> f64 {
        let capacity = self.lane_capacity();
        let lanes = self.lanes.iter();
        lanes
            .map(|lane| lane.peak.per_second() / capacity)
            .chain(self.over_limit(self.peak_of_all_lanes.per_second()))
            .fold(self.worst_utilization(), f64::max)
    }
}

/// Stands for "no capacity at all", which a concurrency limit of 0 gives: figures stay finite.
pub const UTILIZATION_MAX: f64 = 1e9;

/// The verdict on a load, with the growth of the age and the time to the first loss where queues
/// grow without end.
pub fn assess(load: &OfferedLoad) -> Stability {
    let finite = |utilization: f64| utilization.min(UTILIZATION_MAX);
    let (mean, peak) = (finite(load.worst_utilization()), finite(load.peak_utilization()));
    let verdict = if mean >= 1.0 {
        StabilityVerdict::Unstable
    } else if peak >= 1.0 {
        StabilityVerdict::Saturated
    } else {
        StabilityVerdict::Stable
    };
    let age_slope = match verdict {
        StabilityVerdict::Unstable => Some(age_slope(mean)),
        StabilityVerdict::Stable | StabilityVerdict::Saturated => None,
    };
    Stability {
        verdict,
        worst_utilization: mean,
        peak_utilization: peak,
        age_slope,
        seconds_to_expiry: age_slope.and_then(|slope| seconds_to_expiry(load.retention, slope)),
    }
}

/// How fast the age grows at a utilization above 0, in seconds per second: `1 - 1/rho`, below 0
/// where a backlog shrinks.
pub fn age_slope(utilization: f64) -> f64 {
    1.0 - 1.0 / utilization
}

/// Seconds from the start of the load to the first record lost to retention; `None` where the age
/// does not grow.
pub fn seconds_to_expiry(retention: Duration, age_slope: f64) -> Option<f64> {
    (age_slope > 0.0).then(|| retention.as_secs_f64() / age_slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_second(rate: f64) -> Rate {
        Rate::new(rate).expect("a rate of the test")
    }

    fn even(lane_rates: &[f64]) -> Vec<LaneLoad> {
        let lane = |&rate: &f64| LaneLoad { mean: per_second(rate), peak: per_second(rate) };
        lane_rates.iter().map(lane).collect()
    }

    /// Lanes of these rates, batches of `batch_capacity` in `base_ms` + `per_record_ms` each.
    fn load(rates: &[f64], batch_capacity: u32, base_ms: u64, per_record_ms: u64) -> OfferedLoad {
        OfferedLoad {
            lanes: even(rates),
            peak_of_all_lanes: per_second(rates.iter().sum()),
            batch_capacity,
            service: ServiceTime {
                base: Duration::from_millis(base_ms),
                per_record: Duration::from_millis(per_record_ms),
                attempts: 1.0,
            },
            concurrency_limit: None,
            retention: Duration::from_secs(86_400),
        }
    }

    fn assert_close(value: Option<f64>, expected: f64) {
        let value = value.expect("an unstable load has this figure");
        assert!((value - expected).abs() < 1e-9, "{value} instead of {expected}");
    }

    #[test]
    fn the_age_of_an_overloaded_lane_grows_as_the_fluid_limit_says() {
        // Known answers for lambda, B, a, b: 1 - C/lambda.
        for (rates, batch_capacity, base_ms, per_record_ms, slope) in [
            (&[20.0][..], 5, 420, 0, 0.404_761_904_762),
            (&[250.0][..], 100, 50, 4, 0.111_111_111_111),
            (&[25.0, 25.0, 25.0, 25.0][..], 10, 500, 0, 0.2),
        ] {
            let stability = assess(&load(rates, batch_capacity, base_ms, per_record_ms));
            assert_eq!(stability.verdict, StabilityVerdict::Unstable);
            assert_close(stability.age_slope, slope);
        }
    }

    #[test]
    fn lasting_overload_first_loses_a_record_after_retention_over_the_slope() {
        let mut load = load(&[12.0], 1, 100, 0);
        load.retention = Duration::from_secs(3600);
        assert_close(assess(&load).seconds_to_expiry, 21_600.0);
    }

    #[test]
    fn the_measured_order_pipeline_is_unstable_with_one_lane_and_stable_with_ten() {
        // 199.67 orders a minute over 4 shards, BatchSize 1, 3.613 s: measured slope 0.673.
        let one = assess(&load(&[199.67 / 60.0 / 4.0; 4], 1, 3613, 0));
        assert_eq!(one.verdict, StabilityVerdict::Unstable);
        let slope = one.age_slope.expect("unstable");
        assert!((slope / 0.673 - 1.0).abs() < 0.03, "{slope}");
        let ten = assess(&load(&[199.67 / 60.0 / 40.0; 40], 1, 3613, 0));
        assert_eq!(ten.verdict, StabilityVerdict::Stable);
        assert_eq!((ten.age_slope, ten.seconds_to_expiry), (None, None));
    }

    #[test]
    fn the_hot_lane_alone_decides() {
        let stability = assess(&load(&[0.5, 0.5, 11.0, 0.5], 10, 1000, 0));
        assert_eq!(stability.verdict, StabilityVerdict::Unstable);
        assert!((stability.worst_utilization - 1.1).abs() < 1e-12);
    }

    #[test]
    fn a_concurrency_limit_below_the_lanes_lowers_the_capacity_of_all() {
        let mut load = load(&[5.0; 8], 10, 1000, 0);
        assert_eq!(assess(&load).verdict, StabilityVerdict::Stable);
        load.concurrency_limit = Some(3);
        let stability = assess(&load);
        assert_eq!(stability.verdict, StabilityVerdict::Unstable);
        assert!((stability.worst_utilization - 40.0 / 30.0).abs() < 1e-12);
        assert_close(stability.age_slope, 0.25);
        load.concurrency_limit = Some(0);
        let stability = assess(&load);
        assert_eq!(stability.worst_utilization, UTILIZATION_MAX);
        let slope = 1.0 - 1.0 / UTILIZATION_MAX;
        assert_close(stability.age_slope, slope);
        assert_close(stability.seconds_to_expiry, 86_400.0 / slope);
    }

    #[test]
    fn a_peak_above_capacity_with_a_mean_below_is_saturated() {
        let mut load = load(&[6.0], 10, 1000, 0);
        load.lanes[0].peak = per_second(14.0);
        load.peak_of_all_lanes = per_second(14.0);
        let stability = assess(&load);
        assert_eq!(stability.verdict, StabilityVerdict::Saturated);
        assert!((stability.peak_utilization - 1.4).abs() < 1e-12);
        assert!((stability.worst_utilization - 0.6).abs() < 1e-12);
        assert_eq!(stability.age_slope, None);
    }

    #[test]
    fn lanes_that_peak_at_different_times_need_not_exceed_the_limit_together() {
        let mut load = load(&[4.0, 4.0], 10, 1000, 0);
        for lane in &mut load.lanes {
            lane.peak = per_second(9.0);
        }
        load.peak_of_all_lanes = per_second(9.0);
        load.concurrency_limit = Some(1);
        assert_eq!(assess(&load).verdict, StabilityVerdict::Stable);
    }

    #[test]
    fn retries_lower_the_capacity() {
        let mut load = load(&[6.0], 10, 1000, 0);
        load.service.attempts = 2.0;
        assert!((assess(&load).worst_utilization - 1.2).abs() < 1e-12);
    }

    #[test]
    fn exactly_at_capacity_is_unstable_but_nothing_expires() {
        let stability = assess(&load(&[10.0], 10, 1000, 0));
        assert_eq!(stability.verdict, StabilityVerdict::Unstable);
        assert_eq!(stability.age_slope, Some(0.0));
        assert_eq!(stability.seconds_to_expiry, None);
    }

    #[test]
    fn no_load_and_no_service_time_are_stable() {
        for load in [load(&[], 1, 10, 0), load(&[0.0], 1, 10, 0), load(&[9.0], 1, 0, 0)] {
            let stability = assess(&load);
            assert_eq!(stability.verdict, StabilityVerdict::Stable);
            assert_eq!(stability.worst_utilization, 0.0);
        }
    }
}
