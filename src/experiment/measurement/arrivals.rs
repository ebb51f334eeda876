//! When the records of a measured run were written.
//!
//! | process | record `i` |
//! |---|---|
//! | even | `from + i / rate` |
//! | burst | the same, or all at `from` where no rate is given |
//! | ticks | at the last multiple of `tick` not after `from + i / rate` |
//! | rounds | `round_items` at `rate_in_round`, then a pause of `gap` |
//! | list, csv | as given; the column `put_offset_s` of a capture |
//!
//! Times are rounded to nanoseconds. `count` bounds the number of records, `to` the times. The loop
//! behind ticks drifts by about 1 ms in a second: where `tick` is whole seconds, that is not in it.

use serde::Deserialize;

use super::item::Captures;
use crate::units::Instant;

/// More records than this are not held as a list.
const RECORDS_MAX: f64 = 3e7;

/// By how much a loop of one second is longer than that.
const LOOP_DRIFT: f64 = 0.001;

/// A writer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// How it writes.
    pub process: Process,
    /// When it starts, in seconds.
    #[serde(default)]
    pub from_s: f64,
    /// When it stops, in seconds.
    #[serde(default)]
    pub to_s: Option<f64>,
    /// Records per second.
    #[serde(default)]
    pub rate_per_s: Option<f64>,
    /// Records in all.
    #[serde(default)]
    pub count: Option<u64>,
    /// Distance of ticks.
    #[serde(default)]
    pub tick_s: Option<f64>,
    /// Records of a round.
    #[serde(default)]
    pub round_items: Option<u64>,
    /// Records per second within a round.
    #[serde(default)]
    pub rate_in_round_per_s: Option<f64>,
    /// Pause after a round.
    #[serde(default)]
    pub gap_s: Option<f64>,
    /// Times of a list.
    #[serde(default)]
    pub at_s: Vec<f64>,
    /// Path of a capture.
    #[serde(default)]
    pub csv: Option<String>,
}

/// How a writer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Process {
    /// Equally spaced.
    Even,
    /// Once, as fast as the rate.
    Burst,
    /// All records due are written at once at each tick.
    Ticks,
    /// Rounds with pauses.
    Rounds,
    /// Times that are given.
    List,
    /// Times of a capture.
    Csv,
}

/// The times of all records, sorted.
///
/// # Errors
/// A word that is missing or makes no sense, as a sentence.
pub fn times(writer: &Arrivals, captures: Captures<'_>) -> Result<Vec<Instant>, String> {
    let seconds = match writer.process {
        Process::Even => evenly(writer)?,
        Process::Burst if writer.rate_per_s.is_none() => {
            vec![writer.from_s; number(writer.count.map(|count| count as f64), "count")? as usize]
        }
        Process::Burst => evenly(writer)?,
        Process::Ticks => ticks(writer)?,
        Process::Rounds => rounds(writer)?,
        Process::List => writer.at_s.clone(),
        Process::Csv => captured(writer, captures)?,
    };
    let mut times = Vec::with_capacity(seconds.len());
    for at in seconds {
        if !(0.0..=1e8).contains(&at) {
            return Err(format!("arrivals: {at} s is no time after the start of the writer"));
        }
        times.push(Instant::from_nanos(libm::round(at * 1e9) as u64));
    }
    times.sort_unstable();
    if times.is_empty() {
        return Err("arrivals: nothing is ever written".to_owned());
    }
    Ok(times)
}

/// A number that is there, above 0, and leads to no more records than fit.
fn number(given: Option<f64>, name: &str) -> Result<f64, String> {
    match given {
        Some(number) if number > 0.0 && number <= RECORDS_MAX => Ok(number),
        Some(number) => Err(format!("arrivals: {name} is {number}; it is above 0, at most 3e7")),
        None => Err(format!("arrivals: `{name}` is missing")),
    }
}

/// Rate, end and largest number of the records of a writer; what is missing follows from the rest.
fn extent(writer: &Arrivals) -> Result<(f64, f64, u64), String> {
    let count = writer.count.map(|count| count as f64);
    let length = writer.to_s.map(|to| to - writer.from_s);
    let rate = match (writer.rate_per_s, count, length) {
        (Some(_), _, _) => number(writer.rate_per_s, "rate_per_s")?,
        (None, Some(count), Some(length)) => number(Some(count / length), "count")?,
        (None, _, _) => return Err("arrivals: `rate_per_s` is missing".to_owned()),
    };
    let most = match (count, length) {
        (Some(_), _) => number(count, "count")?,
        (None, Some(length)) => number(Some(length * rate + 1.0), "to_s")?,
        (None, None) => return Err("arrivals: `to_s` or `count` is missing".to_owned()),
    };
    // With a count the rate is rounded more than the count is.
    let end = if count.is_some() { f64::INFINITY } else { writer.to_s.unwrap_or(f64::INFINITY) };
    Ok((rate, end, most as u64))
}

fn evenly(writer: &Arrivals) -> Result<Vec<f64>, String> {
    let (rate, end, most) = extent(writer)?;
    let times = (0..most).map(|index| writer.from_s + index as f64 / rate);
    Ok(times.take_while(|at| *at < end).collect())
}

fn ticks(writer: &Arrivals) -> Result<Vec<f64>, String> {
    let (rate, end, most) = extent(writer)?;
    let tick = number(writer.tick_s, "tick_s")?;
    let is_whole = tick == libm::floor(tick);
    let tick = if is_whole { tick * (1.0 + LOOP_DRIFT) } else { tick };
    let last =
        writer.to_s.map_or(f64::INFINITY, |to| libm::ceil((to - writer.from_s) / tick) - 1.0);
    let time = |index: u64| {
        let number = libm::floor(index as f64 / rate / tick);
        writer.from_s + number.min(last.max(0.0)) * tick
    };
    let is_due = |index: &u64| writer.from_s + *index as f64 / rate < end;
    Ok((0..most).take_while(is_due).map(time).collect())
}

