//! `destination.jsonl`: the invocation records that an on-failure destination got (S8.1).
//!
//! One line per delivered message of the first replication, in the shape Lambda sends: SQS and
//! SNS get metadata only, S3 also `payload`. Names that a simulation does not have are made up
//! in AWS's form: the function is named after the variant, request ids follow from the message
//! number, sequence numbers have AWS's length and rise within the shard.
//!
//! Reference: Lambda developer guide, "Retain discarded batches"; recordings cited by S8.1. Left
//! out: in a `payload` all records but the first and the
//! last, the only ones a run keeps.

use jiff::Timestamp;
use serde::Serialize;

use super::text::slug;
use crate::results::{DestinationMessage, FunctionError, MessageWindow, RunResults};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
/// Creation time that shard ids and the stream's label carry: 2026-01-01T00:00:00Z.
const CREATED_UNIX_MILLIS: u64 = 1_767_225_600_000;

/// All delivered invocation records, one JSON object per line, variants one after the other.
pub fn destination_jsonl(results: &RunResults) -> String {
    let mut lines = String::new();
    for (summary, details) in results.summary.variants.iter().zip(&results.variants) {
        for message in details.messages.iter().filter(|m| m.delivered) {
            lines.push_str(&invocation_record(message, &slug(&summary.name)));
            lines.push('\n');
        }
    }
    lines
}

/// One invocation record as a line of JSON; `function` is the function's name.
pub fn invocation_record(message: &DestinationMessage, function: &str) -> String {
    let record = InvocationRecord::new(message, function);
    serde_json::to_string(&record).expect("an invocation record has text keys only")
}

/// The sequence number of the `index`-th record of a shard, as long as AWS's.
pub fn sequence_number(is_kinesis: bool, shard: u32, index: u64) -> String {
    if is_kinesis { format!("49{shard:010}{index:044}") } else { format!("1{shard:06}{index:021}") }
}

