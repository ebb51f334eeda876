//! What an on-failure destination gets (S8).

/// One invocation record, as data; `report` gives it its JSON shape (S8.1).
#[derive(Debug, Clone, PartialEq)]
pub struct DestinationMessage {
    /// A number that is unique in the run; the request id is derived from it.
    pub number: u64,
    /// Name of the event source: `dynamodb` or `kinesis`.
    pub is_kinesis: bool,
    /// Shard index.
    pub shard: u32,
    /// When it was sent, nanoseconds since 1970.
    pub sent_unix_nanos: u64,
    /// `RetryAttemptsExhausted` or `RecordAgeExceeded`.
    pub condition: &'static str,
    /// `approximateInvokeCount`.
    pub invoke_count: u32,
    /// Whether there is a `responseContext`, and with which `functionError`.
    pub response: Option<FunctionError>,
    /// Sequence number of the first record in the shard, counted from 0.
    pub first_sequence: u64,
    /// Sequence number of the last record.
    pub last_sequence: u64,
    /// Creation time of the first record, nanoseconds since 1970, as the function sees it.
    pub first_arrival_unix_nanos: u64,
    /// Creation time of the last record.
    pub last_arrival_unix_nanos: u64,
    /// Records in the batch; 0 in the final call of a tumbling window, which has no sequence
    /// numbers and no arrivals.
    pub batch_size: u32,
    /// The tumbling window, where there are windows.
    pub window: Option<MessageWindow>,
    /// ARN of the destination.
    pub destination_arn: String,
    /// It reached the destination.
    pub delivered: bool,
}

/// The tumbling window of a discarded batch (S11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageWindow {
    /// Its beginning, nanoseconds since 1970.
    pub start_unix_nanos: u64,
    /// Its end, nanoseconds since 1970.
    pub end_unix_nanos: u64,
    /// The batch is the window's final call.
    pub is_final: bool,
    /// The window was ended early.
    pub is_early: bool,
}

/// `functionError` of a `responseContext`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionError {
    /// `"Unhandled"`.
    Unhandled,
    /// `null`: partial responses used up the quota.
    Null,
}

/// How long destination messages leave to fetch their records from the stream (S8.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Redrive {
    /// Messages in all, first replication.
    pub messages: u64,
    /// Shortest time from a message to the loss of its oldest record, seconds.
    pub shortest_seconds: f64,
    /// Mean of that time, seconds.
    pub mean_seconds: f64,
}
