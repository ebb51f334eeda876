//! Batches: how many records one holds (S3.1, S3.3) and what it has been through.

use super::settings::StreamKind;
use super::tumbling::Call;
use crate::units::{Bytes, Duration, Instant, Limit};

/// A batch cut from the front of its lane's records: its size, counters and waits so far.
///
/// A batch is always a run of its lane's oldest unfinished records, so it needs no list of them:
/// halves and remainders are the records behind the ones before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch {
    /// Records in it; none in a final call.
    pub records: u32,
    /// What it is for.
    pub call: Call,
    /// Attempts at this very batch (S5.1).
    pub attempts: u32,
    /// Deliveries of its records since it was first cut, before any split: unlike `attempts`
    /// never reset, so that every delivery of a record has random numbers of its own.
    pub deliveries: u32,
    /// Throttled tries since the last attempt (S5.2).
    pub throttles: u32,
    /// When it was first cut, before any split.
    pub cut_at: Instant,
    /// Since when its lane had been free when it was cut.
    pub lane_free_since: Instant,
    /// Where it spent its time since it was cut (S9.4).
    pub waits: Waits,
    /// Since when it is in the present wait.
    pub waiting_since: Instant,
    /// What it is waiting for.
    pub waiting_for: WaitingFor,
}

/// Time a batch spent since it was cut, apart from its last attempt (S9.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waits {
    /// Behind the halves before it.
    pub queue: Duration,
    /// For concurrency.
    pub concurrency: Duration,
    /// Failed attempts and backoff.
    pub retry: Duration,
}

/// What a batch that is not being executed waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// The batches before it in the lane.
    Turn,
    /// Concurrency.
    Concurrency,
    /// The end of a backoff or of the pause after a split.
    Retry,
}

impl Batch {
    /// A batch cut at `now` in a lane free since `lane_free_since`.
    pub fn cut(records: u32, now: Instant, lane_free_since: Instant) -> Batch {
        Batch {
            records,
            call: Call::Records,
            attempts: 0,
            deliveries: 0,
            throttles: 0,
            cut_at: now,
            lane_free_since,
            waits: Waits::default(),
            waiting_since: now,
            waiting_for: WaitingFor::Turn,
        }
    }

    /// A part of this batch with fresh counters, born at `now` (S6.1, S6.2).
    pub fn part(&self, records: u32, now: Instant, waiting_for: WaitingFor) -> Batch {
        Batch { records, attempts: 0, throttles: 0, waiting_since: now, waiting_for, ..*self }
    }

    /// Books the wait that ends at `now`.
    pub fn end_wait(&mut self, now: Instant) {
        let waited = now - self.waiting_since;
        match self.waiting_for {
            WaitingFor::Turn => self.waits.queue += waited,
            WaitingFor::Concurrency => self.waits.concurrency += waited,
            WaitingFor::Retry => self.waits.retry += waited,
        }
        self.waiting_since = now;
    }
}

/// What a record costs of the payload, and what fits (S3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadRule {
    kind: StreamKind,
    limit: Limit<Bytes>,
    batch_size: u32,
    /// Records of a full batch where all records have one size.
    uniform: Option<u32>,
}

/// Bytes of the JSON event around its records.
const ENVELOPE_BYTES: u64 = 14;

/// How far the records waiting in a lane fill a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// Records that a batch takes now.
    pub records: u32,
    /// No further record can join: BatchSize or the payload limit is reached.
    pub is_full: bool,
}

impl PayloadRule {
    /// The rule for a stream's kind, a payload limit and a BatchSize.
    pub fn new(kind: StreamKind, limit: Limit<Bytes>, batch_size: u32) -> PayloadRule {
        PayloadRule { kind, limit, batch_size, uniform: None }
    }

    /// The same rule where every record has `bytes` stored bytes: a batch is filled by counting.
    #[must_use]
    pub fn with_uniform_size(mut self, bytes: u32) -> PayloadRule {
        let cost = self.record_cost(bytes);
        let room = self.limit.bound().map(|limit| limit.get().saturating_sub(ENVELOPE_BYTES));
        let fitting = room.map_or(u64::MAX, |room| room / cost).max(1);
        self.uniform = Some(fitting.min(self.batch_size.into()) as u32);
        self
    }

