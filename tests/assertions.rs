//! Figures that assertions ask for: any percentile, single shards, the worst shard.

use shardlag::experiment::assertions::{failures, figure};
use shardlag::experiment::{RunOptions, run};
use shardlag::results::{RunResults, VariantSummary};
use shardlag::scenario::{Scenario, Source, load};

const TWO_SHARDS: &str = r#"
duration = "20m"
replications = 3
[stream]
kind = "dynamodb"
shards = 3
[[traffic]]
arrivals = { poisson = { rate = "30/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
MaximumRetryAttempts = 8
[function]
duration = { base = "50ms", variation = "exponential" }
[[function.fault]]
poison = { at = "5m", shard = 1 }
"#;

fn ran(demands: &[&str]) -> (Scenario, RunResults) {
    let asserts = demands.iter().map(|that| format!("[[assert]]\nthat = \"{that}\"\n"));
    let text = format!("{TWO_SHARDS}{}", asserts.collect::<String>());
    let scenario = load(&Source::of_text(&text), &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
    (scenario, results)
}

fn value(variant: &VariantSummary, name: &str) -> f64 {
    figure(variant, name).unwrap_or_else(|| panic!("{name} is known"))
}

#[test]
fn shards_add_up_to_the_whole_and_the_blocked_one_is_found() {
    let demands = [
        "shard(0).ledger.processed > 0",
        "shard(1).ledger.processed > 0",
        "shard(2).ledger.processed > 0",
        "shard(1).blocked_shard_time.total < 1s",
        "shard(2).blocked_shard_time.total < 1s",
        "every_shard.blocked_shard_time.total < 1s",
        "every_shard.iterator_age.max < 1s",
        "every_shard.true_lag.max < 1s",
        "every_shard.ledger.processed > 100000",
        "shard(1).ledger.lost <= 0",
        "ledger.lost <= 0",
        "iterator_age.p95 < 1h",
        "iterator_age.p99.9 < 1h",
    ];
    let (scenario, results) = ran(&demands);
    let variant = &results.summary.variants[0];
    let of = |name: &str| value(variant, name);
    let processed: f64 = (0..3).map(|shard| of(&format!("shard({shard}).ledger.processed"))).sum();
    assert!((processed - of("ledger.processed")).abs() < 1e-6, "{processed}");
    assert!(of("shard(1).blocked_shard_time.total") > 10.0, "its batch is tried nine times");
    assert_eq!(of("shard(2).blocked_shard_time.total"), 0.0);
    let worst = of("largest_of_shards.blocked_shard_time.total");
    assert_eq!(worst, of("blocked_shard_time.worst_shard"));
    assert_eq!(of("largest_of_shards.iterator_age.max"), of("iterator_age.max"));
    assert_eq!(of("largest_of_shards.true_lag.max"), of("true_lag.max"));
    assert!(of("smallest_of_shards.ledger.processed") < of("ledger.processed") / 2.9);
    assert!(of("ledger.lost") > 0.0 && of("ledger.lost") == of("shard(1).ledger.lost"));
    let tail = [of("iterator_age.p90"), of("iterator_age.p95"), of("iterator_age.p99")];
    assert!(tail.is_sorted() && tail[0] < tail[2], "{tail:?}");
    assert!(of("iterator_age.p99") <= of("iterator_age.p99.9"));
    let failed: Vec<String> =
        failures(&scenario, &results).into_iter().map(|failure| failure.assertion).collect();
    let expected = [demands[3], demands[5], demands[6], demands[7], demands[8], demands[9]];
    assert_eq!(failed[..6], expected);
    assert_eq!(failed[6..], [demands[10]]);
}

#[test]
fn what_is_asked_for_changes_no_other_figure() {
    let (_, plain) = ran(&["iterator_age.p99 < 60s"]);
    let (_, asking) = ran(&["iterator_age.p99 < 60s", "every_shard.record_age.p75 < 1ms"]);
    let mut without = asking.summary.clone();
    without.variants[0].asked.clear();
    assert_eq!(without, plain.summary);
}

#[test]
fn figures_of_shards_leave_a_warm_up_out() {
    let steady = "\n[analysis]\nkind = \"steady_state\"\nwarm_up = \"10m\"\n";
    let text = ["shard(1).blocked_shard_time.total < 1s", "every_shard.ledger.processed > 1"];
    let asserts = text.iter().map(|that| format!("[[assert]]\nthat = \"{that}\"\n"));
    let text = format!("{TWO_SHARDS}{}{steady}", asserts.collect::<String>());
    let scenario = load(&Source::of_text(&text), &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
    let variant = &results.summary.variants[0];
    // The poison record came, and was given up, in the warm-up.
    assert_eq!(value(variant, "shard(1).blocked_shard_time.total"), 0.0);
    let least = value(variant, "smallest_of_shards.ledger.processed");
    assert!((5_400.0..6_100.0).contains(&least), "{least} of about 6,000 in ten minutes");
}
