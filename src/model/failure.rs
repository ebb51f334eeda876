//! What happens to a batch after an attempt: retry, bisect, resume, discard (S5, S6).
//!
//! | outcome | bisect, n > 1 | attempts | then |
//! |---|---|---|---|
//! | success | any | any | done |
//! | partial, first `k` > 0 done | any | any | resume from `k`, fresh counter (S6.2) |
//! | failure | yes | any | split at floor(n/2), fresh counters (S6.1, S6.3, S6.4) |
//! | failure | no | <= R | retry after backoff `attempts` (S5.3) |
//! | failure | no | R + 1 | discard as `RetryAttemptsExhausted` (S5.1, S5.6) |
//!
//! A failure is an error, or a partial response without progress. The traces of S6.6 follow.
//! Splitting and resuming use no attempt and ignore what the counter says. What is *expired* or
//! *too old* is decided before an attempt, in [`super::eligibility`]. Throttles never get here:
//! they are no outcome of an attempt (S5.2).

use crate::units::Limit;

/// How an attempt at a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every record was handled.
    Success,
    /// The function failed: it raised, timed out, crashed or answered nonsense (S5.1, S6.5).
    Error,
    /// The function reported a failed record; the first `succeeded` records are done (S6.2).
    Partial {
        /// Records before the lowest reported one.
        succeeded: u32,
    },
}

/// What to do next with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// All records are finished.
    Finish,
    /// The first `succeeded` records are finished, the rest is a new batch sent without backoff.
    ResumeFrom {
        /// Finished records.
        succeeded: u32,
    },
    /// Two new batches: the first `left` records, then the others, sent without backoff.
    Bisect {
        /// Records of the left half.
        left: u32,
    },
    /// The same batch again, after the backoff before retry `retry` (1, 2, ...).
    Retry {
        /// Which retry it will be.
        retry: u32,
    },
    /// Given up: the destination gets one message and the lane goes on behind the batch.
    Discard,
}

/// The mapping's settings that decide what happens after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailurePolicy {
    /// `MaximumRetryAttempts` (R).
    pub maximum_retry_attempts: Limit<u32>,
    /// `BisectBatchOnFunctionError`.
    pub bisect: bool,
}

/// Decides what happens to a batch of `records` records after its `attempts`-th attempt.
pub fn after_attempt(
    policy: FailurePolicy,
    records: u32,
    attempts: u32,
    outcome: Outcome,
) -> NextStep {
    match outcome {
        Outcome::Success => NextStep::Finish,
        // S6.2: any progress makes a new batch, whatever the counter says.
        Outcome::Partial { succeeded } if succeeded > 0 => NextStep::ResumeFrom { succeeded },
        // S6.1, S6.3, S6.4: a failed batch of more than one record is never retried whole.
        Outcome::Error | Outcome::Partial { .. } if policy.bisect && records > 1 => {
            NextStep::Bisect { left: records / 2 }
        }
        // S5.1: a batch is tried at most R + 1 times.
        Outcome::Error | Outcome::Partial { .. } => {
            if policy.maximum_retry_attempts.allows(attempts) {
                NextStep::Retry { retry: attempts }
            } else {
                NextStep::Discard
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: Outcome = Outcome::Error;
    const NO_PROGRESS: Outcome = Outcome::Partial { succeeded: 0 };

    fn policy(retries: Option<u32>, bisect: bool) -> FailurePolicy {
        let maximum_retry_attempts = retries.map_or(Limit::Unlimited, Limit::Limited);
        FailurePolicy { maximum_retry_attempts, bisect }
    }

    #[test]
    fn the_decision_table_holds_line_by_line() {
        use NextStep::{Bisect, Discard, Finish, ResumeFrom, Retry};
        let table = [
            // retries, bisect, records, attempts, outcome, expected
            (Some(2), false, 4, 1, Outcome::Success, Finish),
            (Some(2), true, 4, 3, Outcome::Success, Finish),
            (Some(0), false, 4, 1, Outcome::Partial { succeeded: 1 }, ResumeFrom { succeeded: 1 }),
            (Some(0), true, 4, 1, Outcome::Partial { succeeded: 3 }, ResumeFrom { succeeded: 3 }),
            (Some(0), true, 4, 1, ERROR, Bisect { left: 2 }),
            (Some(0), true, 5, 1, ERROR, Bisect { left: 2 }),
            (Some(0), true, 3, 1, NO_PROGRESS, Bisect { left: 1 }),
            (None, true, 2, 900, NO_PROGRESS, Bisect { left: 1 }),
            (Some(1), true, 1, 1, ERROR, Retry { retry: 1 }),
            (Some(1), true, 1, 2, ERROR, Discard),
            (Some(2), false, 4, 1, ERROR, Retry { retry: 1 }),
            (Some(2), false, 4, 2, NO_PROGRESS, Retry { retry: 2 }),
            (Some(2), false, 4, 3, ERROR, Discard),
            (Some(2), false, 4, 3, NO_PROGRESS, Discard),
            (Some(0), false, 4, 1, ERROR, Discard),
            (None, false, 4, 123_456, ERROR, Retry { retry: 123_456 }),
        ];
        for (retries, bisect, records, attempts, outcome, expected) in table {
            let next = after_attempt(policy(retries, bisect), records, attempts, outcome);
            assert_eq!(
                next, expected,
                "R={retries:?} bisect={bisect} n={records} attempts={attempts} {outcome:?}"
            );
        }
    }
}
