//! The gamma distribution with scale 1: density `x^(a-1) e^-x / Γ(a)`.
//!
//! Marsaglia and Tsang 2000 (ACM TOMS 26(3)): `d (1 + c Z)^3` accepted against a normal Z, with
//! `d = a - 1/3`, `c = 1 / sqrt(9 d)`; for `a < 1` a draw with `a + 1` times `U^(1/a)`.
//! Rejection: the number of words varies.

use super::StandardNormal;
use crate::engine::RandomStream;

/// Draws from the gamma distribution with mean `shape`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    shape: f64,
    d: f64,
    c: f64,
}

impl Gamma {
    /// The distribution with this shape and scale 1; `None` unless the shape is above 0 and finite.
    pub fn new(shape: f64) -> Option<Gamma> {
        (shape > 0.0 && shape.is_finite()).then(|| {
            let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
            Gamma { shape, d, c: 1.0 / libm::sqrt(9.0 * d) }
        })
    }

    /// A value above 0, mean and variance equal to the shape.
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        let value = self.sample_boosted(random);
        if self.shape < 1.0 {
            value * libm::pow(random.uniform_positive(), 1.0 / self.shape)
        } else {
            value
        }
    }

    fn sample_boosted(&self, random: &mut RandomStream) -> f64 {
        loop {
            let z = StandardNormal::sample(random);
            let root = 1.0 + self.c * z;
            if root <= 0.0 {
                continue;
            }
            let cube = root * root * root;
            let u = random.uniform_positive();
            let square = z * z;
            if u < 1.0 - 0.0331 * square * square
                || libm::log(u) < 0.5 * square + self.d * (1.0 - cube + libm::log(cube))
            {
                return self.d * cube;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Gamma as Reference};

    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn samples_fit_the_gamma_distribution() {
        for shape in [0.3, 1.0, 2.5, 40.0] {
            let mut random = stream(7);
            let gamma = Gamma::new(shape).expect("the shape is above 0");
            let reference = Reference::new(shape, 1.0).expect("the shape is above 0");
            assert_fits(|| gamma.sample(&mut random), |x| reference.cdf(x));
        }
    }

    #[test]
    fn a_shape_of_zero_is_refused() {
        assert!(Gamma::new(0.0).is_none());
        assert!(Gamma::new(f64::NAN).is_none());
    }
}
