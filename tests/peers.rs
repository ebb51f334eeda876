//! The models that speed is compared on have the statistics of the reference programs
//! (`benches/peers`): their values over 200 seeds with the half-width of the 95 % interval.

use std::path::Path;

use shardlag::experiment::{RunOptions, run};
use shardlag::results::{Estimate, VariantSummary};
use shardlag::scenario::{Override, Source, load};

fn simulated(model: &str, settings: &[&str]) -> VariantSummary {
    let path = Path::new("benches/peers/scenarios").join(model).with_extension("toml");
    let source = Source::read(&path).expect("the scenario is there");
    let overrides: Vec<Override> =
        settings.iter().map(|text| Override::parse(text).expect("a setting")).collect();
    let scenario = load(&source, &overrides).expect("the scenario is valid");
    let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
    results.summary.variants.into_iter().next().expect("a variant")
}

/// Both means are uncertain: four standard errors of their difference, one in 16,000.
fn assert_agrees(what: &str, ours: &Estimate, value: f64, half_width: f64) {
    let (mean, low) = (ours.value.expect("a mean"), ours.low.expect("an interval"));
    let allowed = 4.0 / 1.96 * libm::hypot(mean - low, half_width);
    assert!((mean - value).abs() < allowed, "{what}: {mean} is not {value} +- {allowed}");
}

#[test]
fn one_shard_is_as_the_reference_programs_find_it() {
    let variant = simulated("r1", &["replications=24"]);
    assert_agrees("mean", &variant.iterator_age.mean, 0.200_175, 0.000_017);
    assert_agrees("median", &variant.iterator_age.p50, 0.195_70, 0.000_02);
    assert_agrees("p99", &variant.iterator_age.p99, 0.258_6, 0.000_3);
    assert_agrees("invocations", &variant.invocations, 43_633.0, 3.0);
}

#[test]
fn a_fleet_is_as_the_reference_programs_find_it() {
    let variant = simulated("r2", &["replications=6"]);
    assert_agrees("mean", &variant.iterator_age.mean, 0.050_449, 0.000_002);
    assert_agrees("median", &variant.iterator_age.p50, 0.049_33, 0.000_03);
    assert_agrees("p99", &variant.iterator_age.p99, 0.081_8, 0.000_1);
    assert_agrees("invocations", &variant.invocations, 242_421.0, 7.0);
}

#[test]
fn a_throttled_fleet_is_as_the_reference_programs_find_it() {
    // A few runs in a hundred stay free of congestion for minutes, so medians are compared.
    let runs: Vec<VariantSummary> =
        (1..=9).map(|seed| simulated("r2t", &[&format!("seed={seed}")])).collect();
    let median = |of: fn(&VariantSummary) -> &Estimate| {
        let mut values: Vec<f64> =
            runs.iter().map(|run| of(run).value.expect("a figure")).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let age = median(|run| &run.iterator_age.mean);
    assert!((age / 1.699 - 1.0).abs() < 0.01, "{age} s");
    let throttles = median(|run| &run.throttles);
    assert!((throttles / 45_298.0 - 1.0).abs() < 0.01, "{throttles}");
}
