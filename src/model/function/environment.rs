//! Execution environments: cold starts and how fast they can be added (S10.2, S10.3).
//!
//! An invocation takes the environment that was used last (the others age towards their idle
//! timeout) or starts a new one. New ones come out of a token bucket: `n` per 10 s, as AWS's
//! scaling rate. **Assumption**: the bucket refills evenly and starts full.

use std::collections::VecDeque;

use crate::units::{Duration, Instant, Limit};

const REFILL_PERIOD: Duration = Duration::from_secs(10);

/// The idle environments of a function and the bucket for new ones.
#[derive(Debug, Clone)]
pub struct Environments {
    /// When each idle environment was last used, oldest first.
    idle: VecDeque<Instant>,
    idle_timeout: Duration,
    bucket: Option<Bucket>,
}

#[derive(Debug, Clone)]
struct Bucket {
    size: u32,
    tokens: u32,
    /// Time up to which tokens have been refilled.
    refilled_to: Instant,
    period: Duration,
}

impl Environments {
    /// No environment yet; new ones limited to `per_10s`, which is above 0.
    pub fn new(idle_timeout: Duration, per_10s: Limit<u32>) -> Environments {
        let bucket = per_10s.bound().map(|size| Bucket {
            size,
            tokens: size,
            refilled_to: Instant::START,
            period: Duration::from_nanos(REFILL_PERIOD.as_nanos() / u64::from(size)),
        });
        Environments { idle: VecDeque::new(), idle_timeout, bucket }
    }

    /// Whether an environment is idle or can be started at `now`.
    pub fn can_serve(&mut self, now: Instant) -> bool {
        self.drop_unused(now);
        !self.idle.is_empty() || self.bucket.as_mut().is_none_or(|bucket| bucket.has_token(now))
    }

    /// When a new environment can be started, if `now` there is none idle and none to be started.
    pub fn next_at(&mut self, now: Instant) -> Option<Instant> {
        if self.can_serve(now) {
            return None;
        }
        self.bucket.as_ref().map(|bucket| bucket.refilled_to + bucket.period)
    }

    /// Takes an environment; `true`: it is new (a cold start).
    pub fn take(&mut self, now: Instant) -> bool {
        self.drop_unused(now);
        if self.idle.pop_back().is_some() {
            return false;
        }
        if let Some(bucket) = &mut self.bucket {
            assert!(bucket.has_token(now), "no environment can be started at {now:?}");
            bucket.tokens -= 1;
        }
        true
    }

    /// Puts an environment back that was used until `now`.
    pub fn give_back(&mut self, now: Instant) {
        self.idle.push_back(now);
    }

    fn drop_unused(&mut self, now: Instant) {
        while self.idle.front().is_some_and(|&used| now.since(used) > self.idle_timeout) {
            self.idle.pop_front();
        }
    }
}

impl Bucket {
    fn has_token(&mut self, now: Instant) -> bool {
        let refills = now.since(self.refilled_to).as_nanos() / self.period.as_nanos();
        self.tokens = u64::from(self.tokens).saturating_add(refills).min(self.size.into()) as u32;
        self.refilled_to = self.refilled_to + self.period * refills;
        self.tokens > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_reused_until_its_idle_timeout() {
        let mut environments = Environments::new(Duration::from_secs(60), Limit::Unlimited);
        assert!(environments.take(Instant::START));
        environments.give_back(Instant::from_secs(1));
        assert!(!environments.take(Instant::from_secs(61)));
        environments.give_back(Instant::from_secs(62));
        assert!(environments.take(Instant::from_secs(123)));
    }

    #[test]
    fn new_environments_are_limited_per_ten_seconds() {
        let mut environments = Environments::new(Duration::from_secs(60), Limit::Limited(2));
        assert!(environments.take(Instant::START));
        assert!(environments.take(Instant::START));
        assert!(!environments.can_serve(Instant::from_secs(4)));
        assert_eq!(environments.next_at(Instant::from_secs(4)), Some(Instant::from_secs(5)));
        assert_eq!(environments.next_at(Instant::from_secs(5)), None);
        assert!(environments.can_serve(Instant::from_secs(5)));
        assert!(environments.take(Instant::from_secs(5)));
        assert!(!environments.can_serve(Instant::from_secs(5)));
    }
}
