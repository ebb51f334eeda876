//! What other settings would have made of a record: the same replication again, with one change.
//!
//! | where the record's time went, or how it ended | tried |
//! |---|---|
//! | failed attempts, of it or before it | 2 retries; bisect; partial responses; a maximum age |
//! | behind batches that did not fail | twice the ParallelizationFactor; ten times the BatchSize |
//! | throttled, it or a batch before it | twice the reserved concurrency |
//! | batching window | no window |
//!
//! Nothing is guessed: each is run, with the same random numbers. Left out: runs in which a
//! function writes back, where another setting would move the records' sequences.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::record::Witness;
use super::{ExplainError, Run};
use crate::model::record::Record;
use crate::model::settings::{FailureReport, Mapping, Settings};
use crate::results::{RecordEnd, WhatIf};
use crate::units::{Duration, Limit};

/// A wait below this is not worth a change.
const WORTHWHILE: Duration = Duration::from_secs(1);

/// Ages that are tried as a maximum, the largest first.
const MAXIMUM_AGES: [u64; 3] = [3600, 300, 60];

/// One change of the settings.
struct Change {
    set: Vec<String>,
    settings: Settings,
}

/// Runs what would have changed the end of a record.
pub(super) fn what_ifs(
    run: &Run<'_>,
    witness: &Witness<'_>,
    known: Option<Record>,
) -> Result<Vec<WhatIf>, ExplainError> {
    let Some(record) = known else { return Ok(Vec::new()) };
    let (fate, before) = (witness.fate(), witness.totals());
    let outcome = |change: Change| {
        let other = Witness::new(&change.settings, witness.shard, witness.sequence, Some(record));
        let (mut other, finished) = run.observed(&change.settings, other)?;
        other.finish(finished.at);
        Ok(WhatIf { set: change.set, fate: other.fate(), before, after: other.totals() })
    };
    let changes = changes(run.settings(), witness);
    let outcomes: Result<Vec<WhatIf>, ExplainError> =
        changes.into_par_iter().map(outcome).collect();
    let mut outcomes = outcomes?;
    outcomes.retain(|what_if| what_if.fate != fate);
    Ok(outcomes)
}

/// What is worth a try.
fn changes(settings: &Settings, witness: &Witness<'_>) -> Vec<Change> {
    let lost = match witness.fate().end {
        RecordEnd::RetryAttemptsExhausted
        | RecordEnd::RecordAgeExceeded
        | RecordEnd::Dropped
        | RecordEnd::Expired => true,
        RecordEnd::Processed | RecordEnd::Filtered | RecordEnd::Skipped | RecordEnd::Waiting => {
            false
        }
    };
    let parts = witness.parts;
    let behind = parts.queue + parts.read_ahead + parts.poll;
    let failed = witness.failures > 0 || witness.waited_for_failures();
    let mut changes = Vec::new();
    if failed && (lost || parts.retry + behind > WORTHWHILE) {
        changes.extend(failure_changes(settings, witness));
    } else if behind > WORTHWHILE {
        changes.extend(capacity_changes(settings));
    }
    let throttled_before = witness.waited_for_throttles() && behind > WORTHWHILE;
    if parts.concurrency > WORTHWHILE || throttled_before {
        changes.extend(concurrency_change(settings));
    }
    if parts.window > WORTHWHILE {
        changes.push(mapping_change(
            settings,
            &["mapping.MaximumBatchingWindowInSeconds=0"],
            |mapping| mapping.batching_window = Duration::ZERO,
        ));
    }
    changes
}

/// Ways to get rid of a batch that fails.
fn failure_changes(settings: &Settings, witness: &Witness<'_>) -> Vec<Change> {
    let mapping = &settings.mapping;
    let mut changes = Vec::new();
    let is_limited = mapping.maximum_retry_attempts.bound().is_some_and(|most| most <= 2);
    if !is_limited {
        changes.push(mapping_change(settings, &["mapping.MaximumRetryAttempts=2"], |mapping| {
            mapping.maximum_retry_attempts = Limit::Limited(2);
        }));
    }
    if !mapping.bisect && mapping.batch_size > 1 {
        let bisect = "mapping.BisectBatchOnFunctionError=true";
        let with_retries = ["mapping.MaximumRetryAttempts=2", bisect];
        let set = if is_limited { &with_retries[1..] } else { &with_retries[..] };
        changes.push(mapping_change(settings, set, |mapping| {
            mapping.bisect = true;
            if !is_limited {
                mapping.maximum_retry_attempts = Limit::Limited(2);
            }
        }));
    }
    changes.extend(partial_responses(settings, is_limited));
    let age = witness.fate().age.unwrap_or(0.0);
    let shorter = |seconds: &&u64| {
        let length = Duration::from_secs(**seconds);
        length.as_secs_f64() < age
            && mapping.maximum_record_age.bound().is_none_or(|most| length < most)
    };
    if let Some(&seconds) = MAXIMUM_AGES.iter().find(shorter) {
        let set = format!("mapping.MaximumRecordAgeInSeconds={seconds}");
        changes.push(mapping_change(settings, &[&set], |mapping| {
            mapping.maximum_record_age = Limit::Limited(Duration::from_secs(seconds));
        }));
    }
    changes
}

/// A function that names the record that it could not handle; a script says what it says.
fn partial_responses(settings: &Settings, is_limited: bool) -> Option<Change> {
    let has_script = !settings.function.behaviour.is_empty();
    if settings.mapping.report_batch_item_failures || has_script {
        return None;
    }
    let mut set = vec![
        "mapping.FunctionResponseTypes=[\"ReportBatchItemFailures\"]",
        "function.reports=first_failed",
    ];
    if !is_limited {
        set.insert(0, "mapping.MaximumRetryAttempts=2");
    }
    let mut change = mapping_change(settings, &set, |mapping| {
        mapping.report_batch_item_failures = true;
        if !is_limited {
            mapping.maximum_retry_attempts = Limit::Limited(2);
        }
    });
    change.settings.function.reports = FailureReport::FirstFailed;
    Some(change)
}

/// Ways to handle more records at once.
fn capacity_changes(settings: &Settings) -> Vec<Change> {
    let mapping = &settings.mapping;
    let mut changes = Vec::new();
    let lanes = (mapping.parallelization_factor * 2).min(10);
    if lanes > mapping.parallelization_factor && mapping.tumbling_window.is_zero() {
        let set = format!("mapping.ParallelizationFactor={lanes}");
        changes.push(mapping_change(settings, &[&set], |mapping| {
            mapping.parallelization_factor = lanes;
        }));
    }
    let size = mapping.batch_size.saturating_mul(10).min(10_000);
    if size > mapping.batch_size {
        let set = format!("mapping.BatchSize={size}");
        changes.push(mapping_change(settings, &[&set], |mapping| mapping.batch_size = size));
    }
    changes
}

/// More invocations at once.
fn concurrency_change(settings: &Settings) -> Option<Change> {
    let reserved = settings.concurrency.reserved?.saturating_mul(2).max(1);
    let mut settings = settings.clone();
    settings.concurrency.reserved = Some(reserved);
    Some(Change { set: vec![format!("concurrency.reserved={reserved}")], settings })
}

/// The settings with a mapping that is changed from the start and stays so.
fn mapping_change(settings: &Settings, set: &[&str], change: impl Fn(&mut Mapping)) -> Change {
    let mut settings = settings.clone();
    change(&mut settings.mapping);
    settings.schedule.iter_mut().for_each(|scheduled| change(&mut scheduled.mapping));
    Change { set: set.iter().map(|&key| key.to_owned()).collect(), settings }
}
