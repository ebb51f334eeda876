//! The log-normal distribution through two percentiles.
//!
//! `X = p50 e^(s Z)` with `s = ln(p99 / p50) / z99`, Z standard normal, `z99 = Φ⁻¹(0.99)`: one
//! word per draw. Left out: parameters other than percentiles, which nobody measures.

use super::StandardNormal;
use crate::engine::RandomStream;

/// Draws from the log-normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lognormal {
    median: f64,
    shape: f64,
}

impl Lognormal {
    /// The distribution with this median and 99th percentile; `None` unless
    /// `0 < p50 <= p99` and both are finite.
    pub fn new(p50: f64, p99: f64) -> Option<Lognormal> {
        (p50 > 0.0 && p50 <= p99 && p99.is_finite()).then(|| Lognormal {
            median: p50,
            shape: libm::log(p99 / p50) / StandardNormal::upper_quantile(0.01),
        })
    }

    /// A value above 0 from exactly one word.
    #[inline]
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        self.median * libm::exp(self.shape * StandardNormal::sample(random))
    }

    /// The mean: `p50 e^(s^2 / 2)`.
    pub fn mean(&self) -> f64 {
        self.median * libm::exp(self.shape * self.shape / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, LogNormal};

    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn samples_fit_the_lognormal_distribution() {
        let mut random = stream(6);
        let lognormal = Lognormal::new(600.0, 8192.0).expect("600 is below 8192");
        let shape = libm::log(8192.0 / 600.0) / 2.326_347_874_040_841;
        let reference = LogNormal::new(libm::log(600.0), shape).expect("the shape is above 0");
        assert!((reference.cdf(8192.0) - 0.99).abs() < 1e-9);
        assert_fits(|| lognormal.sample(&mut random), |x| reference.cdf(x));
        assert!(
            (lognormal.mean() / libm::exp(libm::log(600.0) + shape * shape / 2.0) - 1.0).abs()
                < 1e-12
        );
    }

    #[test]
    fn percentiles_in_the_wrong_order_are_refused() {
        assert!(Lognormal::new(2.0, 1.0).is_none());
        assert!(Lognormal::new(0.0, 1.0).is_none());
    }
}
