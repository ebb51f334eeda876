//! How long a full batch occupies its lane, failed attempts, splits and waits included.
//!
//! An attempt at n records takes d(n) on average and succeeds, or fails as a whole with chance
//! x(n), or has its first failed record behind k handled ones with chance p_k(n), where the
//! function reports that. With the waits b_j before retry j, R retries and the split delay s:
//!
//! ```text
//! retried whole  E(n) = A(n) sum_(j=0)^R x^j + sum_(j=1)^R x^j b_j
//! bisected       E(n) = A(n) + x (s + E(floor n/2) + E(ceil n/2))            n > 1
//!                A(n) = d(n) + sum_(k=1)^(n-1) p_k (s + E(n-k))
//! ```
//!
//! Attempts occupy concurrency too, waits do not. Chances come from error rates and record error
//! rates that last all the time, from timeouts, and from a batch that is too large for the
//! function (S10.4).
//!
//! Reference: rules S5.1, S5.3, S6.1 to S6.4; bisect as in group h of the known answers. Left out:
//! outages and other passing faults, poison records, downstream limits, cold starts, and maximum
//! ages, which end retries early.

use super::duration_law::FactorLaw;
use crate::model::settings::{
    Backoff, FailureReport, Fault, FaultKind, Function, Knobs, Mapping, Settings,
};
use crate::units::{Duration, Instant, Limit};

/// Attempts are counted up to this; beyond it a batch practically never succeeds.
const ATTEMPTS_MAX: f64 = 1e6;

/// Mean times for which a batch occupies what it needs, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Occupancy {
    /// Its lane, from its first attempt to its end.
    pub lane: f64,
    /// A slot of concurrency: the attempts alone.
    pub executing: f64,
}

impl Occupancy {
    fn plus(self, other: Occupancy, times: f64) -> Occupancy {
        Occupancy {
            lane: self.lane + other.lane * times,
            executing: self.executing + other.executing * times,
        }
    }

    fn waiting(seconds: f64) -> Occupancy {
        Occupancy { lane: seconds, executing: 0.0 }
    }
}

/// The occupancy of a batch of `records` records of `bytes` each.
pub fn of_batch(settings: &Settings, records: u32, bytes: u64) -> Occupancy {
    let chances = Chances::of(settings, bytes);
    let splits = settings.mapping.bisect || chances.reports;
    if !splits {
        let attempt = chances.attempt(records);
        return retried(attempt.taken, attempt.fails_whole, settings);
    }
    let mut of_size = vec![Occupancy::default()];
    // sum_(k=1)^(n-1) r (1-r)^k (s + E(n-k)), from that of n - 1.
    let mut progress = Occupancy::default();
    let pause = Occupancy::waiting(settings.knobs.split_delay.as_secs_f64());
    let spared = 1.0 - chances.record;
    for size in 1..=records as usize {
        if chances.reports && size > 1 {
            let rest = of_size[size - 1].plus(pause, 1.0);
            progress =
                Occupancy::default().plus(progress, spared).plus(rest, spared * chances.record);
        }
        let attempt = chances.attempt(size as u32);
        let once = attempt.taken.plus(progress, attempt.answers);
        of_size.push(if settings.mapping.bisect && size > 1 {
            let (left, right) = (of_size[size / 2], of_size[size - size / 2]);
            let halves = pause.plus(left, 1.0).plus(right, 1.0);
            once.plus(halves, attempt.fails_whole)
        } else {
            retried(once, attempt.fails_whole, settings)
        });
    }
    of_size[records as usize]
}

/// A batch that is retried whole, with an attempt that takes `once` and fails with `chance`.
fn retried(once: Occupancy, chance: f64, settings: &Settings) -> Occupancy {
    let retries = retries(&settings.mapping);
    let attempts = powers(chance, retries + 1.0);
    let waits = Occupancy::waiting(waits(&settings.knobs, chance, retries));
    Occupancy::default().plus(once, attempts).plus(waits, 1.0)
}

fn retries(mapping: &Mapping) -> f64 {
    match mapping.maximum_retry_attempts {
        Limit::Limited(retries) => f64::from(retries).min(ATTEMPTS_MAX),
        Limit::Unlimited => ATTEMPTS_MAX,
    }
}

/// `1 + x + ... + x^(count-1)`.
fn powers(x: f64, count: f64) -> f64 {
    if x < 1.0 { (1.0 - libm::pow(x, count)) / (1.0 - x) } else { count }
}

/// `sum_(j=1)^retries x^j b_j`; from the first wait at the cap on, all are alike.
fn waits(knobs: &Knobs, x: f64, retries: f64) -> f64 {
    let Backoff { base, factor, cap, jitter: _ } = knobs.retry;
    let (mut wait, cap) = (base.as_secs_f64(), cap.as_secs_f64());
    let (mut sum, mut reached, mut done) = (0.0, x, 0.0);
    while done < retries && wait < cap && factor > 1.0 && wait > 0.0 {
        sum += reached * wait;
        reached *= x;
        wait *= factor;
        done += 1.0;
    }
    sum + reached * wait.min(cap) * powers(x, (retries - done).max(0.0))
}

