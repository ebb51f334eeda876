//! The standard recorder: turns what a replication says into tallies, histograms and series.
//!
//! | file | keeps |
//! |---|---|
//! | [`ages`] | IteratorAge, age at finish and record age: exact mean and maximum, histogram |
//! | [`histogram`] | counts of times in log-linear cells |
//! | [`concurrency`] | invocations in flight in several groups of shards |
//! | [`minutes`] | one row of figures per simulated minute |
//! | [`lag`] | the age of the oldest unfinished record, exactly, as a function of time |
//! | [`blocked`] | blocked-shard time and its intervals |
//! | [`spans`] | figures of parts of the run |
//! | [`shards`] | figures of single shards, where they are asked for |
//! | [`tallies`] | ledger, CloudWatch sums, breakdown of ages, billed time |
//! | [`messages`] | what the destination got, and the redrive margin |
//!
//! Memory does not depend on rate or backlog; it grows with simulated minutes up to a bound
//! ([`minutes::POINTS_MAX`]).

pub mod ages;
pub mod blocked;
pub mod concurrency;
pub mod histogram;
pub mod lag;
pub mod messages;
mod minute_row;
pub mod minutes;
pub mod shards;
pub mod spans;
pub mod tallies;

use std::ops::Range;

use self::ages::Ages;
use self::blocked::BlockedTimes;
use self::lag::Lags;
use self::messages::Messages;
use self::minutes::Minutes;
use self::shards::ShardFigures;
use self::spans::Span;
use self::tallies::Tallies;
use crate::model::age_parts::AgeParts;
use crate::model::failure::Outcome;
use crate::model::function::Invocation;
use crate::model::observation::{Observation, Observer, Records};
use crate::model::settings::{IteratorAgeAt, IteratorAgeOn, Settings, StreamKind};
use crate::model::system::{Finished, created};
use crate::scenario::figures::{AgeKind, Asked};
use crate::units::{Bytes, Duration, Instant};

/// Listens to one replication.
#[derive(Debug)]
pub struct Recorder<'a> {
    settings: &'a Settings,
    /// IteratorAge over invocations.
    pub iterator_age: Ages,
    /// Age at finish over invocations.
    pub age_at_finish: Ages,
    /// From write to success, over records.
    pub record_age: Ages,
    /// Figures by minute.
    pub minutes: Minutes,
    /// Age of the oldest unfinished record.
    pub lags: Lags,
    /// Blocked-shard time.
    pub blocked: BlockedTimes,
    /// Figures of parts of the run.
    pub spans: Vec<Span>,
    /// Counts and sums.
    pub tallies: Tallies,
    /// What the destination got.
    pub messages: Messages,
    /// Figures of single shards; `None`: nobody asks.
    pub shards: Option<ShardFigures>,
    /// Size of a PUT payload unit where they cost something (Kinesis).
    put_unit: Option<Bytes>,
    /// What the tallies were where the measured part begins.
    before: Tallies,
    /// Where the measured part begins: figures count from here.
    pub measured_from: Instant,
    /// The warm-up before it, which is still to come to its end.
    warm_up: Option<Instant>,
    /// When the replication ended.
    pub ended_at: Instant,
}

