//! One plain sentence that says what happened in a variant.

use crate::results::{BlockedByCause, Estimate, StabilityVerdict, VariantSummary};
use crate::units::Duration;

/// A shard that stood still for less than this does not make the headline.
const NOTABLE_BLOCKED_SECONDS: f64 = 60.0;
/// Fewer throttled reads than this do not make the headline.
const NOTABLE_SHARE_OF_READS: f64 = 0.01;

/// Says what happened, the most serious thing first.
pub fn describe(summary: &VariantSummary) -> String {
    let what = if summary.stability.verdict == StabilityVerdict::Unstable {
        unstable(summary)
    } else if value(&summary.blocked_shard_time.worst_shard) >= NOTABLE_BLOCKED_SECONDS {
        blocked(summary)
    } else {
        let p99 = length(value(&summary.iterator_age.p99));
        let max = length(value(&summary.iterator_age.max));
        match summary.iterator_age.max.value {
            Some(_) => {
                format!("99 % of invocations saw records at most {p99} old, all at most {max}")
            }
            None => "Nothing was invoked".to_owned(),
        }
    };
    format!("{what}; {}{}.", throttled_reads(summary), losses(summary))
}

/// Many reads refused, which no lane and no CloudWatch metric of the function shows.
fn throttled_reads(summary: &VariantSummary) -> String {
    let (refused, calls) = (value(&summary.read_throttles), value(&summary.polls));
    match refused >= NOTABLE_SHARE_OF_READS * calls && refused > 0.0 {
        true => format!("{:.0} % of its reads were throttled; ", 100.0 * refused / calls),
        false => String::new(),
    }
}

fn unstable(summary: &VariantSummary) -> String {
    let slope = summary.stability.age_slope.unwrap_or(0.0);
    let oldest = length(value(&summary.iterator_age.max));
    format!(
        "The busiest lane is offered {:.2} times what it can carry, so its age grows by {} per \
         minute while the load lasts (here up to {oldest})",
        summary.stability.worst_utilization,
        length(slope * 60.0)
    )
}

fn blocked(summary: &VariantSummary) -> String {
    let blocked = &summary.blocked_shard_time;
    let worst = length(value(&blocked.worst_shard));
    format!("The worst shard stood still for {worst}{}", cause(&blocked.by_cause))
}

fn cause(by_cause: &BlockedByCause) -> &'static str {
    let causes = [
        (value(&by_cause.function_error), " because of a failing batch"),
        (value(&by_cause.throttle), " for lack of concurrency"),
        (value(&by_cause.oversize), " because of a record above the payload limit"),
    ];
    let largest = causes.into_iter().reduce(|most, next| if next.0 > most.0 { next } else { most });
    largest.map_or("", |(_, words)| words)
}

fn losses(summary: &VariantSummary) -> String {
    let ledger = &summary.ledger;
    let discarded = value(&ledger.discarded.retry_attempts_exhausted)
        + value(&ledger.discarded.record_age_exceeded);
    let expired = value(&ledger.expired);
    match (discarded > 0.0, expired > 0.0) {
        (false, false) => "no record was lost".to_owned(),
        (true, false) => format!("{} discarded", records(discarded)),
        (false, true) => format!("{} lost to retention", records(expired)),
        (true, true) => {
            let expired = records(expired);
            format!("{} discarded and {expired} lost to retention", records(discarded))
        }
    }
}

/// A count of records for a sentence, on average over replications.
fn records(count: f64) -> String {
    let (figure, unit) = match count {
        1.0 => return "1 record was".to_owned(),
        _ if count < 10.0 => (format!("{count:.1}"), ""),
        _ if count < 10_000.0 => (format!("{count:.0}"), ""),
        _ if count < 1e6 => (format!("{:.0}", count / 1e3), " thousand"),
        _ => (format!("{:.1}", count / 1e6), " million"),
    };
    let figure = figure.strip_suffix(".0").unwrap_or(&figure).to_owned();
    format!("{figure}{unit} records were")
}

/// A length of time with as many digits as a sentence can bear.
fn length(seconds: f64) -> String {
    let rounded = match seconds {
        _ if seconds < 1.0 => libm::round(seconds * 1e3) / 1e3,
        _ if seconds < 60.0 => libm::round(seconds * 1e1) / 1e1,
        _ => libm::round(seconds),
    };
    Duration::from_secs_f64(rounded).to_string()
}

fn value(estimate: &Estimate) -> f64 {
    estimate.value.unwrap_or(0.0)
}
