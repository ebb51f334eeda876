//! Inputs that are not known exactly: what that does to figures, beside the error of simulation.

#[path = "support/text.rs"]
mod text;

use shardlag::experiment::uncertainty::Uncertainty;
use shardlag::experiment::{RunOptions, run};
use shardlag::results::{Estimate, RunResults};
use text::scenario;

const TEXT: &str = r#"
duration = "30m"
replications = 60
[stream]
kind = "dynamodb"
shards = 1
[[traffic]]
arrivals = { poisson = { rate = "45/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 10
[function]
duration = { base = "160ms", variation = { lognormal = { p99 = "1.5x" } } }
[[function.fault]]
error_rate = "0.5%"
[[variant]]
name = "other memory"
set = { "function.memory" = "1024MB" }
"#;

fn results(inputs: Option<&str>) -> RunResults {
    let uncertainty =
        inputs.map(|text| Uncertainty::parse(text).unwrap_or_else(|said| panic!("{said}")));
    let options = RunOptions { uncertainty, ..RunOptions::default() };
    run(&scenario(TEXT), &options, &|_| ()).expect("it runs")
}

fn ends(estimate: &Estimate) -> [f64; 3] {
    [estimate.value, estimate.low, estimate.high].map(|end| end.expect("an interval"))
}

#[test]
fn a_range_over_an_uncertain_rate_is_as_wide_as_the_rate_is_uncertain() {
    let results = results(Some("rate=10%"));
    let base = &results.summary.variants[0];
    let uncertainty = base.uncertainty.as_ref().expect("it was asked for");
    assert_eq!((uncertainty.draws, uncertainty.inputs.len()), (60, 1));
    let [value, low, high] = ends(&uncertainty.ledger.written);
    let stated = base.ledger.written.value.expect("records");
    // 2.5 and 97.5 % of a log-normal factor: 0.82 and 1.21; the mean of 60 draws within 4 %.
    assert!((value / stated - 1.0).abs() < 0.05, "{}", value / stated);
    assert!((0.72..0.90).contains(&(low / stated)), "{}", low / stated);
    assert!((1.12..1.36).contains(&(high / stated)), "{}", high / stated);
    let monte_carlo = base.ledger.written.half_width().expect("replications");
    assert!(high - low > 20.0 * 2.0 * monte_carlo, "{monte_carlo}");
    // 81 % of capacity: 25 % more is drawn in some 1 of 100.
    assert!(uncertainty.unstable_share < 0.1, "{}", uncertainty.unstable_share);
    // At such a load the age rises faster than the rate.
    let [_, _, high] = ends(&uncertainty.iterator_age.p99);
    let stated = base.iterator_age.p99.value.expect("ages");
    assert!(high > 1.5 * stated, "{high} {stated}");
}

#[test]
fn figures_of_the_stated_inputs_are_the_same_with_and_without() {
    let mut with = results(Some("rate=10%,duration=20%")).summary;
    let without = results(None).summary;
    assert_ne!(with, without);
    for variant in &mut with.variants {
        let unstable = variant.uncertainty.take().expect("it was asked for").unstable_share;
        // Load 0.81 with a deviation of 22 %: above 1 in about one of six.
        assert!((0.05..0.35).contains(&unstable), "{unstable}");
    }
    assert_eq!(with, without);
}

#[test]
fn variants_see_the_same_draws() {
    let results = results(Some("duration=20%,error_rate=50%"));
    let [base, other] = [0, 1].map(|index| &results.summary.variants[index]);
    let [base, other] = [base, other].map(|v| v.uncertainty.as_ref().expect("asked for"));
    assert_eq!(base.iterator_age, other.iterator_age);
    assert_eq!(base.errors, other.errors);
    assert_ne!(base.cost_usd, other.cost_usd);
}

#[test]
fn chance_inside_a_run_hardly_counts_as_uncertainty_of_the_inputs() {
    let results = results(Some("duration=0.01%"));
    let base = &results.summary.variants[0];
    let [_, low, high] = ends(&base.uncertainty.as_ref().expect("asked for").iterator_age.mean);
    // The spread of replications: half-width sqrt(60) / 2 wide.
    let spread = base.iterator_age.mean.half_width().expect("replications") * 7.7 / 2.0;
    assert!((high - low) / 2.0 < spread / 5.0, "{low} to {high}, replications {spread}");
}