fn rounds(writer: &Arrivals) -> Result<Vec<f64>, String> {
    let items = number(writer.round_items.map(|items| items as f64), "round_items")? as u64;
    let rate = number(writer.rate_in_round_per_s, "rate_in_round_per_s")?;
    let length = items as f64 / rate + writer.gap_s.unwrap_or(0.0).max(0.0);
    let end = writer.to_s.unwrap_or(f64::INFINITY);
    let most = match (writer.count, writer.to_s) {
        (Some(count), _) => number(Some(count as f64), "count")?,
        (None, Some(to)) => number(Some((to - writer.from_s) * rate), "to_s")?,
        (None, None) => return Err("arrivals: `to_s` or `count` is missing".to_owned()),
    };
    let time = |index: u64| {
        let (round, place) = (index / items, index % items);
        writer.from_s + round as f64 * length + place as f64 / rate
    };
    Ok((0..most as u64).map(time).take_while(|at| *at < end).collect())
}

fn captured(writer: &Arrivals, captures: Captures<'_>) -> Result<Vec<f64>, String> {
    const COLUMN: &str = "put_offset_s";
    let path = writer.csv.as_deref().ok_or("arrivals: `csv` is missing")?;
    let text = captures(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| format!("{path}: {error}"))?;
    let column = headers.iter().position(|name| name.trim() == COLUMN);
    let column = column.ok_or_else(|| format!("{path}: there is no column `{COLUMN}`"))?;
    let time = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.map_err(|error| format!("{path}: {error}"))?;
        let cell = row.get(column).unwrap_or_default();
        let offset: Result<f64, _> = cell.trim().parse();
        offset
            .map(|offset| writer.from_s + offset)
            .map_err(|_| format!("{path}: `{cell}` is no number of seconds"))
    };
    reader.records().map(time).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(json: &str) -> Result<Vec<f64>, String> {
        let writer: Arrivals = serde_json::from_str(json).expect("the words are right");
        let capture = |_: &str| Ok("a,put_offset_s\n1,0.25\n2,1.5\n".to_owned());
        let times = times(&writer, &capture)?;
        Ok(times.iter().map(|at| at.as_secs_f64()).collect())
    }

    #[test]
    fn every_process_writes_at_its_times() {
        let cases = [
            (r#"{"process": "even", "from_s": 1, "to_s": 2, "rate_per_s": 4}"#, "1,1.25,1.5,1.75"),
            (r#"{"process": "even", "from_s": 0, "to_s": 2, "count": 4}"#, "0,0.5,1,1.5"),
            (r#"{"process": "burst", "from_s": 3, "to_s": 3, "count": 2}"#, "3,3"),
            (
                r#"{"process": "ticks", "from_s": 1, "to_s": 4, "rate_per_s": 2, "tick_s": 1.5}"#,
                "1,1,1,2.5,2.5,2.5",
            ),
            (
                r#"{"process": "rounds", "to_s": 3, "round_items": 2, "rate_in_round_per_s": 4,
                "gap_s": 1}"#,
                "0,0.25,1.5,1.75",
            ),
            (r#"{"process": "list", "at_s": [2, 1]}"#, "1,2"),
            (r#"{"process": "csv", "csv": "x.csv"}"#, "0.25,1.5"),
        ];
        for (json, expected) in cases {
            let expected: Vec<f64> =
                expected.split(',').map(|at| at.parse().expect("a number")).collect();
            assert_eq!(seconds(json), Ok(expected), "{json}");
        }
    }

    #[test]
    fn a_writer_with_ticks_writes_all_its_records_before_it_stops() {
        let json = r#"{"process": "ticks", "from_s": 1, "to_s": 900.4, "rate_per_s": 3.3278,
            "count": 2993, "tick_s": 1.001}"#;
        let times = seconds(json).expect("the words are right");
        assert_eq!(times.len(), 2993);
        assert!(times.iter().all(|at| (1.0..900.4).contains(at)));
        assert_eq!(times.iter().filter(|at| **at == 1.0).count(), 4);
    }

    #[test]
    fn a_loop_of_whole_seconds_drifts() {
        let json = r#"{"process": "ticks", "to_s": 65, "rate_per_s": 0.05, "tick_s": 20}"#;
        let times = seconds(json).expect("the words are right");
        assert_eq!(times, [0.0, 0.0, 20.02, 40.04]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let cases = [
            (r#"{"process": "even", "to_s": 2}"#, "`rate_per_s` is missing"),
            (r#"{"process": "even", "rate_per_s": 2}"#, "`to_s` or `count` is missing"),
            (r#"{"process": "ticks", "to_s": 2, "rate_per_s": 2}"#, "`tick_s` is missing"),
            (r#"{"process": "even", "to_s": 1e9, "rate_per_s": 1e6}"#, "at most 3e7"),
            (r#"{"process": "list", "at_s": [-1]}"#, "-1 s is no time"),
            (r#"{"process": "list"}"#, "nothing is ever written"),
            (r#"{"process": "csv"}"#, "`csv` is missing"),
        ];
        for (json, expected) in cases {
            let error = seconds(json).expect_err(expected);
            assert!(error.contains(expected), "{error} should say {expected}");
        }
    }
}
