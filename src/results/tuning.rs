//! What `tune` found: the recommended settings, what they were chosen from, and how sure that is.

use serde::Serialize;

use super::{Estimate, MetricUnit, StabilityVerdict};

/// Everything one `tune` gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuning {
    /// Name of the scenario.
    pub scenario: String,
    /// What the scenario says about itself, may be empty.
    #[serde(skip)]
    pub description: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// What is to be small or large.
    pub aim: Aim,
    /// What must hold.
    pub targets: Vec<TuningTarget>,
    /// The settings that were tried.
    pub keys: Vec<TunedKey>,
    /// All combinations of settings, in their order.
    pub settings: Vec<TunedSettings>,
    /// The best that meets all targets, by index; `None`: none does.
    pub recommended: Option<usize>,
    /// Where none meets all targets, the one that comes nearest.
    pub nearest: Option<usize>,
    /// At least so probable is it that this is right, 0 to 1.
    pub probability: f64,
    /// How probable it should be.
    pub wanted_probability: f64,
    /// Objectives that differ by this share are as good as each other.
    pub indifference: f64,
    /// What it took.
    pub effort: Effort,
    /// What each target costs, in their order.
    pub costs: Vec<TargetCost>,
    /// How far one more setting can go.
    pub break_even: Option<BreakEven>,
    /// `dynamodb` or `kinesis`.
    pub stream: String,
    /// Things the user should know. Whole sentences.
    pub notes: Vec<String>,
    /// The command that repeats it.
    pub command: String,
}

/// What is to be small or large.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aim {
    /// The figure, for example `cost_usd.total`.
    pub metric: String,
    /// What it is measured in.
    pub unit: MetricUnit,
    /// Large values are wanted.
    pub maximize: bool,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuningTarget {
    /// As written.
    pub text: String,
    /// The figure.
    pub metric: String,
    /// What it is measured in.
    pub unit: MetricUnit,
    /// The limit.
    pub limit: f64,
    /// The figure must be above the limit, not below.
    pub is_lower_bound: bool,
}

/// One combination of settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TunedSettings {
    /// Every key with its value, as the scenario file writes it.
    pub values: Vec<TunedValue>,
    /// The scenario has these settings as it is.
    pub is_current: bool,
    /// What became of it.
    pub standing: Standing,
    /// How many replications it was given.
    pub replications: u32,
    /// What is to be small or large.
    pub objective: Estimate,
    /// How much larger that is than for the recommended settings, replication by replication.
    pub difference: Estimate,
    /// The figure of every target.
    pub targets: Vec<TargetFigure>,
    /// Whether the load can be carried.
    pub stability: StabilityVerdict,
}

/// A setting that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TunedKey {
    /// Dotted key of the scenario.
    pub key: String,
    /// What people call it; the key where nothing else was said.
    pub name: String,
}

/// One key with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TunedValue {
    /// Dotted key of the scenario.
    pub key: String,
    /// The value, as the scenario file writes it.
    pub value: String,
}

/// How a combination of settings compares with the recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is the recommended one.
    Recommended,
    /// It meets the targets, and is the same in every replication.
    Same,
    /// It seems to meet the targets, and which of the two is better cannot be told.
    Undecided,
    /// It seems to meet the targets, and is worse.
    Worse,
    /// It misses a target, as far as can be told.
    Misses,
    /// It cannot carry its load, so an age grows without bound; it was not run.
    Unstable,
}

/// The figure of a target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TargetFigure {
    /// Its value.
    pub figure: Estimate,
    /// How probable it is that the target is met, 0 to 1; `None`: it was not run.
    pub chance: Option<f64>,
}

/// What a search took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Replications that were run.
    pub replications: u64,
    /// Replications that were allowed.
    pub budget: u64,
    /// Replications that a run of every combination takes.
    pub exhaustive: u64,
}

/// What would be best without one of the targets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetCost {
    /// The best without it, by index; `None`: other targets are missed all the same.
    pub best_without: Option<usize>,
    /// Its objective.
    pub objective: Estimate,
    /// How much larger that is than for the recommended settings.
    pub difference: Estimate,
    /// What the target's figure would be: the limit that it takes.
    pub figure: Estimate,
}

/// How far a setting can go while the targets are met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakEven {
    /// Dotted key of the scenario.
    pub key: String,
    /// The last value that meets the targets; `None`: none of those tried does.
    pub meets: Option<String>,
    /// The next value that does not; `None`: all do.
    pub misses: Option<String>,
    /// The largest value is sought, not the smallest.
    pub is_largest: bool,
    /// What was tried, in order.
    pub trials: Vec<BreakEvenTrial>,
}

/// One value that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreakEvenTrial {
    /// The value, as the scenario file writes it.
    pub value: String,
    /// The targets are met, as far as can be told.
    pub meets: bool,
    /// It is as sure as was wanted.
    pub is_sure: bool,
    /// Replications that it took; 0: the load cannot be carried.
    pub replications: u32,
}

impl Tuning {
    /// Whether the answer is as sure as was wanted.
    pub fn is_sure(&self) -> bool {
        self.probability >= self.wanted_probability
    }

    /// The recommended settings, or those that come nearest.
    pub fn chosen(&self) -> Option<&TunedSettings> {
        self.recommended.or(self.nearest).map(|index| &self.settings[index])
    }
}
