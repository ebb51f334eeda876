//! Records that are given one by one: which of them lie on which shard.
//!
//! A trace of times draws the shard of record `i` from its word `i`; a script names it. Both are
//! sorted by shard once, 4 bytes per record, so that no shard reads the records of the others.
//! Memory is that of the trace, not of the simulated time.

use std::sync::Arc;

use super::addressed::Addressed;
use super::hash::text_key;
use super::weights::ShardWeights;
use crate::engine::RandomSource;
use crate::model::purposes::{TRACE_SHARDS, WHOLE_STREAM, entity};
use crate::model::settings::ScriptedRecord;
use crate::units::Instant;

/// Times of single records with their shards.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Times of all records, sorted.
    pub(super) times: Arc<[Instant]>,
    /// Positions in `times`, by shard; `None`: every shard has all.
    by_shard: Option<Arc<ByShard>>,
}

/// Positions sorted by shard, then as given.
#[derive(Debug)]
struct ByShard {
    positions: Box<[u32]>,
    /// Where the positions of each shard begin; one more than shards.
    begins: Box<[u32]>,
}

/// A scripted record as the model needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScriptedAttributes {
    pub(super) key_hash: u64,
    pub(super) bytes: u32,
    pub(super) poison: bool,
    pub(super) filtered: bool,
}

impl Listed {
    /// A trace of times of the whole stream, or of each shard with [`ShardWeights::Own`].
    pub(super) fn trace(
        random: &RandomSource,
        source: u16,
        times: &Arc<[Instant]>,
        weights: &ShardWeights,
    ) -> Listed {
        let by_shard = match weights {
            ShardWeights::Own | ShardWeights::Shared { shards: 1, .. } => None,
            ShardWeights::Shared { shards, .. } => {
                let stream = random.stream(TRACE_SHARDS, entity(source.into(), WHOLE_STREAM));
                let mut words = Addressed::new(stream);
                let shard = |place: usize| weights.shard_at(words.at(place as u64).uniform());
                Some(Arc::new(ByShard::new((0..times.len()).map(shard).collect(), *shards)))
            }
        };
        Listed { times: times.clone(), by_shard }
    }

    /// Scripted records, which name their shard; those of shards that do not exist are left out.
    pub(super) fn script(
        records: &[ScriptedRecord],
        shards: u32,
    ) -> (Listed, Arc<[ScriptedAttributes]>) {
        let there = || records.iter().filter(|record| record.shard < shards);
        let listed = Listed {
            times: there().map(|record| record.at).collect(),
            by_shard: Some(Arc::new(ByShard::new(
                there().map(|record| record.shard).collect(),
                shards,
            ))),
        };
        let attributes = there()
            .map(|record| ScriptedAttributes {
                key_hash: text_key(&record.key),
                bytes: u32::try_from(record.bytes.get()).unwrap_or(u32::MAX),
                poison: record.poison,
                filtered: record.filtered,
            })
            .collect();
        (listed, attributes)
    }

    /// Number of records on a shard.
    pub(super) fn count(&self, shard: u32) -> u64 {
        match &self.by_shard {
            None => self.times.len() as u64,
            Some(lists) => {
                let (begin, end) = lists.range(shard);
                u64::from(end - begin)
            }
        }
    }

    /// Position among all records of record `index` of a shard, below [`Listed::count`].
    #[inline]
    pub(super) fn position(&self, shard: u32, index: u64) -> usize {
        match &self.by_shard {
            None => index as usize,
            Some(lists) => {
                lists.positions[lists.begins[shard as usize] as usize + index as usize] as usize
            }
        }
    }
}

impl ByShard {
    /// Sorts positions `0, 1, ...` by their shards (a counting sort).
    fn new(shard_of: Vec<u32>, shards: u32) -> ByShard {
        assert!(
            u32::try_from(shard_of.len()).is_ok(),
            "a trace of {} records is too long: at most {}",
            shard_of.len(),
            u32::MAX
        );
        let mut begins = vec![0u32; shards as usize + 1];
        for &shard in &shard_of {
            begins[shard as usize + 1] += 1;
        }
        for shard in 0..shards as usize {
            begins[shard + 1] += begins[shard];
        }
        let mut next = begins.clone();
        let mut positions = vec![0u32; shard_of.len()];
        for (position, &shard) in shard_of.iter().enumerate() {
            let place = &mut next[shard as usize];
            positions[*place as usize] = position as u32;
            *place += 1;
        }
        ByShard { positions: positions.into(), begins: begins.into() }
    }

    fn range(&self, shard: u32) -> (u32, u32) {
        (self.begins[shard as usize], self.begins[shard as usize + 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_of_a_trace_lies_on_exactly_one_shard_in_order() {
        let times: Arc<[Instant]> = (0..1000).map(Instant::from_secs).collect();
        let weights = ShardWeights::shared(vec![0.5, 0.0, 0.3, 0.2]);
        let listed = Listed::trace(&RandomSource::new(9, 0), 0, &times, &weights);
        let mut seen = vec![false; 1000];
        for shard in 0..4 {
            let positions: Vec<usize> =
                (0..listed.count(shard)).map(|index| listed.position(shard, index)).collect();
            assert!(positions.is_sorted());
            for position in positions {
                assert!(!std::mem::replace(&mut seen[position], true));
            }
        }
        assert!(seen.iter().all(|&seen| seen));
        assert_eq!(listed.count(1), 0);
        assert!((430..570).contains(&listed.count(0)), "{} of 500", listed.count(0));
    }
}
