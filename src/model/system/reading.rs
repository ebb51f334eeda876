//! Polls, and when there is something to read (S2).

use super::rules::{ReadAhead, ReadingMode};
use super::{Context, System};
use crate::model::event::{Event, LaneId};
use crate::model::observation::{Observation, Observer};
use crate::model::purposes;
use crate::model::reader::ScheduledPoll;
use crate::model::settings::PollModel;
use crate::units::{Duration, Instant};

impl System<'_> {
    /// Positions the reader of a shard and schedules its first poll (S2.5).
    pub(super) fn start_reading<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let records = self.shards[shard].skip_before(self.position);
        if records > 0 {
            cx.observer.observe(cx.now, Observation::Skipped { shard, records });
        }
        match self.rules.mode {
            ReadingMode::Pages | ReadingMode::CountedPages => self.schedule_poll(cx, shard),
            ReadingMode::Lanes => self.await_readable(cx, shard),
        }
        self.announce(cx, shard);
    }

    /// A tick of the poll clock (S2.1, S2.4).
    pub(super) fn poll<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let reader = &mut self.readers[shard];
        let Some(poll) = reader.next_poll.filter(|poll| poll.at == cx.now) else { return };
        reader.next_poll = None;
        if self.is_held_back(shard) {
            self.refuse_poll(cx, shard, poll);
            return;
        }
        let is_pushed = self.mapping.enhanced_fan_out;
        if !is_pushed && !cx.shared.reads.admits(shard, cx.now) {
            self.throttle_poll(cx, shard, poll);
            return;
        }
        self.expire_unread(cx, shard);
        let page = match self.rules.mode {
            ReadingMode::CountedPages => self.count_page(cx, shard),
            ReadingMode::Pages | ReadingMode::Lanes => self.fetch_page(cx, shard),
        };
        let reader = &mut self.readers[shard];
        reader.grid.polled(poll.nominal, page.records > 0);
        reader.held_since = None;
        reader.was_refused = false;
        let calls = if is_pushed {
            reader.pushed.take(cx.now, page.bytes);
            0
        } else {
            cx.shared.reads.returned(shard, cx.now, page.bytes);
            poll.passed + 1
        };
        let records = page.records;
        cx.observer.observe(cx.now, Observation::Polled { shard, calls, records });
        self.advance_free_lanes(cx, shard);
        self.announce(cx, shard);
        self.schedule_poll(cx, shard);
    }

    /// S2.4a with `buffered`: a tick at this very instant reads before a lane acts, whichever was
    /// scheduled first. The tick's own entry in the calendar is then void.
    pub(super) fn poll_first<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let is_due = self.readers[shard].next_poll.is_some_and(|poll| poll.at == cx.now);
        if is_due && self.model() == PollModel::Buffered {
            self.poll(cx, shard);
        }
    }

    /// A tick at which reading is held back: what lanes were gathering has become a batch since
    /// the tick was scheduled (S2.4).
    fn refuse_poll<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        poll: ScheduledPoll,
    ) {
        self.readers[shard].held_since = Some(poll.nominal);
        if poll.passed > 0 && !self.mapping.enhanced_fan_out {
            let polled = Observation::Polled { shard, calls: poll.passed, records: 0 };
            cx.observer.observe(cx.now, polled);
        }
    }

    /// S1.6: a call that is refused reads nothing; the next tick tries again, somewhat late.
    fn throttle_poll<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        poll: ScheduledPoll,
    ) {
        let reader = &mut self.readers[shard];
        reader.grid.polled(poll.nominal, true);
        reader.was_refused = true;
        let calls = poll.passed + 1;
        cx.observer.observe(cx.now, Observation::Polled { shard, calls, records: 0 });
        cx.observer.observe(cx.now, Observation::ReadThrottled { shard });
        self.schedule_poll(cx, shard);
    }

    /// Schedules the next tick that can find a record, unless reading is held back.
    pub(super) fn schedule_poll<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        if !self.polling.is_on {
            return;
        }
        if self.is_held_back(shard) {
            let reader = &mut self.readers[shard];
            reader.next_poll = None;
            reader.held_since.get_or_insert(reader.grid.following());
            return;
        }
        let Some(mut wanted) = self.next_unfetched_readable(shard) else { return };
        let reader = &self.readers[shard];
        if self.mapping.enhanced_fan_out {
            wanted = wanted.max(reader.pushed.free_at()).max(cx.now);
        } else if cx.shared.reads.counts_every_call() {
            wanted = Instant::START;
        }
        let tick = reader.grid.next_at_or_after(wanted);
        let at = tick.at.saturating_add(self.lateness(cx, shard, tick.at)).max(cx.now);
        let poll = ScheduledPoll { at, nominal: tick.at, passed: tick.passed };
        let reader = &mut self.readers[shard];
        if reader.next_poll.is_none_or(|scheduled| at < scheduled.at) {
            reader.next_poll = Some(poll);
            cx.schedule_in_order(at, Event::Poll { shard });
        }
    }

    /// Lets reading go on when enough of the page is finished (S2.4).
    pub(super) fn release_reading<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        if self.readers[shard].held_since.is_some() && !self.is_held_back(shard) {
            self.readers[shard].grid.resumed(cx.now);
            self.schedule_poll(cx, shard);
        }
    }

    /// Takes records that a free lane may cut into a batch now, where lanes take for themselves.
    pub(super) fn pull<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        match self.rules.mode {
            ReadingMode::Pages => {}
            ReadingMode::CountedPages => self.pull_counted(cx, id.shard),
            ReadingMode::Lanes => {
                self.expire_unread(cx, id.shard);
                self.pull_readable(cx, id.shard);
            }
        }
    }

    /// The next unread record of a shard whose lanes read for themselves became readable.
    pub(super) fn readable<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let reader = &mut self.readers[shard];
        if reader.readable_at != Some(cx.now) {
            return;
        }
        reader.readable_at = None;
        if self.lane_count() > 1 {
            self.pull_readable(cx, shard);
        }
        self.advance_free_lanes(cx, shard);
        self.await_readable(cx, shard);
        self.announce(cx, shard);
    }

    /// With several lanes that read for themselves: looks again when the next record is readable.
    pub(super) fn await_readable<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let reader = &self.readers[shard];
        let is_needed = if reader.lanes.len() > 1 {
            reader.lanes.iter().any(|lane| lane.is_free())
        } else {
            reader.lanes[0].is_free() && reader.lanes[0].due_at.is_none()
        };
        if !is_needed || !self.polling.is_on {
            return;
        }
        let Some(at) = self.next_readable(shard) else { return };
        let at = at.max(cx.now).max(self.polling_starts);
        let reader = &mut self.readers[shard];
        if reader.readable_at.is_none_or(|scheduled| at < scheduled || scheduled < cx.now) {
            reader.readable_at = Some(at);
            cx.schedule(at, Event::Readable { shard });
        }
    }

    /// When the next unread record can be read, which may be in the past.
    pub(super) fn next_readable(&mut self, shard: u32) -> Option<Instant> {
        let replay = self.readers[shard].replay.front();
        let arrival = match replay {
            Some(fetched) => fetched.record.arrival,
            None => self.shards[shard].next_in_generation()?,
        };
        Some(arrival.saturating_add(self.settings.knobs.read_visibility))
    }

    fn next_unfetched_readable(&mut self, shard: u32) -> Option<Instant> {
        let fetched = self.readers[shard].counted.records();
        let visibility = self.settings.knobs.read_visibility;
        if fetched == 0 {
            return self.next_readable(shard);
        }
        // Far behind: the next tick finds something, or nothing at the cost of one event.
        const LOOK: u64 = 4096;
        if fetched > LOOK {
            return Some(Instant::START);
        }
        let arrival = self.shards[shard].arrival_in_generation(fetched)?;
        Some(arrival.saturating_add(visibility))
    }

    /// Latest arrival that can be read at `now` (S1.4).
    pub(super) fn readable_until(&self, now: Instant) -> Option<Instant> {
        let visibility = self.settings.knobs.read_visibility.as_nanos();
        now.as_nanos().checked_sub(visibility).map(Instant::from_nanos)
    }

    pub(super) fn lane_count(&self) -> u32 {
        self.mapping.parallelization_factor
    }

    #[inline]
    pub(super) fn is_held_back(&self, shard: u32) -> bool {
        let reader = &self.readers[shard];
        match self.rules.read_ahead {
            ReadAhead::Page(refill_below) => {
                reader.unfinished_of_page(self.rules.has_window) > refill_below
            }
            ReadAhead::Buffer(lookahead) => reader.unfinished() >= lookahead,
            ReadAhead::Free => false,
        }
    }

    /// Lets every lane without work look at what it has.
    fn advance_free_lanes<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        for lane in 0..self.lane_count() {
            let id = LaneId { shard, lane };
            if self.readers[shard].lanes[lane as usize].is_free() {
                self.advance(cx, id, super::cutting::Occasion::NewRecords);
            }
        }
    }

    /// Lateness of the tick at `nominal` (S2.1), addressed by its time; up to a poll interval
    /// after a refusal and among too many readers (S1.6).
    fn lateness<O: Observer>(&self, cx: &Context<'_, O>, shard: u32, nominal: Instant) -> Duration {
        let is_polled = !self.mapping.enhanced_fan_out;
        let too_many = is_polled && cx.shared.reads.counts_every_call();
        let jitter = match too_many || self.readers[shard].was_refused {
            true => self.settings.knobs.poll_jitter.max(self.rules.poll_interval),
            false => self.settings.knobs.poll_jitter,
        };
        if jitter.is_zero() {
            return Duration::ZERO;
        }
        let stream = self.random.stream(purposes::POLL_JITTER, u64::from(shard));
        Duration::from_nanos(stream.at(nominal.as_nanos(), 1).below(jitter.as_nanos() + 1))
    }
}
