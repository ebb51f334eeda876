//! Values measured on AWS beside simulated ones.
//!
//! Quantities of a part of the run are taken from whole minutes, those that lie in the part at
//! least half: CloudWatch gives minutes too.

use super::assertions::figure;
use super::estimates::CONFIDENCE;
use super::recorder::minutes::MinuteRow;
use super::replication::Replication;
use crate::analysis::t_interval;
use crate::results::{Estimate, MeasuredValue, Summary, VariantSummary};
use crate::scenario::{Measured, Scenario, Variant};

/// The values that the scenario gives for `variant`, with what was simulated.
pub fn values(
    scenario: &Scenario,
    variant: &Variant,
    summary: &VariantSummary,
    replications: &[Replication],
) -> Vec<MeasuredValue> {
    let of_variant = scenario.measured.iter().filter(|measured| measured.variant == variant.name);
    of_variant
        .map(|measured| MeasuredValue {
            variant: variant.name.clone(),
            what: measured.what.clone(),
            measured: format!("{} {}", measured.value, measured.unit),
            simulated: in_unit(simulated(measured, summary, replications), measured.scale),
            unit: measured.unit.clone(),
            source: measured.source.clone(),
        })
        .collect()
}

fn simulated(
    measured: &Measured,
    summary: &VariantSummary,
    replications: &[Replication],
) -> Estimate {
    let during = measured.during.map(|(from, to)| (from.as_secs_f64(), to.as_secs_f64()));
    let over = |quantity: &dyn Fn(&[&MinuteRow], f64) -> Option<f64>| {
        let values: Vec<f64> = replications
            .iter()
            .filter_map(|replication| {
                let step = replication.step.as_secs_f64();
                quantity(&part(replication, during), step)
            })
            .collect();
        t_interval(&values, CONFIDENCE)
    };
    match measured.metric.as_str() {
        "age_slope" => over(&age_slope),
        "processed_rate" => over(&|rows, step| rate(rows, step, |row| row.processed)),
        "invocation_rate" => over(&|rows, step| rate(rows, step, |row| row.invocations)),
        "backlog_records" => over(&|rows, _| rows.last().map(|row| row.backlog as f64)),
        "iterator_age.mean" if during.is_some() => over(&|rows, _| mean_age(rows)),
        "iterator_age.max" if during.is_some() => {
            over(&|rows, _| rows.iter().map(|row| row.age_max).reduce(f64::max))
        }
        path => whole_run(summary, path),
    }
}

/// The figure in the unit of the measured value.
fn in_unit(estimate: Estimate, scale: f64) -> Estimate {
    let scaled = |value: Option<f64>| value.map(|value| value * scale);
    Estimate {
        value: scaled(estimate.value),
        low: scaled(estimate.low),
        high: scaled(estimate.high),
    }
}

fn whole_run(summary: &VariantSummary, path: &str) -> Estimate {
    let summary = Summary {
        schema: String::new(),
        version: String::new(),
        scenario: String::new(),
        fingerprint: String::new(),
        seed: 0,
        replications: 0,
        simulated_seconds: 0.0,
        variants: vec![summary.clone()],
    };
    figure(&summary, 0, path).map_or(Estimate::ABSENT, Estimate::point)
}

/// The minutes of a replication that lie in `during` at least half.
fn part(replication: &Replication, during: Option<(f64, f64)>) -> Vec<&MinuteRow> {
    let step = replication.step.as_secs_f64();
    let lies_in = |index: usize| {
        let middle = (index as f64 + 0.5) * step;
        during.is_none_or(|(from, to)| from <= middle && middle < to)
    };
    let rows = replication.minutes.iter().enumerate();
    rows.filter(|(index, _)| lies_in(*index)).map(|(_, row)| row).collect()
}

fn mean_age(rows: &[&MinuteRow]) -> Option<f64> {
    let samples: u64 = rows.iter().map(|row| row.samples).sum();
    let sum: f64 = rows.iter().map(|row| row.age_sum).sum();
    (samples > 0).then(|| sum / samples as f64)
}

/// From the first to the last minute average, seconds per second.
fn age_slope(rows: &[&MinuteRow], step: f64) -> Option<f64> {
    let averages: Vec<(usize, f64)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.samples > 0)
        .map(|(index, row)| (index, row.age_sum / row.samples as f64))
        .collect();
    let (&(first, low), &(last, high)) = (averages.first()?, averages.last()?);
    (last > first).then(|| (high - low) / ((last - first) as f64 * step))
}

fn rate(rows: &[&MinuteRow], step: f64, count: fn(&MinuteRow) -> u64) -> Option<f64> {
    let sum: u64 = rows.iter().map(|row| count(row)).sum();
    (!rows.is_empty()).then(|| sum as f64 / (rows.len() as f64 * step))
}
