//! Counts and sums of one replication: the ledger (S9.6), CloudWatch sums (S9.5), where ages come
//! from (S9.4), billed time (S10.7).

use crate::model::age_parts::AgeParts;
use crate::model::failure::Outcome;
use crate::model::function::Invocation;
use crate::model::observation::{Discard, DiscardCondition, Records};
use crate::model::system::Closing;
use crate::units::Duration;

/// The tallies.
#[derive(Debug, Clone, Default)]
pub struct Tallies {
    /// Records written in all; known when the run is over.
    pub written: u64,
    /// Records handled successfully.
    pub processed: u64,
    /// Records removed by the filter.
    pub filtered: u64,
    /// Records discarded as `RetryAttemptsExhausted`.
    pub retry_attempts_exhausted: u64,
    /// Records discarded as `RecordAgeExceeded`.
    pub record_age_exceeded: u64,
    /// Records given up at a throttle (`throttle_policy = drop`).
    pub dropped_at_throttle: u64,
    /// Records lost to retention.
    pub expired: u64,
    /// Records before the starting position.
    pub skipped: u64,
    /// Records handled successfully once more after they had met their end (S4.5).
    pub duplicates: u64,
    /// Records still in the stream at the end.
    pub remaining: u64,
    /// GetRecords calls.
    pub polls: u64,
    /// Records read.
    pub read: u64,
    /// Invocations that ended.
    pub invocations: u64,
    /// Of these, function errors.
    pub errors: u64,
    /// Throttled attempts.
    pub throttles: u64,
    /// GetRecords calls that were refused (S1.6).
    pub read_throttles: u64,
    /// Sum of durations.
    pub duration: Duration,
    /// Sum of billed milliseconds, initialisation included.
    pub billed_millis: u64,
    /// Records in invocations that ended.
    pub invoked_records: u64,
    /// Records in failed invocations.
    pub failed_records: u64,
    /// Most records in an invocation.
    pub batch_max: u32,
    /// Records reported to a destination.
    pub delivered_records: u64,
    /// Records discarded without reaching a destination.
    pub undelivered_records: u64,
    /// Messages that did not reach the destination.
    pub delivery_failures: u64,
    /// Finished batches in the sums of parts.
    pub batches: u64,
    /// Nanoseconds by part of the age, in the order of [`AgeParts::named`].
    pub parts: [u128; 10],
    /// PUT payload units of the processed records (Kinesis).
    pub put_units: u64,
    /// Some rule told records apart; otherwise only their arrivals were kept. Known when the run is
    /// over.
    pub told_records_apart: bool,
}

impl Tallies {
    /// Records were read.
    pub fn read(&mut self, records: u32, filtered: u32) {
        self.read += u64::from(records);
        self.filtered += u64::from(filtered);
    }

    /// An invocation ended.
    pub fn invocation_ended(&mut self, invocation: &Invocation) {
        self.invocations += 1;
        self.duration += invocation.duration;
        // S10.7: billed per started millisecond, initialisation included.
        let billed = (invocation.init + invocation.duration).as_nanos().div_ceil(1_000_000);
        self.billed_millis += billed;
        self.invoked_records += u64::from(invocation.records);
        self.batch_max = self.batch_max.max(invocation.records);
        if invocation.outcome == Outcome::Error {
            self.errors += 1;
            self.failed_records += u64::from(invocation.records);
        }
    }

    /// Records were handled.
    pub fn processed(&mut self, records: u32, parts: &AgeParts) {
        self.processed += u64::from(records);
        self.batches += 1;
        for (sum, part) in self.parts.iter_mut().zip(parts.in_order()) {
            *sum += u128::from(part.as_nanos());
        }
    }

    /// Mean PUT payload units of a record, from the processed ones; 1 where there are none.
    pub fn put_units_per_record(&self) -> f64 {
        if self.processed == 0 { 1.0 } else { self.put_units as f64 / self.processed as f64 }
    }

    /// The sum over the run of a metric by its CloudWatch name (S9.5); `None`: no such sum is kept.
    pub fn cloud_watch_sum(&self, name: &str) -> Option<u64> {
        Some(match name {
            "Invocations" => self.invocations,
            "Errors" => self.errors,
            "Throttles" => self.throttles,
            "PolledEventCount" => self.read,
            "FilteredOutEventCount" => self.filtered,
            "InvokedEventCount" => self.invoked_records,
            "FailedInvokeEventCount" => self.failed_records,
            "DroppedEventCount" => self.undelivered_records,
            "OnFailureDestinationDeliveredEventCount" => self.delivered_records,
            "DestinationDeliveryFailures" => self.delivery_failures,
            _ => return None,
        })
    }

