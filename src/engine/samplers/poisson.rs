//! The Poisson distribution: `P(k) = m^k e^-m / k!`.
//!
//! Means below 10: multiplication of uniforms replaced by sequential search of the distribution
//! function (Devroye 1986, X.3.3). From 10 on: transformed rejection PTRS (Hörmann 1993, Insurance:
//! Mathematics and Economics 12), exact up to the rounding of the logarithms. Words vary.

use crate::engine::RandomStream;

/// Draws from the Poisson distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poisson {
    mean: f64,
    log_mean: f64,
    method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Method {
    Search { at_zero: f64 },
    Rejection { a: f64, b: f64, inverse_alpha: f64, squeeze: f64 },
}

impl Poisson {
    /// The distribution with this mean; `None` unless it is from 0 to 1e15.
    pub fn new(mean: f64) -> Option<Poisson> {
        let method = if mean < 10.0 {
            Method::Search { at_zero: libm::exp(-mean) }
        } else {
            let b = 0.931 + 2.53 * libm::sqrt(mean);
            Method::Rejection {
                a: -0.059 + 0.02483 * b,
                b,
                inverse_alpha: 1.1239 + 1.1328 / (b - 3.4),
                squeeze: 0.9277 - 3.6224 / (b - 2.0),
            }
        };
        (0.0..=1e15).contains(&mean).then(|| Poisson { mean, log_mean: libm::log(mean), method })
    }

    /// A count with mean and variance equal to the mean.
    pub fn sample(&self, random: &mut RandomStream) -> u64 {
        match self.method {
            Method::Search { at_zero } => self.search(at_zero, random.uniform()),
            Method::Rejection { a, b, inverse_alpha, squeeze } => loop {
                let u = random.uniform() - 0.5;
                let v = random.uniform_positive();
                let edge = 0.5 - u.abs();
                let k = libm::floor((2.0 * a / edge + b) * u + self.mean + 0.43);
                if edge >= 0.07 && v <= squeeze {
                    return k as u64;
                }
                if k < 0.0 || (edge < 0.013 && v > edge) {
                    continue;
                }
                let height = libm::log(v * inverse_alpha / (a / (edge * edge) + b));
                if height <= k * self.log_mean - self.mean - libm::lgamma(k + 1.0) {
                    return k as u64;
                }
            },
        }
    }

    fn search(&self, at_zero: f64, chance: f64) -> u64 {
        let (mut count, mut density, mut sum) = (0u64, at_zero, at_zero);
        // The sum may stop short of 1 by rounding: the density then vanishes and ends the search.
        while sum <= chance && density > 0.0 {
            count += 1;
            density *= self.mean / count as f64;
            sum += density;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Discrete, Poisson as Reference};

    use super::*;
    use crate::engine::samplers::goodness::{assert_counts_fit, stream};

    #[test]
    fn counts_fit_the_poisson_distribution() {
        for mean in [0.2, 3.0, 9.99, 10.0, 33.3, 1000.0, 250_000.0] {
            let mut random = stream(16);
            let poisson = Poisson::new(mean).expect("the mean is in range");
            let reference = Reference::new(mean).expect("the mean is above 0");
            assert_counts_fit(|| poisson.sample(&mut random), |k| reference.pmf(k));
        }
    }

    #[test]
    fn a_mean_of_zero_gives_zero() {
        let mut random = stream(17);
        let never = Poisson::new(0.0).expect("0 is a mean");
        assert!((0..1000).all(|_| never.sample(&mut random) == 0));
        assert!(Poisson::new(-1.0).is_none() && Poisson::new(f64::NAN).is_none());
    }
}
