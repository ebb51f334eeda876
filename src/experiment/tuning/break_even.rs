//! How far a setting can go: the largest rate, the fewest shards or lanes that meet the targets.
//!
//! Bisection between two ends of which one meets the targets and the other misses them: of whole
//! numbers down to neighbours, else down to 1 % of the value, at values of three digits. Each
//! value is run until it is as sure as wanted that the targets are met or missed, or as often as
//! the scenario says; then the means decide, and the trial is marked. Reference: Burden and
//! Faires, *Numerical Analysis*, 9th ed. 2011, 2.1.
//!
//! Left out: settings that are not monotone. Between its ends a value that meets the targets may
//! lie beyond one that does not, and bisection finds one such border.

use super::super::RunError;
use super::TuneMistake;
use super::design::{Design, Point, Wanted};
use super::search::Runner;
use crate::results::{BreakEven, BreakEvenTrial};
use crate::scenario::{Ends, Override, Source};

/// Values that are tried at most; a range of a billion whole numbers takes 32.
const TRIALS_MAX: usize = 64;

/// Replications of a value before it is looked at, and those added each time.
const STEP: usize = 4;

/// What a search for a border starts from.
pub(super) struct Ground<'a> {
    pub source: &'a Source,
    pub overrides: &'a [Override],
    pub point: &'a Point,
    pub wanted: &'a Wanted,
    /// How probable the answer on a value should be.
    pub probability: f64,
}

impl Ground<'_> {
    /// The scenario with one value, which is refused at once where the scenario refuses it.
    pub fn design(&self, range: &Ends, value: f64) -> Result<Design, TuneMistake> {
        let mut point = self.point.clone();
        point.retain(|change| change.key() != range.key);
        let change = Override::parse(&format!("{}={}", range.key, range.written(value)));
        point.push(change.map_err(TuneMistake::Scenario)?);
        Design::load(self.source, self.overrides, point, self.wanted)
    }

    /// Both ends, which show most mistakes before anything is run.
    pub fn check(&self, range: &Ends) -> Result<(), TuneMistake> {
        self.design(range, range.from)?;
        self.design(range, range.to).map(|_| ())
    }
}

/// Why there is no border.
pub(super) enum NoBorder {
    Mistake(TuneMistake),
    Run(RunError),
}

/// Finds the border, and the last value that meets the targets; `runner` says how to run, not what.
pub(super) fn break_even(
    ground: &Ground<'_>,
    range: &Ends,
    runner: &Runner<'_>,
) -> Result<(BreakEven, Option<Design>), NoBorder> {
    let mut trials: Vec<BreakEvenTrial> = Vec::new();
    let mut meets = |value: f64| -> Result<bool, NoBorder> {
        let design = ground.design(range, value).map_err(NoBorder::Mistake)?;
        let trial = tried(ground, design, range.written(value), runner).map_err(NoBorder::Run)?;
        trials.push(trial.clone());
        Ok(trial.meets)
    };
    let (at_from, at_to) = (meets(range.from)?, meets(range.to)?);
    let (mut good, mut bad) = match (at_from, at_to) {
        (true, true) => (Some(range.to), None),
        (false, false) => (None, Some(range.from)),
        (true, false) => (Some(range.from), Some(range.to)),
        (false, true) => (Some(range.to), Some(range.from)),
    };
    let is_largest = at_from;
    for _ in 0..TRIALS_MAX {
        let (Some(one), Some(other)) = (good, bad) else { break };
        let Some(middle) = range.between(one.min(other), one.max(other)) else { break };
        match meets(middle)? {
            true => good = Some(middle),
            false => bad = Some(middle),
        }
    }
    let last = good.map(|value| ground.design(range, value)).transpose();
    let border = BreakEven {
        key: range.key.clone(),
        meets: good.map(|value| range.written(value)),
        misses: bad.map(|value| range.written(value)),
        is_largest,
        trials,
    };
    Ok((border, last.map_err(NoBorder::Mistake)?))
}

/// Runs one value until it is known whether it meets the targets.
fn tried(
    ground: &Ground<'_>,
    design: Design,
    value: String,
    runner: &Runner<'_>,
) -> Result<BreakEvenTrial, RunError> {
    let trial = |meets, is_sure, replications| {
        let value = value.clone();
        BreakEvenTrial { value, meets, is_sure, replications }
    };
    if design.misses_by_load() {
        return Ok(trial(false, true, 0));
    }
    let most = (design.scenario.replications as usize).max(STEP);
    let designs = [design];
    let runner = Runner { designs: &designs, ..*runner };
    let mut rows = Vec::new();
    loop {
        let to = (rows.len() + STEP).min(most);
        rows.extend(runner.rows(0, rows.len()..to)?);
        let observed = runner.observed_of(0, &rows);
        let chances = (observed.chance_of_meeting_all(), observed.chance_of_meeting_at_most());
        let is_sure = chances.0 >= ground.probability || chances.1 <= 1.0 - ground.probability;
        if is_sure || rows.len() >= most {
            return Ok(trial(observed.seems_to_meet(None), is_sure, rows.len() as u32));
        }
    }
}
