//! How long a known answer is run, and when that many records have been written.
//!
//! An observer cannot stop a run, so the end is found beforehand: the time of the n-th record of
//! all shards is read off the workload, which is a function ([`WorkloadPlan`]).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::Deserialize;

use crate::engine::RandomSource;
use crate::model::settings::{Horizon, Settings};
use crate::model::workload::{WorkloadCursor, WorkloadPlan};
use crate::units::{Duration, Instant};

/// Longer than any run: 317 years.
pub const FOR_EVER: Duration = Duration::from_secs(10_000_000_000);

/// How long to run; one of the four lengths is given.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Whether the beginning counts.
    pub kind: RunKind,
    /// Independent replications.
    pub replications: u32,
    /// Until (or, terminating, not beyond) this many records are written.
    pub records: Option<u64>,
    /// Until this time.
    pub time_s: Option<f64>,
    /// Until this many invocations have ended.
    pub invocations: Option<u64>,
    /// Until nothing is left.
    pub drained: Option<bool>,
    /// Steady: this share of the run is ignored.
    #[serde(default)]
    pub warmup_fraction: f64,
}

/// Whether the beginning of a run counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// It is ignored as far as `warmup_fraction` says.
    Steady,
    /// Everything counts.
    #[default]
    Terminating,
}

/// Where a run ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RunEnd {
    /// At this many records.
    Records(u64),
    /// At this time in seconds.
    Time(f64),
    /// At this many invocations.
    Invocations(u64),
    /// When nothing is left.
    Drained,
}

impl Run {
    /// The one end that is given; `None` where none or several are.
    pub fn end(&self) -> Option<RunEnd> {
        let drained = self.drained.filter(|drained| *drained).map(|_| RunEnd::Drained);
        let ends = [
            self.records.map(RunEnd::Records),
            self.time_s.map(RunEnd::Time),
            self.invocations.map(RunEnd::Invocations),
            drained,
        ];
        let mut given = ends.into_iter().flatten();
        let first = given.next();
        if given.next().is_some() { None } else { first }
    }
}

/// When the `n`-th record (from 1) of all shards is written in a replication; `None` where fewer
/// are written.
pub fn time_of_record(settings: &Settings, random: RandomSource, n: u64) -> Option<Instant> {
    let endless = Settings { horizon: Horizon::For(FOR_EVER), ..settings.clone() };
    let plan = WorkloadPlan::new(&endless, random);
    let mut cursors: Vec<WorkloadCursor> =
        (0..settings.stream.shards).map(|shard| plan.cursor(shard)).collect();
    let ahead = |cursor: &WorkloadCursor, shard| Some(Reverse((cursor.peek_arrival()?, shard)));
    let mut next: BinaryHeap<Reverse<(Instant, usize)>> =
        cursors.iter().zip(0..).filter_map(|(cursor, shard)| ahead(cursor, shard)).collect();
    for _ in 1..n {
        let Reverse((_, shard)) = next.pop()?;
        cursors[shard].next_record();
        next.extend(ahead(&cursors[shard], shard));
    }
    next.pop().map(|Reverse((at, _))| at)
}
