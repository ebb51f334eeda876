//! The series of a run as CloudWatch metrics, for dashboards and notebooks that know these.
//!
//! | metric | statistics | dimension |
//! |---|---|---|
//! | `IteratorAge` | Minimum, Average, p99, Maximum | `FunctionName` |
//! | `Invocations`, `Errors`, `Throttles`, `DestinationDeliveryFailures` | Sum | `FunctionName` |
//! | `Duration` | Average, Maximum | `FunctionName` |
//! | `ConcurrentExecutions` | Average, Maximum | `FunctionName` |
//! | `PolledEventCount` and the other counts of events | Sum | `EventSourceMappingUUID` |
//!
//! As in CloudWatch: times in milliseconds; a minute in which nothing happened has no point; the
//! newest point first. The function is named after the variant. Values are means over
//! replications. Reference: S9.5; CloudWatch API, GetMetricData; CloudWatch embedded metric format.
//! Left out: metrics of the stream itself. EMF has no place for statistics, so it gets the Maximum
//! of IteratorAge, Duration and ConcurrentExecutions; AWS keeps namespaces `AWS/...` for itself, so
//! its namespace is `shardlag`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::text::slug;
use super::timeseries::six_digits;
use crate::results::{MinutePoint, RunResults};

/// A metric with one of its statistics.
struct Column {
    metric: &'static str,
    statistic: &'static str,
    unit: &'static str,
    /// It counts events of the mapping, not of the function.
    of_mapping: bool,
    /// `None`: no point.
    value: fn(&MinutePoint) -> Option<f64>,
}

const MILLISECONDS: &str = "Milliseconds";
const COUNT: &str = "Count";

const fn of_function(
    metric: &'static str,
    statistic: &'static str,
    unit: &'static str,
    value: fn(&MinutePoint) -> Option<f64>,
) -> Column {
    Column { metric, statistic, unit, of_mapping: false, value }
}

const fn of_mapping(metric: &'static str, value: fn(&MinutePoint) -> Option<f64>) -> Column {
    Column { metric, statistic: "Sum", unit: COUNT, of_mapping: true, value }
}

const COLUMNS: [Column; 18] = [
    of_function("IteratorAge", "Minimum", MILLISECONDS, |p| millis(p.iterator_age_min)),
    of_function("IteratorAge", "Average", MILLISECONDS, |p| millis(p.iterator_age_avg)),
    of_function("IteratorAge", "p99", MILLISECONDS, |p| millis(p.iterator_age_p99)),
    of_function("IteratorAge", "Maximum", MILLISECONDS, |p| {
        millis(p.iterator_age_max.map(|band| band.mean))
    }),
    of_function("Invocations", "Sum", COUNT, |p| invoked(p, p.invocations)),
    of_function("Errors", "Sum", COUNT, |p| invoked(p, p.errors)),
    of_function("Throttles", "Sum", COUNT, |p| {
        (p.invocations > 0.0 || p.throttles > 0.0).then_some(p.throttles)
    }),
    of_function("Duration", "Average", MILLISECONDS, |p| {
        invoked(p, p.sums.duration / p.invocations * 1000.0)
    }),
    of_function("Duration", "Maximum", MILLISECONDS, |p| invoked(p, p.sums.duration_max * 1000.0)),
    of_function("ConcurrentExecutions", "Average", COUNT, |p| running(p, p.concurrency_mean)),
    of_function("ConcurrentExecutions", "Maximum", COUNT, |p| running(p, p.concurrency_max)),
    of_function("DestinationDeliveryFailures", "Sum", COUNT, |p| counted(p.sums.delivery_failures)),
    of_mapping("PolledEventCount", |p| counted(p.sums.polled)),
    of_mapping("FilteredOutEventCount", |p| counted(p.sums.filtered)),
    of_mapping("InvokedEventCount", |p| counted(p.sums.invoked)),
    of_mapping("FailedInvokeEventCount", |p| counted(p.sums.failed)),
    of_mapping("DroppedEventCount", |p| counted(p.sums.dropped)),
    of_mapping("OnFailureDestinationDeliveredEventCount", |p| counted(p.sums.delivered)),
];

fn millis(seconds: Option<f64>) -> Option<f64> {
    seconds.map(|seconds| seconds * 1000.0)
}

fn invoked(point: &MinutePoint, value: f64) -> Option<f64> {
    (point.invocations > 0.0).then_some(value)
}

fn running(point: &MinutePoint, value: f64) -> Option<f64> {
    (point.concurrency_max > 0.0).then_some(value)
}

