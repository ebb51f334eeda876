//! Whether estimates agree with a known answer.
//!
//! | tolerance | passes when |
//! |---|---|
//! | abs | every element is within `abs` of its value |
//! | rel | the mean, or each element, is within `rel` times the value |
//! | tv | half the sum of absolute differences of the averaged lists is at most `tv` |
//! | range | the mean lies between the two values |
//! | ci | `abs(mean - value) <= t s / sqrt(n) + slack_rel value`, and it is precise |
//!
//! `t` is the two-sided Student quantile with `n - 1` degrees of freedom ([`t_interval`]). Precise
//! means a half-width at 95 % of at most `max_rel_halfwidth95` times the value: without it a short
//! run would pass whatever the model does.

use super::item::{Answer, Tolerance};
use crate::analysis::t_interval;
use crate::results::Estimate;

/// What became of the comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The estimates agree.
    pub passes: bool,
    /// Mean of the estimates.
    pub got: Option<Answer>,
    /// Mean of the estimates with its 95 % interval, where the answer is one number.
    pub estimate: Estimate,
    /// How far from the value would do, for a narrow column.
    pub allowed: String,
    /// How far off, and how far would do.
    pub detail: String,
}

/// How far from `value` a tolerance lets an answer be, apart from the interval of `ci`.
pub fn allowed_by(tolerance: Tolerance, value: &Answer) -> String {
    match tolerance {
        Tolerance::Abs { abs: 0.0 } => "exact".to_owned(),
        Tolerance::Abs { abs } => format!("± {abs}"),
        Tolerance::Rel { rel } => match value {
            Answer::Number(value) => format!("± {}", significant(rel * value.abs())),
            Answer::List(_) | Answer::Rows(_) | Answer::Named(_) => {
                format!("± {} %", significant(100.0 * rel))
            }
        },
        Tolerance::Tv { tv } => format!("distance {tv}"),
        Tolerance::Range { low, high } => format!("{low} to {high}"),
        Tolerance::Ci { .. } => "within the interval".to_owned(),
    }
}

/// Three significant digits.
fn significant(number: f64) -> String {
    let text = format!("{number:.2e}");
    text.parse::<f64>().map_or(text, |rounded| rounded.to_string())
}

/// Compares the estimates of all replications with `value`.
pub fn judge(tolerance: Tolerance, value: &Answer, estimates: &[Answer]) -> Verdict {
    let Some(got) = averaged(estimates) else {
        let detail = "the run gave nothing to estimate it from".to_owned();
        let allowed = allowed_by(tolerance, value);
        return Verdict { passes: false, got: None, estimate: Estimate::ABSENT, allowed, detail };
    };
    let numbers: Vec<f64> = estimates.iter().filter_map(number).collect();
    let estimate = t_interval(&numbers, 0.95);
    let mut allowed = allowed_by(tolerance, value);
    let (passes, detail) = match (tolerance, value, &got) {
        (
            Tolerance::Ci { confidence, slack_rel, max_rel_halfwidth95 },
            Answer::Number(value),
            _,
        ) => {
            let bounds = Bounds { confidence, slack_rel, max_rel_halfwidth95 };
            if let Some(half_width) = t_interval(&numbers, confidence).half_width() {
                let slack = slack_rel * value.abs();
                allowed = format!("± {}", significant(half_width + slack));
            }
            bounds.check(*value, &numbers)
        }
        (Tolerance::Rel { rel }, Answer::Number(value), Answer::Number(got)) => {
            let off = (got - value).abs();
            (
                off <= rel * value.abs(),
                format!("off by {off:.3e}, allowed {:.3e}", rel * value.abs()),
            )
        }
        (Tolerance::Rel { rel }, Answer::List(value), Answer::List(got)) => {
            let shares =
                value.iter().zip(got).map(|(value, got)| (got - value).abs() / value.abs());
            let off = shares.fold(0.0, f64::max);
            let passes = value.len() == got.len() && off <= rel;
            (passes, format!("off by a share of {off:.3e}, allowed {rel:.3e}"))
        }
        (Tolerance::Range { low, high }, _, Answer::Number(got)) => {
            (low <= *got && *got <= high, format!("allowed {low} to {high}"))
        }
        (Tolerance::Tv { tv }, Answer::List(value), Answer::List(got)) => {
            let distance = 0.5 * differences(value, got).map_or(f64::INFINITY, |d| d.iter().sum());
            (distance <= tv, format!("distance {distance:.3e}, allowed {tv:.3e}"))
        }
        (Tolerance::Abs { abs }, value, got) => match largest_difference(value, got) {
            Some(off) => (off <= abs, format!("off by {off:.3e}, allowed {abs:.3e}")),
            None => (false, "it has another shape".to_owned()),
        },
        _ => (false, "its tolerance does not fit its value".to_owned()),
    };
    Verdict { passes, got: Some(got), estimate, allowed, detail }
}

/// The numbers of a `ci` tolerance.
struct Bounds {
    confidence: f64,
    slack_rel: f64,
    max_rel_halfwidth95: f64,
}

