//! `[stream] split_above`: shards that split because more is written than they take (S1.7, S1.8).
//!
//! ```text
//! at the end of every 5 minutes: while records / (300 s * open shards) > limit, all shards split
//! ```
//!
//! A partition of a table takes 1,000 writes per second; what exceeds that splits it, and with it
//! its shard. The records counted are those of the first replication, so all replications see the
//! same shards. **Assumption**: keys spread evenly, so that all shards reach the limit together; a
//! single hot key would not be spread by a split. Splits count as reshards like written ones.

use super::limits::COUNTED_MAX;
use super::reshard::Numbering;
use crate::engine::RandomSource;
use crate::model::settings::{Horizon, Settings};
use crate::model::workload::{WorkloadPlan, expected_records};
use crate::units::{Duration, Instant, Rate};

const SPAN: Duration = Duration::from_secs(300);

/// Adds the splits that the load of `settings` causes; a message where it cannot.
pub(super) fn add_splits(settings: &mut Settings, limit: Rate, seed: u64) -> Result<(), String> {
    let expected = expected_records(settings);
    if expected > COUNTED_MAX as f64 {
        return Err(format!(
            "about {expected:.0} records are too many to be counted beforehand; the most is \
             {COUNTED_MAX}; shorten the duration, lower the rate, or write the splits as \
             `[[stream.reshard]]`"
        ));
    }
    let stream = &settings.stream;
    let plan = WorkloadPlan::new(settings, RandomSource::new(seed, 0));
    let mut cursors: Vec<_> = (0..stream.shards).map(|shard| plan.cursor(shard)).collect();
    let length = match settings.horizon {
        Horizon::For(length) | Horizon::Drained { at_most: length } => length,
    };
    let mut numbering = Numbering::new(stream.shards, false);
    let mut at = Instant::START;
    while at + SPAN < Instant::START + length {
        at = at + SPAN;
        if cursors.iter().all(|cursor| cursor.peek_arrival().is_none()) {
            break;
        }
        let records: u64 = cursors.iter_mut().map(|cursor| cursor.skip_through(at)).sum();
        let rate = records as f64 / SPAN.as_secs_f64();
        while rate > limit.per_second() * f64::from(numbering.open_shards()) {
            numbering.split_all(at)?;
        }
    }
    settings.stream.reshards = numbering.into_reshards();
    Ok(())
}
