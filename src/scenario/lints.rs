//! Warnings: settings that AWS accepts and that probably do not say what was meant.
//!
//! | code | doubt |
//! |---|---|
//! | W-lanes-above-keys | more lanes per shard than keys to fill them |
//! | W-endless-retries | a record that always fails is retried until it expires |
//! | W-age-below-window | records get too old while the window gathers them |
//! | W-timeout-near-duration | the function can hardly finish in time |
//! | W-no-destination | discarded records leave no trace |
//! | W-concurrency-below-lanes | not all lanes can run at once |
//! | W-batch-above-page | a batch is never full without a window |
//! | W-writes-back-unfiltered | the function feeds itself |
//! | W-filter-share | the filter and the share that matches do not fit together |
//! | W-not-modelled | a parameter without effect here (reported where it is read) |

use super::Variant;
use super::document::Node;
use super::problems::Problems;
use super::traffic::matches_everything;
use crate::model::settings::{Arrivals, FaultKind, Function, Keys, Settings};
use crate::units::{Duration, Limit};

/// A batch that needs more than this share of the timeout is near it.
const NEAR_TIMEOUT: f64 = 0.8;

/// Where warnings go, and where their places are found.
struct Lints<'l> {
    root: &'l Node,
    problems: &'l mut Problems,
}

/// Looks at a variant.
pub(super) fn lint(root: &Node, variant: &Variant, problems: &mut Problems) {
    let settings = &variant.settings;
    let mut lints = Lints { root, problems };
    lanes_above_keys(settings, &mut lints);
    endless_retries(settings, &mut lints);
    age_below_window(settings, &mut lints);
    timeout_near_duration(settings, &mut lints);
    no_destination(settings, &mut lints);
    concurrency_below_lanes(settings, &mut lints);
    batch_above_page(settings, &mut lints);
    writes_back_unfiltered(settings, &mut lints);
    filter_share(settings, &mut lints);
}

impl Lints<'_> {
    fn warn(&mut self, path: &str, code: &str, message: String) {
        let place = self.root.nearest(path).place;
        self.problems.warning(place, path, code, message);
    }
}

/// S4.1: a key stays on its lane.
fn lanes_above_keys(settings: &Settings, lints: &mut Lints<'_>) {
    let lanes = settings.mapping.parallelization_factor;
    let keys_per_shard: Option<u64> = settings
        .traffic
        .iter()
        .map(|source| match (&source.arrivals, &source.keys) {
            (Arrivals::Scripted { .. }, _) => None,
            (_, Keys::Unique | Keys::Hot { .. }) => None,
            (_, Keys::Single) => Some(1),
            (_, Keys::Round { count }) => Some(u64::from(*count)),
            (_, Keys::Uniform { count } | Keys::Zipf { count, .. }) => {
                Some(u64::from(count.div_ceil(settings.stream.shards)))
            }
        })
        .sum();
    if let Some(keys) = keys_per_shard
        && u64::from(lanes) > keys
    {
        let keys = if keys == 1 { "1 key".to_owned() } else { format!("about {keys} keys") };
        let message = format!(
            "{lanes} lanes per shard, but a shard has only {keys}; a key stays on one lane, so \
             the other lanes stay idle"
        );
        lints.warn("mapping.ParallelizationFactor", "W-lanes-above-keys", message);
    }
}

fn always_fails(settings: &Settings) -> bool {
    let marks_poison = settings.function.faults.iter().any(|fault| match fault.kind {
        FaultKind::Poison(_) => true,
        FaultKind::FailsAboveBatch(most) => {
            settings.mapping.batch_size > most && !settings.mapping.bisect
        }
        FaultKind::ErrorRate(_)
        | FaultKind::PerRecordRate(_)
        | FaultKind::Outage
        | FaultKind::Slow(_)
        | FaultKind::DownstreamLimit(_) => false,
    });
    let is_scripted = |source: &crate::model::settings::Traffic| match &source.arrivals {
        Arrivals::Scripted { records } => records.iter().any(|record| record.poison),
        Arrivals::Constant { .. }
        | Arrivals::Poisson { .. }
        | Arrivals::Profile { .. }
        | Arrivals::Diurnal { .. }
        | Arrivals::Bursts { .. }
        | Arrivals::OnOff { .. }
        | Arrivals::Renewal { .. }
        | Arrivals::TraceTimes { .. }
        | Arrivals::TraceCounts { .. } => false,
    };
    marks_poison || settings.traffic.iter().any(is_scripted)
}

/// S5.1, S5.5.
fn endless_retries(settings: &Settings, lints: &mut Lints<'_>) {
    let mapping = &settings.mapping;
    let is_endless = mapping.maximum_retry_attempts == Limit::Unlimited
        && mapping.maximum_record_age == Limit::Unlimited;
    if is_endless && always_fails(settings) {
        let message = format!(
            "retries have no bound and some batches always fail: each blocks its shard until it \
             expires after {}; set MaximumRetryAttempts or MaximumRecordAgeInSeconds",
            settings.stream.retention
        );
        lints.warn("mapping.MaximumRetryAttempts", "W-endless-retries", message);
    }
}

