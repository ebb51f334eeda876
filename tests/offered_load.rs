//! The capacity that the stability verdict rests on, against what an overloaded lane finishes.

#[path = "support/text.rs"]
mod text;

use shardlag::experiment::offered_load::offered_load;
use shardlag::experiment::{RunOptions, run};
use shardlag::results::{Estimate, LossReason, RunResults, StabilityVerdict};
use shardlag::units::Instant;
use text::scenario;

/// One lane that always has more than enough waiting.
const OVERLOADED: &str = r#"
duration = "4h"
replications = 4
[stream]
kind = "dynamodb"
shards = 1
[[traffic]]
arrivals = { poisson = { rate = "500/s" } }
[model]
poll_model = "instant"
"#;

fn value(estimate: &Estimate) -> f64 {
    estimate.value.expect("the figure exists")
}

#[test]
fn a_lane_finishes_as_many_records_as_its_capacity_says_whatever_fails() {
    let cases = [
        ("no failures", "BatchSize = 20", r#"duration = { base = "300ms", per_record = "5ms" }"#),
        (
            "whole batches, endless retries with backoff",
            "BatchSize = 20",
            r#"duration = "200ms"
            [[function.fault]]
            error_rate = "20%""#,
        ),
        (
            "whole batches, given up after two retries, failing fast",
            "BatchSize = 20\nMaximumRetryAttempts = 2",
            r#"duration = "200ms"
            fail_after = "30ms"
            [[function.fault]]
            error_rate = "60%""#,
        ),
        (
            "records, bisected",
            "BatchSize = 13\nBisectBatchOnFunctionError = true",
            r#"duration = { base = "100ms", per_record = "10ms" }
            [[function.fault]]
            per_record_rate = "5%""#,
        ),
        (
            "records, reported",
            "BatchSize = 20\nFunctionResponseTypes = [\"ReportBatchItemFailures\"]",
            r#"duration = { base = "100ms", per_record = "10ms" }
            reports = "first_failed"
            [[function.fault]]
            per_record_rate = "8%""#,
        ),
        (
            "records, reported and bisected, few retries",
            "BatchSize = 16\nMaximumRetryAttempts = 1\nBisectBatchOnFunctionError = true
            FunctionResponseTypes = [\"ReportBatchItemFailures\"]",
            r#"duration = { base = "100ms", per_record = "10ms" }
            reports = "all_failed"
            [[function.fault]]
            per_record_rate = "10%"
            [[function.fault]]
            error_rate = "5%""#,
        ),
        (
            "timeouts",
            "BatchSize = 10",
            r#"duration = { base = "1s", variation = "exponential" }
            timeout = "2s""#,
        ),
        (
            "a batch that is too large",
            "BatchSize = 40\nBisectBatchOnFunctionError = true",
            r#"duration = { base = "100ms", per_record = "10ms" }
            [[function.fault]]
            fails_above_batch = 15"#,
        ),
    ];
    for (name, mapping, function) in cases {
        let text = format!(
            "{OVERLOADED}\n[mapping]\nStartingPosition = \"TRIM_HORIZON\"\n{mapping}\n\
             [function]\n{function}"
        );
        let scenario = scenario(&text);
        let settings = &scenario.base().settings;
        let capacity = offered_load(settings, Instant::START, scenario.seed).lane_capacity();
        let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
        let ledger = &results.summary.variants[0].ledger;
        let discarded = value(&ledger.discarded.retry_attempts_exhausted);
        let finished = (value(&ledger.processed) + discarded) / 14_400.0;
        let ratio = finished / capacity;
        assert!((ratio - 1.0).abs() < 0.02, "{name}: {finished} of {capacity} per second");
    }
}

fn results(text: &str) -> RunResults {
    run(&scenario(text), &RunOptions::default(), &|_| ()).expect("it runs")
}

#[test]
fn what_an_overloaded_lane_loses_and_when_is_what_the_verdict_says() {
    let text = format!(
        "{OVERLOADED}
        [mapping]
        StartingPosition = \"TRIM_HORIZON\"
        BatchSize = 40
        MaximumRecordAgeInSeconds = 600
        [function]
        duration = \"80ms\"
        "
    );
    // Capacity 40 / 0.1 s: the age grows by 1 - 400/500, and 100 of 500 are lost after 3,000 s.
    let results = results(&text);
    let variant = &results.summary.variants[0];
    let stability = &variant.stability;
    assert_eq!(stability.verdict, StabilityVerdict::Unstable);
    assert_eq!(stability.loss_by, Some(LossReason::MaximumRecordAge));
    let loss = stability.loss_per_second.expect("unstable");
    assert!((loss - 100.0).abs() < 1e-6, "{loss}");
    let after = stability.seconds_to_loss.expect("unstable");
    assert!((after - 3_000.0).abs() < 1e-6, "{after}");
    let lost = value(&variant.ledger.discarded.record_age_exceeded);
    let expected = loss * (14_400.0 - after);
    assert!((lost / expected - 1.0).abs() < 0.02, "{lost} lost, not {expected}");
}

#[test]
fn a_run_that_is_short_for_its_load_says_how_long_it_should_be() {
    let text = |duration: &str| {
        format!(
            r#"
            duration = "{duration}"
            replications = 2
            [stream]
            kind = "dynamodb"
            shards = 1
            [[traffic]]
            arrivals = {{ poisson = {{ rate = "0.98/s" }} }}
            [mapping]
            StartingPosition = "TRIM_HORIZON"
            BatchSize = 1
            [function]
            duration = {{ base = "980ms", variation = "exponential" }}
            timeout = "60s"
            "#
        )
    };
    // Load 0.98, M/M/1: 1 / (1 - sqrt 0.98)^2 = 9,899 s, 40 times that is 110 h.
    let is_short = |warning: &String| warning.contains("short for a load of 98 %");
    let short = results(&text("10h"));
    let warning = short.warnings.iter().find(|warning| is_short(warning));
    let warning = warning.unwrap_or_else(|| panic!("no warning in {:?}", short.warnings));
    assert!(warning.contains("4 d 14 h"), "{warning}");
    assert!(!results(&text("5d")).warnings.iter().any(is_short));
}