impl<'a> Recorder<'a> {
    /// A recorder for a run of `settings` that lasts at most `horizon`; details such as intervals
    /// and messages are kept if `keeps_details`.
    pub fn new(
        settings: &'a Settings,
        put_unit: Bytes,
        horizon: Duration,
        spans: Vec<Span>,
        keeps_details: bool,
    ) -> Recorder<'a> {
        let is_kinesis = settings.stream.kind == StreamKind::Kinesis;
        let shards = settings.stream.shards_in_all();
        Recorder {
            settings,
            iterator_age: Ages::new(),
            age_at_finish: Ages::new(),
            record_age: Ages::new(),
            minutes: Minutes::new(horizon),
            lags: Lags::new(shards),
            blocked: BlockedTimes::new(shards, keeps_details),
            spans,
            tallies: Tallies::default(),
            messages: Messages::new(keeps_details),
            shards: None,
            put_unit: is_kinesis.then_some(put_unit),
            before: Tallies::default(),
            measured_from: Instant::START,
            warm_up: None,
            ended_at: Instant::START,
        }
    }

    /// A recorder whose figures leave out what happens before `warm_up`, the end of a minute.
    /// Charts, messages and parts of the run do not.
    #[must_use]
    pub fn after(mut self, warm_up: Instant) -> Recorder<'a> {
        self.warm_up = (warm_up > Instant::START).then_some(warm_up);
        self
    }

    /// The same with so many messages to a destination, if they are kept.
    #[must_use]
    pub fn keeping(mut self, messages: u64) -> Recorder<'a> {
        self.messages.keep_at_most(messages);
        self
    }

    /// The same, with what these figures take; those of the whole stream take nothing more.
    #[must_use]
    pub fn asking(mut self, asked: &[(String, Asked)]) -> Recorder<'a> {
        self.shards = ShardFigures::new(asked, self.settings.stream.shards_in_all());
        self
    }

    /// The same for one of several groups of shards that are simulated one beside another.
    #[must_use]
    pub fn of_group(self) -> Recorder<'a> {
        let (minutes, blocked) = (self.minutes.of_group(), self.blocked.of_group());
        Recorder { minutes, blocked, ..self }
    }

    /// Puts what is told in the order of time in order, after a group's shards were simulated one
    /// after another.
    pub fn put_in_order(&mut self) {
        self.blocked.put_in_order();
    }

    /// Adds what the recorder of a group of shards heard, when all are over.
    pub fn absorb(&mut self, shards: Range<u32>, mut group: Recorder<'_>) {
        self.iterator_age.absorb(&group.iterator_age);
        self.age_at_finish.absorb(&group.age_at_finish);
        self.record_age.absorb(&group.record_age);
        self.minutes.absorb(&group.minutes);
        self.lags.absorb(&group.lags);
        self.blocked.absorb(group.blocked);
        self.tallies = self.tallies.plus(&group.tallies);
        self.before = self.before.plus(&group.before);
        if let (Some(all), Some(others)) = (&mut self.shards, &mut group.shards) {
            all.take_over(shards, others);
        }
        (self.measured_from, self.ended_at) = (group.measured_from, group.ended_at);
    }

    /// Tallies of the measured part; the whole ledger is closed.
    pub fn measured(&self) -> Tallies {
        self.tallies.since(&self.before)
    }

    /// Tallies of the measured part up to now, while `backlog` records are unfinished.
    pub fn measured_so_far(&self, backlog: u64) -> Tallies {
        self.tallies.so_far(backlog).since(&self.before)
    }

    /// Records in the stream when the measured part began.
    pub fn carried_over(&self) -> u64 {
        self.before.remaining
    }

    /// Brings everything that is counted by time up to `now`, the end of a minute.
    pub fn settle(&mut self, now: Instant) {
        self.minutes.settle(now);
        self.lags.finish(now, &mut self.minutes);
        self.blocked.settle(now, &mut self.minutes);
        self.shards.iter_mut().for_each(|shards| shards.settle(now));
        self.ended_at = now;
    }

    /// The measured part begins `now`, the end of a minute.
    pub fn restart(&mut self, now: Instant, backlog: u64) {
        self.settle(now);
        self.lags.restart(now);
        self.blocked.restart(now, &mut self.minutes);
        self.iterator_age = Ages::new();
        self.age_at_finish = Ages::new();
        self.record_age = Ages::new();
        self.shards.iter_mut().for_each(ShardFigures::restart);
        self.before = self.tallies.so_far(backlog);
        self.tallies.batch_max = 0;
        self.measured_from = now;
    }

    /// Closes the books when the run is over.
    ///
    /// # Panics
    /// When the ledger does not add up, which is a bug: with the values (S9.6).
    pub fn finish(&mut self, finished: Finished) {
        self.ended_at = finished.at;
        self.lags.finish(finished.at, &mut self.minutes);
        self.blocked.finish(finished.at, &mut self.minutes);
        self.shards.iter_mut().for_each(|shards| shards.settle(finished.at));
        self.tallies.close(finished.closing);
        self.minutes.finish(finished.at, finished.closing.remaining);
    }

    fn invocation_ended(
        &mut self,
        now: Instant,
        shard: u32,
        invocation: &Invocation,
        records: Records<'_>,
    ) {
        self.tallies.invocation_ended(invocation);
        self.minutes.invocation_ended(now, invocation);
        for span in self.spans.iter_mut().filter(|span| span.holds(now)) {
            span.invocations += 1;
        }
        if records.count() == 0 {
            // The final call of a tumbling window has no record that could have an age.
            return;
        }
        let last = created(self.settings, records.last_arrival());
        let (at_send, at_finish) = (invocation.sent_at.since(last), now.since(last));
        // S9.1: one sample per invocation, stamped when it ends.
        let knobs = &self.settings.knobs;
        let is_sampled = match knobs.iterator_age_on {
            IteratorAgeOn::EveryAttempt => true,
            IteratorAgeOn::Success => invocation.outcome == Outcome::Success,
        };
        if is_sampled {
            let age = match knobs.iterator_age_at {
                IteratorAgeAt::Send => at_send,
                IteratorAgeAt::Finish => at_finish,
            };
            self.iterator_age.record(age);
            self.age_at_finish.record(at_finish);
            if let Some(shards) = &mut self.shards {
                shards.age(shard, AgeKind::IteratorAge, age);
                shards.age(shard, AgeKind::AgeAtFinish, at_finish);
            }
            self.minutes.iterator_age(now, age);
            for span in self.spans.iter_mut().filter(|span| span.holds(now)) {
                span.iterator_age(now, age);
            }
        }
    }

    #[inline(never)]
    fn processed(&mut self, now: Instant, records: Records<'_>, parts: &AgeParts) {
        let anew = records.anew();
        self.tallies.processed(anew, parts);
        self.tallies.duplicates += u64::from(records.count() - anew);
        for span in self.spans.iter_mut().filter(|span| span.holds(now)) {
            span.processed += u64::from(records.count());
        }
        if let Some(unit) = self.put_unit {
            let units = |bytes: u32| u64::from(bytes).div_ceil(unit.get());
            self.tallies.put_units += records.sum_by_size(units);
        }
        match records.plain_arrivals() {
            Some(arrivals) => self.record_age.record_since(now, arrivals),
            None => {
                for fetched in records.iter().filter(|fetched| !fetched.is_duplicate) {
                    self.record_age.record(now - fetched.record.arrival);
                }
            }
        }
    }
}

