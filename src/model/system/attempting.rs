//! Trying a batch: checks before the attempt, concurrency, sending (S5.2, S5.3, S5.4).

use super::world::WrittenBack;
use super::{Context, System};
use crate::engine::Purpose;
use crate::engine::samplers::Exponential;
use crate::model::batch::{Batch, WaitingFor};
use crate::model::eligibility::{Eligibility, before_attempt};
use crate::model::event::{Event, LaneId};
use crate::model::failure::Outcome;
use crate::model::function::behaviour::ServiceRefusal;
use crate::model::function::{BatchAddress, Invocation};
use crate::model::lane::Phase;
use crate::model::observation::{BlockageCause, DiscardCondition, Observation, Observer, Records};
use crate::model::purposes;
use crate::model::record::{Marks, Record};
use crate::model::settings::{Backoff, ThrottleBatch, ThrottleDelay, ThrottlePolicy};
use crate::model::tumbling::Call;
use crate::units::{Duration, Instant};

impl System<'_> {
    /// Tries the head batch of a lane that is ready; afterwards the lane waits for something, or
    /// the batch is gone.
    pub(super) fn try_head<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        if !self.drop_ineligible(cx, id) {
            return;
        }
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        let is_alone = lane.head().records == 1;
        let first = if is_alone { lane.queue.front() } else { None };
        let head = lane.head();
        if first.is_some_and(|first| self.rules.payload.is_oversize(first.record.bytes)) {
            // S3.4: each try fails before the handler and uses the retry quota.
            head.end_wait(cx.now);
            head.attempts += 1;
            self.attempt_failed(cx, id, Outcome::Error, BlockageCause::Oversize);
        } else if let Some(refusal) = self.scripted_refusal(cx.now, id) {
            self.refused(cx, id, refusal);
        } else if self.line_is_passed(id) && self.function.admits(cx.now, &cx.shared.account) {
            self.send(cx, id);
        } else {
            self.throttled(cx, id);
        }
    }

    /// Whether the function's script keeps the head batch from reaching it.
    #[inline]
    fn scripted_refusal(&self, now: Instant, id: LaneId) -> Option<ServiceRefusal> {
        if self.settings.function.behaviour.is_empty() {
            return None;
        }
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let head = lane.batches.last()?;
        let (attempt, delivery) = (head.attempts + 1, head.deliveries + 1);
        let address = BatchAddress { shard: id.shard, attempt, call: head.call, delivery };
        self.function.refuses(now, address, Records::new(&lane.queue, head.records))
    }

    /// S5.2: a scripted refusal. It comes from no limit, so nothing is to be queued for.
    fn refused<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        refusal: ServiceRefusal,
    ) {
        let observation = match refusal {
            ServiceRefusal::Throttle => Observation::Throttled { lane: id },
            ServiceRefusal::ServiceError => Observation::ServiceFailed { lane: id },
        };
        cx.observer.observe(cx.now, observation);
        let policy = match self.settings.knobs.throttle_policy {
            ThrottlePolicy::Queue => ThrottlePolicy::Retry,
            policy @ (ThrottlePolicy::Retry | ThrottlePolicy::Drop) => policy,
        };
        self.hold_unsent(cx, id, policy);
    }

    /// S5.4: retention and maximum age; drops what is too old and says whether anything is left
    /// to be tried. Throttled batches and records that waited are checked here too (S7.3).
    fn drop_ineligible<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) -> bool {
        loop {
            let lane = &self.readers[id.shard].lanes[id.lane as usize];
            let Some(head) = lane.batches.last() else { return false };
            let created = |arrival| created(self.settings, arrival);
            let ages = self.rules.ages;
            match lane.queue.oldest_arrival().filter(|_| head.records > 0) {
                Some(oldest) if !ages.allow(cx.now, oldest, created) => {}
                Some(_) | None => return true,
            }
            let arrivals =
                lane.queue.range(head.records as usize).map(|fetched| fetched.record.arrival);
            match before_attempt(ages, cx.now, arrivals, created) {
                Eligibility::Eligible => return true,
                Eligibility::Expired { records } => {
                    let read = Some(Records::new(&lane.queue, records));
                    let (shard, count) = (id.shard, u64::from(records));
                    let expired = Observation::Expired { shard, records: count, read };
                    cx.observer.observe(cx.now, expired);
                    self.finish_records(cx, id, records);
                }
                Eligibility::TooOld { records } => {
                    let condition = DiscardCondition::RecordAgeExceeded;
                    self.discard(cx, id, records, condition, None);
                }
            }
        }
    }

    /// Where lanes read for themselves, reading and cutting are one: what is too old by then is
    /// dropped before, so that it takes no place in a batch (S1.5, S7.3). Says whether there was
    /// any.
    pub(super) fn drop_stale<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) -> bool {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let Some(oldest) = lane.queue.front() else { return false };
        let arrival = std::iter::once(oldest.record.arrival);
        let created = |arrival| created(self.settings, arrival);
        let oldest = before_attempt(self.rules.ages, cx.now, arrival, created);
        if oldest == Eligibility::Eligible {
            return false;
        }
        let fill = self.fill(id);
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        lane.batches.push(Batch::cut(fill.records, cx.now, lane.free_since));
        if self.drop_ineligible(cx, id) {
            self.readers[id.shard].lanes[id.lane as usize].batches.pop();
        }
        true
    }

    /// Whether no other lane waits in line for concurrency before this one.
    fn line_is_passed(&self, id: LaneId) -> bool {
        self.line.is_empty() || self.line.front() == Some(&id)
    }

    fn send<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        if self.line.front() == Some(&id) {
            self.line.pop_front();
        }
        let window = self.window_for_head(id);
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        let head = lane.head();
        head.end_wait(cx.now);
        head.attempts += 1;
        head.deliveries += 1;
        head.throttles = 0;
        let records = head.records;
        let address = BatchAddress {
            shard: id.shard,
            attempt: head.attempts,
            call: head.call,
            delivery: head.deliveries,
        };
        lane.throttle_streak = 0;
        let records = Records::new(&lane.queue, records);
        let invocation =
            self.function.invoke(cx.now, address, records, window, &mut cx.shared.account);
        lane.phase = Phase::InFlight(invocation);
        cx.schedule(invocation.ends_at, Event::InvocationEnds { lane: id });
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let records = Records::new(&lane.queue, invocation.records);
        let sent = Observation::InvocationSent { lane: id, invocation: &invocation, records };
        cx.observer.observe(cx.now, sent);
        self.write_back(cx, id, &invocation);
    }

    /// S5.2: the batch did not reach the function; no attempt is used.
    fn throttled<O: Observer>(&mut self, cx: &mut Context<'_, O>, id: LaneId) {
        cx.observer.observe(cx.now, Observation::Throttled { lane: id });
        self.hold_unsent(cx, id, self.settings.knobs.throttle_policy);
    }

    /// Does what the policy says with a head batch that did not reach the function.
    fn hold_unsent<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        policy: ThrottlePolicy,
    ) {
        let knobs = &self.settings.knobs;
        let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
        lane.block(cx.now, BlockageCause::Throttle);
        lane.throttle_streak += 1;
        let streak = lane.throttle_streak;
        let head = lane.head();
        head.end_wait(cx.now);
        head.waiting_for = WaitingFor::Concurrency;
        head.throttles += 1;
        match policy {
            ThrottlePolicy::Queue => {
                lane.phase = Phase::InLine;
                self.line.push_back(id);
            }
            ThrottlePolicy::Drop => {
                let records = head.records;
                self.discard(cx, id, records, DiscardCondition::Dropped, None);
            }
            ThrottlePolicy::Retry => {
                let is_cut_now = head.attempts == 0 && head.call == Call::Records;
                let is_whole = is_cut_now && lane.batches.len() == 1;
                if knobs.throttle_batch == ThrottleBatch::Recut && is_whole {
                    lane.batches.pop();
                }
                lane.phase = Phase::BackingOff;
                let backoff = self.backoff(&knobs.throttle, id, purposes::THROTTLE_WAIT, streak);
                let wait = match knobs.throttle_delay {
                    ThrottleDelay::Backoff => backoff,
                    ThrottleDelay::Exponential => self.exponential_wait(id, streak, backoff),
                };
                self.wake(cx, id, cx.now + wait);
            }
        }
    }

    /// Lets lanes that wait in line go on while there is concurrency.
    #[inline]
    pub(super) fn serve_line<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        if !self.line.is_empty() {
            self.serve_waiting(cx);
        }
    }

    fn serve_waiting<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        while let Some(&id) = self.line.front() {
            if !self.function.admits(cx.now, &cx.shared.account) {
                return;
            }
            let lane = &mut self.readers[id.shard].lanes[id.lane as usize];
            lane.phase = Phase::Ready;
            self.advance(cx, id, super::cutting::Occasion::BatchDone);
            // A batch that was too old leaves the line without an invocation.
            if self.line.front() == Some(&id) {
                self.line.pop_front();
            }
            self.announce(cx, id.shard);
        }
    }

    /// Has the line looked at when a new environment can be started: no invocation may end before.
    #[inline]
    pub(super) fn await_environment<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        if !self.line.is_empty() {
            self.schedule_environment(cx);
        }
    }

    fn schedule_environment<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        let Some(at) = self.function.next_environment_at(cx.now) else { return };
        if self.line_due != Some(at) {
            self.line_due = Some(at);
            cx.schedule(at, Event::ConcurrencyChanges);
        }
    }

    /// S5.3: the wait before retry `retry` = 1, 2, ... of the head batch.
    pub(super) fn backoff(
        &self,
        backoff: &Backoff,
        id: LaneId,
        purpose: Purpose,
        retry: u32,
    ) -> Duration {
        // Growth may be infinite after a thousand retries; times a base of zero that is no number.
        if backoff.base.is_zero() {
            return Duration::ZERO;
        }
        let growth = libm::pow(backoff.factor, f64::from(retry - 1));
        let wait = (backoff.base.as_nanos() as f64 * growth).min(backoff.cap.as_nanos() as f64);
        let mut factor = 1.0;
        if backoff.jitter > 0.0 {
            let spread = 2.0 * self.at_head(id, purpose, retry).uniform() - 1.0;
            factor += backoff.jitter * spread;
        }
        Duration::from_nanos(libm::round(wait * factor) as u64)
    }

    fn exponential_wait(&self, id: LaneId, retry: u32, mean: Duration) -> Duration {
        let mut stream = self.at_head(id, purposes::THROTTLE_WAIT, retry);
        // The first word is the jitter's.
        stream.next_u64();
        mean.scaled(Exponential::invert(&mut stream))
    }

    /// The random stream of a retry of the head batch, addressed by its first record.
    fn at_head(&self, id: LaneId, purpose: Purpose, retry: u32) -> crate::engine::RandomStream {
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let (source, index) = match lane.batches.last().map(|head| head.call) {
            Some(Call::Final { window, .. }) => (Record::OF_FINAL_CALLS, window),
            Some(Call::Records) | None => {
                let first = lane.queue.front().expect("a batch that is retried has records");
                (first.record.source, first.record.index)
            }
        };
        let purpose = Purpose(purpose.0 | u64::from(retry) << 32);
        let entity = purposes::entity(source.into(), id.shard);
        self.random.stream(purpose, entity).at(index, 2)
    }

    /// S10.6: the handler's own writes enter the shard at the time they are made.
    fn write_back<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        id: LaneId,
        invocation: &Invocation,
    ) {
        let Some(writes_back) = &self.settings.function.writes_back else { return };
        let handled = match invocation.outcome {
            Outcome::Success => invocation.records,
            Outcome::Partial { succeeded } => succeeded,
            Outcome::Error => 0,
        };
        let lane = &self.readers[id.shard].lanes[id.lane as usize];
        let mut records = Vec::new();
        for &share in &writes_back.at_shares {
            let arrival = invocation.starts_at() + invocation.duration.scaled(share);
            let written = lane.queue.range(handled as usize).map(|fetched| Record {
                arrival,
                index: 0,
                key_hash: fetched.record.key_hash,
                bytes: writes_back.record_size.get() as u32,
                source: Record::WRITTEN_BACK,
                marks: Marks { poison: false, filtered: writes_back.filtered },
            });
            let (by, shard) = (cx.consumer, id.shard);
            records.extend(written.map(|record| WrittenBack { by, shard, record }));
        }
        self.add_records(cx, records.iter());
        if cx.shared.has_other_readers {
            cx.shared.written_back.extend(records);
        }
    }

    /// Records are written back to shards, or to those that hold their keys now.
    pub(super) fn add_records<'w, O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        records: impl Iterator<Item = &'w WrittenBack>,
    ) {
        let mut written: Vec<u32> = Vec::new();
        for WrittenBack { shard, record, by: _ } in records {
            let shard = self.holder_of(*shard, record);
            self.shards[shard].write_back(*record);
            if !written.contains(&shard) {
                written.push(shard);
            }
        }
        for shard in written {
            self.records_added(cx, shard);
        }
    }
}

/// The creation time that the function, IteratorAge and age limits see (S1.3).
pub fn created(settings: &crate::model::settings::Settings, arrival: Instant) -> Instant {
    let resolution = settings.knobs.timestamp_resolution.as_nanos();
    if resolution == 0 {
        return arrival;
    }
    let since_1970 = settings.start_unix_nanos + arrival.as_nanos();
    arrival.saturating_sub(Duration::from_nanos(since_1970 % resolution))
}
