//! Plain data between computing and showing: what a run gave, without how it was computed.
//!
//! [`RunResults`] is everything a report needs; its [`Summary`] part is the stable contract
//! `shardlag.summary/1`. Times are in seconds, sizes in bytes, unless a name says otherwise.

mod comparison;
mod diagnosis;
mod estimate;
mod explanation;
mod messages;
mod series;
mod summary;
mod sweep;
mod trace;
mod tuning;
mod uncertainty;
mod validation;

pub use comparison::{
    Comparison, ComparisonMethod, ComparisonVerdict, MetricComparison, MetricUnit, PairComparison,
};
pub use diagnosis::{Diagnosis, DiagnosisKind, Evidence, LateSpell, RunDiagnosis, WorstMinute};
pub use estimate::Estimate;
pub use explanation::{
    AgePart, BatchAhead, BlockedSpell, Explained, Explanation, LaneMoment, LaneState, OldestRecord,
    RecordEnd, RecordFate, RecordStory, RunTotals, ShardMoment, ShardStage, StoryEvent, StoryStep,
    WhatIf,
};
pub use messages::{DestinationMessage, FunctionError, MessageWindow, Redrive};
pub use series::{Band, BlockCause, BlockedInterval, MinutePoint, MinuteSums, TimeSeries};
pub use summary::{
    AgeBreakdown, AgeStatistics, AnalysisKind, AnalysisSummary, AskedEstimate, BatchSizes,
    BlockedByCause, BlockedShardTime, CloudWatchSums, ConcurrencyUse, Cost, Discarded,
    LagStatistics, Ledger, LossReason, MinuteShare, RecordsKept, Stability, StabilityVerdict,
    Summary, VariantSummary, WarmUpRule,
};
pub use sweep::{SweepAxis, SweepFactor, SweepMetric, SweepResults, SweptPoint, SweptVariant};
pub use trace::{RecordRange, TraceEvent, TraceLine};
pub use tuning::{
    Aim, BreakEven, BreakEvenTrial, Effort, Standing, TargetCost, TargetFigure, TunedKey,
    TunedSettings, TunedValue, Tuning, TuningTarget,
};
pub use validation::{
    Calibration, ItemCheck, ItemKind, ItemStatus, Residual, Trial, ValidatedItem, Validation,
    ValidationGroup,
};

pub use uncertainty::{UncertainInput, UncertaintySummary};

/// Everything one `run` of a scenario gave.
#[derive(Debug, Clone, PartialEq)]
pub struct RunResults {
    /// The stable summary.
    pub summary: Summary,
    /// Per variant, in the order of the summary's variants.
    pub variants: Vec<VariantDetails>,
    /// The variants held against the first, with the tolerances of the scenario; `None`: there is
    /// only one.
    pub comparison: Option<Comparison>,
    /// Spans to shade in charts over time: outages and slow spells, with a short label.
    pub shaded: Vec<Shaded>,
    /// Horizontal lines in the IteratorAge chart: asserted limits.
    pub limit_lines: Vec<LimitLine>,
    /// Values measured on real AWS, to be shown beside the simulated ones.
    pub measured: Vec<MeasuredValue>,
    /// IteratorAge measured on real AWS over time.
    pub measured_ages: Vec<MeasuredSeries>,
    /// Assumptions of the model that the run exercised: rule id and one plain sentence.
    pub assumptions: Vec<Assumption>,
    /// The resolved settings, as `key = value` lines in groups; `true` marks AWS defaults.
    pub settings: Vec<SettingLine>,
    /// Date of time zero, nanoseconds since 1970.
    pub start_unix_nanos: u64,
    /// The command that repeats the run.
    pub command: String,
    /// What the scenario says about itself, may be empty.
    pub description: String,
    /// Things the user should know: runs cut short, limits reached. Whole sentences.
    pub warnings: Vec<String>,
}

/// What a variant gave besides its summary.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantDetails {
    /// Minute by minute, over all replications.
    pub series: TimeSeries,
    /// When shards were blocked in the first replication, in order of shard and time.
    pub blocked: Vec<BlockedInterval>,
    /// Number of shards of the stream.
    pub shards: u32,
    /// What the on-failure destination got in the first replication, in order of time.
    pub messages: Vec<DestinationMessage>,
    /// How long the destination's messages leave for a redrive, if there were any.
    pub redrive: Option<Redrive>,
    /// Settings that differ from those of the first variant.
    pub changes: Vec<SettingLine>,
    /// One plain sentence that says what happened.
    pub sentence: String,
}

/// A span of time to shade in charts, or a moment to mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Shaded {
    /// Start in seconds.
    pub from: f64,
    /// End in seconds; of a moment the same.
    pub to: f64,
    /// What it is: `outage`, `disabled`, `8 shards`.
    pub label: String,
}

/// A horizontal line in the IteratorAge chart.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitLine {
    /// Age in seconds.
    pub seconds: f64,
    /// The assertion as written.
    pub label: String,
}

/// A value measured on real AWS beside the simulated one.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredValue {
    /// Variant it belongs to.
    pub variant: String,
    /// What was measured, in words.
    pub what: String,
    /// The measured value as text with its unit.
    pub measured: String,
    /// The simulated value.
    pub simulated: Estimate,
    /// Unit of the simulated value, for display.
    pub unit: String,
    /// Where the measurement is from.
    pub source: String,
}

/// An IteratorAge measured on real AWS over time, and how well the simulated one fits.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredSeries {
    /// Variant that it is held against.
    pub variant: String,
    /// Name of the metric, for example `IteratorAge Maximum`.
    pub label: String,
    /// Length of a period in seconds.
    pub period_seconds: u32,
    /// Beginning of the period in seconds since the start, rising, and age in seconds.
    pub points: Vec<(f64, f64)>,
    /// How well the simulated age fits; `None`: they have no period in common.
    pub fit: Option<MeasuredFit>,
}

/// How well simulated ages fit measured ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredFit {
    /// Periods with samples on both sides.
    pub periods: u64,
    /// Share of them in which one is at most twice the other, 0 to 1.
    pub within_factor_2: f64,
    /// Median of simulated over measured.
    pub median_ratio: f64,
}

/// One thing that was checked, for build servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCase {
    /// What it was checked on: the name of a variant or of a pair.
    pub group: String,
    /// What was checked.
    pub name: String,
    /// Why it does not hold; `None`: it holds.
    pub failure: Option<String>,
}

/// An assumption of the model that a run exercised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// Rule of the specification, for example `S2.4`.
    pub rule: String,
    /// What is assumed, in one sentence.
    pub text: String,
}

/// One resolved setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    /// Group, for example `mapping`.
    pub group: String,
    /// Key, for example `BatchSize`.
    pub key: String,
    /// Value as the scenario file would write it.
    pub value: String,
    /// It was not given and is the default.
    pub is_default: bool,
}
