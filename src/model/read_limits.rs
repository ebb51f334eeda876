//! What the readers of a shard may do together (S1.6).
//!
//! | limit | stream | when it is exceeded |
//! |---|---|---|
//! | `shard_readers` mappings | DynamoDB | the calls of that many mappings per second are served |
//! | `shard_read_calls` per second | Kinesis, without enhanced fan-out | more are refused |
//! | `shard_read_bytes` per second | Kinesis; with fan-out each its own | no call is served |
//!
//! A refused call reads nothing; the mapping tries again at its next tick. Calls are counted over
//! the last second. Bytes come out of a bucket of one second that may go into debt: after a page
//! of 10 MB at 2 MB/s calls are refused for 4 s. **Assumption** for DynamoDB: AWS says that more
//! than two readers are throttled, not how; here a shard serves as many calls as two make.

use std::collections::VecDeque;

use super::settings::Settings;
use crate::units::{Bytes, Duration, Instant, Limit};

const SECOND: Duration = Duration::from_secs(1);

/// The limits on all shards of a stream, and how far they are used up.
#[derive(Debug, Clone)]
pub struct ReadLimits {
    /// Calls per second that a shard serves, where its readers would make more.
    calls: Option<usize>,
    shards: Vec<ShardReads>,
}

#[derive(Debug, Clone)]
struct ShardReads {
    /// When the calls of the last second were served.
    served: VecDeque<Instant>,
    budget: ByteBudget,
}

impl ReadLimits {
    /// The limits on the consumers with these settings, all idle.
    pub fn new(consumers: &[&Settings]) -> ReadLimits {
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
        let calls = served.filter(|&served| wanted > served).map(|served| served as usize);
        let budget = ByteBudget::new(first.knobs.shard_limits.bytes_per_second);
        let reads = ShardReads { served: VecDeque::new(), budget };
        ReadLimits { calls, shards: vec![reads; first.stream.shards_in_all() as usize] }
    }

    /// Whether every call counts, also one that finds nothing.
    pub fn counts_every_call(&self) -> bool {
        self.calls.is_some()
    }

    /// Whether a call at `now` is served; if so, it is counted.
    pub fn admits(&mut self, shard: u32, now: Instant) -> bool {
        let reads = &mut self.shards[shard as usize];
        if reads.budget.free_at() > now {
            return false;
        }
        let Some(most) = self.calls else { return true };
        while reads.served.front().is_some_and(|&served| served + SECOND <= now) {
            reads.served.pop_front();
        }
        let is_served = reads.served.len() < most;
        if is_served {
            reads.served.push_back(now);
        }
        is_served
    }

    /// Notes how much a call at `now` returned.
    pub fn returned(&mut self, shard: u32, now: Instant, bytes: u64) {
        self.shards[shard as usize].budget.take(now, bytes);
    }
}

/// Bytes per second out of a bucket of one second, with debts.
#[derive(Debug, Clone, Copy)]
pub struct ByteBudget {
    per_second: Limit<Bytes>,
    /// When the bucket is full again.
    full_at: Instant,
}

impl ByteBudget {
    /// A full bucket.
    pub fn new(per_second: Limit<Bytes>) -> ByteBudget {
        ByteBudget { per_second, full_at: Instant::START }
    }

    /// The first time at which the bucket is not empty.
    pub fn free_at(&self) -> Instant {
        self.full_at.saturating_sub(SECOND)
    }

    /// Takes bytes out.
    pub fn take(&mut self, now: Instant, bytes: u64) {
        if let Limit::Limited(rate) = self.per_second {
            let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(rate.get().max(1));
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
        ReadLimits::new(&vec![&settings; readers])
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
        assert_eq!(calls.count(), 8_000, "8 of 12 calls a second");
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