    /// JSON bytes of a record of `bytes` stored bytes.
    pub fn record_cost(&self, bytes: u32) -> u64 {
        // S3.3
        match self.kind {
            StreamKind::DynamoDb => u64::from(bytes) + 450,
            StreamKind::Kinesis => u64::from(bytes).div_ceil(3) * 4 + 500,
        }
    }

    /// Whether a record can never be delivered, not even alone (S3.4).
    pub fn is_oversize(&self, bytes: u32) -> bool {
        !self.limit.allows(Bytes::new(ENVELOPE_BYTES + self.record_cost(bytes)))
    }

    /// Cuts a batch from waiting records of the given stored sizes: at most BatchSize, at most
    /// the payload limit, at least one (S3.1, S3.3).
    pub fn fill(&self, sizes: impl ExactSizeIterator<Item = u32>) -> Fill {
        if let Some(full) = self.uniform {
            let waiting = sizes.len().min(u32::MAX as usize) as u32;
            return Fill { records: waiting.min(full), is_full: waiting >= full };
        }
        let mut filling = self.filling();
        for bytes in sizes {
            if filling.add(bytes) {
                return Fill { records: filling.records, is_full: true };
            }
        }
        Fill { records: filling.records, is_full: false }
    }

    /// A batch that is being filled, still empty.
    pub fn filling(&self) -> Filling {
        Filling { rule: *self, records: 0, payload: ENVELOPE_BYTES }
    }

    /// BatchSize.
    pub fn batch_size(&self) -> u32 {
        self.batch_size
    }
}

/// A batch that is being filled record by record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filling {
    rule: PayloadRule,
    records: u32,
    payload: u64,
}

impl Filling {
    /// Adds a record of `bytes` stored bytes if it still fits; `true`: the batch is full, with
    /// this record or because of it.
    #[inline]
    pub fn add(&mut self, bytes: u32) -> bool {
        let payload = self.payload + self.rule.record_cost(bytes);
        let fits = self.rule.limit.allows(Bytes::new(payload));
        if fits || self.records == 0 {
            self.records += 1;
            self.payload = payload;
        }
        !fits || self.records == self.rule.batch_size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kind: StreamKind, batch_size: u32) -> PayloadRule {
        PayloadRule::new(kind, Limit::Limited(Bytes::new(6_291_456)), batch_size)
    }

    #[test]
    fn a_batch_takes_batch_size_records() {
        let rule = rule(StreamKind::DynamoDb, 3);
        assert_eq!(rule.fill([1; 5].into_iter()), Fill { records: 3, is_full: true });
        assert_eq!(rule.fill([1; 3].into_iter()), Fill { records: 3, is_full: true });
        assert_eq!(rule.fill([1; 2].into_iter()), Fill { records: 2, is_full: false });
        let uniform = rule.with_uniform_size(1);
        for waiting in 0..6 {
            let sizes = || std::iter::repeat_n(1, waiting);
            assert_eq!(uniform.fill(sizes()), rule.fill(sizes()), "{waiting}");
        }
        let rule = self::rule(StreamKind::DynamoDb, 10_000);
        for bytes in [350_000, 6_291_456 - 464, 6_291_456 - 463, 7_000_000] {
            let sizes = || std::iter::repeat_n(bytes, 40);
            assert_eq!(rule.with_uniform_size(bytes).fill(sizes()), rule.fill(sizes()), "{bytes}");
        }
        assert_eq!(rule.fill([].into_iter()), Fill { records: 0, is_full: false });
    }

    #[test]
    fn the_record_that_would_overflow_the_payload_starts_the_next_batch() {
        let rule = rule(StreamKind::DynamoDb, 10_000);
        let fill = rule.fill([350_000; 40].into_iter());
        assert_eq!(fill, Fill { records: 17, is_full: true });
    }

    #[test]
    fn kinesis_records_cost_their_base64_size() {
        let rule = rule(StreamKind::Kinesis, 100);
        assert_eq!(rule.record_cost(3), 504);
        assert_eq!(rule.record_cost(4), 508);
        assert!(rule.is_oversize(5_242_880));
        assert!(!rule.is_oversize(1_048_576));
    }

    #[test]
    fn an_oversize_record_is_a_batch_of_its_own() {
        let rule = rule(StreamKind::Kinesis, 100);
        let fill = rule.fill([5_242_880, 10].into_iter());
        assert_eq!(fill, Fill { records: 1, is_full: true });
        let fill = rule.fill([10, 5_242_880].into_iter());
        assert_eq!(fill, Fill { records: 1, is_full: true });
    }
}
