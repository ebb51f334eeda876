//! `timeseries.csv` and `timeseries.parquet`: one row per point of time and variant.
//!
//! Numbers have six significant digits; a minute without a sample has an empty cell. Counts are
//! per point, whose length is `step_s`. Left out: bands over replications, which the charts show.

use jiff::Timestamp;
use serde_json::json;

use super::parquet::{self, WithoutParquet};
use super::table::{Cells, Column, Table};
use crate::results::{MetricUnit, MinutePoint, RunResults};

/// A figure of a point.
type Get = fn(&MinutePoint) -> Option<f64>;

/// Name, unit and value of every figure, in the order of the columns.
const FIGURES: [(&str, MetricUnit, Get); 12] = [
    ("iterator_age_min_s", MetricUnit::Seconds, |point| point.iterator_age_min),
    ("iterator_age_avg_s", MetricUnit::Seconds, |point| point.iterator_age_avg),
    ("iterator_age_p99_s", MetricUnit::Seconds, |point| point.iterator_age_p99),
    ("iterator_age_max_s", MetricUnit::Seconds, |point| Some(point.iterator_age_max?.mean)),
    ("true_lag_max_s", MetricUnit::Seconds, |point| Some(point.true_lag_max)),
    ("invocations", MetricUnit::Count, |point| Some(point.invocations)),
    ("errors", MetricUnit::Count, |point| Some(point.errors)),
    ("throttles", MetricUnit::Count, |point| Some(point.throttles)),
    ("concurrency_mean", MetricUnit::Count, |point| Some(point.concurrency_mean)),
    ("concurrency_max", MetricUnit::Count, |point| Some(point.concurrency_max)),
    ("backlog_records", MetricUnit::Count, |point| Some(point.backlog_records)),
    ("blocked_shards", MetricUnit::Count, |point| Some(point.blocked_shards)),
];

/// The time series of all variants as CSV text, with a header line that names the units.
pub fn timeseries_csv(results: &RunResults) -> String {
    table(results).csv()
}

/// The same rows as the bytes of a Parquet file; units and the scenario are in its metadata.
///
/// # Errors
/// When the program is built without the feature `parquet`.
pub fn timeseries_parquet(results: &RunResults) -> Result<Vec<u8>, WithoutParquet> {
    parquet::bytes(&table(results))
}

fn table(results: &RunResults) -> Table {
    let (mut names, mut starts, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    let mut figures = FIGURES.map(|_| Vec::new());
    for (summary, details) in results.summary.variants.iter().zip(&results.variants) {
        let step = i64::from(details.series.step_seconds);
        let beginnings = (0..).map(|index: i64| index * step);
        for (start, point) in beginnings.zip(&details.series.points) {
            names.push(summary.name.clone());
            starts.push(start);
            steps.push(step);
            for (cells, (_, _, get)) in figures.iter_mut().zip(FIGURES) {
                cells.push(get(point).and_then(to_six_digits));
            }
        }
    }
    let seconds = |name: &str, numbers| Column {
        unit: Some(MetricUnit::Seconds),
        ..Column::plain(name, Cells::Whole(numbers))
    };
    let mut columns = vec![
        Column::plain("variant", Cells::Text(names)),
        seconds("start_s", starts),
        seconds("step_s", steps),
    ];
    columns.extend(
        FIGURES
            .iter()
            .zip(figures)
            .map(|((name, unit, _), cells)| Column::numbers((*name).to_owned(), *unit, cells)),
    );
    let summary = &results.summary;
    let about = vec![
        ("schema", json!("shardlag.timeseries/1")),
        ("version", json!(summary.version)),
        ("scenario", json!(summary.scenario)),
        ("fingerprint", json!(summary.fingerprint)),
        ("seed", json!(summary.seed)),
        ("replications", json!(summary.replications)),
        ("start", json!(start(results))),
    ];
    Table { columns, about }
}

/// The date of time zero; none where no calendar has it.
fn start(results: &RunResults) -> Option<String> {
    let date = Timestamp::from_nanosecond(i128::from(results.start_unix_nanos));
    date.ok().map(|date| date.to_string())
}

/// A number to six significant digits, in plain notation.
pub(super) fn six_digits(value: f64) -> String {
    to_six_digits(value).map_or_else(String::new, |rounded| rounded.to_string())
}

/// A number to six significant digits; what is no number is none.
fn to_six_digits(value: f64) -> Option<f64> {
    let digits = value.is_finite().then(|| format!("{value:.5e}"))?;
    let rounded: f64 = digits.parse().expect("a printed float is a float");
    // A zero has no sign.
    Some(rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_significant_digits_and_no_exponent() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0 / 3.0, "0.333333"),
            (86_399.987_654, "86400"),
            (3_600_000.0, "3600000"),
            (0.000_001_234_567_8, "0.00000123457"),
            (f64::NAN, ""),
        ];
        for (value, expected) in cases {
            assert_eq!(six_digits(value), expected);
        }
    }
}
