//! CloudWatch metrics as the AWS CLI and the console write them.
//!
//! | document | series |
//! |---|---|
//! | `aws cloudwatch get-metric-data`, JSON | one for each result; pages of one id are joined |
//! | `aws cloudwatch get-metric-statistics`, JSON | one for each statistic |
//! | a list of these | all of them |
//! | CSV of the console | one for each column behind the time |
//!
//! A series knows its label and id; its statistic is a word of them (`Sum`, `p99`, ...) where the
//! document does not say it. Times are sorted, as AWS gives them newest first or in no order. The
//! period is the smallest distance of two points. A period without a point had no data.
//! Reference: CloudWatch API, GetMetricData and GetMetricStatistics; S9.5. Left out: alarms, EMF.

mod console_csv;

use std::collections::BTreeMap;

use serde::Deserialize;

use console_csv::read_csv;

/// Points of a file at most.
const POINTS_MAX: usize = 5_000_000;

/// A metric over time.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSeries {
    /// What it is called, for example `Duration p99`.
    pub label: String,
    /// Its id in the query; empty where there is none.
    pub id: String,
    /// `Sum`, `Average`, `p99`, ...; `None` where nothing says it.
    pub statistic: Option<String>,
    /// Times in seconds since 1970, rising, with values.
    pub points: Vec<(i64, f64)>,
}

impl MetricSeries {
    /// Whether label or id name this metric, whatever the spelling.
    pub fn is_named(&self, name: &str) -> bool {
        let wanted = plain(name);
        [&self.label, &self.id].iter().any(|own| plain(own).contains(&wanted))
    }

    /// Whether label or id are exactly this name.
    pub fn is_called(&self, name: &str) -> bool {
        self.label == name || self.id == name || self.full_name() == name
    }

    /// Label and statistic, for messages.
    pub fn full_name(&self) -> String {
        match &self.statistic {
            Some(statistic) if !plain(&self.label).contains(&plain(statistic)) => {
                format!("{} {statistic}", self.label)
            }
            Some(_) | None => self.label.clone(),
        }
    }

    /// Smallest distance of two points in seconds; `None` with fewer than two.
    pub fn period(&self) -> Option<i64> {
        let distances = self.points.windows(2).map(|pair| pair[1].0 - pair[0].0);
        distances.filter(|distance| *distance > 0).min()
    }
}

/// Reads a document.
///
/// # Errors
/// Says what is wrong and, where that is known, in which line.
pub fn read_metrics(text: &str) -> Result<Vec<MetricSeries>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut series = match text.trim_start().starts_with(['{', '[']) {
        true => read_json(text)?,
        false => read_csv(text)?,
    };
    series.retain(|series| !series.points.is_empty());
    if series.is_empty() {
        return Err("it holds no points of any metric".to_owned());
    }
    for series in &mut series {
        series.points.sort_by_key(|point| point.0);
        series.points.dedup_by_key(|point| point.0);
    }
    Ok(series)
}

/// The series that a name means: the exact one, else the only one that it names.
///
/// # Errors
/// When none or several are meant; the message lists what there is.
pub fn choose<'s>(
    series: &'s [MetricSeries],
    name: Option<&str>,
) -> Result<&'s MetricSeries, String> {
    let names: Vec<String> =
        series.iter().map(|known| format!("`{}`", known.full_name())).collect();
    let listed = names.join(", ");
    let Some(name) = name else {
        return match series {
            [only] => Ok(only),
            _ => Err(format!("it holds several metrics; name one with `metric`: {listed}")),
        };
    };
    if let Some(exact) = series.iter().find(|known| known.is_called(name)) {
        return Ok(exact);
    }
    let matching: Vec<&MetricSeries> = series.iter().filter(|known| known.is_named(name)).collect();
    match matching.as_slice() {
        [only] => Ok(only),
        [] => Err(format!("it holds no metric `{name}`; there are {listed}")),
        _ => Err(format!("`{name}` names several metrics; there are {listed}")),
    }
}

