//! The hyperexponential distribution: a mixture of exponentials.
//!
//! One word chooses the branch, one gives `-mean ln U`: two words per draw, always.

use super::Exponential;
use crate::engine::RandomStream;

/// Draws from a mixture of exponentials.
#[derive(Debug, Clone, PartialEq)]
pub struct Hyperexponential {
    /// Chance of this or an earlier branch, and the branch's mean.
    branches: Box<[(f64, f64)]>,
}

impl Hyperexponential {
    /// The mixture of branches (chance, mean); `None` unless there is a branch, no chance or
    /// mean is negative, all are finite and the chances add up to 1 within 1e-9.
    pub fn new(branches: impl IntoIterator<Item = (f64, f64)>) -> Option<Hyperexponential> {
        let mut sum = 0.0;
        let mut cumulative = Vec::new();
        for (chance, mean) in branches {
            if !(chance >= 0.0 && mean >= 0.0 && mean.is_finite()) {
                return None;
            }
            sum += chance;
            cumulative.push((sum, mean));
        }
        // An infinite or undefined sum fails this comparison too; so does no branch at all.
        let is_whole = (sum - 1.0).abs() <= 1e-9;
        is_whole.then_some(Hyperexponential { branches: cumulative.into() })
    }

    /// A value `>= 0` from exactly two words.
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        let choice = random.uniform();
        let last = self.branches.len() - 1;
        let branch = self.branches.partition_point(|&(sum, _)| sum <= choice).min(last);
        self.branches[branch].1 * Exponential::invert(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn samples_fit_the_mixture() {
        let mut random = stream(12);
        let mixture = Hyperexponential::new([(0.9, 0.5), (0.1, 5.5)]).expect("chances add up");
        assert_fits(
            || mixture.sample(&mut random),
            |x| -(0.9 * libm::expm1(-x / 0.5) + 0.1 * libm::expm1(-x / 5.5)),
        );
    }

    #[test]
    fn chances_that_do_not_add_up_are_refused() {
        assert!(Hyperexponential::new([(0.9, 1.0)]).is_none());
        assert!(Hyperexponential::new([]).is_none());
        assert!(Hyperexponential::new([(1.0, -1.0)]).is_none());
    }
}
