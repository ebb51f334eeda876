//! What happened to one record, and where its time went.
//!
//! The age is split as in S9.4, for this record instead of the last of its batch and also where
//! it is not handled: what the batch goes through between its closing and the record's end is
//! booked as it happens.
//!
//! | while the batch, or the part with the record, | the time is |
//! |---|---|
//! | waits for the part before it | queue |
//! | was throttled last | concurrency |
//! | failed last, or is in an invocation that does not handle the record | retry |
//! | is in the invocation that handles it | overhead, cold_start, execution |
//!
//! | file | does |
//! |---|---|
//! | `batches` | its batches, attempts and waits |
//! | `ends` | how it ended, and what became of it without a batch |
//! | `totals` | figures of the whole run |
//!
//! A record that is read again after polling began anew is counted from there, as in the model.

mod batches;
mod ends;
mod totals;

use self::totals::Totals;
use super::story::Story;
use super::watch::{ShardWatch, shard_of};
use super::what_if;
use super::written::Written;
use super::{ExplainError, Run};
use crate::model::age_parts::AgeParts;
use crate::model::function::Invocation;
use crate::model::observation::{Observation, Observer};
use crate::model::record::Record;
use crate::model::settings::Settings;
use crate::results::{
    AgePart, BatchAhead, RecordEnd, RecordFate, RecordStory, RunTotals, StoryEvent, WhatIf,
};
use crate::units::{Duration, Instant};

/// What happened to a record, and when the run ended.
pub(super) fn explain(
    run: &Run<'_>,
    shard: u32,
    sequence: u64,
) -> Result<(RecordStory, Instant), ExplainError> {
    let log = Written::of(run, shard);
    let no_record = |count| ExplainError::UnknownRecord { shard, sequence, count };
    let known = log.map(|log| log.record(sequence).map_err(no_record)).transpose()?;
    let witness = Witness::new(run.settings(), shard, sequence, known);
    let (mut witness, finished) = run.observed(run.settings(), witness)?;
    if known.is_none() && witness.next_sequence <= sequence && witness.arrival.is_none() {
        return Err(no_record(witness.next_sequence));
    }
    witness.finish(finished.at);
    let what_ifs = what_if::what_ifs(run, &witness, known)?;
    Ok((witness.into_story(what_ifs), finished.at))
}

/// Follows a record.
#[derive(Debug, Clone)]
pub(super) struct Witness<'a> {
    settings: &'a Settings,
    /// Shard index.
    pub shard: u32,
    /// Sequence in the shard.
    pub sequence: u64,
    /// When it was written, once that is known.
    arrival: Option<Instant>,
    record: Option<Record>,
    watch: ShardWatch,
    /// The next record of the shard that is read.
    next_sequence: u64,
    read_at: Option<Instant>,
    /// The lane that holds it in its batch.
    lane: Option<u32>,
    /// It was in a batch.
    was_cut: bool,
    /// Where its time went.
    pub parts: AgeParts,
    waiting: Waiting,
    since: Instant,
    sent: Option<Invocation>,
    story: Story,
    /// Invocations with it that ended.
    pub attempts: u64,
    /// Of these, those that did not handle it.
    pub failures: u64,
    ended: Option<Ended>,
    ended_at: Instant,
    ahead: Option<(Duration, BatchAhead)>,
    batches_ahead: u64,
    throttles_ahead: u64,
    /// When it got into its batch.
    cut_at: Option<Instant>,
    /// The checkpoint went past it.
    is_passed: bool,
    totals: Totals,
}

/// What the part of the batch with the record is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Turn,
    Concurrency,
    Retry,
}

/// How the record ended.
#[derive(Debug, Clone, Copy)]
struct Ended {
    at: Instant,
    end: RecordEnd,
    invoke_count: Option<u32>,
    lost: u32,
    good_lost: u32,
}

