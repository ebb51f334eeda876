//! Limits on one replication, and what is said where one is reached.
//!
//! Events are counted by the engine. Records are counted where they are read, and looked at once
//! per simulated minute and at the end, so that it costs nothing; a replication may thus read a
//! minute's records more than its limit. Records that nobody reads take time too: where more are
//! expected to be written than may be read, a replication does not begin. The defaults are in
//! [`scenario::limits`].
//!
//! Left out: limits on memory, which a run needs no more of the longer it is.
//!
//! [`scenario::limits`]: crate::scenario::limits

use crate::engine::RunEnd;
use crate::model::observation::{Observation, Observer};
use crate::model::settings::Settings;
use crate::model::simulate_consumers;
use crate::model::system::Finished;
use crate::model::workload::expected_records;
use crate::scenario::limits::{EVENTS_MAX, MESSAGES_MAX, RECORDS_MAX};
use crate::units::Instant;

/// How much one replication may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplicationLimits {
    /// Events at most.
    pub events: u64,
    /// Records that one consumer reads at most, and that may be written.
    pub records: u64,
    /// Messages to a destination that are kept; all figures count the others too.
    pub messages: u64,
}

impl Default for ReplicationLimits {
    fn default() -> ReplicationLimits {
        ReplicationLimits { events: EVENTS_MAX, records: RECORDS_MAX, messages: MESSAGES_MAX }
    }
}

impl ReplicationLimits {
    /// Whether what is expected to be written may be read.
    ///
    /// # Errors
    /// When it is more.
    pub fn check_written(&self, settings: &Settings) -> Result<(), Reached> {
        let (expected, most) = (expected_records(settings), self.records);
        let horizon_seconds = settings.horizon.at_most().as_secs_f64();
        match expected > most as f64 {
            true => Err(Reached::Written { most, expected, horizon_seconds }),
            false => Ok(()),
        }
    }
}

/// A limit that a replication has reached.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Reached {
    /// That on events.
    #[error("stopped after {most} events at {at_seconds:.0} s of {horizon_seconds:.0} s")]
    Events {
        /// The limit.
        most: u64,
        /// How far it got, in seconds of virtual time.
        at_seconds: f64,
        /// How far it should have got.
        horizon_seconds: f64,
    },
    /// That on records, before it began.
    #[error(
        "stopped before it wrote about {expected:.0} records, more than {most}, at 0 s of \
         {horizon_seconds:.0} s"
    )]
    Written {
        /// The limit.
        most: u64,
        /// What would be written.
        expected: f64,
        /// How far it should have got.
        horizon_seconds: f64,
    },
    /// That on records.
    #[error(
        "stopped after {read} records, more than {most}, at {at_seconds:.0} s of \
         {horizon_seconds:.0} s"
    )]
    Records {
        /// The limit.
        most: u64,
        /// What was read.
        read: u64,
        /// How far it got, in seconds of virtual time.
        at_seconds: f64,
        /// How far it should have got.
        horizon_seconds: f64,
    },
}

impl Reached {
    /// What can be done about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Reached::Events { .. } => {
                "Shorten the duration, use fewer shards, or raise the limit with --max-events"
            }
            Reached::Written { .. } | Reached::Records { .. } => {
                "Shorten the duration, lower the rate, or raise the limit with --max-records"
            }
        }
    }
}

/// One replication: the settings of all consumers, its seed and number, and what it may be.
#[derive(Debug, Clone, Copy)]
pub struct Limited<'a> {
    /// Consumers of one stream.
    pub consumers: &'a [&'a Settings],
    /// Seed of the scenario.
    pub seed: u64,
    /// Number of the replication, from 0.
    pub number: u32,
    /// How much it may be.
    pub limits: ReplicationLimits,
}

impl Limited<'_> {
    /// Runs it and gives the observers back with how it ended.
    ///
    /// # Errors
    /// When it reaches a limit.
    pub fn simulate<O: Observer>(&self, observers: Vec<O>) -> Result<Vec<(O, Finished)>, Reached> {
        self.limits.check_written(self.consumers[0])?;
        let most = self.limits.records;
        let counted = |observer| Counted { observer, read: 0, most };
        let mut observers: Vec<Counted<O>> = observers.into_iter().map(counted).collect();
        let (number, events) = (u64::from(self.number), self.limits.events);
        let finished =
            simulate_consumers(self.consumers, self.seed, number, events, &mut observers);
        let at_seconds = finished[0].at.as_secs_f64();
        let horizon_seconds = self.consumers[0].horizon.at_most().as_secs_f64();
        if let RunEnd::EventLimit { .. } = finished[0].end {
            return Err(Reached::Events { most: events, at_seconds, horizon_seconds });
        }
        let read = observers.iter().map(|counted| counted.read).max().unwrap_or(0);
        if read > most {
            return Err(Reached::Records { most, read, at_seconds, horizon_seconds });
        }
        Ok(observers.into_iter().map(|counted| counted.observer).zip(finished).collect())
    }
}

/// An observer beside which records are counted.
struct Counted<O> {
    observer: O,
    read: u64,
    most: u64,
}

impl<O: Observer> Observer for Counted<O> {
    #[inline(always)]
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        if let Observation::Read { records, .. } | Observation::ReadAgain { records, .. } =
            observation
        {
            self.read += u64::from(records);
        }
        self.observer.observe(now, observation);
    }

    fn has_enough(&self) -> bool {
        self.read > self.most || self.observer.has_enough()
    }
}
