//! The figures that diagnoses are made from, of one replication in two runs of it.
//!
//! The first run finds what is normal, and outages: times of at least [`OUTAGE_MIN`] in which
//! attempts failed and none succeeded, on several batches, or on one that succeeded in the end. The
//! second takes the standard figures and, shard by shard, when it was late and why.

use std::collections::BTreeMap;

use super::late::Lateness;
use super::{ExplainError, Run};
use crate::experiment::recorder::Recorder;
use crate::experiment::trace::range;
use crate::model::event::LaneId;
use crate::model::failure::Outcome;
use crate::model::observation::{ClosedBy, Observation, Observer, Records};
use crate::model::settings::Settings;
use crate::results::RecordRange;
use crate::units::{Duration, Instant};

/// A shorter time without success is not called an outage.
const OUTAGE_MIN: Duration = Duration::from_secs(10);

/// Outages that are kept.
const OUTAGES_MAX: usize = 10_000;

/// A lag below this is never called late.
const LATE_MIN: Duration = Duration::from_secs(2);

/// What the first run finds.
#[derive(Debug, Default)]
struct Normal {
    successes: u64,
    duration: u128,
    failing: Option<Failing>,
    /// When each lane's batch was closed.
    closed: BTreeMap<LaneId, Instant>,
    outages: Vec<(Instant, Instant)>,
}

/// A time in which attempts fail and none succeeds.
#[derive(Debug)]
struct Failing {
    since: Instant,
    last: Instant,
    /// Batches that failed: lane and time of closing; two are enough to know.
    batches: Vec<(LaneId, Instant)>,
}

impl Observer for Normal {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        match observation {
            Observation::BatchClosed { lane, .. } => {
                self.closed.insert(lane, now);
            }
            Observation::InvocationEnded { lane, invocation, .. } => {
                let batch = (lane, self.closed.get(&lane).copied().unwrap_or(Instant::START));
                match invocation.outcome {
                    Outcome::Success | Outcome::Partial { succeeded: 1.. } => {
                        self.successes += 1;
                        self.duration += u128::from(invocation.duration.as_nanos());
                        self.succeeded(now, batch);
                    }
                    Outcome::Error | Outcome::Partial { succeeded: 0 } => self.failed(now, batch),
                }
            }
            Observation::Polled { .. }
            | Observation::ReadThrottled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Expired { .. }
            | Observation::Skipped { .. }
            | Observation::BatchSplit { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::Processed { .. }
            | Observation::Discarded { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }
}

impl Normal {
    fn failed(&mut self, now: Instant, batch: (LaneId, Instant)) {
        let none = || Failing { since: now, last: now, batches: Vec::new() };
        let failing = self.failing.get_or_insert_with(none);
        failing.last = now;
        if failing.batches.len() < 2 && !failing.batches.contains(&batch) {
            failing.batches.push(batch);
        }
    }

    fn succeeded(&mut self, now: Instant, batch: (LaneId, Instant)) {
        let Some(failing) = self.failing.take() else { return };
        let is_general = failing.batches.len() > 1 || failing.batches.contains(&batch);
        self.add(&failing, is_general, now);
    }

    fn add(&mut self, failing: &Failing, is_general: bool, to: Instant) {
        let length = failing.last.since(failing.since);
        if is_general && length >= OUTAGE_MIN && self.outages.len() < OUTAGES_MAX {
            self.outages.push((failing.since, to));
        }
    }

    fn finish(&mut self, now: Instant) {
        if let Some(failing) = self.failing.take() {
            self.add(&failing, failing.batches.len() > 1, now);
        }
    }

    fn mean_duration(&self) -> Duration {
        let mean = self.duration / u128::from(self.successes.max(1));
        Duration::from_nanos(mean as u64)
    }
}

/// What the second run finds.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub recorder: Recorder<'a>,
    pub lateness: Lateness,
    pub outages: Vec<(Instant, Instant)>,
    /// A shard is late above this.
    pub late_above: Duration,
    /// Batches closed while their shard was late, by reason in the order of [`ClosedBy`].
    pub closed_late: [u64; 5],
    /// Reads that found records while their shard was late, and those records.
    pub read_late: (u64, u64),
    /// Time in the function while the shard was late, by shard and lane, seconds.
    pub busy_late: Vec<Vec<f64>>,
    /// Attempts that ran into the timeout of the function.
    pub timeouts: u64,
    /// The batch that failed for longest.
    pub worst_batch: Option<FailingBatch>,
    failing: BTreeMap<LaneId, FailingBatch>,
    /// Longest wait of a shard to be found after its parents ended.
    ended: Vec<Option<Instant>>,
    pub longest_gap: Duration,
    pub generations: u64,
    pub ended_at: Instant,
}

/// A batch that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct FailingBatch {
    pub lane: LaneId,
    pub records: RecordRange,
    pub since: Instant,
    pub last: Instant,
    pub attempts: u64,
}

