//! The regular course of a shard: a tick reads, the free lane sends a batch, the batch succeeds.
//!
//! Nearly all events of nearly all runs are of this kind, so that a run costs what they cost. Each
//! step is one that the other files of this folder take, put together for a single lane of records
//! that no rule tells apart, without asking again for what is known not to be there: windows,
//! halves of batches, neighbours, lines. Whatever is special (a failure, a throttle, a record that
//! is too old, a shard that ends) is left to those files. `tests/plain_records.rs` holds both ways
//! against each other.

use super::attempting::created;
use super::cutting::Occasion;
use super::fetching::take_plain;
use super::rules::ReadingMode;
use super::{Context, System};
use crate::model::age_parts::AgeParts;
use crate::model::batch::Batch;
use crate::model::event::{Event, LaneId};
use crate::model::failure::Outcome;
use crate::model::function::BatchAddress;
use crate::model::held_back::HeldBack;
use crate::model::lane::Phase;
use crate::model::observation::{ClosedBy, Observation, Observer, Records};
use crate::model::tumbling::{Call, WindowSoFar};

impl System<'_> {
    /// A tick that reads a page (S2.1, S2.4); `false`: something is special, nothing was done.
    #[inline]
    pub(super) fn poll_regularly<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
    ) -> bool {
        if !self.rules.may_be_regular || self.is_held_back(shard) {
            return false;
        }
        let Some(until) = self.readable_until(cx.now) else { return false };
        let room = self.lookahead_room(shard).min(self.rules.counted_page.into());
        let (reader, log) = (&mut self.readers[shard], &mut self.shards[shard]);
        let Some(poll) = reader.next_poll.filter(|poll| poll.at == cx.now) else { return false };
        let oldest_kept = cx.now.saturating_sub(self.settings.stream.retention);
        let is_special = reader.held_since.is_some()
            || reader.was_refused
            || log.is_closed()
            || log.next_arrival().is_none_or(|next| next < oldest_kept);
        if is_special || !cx.shared.reads.admits(shard, cx.now) {
            return false;
        }
        let records = match self.rules.mode {
            ReadingMode::CountedPages => self.count_page(cx, shard).records,
            ReadingMode::Pages | ReadingMode::Lanes => {
                let visibility = self.settings.knobs.read_visibility;
                let held = HeldBack::of(reader, self.rules.poll_interval, visibility, cx.now);
                let records = take_plain(reader, log, until, room, held);
                self.observe_read(cx, shard, records, 0);
                records
            }
        };
        let reader = &mut self.readers[shard];
        reader.next_poll = None;
        reader.grid.polled(poll.nominal, records > 0);
        let bytes = u64::from(records) * u64::from(self.rules.uniform_size.unwrap_or(0));
        cx.shared.reads.returned(shard, cx.now, bytes);
        let polled = Observation::Polled { shard, calls: poll.passed + 1, records };
        cx.observer.observe(cx.now, polled);
        // What was unread is now read, so that the oldest unfinished record is the same.
        let is_regular = !reader.lanes[0].is_free() || self.send_regularly(cx, shard);
        if !is_regular {
            self.announce(cx, shard);
        }
        self.schedule_poll(cx, shard);
        true
    }

    /// The end of an invocation that handled its batch (S5, S6); `false`: something is special,
    /// nothing was done.
    #[inline]
    pub(super) fn invocation_ends_regularly<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
    ) -> bool {
        if !self.rules.may_be_regular || !self.line.is_empty() {
            return false;
        }
        let reader = &mut self.readers[id.shard];
        let lane = &mut reader.lanes[0];
        let Phase::InFlight(invocation) = &lane.phase else { return false };
        let reads_now = reader.next_poll.is_some_and(|poll| poll.at == cx.now);
        let [batch] = lane.batches.as_slice() else { return false };
        let is_special = invocation.outcome != Outcome::Success
            || lane.blocked.is_some()
            || reader.held_since.is_some()
            || reads_now;
        if is_special {
            return false;
        }
        self.function.ended(invocation, &mut cx.shared.account);
        let records = Records::new(&lane.queue, invocation.records);
        let ended = Observation::InvocationEnded { lane: id, invocation, records };
        cx.observer.observe(cx.now, ended);
        let parts = AgeParts::of(self.rules.age_context, records.last_times(), batch, invocation);
        cx.observer.observe(cx.now, Observation::Processed { lane: id, records, parts: &parts });
        let handled = records.count() as usize;
        lane.queue.remove_front(handled);
        lane.phase = Phase::Ready;
        lane.batches.clear();
        lane.last_completion = Some(cx.now);
        lane.free_since = cx.now;
        if self.send_regularly(cx, id.shard) && !self.shards[id.shard].is_closed() {
            self.announce_oldest(cx, id.shard);
        } else {
            self.announce(cx, id.shard);
        }
        true
    }

    /// Cuts a batch of what the free lane holds, if it holds anything (S3.1), and sends it;
    /// `false`: something is special, and what that takes was done.
    #[inline]
    fn send_regularly<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) -> bool {
        if self.readers[shard].counted.records() > 0 {
            self.pull_counted(cx, shard);
        }
        let lane = &mut self.readers[shard].lanes[0];
        let Some(oldest) = lane.queue.oldest_arrival() else { return true };
        let id = LaneId { shard, lane: 0 };
        let bytes = self.rules.uniform_size.unwrap_or(0);
        let fill = self.rules.payload.fill(std::iter::repeat_n(bytes, lane.queue.len()));
        lane.due_at = None;
        lane.last_cut = Some(cx.now);
        let batch = Batch::cut(fill.records, cx.now, lane.free_since);
        let by = match fill.records == self.mapping.batch_size {
            true => ClosedBy::BatchSize,
            false if fill.is_full => ClosedBy::PayloadLimit,
            false => ClosedBy::FreeLane,
        };
        let records = Records::new(&lane.queue, fill.records);
        cx.observer.observe(cx.now, Observation::BatchClosed { lane: id, by, records });
        let created = |arrival| created(self.settings, arrival);
        let is_special = !self.line.is_empty()
            || !self.rules.ages.allow(cx.now, oldest, created)
            || (fill.records == 1 && self.rules.payload.is_oversize(bytes))
            || !self.function.admits(cx.now, &cx.shared.account);
        if is_special {
            lane.batches.push(batch);
            self.advance(cx, id, Occasion::BatchDone);
            return false;
        }
        let address = BatchAddress { shard, attempt: 1, call: Call::Records, delivery: 1 };
        let (window, account) = (WindowSoFar::default(), &mut cx.shared.account);
        let invocation = self.function.invoke(cx.now, address, records, window, account);
        cx.schedule(invocation.ends_at, Event::InvocationEnds { lane: id });
        let sent = Observation::InvocationSent { lane: id, invocation: &invocation, records };
        cx.observer.observe(cx.now, sent);
        lane.batches.push(Batch { attempts: 1, deliveries: 1, ..batch });
        lane.throttle_streak = 0;
        lane.phase = Phase::InFlight(invocation);
        true
    }
}
