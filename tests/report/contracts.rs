//! Files that programs read: summary, time series, invocation records.

use serde_json::Value;
use shardlag::report::{
    destination_jsonl, invocation_record, sequence_number, summary_json, timeseries_csv,
};
use shardlag::results::{DestinationMessage, Estimate, FunctionError, Summary};

use super::fixture::{MINUTE, START_UNIX_NANOS, empty, message, results};
use super::many;

/// The contract of DESIGN.md: a leaf `E` stands for an estimate, a number for a number.
const CONTRACT: &str = r#"{"schema": "", "version": "", "scenario": "", "fingerprint": "",
"seed": 0, "replications": 0, "simulated_seconds": 0, "variants": [{"name": "",
"stability": {"verdict": "", "worst_utilization": 0, "age_slope": null, "seconds_to_expiry": null},
"iterator_age": {"p50": "E", "p90": "E", "p99": "E", "max": "E", "mean": "E"},
"age_at_finish": {"p50": "E", "p90": "E", "p99": "E", "max": "E", "mean": "E"},
"record_age": {"p50": "E", "p90": "E", "p99": "E", "max": "E", "mean": "E"},
"true_lag": {"max": "E", "mean": "E"},
"blocked_shard_time": {"total": "E", "fully": "E", "worst_shard": "E",
 "by_cause": {"function_error": "E", "throttle": "E", "oversize": "E", "destination": "E"}},
"age_breakdown": {"visibility": "E", "poll": "E", "window": "E", "queue": "E", "read_ahead": "E",
 "concurrency": "E", "retry": "E", "overhead": "E", "cold_start": "E", "execution": "E"},
"ledger": {"written": "E", "processed": "E", "filtered": "E",
 "discarded": {"RetryAttemptsExhausted": "E", "RecordAgeExceeded": "E"},
 "expired": "E", "skipped": "E", "remaining": "E", "duplicates": "E"},
"invocations": "E", "errors": "E", "throttles": "E", "polls": "E", "read_throttles": "E",
"records_kept": "whole|arrivals",
"batch_size": {"mean": "E", "max": "E"}, "concurrency": {"mean": "E", "max": "E"},
"cost_usd": {"total": "E", "requests": "E", "compute": "E", "stream": "E"}}]}"#;

fn assert_follows(contract: &Value, actual: &Value, path: &str) {
    match contract {
        Value::Object(keys) => {
            for (key, inner) in keys {
                let found = actual.get(key);
                let found = found.unwrap_or_else(|| panic!("{path}.{key} is missing"));
                assert_follows(inner, found, &format!("{path}.{key}"));
            }
        }
        Value::Array(items) => {
            for item in actual.as_array().expect("an array") {
                assert_follows(&items[0], item, path);
            }
        }
        Value::String(kind) if kind == "E" => {
            let keys: Vec<&String> = actual.as_object().expect(path).keys().collect();
            assert_eq!(keys, ["high", "low", "value"].map(String::from).iter().collect::<Vec<_>>());
        }
        Value::String(_) => assert!(actual.is_string(), "{path}: {actual}"),
        Value::Number(_) => assert!(actual.is_number(), "{path}: {actual}"),
        Value::Null | Value::Bool(_) => assert!(actual.is_null() || actual.is_number(), "{path}"),
    }
}

#[test]
fn the_summary_has_every_key_of_the_contract() {
    let contract: Value = serde_json::from_str(CONTRACT).expect("the contract is JSON");
    for results in many() {
        let text = summary_json(&results.summary);
        let actual: Value = serde_json::from_str(&text).expect("a summary is JSON");
        assert_follows(&contract, &actual, "summary");
        assert!(text.starts_with("{\n  \"schema\": \"shardlag.summary/1\",\n  \"version\""));
        assert!(text.ends_with("}\n"));
    }
}

#[test]
fn a_summary_reads_back_as_it_was() {
    for results in many() {
        let text = summary_json(&results.summary);
        let back: Summary = serde_json::from_str(&text).expect("a summary reads back");
        assert_eq!(back, results.summary);
    }
    let mut results = results(MINUTE, 1);
    results.summary.variants[0].errors = Estimate::point(0.1 + 0.2);
    assert!(summary_json(&results.summary).contains("0.30000000000000004"));
}

