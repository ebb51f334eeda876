//! How a record ended, and what became of one that never was in a batch.

use super::{Ended, Witness};
use crate::experiment::explanation::watch::WatchedBatch;
use crate::model::observation::{DiscardCondition, Fetched, Records};
use crate::results::{BatchAhead, RecordEnd, StoryEvent};
use crate::units::Instant;

impl Witness<'_> {
    /// The record is gone for this reason.
    pub(super) fn gone(&mut self, now: Instant, ended: Ended, event: StoryEvent) {
        self.story.push(now, event);
        if self.ended.is_none() {
            self.ended = Some(ended);
        }
    }

    pub(super) fn discarded(
        &mut self,
        now: Instant,
        records: Records<'_>,
        condition: DiscardCondition,
        count: u32,
    ) {
        let wanted = self.sequence;
        let of_it = |fetched: &Fetched| fetched.sequence == wanted;
        let Some(fetched) = records.iter().find(of_it) else { return };
        self.end_unhandled(now, &fetched);
        let end = match condition {
            DiscardCondition::RetryAttemptsExhausted => RecordEnd::RetryAttemptsExhausted,
            DiscardCondition::RecordAgeExceeded => RecordEnd::RecordAgeExceeded,
            DiscardCondition::Dropped => RecordEnd::Dropped,
        };
        let others = records.iter().filter(|other| !of_it(other));
        let good = others.clone().filter(|other| !other.record.marks.poison).count() as u32;
        let (lost, invoke_count) = (others.count() as u32, Some(count));
        let ended = Ended { at: now, end, invoke_count, lost, good_lost: good };
        self.gone(now, ended, StoryEvent::Discarded);
    }

    pub(super) fn expired(&mut self, now: Instant, records: Records<'_>) {
        let wanted = self.sequence;
        let of_it = |fetched: &Fetched| fetched.sequence == wanted;
        let Some(fetched) = records.iter().find(of_it) else { return };
        self.end_unhandled(now, &fetched);
        let ended = Ended::alone(now, RecordEnd::Expired);
        self.gone(now, ended, StoryEvent::Expired);
    }

    /// Books the last wait of a record that is given up.
    fn end_unhandled(&mut self, now: Instant, fetched: &Fetched) {
        if self.was_cut {
            self.book(now);
            return;
        }
        // Given up before it got into a batch.
        self.adopt(fetched);
        self.tell_beginning(Some(fetched));
        self.split_until_cut(now, fetched, now);
        self.was_cut = true;
    }

    /// The next records of the shard are read, or passed over as `end` says.
    pub(super) fn passed(&mut self, now: Instant, records: u64, end: Option<RecordEnd>) {
        let from = self.next_sequence;
        self.next_sequence += records;
        if !(from..self.next_sequence).contains(&self.sequence) {
            return;
        }
        match end {
            None => self.read_at = Some(now),
            Some(end) => {
                self.tell_beginning(None);
                let event = if end == RecordEnd::Skipped {
                    StoryEvent::Skipped
                } else {
                    StoryEvent::Expired
                };
                self.split_unread(now);
                self.gone(now, Ended::alone(now, end), event);
            }
        }
    }

    /// The record is not in a batch when the run ends: filtered, or still waiting.
    pub(super) fn not_in_a_batch(&mut self, now: Instant) {
        self.tell_beginning(None);
        // Without a batch the checkpoint goes past filtered records only.
        let is_marked = self.record.is_some_and(|record| record.marks.filtered);
        let is_filtered = is_marked || self.is_passed;
        if let Some(read_at) = self.read_at.filter(|_| is_filtered) {
            self.split_unread(read_at);
            // It waited for no batch.
            (self.ahead, self.batches_ahead, self.throttles_ahead) = (None, 0, 0);
            self.gone(read_at, Ended::alone(read_at, RecordEnd::Filtered), StoryEvent::Filtered);
        } else {
            self.split_unread(self.read_at.unwrap_or(now));
            self.parts.queue += now.since(self.read_at.unwrap_or(now));
        }
    }

    /// Splits the time of a record that had not been read before `now`.
    fn split_unread(&mut self, now: Instant) {
        let (Some(arrival), Some(readable)) = (self.arrival, self.readable()) else { return };
        let readable = readable.min(now).max(arrival);
        self.parts.visibility = readable.since(arrival);
        let is_busy = self.watch.lanes.iter().any(|lane| lane.batch.is_some());
        match is_busy {
            true => self.parts.read_ahead = now.since(readable),
            false => self.parts.poll = now.since(readable),
        }
    }

    /// Keeps the batch that the record waited for longest before it got into one.
    pub(super) fn was_ahead(
        &mut self,
        (lane, batch): (u32, &WatchedBatch),
        to: Option<Instant>,
        now: Instant,
    ) {
        let Some(readable) = self.readable().filter(|_| !self.was_cut) else { return };
        let overlap = to.unwrap_or(now).since(batch.closed_at.max(readable));
        if overlap.is_zero() {
            return;
        }
        self.batches_ahead += u64::from(to.is_some());
        if self.ahead.is_some_and(|(longest, _)| longest >= overlap) {
            return;
        }
        let ahead = BatchAhead {
            lane,
            records: batch.all(),
            from: batch.closed_at.as_secs_f64(),
            to: to.map(Instant::as_secs_f64),
            failed: batch.failed,
            throttled: batch.throttled,
        };
        self.ahead = Some((overlap, ahead));
    }
}