/// The id of a shard in AWS's form.
pub fn shard_id(is_kinesis: bool, shard: u32) -> String {
    if is_kinesis {
        format!("shardId-{shard:012}")
    } else {
        format!("shardId-{CREATED_UNIX_MILLIS:020}-{shard:08x}")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvocationRecord {
    request_context: RequestContext,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_context: Option<ResponseContext>,
    version: &'static str,
    timestamp: String,
    #[serde(rename = "DDBStreamBatchInfo", skip_serializing_if = "Option::is_none")]
    dynamodb: Option<BatchInfo>,
    #[serde(rename = "KinesisBatchInfo", skip_serializing_if = "Option::is_none")]
    kinesis: Option<BatchInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_window_info: Option<TimeWindowInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: String,
    function_arn: String,
    condition: &'static str,
    approximate_invoke_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContext {
    status_code: u16,
    executed_version: &'static str,
    function_error: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchInfo {
    shard_id: String,
    #[serde(flatten)]
    records: Option<RecordsInfo>,
    stream_arn: String,
}

/// What a final call, which has no records, does not have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordsInfo {
    start_sequence_number: String,
    end_sequence_number: String,
    approximate_arrival_of_first_record: String,
    approximate_arrival_of_last_record: String,
    batch_size: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeWindowInfo {
    window: Window,
    is_final_invoke_for_window: bool,
    is_window_terminated_early: bool,
}

#[derive(Serialize)]
struct Window {
    start: String,
    end: String,
}

impl InvocationRecord {
    fn new(message: &DestinationMessage, function: &str) -> InvocationRecord {
        let info = BatchInfo::new(message);
        let payload = is_s3(message).then(|| payload(message, &info));
        let (dynamodb, kinesis) =
            if message.is_kinesis { (None, Some(info)) } else { (Some(info), None) };
        InvocationRecord {
            request_context: RequestContext {
                request_id: request_id(message.number),
                function_arn: format!(
                    "arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}:$LATEST"
                ),
                condition: message.condition,
                approximate_invoke_count: message.invoke_count,
            },
            response_context: message.response.map(|error| ResponseContext {
                status_code: 200,
                executed_version: "$LATEST",
                function_error: match error {
                    FunctionError::Unhandled => Some("Unhandled"),
                    FunctionError::Null => None,
                },
            }),
            version: "1.0",
            timestamp: in_milliseconds(message.sent_unix_nanos),
            dynamodb,
            kinesis,
            time_window_info: message.window.map(TimeWindowInfo::new),
            payload,
        }
    }
}

impl BatchInfo {
    fn new(message: &DestinationMessage) -> BatchInfo {
        let DestinationMessage { is_kinesis, shard, .. } = *message;
        let arrival = if is_kinesis { in_milliseconds } else { in_seconds };
        let records = || RecordsInfo {
            start_sequence_number: sequence_number(is_kinesis, shard, message.first_sequence),
            end_sequence_number: sequence_number(is_kinesis, shard, message.last_sequence),
            approximate_arrival_of_first_record: arrival(message.first_arrival_unix_nanos),
            approximate_arrival_of_last_record: arrival(message.last_arrival_unix_nanos),
            batch_size: message.batch_size,
        };
        BatchInfo {
            shard_id: shard_id(is_kinesis, shard),
            records: (message.batch_size > 0).then(records),
            stream_arn: stream_arn(is_kinesis),
        }
    }
}

impl TimeWindowInfo {
    fn new(window: MessageWindow) -> TimeWindowInfo {
        TimeWindowInfo {
            window: Window {
                start: in_seconds(window.start_unix_nanos),
                end: in_seconds(window.end_unix_nanos),
            },
            is_final_invoke_for_window: window.is_final,
            is_window_terminated_early: window.is_early,
        }
    }
}

fn stream_arn(is_kinesis: bool) -> String {
    if is_kinesis {
        format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/shardlag")
    } else {
        let label = "2026-01-01T00:00:00.000";
        format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/shardlag/stream/{label}")
    }
}

fn is_s3(message: &DestinationMessage) -> bool {
    message.destination_arn.starts_with("arn:aws:s3:")
}

/// The event as text, as S3 gets it, with the records the run kept: the first and the last.
fn payload(message: &DestinationMessage, info: &BatchInfo) -> String {
    let ends = match &info.records {
        None => Vec::new(),
        Some(records) => {
            let first = (&records.start_sequence_number, message.first_arrival_unix_nanos);
            let last = (&records.end_sequence_number, message.last_arrival_unix_nanos);
            match message.first_sequence == message.last_sequence {
                true => vec![first],
                false => vec![first, last],
            }
        }
    };
    let record =
        |(sequence, arrival): (&String, u64)| event_record(message, info, sequence, arrival);
    let records: Vec<_> = ends.into_iter().map(record).collect();
    serde_json::json!({ "Records": records }).to_string()
}

fn event_record(
    message: &DestinationMessage,
    info: &BatchInfo,
    sequence: &str,
    arrival_unix_nanos: u64,
) -> serde_json::Value {
    if message.is_kinesis {
        serde_json::json!({
            "eventSource": "aws:kinesis",
            "eventID": format!("{}:{sequence}", info.shard_id),
            "eventSourceARN": info.stream_arn,
            "kinesis": {
                "sequenceNumber": sequence,
                "approximateArrivalTimestamp": (arrival_unix_nanos / 1_000_000) as f64 / 1e3,
            },
        })
    } else {
        serde_json::json!({
            "eventSource": "aws:dynamodb",
            "eventSourceARN": info.stream_arn,
            "dynamodb": {
                "SequenceNumber": sequence,
                "ApproximateCreationDateTime": arrival_unix_nanos / 1_000_000_000,
            },
        })
    }
}

/// A version 4 UUID made of two mixed words of the message's number.
fn request_id(number: u64) -> String {
    let (high, low) = (mixed(2 * number), mixed(2 * number + 1));
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// SplitMix64's output function (Steele, Lea, Flood 2014): one-to-one, and looks random.
fn mixed(number: u64) -> u64 {
    let word = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}

fn in_seconds(unix_nanos: u64) -> String {
    format!("{:.0}", timestamp(unix_nanos / 1_000_000_000 * 1_000_000_000))
}

fn in_milliseconds(unix_nanos: u64) -> String {
    format!("{:.3}", timestamp(unix_nanos / 1_000_000 * 1_000_000))
}

fn timestamp(unix_nanos: u64) -> Timestamp {
    let nanos = i128::from(unix_nanos);
    Timestamp::from_nanosecond(nanos).expect("64 bits of nanoseconds end in the year 2554")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_to_seconds_on_dynamodb_and_to_milliseconds_on_kinesis() {
        let nanos = 1_767_225_601_759_999_999;
        assert_eq!(in_seconds(nanos), "2026-01-01T00:00:01Z");
        assert_eq!(in_milliseconds(nanos), "2026-01-01T00:00:01.759Z");
    }

    #[test]
    fn request_ids_are_version_4_uuids_and_differ() {
        let ids: Vec<String> = (0..1000).map(request_id).collect();
        for id in &ids {
            assert_eq!(id.len(), 36, "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
        }
        let mut distinct = ids.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), ids.len());
    }

    #[test]
    fn sequence_numbers_rise_as_texts_and_have_the_length_of_aws() {
        let first = sequence_number(false, 3, 9);
        assert!(first < sequence_number(false, 3, 10));
        assert_eq!(first.len(), 28);
        assert_eq!(sequence_number(true, 3, 9).len(), 56);
    }
}
