//! The metrics of one replication, one estimate each.
//!
//! *inv* metrics go over invocations that ended, failed ones included; *rec* metrics over records
//! when the invocation that finishes them ends. Quantiles are empirical, on straight lines between
//! order statistics. What of a steady run counts is its [`Window`].

use std::collections::BTreeMap;

use super::config::AgeAt;
use super::facts::{FirstLoss, Row};
use super::item::Answer;
use super::losses;
use super::metric::Metric;
use super::replication::Finished;
use super::run_length::{RunEnd, RunKind};
use crate::analysis::empirical_quantile;
use crate::units::{Duration, Instant};

/// The part of a run that counts.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Since when rates count.
    pub from: Instant,
    /// Until the end of the run.
    pub to: Instant,
    /// Index of the first invocation that counts.
    first_row: usize,
    /// Index of the first finished record that counts.
    first_finished: usize,
}

impl Window {
    /// What counts of a replication: by time where the run has a length in time, else by order.
    pub fn of(run: &Finished<'_>) -> Window {
        let (rows, finished) = (&run.facts.rows, &run.facts.finished);
        let whole = Window { from: Instant::START, to: run.end, first_row: 0, first_finished: 0 };
        let warm_up = run.config.run.warmup_fraction;
        if run.config.run.kind == RunKind::Terminating || warm_up <= 0.0 {
            return whole;
        }
        if let Some(RunEnd::Time(seconds)) = run.config.run.end() {
            let from = Instant::START + Duration::from_secs_f64(warm_up * seconds);
            let first_row = rows.partition_point(|row| row.finish < from);
            let before: u64 = rows[..first_row].iter().map(|row| u64::from(row.handled)).sum();
            let first_finished = finished.len().min(before as usize);
            return Window { from, first_row, first_finished, ..whole };
        }
        let first_row = (warm_up * rows.len() as f64) as usize;
        let first_finished = (warm_up * finished.len() as f64) as usize;
        let from = first_row.checked_sub(1).map_or(Instant::START, |last| rows[last].finish);
        Window { from, first_row, first_finished, ..whole }
    }

    /// Its length in seconds.
    pub fn seconds(&self) -> f64 {
        self.to.since(self.from).as_secs_f64()
    }
}

/// The estimate of a metric; `None` where the run has nothing to estimate it from.
pub fn estimate(run: &Finished<'_>, metric: Metric) -> Option<Answer> {
    match metric {
        Metric::BatchSizePmf { sizes } => pmf(run, sizes).map(Answer::List),
        Metric::Trace { rows } => {
            let shown = run.facts.rows.iter().take(rows);
            Some(Answer::Rows(shown.map(|row| trace_row(run, row)).collect()))
        }
        Metric::Deliveries { rows } => {
            let row = |row: &Row| {
                let is_success = f64::from(u8::from(row.is_success));
                vec![row.first_sequence as f64, f64::from(row.records), is_success]
            };
            Some(Answer::Rows(run.facts.rows.iter().take(rows).map(row).collect()))
        }
        number => {
            of_ages(run, number).or_else(|| losses::estimate(run, number)).map(Answer::Number)
        }
    }
}

/// Metrics of ages, batch sizes and times of invocations.
fn of_ages(run: &Finished<'_>, metric: Metric) -> Option<f64> {
    let window = Window::of(run);
    let rows = &run.facts.rows[window.first_row..];
    let ages = |hot_lane| ages(run, rows, hot_lane);
    let finished = &run.facts.finished[window.first_finished..];
    match metric {
        Metric::AgeMean { hot_lane } => mean(ages(hot_lane)),
        Metric::AgeDeviation { hot_lane } => deviation(&ages(hot_lane).collect::<Vec<f64>>()),
        Metric::AgeMax { hot_lane } => ages(hot_lane).reduce(f64::max),
        Metric::AgeQuantile { q } => quantile(ages(false), q),
        Metric::AgeQuantileSpread { low, high } => {
            Some(quantile(ages(false), high)? - quantile(ages(false), low)?)
        }
        Metric::AgeOfInvocation { number } => {
            run.facts.rows.get(number - 1).map(|row| age(run, row))
        }
        Metric::AgeMaxOverShards { spacing } => max_over_shards(run, rows, spacing),
        Metric::AgeSlope { hot_lane } => slope(run, rows, hot_lane),
        Metric::RecordAgeMean => mean(finished.iter().map(|record| record.age.as_secs_f64())),
        Metric::RecordAgeOf { number } => {
            let is_it = |record: &&super::facts::FinishedRecord| {
                record.shard == 0 && record.sequence == number - 1
            };
            run.facts.finished.iter().find(is_it).map(|record| record.age.as_secs_f64())
        }
        Metric::RecordWaitQuantile { q } => {
            quantile(finished.iter().map(|record| record.wait.as_secs_f64()), q)
        }
        Metric::FirstRecordWaitMean => {
            mean(rows.iter().map(|row| row.start.since(row.first_arrival).as_secs_f64()))
        }
        Metric::BatchSizeMean => mean(rows.iter().map(|row| f64::from(row.records))),
        Metric::FullFraction => {
            let full = run.config.batch_size?;
            share(rows.iter().map(|row| row.records == full))
        }
        Metric::DurationMean => {
            mean(rows.iter().map(|row| row.finish.since(row.start).as_secs_f64()))
        }
        Metric::InvocationRate => rate(rows.len() as f64, window),
        Metric::Throughput => rate(rows.iter().map(|row| f64::from(row.handled)).sum(), window),
        Metric::Utilization => {
            let lanes = f64::from(run.config.lanes) * f64::from(run.config.shards);
            rate(executing(run, window) / lanes, window)
        }
        Metric::ConcurrencyMean => rate(executing(run, window), window),
        Metric::StartGapMean => mean(gaps(rows).into_iter()),
        Metric::LatticeShare { step, within } => {
            let is_near = |gap: f64| (gap - libm::round(gap / step) * step).abs() <= within;
            share(gaps(rows).into_iter().map(is_near))
        }
        Metric::EvenShare { step } => {
            let is_even = |gap: f64| libm::fmod(libm::round(gap / step), 2.0) == 0.0;
            share(gaps(rows).into_iter().map(is_even))
        }
        Metric::InvocationsPerRecord => {
            let handled: u64 = rows.iter().map(|row| u64::from(row.handled)).sum();
            (handled > 0).then(|| rows.len() as f64 / handled as f64)
        }
        _ => None,
    }
}

