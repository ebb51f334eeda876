//! Measured quantities of a simulated run, as the vocabulary defines them.
//!
//! | rule | |
//! |---|---|
//! | a sample of IteratorAge | belongs to the time at which its invocation ended (S9.1) |
//! | a clock minute | belongs to a window if its middle does, since windows are rounded |
//! | a latency | belongs to the time of its write, and ends 15 ms before the handler |
//! | a duration | belongs to the time at which its invocation ended |
//! | a lane is in use | from sending to the end, invoke overhead included |
//!
//! Minutes without an invocation have no sample, as in CloudWatch.

use std::collections::BTreeMap;

use super::facts::{FinishedRecord, Row};
use super::quantity::{Quantity, Statistic};
use super::settings::Finished;
use super::splits::{reshards, shards_at};
use crate::units::{Duration, Instant};

/// A clock minute.
const MINUTE: Duration = Duration::from_secs(60);
/// The last update of a handler comes this long before its end.
const LAST_UPDATE_BEFORE_END: f64 = 0.015;
/// The poll grid that gaps are held against, in seconds.
const GRID: f64 = 0.25;
/// How near to the grid a gap is on it, in seconds.
const NEAR_GRID: f64 = 0.015;

/// A window in the time of the run.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: Instant,
    to: Instant,
}

