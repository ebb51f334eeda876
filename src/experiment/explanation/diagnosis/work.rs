//! What it means that a shard worked while it became late: too few keys, the payload limit, the
//! most that one read returns, too little capacity, or a burst.
//!
//! | diagnosis | where |
//! |---|---|
//! | window-bound | there is a window, and no lane works much |
//! | too few keys for its lanes | its busiest lane works, the others half as much at most |
//! | too few keys for the shards | it is written more than twice as much as the others on average |
//! | payload-bound | half of its batches or more are closed by the payload limit |
//! | reader limit | half of its batches or more are sent before they are full, and reads are full |
//! | under-capacity, burst | the verdict is unstable, or it is not |

use crate::experiment::explanation::Run;
use crate::experiment::explanation::facts::Facts;
use crate::experiment::offered_load::{offered_load, typical_bytes};
use crate::model::observation::ClosedBy;
use crate::results::{DiagnosisKind, Stability, StabilityVerdict};
use crate::units::Instant;

/// No lane has much to do where the busiest works for less than this share.
const IDLE_MAX: f64 = 0.3;
/// Reads are full where they return this share of what they can on average.
const FULL_READ_MIN: f64 = 0.8;
/// The busiest lane works most of the time where it is this share.
const BUSY_MIN: f64 = 0.6;

/// What it means that a shard worked while it became late.
pub(super) fn working(
    run: &Run<'_>,
    facts: &Facts<'_>,
    stability: &Stability,
    shard: usize,
) -> DiagnosisKind {
    if is_gathering(run, facts, shard) {
        DiagnosisKind::WindowBound
    } else if has_hot_lane(run, facts, shard) || is_hot_shard(run, facts, shard) {
        DiagnosisKind::TooFewKeys
    } else if facts.share_closed(ClosedBy::PayloadLimit) >= 0.5 {
        DiagnosisKind::PayloadBound
    } else if is_read_bound(run, facts) {
        DiagnosisKind::ReaderLimit
    } else {
        match stability.verdict {
            StabilityVerdict::Unstable => DiagnosisKind::UnderCapacity,
            StabilityVerdict::Stable | StabilityVerdict::Saturated => DiagnosisKind::Burst,
        }
    }
}

/// Records that one read returns at most (S1.6): of the smallest typical size, where bytes decide.
pub(super) fn page(run: &Run<'_>) -> f64 {
    let settings = run.settings();
    let sizes = settings.traffic.iter().map(|source| typical_bytes(&source.record_size));
    let smallest = sizes.min().unwrap_or(0).max(1);
    let by_records = settings.knobs.page_records.bound().map_or(f64::INFINITY, f64::from);
    let by_bytes = settings.knobs.page_bytes.bound();
    by_bytes.map_or(by_records, |bytes| by_records.min(bytes.get() as f64 / smallest as f64))
}

/// Whether a late shard has no full batches although every read returns as much as it can: more
/// would have been handled if more had been read.
fn is_read_bound(run: &Run<'_>, facts: &Facts<'_>) -> bool {
    facts.share_closed(ClosedBy::FreeLane) >= 0.5 && facts.mean_read() >= FULL_READ_MIN * page(run)
}

/// Whether no lane of a shard had much to do while it was late, and there is a window to wait for.
fn is_gathering(run: &Run<'_>, facts: &Facts<'_>, shard: usize) -> bool {
    let most = facts.busy_late[shard].iter().copied().fold(0.0, f64::max);
    let has_window = !run.settings().mapping.batching_window.is_zero();
    has_window && most < IDLE_MAX * facts.lateness.shards[shard].late_time
}

/// Shares of the late time of a shard in which its busiest lane, and the others on average, were
/// in the function.
pub(super) fn lane_shares(run: &Run<'_>, facts: &Facts<'_>, shard: usize) -> Option<(f64, f64)> {
    let lanes = run.settings().mapping.parallelization_factor;
    let late = facts.lateness.shards[shard].late_time;
    if lanes < 2 || late <= 0.0 {
        return None;
    }
    let busy = &facts.busy_late[shard];
    let most = busy.iter().copied().fold(0.0, f64::max);
    let others = busy.iter().sum::<f64>() - most;
    Some(((most / late).min(1.0), others / late / f64::from(lanes - 1)))
}

fn has_hot_lane(run: &Run<'_>, facts: &Facts<'_>, shard: usize) -> bool {
    lane_shares(run, facts, shard)
        .is_some_and(|(most, others)| most >= BUSY_MIN && others <= most / 2.0)
}

/// Records per second that are written for each shard that is open at the start, on average.
pub(super) fn offered_rates(run: &Run<'_>) -> Vec<f64> {
    let load = offered_load(run.settings(), Instant::START, run.seed);
    let lanes = run.settings().mapping.parallelization_factor as usize;
    let of_shard = load.lanes.chunks(lanes.max(1));
    of_shard.map(|lanes| lanes.iter().map(|lane| lane.mean.per_second()).sum()).collect()
}

/// Whether a shard is offered more than twice the records of the others on average, which are
/// in time.
fn is_hot_shard(run: &Run<'_>, facts: &Facts<'_>, shard: usize) -> bool {
    let rates = offered_rates(run);
    let Some(&own) = rates.get(shard).filter(|_| rates.len() > 1) else { return false };
    let others = (rates.len() - 1) as f64;
    let all: f64 = rates.iter().sum();
    let late_time = |shard: usize| facts.lateness.shards[shard].late_time;
    let late: f64 = (0..rates.len()).map(late_time).sum();
    let late_others = (late - late_time(shard)) / others;
    own * others > 2.0 * (all - own) && late_time(shard) > 2.0 * late_others
}
