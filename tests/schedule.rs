//! Settings that change during a run (S2.5 to S2.7), under every way of polling.

mod harness;

use std::collections::BTreeMap;

use harness::{Facts, facts, scenario};
use shardlag::experiment::{RunOptions, run};

const POLL_MODELS: [&str; 6] = ["paged", "buffered", "grid", "restart", "gated", "instant"];

fn text(model: &str, lanes: u32, window: u32) -> String {
    format!(
        r#"
        until = "drained"
        replications = 2
        [stream]
        kind = "dynamodb"
        shards = 2
        [[traffic]]
        arrivals = {{ poisson = {{ rate = "40/s" }} }}
        keys = {{ uniform = {{ count = 20 }} }}
        to = "90s"
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 5
        MaximumRetryAttempts = 3
        MaximumBatchingWindowInSeconds = {window}
        ParallelizationFactor = {lanes}
        schedule = [
            {{ at = "10s", set = {{ Enabled = false }} }},
            {{ at = "31s", set = {{ Enabled = true }} }},
            {{ at = "50s", set = {{ BatchSize = 2, ParallelizationFactor = 4 }} }},
            {{ at = "70s", set = {{ ParallelizationFactor = 1, BatchSize = 9 }} }},
        ]
        [function]
        duration = {{ exponential = {{ mean = "90ms" }} }}
        [[function.fault]]
        per_record_rate = "2%"
        [model]
        poll_model = "{model}"
        enable_delay = "2s"
        disable_delay = "3s"
        update_delay = "4s"
        "#
    )
}

fn sent_between(facts: &Facts, from: f64, to: f64) -> usize {
    let seconds = facts.deliveries.iter().map(|delivery| delivery.sent_at.as_secs_f64());
    seconds.filter(|at| (from..to).contains(at)).count()
}

#[test]
fn every_record_meets_one_end_however_often_polling_stops() {
    for model in POLL_MODELS {
        for (lanes, window) in [(1, 0), (3, 0), (1, 1), (3, 1)] {
            let scenario = scenario(&text(model, lanes, window));
            // The ledger is checked at the end of every run; here only that all is handled.
            let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
            let ledger = &results.summary.variants[0].ledger;
            let case = format!("{model}, {lanes} lanes, window {window} s: {ledger:?}");
            assert_eq!(ledger.remaining.value, Some(0.0), "{case}");
            assert!(ledger.processed.value > Some(3_000.0), "{case}");
        }
    }
}

#[test]
fn nothing_is_sent_while_polling_is_off() {
    for model in POLL_MODELS {
        let facts = facts(&scenario(&text(model, 3, 0)).base().settings, 3);
        let case = |from, to| format!("{model}: {} sent", sent_between(&facts, from, to));
        assert_eq!(sent_between(&facts, 0.0, 2.0), 0, "{}", case(0.0, 2.0));
        assert!(sent_between(&facts, 2.0, 13.0) > 10, "{}", case(2.0, 13.0));
        assert_eq!(sent_between(&facts, 13.0, 33.0), 0, "{}", case(13.0, 33.0));
        assert!(sent_between(&facts, 33.0, 50.0) > 10, "{}", case(33.0, 50.0));
        assert_eq!(sent_between(&facts, 50.001, 54.0), 0, "{}", case(50.0, 54.0));
        let largest = |from: f64, to: f64| {
            let sent = |at: f64| (from..to).contains(&at);
            let batches = facts.deliveries.iter().filter(|d| sent(d.sent_at.as_secs_f64()));
            batches.map(|delivery| delivery.records.len()).max()
        };
        assert_eq!(largest(54.0, 70.0), Some(2), "{model}");
        assert!(largest(74.0, 1e9) > Some(2), "{model}");
    }
}

#[test]
fn records_of_a_key_are_handled_first_in_the_order_written() {
    for model in POLL_MODELS {
        let facts = facts(&scenario(&text(model, 3, 0)).base().settings, 4);
        let mut newest: BTreeMap<(u32, u64), u64> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        for &(shard, key, sequence) in &facts.processed {
            if !seen.insert((shard, sequence)) {
                continue;
            }
            let before = newest.insert((shard, key), sequence);
            assert!(before.is_none_or(|before| before < sequence), "{model}: {before:?}");
        }
    }
}

#[test]
fn only_lanes_make_duplicates_and_they_are_counted() {
    let duplicates = |lanes| {
        let scenario = scenario(&text("paged", lanes, 0));
        let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
        results.summary.variants[0].ledger.duplicates.value.expect("it is counted")
    };
    assert!(duplicates(3) > 0.0);
    let single = scenario(
        &text("paged", 1, 0)
            .replace("ParallelizationFactor = 4", "BisectBatchOnFunctionError = true"),
    );
    let results = run(&single, &RunOptions::default(), &|_| ()).expect("it runs");
    assert_eq!(results.summary.variants[0].ledger.duplicates.value, Some(0.0));
}
