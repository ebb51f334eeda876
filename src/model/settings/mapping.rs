//! The event source mapping with the parameters of the AWS API (S12).

use crate::units::{Duration, Instant, Limit, Probability};

/// The settings of an event source mapping; fields follow the names of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// `Enabled`.
    pub enabled: bool,
    /// `EventSourceArn` is that of a consumer with enhanced fan-out: records are pushed (S1.6).
    pub enhanced_fan_out: bool,
    /// `StartingPosition`.
    pub starting_position: StartingPosition,
    /// `BatchSize`, 1 to 10,000.
    pub batch_size: u32,
    /// `MaximumBatchingWindowInSeconds`, 0 to 300 s.
    pub batching_window: Duration,
    /// `ParallelizationFactor`, 1 to 10: lanes per shard.
    pub parallelization_factor: u32,
    /// `MaximumRetryAttempts`, 0 to 10,000 or unlimited (-1).
    pub maximum_retry_attempts: Limit<u32>,
    /// `MaximumRecordAgeInSeconds`, 60 s to 604,800 s or unlimited (-1).
    pub maximum_record_age: Limit<Duration>,
    /// `BisectBatchOnFunctionError`.
    pub bisect: bool,
    /// `FunctionResponseTypes` has `ReportBatchItemFailures`.
    pub report_batch_item_failures: bool,
    /// `TumblingWindowInSeconds`, 0 to 900 s; zero: no windows.
    pub tumbling_window: Duration,
    /// `DestinationConfig.OnFailure`.
    pub on_failure: Option<OnFailure>,
}

/// Settings that a scheduled `UpdateEventSourceMapping` puts in force (S2.6, S2.7).
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduledMapping {
    /// When the request is made.
    pub at: Instant,
    /// All settings from then on; the starting position stays as it was.
    pub mapping: Mapping,
}

/// Where reading begins (S2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartingPosition {
    /// The oldest retained record.
    TrimHorizon,
    /// The moment polling really starts.
    Latest,
    /// The first record written at or after this time; Kinesis only.
    AtTimestamp(Instant),
}

/// The on-failure destination (S8).
#[derive(Debug, Clone, PartialEq)]
pub struct OnFailure {
    /// ARN of the queue, topic or bucket.
    pub destination_arn: String,
    /// Chance that a delivery to it fails, which drops the records (S8.3).
    pub delivery_failure: Probability,
    /// Deliveries that fail for certain, by number from 1; sorted.
    pub failing_deliveries: Vec<u64>,
}
