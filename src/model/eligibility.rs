//! Which records of a batch may still be sent: the checks before each attempt (S5.4, S7).
//!
//! In this order: retention, maximum age, then (elsewhere) concurrency and the invocation.
//! An age equal to the limit is still allowed. Records are in order of arrival, so what is too
//! old is a prefix of the batch.

use super::settings::AgeScope;
use crate::units::{Duration, Instant, Limit};

/// What the checks before an attempt say of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eligibility {
    /// The batch may be sent.
    Eligible,
    /// Its first records are older than retention: lost (S1.5).
    Expired {
        /// How many.
        records: u32,
    },
    /// Its first records are older than the maximum age: discarded (S7.1).
    TooOld {
        /// How many.
        records: u32,
    },
}

/// The age limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeLimits {
    /// Retention of the stream.
    pub retention: Duration,
    /// `MaximumRecordAgeInSeconds`.
    pub maximum_record_age: Limit<Duration>,
    /// What a too old record takes with it.
    pub scope: AgeScope,
}

impl AgeLimits {
    /// Whether a batch may be sent at `now` whose first record was written at `oldest`; `created`
    /// as for [`before_attempt`].
    #[inline]
    pub fn allow(
        &self,
        now: Instant,
        oldest: Instant,
        created: impl Fn(Instant) -> Instant,
    ) -> bool {
        let is_young_enough = match self.maximum_record_age {
            Limit::Limited(maximum) => now.since(created(oldest)) <= maximum,
            Limit::Unlimited => true,
        };
        now.since(oldest) <= self.retention && is_young_enough
    }
}

/// Checks a batch at `now`; `arrivals` are its records' times of writing, `created` turns one
/// into the creation time that the mapping compares with (S1.3).
pub fn before_attempt(
    limits: AgeLimits,
    now: Instant,
    arrivals: impl ExactSizeIterator<Item = Instant> + Clone,
    created: impl Fn(Instant) -> Instant,
) -> Eligibility {
    let expired = arrivals.clone().take_while(|&at| now.since(at) > limits.retention).count();
    if expired > 0 {
        return Eligibility::Expired { records: expired as u32 };
    }
    let Limit::Limited(maximum) = limits.maximum_record_age else {
        return Eligibility::Eligible;
    };
    let is_too_old = |at: &Instant| now.since(created(*at)) > maximum;
    let too_old = arrivals.clone().take_while(is_too_old).count() as u32;
    match (too_old, limits.scope) {
        (0, _) => Eligibility::Eligible,
        (records, AgeScope::Record) => Eligibility::TooOld { records },
        (_, AgeScope::Batch) => Eligibility::TooOld { records: arrivals.len() as u32 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scope: AgeScope, now: u64, arrivals: &[u64]) -> Eligibility {
        let limits = AgeLimits {
            retention: Duration::from_secs(1000),
            maximum_record_age: Limit::Limited(Duration::from_secs(60)),
            scope,
        };
        let arrivals = arrivals.iter().map(|&at| Instant::from_secs(at));
        before_attempt(limits, Instant::from_secs(now), arrivals, |arrival| arrival)
    }

    #[test]
    fn a_record_as_old_as_the_limit_is_still_sent() {
        assert_eq!(check(AgeScope::Record, 60, &[0, 10]), Eligibility::Eligible);
        assert_eq!(check(AgeScope::Record, 61, &[0, 10]), Eligibility::TooOld { records: 1 });
    }

    #[test]
    fn only_the_too_old_prefix_goes() {
        let eligibility = check(AgeScope::Record, 100, &[0, 10, 80]);
        assert_eq!(eligibility, Eligibility::TooOld { records: 2 });
    }

    #[test]
    fn with_batch_scope_the_whole_batch_goes() {
        let eligibility = check(AgeScope::Batch, 100, &[0, 10, 80]);
        assert_eq!(eligibility, Eligibility::TooOld { records: 3 });
    }

    #[test]
    fn retention_comes_before_the_maximum_age() {
        let eligibility = check(AgeScope::Record, 1005, &[0, 900]);
        assert_eq!(eligibility, Eligibility::Expired { records: 1 });
    }
}
