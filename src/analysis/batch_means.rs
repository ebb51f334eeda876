//! Interval of a mean from inside one long run, by non-overlapping batch means.
//!
//! The n values of a stationary run are cut into b batches of m = n / b. Where m is long compared
//! with the memory of the series, the batch means Y_1 .. Y_b are almost independent and normal:
//!
//! ```text
//! mean(Y) +- t(b-1, 1 - alpha/2) * sqrt(S^2 / b),   S^2 = sum (Y - mean)^2 / (b - 1)
//! ```
//!
//! Too short batches still depend on each other, and S^2 / b is too small. By how much is known
//! exactly for an autoregressive series X_i = phi X_(i-1) + e_i of unit variance, whose
//! correlation at lag k is phi^k:
//!
//! ```text
//! V(n) = Var(mean of n) = (1/n) (1 + 2 sum_(k=1)^(n-1) (1 - k/n) phi^k)
//!                       = (1/n) ((1 + phi)/(1 - phi) - 2 phi (1 - phi^n) / (n (1 - phi)^2))
//! E[S^2 / b] = (V(m) - V(b m)) / (b - 1)
//! ```
//!
//! Reference: Law, *Simulation Modeling and Analysis*, 5th ed. 2015, section 9.5.3; Schmeiser,
//! Operations Research 30 (1982) 556: between 10 and 30 batches, more gain little. The bias
//! follows from E[sum (Y - mean)^2] = b V(m) - b V(b m).
//!
//! Left out: overlapping batches, and a choice of the batch length by the data; a run is cut into
//! [`BATCHES`] and its length must do the rest.

use super::interval::t_interval;
use crate::results::Estimate;

/// Batches of a single long run, in the middle of what Schmeiser recommends.
pub const BATCHES: u32 = 20;

/// The mean of a stationary series of dependent values with its interval of `confidence`
/// (strictly between 0 and 1) from `batches` (at least 2) batches of equal length. Values beyond
/// the last whole batch are left out; with less than a value per batch there is no interval.
pub fn batch_means_interval(values: &[f64], batches: usize, confidence: f64) -> Estimate {
    assert!(batches >= 2, "{batches} batches have no spread");
    let length = values.len() / batches;
    if length == 0 {
        let sum: f64 = values.iter().sum();
        return match values.len() {
            0 => Estimate::ABSENT,
            count => Estimate::point(sum / count as f64),
        };
    }
    let mean = |batch: &[f64]| batch.iter().sum::<f64>() / length as f64;
    let means: Vec<f64> = values.chunks_exact(length).take(batches).map(mean).collect();
    t_interval(&means, confidence)
}

/// What batch means make of an autoregressive series, against the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchMeansBias {
    /// The true variance of the mean, above 0.
    pub variance_of_mean: f64,
    /// What batch means estimate for it on average.
    pub expected_estimate: f64,
    /// The second over the first: below 1 where intervals come out too narrow.
    pub ratio: f64,
}

/// The bias of batch means with `batches` (at least 2) batches on a stationary first-order
/// autoregressive series of `count` (at least one per batch) values of unit variance with
/// correlation `phi` (strictly between -1 and 1) of neighbours.
pub fn bias_on_autoregression(phi: f64, count: u64, batches: u64) -> BatchMeansBias {
    assert!(phi > -1.0 && phi < 1.0, "a stationary series has a correlation below 1, not {phi}");
    assert!(batches >= 2 && count >= batches, "{count} values make no {batches} batches");
    let length = count / batches;
    let between = variance_of_mean(phi, length) - variance_of_mean(phi, length * batches);
    let expected_estimate = between / (batches - 1) as f64;
    let variance_of_mean = variance_of_mean(phi, count);
    BatchMeansBias {
        variance_of_mean,
        expected_estimate,
        ratio: expected_estimate / variance_of_mean,
    }
}

/// V(n) of the module's formula.
fn variance_of_mean(phi: f64, count: u64) -> f64 {
    let n = count as f64;
    let rest = 1.0 - phi;
    let ended = 2.0 * phi * (1.0 - libm::pow(phi, n)) / (n * rest * rest);
    ((1.0 + phi) / rest - ended) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_of_a_mean_is_the_sum_of_its_covariances() {
        for phi in [-0.7, 0.0, 0.3, 0.99] {
            for count in [1u64, 2, 7, 60] {
                let lags = (0..count).flat_map(|i| (0..count).map(move |j| i.abs_diff(j)));
                let sum: f64 = lags.map(|lag| libm::pow(phi, lag as f64)).sum();
                let exact = sum / (count * count) as f64;
                let ours = variance_of_mean(phi, count);
                assert!((ours - exact).abs() < 1e-10, "{phi}, {count}: {ours}, {exact}");
            }
        }
    }

    #[test]
    fn independent_values_have_no_bias_and_long_batches_little() {
        assert!((bias_on_autoregression(0.0, 1000, 20).ratio - 1.0).abs() < 1e-12);
        let short = bias_on_autoregression(0.9, 1_000, 20).ratio;
        let long = bias_on_autoregression(0.9, 100_000, 20).ratio;
        assert!(short < 0.85 && long > 0.99 && long < 1.0, "{short} {long}");
    }

    #[test]
    fn batches_are_cut_in_order_and_a_rest_is_left_out() {
        // Batches (1, 3), (5, 7), rest 100: means 2 and 6.
        let estimate = batch_means_interval(&[1.0, 3.0, 5.0, 7.0, 100.0], 2, 0.95);
        assert_eq!(estimate.value, Some(4.0));
        // s = 4 / sqrt 2, t(1, 0.975) = 12.7062.
        let half_width = estimate.half_width().expect("two batches");
        assert!((half_width - 12.706_204_736 * 2.0).abs() < 1e-6, "{half_width}");
    }

    #[test]
    fn too_few_values_have_no_interval() {
        assert_eq!(batch_means_interval(&[], 2, 0.95), Estimate::ABSENT);
        assert_eq!(batch_means_interval(&[2.0, 4.0], 3, 0.95), Estimate::point(3.0));
    }
}