/// Sums per period as whole numbers of records, from the first point to the last.
///
/// A fraction is carried to the next period, so that the sum over time is kept.
///
/// # Errors
/// When the statistic is no sum, a value is negative, or there are too many periods.
pub fn counts(series: &MetricSeries, period: i64) -> Result<Vec<u64>, String> {
    let is_sum = |name: &str| name == "Sum" || name == "SampleCount";
    if let Some(other) = series.statistic.as_deref().filter(|name| !is_sum(name)) {
        let name = series.full_name();
        return Err(format!("`{name}` is the {other}; arrivals need the Sum of each period"));
    }
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else {
        return Ok(Vec::new());
    };
    let length = (last.0 - first.0) / period + 1;
    let length = usize::try_from(length).ok().filter(|length| *length <= POINTS_MAX);
    let length = length.ok_or_else(|| format!("it has more than {POINTS_MAX} periods"))?;
    let mut exact = vec![0.0; length];
    for (at, value) in &series.points {
        if !(value.is_finite() && (0.0..=1e12).contains(value)) {
            return Err(format!("{value} is not a number of records"));
        }
        // In range: no point is after the last.
        exact[((at - first.0) / period) as usize] += value;
    }
    let mut carried = 0.0;
    let whole = exact.into_iter().map(|value| {
        let wanted: f64 = value + carried;
        let rounded = libm::round(wanted).max(0.0);
        carried = wanted - rounded;
        rounded as u64
    });
    Ok(whole.collect())
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A statistic among the words of a text.
fn statistic_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    words.rev().find_map(statistic)
}

