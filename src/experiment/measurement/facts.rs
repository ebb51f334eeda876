//! What a run leaves behind for measured quantities: a row for each invocation and for each
//! record that was finished.

use crate::model::function::Invocation;
use crate::model::observation::{Observation, Observer, Records};
use crate::model::settings::{IteratorAgeAt, Settings};
use crate::model::system::created;
use crate::units::{Duration, Instant};

/// An invocation that ended.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Shard index.
    pub shard: u32,
    /// When the mapping sent the batch, the invoke overhead included from here on.
    pub sent_at: Instant,
    /// When the handler started.
    pub starts_at: Instant,
    /// When it ended.
    pub ends_at: Instant,
    /// Time of the handler.
    pub duration: Duration,
    /// IteratorAge.
    pub age: Duration,
}

/// A record that was finished.
#[derive(Debug, Clone, Copy)]
pub struct FinishedRecord {
    /// When it was written.
    pub written_at: Instant,
    /// When the handler of its invocation started.
    pub starts_at: Instant,
    /// When that ended.
    pub ends_at: Instant,
}

/// Everything the quantities need of a run.
#[derive(Debug)]
pub struct Facts<'a> {
    settings: &'a Settings,
    /// Invocations in the order of their ends.
    pub rows: Vec<Row>,
    /// Records in the order of their ends.
    pub finished: Vec<FinishedRecord>,
}

impl<'a> Facts<'a> {
    /// Facts of a run of these settings.
    pub fn new(settings: &'a Settings) -> Facts<'a> {
        Facts { settings, rows: Vec::new(), finished: Vec::new() }
    }

    fn ended(&mut self, shard: u32, invocation: &Invocation, records: Records<'_>) {
        if records.count() == 0 {
            return;
        }
        // S1.3, S9.1
        let creation = created(self.settings, records.last().record.arrival);
        let age = match self.settings.knobs.iterator_age_at {
            IteratorAgeAt::Send => invocation.sent_at.since(creation),
            IteratorAgeAt::Finish => invocation.ends_at.since(creation),
        };
        self.rows.push(Row {
            shard,
            sent_at: invocation.sent_at,
            starts_at: invocation.starts_at(),
            ends_at: invocation.ends_at,
            duration: invocation.duration,
            age,
        });
    }

    fn processed(&mut self, now: Instant, records: Records<'_>) {
        // The end of the invocation is told before what it finished.
        let starts_at = self.rows.last().map_or(now, |row| row.starts_at);
        let record = |written_at| FinishedRecord { written_at, starts_at, ends_at: now };
        self.finished.extend(records.iter().map(|fetched| record(fetched.record.arrival)));
    }
}

impl Observer for Facts<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        match observation {
            Observation::InvocationEnded { lane, invocation, records } => {
                self.ended(lane.shard, invocation, records);
            }
            Observation::Processed { records, .. } => self.processed(now, records),
            Observation::Polled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Expired { .. }
            | Observation::Skipped { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::Discarded { .. }
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
