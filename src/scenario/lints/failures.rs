//! Retries, ages, destinations and partial responses that do not fit together.

use super::{Lints, duration_of};
use crate::model::settings::{
    Arrivals, FailureReport, FaultKind, Horizon, PoisonMarks, Settings, Traffic,
};
use crate::units::{Duration, Instant, Limit};

/// How long a DynamoDB stream keeps records, and a Kinesis stream where nobody says more (S1.5).
const USUAL_RETENTION: Duration = Duration::from_secs(86_400);

pub(super) fn lint(lints: &mut Lints<'_>) {
    endless_retries(lints);
    run_too_short(lints);
    age_below_window(lints);
    age_below_retry(lints);
    timeout_above_age(lints);
    no_destination(lints);
    bisect_without_responses(lints);
    responses(lints);
}

/// When the first batch fails that will always fail.
fn always_fails_from(settings: &Settings) -> Option<Instant> {
    let fault = |fault: &crate::model::settings::Fault| match fault.kind {
        FaultKind::Poison(PoisonMarks::First { at, .. }) => Some(at.max(fault.from)),
        FaultKind::Poison(
            PoisonMarks::Number { .. } | PoisonMarks::Rate(_) | PoisonMarks::Probability(_),
        ) => Some(fault.from),
        FaultKind::FailsAboveBatch(most) => {
            (settings.mapping.batch_size > most && !settings.mapping.bisect).then_some(fault.from)
        }
        FaultKind::ErrorRate(_)
        | FaultKind::PerRecordRate(_)
        | FaultKind::Outage
        | FaultKind::Slow(_)
        | FaultKind::DownstreamLimit(_) => None,
    };
    let scripted = |source: &Traffic| match &source.arrivals {
        Arrivals::Scripted { records } => {
            records.iter().filter(|record| record.poison).map(|record| record.at).min()
        }
        Arrivals::Constant { .. }
        | Arrivals::Poisson { .. }
        | Arrivals::Profile { .. }
        | Arrivals::Diurnal { .. }
        | Arrivals::Bursts { .. }
        | Arrivals::OnOff { .. }
        | Arrivals::Renewal { .. }
        | Arrivals::TraceTimes { .. }
        | Arrivals::TraceCounts { .. } => None,
    };
    let faults = settings.function.faults.iter().filter_map(fault);
    faults.chain(settings.traffic.iter().filter_map(scripted)).min()
}

fn is_endless(settings: &Settings) -> bool {
    settings.mapping.maximum_retry_attempts == Limit::Unlimited
        && settings.mapping.maximum_record_age == Limit::Unlimited
}

/// S5.1, S5.5.
fn endless_retries(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    if !is_endless(settings) {
        return;
    }
    let retention = settings.stream.retention;
    let message = if always_fails_from(settings).is_some() {
        format!(
            "retries have no bound and some batches always fail: each blocks its shard until it \
             expires after {retention}"
        )
    } else if retention > USUAL_RETENTION {
        format!(
            "retries have no bound and the stream keeps records for {retention}: a record that \
             always fails would block its shard for that long"
        )
    } else {
        return;
    };
    let help = "set MaximumRetryAttempts or MaximumRecordAgeInSeconds, and an on-failure \
                destination"
        .to_owned();
    lints.warn("mapping.MaximumRetryAttempts", "W-endless-retries", message, help);
}

/// S1.5.
fn run_too_short(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let (Horizon::For(length), Some(from)) = (settings.horizon, always_fails_from(settings)) else {
        return;
    };
    let ends = Instant::START + length;
    let expires = from.saturating_add(settings.stream.retention);
    if is_endless(settings) && from < ends && expires >= ends {
        let message = format!(
            "the run ends after {length}, before a batch that fails at {} expires: its losses \
             are not seen",
            from.since(Instant::START)
        );
        let needed = expires.since(Instant::START) + Duration::from_secs(3_600);
        let help = format!("write a `duration` of {needed} to see them");
        lints.warn("duration", "W-run-too-short", message, help);
    }
}

/// S7.1, S3.1.
fn age_below_window(lints: &mut Lints<'_>) {
    let window = lints.settings.mapping.batching_window;
    if let Limit::Limited(age) = lints.settings.mapping.maximum_record_age
        && age < window
    {
        let message = format!(
            "records are discarded at an age of {age}, but the batching window gathers them for \
             up to {window}"
        );
        let help = "keep MaximumRecordAgeInSeconds well above the window".to_owned();
        lints.warn("mapping.MaximumRecordAgeInSeconds", "W-age-below-window", message, help);
    }
}

