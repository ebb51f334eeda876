//! `[[measured]]`: values from real AWS that a report shows beside the simulated ones.
//!
//! Left out: judging them; `shardlag validate` does that.

use super::arrivals::pair;
use super::assertions::unknown_metric;
use super::document::Value;
use super::metrics::{Dimension, METRICS, PART_QUANTITIES, metric};
use super::reader::{Field, Reading};
use super::suggest;
use crate::units::Duration;

const VALUES_MAX: usize = 1_000;

/// A value measured on real AWS, to be shown beside the simulated one.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Name of the variant that it belongs to.
    pub variant: String,
    /// One of [`METRICS`] or [`PART_QUANTITIES`].
    pub metric: String,
    /// Part of the run that was measured, since the start; `None`: the whole run.
    pub during: Option<(Duration, Duration)>,
    /// The value in `unit`.
    pub value: f64,
    /// Unit of the value, for display.
    pub unit: String,
    /// The simulated figure (seconds, or per second) times this is in `unit`.
    pub scale: f64,
    /// What was measured, in words.
    pub what: String,
    /// Where the measurement is from.
    pub source: String,
}

/// Reads all `[[measured]]`; `variants` are the names that exist.
pub(super) fn measured(
    field: Option<Field<'_>>,
    variants: &[String],
    cx: &mut Reading,
) -> Vec<Measured> {
    let Some(field) = field else {
        return Vec::new();
    };
    let elements = field.list(VALUES_MAX, "[[measured]]", cx);
    let mut values = Vec::new();
    for element in elements.unwrap_or_default() {
        values.extend(measured_value(&element, variants, cx));
    }
    values
}

fn measured_value(field: &Field<'_>, variants: &[String], cx: &mut Reading) -> Option<Measured> {
    let example = "{ metric = \"age_slope\", value = \"0.673\", unit = \"s/s\" }";
    let mut table = field.table(example, cx)?;
    let base = variants.first().map_or("base", String::as_str);
    let variant_field = table.or_default("variant", base, cx);
    let metric_field = table.required("metric", "\"iterator_age.max\"", cx);
    let during = match table.optional("during", cx) {
        Some(field) => part_of_run(&field, cx).map(Some),
        None => Some(None),
    };
    let value =
        table.required("value", "\"0.673\"", cx).and_then(|field| measured_number(&field, cx));
    let unit_field = table.required("unit", "\"s\"", cx);
    let what = table.required("what", "\"slope of the age\"", cx).and_then(|field| field.text(cx));
    let source = table.required("source", "\"...\"", cx).and_then(|field| field.text(cx));
    table.finish(cx);
    let variant = variant_field.text(cx)?;
    if !variants.contains(&variant) {
        let names: Vec<&str> = variants.iter().map(String::as_str).collect();
        let message = format!("no variant `{variant}`; {}", suggest::advice(&variant, &names));
        cx.error(&variant_field, message);
    }
    let metric_field = metric_field?;
    let metric_name = metric_field.text(cx)?;
    let known: Vec<&str> =
        PART_QUANTITIES.into_iter().chain(METRICS.iter().map(|metric| metric.name)).collect();
    if !known.contains(&metric_name.as_str()) {
        cx.error(&metric_field, unknown_metric(&metric_name, &known));
        return None;
    }
    let unit_field = unit_field?;
    let unit = unit_field.text(cx)?;
    let scale = match scale_of(&metric_name, &unit) {
        Ok(scale) => scale,
        Err(message) => {
            cx.error(&unit_field, message);
            return None;
        }
    };
    Some(Measured {
        variant,
        scale,
        metric: metric_name,
        during: during?,
        value: value?,
        unit,
        what: what?,
        source: source?,
    })
}

/// What turns the simulated figure, in seconds or per second, into `unit`. A rate may name what
/// it counts: `orders/min`.
fn scale_of(metric_name: &str, unit: &str) -> Result<f64, String> {
    let is_rate = metric_name.ends_with("_rate");
    let is_time = metric(metric_name).is_some_and(|metric| metric.dimension == Dimension::Seconds);
    let text = match (is_rate, is_time) {
        (true, _) => unit.rsplit_once('/').map_or("", |(_, period)| period),
        (false, true) => unit,
        (false, false) => return Ok(1.0),
    };
    let seconds = match text {
        "ms" => 0.001,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        _ if is_rate => {
            return Err(format!(
                "`{unit}` is not a unit of `{metric_name}` such as `/s` or `/min`"
            ));
        }
        _ => {
            return Err(format!("`{unit}` is not a unit of `{metric_name}`: ms, s, min or h"));
        }
    };
    Ok(if is_rate { seconds } else { 1.0 / seconds })
}

fn part_of_run(field: &Field<'_>, cx: &mut Reading) -> Option<(Duration, Duration)> {
    let (from, to_field) = pair(field, "[\"0s\", \"15m\"]", cx)?;
    let (from, to) = (from.duration("s", cx), to_field.duration("s", cx));
    let (from, to) = (from?, to?);
    if to <= from {
        cx.error(&to_field, format!("{} is not after the start", to_field.written()));
        return None;
    }
    Some((from, to))
}

/// The value is given with its unit beside it, so it may be a number or a text.
fn measured_number(field: &Field<'_>, cx: &mut Reading) -> Option<f64> {
    let number = match &field.node.value {
        Value::Text(text) => text.trim().parse().ok(),
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Boolean(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => None,
    };
    let finite = number.filter(|number: &f64| number.is_finite());
    if finite.is_none() {
        cx.error(field, format!("{} is not a number; its unit stands in `unit`", field.written()));
    }
    finite
}
