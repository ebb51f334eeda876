//! Whether the shards of a run have anything to do with each other.
//!
//! What happens in one shard can matter to another in these ways only, all others being excluded
//! by the rules named:
//!
//! | way | rule | independent where |
//! |---|---|---|
//! | throttles | S10.3 | the limit is never below the number of lanes |
//! | new environments | S10.2, S10.3 | they are never short, and cold starts take no time |
//! | faults by concurrency | S10.4 | no downstream limit |
//! | several functions in an account | S10.3 | one consumer |
//! | splits and merges | S1.7 | none |
//! | what the function writes back, by its keys | S10.6 | nothing |
//! | polling starts when no batch is in flight | S2.6 | it never stops |
//! | failing deliveries are counted over the run | S8.3 | no destination |
//! | the run ends when all is done | | it ends at a time |
//!
//! New environments are never short where the scaling rate lets one start for every lane within
//! 10 s and none is lost within that time, by idleness or by timing out: then the environments
//! started in any 10 s are all alive at once, and more than lanes are never alive.

use crate::model::settings::{Concurrency, FailureReport, FaultKind, Horizon, Settings, Variation};
use crate::units::{Duration, Limit};

/// Period of the scaling rate (S10.3).
const SCALING_PERIOD: Duration = Duration::from_secs(10);

/// Whether no shard matters to another, where `settings` are those of the only consumer.
pub fn shards_are_independent(settings: &Settings) -> bool {
    let lanes = u64::from(settings.stream.shards_in_all())
        * u64::from(settings.mapping.parallelization_factor);
    matches!(settings.horizon, Horizon::For(_))
        && settings.schedule.is_empty()
        && settings.stream.reshards.is_empty()
        && settings.function.writes_back.is_none()
        && settings.function.behaviour.is_empty()
        && settings.mapping.on_failure.is_none()
        && least_concurrency(&settings.concurrency).is_none_or(|least| lanes <= least)
        && environments_do_not_matter(settings, lanes)
        && !settings.function.faults.iter().any(|fault| match fault.kind {
            FaultKind::DownstreamLimit(_) => true,
            FaultKind::Poison(_)
            | FaultKind::PerRecordRate(_)
            | FaultKind::ErrorRate(_)
            | FaultKind::Outage
            | FaultKind::FailsAboveBatch(_)
            | FaultKind::Slow(_) => false,
        })
}

/// Invocations that may run at once at all times; `None`: any number.
fn least_concurrency(concurrency: &Concurrency) -> Option<u64> {
    let Limit::Limited(limit) = (match concurrency.reserved {
        Some(reserved) => Limit::Limited(reserved),
        None => concurrency.account_limit,
    }) else {
        return None;
    };
    let others = concurrency.other_functions.iter().map(|&(_, used)| used).max();
    let taken = if concurrency.reserved.is_some() { 0 } else { others.unwrap_or(0) };
    Some(u64::from(limit.saturating_sub(taken)))
}

fn environments_do_not_matter(settings: &Settings, lanes: u64) -> bool {
    let (function, rate) = (&settings.function, settings.concurrency.environments_per_10s);
    let are_never_short = match rate {
        Limit::Unlimited => true,
        Limit::Limited(rate) => {
            lanes <= u64::from(rate)
                && function.idle_timeout >= SCALING_PERIOD
                && (function.timeout >= SCALING_PERIOD || never_times_out(settings))
        }
    };
    function.init.is_zero() && are_never_short
}

/// Whether the longest invocation there can be ends in time.
fn never_times_out(settings: &Settings) -> bool {
    let function = &settings.function;
    let duration = &function.duration;
    let largest_factor = match &duration.variation {
        Variation::None => 1.0,
        Variation::Uniform { high, .. } => *high,
        Variation::Empirical { points } => points.iter().map(|point| point.1).fold(0.0, f64::max),
        Variation::Exponential
        | Variation::Erlang { .. }
        | Variation::Hyperexponential { .. }
        | Variation::Lognormal { .. } => return false,
    };
    let slowed: f64 = function
        .faults
        .iter()
        .map(|fault| match fault.kind {
            FaultKind::Slow(factor) => factor.max(1.0),
            FaultKind::Poison(_)
            | FaultKind::PerRecordRate(_)
            | FaultKind::ErrorRate(_)
            | FaultKind::Outage
            | FaultKind::FailsAboveBatch(_)
            | FaultKind::DownstreamLimit(_) => 1.0,
        })
        .product();
    let mut mean = duration.base + duration.per_record * u64::from(settings.mapping.batch_size);
    if !duration.per_kb.is_zero() {
        let Limit::Limited(payload) = settings.knobs.payload_limit else { return false };
        mean += duration.per_kb.scaled(payload.get() as f64 / 1024.0);
    }
    let longest = mean.scaled(largest_factor * slowed).max(function.fail_after.unwrap_or_default());
    longest < function.timeout && function.reports != FailureReport::TimesOut
}
