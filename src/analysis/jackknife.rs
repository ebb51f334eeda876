//! Interval of a ratio of two means, such as cost per record, by the jackknife.
//!
//! Replication i gives a pair (x_i, y_i), for example dollars and records; wanted is the ratio of
//! their means. The ratio of the sums is biased; leaving out one pair at a time shows by how much:
//!
//! ```text
//! r     = sum x / sum y,      r_(-i) = the same without pair i
//! J_i   = n r - (n - 1) r_(-i)
//! ratio = mean(J) +- t(n-1, 1 - alpha/2) * s(J) / sqrt(n)
//! ```
//!
//! Reference: Law, *Simulation Modeling and Analysis*, 5th ed. 2015, section 9.5.3 (ratio
//! estimators); Quenouille, Biometrika 43 (1956) 353; Miller, Biometrika 61 (1974) 1.
//!
//! Left out: leaving out groups, and functions of means other than a ratio.

use super::interval::t_interval;
use crate::results::Estimate;

/// A numerator with its denominator, both finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// What is divided.
    pub numerator: f64,
    /// What it is divided by, 0 or more.
    pub denominator: f64,
}

/// The ratio of the means of numerators and denominators, with its interval of `confidence`
/// (strictly between 0 and 1). Absent where the denominators add up to 0; without an interval
/// where they do so with one pair left out, as with a single pair.
pub fn ratio_interval(pairs: &[Pair], confidence: f64) -> Estimate {
    let numerators: f64 = pairs.iter().map(|pair| pair.numerator).sum();
    let denominators: f64 = pairs.iter().map(|pair| pair.denominator).sum();
    if denominators == 0.0 {
        return Estimate::ABSENT;
    }
    let ratio = numerators / denominators;
    let count = pairs.len() as f64;
    let without = |pair: &Pair| {
        let rest = denominators - pair.denominator;
        (rest > 0.0).then(|| (numerators - pair.numerator) / rest)
    };
    let pseudo = |without: f64| count * ratio - (count - 1.0) * without;
    let left_out: Option<Vec<f64>> = pairs.iter().map(|pair| without(pair).map(pseudo)).collect();
    match left_out {
        Some(values) if values.len() > 1 => t_interval(&values, confidence),
        Some(_) | None => Estimate::point(ratio),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(values: &[(f64, f64)]) -> Vec<Pair> {
        let pair = |&(numerator, denominator): &(f64, f64)| Pair { numerator, denominator };
        values.iter().map(pair).collect()
    }

    #[test]
    fn equal_denominators_give_the_t_interval_of_the_quotients() {
        let values = [3.0, 5.0, 4.0, 8.0];
        let both: Vec<(f64, f64)> = values.iter().map(|value| (value * 2.0, 2.0)).collect();
        let (ours, plain) = (ratio_interval(&pairs(&both), 0.9), t_interval(&values, 0.9));
        assert!((ours.value.expect("a mean") - 5.0).abs() < 1e-12);
        let (ours, plain) = (ours.half_width().expect("four"), plain.half_width().expect("four"));
        assert!((ours - plain).abs() < 1e-12, "{ours} {plain}");
    }

    #[test]
    fn three_pairs_give_the_interval_worked_out_by_hand() {
        // r = 10/5; without each: 9/4, 7/3, 4/3; J = 3*2 - 2*r(-i) = 1.5, 4/3, 10/3.
        let estimate = ratio_interval(&pairs(&[(1.0, 1.0), (3.0, 2.0), (6.0, 2.0)]), 0.95);
        let mean = (1.5 + 4.0 / 3.0 + 10.0 / 3.0) / 3.0;
        assert!((estimate.value.expect("three") - mean).abs() < 1e-12);
        // s = 1.109929.., t(2, 0.975) = 4.302653.
        let expected = 4.302_652_73 * libm::sqrt(1.231_481_481_5 / 3.0);
        let half_width = estimate.half_width().expect("three");
        assert!((half_width - expected).abs() < 1e-6, "{half_width} {expected}");
    }

    #[test]
    fn nothing_to_divide_by_has_no_ratio_and_one_pair_no_interval() {
        assert_eq!(ratio_interval(&[], 0.95), Estimate::ABSENT);
        assert_eq!(ratio_interval(&pairs(&[(1.0, 0.0), (2.0, 0.0)]), 0.95), Estimate::ABSENT);
        assert_eq!(ratio_interval(&pairs(&[(3.0, 2.0)]), 0.95), Estimate::point(1.5));
        let lonely = pairs(&[(3.0, 2.0), (0.0, 0.0)]);
        assert_eq!(ratio_interval(&lonely, 0.95), Estimate::point(1.5));
    }
}
