//! Arrivals from a metric, and the measured IteratorAge: both stay in their file, which the
//! scenario names.
//!
//! Arrivals are the sums per period of, in this order: the metric that the user names,
//! `IncomingRecords` (Kinesis), `PolledEventCount` (the mapping itself),
//! `ReturnedRecordsCount` (DynamoDB Streams), `ConsumedWriteCapacityUnits` (DynamoDB: one for each
//! KB of an item, so it counts larger items more than once). A period without a point counts 0.

use std::path::Path;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table};

use super::super::problem::Problem;
use super::{Making, commented, seconds_text, short};
use crate::scenario::cloudwatch::{MetricSeries, choose, counts};

const METRICS: [&str; 4] =
    ["IncomingRecords", "PolledEventCount", "ReturnedRecordsCount", "ConsumedWriteCapacityUnits"];

/// Puts `[[traffic]]`, `start` and `duration` into the scenario.
pub fn put(making: &mut Making<'_>, document: &mut DocumentMut) -> Result<(), Problem> {
    let (file, series) = arrivals(making)?;
    let fail = |why: String| Problem::of_file(&file, why);
    let period = series.period().ok_or_else(|| fail("has one point only".to_owned()))?;
    let total: u64 = counts(&series, period).map_err(fail)?.iter().sum();
    let first = series.points[0].0;
    let last = series.points[series.points.len() - 1].0;
    // Earlier imports may have fixed another start: arrivals count from their first point.
    making.start = None;
    making.start(first, document);
    let length = last - first + period;
    document["duration"] = commented(seconds_text(length), &format!("as long as {}", short(&file)));
    let name = series.full_name();
    let mut trace = InlineTable::new();
    trace.insert("file", relative(&file, &making.folder).into());
    trace.insert("metric", name.as_str().into());
    let mut arrivals = InlineTable::new();
    arrivals.insert("trace", trace.into());
    let sources = document
        .entry("traffic")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| fail("`traffic` of the scenario is not `[[traffic]]`".to_owned()))?;
    if sources.len() > 1 {
        let message = "the scenario has several `[[traffic]]`; leave one";
        return Err(fail(message.to_owned()));
    }
    if sources.is_empty() {
        sources.push(Table::new());
    }
    let source = sources.get_mut(0).expect("one was just put there if there was none");
    source["arrivals"] = commented(arrivals, &format!("{total} records"));
    making.notes.push(format!(
        "traffic: {total} records in {}, every {}: `{name}` of {}",
        seconds_text(length),
        seconds_text(period),
        short(&file)
    ));
    if series.is_named("ConsumedWriteCapacityUnits") {
        let note = "traffic: a write of more than 1 KB counts as several records in this metric";
        making.notes.push(note.to_owned());
    }
    Ok(())
}

fn arrivals(making: &Making<'_>) -> Result<(String, MetricSeries), Problem> {
    let found = |(file, series): (&str, &MetricSeries)| (file.to_owned(), series.clone());
    if let Some(wanted) = making.metric {
        for file in &making.files {
            if let Ok(series) = choose(&file.series, Some(wanted)) {
                return Ok((file.name.clone(), series.clone()));
            }
        }
        return Err(making.lacking(&format!("has no metric `{wanted}`, or several")));
    }
    if let Some(known) = METRICS.iter().find_map(|name| making.find(name, &["Sum"])) {
        return Ok(found(known));
    }
    let mut all = making.all();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(found(only)),
        (_, _) => Err(making.lacking("has no metric of arrivals; name one with --metric")),
    }
}

/// Puts `[[measured_age]]` into the scenario.
pub fn put_overlay(making: &mut Making<'_>, document: &mut DocumentMut) -> Result<(), Problem> {
    let statistics = ["Maximum", "p99", "Average"];
    let found = statistics.iter().find_map(|s| making.find("IteratorAge", &[s]));
    let Some((file, series)) = found else {
        return Err(making.lacking("has no metric `IteratorAge`"));
    };
    let (file, series) = (file.to_owned(), series.clone());
    making.start(series.points[0].0, document);
    let mut table = Table::new();
    table["file"] = toml_edit::value(relative(&file, &making.folder));
    table["metric"] = toml_edit::value(series.full_name());
    let mut list = ArrayOfTables::new();
    list.push(table);
    document["measured_age"] = Item::ArrayOfTables(list);
    let count = series.points.len();
    making.notes.push(format!(
        "overlay: {count} points of `{}` of {}",
        series.full_name(),
        short(&file)
    ));
    Ok(())
}

/// The file as seen from the folder of the scenario.
fn relative(file: &str, folder: &Path) -> String {
    let path = Path::new(file);
    if let Ok(rest) = path.strip_prefix(folder) {
        return rest.display().to_string();
    }
    let absolute = |path: &Path| std::fs::canonicalize(path).ok();
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match (absolute(path), absolute(here)) {
        (Some(path), Some(folder)) => match path.strip_prefix(&folder) {
            Ok(rest) => rest.display().to_string(),
            Err(_) => path.display().to_string(),
        },
        _ => file.to_owned(),
    }
}
