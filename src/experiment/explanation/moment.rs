//! What a shard was doing at a time, and when it went on.
//!
//! The state is that after everything that happened up to the time, this instant included; what
//! comes later only says when a batch was done, a blockage was over and the oldest record met its
//! end. The backlog is what was written and could be read, less what had met its end.

use super::watch::{Phase, ShardWatch, WatchedBatch, shard_of};
use super::written::Written;
use super::{ExplainError, Run};
use crate::engine::RandomSource;
use crate::experiment::trace::cause;
use crate::model::lineage::Lineage;
use crate::model::observation::{Blockage, Observation, Observer};
use crate::model::settings::Settings;
use crate::results::{BlockedSpell, LaneMoment, LaneState, OldestRecord, ShardMoment, ShardStage};
use crate::units::Instant;

/// What a shard was doing at a time, and when the run ended.
pub(super) fn explain(
    run: &Run<'_>,
    shard: u32,
    at: Instant,
) -> Result<(ShardMoment, Instant), ExplainError> {
    let end = Instant::START + run.horizon();
    let beyond =
        |end: Instant| ExplainError::BeyondTheEnd { at: at.as_secs_f64(), end: end.as_secs_f64() };
    if at > end {
        return Err(beyond(end));
    }
    let observer =
        MomentObserver { shard, at, now: State::new(shard), then: None, later: Later::default() };
    let (mut observer, finished) = run.observed(run.settings(), observer)?;
    if at > finished.at {
        return Err(beyond(finished.at));
    }
    observer.pass(Instant::FAR_FUTURE);
    Ok((observer.into_moment(run), finished.at))
}

/// Follows a shard up to a time, and what becomes of its state then.
struct MomentObserver {
    shard: u32,
    at: Instant,
    now: State,
    then: Option<State>,
    later: Later,
}

/// The state of a shard.
#[derive(Debug, Clone)]
struct State {
    watch: ShardWatch,
    opened: bool,
    ended: bool,
    /// Records that were read, skipped or lost unread.
    passed: u64,
    /// Records that met their end.
    finished: u64,
    oldest: Option<(u64, Instant)>,
    blocked: Option<(Instant, Blockage)>,
}

/// When the state went on.
#[derive(Debug, Default)]
struct Later {
    unblocked: Option<Instant>,
    oldest_finished: Option<Instant>,
    /// By lane: when its batch was done.
    done: Vec<Option<Instant>>,
}

impl State {
    fn new(shard: u32) -> State {
        State {
            watch: ShardWatch::new(shard),
            opened: false,
            ended: false,
            passed: 0,
            finished: 0,
            oldest: None,
            blocked: None,
        }
    }

    fn observe(&mut self, now: Instant, observation: &Observation<'_>) -> Option<u32> {
        match *observation {
            Observation::Read { records, filtered, .. } => {
                self.passed += u64::from(records);
                self.finished += u64::from(filtered);
            }
            Observation::Skipped { records, .. }
            | Observation::Expired { records, read: None, .. } => {
                self.passed += records;
                self.finished += records;
            }
            Observation::Expired { read: Some(records), .. }
            | Observation::Processed { records, .. }
            | Observation::Discarded { records, .. } => {
                self.finished += u64::from(records.anew());
            }
            Observation::OldestUnfinished { arrival, sequence, .. } => {
                self.oldest = arrival.map(|arrival| (sequence, arrival));
            }
            Observation::Blocked { state, .. } => {
                let since = self.blocked.map_or(now, |(since, _)| since);
                self.blocked = state.map(|blockage| (since, blockage));
            }
            Observation::ShardOpened { .. } => (self.opened, self.ended) = (true, false),
            Observation::ShardEnded { .. } => self.ended = true,
            Observation::Polled { .. }
            | Observation::ReadThrottled { .. }
            | Observation::ReadAgain { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::InvocationEnded { .. }
            | Observation::Minute { .. } => {}
        }
        self.watch.observe(now, observation).map(|(lane, _)| lane)
    }
}

impl Observer for MomentObserver {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.pass(now);
        if shard_of(&observation) != Some(self.shard) {
            return;
        }
        let done = self.now.observe(now, &observation);
        if let (Some(then), Some(lane)) = (&self.then, done)
            && then.watch.batch(lane).is_some()
            && let Some(done) = self.later.done.get_mut(lane as usize)
        {
            done.get_or_insert(now);
        }
        let Some(then) = &self.then else { return };
        if self.now.blocked.is_none() {
            self.later.unblocked.get_or_insert(now);
        }
        let is_finished = match (then.oldest, self.now.oldest) {
            (Some((old, _)), Some((new, _))) => new > old,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if is_finished {
            self.later.oldest_finished.get_or_insert(now);
        }
    }
}

impl MomentObserver {
    /// Keeps the state when the time is over.
    fn pass(&mut self, now: Instant) {
        if now > self.at && self.then.is_none() {
            self.later.done = vec![None; self.now.watch.lanes.len()];
            self.then = Some(self.now.clone());
        }
    }

