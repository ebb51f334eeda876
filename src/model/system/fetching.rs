//! What a poll or a free lane takes out of a shard's log: pages, counted pages, or what a batch can
//! hold (S1.6, S2.4), record by record or as arrivals.

use super::rules::ReadAhead;
use super::{Context, System};
use crate::model::counted_pages::Extent;
use crate::model::held_back::HeldBack;
use crate::model::observation::{Fetched, Observation, Observer};
use crate::model::reader::{Page, ShardReader};
use crate::model::shard::Shard;
use crate::units::{Bytes, Duration, Instant};

/// Records that a lane holds before what is fetched is counted only: those of a few batches.
const LANE_ROOM: u64 = 1024;

impl System<'_> {
    /// Fetches one page into the lanes (S1.6, S2.4).
    pub(super) fn fetch_page<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> Page {
        let Some(until) = self.readable_until(cx.now) else { return Page::default() };
        let again = self.read_again(cx, shard);
        let knobs = &self.settings.knobs;
        let page_records = knobs.page_records.bound().unwrap_or(u32::MAX);
        let of_page = u64::from(page_records.saturating_sub(again));
        let mut room = self.lookahead_room(shard).min(of_page);
        let reader = &mut self.readers[shard];
        let log = &mut self.shards[shard];
        let (interval, visibility) = (self.rules.poll_interval, knobs.read_visibility);
        let (held, now) = (HeldBack::of(reader, interval, visibility, cx.now), cx.now);
        if log.plain().is_some() {
            room = room.min(self.rules.counted_page.into());
            let records = take_plain(reader, log, until, room, held);
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

    /// Records that may be read before those that were read are finished (S2.4).
    #[inline]
    pub(super) fn lookahead_room(&self, shard: u32) -> u64 {
        match self.rules.read_ahead {
            ReadAhead::Buffer(lookahead) => {
                lookahead.saturating_sub(self.readers[shard].unfinished())
            }
            ReadAhead::Page(_) | ReadAhead::Free => u64::MAX,
        }
    }

    /// Fetches one page into the lane as far as that has room, and counts the rest.
    pub(super) fn count_page<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> Page {
        let Some(until) = self.readable_until(cx.now) else { return Page::default() };
        let again = self.read_again(cx, shard);
        let page = u64::from(self.rules.counted_page);
        let mut fetched = 0;
        let reader = &mut self.readers[shard];
        if reader.counted.records() == 0 {
            let room = page.min(LANE_ROOM.saturating_sub(reader.lanes[0].queue.len() as u64));
            fetched = self.read_counted(cx, shard, cx.now, until, room);
            if fetched < room {
                return self.page(fetched, again);
            }
        }
        let (reader, room) = (&mut self.readers[shard], page - fetched);
        let there = self.shards[shard].unread_in_generation(until) - reader.counted.records();
        let counted = there.min(room);
        if counted > 0 {
            let extent = if there < room { Extent::All } else { Extent::Records(room) };
            reader.counted.push(cx.now, counted, extent);
        }
        self.page(fetched + counted, again)
    }

    /// A page of records that all have one size, and some that were read before (S4.5).
    fn page(&self, records: u64, again: u32) -> Page {
        let bytes = records * u64::from(self.rules.uniform_size.unwrap_or(0));
        Page { records: records as u32 + again, bytes }
    }

    /// Reads of the counted pages what a batch can hold.
    pub(super) fn pull_counted<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let wanted = self.rules.payload.batch_size() as usize;
        loop {
            let reader = &self.readers[shard];
            let room = wanted.saturating_sub(reader.lanes[0].queue.len()) as u64;
            let Some(page) = reader.counted.first().filter(|_| room > 0) else { return };
            let room = page.left.map_or(room, |left| left.min(room));
            let Some(until) = self.readable_until(page.read_at) else { return };
            let taken = self.read_counted(cx, shard, page.read_at, until, room);
            let is_passed = taken < room || page.left == Some(taken);
            self.readers[shard].counted.take(taken, is_passed);
        }
    }

    /// Reads records of a counted page, written up to `until`, into the only lane, at most `room`;
    /// how many there were.
    fn read_counted<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        read_at: Instant,
        until: Instant,
        room: u64,
    ) -> u64 {
        let (reader, log) = (&mut self.readers[shard], &mut self.shards[shard]);
        if log.plain().is_some() {
            let records = take_plain(reader, log, until, room, HeldBack::never(read_at));
            self.observe_read(cx, shard, records, 0);
            return records.into();
        }
        let (mut records, mut filtered) = (0, 0);
        while u64::from(records) < room {
            let Some((record, sequence)) = log.take(until) else { break };
            records += 1;
            if record.marks.filtered {
                filtered += 1;
                continue;
            }
            let held = Duration::ZERO;
            let fetched = Fetched { record, sequence, read_at, held, is_duplicate: false };
            reader.lanes[0].queue.push_back(fetched);
        }
        self.observe_read(cx, shard, records, filtered);
        records.into()
    }

    /// Reads for lanes that read for themselves: with one lane as much as a batch can take, with
    /// several everything, because a record shows its lane only when it is read.
    pub(super) fn pull_readable<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let Some(until) = self.readable_until(cx.now) else { return };
        self.read_again(cx, shard);
        let knobs = &self.settings.knobs;
        let single = self.lane_count() == 1;
        let wanted = self.rules.payload.batch_size() as usize;
        let (mut records, mut filtered) = (0, 0);
        let reader = &mut self.readers[shard];
        while !single || reader.lanes[0].queue.len() < wanted {
            let Some((record, sequence)) = self.shards[shard].take(until) else { break };
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
    #[inline]
    fn read_again<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> u32 {
        if self.readers[shard].replay.is_empty() { 0 } else { self.read_replay(cx, shard) }
    }

    fn read_replay<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> u32 {
        let assignment = self.settings.knobs.lane_assignment;
        let reader = &mut self.readers[shard];
        let records = reader.replay.len() as u32;
        while let Some(fetched) = reader.replay.pop_front() {
            let held = Duration::ZERO;
            reader.assign(assignment, Fetched { read_at: cx.now, held, ..fetched });
        }
        cx.observer.observe(cx.now, Observation::ReadAgain { shard, records });
        records
    }

    #[inline]
    pub(super) fn observe_read<O: Observer>(
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
}

/// Reads what was written up to `until` into the only lane, at most `room` records, as arrivals;
/// how many there were.
#[inline]
pub(super) fn take_plain(
    reader: &mut ShardReader,
    log: &mut Shard,
    until: Instant,
    room: u64,
    held: HeldBack,
) -> u32 {
    let queue = reader.lanes[0].queue.plain_mut();
    let sequence = log.next_sequence();
    queue.add_page(sequence, held, |arrivals| log.take_plain(until, room, arrivals)) as u32
}
