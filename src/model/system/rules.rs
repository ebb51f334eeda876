//! The rules with their numbers, fixed while a mapping's settings are, and which ways to read and
//! to keep records they allow.

use super::TICK;
use crate::model::age_parts::AgeContext;
use crate::model::batch::PayloadRule;
use crate::model::eligibility::AgeLimits;
use crate::model::failure::FailurePolicy;
use crate::model::settings::{Arrivals, Fault, FaultKind, Knobs, Mapping, PollModel, Settings};
use crate::model::tumbling::TumblingRule;
use crate::units::{Duration, Limit};

/// Rules with their numbers, fixed while the mapping's settings are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) payload: PayloadRule,
    pub(super) failure: FailurePolicy,
    pub(super) ages: AgeLimits,
    pub(super) age_context: AgeContext,
    pub(super) mode: ReadingMode,
    /// Distance of polls; the shortest there is where records are pushed.
    pub(super) poll_interval: Duration,
    /// The same while polls find nothing.
    pub(super) idle_poll_interval: Duration,
    /// Size of all records, where it is one.
    pub(super) uniform_size: Option<u32>,
    /// Records of a full page where pages are counted.
    pub(super) counted_page: u32,
    pub(super) read_ahead: ReadAhead,
    pub(super) has_window: bool,
    pub(super) tumbling: Option<TumblingRule>,
    /// Shards of records that no rule tells apart can have a regular course.
    pub(super) may_be_regular: bool,
}

/// What holds reading back (S2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadAhead {
    /// Nothing.
    Free,
    /// More unfinished records of the page than these.
    Page(u64),
    /// As many unfinished records.
    Buffer(u64),
}

/// How records get from a shard into a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadingMode {
    Pages,
    CountedPages,
    Lanes,
}

impl Rules {
    pub(super) fn new(settings: &Settings, mapping: &Mapping, is_plain: bool) -> Rules {
        let knobs = &settings.knobs;
        let is_pushed = mapping.enhanced_fan_out;
        let uniform_size = uniform_size(settings);
        let lanes_read = match knobs.poll_model {
            PollModel::Paged | PollModel::Buffered => false,
            PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => true,
        };
        let bytes_do_not_count = knobs.page_bytes == Limit::Unlimited
            && knobs.shard_limits.bytes_per_second == Limit::Unlimited;
        let is_unbounded = knobs.poll_model == PollModel::Buffered
            && knobs.lookahead == Limit::Unlimited
            && (bytes_do_not_count || uniform_size.is_some())
            && mapping.parallelization_factor == 1;
        let mode = match (lanes_read, is_unbounded) {
            (true, _) => ReadingMode::Lanes,
            (false, true) => ReadingMode::CountedPages,
            (false, false) => ReadingMode::Pages,
        };
        // S2.4: calibrated for BatchSize 1; for larger batches 5 of them. **Assumption**
        let refill_below = knobs.refill_below.unwrap_or(5 * mapping.batch_size);
        let read_ahead = match (knobs.poll_model, knobs.lookahead) {
            (PollModel::Paged, _) => ReadAhead::Page(refill_below.into()),
            (PollModel::Buffered, Limit::Limited(lookahead)) => ReadAhead::Buffer(lookahead.into()),
            (PollModel::Buffered, Limit::Unlimited)
            | (PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant, _) => {
                ReadAhead::Free
            }
        };
        let has_window = !mapping.batching_window.is_zero();
        Rules {
            payload: payload_rule(settings, mapping, uniform_size),
            uniform_size,
            counted_page: counted_page(knobs, uniform_size),
            failure: FailurePolicy {
                maximum_retry_attempts: mapping.maximum_retry_attempts,
                bisect: mapping.bisect,
            },
            ages: AgeLimits {
                retention: settings.stream.retention,
                maximum_record_age: mapping.maximum_record_age,
                scope: knobs.age_scope,
            },
            age_context: AgeContext {
                read_visibility: knobs.read_visibility,
                lanes_read,
                has_window,
            },
            mode,
            poll_interval: if is_pushed { TICK } else { knobs.poll_interval },
            idle_poll_interval: if is_pushed { TICK } else { knobs.idle_poll_interval },
            read_ahead,
            has_window,
            may_be_regular: is_plain && !has_window && !is_pushed,
            tumbling: TumblingRule::new(
                mapping.tumbling_window,
                settings.start_unix_nanos,
                knobs.window_idle_close,
            ),
        }
    }
}

