//! One point of the series of a replication: what happened in a minute, or in some.

/// One point of a replication.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MinuteRow {
    /// IteratorAge samples.
    pub samples: u64,
    /// Sum of their seconds.
    pub age_sum: f64,
    /// Smallest, seconds.
    pub age_min: f64,
    /// 99th percentile, seconds.
    pub age_p99: f64,
    /// Largest, seconds.
    pub age_max: f64,
    /// Largest true lag over shards, seconds.
    pub lag_max: f64,
    /// Invocations that ended.
    pub invocations: u64,
    /// Of these, function errors.
    pub errors: u64,
    /// Throttled attempts.
    pub throttles: u64,
    /// Time spent in flight, in nanoseconds.
    pub in_flight_nanos: u128,
    /// Most invocations in flight.
    pub in_flight_max: u32,
    /// Readable but unfinished records at the end.
    pub backlog: u64,
    /// Sum over shards of the time blocked, in nanoseconds.
    pub blocked_nanos: u128,
    /// Sums by CloudWatch metric (S9.5).
    pub sums: RowSums,
}

/// What CloudWatch counts in one point of a replication (S9.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSums {
    /// Durations of the invocations that ended, in nanoseconds.
    pub duration_nanos: u64,
    /// Longest of them, in nanoseconds.
    pub duration_max_nanos: u64,
    /// Records read.
    pub polled: u64,
    /// Of these, removed by the filter.
    pub filtered: u64,
    /// Records in invocations that ended.
    pub invoked: u64,
    /// Of these, in failed ones.
    pub failed: u64,
    /// Records discarded without reaching a destination.
    pub dropped: u64,
    /// Records reported to the destination.
    pub delivered: u64,
    /// Messages that did not reach the destination.
    pub delivery_failures: u64,
}

impl RowSums {
    pub(super) fn absorb(&mut self, other: &RowSums) {
        self.duration_nanos += other.duration_nanos;
        self.duration_max_nanos = self.duration_max_nanos.max(other.duration_max_nanos);
        self.polled += other.polled;
        self.filtered += other.filtered;
        self.invoked += other.invoked;
        self.failed += other.failed;
        self.dropped += other.dropped;
        self.delivered += other.delivered;
        self.delivery_failures += other.delivery_failures;
    }
}
