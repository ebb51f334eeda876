//! The first replication of a variant, event by event: observations of the model as lines of a
//! trace.
//!
//! Tracing runs the replication once more with another observer, which cannot change it.

use crate::engine::RunEnd;
use crate::model::event::LaneId;
use crate::model::failure::Outcome;
use crate::model::function::Invocation;
use crate::model::observation::{
    BlockageCause, ClosedBy, Discard, DiscardCondition, Observation, Observer, Records,
};
use crate::model::settings::{IteratorAgeAt, IteratorAgeOn, Settings};
use crate::model::simulate_consumers;
use crate::model::system::created;
use crate::model::tumbling::Call;
use crate::results::{RecordRange, TraceEvent, TraceLine};
use crate::scenario::Variant;
use crate::units::{Duration, Instant};

/// How a trace ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceEnd {
    /// With the run.
    Complete,
    /// With this limit; the run goes on behind it.
    CutOff(TraceLimit),
}

/// What a trace may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceLimit {
    /// So many lines at most.
    Lines(u64),
    /// So many events at most.
    Events(u64),
}

/// Runs the first replication of `variants`, the consumers of one stream, and gives every line to
/// `write`, in order of time, until it says that it has had enough.
pub fn trace(
    variants: &[Variant],
    seed: u64,
    (events_max, lines_max): (u64, u64),
    write: &mut dyn FnMut(&TraceLine) -> bool,
) -> TraceEnd {
    let settings: Vec<_> = variants.iter().map(|variant| &variant.settings).collect();
    let lines = std::cell::RefCell::new(Lines { write, count: 0, lines_max, is_cut_off: false });
    let consumer = |variant: &Variant| (variants.len() > 1).then(|| variant.name.clone());
    let mut tracers: Vec<Tracer<'_, '_>> = variants
        .iter()
        .map(|variant| Tracer {
            lines: &lines,
            settings: &variant.settings,
            consumer: consumer(variant),
            checkpoint: Vec::new(),
        })
        .collect();
    let finished = simulate_consumers(&settings, seed, 0, events_max, &mut tracers);
    match finished[0].end {
        _ if lines.borrow().is_cut_off => TraceEnd::CutOff(TraceLimit::Lines(lines_max)),
        RunEnd::EventLimit { .. } => TraceEnd::CutOff(TraceLimit::Events(events_max)),
        RunEnd::Exhausted { .. } | RunEnd::Horizon | RunEnd::Stopped { .. } => TraceEnd::Complete,
    }
}

/// Where all consumers' lines go.
struct Lines<'w> {
    write: &'w mut dyn FnMut(&TraceLine) -> bool,
    count: u64,
    lines_max: u64,
    is_cut_off: bool,
}

struct Tracer<'l, 'w> {
    lines: &'l std::cell::RefCell<Lines<'w>>,
    settings: &'l Settings,
    consumer: Option<String>,
    /// The last checkpoint told, by shard.
    checkpoint: Vec<u64>,
}

impl Tracer<'_, '_> {
    fn tell(&self, now: Instant, shard: u32, lane: Option<u32>, event: TraceEvent) {
        let mut lines = self.lines.borrow_mut();
        if lines.is_cut_off {
            return;
        }
        let (at, consumer) = (now.as_secs_f64(), self.consumer.clone());
        let line = TraceLine { at, consumer, shard, lane, event };
        lines.is_cut_off = lines.count == lines.lines_max || !(lines.write)(&line);
        lines.count += 1;
    }

    fn of_lane(&self, now: Instant, lane: LaneId, event: TraceEvent) {
        self.tell(now, lane.shard, Some(lane.lane), event);
    }

    fn checkpoint(&mut self, now: Instant, shard: u32, sequence: u64) {
        if self.checkpoint.len() <= shard as usize {
            self.checkpoint.resize(shard as usize + 1, 0);
        }
        if std::mem::replace(&mut self.checkpoint[shard as usize], sequence) != sequence {
            self.tell(now, shard, None, TraceEvent::Checkpoint { sequence });
        }
    }
}

