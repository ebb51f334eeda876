//! CloudWatch metrics as parts of a scenario.
//!
//! | `--as` | needs | gives |
//! |---|---|---|
//! | `traffic` | the Sum of `IncomingRecords` or the like | `[[traffic]]`, `start`, `duration` |
//! | `duration` | percentiles of `Duration` | `function.duration` |
//! | `faults` | the Sums of `Errors` and `Invocations` | `[[function.fault]]` |
//! | `overlay` | `IteratorAge` | `[[measured_age]]`, drawn beside the simulated age |
//!
//! The parts go into an existing scenario, whose other lines and comments stay as they are, or
//! stand alone. Left out: throttles and concurrency, which are results, not causes.

mod duration;
mod faults;
mod traffic;

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table};

use super::SourceFile;
use super::problem::Problem;
use crate::scenario::cloudwatch::{MetricSeries, read_metrics};

/// What metrics are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Arrivals.
    Traffic,
    /// How long invocations take.
    Duration,
    /// Error rates and outages.
    Faults,
    /// A measured IteratorAge to draw beside the simulated one.
    Overlay,
}

/// A scenario with the parts in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsText {
    /// The text.
    pub text: String,
    /// What was taken from where, one sentence each.
    pub notes: Vec<String>,
}

/// Metrics of one file.
struct Metrics {
    name: String,
    series: Vec<MetricSeries>,
}

/// What the parts are made from.
struct Making<'m> {
    files: Vec<Metrics>,
    /// The metric that the user names.
    metric: Option<&'m str>,
    /// Folder of the scenario, which file names count from.
    folder: PathBuf,
    /// Date of time zero in seconds since 1970, once it is known.
    start: Option<i64>,
    notes: Vec<String>,
}

/// Puts parts made from metrics into a scenario; `base` is its text, empty for a fragment, and
/// `folder` the folder that it is in.
///
/// # Errors
/// When a file is no CloudWatch document, lacks a metric, or the scenario is not TOML.
pub fn import_metrics(
    sources: &[SourceFile],
    parts: &[Part],
    metric: Option<&str>,
    base: &SourceFile,
    folder: &Path,
) -> Result<MetricsText, Problem> {
    let mut files = Vec::new();
    for source in sources {
        let fail = |why: String| Problem::of_file(&source.name, why);
        let series = read_metrics(&source.text).map_err(fail)?;
        files.push(Metrics { name: source.name.clone(), series });
    }
    let not_toml = |error: toml_edit::TomlError| {
        let message = error.message().to_owned();
        Problem::of_file(&base.name, format!("not TOML: {message}"))
    };
    let mut document: DocumentMut = base.text.parse().map_err(not_toml)?;
    let start = document.get("start").and_then(start_of);
    let mut making = Making { files, metric, folder: folder.to_owned(), start, notes: Vec::new() };
    // Traffic first: it says when time zero is.
    for wanted in [Part::Traffic, Part::Duration, Part::Faults, Part::Overlay] {
        if !parts.contains(&wanted) {
            continue;
        }
        match wanted {
            Part::Traffic => traffic::put(&mut making, &mut document)?,
            Part::Duration => duration::put(&mut making, &mut document)?,
            Part::Faults => faults::put(&mut making, &mut document)?,
            Part::Overlay => traffic::put_overlay(&mut making, &mut document)?,
        }
    }
    Ok(MetricsText { text: document.to_string(), notes: making.notes })
}

fn start_of(item: &Item) -> Option<i64> {
    let text = match item.as_datetime() {
        Some(date) => date.to_string(),
        None => item.as_str()?.to_owned(),
    };
    Some(text.parse::<jiff::Timestamp>().ok()?.as_second())
}

impl Making<'_> {
    /// All series of all files with the names of their files.
    fn all(&self) -> impl Iterator<Item = (&str, &MetricSeries)> {
        self.files
            .iter()
            .flat_map(|file| file.series.iter().map(move |series| (file.name.as_str(), series)))
    }

    /// The series of a metric with one of these statistics; `None` where there is none.
    fn find(&self, metric: &str, statistics: &[&str]) -> Option<(&str, &MetricSeries)> {
        let is_fitting = |series: &MetricSeries| {
            series.statistic.as_deref().is_none_or(|own| statistics.contains(&own))
        };
        self.all().find(|(_, series)| series.is_named(metric) && is_fitting(series))
    }

    /// Time zero; the first call decides it where the scenario does not.
    fn start(&mut self, first: i64, document: &mut DocumentMut) -> i64 {
        if let Some(start) = self.start {
            return start;
        }
        self.start = Some(first);
        if let Ok(date) = jiff::Timestamp::from_second(first) {
            document["start"] = toml_edit::value(date.to_string());
            self.notes.push(format!("start = {date}, the first point"));
        }
        first
    }

    /// The error of a metric that is not there.
    fn lacking(&self, what: &str) -> Problem {
        let names: Vec<String> =
            self.all().map(|(_, series)| format!("`{}`", series.full_name())).collect();
        let file = self.files.first().map_or("", |file| file.name.as_str());
        Problem::of_file(file, format!("{what}; it holds {}", names.join(", ")))
    }
}

/// The name of a file without its folder, for comments and notes.
fn short(file: &str) -> String {
    let name = Path::new(file).file_name();
    name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// A table of the document, made where it is missing.
fn table<'d>(document: &'d mut DocumentMut, key: &str) -> Result<&'d mut Table, Problem> {
    let item = document.entry(key).or_insert_with(toml_edit::table);
    let wrong = || Problem::of_file(key, format!("`{key}` of the scenario is not a table"));
    item.as_table_mut().ok_or_else(wrong)
}

/// A time in seconds as a scenario writes it: `1d2h5min`.
fn seconds_text(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds.max(0);
    let mut text = String::new();
    for (length, unit) in units {
        if rest >= length {
            text += &format!("{}{unit}", rest / length);
            rest %= length;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// A value with a comment behind it.
fn commented(value: impl Into<toml_edit::Value>, comment: &str) -> Item {
    let mut value: toml_edit::Value = value.into();
    value.decor_mut().set_suffix(format!("  # {comment}"));
    Item::Value(value)
}
