//! Limits on invocations at once (S10.3): reserved concurrency, or what other functions leave
//! of the account's limit.

use crate::model::settings::Concurrency;
use crate::units::{Instant, Limit};

/// Invocations in the account of all functions that are simulated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account {
    /// Running, of functions without reserved concurrency.
    pub unreserved: u32,
    /// Reserved concurrency of all functions together, which no other can use.
    pub reserved: u32,
}

impl Account {
    /// The account of functions with these settings, idle.
    pub fn of<'c>(functions: impl Iterator<Item = &'c Concurrency>) -> Account {
        let reserved = functions.filter_map(|concurrency| concurrency.reserved).sum();
        Account { unreserved: 0, reserved }
    }
}

/// How many invocations may run at once, over time.
#[derive(Debug, Clone)]
pub struct ConcurrencyLimit {
    limit: Limit<u32>,
    /// The limit is the function's own.
    is_reserved: bool,
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
                is_reserved: true,
                others: Vec::new(),
                next: 0,
                used_by_others: 0,
            },
            None => ConcurrencyLimit {
                limit: concurrency.account_limit,
                is_reserved: false,
                others: concurrency.other_functions.clone(),
                next: 0,
                used_by_others: 0,
            },
        }
    }

    /// Notes that an invocation starts.
    pub fn started(&self, account: &mut Account) {
        account.unreserved += u32::from(!self.is_reserved);
    }

    /// Notes that an invocation ended.
    pub fn ended(&self, account: &mut Account) {
        account.unreserved -= u32::from(!self.is_reserved);
    }

    /// Whether one more invocation may start at `now` beside `own` of the function and those of
    /// the account; times do not go back.
    pub fn allows(&mut self, now: Instant, own: u32, account: &Account) -> bool {
        let Limit::Limited(limit) = self.limit else { return true };
        let in_flight = if self.is_reserved { own } else { account.unreserved + account.reserved };
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
        let mut allows = |seconds, unreserved| {
            let account = Account { unreserved, reserved: 0 };
            limit.allows(Instant::from_secs(seconds), 0, &account)
        };
        assert!(allows(4, 9));
        assert!(!allows(5, 2));
        assert!(allows(6, 1));
        assert!(!allows(9, 0));
    }

    #[test]
    fn reserved_concurrency_is_not_shared() {
        let mut limit = ConcurrencyLimit::new(&Concurrency {
            account_limit: Limit::Limited(10),
            reserved: Some(3),
            other_functions: vec![(Instant::START, 10)],
            environments_per_10s: Limit::Unlimited,
        });
        let account = Account { unreserved: 10, reserved: 3 };
        assert!(limit.allows(Instant::START, 2, &account));
        assert!(!limit.allows(Instant::START, 3, &account));
    }

    #[test]
    fn what_is_reserved_for_one_function_no_other_can_use() {
        let concurrency = |reserved| Concurrency {
            account_limit: Limit::Limited(10),
            reserved,
            other_functions: Vec::new(),
            environments_per_10s: Limit::Unlimited,
        };
        let (one, other) = (concurrency(None), concurrency(Some(4)));
        let mut account = Account::of([&one, &other].into_iter());
        let mut limit = ConcurrencyLimit::new(&one);
        for running in 0..6 {
            assert!(limit.allows(Instant::START, running, &account), "{running} running");
            limit.started(&mut account);
        }
        assert!(!limit.allows(Instant::START, 6, &account));
        limit.ended(&mut account);
        assert!(limit.allows(Instant::START, 5, &account));
    }
}
