//! Where no rule tells records apart they are read in parts of cells; what happens is the same as
//! record by record, to the nanosecond.
//!
//! A poison fault behind the end of the run marks nothing, but lets records be told apart.

mod harness;

use harness::{facts, scenario};
use shardlag::experiment::{RunOptions, run};

const NEVER: &str = "[[function.fault]]\npoison = { at = \"9000h\", shard = 0 }\n";

/// Settings that shape reading, batches and failures, each a section of its own.
const CASES: [(&str, &str, &str, &str); 12] = [
    ("pages", "dynamodb", "", ""),
    ("pages of Kinesis", "kinesis", "", ""),
    ("small pages", "dynamodb", "", "page_records = 7\nrefill_below = 3"),
    ("pages by bytes", "dynamodb", "", "page_bytes = \"5KiB\""),
    ("a buffer without bound", "dynamodb", "", "poll_model = \"buffered\""),
    ("a small buffer", "dynamodb", "", "poll_model = \"buffered\"\nlookahead = 30"),
    ("a window", "dynamodb", "MaximumBatchingWindowInSeconds = 3", ""),
    ("the latest records", "dynamodb", "StartingPosition = \"LATEST\"", "enable_delay = \"20s\""),
    (
        "halves of batches",
        "dynamodb",
        "BisectBatchOnFunctionError = true\nMaximumRetryAttempts = 1",
        "payload_limit = \"20KiB\"",
    ),
    ("a maximum age", "dynamodb", "MaximumRecordAgeInSeconds = 60", ""),
    (
        "a maximum age of batches",
        "dynamodb",
        "MaximumRecordAgeInSeconds = 60",
        "age_scope = \"batch\"",
    ),
    ("shards that roll over", "dynamodb", "", "shard_rollover = \"3m\""),
];

fn text(kind: &str, mapping: &str, model: &str, rate: &str, fault: &str) -> String {
    let position = match mapping.contains("StartingPosition") {
        true => "",
        false => "StartingPosition = \"TRIM_HORIZON\"",
    };
    format!(
        r#"
        duration = "12m"
        replications = 2
        [stream]
        kind = "{kind}"
        shards = 3
        [[traffic]]
        arrivals = {{ poisson = {{ rate = "{rate}" }} }}
        from = "3s"
        to = "11m"
        record_size = "700B"
        [mapping]
        {position}
        BatchSize = 20
        {mapping}
        [function]
        duration = {{ base = "150ms", per_record = "3ms", variation = {{ lognormal = {{ p99 = "3x" }} }} }}
        [[function.fault]]
        error_rate = "6%"
        [[function.fault]]
        outage = {{ from = "5m", to = "7m" }}
        {fault}
        [concurrency]
        account_limit = 2
        [model]
        {model}
        "#
    )
}

#[test]
fn what_happens_does_not_depend_on_how_records_are_kept() {
    for (name, kind, mapping, model) in CASES {
        for rate in ["0.4/s", "40/s", "400/s"] {
            let [cells, records] = ["", NEVER].map(|fault| {
                let scenario = scenario(&text(kind, mapping, model, rate, fault));
                let facts = facts(&scenario.base().settings, 5);
                let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
                (facts, results)
            });
            let case = format!("{name} at {rate}");
            assert!(!cells.0.deliveries.is_empty(), "{case}");
            assert_eq!(cells.0.deliveries, records.0.deliveries, "{case}");
            assert_eq!(cells.0.discards, records.0.discards, "{case}");
            assert_eq!(cells.0.arrivals, records.0.arrivals, "{case}");
            assert_eq!(cells.0.expired, records.0.expired, "{case}");
            let [cells, records] = [cells.1, records.1].map(|results| {
                serde_json::to_string(&results.summary.variants).expect("figures are JSON")
            });
            assert_eq!(cells, records, "{case}");
        }
    }
}
