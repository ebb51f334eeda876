//! What the model says happened. Recorders turn observations into series and estimates.
//!
//! An observer sees everything and changes nothing: it gets references and returns nothing. All it
//! can say is that it has seen enough, which ends the run. It is a type parameter of the run, so
//! observations that nobody looks at cost nothing.

use super::age_parts::AgeParts;
use super::event::LaneId;
use super::function::Invocation;
pub use super::record_queue::{Fetched, Records};
use crate::units::Instant;

/// Something that happened at the time given beside it.
#[derive(Debug, Clone, Copy)]
pub enum Observation<'a> {
    /// GetRecords was called.
    Polled {
        /// Shard index.
        shard: u32,
        /// Calls, those that found nothing and were not simulated included.
        calls: u64,
        /// Records returned.
        records: u32,
    },
    /// A GetRecords call was refused: too many calls, readers or bytes (S1.6).
    ReadThrottled {
        /// Shard index.
        shard: u32,
    },
    /// Records became known to the mapping (read by a poll or by a lane).
    Read {
        /// Shard index.
        shard: u32,
        /// Records, filtered ones included.
        records: u32,
        /// Of these, removed by the filter (S3.5).
        filtered: u32,
    },
    /// Records above the checkpoint were read again after polling started anew (S4.5).
    ReadAgain {
        /// Shard index.
        shard: u32,
        /// How many.
        records: u32,
    },
    /// Records were lost to retention (S1.5).
    Expired {
        /// Shard index.
        shard: u32,
        /// How many.
        records: u64,
        /// Which, where they had been read; `None`: the next unread ones of the shard.
        read: Option<Records<'a>>,
    },
    /// Records lie before the starting position (S2.5).
    Skipped {
        /// Shard index.
        shard: u32,
        /// How many.
        records: u64,
    },
    /// A batch was closed (S3.1).
    BatchClosed {
        /// The lane.
        lane: LaneId,
        /// Why it has no more records.
        by: ClosedBy,
        /// The records.
        records: Records<'a>,
    },
    /// A failed batch was split (S6.1).
    BatchSplit {
        /// The lane.
        lane: LaneId,
        /// Records of the first half.
        left: u32,
        /// Records of the second half.
        right: u32,
    },
    /// An attempt was refused for lack of concurrency (S5.2).
    Throttled {
        /// The lane.
        lane: LaneId,
    },
    /// An attempt failed before the function because of the service (S5.2).
    ServiceFailed {
        /// The lane.
        lane: LaneId,
    },
    /// A batch was sent to the function.
    InvocationSent {
        /// The lane.
        lane: LaneId,
        /// The invocation; its outcome is known already.
        invocation: &'a Invocation,
        /// The records.
        records: Records<'a>,
    },
    /// An invocation ended.
    InvocationEnded {
        /// The lane.
        lane: LaneId,
        /// The invocation.
        invocation: &'a Invocation,
        /// The records.
        records: Records<'a>,
    },
    /// Records were handled successfully; `parts` is the age of the last of them.
    Processed {
        /// The lane.
        lane: LaneId,
        /// The records.
        records: Records<'a>,
        /// Where the age of the last record comes from (S9.4).
        parts: &'a AgeParts,
    },
    /// A batch was given up (S5.6, S7.1).
    Discarded {
        /// The lane.
        lane: LaneId,
        /// The records.
        records: Records<'a>,
        /// What the destination is told.
        discard: Discard,
    },
    /// The oldest unfinished record of a shard is now this one; it may arrive later than now.
    OldestUnfinished {
        /// Shard index.
        shard: u32,
        /// When it is written; `None`: nothing more will be.
        arrival: Option<Instant>,
        /// Its sequence: the checkpoint is the record before it (S4.5).
        sequence: u64,
    },
    /// A shard is now blocked in this way, or no longer (S9.3).
    Blocked {
        /// Shard index.
        shard: u32,
        /// How; `None`: it is not blocked.
        state: Option<Blockage>,
    },
    /// A shard is read from now on (S1.7).
    ShardOpened {
        /// Shard index.
        shard: u32,
        /// How often it rolled over before.
        generation: u32,
    },
    /// A shard is closed and everything in it has met its end (S1.7).
    ShardEnded {
        /// Shard index.
        shard: u32,
        /// How often it rolled over before.
        generation: u32,
    },
    /// A minute is over.
    Minute {
        /// Readable but unfinished records of all shards.
        backlog: u64,
    },
}

/// Why a batch has no more records (S3.1, S11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClosedBy {
    /// It has BatchSize records.
    BatchSize,
    /// The next record would exceed the payload limit.
    PayloadLimit,
    /// The batching window is over.
    BatchingWindow,
    /// The lane was free, and there were no more.
    FreeLane,
    /// The next record is of a later tumbling window, or it is the window's final call.
    TumblingWindow,
}

/// How a shard is blocked (S9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blockage {
    /// Why: the cause of the longest blocked lane.
    pub cause: BlockageCause,
    /// All lanes with data are blocked.
    pub fully: bool,
}

/// Why a lane makes no progress (S9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockageCause {
    /// Its head batch failed.
    FunctionError,
    /// Its head batch was throttled, or failed because of the service.
    Throttle,
    /// Its head record is above the payload limit.
    Oversize,
}

/// What the destination is told of a discarded batch (S8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discard {
    /// Why it was given up.
    pub condition: DiscardCondition,
    /// `approximateInvokeCount`: at least 1 (S7.2).
    pub invoke_count: u32,
    /// The response reported; absent for too old and for oversize records.
    pub response: Option<LastResponse>,
    /// Whether the message reached a destination; `None` without one.
    pub delivered: Option<bool>,
    /// The tumbling window of the batch, where there are windows.
    pub window: Option<WindowFacts>,
}

/// What the destination is told of a tumbling window (S8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowFacts {
    /// Its beginning, nanoseconds since 1970.
    pub start_unix_nanos: u64,
    /// Its end, nanoseconds since 1970.
    pub end_unix_nanos: u64,
    /// The batch is the window's final call.
    pub is_final: bool,
    /// The window was ended early (S11.4).
    pub is_early: bool,
}

/// Why a batch was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiscardCondition {
    /// `RetryAttemptsExhausted`.
    RetryAttemptsExhausted,
    /// `RecordAgeExceeded`.
    RecordAgeExceeded,
    /// Throttled under `throttle_policy = drop`; not an AWS condition.
    Dropped,
}

/// `functionError` of the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LastResponse {
    /// It raised: `"Unhandled"`.
    Unhandled,
    /// Partial responses used up the quota: `null`.
    PartialFailure,
}

/// Listens to a run.
pub trait Observer {
    /// Takes note of what happened at `now`.
    fn observe(&mut self, now: Instant, observation: Observation<'_>);

    /// Whether it has seen enough: asked when a minute is over, the run ends there.
    fn has_enough(&self) -> bool {
        false
    }
}

impl Observer for () {
    fn observe(&mut self, _now: Instant, _observation: Observation<'_>) {}
}