impl Observer for Tracer<'_, '_> {
    fn has_enough(&self) -> bool {
        self.lines.borrow().is_cut_off
    }

    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        match observation {
            Observation::ShardOpened { shard, generation } => {
                self.tell(now, shard, None, TraceEvent::ShardOpened { generation });
            }
            Observation::ShardEnded { shard, generation } => {
                self.tell(now, shard, None, TraceEvent::ShardEnded { generation });
            }
            Observation::Polled { shard, calls, records } => {
                self.tell(now, shard, None, TraceEvent::Poll { calls, records });
            }
            Observation::ReadThrottled { shard } => {
                self.tell(now, shard, None, TraceEvent::ReadThrottled);
            }
            Observation::Read { shard, records, filtered } => {
                self.tell(now, shard, None, TraceEvent::Read { records, filtered });
            }
            Observation::ReadAgain { shard, records } => {
                self.tell(now, shard, None, TraceEvent::ReadAgain { records });
            }
            Observation::Skipped { shard, records } => {
                self.tell(now, shard, None, TraceEvent::Skipped { records });
            }
            Observation::Expired { shard, records, read: _ } => {
                self.tell(now, shard, None, TraceEvent::Expired { records });
            }
            Observation::OldestUnfinished { shard, arrival: _, sequence } => {
                self.checkpoint(now, shard, sequence);
            }
            Observation::Blocked { shard, state } => {
                let cause = state.map(|blockage| cause(blockage.cause));
                let fully = state.is_some_and(|blockage| blockage.fully);
                self.tell(now, shard, None, TraceEvent::Blocked { cause, fully });
            }
            Observation::BatchClosed { lane, by, records } => {
                let read_at = records.iter().next().map(|oldest| oldest.read_at.as_secs_f64());
                let (by, records) = (closed_by(by), range(records));
                self.of_lane(now, lane, TraceEvent::BatchClosed { by, records, read_at });
            }
            Observation::BatchSplit { lane, left, right } => {
                self.of_lane(now, lane, TraceEvent::Split { left, right });
            }
            Observation::Throttled { lane } => self.of_lane(now, lane, TraceEvent::Throttled),
            Observation::ServiceFailed { lane } => {
                self.of_lane(now, lane, TraceEvent::ServiceError);
            }
            Observation::InvocationSent { lane, invocation, records } => {
                self.of_lane(now, lane, start(invocation, records));
            }
            Observation::InvocationEnded { lane, invocation, records } => {
                let age = iterator_age(self.settings, now, invocation, records);
                self.of_lane(now, lane, end(invocation, records, age));
            }
            Observation::Discarded { lane, records, discard } => {
                self.of_lane(now, lane, discarded(records, discard));
            }
            // The end of the invocation says it.
            Observation::Processed { .. } | Observation::Minute { .. } => {}
        }
    }
}

fn start(invocation: &Invocation, records: Records<'_>) -> TraceEvent {
    let (is_final, is_early) = match invocation.call {
        Call::Records => (false, false),
        Call::Final { is_early, .. } => (true, is_early),
    };
    TraceEvent::InvocationStart {
        attempt: invocation.attempt,
        records: range(records),
        handler_at: invocation.starts_at().as_secs_f64(),
        is_final,
        is_early,
    }
}

/// The sample that an invocation gives, if it gives one (S9.1).
pub(super) fn iterator_age(
    settings: &Settings,
    now: Instant,
    invocation: &Invocation,
    records: Records<'_>,
) -> Option<Duration> {
    let knobs = &settings.knobs;
    let is_sampled = match knobs.iterator_age_on {
        IteratorAgeOn::EveryAttempt => true,
        IteratorAgeOn::Success => invocation.outcome == Outcome::Success,
    };
    let last = (is_sampled && records.count() > 0).then(|| records.last())?;
    let taken_at = match knobs.iterator_age_at {
        IteratorAgeAt::Send => invocation.sent_at,
        IteratorAgeAt::Finish => now,
    };
    Some(taken_at.since(created(settings, last.record.arrival)))
}

fn end(invocation: &Invocation, records: Records<'_>, age: Option<Duration>) -> TraceEvent {
    let (outcome, succeeded) = match invocation.outcome {
        Outcome::Success => ("success", None),
        Outcome::Error if invocation.timed_out => ("timeout", None),
        Outcome::Error => ("error", None),
        Outcome::Partial { succeeded } => ("partial", Some(succeeded)),
    };
    TraceEvent::InvocationEnd {
        attempt: invocation.attempt,
        records: range(records),
        outcome,
        succeeded,
        duration: invocation.duration.as_secs_f64(),
        iterator_age: age.map(Duration::as_secs_f64),
    }
}

fn discarded(records: Records<'_>, discard: Discard) -> TraceEvent {
    TraceEvent::Discarded {
        records: range(records),
        condition: match discard.condition {
            DiscardCondition::RetryAttemptsExhausted => "RetryAttemptsExhausted",
            DiscardCondition::RecordAgeExceeded => "RecordAgeExceeded",
            DiscardCondition::Dropped => "Dropped",
        },
        invoke_count: discard.invoke_count,
        delivered: discard.delivered,
    }
}

pub(super) fn range(records: Records<'_>) -> RecordRange {
    let ends = (records.count() > 0).then(|| (records.first().sequence, records.last().sequence));
    let (first, last) = ends.unzip();
    RecordRange { count: records.count(), first, last }
}

pub(super) fn closed_by(by: ClosedBy) -> &'static str {
    match by {
        ClosedBy::BatchSize => "batch_size",
        ClosedBy::PayloadLimit => "payload_limit",
        ClosedBy::BatchingWindow => "batching_window",
        ClosedBy::FreeLane => "free_lane",
        ClosedBy::TumblingWindow => "tumbling_window",
    }
}

pub(super) fn cause(cause: BlockageCause) -> &'static str {
    match cause {
        BlockageCause::FunctionError => "function_error",
        BlockageCause::Throttle => "throttle",
        BlockageCause::Oversize => "oversize",
    }
}
