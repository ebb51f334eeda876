//! What is written to a shard, known without running anything: it is a function of the seed.
//!
//! That holds where no function writes records back (S10.6), and for shards that are there from
//! the start; of a child shard it would take its parents. Elsewhere the answer is "not known".

use super::Run;
use crate::engine::RandomSource;
use crate::model::lineage::Lineage;
use crate::model::record::Record;
use crate::model::shard::Shard;
use crate::model::workload::WorkloadPlan;
use crate::units::{Duration, Instant};

/// The log of a shard.
#[derive(Debug)]
pub(super) struct Written {
    log: Shard,
    /// Records from then on belong to its children.
    closes: Instant,
}

impl Written {
    /// What is written to a shard in a run, where that is known beforehand.
    pub fn of(run: &Run<'_>, shard: u32) -> Option<Written> {
        let settings = run.settings();
        let writes_back =
            |variant: &crate::scenario::Variant| variant.settings.function.writes_back.is_some();
        if run.variants.iter().any(writes_back) || shard >= settings.stream.shards {
            return None;
        }
        let random = RandomSource::new(run.seed, u64::from(run.replication));
        let closes = Lineage::new(settings, &random).life(shard).closes;
        let log = Shard::new(&WorkloadPlan::new(settings, random), shard, false);
        Some(Written { log, closes })
    }

    /// A record, or how many there are.
    pub fn record(mut self, sequence: u64) -> Result<Record, u64> {
        loop {
            match self.log.take(Instant::FAR_FUTURE) {
                Some((record, _)) if record.arrival >= self.closes => {
                    return Err(self.log.next_sequence() - 1);
                }
                Some((record, number)) if number == sequence => return Ok(record),
                Some(_) => {}
                None => return Err(self.log.next_sequence()),
            }
        }
    }

    /// Records written at or before `until`.
    pub fn count(mut self, until: Instant) -> u64 {
        let last = self.closes.saturating_sub(Duration::from_nanos(1));
        self.log.unread(until.min(last))
    }
}