/// Runs a replication twice and keeps the figures.
pub(super) fn facts<'a>(run: &Run<'a>) -> Result<Facts<'a>, ExplainError> {
    let settings = run.settings();
    let (mut normal, finished) = run.observed(settings, Normal::default())?;
    normal.finish(finished.at);
    let late_above = late_above(settings, normal.mean_duration());
    let shards = settings.stream.shards_in_all();
    let put_unit = run.variant().prices.kinesis_put_unit;
    let facts = Facts {
        recorder: Recorder::new(settings, put_unit, run.horizon(), Vec::new(), false),
        lateness: Lateness::new(settings, late_above, normal.outages.clone()),
        outages: normal.outages,
        late_above,
        closed_late: [0; 5],
        read_late: (0, 0),
        busy_late: vec![Vec::new(); shards as usize],
        timeouts: 0,
        worst_batch: None,
        failing: BTreeMap::new(),
        ended: vec![None; shards as usize],
        longest_gap: Duration::ZERO,
        generations: 0,
        ended_at: Instant::START,
    };
    let (mut facts, finished) = run.observed(settings, facts)?;
    facts.ended_at = finished.at;
    facts.recorder.finish(finished);
    facts.lateness.finish(finished.at);
    for (_, batch) in std::mem::take(&mut facts.failing) {
        facts.keep_worst(batch);
    }
    Ok(facts)
}

/// The age that the settings give without waiting, with a margin: a batching window, three times
/// what polling, sending and handling take.
fn late_above(settings: &Settings, mean_duration: Duration) -> Duration {
    let knobs = &settings.knobs;
    let poll = knobs.poll_interval.max(knobs.idle_poll_interval);
    let handling = knobs.invoke_overhead + settings.function.init + mean_duration * 3;
    let plain = knobs.read_visibility + poll + handling;
    let window = settings.mapping.batching_window.max(settings.mapping.tumbling_window);
    let windows = Duration::from_nanos(window.as_nanos() / 5 * 6);
    (plain * 3).max(LATE_MIN) + windows
}

impl Observer for Facts<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.lateness.observe(now, &observation);
        match observation {
            Observation::BatchClosed { lane, by, .. } => {
                if self.lateness.is_late(lane.shard) {
                    self.closed_late[by as usize] += 1;
                }
            }
            Observation::InvocationEnded { lane, invocation, records } => {
                if self.lateness.is_late(lane.shard) {
                    self.was_busy(lane, now.since(invocation.sent_at));
                }
                self.timeouts += u64::from(invocation.timed_out);
                match invocation.outcome {
                    Outcome::Success => {
                        if let Some(batch) = self.failing.remove(&lane) {
                            self.keep_worst(batch);
                        }
                    }
                    Outcome::Error | Outcome::Partial { .. } => self.failed(now, lane, records),
                }
            }
            Observation::Discarded { lane, .. } => {
                if let Some(batch) = self.failing.remove(&lane) {
                    self.keep_worst(batch);
                }
            }
            Observation::ShardEnded { shard, .. } => self.ended[shard as usize] = Some(now),
            Observation::ShardOpened { shard, .. } => {
                self.generations += u64::from(now > Instant::START);
                if let Some(ended) = self.ended[shard as usize].take() {
                    self.longest_gap = self.longest_gap.max(now.since(ended));
                }
            }
            Observation::Polled { shard, records, .. } => {
                if records > 0 && self.lateness.is_late(shard) {
                    self.read_late.0 += 1;
                    self.read_late.1 += u64::from(records);
                }
            }
            Observation::ReadThrottled { .. }
            | Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Expired { .. }
            | Observation::Skipped { .. }
            | Observation::BatchSplit { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::Processed { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::Minute { .. } => {}
        }
        self.recorder.observe(now, observation);
    }
}

impl Facts<'_> {
    fn was_busy(&mut self, lane: LaneId, length: Duration) {
        let lanes = &mut self.busy_late[lane.shard as usize];
        if lanes.len() <= lane.lane as usize {
            lanes.resize(lane.lane as usize + 1, 0.0);
        }
        lanes[lane.lane as usize] += length.as_secs_f64();
    }

    fn failed(&mut self, now: Instant, lane: LaneId, records: Records<'_>) {
        let records = range(records);
        let new = FailingBatch { lane, records, since: now, last: now, attempts: 0 };
        let batch = self.failing.entry(lane).or_insert(new);
        batch.attempts += 1;
        batch.last = now;
    }

    fn keep_worst(&mut self, batch: FailingBatch) {
        let length = |batch: &FailingBatch| batch.last.since(batch.since);
        let is_worse = |worst: &FailingBatch| {
            (length(&batch), batch.attempts) > (length(worst), worst.attempts)
        };
        if self.worst_batch.as_ref().is_none_or(is_worse) {
            self.worst_batch = Some(batch);
        }
    }

    /// Records that a read which found some returned on average while its shard was late.
    pub fn mean_read(&self) -> f64 {
        self.read_late.1 as f64 / self.read_late.0.max(1) as f64
    }

    /// Share of the batches closed while late that have this reason.
    pub fn share_closed(&self, by: ClosedBy) -> f64 {
        let all: u64 = self.closed_late.iter().sum();
        self.closed_late[by as usize] as f64 / all.max(1) as f64
    }
}
