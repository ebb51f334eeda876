//! A replication whose shards are independent of each other, in groups of shards that are simulated
//! one beside another.
//!
//! Groups are the same whatever the number of threads, and what they hear is put together in their
//! order, so the figures are those of one simulation of all shards, to the byte. They go on point
//! by point of the series, so that ages and changes of concurrency, which all groups together
//! must answer for, are kept for one point only. Within a group a shard is simulated for a minute,
//! then the next: a shard alone has few events pending, and what it needs stays in the processor's
//! cache. Only where a warm-up ends, which is at one instant of all shards, a group's shards are
//! simulated together.

use std::ops::Range;

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use super::limits::{Reached, ReplicationLimits};
use super::recorder::Recorder;
use crate::engine::RunEnd;
use crate::model::settings::Settings;
use crate::model::system::{Simulation, shards_are_independent};
use crate::units::{Duration, Instant};

/// Groups at most: enough for the cores of a machine, few enough for their histograms.
const GROUPS_MAX: u32 = 32;
/// A group has no fewer shards, or bringing groups together would cost more than it gains.
const SHARDS_MIN: u32 = 4;

const MINUTE: Duration = Duration::from_secs(60);

/// What is run.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupedRun<'a> {
    /// Settings of the only consumer.
    pub settings: &'a Settings,
    /// Seed of the scenario.
    pub seed: u64,
    /// Number of the replication.
    pub replication: u64,
    /// How much it may be.
    pub limits: ReplicationLimits,
    /// Figures leave out a warm-up.
    pub has_warm_up: bool,
}

struct Group<'a> {
    shards: Range<u32>,
    /// Of single shards, or of all together.
    simulations: Vec<Simulation<'a>>,
    recorder: Recorder<'a>,
    /// How far it has got, and how that ended.
    at: Instant,
    end: RunEnd,
}

/// In how many groups the shards of a run can be simulated; 1 is no grouping.
pub(super) fn groups_of(settings: &Settings) -> u32 {
    match shards_are_independent(settings) {
        true => (settings.stream.shards / SHARDS_MIN).clamp(1, GROUPS_MAX),
        false => 1,
    }
}

impl<'a> GroupedRun<'a> {
    /// Runs the shards in so many groups; `recorder` makes recorders of the whole run.
    ///
    /// # Errors
    /// When it reaches a limit, which is looked at between the points of the series.
    pub fn run(
        &self,
        groups: u32,
        recorder: &dyn Fn() -> Recorder<'a>,
    ) -> Result<Recorder<'a>, Reached> {
        self.limits.check_written(self.settings)?;
        let (horizon, _) = self.settings.horizon.end();
        let mut whole = recorder();
        let mut groups = self.groups(groups, recorder);
        let step = whole.minutes.step();
        let mut until = Instant::START;
        while until < horizon {
            until = (until + step).min(horizon);
            let left = self.limits.events.saturating_sub(events(&groups));
            groups.par_iter_mut().for_each(|group| group.run_until(until, left));
            let minutes = groups.iter_mut().map(|group| &mut group.recorder.minutes);
            whole.minutes.gather(until, &mut minutes.collect::<Vec<_>>());
            self.check(&groups, until)?;
        }
        whole.minutes.finish(horizon, 0);
        for group in groups {
            let (shards, recorder) = group.finish();
            whole.absorb(shards, recorder);
        }
        Ok(whole)
    }

    fn check(&self, groups: &[Group<'_>], at: Instant) -> Result<(), Reached> {
        let horizon_seconds = self.settings.horizon.at_most().as_secs_f64();
        let (at_seconds, limits) = (at.as_secs_f64(), self.limits);
        let is_cut_off = |group: &Group<'_>| matches!(group.end, RunEnd::EventLimit { .. });
        if events(groups) > limits.events || groups.iter().any(is_cut_off) {
            return Err(Reached::Events { most: limits.events, at_seconds, horizon_seconds });
        }
        let (most, read) = (limits.records, groups.iter().map(Group::records).sum());
        match read > most {
            true => Err(Reached::Records { most, read, at_seconds, horizon_seconds }),
            false => Ok(()),
        }
    }

    fn groups(&self, groups: u32, recorder: &dyn Fn() -> Recorder<'a>) -> Vec<Group<'a>> {
        let (shards, groups) = (u64::from(self.settings.stream.shards), u64::from(groups));
        let edge = |group: u64| (shards * group / groups) as u32;
        let of_group = |group: u64| edge(group)..edge(group + 1);
        let parts = |shards: Range<u32>| match self.has_warm_up {
            true => vec![shards],
            false => shards.map(|shard| shard..shard + 1).collect(),
        };
        let all = (0..groups).flat_map(|group| parts(of_group(group)));
        let simulations = Simulation::of_parts(self.settings, self.seed, self.replication, all);
        let mut simulations = simulations.into_iter();
        let with_recorder = |shards: Range<u32>| {
            let mut recorder = recorder().of_group();
            let count = parts(shards.clone()).len();
            let mut simulations: Vec<Simulation<'a>> = simulations.by_ref().take(count).collect();
            for simulation in &mut simulations {
                simulation.start(std::slice::from_mut(&mut recorder));
            }
            Group { shards, simulations, recorder, at: Instant::START, end: RunEnd::Horizon }
        };
        (0..groups).map(of_group).map(with_recorder).collect()
    }
}

impl<'a> Group<'a> {
    /// Goes on minute by minute, one part after another.
    fn run_until(&mut self, until: Instant, events: u64) {
        let observers = std::slice::from_mut(&mut self.recorder);
        while self.at < until {
            self.at = (self.at + MINUTE).min(until);
            for simulation in &mut self.simulations {
                let end = simulation.run_until(self.at, events, observers);
                if let RunEnd::EventLimit { .. } = end {
                    self.end = end;
                    return;
                }
            }
        }
        self.recorder.put_in_order();
    }

    /// Its shards, and what the recorder heard of them.
    fn finish(mut self) -> (Range<u32>, Recorder<'a>) {
        let observers = std::slice::from_mut(&mut self.recorder);
        let parts = self.simulations.into_iter();
        let finished = parts.flat_map(|part| part.finish(self.end, observers));
        let whole = finished.reduce(|one, other| one.with(other));
        self.recorder.finish(whole.expect("a group has shards"));
        (self.shards, self.recorder)
    }

    /// Records that were read.
    fn records(&self) -> u64 {
        self.recorder.tallies.read
    }
}

/// Events that have happened in all groups.
fn events(groups: &[Group<'_>]) -> u64 {
    groups.iter().flat_map(|group| &group.simulations).map(Simulation::events).sum()
}
