//! Tumbling windows in a lane: batches of one window, state, and final calls (S11).

use std::collections::BTreeSet;

use super::attempting::created;
use super::{Context, System};
use crate::model::batch::{Batch, Fill};
use crate::model::event::LaneId;
use crate::model::function::Invocation;
use crate::model::observation::{ClosedBy, Fetched, Observation, Observer, Records, WindowFacts};
use crate::model::tumbling::{Call, OpenWindow, STATE_MAX, WindowSoFar};
use crate::units::{Bytes, Instant};

impl System<'_> {
    /// The tumbling window of a record, if there are windows.
    fn window_of(&self, arrival: Instant) -> Option<u64> {
        let rule = self.rules.tumbling?;
        Some(rule.index_of(created(self.settings, arrival)))
    }

    /// Whether the record behind the first `records` of a lane is of another window than they.
    pub(super) fn is_before_a_window(&self, id: LaneId, records: u32) -> bool {
        let queue = &self.readers[id.shard].lanes[id.lane as usize].queue;
        let next = self.rules.tumbling.and_then(|_| queue.get(records as usize));
        next.is_some_and(|next| self.starts_a_window(id, next.record.arrival))
    }

    /// Whether a record is of another window than the oldest one that waits in the lane.
    pub(super) fn starts_a_window(&self, id: LaneId, arrival: Instant) -> bool {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let oldest = lane.queue.front().and_then(|first| self.window_of(first.record.arrival));
        self.window_of(arrival) != oldest
    }

    /// How a batch is filled: a batch never mixes windows (S11.1).
    pub(super) fn fill(&self, id: LaneId) -> Fill {
        let queue = &self.readers[id.shard].lanes[id.lane as usize].queue;
        let bytes = |fetched: Fetched| fetched.record.bytes;
        let first = self.rules.tumbling.and_then(|_| queue.front());
        let Some(window) = first.and_then(|first| self.window_of(first.record.arrival)) else {
            return self.rules.payload.fill(queue.iter().map(bytes));
        };
        let is_of_window =
            |fetched: &Fetched| self.window_of(fetched.record.arrival) == Some(window);
        let of_window = queue.iter().take_while(is_of_window).count();
        let fill = self.rules.payload.fill(queue.range(of_window).map(bytes));
        // No further record can join once one of a later window is there.
        Fill { is_full: fill.is_full || of_window < queue.len(), ..fill }
    }

    /// S11.3: cuts the final call of the lane's open window if it is due, or arranges to be
    /// called when it is.
    pub(super) fn cut_final_call<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
    ) -> bool {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let (Some(rule), Some(open)) = (self.rules.tumbling, &lane.window) else { return false };
        let window = open.index;
        let is_due = match lane.queue.front() {
            Some(first) => self.window_of(first.record.arrival) != Some(open.index),
            // S11.5: nothing more comes.
            None if self.shards[id.shard].is_at_end() => true,
            None => {
                let closes_at = rule.closes_idle_at(open.index);
                if closes_at > cx.now {
                    let at = lane.due_at.map_or(closes_at, |due| due.min(closes_at));
                    self.wake(cx, id, at);
                }
                closes_at <= cx.now
            }
        };
        if is_due {
            self.push_final_call(cx, id, Call::Final { window, is_early: false });
        }
        is_due
    }

    fn push_final_call<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId, call: Call) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        lane.due_at = None;
        let batch = Batch { call, ..Batch::cut(0, cx.now, lane.free_since) };
        lane.batches.push(batch);
        let (by, records) = (ClosedBy::TumblingWindow, Records::new(&lane.queue, 0));
        cx.observer.observe(cx.now, Observation::BatchClosed { lane: id, by, records });
    }

    /// What the head batch finds of its window, which is open from now on (S11.2).
    #[inline]
    pub(super) fn window_for_head(&mut self, id: LaneId) -> WindowSoFar {
        match self.rules.tumbling {
            Some(_) => self.open_window(id),
            None => WindowSoFar::default(),
        }
    }

    fn open_window(&mut self, id: LaneId) -> WindowSoFar {
        let counts_keys = self.counts_keys();
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let first = lane.queue.front();
        let index = first.and_then(|first| self.window_of(first.record.arrival));
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        let (call, records) = (lane.head().call, lane.head().records);
        if let (None, Some(index), Call::Records) = (&lane.window, index, call) {
            let (state, keys) = (Bytes::new(0), BTreeSet::new());
            lane.window = Some(OpenWindow { index, state, keys });
        }
        let Some(open) = &lane.window else { return WindowSoFar::default() };
        let mut new_keys = 0;
        if counts_keys {
            let keys = lane.queue.range(records as usize).map(|fetched| fetched.record.key_hash);
            let new: BTreeSet<u64> = keys.filter(|key| !open.keys.contains(key)).collect();
            new_keys = new.len() as u32;
        }
        WindowSoFar { state: open.state, new_keys }
    }

    /// Whether the state of a window grows with its keys (S11.4).
    fn counts_keys(&self) -> bool {
        self.settings.function.state_per_key > Bytes::new(0)
    }

    /// Notes the keys of a batch that was handled, before its records are gone.
    #[inline]
    pub(super) fn window_sees_keys(&mut self, id: LaneId, records: u32) {
        if !self.counts_keys() {
            return;
        }
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        if let Some(open) = &mut lane.window {
            let records = lane.queue.range(records as usize);
            open.keys.extend(records.map(|fetched| fetched.record.key_hash));
        }
    }

    /// A call succeeded: keeps the state it returned, and ends the window where that is too
    /// large (S11.4) or the call was the final one.
    pub(super) fn window_goes_on<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        invocation: &Invocation,
    ) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        match (invocation.call, &mut lane.window) {
            (Call::Final { .. }, window) => *window = None,
            (Call::Records, Some(open)) => {
                open.state = invocation.state.unwrap_or(open.state);
                let window = open.index;
                if open.state > STATE_MAX {
                    self.push_final_call(cx, id, Call::Final { window, is_early: true });
                }
            }
            (Call::Records, None) => {}
        }
    }

    /// What the destination is told of the window of the head batch.
    pub(super) fn window_facts(&self, id: LaneId) -> Option<WindowFacts> {
        let rule = self.rules.tumbling?;
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let (index, is_final, is_early) = match lane.batches.last()?.call {
            Call::Final { window, is_early } => (window, true, is_early),
            Call::Records => (self.window_of(lane.queue.front()?.record.arrival)?, false, false),
        };
        let (start_unix_nanos, end_unix_nanos) = rule.span_unix_nanos(index);
        Some(WindowFacts { start_unix_nanos, end_unix_nanos, is_final, is_early })
    }
}
