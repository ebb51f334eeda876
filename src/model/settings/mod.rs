//! What a run is made of, as plain valid data: the model's only input.
//!
//! | struct | describes |
//! |---|---|
//! | [`Settings`] | one variant of a scenario, whole |
//! | [`Stream`] | kind, shards, retention |
//! | [`Traffic`] | one source of records: arrivals, keys, sizes |
//! | [`Mapping`] | the event source mapping, with the API's parameters |
//! | [`Function`] | durations, failures, environment |
//! | [`Concurrency`] | account limit, reserved concurrency, other functions |
//! | [`Knobs`] | which reading of an undocumented rule is in force |
//!
//! Values are in range when they get here (`scenario` checks them, S12); nothing is checked twice.

mod behaviour;
mod function;
mod knobs;
mod mapping;
mod traffic;

use crate::units::{Duration, Instant, Limit};

pub use behaviour::{
    BehaviourCondition, BehaviourRule, ItemIdentifier, RecordAddress, Response, ScriptedAnswer,
};
pub use function::{
    FailureReport, Fault, FaultKind, Function, FunctionDuration, PoisonMarks, Variation, WritesBack,
};
pub use knobs::{
    AgeScope, Backoff, IteratorAgeAt, IteratorAgeOn, Knobs, LaneAssignment, LaneFailureScope,
    PollModel, PollPhase, ShardLimits, ThrottleBatch, ThrottleDelay, ThrottlePolicy, WindowClock,
};
pub use mapping::{Mapping, OnFailure, ScheduledMapping, StartingPosition};
pub use traffic::{
    Arrivals, BurstSize, CountSpread, Gap, Keys, RecordSize, ScriptedRecord, Traffic,
};

/// Everything one run of the model needs to know, apart from its random numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The date of virtual time zero, in nanoseconds since 1970-01-01T00:00:00Z (S1.1).
    pub start_unix_nanos: u64,
    /// When the run ends.
    pub horizon: Horizon,
    /// The stream that is read.
    pub stream: Stream,
    /// What is written to it; several sources are merged by time.
    pub traffic: Vec<Traffic>,
    /// The event source mapping as it is created.
    pub mapping: Mapping,
    /// Changes of the mapping during the run, by time.
    pub schedule: Vec<ScheduledMapping>,
    /// The function behind it.
    pub function: Function,
    /// What bounds how many invocations run at once.
    pub concurrency: Concurrency,
    /// Readings of rules that AWS leaves open.
    pub knobs: Knobs,
}

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Horizon {
    /// At this time; an event at that very time no longer happens.
    For(Duration),
    /// When every record written has met its end, at the latest after this long.
    Drained {
        /// The run is cut off here even if records are left.
        at_most: Duration,
    },
}

impl Horizon {
    /// The latest end, and whether the run ends before where nothing is left to do.
    pub fn end(self) -> (Instant, bool) {
        (Instant::START + self.at_most(), matches!(self, Horizon::Drained { .. }))
    }

    /// How long a run lasts at most.
    pub fn at_most(&self) -> Duration {
        match *self {
            Horizon::For(length) | Horizon::Drained { at_most: length } => length,
        }
    }
}

/// The kind of stream; it decides defaults and shapes (S1, S2.1, S3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    /// A DynamoDB stream.
    DynamoDb,
    /// A Kinesis data stream.
    Kinesis,
}

/// A stream and its shards.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// DynamoDB or Kinesis.
    pub kind: StreamKind,
    /// Shards that are open at the start, at least 1: shards 0, 1, ...
    pub shards: u32,
    /// Shards that close and open during the run, by time (S1.7).
    pub reshards: Vec<Reshard>,
    /// How long a record can be read (S1.5).
    pub retention: Duration,
}

impl Stream {
    /// Shards of the whole run, those opened by reshards included.
    pub fn shards_in_all(&self) -> u32 {
        let opened: usize = self.reshards.iter().map(|reshard| reshard.open.len()).sum();
        self.shards + opened as u32
    }
}

/// A split (one to two), a merge (two to one) or a roll-over (one to one) of shards (S1.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshard {
    /// When.
    pub at: Instant,
    /// Shards written to no more; open until then.
    pub close: Vec<u32>,
    /// Shards written to from now on in their place. Shards are numbered in the order in which
    /// they open, those of one reshard in any order.
    pub open: Vec<u32>,
}

/// What bounds the number of invocations at once (S10.3).
#[derive(Debug, Clone, PartialEq)]
pub struct Concurrency {
    /// Invocations at once in the account, all functions together.
    pub account_limit: Limit<u32>,
    /// Reserved concurrency of this function; replaces the account's bound for it.
    pub reserved: Option<u32>,
    /// What other functions use of the account limit: from each time on, this many. Sorted by time.
    pub other_functions: Vec<(Instant, u32)>,
    /// New execution environments that can start per 10 s.
    pub environments_per_10s: Limit<u32>,
}