impl Observer for Recorder<'_> {
    // Each place that observes something then does just what that takes: 5 % of a run.
    #[inline(always)]
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        if let Some(shards) = &mut self.shards {
            shards.observe(now, observation);
        }
        match observation {
            Observation::Polled { calls, records: _, shard: _ } => self.tallies.polls += calls,
            Observation::ReadThrottled { shard: _ } => self.tallies.read_throttles += 1,
            Observation::Read { records, filtered, shard: _ } => {
                self.tallies.read(records, filtered);
                self.minutes.read(now, records, filtered);
            }
            Observation::ReadAgain { records, shard: _ } => {
                self.tallies.read(records, 0);
                self.minutes.read(now, records, 0);
            }
            Observation::Expired { records, shard: _, read } => {
                let anew = read.map_or(records, |records| u64::from(records.anew()));
                self.tallies.expired += anew;
            }
            Observation::Skipped { records, shard: _ } => self.tallies.skipped += records,
            Observation::Throttled { lane: _ } => {
                self.tallies.throttles += 1;
                self.minutes.throttled(now);
            }
            // CloudWatch counts it nowhere: neither an invocation nor a throttle.
            Observation::ServiceFailed { lane: _ }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. } => {}
            Observation::InvocationSent { .. } => {
                self.minutes.concurrency_changed(now, 1);
            }
            Observation::InvocationEnded { invocation, records, lane } => {
                self.minutes.concurrency_changed(now, -1);
                self.invocation_ended(now, lane.shard, invocation, records);
            }
            Observation::Processed { records, parts, lane: _ } => {
                self.processed(now, records, parts);
            }
            Observation::Discarded { lane, records, discard } => {
                self.tallies.discarded(records, &discard);
                self.minutes.discarded(now, records.count(), discard.delivered);
                self.messages.discarded(self.settings, now, lane.shard, records, &discard);
            }
            Observation::OldestUnfinished { shard, arrival, sequence: _ } => {
                self.lags.changed(now, shard, arrival, &mut self.minutes);
            }
            Observation::Blocked { shard, state } => {
                self.blocked.changed(now, shard, state, &mut self.minutes);
            }
            Observation::Minute { backlog } => {
                self.minutes.backlog(now, backlog);
                if self.warm_up == Some(now) {
                    self.restart(now, backlog);
                }
            }
        }
    }
}
