//! The uniform distribution: `low + (high - low) U`, one word per draw.

use crate::engine::RandomStream;

/// Draws uniformly between two finite numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    low: f64,
    width: f64,
}

impl Uniform {
    /// Uniform on `[low, high)`; `None` unless both are finite and `low <= high`.
    pub fn new(low: f64, high: f64) -> Option<Uniform> {
        let width = high - low;
        (width.is_finite() && width >= 0.0).then_some(Uniform { low, width })
    }

    /// A value from exactly one word.
    #[inline]
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        self.low + self.width * random.uniform()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn samples_fit_the_uniform_distribution() {
        let mut random = stream(5);
        let uniform = Uniform::new(2.0, 6.0).expect("2 is below 6");
        assert_fits(|| uniform.sample(&mut random), |x| ((x - 2.0) / 4.0).clamp(0.0, 1.0));
    }

    #[test]
    fn bounds_in_the_wrong_order_are_refused() {
        assert!(Uniform::new(2.0, 1.0).is_none());
        assert!(Uniform::new(f64::NAN, 1.0).is_none());
        assert!(Uniform::new(0.0, f64::INFINITY).is_none());
    }
}