    /// Mean records per invocation.
    pub fn batch_mean(&self) -> Option<f64> {
        (self.invocations > 0).then(|| self.invoked_records as f64 / self.invocations as f64)
    }

    /// Records were given up.
    pub fn discarded(&mut self, batch: Records<'_>, discard: &Discard) {
        let (records, anew) = (u64::from(batch.count()), u64::from(batch.anew()));
        match discard.condition {
            DiscardCondition::RetryAttemptsExhausted => self.retry_attempts_exhausted += anew,
            DiscardCondition::RecordAgeExceeded => self.record_age_exceeded += anew,
            DiscardCondition::Dropped => self.dropped_at_throttle += anew,
        }
        match discard.delivered {
            Some(true) => self.delivered_records += records,
            Some(false) => {
                self.undelivered_records += records;
                self.delivery_failures += 1;
            }
            None => self.undelivered_records += records,
        }
    }

    /// The tallies with the ledger as it stands, while `backlog` records are unfinished.
    #[must_use]
    pub fn so_far(&self, backlog: u64) -> Tallies {
        Tallies { written: self.ends() + backlog, remaining: backlog, ..self.clone() }
    }

    /// What was added since `before`, with what remains now. Records that were in the stream
    /// before are missing among the written ones.
    #[must_use]
    pub fn since(&self, before: &Tallies) -> Tallies {
        let added = self.combined(before, |now, before| now - before, |now, before| now - before);
        Tallies { remaining: self.remaining, batch_max: self.batch_max, ..added }
    }

    /// The sums of these and of others, of other shards.
    #[must_use]
    pub fn plus(&self, others: &Tallies) -> Tallies {
        let sums = self.combined(others, |one, other| one + other, |one, other| one + other);
        let batch_max = self.batch_max.max(others.batch_max);
        Tallies { remaining: self.remaining + others.remaining, batch_max, ..sums }
    }

    /// Every count and sum combined with its like.
    fn combined(
        &self,
        other: &Tallies,
        of: impl Fn(u64, u64) -> u64,
        of_parts: impl Fn(u128, u128) -> u128,
    ) -> Tallies {
        let duration = of(self.duration.as_nanos(), other.duration.as_nanos());
        Tallies {
            written: of(self.written, other.written),
            processed: of(self.processed, other.processed),
            filtered: of(self.filtered, other.filtered),
            retry_attempts_exhausted: of(
                self.retry_attempts_exhausted,
                other.retry_attempts_exhausted,
            ),
            record_age_exceeded: of(self.record_age_exceeded, other.record_age_exceeded),
            dropped_at_throttle: of(self.dropped_at_throttle, other.dropped_at_throttle),
            expired: of(self.expired, other.expired),
            skipped: of(self.skipped, other.skipped),
            duplicates: of(self.duplicates, other.duplicates),
            polls: of(self.polls, other.polls),
            read: of(self.read, other.read),
            invocations: of(self.invocations, other.invocations),
            errors: of(self.errors, other.errors),
            throttles: of(self.throttles, other.throttles),
            read_throttles: of(self.read_throttles, other.read_throttles),
            billed_millis: of(self.billed_millis, other.billed_millis),
            invoked_records: of(self.invoked_records, other.invoked_records),
            failed_records: of(self.failed_records, other.failed_records),
            delivered_records: of(self.delivered_records, other.delivered_records),
            undelivered_records: of(self.undelivered_records, other.undelivered_records),
            delivery_failures: of(self.delivery_failures, other.delivery_failures),
            batches: of(self.batches, other.batches),
            put_units: of(self.put_units, other.put_units),
            duration: Duration::from_nanos(duration),
            parts: std::array::from_fn(|part| of_parts(self.parts[part], other.parts[part])),
            batch_max: 0,
            remaining: 0,
            told_records_apart: self.told_records_apart || other.told_records_apart,
        }
    }

    /// Records that have met their end.
    fn ends(&self) -> u64 {
        self.processed
            + self.filtered
            + self.retry_attempts_exhausted
            + self.record_age_exceeded
            + self.dropped_at_throttle
            + self.expired
            + self.skipped
    }

    /// Closes the ledger: every record written has met exactly one end (S9.6).
    ///
    /// # Panics
    /// When the sums differ, which is a bug.
    pub fn close(&mut self, closing: Closing) {
        self.written = closing.written;
        self.remaining = closing.remaining;
        self.told_records_apart = closing.told_records_apart;
        let ends = self.ends() + self.remaining;
        assert!(
            self.written == ends,
            "the ledger does not add up: {} written, {ends} accounted for: {self:?}",
            self.written
        );
    }
}
