//! What is announced of shards: oldest record, blockage, backlog, ledger (S9).

use super::rules::ReadingMode;
use super::{Context, MINUTE, System};
use crate::model::blocked::blockage;
use crate::model::event::{Event, LaneId};
use crate::model::observation::{Observation, Observer, Records};
use crate::model::reader::Stage;
use crate::model::record_queue::RecordQueue;
use crate::units::{Duration, Instant};

/// What is known only when a run ends (S9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closing {
    /// Records written in all, the handler's own included.
    pub written: u64,
    /// Records still in the stream: unread, or read and unfinished.
    pub remaining: u64,
    /// Invocations that had not ended.
    pub in_flight: u32,
    /// Some rule told records apart; otherwise only their arrivals were kept.
    pub told_records_apart: bool,
}

impl System<'_> {
    /// Announces what changed about a shard.
    pub(super) fn announce<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        self.announce_oldest(cx, shard);
        let reader = &mut self.readers[shard];
        let state = blockage(&reader.lanes);
        if state != reader.blockage {
            reader.blockage = state;
            cx.observer.observe(cx.now, Observation::Blocked { shard, state });
        }
        self.end_if_finished(cx, shard);
    }

    /// Announces the oldest unfinished record of a shard when it is another one (S9.2): the
    /// checkpoint is the record before it (S4.5).
    pub(super) fn announce_oldest<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let log = &mut self.shards[shard];
        let reader = &mut self.readers[shard];
        let next = log.next_sequence();
        let oldest = match reader.oldest_fetched() {
            Some((sequence, arrival)) if sequence < next => (sequence, Some(arrival)),
            // An unread record's arrival is looked up only where the record may be another one.
            Some(_) | None => match reader.oldest {
                Some(known) if known.0 == next && !log.may_change_ahead() => known,
                Some(_) | None => (next, log.next_arrival()),
            },
        };
        if reader.oldest != Some(oldest) {
            reader.oldest = Some(oldest);
            let (sequence, arrival) = oldest;
            let oldest = Observation::OldestUnfinished { shard, arrival, sequence };
            cx.observer.observe(cx.now, oldest);
        }
    }

    /// Passes unread records that are older than retention (S1.5).
    #[inline]
    pub(super) fn expire_unread<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        // Records that were fetched are checked when their batch is about to be sent.
        if self.readers[shard].counted.records() > 0 {
            return;
        }
        let oldest_kept = cx.now.saturating_sub(self.settings.stream.retention);
        if oldest_kept > Instant::START {
            self.expire_unread_before(cx, shard, oldest_kept);
        }
    }

    fn expire_unread_before<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        oldest_kept: Instant,
    ) {
        self.expire_replay(cx, shard, oldest_kept);
        let records = self.shards[shard].skip_before(oldest_kept);
        if records > 0 {
            cx.observer.observe(cx.now, Observation::Expired { shard, records, read: None });
        }
    }

    /// The same for records that were read before polling stopped.
    fn expire_replay<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        oldest_kept: Instant,
    ) {
        let replay = &mut self.readers[shard].replay;
        let count = replay.partition_point(|fetched| fetched.record.arrival < oldest_kept);
        let expired = RecordQueue::Singles(replay.drain(..count).collect());
        if count > 0 {
            let (records, read) = (count as u64, Some(Records::new(&expired, count as u32)));
            cx.observer.observe(cx.now, Observation::Expired { shard, records, read });
        }
    }

    /// A minute is over: counts backlogs.
    pub(super) fn minute_ends<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        let mut backlog = 0;
        for shard in self.shards.numbers() {
            if self.readers[shard].stage == Stage::Unknown {
                continue;
            }
            self.expire_unread(cx, shard);
            self.announce(cx, shard);
            let queued = self.readers[shard].held();
            let unread = match self.readable_until(cx.now) {
                Some(until) => self.shards[shard].unread(until),
                None => 0,
            };
            backlog += queued + unread;
        }
        cx.observer.observe(cx.now, Observation::Minute { backlog });
        cx.shared.clocks -= 1;
        // With nothing but clocks pending a drained run is over.
        if !self.drains || cx.calendar.len() > cx.shared.clocks {
            self.await_minute(cx);
        }
    }

    /// Schedules the next count of backlogs.
    pub(super) fn await_minute<O: Observer>(&self, cx: &mut Context<'_, O>) {
        cx.shared.clocks += 1;
        cx.schedule(cx.now + MINUTE, Event::MinuteEnds);
    }

    /// New records were added to a shard's log.
    pub(super) fn records_added<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        // Those of a shard that is not found yet wait with its others.
        if self.readers[shard].stage != Stage::Open {
            return;
        }
        match self.rules.mode {
            ReadingMode::Pages | ReadingMode::CountedPages => self.schedule_poll(cx, shard),
            ReadingMode::Lanes if self.lane_count() > 1 => self.await_readable(cx, shard),
            ReadingMode::Lanes => {
                let lane = &self.readers[shard].lanes[0];
                if lane.is_free() && lane.queue.is_empty() {
                    self.await_records(cx, LaneId { shard, lane: 0 });
                }
            }
        }
    }

    /// Counts what the ledger needs at the end of the run, and idle polls up to it.
    pub(super) fn close<O: Observer>(&mut self, cx: &mut Context<'_, O>) -> Closing {
        let (in_flight, told_records_apart) = (self.function.in_flight(), !self.is_plain);
        let mut closing = Closing { in_flight, told_records_apart, ..Closing::default() };
        // Records of the very end no longer happen.
        let last = cx.now.saturating_sub(Duration::from_nanos(1));
        for shard in self.shards.numbers() {
            if self.readers[shard].stage != Stage::Unknown {
                self.expire_unread(cx, shard);
            }
            let log = &mut self.shards[shard];
            let unread = if cx.now == Instant::START { 0 } else { log.unread(last) };
            let read = log.next_sequence();
            let reader = &self.readers[shard];
            closing.written += read + unread;
            closing.remaining += unread + reader.held();
            self.count_idle_polls(cx, shard);
        }
        closing
    }
}
