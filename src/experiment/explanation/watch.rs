//! What the lanes of one shard are doing, from what the model says: the batch of each lane, what
//! has become of it so far, and the halves it was split into.
//!
//! Batches are worked off depth first (S6.1), so the sizes of the parts form a stack as in the
//! lane itself. Memory: the sequences of one batch per lane. Left out: batches that are dropped
//! when polling stops (S2.6), which stand here until their lane closes another.

use crate::model::failure::Outcome;
use crate::model::observation::{Observation, Records};
use crate::results::RecordRange;
use crate::units::Instant;

/// The lanes of a shard.
#[derive(Debug, Clone)]
pub(super) struct ShardWatch {
    shard: u32,
    /// By lane index; lanes that have done nothing yet may be missing.
    pub lanes: Vec<LaneWatch>,
}

/// One lane.
#[derive(Debug, Clone)]
pub(super) struct LaneWatch {
    /// Its batch.
    pub batch: Option<WatchedBatch>,
    /// Since when it has had none.
    pub free_since: Instant,
}

/// A batch from its closing until the lane is done with it.
#[derive(Debug, Clone)]
pub(super) struct WatchedBatch {
    /// Its records as it was closed.
    pub sequences: Vec<u64>,
    /// How many of them have met their end.
    pub done: usize,
    /// Sizes of its unfinished parts, the part that is tried next last.
    parts: Vec<u32>,
    /// When it was closed.
    pub closed_at: Instant,
    /// Failed attempts.
    pub failed: u64,
    /// Refusals.
    pub throttled: u64,
    /// What it is doing.
    pub phase: Phase,
    /// Since when.
    pub since: Instant,
}

/// What a batch is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It was closed and not sent: it has no record that can be.
    NotSent,
    /// It is in the function.
    Invoking,
    /// It failed and waits.
    BackingOff,
    /// It was throttled and waits.
    Throttled,
}

/// The shard that an observation is about; `None`: all of them.
pub(super) fn shard_of(observation: &Observation<'_>) -> Option<u32> {
    match *observation {
        Observation::Polled { shard, .. }
        | Observation::ReadThrottled { shard }
        | Observation::Read { shard, .. }
        | Observation::ReadAgain { shard, .. }
        | Observation::Expired { shard, .. }
        | Observation::Skipped { shard, .. }
        | Observation::OldestUnfinished { shard, .. }
        | Observation::Blocked { shard, .. }
        | Observation::ShardOpened { shard, .. }
        | Observation::ShardEnded { shard, .. } => Some(shard),
        Observation::BatchClosed { lane, .. }
        | Observation::BatchSplit { lane, .. }
        | Observation::Throttled { lane }
        | Observation::ServiceFailed { lane }
        | Observation::InvocationSent { lane, .. }
        | Observation::InvocationEnded { lane, .. }
        | Observation::Processed { lane, .. }
        | Observation::Discarded { lane, .. } => Some(lane.shard),
        Observation::Minute { .. } => None,
    }
}

impl ShardWatch {
    /// The lanes of a shard that has done nothing yet.
    pub fn new(shard: u32) -> ShardWatch {
        ShardWatch { shard, lanes: Vec::new() }
    }

