//! One replication of a known answer's run: where it ends, and what of it counts.
//!
//! | end | how |
//! |---|---|
//! | time | the horizon |
//! | records, steady | the horizon is the time of the n-th record, read off the workload |
//! | records, terminating | nothing is written after that time, and the run drains |
//! | invocations | a horizon that is doubled until that many have ended |
//! | drained | nothing is left |

use super::config::{Arrivals, Config};
use super::facts::Facts;
use super::metric::Metric;
use super::run_length::{FOR_EVER, RunEnd, RunKind, time_of_record};
use super::settings::{Mapped, settings};
use crate::engine::{self, RandomSource};
use crate::model::settings::{Horizon, Keys, Settings};
use crate::model::simulate;
use crate::model::workload::WorkloadPlan;
use crate::units::{Duration, Instant};

/// Events of a replication at most.
const EVENTS_MAX: u64 = 4_000_000_000;
/// First horizon of a run up to a number of invocations.
const FIRST_LENGTH: Duration = Duration::from_secs(60);

/// A run that can be replicated.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// What is simulated.
    pub config: &'a Config,
    /// Where it ends.
    pub end: RunEnd,
    /// The settings of the model.
    pub settings: Settings,
    /// Whether single records are looked at.
    pub keeps_records: bool,
}

/// A replication that has been run.
#[derive(Debug)]
pub struct Finished<'a> {
    /// What was simulated.
    pub config: &'a Config,
    /// What was seen.
    pub facts: Facts,
    /// When it ended.
    pub end: Instant,
    /// Records written.
    pub written: u64,
    /// Lane of the hot key of every shard; empty without one.
    pub hot_lanes: Vec<u32>,
}

impl<'a> Plan<'a> {
    /// The run of `config` for these metrics.
    ///
    /// # Errors
    /// What the model cannot express, as a sentence.
    pub fn new(config: &'a Config, metrics: &[Metric]) -> Mapped<Plan<'a>> {
        let end = config.run.end().ok_or("the run has no end")?;
        let is_closed = matches!(config.arrivals, Some(Arrivals::ClosedLoop {}));
        let end = match end {
            // In a closed loop each invocation writes the next record.
            RunEnd::Records(records) if is_closed => {
                let first = u64::from(config.shards);
                if config.faults.is_some() || records <= first {
                    return Err("a closed loop with failures has no n-th record".to_owned());
                }
                RunEnd::Invocations(records - first)
            }
            RunEnd::Records(_) | RunEnd::Time(_) | RunEnd::Invocations(_) | RunEnd::Drained => end,
        };
        let keeps_records = metrics.iter().any(|metric| metric.needs_records());
        Ok(Plan { config, end, settings: settings(config)?, keeps_records })
    }

    /// Runs one replication.
    ///
    /// # Errors
    /// A run that cannot reach its end, as a sentence.
    pub fn run(&self, seed: u64, replication: u64) -> Mapped<Finished<'a>> {
        let random = RandomSource::new(seed, replication);
        let mut settings = self.settings.clone();
        let mut invocations = None;
        settings.horizon = match self.end {
            RunEnd::Time(seconds) => Horizon::For(Duration::from_secs_f64(seconds)),
            RunEnd::Drained => Horizon::Drained { at_most: FOR_EVER },
            RunEnd::Records(records) => {
                let last = time_of_record(&settings, random, records);
                let last = last.ok_or_else(|| format!("{records} records are never written"))?;
                match self.config.run.kind {
                    RunKind::Steady => Horizon::For(last.since(Instant::START)),
                    RunKind::Terminating => {
                        for source in &mut settings.traffic {
                            source.to = source.to.min(last + Duration::from_nanos(1));
                        }
                        Horizon::Drained { at_most: FOR_EVER }
                    }
                }
            }
            RunEnd::Invocations(count) => {
                invocations = Some(count);
                Horizon::For(FIRST_LENGTH)
            }
        };
        loop {
            let mut facts =
                Facts::new(settings.stream.shards_in_all(), self.keeps_records, invocations);
            let finished = simulate(&settings, seed, replication, EVENTS_MAX, &mut facts);
            if let engine::RunEnd::EventLimit { at } = finished.end {
                return Err(format!("stopped after {EVENTS_MAX} events at {at:?}"));
            }
            let end = facts.stopped_at();
            if let (Some(count), None) = (invocations, end) {
                settings.horizon = longer(settings.horizon, count)?;
                continue;
            }
            return Ok(Finished {
                config: self.config,
                facts,
                end: end.unwrap_or(finished.at),
                written: finished.closing.written,
                hot_lanes: self.hot_lanes(random),
            });
        }
    }

    fn hot_lanes(&self, random: RandomSource) -> Vec<u32> {
        let hot = |keys: &Keys| matches!(keys, Keys::Hot { .. });
        let Some(source) = self.settings.traffic.iter().position(|source| hot(&source.keys)) else {
            return Vec::new();
        };
        let plan = WorkloadPlan::new(&self.settings, random);
        let hottest = |shard| {
            let shares = plan.lane_shares(source, shard, self.config.lanes);
            let lanes = (0..self.config.lanes).zip(&shares);
            lanes.max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(lane, _)| lane)
        };
        (0..self.config.shards).map(hottest).collect()
    }
}

/// Twice the horizon, up to the longest there is.
fn longer(horizon: Horizon, invocations: u64) -> Mapped<Horizon> {
    let (Horizon::For(length) | Horizon::Drained { at_most: length }) = horizon;
    if length >= FOR_EVER {
        return Err(format!("{invocations} invocations never happen"));
    }
    Ok(Horizon::For((length * 2).min(FOR_EVER)))
}