/// The iterator age of an invocation in seconds (S9.1).
pub fn age(run: &Finished<'_>, row: &Row) -> f64 {
    let at = match run.config.iterator_age_at {
        AgeAt::Finish => row.finish,
        AgeAt::Send => row.start,
    };
    at.since(row.last_arrival).as_secs_f64()
}

fn is_wanted(run: &Finished<'_>, row: &Row, hot_lane: bool) -> bool {
    !hot_lane || run.hot_lanes.get(row.lane.shard as usize) == Some(&row.lane.lane)
}

fn ages<'a>(
    run: &'a Finished<'_>,
    rows: &'a [Row],
    hot_lane: bool,
) -> impl Iterator<Item = f64> + 'a {
    let wanted = rows.iter().filter(move |row| is_wanted(run, row, hot_lane));
    wanted.map(|row| age(run, row))
}

fn trace_row(run: &Finished<'_>, row: &Row) -> Vec<f64> {
    let (start, finish) = (row.start.as_secs_f64(), row.finish.as_secs_f64());
    vec![start, finish, f64::from(row.records), age(run, row)]
}

/// Share of invocations with 1, 2, ... records.
fn pmf(run: &Finished<'_>, sizes: usize) -> Option<Vec<f64>> {
    let rows = &run.facts.rows[Window::of(run).first_row..];
    let mut counts = vec![0.0; sizes];
    for row in rows {
        if let Some(count) = counts.get_mut(row.records as usize - 1) {
            *count += 1.0 / rows.len() as f64;
        }
    }
    (!rows.is_empty()).then_some(counts)
}

/// For k = m, 2m, ...: the largest age over shards of each shard's k-th record; their mean.
fn max_over_shards(run: &Finished<'_>, rows: &[Row], spacing: u64) -> Option<f64> {
    let mut largest: BTreeMap<u64, (u32, f64)> = BTreeMap::new();
    let is_kth = |row: &&Row| row.first_sequence > 0 && row.first_sequence % spacing == 0;
    for row in rows.iter().filter(is_kth) {
        let (shards, most) = largest.entry(row.first_sequence).or_insert((0, 0.0));
        *shards += 1;
        *most = most.max(age(run, row));
    }
    let whole = largest.into_values().filter(|(shards, _)| *shards == run.config.shards);
    mean(whole.map(|(_, most)| most))
}

/// (last - first age) / (last - first finish) of every lane, and their mean.
fn slope(run: &Finished<'_>, rows: &[Row], hot_lane: bool) -> Option<f64> {
    let mut lanes: BTreeMap<_, (&Row, &Row)> = BTreeMap::new();
    for row in rows.iter().filter(|row| is_wanted(run, row, hot_lane)) {
        lanes.entry(row.lane).or_insert((row, row)).1 = row;
    }
    let of_lane = |(first, last): (&Row, &Row)| {
        let seconds = last.finish.since(first.finish).as_secs_f64();
        (seconds > 0.0).then(|| (age(run, last) - age(run, first)) / seconds)
    };
    mean(lanes.into_values().filter_map(of_lane))
}

/// Seconds that invocations were executed within the window, those in flight at the end included.
fn executing(run: &Finished<'_>, window: Window) -> f64 {
    let within = |start: Instant, finish: Instant| {
        finish.min(window.to).since(start.max(window.from)).as_secs_f64()
    };
    let ended: f64 = run.facts.rows.iter().map(|row| within(row.start, row.finish)).sum();
    ended + run.facts.in_flight().map(|start| within(start, window.to)).sum::<f64>()
}

/// Gaps between successive starts in seconds.
fn gaps(rows: &[Row]) -> Vec<f64> {
    let mut starts: Vec<Instant> = rows.iter().map(|row| row.start).collect();
    starts.sort_unstable();
    starts.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
}

/// `count` per second of the window.
pub fn rate(count: f64, window: Window) -> Option<f64> {
    (window.seconds() > 0.0).then(|| count / window.seconds())
}

/// The plain mean; `None` of nothing.
pub fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

fn share(values: impl Iterator<Item = bool>) -> Option<f64> {
    mean(values.map(|value| f64::from(u8::from(value))))
}

fn deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values.iter().copied())?;
    let variance = mean(values.iter().map(|value| (value - centre) * (value - centre)))?;
    Some(libm::sqrt(variance))
}

fn quantile(values: impl Iterator<Item = f64>, q: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    empirical_quantile(&sorted, q)
}

/// The first loss of a record by whatever cause.
pub fn first_loss(run: &Finished<'_>) -> Option<FirstLoss> {
    let losses = [run.facts.first_discard, run.facts.first_expiry];
    losses.into_iter().flatten().min_by_key(|loss| loss.at)
}