fn counted(value: f64) -> Option<f64> {
    (value > 0.0).then_some(value)
}

/// All series as the output of `aws cloudwatch get-metric-data`. Where there are several variants,
/// the name of the function stands before the name of the metric.
pub fn cloudwatch_json(results: &RunResults) -> String {
    let mut found = Vec::new();
    let is_one = results.variants.len() == 1;
    for (number, (summary, details)) in
        results.summary.variants.iter().zip(&results.variants).enumerate()
    {
        let step = u64::from(details.series.step_seconds);
        for column in &COLUMNS {
            let name = format!("{} {}", column.metric, column.statistic);
            let label = if is_one { name } else { format!("{} {name}", slug(&summary.name)) };
            let points = details.series.points.iter().enumerate().rev();
            let points: Vec<(String, Value)> = points
                .filter_map(|(index, point)| {
                    let value = number_of((column.value)(point)?)?;
                    Some((time(results, index as u64 * step), value))
                })
                .collect();
            let (times, values): (Vec<String>, Vec<Value>) = points.into_iter().unzip();
            found.push(json!({
                "Id": format!("m{}_{}", number + 1, id(column)),
                "Label": label,
                "Timestamps": times,
                "Values": values,
                "StatusCode": "Complete",
            }));
        }
    }
    format!("{:#}\n", json!({ "MetricDataResults": found, "Messages": [] }))
}

/// All series as lines of CloudWatch's embedded metric format: two lines a minute, one of the
/// function and one of the mapping.
pub fn emf_lines(results: &RunResults) -> String {
    let mut lines = String::new();
    for (number, (summary, details)) in
        results.summary.variants.iter().zip(&results.variants).enumerate()
    {
        let step = u64::from(details.series.step_seconds);
        let function = slug(&summary.name);
        // A made-up identifier in the form of AWS, the same in every run.
        let mapping = format!("00000000-0000-4000-8000-{:012}", number + 1);
        for (index, point) in details.series.points.iter().enumerate() {
            let at = milliseconds(results, index as u64 * step);
            for (is_mapping, dimension, name) in
                [(false, "FunctionName", &function), (true, "EventSourceMappingUUID", &mapping)]
            {
                lines += &emf_line(point, is_mapping, at, dimension, name).unwrap_or_default();
            }
        }
    }
    lines
}

fn emf_line(
    point: &MinutePoint,
    is_mapping: bool,
    at: i64,
    dimension: &str,
    name: &str,
) -> Option<String> {
    let shown = COLUMNS.iter().filter(|column| column.of_mapping == is_mapping);
    let shown = shown.filter(|column| ["Sum", "Maximum"].contains(&column.statistic));
    let mut metrics = Vec::new();
    let mut members = Map::new();
    for column in shown {
        if let Some(value) = (column.value)(point).and_then(number_of) {
            metrics.push(json!({ "Name": column.metric, "Unit": column.unit }));
            members.insert(column.metric.to_owned(), value);
        }
    }
    if metrics.is_empty() {
        return None;
    }
    let directive =
        json!({ "Namespace": "shardlag", "Dimensions": [[dimension]], "Metrics": metrics });
    let mut line = Map::new();
    line.insert("_aws".to_owned(), json!({ "Timestamp": at, "CloudWatchMetrics": [directive] }));
    line.insert(dimension.to_owned(), name.into());
    line.extend(members);
    Some(format!("{}\n", Value::Object(line)))
}

/// `iteratorage_maximum`: ids of queries begin with a small letter and have no blanks.
fn id(column: &Column) -> String {
    format!("{}_{}", column.metric.to_lowercase(), column.statistic.to_lowercase())
}

/// Six significant digits, as in `timeseries.csv`.
fn number_of(value: f64) -> Option<Value> {
    let number: f64 = six_digits(value).parse().ok()?;
    Some(match number.fract() == 0.0 && number.abs() < 1e15 {
        true => Value::from(number as i64),
        false => Value::from(number),
    })
}

fn milliseconds(results: &RunResults, seconds: u64) -> i64 {
    let start = i64::try_from(results.start_unix_nanos / 1_000_000).unwrap_or(i64::MAX);
    start.saturating_add(i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX))
}

/// A time as the AWS CLI writes it.
fn time(results: &RunResults, seconds: u64) -> String {
    let stamp = Timestamp::from_millisecond(milliseconds(results, seconds));
    let text = stamp.map(|stamp| stamp.to_string()).unwrap_or_default();
    text.trim_end_matches('Z').to_owned() + "+00:00"
}
