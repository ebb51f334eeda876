//! `arrivals = { trace = { file = "x.csv", ... } }`: recorded arrivals from a file.
//!
//! `times = "column"` reads the time of every record: seconds as numbers, times with units, or
//! RFC 3339 dates, which count from the first one. `counts = "column"` with `period` reads the
//! number of records per period. A column is named by the header or by its number from 1; a file
//! whose first row cannot be read as values has a header. Blank lines and lines that begin with
//! `#` are skipped.
//! `metric = "IncomingRecords"` reads that metric of a CloudWatch document (JSON of the AWS CLI or
//! CSV of the console), whose period it finds itself; a `.json` file with one metric needs no
//! name. Time 0 is the first point.

use std::fs;
use std::io::ErrorKind;

use super::arrivals::trace_times;
use super::cloudwatch::{choose, counts, read_metrics};
use super::document::{Place, Value};
use super::limited::read_bytes;
use super::quantity::TIME_MAX;
use super::reader::{Field, Reading, TableReader};
use super::suggest;
use crate::model::settings::{Arrivals, CountSpread};
use crate::units::{Duration, Instant, parse_duration};

const ROWS_MAX: usize = 10_000_000;
const FILE_BYTES_MAX: u64 = 1 << 30;
/// More records per period are not believed.
const COUNT_MAX: u64 = 1_000_000_000_000;

/// A cell of the column with its place in the file.
struct Cell {
    text: String,
    place: Place,
}

/// Reads the file that a trace names; the same table gives the same arrivals in all variants.
pub(super) fn trace(
    whole: &Field<'_>,
    table: &mut TableReader<'_>,
    cx: &mut Reading,
) -> Option<Arrivals> {
    let file = table.required("file", "\"arrivals.csv\"", cx);
    let times = table.optional("times", cx);
    let counts = table.optional("counts", cx);
    let period_field = table.optional("period", cx);
    let spread_field = table.optional("spread", cx);
    let metric = table.optional("metric", cx);
    let file = file?;
    if let Some(known) = cx.traces.get(&whole.node.to_string()) {
        return Some(known.clone());
    }
    let is_json = matches!(&file.node.value, Value::Text(name) if name.ends_with(".json"));
    if metric.is_some() || (is_json && times.is_none() && counts.is_none()) {
        if let Some(field) = times.or(counts) {
            cx.error(&field, "has a meaning only in a CSV file without `metric`; leave it out");
        }
        let spread = spread_of(spread_field.as_ref(), cx)?;
        let arrivals = metric_of(&file, metric.as_ref(), period_field.as_ref(), spread, cx)?;
        cx.traces.insert(whole.node.to_string(), arrivals.clone());
        return Some(arrivals);
    }
    let arrivals = match (times, counts) {
        (Some(_), Some(counts)) => {
            cx.error(&counts, "`times` and `counts` exclude each other; keep one");
            return None;
        }
        (Some(times), None) => {
            for field in [&period_field, &spread_field].into_iter().flatten() {
                cx.error(field, "has a meaning only with `counts`; leave it out");
            }
            times_of(&column(&file, &times, is_time, cx)?, cx)?
        }
        (None, Some(counts)) => {
            let Some(period) = period_field else {
                cx.error(&counts, "`counts` needs a `period`; write for example `period = \"1m\"`");
                return None;
            };
            let period = period.positive_duration("s", cx);
            let spread = spread_of(spread_field.as_ref(), cx)?;
            let cells = column(&file, &counts, is_count, cx)?;
            counts_of(&cells, period?, spread, cx)?
        }
        (None, None) => {
            let message = "says neither `times` nor `counts`; write for example `times = 1`";
            cx.error(whole, message);
            return None;
        }
    };
    cx.traces.insert(whole.node.to_string(), arrivals.clone());
    Some(arrivals)
}

const SPREADS: [(&str, CountSpread); 3] = [
    ("even", CountSpread::Even),
    ("uniform", CountSpread::Uniform),
    ("at_start", CountSpread::AtStart),
];

fn spread_of(field: Option<&Field<'_>>, cx: &mut Reading) -> Option<CountSpread> {
    match field {
        Some(field) => field.word(&SPREADS, cx),
        None => Some(CountSpread::Uniform),
    }
}

