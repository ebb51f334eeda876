//! What the readers of a shard may do together (S1.6).
//!
//! | limit | stream | when it is exceeded |
//! |---|---|---|
//! | `shard_readers` mappings | DynamoDB | the calls of that many mappings per second are served |
//! | `shard_read_calls` per second | Kinesis, without enhanced fan-out | more are refused |
//! | `shard_read_bytes` per second | Kinesis; with fan-out each its own | no call is served |
//!
//! A refused call reads nothing; the mapping tries again at its next tick. Calls and bytes come
//! out of buckets of one second that may go into debt: after a page of 10 MB at 2 MB/s calls are
//! refused for 4 s. **Assumption** for DynamoDB: AWS says that more than two readers are
//! throttled, not how; here a shard serves as many calls as two make. **Assumption**: calls after
//! a refusal, and all calls where readers are too many, are late by a random part of the poll
//! interval. If all kept to their grids, the one that happens to be first would win for ever.

use std::ops::Range;

use super::per_shard::PerShard;
use super::settings::Settings;
use crate::units::{Bytes, Duration, Instant, Limit};

const SECOND: Duration = Duration::from_secs(1);

/// The limits on all shards of a stream, and how far they are used up.
#[derive(Debug, Clone)]
pub struct ReadLimits {
    /// Its readers would make more calls than a shard serves.
    counts_every_call: bool,
    shards: PerShard<ShardReads>,
}

#[derive(Debug, Clone)]
struct ShardReads {
    calls: Budget,
    bytes: Budget,
}

impl ReadLimits {
    /// The limits on the consumers with these settings, all idle, at some shards.
    pub fn new(consumers: &[&Settings], shards: Range<u32>) -> ReadLimits {
        let first = consumers[0];
        let polling = |settings: &&&Settings| !settings.mapping.enhanced_fan_out;
        let rate = |settings: &Settings| 1.0 / settings.knobs.poll_interval.as_secs_f64();
        let wanted: f64 = consumers.iter().filter(polling).map(|settings| rate(settings)).sum();
        let readers = consumers.iter().filter(polling).count();
        let by_readers = match first.knobs.shard_limits.readers {
            Limit::Limited(most) if readers > most as usize => Some(f64::from(most) * rate(first)),
            Limit::Limited(_) | Limit::Unlimited => None,
        };
        let by_calls = first.knobs.shard_limits.calls_per_second.bound().map(f64::from);
        let served = by_readers.into_iter().chain(by_calls).reduce(f64::min);
        let served = served.filter(|&served| wanted > served).map(|served| served as u64);
        let bytes = first.knobs.shard_limits.bytes_per_second;
        let reads = ShardReads {
            calls: Budget::new(served.map_or(Limit::Unlimited, Limit::Limited)),
            bytes: Budget::of_bytes(bytes),
        };
        let shards = PerShard::new(shards, |_| reads.clone());
        ReadLimits { counts_every_call: served.is_some(), shards }
    }

    /// Whether every call counts, also one that finds nothing.
    pub fn counts_every_call(&self) -> bool {
        self.counts_every_call
    }

    /// Whether a call at `now` is served; if so, it is counted.
    #[inline]
    pub fn admits(&mut self, shard: u32, now: Instant) -> bool {
        let reads = &mut self.shards[shard];
        let is_served = reads.bytes.free_at() <= now && reads.calls.free_at() <= now;
        if is_served {
            reads.calls.take(now, 1);
        }
        is_served
    }

    /// Notes how much a call at `now` returned.
    #[inline]
    pub fn returned(&mut self, shard: u32, now: Instant, bytes: u64) {
        self.shards[shard].bytes.take(now, bytes);
    }
}

/// Bytes or calls per second out of a bucket of one second, with debts.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    per_second: Limit<u64>,
    /// When the bucket is full again.
    full_at: Instant,
}

impl Budget {
    /// A full bucket.
    pub fn new(per_second: Limit<u64>) -> Budget {
        Budget { per_second, full_at: Instant::START }
    }

    /// A full bucket of bytes.
    pub fn of_bytes(per_second: Limit<Bytes>) -> Budget {
        Budget::new(match per_second {
            Limit::Limited(rate) => Limit::Limited(rate.get()),
            Limit::Unlimited => Limit::Unlimited,
        })
    }

    /// The first time at which the bucket is not empty.
    pub fn free_at(&self) -> Instant {
        self.full_at.saturating_sub(SECOND)
    }

    /// Takes some out.
    #[inline]
    pub fn take(&mut self, now: Instant, amount: u64) {
        if let Limit::Limited(rate) = self.per_second {
            let nanos = u128::from(amount) * 1_000_000_000 / u128::from(rate.max(1));
            let time = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
            self.full_at = self.full_at.max(now).saturating_add(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workload::test_settings::{poisson, settings};

    fn limits(readers: usize, change: impl Fn(&mut Settings)) -> ReadLimits {
        let mut settings = settings(1, vec![poisson(1.0)], Duration::from_secs(100));
        change(&mut settings);
        ReadLimits::new(&vec![&settings; readers], 0..1)
    }

    fn millis(millis: u64) -> Instant {
        Instant::START + Duration::from_millis(millis)
    }

    #[test]
    fn a_third_reader_of_a_dynamodb_shard_is_too_many() {
        let two_readers = |settings: &mut Settings| {
            settings.knobs.shard_limits.readers = Limit::Limited(2);
            settings.knobs.poll_interval = Duration::from_millis(250);
        };
        assert!(!limits(2, two_readers).counts_every_call());
        let mut limits = limits(3, two_readers);
        assert!(limits.counts_every_call());
        let calls = (0..12_000).filter(|&call| limits.admits(0, millis(call * 1000 / 12)));
        assert_eq!(calls.count(), 8_008, "8 of 12 calls a second, and a full bucket at first");
    }

    #[test]
    fn a_large_page_uses_up_the_bytes_of_the_next_seconds() {
        let mut limits = limits(1, |settings| {
            settings.knobs.shard_limits.bytes_per_second = Limit::Limited(Bytes::new(2 << 20));
        });
        assert!(limits.admits(0, millis(0)));
        limits.returned(0, millis(0), 10 << 20);
        assert!(!limits.admits(0, millis(3_999)));
        assert!(limits.admits(0, millis(4_000)));
    }
}
