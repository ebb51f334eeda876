//! What `shardlag explain` found out: the story of a record, the state of a shard at a time, or
//! what is wrong with a run. The contract `shardlag.explain/1`.
//!
//! Times are seconds of virtual time, lengths are seconds, records are named by their sequence in
//! the shard, from 0. Left out: sentences, which the report makes of these facts.

use serde::Serialize;

use super::{RecordRange, RunDiagnosis};

/// What was explained, and of which run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// `shardlag.explain/1`.
    pub schema: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the variant or consumer.
    pub variant: String,
    /// Hash of the resolved scenario.
    pub fingerprint: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Number of the replication, from 0.
    pub replication: u32,
    /// Length of the run in seconds.
    pub simulated_seconds: f64,
    /// What was asked for.
    #[serde(flatten)]
    pub subject: Explained,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Explained {
    /// What happened to a record.
    Record(Box<RecordStory>),
    /// What a shard was doing at a time.
    Shard(Box<ShardMoment>),
    /// What is wrong with the run.
    Run(Box<RunDiagnosis>),
}

/// What happened to one record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordStory {
    /// Shard index.
    pub shard: u32,
    /// Its sequence in the shard.
    pub sequence: u64,
    /// Lane of the shard that handled it; absent if it never got into a batch.
    pub lane: Option<u32>,
    /// When it was written; absent where that cannot be known because it was never read.
    pub written: Option<f64>,
    /// Stored size in bytes.
    pub bytes: Option<u32>,
    /// Whether the scenario marks it as one that always fails.
    pub is_poison: bool,
    /// What happened, in order of time.
    pub steps: Vec<StoryStep>,
    /// Steps left out in the middle of a long story.
    pub steps_left_out: u64,
    /// Steps before those that are left out.
    pub left_out_after: u32,
    /// Invocations that it was in.
    pub attempts: u64,
    /// How it ended.
    pub fate: RecordFate,
    /// Where the age at its end, or at the end of the run, comes from (S9.4), without remainder.
    pub age_breakdown: Vec<AgePart>,
    /// Batches that its shard was done with while the record could be read and was in none.
    pub batches_ahead: u64,
    /// Refusals of such batches for lack of concurrency.
    pub throttles_ahead: u64,
    /// The batch that stood between the record and the function for at least a quarter of that
    /// time, and longest.
    pub ahead: Option<BatchAhead>,
    /// What other settings would have made of it, each run with the same random numbers.
    pub what_ifs: Vec<WhatIf>,
}

/// One step of a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoryStep {
    /// When.
    pub at: f64,
    /// What.
    #[serde(flatten)]
    pub event: StoryEvent,
}

/// What happened to a record, tagged by `event`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum StoryEvent {
    /// It was written.
    Written,
    /// It lay before the starting position (S2.5).
    Skipped,
    /// A poll read it.
    Read {
        /// It could have been read this much earlier.
        waited: f64,
        /// Reading was held back for so long by an unfinished page or a full buffer.
        held_back: f64,
    },
    /// The filter removed it (S3.5).
    Filtered,
    /// Its batch was closed.
    BatchClosed {
        /// Why, as in a trace.
        by: &'static str,
        /// The records of the batch.
        records: RecordRange,
        /// Records of the batch before it.
        position: u32,
    },
    /// Its batch did not reach the function (S5.2).
    Throttled {
        /// How often in a row.
        times: u64,
        /// The last time.
        until: f64,
    },
    /// An invocation with it ended.
    Attempt {
        /// Attempt at this very batch, from 1.
        attempt: u32,
        /// Records of the batch.
        records: u32,
        /// When it ended; absent: it had not when the run did.
        ended: Option<f64>,
        /// `success`, `error`, `timeout`, `partial` or `not_ended`.
        outcome: &'static str,
        /// Records before the first reported failure, where the outcome is `partial`.
        succeeded: Option<u32>,
    },
    /// Its batch was split (S6.1).
    Split {
        /// Records of the half that goes first.
        left: u32,
        /// Records of the other.
        right: u32,
        /// It is in the half that goes first.
        is_left: bool,
    },
    /// Polling began anew behind the checkpoint, and it was read again (S4.5).
    ReadAgain,
    /// It was handled.
    Processed,
    /// It was given up (S5.6, S7.1).
    Discarded,
    /// The stream lost it (S1.5).
    Expired,
}

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RecordFate {
    /// What became of it.
    pub end: RecordEnd,
    /// When; absent while it waits.
    pub at: Option<f64>,
    /// Its age then, or at the end of the run; absent where it is not known when it was written.
    pub age: Option<f64>,
    /// `approximateInvokeCount`, where it was discarded.
    pub invoke_count: Option<u32>,
    /// Records lost together with it.
    pub lost_with_it: u32,
    /// Of these, records that would not have failed by themselves.
    pub good_lost_with_it: u32,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordEnd {
    /// Handled.
    Processed,
    /// Removed by the filter.
    Filtered,
    /// Discarded because the retries were used up.
    RetryAttemptsExhausted,
    /// Discarded because it was too old.
    RecordAgeExceeded,
    /// Given up at a throttle (`throttle_policy = drop`).
    Dropped,
    /// Lost to retention.
    Expired,
    /// Before the starting position.
    Skipped,
    /// Still in the stream at the end of the run.
    Waiting,
}

/// A part of an age.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgePart {
    /// Name as in `age_breakdown` of a summary.
    pub part: &'static str,
    /// How long.
    pub seconds: f64,
}

