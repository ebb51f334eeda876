//! Figures, levels and the finding of a sweep as short texts.

use crate::report::figures::{self, Quantity};
use crate::report::metric_words::in_words;
use crate::results::{
    Estimate, MetricUnit, StabilityVerdict, SweepMetric, SweepResults, SweptPoint, SweptVariant,
};

/// What is written for a figure of a load that cannot be carried.
pub const UNSTABLE: &str = "unstable";

/// A variant of a point.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Number of the point, from 0.
    pub index: usize,
    /// The point.
    pub point: &'a SweptPoint,
    /// The variant.
    pub variant: &'a SweptVariant,
}

/// All variants of all points, in order.
pub fn rows(results: &SweepResults) -> Vec<Row<'_>> {
    let points = results.points.iter().enumerate();
    let rows = points.flat_map(|(index, point)| {
        point.variants.iter().map(move |variant| Row { index, point, variant })
    });
    rows.collect()
}

/// The variants on the front, by the first metric.
pub fn front(results: &SweepResults) -> Vec<Row<'_>> {
    let [first, _] = results.front_metrics();
    let mut front: Vec<Row<'_>> =
        rows(results).into_iter().filter(|row| row.variant.is_on_front).collect();
    let value = |row: &Row<'_>| row.variant.figure(&first).value.unwrap_or(f64::NAN);
    front.sort_by(|one, other| value(one).total_cmp(&value(other)));
    front
}

/// A metric in plain words, where it has some.
pub fn metric_name(metric: &SweepMetric) -> String {
    in_words(metric.name)
}

/// A figure as text; a load that cannot be carried has none.
pub fn figure(variant: &SweptVariant, metric: &SweepMetric) -> String {
    match variant.is_stable() || !depends_on_length(metric) {
        true => estimate(&variant.figure(metric), metric.unit),
        false => UNSTABLE.to_owned(),
    }
}

/// A figure without its interval.
pub fn plain(variant: &SweptVariant, metric: &SweepMetric) -> String {
    let value = variant.figure(metric).value;
    match (variant.is_stable() || !depends_on_length(metric), value) {
        (true, Some(value)) => number(value, metric.unit),
        (true, None) => figures::ABSENT.to_owned(),
        (false, _) => UNSTABLE.to_owned(),
    }
}

/// `BatchSize` of `mapping.BatchSize`; names with blanks stay.
pub fn last_part(name: &str) -> &str {
    match name.contains(' ') {
        true => name,
        false => name.rsplit('.').next().unwrap_or(name),
    }
}

/// Whether a metric of a load that cannot be carried says how long it was watched: ages and times.
fn depends_on_length(metric: &SweepMetric) -> bool {
    match metric.unit {
        MetricUnit::Seconds => !metric.name.starts_with("stability."),
        MetricUnit::Count | MetricUnit::UsDollars | MetricUnit::Ratio => false,
    }
}

/// An estimate in the unit of its metric.
pub fn estimate(estimate: &Estimate, unit: MetricUnit) -> String {
    match quantity(unit) {
        Some(quantity) => figures::estimate(estimate, quantity),
        None => figures::in_unit(estimate, ""),
    }
}

/// A number in the unit of its metric.
pub fn number(value: f64, unit: MetricUnit) -> String {
    match quantity(unit) {
        Some(quantity) => figures::plain(value, quantity),
        None => figures::three_digits(value),
    }
}

fn quantity(unit: MetricUnit) -> Option<Quantity> {
    match unit {
        MetricUnit::Seconds => Some(Quantity::Seconds),
        MetricUnit::Count => Some(Quantity::Count),
        MetricUnit::UsDollars => Some(Quantity::Dollars),
        MetricUnit::Ratio => None,
    }
}

/// `batch size 100, shards 4`, with the variant where there are several.
pub fn settings(results: &SweepResults, row: &Row<'_>) -> String {
    let named = results.factors.iter().zip(&row.point.levels);
    let mut parts: Vec<String> =
        named.map(|(factor, level)| format!("{} {level}", last_part(&factor.name))).collect();
    if row.point.variants.len() > 1 {
        parts.push(row.variant.name.clone());
    }
    parts.join(", ")
}

/// `24 points, 3 replications each, seed 7`.
pub fn extent(results: &SweepResults) -> String {
    let count = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    let variants = results.variant_names().len();
    let of_variants = match variants {
        0 | 1 => String::new(),
        _ => format!(" of {}", count(variants, "variant")),
    };
    let replications = match results.replications {
        1 => "1 replication (no intervals)".to_owned(),
        many => format!("{many} replications each, ± is the 95 % interval"),
    };
    let points = count(results.points.len(), "point");
    format!("{points}{of_variants}, {replications}, seed {}", results.seed)
}

/// What was found, in plain sentences: the front, then what is best in each of its metrics.
pub fn finding(results: &SweepResults) -> [String; 2] {
    let all = rows(results);
    let metrics = results.front_metrics();
    let unstable = all.iter().filter(|row| !row.variant.is_stable()).count();
    let open = match unstable {
        0 => String::new(),
        count if count == all.len() => {
            let none = "No point can carry its load; raise the capacity that is tried.";
            return [none.to_owned(), String::new()];
        }
        1 => format!(" 1 of {} cannot carry its load.", all.len()),
        count => format!(" {count} of {} cannot carry their load.", all.len()),
    };
    let best = metrics.map(|metric| {
        let value = |row: &Row<'_>| {
            let value = row.variant.figure(&metric).value?;
            Some(if metric.less_is_better == Some(false) { -value } else { value })
        };
        let stable = all.iter().filter(|row| row.variant.is_stable());
        let known = stable.filter_map(|row| Some((value(row)?, row)));
        let best = known.min_by(|one, other| one.0.total_cmp(&other.0));
        best.map(|(_, row)| {
            format!(
                "Best {} with {}: {}",
                metric_name(&metric),
                settings(results, row),
                figure(row.variant, &metric)
            )
        })
    });
    let best: Vec<String> = best.into_iter().flatten().collect();
    let front = all.iter().filter(|row| row.variant.is_on_front).count();
    let [one, other] = metrics.map(|metric| metric_name(&metric));
    let compromises = match front {
        1 => format!("1 of {} is best in both {one} and {other}.", all.len()),
        _ => format!(
            "{front} of {} are best compromises of {one} and {other}: nothing is better in one \
             and not worse in the other.",
            all.len()
        ),
    };
    let best: Vec<String> = best.into_iter().map(|one| format!("{one}.")).collect();
    [format!("{compromises}{open}"), best.join(" ")]
}

/// The verdict on a load in one word.
pub fn verdict(variant: &SweptVariant) -> &'static str {
    match variant.stability {
        StabilityVerdict::Stable => "stable",
        StabilityVerdict::Saturated => "saturated",
        StabilityVerdict::Unstable => UNSTABLE,
    }
}