impl Window {
    fn holds(self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    fn seconds(self) -> f64 {
        self.to.since(self.from).as_secs_f64()
    }
}

/// A quantity of a run; the `nth` of its kind where an item has several (from 0). `None` where the
/// run does not give it.
pub fn estimate(
    run: &Finished<'_>,
    quantity: Quantity,
    window: Option<(f64, f64)>,
    nth: usize,
) -> Option<f64> {
    let window = in_run(run, window);
    match quantity {
        Quantity::IteratorAge(statistic) => statistic.of(&ages(run, window)),
        Quantity::MinuteAverages => Statistic::Mean.of(&minute_averages(run, window)),
        Quantity::MinuteMaxima(extreme) => {
            let maxima = minutes(run, window).into_values();
            extreme.of(&maxima.filter_map(|ages| Statistic::Max.of(&ages)).collect::<Vec<f64>>())
        }
        Quantity::Slope => slope(run, window),
        Quantity::StepDeviation => step_deviation(&minute_averages(run, window)),
        Quantity::Backlog => Some(backlog(run, window.to)),
        Quantity::Processed => Some(processed(run, window)),
        Quantity::Throughput => throughput(run, window),
        Quantity::Efficiency => efficiency(run, window),
        Quantity::InvocationsPerMinute(extreme) => {
            let counts = minutes(run, window).into_values().map(|ages| ages.len() as f64);
            extreme.of(&counts.collect::<Vec<f64>>())
        }
        Quantity::Recovery => recovery(run),
        Quantity::ConcurrencyMean => {
            let durations = ended(run, window).map(|row| row.duration.as_secs_f64());
            (window.seconds() > 0.0).then(|| durations.sum::<f64>() / window.seconds())
        }
        Quantity::ConcurrencyMax => Some(lanes_in_use_max(&run.rows, window)),
        Quantity::Latency(statistic) => statistic.of(&latencies(run, window, last_update)),
        Quantity::LatencyAbove(limit) => {
            let latencies = latencies(run, window, last_update);
            let above = latencies.iter().filter(|latency| **latency > limit).count();
            (!latencies.is_empty()).then(|| above as f64 / latencies.len() as f64)
        }
        Quantity::StartLatency(statistic) => statistic.of(&latencies(run, window, start)),
        Quantity::StartGap if run.config.words.splits.is_empty() => {
            gaps(run, window).get(nth).copied()
        }
        Quantity::StartGap => gap_to_child(run, nth),
        Quantity::GridShare => {
            share(&gaps(run, window), |gap| (gap - GRID * multiple(gap)).abs() <= NEAR_GRID)
        }
        Quantity::OddShare => share(&gaps(run, window), |gap| multiple(gap) % 2.0 == 1.0),
    }
}

/// A window of the vocabulary in the time of the run; without one, from the start of the writer to
/// the last end.
fn in_run(run: &Finished<'_>, window: Option<(f64, f64)>) -> Window {
    let at = |seconds: f64| run.writer_starts + Duration::from_secs_f64(seconds.max(0.0));
    match window {
        Some((from, to)) => Window { from: at(from), to: at(to) },
        None => {
            let last = run.rows.last().map_or(run.writer_starts, |row| row.ends_at);
            Window { from: run.writer_starts, to: last + Duration::from_nanos(1) }
        }
    }
}

fn ended<'r>(run: &'r Finished<'_>, window: Window) -> impl Iterator<Item = &'r Row> {
    run.rows.iter().filter(move |row| window.holds(row.ends_at))
}

fn ages(run: &Finished<'_>, window: Window) -> Vec<f64> {
    ended(run, window).map(|row| row.age.as_secs_f64()).collect()
}

/// The samples of the clock minutes of a window, by the number of the minute.
fn minutes(run: &Finished<'_>, window: Window) -> BTreeMap<u64, Vec<f64>> {
    let mut minutes: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for row in &run.rows {
        let number = row.ends_at.as_nanos() / MINUTE.as_nanos();
        let middle = Instant::from_nanos(number * MINUTE.as_nanos() + MINUTE.as_nanos() / 2);
        if window.holds(middle) {
            minutes.entry(number).or_default().push(row.age.as_secs_f64());
        }
    }
    minutes
}

fn minute_averages(run: &Finished<'_>, window: Window) -> Vec<f64> {
    let minutes = minutes(run, window).into_values();
    minutes.filter_map(|ages| Statistic::Mean.of(&ages)).collect()
}

/// From the first to the last average of a clock minute.
fn slope(run: &Finished<'_>, window: Window) -> Option<f64> {
    let minutes = minutes(run, window);
    let ((first, first_ages), (last, last_ages)) =
        (minutes.first_key_value()?, minutes.last_key_value()?);
    let growth = Statistic::Mean.of(last_ages)? - Statistic::Mean.of(first_ages)?;
    (last > first).then(|| growth / ((last - first) as f64 * MINUTE.as_secs_f64()))
}

/// Standard deviation of the differences between successive averages.
fn step_deviation(averages: &[f64]) -> Option<f64> {
    let steps: Vec<f64> = averages.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mean = Statistic::Mean.of(&steps)?;
    let squares: f64 = steps.iter().map(|step| (step - mean) * (step - mean)).sum();
    (steps.len() > 1).then(|| libm::sqrt(squares / (steps.len() - 1) as f64))
}

/// Written, but not finished.
fn backlog(run: &Finished<'_>, at: Instant) -> f64 {
    let since_start = at.since(run.writer_starts);
    let written = |times: &Vec<Instant>| {
        times.partition_point(|time| time.since(Instant::START) <= since_start) as f64
    };
    let written: f64 = run.config.written.iter().map(written).sum();
    written - run.finished.partition_point(|record| record.ends_at <= at) as f64
}

fn processed(run: &Finished<'_>, window: Window) -> f64 {
    let is_before = |at: Instant| run.finished.partition_point(|record| record.ends_at < at);
    (is_before(window.to) - is_before(window.from)) as f64
}

fn throughput(run: &Finished<'_>, window: Window) -> Option<f64> {
    (window.seconds() > 0.0).then(|| processed(run, window) / window.seconds())
}

fn efficiency(run: &Finished<'_>, window: Window) -> Option<f64> {
    let durations: Vec<f64> = ended(run, window).map(|row| row.duration.as_secs_f64()).collect();
    let lanes_per_shard =
        run.config.mapping.get("ParallelizationFactor").map_or(Some(1), |factor| factor.as_u64());
    let from = window.from.since(run.writer_starts).as_secs_f64();
    let lanes = f64::from(shards_at(&run.config.words, from)) * lanes_per_shard? as f64;
    Some(throughput(run, window)? * Statistic::Mean.of(&durations)? / lanes)
}

/// From the stop of the writers to the end of the last record.
fn recovery(run: &Finished<'_>) -> Option<f64> {
    let last = run.finished.last()?.ends_at.since(run.writer_starts).as_secs_f64();
    let is_empty = run.finished.len() as u64 == run.config.records();
    is_empty.then(|| last - run.config.writers_stop())
}

/// Most lanes in use at once, invoke overhead included.
fn lanes_in_use_max(rows: &[Row], window: Window) -> f64 {
    let overlaps = |row: &&Row| row.sent_at < window.to && row.ends_at > window.from;
    let mut changes: Vec<(Instant, i32)> = Vec::new();
    for row in rows.iter().filter(overlaps) {
        changes.extend([(row.sent_at.max(window.from), 1), (row.ends_at, -1)]);
    }
    // Of changes at one instant the ends come first.
    changes.sort_unstable();
    let (mut in_use, mut most) = (0, 0);
    for (_, change) in changes {
        in_use += change;
        most = most.max(in_use);
    }
    f64::from(most)
}

/// Times from writing, of the records written in a window.
fn latencies(
    run: &Finished<'_>,
    window: Window,
    until: impl Fn(&FinishedRecord) -> f64,
) -> Vec<f64> {
    let written = run.finished.iter().filter(|record| window.holds(record.written_at));
    written.map(|record| until(record) - record.written_at.as_secs_f64()).collect()
}

fn last_update(record: &FinishedRecord) -> f64 {
    record.ends_at.as_secs_f64() - LAST_UPDATE_BEFORE_END
}

fn start(record: &FinishedRecord) -> f64 {
    record.starts_at.as_secs_f64()
}

/// Times between successive starts of handlers.
fn gaps(run: &Finished<'_>, window: Window) -> Vec<f64> {
    let starts = run.rows.iter().map(|row| row.starts_at);
    let mut starts: Vec<Instant> = starts.filter(|start| window.holds(*start)).collect();
    starts.sort_unstable();
    starts.windows(2).map(|pair| pair[1].since(pair[0]).as_secs_f64()).collect()
}

/// From the end of the last record of its parents to the start of the first record of the `nth`
/// shard that opens.
fn gap_to_child(run: &Finished<'_>, nth: usize) -> Option<f64> {
    let reshards = reshards(&run.config.words, run.writer_starts).ok()?;
    let children =
        reshards.iter().flat_map(|reshard| reshard.open.iter().map(move |c| (c, reshard)));
    let (child, reshard) = children.into_iter().nth(nth)?;
    let of_parents = run.rows.iter().filter(|row| reshard.close.contains(&row.shard));
    let end = of_parents.map(|row| row.ends_at).max()?;
    let start = run.rows.iter().filter(|row| row.shard == *child).map(|row| row.starts_at).min()?;
    Some(start.as_secs_f64() - end.as_secs_f64())
}

/// Which multiple of the grid is nearest.
fn multiple(gap: f64) -> f64 {
    libm::round(gap / GRID)
}

fn share(values: &[f64], holds: impl Fn(f64) -> bool) -> Option<f64> {
    let count = values.iter().filter(|value| holds(**value)).count();
    (!values.is_empty()).then(|| count as f64 / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::super::item::parse;
    use super::super::quantity::Extreme;
    use super::*;

    const ITEM: &str = r#"{"items": [{"id": "i", "config": {"kind": "dynamodb", "shards": 2,
        "ParallelizationFactor": 2, "duration_s": 1, "arrivals": [{"process": "list",
        "at_s": [0, 30, 61, 62]}], "keys": "one", "record_bytes": 100, "run_until": "empty"},
        "expect": [{"quantity": "recovery_s", "value": 1, "lo": 1, "hi": 1}]}]}"#;

    /// Invocations by start and age; each takes two seconds and has an overhead of a tenth.
    fn with_run<T>(starts: &[(f64, f64)], check: impl Fn(&Finished<'_>) -> T) -> T {
        let items = parse(ITEM, &|path| Err(path.to_owned())).expect("the item is right");
        let config = items[0].config.as_ref().expect("its words are right");
        let writer_starts = Instant::from_secs(120);
        let at = |seconds: f64| writer_starts + Duration::from_secs_f64(seconds);
        let row = |&(start, age): &(f64, f64)| Row {
            shard: 0,
            sent_at: at(start - 0.1),
            starts_at: at(start),
            ends_at: at(start + 2.0),
            duration: Duration::from_secs(2),
            age: Duration::from_secs_f64(age),
        };
        let rows: Vec<Row> = starts.iter().map(row).collect();
        let finished = rows.iter().zip(&config.written[0]).map(|(row, written)| FinishedRecord {
            written_at: writer_starts + written.since(Instant::START),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
        });
        let finished = finished.collect();
        check(&Finished { config, rows, finished, writer_starts })
    }

    #[test]
    fn quantities_are_what_the_vocabulary_says() {
        let starts = [(0.5, 0.4), (31.0, 1.0), (62.0, 3.0), (63.0, 5.0)];
        let cases = [
            (Quantity::IteratorAge(Statistic::Mean), Some((0.0, 64.5)), 4.4 / 3.0),
            (Quantity::MinuteAverages, Some((0.0, 120.0)), 2.35),
            (Quantity::MinuteMaxima(Extreme::Min), Some((0.0, 120.0)), 1.0),
            // The middle of the second minute lies outside.
            (Quantity::MinuteMaxima(Extreme::Max), Some((0.0, 89.0)), 1.0),
            (Quantity::Slope, Some((0.0, 119.0)), 3.3 / 60.0),
            (Quantity::Backlog, Some((63.0, 63.0)), 2.0),
            (Quantity::Processed, Some((2.5, 64.0)), 2.0),
            (Quantity::Throughput, Some((2.5, 12.5)), 0.1),
            (Quantity::Efficiency, Some((2.5, 12.5)), 0.1 * 2.0 / 4.0),
            (Quantity::InvocationsPerMinute(Extreme::Max), Some((0.0, 120.0)), 2.0),
            (Quantity::Recovery, None, 3.0),
            (Quantity::ConcurrencyMean, Some((60.0, 70.0)), 0.4),
            (Quantity::ConcurrencyMax, Some((60.0, 70.0)), 2.0),
            (Quantity::Latency(Statistic::Min), None, 2.485),
            (Quantity::LatencyAbove(2.6), Some((30.0, 100.0)), 1.0),
            (Quantity::StartLatency(Statistic::Max), None, 1.0),
            (Quantity::StartGap, None, 30.5),
            (Quantity::GridShare, None, 1.0),
            (Quantity::OddShare, None, 0.0),
        ];
        for (quantity, window, expected) in cases {
            let found = with_run(&starts, |run| estimate(run, quantity, window, 0));
            let found = found.unwrap_or_else(|| panic!("{quantity:?} is there"));
            assert!((found - expected).abs() < 1e-9, "{quantity:?}: {found}, not {expected}");
        }
    }

    #[test]
    fn what_a_run_does_not_give_is_absent() {
        for quantity in [Quantity::Slope, Quantity::Recovery, Quantity::StepDeviation] {
            assert_eq!(with_run(&[(0.5, 0.4)], |run| estimate(run, quantity, None, 0)), None);
        }
        let third =
            with_run(&[(0.5, 0.4), (1.0, 0.4)], |run| estimate(run, Quantity::StartGap, None, 1));
        assert_eq!(third, None);
    }

    #[test]
    fn the_steps_of_a_straight_line_do_not_deviate() {
        assert_eq!(step_deviation(&[1.0, 2.0, 3.0, 4.0]), Some(0.0));
        let uneven = step_deviation(&[0.0, 1.0, 4.0]).expect("there are two steps");
        assert!((uneven - libm::sqrt(2.0)).abs() < 1e-12, "{uneven}");
    }
}