/// A batch that others had to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BatchAhead {
    /// Its lane.
    pub lane: u32,
    /// Its records.
    pub records: RecordRange,
    /// When it was closed.
    pub from: f64,
    /// When the lane was done with it; absent: not before the end of the run.
    pub to: Option<f64>,
    /// Its failed attempts.
    pub failed: u64,
    /// How often it was throttled.
    pub throttled: u64,
}

/// What one other setting would have made of a record and of the run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIf {
    /// The settings, as `--set` takes them.
    pub set: Vec<String>,
    /// What would have become of the record.
    pub fate: RecordFate,
    /// Figures of the whole run as it was.
    pub before: RunTotals,
    /// Figures of the whole run with the change.
    pub after: RunTotals,
}

/// Figures of a whole run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct RunTotals {
    /// Records discarded.
    pub discarded: u64,
    /// Records lost to retention.
    pub expired: u64,
    /// Blocked time of all shards.
    pub blocked_shard_time: f64,
    /// Invocations.
    pub invocations: u64,
}

/// What a shard was doing at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShardMoment {
    /// Shard index.
    pub shard: u32,
    /// The time.
    pub at: f64,
    /// Whether it is written to and read.
    pub stage: ShardStage,
    /// Polling is off: the mapping is disabled, or not yet enabled.
    pub is_disabled: bool,
    /// Records that could be read and were not finished; absent where that is not known.
    pub backlog: Option<u64>,
    /// Of these, records that had been read.
    pub read: u64,
    /// Its oldest unfinished record.
    pub oldest: Option<OldestRecord>,
    /// How it was blocked (S9.3).
    pub blocked: Option<BlockedSpell>,
    /// What its lanes were doing.
    pub lanes: Vec<LaneMoment>,
}

/// Whether a shard is written to and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardStage {
    /// It does not exist yet.
    NotYetOpen,
    /// It is written to, but its parents are not finished or it is not yet found (S1.7).
    NotYetRead,
    /// It is written to and read.
    Open,
    /// It is not written to any more, and read to its end.
    Closed,
    /// It is closed and everything in it has met its end.
    Ended,
}

/// The oldest unfinished record of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OldestRecord {
    /// Its sequence.
    pub sequence: u64,
    /// When it was written.
    pub written: f64,
    /// When it met its end; absent: not before the end of the run.
    pub finished: Option<f64>,
}

/// A time in which a shard was blocked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BlockedSpell {
    /// `function_error`, `throttle` or `oversize`.
    pub cause: &'static str,
    /// All lanes with data were.
    pub fully: bool,
    /// Since when it was blocked in some way.
    pub since: f64,
    /// Until when; absent: beyond the end of the run.
    pub until: Option<f64>,
}

/// What a lane was doing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LaneMoment {
    /// Lane index.
    pub lane: u32,
    /// What.
    pub state: LaneState,
    /// Since when.
    pub since: f64,
    /// Records of its batch that were not finished.
    pub records: Option<RecordRange>,
    /// When the batch was closed.
    pub closed: Option<f64>,
    /// Failed attempts at it.
    pub failed: u64,
    /// How often it was throttled.
    pub throttled: u64,
    /// When the lane was done with it; absent: not before the end of the run.
    pub done: Option<f64>,
}

/// What a lane is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneState {
    /// It has no batch.
    Free,
    /// Its batch is in the function.
    Invoking,
    /// Its batch failed and waits to be tried again.
    BackingOff,
    /// Its batch was throttled and waits to be tried again.
    Throttled,
    /// Its batch cannot be sent: a record above the payload limit.
    NotSent,
}