impl Bounds {
    fn check(&self, value: f64, estimates: &[f64]) -> (bool, String) {
        let interval = t_interval(estimates, self.confidence);
        let (Some(mean), Some(half_width), Some(precision)) =
            (interval.value, interval.half_width(), t_interval(estimates, 0.95).half_width())
        else {
            return (false, "an interval needs several replications".to_owned());
        };
        let off = (mean - value).abs();
        let allowed = half_width + self.slack_rel * value.abs();
        let precise = self.max_rel_halfwidth95 * value.abs();
        let detail = format!(
            "off by {off:.3e}, allowed {allowed:.3e}; half-width at 95 % {precision:.3e}, \
             allowed {precise:.3e}; {} replications",
            estimates.len()
        );
        (off <= allowed && precision <= precise, detail)
    }
}

fn number(answer: &Answer) -> Option<f64> {
    match answer {
        Answer::Number(number) => Some(*number),
        Answer::List(_) | Answer::Rows(_) | Answer::Named(_) => None,
    }
}

/// The mean over replications: of numbers, element by element of lists, the first one of rows.
fn averaged(estimates: &[Answer]) -> Option<Answer> {
    let count = estimates.len() as f64;
    Some(match estimates.first()? {
        Answer::Number(_) => {
            let numbers: Vec<f64> = estimates.iter().filter_map(number).collect();
            Answer::Number(t_interval(&numbers, 0.95).value?)
        }
        Answer::List(first) => {
            let mut sums = vec![0.0; first.len()];
            for estimate in estimates {
                if let Answer::List(list) = estimate {
                    sums.iter_mut().zip(list).for_each(|(sum, element)| *sum += element / count);
                }
            }
            Answer::List(sums)
        }
        first @ (Answer::Rows(_) | Answer::Named(_)) => first.clone(),
    })
}

fn differences(expected: &[f64], got: &[f64]) -> Option<Vec<f64>> {
    let pairs = expected.iter().zip(got);
    (expected.len() == got.len()).then(|| pairs.map(|(a, b)| (a - b).abs()).collect())
}

/// The largest difference of any element; `None` where the shapes differ.
pub fn largest_difference(expected: &Answer, got: &Answer) -> Option<f64> {
    let largest = |all: Vec<f64>| all.into_iter().fold(0.0, f64::max);
    match (expected, got) {
        (Answer::Number(expected), Answer::Number(got)) => Some((expected - got).abs()),
        (Answer::List(expected), Answer::List(got)) => differences(expected, got).map(largest),
        (Answer::Rows(expected), Answer::Rows(got)) if expected.len() == got.len() => {
            let rows = expected.iter().zip(got);
            let differences: Option<Vec<Vec<f64>>> =
                rows.map(|(expected, got)| differences(expected, got)).collect();
            differences.map(|rows| largest(rows.concat()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(numbers: &[f64]) -> Vec<Answer> {
        numbers.iter().map(|number| Answer::Number(*number)).collect()
    }

    #[test]
    fn an_interval_must_cover_the_value_and_be_narrow() {
        let ci = |width| Tolerance::Ci {
            confidence: 0.999,
            slack_rel: 0.001,
            max_rel_halfwidth95: width,
        };
        let estimates = numbers(&[9.9, 10.1, 10.0, 10.05, 9.95]);
        let passes =
            |value: f64, width: f64| judge(ci(width), &Answer::Number(value), &estimates).passes;
        assert!(passes(10.0, 0.02));
        assert!(passes(10.2, 0.02));
        assert!(!passes(10.5, 0.02), "it is off by more than the interval");
        assert!(!passes(10.0, 0.005), "it is not precise enough");
        assert!(!judge(ci(0.02), &Answer::Number(10.0), &numbers(&[10.0])).passes);
    }

    #[test]
    fn lists_and_rows_are_compared_element_by_element() {
        let list = |list: &[f64]| Answer::List(list.to_vec());
        let abs = Tolerance::Abs { abs: 0.01 };
        assert!(judge(abs, &list(&[1.0, 2.0]), &[list(&[1.005, 2.0])]).passes);
        assert!(!judge(abs, &list(&[1.0, 2.0]), &[list(&[1.0, 2.02])]).passes);
        assert!(!judge(abs, &list(&[1.0, 2.0]), &[list(&[1.0])]).passes);
        let rows = |last: f64| Answer::Rows(vec![vec![1.0], vec![2.0, last]]);
        assert!(judge(abs, &rows(3.0), &[rows(3.0)]).passes);
        assert!(!judge(abs, &rows(3.0), &[rows(4.0)]).passes);
        let tv = Tolerance::Tv { tv: 0.1 };
        let halves = [list(&[0.4, 0.6]), list(&[0.6, 0.4])];
        assert!(judge(tv, &list(&[0.5, 0.5]), &halves).passes);
        assert!(!judge(tv, &list(&[0.7, 0.3]), &halves).passes);
    }

    #[test]
    fn a_run_without_an_estimate_does_not_pass() {
        let range = Tolerance::Range { low: 0.0, high: 1e9 };
        assert!(!judge(range, &Answer::Number(1.0), &[]).passes);
    }
}
