//! Percentiles of samples, and a distribution-free interval for a percentile.
//!
//! Empirical quantile q of n sorted values, linear between order statistics:
//!
//! ```text
//! h = (n - 1) q,   x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h])     (x from 0)
//! ```
//!
//! Interval for the q-quantile of any continuous law: the number of values below it is binomial
//! (n, q), so the order statistics with ranks l and u (from 1) enclose it with chance
//!
//! ```text
//! P(l <= X < u) = P(X <= u - 1) - P(X <= l - 1),   X ~ Binomial(n, q)
//! l = smallest k with P(X <= k) >= alpha/2,   u = 1 + smallest k with P(X <= k) >= 1 - alpha/2
//! ```
//!
//! Reference: Hyndman and Fan, The American Statistician 50 (1996) 361, definition 7; Conover,
//! *Practical Nonparametric Statistics*, 3rd ed. 1999, section 3.2.
//!
//! Left out: other definitions of a sample quantile, and intervals from dependent values.

use super::beta::{UnitPoint, regularized_incomplete_beta};

/// Ranks of the order statistics that enclose a quantile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankInterval {
    /// Rank of the lower end, from 1; `None`: no value is low enough, the interval is unbounded.
    pub lower_rank: Option<u64>,
    /// Rank of the upper end, up to n; `None`: no value is high enough.
    pub upper_rank: Option<u64>,
    /// The exact chance in `0..=1` that the interval encloses the quantile.
    pub coverage: f64,
}

/// The empirical quantile `q` (in `0..=1`) of values sorted in rising order; `None` of nothing.
pub fn empirical_quantile(sorted: &[f64], q: f64) -> Option<f64> {
    assert!((0.0..=1.0).contains(&q), "a quantile lies in 0 to 1: {q}");
    let last = sorted.len().checked_sub(1)?;
    let position = last as f64 * q;
    let below = (libm::floor(position) as usize).min(last);
    let above = (below + 1).min(last);
    let share = position - below as f64;
    Some(sorted[below] + share * (sorted[above] - sorted[below]))
}

/// Which order statistics of `count` (at least 1) independent values enclose the `q`-quantile
/// with at least `confidence`, with equal tails; both lie strictly between 0 and 1.
pub fn quantile_interval(count: u64, q: f64, confidence: f64) -> RankInterval {
    assert!(count > 0, "no values have no order statistics");
    assert!(
        q > 0.0 && q < 1.0 && confidence > 0.0 && confidence < 1.0,
        "quantile {q} and confidence {confidence} must lie between 0 and 1"
    );
    let tail = (1.0 - confidence) / 2.0;
    let law = Binomial { count, chance: q };
    let lower = law.quantile(tail);
    let upper = law.quantile(1.0 - tail) + 1;
    let below_lower = lower.checked_sub(1).map_or(0.0, |rank| law.cumulative(rank));
    RankInterval {
        lower_rank: (lower > 0).then_some(lower),
        upper_rank: (upper <= count).then_some(upper),
        coverage: law.cumulative(upper - 1) - below_lower,
    }
}

/// The number of successes in `count` independent tries of `chance`.
struct Binomial {
    count: u64,
    chance: f64,
}

impl Binomial {
    /// P(X <= k) = I_(1-p)(n - k, k + 1) (DLMF 8.17.5).
    fn cumulative(&self, k: u64) -> f64 {
        if k >= self.count {
            return 1.0;
        }
        let failure = UnitPoint::dividing(1.0 - self.chance, self.chance);
        regularized_incomplete_beta(failure, (self.count - k) as f64, k as f64 + 1.0)
    }

    /// The smallest k with P(X <= k) >= `probability`.
    fn quantile(&self, probability: f64) -> u64 {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cumulative(middle) >= probability {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_on_straight_lines_between_order_statistics() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (q, expected) in [(0.0, 1.0), (1.0 / 3.0, 2.0), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            let quantile = empirical_quantile(&sorted, q).expect("four values");
            assert!((quantile - expected).abs() < 1e-12, "{q}: {quantile}");
        }
    }

    #[test]
    fn the_quantile_of_one_value_is_it_and_of_nothing_is_absent() {
        assert_eq!(empirical_quantile(&[7.5], 0.99), Some(7.5));
        assert_eq!(empirical_quantile(&[], 0.5), None);
    }

    #[test]
    fn ranks_and_coverage_are_the_exact_binomial_ones() {
        // Known answer: n = 100, q = 0.95, 95 %: order statistics 90 and 100.
        let interval = quantile_interval(100, 0.95, 0.95);
        assert_eq!(interval.lower_rank, Some(90));
        assert_eq!(interval.upper_rank, Some(100));
        assert!((interval.coverage - 0.982_607_060_712_181_2).abs() < 1e-9);
    }

    #[test]
    fn a_median_of_few_values_is_enclosed_as_in_the_tables_of_the_sign_test() {
        // n = 10: ranks 2 and 9, coverage 1 - 2 (1 + 10)/1024.
        let interval = quantile_interval(10, 0.5, 0.95);
        assert_eq!((interval.lower_rank, interval.upper_rank), (Some(2), Some(9)));
        assert!((interval.coverage - (1.0 - 22.0 / 1024.0)).abs() < 1e-12);
    }

    #[test]
    fn a_high_quantile_of_few_values_has_no_upper_end() {
        let interval = quantile_interval(20, 0.99, 0.95);
        assert_eq!(interval.upper_rank, None);
        assert!(interval.lower_rank.is_some());
        let interval = quantile_interval(20, 0.01, 0.95);
        assert_eq!(interval.lower_rank, None);
    }

    #[test]
    fn the_binomial_law_agrees_with_adding_up_its_terms() {
        let law = Binomial { count: 30, chance: 0.3 };
        let (mut term, mut sum) = (1.0, 0.0);
        for _ in 0..30 {
            term *= 0.7;
        }
        for k in 0..=30u64 {
            sum += term;
            assert!((law.cumulative(k) - sum).abs() < 1e-12, "k {k}");
            term *= (30 - k) as f64 / (k as f64 + 1.0) * (0.3 / 0.7);
        }
    }

    #[test]
    fn the_coverage_is_never_below_the_confidence() {
        for count in [5, 37, 200, 5_000] {
            for q in [0.05, 0.5, 0.9, 0.99] {
                let interval = quantile_interval(count, q, 0.9);
                assert!(interval.coverage >= 0.9, "{count} {q}: {interval:?}");
            }
        }
    }
}
