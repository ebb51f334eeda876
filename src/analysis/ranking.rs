//! How to share out a budget of replications so that the smallest mean is found: OCBA.
//!
//! With b the design of the smallest mean, `d_i = mean_i - mean_b` and deviations `s_i`, the
//! chance to pick the right design is, asymptotically, largest for
//!
//! ```text
//! N_i / N_j = ((s_i / d_i) / (s_j / d_j))^2      i, j other than b
//! N_b       = s_b sqrt(sum_(i != b) N_i^2 / s_i^2)
//! ```
//!
//! Designs that are close to the best or vary much get more. Reference: Chen, Lin, Yücesan and
//! Chick, Discrete Event Dynamic Systems 10 (2000) 251.
//!
//! Left out: rounding to whole replications, and the sequential procedure around the allocation,
//! which is the caller's.

/// A design as a pilot sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Mean of the figure that is to be small; finite.
    pub mean: f64,
    /// Its standard deviation over replications, 0 or more.
    pub standard_deviation: f64,
}

/// Why there is no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAllocation {
    /// There is nothing to choose from.
    #[error("there are no designs to choose from")]
    Nothing,
    /// Several designs share the smallest mean: no budget tells them apart.
    #[error("designs {first} and {second} (from 0) share the smallest mean")]
    Tie {
        /// One of them.
        first: usize,
        /// The next.
        second: usize,
    },
    /// Nothing varies, so a single replication of each tells.
    #[error("no design but the best varies, so nothing is left to decide by replications")]
    Certain,
}

/// The share of `budget` (above 0) for each candidate, in their order and not rounded; the shares
/// add up to the budget.
///
/// # Errors
/// Where the rule gives none.
pub fn ocba_allocation(candidates: &[Candidate], budget: f64) -> Result<Vec<f64>, NoAllocation> {
    let by_mean =
        |one: &usize, other: &usize| candidates[*one].mean.total_cmp(&candidates[*other].mean);
    let best = (0..candidates.len()).min_by(by_mean).ok_or(NoAllocation::Nothing)?;
    if candidates.len() == 1 {
        return Ok(vec![budget]);
    }
    let is_tied = |&index: &usize| index != best && candidates[index].mean == candidates[best].mean;
    if let Some(second) = (0..candidates.len()).find(is_tied) {
        return Err(NoAllocation::Tie { first: best, second });
    }
    let weight = |(index, candidate): (usize, &Candidate)| {
        if index == best {
            return 0.0;
        }
        let noise = candidate.standard_deviation / (candidate.mean - candidates[best].mean);
        noise * noise
    };
    let mut weights: Vec<f64> = candidates.iter().enumerate().map(weight).collect();
    // N_i / s_i is 0 where s_i is: such a design gets nothing.
    let varying = candidates.iter().zip(&weights).filter(|(_, weight)| **weight > 0.0);
    let squares = varying.map(|(candidate, weight)| {
        let share = weight / candidate.standard_deviation;
        share * share
    });
    weights[best] = candidates[best].standard_deviation * libm::sqrt(squares.sum());
    let total: f64 = weights.iter().sum();
    if total == 0.0 {
        return Err(NoAllocation::Certain);
    }
    Ok(weights.iter().map(|weight| budget * weight / total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(values: &[(f64, f64)]) -> Vec<Candidate> {
        let candidate =
            |&(mean, standard_deviation): &(f64, f64)| Candidate { mean, standard_deviation };
        values.iter().map(candidate).collect()
    }

    #[test]
    fn a_pair_shares_its_budget_by_deviation() {
        // With two designs N_b/N_i = s_b/s_i.
        let shares = ocba_allocation(&candidates(&[(5.0, 3.0), (4.0, 1.0)]), 100.0);
        let shares = shares.expect("the means differ");
        assert!((shares[0] - 75.0).abs() < 1e-12 && (shares[1] - 25.0).abs() < 1e-12);
    }

    #[test]
    fn the_ratios_are_those_of_the_rule() {
        let all = candidates(&[(2.0, 0.3), (1.0, 0.5), (1.4, 0.8), (3.0, 0.2)]);
        let shares = ocba_allocation(&all, 240.0).expect("the means differ");
        assert!((shares.iter().sum::<f64>() - 240.0).abs() < 1e-9);
        let ratio = (0.3 / 1.0) / (0.8 / 0.4);
        assert!((shares[0] / shares[2] - ratio * ratio).abs() < 1e-12);
        let squares = [0, 2, 3].map(|i| {
            let share = shares[i] / all[i].standard_deviation;
            share * share
        });
        let best = 0.5 * libm::sqrt(squares.iter().sum::<f64>());
        assert!((shares[1] - best).abs() < 1e-9);
    }

    #[test]
    fn what_the_rule_does_not_cover_is_said() {
        assert_eq!(ocba_allocation(&[], 10.0), Err(NoAllocation::Nothing));
        let tied = candidates(&[(1.0, 1.0), (2.0, 1.0), (1.0, 1.0)]);
        assert_eq!(ocba_allocation(&tied, 10.0), Err(NoAllocation::Tie { first: 0, second: 2 }));
        let certain = candidates(&[(1.0, 0.0), (2.0, 0.0)]);
        assert_eq!(ocba_allocation(&certain, 10.0), Err(NoAllocation::Certain));
        assert_eq!(ocba_allocation(&candidates(&[(1.0, 0.0)]), 10.0), Ok(vec![10.0]));
    }
}
