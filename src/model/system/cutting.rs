//! When the records of a free lane become a batch (S3).

use super::rules::ReadingMode;
use super::{Context, System};
use crate::model::batch::Batch;
use crate::model::event::{Event, LaneId};
use crate::model::lane::Phase;
use crate::model::observation::{ClosedBy, Observation, Observer, Records};
use crate::model::poll_grid::multiple_at_or_after;
use crate::model::settings::{LaneFailureScope, PollModel, WindowClock};
use crate::model::window::{FirstWaiting, window_end};
use crate::units::{Duration, Instant};

/// Why a lane looks at its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The shard was read or has something to read.
    NewRecords,
    /// The time it asked for has come.
    Due,
    /// Its last batch is done, at this instant.
    BatchDone,
}

impl System<'_> {
    /// The time a lane asked for has come.
    pub(super) fn lane_due<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        // Since it asked, polling may have begun anew with fewer lanes (S2.7).
        let lane = self.readers[id.shard].lanes.get(id.lane as usize);
        if lane.is_none_or(|lane| lane.due_at != Some(cx.now)) {
            return;
        }
        self.poll_first(cx, id.shard);
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        // The poll may have filled the lane's batch, which is then on its way.
        if lane.due_at != Some(cx.now) {
            return;
        }
        lane.due_at = None;
        if matches!(lane.phase, Phase::BackingOff) {
            lane.phase = Phase::Ready;
        }
        self.advance(cx, id, Occasion::Due);
        self.announce(cx, id.shard);
    }

    /// Lets a lane go on until it waits for something: cuts batches and tries them.
    pub(super) fn advance<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        mut occasion: Occasion,
    ) {
        loop {
            let lane = &self.readers[id.shard].lanes[id.lane as usize];
            if !lane.is_ready() || !self.polling.is_on {
                return;
            }
            if lane.batches.is_empty() && !self.cut(cx, id, occasion) {
                return;
            }
            self.try_head(cx, id);
            occasion = Occasion::BatchDone;
        }
    }

    /// Lets the lane act again at `at`.
    pub(super) fn wake<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId, at: Instant) {
        let at = at.max(cx.now);
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        if lane.due_at != Some(at) {
            lane.due_at = Some(at);
            cx.schedule(at, Event::LaneDue { lane: id });
        }
    }

    /// Cuts a batch if one is due (S3.1), or arranges to be called when it is.
    fn cut<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        occasion: Occasion,
    ) -> bool {
        if self.is_held_by_neighbour(id) {
            return false;
        }
        if self.rules.mode == ReadingMode::Lanes {
            let mut chance = self.chance_to_read(cx, id, occasion);
            if let Some(end) = self.window_end_without_poll(id) {
                chance = chance.map(|at| at.min(end.max(cx.now)));
            }
            if chance != Some(cx.now) {
                self.await_chance(cx, id, chance);
                return false;
            }
        }
        self.pull(cx, id);
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        if lane.queue.is_empty() && self.rules.mode == ReadingMode::Lanes {
            self.await_records(cx, id);
        }
        if self.cut_final_call(cx, id) {
            return true;
        }
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        if lane.queue.is_empty() {
            return false;
        }
        let fill = self.fill(id);
        if self.rules.has_window && !fill.is_full {
            let end = self.window_end(id);
            if end > cx.now {
                let full = self.full_at(cx, id, end);
                self.wake(cx, id, full.map_or(end, |full| full.min(end)));
                if self.rules.mode == ReadingMode::Lanes && self.lane_count() > 1 {
                    // What arrives meanwhile may fill the batch.
                    self.await_readable(cx, id.shard);
                }
                return false;
            }
        }
        let records = self.without_stale(cx, id, fill.records);
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        lane.due_at = None;
        if records == 0 {
            self.await_records(cx, id);
            return false;
        }
        lane.last_cut = Some(cx.now);
        lane.batches.push(Batch::cut(records, cx.now, lane.free_since));
        let by = self.closed_by(id, records, fill.is_full);
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let records = Records::new(&lane.queue, records);
        cx.observer.observe(cx.now, Observation::BatchClosed { lane: id, by, records });
        true
    }

    /// Why a batch of the first `records` records of a lane has no more (S3.1).
    #[inline]
    fn closed_by(&self, id: LaneId, records: u32, is_full: bool) -> ClosedBy {
        if records == self.mapping.batch_size {
            ClosedBy::BatchSize
        } else if self.is_before_a_window(id, records) {
            ClosedBy::TumblingWindow
        } else if is_full {
            ClosedBy::PayloadLimit
        } else if self.rules.has_window {
            ClosedBy::BatchingWindow
        } else {
            ClosedBy::FreeLane
        }
    }

    /// Arranges for a lane that may not read yet to be called when it may.
    fn await_chance<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        chance: Option<Instant>,
    ) {
        let Some(at) = chance else { return };
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let is_empty = lane.queue.is_empty();
        let has_more = self.next_readable(id.shard).is_some();
        if self.lane_count() == 1 && is_empty && has_more && self.rules.has_window {
            // The window of the next record may end before the poll.
            self.await_records(cx, id);
        } else {
            self.wake(cx, id, at);
        }
    }

    /// Records of the batch that is due, `records` as read: where lanes read for themselves, what
    /// is too old makes room for others (S1.5, S7.3).
    fn without_stale<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        records: u32,
    ) -> u32 {
        if self.rules.mode != ReadingMode::Lanes || !self.drop_stale(cx, id) {
            return records;
        }
        self.pull(cx, id);
        while self.drop_stale(cx, id) {
            self.pull(cx, id);
        }
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        self.rules.payload.fill(lane.queue.iter().map(|fetched| fetched.record.bytes)).records
    }

    /// Where several lanes read for themselves: when the window of a lane ends that closes its
    /// batch without waiting for a poll (S3.2).
    fn window_end_without_poll(&self, id: LaneId) -> Option<Instant> {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let is_needed = self.rules.has_window
            && self.lane_count() > 1
            && self.model() != PollModel::Gated
            && !lane.queue.is_empty()
            && self.window_counts_without_poll(id);
        is_needed.then(|| self.window_end(id))
    }

    /// Whether the lane's window opens and closes whatever polls see (S3.2).
    fn window_counts_without_poll(&self, id: LaneId) -> bool {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        match self.settings.knobs.window_clock {
            WindowClock::FirstRecord => true,
            WindowClock::PreviousCompletion => lane.last_completion.is_some(),
            WindowClock::FirstRead => false,
        }
    }

    /// S4.4 with `lane_failure_scope = shard`: no batch is cut while a neighbour is blocked. A
    /// blocked lane that cuts its throttled batch anew is not held, or two would hold each other.
    fn is_held_by_neighbour(&self, id: LaneId) -> bool {
        let lanes = &self.readers[id.shard].lanes;
        match self.settings.knobs.lane_failure_scope {
            LaneFailureScope::Lane => false,
            LaneFailureScope::Shard if lanes[id.lane as usize].blocked.is_some() => false,
            LaneFailureScope::Shard => lanes.iter().any(|lane| lane.blocked.is_some()),
        }
    }

    /// Lets the free neighbours of a lane go on that no longer holds them (S4.4).
    pub(super) fn advance_neighbours<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        for lane in (0..self.lane_count()).filter(|&lane| lane != id.lane) {
            let neighbour = LaneId { shard: id.shard, lane };
            if self.readers[id.shard].lanes[lane as usize].is_free() {
                self.advance(cx, neighbour, Occasion::NewRecords);
            }
        }
        self.announce(cx, id.shard);
    }

    /// When a lane that reads for itself may do so: now, or at a later poll; `None`: there is
    /// nothing to wait for yet.
    fn chance_to_read<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        occasion: Occasion,
    ) -> Option<Instant> {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let is_waiting = !lane.queue.is_empty();
        match (occasion, self.model()) {
            (Occasion::Due, _) => Some(cx.now),
            (Occasion::BatchDone, PollModel::Gated) => Some(self.next_own_poll(id, cx.now)),
            (Occasion::BatchDone, _) => Some(cx.now),
            (Occasion::NewRecords, _) => {
                let lane_due = lane.due_at.filter(|_| is_waiting || self.lane_count() == 1);
                let chance = self.next_own_poll(id, cx.now);
                match lane_due {
                    // A lane that gathers under a window looks again only where a new record
                    // may fill its batch.
                    Some(due) if due <= chance => None,
                    Some(_) | None => Some(chance),
                }
            }
        }
    }

    /// The first time at or after `from` at which a free lane that reads for itself polls.
    fn next_own_poll(&self, id: LaneId, from: Instant) -> Instant {
        let reader = &self.readers[id.shard];
        let lane = &reader.lanes[id.lane as usize];
        let interval = self.rules.poll_interval;
        let mut from = from.max(self.polling_starts);
        if self.model() == PollModel::Gated && lane.last_cut == Some(from) {
            // S2.4: at most one batch per tick, also when the function takes no time at all.
            from = from + Duration::from_nanos(1);
        }
        match (self.model(), lane.last_completion) {
            (PollModel::Instant, _) => from,
            (PollModel::Restart, Some(end)) => multiple_at_or_after(end, interval, 1, from),
            (PollModel::Restart, None) | (PollModel::Grid | PollModel::Gated, _) => {
                multiple_at_or_after(reader.grid.following(), interval, 0, from)
            }
            (PollModel::Paged | PollModel::Buffered, _) => from,
        }
    }

    /// A free lane that reads for itself and has nothing: when to look again.
    pub(super) fn await_records<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        if self.lane_count() > 1 {
            self.await_readable(cx, id.shard);
            return;
        }
        let Some(readable) = self.next_readable(id.shard).filter(|_| self.polling.is_on) else {
            return;
        };
        let mut at = self.next_own_poll(id, readable.max(cx.now));
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        if self.rules.has_window && self.window_counts_without_poll(id) {
            let clock = self.settings.knobs.window_clock;
            let visibility = self.settings.knobs.read_visibility;
            let arrival = readable.saturating_sub(visibility);
            let first = FirstWaiting { arrival, seen: readable };
            let window = self.mapping.batching_window;
            let end = window_end(clock, window, first, lane.last_completion);
            at = at.min(end.max(readable).max(self.polling_starts));
        }
        self.wake(cx, id, at);
    }

    fn window_end(&self, id: LaneId) -> Instant {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let oldest = lane.queue.front().expect("a lane with a window has records");
        let readable = oldest.record.arrival + self.settings.knobs.read_visibility;
        let counts_from_readable = self.settings.knobs.window_clock
            == WindowClock::PreviousCompletion
            && lane.last_completion.is_some();
        let seen = match (self.rules.mode, lane.last_completion) {
            (ReadingMode::Lanes, _) if counts_from_readable => readable,
            // Several lanes share what is read; each sees it at its own poll, or when it becomes
            // free.
            (ReadingMode::Lanes, Some(free)) if self.lane_count() > 1 && free >= readable => free,
            (ReadingMode::Lanes, _) if self.lane_count() > 1 => self.next_own_poll(id, readable),
            (ReadingMode::Lanes | ReadingMode::Pages | ReadingMode::CountedPages, _) => {
                oldest.read_at
            }
        };
        // A mapping that polls pages knows of no record before it has read it.
        let arrival = match self.rules.mode {
            ReadingMode::Pages | ReadingMode::CountedPages => oldest.read_at,
            ReadingMode::Lanes => oldest.record.arrival,
        };
        let first = FirstWaiting { arrival, seen };
        let (clock, window) = (self.settings.knobs.window_clock, self.mapping.batching_window);
        window_end(clock, window, first, lane.last_completion)
    }

    /// Where a single lane reads for itself: the poll at which its batch will be full, found by
    /// looking ahead in the log up to the end of its window.
    fn full_at<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        window_end: Instant,
    ) -> Option<Instant> {
        if self.rules.mode != ReadingMode::Lanes || self.lane_count() > 1 {
            return None;
        }
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let mut filling = self.rules.payload.filling();
        for fetched in lane.queue.iter() {
            filling.add(fetched.record.bytes);
        }
        for ahead in 0.. {
            let record = self.shards[id.shard].peek_in_generation(ahead)?;
            let readable = record.arrival.saturating_add(self.settings.knobs.read_visibility);
            if readable > window_end {
                return None;
            }
            let ends_window = self.starts_a_window(id, record.arrival);
            if !record.marks.filtered && (ends_window || filling.add(record.bytes)) {
                return Some(self.next_own_poll(id, readable.max(cx.now)));
            }
        }
        None
    }
}
