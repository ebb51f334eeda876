//! Limits on invocations at once (S10.3): reserved concurrency, or what other functions leave
//! of the account's limit.

use crate::model::settings::Concurrency;
use crate::units::{Instant, Limit};

/// How many invocations may run at once, over time.
#[derive(Debug, Clone)]
pub struct ConcurrencyLimit {
    limit: Limit<u32>,
    others: Vec<(Instant, u32)>,
    /// Index of the next change of `others`.
    next: usize,
    used_by_others: u32,
}

impl ConcurrencyLimit {
    /// The limit of `concurrency`.
    pub fn new(concurrency: &Concurrency) -> ConcurrencyLimit {
        match concurrency.reserved {
            // Reserved concurrency is the function's own: others cannot use it up.
            Some(reserved) => ConcurrencyLimit {
                limit: Limit::Limited(reserved),
                others: Vec::new(),
                next: 0,
                used_by_others: 0,
            },
            None => ConcurrencyLimit {
                limit: concurrency.account_limit,
                others: concurrency.other_functions.clone(),
                next: 0,
                used_by_others: 0,
            },
        }
    }

    /// Whether one more invocation may start at `now` beside `in_flight`; times do not go back.
    pub fn allows(&mut self, now: Instant, in_flight: u32) -> bool {
        let Limit::Limited(limit) = self.limit else { return true };
        while let Some(&(from, used)) = self.others.get(self.next) {
            if from > now {
                break;
            }
            self.used_by_others = used;
            self.next += 1;
        }
        in_flight < limit.saturating_sub(self.used_by_others)
    }

    /// Times at which the limit changes.
    pub fn changes(&self) -> impl Iterator<Item = Instant> + '_ {
        self.others.iter().map(|&(from, _)| from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_functions_leave_the_rest_of_the_account_limit() {
        let mut limit = ConcurrencyLimit::new(&Concurrency {
            account_limit: Limit::Limited(10),
            reserved: None,
            other_functions: vec![(Instant::from_secs(5), 8), (Instant::from_secs(9), 20)],
            environments_per_10s: Limit::Unlimited,
        });
        assert!(limit.allows(Instant::from_secs(4), 9));
        assert!(!limit.allows(Instant::from_secs(5), 2));
        assert!(limit.allows(Instant::from_secs(6), 1));
        assert!(!limit.allows(Instant::from_secs(9), 0));
    }

    #[test]
    fn reserved_concurrency_is_not_shared() {
        let mut limit = ConcurrencyLimit::new(&Concurrency {
            account_limit: Limit::Limited(10),
            reserved: Some(3),
            other_functions: vec![(Instant::START, 10)],
            environments_per_10s: Limit::Unlimited,
        });
        assert!(limit.allows(Instant::START, 2));
        assert!(!limit.allows(Instant::START, 3));
    }
}
