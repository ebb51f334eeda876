//! How much of a steady-state run is left out at its beginning: as given, or by MSER-5.
//!
//! A pilot runs the first replications of every variant, at least [`PILOTS_MIN`] of them so that a
//! single spike does not pass for the end of a transient, and keeps IteratorAge in up to [`CELLS`]
//! equal cells of time, averaged over invocations and replications. MSER-5 cuts that
//! series ([`crate::analysis::warm_up`]). All variants leave out the same: the longest of their
//! warm-ups, up to the next whole point of the series, so that they stay comparable.
//!
//! A variant whose load cannot be carried has no steady state and has no say.
//!
//! Left out: a pilot of its own random numbers. The runs that follow repeat those of the pilot,
//! which saves nothing but keeps every replication the same whether or not there was a pilot.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::estimates::CONFIDENCE;
use super::limits::{Limited, ReplicationLimits};
use super::offered_load::stability;
use super::recorder::minutes::step_of;
use super::replication::Replication;
use super::{Progress, RunError, RunOptions};
use crate::analysis::batch_means::BATCHES;
use crate::analysis::warm_up::{BATCH, mser5};
use crate::model::observation::{Observation, Observer};
use crate::model::settings::{IteratorAgeAt, Settings};
use crate::model::system::created;
use crate::results::{AnalysisKind, AnalysisSummary, Shaded, StabilityVerdict, WarmUpRule};
use crate::scenario::{Analysis, Scenario, Variant};
use crate::units::{Duration, Instant};

/// Cells of a pilot's series.
pub const CELLS: u64 = 1_000;

/// Replications of a pilot at least, however few are to follow.
pub const PILOTS_MIN: u32 = 5;

/// Replications of a pilot at most.
pub const PILOTS_MAX: u32 = 10;

/// Cells are not joined further than down to this many, even if some are empty.
const CELLS_MIN: usize = 10 * BATCH;

/// What is left out, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct WarmUp {
    /// Figures count from here: the end of a point of the series.
    pub ends_at: Instant,
    /// For the summary.
    pub summary: AnalysisSummary,
    /// What the user should know about it.
    pub warning: Option<String>,
}

impl WarmUp {
    /// What is left out, to be marked in charts.
    pub fn mark(&self) -> Option<Shaded> {
        (self.ends_at > Instant::START).then(|| Shaded {
            from: 0.0,
            to: self.ends_at.as_secs_f64(),
            label: "warm-up".to_owned(),
        })
    }

    /// How the figures are to be read, now that the replications are known: a run may have been
    /// too short for batches, or wanted precision may have added replications.
    pub fn summary_of(&self, replications: &[Vec<Replication>]) -> AnalysisSummary {
        let has_batches = |of_variant: &Vec<Replication>| match of_variant.as_slice() {
            [only] => !only.batches.is_empty(),
            _ => false,
        };
        let batches = self.summary.batches.filter(|_| replications.iter().all(has_batches));
        AnalysisSummary { batches, ..self.summary }
    }
}

/// The warm-up of a scenario's runs.
///
/// # Errors
/// When a pilot reaches its limit on events.
pub fn warm_up(
    scenario: &Scenario,
    options: &RunOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<WarmUp, RunError> {
    match scenario.analysis {
        Analysis::Terminating => Ok(WarmUp {
            ends_at: Instant::START,
            summary: AnalysisSummary::terminating(),
            warning: None,
        }),
        Analysis::SteadyState { warm_up: Some(length) } => {
            Ok(leaving_out(scenario, length, WarmUpRule::Given, true))
        }
        Analysis::SteadyState { warm_up: None } => {
            let (length, is_settled) = by_mser5(scenario, options, progress)?;
            Ok(leaving_out(scenario, length, WarmUpRule::Mser5, is_settled))
        }
    }
}

fn leaving_out(
    scenario: &Scenario,
    length: Duration,
    rule: WarmUpRule,
    is_settled: bool,
) -> WarmUp {
    let step = scenario.variants.iter().map(|variant| step_of(horizon(&variant.settings))).max();
    let step = step.expect("a scenario has a base").as_nanos();
    let ends_at = Instant::from_nanos(length.as_nanos().div_ceil(step) * step);
    let warning = (!is_settled).then(|| {
        "IteratorAge had not settled in the first half of the run, so no warm-up can be told by \
         MSER-5; half of the run was left out. Lengthen `duration`."
            .to_owned()
    });
    let summary = AnalysisSummary {
        kind: AnalysisKind::SteadyState,
        warm_up_seconds: ends_at.as_secs_f64(),
        warm_up_by: Some(rule),
        batches: (scenario.replications == 1).then_some(BATCHES),
        confidence: CONFIDENCE,
    };
    WarmUp { ends_at, summary, warning }
}

/// The longest warm-up of the variants that can carry their load, and whether all have settled.
fn by_mser5(
    scenario: &Scenario,
    options: &RunOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(Duration, bool), RunError> {
    let pilots = scenario.replications.clamp(PILOTS_MIN, PILOTS_MAX);
    let can_carry = |variant: &&Variant| {
        stability(&variant.settings, scenario.seed).verdict != StabilityVerdict::Unstable
    };
    let variants: Vec<&Variant> = scenario.variants.iter().filter(can_carry).collect();
    let planned = u64::from(pilots) * variants.len() as u64;
    let (mut longest, mut is_settled) = (Duration::ZERO, true);
    for (number, variant) in variants.into_iter().enumerate() {
        let numbers: Vec<u32> = (0..pilots).collect();
        let pilot = |&number: &u32| pilot(scenario, variant, number, options.limits);
        let cells: Result<Vec<AgeCells<'_>>, RunError> = numbers.par_iter().map(pilot).collect();
        progress(Progress { done: (number as u64 + 1) * u64::from(pilots), planned });
        let (values, seconds) = joined(&cells?);
        if let Some(cut) = mser5(&values) {
            longest = longest.max(Duration::from_secs_f64(cut.values as f64 * seconds));
            is_settled &= cut.is_settled;
        }
    }
    Ok((longest, is_settled))
}

fn pilot<'s>(
    scenario: &Scenario,
    variant: &'s Variant,
    number: u32,
    limits: ReplicationLimits,
) -> Result<AgeCells<'s>, RunError> {
    let cells = AgeCells::new(&variant.settings);
    let limited = Limited { consumers: &[&variant.settings], seed: scenario.seed, number, limits };
    match limited.simulate(vec![cells]) {
        Ok(mut simulated) => Ok(simulated.swap_remove(0).0),
        Err(reached) => Err(RunError::limit(variant.name.clone(), number, reached)),
    }
}

