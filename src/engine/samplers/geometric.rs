//! The geometric distribution: failures before the first success.
//!
//! `P(n) = p (1-p)^n`, by inversion: `floor(ln U / ln(1-p))`, one word per draw
//! (Devroye 1986, Non-Uniform Random Variate Generation, p. 499).

use crate::engine::RandomStream;

/// Draws from the geometric distribution on 0, 1, 2, ...
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometric {
    log_failure: f64,
}

impl Geometric {
    /// Failures before a success of this chance; `None` unless `0 < chance <= 1`.
    pub fn new(chance: f64) -> Option<Geometric> {
        (chance > 0.0 && chance <= 1.0).then(|| Geometric { log_failure: libm::log1p(-chance) })
    }

    /// A count from exactly one word, with mean `(1-p)/p`; [`u64::MAX`] where it would not fit.
    #[inline]
    pub fn sample(&self, random: &mut RandomStream) -> u64 {
        // With chance 1 the divisor is minus infinity and the count 0.
        (libm::log(random.uniform_positive()) / self.log_failure) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_counts_fit, stream};

    #[test]
    fn counts_fit_the_geometric_distribution() {
        for chance in [0.9, 0.3, 0.02] {
            let mut random = stream(9);
            let geometric = Geometric::new(chance).expect("the chance is above 0");
            assert_counts_fit(
                || geometric.sample(&mut random),
                |n| chance * libm::pow(1.0 - chance, n as f64),
            );
        }
    }

    #[test]
    fn success_for_sure_never_waits() {
        let mut random = stream(10);
        let geometric = Geometric::new(1.0).expect("1 is a chance");
        assert!((0..1000).all(|_| geometric.sample(&mut random) == 0));
    }

    #[test]
    fn tiny_chances_wait_long_but_not_for_ever() {
        let mut random = stream(11);
        let geometric = Geometric::new(1e-6).expect("the chance is above 0");
        let mean = (0..10_000).map(|_| geometric.sample(&mut random) as f64).sum::<f64>() / 1e4;
        assert!((mean / 1e6 - 1.0).abs() < 0.05, "mean {mean}");
        assert!(Geometric::new(0.0).is_none() && Geometric::new(1.5).is_none());
    }
}
