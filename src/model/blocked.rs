//! Which shards make no progress (S9.3).
//!
//! A lane is blocked from its head batch's first failed or throttled attempt until it finishes
//! or discards records. A shard is blocked while one of its lanes is, *fully* while all its
//! lanes with records are.

use super::lane::Lane;
use super::observation::Blockage;

/// How a shard with these lanes is blocked.
#[inline]
pub fn blockage(lanes: &[Lane]) -> Option<Blockage> {
    // Which it nearly always is.
    let is_free = lanes.iter().all(|lane| lane.blocked.is_none());
    if is_free { None } else { blockage_of_some(lanes) }
}

fn blockage_of_some(lanes: &[Lane]) -> Option<Blockage> {
    let longest = lanes.iter().filter_map(|lane| lane.blocked).min_by_key(|blocked| blocked.since);
    let fully = || lanes.iter().all(|lane| lane.blocked.is_some() || lane.queue.is_empty());
    longest.map(|blocked| Blockage { cause: blocked.cause, fully: fully() })
}