    fn into_moment(self, run: &Run<'_>) -> ShardMoment {
        let MomentObserver { shard, at, then, later, now: _ } = self;
        let then = then.expect("the time is over");
        let settings = run.settings();
        let random = RandomSource::new(run.seed, u64::from(run.replication));
        let life = Lineage::new(settings, &random).life(shard).clone();
        let stage = match (then.opened, then.ended) {
            (_, true) => ShardStage::Ended,
            (false, false) if at < life.opens => ShardStage::NotYetOpen,
            (false, false) => ShardStage::NotYetRead,
            (true, false) if at >= life.closes => ShardStage::Closed,
            (true, false) => ShardStage::Open,
        };
        let is_disabled = is_disabled(settings, at);
        let visible = at.as_nanos().checked_sub(settings.knobs.read_visibility.as_nanos());
        let backlog = Written::of(run, shard).map(|log| {
            let written = visible.map_or(0, |until| log.count(Instant::from_nanos(until)));
            written.saturating_sub(then.finished)
        });
        let lanes = 0..mapping_lanes(settings, at).max(then.watch.lanes.len() as u32);
        let lane = |lane: u32| {
            let done = later.done.get(lane as usize).copied().flatten();
            lane_moment(lane, &then, done, is_disabled)
        };
        ShardMoment {
            shard,
            at: at.as_secs_f64(),
            stage,
            is_disabled,
            backlog,
            read: then.passed - then.finished.min(then.passed),
            oldest: then.oldest.filter(|&(_, written)| written <= at).map(|(sequence, written)| {
                let finished = later.oldest_finished.map(Instant::as_secs_f64);
                OldestRecord { sequence, written: written.as_secs_f64(), finished }
            }),
            blocked: then.blocked.map(|(since, blockage)| BlockedSpell {
                cause: cause(blockage.cause),
                fully: blockage.fully,
                since: since.as_secs_f64(),
                until: later.unblocked.map(Instant::as_secs_f64),
            }),
            lanes: lanes.map(lane).collect(),
        }
    }
}

/// Lanes of a shard at a time.
fn mapping_lanes(settings: &Settings, at: Instant) -> u32 {
    let changed = settings.schedule.iter().rev().find(|change| change.at <= at);
    changed.map_or(&settings.mapping, |change| &change.mapping).parallelization_factor
}

/// Whether polling is off because the mapping is disabled or not yet enabled (S2.5, S2.6).
pub(super) fn is_disabled(settings: &Settings, at: Instant) -> bool {
    disabled_spans(settings).iter().any(|&(from, to)| from <= at && at < to)
}

/// When polling is off because the mapping is disabled or not yet enabled.
pub(super) fn disabled_spans(settings: &Settings) -> Vec<(Instant, Instant)> {
    let knobs = &settings.knobs;
    let created = (Instant::START, settings.mapping.enabled);
    let changes = settings.schedule.iter().map(|change| (change.at, change.mapping.enabled));
    let mut spans = Vec::new();
    let mut off_since = Some(Instant::START);
    let mut was_enabled = false;
    for (at, is_enabled) in std::iter::once(created).chain(changes) {
        match (was_enabled, is_enabled) {
            (false, true) => {
                let on = at.saturating_add(knobs.enable_delay);
                spans.extend(off_since.take().map(|off| (off, on)).filter(|(off, on)| off < on));
            }
            (true, false) => off_since = Some(at.saturating_add(knobs.disable_delay)),
            (true, true) | (false, false) => {}
        }
        was_enabled = is_enabled;
    }
    spans.extend(off_since.map(|off| (off, Instant::FAR_FUTURE)));
    spans
}

fn lane_moment(lane: u32, then: &State, done: Option<Instant>, is_disabled: bool) -> LaneMoment {
    let batch = then.watch.batch(lane);
    // When polling stops, batches that are not in the function are dropped (S2.6).
    let is_kept = |batch: &&WatchedBatch| !is_disabled || batch.phase == Phase::Invoking;
    let Some(batch) = batch.filter(is_kept) else {
        let since =
            then.watch.lanes.get(lane as usize).map_or(0.0, |lane| lane.free_since.as_secs_f64());
        let state = LaneState::Free;
        return LaneMoment {
            lane,
            state,
            since,
            records: None,
            closed: None,
            failed: 0,
            throttled: 0,
            done: None,
        };
    };
    LaneMoment {
        lane,
        state: match batch.phase {
            Phase::NotSent => LaneState::NotSent,
            Phase::Invoking => LaneState::Invoking,
            Phase::BackingOff => LaneState::BackingOff,
            Phase::Throttled => LaneState::Throttled,
        },
        since: batch.since.as_secs_f64(),
        records: Some(batch.unfinished()),
        closed: Some(batch.closed_at.as_secs_f64()),
        failed: batch.failed,
        throttled: batch.throttled,
        done: done.map(Instant::as_secs_f64),
    }
}
