//! The difference of two variants that saw the same random numbers.
//!
//! Replication i of both variants has the same arrivals, sizes, marks and durations, so the
//! differences `other[i] - base[i]` are independent of each other and vary less than either side:
//!
//! ```text
//! mean(d) +- t(n-1, 1 - alpha/2) * s(d) / sqrt(n)
//! ```
//!
//! Reference: Law, *Simulation Modeling and Analysis*, 5th ed. 2015, section 10.2.1 (paired t) and
//! 11.2 (common random numbers).
//!
//! Left out: comparing more than two at once. With many pairs some differences look real by
//! chance; the report shows the intervals and picks no winner.

use super::interval::t_interval;
use crate::results::Estimate;

/// How much larger a figure is in `other` than in `base`, pair by pair, with its interval of
/// `confidence` (strictly between 0 and 1). Both have one value per replication, in the same order.
pub fn paired_difference(base: &[f64], other: &[f64], confidence: f64) -> Estimate {
    assert!(
        base.len() == other.len(),
        "paired values must be equally many: {} and {}",
        base.len(),
        other.len()
    );
    let differences: Vec<f64> = base.iter().zip(other).map(|(b, o)| o - b).collect();
    t_interval(&differences, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_pairs_give_the_interval_worked_out_by_hand() {
        // Differences 0.49, 1.11, -0.11, 0.39, 0.94.
        let base = [26.97, 26.71, 26.17, 26.37, 26.21];
        let other = [27.46, 27.82, 26.06, 26.76, 27.15];
        let estimate = paired_difference(&base, &other, 0.95);
        // mean 0.564, s^2 = 0.23238, t(4, 0.975) = 2.776445.
        let expected = 2.776_445_105 * libm::sqrt(0.232_38 / 5.0);
        assert!((estimate.value.expect("five pairs") - 0.564).abs() < 1e-9);
        let half_width = estimate.half_width().expect("five pairs");
        assert!((half_width - expected).abs() < 1e-6, "{half_width} {expected}");
    }

    #[test]
    fn a_constant_shift_is_known_exactly_however_much_the_pairs_vary() {
        let base = [1.0, 250.0, 31.0, 4.0];
        let other = base.map(|value| value + 2.0);
        let estimate = paired_difference(&base, &other, 0.95);
        assert_eq!((estimate.low, estimate.high), (Some(2.0), Some(2.0)));
    }

    #[test]
    #[should_panic(expected = "equally many: 1 and 2")]
    fn unequal_numbers_of_replications_are_a_bug() {
        paired_difference(&[1.0], &[1.0, 2.0], 0.95);
    }
}
