//! Confidence interval of a mean over independent replications, and how many it takes.
//!
//! ```text
//! mean +- t(n-1, 1 - alpha/2) * s / sqrt(n),   s^2 = sum (x - mean)^2 / (n - 1)
//! ```
//!
//! Reference: Law, *Simulation Modeling and Analysis*, 5th ed. 2015, sections 9.4.1 (means over
//! replications, wanted precision) and 4.5; the running mean and sum of squares are those of
//! Welford, Technometrics 4 (1962) 419.
//!
//! Left out: intervals from inside one run, where ages depend on each other strongly; see
//! [`super::batch_means`].

use super::student;
use crate::results::Estimate;

/// How narrow an interval is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// A half-width of at most this, in the unit of the values; above 0.
    Absolute(f64),
    /// A half-width of at most this share of the true mean; above 0.
    Relative(f64),
}

/// Mean and standard deviation of some values.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moments {
    mean: f64,
    standard_deviation: f64,
}

/// The mean of one figure over replications with its two-sided interval of `confidence` (strictly
/// between 0 and 1). One value: no interval; none: [`Estimate::ABSENT`]. Values are finite.
pub fn t_interval(values: &[f64], confidence: f64) -> Estimate {
    let Some(moments) = moments(values) else {
        return Estimate::ABSENT;
    };
    if values.len() == 1 {
        return Estimate::point(moments.mean);
    }
    let half_width = half_width(moments, values.len(), confidence);
    Estimate {
        value: Some(moments.mean),
        low: Some(moments.mean - half_width),
        high: Some(moments.mean + half_width),
    }
}

/// The half-width of an estimate as a share of its value: `None` without an interval, and where
/// the value is 0 but its interval is not.
pub fn relative_half_width(estimate: &Estimate) -> Option<f64> {
    let (value, half_width) = (estimate.value?, estimate.half_width()?);
    if half_width == 0.0 {
        Some(0.0)
    } else if value == 0.0 {
        None
    } else {
        Some(half_width / value.abs())
    }
}

/// How many replications in all should give the wanted precision, judged by the spread of the
/// pilot `values` (at least two, else `None`): never less than there are, and `None` if more than
/// `at_most` are needed.
///
/// The smallest `i >= n` with `t(i-1) s / sqrt(i) <= wanted` (Law, 9.4.1). A relative precision g
/// is sought as `g / (1 + g)` of the pilot's mean, so that it holds for the true mean.
pub fn replications_needed(
    values: &[f64],
    confidence: f64,
    wanted: Precision,
    at_most: usize,
) -> Option<usize> {
    if values.len() < 2 {
        return None;
    }
    let moments = moments(values)?;
    let target = match wanted {
        Precision::Absolute(half_width) => half_width,
        Precision::Relative(share) => share / (1.0 + share) * moments.mean.abs(),
    };
    let is_enough = |count: usize| half_width(moments, count, confidence) <= target;
    let (mut low, mut high) = (values.len(), at_most.max(values.len()));
    if !is_enough(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low <= at_most).then_some(low)
}

/// The half-width that `count` (at least 2) values of such spread have.
fn half_width(moments: Moments, count: usize, confidence: f64) -> f64 {
    if moments.standard_deviation == 0.0 {
        return 0.0;
    }
    let count = count as f64;
    student::two_sided_quantile(confidence, count - 1.0) * moments.standard_deviation
        / libm::sqrt(count)
}

