//! Tests of fit for the samplers' tests: Kolmogorov-Smirnov and chi-square.
//!
//! Both are calibrated so that a right sampler fails with a chance below one in a million, and
//! both work on fixed seeds, so a test that passes once passes always.
//! Reference: Knuth, The Art of Computer Programming, vol. 2, 3.3.1.

use crate::engine::{Purpose, RandomSource, RandomStream};

/// A stream of its own for a test.
pub(crate) fn stream(seed: u64) -> RandomStream {
    RandomSource::new(seed, 0).stream(Purpose(u64::MAX), 0)
}

/// `sqrt(n)` times the largest distance between the samples' distribution and `cdf`.
pub(crate) fn kolmogorov_smirnov(mut samples: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let count = samples.len() as f64;
    let distance = samples.iter().enumerate().fold(0.0f64, |worst, (rank, &sample)| {
        let expected = cdf(sample);
        let above = (rank as f64 + 1.0) / count - expected;
        let below = expected - rank as f64 / count;
        worst.max(above).max(below)
    });
    distance * libm::sqrt(count)
}

/// Fails unless 100,000 samples fit `cdf`: the critical value 2.7 has a chance of 1e-6.
pub(crate) fn assert_fits(mut sample: impl FnMut() -> f64, cdf: impl Fn(f64) -> f64) {
    let distance = kolmogorov_smirnov((0..100_000).map(|_| sample()).collect(), cdf);
    assert!(distance < 2.7, "Kolmogorov-Smirnov distance {distance} is above 2.7");
}

/// How many standard deviations chi-square lies above its mean, cells with fewer than 5 expected
/// pooled into one (Wilson-Hilferty approximation).
pub(crate) fn chi_square_deviation(observed: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(observed.len(), expected.len());
    let (mut statistic, mut cells) = (0.0, 0u32);
    let (mut rest_observed, mut rest_expected) = (0.0, 0.0);
    for (&seen, &due) in observed.iter().zip(expected) {
        if due < 5.0 {
            rest_observed += seen;
            rest_expected += due;
        } else {
            statistic += (seen - due) * (seen - due) / due;
            cells += 1;
        }
    }
    if rest_expected >= 5.0 {
        statistic +=
            (rest_observed - rest_expected) * (rest_observed - rest_expected) / rest_expected;
        cells += 1;
    } else {
        assert!(rest_observed < 40.0, "{rest_observed} where {rest_expected} were expected");
    }
    let freedom = f64::from(cells - 1);
    let spread = 2.0 / (9.0 * freedom);
    (libm::cbrt(statistic / freedom) - (1.0 - spread)) / libm::sqrt(spread)
}

/// Fails unless 100,000 counts fit the probabilities of `0, 1, 2, ...` (the last one is a tail).
pub(crate) fn assert_counts_fit(mut sample: impl FnMut() -> u64, pmf: impl Fn(u64) -> f64) {
    const DRAWS: u32 = 100_000;
    let drawn: Vec<u64> = (0..DRAWS).map(|_| sample()).collect();
    let largest = drawn.iter().copied().max().expect("there are draws");
    let mut observed = vec![0.0; largest as usize + 2];
    for value in drawn {
        observed[value as usize] += 1.0;
    }
    let mut expected: Vec<f64> = (0..=largest).map(|value| pmf(value) * f64::from(DRAWS)).collect();
    expected.push((f64::from(DRAWS) - expected.iter().sum::<f64>()).max(0.0));
    let deviation = chi_square_deviation(&observed, &expected);
    assert!(deviation < 5.0, "chi-square lies {deviation} standard deviations above its mean");
}

#[test]
fn a_distribution_three_percent_off_does_not_fit() {
    let mut random = stream(1);
    let samples = (0..100_000).map(|_| -1.03 * libm::log(random.uniform_positive())).collect();
    assert!(kolmogorov_smirnov(samples, |x| 1.0 - libm::exp(-x)) > 2.7);
}

#[test]
fn counts_of_a_loaded_die_do_not_fit() {
    let fair = [10_000.0; 6];
    let loaded = [10_400.0, 10_000.0, 10_000.0, 10_000.0, 10_000.0, 9_600.0];
    assert!(chi_square_deviation(&loaded, &fair) > 3.0);
    assert!(chi_square_deviation(&fair, &fair) < 0.0);
}