/// How long a failed attempt at a full batch takes.
fn failed_attempt(settings: &Settings) -> Duration {
    let function = &settings.function;
    let full = duration_of(function, settings.mapping.batch_size);
    match function.reports {
        FailureReport::TimesOut => function.timeout,
        FailureReport::Raises | FailureReport::FirstFailed | FailureReport::AllFailed => {
            function.fail_after.unwrap_or(full).min(function.timeout)
        }
    }
}

/// S5.3, S5.4, S7.1.
fn age_below_retry(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let attempt = failed_attempt(settings);
    let wait = settings.knobs.retry.base;
    let may_retry = settings.mapping.maximum_retry_attempts != Limit::Limited(0);
    if let Limit::Limited(age) = settings.mapping.maximum_record_age
        && may_retry
        && age <= attempt + wait
    {
        let message = format!(
            "a failed attempt takes {attempt} and the wait after it {wait}: at an age of {age} no \
             batch is tried a second time"
        );
        let help = "raise MaximumRecordAgeInSeconds, or lower `function.timeout`".to_owned();
        lints.warn("mapping.MaximumRecordAgeInSeconds", "W-age-below-retry", message, help);
    }
}

/// S7.1, S10.1.
fn timeout_above_age(lints: &mut Lints<'_>) {
    let timeout = lints.settings.function.timeout;
    if let Limit::Limited(age) = lints.settings.mapping.maximum_record_age
        && timeout >= age
    {
        let message = format!(
            "an attempt that hangs lasts {timeout}, and records are discarded at an age of {age}"
        );
        let help = format!("keep the timeout well below {age}");
        lints.warn("function.timeout", "W-timeout-above-age", message, help);
    }
}

/// S5.6, S8.1.
fn no_destination(lints: &mut Lints<'_>) {
    let mapping = &lints.settings.mapping;
    let is_bounded = mapping.maximum_retry_attempts != Limit::Unlimited
        || mapping.maximum_record_age != Limit::Unlimited;
    if is_bounded && mapping.on_failure.is_none() {
        let message = "records that are given up leave no trace".to_owned();
        let help = "set DestinationConfig.OnFailure.Destination to the ARN of a queue, topic or \
                    bucket"
            .to_owned();
        lints.warn("mapping", "W-no-destination", message, help);
    }
}

/// S6.1, S6.2.
fn bisect_without_responses(lints: &mut Lints<'_>) {
    let mapping = &lints.settings.mapping;
    // A script is there to be looked at.
    let is_scripted = !lints.settings.function.behaviour.is_empty();
    let halves = mapping.bisect && mapping.batch_size > 1;
    if halves && !mapping.report_batch_item_failures && !is_scripted {
        let splits = mapping.batch_size.next_power_of_two().ilog2();
        let message = format!(
            "a bad record in a batch of {} is found by about {splits} splits, each after a failed \
             invocation",
            mapping.batch_size
        );
        let help = "let the function name the failed record: FunctionResponseTypes = \
                    [\"ReportBatchItemFailures\"]"
            .to_owned();
        let path = "mapping.BisectBatchOnFunctionError";
        lints.warn(path, "W-bisect-without-responses", message, help);
    }
}

/// S6.2, S6.5.
fn responses(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let function = &settings.function;
    let fails = |kind: &FaultKind| !matches!(kind, FaultKind::Slow(_));
    if !function.faults.iter().any(|fault| fails(&fault.kind)) || !function.behaviour.is_empty() {
        return;
    }
    let responds = match function.reports {
        FailureReport::FirstFailed | FailureReport::AllFailed => true,
        FailureReport::Raises | FailureReport::TimesOut => false,
    };
    match (responds, settings.mapping.report_batch_item_failures) {
        (true, false) => {
            let message = "the function names failed records in its response, which is ignored: \
                           they count as processed"
                .to_owned();
            let help = "set FunctionResponseTypes = [\"ReportBatchItemFailures\"] in `[mapping]`";
            lints.warn("function.reports", "W-response-ignored", message, help.to_owned());
        }
        (false, true) => {
            let message =
                "the function raises or times out, so it never gives a partial response".to_owned();
            let help = "write `reports = \"first_failed\"` in `[function]` if it returns them";
            let path = "mapping.FunctionResponseTypes";
            lints.warn(path, "W-response-never-given", message, help.to_owned());
        }
        (true, true) | (false, false) => {}
    }
}
