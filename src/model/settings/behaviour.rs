//! Scripted behaviour of the function: what it does with which invocation (S5.1, S5.2, S6.5).
//!
//! Rules are tried in order at every try of a batch; the first whose condition holds decides.
//! Where none holds the function's faults decide, and without faults it succeeds.

use crate::units::{Bytes, Instant};

/// One rule of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BehaviourRule {
    /// When it holds.
    pub when: BehaviourCondition,
    /// What happens then.
    pub then: ScriptedAnswer,
}

/// When a rule holds: all parts that are given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BehaviourCondition {
    /// Any of these records is in the batch; sorted.
    pub contains: Option<Vec<RecordAddress>>,
    /// The number of the attempt at this very batch, from 1, is one of these.
    pub attempts: Option<Vec<u32>>,
    /// The number of the shard's invocation, from 1, is one of these.
    pub invocations: Option<Vec<u64>>,
    /// The try happens in `[from, to)`.
    pub between: Option<(Instant, Instant)>,
    /// The call is, or is not, the final one of a tumbling window (S11.2).
    pub is_final: Option<bool>,
}

/// A record by its place in the workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordAddress {
    /// Shard index.
    pub shard: u32,
    /// Traffic source.
    pub source: u16,
    /// Number among the records of the source on the shard, from 0.
    pub index: u64,
}

/// What a rule makes of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptedAnswer {
    /// The function raises an error.
    Raise,
    /// The function runs into its timeout.
    TimeOut,
    /// The service throttles: the batch does not reach the function.
    Throttle,
    /// The service fails: the batch does not reach the function.
    ServiceError,
    /// The function returns this.
    Respond(Response),
}

/// What a function returns, as far as the mapping reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// Entries of `batchItemFailures`; empty: absent, null or empty.
    pub item_failures: Vec<ItemIdentifier>,
    /// Size of `state` as JSON; `None`: absent or null (S11.2).
    pub state: Option<Bytes>,
}

/// The identifier in an entry of `batchItemFailures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemIdentifier {
    /// The sequence number of this record, which may be in the batch or not.
    Record(RecordAddress),
    /// Null, empty, under a wrong key, or no sequence number of any record.
    Unknown,
}