fn horizon(settings: &Settings) -> Duration {
    settings.horizon.at_most()
}

/// IteratorAge of one replication by cells of time.
#[derive(Debug)]
struct AgeCells<'a> {
    settings: &'a Settings,
    width: Duration,
    /// Sum in seconds, and count.
    cells: Vec<(f64, u64)>,
}

impl<'a> AgeCells<'a> {
    fn new(settings: &'a Settings) -> AgeCells<'a> {
        let width = Duration::from_nanos(horizon(settings).as_nanos().div_ceil(CELLS).max(1));
        AgeCells { settings, width, cells: vec![(0.0, 0); CELLS as usize] }
    }
}

impl Observer for AgeCells<'_> {
    #[inline]
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        let Observation::InvocationEnded { invocation, records, .. } = observation else { return };
        if records.count() == 0 {
            return;
        }
        let last = created(self.settings, records.last().record.arrival);
        let age = match self.settings.knobs.iterator_age_at {
            IteratorAgeAt::Send => invocation.sent_at.since(last),
            IteratorAgeAt::Finish => now.since(last),
        };
        let index = (now.as_nanos() / self.width.as_nanos()) as usize;
        if let Some((sum, count)) = self.cells.get_mut(index) {
            *sum += age.as_secs_f64();
            *count += 1;
        }
    }
}

/// The series over all replications with the length of its cells in seconds. Neighbours are
/// joined until few are empty between the first and the last sample; one that is empty for lack
/// of traffic repeats the one before it.
fn joined(replications: &[AgeCells<'_>]) -> (Vec<f64>, f64) {
    let mut cells = vec![(0.0, 0u64); CELLS as usize];
    for replication in replications {
        for (cell, (sum, count)) in cells.iter_mut().zip(&replication.cells) {
            cell.0 += sum;
            cell.1 += count;
        }
    }
    let width = replications.first().map_or(Duration::ZERO, |replication| replication.width);
    joined_cells(cells, width)
}

fn joined_cells(mut cells: Vec<(f64, u64)>, width: Duration) -> (Vec<f64>, f64) {
    let mut joined = 1;
    while has_many_holes(&cells) && cells.len() / 2 >= CELLS_MIN {
        let join = |pair: &[(f64, u64)]| {
            pair.iter().fold((0.0, 0), |(sum, count), cell| (sum + cell.0, count + cell.1))
        };
        cells = cells.chunks(2).map(join).collect();
        joined *= 2;
    }
    let mut before = None;
    let mean = |(sum, count): (f64, u64)| {
        if count > 0 {
            before = Some(sum / count as f64);
        }
        before
    };
    // Cells before the first sample know nothing; they count as the first one does.
    let known: Vec<Option<f64>> = cells.into_iter().map(mean).collect();
    let first = known.iter().flatten().next().copied();
    let values = known.into_iter().filter_map(|value| value.or(first)).collect();
    (values, width.as_secs_f64() * f64::from(joined))
}

/// Whether more than a tenth of the cells between the first and the last sample are empty: before
/// the first nothing has been read yet, and behind the last there may be no traffic.
fn has_many_holes(cells: &[(f64, u64)]) -> bool {
    let is_full = |cell: &(f64, u64)| cell.1 > 0;
    let (first, last) = (cells.iter().position(is_full), cells.iter().rposition(is_full));
    let (Some(first), Some(last)) = (first, last) else { return false };
    let inner = &cells[first..=last];
    inner.iter().filter(|cell| !is_full(cell)).count() * 10 > inner.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(counts: impl Fn(usize) -> u64) -> (Vec<f64>, f64) {
        let cells =
            (0..CELLS as usize).map(|index| (index as f64 * counts(index) as f64, counts(index)));
        joined_cells(cells.collect(), Duration::from_secs(1))
    }

    #[test]
    fn a_late_start_leaves_the_cells_as_fine_as_they_are() {
        let (values, seconds) = series(|index| u64::from(index >= 100));
        assert_eq!((values.len(), seconds), (1_000, 1.0));
        assert_eq!((values[0], values[100], values[999]), (100.0, 100.0, 999.0));
    }

    #[test]
    fn sparse_samples_join_cells_until_few_are_empty() {
        let (values, seconds) = series(|index| u64::from(index % 3 == 0));
        assert_eq!((values.len(), seconds), (250, 4.0));
        let (values, _) = series(|index| u64::from(index == 7 || index == 990));
        assert!(values.len() >= CELLS_MIN);
    }

    #[test]
    fn a_single_hole_repeats_what_came_before() {
        let (values, seconds) = series(|index| u64::from(index != 500));
        assert_eq!((values[500], values[501], seconds), (499.0, 501.0, 1.0));
    }
}
