//! One combination of settings: the scenario with them, what is asked of it, and one replication.
//!
//! A combination whose load cannot be carried misses every upper limit on an age by the stability
//! verdict alone: its ages grow as long as the load lasts, whatever a short run would show. Nothing
//! else is decided without running. Reference: DESIGN.md, "What a run gives". Left out: variants
//! of the scenario, which are other people's combinations.

use super::super::assertions::{figure, share_of_minutes};
use super::super::estimates::summary_of;
use super::super::limits::ReplicationLimits;
use super::super::offered_load::stability;
use super::super::replication::{self, Measuring, ReplicationPlan};
use super::super::{RunError, age_limits};
use super::TuneMistake;
use crate::results::{Stability, StabilityVerdict};
use crate::scenario::figures::Figure;
use crate::scenario::{
    Assertion, Comparison, Override, Scenario, Source, Variant, load, parse_assertion,
};

/// The changes of the scenario that make a combination, a key each.
pub type Point = Vec<Override>;

/// What is wanted of every combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The figure that is to be small or large.
    pub metric: String,
    /// Large values are wanted.
    pub maximize: bool,
    /// Targets besides the assertions of the scenario, as `iterator_age.p99 < 30s`.
    pub targets: Vec<String>,
}

/// A combination that can be run.
#[derive(Debug, Clone)]
pub(super) struct Design {
    pub point: Point,
    pub scenario: Scenario,
    pub aim: Figure,
    pub targets: Vec<Assertion>,
    pub stability: Stability,
    limits: Vec<f64>,
}

/// The figures of one replication.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub objective: Option<f64>,
    pub targets: Vec<Option<f64>>,
}

impl Design {
    /// Reads the scenario with changes and then with the settings of `point`.
    pub fn load(
        source: &Source,
        overrides: &[Override],
        point: Point,
        wanted: &Wanted,
    ) -> Result<Design, TuneMistake> {
        let mut changes = overrides.to_vec();
        changes.extend(point.iter().cloned());
        let mut scenario = load(source, &changes).map_err(TuneMistake::Scenario)?;
        let stream = scenario.demanded_of();
        let mut targets = std::mem::take(&mut scenario.assertions);
        for text in &wanted.targets {
            let target = parse_assertion(text, stream);
            targets.push(target.map_err(|said| TuneMistake::Other(format!("--target: {said}")))?);
        }
        let aim = Figure::parse(&wanted.metric, stream.shards);
        let aim = aim.map_err(|said| {
            let word = if wanted.maximize { "maximize" } else { "minimize" };
            TuneMistake::Other(format!("--{word}: {said}"))
        })?;
        let aim = aim.of_worst_shard(wanted.maximize);
        scenario.variants.retain(|variant| variant.run == 0);
        let of_aim = aim.asked.map(|asked| (aim.name.clone(), asked));
        let asked = targets.iter().filter_map(|one| Some((one.metric.clone(), one.asked?)));
        scenario.variants[0].ask(asked.chain(of_aim));
        scenario.assertions.clone_from(&targets);
        let stability = stability(&scenario.base().settings, scenario.seed);
        let limits = age_limits(&scenario);
        Ok(Design { point, scenario, aim, targets, stability, limits })
    }

    pub fn base(&self) -> &Variant {
        self.scenario.base()
    }

    /// Whether the stability verdict alone says that a target is missed.
    pub fn misses_by_load(&self) -> bool {
        self.stability.verdict == StabilityVerdict::Unstable
            && self.targets.iter().any(limits_an_age)
    }

    /// Runs one replication.
    pub fn run(
        &self,
        number: u32,
        measuring: Measuring,
        limits: ReplicationLimits,
    ) -> Result<Row, RunError> {
        let plan = ReplicationPlan {
            variants: &self.scenario.variants,
            seed: self.scenario.seed,
            number,
            spans: &[],
            limits,
            measuring,
        };
        let consumers = replication::run(&plan)?;
        let stability = self.stability.clone();
        let summary = summary_of(self.base(), stability, &consumers[..1], &self.limits);
        let target = |target: &Assertion| match target.minutes_above {
            Some(limit) => share_of_minutes(&summary, limit),
            None => figure(&summary, &target.metric),
        };
        Ok(Row {
            objective: figure(&summary, &self.aim.name),
            targets: self.targets.iter().map(target).collect(),
        })
    }

    /// By how much a figure is on the wrong side of the target's limit: at most 0 if it holds.
    pub fn excess(&self, target: usize, value: f64) -> f64 {
        let target = &self.targets[target];
        let excess = if is_lower_bound(target.comparison) {
            target.limit - value
        } else {
            value - target.limit
        };
        match target.comparison {
            // What must be below its limit does not hold at the limit itself.
            Comparison::Below | Comparison::Above if excess == 0.0 => f64::MIN_POSITIVE,
            Comparison::Below | Comparison::Above | Comparison::AtMost | Comparison::AtLeast => {
                excess
            }
        }
    }
}

/// Whether the figure must be above the limit.
pub(super) fn is_lower_bound(comparison: Comparison) -> bool {
    match comparison {
        Comparison::Below | Comparison::AtMost => false,
        Comparison::Above | Comparison::AtLeast => true,
    }
}

/// Whether a target is an upper limit on a time that grows with the queue.
fn limits_an_age(target: &Assertion) -> bool {
    let path = target.metric.rsplit_once(").").map_or(target.metric.as_str(), |(_, path)| path);
    let path = path.trim_start_matches("largest_of_shards.");
    let ages = ["iterator_age.", "age_at_finish.", "record_age.", "true_lag."];
    !is_lower_bound(target.comparison) && ages.iter().any(|age| path.starts_with(age))
}
