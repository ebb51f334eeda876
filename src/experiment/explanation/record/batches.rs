//! The batches that hold a record, what is tried with them, and what they wait for.

use super::{Waiting, Witness};
use crate::experiment::explanation::watch::WatchedBatch;
use crate::experiment::trace::{closed_by, range};
use crate::model::age_parts::AgeParts;
use crate::model::batch::PayloadRule;
use crate::model::failure::Outcome;
use crate::model::function::Invocation;
use crate::model::observation::{ClosedBy, Fetched, Records};
use crate::model::settings::PollModel;
use crate::results::StoryEvent;
use crate::units::{Duration, Instant};

impl Witness<'_> {
    /// When it could be read.
    pub(super) fn readable(&self) -> Option<Instant> {
        Some(self.arrival? + self.settings.knobs.read_visibility)
    }

    /// The record is seen in a batch, or as one that is given up before.
    pub(super) fn adopt(&mut self, fetched: &Fetched) {
        if self.ended.is_none() {
            self.arrival = Some(fetched.record.arrival);
            self.record = Some(fetched.record);
        }
        if !self.was_cut && self.read_at.is_none_or(|seen| seen != fetched.read_at) {
            self.read_at = Some(fetched.read_at);
        }
    }

    /// Tells when it was written and read, once.
    pub(super) fn tell_beginning(&mut self, fetched: Option<&Fetched>) {
        let Some(arrival) = self.arrival else { return };
        self.story.push(arrival, StoryEvent::Written);
        let read_at = fetched.map(|fetched| fetched.read_at).or(self.read_at);
        if let Some(read_at) = read_at {
            let waited = read_at.since(arrival + self.settings.knobs.read_visibility);
            let held = fetched.map_or(Duration::ZERO, |fetched| fetched.held);
            let (waited, held_back) = (waited.as_secs_f64(), held.as_secs_f64());
            self.story.push(read_at, StoryEvent::Read { waited, held_back });
        }
    }

    /// Splits the time up to the closing of its batch, as [`AgeParts::of`] does.
    pub(super) fn split_until_cut(&mut self, now: Instant, fetched: &Fetched, free_since: Instant) {
        let arrival = fetched.record.arrival;
        let readable = (arrival + self.settings.knobs.read_visibility).min(fetched.read_at);
        let lanes_read = match self.settings.knobs.poll_model {
            PollModel::Paged | PollModel::Buffered => false,
            PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => true,
        };
        let read = if lanes_read { readable } else { fetched.read_at };
        let queue = free_since.min(now).since(read);
        let rest = (now - read).saturating_sub(queue);
        let mut parts = AgeParts {
            visibility: readable - arrival,
            read_ahead: fetched.held,
            queue,
            poll: (read - readable).saturating_sub(fetched.held),
            ..AgeParts::default()
        };
        match (self.settings.mapping.batching_window.is_zero(), lanes_read) {
            (false, _) => parts.window = rest,
            (true, true) => parts.poll += rest,
            (true, false) => parts.queue += rest,
        }
        self.parts = parts;
    }

    pub(super) fn batch_closed(
        &mut self,
        now: Instant,
        lane: u32,
        by: ClosedBy,
        records: Records<'_>,
    ) {
        let wanted = self.sequence;
        let of_it = |fetched: &Fetched| fetched.sequence == wanted;
        let Some(fetched) = records.iter().find(of_it) else { return };
        self.adopt(&fetched);
        match self.was_cut {
            false => self.tell_beginning(Some(&fetched)),
            true if fetched.read_at > self.since => {
                self.story.push(fetched.read_at, StoryEvent::ReadAgain);
            }
            true => {}
        }
        let free_since = self.watch.lane(lane).free_since;
        self.lane = Some(lane);
        self.was_cut = true;
        self.cut_at.get_or_insert(now);
        self.sent = None;
        let position = records.iter().take_while(|other| !of_it(other)).count() as u32;
        let closed =
            StoryEvent::BatchClosed { by: closed_by(by), records: range(records), position };
        self.story.push(now, closed);
        if self.ended.is_none() {
            self.split_until_cut(now, &fetched, free_since);
            self.since = now;
            let mapping = &self.settings.mapping;
            let (kind, limit) = (self.settings.stream.kind, self.settings.knobs.payload_limit);
            let rule = PayloadRule::new(kind, limit, mapping.batch_size);
            // S3.4: it is never sent, and what passes is backoff.
            let is_oversize = rule.is_oversize(fetched.record.bytes);
            self.waiting = if is_oversize { Waiting::Retry } else { Waiting::Turn };
        }
    }

    /// Books the wait that ends now.
    pub(super) fn book(&mut self, now: Instant) {
        let waited = now.since(self.since);
        self.since = now;
        if self.ended.is_some() {
            return;
        }
        match self.waiting {
            Waiting::Turn => self.parts.queue += waited,
            Waiting::Concurrency => self.parts.concurrency += waited,
            Waiting::Retry => self.parts.retry += waited,
        }
    }

    /// Whether the part of a lane's batch that is tried next has the record.
    pub(super) fn is_in_head(&self, lane: u32) -> bool {
        let batch = self.watch.batch(lane).filter(|_| self.lane == Some(lane));
        batch.is_some_and(|batch: &WatchedBatch| batch.has_in_head(self.sequence))
    }

    pub(super) fn attempted(&mut self, invocation: Invocation, ended: Option<Instant>) {
        let (outcome, succeeded) = match (ended, invocation.outcome) {
            (None, _) => ("not_ended", None),
            (Some(_), Outcome::Success) => ("success", None),
            (Some(_), Outcome::Error) if invocation.timed_out => ("timeout", None),
            (Some(_), Outcome::Error) => ("error", None),
            (Some(_), Outcome::Partial { succeeded }) => ("partial", Some(succeeded)),
        };
        self.attempts += 1;
        let event = StoryEvent::Attempt {
            attempt: invocation.attempt,
            records: invocation.records,
            ended: ended.map(Instant::as_secs_f64),
            outcome,
            succeeded,
        };
        self.story.push(invocation.sent_at, event);
    }

    pub(super) fn invocation_ended(
        &mut self,
        now: Instant,
        invocation: &Invocation,
        records: Records<'_>,
    ) {
        let place = records.iter().position(|fetched| fetched.sequence == self.sequence);
        let Some(place) = place else { return };
        self.sent = None;
        self.attempted(*invocation, Some(now));
        let is_handled = match invocation.outcome {
            Outcome::Success => true,
            Outcome::Error => false,
            Outcome::Partial { succeeded } => place < succeeded as usize,
        };
        if !is_handled {
            self.failures += 1;
            self.waiting = Waiting::Retry;
            self.book(now);
        } else if self.ended.is_none() {
            self.since = now;
            self.parts.overhead += invocation.overhead;
            self.parts.cold_start += invocation.init;
            self.parts.execution += invocation.duration;
        }
    }
}
