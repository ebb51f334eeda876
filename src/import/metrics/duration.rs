//! `function.duration` from the percentiles of `Duration`.
//!
//! Each period gives some percentiles of its own. They make a distribution function that is
//! straight between two percentiles; the whole is the mixture of all periods, weighted by their
//! invocations:
//!
//! ```text
//! F(x) = sum_i n_i F_i(x) / sum_i n_i,   quantile(p) = min { x : F(x) >= p }
//! ```
//!
//! Averaging the percentiles themselves would be wrong: a percentile of a whole is not the mean of
//! the percentiles of its parts. Below the lowest and above the highest percentile given
//! (`Minimum` and `Maximum` where they are there) nothing is made up. Left out: how the duration
//! depends on the size of the batch, which the metric does not tell.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, InlineTable};

use super::super::problem::Problem;
use super::{Making, commented, short, table};
use crate::scenario::cloudwatch::MetricSeries;

/// Percentiles of one period with its weight.
#[derive(Debug, Clone, PartialEq)]
struct Period {
    weight: f64,
    /// Probability and milliseconds, both rising.
    points: Vec<(f64, f64)>,
}

/// Puts `function.duration` into the scenario.
pub fn put(making: &mut Making<'_>, document: &mut DocumentMut) -> Result<(), Problem> {
    let mut by_time: BTreeMap<i64, Vec<(f64, f64)>> = BTreeMap::new();
    let mut averages: BTreeMap<i64, f64> = BTreeMap::new();
    let mut file = String::new();
    for (name, series) in making.all().filter(|(_, series)| is_duration(series)) {
        file = name.to_owned();
        match series.statistic.as_deref() {
            Some("Average") | None => averages.extend(series.points.iter().copied()),
            Some(statistic) => {
                let Some(probability) = probability(statistic) else { continue };
                for (time, value) in &series.points {
                    by_time.entry(*time).or_default().push((probability, *value));
                }
            }
        }
    }
    let weights = weights(making);
    let weight = |time: &i64| match weights.is_empty() {
        true => 1.0,
        false => weights.get(time).copied().unwrap_or(0.0),
    };
    let file = short(&file);
    let comment = format!("`Duration` of {file}; it says nothing of the size of the batch");
    if by_time.is_empty() {
        let total: f64 = averages.keys().map(weight).sum();
        if total <= 0.0 {
            return Err(making.lacking("has no metric `Duration`"));
        }
        let mean = averages.iter().map(|(time, value)| weight(time) * value).sum::<f64>() / total;
        let text = milliseconds(mean);
        table(document, "function")?["duration"] = commented(text.as_str(), &comment);
        making.notes.push(format!("duration: {text} always; for its spread give percentiles"));
        return Ok(());
    }
    let periods: Vec<Period> = by_time
        .iter()
        .map(|(time, points)| Period { weight: weight(time), points: rising(points.clone()) })
        .filter(|period| period.weight > 0.0)
        .collect();
    if periods.is_empty() {
        return Err(making.lacking("has no invocation in any period with a duration"));
    }
    let probabilities = probabilities(&periods);
    let mut empirical = InlineTable::new();
    let mut shown = Vec::new();
    for probability in probabilities {
        let value = milliseconds(quantile(&periods, probability));
        let key = format!("p{}", percent(probability));
        shown.push(format!("{key} {value}"));
        empirical.insert(&key, value.into());
    }
    let mut duration = InlineTable::new();
    duration.insert("empirical", empirical.into());
    table(document, "function")?["duration"] = commented(duration, &comment);
    let weighted = if weights.is_empty() { "all alike" } else { "weighted by invocations" };
    let count = periods.len();
    making.notes.push(format!("duration: {}", shown.join(", ")));
    making.notes.push(format!("    from {count} periods of {file}, {weighted}"));
    Ok(())
}