/// Whether some rule looks at single records, beyond their number, times and common size: keys,
/// marks, windows, checkpoints, scripts, and lanes that read for themselves.
pub(super) fn tells_records_apart(settings: &Settings) -> bool {
    let function = &settings.function;
    let looks_inside = |fault: &Fault| match fault.kind {
        FaultKind::Poison(_) | FaultKind::PerRecordRate(_) => true,
        FaultKind::ErrorRate(_)
        | FaultKind::Outage
        | FaultKind::FailsAboveBatch(_)
        | FaultKind::DownstreamLimit(_)
        | FaultKind::Slow(_) => false,
    };
    let lanes_read = match settings.knobs.poll_model {
        PollModel::Paged | PollModel::Buffered => false,
        PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => true,
    };
    lanes_read
        || settings.mapping.parallelization_factor > 1
        || !settings.mapping.tumbling_window.is_zero()
        || !settings.schedule.is_empty()
        || !settings.stream.reshards.is_empty()
        || !function.behaviour.is_empty()
        || function.writes_back.is_some()
        || function.faults.iter().any(looks_inside)
}

/// S3.3, by counting where all records have one size.
fn payload_rule(settings: &Settings, mapping: &Mapping, uniform_size: Option<u32>) -> PayloadRule {
    let limit = settings.knobs.payload_limit;
    let rule = PayloadRule::new(settings.stream.kind, limit, mapping.batch_size);
    uniform_size.map_or(rule, |bytes| rule.with_uniform_size(bytes))
}

/// Records of a full page (S1.6) whose records all have this size; at least one, however large.
fn counted_page(knobs: &Knobs, uniform_size: Option<u32>) -> u32 {
    let records = knobs.page_records.bound().unwrap_or(u32::MAX);
    match (knobs.page_bytes, uniform_size) {
        (Limit::Limited(page), Some(bytes)) => {
            let fit = page.get() / u64::from(bytes.max(1));
            u64::from(records).min(fit.max(1)) as u32
        }
        (Limit::Limited(_), None) | (Limit::Unlimited, _) => records,
    }
}

/// The size of all records, where it is one.
fn uniform_size(settings: &Settings) -> Option<u32> {
    // Scripted records have sizes of their own.
    let is_scripted = |arrivals: &Arrivals| matches!(arrivals, Arrivals::Scripted { .. });
    let sizes = settings.traffic.iter().map(|traffic| match is_scripted(&traffic.arrivals) {
        true => None,
        false => traffic.record_size.constant(),
    });
    let written_back = settings.function.writes_back.as_ref();
    let mut sizes = sizes.chain(written_back.map(|writes| Some(writes.record_size)));
    let first = sizes.next().flatten()?;
    sizes.all(|size| size == Some(first)).then_some(first.get() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::units::{Instant, Probability};

    #[test]
    fn each_rule_that_looks_at_single_records_tells_them_apart_alone() {
        let mut plain = settings(1, vec![poisson(1.0)], Duration::from_secs(60));
        plain.knobs.poll_model = PollModel::Paged;
        assert!(!tells_records_apart(&plain));
        let mut changed = [plain.clone(), plain.clone(), plain.clone(), plain];
        changed[0].knobs.poll_model = PollModel::Grid;
        changed[1].mapping.parallelization_factor = 2;
        changed[2].mapping.tumbling_window = Duration::from_secs(30);
        let (from, to) = (Instant::START, Instant::FAR_FUTURE);
        let kind = FaultKind::PerRecordRate(Probability::ONE);
        changed[3].function.faults = vec![Fault { kind, from, to }];
        assert!(changed.iter().all(tells_records_apart));
    }
}