impl<'a> Witness<'a> {
    /// A witness of a record of which nothing has been seen; `known`: what is written anyway.
    pub fn new(
        settings: &'a Settings,
        shard: u32,
        sequence: u64,
        known: Option<Record>,
    ) -> Witness<'a> {
        Witness {
            settings,
            shard,
            sequence,
            arrival: known.map(|record| record.arrival),
            record: known,
            watch: ShardWatch::new(shard),
            next_sequence: 0,
            read_at: None,
            lane: None,
            was_cut: false,
            parts: AgeParts::default(),
            waiting: Waiting::Turn,
            since: Instant::START,
            sent: None,
            story: Story::default(),
            attempts: 0,
            failures: 0,
            ended: None,
            ended_at: Instant::START,
            ahead: None,
            batches_ahead: 0,
            throttles_ahead: 0,
            cut_at: None,
            is_passed: false,
            totals: Totals::new(settings.stream.shards_in_all()),
        }
    }

    /// Closes the books when the run is over.
    pub fn finish(&mut self, now: Instant) {
        self.ended_at = now;
        self.totals.finish(now);
        let sent = self.sent.take();
        if let Some(invocation) = sent {
            self.attempted(invocation, None);
        }
        for lane in 0..self.watch.lanes.len() as u32 {
            if let Some(batch) = self.watch.batch(lane).cloned() {
                self.was_ahead((lane, &batch), None, now);
            }
        }
        match (self.ended, sent) {
            (Some(_), _) => {}
            (None, Some(_)) => self.parts.execution += now.since(self.since),
            (None, None) if self.was_cut => self.book(now),
            (None, None) => self.not_in_a_batch(now),
        }
    }

    /// How it ended.
    pub fn fate(&self) -> RecordFate {
        let ended = self.ended;
        let at = ended.map_or(self.ended_at, |ended| ended.at);
        RecordFate {
            end: ended.map_or(RecordEnd::Waiting, |ended| ended.end),
            at: ended.map(|ended| ended.at.as_secs_f64()),
            age: self.arrival.map(|arrival| at.since(arrival).as_secs_f64()),
            invoke_count: ended.and_then(|ended| ended.invoke_count),
            lost_with_it: ended.map_or(0, |ended| ended.lost),
            good_lost_with_it: ended.map_or(0, |ended| ended.good_lost),
        }
    }

    /// Whether it alone makes its batch fail.
    pub fn is_poison(&self) -> bool {
        self.record.is_some_and(|record| record.marks.poison)
    }

    /// Whether the batch that it waited for most had failed.
    pub fn waited_for_failures(&self) -> bool {
        self.main_ahead().is_some_and(|ahead| ahead.failed > 0)
    }

    /// Whether batches before it were throttled.
    pub fn waited_for_throttles(&self) -> bool {
        self.throttles_ahead > 0
    }

    /// The batch that it waited for longest, if that was a quarter of its wait.
    fn main_ahead(&self) -> Option<BatchAhead> {
        let readable = self.readable()?;
        let wait = self.cut_at.unwrap_or(self.ended_at).since(readable);
        let (length, ahead) = self.ahead?;
        (length * 4 >= wait).then_some(ahead)
    }

    /// Figures of the whole run.
    pub fn totals(&self) -> RunTotals {
        self.totals.figures
    }

    fn into_story(self, what_ifs: Vec<WhatIf>) -> RecordStory {
        let fate = self.fate();
        let is_poison = self.is_poison();
        let named = self.parts.named();
        let ahead = self.main_ahead();
        let (steps, steps_left_out) = self.story.into_steps();
        RecordStory {
            shard: self.shard,
            sequence: self.sequence,
            lane: self.lane,
            written: self.arrival.map(Instant::as_secs_f64),
            bytes: self.record.map(|record| record.bytes),
            is_poison,
            steps,
            steps_left_out,
            left_out_after: Story::first_steps() as u32,
            attempts: self.attempts,
            fate,
            age_breakdown: named
                .filter(|(_, part)| !part.is_zero())
                .map(|(part, length)| AgePart { part, seconds: length.as_secs_f64() })
                .collect(),
            batches_ahead: self.batches_ahead,
            throttles_ahead: self.throttles_ahead,
            ahead,
            what_ifs,
        }
    }

    /// What happens to the record.
    fn witnessed(&mut self, now: Instant, observation: &Observation<'_>) {
        match *observation {
            Observation::Read { records, .. } => self.passed(now, records.into(), None),
            Observation::Skipped { records, .. } => {
                self.passed(now, records, Some(RecordEnd::Skipped));
            }
            Observation::Expired { records, read: None, .. } => {
                self.passed(now, records, Some(RecordEnd::Expired));
            }
            Observation::Expired { read: Some(records), .. } => self.expired(now, records),
            Observation::OldestUnfinished { arrival, sequence, .. } => {
                if sequence == self.sequence {
                    self.arrival = self.arrival.or(arrival);
                }
                self.is_passed |= sequence > self.sequence;
            }
            Observation::BatchClosed { lane, by, records } => {
                self.batch_closed(now, lane.lane, by, records);
            }
            Observation::Throttled { lane } | Observation::ServiceFailed { lane } => {
                if self.is_in_head(lane.lane) {
                    self.book(now);
                    self.waiting = Waiting::Concurrency;
                    self.story.throttled(now);
                }
            }
            Observation::InvocationSent { lane, invocation, .. } => {
                if self.is_in_head(lane.lane) {
                    self.book(now);
                    self.sent = Some(*invocation);
                    // Unless it handles the record, which is known at its end.
                    self.waiting = Waiting::Retry;
                }
            }
            Observation::InvocationEnded { lane, invocation, records } => {
                if self.is_in_head(lane.lane) {
                    self.invocation_ended(now, invocation, records);
                }
            }
            Observation::BatchSplit { lane, left, right } => {
                let batch = self.watch.batch(lane.lane).filter(|_| self.is_in_head(lane.lane));
                if let Some(position) = batch.and_then(|batch| batch.position(self.sequence)) {
                    let is_left = position < left;
                    self.waiting = if is_left { Waiting::Retry } else { Waiting::Turn };
                    self.story.push(now, StoryEvent::Split { left, right, is_left });
                }
            }
            Observation::Processed { lane, records, .. } => {
                let mut all = records.iter();
                if self.lane == Some(lane.lane)
                    && all.any(|fetched| fetched.sequence == self.sequence)
                {
                    let ended = Ended::alone(now, RecordEnd::Processed);
                    self.gone(now, ended, StoryEvent::Processed);
                }
            }
            Observation::Discarded { records, discard, .. } => {
                self.discarded(now, records, discard.condition, discard.invoke_count);
            }
            Observation::Polled { .. }
            | Observation::ReadThrottled { .. }
            | Observation::ReadAgain { .. }
            | Observation::Blocked { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }
}

impl Observer for Witness<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.totals.observe(now, &observation);
        if shard_of(&observation) != Some(self.shard) {
            return;
        }
        if let Observation::Throttled { .. } = observation
            && !self.was_cut
            && self.readable().is_some_and(|readable| readable < now)
        {
            self.throttles_ahead += 1;
        }
        self.witnessed(now, &observation);
        if let Some((lane, batch)) = self.watch.observe(now, &observation) {
            self.was_ahead((lane, &batch), Some(now), now);
        }
    }
}

impl Ended {
    fn alone(at: Instant, end: RecordEnd) -> Ended {
        Ended { at, end, invoke_count: None, lost: 0, good_lost: 0 }
    }
}
