//! `timeseries.csv`: one row per point of time and variant.
//!
//! Numbers have six significant digits; a minute without a sample has an empty cell. Counts are
//! per point, whose length is `step_s`. Left out: bands over replications, which the charts show.

use crate::results::{MinutePoint, RunResults};

const HEADER: [&str; 15] = [
    "variant",
    "start_s",
    "step_s",
    "iterator_age_min_s",
    "iterator_age_avg_s",
    "iterator_age_p99_s",
    "iterator_age_max_s",
    "true_lag_max_s",
    "invocations",
    "errors",
    "throttles",
    "concurrency_mean",
    "concurrency_max",
    "backlog_records",
    "blocked_shards",
];

/// The time series of all variants as CSV text, with a header line that names the units.
pub fn timeseries_csv(results: &RunResults) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let in_memory = "writing to memory does not fail";
    writer.write_record(HEADER).expect(in_memory);
    for (summary, details) in results.summary.variants.iter().zip(&results.variants) {
        let step = details.series.step_seconds;
        for (index, point) in details.series.points.iter().enumerate() {
            let start = index as u64 * u64::from(step);
            let mut row = vec![summary.name.clone(), start.to_string(), step.to_string()];
            row.extend(cells(point));
            writer.write_record(&row).expect(in_memory);
        }
    }
    let bytes = writer.into_inner().expect(in_memory);
    String::from_utf8(bytes).expect("CSV of texts is text")
}

fn cells(point: &MinutePoint) -> [String; 12] {
    [
        optional(point.iterator_age_min),
        optional(point.iterator_age_avg),
        optional(point.iterator_age_p99),
        optional(point.iterator_age_max.map(|band| band.mean)),
        six_digits(point.true_lag_max),
        six_digits(point.invocations),
        six_digits(point.errors),
        six_digits(point.throttles),
        six_digits(point.concurrency_mean),
        six_digits(point.concurrency_max),
        six_digits(point.backlog_records),
        six_digits(point.blocked_shards),
    ]
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, six_digits)
}

/// A number to six significant digits, in plain notation.
pub(super) fn six_digits(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{value:.5e}").parse().expect("a printed float is a float");
    format!("{}", rounded + 0.0)
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