/// S7.1, S3.1.
fn age_below_window(settings: &Settings, lints: &mut Lints<'_>) {
    if let Limit::Limited(age) = settings.mapping.maximum_record_age
        && age < settings.mapping.batching_window
    {
        let message = format!(
            "records are discarded at an age of {age}, but the batching window gathers them for \
             up to {}",
            settings.mapping.batching_window
        );
        lints.warn("mapping.MaximumRecordAgeInSeconds", "W-age-below-window", message);
    }
}

/// S10.1.
fn timeout_near_duration(settings: &Settings, lints: &mut Lints<'_>) {
    let function = &settings.function;
    let one_record = duration_of(function, 1);
    let full_batch = duration_of(function, settings.mapping.batch_size);
    let timeout = function.timeout;
    let message = if one_record >= timeout {
        format!(
            "every invocation times out: one record takes {one_record}, the timeout is {timeout}"
        )
    } else if full_batch >= timeout.scaled(NEAR_TIMEOUT) {
        format!(
            "a full batch of {} takes {full_batch}, the timeout is {timeout}",
            settings.mapping.batch_size
        )
    } else {
        return;
    };
    lints.warn("function.timeout", "W-timeout-near-duration", message);
}

/// Duration with `records` records of no size and a factor of 1.
fn duration_of(function: &Function, records: u32) -> Duration {
    let per_record = function.duration.per_record.as_secs_f64() * f64::from(records);
    Duration::from_secs_f64(function.duration.base.as_secs_f64() + per_record)
}

/// S5.6, S8.1.
fn no_destination(settings: &Settings, lints: &mut Lints<'_>) {
    let mapping = &settings.mapping;
    let is_bounded = mapping.maximum_retry_attempts != Limit::Unlimited
        || mapping.maximum_record_age != Limit::Unlimited;
    if is_bounded && mapping.on_failure.is_none() {
        let message = "records that are given up leave no trace; set \
                       DestinationConfig.OnFailure.Destination"
            .to_owned();
        lints.warn("mapping", "W-no-destination", message);
    }
}

/// S4.3, S10.3.
fn concurrency_below_lanes(settings: &Settings, lints: &mut Lints<'_>) {
    let factor = u64::from(settings.mapping.parallelization_factor);
    let lanes = u64::from(settings.stream.shards) * factor;
    let (path, limit) = match (settings.concurrency.reserved, settings.concurrency.account_limit) {
        (Some(reserved), _) => ("concurrency.reserved", reserved),
        (None, Limit::Limited(limit)) => ("concurrency.account_limit", limit),
        (None, Limit::Unlimited) => return,
    };
    if lanes > u64::from(limit) {
        let message = format!(
            "{lanes} lanes (shards x ParallelizationFactor) can want to run at once, but the \
             limit is {limit}; the others are throttled"
        );
        lints.warn(path, "W-concurrency-below-lanes", message);
    }
}

/// S1.6, S3.1.
fn batch_above_page(settings: &Settings, lints: &mut Lints<'_>) {
    let batch_size = settings.mapping.batch_size;
    if let Limit::Limited(page) = settings.knobs.page_records
        && batch_size > page
        && settings.mapping.batching_window.is_zero()
    {
        let message = format!(
            "one read returns at most {page} records, so without a batching window a batch \
             rarely reaches {batch_size}; set MaximumBatchingWindowInSeconds"
        );
        lints.warn("mapping.BatchSize", "W-batch-above-page", message);
    }
}

/// S10.6.
fn writes_back_unfiltered(settings: &Settings, lints: &mut Lints<'_>) {
    if let Some(writes_back) = &settings.function.writes_back
        && !writes_back.filtered
    {
        let message =
            "the function's own writes come back to it without end; filter them".to_owned();
        lints.warn("function.writes_back", "W-writes-back-unfiltered", message);
    }
}

/// S3.5.
fn filter_share(settings: &Settings, lints: &mut Lints<'_>) {
    let has_filter = lints.root.nearest("mapping").child("FilterCriteria").is_some();
    let writes_filtered =
        settings.function.writes_back.as_ref().is_some_and(|writes| writes.filtered);
    match (has_filter, matches_everything(&settings.traffic)) {
        (true, true) if !writes_filtered => {
            let message = "patterns are not evaluated: every record is taken to match; say which \
                           share does with `matches_filter` in `[[traffic]]`"
                .to_owned();
            lints.warn("mapping.FilterCriteria", "W-filter-share", message);
        }
        (false, false) => {
            let message = "some records are filtered out although the mapping has no \
                           FilterCriteria; `matches_filter` is in force all the same"
                .to_owned();
            lints.warn("traffic", "W-filter-share", message);
        }
        (true | false, true | false) => {}
    }
}