#[test]
fn the_time_series_has_a_row_per_minute_and_variant_and_empty_cells_without_samples() {
    let mut results = results(15.0 * MINUTE, 2);
    results.variants[1].series.points[3].iterator_age_max = None;
    let text = timeseries_csv(&results);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("there is a header").clone();
    let column = |name: &str| header.iter().position(|h| h == name).expect(name);
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), 30);
    assert_eq!(&rows[0][column("variant")], "base");
    assert_eq!(&rows[18][column("variant")], "2 retries");
    assert_eq!(&rows[18][column("start_s")], "180");
    assert_eq!(&rows[18][column("iterator_age_max_s")], "");
    assert_ne!(&rows[17][column("iterator_age_max_s")], "");
    assert_eq!(timeseries_csv(&empty(2)).lines().count(), 1);
}

fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// The message a run of a recorded case would give: only what its inputs say.
fn message_of_case(case: &Value, discarded: &Value) -> DestinationMessage {
    let numbers = discarded["records"].as_array().expect("record numbers");
    let number = |index: usize| numbers[index].as_u64().expect("a number");
    let (first, last) = (number(0), number(numbers.len() - 1));
    let is_kinesis = case["stream"]["kind"] == "kinesis";
    let arrival = |number: u64| {
        let seconds = case["records"][number as usize - 1]["at"].as_f64().unwrap_or(0.0);
        let millis = (seconds * 1000.0).round() as u64;
        START_UNIX_NANOS + millis * 1_000_000
    };
    let condition = match discarded["condition"].as_str() {
        Some("RetryAttemptsExhausted") => "RetryAttemptsExhausted",
        Some("RecordAgeExceeded") => "RecordAgeExceeded",
        other => panic!("unknown condition {other:?}"),
    };
    let destination = &case["mapping"]["DestinationConfig"]["OnFailure"]["Destination"];
    DestinationMessage {
        is_kinesis,
        shard: 0,
        condition,
        invoke_count: discarded["approximateInvokeCount"].as_u64().expect("a count") as u32,
        response: (condition == "RetryAttemptsExhausted").then_some(FunctionError::Unhandled),
        first_sequence: first - 1,
        last_sequence: last - 1,
        first_arrival_unix_nanos: arrival(first),
        last_arrival_unix_nanos: arrival(last),
        batch_size: numbers.len() as u32,
        destination_arn: destination.as_str().expect("an ARN").to_owned(),
        ..message(5)
    }
}

#[test]
fn invocation_records_have_the_shape_recorded_on_aws() {
    let mut checked = 0;
    for line in include_str!("destination.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        for discarded in case["expect"]["discarded"].as_array().expect("a list") {
            let message = message_of_case(&case, discarded);
            let text = invocation_record(&message, "orders");
            let record: Value = serde_json::from_str(&text).expect("a record is JSON");
            let id = &case["id"];
            for (path, expected) in discarded["equals"].as_object().into_iter().flatten() {
                let expected = match expected.as_str().and_then(|t| t.strip_prefix("$seq:")) {
                    Some(n) => {
                        let index = n.parse::<u64>().expect("a number") - 1;
                        Value::from(sequence_number(message.is_kinesis, 0, index))
                    }
                    None => expected.clone(),
                };
                assert_eq!(at_path(&record, path), Some(&expected), "{id} {path}");
                checked += 1;
            }
            let paths = |key: &str| {
                let list = discarded[key].as_array().cloned().unwrap_or_default();
                list.into_iter().map(|p| p.as_str().expect("a path").to_owned())
            };
            for path in paths("has") {
                assert!(at_path(&record, &path).is_some(), "{id} lacks {path}");
                checked += 1;
            }
            for path in paths("lacks") {
                assert!(at_path(&record, &path).is_none(), "{id} has {path}");
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "only {checked} facts were checked");
}

#[test]
fn used_up_partial_responses_give_a_null_function_error_and_undelivered_messages_no_line() {
    let mut results = results(MINUTE, 2);
    results.variants[0].messages[0].response = Some(FunctionError::Null);
    results.variants[1].messages[0].delivered = false;
    let text = destination_jsonl(&results);
    assert_eq!(text.lines().count(), 1);
    let record: Value = serde_json::from_str(&text).expect("a line is JSON");
    assert_eq!(record["responseContext"]["functionError"], Value::Null);
    assert!(record["responseContext"].as_object().is_some());
    let shard = record["DDBStreamBatchInfo"]["shardId"].as_str();
    assert!(shard.expect("an id").starts_with("shardId-00000001"));
}
