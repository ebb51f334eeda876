//! Whether a run is long enough for its load to settle.
//!
//! Queues start empty, and the higher the load, the longer they take to show their long-run ages:
//! [`crate::analysis::run_length`] has the formula and its source. A run with less than ten times
//! that settling time says so, and so does a single run whose batches are short beside it
//! ([`crate::analysis::batch_means`]). Left out: loads above capacity, which never settle, and
//! loads that are above it at times, whose peaks decide.

use super::replication::Replication;
use crate::results::VariantSummary;
use crate::units::Duration;

/// Relaxation times that a batch should last, so that its neighbours hardly depend on it: of an
/// exponentially fading memory a batch of ten leaves an interval that is 5 % too narrow.
const BATCH_RELAXATIONS: f64 = 10.0;

/// Says that the batches of a single run are too short to be independent.
pub fn dependent_batches(summary: &VariantSummary, replications: &[Replication]) -> Option<String> {
    let [only] = replications else { return None };
    let length = only.batches.first()?.measured_seconds;
    let wanted = summary.stability.relaxation_seconds? * BATCH_RELAXATIONS;
    (length < wanted).then(|| {
        format!(
            "Variant {}: at a load of {:.0} % neighbouring batches of {} depend on each other, so \
             intervals are too narrow; take several replications, or a run {:.0} times as long.",
            summary.name,
            summary.stability.worst_utilization * 100.0,
            Duration::from_secs_f64(length),
            libm::ceil(wanted / length)
        )
    })
}

/// Says that a run is too short for its load to have settled, and which would do.
pub fn too_short(summary: &VariantSummary, replications: &[Replication]) -> Option<String> {
    let stability = &summary.stability;
    let (settling, wanted) = (stability.relaxation_seconds?, stability.sufficient_seconds?);
    let longest = replications.iter().map(|replication| replication.simulated_seconds);
    let seconds = longest.fold(0.0, f64::max);
    let rounded = |seconds: f64| Duration::from_secs_f64(libm::ceil(seconds / 60.0) * 60.0);
    (seconds < wanted).then(|| {
        format!(
            "Variant {}: {} are short for a load of {:.0} %. Its queues forget that they were \
             empty at first by a factor e in {}, so the figures are those of this start; for \
             those of the long run take a duration of {} or more.",
            summary.name,
            rounded(seconds),
            stability.worst_utilization * 100.0,
            rounded(settling),
            rounded(wanted)
        )
    })
}