/// Counts per period of a CloudWatch metric.
fn metric_of(
    file: &Field<'_>,
    metric: Option<&Field<'_>>,
    period: Option<&Field<'_>>,
    spread: CountSpread,
    cx: &mut Reading,
) -> Option<Arrivals> {
    let name = file.text(cx)?;
    let wanted = match metric {
        Some(metric) => Some(metric.text(cx)?),
        None => None,
    };
    let given = match period {
        Some(period) => Some(period.positive_duration("s", cx)?),
        None => None,
    };
    let text = read_file(file, &name, cx)?;
    let read = read_metrics(&text).and_then(|series| {
        let series = choose(&series, wanted.as_deref())?.clone();
        let own = match series.period().and_then(|seconds| u64::try_from(seconds).ok()) {
            Some(seconds) if seconds > TIME_MAX.as_nanos() / 1_000_000_000 => {
                return Err("its points are more than 3650d apart".to_owned());
            }
            seconds => seconds.map(Duration::from_secs),
        };
        let period = given.or(own);
        let period = period.ok_or("it has one point only, so it needs a `period`")?;
        let is_whole = period.as_nanos() % 1_000_000_000 == 0;
        let seconds = i64::try_from(period.as_nanos() / 1_000_000_000).ok();
        let seconds = seconds.filter(|_| is_whole).ok_or("`period` is not in whole seconds")?;
        Ok((counts(&series, seconds)?, period))
    });
    match read {
        Ok((counts, period)) => {
            let length = u128::from(period.as_nanos()) * counts.len() as u128;
            if length > u128::from(TIME_MAX.as_nanos()) {
                cx.error(file, format!("`{name}` covers more than 3650d"));
                return None;
            }
            Some(Arrivals::TraceCounts { period, counts: counts.into(), spread })
        }
        Err(why) => {
            cx.error(file, format!("`{name}` cannot be used: {why}"));
            None
        }
    }
}

fn is_time(text: &str) -> bool {
    time_of(text).is_some()
}

fn is_count(text: &str) -> bool {
    count_of(text).is_some()
}

/// A time, in nanoseconds, and whether it is a date.
fn time_of(text: &str) -> Option<(i128, bool)> {
    let text = plain(text);
    if let Ok(date) = text.parse::<jiff::Timestamp>() {
        return Some((date.as_nanosecond(), true));
    }
    let with_unit = match text.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
        true => parse_duration(&format!("{text}s")),
        false => parse_duration(text),
    };
    with_unit.ok().map(|time| (i128::from(time.as_nanos()), false))
}

