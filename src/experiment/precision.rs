//! How many replications a wanted precision takes.
//!
//! Sequential procedure with a relative error `gamma`: replications are added until the
//! half-width of the 95 % interval is at most `gamma / (1 + gamma)` of the estimate, so that the
//! *true* relative error is within `gamma` (Law, *Simulation Modeling and Analysis*, 5th ed.,
//! 9.4.1). The watched figure is IteratorAge p99 of every variant.

use super::estimates::CONFIDENCE;
use super::replication::Replication;
use crate::analysis::{Precision, relative_half_width, replications_needed, t_interval};
use crate::units::Probability;

/// Replications per variant at most.
pub const REPLICATIONS_MAX: u32 = 1_000;

/// How many replications are wanted in all; `None`: precise enough, or no more allowed.
pub fn replications_wanted(
    replications: &[Vec<Replication>],
    precision: Probability,
) -> Option<u32> {
    let most = REPLICATIONS_MAX as usize;
    let needed = replications.iter().map(|of_variant| watched(of_variant)).filter_map(|values| {
        let wanted = Precision::Relative(precision.get());
        let needed = || replications_needed(&values, CONFIDENCE, wanted, most).unwrap_or(most);
        (!is_reached(&values, precision)).then(needed)
    });
    let have = replications[0].len();
    // At least a few more: the estimate of the number needed is itself uncertain.
    let wanted = needed.max()?.max(have + 5).min(most);
    (wanted > have).then_some(wanted as u32)
}

/// Says which variants did not reach the precision.
pub fn not_reached(replications: &[Vec<Replication>], precision: Probability) -> Option<String> {
    let is_missed = |of_variant: &&Vec<Replication>| !is_reached(&watched(of_variant), precision);
    let count = replications.iter().filter(is_missed).count();
    (count > 0).then(|| {
        format!(
            "The precision of {} % was not reached by {count} of {} variants with {} \
             replications; the intervals show what was reached.",
            precision.get() * 100.0,
            replications.len(),
            replications[0].len()
        )
    })
}

fn watched(replications: &[Replication]) -> Vec<f64> {
    replications.iter().filter_map(|replication| replication.iterator_age.p99).collect()
}

fn is_reached(values: &[f64], precision: Probability) -> bool {
    let share = precision.get() / (1.0 + precision.get());
    relative_half_width(&t_interval(values, CONFIDENCE)).is_some_and(|width| width <= share)
}
