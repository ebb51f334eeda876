//! The law of an invocation's random factor (S10.1), as far as the offered load needs it: mean,
//! spread, and how often a timeout cuts it off.
//!
//! ```text
//! E[min(F, c)] = integral over 0..c of P(F > x)
//! ```
//!
//! which every law has in closed form.
//!
//! Reference: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.2.12 (tail of the
//! normal distribution) and 26.4.21 (sums of Poisson chances are tails of Erlang's).
//! Left out: drawing from these laws, which is the samplers' work.

use crate::model::settings::Variation;

/// 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

/// From here on Mills' ratio of the normal distribution at x is 1 / (x + 1 / x), to 10^-4 of it.
const LARGE_ARGUMENT: f64 = 15.0;

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
            Variation::Erlang { stages } => poisson_up_to(stages - 1, limit * f64::from(*stages)),
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
        if limit == f64::INFINITY {
            return self.mean();
        }
        match self.0 {
            Variation::None => limit.min(1.0),
            Variation::Uniform { low, high } => uniform_up_to(*low, *high, limit),
            Variation::Exponential => -libm::expm1(-limit),
            Variation::Erlang { stages } => {
                let events = limit * f64::from(*stages);
                1.0 - poisson_up_to(*stages, events) + limit * poisson_up_to(stages - 1, events)
            }
            Variation::Hyperexponential { branches } => {
                let cut = |&(chance, mean): &(crate::units::Probability, f64)| {
                    -chance.get() * mean * libm::expm1(-limit / mean)
                };
                branches.iter().map(cut).sum()
            }
            Variation::Lognormal { p99 } => lognormal_up_to(shape(*p99), limit, self.beyond(limit)),
            // A straight line between points is uniform between their values.
            Variation::Empirical { points } => points
                .windows(2)
                .map(|pair| {
                    let ((before, low), (after, high)) = (pair[0], pair[1]);
                    (after.get() - before.get()) * uniform_up_to(low, high, limit)
                })
                .sum(),
        }
    }
}

/// The mean of a uniform number cut off at `limit`.
fn uniform_up_to(low: f64, high: f64, limit: f64) -> f64 {
    if limit <= low {
        return limit;
    }
    if limit >= high {
        return (low + high) / 2.0;
    }
    let share = (limit - low) / (high - low);
    share * (low + limit) / 2.0 + (1.0 - share) * limit
}

/// The same of a log-normal factor with median 1, of which the share `beyond` is above the limit.
///
/// What is below has the mean `exp(s^2 / 2) Phi(a - s)` with `a = ln(limit) / s`; that is
/// `limit phi(a)` times Mills' ratio at `s - a`, which neither over- nor underflows.
fn lognormal_up_to(shape: f64, limit: f64, beyond: f64) -> f64 {
    if shape == 0.0 || limit == 0.0 {
        return limit.min(1.0);
    }
    let place = libm::log(limit) / shape;
    let above = shape - place;
    let below = match above < LARGE_ARGUMENT {
        true => {
            let share = libm::erfc(above / std::f64::consts::SQRT_2) / 2.0;
            libm::exp(shape * shape / 2.0) * share
        }
        false => limit * normal_density(place) / (above + 1.0 / above),
    };
    below + limit * beyond
}

fn normal_density(x: f64) -> f64 {
    libm::exp(-x * x / 2.0) / libm::sqrt(std::f64::consts::TAU)
}

/// The chance that a Poisson number with mean `mean` is `most` or less: terms from the largest on,
/// since the first may be too small for a floating-point number.
fn poisson_up_to(most: u32, mean: f64) -> f64 {
    if mean == 0.0 || mean == f64::INFINITY {
        return f64::from(mean == 0.0);
    }
    let largest = f64::from(most).min(libm::floor(mean)) as u32;
    let of_largest = f64::from(largest);
    let term = libm::exp(of_largest * libm::log(mean) - mean - libm::lgamma(of_largest + 1.0));
    let (mut sum, mut before) = (term, term);
    for number in (1..=largest).rev() {
        before *= f64::from(number) / mean;
        sum += before;
    }
    let mut behind = term;
    for number in largest + 1..=most {
        behind *= mean / f64::from(number);
        sum += behind;
    }
    sum.min(1.0)
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
    fn a_factor_cut_off_has_the_integral_of_its_tail_as_mean() {
        let stages = 1_000;
        let far = [Variation::Erlang { stages }, Variation::Lognormal { p99: 1e4 }];
        for variation in laws().into_iter().chain(far) {
            let law = FactorLaw(&variation);
            for limit in [0.05, 0.5, 0.98, 1.02, 3.0, 60.0] {
                let panels = 40_000;
                let width = limit / f64::from(panels);
                let middle = |panel| law.beyond((f64::from(panel) + 0.5) * width) * width;
                let (found, expected) =
                    (law.mean_up_to(limit), (0..panels).map(middle).sum::<f64>());
                assert!((found - expected).abs() < 1e-6 * limit, "{variation:?} {limit}: {found}");
            }
            assert_eq!(law.mean_up_to(f64::INFINITY), law.mean(), "{variation:?}");
            assert_eq!((law.mean_up_to(0.0), law.beyond(f64::INFINITY)), (0.0, 0.0));
        }
        assert_eq!(FactorLaw(&Variation::None).mean_up_to(0.25), 0.25);
        assert_eq!(FactorLaw(&Variation::None).beyond(0.25), 1.0);
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
    }

    #[test]
    fn the_widest_log_normal_factor_is_cut_off_too() {
        // Shapes from 13.9 to 297: by the error function and by Mills' ratio.
        for p99 in [1e14, 1e15, 1e16, 1e100, 1e300] {
            let variation = Variation::Lognormal { p99 };
            let cut = FactorLaw(&variation).mean_up_to(1.0);
            // Half lies below 1, very little of it near to 1.
            assert!((0.5..0.55).contains(&cut), "{p99}: {cut}");
        }
    }

    #[test]
    fn many_stages_are_nearly_a_constant() {
        let variation = Variation::Erlang { stages: 1_000 };
        let law = FactorLaw(&variation);
        assert!(law.beyond(0.8) > 1.0 - 1e-9 && law.beyond(1.2) < 1e-8);
        assert!((law.beyond(1.0) - 0.5).abs() < 0.02);
    }
}
