//! Tumbling windows (S11), under every way of polling.

mod harness;

use harness::{Delivery, Facts, facts, scenario};
use shardlag::experiment::{RunOptions, run};

const POLL_MODELS: [&str; 6] = ["paged", "buffered", "grid", "restart", "gated", "instant"];
const WINDOW_NANOS: u64 = 20_000_000_000;

fn text(model: &str, batching: u32, more: &str) -> String {
    format!(
        r#"
        until = "drained"
        replications = 2
        start = "2026-01-01T00:00:07Z"
        [stream]
        kind = "kinesis"
        shards = 2
        [[traffic]]
        arrivals = {{ poisson = {{ rate = "6/s" }} }}
        to = "150s"
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 10
        MaximumRetryAttempts = 1
        MaximumBatchingWindowInSeconds = {batching}
        TumblingWindowInSeconds = 20
        [function]
        duration = {{ exponential = {{ mean = "300ms" }} }}
        {more}
        [model]
        poll_model = "{model}"
        timestamp_resolution = "0s"
        "#
    )
}

/// The windows of each shard's deliveries in order; `None` for a final call.
fn windows(facts: &Facts, shard: u32, arrivals: &[(u32, u64, u64)]) -> Vec<Option<u64>> {
    let since_midnight = 7_000_000_000;
    let window_of = |sequence: u64| {
        let found = arrivals.iter().find(|(s, seq, _)| (*s, *seq) == (shard, sequence));
        (found.expect("it was processed").2 + since_midnight) / WINDOW_NANOS
    };
    let of_shard = facts.deliveries.iter().filter(|delivery| delivery.shard == shard);
    let window_of_batch = |delivery: &Delivery| {
        let mut windows: Vec<u64> =
            delivery.records.iter().map(|number| window_of(number - 1)).collect();
        windows.dedup();
        assert!(windows.len() <= 1, "a batch mixes windows: {delivery:?}");
        windows.first().copied()
    };
    of_shard.map(window_of_batch).collect()
}

#[test]
fn a_batch_never_mixes_windows_and_each_window_ends_with_one_final_call() {
    for model in POLL_MODELS {
        for batching in [0, 3] {
            let facts = facts(&scenario(&text(model, batching, "")).base().settings, 5);
            let arrivals = &facts.arrivals;
            for shard in [0, 1] {
                let windows = windows(&facts, shard, arrivals);
                // Seven or eight windows of 20 s begin in 150 s.
                assert!(windows.len() > 16, "{model}: {windows:?}");
                let mut open = None;
                let mut closed = 0;
                for window in windows {
                    match (open, window) {
                        (None, Some(_)) => open = window,
                        (Some(_), Some(_)) => assert_eq!(open, window, "{model}: no final call"),
                        (Some(_), None) => (open, closed) = (None, closed + 1),
                        (None, None) => panic!("{model}: a final call without a window"),
                    }
                }
                assert_eq!(open, None, "{model}: the last window is closed when idle");
                assert_eq!(closed, 8, "{model}");
            }
        }
    }
}

#[test]
fn every_record_meets_one_end_with_windows_faults_and_large_states() {
    let more = "state_per_record = \"60KiB\"\nfault = [{ error_rate = \"20%\" }]";
    for model in POLL_MODELS {
        for batching in [0, 3] {
            let scenario = scenario(&text(model, batching, more));
            // The ledger is checked at the end of every run; here only that all is handled.
            let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
            let ledger = &results.summary.variants[0].ledger;
            assert_eq!(ledger.remaining.value, Some(0.0), "{model}: {ledger:?}");
            assert!(ledger.processed.value > Some(700.0), "{model}: {ledger:?}");
            assert!(ledger.discarded.retry_attempts_exhausted.value > Some(0.0), "{model}");
        }
    }
}

#[test]
fn a_state_above_one_mebibyte_ends_its_window_early() {
    let calls = |more: &str| {
        let facts = facts(&scenario(&text("paged", 0, more)).base().settings, 5);
        facts.deliveries.iter().filter(|delivery| delivery.records.is_empty()).count()
    };
    let in_time = calls("");
    assert_eq!(in_time, 16);
    // 60 records of a window and shard make 6 MB, so each is ended early about five times.
    let early = calls("state_per_record = \"100KiB\"");
    assert!((60..110).contains(&early), "{early} final calls");
}

#[test]
fn a_window_as_long_as_the_run_delivers_as_without_windows() {
    let batches = |seconds: &str| {
        let text = text("paged", 0, "").replace("TumblingWindowInSeconds = 20", seconds);
        let mut batches = facts(&scenario(&text).base().settings, 5).batches();
        batches.retain(|records| !records.is_empty());
        batches
    };
    let text = "TumblingWindowInSeconds = 900";
    assert_eq!(batches(text), batches("TumblingWindowInSeconds = 0"));
}
