//! What happened when: one point per simulated minute, and blocked intervals.

/// A variant minute by minute. Figures are means over replications; bands are over replications.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeSeries {
    /// Length of a point in seconds; 60 unless the run was so long that points were merged.
    pub step_seconds: u32,
    /// Points in order of time; point `i` covers `[i, i + 1) * step_seconds`.
    pub points: Vec<MinutePoint>,
}

/// One minute. `None`: no sample in any replication.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MinutePoint {
    /// Smallest IteratorAge, seconds.
    pub iterator_age_min: Option<f64>,
    /// Mean IteratorAge over its samples, seconds.
    pub iterator_age_avg: Option<f64>,
    /// 99th percentile of IteratorAge, seconds (mean over replications with samples).
    pub iterator_age_p99: Option<f64>,
    /// Largest IteratorAge: mean over replications, and the spread of replications.
    pub iterator_age_max: Option<Band>,
    /// Largest age of an oldest unfinished record in the minute over all shards, seconds.
    pub true_lag_max: f64,
    /// Invocations that ended.
    pub invocations: f64,
    /// Of these, failed.
    pub errors: f64,
    /// Throttled attempts.
    pub throttles: f64,
    /// Mean invocations in flight.
    pub concurrency_mean: f64,
    /// Most invocations in flight.
    pub concurrency_max: f64,
    /// Records written but not finished at the end of the minute.
    pub backlog_records: f64,
    /// Mean number of blocked shards.
    pub blocked_shards: f64,
    /// Sums by CloudWatch metric.
    pub sums: MinuteSums,
}

/// Sums over a point of what CloudWatch counts (S9.5), means over replications.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MinuteSums {
    /// Durations of the invocations that ended, seconds.
    pub duration: f64,
    /// Longest of them, seconds.
    pub duration_max: f64,
    /// Records read.
    pub polled: f64,
    /// Of these, removed by the filter.
    pub filtered: f64,
    /// Records in invocations that ended.
    pub invoked: f64,
    /// Of these, in failed ones.
    pub failed: f64,
    /// Records discarded without reaching a destination.
    pub dropped: f64,
    /// Records reported to the destination.
    pub delivered: f64,
    /// Messages that did not reach the destination.
    pub delivery_failures: f64,
}

/// A mean over replications with the smallest and largest replication.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Band {
    /// Mean over replications.
    pub mean: f64,
    /// Smallest replication.
    pub low: f64,
    /// Largest replication.
    pub high: f64,
}

/// Why a shard was blocked (S9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockCause {
    /// A failing batch.
    FunctionError,
    /// No concurrency.
    Throttle,
    /// A record above the payload limit.
    Oversize,
    /// The on-failure destination.
    Destination,
}

/// A time in which a shard was blocked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockedInterval {
    /// Shard index.
    pub shard: u32,
    /// Start in seconds.
    pub from: f64,
    /// End in seconds.
    pub to: f64,
    /// Why.
    pub cause: BlockCause,
    /// All lanes with data were blocked.
    pub fully: bool,
}
