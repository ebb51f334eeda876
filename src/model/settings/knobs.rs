//! Knobs: which reading of a rule is in force where AWS documents none or several.
//! Names and defaults are those of `SEMANTICS.md`; `scenario` fills in a profile's values.

use crate::units::{Bytes, Duration, Limit};

/// All knobs of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Knobs {
    /// Creation times are rounded down to this (S1.3); zero: exact.
    pub timestamp_resolution: Duration,
    /// A shard is closed and followed by a new one at this distance (S1.7).
    pub shard_rollover: Limit<Duration>,
    /// A child shard is found this long after its parents are finished (S1.7).
    pub child_discovery: Duration,
    /// A record can be read this long after its arrival (S1.4).
    pub read_visibility: Duration,
    /// Records one GetRecords returns at most (S1.6).
    pub page_records: Limit<u32>,
    /// Bytes one GetRecords returns at most (S1.6).
    pub page_bytes: Limit<Bytes>,
    /// What the readers of a shard may do together (S1.6).
    pub shard_limits: ShardLimits,
    /// What polling does while invocations run (S2.4).
    pub poll_model: PollModel,
    /// Distance of polls (S2.1).
    pub poll_interval: Duration,
    /// Distance to the next poll after one that found nothing (S2.2).
    pub idle_poll_interval: Duration,
    /// When a shard's first poll happens (S2.1).
    pub poll_phase: PollPhase,
    /// Each poll is late by a uniform time up to this (S2.1).
    pub poll_jitter: Duration,
    /// `paged`: the next page is fetched when at most this many records of the last are
    /// unfinished; `None`: 5 for BatchSize 1, else 5 x BatchSize (S2.4).
    pub refill_below: Option<u32>,
    /// `buffered`: fetched but unfinished records per shard (S2.4).
    pub lookahead: Limit<u32>,
    /// Polling starts this long after the mapping is created or enabled (S2.5).
    pub enable_delay: Duration,
    /// Polling stops this long after the mapping is disabled (S2.5).
    pub disable_delay: Duration,
    /// Polling starts again this long after other settings are changed (S2.7).
    pub update_delay: Duration,
    /// From a batch being ready to the handler's start (S2.3).
    pub invoke_overhead: Duration,
    /// When a batching window opens (S3.2).
    pub window_clock: WindowClock,
    /// A tumbling window without later records is closed this long after its end (S11.3).
    pub window_idle_close: Duration,
    /// Largest JSON event (S3.3).
    pub payload_limit: Limit<Bytes>,
    /// How records are assigned to lanes (S4.1).
    pub lane_assignment: LaneAssignment,
    /// Whether a failing lane holds its neighbours (S4.4).
    pub lane_failure_scope: LaneFailureScope,
    /// Wait before an unchanged batch is tried again after a function error (S5.3).
    pub retry: Backoff,
    /// Wait before a throttled batch is tried again (S5.3).
    pub throttle: Backoff,
    /// How the throttle wait is drawn.
    pub throttle_delay: ThrottleDelay,
    /// What happens to a throttled batch (S5.2).
    pub throttle_policy: ThrottlePolicy,
    /// Whether a throttled batch stays as it was cut (S5.2).
    pub throttle_batch: ThrottleBatch,
    /// Before the first half of a split batch, or a remainder, goes out (S6.1).
    pub split_delay: Duration,
    /// What a too old record takes with it (S7.1).
    pub age_scope: AgeScope,
    /// When IteratorAge is taken (S9.1).
    pub iterator_age_at: IteratorAgeAt,
    /// Which invocations give an IteratorAge sample (S9.1).
    pub iterator_age_on: IteratorAgeOn,
}

/// What the readers of a shard may do together (S1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardLimits {
    /// Mappings that can read a shard unthrottled (DynamoDB).
    pub readers: Limit<u32>,
    /// GetRecords calls per second that a shard serves (Kinesis).
    pub calls_per_second: Limit<u32>,
    /// Bytes per second that a shard serves to all standard consumers together, and to each with
    /// enhanced fan-out (Kinesis).
    pub bytes_per_second: Limit<Bytes>,
}

impl ShardLimits {
    /// No limits.
    pub const NONE: ShardLimits = ShardLimits {
        readers: Limit::Unlimited,
        calls_per_second: Limit::Unlimited,
        bytes_per_second: Limit::Unlimited,
    };
}

/// What polling does while an invocation runs (S2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PollModel {
    /// One page at a tick if few records of the last page are unfinished.
    Paged,
    /// One GetRecords per tick whatever the lanes do.
    Buffered,
    /// Idle polls on the grid; what waits when an invocation ends is sent at once.
    Grid,
    /// Like `Grid`, the poll clock restarts when an invocation ends with nothing waiting.
    Restart,
    /// Reads only at ticks and only while no invocation runs.
    Gated,
    /// Reads as soon as anything can be read.
    Instant,
}

/// When a shard's first poll happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollPhase {
    /// Uniform over one poll interval, per shard.
    Random,
    /// This long after polling starts.
    At(Duration),
    /// Shard `i` this long times `i` after polling starts, modulo nothing (a staggered fleet).
    Staggered(Duration),
}

/// When a batching window opens (S3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WindowClock {
    /// At the end of the lane's previous invocation.
    PreviousCompletion,
    /// At the arrival of the lane's first waiting record.
    FirstRecord,
    /// At the poll that first sees a record.
    FirstRead,
}

/// How records are assigned to lanes (S4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneAssignment {
    /// Hash of the partition key.
    StaticHash,
    /// A key that no lane holds goes to the lane with the fewest records.
    DynamicKey,
    /// Record `i` of a shard goes to lane `i mod P`; for validation.
    RoundRobin,
}

/// Whether a failing lane holds its neighbours (S4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneFailureScope {
    /// It blocks itself.
    Lane,
    /// It blocks its shard.
    Shard,
}

/// An exponential backoff: before retry `k` = 1, 2, ...: `min(base * factor^(k-1), cap)`, plus a
/// uniform share of `jitter` of it (S5.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// First wait.
    pub base: Duration,
    /// Growth per retry, at least 1.
    pub factor: f64,
    /// Longest wait.
    pub cap: Duration,
    /// Relative spread, 0 to 1: the wait is multiplied by `1 + jitter * u`, `u` in `-1..1`.
    pub jitter: f64,
}

/// How the wait before a throttled batch's next try is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottleDelay {
    /// As the backoff says.
    Backoff,
    /// Exponential, with the backoff's value as its mean (retrial queues).
    Exponential,
}

/// What happens to a throttled batch (S5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottlePolicy {
    /// Tried again after a backoff.
    Retry,
    /// Waits, first come first served.
    Queue,
    /// Given up at once.
    Drop,
}

/// Whether a throttled batch stays as it was cut (S5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottleBatch {
    /// It stays.
    Fixed,
    /// It is cut anew when it gets its slot.
    Recut,
}

/// What a too old record takes with it (S7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgeScope {
    /// Only the too old prefix goes.
    Record,
    /// The whole batch goes.
    Batch,
}

/// When IteratorAge is taken (S9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IteratorAgeAt {
    /// When the mapping sends the event.
    Send,
    /// When the invocation ends.
    Finish,
}

/// Which invocations give an IteratorAge sample (S9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IteratorAgeOn {
    /// All, failed ones and retries included.
    EveryAttempt,
    /// Only successful ones.
    Success,
}