/// Mean and standard deviation; `None` of nothing. Identical values have exactly no spread.
fn moments(values: &[f64]) -> Option<Moments> {
    let (mut mean, mut squares, mut count) = (0.0, 0.0, 0.0);
    for &value in values {
        assert!(value.is_finite(), "a figure of a replication is {value}");
        count += 1.0;
        // The first difference is the value itself: written out, so that no rounding enters.
        let before = value - mean;
        mean = if count == 1.0 { value } else { mean + before / count };
        squares += before * (value - mean);
    }
    match values.len() {
        0 => None,
        1 => Some(Moments { mean, standard_deviation: 0.0 }),
        _ => Some(Moments { mean, standard_deviation: libm::sqrt(squares / (count - 1.0)) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_values_give_the_known_interval() {
        // Known answer: 0.987 +- 0.284786154, with t(9, 0.95) = 1.833.
        let values = [1.2, 0.5, 1.68, 1.26, 1.08, 0.42, 0.83, 0.21, 1.1, 1.59];
        let estimate = t_interval(&values, 0.9);
        let mean = estimate.value.expect("ten values have a mean");
        let half_width = estimate.half_width().expect("ten values have an interval");
        assert!((mean - 0.987).abs() < 1e-12, "{mean}");
        assert!((half_width - 0.284_786_154_303_814).abs() < 1e-9, "{half_width}");
    }

    #[test]
    fn nothing_has_no_figure_and_one_value_has_no_interval() {
        assert_eq!(t_interval(&[], 0.95), Estimate::ABSENT);
        assert_eq!(t_interval(&[3.5], 0.95), Estimate::point(3.5));
        assert_eq!(relative_half_width(&Estimate::point(3.5)), None);
    }

    #[test]
    fn identical_values_have_an_interval_of_no_width() {
        for value in [0.1, 1.0 / 3.0, 86_400.123_456_7, 0.0] {
            let estimate = t_interval(&[value; 20], 0.95);
            assert_eq!(estimate.value, Some(value));
            assert_eq!((estimate.low, estimate.high), (Some(value), Some(value)));
            assert_eq!(relative_half_width(&estimate), Some(0.0));
        }
    }

    #[test]
    fn a_large_offset_does_not_drown_the_spread() {
        let small = t_interval(&[1.0, 2.0, 3.0], 0.95).half_width();
        let large = t_interval(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0], 0.95).half_width();
        let (small, large) = (small.expect("three values"), large.expect("three values"));
        assert!((small - large).abs() < 1e-5, "{small} {large}");
    }

    #[test]
    fn the_relative_half_width_of_a_zero_mean_does_not_exist() {
        let estimate = t_interval(&[-1.0, 1.0], 0.95);
        assert_eq!(relative_half_width(&estimate), None);
        let negative = t_interval(&[-9.0, -10.0, -11.0], 0.95);
        assert!(relative_half_width(&negative).expect("a mean of -10") > 0.0);
    }

    #[test]
    fn the_replications_needed_are_the_smallest_number_that_is_enough() {
        let values = [10.0, 12.0, 9.0, 11.0, 13.0];
        let moments = moments(&values).expect("five values");
        for wanted in [0.05, 0.2, 0.7] {
            let precision = Precision::Absolute(wanted);
            let needed = replications_needed(&values, 0.95, precision, 1_000_000)
                .expect("a million replications are enough");
            assert!(half_width(moments, needed, 0.95) <= wanted);
            assert!(half_width(moments, needed - 1, 0.95) > wanted, "{needed}");
        }
    }

    #[test]
    fn a_relative_precision_is_sought_a_little_narrower() {
        let values = [10.0, 12.0, 9.0, 11.0, 13.0];
        let relative = replications_needed(&values, 0.95, Precision::Relative(0.05), 10_000);
        let absolute =
            replications_needed(&values, 0.95, Precision::Absolute(11.0 * 0.05 / 1.05), 10_000);
        assert_eq!(relative, absolute);
        assert!(relative.expect("enough") > values.len());
    }

    #[test]
    fn precise_enough_pilots_need_no_more_and_hopeless_ones_have_no_answer() {
        let precise = [5.0; 4];
        let needed = replications_needed(&precise, 0.95, Precision::Relative(0.01), 1000);
        assert_eq!(needed, Some(4));
        let wild = [0.0, 1000.0];
        let needed = replications_needed(&wild, 0.95, Precision::Absolute(0.001), 1000);
        assert_eq!(needed, None);
        assert_eq!(replications_needed(&[1.0], 0.95, Precision::Absolute(1.0), 1000), None);
    }

    #[test]
    #[should_panic(expected = "a figure of a replication is NaN")]
    fn a_figure_that_is_no_number_is_a_bug() {
        t_interval(&[1.0, f64::NAN], 0.95);
    }
}
