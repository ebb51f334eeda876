//! A delivery case as its file says it: one JSON object per line.
//!
//! A case scripts what is written to a stream and how the function behaves, and says what the
//! mapping must then deliver. Keys are those of the cases; unknown ones are errors.
//!
//! | key | says |
//! |---|---|
//! | `id`, `rules`, `evidence`, `source` | which fact it restates, and where that is from |
//! | `stream`, `records`, `mapping`, `function`, `destination`, `knobs`, `until` | what happens |
//! | `expect` | what must come of it; nothing is checked that it does not name |
//!
//! Records are numbered from 1 in the order of the list. Times are seconds.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::expectation::Expectation;

/// One case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// Rules of SEMANTICS.md that it is about.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Strength of the evidence behind it.
    #[serde(default)]
    pub evidence: String,
    /// Where the fact is from.
    #[serde(default)]
    pub source: String,
    /// The stream.
    pub stream: StreamPart,
    /// Request parameters of the mapping by their names in the API, and `schedule`.
    pub mapping: Map<String, Value>,
    /// What is written.
    #[serde(default)]
    pub records: Vec<WrittenRecord>,
    /// The function.
    #[serde(default)]
    pub function: FunctionPart,
    /// Whether the on-failure destination fails.
    #[serde(default)]
    pub destination: DestinationPart,
    /// Knobs that differ from profile `aws`; durations in seconds.
    #[serde(default)]
    pub knobs: Map<String, Value>,
    /// When the run ends, in seconds; else when nothing can change any more.
    #[serde(default)]
    pub until: Option<f64>,
    /// What must come of it.
    pub expect: Expectation,
}

/// The stream of a case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamPart {
    /// `dynamodb` or `kinesis`.
    pub kind: String,
    /// Shards open at the start.
    #[serde(default = "one")]
    pub shards: u32,
    /// Retention.
    #[serde(default)]
    pub retention_hours: Option<f64>,
    /// Splits, merges and rollovers.
    #[serde(default)]
    pub reshard: Vec<Reshard>,
}

/// Shards that close and shards that open instead.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshard {
    /// When.
    pub at: f64,
    /// Parents.
    pub close: Vec<u32>,
    /// Children.
    pub open: Vec<u32>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRecord {
    /// When it is written.
    #[serde(default)]
    pub at: f64,
    /// Partition key; without one all records of a shard have the same.
    #[serde(default)]
    pub key: Option<String>,
    /// Shard index.
    #[serde(default)]
    pub shard: u32,
    /// Size as stored.
    #[serde(default = "two_hundred")]
    pub bytes: u64,
    /// The filter does not match it.
    #[serde(default)]
    pub filtered: bool,
    /// Tumbling window it belongs to; for the reader of the case only.
    #[serde(default)]
    pub window: Option<Value>,
}

/// The function of a case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionPart {
    /// Seconds of every invocation.
    #[serde(default = "ten_milliseconds")]
    pub duration: f64,
    /// Timeout in seconds.
    #[serde(default = "one_minute")]
    pub timeout: f64,
    /// Rules tried in order; without one that holds it succeeds.
    #[serde(default)]
    pub behaviour: Vec<Rule>,
}

impl Default for FunctionPart {
    fn default() -> FunctionPart {
        FunctionPart { duration: ten_milliseconds(), timeout: one_minute(), behaviour: Vec::new() }
    }
}

/// A rule of the function's behaviour.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// When it holds.
    #[serde(default)]
    pub when: When,
    /// What happens then.
    pub then: Then,
}

/// When a rule holds: all given parts must.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Any of these records is in the batch.
    #[serde(default)]
    pub contains: Option<Vec<u64>>,
    /// Attempt numbers of this very batch, from 1.
    #[serde(default)]
    pub attempt: Option<Vec<u64>>,
    /// Invocation numbers of the shard, from 1.
    #[serde(default)]
    pub invocation: Option<Vec<u64>>,
    /// It is the final call of a tumbling window.
    #[serde(default, rename = "final")]
    pub is_final: Option<bool>,
    /// Virtual seconds, from and up to but not including.
    #[serde(default)]
    pub between: Option<[f64; 2]>,
}

/// What happens at a try.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The function raises.
    Raise,
    /// The function times out.
    Timeout,
    /// The service throttles.
    Throttle,
    /// The service fails.
    ServiceError,
    /// The function returns this.
    Respond(Value),
    /// The function's payload is this.
    RespondRaw(Value),
}

/// How the destination fails.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestinationPart {
    /// Which deliveries fail.
    #[serde(default)]
    pub fail: Failing,
}

/// Which deliveries to the destination fail.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Failing {
    /// All, or none.
    All(bool),
    /// By number, from 1.
    Numbers(Vec<u64>),
}

impl Default for Failing {
    fn default() -> Failing {
        Failing::All(false)
    }
}

fn one() -> u32 {
    1
}

fn two_hundred() -> u64 {
    200
}

fn ten_milliseconds() -> f64 {
    0.01
}

fn one_minute() -> f64 {
    60.0
}
