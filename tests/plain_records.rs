//! Where no rule tells records apart, only their arrivals are kept; what happens is the same as
//! record by record, to the nanosecond.
//!
//! A poison fault behind the end of the run marks nothing, but lets records be told apart.

mod harness;

use harness::{facts, scenario};
use shardlag::experiment::{RunOptions, run};
use shardlag::results::RecordsKept;

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

/// Arrivals of every kind, besides Poisson ones at the rates of all cases.
const ARRIVALS: [&str; 7] = [
    "{ constant = { rate = \"40/s\" } }",
    "{ constant = { rate = \"40/s\", tick = \"100ms\" } }",
    "{ profile = { points = [[\"0s\", \"5/s\"], [\"4m\", \"90/s\"]] } }",
    "{ diurnal = { mean = \"60/s\", amplitude = \"80%\", peak_at = \"00:10\" } }",
    "{ bursts = { rate = \"6/min\", size = 300 } }",
    "{ on_off = { on_rate = \"90/s\", off_rate = \"2/s\", mean_on = \"20s\", mean_off = \"40s\" } }",
    "{ poisson = { rate = \"3000/s\" } }",
];

fn poisson(rate: &str) -> String {
    format!("{{ poisson = {{ rate = \"{rate}\" }} }}")
}

fn text(kind: &str, mapping: &str, model: &str, arrivals: &str, fault: &str) -> String {
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
        arrivals = {arrivals}
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

/// Holds a scenario against the same in which records are told apart.
fn assert_same(case: &str, text: impl Fn(&str) -> String) {
    let [plain, records] = ["", NEVER].map(|fault| {
        let scenario = scenario(&text(fault));
        let facts = facts(&scenario.base().settings, 5);
        let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
        (facts, results)
    });
    assert!(!plain.0.deliveries.is_empty(), "{case}");
    assert_eq!(plain.0.deliveries, records.0.deliveries, "{case}");
    assert_eq!(plain.0.discards, records.0.discards, "{case}");
    assert_eq!(plain.0.arrivals, records.0.arrivals, "{case}");
    assert_eq!(plain.0.expired, records.0.expired, "{case}");
    let [plain, records] = [(plain.1, RecordsKept::Arrivals), (records.1, RecordsKept::Whole)].map(
        |(mut results, kept)| {
            for variant in &mut results.summary.variants {
                let told = std::mem::take(&mut variant.records_kept);
                assert_eq!(told, kept, "{case}");
            }
            serde_json::to_string(&results.summary.variants).expect("figures are JSON")
        },
    );
    assert_eq!(plain, records, "{case}");
}

#[test]
fn what_happens_does_not_depend_on_how_records_are_kept() {
    for (name, kind, mapping, model) in CASES {
        for rate in ["0.4/s", "40/s", "400/s"] {
            let arrivals = poisson(rate);
            let text = |fault: &str| text(kind, mapping, model, &arrivals, fault);
            assert_same(&format!("{name} at {rate}"), text);
        }
    }
}

#[test]
fn nor_does_it_for_any_kind_of_arrivals() {
    for arrivals in ARRIVALS {
        for model in ["", "poll_model = \"buffered\""] {
            let text = |fault: &str| text("dynamodb", "", model, arrivals, fault);
            assert_same(&format!("{arrivals} {model}"), text);
        }
    }
}
