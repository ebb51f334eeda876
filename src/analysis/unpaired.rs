//! The difference of two figures from runs that share no random numbers, or of which only means
//! and intervals are left.
//!
//! ```text
//! d = other - base,   v = half_width / t(n-1, 1 - alpha/2)   for each side (squared: s^2 / n)
//! d +- t(f, 1 - alpha/2) * sqrt(v_b^2 + v_o^2)
//! f = (v_b^2 + v_o^2)^2 / (v_b^4 / (n_b - 1) + v_o^4 / (n_o - 1))
//!   = 1 / (w_b^2 / (n_b - 1) + w_o^2 / (n_o - 1)),   w = v^2 / (v_b^2 + v_o^2)
//! ```
//!
//! Reference: Welch, Biometrika 34 (1947) 28; Law, *Simulation Modeling and Analysis*, 5th ed.
//! 2015, section 10.2.2.
//!
//! Left out: what two runs with the same random numbers have in common. It makes their
//! difference better known than this interval says.

use super::student;
use crate::results::Estimate;

/// A figure with the number of values that its interval is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// The figure with its interval.
    pub estimate: Estimate,
    /// Values behind it, at least 2 where there is an interval.
    pub values: u32,
}

/// How much larger a figure is in `other` than in `base`, with its interval of `confidence`
/// (strictly between 0 and 1), which is also that of both sides.
pub fn unpaired_difference(base: &Side, other: &Side, confidence: f64) -> Estimate {
    let (Some(from), Some(to)) = (base.estimate.value, other.estimate.value) else {
        return Estimate::ABSENT;
    };
    let difference = to - from;
    let (Some(of_base), Some(of_other)) =
        (squared_error(base, confidence), squared_error(other, confidence))
    else {
        return Estimate::point(difference);
    };
    let sum = of_base + of_other;
    let half_width = match sum > 0.0 {
        true => {
            let [base_freedom, other_freedom] =
                [base, other].map(|side| f64::from(side.values) - 1.0);
            // Of shares, since fourth powers of small and large figures are 0 or infinite.
            let [base_share, other_share] = [of_base / sum, of_other / sum];
            let freedom = 1.0
                / (base_share * base_share / base_freedom
                    + other_share * other_share / other_freedom);
            student::two_sided_quantile(confidence, freedom) * libm::sqrt(sum)
        }
        false => 0.0,
    };
    Estimate {
        value: Some(difference),
        low: Some(difference - half_width),
        high: Some(difference + half_width),
    }
}

/// Square of the standard error of a mean, from its interval.
fn squared_error(side: &Side, confidence: f64) -> Option<f64> {
    let half_width = side.estimate.half_width()?;
    if side.values < 2 {
        return None;
    }
    let quantile = student::two_sided_quantile(confidence, f64::from(side.values) - 1.0);
    Some((half_width / quantile) * (half_width / quantile))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::t_interval;

    fn side(values: &[f64]) -> Side {
        Side { estimate: t_interval(values, 0.95), values: values.len() as u32 }
    }

    #[test]
    fn the_interval_is_as_much_larger_as_the_figures_whatever_their_size() {
        let half_width = |size: f64| {
            let side = |values: &[f64]| side(&values.iter().map(|v| v * size).collect::<Vec<_>>());
            let estimate =
                unpaired_difference(&side(&[1.0, 2.0, 4.0]), &side(&[8.0, 10.0, 12.0]), 0.95);
            estimate.half_width().expect("both sides have one") / size
        };
        for size in [1e-140, 1e-100, 1e100, 1e140] {
            assert!((half_width(size) / half_width(1.0) - 1.0).abs() < 1e-9, "{size}");
        }
    }

    #[test]
    fn two_samples_give_the_interval_worked_out_by_hand() {
        // Means 3 and 10, s^2 / n = 2.5 / 5 = 0.5 and 4 / 3: f = (11/6)^2 / (0.0625 + 0.8889)
        // = 3.5328, sqrt(11/6) = 1.354, t(3.5328, 0.975) = 2.928.
        let estimate =
            unpaired_difference(&side(&[1.0, 2.0, 3.0, 4.0, 5.0]), &side(&[8.0, 10.0, 12.0]), 0.95);
        assert_eq!(estimate.value, Some(7.0));
        let half_width = estimate.half_width().expect("both sides have one");
        let expected = student::two_sided_quantile(0.95, 3.532_846_7) * libm::sqrt(11.0 / 6.0);
        assert!((half_width - expected).abs() < 1e-6, "{half_width} {expected}");
        assert!((3.9..4.05).contains(&half_width), "{half_width}");
    }

    #[test]
    fn exact_figures_differ_exactly_and_single_values_have_no_interval() {
        let exact = unpaired_difference(&side(&[2.0, 2.0]), &side(&[5.0, 5.0]), 0.95);
        assert_eq!((exact.low, exact.high), (Some(3.0), Some(3.0)));
        let single = unpaired_difference(&side(&[2.0]), &side(&[5.0, 6.0]), 0.95);
        assert_eq!(single, Estimate::point(3.5));
        let absent = Side { estimate: Estimate::ABSENT, values: 0 };
        assert_eq!(unpaired_difference(&absent, &exact_side(), 0.95), Estimate::ABSENT);
    }

    fn exact_side() -> Side {
        side(&[2.0, 2.0])
    }
}
