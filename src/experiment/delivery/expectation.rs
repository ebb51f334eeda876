//! What a delivery case expects, as its file says it. Nothing is checked that it does not name.
//!
//! | key | compared with |
//! |---|---|
//! | `deliveries`, `gaps`, `first_start` | batches handed to the function and their starts |
//! | `discarded` | batches given up, and the invocation records about them (S8.1) |
//! | `expired`, `filtered`, `skipped`, `unprocessed` | how records ended |
//! | `metrics` | sums over the run by CloudWatch name (S9.5) |
//! | `mapping`, `error` | what the API says to the request (S12) |

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What must come of a case.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Batches handed to the function, in order of their starts.
    #[serde(default)]
    pub deliveries: Option<Deliveries>,
    /// Times between starts of deliveries.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// From arrival to the start of the first delivery.
    #[serde(default)]
    pub first_start: OneOrMany<FirstStart>,
    /// Discarded batches in order.
    #[serde(default)]
    pub discarded: Option<Vec<DiscardedBatch>>,
    /// Records lost to retention.
    #[serde(default)]
    pub expired: Option<Vec<u64>>,
    /// Records that the filter removed.
    #[serde(default)]
    pub filtered: Option<Vec<u64>>,
    /// Records still in the stream at the end.
    #[serde(default)]
    pub unprocessed: Option<Vec<u64>>,
    /// Records before the starting position.
    #[serde(default)]
    pub skipped: Option<Vec<u64>>,
    /// Sums over the run by CloudWatch name.
    #[serde(default)]
    pub metrics: BTreeMap<String, f64>,
    /// Settings in force as the API shows them.
    #[serde(default)]
    pub mapping: Map<String, Value>,
    /// The mapping is refused.
    #[serde(default)]
    pub error: Option<ExpectedError>,
}

/// Expected deliveries.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Deliveries {
    /// All of them in order.
    All(Vec<ExpectedDelivery>),
    /// By shard index or by record key.
    Grouped(BTreeMap<String, Vec<ExpectedDelivery>>),
}

/// One expected delivery.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum ExpectedDelivery {
    /// A batch of these records.
    Batch(Vec<u64>),
    /// The final call of a tumbling window.
    Final(FinalCall),
}

/// The final call of a tumbling window.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalCall {
    /// Its records: none.
    #[serde(rename = "final")]
    pub records: Vec<u64>,
    /// The window was ended early.
    #[serde(default)]
    pub early: bool,
}

/// Time from the start of one delivery to that of another.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The one, counted from 0.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// At least, seconds.
    pub min: f64,
    /// At most, seconds.
    pub max: f64,
}

/// Time from a record's arrival to the start of its first delivery.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstStart {
    /// Record number.
    pub record: u64,
    /// At least, seconds.
    pub min: f64,
    /// At most, seconds.
    pub max: f64,
}

/// One, or a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> OneOrMany<T> {
        OneOrMany::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// A discarded batch.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscardedBatch {
    /// Record numbers; empty for a final call.
    pub records: Vec<u64>,
    /// Why it was given up.
    #[serde(default)]
    pub condition: Option<String>,
    /// `approximateInvokeCount`.
    #[serde(default, rename = "approximateInvokeCount")]
    pub invoke_count: Option<Count>,
    /// `functionError`; the JSON null is a value, absent is not checked.
    #[serde(default, rename = "functionError", deserialize_with = "given")]
    pub function_error: Option<Value>,
    /// Whether there is a `responseContext`.
    #[serde(default, rename = "responseContext")]
    pub response_context: Option<bool>,
    /// Whether the message reached the destination.
    #[serde(default)]
    pub delivered: Option<bool>,
    /// Dotted paths of the invocation record with their values.
    #[serde(default)]
    pub equals: BTreeMap<String, Value>,
    /// Dotted paths that must be there.
    #[serde(default)]
    pub has: Vec<String>,
    /// Dotted paths that must not be there.
    #[serde(default)]
    pub lacks: Vec<String>,
}

/// A number, or its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// This.
    Exactly(u32),
    /// Between these, both included.
    Between {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
}

/// How the API refuses the mapping.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// Name of the exception.
    pub exception: String,
    /// Its whole message.
    #[serde(default)]
    pub message: Option<String>,
    /// A part of its message.
    #[serde(default)]
    pub message_contains: Option<String>,
}

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
