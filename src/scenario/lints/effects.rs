//! What has no effect, or another one than it seems.

use super::super::traffic::matches_everything;
use super::{Lints, duration_of};
use crate::model::settings::{FaultKind, Horizon, PoisonMarks, StartingPosition, StreamKind};
use crate::units::{Instant, Probability};

/// A batch that needs more than this share of the timeout is near it.
const NEAR_TIMEOUT: f64 = 0.8;

pub(super) fn lint(lints: &mut Lints<'_>) {
    timeout_near_duration(lints);
    latest_skips(lints);
    after_the_end(lints);
    batch_of_one(lints);
    writes_back_unfiltered(lints);
    filter_share(lints);
}

/// S10.1.
fn timeout_near_duration(lints: &mut Lints<'_>) {
    let function = &lints.settings.function;
    let batch_size = lints.settings.mapping.batch_size;
    let one_record = duration_of(function, 1);
    let full_batch = duration_of(function, batch_size);
    let timeout = function.timeout;
    let message = if one_record >= timeout {
        format!(
            "every invocation times out: one record takes {one_record}, the timeout is {timeout}"
        )
    } else if full_batch >= timeout.scaled(NEAR_TIMEOUT) {
        format!("a full batch of {batch_size} takes {full_batch}, the timeout is {timeout}")
    } else {
        return;
    };
    let help = "raise `timeout` (at most 900s), or lower BatchSize".to_owned();
    lints.warn("function.timeout", "W-timeout-near-duration", message, help);
}

/// S2.5.
fn latest_skips(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let delay = settings.knobs.enable_delay;
    let is_early = settings.traffic.iter().any(|source| source.from < Instant::START + delay);
    let mapping = &settings.mapping;
    if mapping.starting_position == StartingPosition::Latest && mapping.enabled && is_early {
        let message = format!(
            "what is written in the first {delay}, before polling begins, is skipped and never \
             handled"
        );
        let help = match settings.stream.kind {
            StreamKind::DynamoDb => "write `StartingPosition = \"TRIM_HORIZON\"` to read it",
            StreamKind::Kinesis => {
                "write `StartingPosition = \"TRIM_HORIZON\"` or `\"AT_TIMESTAMP\"` to read it"
            }
        };
        lints.warn("mapping.StartingPosition", "W-latest-skips", message, help.to_owned());
    }
}

/// What lies behind the end of the run.
fn after_the_end(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let Horizon::For(length) = settings.horizon else { return };
    let end = Instant::START + length;
    let traffic = settings.traffic.iter().map(|source| source.from);
    let faults = settings.function.faults.iter().map(|fault| match fault.kind {
        FaultKind::Poison(PoisonMarks::First { at, .. }) => at.max(fault.from),
        FaultKind::Poison(
            PoisonMarks::Number { .. } | PoisonMarks::Rate(_) | PoisonMarks::Probability(_),
        )
        | FaultKind::ErrorRate(_)
        | FaultKind::PerRecordRate(_)
        | FaultKind::Outage
        | FaultKind::Slow(_)
        | FaultKind::FailsAboveBatch(_)
        | FaultKind::DownstreamLimit(_) => fault.from,
    });
    let schedule = settings.schedule.iter().map(|change| change.at);
    let listed = |path: &str, times: &mut dyn Iterator<Item = Instant>| -> Vec<(String, Instant)> {
        let late = times.enumerate().filter(|(_, at)| *at >= end);
        late.map(|(index, at)| (format!("{path}.{index}"), at)).collect()
    };
    let mut late = listed("traffic", &mut { traffic });
    late.extend(listed("function.fault", &mut { faults }));
    late.extend(listed("mapping.schedule", &mut { schedule }));
    for (path, at) in late {
        let at = at.since(Instant::START);
        let message = format!("begins at {at}, and the run ends after {length}: it never happens");
        let help = format!("lengthen `duration` beyond {at}, or let it begin earlier");
        lints.warn(&path, "W-after-the-end", message, help);
    }
}

/// S3.1, S6.1: what a batch of one record has no use for.
fn batch_of_one(lints: &mut Lints<'_>) {
    let mapping = &lints.settings.mapping;
    if mapping.batch_size > 1 {
        return;
    }
    let has_window = !mapping.batching_window.is_zero();
    let useless = [
        (has_window, "MaximumBatchingWindowInSeconds", "is full at once and waits for no window"),
        (mapping.bisect, "BisectBatchOnFunctionError", "has no halves"),
    ];
    for (_, name, why) in useless.iter().filter(|(is_set, ..)| *is_set) {
        let message = format!("a batch of one record {why}");
        let help = "raise BatchSize, or remove this".to_owned();
        lints.warn(&format!("mapping.{name}"), "W-no-effect", message, help);
    }
}

/// S10.6.
fn writes_back_unfiltered(lints: &mut Lints<'_>) {
    if let Some(writes_back) = &lints.settings.function.writes_back
        && !writes_back.filtered
    {
        let message = "the function's own writes come back to it without end".to_owned();
        let help = "filter them, and write `filtered = true`".to_owned();
        lints.warn("function.writes_back", "W-writes-back-unfiltered", message, help);
    }
}

/// S3.5.
fn filter_share(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let has_filter = lints.root.nearest("mapping").child("FilterCriteria").is_some();
    let writes_filtered =
        settings.function.writes_back.as_ref().is_some_and(|writes| writes.filtered);
    match (has_filter, matches_everything(&settings.traffic)) {
        (true, true) if !writes_filtered => {
            let message = "patterns are not evaluated: every record is taken to match".to_owned();
            let help = "say which share does with `matches_filter` in `[[traffic]]`".to_owned();
            lints.warn("mapping.FilterCriteria", "W-filter-share", message, help);
        }
        (false, false) => {
            let is_partial = |share: &Probability| *share != Probability::ONE;
            let share = settings.traffic.iter().map(|source| source.matches_filter);
            let share = share.into_iter().find(is_partial).unwrap_or(Probability::ONE);
            let message = format!(
                "only {} of the records match a filter that the mapping does not have; they are \
                 filtered all the same",
                percent(share)
            );
            let help = "give the mapping FilterCriteria, or remove `matches_filter`".to_owned();
            lints.warn("traffic", "W-filter-share", message, help);
        }
        (true | false, true | false) => {}
    }
}

fn percent(share: Probability) -> String {
    let text = format!("{:.4}", share.get() * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}
