//! Whether intervals hold what they promise: coverage experiments on data whose truth is known.
//!
//! Of N independent intervals of 95 % confidence the number that covers the truth is binomial, so
//! the share lies within `0.95 +- 4 sqrt(0.95 0.05 / N)` but for one seed in fifteen thousand.
//! Seeds are fixed: a failure is a mistake, not bad luck.

use shardlag::analysis::batch_means::{BATCHES, bias_on_autoregression};
use shardlag::analysis::jackknife::Pair;
use shardlag::analysis::warm_up::BATCH;
use shardlag::analysis::{
    batch_means_interval, empirical_quantile, mser5, quantile_interval, ratio_interval, t_interval,
};
use shardlag::engine::samplers::{Exponential, StandardNormal};
use shardlag::engine::{Purpose, RandomSource, RandomStream};
use shardlag::results::Estimate;

const CONFIDENCE: f64 = 0.95;

fn stream(number: u64) -> RandomStream {
    RandomSource::new(17, number).stream(Purpose(1_000), 0)
}

fn covers(estimate: &Estimate, truth: f64) -> bool {
    let (low, high) = (estimate.low.expect("an interval"), estimate.high.expect("an interval"));
    low <= truth && truth <= high
}

/// The share of `tries` whose interval covers the truth.
fn coverage(tries: u64, covers: impl Fn(&mut RandomStream) -> bool) -> f64 {
    let count = (0..tries).filter(|&number| covers(&mut stream(number))).count();
    count as f64 / tries as f64
}

fn assert_is(share: f64, expected: f64, tries: u64) {
    let spread = 4.0 * libm::sqrt(expected * (1.0 - expected) / tries as f64);
    assert!((share - expected).abs() < spread, "{share} of the intervals cover, not {expected}");
}

fn normal(random: &mut RandomStream, count: usize) -> Vec<f64> {
    (0..count).map(|_| 7.0 + 2.0 * StandardNormal::sample(random)).collect()
}

/// A stationary first-order autoregressive series of unit variance and mean 0.
fn autoregression(random: &mut RandomStream, phi: f64, count: usize) -> Vec<f64> {
    let noise = libm::sqrt(1.0 - phi * phi);
    let mut value = StandardNormal::sample(random);
    let next = |_| {
        let this = value;
        value = phi * value + noise * StandardNormal::sample(random);
        this
    };
    (0..count).map(next).collect()
}

#[test]
fn t_intervals_of_normal_values_cover_as_often_as_they_promise() {
    for count in [2, 5, 20] {
        let share =
            coverage(20_000, |random| covers(&t_interval(&normal(random, count), CONFIDENCE), 7.0));
        assert_is(share, CONFIDENCE, 20_000);
    }
}

#[test]
fn quantile_intervals_cover_exactly_as_often_as_they_say() {
    let ranks = quantile_interval(60, 0.9, CONFIDENCE);
    let (lower, upper) = (ranks.lower_rank.expect("bounded"), ranks.upper_rank.expect("bounded"));
    let truth = -libm::log(0.1);
    let share = coverage(20_000, |random| {
        let mut values: Vec<f64> = (0..60).map(|_| Exponential::invert(random)).collect();
        values.sort_by(f64::total_cmp);
        values[lower as usize - 1] <= truth && truth <= values[upper as usize - 1]
    });
    assert_is(share, ranks.coverage, 20_000);
}

#[test]
fn long_batches_of_a_dependent_series_cover_and_single_values_do_not() {
    let series = |random: &mut RandomStream| autoregression(random, 0.8, 4_000);
    let share = coverage(2_000, |random| {
        covers(&batch_means_interval(&series(random), BATCHES as usize, CONFIDENCE), 0.0)
    });
    assert_is(share, CONFIDENCE, 2_000);
    let naive = coverage(2_000, |random| covers(&t_interval(&series(random), CONFIDENCE), 0.0));
    assert!(naive < 0.6, "values taken as independent cover in {naive}");
}

#[test]
fn batch_means_estimate_what_the_closed_form_says_of_an_autoregressive_series() {
    let (phi, count, batches) = (0.8, 200, 10);
    let t = 2.262_157_163;
    let estimates: Vec<f64> = (0..20_000)
        .map(|number| {
            let series = autoregression(&mut stream(number), phi, count);
            let interval = batch_means_interval(&series, batches, CONFIDENCE);
            let error = interval.half_width().expect("ten batches") / t;
            error * error
        })
        .collect();
    let estimate = t_interval(&estimates, 0.9999);
    let expected = bias_on_autoregression(phi, count as u64, batches as u64).expected_estimate;
    assert!(covers(&estimate, expected), "{estimate:?} does not cover {expected}");
}

#[test]
fn jackknife_intervals_of_a_ratio_cover_where_numerator_and_denominator_hang_together() {
    let pair = |random: &mut RandomStream| {
        let denominator = Exponential::invert(random) + Exponential::invert(random);
        Pair { numerator: 3.0 * denominator + StandardNormal::sample(random), denominator }
    };
    let share = coverage(5_000, |random| {
        let pairs: Vec<Pair> = (0..20).map(|_| pair(random)).collect();
        covers(&ratio_interval(&pairs, CONFIDENCE), 3.0)
    });
    assert!((0.93..0.97).contains(&share), "{share}");
}

#[test]
fn mser_5_finds_where_a_known_transient_ends() {
    // 20 e^(-i/40) + noise: below a tenth of the noise of what remains after about 200 values.
    let cuts: Vec<f64> = (0..400)
        .map(|number| {
            let mut random = stream(number);
            let value = |i: u32| {
                20.0 * libm::exp(-f64::from(i) / 40.0) + StandardNormal::sample(&mut random)
            };
            let values: Vec<f64> = (0..2_000).map(value).collect();
            let cut = mser5(&values).expect("400 batches");
            assert!(cut.is_settled && cut.values.is_multiple_of(BATCH));
            cut.values as f64
        })
        .collect();
    let mut sorted = cuts;
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (empirical_quantile(&sorted, 0.05), empirical_quantile(&sorted, 0.95));
    let (low, high) = (low.expect("cuts"), high.expect("cuts"));
    assert!(low >= 110.0 && high <= 600.0, "cuts from {low} to {high}");
}
