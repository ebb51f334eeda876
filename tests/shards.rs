//! Shards that roll over, split under load, and share keys, as scenarios say it (S1.7, S1.8, S4.6,
//! S11.4).

use shardlag::experiment::{RunOptions, run};
use shardlag::results::VariantSummary;
use shardlag::scenario::{Scenario, Source, load};

fn scenario(text: &str) -> Scenario {
    let source = Source { name: "s.toml".into(), text: text.into(), folder: ".".into() };
    load(&source, &[]).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn figures(text: &str) -> VariantSummary {
    let results = run(&scenario(text), &RunOptions::default(), &|_| {}).expect("it runs");
    results.summary.variants[0].clone()
}

fn errors(text: &str) -> String {
    let source = Source { name: "s.toml".into(), text: text.into(), folder: ".".into() };
    let errors = load(&source, &[]).expect_err("it is wrong");
    errors.0.iter().map(|error| format!("{}: {}\n", error.path, error.message)).collect()
}

const PARTS: &str = r#"
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    [function]
    duration = "5ms"
"#;

#[test]
fn records_written_after_a_roll_over_wait_for_the_child_to_be_found() {
    let text = |rollover: &str| {
        format!(
            "duration = \"8h\"\nreplications = 2\n[stream]\nkind = \"dynamodb\"\nshards = 2\n\
             [[traffic]]\narrivals = {{ constant = {{ rate = \"20/s\" }} }}\n{PARTS}\n\
             [model]\nshard_rollover = \"{rollover}\"\n"
        )
    };
    let (never, often) = (figures(&text("never")), figures(&text("1h")));
    let oldest = |variant: &VariantSummary| variant.record_age.max.value.expect("processed");
    assert!(oldest(&never) < 0.5, "{} s", oldest(&never));
    assert!((2.0..2.6).contains(&oldest(&often)), "{} s", oldest(&often));
    assert_eq!(never.ledger.written, often.ledger.written);
}

#[test]
fn shards_split_until_each_takes_what_is_written() {
    let text = format!(
        "duration = \"1h\"\nreplications = 1\n[stream]\nkind = \"dynamodb\"\nshards = 1\n\
         split_above = \"1000/s\"\n[[traffic]]\n\
         arrivals = {{ profile = {{ points = [[\"0s\", \"900/s\"], [\"20m\", \"3000/s\"]] }} }}\n{PARTS}"
    );
    let reshards = scenario(&text).base().settings.stream.reshards.clone();
    let splits: Vec<(f64, Vec<u32>)> =
        reshards.iter().map(|split| (split.at.as_secs_f64(), split.close.clone())).collect();
    // 3,000 of 1,000 a second, noticed after 5 minutes: 1 shard becomes 2, then 4.
    assert_eq!(splits, [(1500.0, vec![0]), (1500.0, vec![1]), (1500.0, vec![2])]);
    let twice = text.replace("split_above", "reshard = [{ at = \"1m\", split = 0 }]\nsplit_above");
    assert!(errors(&twice).contains("by load or as `reshard` says"), "{}", errors(&twice));
}

#[test]
fn a_split_doubles_what_a_backlog_is_worked_off_with() {
    let text = |reshard: &str| {
        format!(
            "until = \"drained\"\nreplications = 2\n[stream]\nkind = \"kinesis\"\nshards = 1\n{reshard}\n\
             [[traffic]]\narrivals = {{ poisson = {{ rate = \"40/s\" }} }}\nto = \"20m\"\n\
             [mapping]\nStartingPosition = \"TRIM_HORIZON\"\nBatchSize = 1\n\
             [function]\nduration = \"30ms\"\n"
        )
    };
    let whole = figures(&text(""));
    let split = figures(&text("reshard = [{ at = \"5m\", split = 0 }]"));
    let oldest = |variant: &VariantSummary| variant.record_age.max.value.expect("processed");
    assert_eq!(whole.ledger.processed, split.ledger.processed);
    // 50 ms each at 40 a second: twice the time for one shard. After the split the old backlog of
    // 5 minutes is worked off alone before the two children begin.
    assert!((1100.0..1300.0).contains(&oldest(&whole)), "{} s", oldest(&whole));
    assert!((290.0..340.0).contains(&oldest(&split)), "{} s", oldest(&split));
}

#[test]
fn aggregated_records_use_one_lane_whatever_the_factor() {
    let text = |traffic: &str, factor: u32| {
        format!(
            "duration = \"20m\"\nreplications = 2\n[stream]\nkind = \"kinesis\"\nshards = 2\n\
             [[traffic]]\narrivals = {{ poisson = {{ rate = \"50/s\" }} }}\n{traffic}\n\
             [mapping]\nStartingPosition = \"TRIM_HORIZON\"\nBatchSize = 10\n\
             ParallelizationFactor = {factor}\n[function]\nduration = \"100ms\"\n"
        )
    };
    let most = |text: &str| figures(text).concurrency.max.value.expect("counted");
    assert!(most(&text("", 10)) > 4.0);
    assert!(most(&text("aggregated = true", 10)) <= 2.0, "one lane of each shard");
    let both = text("aggregated = true\nkeys = \"single\"", 1);
    assert!(errors(&both).contains("carry one key per shard"), "{}", errors(&both));
    let dynamodb = text("aggregated = true", 1).replace("kinesis", "dynamodb");
    assert!(errors(&dynamodb).contains("on Kinesis only"), "{}", errors(&dynamodb));
}

#[test]
fn a_state_by_keys_grows_with_different_keys_only() {
    let text = |keys: u32| {
        format!(
            "duration = \"10m\"\nreplications = 1\n[stream]\nkind = \"kinesis\"\nshards = 1\n\
             [[traffic]]\narrivals = {{ constant = {{ rate = \"50/s\" }} }}\n\
             keys = {{ uniform = {{ count = {keys} }} }}\n\
             [mapping]\nStartingPosition = \"TRIM_HORIZON\"\nTumblingWindowInSeconds = 60\n\
             [function]\nduration = \"10ms\"\nstate_per_key = \"2KiB\"\n"
        )
    };
    // 3,000 records a window: 400 keys are 0.8 MiB; of 100,000 keys 2,950 are 5.8 MiB.
    let (few, many) = (figures(&text(400)), figures(&text(100_000)));
    let calls = |variant: &VariantSummary| variant.invocations.value.expect("counted");
    let early = calls(&many) - calls(&few);
    assert!((40.0..70.0).contains(&early), "{early} windows ended early in ten minutes");
}
