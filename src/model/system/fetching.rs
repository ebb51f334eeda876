//! What a poll or a free lane takes out of a shard's log: pages, counted pages, or what a batch can
//! hold (S1.6, S2.4), record by record or as arrivals.

use super::rules::ReadAhead;
use super::{Context, System};
use crate::model::held_back::HeldBack;
use crate::model::observation::{Fetched, Observation, Observer};
use crate::model::reader::{CountedPage, Page, ShardReader};
use crate::model::shard::Shard;
use crate::units::{Bytes, Duration, Instant};

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

    pub(super) fn count_page<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> Page {
        let Some(until) = self.readable_until(cx.now) else { return Page::default() };
        let again = self.read_again(cx, shard);
        let there = self.shards[shard].unread_in_generation(until);
        let reader = &mut self.readers[shard];
        let page = u64::from(self.rules.counted_page);
        let records = (there - reader.counted_records).min(page);
        if records > 0 {
            reader.counted.push_back(CountedPage { records, read_at: cx.now });
            reader.counted_records += records;
        }
        let bytes = records * u64::from(self.rules.uniform_size.unwrap_or(0));
        Page { records: records as u32 + again, bytes }
    }

    pub(super) fn pull_counted<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let wanted = self.rules.payload.batch_size() as usize;
        let (mut records, mut filtered) = (0, 0);
        let reader = &mut self.readers[shard];
        let log = &mut self.shards[shard];
        if log.plain().is_some() {
            let records = pull_plain(reader, log, wanted);
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
    let queue = &mut reader.lanes[0].queue;
    log.take_plain(until, room, |arrivals, sequence| queue.push_page(arrivals, sequence, held))
        as u32
}

/// The same for counted pages, until the lane has `wanted` records.
fn pull_plain(reader: &mut ShardReader, log: &mut Shard, wanted: usize) -> u32 {
    let mut records = 0;
    while let Some(page) = reader.counted.front().copied() {
        let room = page.records.min(wanted.saturating_sub(reader.lanes[0].queue.len()) as u64);
        if room == 0 {
            break;
        }
        let held = HeldBack::never(page.read_at);
        let taken = take_plain(reader, log, page.read_at, room, held);
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
