//! Figures of a whole run, for comparing it with one under another setting.

use crate::model::observation::Observation;
use crate::results::RunTotals;
use crate::units::Instant;

/// The figures so far.
#[derive(Debug, Clone)]
pub(super) struct Totals {
    pub figures: RunTotals,
    /// Since when each shard has been blocked.
    blocked_since: Vec<Option<Instant>>,
}

impl Totals {
    /// Nothing has happened on these many shards.
    pub fn new(shards: u32) -> Totals {
        Totals { figures: RunTotals::default(), blocked_since: vec![None; shards as usize] }
    }

    /// The run is over.
    pub fn finish(&mut self, now: Instant) {
        for since in self.blocked_since.drain(..).flatten() {
            self.figures.blocked_shard_time += now.since(since).as_secs_f64();
        }
    }

    /// Counts an observation.
    pub fn observe(&mut self, now: Instant, observation: &Observation<'_>) {
        match *observation {
            Observation::Discarded { records, .. } => {
                self.figures.discarded += u64::from(records.anew());
            }
            Observation::Expired { records, read, shard: _ } => {
                let anew = read.map_or(records, |records| u64::from(records.anew()));
                self.figures.expired += anew;
            }
            Observation::InvocationEnded { .. } => self.figures.invocations += 1,
            Observation::Blocked { shard, state } => {
                let since = &mut self.blocked_since[shard as usize];
                if let Some(since) = since.take() {
                    self.figures.blocked_shard_time += now.since(since).as_secs_f64();
                }
                *since = state.map(|_| now);
            }
            Observation::Polled { .. }
            | Observation::ReadThrottled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Skipped { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::Processed { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }
}
