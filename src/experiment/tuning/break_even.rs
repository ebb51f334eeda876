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
use crate::scenario::{Override, Source};

/// Values that are tried at most; a range of a billion whole numbers takes 32.
const TRIALS_MAX: usize = 64;

/// Two values nearer than this share of the larger are neighbours.
const NEIGHBOURS: f64 = 0.01;

/// Replications of a value before it is looked at, and those added each time.
const STEP: usize = 4;

/// A key with the ends of its values: numbers with the same unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Dotted key of the scenario.
    pub key: String,
    from: f64,
    to: f64,
    unit: String,
    is_whole: bool,
}

impl Range {
    /// Reads `traffic.0.arrivals.poisson.rate=50/s..500/s`.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn parse(text: &str) -> Result<Range, String> {
        let example = "write for example `mapping.ParallelizationFactor=1..10`";
        let parts = text.split_once('=').and_then(|(key, range)| {
            let (from, to) = range.split_once("..")?;
            Some((key.trim(), from.trim(), to.trim()))
        });
        let Some((key, from, to)) = parts.filter(|(key, ..)| !key.is_empty()) else {
            return Err(format!("`{text}` is no range of a key; {example}"));
        };
        Range::new(key, from, to)
    }

    /// The range between two numbers with the same unit.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn new(key: &str, from: &str, to: &str) -> Result<Range, String> {
        let number = |text: &str| {
            let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.');
            let (number, unit) = text.split_at(end.unwrap_or(text.len()));
            Some((number.parse::<f64>().ok()?, unit.to_owned()))
        };
        let ends = number(from).zip(number(to));
        let Some(((low, unit), (high, other))) = ends else {
            return Err(format!("`{from}..{to}` is not a range of numbers such as `50/s..500/s`"));
        };
        if unit != other {
            return Err(format!("`{from}` and `{to}` have different units; write both in one"));
        }
        if low >= high {
            return Err(format!("`{from}..{to}` is empty; write the smaller number first"));
        }
        let is_whole = unit.is_empty() && !from.contains('.') && !to.contains('.');
        Ok(Range { key: key.to_owned(), from: low, to: high, unit, is_whole })
    }

    /// A value as the scenario file writes it.
    fn written(&self, value: f64) -> String {
        format!("{value}{}", self.unit)
    }

    /// A value between two others, or none if they are neighbours.
    fn between(&self, low: f64, high: f64) -> Option<f64> {
        let middle = low + (high - low) / 2.0;
        if self.is_whole {
            return Some(libm::floor(middle)).filter(|middle| *middle > low);
        }
        if high - low <= NEIGHBOURS * high {
            return None;
        }
        // Three digits are enough, and read better than sixteen.
        let rounded: f64 = format!("{middle:.2e}").parse().expect("a printed float is a float");
        Some(rounded).filter(|middle| low < *middle && *middle < high)
    }
}

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
    pub fn design(&self, range: &Range, value: f64) -> Result<Design, TuneMistake> {
        let mut point = self.point.clone();
        point.retain(|change| change.key() != range.key);
        let change = Override::parse(&format!("{}={}", range.key, range.written(value)));
        point.push(change.map_err(TuneMistake::Scenario)?);
        Design::load(self.source, self.overrides, point, self.wanted)
    }

    /// Both ends, which show most mistakes before anything is run.
    pub fn check(&self, range: &Range) -> Result<(), TuneMistake> {
        self.design(range, range.from)?;
        self.design(range, range.to).map(|_| ())
    }
}

/// Why there is no border.
pub(super) enum NoBorder {
    Mistake(TuneMistake),
    Run(RunError),
}

/// Finds the border; `runner` says how to run, not what.
pub(super) fn break_even(
    ground: &Ground<'_>,
    range: &Range,
    runner: &Runner<'_>,
) -> Result<BreakEven, NoBorder> {
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
    Ok(BreakEven {
        key: range.key.clone(),
        meets: good.map(|value| range.written(value)),
        misses: bad.map(|value| range.written(value)),
        is_largest,
        trials,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_end_at_neighbours_and_others_at_one_percent() {
        let lanes = Range::parse("mapping.ParallelizationFactor=1..10").expect("a range");
        assert_eq!(lanes.between(1.0, 10.0), Some(5.0));
        assert_eq!(lanes.between(4.0, 5.0), None);
        assert_eq!(lanes.written(5.0), "5");
        let rate = Range::parse("traffic.0.arrivals.poisson.rate=50/s..500/s").expect("a range");
        assert_eq!(rate.between(50.0, 500.0), Some(275.0));
        assert_eq!(
            rate.between(270.3, 275.0).map(|value| rate.written(value)),
            Some("273/s".into())
        );
        assert_eq!(rate.between(273.0, 275.0), None);
    }

    #[test]
    fn ranges_that_make_no_sense_are_refused() {
        let cases = [
            ("mapping.BatchSize", "`mapping.BatchSize` is no range of a key; write for example"),
            ("=1..2", "`=1..2` is no range of a key"),
            ("a=1..b", "`1..b` is not a range of numbers such as"),
            ("a=1s..2min", "`1s` and `2min` have different units"),
            ("a=5..5", "`5..5` is empty"),
        ];
        for (text, expected) in cases {
            let message = Range::parse(text).expect_err(text);
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}
