//! What one run leaves behind for the metrics: a row per invocation, and what is asked of records,
//! batches, throttles and losses.
//!
//! A batch *as first cut* is recognised by its records: an invocation whose first record lies
//! behind the last one of the lane's present batch starts another. Halves and remainders lie
//! within it.

use std::collections::BTreeMap;

use crate::model::event::LaneId;
use crate::model::failure::Outcome;
use crate::model::function::Invocation;
use crate::model::observation::{Observation, Observer, Records};
use crate::units::{Duration, Instant};

/// An invocation that ended.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its lane.
    pub lane: LaneId,
    /// When it started.
    pub start: Instant,
    /// When it ended.
    pub finish: Instant,
    /// Number of its first record in the shard.
    pub first_sequence: u64,
    /// Arrival of its first record.
    pub first_arrival: Instant,
    /// Arrival of its last record.
    pub last_arrival: Instant,
    /// Records of the event.
    pub records: u32,
    /// Records finished successfully.
    pub handled: u32,
    /// No record failed.
    pub is_success: bool,
}

/// A record that was finished successfully.
#[derive(Debug, Clone, Copy)]
pub struct FinishedRecord {
    /// Its shard.
    pub shard: u32,
    /// Its number in the shard.
    pub sequence: u64,
    /// From write to the end of the successful invocation.
    pub age: Duration,
    /// From write to the start of its first invocation.
    pub wait: Duration,
}

/// The first loss of a record by retries, by age or by retention.
#[derive(Debug, Clone, Copy)]
pub struct FirstLoss {
    /// When.
    pub at: Instant,
    /// Age of the oldest record lost.
    pub age: Duration,
    /// Invocations that had ended.
    pub invocations: u64,
}

/// Everything the metrics need of a run.
#[derive(Debug, Default)]
pub struct Facts {
    keeps_records: bool,
    /// Stop taking note after this many invocations.
    invocations_max: Option<u64>,
    /// Set when that many have ended.
    stopped_at: Option<Instant>,
    /// Invocations in the order of their ends.
    pub rows: Vec<Row>,
    /// Finished records in that order, if asked for.
    pub finished: Vec<FinishedRecord>,
    /// When an attempt was throttled.
    pub throttles: Vec<Instant>,
    /// Invocations of every batch as first cut that is done.
    pub invocations_of_batches: Vec<u32>,
    /// Batches as first cut: all, throttled at their first attempt, with a discard.
    pub batches: BatchCounts,
    /// The first loss by retries or age.
    pub first_discard: Option<FirstLoss>,
    /// The first loss by retention.
    pub first_expiry: Option<FirstLoss>,
    /// Records given up.
    pub discarded: u64,
    /// Records lost to retention: when and how many.
    pub expired: Vec<(Instant, u64)>,
    /// Records that met their end in each lane, expired ones apart.
    pub lane_loads: BTreeMap<LaneId, u64>,
    /// Most invocations at once.
    pub concurrency_max: u32,
    concurrency: u32,
    lanes: BTreeMap<LaneId, LaneBatch>,
    oldest: Vec<Option<Instant>>,
}

/// Numbers of batches as first cut.
#[derive(Debug, Clone, Copy, Default)]
pub struct BatchCounts {
    /// All that were tried.
    pub cut: u64,
    /// The first attempt met the limit.
    pub throttled_first: u64,
    /// Something of it was given up.
    pub discarded: u64,
}

/// The present batch of a lane.
#[derive(Debug, Clone, Copy, Default)]
struct LaneBatch {
    stage: Stage,
    last_sequence: u64,
    first_start: Instant,
    invocations: u32,
    is_discarded: bool,
    in_flight_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    /// No batch, or all records of the last are done.
    #[default]
    Done,
    /// Throttled and not yet sent.
    Waiting,
    /// Sent at least once.
    Sent,
}

impl Facts {
    /// Facts of a run over `shards` shards.
    pub fn new(shards: u32, keeps_records: bool, invocations_max: Option<u64>) -> Facts {
        Facts {
            keeps_records,
            invocations_max,
            oldest: vec![None; shards as usize],
            ..Facts::default()
        }
    }

    /// When the wanted number of invocations had ended.
    pub fn stopped_at(&self) -> Option<Instant> {
        self.stopped_at
    }