/// A cell without blanks and without the byte order mark that a file may begin with.
fn plain(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// Whole numbers; also `12.0`, as spreadsheets and CloudWatch write them.
fn count_of(text: &str) -> Option<u64> {
    let text = plain(text);
    let whole = text.split_once('.').map_or(text, |(whole, fraction)| {
        match fraction.bytes().all(|b| b == b'0') {
            true => whole,
            false => text,
        }
    });
    whole.parse().ok().filter(|count| *count <= COUNT_MAX)
}

fn times_of(cells: &[Cell], cx: &mut Reading) -> Option<Arrivals> {
    let mut times: Vec<Instant> = Vec::with_capacity(cells.len());
    let mut first: Option<(i128, bool)> = None;
    for cell in cells {
        let Some((nanos, is_date)) = time_of(&cell.text) else {
            let message = format!(
                "`{}` is not a time; write seconds, a time such as `1.5s`, or a date (RFC 3339)",
                cell.text
            );
            cx.problems.error(cell.place, "", message);
            return None;
        };
        let (origin, first_is_date) = *first.get_or_insert((nanos, is_date));
        if first_is_date != is_date {
            let message = format!("`{}`: dates and times since the start are mixed", cell.text);
            cx.problems.error(cell.place, "", message);
            return None;
        }
        let since = if is_date { nanos - origin } else { nanos };
        let fitting = u64::try_from(since).ok().filter(|since| *since <= TIME_MAX.as_nanos());
        let at = fitting.map(Instant::from_nanos);
        match at {
            Some(at) if times.last().is_none_or(|previous| *previous <= at) => times.push(at),
            Some(_) | None => {
                let message = match since > i128::from(TIME_MAX.as_nanos()) {
                    true => format!("`{}` is too late; the most is 3650d", cell.text),
                    false => format!("`{}` is before the row above; sort the file", cell.text),
                };
                cx.problems.error(cell.place, "", message);
                return None;
            }
        }
    }
    Some(trace_times(times))
}

fn counts_of(
    cells: &[Cell],
    period: Duration,
    spread: CountSpread,
    cx: &mut Reading,
) -> Option<Arrivals> {
    let mut counts = Vec::with_capacity(cells.len());
    for cell in cells {
        let Some(count) = count_of(&cell.text) else {
            let message = format!("`{}` is not a number of records", cell.text);
            cx.problems.error(cell.place, "", message);
            return None;
        };
        counts.push(count);
    }
    let length = u128::from(period.as_nanos()) * counts.len() as u128;
    if length > u128::from(TIME_MAX.as_nanos()) {
        let place = cells.last().map(|cell| cell.place)?;
        let message = format!("{} periods of {period} are more than 3650d", counts.len());
        cx.problems.error(place, "", message);
        return None;
    }
    Some(Arrivals::TraceCounts { period, counts: counts.into(), spread })
}

/// The cells of one column; the header, if there is one, is left out.
fn column(
    file: &Field<'_>,
    which: &Field<'_>,
    is_value: fn(&str) -> bool,
    cx: &mut Reading,
) -> Option<Vec<Cell>> {
    let name = file.text(cx)?;
    let text = read_file(file, &name, cx)?;
    let source = cx.problems.add_text(&name, &text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for row in reader.records() {
        match row {
            Ok(row) if rows.len() < ROWS_MAX => rows.push(row),
            Ok(_) => {
                cx.error(file, format!("`{name}` has more than {ROWS_MAX} rows"));
                return None;
            }
            Err(error) => {
                cx.error(file, format!("`{name}` cannot be read as CSV: {error}"));
                return None;
            }
        }
    }
    let Some(first) = rows.first() else {
        cx.error(file, format!("`{name}` has no rows"));
        return None;
    };
    let index = column_index(which, first, cx)?;
    let is_named = matches!(which.node.value, Value::Text(_));
    let has_no_values = || first.iter().all(|cell| !is_time(cell) && !is_count(cell));
    let has_header = is_named || (!first.get(index).is_some_and(is_value) && has_no_values());
    let mut cells = Vec::with_capacity(rows.len());
    for row in rows.iter().skip(usize::from(has_header)) {
        let start = row.position().map_or(0, |position| position.byte() as usize);
        let line_length = text[start..].find('\n').unwrap_or(text.len() - start);
        let place =
            Place { source, start, end: start + text[start..start + line_length].trim_end().len() };
        let Some(cell) = row.get(index) else {
            let message = format!("the row has only {} columns, not {}", row.len(), index + 1);
            cx.problems.error(place, "", message);
            return None;
        };
        cells.push(Cell { text: cell.to_owned(), place });
    }
    if cells.is_empty() {
        cx.error(file, format!("`{name}` has a header but no rows"));
        return None;
    }
    Some(cells)
}

fn column_index(which: &Field<'_>, first: &csv::StringRecord, cx: &mut Reading) -> Option<usize> {
    let Value::Text(name) = &which.node.value else {
        let number = which.whole(1, 10_000, cx)?;
        return usize::try_from(number - 1).ok();
    };
    let header: Vec<&str> = first.iter().collect();
    let found = header.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
    if found.is_none() {
        let message = format!("no column `{name}`; {}", suggest::advice(name, &header));
        cx.error(which, message);
    }
    found
}

/// Reads a file beside the scenario; `file` is where the scenario names it.
pub(super) fn read_file(file: &Field<'_>, name: &str, cx: &mut Reading) -> Option<String> {
    if let Some(text) = cx.files.get(name) {
        return Some(text.to_owned());
    }
    let path = cx.folder.join(name);
    let problem = match fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => format!("`{name}` is a folder"),
        Ok(metadata) if metadata.len() > FILE_BYTES_MAX => format!("`{name}` is larger than 1GiB"),
        Ok(_) => match read_bytes(&path, FILE_BYTES_MAX).map(String::from_utf8) {
            Ok(Ok(text)) => {
                cx.files.add(name, &text);
                return Some(text);
            }
            Ok(Err(_)) => format!("`{name}` is not UTF-8 text"),
            Err(error) => format!("`{name}` cannot be read: {error}"),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => format!("`{name}` does not exist"),
        Err(error) => format!("`{name}` cannot be read: {error}"),
    };
    cx.error(file, problem).help("the path counts from the folder of the scenario file");
    None
}
