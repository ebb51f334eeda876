//! The binomial distribution: successes in `n` trials of chance `p`.
//!
//! By inversion from one word. Few expected successes: search upwards from 0 (BINV,
//! Kachitvichyanukul and Schmeiser 1988). Many: search outwards from the mode, `m, m+1, m-1,
//! ...`, whose chance comes from the saddle-point expansion (Loader 2000, Fast and Accurate
//! Computation of Binomial Probabilities), `O(sqrt(n p q))` steps. Exact up to the 53 bits of the
//! uniform.

use crate::engine::RandomStream;

/// Up to this many expected successes the search begins at 0.
const FEW: f64 = 10.0;

/// Draws from the binomial distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binomial;

impl Binomial {
    /// Successes in `trials` trials of chance `chance` (clamped to `0..=1`) from exactly one word.
    pub fn sample(trials: u64, chance: f64, random: &mut RandomStream) -> u64 {
        let uniform = random.uniform();
        if trials == 0 || chance <= 0.0 {
            0
        } else if chance >= 1.0 {
            trials
        } else if chance <= 0.5 {
            invert(trials, chance, uniform)
        } else {
            trials - invert(trials, 1.0 - chance, uniform)
        }
    }
}

/// The count for one uniform, `0 < chance <= 1/2`.
fn invert(trials: u64, chance: f64, uniform: f64) -> u64 {
    let odds = chance / (1.0 - chance);
    if trials as f64 * chance <= FEW {
        search_up(trials, chance, odds, uniform)
    } else {
        search_outwards(trials, chance, odds, uniform)
    }
}

fn search_up(trials: u64, chance: f64, odds: f64, uniform: f64) -> u64 {
    let mut density = libm::exp(trials as f64 * libm::log1p(-chance));
    let (mut count, mut rest) = (0u64, uniform);
    while rest >= density && count < trials && density > 0.0 {
        rest -= density;
        density *= odds * (trials - count) as f64 / (count + 1) as f64;
        count += 1;
    }
    count
}

fn search_outwards(trials: u64, chance: f64, odds: f64, uniform: f64) -> u64 {
    let mode = (((trials + 1) as f64 * chance) as u64).min(trials);
    let peak = probability(trials, mode, chance);
    let (mut rest, mut up, mut down) = (uniform - peak, mode, mode);
    let (mut density_up, mut density_down) = (peak, peak);
    while rest >= 0.0 && (density_up > 0.0 || density_down > 0.0) {
        if up < trials {
            density_up *= odds * (trials - up) as f64 / (up + 1) as f64;
            up += 1;
            rest -= density_up;
            if rest < 0.0 {
                return up;
            }
        } else {
            density_up = 0.0;
        }
        if down > 0 {
            density_down *= down as f64 / (odds * (trials - down + 1) as f64);
            down -= 1;
            rest -= density_down;
            if rest < 0.0 {
                return down;
            }
        } else {
            density_down = 0.0;
        }
    }
    mode
}

/// Chance of `count` successes, `0 < count < trials` (Loader 2000, equation 4).
fn probability(trials: u64, count: u64, chance: f64) -> f64 {
    let (n, x) = (trials as f64, count as f64);
    let log = stirling_error(n)
        - stirling_error(x)
        - stirling_error(n - x)
        - deviance(x, n * chance)
        - deviance(n - x, n * (1.0 - chance));
    libm::exp(log) * libm::sqrt(n / (std::f64::consts::TAU * x * (n - x)))
}

/// `ln n! - ln(sqrt(2 pi n) (n/e)^n)`.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let leading = 0.5 * libm::log(std::f64::consts::TAU * n) + n * libm::log(n) - n;
        return libm::lgamma(n + 1.0) - leading;
    }
    let square = n * n;
    let series = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - series / square) / square) / n
}

/// `x ln(x/m) + m - x`, without cancellation where `x` is near `m`.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * libm::log(x / mean) - difference;
    }
    let ratio = difference / (x + mean);
    let (mut sum, mut term, mut odd) = (difference * ratio, 2.0 * x * ratio, 1.0);
    loop {
        term *= ratio * ratio;
        odd += 2.0;
        let next = sum + term / odd;
        if next == sum {
            return next;
        }
        sum = next;
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial as Reference, Discrete};

    use super::*;
    use crate::engine::samplers::goodness::{assert_counts_fit, stream};

    #[test]
    fn the_largest_uniform_gives_a_count_that_happens() {
        let largest = 1.0 - f64::EPSILON / 2.0;
        for hundredths in 1..200 {
            let chance = f64::from(hundredths) * 1e-6;
            // Rounding leaves a rest that no density takes up, until there are no densities.
            let count = invert(100_000, chance, largest);
            assert!(count < 500, "{count} of 100,000 at {chance}");
        }
    }

    #[test]
    fn counts_fit_the_binomial_distribution() {
        let cases = [(1, 0.3), (12, 0.5), (100, 0.02), (100, 0.97), (1000, 0.25), (1_000_000, 0.6)];
        for (trials, chance) in cases {
            let mut random = stream(18);
            let reference = Reference::new(chance, trials).expect("the chance is in range");
            assert_counts_fit(
                || Binomial::sample(trials, chance, &mut random),
                |count| {
                    if count <= trials { reference.pmf(count) } else { 0.0 }
                },
            );
        }
    }

    #[test]
    fn the_chance_of_the_mode_is_right_for_huge_numbers_of_trials() {
        // At n = 1e12, p = 1/2 the peak is sqrt(2 / (pi n)) (1 - 1/(4n)).
        let peak = probability(1_000_000_000_000, 500_000_000_000, 0.5);
        let expected = libm::sqrt(2.0 / (std::f64::consts::PI * 1e12));
        assert!((peak / expected - 1.0).abs() < 1e-12, "{peak} is not {expected}");
        assert!((probability(20, 10, 0.5) - 184_756.0 / 1_048_576.0).abs() < 1e-14);
    }

    #[test]
    fn impossible_and_sure_trials_are_certain() {
        let mut random = stream(19);
        assert_eq!(Binomial::sample(7, 0.0, &mut random), 0);
        assert_eq!(Binomial::sample(7, 1.0, &mut random), 7);
        assert_eq!(Binomial::sample(0, 0.5, &mut random), 0);
    }
}
