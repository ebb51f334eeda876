//! Text in, facts out: runs a scenario and keeps what the tests look at.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use shardlag::model::observation::{Discard, Fetched, Observation, Observer};
use shardlag::model::settings::Settings;
use shardlag::model::simulate;
use shardlag::units::Instant;

#[path = "../support/text.rs"]
mod text;

pub use text::scenario;

/// What was delivered and given up, with record numbers from 1 in the order of each shard.
#[derive(Debug, Default)]
pub struct Facts {
    /// Batches handed to the function, in order of sending: shard, lane, time sent, records.
    pub deliveries: Vec<Delivery>,
    /// Batches given up, in order.
    pub discards: Vec<(Vec<u64>, Discard)>,
    /// Records handled, in order: shard, key hash, sequence.
    pub processed: Vec<(u32, u64, u64)>,
    /// Records handled, in order: shard, sequence, nanoseconds of arrival.
    pub arrivals: Vec<(u32, u64, u64)>,
    /// Records lost to retention.
    pub expired: u64,
}

/// One batch handed to the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub shard: u32,
    pub lane: u32,
    pub sent_at: Instant,
    pub ends_at: Instant,
    pub attempt: u32,
    pub records: Vec<u64>,
}

impl Observer for Facts {
    fn observe(&mut self, _now: Instant, observation: Observation<'_>) {
        match observation {
            Observation::InvocationSent { lane, invocation, records } => {
                self.deliveries.push(Delivery {
                    shard: lane.shard,
                    lane: lane.lane,
                    sent_at: invocation.sent_at,
                    ends_at: invocation.ends_at,
                    attempt: invocation.attempt,
                    records: records.iter().map(|fetched| fetched.sequence + 1).collect(),
                });
            }
            Observation::Discarded { records, discard, .. } => {
                let numbers = records.iter().map(|fetched| fetched.sequence + 1).collect();
                self.discards.push((numbers, discard));
            }
            Observation::Processed { lane, records, .. } => {
                let arrival = |fetched: Fetched| fetched.record.arrival.as_nanos();
                let arrivals = records.iter();
                self.arrivals.extend(
                    arrivals.map(|fetched| (lane.shard, fetched.sequence, arrival(fetched))),
                );
                let handled = records.iter();
                self.processed.extend(
                    handled.map(|fetched| (lane.shard, fetched.record.key_hash, fetched.sequence)),
                );
            }
            Observation::Expired { records, .. } => self.expired += records,
            Observation::Polled { .. }
            | Observation::ReadAgain { .. }
            | Observation::Read { .. }
            | Observation::Skipped { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationEnded { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::ReadThrottled { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }
}

impl Facts {
    /// The batches handed to the function, as record numbers.
    pub fn batches(&self) -> Vec<Vec<u64>> {
        self.deliveries.iter().map(|delivery| delivery.records.clone()).collect()
    }
}

/// Runs the first replication of some settings.
pub fn facts(settings: &Settings, seed: u64) -> Facts {
    let mut facts = Facts::default();
    simulate(settings, seed, 0, 10_000_000, &mut facts);
    facts
}
