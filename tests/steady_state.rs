//! Steady state as a declared property of a scenario: what is left out, and intervals of one run.

#[path = "support/text.rs"]
mod text;

use shardlag::experiment::{RunOptions, run};
use shardlag::results::{AnalysisKind, Estimate, Ledger, RunResults, WarmUpRule};
use shardlag::scenario::{Source, load};
use text::scenario;

/// An M/M/1 queue, half loaded: ages at finish are exponential with mean 1 s.
const QUEUE: &str = r#"
duration = "10h"
replications = 1
[stream]
kind = "dynamodb"
shards = 1
[[traffic]]
arrivals = { poisson = { rate = "1/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 1
[function]
duration = { base = "500ms", variation = "exponential" }
[model]
poll_model = "instant"
read_visibility = "0s"
invoke_overhead = "0s"
timestamp_resolution = "1ns"
"#;

fn results(text: &str, extra: &str) -> RunResults {
    let scenario = scenario(&format!("{extra}\n{text}"));
    run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs")
}

fn with_seed(seed: u64, analysis: &str) -> RunResults {
    results(QUEUE, &format!("seed = {seed}\nanalysis = {analysis}"))
}

fn value(estimate: &Estimate) -> f64 {
    estimate.value.expect("the figure exists")
}

fn assert_adds_up(ledger: &Ledger) {
    let ends = [
        ledger.processed,
        ledger.filtered,
        ledger.discarded.retry_attempts_exhausted,
        ledger.discarded.record_age_exceeded,
        ledger.expired,
        ledger.skipped,
        ledger.remaining,
    ];
    let ends: f64 = ends.iter().map(value).sum();
    let all = value(&ledger.carried_over) + value(&ledger.written);
    assert!((all - ends).abs() < 1e-6, "{all} records, {ends} accounted for");
}

#[test]
fn a_single_long_run_has_intervals_by_batch_means_that_cover_the_exact_mean() {
    let steady = r#"{ kind = "steady_state", warm_up = "20m" }"#;
    let seeds = 40;
    let covers = |seed: &u64| {
        let results = with_seed(*seed, steady);
        assert_eq!(results.summary.analysis.batches, Some(20));
        let mean = results.summary.variants[0].age_at_finish.mean;
        let (low, high) = (mean.low.expect("batches"), mean.high.expect("batches"));
        assert!(high - low < 0.5, "{mean:?} says nothing");
        low <= 1.0 && 1.0 <= high
    };
    let covered = (0..seeds).filter(covers).count();
    // Binomial with 0.95 of 40: 33 or fewer once in a thousand.
    assert!(covered >= 33, "{covered} of {seeds} intervals cover");
}

#[test]
fn intervals_of_counts_are_those_of_a_whole_run_and_maxima_have_none() {
    let results = with_seed(3, r#"{ kind = "steady_state", warm_up = "20m" }"#);
    let variant = &results.summary.variants[0];
    // A Poisson count of 34,800: deviation 187, times t(19, 0.975) = 2.09.
    let half_width = variant.invocations.half_width().expect("batches");
    assert!((150.0..800.0).contains(&half_width), "{half_width}");
    assert!((value(&variant.invocations) - 34_800.0).abs() < 800.0);
    assert_eq!(variant.iterator_age.max.low, None);
    assert_adds_up(&variant.ledger);
}

#[test]
fn without_a_steady_state_a_single_run_has_no_interval() {
    let results = with_seed(3, r#"{ kind = "terminating" }"#);
    assert_eq!(results.summary.analysis.kind, AnalysisKind::Terminating);
    assert_eq!(results.summary.variants[0].iterator_age.mean.low, None);
}

/// Polling starts half an hour late, and the backlog of that takes another while.
const LATE: &str = r#"
duration = "20h"
replications = 4
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "4/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 10
[function]
duration = { base = "2s", variation = "exponential" }
[model]
enable_delay = "30m"
"#;

#[test]
fn mser_5_leaves_out_a_late_start_and_the_figures_are_those_of_the_long_run() {
    let whole = results(LATE, r#"analysis = { kind = "terminating" }"#);
    let steady = results(LATE, r#"analysis = { kind = "steady_state" }"#);
    let analysis = steady.summary.analysis;
    assert_eq!(analysis.warm_up_by, Some(WarmUpRule::Mser5));
    // The backlog of 30 minutes at 40 % load is gone after 20 more.
    let minutes = analysis.warm_up_seconds / 60.0;
    assert!((45.0..180.0).contains(&minutes), "warm-up of {minutes} min");
    let on_time = results(&LATE.replace("30m", "0s"), r#"analysis = { kind = "terminating" }"#);
    let mean = |results: &RunResults| value(&results.summary.variants[0].iterator_age.mean);
    assert!(mean(&whole) > 3.0 * mean(&on_time), "the start does not show");
    assert!((mean(&steady) / mean(&on_time) - 1.0).abs() < 0.1, "the start still shows");
    let variant = &steady.summary.variants[0];
    assert_adds_up(&variant.ledger);
    assert!(value(&variant.true_lag.max) < value(&whole.summary.variants[0].true_lag.max) / 10.0);
    assert!(steady.shaded.iter().any(|span| span.label == "warm-up"));
}

#[test]
fn a_given_warm_up_is_rounded_up_to_whole_minutes() {
    let results = results(LATE, r#"analysis = { kind = "steady_state", warm_up = "90s" }"#);
    let analysis = results.summary.analysis;
    assert_eq!((analysis.warm_up_seconds, analysis.warm_up_by), (120.0, Some(WarmUpRule::Given)));
    assert_eq!(analysis.batches, None);
}

#[test]
fn what_cannot_be_a_steady_state_is_said_with_its_place() {
    let said = |first: &str| {
        let source =
            Source { name: "s".into(), text: format!("{first}\n{QUEUE}"), folder: ".".into() };
        load(&source, &[]).expect_err("it is refused").to_string()
    };
    let cases = [
        (
            r#"analysis = { kind = "terminating", warm_up = "5m" }"#,
            "a terminating run counts from its start; leave `warm_up` out, or write",
        ),
        (
            r#"analysis = { kind = "steady_state", warm_up = "6h" }"#,
            "the warm-up is more than half of the run of 10 h",
        ),
        (
            r#"analysis = { kind = "steady_state" }
until = "drained""#,
            "a run that ends when drained has no steady state",
        ),
        (r#"analysis = { kind = "steady_state", warm_up = 5 }"#, "has no unit"),
        (r#"analysis = { kind = "steady" }"#, "steady_state"),
    ];
    for (first, expected) in cases {
        let said = said(first);
        assert!(said.contains(expected), "{said} should say {expected}");
        assert!(said.starts_with("s:1:"), "{said}");
    }
}

#[test]
fn batches_that_depend_on_each_other_are_said_to() {
    // M/M/1 at 0.95: relaxation in 0.5 s / (1 - sqrt 0.95)^2 = 780 s, batches of 29 min.
    let busy = QUEUE.replace("1/s", "1.9/s");
    let steady = r#"analysis = { kind = "steady_state", warm_up = "20m" }"#;
    let is_told = |warning: &String| warning.contains("depend on each other");
    assert!(results(&busy, steady).warnings.iter().any(is_told));
    assert!(!results(QUEUE, steady).warnings.iter().any(is_told));
}
