//! `[[measured_age]]`: IteratorAge as CloudWatch measured it, to be drawn beside the simulated one.
//!
//! ```toml
//! [[measured_age]]
//! file = "metrics.json"              # as in a trace
//! metric = "IteratorAge Maximum"     # may be left out where the file has one metric
//! variant = "base"                   # which variant it is held against; the first
//! ```
//!
//! Values are milliseconds, as in CloudWatch. Times become times since the scenario's `start`;
//! points before it are left out. Reference: S9.1. Left out: other metrics.

use super::cloudwatch::{MetricSeries, choose, read_metrics};
use super::reader::{Field, Reading};
use super::suggest;
use super::trace::read_file;

const SERIES_MAX: usize = 20;

/// A measured IteratorAge over time.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredAge {
    /// Name of the variant that it is held against.
    pub variant: String,
    /// Name of the metric.
    pub label: String,
    /// What of the samples of a period it is.
    pub statistic: AgeStatistic,
    /// Length of a period in seconds, above 0.
    pub period_seconds: u32,
    /// Beginning of the period in seconds since the start, rising, and age in seconds.
    pub points: Vec<(f64, f64)>,
}

/// What of the samples of a period a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeStatistic {
    /// The smallest.
    Minimum,
    /// Their mean.
    Average,
    /// The 99th percentile.
    P99,
    /// The largest.
    Maximum,
}

/// Reads all `[[measured_age]]`; `variants` are the names that exist.
pub(super) fn measured_ages(
    field: Option<Field<'_>>,
    variants: &[String],
    start_unix_nanos: u64,
    cx: &mut Reading,
) -> Vec<MeasuredAge> {
    let Some(field) = field else {
        return Vec::new();
    };
    let elements = field.list(SERIES_MAX, "[[measured_age]]", cx).unwrap_or_default();
    elements
        .iter()
        .filter_map(|element| measured_age(element, variants, start_unix_nanos, cx))
        .collect()
}

fn measured_age(
    field: &Field<'_>,
    variants: &[String],
    start_unix_nanos: u64,
    cx: &mut Reading,
) -> Option<MeasuredAge> {
    let mut table = field.table("{ file = \"metrics.json\" }", cx)?;
    let file = table.required("file", "\"metrics.json\"", cx);
    let metric = table.optional("metric", cx);
    let first = variants.first().map_or("base", String::as_str);
    let variant_field = table.or_default("variant", first, cx);
    table.finish(cx);
    let variant = variant_field.text(cx)?;
    if !variants.contains(&variant) {
        let names: Vec<&str> = variants.iter().map(String::as_str).collect();
        let message = format!("no variant `{variant}`; {}", suggest::advice(&variant, &names));
        cx.error(&variant_field, message);
        return None;
    }
    let file = file?;
    let wanted = match &metric {
        Some(metric) => Some(metric.text(cx)?),
        None => None,
    };
    let name = file.text(cx)?;
    let text = read_file(&file, &name, cx)?;
    let read = read_metrics(&text).and_then(|series| {
        let series = choose(&series, wanted.as_deref())?;
        of_series(series, variant, start_unix_nanos)
    });
    match read {
        Ok(measured) => Some(measured),
        Err(why) => {
            cx.error(&file, format!("`{name}` cannot be used: {why}"));
            None
        }
    }
}

fn of_series(
    series: &MetricSeries,
    variant: String,
    start_unix_nanos: u64,
) -> Result<MeasuredAge, String> {
    let statistic = match series.statistic.as_deref() {
        Some("Minimum") => AgeStatistic::Minimum,
        Some("Average") => AgeStatistic::Average,
        Some("p99") => AgeStatistic::P99,
        Some("Maximum") => AgeStatistic::Maximum,
        Some(other) => {
            return Err(format!("an age can be Minimum, Average, p99 or Maximum, not {other}"));
        }
        None => {
            let name = &series.label;
            return Err(format!(
                "`{name}` does not say its statistic; label it for example `{name} Maximum`"
            ));
        }
    };
    let period = series.period().and_then(|seconds| u32::try_from(seconds).ok());
    let period_seconds = period.ok_or("it has one point only")?;
    let start = start_unix_nanos as f64 / 1e9;
    let since_start = series.points.iter().map(|(at, value)| (*at as f64 - start, value / 1000.0));
    let points: Vec<(f64, f64)> =
        since_start.filter(|(at, age)| *at >= 0.0 && age.is_finite() && *age >= 0.0).collect();
    if points.is_empty() {
        return Err("all its points are before the `start` of the scenario".to_owned());
    }
    Ok(MeasuredAge { variant, label: series.full_name(), statistic, period_seconds, points })
}