    /// Since when the invocations still in flight run.
    pub fn in_flight(&self) -> impl Iterator<Item = Instant> + '_ {
        self.lanes.values().filter_map(|lane| lane.in_flight_since)
    }

    fn throttled(&mut self, now: Instant, id: LaneId) {
        self.throttles.push(now);
        let lane = self.lanes.entry(id).or_default();
        match lane.stage {
            Stage::Done => {
                self.batches.cut += 1;
                self.batches.throttled_first += 1;
                lane.stage = Stage::Waiting;
                lane.is_discarded = false;
                lane.invocations = 0;
            }
            Stage::Waiting | Stage::Sent => {}
        }
    }

    fn sent(&mut self, now: Instant, id: LaneId, records: Records<'_>) {
        self.concurrency += 1;
        self.concurrency_max = self.concurrency_max.max(self.concurrency);
        let lane = self.lanes.entry(id).or_default();
        let is_behind = records.first().sequence > lane.last_sequence;
        let is_new = match lane.stage {
            Stage::Done => true,
            Stage::Waiting => false,
            // The rest of the present batch expired unseen.
            Stage::Sent => is_behind,
        };
        if lane.stage == Stage::Sent && is_new {
            self.invocations_of_batches.push(lane.invocations);
        }
        if is_new {
            self.batches.cut += 1;
        }
        if is_new || lane.stage == Stage::Waiting {
            *lane = LaneBatch {
                stage: Stage::Sent,
                last_sequence: records.last().sequence,
                first_start: now,
                ..LaneBatch::default()
            };
        }
        lane.invocations += 1;
        lane.in_flight_since = Some(now);
    }

    fn ended(&mut self, now: Instant, id: LaneId, invocation: &Invocation, records: Records<'_>) {
        self.concurrency -= 1;
        self.lanes.entry(id).or_default().in_flight_since = None;
        self.rows.push(Row {
            lane: id,
            start: invocation.sent_at,
            finish: now,
            first_sequence: records.first().sequence,
            first_arrival: records.first().record.arrival,
            last_arrival: records.last().record.arrival,
            records: records.count(),
            handled: 0,
            is_success: invocation.outcome == Outcome::Success,
        });
        if self.invocations_max == Some(self.rows.len() as u64) {
            self.stopped_at = Some(now);
        }
    }

    fn processed(&mut self, now: Instant, id: LaneId, records: Records<'_>) {
        if let Some(row) = self.rows.last_mut() {
            row.handled = records.count();
        }
        if self.keeps_records {
            let first_start = self.lanes.entry(id).or_default().first_start;
            self.finished.extend(records.iter().map(|fetched| FinishedRecord {
                shard: id.shard,
                sequence: fetched.sequence,
                age: now.since(fetched.record.arrival),
                wait: first_start.since(fetched.record.arrival),
            }));
        }
        self.met_their_end(id, records);
    }

    fn discarded(&mut self, now: Instant, id: LaneId, records: Records<'_>) {
        self.discarded += u64::from(records.count());
        let age = now.since(records.first().record.arrival);
        let invocations = self.rows.len() as u64;
        self.first_discard.get_or_insert(FirstLoss { at: now, age, invocations });
        let lane = self.lanes.entry(id).or_default();
        if lane.stage == Stage::Done {
            // Too old before it was ever tried.
            self.batches.cut += 1;
            self.batches.discarded += 1;
        } else if !lane.is_discarded {
            lane.is_discarded = true;
            self.batches.discarded += 1;
        }
        self.met_their_end(id, records);
    }

    fn met_their_end(&mut self, id: LaneId, records: Records<'_>) {
        *self.lane_loads.entry(id).or_default() += u64::from(records.count());
        let lane = self.lanes.entry(id).or_default();
        let is_done = match lane.stage {
            Stage::Done => false,
            Stage::Waiting => true,
            Stage::Sent => records.last().sequence >= lane.last_sequence,
        };
        if is_done {
            if lane.stage == Stage::Sent {
                self.invocations_of_batches.push(lane.invocations);
            }
            lane.stage = Stage::Done;
        }
    }

    fn expired(&mut self, now: Instant, shard: u32, records: u64) {
        let oldest = self.oldest[shard as usize].unwrap_or(now);
        let invocations = self.rows.len() as u64;
        let loss = FirstLoss { at: now, age: now.since(oldest), invocations };
        self.first_expiry.get_or_insert(loss);
        self.expired.push((now, records));
    }

    /// Whether an observation still counts: after the last invocation only what it finished does.
    fn counts(&self, now: Instant, observation: &Observation<'_>) -> bool {
        let Some(stopped_at) = self.stopped_at else { return true };
        let last = self.rows.last().map(|row| (row.lane, row.handled));
        match observation {
            Observation::Processed { lane, .. } => now == stopped_at && last == Some((*lane, 0)),
            Observation::Polled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Expired { .. }
            | Observation::Skipped { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::InvocationEnded { .. }
            | Observation::Discarded { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::ReadThrottled { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => false,
        }
    }
}

impl Observer for Facts {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        if !self.counts(now, &observation) {
            return;
        }
        match observation {
            Observation::Throttled { lane } => self.throttled(now, lane),
            Observation::InvocationSent { lane, records, .. } => self.sent(now, lane, records),
            Observation::InvocationEnded { lane, invocation, records } => {
                self.ended(now, lane, invocation, records);
            }
            Observation::Processed { lane, records, .. } => self.processed(now, lane, records),
            Observation::Discarded { lane, records, .. } => self.discarded(now, lane, records),
            Observation::Expired { shard, records, read: _ } => self.expired(now, shard, records),
            Observation::OldestUnfinished { shard, arrival, sequence: _ } => {
                self.oldest[shard as usize] = arrival;
            }
            Observation::Polled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Skipped { .. }
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
