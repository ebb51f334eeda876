//! What a mapping is asked to carry, and what its lanes can.
//!
//! A lane that always has enough waiting sends full batches of B records, one after the other. A
//! batch occupies its lane for D seconds, retries and waits between them included, and a slot of
//! concurrency for X of them:
//!
//! ```text
//! capacity of a lane           C = B / D                     records per second
//! utilization of a lane        rho = lambda / C
//! utilization of a limit L     rho = sum lambda X / (L B)    over all lanes
//! ```
//!
//! Reference: Gross, Shortle, Thompson and Harris, *Fundamentals of Queueing Theory*, 5th ed. 2018,
//! section 1.5. Left out: how D and X come about, which is the caller's, and the verdict, which is
//! [`super::stability`]'s.

use super::run_length::relaxation_time;
use crate::units::{Duration, Limit, Rate};

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
    /// How long a full batch occupies its lane and the function.
    pub service: ServiceTime,
    /// Mean of the squared coefficients of variation of the gaps between batches and of their
    /// times, 0 or more: 1 for M/M/1.
    pub variability: f64,
    /// Invocations at once over all lanes; `None`: unbounded.
    pub concurrency_limit: Option<u32>,
    /// How long a record can be read.
    pub retention: Duration,
    /// How old a record may get before it is discarded.
    pub maximum_age: Limit<Duration>,
}

/// What one lane is asked to carry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaneLoad {
    /// Mean records per second while traffic lasts.
    pub mean: Rate,
    /// Records per second at the lane's busiest moment, at least the mean.
    pub peak: Rate,
}

/// Mean times for which a full batch occupies what it needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceTime {
    /// Its lane: from its first attempt to its end, waits before retries included.
    pub lane: Duration,
    /// A slot of concurrency: all its attempts, without the waits between them.
    pub executing: Duration,
}

impl OfferedLoad {
    /// What one lane can carry in records per second; infinite where a batch takes no time.
    pub fn lane_capacity(&self) -> f64 {
        assert!(self.batch_capacity > 0, "a batch holds at least one record");
        // A quotient with a denominator of 0 is infinite here, which is what is meant.
        f64::from(self.batch_capacity) / self.service.lane.as_secs_f64()
    }

    /// What the concurrency limit lets through in records per second; `None` without a limit.
    fn limit_capacity(&self) -> Option<f64> {
        let limit = f64::from(self.concurrency_limit?);
        let seconds = self.service.executing.as_secs_f64();
        Some(match seconds > 0.0 {
            true => limit * f64::from(self.batch_capacity) / seconds,
            false if limit > 0.0 => f64::INFINITY,
            false => 0.0,
        })
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
        let capacity = self.limit_capacity()?;
        // No load over no capacity is no load.
        Some(if total_per_second == 0.0 { 0.0 } else { total_per_second / capacity })
    }

    /// Records per second that are offered, and that lanes and limit cannot carry.
    pub(super) fn offered_and_excess(&self) -> (f64, f64) {
        let capacity = self.lane_capacity();
        let rates = || self.lanes.iter().map(|lane| lane.mean.per_second());
        let offered: f64 = rates().sum();
        let carried: f64 = rates().map(|rate| rate.min(capacity)).sum();
        let carried = self.limit_capacity().map_or(carried, |limit| carried.min(limit));
        (offered, (offered - carried).max(0.0))
    }

    /// Seconds until the slowest queue has forgotten an empty start by a factor e; `None` at or
    /// above capacity.
    pub(super) fn relaxation_time(&self) -> Option<f64> {
        let lane = self.lane_utilizations().into_iter().fold(0.0, f64::max);
        let of = |utilization: f64, service: Duration, servers: f64| {
            let seconds = service.as_secs_f64() / servers;
            (utilization < 1.0).then(|| relaxation_time(utilization, seconds, self.variability))
        };
        let of_lanes = of(lane, self.service.lane, 1.0)?;
        match (self.limit_utilization(), self.concurrency_limit) {
            (Some(utilization), Some(limit)) if limit > 0 => {
                let of_limit = of(utilization, self.service.executing, f64::from(limit))?;
                Some(of_lanes.max(of_limit))
            }
            (Some(_) | None, Some(_) | None) => Some(of_lanes),
        }
    }

    /// The larger of the busiest lane's utilization and the limit's, on average.
    pub(super) fn worst_utilization(&self) -> f64 {
        let lanes = self.lane_utilizations().into_iter();
        lanes.chain(self.limit_utilization()).fold(0.0, f64::max)
    }

    /// The same at the busiest moment; never less than on average.
    pub(super) fn peak_utilization(&self) -> f64 {
        let capacity = self.lane_capacity();
        let lanes = self.lanes.iter();
        lanes
            .map(|lane| lane.peak.per_second() / capacity)
            .chain(self.over_limit(self.peak_of_all_lanes.per_second()))
            .fold(self.worst_utilization(), f64::max)
    }
}
