//! The traces that every implementation must give (S6.6): BatchSize 4, records 1 to 4, record 2
//! poison. They were recorded on AWS.

mod harness;

use harness::{Facts, facts, scenario};
use shardlag::model::observation::{DiscardCondition, LastResponse};

fn run(mapping: &str, reports: &str) -> Facts {
    let text = format!(
        r#"
        until = "drained"
        replications = 1
        [stream]
        kind = "dynamodb"
        shards = 1
        [[traffic]]
        arrivals = {{ scripted = {{ records = [
            {{ at = "0s" }}, {{ at = "0s", poison = true }}, {{ at = "0s" }}, {{ at = "0s" }},
        ] }} }}
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 4
        {mapping}
        [function]
        duration = "1ms"
        reports = "{reports}"
        "#
    );
    facts(&scenario(&text).base().settings, 1)
}

fn check(facts: &Facts, deliveries: &str, discarded: &[u64], count: u32, response: LastResponse) {
    let text = |batch: &Vec<u64>| batch.iter().map(u64::to_string).collect::<String>();
    let delivered: Vec<String> = facts.batches().iter().map(text).collect();
    assert_eq!(delivered.join(" "), deliveries);
    let [(records, discard)] = facts.discards.as_slice() else {
        panic!("one batch is given up, not {:?}", facts.discards)
    };
    assert_eq!(records, discarded);
    assert_eq!(discard.condition, DiscardCondition::RetryAttemptsExhausted);
    assert_eq!(discard.invoke_count, count);
    assert_eq!(discard.response, Some(response));
}

#[test]
fn two_retries_of_a_raising_function_discard_the_whole_batch() {
    let facts = run("MaximumRetryAttempts = 2", "raises");
    check(&facts, "1234 1234 1234", &[1, 2, 3, 4], 3, LastResponse::Unhandled);
}

#[test]
fn bisecting_isolates_the_poison_record_depth_first() {
    let facts = run("MaximumRetryAttempts = 1\nBisectBatchOnFunctionError = true", "raises");
    check(&facts, "1234 12 1 2 2 34", &[2], 2, LastResponse::Unhandled);
}

#[test]
fn a_partial_response_resumes_from_the_poison_record() {
    let mapping = "MaximumRetryAttempts = 1\nFunctionResponseTypes = [\"ReportBatchItemFailures\"]";
    let facts = run(mapping, "first_failed");
    check(&facts, "1234 234 234", &[2, 3, 4], 2, LastResponse::PartialFailure);
}

#[test]
fn partial_responses_and_bisecting_lose_the_poison_record_only() {
    let mapping = "MaximumRetryAttempts = 1\nBisectBatchOnFunctionError = true\n\
                   FunctionResponseTypes = [\"ReportBatchItemFailures\"]";
    let facts = run(mapping, "first_failed");
    check(&facts, "1234 234 2 2 34", &[2], 2, LastResponse::PartialFailure);
}

#[test]
fn waits_between_deliveries_are_those_recorded() {
    let facts = run("MaximumRetryAttempts = 2", "raises");
    let gaps: Vec<f64> = facts
        .deliveries
        .windows(2)
        .map(|pair| (pair[1].sent_at - pair[0].sent_at).as_secs_f64())
        .collect();
    // S5.3: first 186 to 267 ms, second about 390 ms.
    assert!((0.186..0.27).contains(&gaps[0]), "{gaps:?}");
    assert!((0.37..0.46).contains(&gaps[1]), "{gaps:?}");
}
