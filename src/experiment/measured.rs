//! Values measured on AWS beside simulated ones.

use super::assertions::figure;
use super::estimates::CONFIDENCE;
use super::recorder::spans::Span;
use super::replication::Replication;
use crate::analysis::t_interval;
use crate::results::{Estimate, MeasuredValue, VariantSummary};
use crate::scenario::{Measured, Scenario, Variant};
use crate::units::Instant;

/// The parts of the run in which something was measured, in the order of the scenario.
pub fn spans(scenario: &Scenario) -> Vec<(Instant, Instant)> {
    let whole = (Instant::START, Instant::FAR_FUTURE);
    let during = |measured: &Measured| {
        let part = |(from, to)| (Instant::START + from, Instant::START + to);
        measured.during.map_or(whole, part)
    };
    scenario.measured.iter().map(during).collect()
}

/// The values that the scenario gives for `variant`, with what was simulated.
pub fn values(
    scenario: &Scenario,
    variant: &Variant,
    summary: &VariantSummary,
    replications: &[Replication],
) -> Vec<MeasuredValue> {
    let numbered = scenario.measured.iter().enumerate();
    numbered
        .filter(|(_, measured)| measured.variant == variant.name)
        .map(|(number, measured)| {
            let simulated = simulated(measured, number, summary, replications);
            MeasuredValue {
                variant: variant.name.clone(),
                what: measured.what.clone(),
                measured: format!("{} {}", measured.value, measured.unit),
                simulated: in_unit(simulated, measured.scale),
                unit: measured.unit.clone(),
                source: measured.source.clone(),
            }
        })
        .collect()
}

/// The simulated counterpart of the `number`-th measured value.
fn simulated(
    measured: &Measured,
    number: usize,
    summary: &VariantSummary,
    replications: &[Replication],
) -> Estimate {
    let over = |quantity: &dyn Fn(&Replication, &Span) -> Option<f64>| {
        let of = |replication: &Replication| quantity(replication, &replication.spans[number]);
        let values: Vec<f64> = replications.iter().filter_map(of).collect();
        t_interval(&values, CONFIDENCE)
    };
    let rate = |count: fn(&Span) -> u64| {
        over(&|replication, span| {
            let seconds = span.seconds().min(replication.simulated_seconds);
            (seconds > 0.0).then(|| count(span) as f64 / seconds)
        })
    };
    match (measured.metric.as_str(), measured.during) {
        ("age_slope", _) => over(&|_, span| span.age_slope()),
        ("processed_rate", _) => rate(|span| span.processed),
        ("invocation_rate", _) => rate(|span| span.invocations),
        ("backlog_records", _) => over(&backlog_at_end),
        ("iterator_age.mean", Some(_)) => over(&|_, span| span.mean_age()),
        ("iterator_age.max", Some(_)) => {
            over(&|_, span| (span.samples > 0).then_some(span.age_max))
        }
        (path, _) => figure(summary, path).map_or(Estimate::ABSENT, Estimate::point),
    }
}

/// Backlog at the end of the minute in which the part ends.
fn backlog_at_end(replication: &Replication, span: &Span) -> Option<f64> {
    let minute = span.to.as_nanos().saturating_sub(1) / replication.step.as_nanos();
    let row = replication.minutes.get(minute as usize).or(replication.minutes.last());
    row.map(|row| row.backlog as f64)
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
