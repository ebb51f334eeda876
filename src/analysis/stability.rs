//! Whether the offered load can be carried: the verdict that comes before any statistic.
//!
//! With the capacity C of a lane and the utilization rho = lambda / C, or that of the concurrency
//! limit ([`super::load`]):
//!
//! ```text
//! growth of the age            1 - C/lambda = 1 - 1/rho                 s/s, where rho > 1
//! first loss                   A / (1 - C/lambda)                       after the load's start
//! loss from then on            sum lambda - min(sum min(lambda, C), L B / X)   records per second
//! ```
//!
//! where A is the retention, or the maximum record age where that is less.
//!
//! A lane below 1 catches up after every delay; at or above 1 its queue and its age grow as long
//! as the load lasts, and a mean age says nothing but how long the run was. The last lines are the
//! fluid limit: a record that is sent at time t arrived at t C/lambda. Below 1 the time that it
//! takes to forget an empty start is that of [`super::run_length`].
//!
//! Reference: Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 5th ed. 2018,
//! section 1.5 (utilization); Chaudhry and Templeton, *A First Course in Bulk Queues*, 1983 (batch
//! service: stable when lambda < B/d); Newell, *Applications of Queueing Theory*, 2nd ed. 1982,
//! chapter 2 (fluid limit).
//!
//! Left out: what polling itself can carry (a page per tick), and the unevenness of lanes under a
//! limit on reading ahead (S4.3), which costs some 15 % at ParallelizationFactor 10: the capacity
//! here is an upper bound, so "stable" near 1 is a warning too. D and X are expectations the caller
//! gives.

use super::load::OfferedLoad;
use super::run_length::sufficient_run_length;
use crate::results::{LossReason, Stability, StabilityVerdict};
use crate::units::{Duration, Limit};

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
    let relaxation = match verdict {
        StabilityVerdict::Stable => load.relaxation_time(),
        StabilityVerdict::Saturated | StabilityVerdict::Unstable => None,
    };
    let stability = Stability {
        verdict,
        worst_utilization: mean,
        peak_utilization: peak,
        age_slope,
        seconds_to_expiry: None,
        seconds_to_loss: None,
        loss_per_second: None,
        loss_share: None,
        loss_by: None,
        relaxation_seconds: relaxation,
        sufficient_seconds: relaxation.map(sufficient_run_length),
    };
    with_losses(stability, load)
}

/// What is lost where the age grows, and from when on.
fn with_losses(stability: Stability, load: &OfferedLoad) -> Stability {
    let Some(slope) = stability.age_slope else { return stability };
    let (lifetime, by) = match load.maximum_age {
        Limit::Limited(age) if age < load.retention => (age, LossReason::MaximumRecordAge),
        Limit::Limited(_) | Limit::Unlimited => (load.retention, LossReason::Retention),
    };
    let Some(seconds) = seconds_to_expiry(lifetime, slope) else { return stability };
    let (offered, excess) = load.offered_and_excess();
    Stability {
        // Records that are discarded for their age never get as old as the retention.
        seconds_to_expiry: (by == LossReason::Retention).then_some(seconds),
        seconds_to_loss: Some(seconds),
        loss_per_second: Some(excess),
        loss_share: Some(excess / offered),
        loss_by: Some(by),
        ..stability
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
    use crate::analysis::load::{LaneLoad, ServiceTime};
    use crate::units::Rate;

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
            service: {
                let seconds = base_ms + per_record_ms * u64::from(batch_capacity);
                let lane = Duration::from_millis(seconds);
                ServiceTime { lane, executing: lane }
            },
            variability: 1.0,
            concurrency_limit: None,
            retention: Duration::from_secs(86_400),
            maximum_age: Limit::Unlimited,
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
        load.service.lane = load.service.lane * 2;
        assert!((assess(&load).worst_utilization - 1.2).abs() < 1e-12);
    }

    #[test]
    fn waits_before_retries_hold_the_lane_and_no_slot_of_the_limit() {
        let mut load = load(&[4.0, 4.0], 10, 1000, 0);
        load.service.lane = load.service.lane * 2;
        load.concurrency_limit = Some(1);
        assert_eq!(load.lane_utilizations(), [0.8, 0.8]);
        assert_eq!(load.limit_utilization(), Some(0.8));
    }

    #[test]
    fn what_lanes_and_limit_cannot_carry_is_lost_in_the_end() {
        // Two lanes at 12 and 4 of 10 records per second: 2 of 16 are lost.
        let mut load = load(&[12.0, 4.0], 10, 1000, 0);
        let stability = assess(&load);
        assert_close(stability.loss_per_second, 2.0);
        assert_close(stability.loss_share, 0.125);
        assert_eq!(stability.loss_by, Some(LossReason::Retention));
        assert_eq!(stability.seconds_to_loss, stability.seconds_to_expiry);
        // A single slot carries 10 of the 14 that the lanes would.
        load.concurrency_limit = Some(1);
        assert_close(assess(&load).loss_per_second, 6.0);
    }

    #[test]
    fn a_maximum_age_below_retention_loses_records_before_they_expire() {
        let mut load = load(&[12.0], 1, 100, 0);
        load.maximum_age = Limit::Limited(Duration::from_secs(600));
        let stability = assess(&load);
        // Age grows by 1 - 10/12.
        assert_close(stability.seconds_to_loss, 3_600.0);
        assert_eq!(stability.loss_by, Some(LossReason::MaximumRecordAge));
        assert_eq!(stability.seconds_to_expiry, None);
        load.maximum_age = Limit::Limited(Duration::from_secs(100_000));
        let stability = assess(&load);
        // Retention is the shorter of the two.
        assert_close(stability.seconds_to_loss, 6.0 * 86_400.0);
        assert_eq!(stability.loss_by, Some(LossReason::Retention));
        assert_eq!(stability.seconds_to_expiry, stability.seconds_to_loss);
    }

    #[test]
    fn a_stable_load_says_how_long_a_run_it_needs() {
        // M/M/1 at 0.81 with a service time of 1 s: 1 / (1 - 0.9)^2.
        let stability = assess(&load(&[0.81], 1, 1000, 0));
        assert_close(stability.relaxation_seconds, 100.0);
        assert_close(stability.sufficient_seconds, 4_000.0);
        assert_eq!(assess(&load(&[1.2], 1, 1000, 0)).relaxation_seconds, None);
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
