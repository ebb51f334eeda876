//! What happened in one run, event by event: the lines of `shardlag run --trace` (one JSON object
//! each).
//!
//! Times are seconds of virtual time, records are named by their sequence in the shard, from 0.
//! Left out: GetRecords calls that were skipped because they could find nothing, which the next
//! call of the shard counts (`calls`).

use serde::Serialize;

/// One line of a trace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceLine {
    /// When, in seconds of virtual time.
    pub at: f64,
    /// The consumer; absent where the stream has only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer: Option<String>,
    /// Shard index.
    pub shard: u32,
    /// Lane of the shard, where the event is one of a lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<u32>,
    /// What happened.
    #[serde(flatten)]
    pub event: TraceEvent,
}

/// Consecutive records of a lane by their sequence in the shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RecordRange {
    /// How many; a lane may leave out records of other lanes between first and last.
    pub count: u32,
    /// Sequence of the oldest; absent without records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Sequence of the newest; absent without records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
}

/// What happened, tagged by `event`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TraceEvent {
    /// A shard is read from now on (S1.7).
    ShardOpened {
        /// How often it rolled over before.
        generation: u32,
    },
    /// A closed shard is finished (S1.7).
    ShardEnded {
        /// How often it rolled over before.
        generation: u32,
    },
    /// GetRecords (S2).
    Poll {
        /// Calls, with those before it that found nothing.
        calls: u64,
        /// Records returned.
        records: u32,
    },
    /// GetRecords was refused (S1.6).
    ReadThrottled,
    /// Records became known to the mapping.
    Read {
        /// How many.
        records: u32,
        /// Of these, removed by the filter (S3.5).
        filtered: u32,
    },
    /// Records above the checkpoint were read again (S4.5).
    ReadAgain {
        /// How many.
        records: u32,
    },
    /// Records lie before the starting position (S2.5).
    Skipped {
        /// How many.
        records: u64,
    },
    /// A batch was closed (S3.1).
    BatchClosed {
        /// `batch_size`, `payload_limit`, `batching_window`, `free_lane` or `tumbling_window`.
        by: &'static str,
        /// Its records.
        records: RecordRange,
        /// When the oldest of them was read, in seconds; absent without records.
        #[serde(skip_serializing_if = "Option::is_none")]
        read_at: Option<f64>,
    },
    /// The batch was refused for lack of concurrency (S5.2).
    Throttled,
    /// The batch failed before the function because of the service (S5.2).
    ServiceError,
    /// The batch is sent to the function.
    InvocationStart {
        /// Attempt at this very batch, from 1.
        attempt: u32,
        /// Its records.
        records: RecordRange,
        /// When the handler starts, in seconds.
        handler_at: f64,
        /// It is the final call of a tumbling window (S11.2).
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_final: bool,
        /// The window is ended early (S11.4).
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_early: bool,
    },
    /// The invocation ended.
    InvocationEnd {
        /// Attempt at this very batch, from 1.
        attempt: u32,
        /// Its records.
        records: RecordRange,
        /// `success`, `error`, `timeout` or `partial`.
        outcome: &'static str,
        /// Records before the first reported failure, where the outcome is `partial`.
        #[serde(skip_serializing_if = "Option::is_none")]
        succeeded: Option<u32>,
        /// Duration in seconds.
        duration: f64,
        /// IteratorAge in seconds; absent where the invocation gives no sample of it (S9.1).
        #[serde(skip_serializing_if = "Option::is_none")]
        iterator_age: Option<f64>,
    },
    /// A failed batch was split (S6.1).
    Split {
        /// Records of the half that goes first.
        left: u32,
        /// Records of the other.
        right: u32,
    },
    /// Records were given up (S5.6, S7.1).
    Discarded {
        /// Its records.
        records: RecordRange,
        /// `RetryAttemptsExhausted`, `RecordAgeExceeded` or `Dropped`.
        condition: &'static str,
        /// `approximateInvokeCount`.
        invoke_count: u32,
        /// Whether the destination got the message; absent without one.
        #[serde(skip_serializing_if = "Option::is_none")]
        delivered: Option<bool>,
    },
    /// Records were lost to retention (S1.5).
    Expired {
        /// How many.
        records: u64,
    },
    /// Everything before this record is finished (S4.5).
    Checkpoint {
        /// Its sequence.
        sequence: u64,
    },
    /// The shard makes no progress from now on, or does again (S9.3).
    Blocked {
        /// `function_error`, `throttle` or `oversize`; absent: it is not blocked any more.
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<&'static str>,
        /// All lanes with data are blocked.
        fully: bool,
    },
}
