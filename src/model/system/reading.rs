//! Polls, and the ways of records into lanes (S2).

use super::{Context, ReadingMode, System};
use crate::model::event::{Event, LaneId};
use crate::model::held_back::HeldBack;
use crate::model::lane::Phase;
use crate::model::observation::{Fetched, Observation, Observer};
use crate::model::purposes;
use crate::model::reader::{CountedPage, Page, ScheduledPoll, ShardReader};
use crate::model::record_queue::Run;
use crate::model::settings::PollModel;
use crate::model::shard::Shard;
use crate::units::{Bytes, Duration, Instant, Limit};

impl System<'_> {
    /// Positions the reader of a shard and schedules its first poll (S2.5).
    pub(super) fn start_reading<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let records = self.shards[shard as usize].skip_before(self.position);
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
        let reader = &mut self.readers[shard as usize];
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
        let reader = &mut self.readers[shard as usize];
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
        let is_due = self.readers[shard as usize].next_poll.is_some_and(|poll| poll.at == cx.now);
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
        self.readers[shard as usize].held_since = Some(poll.nominal);
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
        let reader = &mut self.readers[shard as usize];
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
            let reader = &mut self.readers[shard as usize];
            reader.next_poll = None;
            reader.held_since.get_or_insert(reader.grid.following());
            return;
        }
        let Some(mut wanted) = self.next_unfetched_readable(shard) else { return };
        let reader = &self.readers[shard as usize];
        if self.mapping.enhanced_fan_out {
            wanted = wanted.max(reader.pushed.free_at()).max(cx.now);
        } else if cx.shared.reads.counts_every_call() {
            wanted = Instant::START;
        }
        let tick = reader.grid.next_at_or_after(wanted);
        let at = tick.at.saturating_add(self.lateness(cx, shard, tick.at)).max(cx.now);
        let poll = ScheduledPoll { at, nominal: tick.at, passed: tick.passed };
        let reader = &mut self.readers[shard as usize];
        if reader.next_poll.is_none_or(|scheduled| at < scheduled.at) {
            reader.next_poll = Some(poll);
            cx.schedule(at, Event::Poll { shard });
        }
    }

    /// Lets reading go on when enough of the page is finished (S2.4).
    pub(super) fn release_reading<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        if self.readers[shard as usize].held_since.is_some() && !self.is_held_back(shard) {
            self.readers[shard as usize].grid.resumed(cx.now);
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
        let reader = &mut self.readers[shard as usize];
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
        let reader = &self.readers[shard as usize];
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
        let reader = &mut self.readers[shard as usize];
        if reader.readable_at.is_none_or(|scheduled| at < scheduled || scheduled < cx.now) {
            reader.readable_at = Some(at);
            cx.schedule(at, Event::Readable { shard });
        }
    }

    /// When the next unread record can be read, which may be in the past.
    pub(super) fn next_readable(&mut self, shard: u32) -> Option<Instant> {
        let replay = self.readers[shard as usize].replay.front();
        let arrival = match replay {
            Some(fetched) => fetched.record.arrival,
            None => self.shards[shard as usize].next_in_generation()?,
        };
        Some(arrival.saturating_add(self.settings.knobs.read_visibility))
    }

    fn next_unfetched_readable(&mut self, shard: u32) -> Option<Instant> {
        let fetched = self.readers[shard as usize].counted_records;
        let visibility = self.settings.knobs.read_visibility;
        if fetched == 0 {
            return self.next_readable(shard);
        }
        // Far behind: the next tick finds something, or nothing at the cost of one event.
        const LOOK: u64 = 4096;
        if fetched > LOOK {
            return Some(Instant::START);
        }
        let arrival = self.shards[shard as usize].arrival_in_generation(fetched)?;
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

    fn is_held_back(&self, shard: u32) -> bool {
        let reader = &self.readers[shard as usize];
        match (self.model(), self.settings.knobs.lookahead) {
            (PollModel::Paged, _) => {
                reader.unfinished_of_page(self.rules.has_window) > self.rules.refill_below
            }
            (PollModel::Buffered, Limit::Limited(lookahead)) => {
                reader.unfinished() >= u64::from(lookahead)
            }
            (PollModel::Buffered, Limit::Unlimited)
            | (PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant, _) => {
                false
            }
        }
    }

    /// Fetches one page into the lanes (S1.6, S2.4).
    fn fetch_page<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> Page {
        let Some(until) = self.readable_until(cx.now) else { return Page::default() };
        let again = self.read_again(cx, shard);
        let knobs = &self.settings.knobs;
        let page_records = knobs.page_records.bound().unwrap_or(u32::MAX);
        let mut room = u64::from(page_records.saturating_sub(again));
        if let (PollModel::Buffered, Limit::Limited(lookahead)) = (self.model(), knobs.lookahead) {
            let unfinished = self.readers[shard as usize].unfinished();
            room = room.min(u64::from(lookahead).saturating_sub(unfinished));
        }
        let reader = &mut self.readers[shard as usize];
        let log = &mut self.shards[shard as usize];
        let (interval, visibility) = (self.rules.poll_interval, knobs.read_visibility);
        let (held, now) = (HeldBack::of(reader, interval, visibility, cx.now), cx.now);
        if log.plain().is_some() {
            room = room.min(self.rules.counted_page.into());
            let records = take_runs(reader, log, until, room, held);
            self.observe_read(cx, shard, records, 0);
            let bytes = u64::from(records) * u64::from(self.rules.uniform_size.unwrap_or(0));
            return Page { records: records + again, bytes };
        }
        let (mut records, mut filtered, mut bytes) = (0u32, 0u32, 0u64);
        let page_bytes = knobs.page_bytes.bound().map_or(u64::MAX, Bytes::get);
        while u64::from(records) < room {
            // S1.6: a page holds at least one record, however large.
            let left = page_bytes.saturating_sub(bytes);
            let largest = if records == 0 { u64::MAX } else { left };
            let Some((record, sequence)) = log.take_up_to(until, largest) else { break };
            bytes += u64::from(record.bytes);
            records += 1;
            if record.marks.filtered {
                filtered += 1;
                continue;
            }
            let held = held.time(record.arrival);
            let fetched = Fetched { record, sequence, read_at: now, held, is_duplicate: false };
            reader.assign(knobs.lane_assignment, fetched);
        }
        self.observe_read(cx, shard, records, filtered);
        Page { records: records + again, bytes }
    }

    fn count_page<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> Page {
        let Some(until) = self.readable_until(cx.now) else { return Page::default() };
        let again = self.read_again(cx, shard);
        let there = self.shards[shard as usize].unread_in_generation(until);
        let reader = &mut self.readers[shard as usize];
        let page = u64::from(self.rules.counted_page);
        let records = (there - reader.counted_records).min(page);
        if records > 0 {
            reader.counted.push_back(CountedPage { records, read_at: cx.now });
            reader.counted_records += records;
        }
        let bytes = records * u64::from(self.rules.uniform_size.unwrap_or(0));
        Page { records: records as u32 + again, bytes }
    }

    fn pull_counted<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let wanted = self.rules.payload.batch_size() as usize;
        let (mut records, mut filtered) = (0, 0);
        let reader = &mut self.readers[shard as usize];
        let log = &mut self.shards[shard as usize];
        if log.plain().is_some() {
            let records = pull_runs(reader, log, wanted);
            self.observe_read(cx, shard, records, 0);
            return;
        }
        while reader.lanes[0].queue.len() < wanted {
            let Some(page) = reader.counted.front_mut() else { break };
            let taken = log.take(page.read_at);
            let (record, sequence) = taken.expect("a fetched record is in the log");
            records += 1;
            let read_at = page.read_at;
            page.records -= 1;
            reader.counted_records -= 1;
            if page.records == 0 {
                reader.counted.pop_front();
            }
            if record.marks.filtered {
                filtered += 1;
            } else {
                let held = Duration::ZERO;
                let fetched = Fetched { record, sequence, read_at, held, is_duplicate: false };
                reader.lanes[0].queue.push_back(fetched);
            }
        }
        self.observe_read(cx, shard, records, filtered);
    }

    /// Reads for lanes that read for themselves: with one lane as much as a batch can take, with
    /// several everything, because a record shows its lane only when it is read.
    fn pull_readable<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let Some(until) = self.readable_until(cx.now) else { return };
        self.read_again(cx, shard);
        let knobs = &self.settings.knobs;
        let single = self.lane_count() == 1;
        let wanted = self.rules.payload.batch_size() as usize;
        let (mut records, mut filtered) = (0, 0);
        let reader = &mut self.readers[shard as usize];
        while !single || reader.lanes[0].queue.len() < wanted {
            let Some((record, sequence)) = self.shards[shard as usize].take(until) else { break };
            records += 1;
            if record.marks.filtered {
                filtered += 1;
                continue;
            }
            let (read_at, held) = (cx.now, Duration::ZERO);
            let fetched = Fetched { record, sequence, read_at, held, is_duplicate: false };
            reader.assign(knobs.lane_assignment, fetched);
        }
        if records > 0 {
            let calls = 1;
            cx.observer.observe(cx.now, Observation::Polled { shard, calls, records });
        }
        self.observe_read(cx, shard, records, filtered);
    }

    /// Reads what lies above the checkpoint after polling started anew (S4.5), and says how many
    /// records that are. **Assumption**: they come with one read, beside what else it finds.
    fn read_again<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> u32 {
        let assignment = self.settings.knobs.lane_assignment;
        let reader = &mut self.readers[shard as usize];
        let records = reader.replay.len() as u32;
        while let Some(fetched) = reader.replay.pop_front() {
            let held = Duration::ZERO;
            reader.assign(assignment, Fetched { read_at: cx.now, held, ..fetched });
        }
        if records > 0 {
            cx.observer.observe(cx.now, Observation::ReadAgain { shard, records });
        }
        records
    }

    fn observe_read<O: Observer>(
        &self,
        cx: &mut Context<'_, O>,
        shard: u32,
        records: u32,
        filtered: u32,
    ) {
        if records > 0 {
            cx.observer.observe(cx.now, Observation::Read { shard, records, filtered });
        }
    }

    /// Lets every lane without work look at what it has.
    fn advance_free_lanes<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        for lane in 0..self.lane_count() {
            let id = LaneId { shard, lane };
            let state = &self.readers[shard as usize].lanes[lane as usize];
            if state.batches.is_empty() && state.phase == Phase::Ready {
                self.advance(cx, id, super::cutting::Occasion::NewRecords);
            }
        }
    }

    /// Lateness of the tick at `nominal` (S2.1), addressed by its time; up to a poll interval
    /// after a refusal and among too many readers (S1.6).
    fn lateness<O: Observer>(&self, cx: &Context<'_, O>, shard: u32, nominal: Instant) -> Duration {
        let is_polled = !self.mapping.enhanced_fan_out;
        let too_many = is_polled && cx.shared.reads.counts_every_call();
        let jitter = match too_many || self.readers[shard as usize].was_refused {
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

/// Reads what was written up to `until` into the only lane, at most `room` records, as parts of
/// cells; how many there were.
fn take_runs(
    reader: &mut ShardReader,
    log: &mut Shard,
    until: Instant,
    room: u64,
    held: HeldBack,
) -> u32 {
    let (queue, read_at) = (&mut reader.lanes[0].queue, held.now());
    let taken = log.take_parts(until, room, |part, record, sequence| {
        let held_for = held.time(record.arrival);
        let first = Fetched { record, sequence, read_at, held: held_for, is_duplicate: false };
        queue.push_run(Run::new(part, first, held));
    });
    taken as u32
}

/// The same for counted pages, until the lane has `wanted` records.
fn pull_runs(reader: &mut ShardReader, log: &mut Shard, wanted: usize) -> u32 {
    let mut records = 0;
    while let Some(page) = reader.counted.front().copied() {
        let room = page.records.min(wanted.saturating_sub(reader.lanes[0].queue.len()) as u64);
        if room == 0 {
            break;
        }
        let held = HeldBack::never(page.read_at);
        let taken = take_runs(reader, log, page.read_at, room, held);
        assert!(u64::from(taken) == room, "{taken} of {room} fetched records are in the log");
        records += taken;
        reader.counted_records -= room;
        if room == page.records {
            reader.counted.pop_front();
        } else if let Some(page) = reader.counted.front_mut() {
            page.records -= room;
        }
    }
    records
}
