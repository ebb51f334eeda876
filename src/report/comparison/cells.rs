//! Figures and verdicts of a comparison as short texts.

use super::super::figures::{self, ABSENT, Quantity};
use crate::results::{ComparisonVerdict, Estimate, MetricComparison, MetricUnit};

/// Base, other, and how much larger the other is, with the half-width of its interval.
pub(in crate::report) fn figures(metric: &MetricComparison) -> [String; 3] {
    let plain = |estimate: &Estimate| match estimate.value {
        Some(value) => number(value, metric.unit),
        None => ABSENT.to_owned(),
    };
    let difference = match (metric.verdict, metric.difference.value) {
        (ComparisonVerdict::Same, _) => "none".to_owned(),
        (_, None) => ABSENT.to_owned(),
        (_, Some(value)) => signed(value, &size(&metric.difference, value, metric.unit)),
    };
    [plain(&metric.base), plain(&metric.other), difference]
}

/// The difference as a share of the base's value; empty where it has none.
pub(super) fn relative(metric: &MetricComparison) -> String {
    match (metric.verdict, metric.relative()) {
        (ComparisonVerdict::Same, _) | (_, None) => String::new(),
        (_, Some(share)) => signed(share, &figures::plain(share.abs(), Quantity::Share)),
    }
}

/// The change in as few words as a sentence bears.
pub(super) fn change(metric: &MetricComparison) -> String {
    match (metric.relative(), metric.difference.value) {
        (Some(_), _) => relative(metric),
        (None, Some(value)) => signed(value, &number(value.abs(), metric.unit)),
        (None, None) => ABSENT.to_owned(),
    }
}

/// An amount in the unit of the metric.
pub(super) fn amount(metric: &MetricComparison, amount: f64) -> String {
    number(amount, metric.unit)
}

/// The verdict in one word.
pub(in crate::report) fn verdict(metric: &MetricComparison) -> &'static str {
    match metric.verdict {
        ComparisonVerdict::Better => "better",
        ComparisonVerdict::Worse if metric.is_regression => "worse",
        ComparisonVerdict::Worse => "tolerated",
        ComparisonVerdict::Same => "same",
        ComparisonVerdict::Undecided => "undecided",
        ComparisonVerdict::NotJudged => "–",
    }
}

fn signed(value: f64, size: &str) -> String {
    let digits = size.trim_start_matches('$').split(' ').next().unwrap_or_default();
    match value {
        // What is rounded to nothing has no direction.
        _ if digits.parse() == Ok(0.0) => size.to_owned(),
        _ if value > 0.0 => format!("+{size}"),
        _ if value < 0.0 => format!("-{size}"),
        _ => size.to_owned(),
    }
}

/// The size of a difference of this value, with the half-width of its interval.
fn size(difference: &Estimate, value: f64, unit: MetricUnit) -> String {
    let size = Estimate { value: Some(value.abs()), ..*difference };
    match quantity(unit) {
        Some(quantity) => figures::estimate(&size, quantity),
        None => figures::in_unit(&size, ""),
    }
}

fn number(value: f64, unit: MetricUnit) -> String {
    match quantity(unit) {
        Some(quantity) => figures::plain(value, quantity),
        None => figures::three_digits(value),
    }
}

/// What decides the unit that is written; `None`: a ratio has none.
fn quantity(unit: MetricUnit) -> Option<Quantity> {
    match unit {
        MetricUnit::Seconds => Some(Quantity::Seconds),
        MetricUnit::Count => Some(Quantity::Count),
        MetricUnit::UsDollars => Some(Quantity::Dollars),
        MetricUnit::Ratio => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_a_sign_and_no_digit_that_is_not_known() {
        let mut metric = MetricComparison {
            name: "cost_usd.total".to_owned(),
            unit: MetricUnit::UsDollars,
            base: Estimate::point(2.0),
            other: Estimate::point(1.5),
            difference: Estimate { value: Some(-0.5), low: Some(-0.54), high: Some(-0.46) },
            verdict: ComparisonVerdict::Better,
            allowed: None,
            is_regression: false,
        };
        assert_eq!(figures(&metric), ["$2", "$1.5", "-$0.50 ± 0.04"]);
        assert_eq!((relative(&metric), change(&metric)), ("-25 %".into(), "-25 %".into()));
        metric.difference = Estimate { value: Some(-0.004), low: Some(-0.3), high: Some(0.3) };
        assert_eq!(figures(&metric)[2], "$0.0 ± 0.3");
        metric.difference = Estimate { value: Some(-0.5), low: Some(-0.54), high: Some(-0.46) };
        metric.base = Estimate::point(0.0);
        metric.difference.value = Some(1.5);
        assert_eq!((relative(&metric), change(&metric)), (String::new(), "+$1.5".into()));
    }
}
