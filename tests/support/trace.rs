//! What a run did, batch by batch, for comparing one run with another.

use shardlag::model::observation::{Discard, Observation, Observer, Records};
use shardlag::model::record::Record;
use shardlag::model::settings::Settings;
use shardlag::model::simulate;
use shardlag::units::{Duration, Instant};

/// More events than any of the small runs of these tests needs.
const EVENTS_MAX: u64 = 3_000_000;

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub at: Instant,
    pub shard: u32,
    pub what: What,
    /// Numbers of the records in their shard.
    pub records: Vec<u64>,
}

/// What happened to the records of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Sent { attempt: u32, duration: Duration },
    Processed,
    Discarded(Discard),
}

/// The steps of a run, and what it counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    pub steps: Vec<Step>,
    pub throttles: u64,
    pub expired: u64,
    pub written: u64,
    pub remaining: u64,
    /// Shard and record of everything that was processed, in order.
    pub processed: Vec<(u32, Record)>,
}

impl Trace {
    /// Runs the first replication of some settings.
    pub fn of(settings: &Settings, seed: u64) -> Trace {
        let mut trace = Trace::default();
        let finished = simulate(settings, seed, 0, EVENTS_MAX, &mut trace);
        trace.written = finished.closing.written;
        trace.remaining = finished.closing.remaining;
        trace
    }

    fn add(&mut self, at: Instant, shard: u32, what: What, records: Records<'_>) {
        let records = records.iter().map(|fetched| fetched.sequence).collect();
        self.steps.push(Step { at, shard, what, records });
    }
}

impl Observer for Trace {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        match observation {
            Observation::InvocationSent { lane, invocation, records } => {
                let (attempt, duration) = (invocation.attempt, invocation.duration);
                self.add(now, lane.shard, What::Sent { attempt, duration }, records);
            }
            Observation::Processed { lane, records, parts: _ } => {
                let of_shard = |record| (lane.shard, record);
                let records_of = records.iter().map(|fetched| fetched.record);
                self.processed.extend(records_of.map(of_shard));
                self.add(now, lane.shard, What::Processed, records);
            }
            Observation::Discarded { lane, records, discard } => {
                self.add(now, lane.shard, What::Discarded(discard), records);
            }
            Observation::Throttled { lane: _ } => self.throttles += 1,
            Observation::Expired { records, shard: _, read: _ } => self.expired += records,
            Observation::Polled { .. }
            | Observation::ReadAgain { .. }
            | Observation::Read { .. }
            | Observation::Skipped { .. }
            | Observation::InvocationEnded { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::ServiceFailed { .. }
            | Observation::ReadThrottled { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }
}