fn is_duration(series: &MetricSeries) -> bool {
    let others = ["PostRuntimeExtensionsDuration", "InitDuration", "RestoreDuration"];
    series.is_named("Duration") && !others.iter().any(|other| series.is_named(other))
}

/// Invocations of each period, where some metric tells them.
fn weights(making: &Making<'_>) -> BTreeMap<i64, f64> {
    let counted = making.all().find(|(_, series)| {
        is_duration(series) && series.statistic.as_deref() == Some("SampleCount")
    });
    let found = counted.or_else(|| making.find("Invocations", &["Sum"]));
    found.map(|(_, series)| series.points.iter().copied().collect()).unwrap_or_default()
}

fn probability(statistic: &str) -> Option<f64> {
    match statistic {
        "Minimum" => Some(0.0),
        "Maximum" => Some(1.0),
        _ => {
            let percent: f64 = statistic.strip_prefix('p')?.parse().ok()?;
            Some(percent / 100.0)
        }
    }
}

/// Points in order; a value below the one before it is lifted, as rounding may cause it.
fn rising(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
    points.dedup_by_key(|point| point.0);
    for index in 1..points.len() {
        points[index].1 = points[index].1.max(points[index - 1].1);
    }
    points
}

/// All probabilities that some period gives, and both ends.
fn probabilities(periods: &[Period]) -> Vec<f64> {
    let given = periods.iter().flat_map(|period| period.points.iter().map(|point| point.0));
    let mut all: Vec<f64> = given.chain([0.0, 1.0]).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// Share of a period that takes at most `value`.
fn share(period: &Period, value: f64) -> f64 {
    let points = &period.points;
    let behind = points.partition_point(|point| point.1 <= value);
    match (behind.checked_sub(1).map(|index| points[index]), points.get(behind)) {
        (None, _) => 0.0,
        (Some(_), None) => 1.0,
        (Some((low, from)), Some((high, to))) => low + (high - low) * (value - from) / (to - from),
    }
}

fn quantile(periods: &[Period], probability: f64) -> f64 {
    let values = || periods.iter().flat_map(|period| period.points.iter().map(|point| point.1));
    let (mut low, mut high) =
        (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    let total: f64 = periods.iter().map(|period| period.weight).sum();
    let below = |value: f64| {
        periods.iter().map(|period| period.weight * share(period, value)).sum::<f64>() / total
    };
    if below(low) >= probability {
        return low;
    }
    // Halving 60 times leaves less than a nanosecond of any duration.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(middle) >= probability { high = middle } else { low = middle }
    }
    high
}

fn percent(probability: f64) -> String {
    let text = format!("{:.6}", probability * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A time in milliseconds to the microsecond, as a scenario writes it.
fn milliseconds(value: f64) -> String {
    let text = format!("{:.3}", value.max(0.001));
    format!("{}ms", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_of_a_mixture_is_not_the_mean_of_quantiles() {
        // Three quarters of all invocations are uniform on 0..10, one quarter on 100..110.
        let periods = [
            Period { weight: 3.0, points: vec![(0.0, 0.0), (1.0, 10.0)] },
            Period { weight: 1.0, points: vec![(0.0, 100.0), (1.0, 110.0)] },
        ];
        for (probability, expected) in
            [(0.0, 0.0), (0.375, 5.0), (0.75, 10.0), (0.875, 105.0), (1.0, 110.0)]
        {
            let found = quantile(&periods, probability);
            assert!((found - expected).abs() < 1e-6, "{probability}: {found}");
        }
    }

    #[test]
    fn nothing_is_made_up_beyond_the_percentiles_given() {
        let periods = [Period { weight: 1.0, points: vec![(0.5, 20.0), (0.99, 80.0)] }];
        let at = |probability| milliseconds(quantile(&periods, probability));
        assert_eq!([at(0.0), at(0.5), at(0.99), at(1.0)], ["20ms", "20ms", "80ms", "80ms"]);
    }
}