fn statistic(word: &str) -> Option<String> {
    let name = match word.to_ascii_lowercase().as_str() {
        "sum" => "Sum",
        "average" | "avg" | "mean" => "Average",
        "maximum" | "max" => "Maximum",
        "minimum" | "min" => "Minimum",
        "samplecount" | "count" | "n" => "SampleCount",
        other => {
            let digits = other.strip_prefix('p')?;
            let percent: f64 = digits.parse().ok()?;
            return (0.0..=100.0).contains(&percent).then(|| format!("p{digits}"));
        }
    };
    Some(name.to_owned())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Many(Vec<Document>),
    Data {
        #[serde(rename = "MetricDataResults")]
        results: Vec<DataResult>,
    },
    Statistics {
        #[serde(rename = "Label", default)]
        label: String,
        #[serde(rename = "Datapoints")]
        points: Vec<BTreeMap<String, serde_json::Value>>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DataResult {
    #[serde(default)]
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    timestamps: Vec<serde_json::Value>,
    #[serde(default)]
    values: Vec<f64>,
}

fn read_json(text: &str) -> Result<Vec<MetricSeries>, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let document: Document = serde_json::from_value(value).map_err(|_| {
        "not the output of `aws cloudwatch get-metric-data` or `get-metric-statistics`".to_owned()
    })?;
    let mut series = Vec::new();
    take(document, &mut series)?;
    Ok(series)
}

fn take(document: Document, series: &mut Vec<MetricSeries>) -> Result<(), String> {
    match document {
        Document::Many(documents) => {
            for document in documents {
                take(document, series)?;
            }
        }
        Document::Data { results } => {
            for result in results {
                let name = if result.label.is_empty() { &result.id } else { &result.label };
                if result.timestamps.len() != result.values.len() {
                    return Err(format!("`{name}` has not as many times as values"));
                }
                let times = result.timestamps.iter().map(unix_seconds);
                let times: Vec<i64> = times.collect::<Result<_, _>>()?;
                let points = times.into_iter().zip(result.values.iter().copied());
                let known = series.iter_mut().find(|known| {
                    !result.id.is_empty() && known.id == result.id && known.label == result.label
                });
                match known {
                    Some(known) => known.points.extend(points),
                    None => series.push(MetricSeries {
                        statistic: statistic_in(&result.label).or(statistic_in(&result.id)),
                        label: name.clone(),
                        points: points.collect(),
                        id: result.id,
                    }),
                }
            }
        }
        Document::Statistics { label, points } => statistics(&label, &points, series)?,
    }
    Ok(())
}

fn statistics(
    label: &str,
    points: &[BTreeMap<String, serde_json::Value>],
    series: &mut Vec<MetricSeries>,
) -> Result<(), String> {
    let mut found: BTreeMap<String, Vec<(i64, f64)>> = BTreeMap::new();
    for point in points {
        let time = point.get("Timestamp").ok_or("a point has no `Timestamp`")?;
        let time = unix_seconds(time)?;
        let mut add = |name: &str, value: &serde_json::Value| {
            if let (Some(name), Some(value)) = (statistic(name), value.as_f64()) {
                found.entry(name).or_default().push((time, value));
            }
        };
        for (name, value) in point {
            match value.as_object() {
                Some(extended) => extended.iter().for_each(|(name, value)| add(name, value)),
                None => add(name, value),
            }
        }
    }
    let of_statistic = |(statistic, points)| MetricSeries {
        label: label.to_owned(),
        id: String::new(),
        statistic: Some(statistic),
        points,
    };
    series.extend(found.into_iter().map(of_statistic));
    Ok(())
}

fn unix_seconds(time: &serde_json::Value) -> Result<i64, String> {
    let read = match time {
        serde_json::Value::Number(number) => number.as_f64().map(|seconds| seconds as i64),
        serde_json::Value::String(text) => date(text),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    };
    read.ok_or_else(|| format!("{time} is not a time"))
}

/// RFC 3339, or the console's `2026/01/31 14:05:00` and `2026-01-31 14:05`, taken as UTC.
fn date(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_second());
    }
    let text = text.replace('/', "-").replace(' ', "T");
    let time: jiff::civil::DateTime = text.parse().ok()?;
    Some(jiff::tz::Offset::UTC.to_timestamp(time).ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = r#"{"MetricDataResults": [
        {"Id": "m1", "Label": "IncomingRecords", "StatusCode": "Complete",
         "Timestamps": ["2026-01-01T00:02:00+00:00", "2026-01-01T00:00:00+00:00"],
         "Values": [30.6, 10.4]},
        {"Id": "d99", "Label": "Duration p99", "Timestamps": ["2026-01-01T00:00:00Z"],
         "Values": [80.5]}
    ], "Messages": []}"#;

    #[test]
    fn results_are_sorted_and_know_their_statistic() {
        let series = read_metrics(DATA).expect("it is valid");
        assert_eq!(series[0].points, [(1_767_225_600, 10.4), (1_767_225_720, 30.6)]);
        assert_eq!((series[0].statistic.as_deref(), series[0].period()), (None, Some(120)));
        assert_eq!(series[1].statistic.as_deref(), Some("p99"));
        assert_eq!(choose(&series, Some("duration")).expect("one").label, "Duration p99");
        assert!(choose(&series, None).expect_err("two").contains("`IncomingRecords`"));
    }

    #[test]
    fn sums_become_whole_counts_that_keep_the_total_and_missing_periods_are_zero() {
        let series = read_metrics(DATA).expect("it is valid");
        assert_eq!(counts(&series[0], 60), Ok(vec![10, 0, 31]));
        assert!(counts(&series[1], 60).expect_err("p99").contains("Sum"));
    }

    #[test]
    fn statistics_and_extended_statistics_are_series_of_their_own() {
        let text = r#"{"Label": "Duration", "Datapoints": [
            {"Timestamp": "2026-01-01T00:01:00Z", "Average": 20.0, "Unit": "Milliseconds",
             "ExtendedStatistics": {"p99": 90.0}},
            {"Timestamp": "2026-01-01T00:00:00Z", "Average": 10.0,
             "ExtendedStatistics": {"p99": 70.0}}]}"#;
        let series = read_metrics(text).expect("it is valid");
        let names: Vec<String> = series.iter().map(MetricSeries::full_name).collect();
        assert_eq!(names, ["Duration Average", "Duration p99"]);
        assert_eq!(series[1].points[0], (1_767_225_600, 70.0));
    }

    #[test]
    fn the_console_csv_may_have_rows_of_headers() {
        let text = "Label,IncomingRecords,Duration\nStat,Sum,p90\n\
                    2026/01/01 00:00:00,5,20.5\n2026/01/01 00:05:00,,21\n";
        let series = read_metrics(text).expect("it is valid");
        assert_eq!(series[0].full_name(), "IncomingRecords Sum");
        assert_eq!((series[0].points.len(), series[1].points.len()), (1, 2));
        assert_eq!(series[1].statistic.as_deref(), Some("p90"));
        for wrong in ["", "a,b\n", "2026-01-01T00:00:00Z,x\n", "{}", "[1]"] {
            assert!(read_metrics(wrong).is_err(), "{wrong}");
        }
    }
}
