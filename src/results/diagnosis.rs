//! What is wrong with a run, as `shardlag explain` found out.
//!
//! Times are seconds of virtual time, lengths are seconds, shares are 0 to 1. Left out: sentences,
//! which the report makes of these facts.

use serde::Serialize;

/// What is wrong with a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunDiagnosis {
    /// What is wrong, what explains most first; empty: nothing.
    pub diagnoses: Vec<Diagnosis>,
    /// A shard is late when its oldest unfinished record is older than this, in seconds.
    pub late_above: f64,
    /// Largest age of an oldest unfinished record.
    pub worst_age: f64,
    /// Mean age of finished batches' last records.
    pub mean_age: Option<f64>,
    /// The times in which shards were latest, the latest first.
    pub spells: Vec<LateSpell>,
    /// Such times in all.
    pub spells_in_all: u64,
    /// The minutes with the largest IteratorAge, blocked time or lag, the largest lag first.
    pub worst_minutes: Vec<WorstMinute>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What.
    pub kind: DiagnosisKind,
    /// Share of the lateness, blocked time, age or losses that it explains, 0 to 1: the largest.
    pub explains: f64,
    /// Share of the lateness of all shards (age above what is normal, over time).
    pub share_of_lateness: f64,
    /// Share of the blocked-shard time.
    pub share_of_blocked_time: f64,
    /// Share of the mean age.
    pub share_of_age: f64,
    /// Share of the records that were discarded or expired.
    pub share_of_losses: f64,
    /// Shards that it concerns most, at most eight.
    pub shards: Vec<u32>,
    /// Figures of the run that show it.
    pub evidence: Vec<Evidence>,
    /// Settings that help, by their name in AWS.
    pub remedies: Vec<&'static str>,
}

/// A figure that shows what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evidence {
    /// Which figure.
    pub figure: &'static str,
    /// Its value.
    pub value: f64,
    /// `s`, `s/s`, `share`, `records` or `count`.
    pub unit: &'static str,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosisKind {
    /// A batch that fails again and again.
    FailingBatch,
    /// Nothing succeeds for a time.
    Outage,
    /// No concurrency.
    Throttled,
    /// A record above the payload limit.
    OversizeRecord,
    /// Reads are refused: too many readers of a shard.
    ReaderLimit,
    /// The mapping is disabled for a time.
    Disabled,
    /// Waiting for parent shards, and until their children are found.
    RollOver,
    /// A lane has more than it can carry while its neighbours have room.
    TooFewKeys,
    /// Batches are closed by the payload limit, and are too small for the load.
    PayloadBound,
    /// The function is slower for a time.
    SlowFunction,
    /// More records than the settings can carry, for good.
    UnderCapacity,
    /// More records than the settings can carry, for a time.
    Burst,
    /// Records wait for the batching window.
    WindowBound,
}

/// A time in which a shard was late.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LateSpell {
    /// Shard index.
    pub shard: u32,
    /// Since when.
    pub from: f64,
    /// Until when, at most the end of the run.
    pub to: f64,
    /// When its oldest unfinished record was oldest.
    pub worst_at: f64,
    /// How old that was.
    pub worst_age: f64,
    /// What made it late, if it is known.
    pub cause: Option<DiagnosisKind>,
}

/// A bad minute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WorstMinute {
    /// When it begins.
    pub at: f64,
    /// Largest age of an oldest unfinished record.
    pub lag: f64,
    /// Largest IteratorAge; absent without samples.
    pub iterator_age: Option<f64>,
    /// Shard-seconds blocked.
    pub blocked: f64,
    /// What made the latest shard late, if it is known.
    pub cause: Option<DiagnosisKind>,
}