/// What decides how an attempt goes.
struct Chances<'a> {
    function: &'a Function,
    overhead: Duration,
    /// Product of slow faults.
    slow: f64,
    /// Bytes of a record.
    bytes: u64,
    /// An invocation fails as a whole.
    whole: f64,
    /// A record fails.
    record: f64,
    /// Larger batches always fail.
    too_large: Option<u32>,
    /// The mapping is told the first failed record.
    reports: bool,
    /// A failed record goes unnoticed.
    ignored: bool,
}

/// How an attempt goes on average.
struct Attempt {
    taken: Occupancy,
    /// It fails without progress, but for a first failed record behind others.
    fails_whole: f64,
    /// It does not fail as a whole, so that a failed record can be reported.
    answers: f64,
}

impl Chances<'_> {
    fn of(settings: &Settings, bytes: u64) -> Chances<'_> {
        let function = &settings.function;
        let tells = match function.reports {
            FailureReport::Raises | FailureReport::TimesOut => false,
            FailureReport::FirstFailed | FailureReport::AllFailed => true,
        };
        let mut chances = Chances {
            function,
            overhead: settings.knobs.invoke_overhead,
            slow: 1.0,
            bytes,
            whole: 0.0,
            record: 0.0,
            too_large: None,
            reports: tells && settings.mapping.report_batch_item_failures,
            ignored: tells && !settings.mapping.report_batch_item_failures,
        };
        for fault in function.faults.iter().filter(|fault| lasts(fault)) {
            match fault.kind {
                FaultKind::ErrorRate(chance) => chances.whole = either(chances.whole, chance.get()),
                FaultKind::PerRecordRate(chance) => {
                    chances.record = either(chances.record, chance.get());
                }
                FaultKind::Slow(factor) => chances.slow *= factor,
                FaultKind::FailsAboveBatch(most) => {
                    chances.too_large = Some(chances.too_large.map_or(most, |old| old.min(most)));
                }
                FaultKind::Outage => chances.whole = 1.0,
                FaultKind::Poison(_) | FaultKind::DownstreamLimit(_) => {}
            }
        }
        chances
    }

    fn attempt(&self, records: u32) -> Attempt {
        let duration = &self.function.duration;
        let of_records = duration.per_record.as_secs_f64() * f64::from(records);
        let kilobytes = self.bytes as f64 * f64::from(records) / 1024.0;
        let mean =
            (duration.base.as_secs_f64() + of_records + duration.per_kb.as_secs_f64() * kilobytes)
                * self.slow;
        let timeout = self.function.timeout.as_secs_f64();
        let law = FactorLaw(&duration.variation);
        let (times_out, full) = match mean > 0.0 {
            true => (law.beyond(timeout / mean), mean * law.mean_up_to(timeout / mean)),
            false => (0.0, 0.0),
        };
        let is_too_large = self.too_large.is_some_and(|most| records > most);
        let whole = if is_too_large { 1.0 } else { self.whole };
        let spared = libm::pow(1.0 - self.record, f64::from(records));
        let by_record = (1.0 - whole) * (1.0 - spared);
        let failing = self.function.fail_after.map_or(full, |after| after.as_secs_f64());
        let failing_by_record = match self.function.reports {
            FailureReport::TimesOut => timeout,
            FailureReport::Raises | FailureReport::FirstFailed | FailureReport::AllFailed => {
                failing
            }
        };
        let runs = whole * failing.min(timeout)
            + by_record * failing_by_record.min(timeout)
            + (1.0 - whole) * spared * full;
        let seconds = self.overhead.as_secs_f64() + runs;
        // What fails takes `fail_after`, if there is one, and then never times out.
        let ends = 1.0 - times_out;
        let ends_failing = if self.function.fail_after.is_some() { 1.0 } else { ends };
        let answers = (1.0 - whole) * ends_failing;
        let succeeds = (1.0 - whole) * spared * ends
            + if self.ignored { by_record * ends_failing } else { 0.0 };
        // The first failed record has handled ones before it: all failures but of the first.
        let progresses = match self.reports {
            true => answers * (1.0 - self.record - spared).max(0.0),
            false => 0.0,
        };
        Attempt {
            taken: Occupancy { lane: seconds, executing: seconds },
            fails_whole: (1.0 - succeeds - progresses).clamp(0.0, 1.0),
            answers,
        }
    }
}

/// The chance of at least one of two independent failures.
fn either(one: f64, other: f64) -> f64 {
    1.0 - (1.0 - one) * (1.0 - other)
}

/// Whether a fault is there all the time.
fn lasts(fault: &Fault) -> bool {
    fault.from == Instant::START && fault.to == Instant::FAR_FUTURE
}