    /// Takes note of an observation; gives the batch with which a lane is done now.
    pub fn observe(
        &mut self,
        now: Instant,
        observation: &Observation<'_>,
    ) -> Option<(u32, WatchedBatch)> {
        if shard_of(observation) != Some(self.shard) {
            return None;
        }
        match *observation {
            Observation::BatchClosed { lane, records, by: _ } => {
                self.lane(lane.lane).batch = Some(WatchedBatch::new(now, records));
                None
            }
            Observation::InvocationSent { lane, .. } => {
                let batch = self.lane(lane.lane).batch.as_mut()?;
                (batch.phase, batch.since) = (Phase::Invoking, now);
                None
            }
            Observation::InvocationEnded { lane, invocation, records } => {
                let batch = self.lane(lane.lane).batch.as_mut()?;
                if invocation.outcome != Outcome::Success {
                    batch.failed += 1;
                    (batch.phase, batch.since) = (Phase::BackingOff, now);
                } else if records.count() == 0 {
                    // The final call of a tumbling window has no records to be processed.
                    return self.finish(now, lane.lane, 0);
                }
                None
            }
            Observation::Throttled { lane } | Observation::ServiceFailed { lane } => {
                let batch = self.lane(lane.lane).batch.as_mut()?;
                batch.throttled += 1;
                if batch.phase != Phase::Throttled {
                    (batch.phase, batch.since) = (Phase::Throttled, now);
                }
                None
            }
            Observation::BatchSplit { lane, left, right } => {
                let batch = self.lane(lane.lane).batch.as_mut()?;
                batch.parts.pop();
                batch.parts.extend([right, left]);
                None
            }
            Observation::Processed { lane, records, .. }
            | Observation::Discarded { lane, records, .. } => {
                self.finish(now, lane.lane, records.count())
            }
            Observation::Expired { read: Some(records), .. } => {
                let lane = self.lane_with(records.first().sequence)?;
                self.finish(now, lane, records.count())
            }
            Observation::Expired { read: None, .. }
            | Observation::Polled { .. }
            | Observation::ReadThrottled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Skipped { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => None,
        }
    }

    /// The lane whose batch has this record unfinished.
    pub fn lane_with(&self, sequence: u64) -> Option<u32> {
        let has = |lane: &LaneWatch| {
            lane.batch.as_ref().is_some_and(|batch| batch.position(sequence).is_some())
        };
        self.lanes.iter().position(has).map(|lane| lane as u32)
    }

    /// The batch of a lane.
    pub fn batch(&self, lane: u32) -> Option<&WatchedBatch> {
        self.lanes.get(lane as usize)?.batch.as_ref()
    }

    /// A lane, whether or not it has done anything yet.
    pub fn lane(&mut self, lane: u32) -> &mut LaneWatch {
        let free = LaneWatch { batch: None, free_since: Instant::START };
        if self.lanes.len() <= lane as usize {
            self.lanes.resize(lane as usize + 1, free);
        }
        &mut self.lanes[lane as usize]
    }

    fn finish(&mut self, now: Instant, lane: u32, records: u32) -> Option<(u32, WatchedBatch)> {
        let watch = self.lane(lane);
        let batch = watch.batch.as_mut()?;
        batch.done += records as usize;
        if let Some(head) = batch.parts.last_mut() {
            *head = head.saturating_sub(records);
            if *head == 0 {
                batch.parts.pop();
            }
        }
        if batch.done < batch.sequences.len() {
            return None;
        }
        watch.free_since = now;
        watch.batch.take().map(|batch| (lane, batch))
    }
}

impl WatchedBatch {
    fn new(now: Instant, records: Records<'_>) -> WatchedBatch {
        WatchedBatch {
            sequences: records.iter().map(|fetched| fetched.sequence).collect(),
            done: 0,
            parts: vec![records.count()],
            closed_at: now,
            failed: 0,
            throttled: 0,
            phase: Phase::NotSent,
            since: now,
        }
    }

    /// Unfinished records of the batch before this one; `None`: it is not among them.
    pub fn position(&self, sequence: u64) -> Option<u32> {
        let rest = self.sequences.get(self.done..)?;
        rest.iter().position(|&other| other == sequence).map(|position| position as u32)
    }

    /// Whether this record is in the part that is tried next or being tried.
    pub fn has_in_head(&self, sequence: u64) -> bool {
        let head = self.parts.last().copied().unwrap_or(0);
        self.position(sequence).is_some_and(|position| position < head)
    }

    /// Its unfinished records.
    pub fn unfinished(&self) -> RecordRange {
        let rest = self.sequences.get(self.done..).unwrap_or_default();
        let (first, last) = (rest.first().copied(), rest.last().copied());
        RecordRange { count: rest.len() as u32, first, last }
    }

    /// All its records.
    pub fn all(&self) -> RecordRange {
        let (first, last) = (self.sequences.first().copied(), self.sequences.last().copied());
        RecordRange { count: self.sequences.len() as u32, first, last }
    }
}
