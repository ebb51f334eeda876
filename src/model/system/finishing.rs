//! What follows the end of an attempt (S5, S6, S8).

use super::cutting::Occasion;
use super::{Context, System};
use crate::model::age_parts::AgeParts;
use crate::model::batch::WaitingFor;
use crate::model::destination::{self, Delivery};
use crate::model::event::LaneId;
use crate::model::failure::{NextStep, Outcome, after_attempt};
use crate::model::function::Invocation;
use crate::model::lane::Phase;
use crate::model::observation::{
    BlockageCause, Discard, DiscardCondition, LastResponse, Observation, Observer, Records,
};
use crate::model::purposes;
use crate::model::settings::LaneFailureScope;
use crate::model::tumbling::Call;

impl System<'_> {
    /// The lane's invocation ends.
    pub(super) fn invocation_ends<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        let Phase::InFlight(invocation) = lane.phase else {
            panic!("an invocation of {id:?} ends that never started")
        };
        self.poll_first(cx, id.shard);
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        lane.phase = Phase::Ready;
        lane.last_completion = Some(cx.now);
        self.function.ended(&invocation, &mut cx.shared.account);
        let records = Records::new(&lane.queue, invocation.records);
        let ended = Observation::InvocationEnded { lane: id, invocation: &invocation, records };
        cx.observer.observe(cx.now, ended);
        match invocation.outcome {
            Outcome::Success => {
                self.window_sees_keys(id, invocation.records);
                match invocation.call {
                    Call::Records => self.processed(cx, id, &invocation, invocation.records),
                    Call::Final { .. } => self.finish_records(cx, id, 0),
                }
                self.window_goes_on(cx, id, &invocation);
            }
            Outcome::Partial { succeeded } if succeeded > 0 => {
                self.processed(cx, id, &invocation, succeeded);
                self.attempt_ended(cx, id, &invocation);
            }
            Outcome::Error | Outcome::Partial { .. } => {
                self.attempt_ended(cx, id, &invocation);
                let cause = BlockageCause::FunctionError;
                self.attempt_failed(cx, id, invocation.outcome, cause);
            }
        }
        // Whoever waits in line goes before the lane whose slot became free.
        self.serve_line(cx);
        self.advance(cx, id, Occasion::BatchDone);
        self.settle(cx);
        self.announce(cx, id.shard);
    }

    /// Finishes the first `records` records of the head batch, handled by `invocation`.
    fn processed<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        invocation: &Invocation,
        records: u32,
    ) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        let batch = *lane.head();
        let finished = Records::new(&lane.queue, records);
        let parts = AgeParts::of(self.rules.age_context, finished.last_times(), &batch, invocation);
        let processed = Observation::Processed { lane: id, records: finished, parts: &parts };
        cx.observer.observe(cx.now, processed);
        self.finish_records(cx, id, records);
    }

    /// Books a failed attempt's time, and what is left of a partly handled batch (S6.2).
    fn attempt_ended<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        invocation: &Invocation,
    ) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        let head = lane.head();
        head.waiting_for = WaitingFor::Retry;
        head.end_wait(cx.now);
        if invocation.outcome == Outcome::Error || head.records == invocation.records {
            return;
        }
        // S6.2: the remainder is a new batch with a fresh counter, sent without backoff.
        *head = head.part(head.records, cx.now, WaitingFor::Retry);
        lane.phase = Phase::BackingOff;
        self.wake(cx, id, cx.now + self.settings.knobs.split_delay);
    }

    /// Does what the failure policy says of a head batch that made no progress.
    pub(super) fn attempt_failed<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        outcome: Outcome,
        cause: BlockageCause,
    ) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        lane.block(cx.now, cause);
        let head = *lane.head();
        match after_attempt(self.rules.failure, head.records, head.attempts, outcome) {
            NextStep::Finish | NextStep::ResumeFrom { .. } => {
                panic!("a failed attempt without progress made progress: {outcome:?}")
            }
            NextStep::Bisect { left } => {
                // S6.1: left before right, depth first, fresh counters.
                let split = Observation::BatchSplit { lane: id, left, right: head.records - left };
                cx.observer.observe(cx.now, split);
                let right = head.part(head.records - left, cx.now, WaitingFor::Turn);
                let left = head.part(left, cx.now, WaitingFor::Retry);
                lane.batches.pop();
                lane.batches.extend([right, left]);
                lane.phase = Phase::BackingOff;
                self.wake(cx, id, cx.now + self.settings.knobs.split_delay);
            }
            NextStep::Retry { retry } => {
                lane.head().waiting_for = WaitingFor::Retry;
                lane.phase = Phase::BackingOff;
                let knobs = &self.settings.knobs;
                let wait = self.backoff(&knobs.retry, id, purposes::RETRY_JITTER, retry);
                self.wake(cx, id, cx.now + wait);
            }
            NextStep::Discard => {
                let response = match (cause, outcome) {
                    (BlockageCause::Oversize, _) => None,
                    (_, Outcome::Partial { .. }) => Some(LastResponse::PartialFailure),
                    (_, Outcome::Error | Outcome::Success) => Some(LastResponse::Unhandled),
                };
                let condition = DiscardCondition::RetryAttemptsExhausted;
                self.discard(cx, id, head.records, condition, response);
            }
        }
    }

    /// S5.6, S8: gives up the first `records` records of the head batch with one message.
    pub(super) fn discard<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        records: u32,
        condition: DiscardCondition,
        response: Option<LastResponse>,
    ) {
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        // S7.2: a batch that was never tried still reports one.
        let invoke_count = lane.head().attempts.max(1);
        let call = lane.head().call;
        let first_sequence = match call {
            Call::Records => lane.queue.front().map_or(0, |first| first.sequence),
            Call::Final { window, .. } => window,
        };
        self.messages += 1;
        let message = Delivery { number: self.messages, shard: id.shard, first_sequence };
        let destination = self.mapping.on_failure.as_ref();
        let delivered = destination::deliver(destination, &self.random, message);
        let window = self.window_facts(id);
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let discard = Discard { condition, invoke_count, response, delivered, window };
        let records_view = Records::new(&lane.queue, records);
        let observation = Observation::Discarded { lane: id, records: records_view, discard };
        cx.observer.observe(cx.now, observation);
        self.finish_records(cx, id, records);
        if call != Call::Records {
            // S11.3: given up, it does not hold the next window.
            self.readers[id.shard].lanes[id.lane as usize].window = None;
        }
    }

    /// Removes the first `records` records of the head batch, whatever became of them: the lane
    /// makes progress.
    pub(super) fn finish_records<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        records: u32,
    ) {
        let assignment = self.settings.knobs.lane_assignment;
        let reader = &mut self.readers[id.shard];
        reader.remove_finished(assignment, id.lane, records);
        let lane = &mut reader.lanes[id.lane as usize];
        let was_blocked = lane.blocked.take().is_some();
        lane.throttle_streak = 0;
        let head = lane.head();
        head.records -= records;
        if head.records == 0 {
            lane.batches.pop();
            lane.free_since = cx.now;
        }
        self.release_reading(cx, id.shard);
        if was_blocked && self.settings.knobs.lane_failure_scope == LaneFailureScope::Shard {
            // Not here: a neighbour's batch may end at once and let this lane go on midway.
            self.released.push(id);
        }
    }
}
