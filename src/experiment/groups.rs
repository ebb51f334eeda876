//! A replication whose shards are independent of each other, in groups of shards that are simulated
//! one beside another.
//!
//! Groups are the same whatever the number of threads, and what they hear is put together in their
//! order, so the figures are those of one simulation of all shards, to the byte. They go on point
//! by point of the series, so that ages and changes of concurrency, which all groups together
//! must answer for, are kept for one point only.

use std::ops::Range;

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use super::limits::{Reached, ReplicationLimits};
use super::recorder::Recorder;
use crate::engine::RunEnd;
use crate::model::settings::Settings;
use crate::model::system::{Simulation, shards_are_independent};
use crate::units::Instant;

/// Groups at most: enough for the cores of a machine, few enough for their histograms.
const GROUPS_MAX: u32 = 32;
/// A group has no fewer shards, or bringing groups together would cost more than it gains.
const SHARDS_MIN: u32 = 4;

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
}

struct Group<'a> {
    shards: Range<u32>,
    simulation: Simulation<'a>,
    recorder: Recorder<'a>,
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
            whole.minutes.gather(groups.iter_mut().map(|group| &mut group.recorder.minutes));
            self.check(&groups, until)?;
        }
        whole.minutes.finish(horizon);
        for Group { shards, simulation, mut recorder, end } in groups {
            let finished = simulation.finish(end, std::slice::from_mut(&mut recorder));
            recorder.finish(finished[0]);
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
        let ranges = || (0..groups).map(|group| edge(group)..edge(group + 1));
        let simulations =
            Simulation::of_groups(self.settings, self.seed, self.replication, ranges());
        let with_recorder = |(shards, mut simulation): (Range<u32>, Simulation<'a>)| {
            let mut recorder = recorder().of_group();
            simulation.start(std::slice::from_mut(&mut recorder));
            Group { shards, simulation, recorder, end: RunEnd::Horizon }
        };
        ranges().zip(simulations).map(with_recorder).collect()
    }
}

impl Group<'_> {
    fn run_until(&mut self, until: Instant, events: u64) {
        let observers = std::slice::from_mut(&mut self.recorder);
        self.end = self.simulation.run_until(until, events, observers);
    }

    /// Records that were read.
    fn records(&self) -> u64 {
        self.recorder.tallies.read
    }
}

/// Events that have happened in all groups.
fn events(groups: &[Group<'_>]) -> u64 {
    groups.iter().map(|group| group.simulation.events()).sum()
}
