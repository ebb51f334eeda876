//! What a mapping does when a scenario leaves everything to the defaults of profile `aws`, shown by
//! a few records each.

mod harness;

use harness::{facts, scenario};
use shardlag::experiment::{RunOptions, run};

/// A scenario of single records, written at these times.
fn text(times: &[&str], rest: &str) -> String {
    let records: Vec<String> = times.iter().map(|at| format!("{{ at = \"{at}\" }}")).collect();
    format!(
        r#"
        duration = "60s"
        replications = 1
        [stream]
        kind = "dynamodb"
        shards = 1
        [[traffic]]
        arrivals = {{ scripted = {{ records = [{}] }} }}
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        {rest}
        "#,
        records.join(", ")
    )
}

#[test]
fn iterator_age_is_taken_at_sending_and_age_at_finish_at_the_end() {
    let text = text(&["10s"], "[function]\ntimeout = \"30s\"\nduration = { base = \"7s\" }");
    let results = run(&scenario(&text), &RunOptions::default(), &|_| ()).expect("it runs");
    let variant = &results.summary.variants[0];
    let value = |estimate: &shardlag::results::Estimate| estimate.value.expect("a record was sent");
    let (at_send, at_finish) =
        (value(&variant.iterator_age.max), value(&variant.age_at_finish.max));
    assert!((0.08..1.0).contains(&at_send), "{at_send} s at sending");
    assert!((at_finish - at_send - 7.02).abs() < 0.001, "{at_finish} s after {at_send} s");
}

#[test]
fn a_window_opens_when_the_lane_becomes_free() {
    let window = "MaximumBatchingWindowInSeconds = 10\n[function]\nduration = { base = \"1s\" }";
    let facts = facts(&scenario(&text(&["1s", "19s"], window)).base().settings, 1);
    let [first, second] = facts.deliveries.as_slice() else {
        panic!("two batches, not {:?}", facts.deliveries)
    };
    // Not 10 s after the second record was read, at 19.1 s or later.
    let waited = (second.sent_at - first.ends_at).as_secs_f64();
    assert!((10.0..10.3).contains(&waited), "sent {waited} s after the lane was free");
}

#[test]
fn a_mapping_that_is_enabled_again_counts_attempts_anew() {
    let failing = r#"
        MaximumRetryAttempts = 4
        schedule = [
            { at = "12s", set = { Enabled = false } },
            { at = "20s", set = { Enabled = true } },
        ]
        [function]
        duration = { base = "10ms" }
        [[function.fault]]
        error_rate = "100%"
    "#;
    let facts = facts(&scenario(&text(&["10s"], failing)).base().settings, 1);
    let attempts: Vec<u32> = facts.deliveries.iter().map(|delivery| delivery.attempt).collect();
    // Waits of 0.2, 0.4, 0.8 and 1.6 s: the fifth would come after 12 s.
    assert_eq!(attempts, [1, 2, 3, 4, 1, 2, 3, 4, 5]);
}
