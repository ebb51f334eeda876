//! The Erlang distribution: the sum of `k` exponential stages, scaled to mean 1.
//!
//! A gamma distribution with whole shape `k`, divided by `k`. Few stages are added up, which is
//! faster than rejection; many go through [`Gamma`]. The number of words varies.

use super::{Exponential, Gamma};
use crate::engine::RandomStream;

/// Up to here stages are drawn one by one.
const ADDED_STAGES: u32 = 8;

/// Draws from the Erlang distribution with mean 1.
#[derive(Debug, Clone, Copy)]
pub struct Erlang {
    stages: u32,
    gamma: Gamma,
    exponential: Exponential,
}

impl Erlang {
    /// The distribution with this many stages; `None` for 0.
    pub fn new(stages: u32) -> Option<Erlang> {
        Some(Erlang {
            stages,
            gamma: Gamma::new(f64::from(stages))?,
            exponential: Exponential::new(),
        })
    }

    /// A value `>= 0` with mean 1 and variance `1 / stages`.
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        let sum = if self.stages <= ADDED_STAGES {
            (0..self.stages).map(|_| self.exponential.sample(random)).sum()
        } else {
            self.gamma.sample(random)
        };
        sum / f64::from(self.stages)
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Erlang as Reference};

    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn samples_fit_the_erlang_distribution_with_mean_1() {
        for stages in [1, 3, 8, 20] {
            let mut random = stream(8);
            let erlang = Erlang::new(stages).expect("there is a stage");
            let reference =
                Reference::new(u64::from(stages), f64::from(stages)).expect("there is a stage");
            assert_fits(|| erlang.sample(&mut random), |x| reference.cdf(x));
        }
    }

    #[test]
    fn no_stages_are_refused() {
        assert!(Erlang::new(0).is_none());
    }
}
