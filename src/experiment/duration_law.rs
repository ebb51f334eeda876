//! The law of an invocation's random factor (S10.1), as far as the offered load needs it: mean,
//! spread, and how often a timeout cuts it off.
//!
//! ```text
//! E[min(F, c)] = integral over 0..c of P(F > x)
//! ```
//!
//! by Simpson's rule, or the mean itself where hardly anything lies beyond c.
//!
//! Reference: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 25.4.6 (Simpson).
//! Left out: drawing from these laws, which is the samplers' work.

use crate::model::settings::Variation;

/// 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

/// A tail that counts as nothing.
const NEGLIGIBLE: f64 = 1e-9;

/// Panels of Simpson's rule, an even number.
const PANELS: u32 = 2_000;

/// The law of the factor.
#[derive(Debug, Clone, Copy)]
pub struct FactorLaw<'a>(pub &'a Variation);

impl FactorLaw<'_> {
    /// Mean of the factor.
    pub fn mean(self) -> f64 {
        match self.0 {
            Variation::None | Variation::Exponential | Variation::Erlang { .. } => 1.0,
            Variation::Uniform { low, high } => (low + high) / 2.0,
            Variation::Hyperexponential { branches } => {
                branches.iter().map(|(chance, mean)| chance.get() * mean).sum()
            }
            Variation::Lognormal { p99 } => {
                let shape = shape(*p99);
                libm::exp(shape * shape / 2.0)
            }
            Variation::Empirical { points } => points
                .windows(2)
                .map(|pair| (pair[1].0.get() - pair[0].0.get()) * (pair[0].1 + pair[1].1) / 2.0)
                .sum(),
        }
    }

    /// Variance over the squared mean: 0 for a constant, 1 for an exponential.
    pub fn squared_variation(self) -> f64 {
        let mean = self.mean();
        let of_square = |square: f64| (square / (mean * mean) - 1.0).max(0.0);
        match self.0 {
            Variation::None => 0.0,
            Variation::Uniform { low, high } => (high - low) * (high - low) / 12.0 / (mean * mean),
            Variation::Exponential => 1.0,
            Variation::Erlang { stages } => 1.0 / f64::from(*stages),
            Variation::Hyperexponential { branches } => {
                let squares = branches.iter().map(|(chance, mean)| chance.get() * mean * mean);
                of_square(2.0 * squares.sum::<f64>())
            }
            Variation::Lognormal { p99 } => {
                let shape = shape(*p99);
                libm::expm1(shape * shape)
            }
            // A straight line between points is uniform between their values.
            Variation::Empirical { points } => of_square(
                points
                    .windows(2)
                    .map(|pair| {
                        let ((before, low), (after, high)) = (pair[0], pair[1]);
                        let square = (low * low + low * high + high * high) / 3.0;
                        (after.get() - before.get()) * square
                    })
                    .sum(),
            ),
        }
    }

    /// The chance that the factor is above `limit`, which is 0 or more.
    pub fn beyond(self, limit: f64) -> f64 {
        match self.0 {
            Variation::None => f64::from(limit < 1.0),
            Variation::Uniform { low, high } if high > low => {
                ((high - limit) / (high - low)).clamp(0.0, 1.0)
            }
            Variation::Uniform { low, .. } => f64::from(limit < *low),
            Variation::Exponential => libm::exp(-limit),
            Variation::Erlang { stages } => {
                let x = limit * f64::from(*stages);
                let mut term = libm::exp(-x);
                let mut sum = 0.0;
                for stage in 1..=*stages {
                    sum += term;
                    term *= x / f64::from(stage);
                }
                sum.min(1.0)
            }
            Variation::Hyperexponential { branches } => {
                let tail = |&(chance, mean): &(crate::units::Probability, f64)| {
                    chance.get() * libm::exp(-limit / mean)
                };
                branches.iter().map(tail).sum()
            }
            Variation::Lognormal { p99 } => {
                let shape = shape(*p99);
                if shape == 0.0 || limit == 0.0 {
                    return f64::from(limit < 1.0);
                }
                libm::erfc(libm::log(limit) / shape / std::f64::consts::SQRT_2) / 2.0
            }
            Variation::Empirical { points } => empirical_tail(points, limit),
        }
    }

    /// The mean of the factor cut off at `limit`, which is 0 or more.
    pub fn mean_up_to(self, limit: f64) -> f64 {
        if *self.0 == Variation::None {
            return limit.min(1.0);
        }
        if self.beyond(limit) < NEGLIGIBLE {
            return self.mean();
        }
        let width = limit / f64::from(PANELS);
        let weighted = |panel: u32| {
            let weight = match panel {
                0 | PANELS => 1.0,
                _ if panel % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * self.beyond(f64::from(panel) * width)
        };
        (0..=PANELS).map(weighted).sum::<f64>() * width / 3.0
    }
}

/// Sigma of a log-normal factor with median 1.
fn shape(p99: f64) -> f64 {
    libm::log(p99) / NORMAL_P99
}

fn empirical_tail(points: &[(crate::units::Probability, f64)], limit: f64) -> f64 {
    for pair in points.windows(2) {
        let ((before, low), (after, high)) = (pair[0], pair[1]);
        if limit < low {
            return 1.0 - before.get();
        }
        if limit < high {
            let share = (limit - low) / (high - low);
            return 1.0 - before.get() - share * (after.get() - before.get());
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::units::Probability;

    fn laws() -> Vec<Variation> {
        let chance = |value| Probability::new(value).expect("a chance");
        vec![
            Variation::Uniform { low: 0.5, high: 2.0 },
            Variation::Exponential,
            Variation::Erlang { stages: 3 },
            Variation::Hyperexponential {
                branches: Arc::from([(chance(0.9), 0.5), (chance(0.1), 5.5)]),
            },
            Variation::Lognormal { p99: 3.0 },
            Variation::Empirical {
                points: Arc::from([(chance(0.0), 0.2), (chance(0.5), 1.0), (chance(1.0), 4.0)]),
            },
        ]
    }

    #[test]
    fn mean_and_spread_are_the_integrals_of_the_tail() {
        for variation in laws() {
            let law = FactorLaw(&variation);
            let (mut mean, mut square) = (0.0, 0.0);
            let width = 0.001;
            for step in 0..80_000 {
                let x = (f64::from(step) + 0.5) * width;
                mean += law.beyond(x) * width;
                square += 2.0 * x * law.beyond(x) * width;
            }
            assert!((law.mean() - mean).abs() < 1e-3, "{variation:?}: {mean}");
            let squared_variation = square / (mean * mean) - 1.0;
            let ours = law.squared_variation();
            assert!((ours - squared_variation).abs() < 5e-3, "{variation:?}: {ours}");
        }
    }

    #[test]
    fn a_factor_is_cut_off_at_the_limit() {
        let exponential = FactorLaw(&Variation::Exponential);
        let exact = 1.0 - libm::exp(-1.5);
        assert!((exponential.mean_up_to(1.5) - exact).abs() < 1e-9);
        for variation in laws() {
            let law = FactorLaw(&variation);
            assert!((law.mean_up_to(1e6) - law.mean()).abs() < 1e-3, "{variation:?}");
            assert!(law.mean_up_to(0.1) <= 0.1 + 1e-12);
        }
        assert_eq!(FactorLaw(&Variation::None).mean_up_to(0.25), 0.25);
        assert_eq!(FactorLaw(&Variation::None).beyond(0.25), 1.0);
    }
}
