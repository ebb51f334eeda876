//! Which shard follows which: splits, merges and roll-overs of a run (S1.7).
//!
//! ```text
//! roll-over k of a shard = phase + k * interval,  phase uniform in (0, interval], per shard
//! ```
//!
//! A shard that rolls over keeps its index: its generations follow each other in one log. A split
//! or merge closes shards and opens others under new indices. When what closes is a pure function
//! of settings and random numbers, every reader of the stream sees the same lineage.
//!
//! A split sends every key to one of two children by a bit of its hash, so that each gets half of
//! the keys. **Assumption**: real splits halve a range of hashes; which keys stay together differs,
//! how many does not.

use super::purposes::SHARD_ROLLOVER;
use super::settings::Settings;
use crate::engine::RandomSource;
use crate::units::{Duration, Instant};

/// The shards of a run, by index.
#[derive(Debug, Clone)]
pub struct Lineage {
    shards: Vec<Life>,
    rollover: Option<Duration>,
}

/// One shard, whatever its generations.
#[derive(Debug, Clone)]
pub struct Life {
    /// When it is first written to.
    pub opens: Instant,
    /// When it is split or merged away; [`Instant::FAR_FUTURE`]: never.
    pub closes: Instant,
    /// Shards it takes the place of; two after a merge.
    pub parents: Vec<u32>,
    /// Shards that take its place; two after a split, left before right.
    pub children: Vec<u32>,
    /// Its first roll-over, if shards roll over.
    first_rollover: Instant,
}

impl Lineage {
    /// The lineage of `settings` with the random numbers of one replication.
    pub fn new(settings: &Settings, random: &RandomSource) -> Lineage {
        let stream = &settings.stream;
        let rollover = settings.knobs.shard_rollover.bound();
        let first_rollover = |shard: u32| match rollover {
            None => Instant::FAR_FUTURE,
            Some(interval) => {
                let mut words = random.stream(SHARD_ROLLOVER, shard.into());
                Instant::from_nanos(1 + words.below(interval.as_nanos()))
            }
        };
        let life = |shard| Life {
            opens: Instant::START,
            closes: Instant::FAR_FUTURE,
            parents: Vec::new(),
            children: Vec::new(),
            first_rollover: first_rollover(shard),
        };
        let mut shards: Vec<Life> = (0..stream.shards_in_all()).map(life).collect();
        for reshard in &stream.reshards {
            for &parent in &reshard.close {
                let life = &mut shards[parent as usize];
                life.closes = reshard.at;
                life.children.clone_from(&reshard.open);
            }
            for &child in &reshard.open {
                let life = &mut shards[child as usize];
                life.opens = reshard.at;
                life.parents.clone_from(&reshard.close);
            }
        }
        Lineage { shards, rollover }
    }

    /// One shard.
    pub fn life(&self, shard: u32) -> &Life {
        &self.shards[shard as usize]
    }

    /// When the generation that was opened at `opened` closes: its shard rolls over, is split or
    /// merged away; [`Instant::FAR_FUTURE`]: never.
    pub fn closes_after(&self, shard: u32, opened: Instant) -> Instant {
        let life = self.life(shard);
        let Some(interval) = self.rollover else { return life.closes };
        let begun = match opened.as_nanos().checked_sub(life.first_rollover.as_nanos()) {
            None => 0,
            Some(since) => since / interval.as_nanos() + 1,
        };
        let nanos = interval.as_nanos().saturating_mul(begun);
        life.first_rollover.saturating_add(Duration::from_nanos(nanos)).min(life.closes)
    }

    /// The part of each of the stream's first shards that a shard has, as index and share in
    /// `0..=1`.
    pub fn shares(&self, shard: u32) -> Vec<(u32, f64)> {
        let life = self.life(shard);
        if life.parents.is_empty() {
            return vec![(shard, 1.0)];
        }
        let of_parents = life.parents.iter().flat_map(|&parent| {
            let children = self.life(parent).children.len() as f64;
            self.shares(parent).into_iter().map(move |(slot, share)| (slot, share / children))
        });
        of_parents.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::Reshard;
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::units::Limit;

    fn lineage(shards: u32, reshards: &[(u64, &[u32], &[u32])]) -> Lineage {
        let mut settings = settings(shards, vec![poisson(1.0)], Duration::from_secs(86_400));
        let reshard = |&(at, close, open): &(u64, &[u32], &[u32])| Reshard {
            at: Instant::from_secs(at),
            close: close.to_vec(),
            open: open.to_vec(),
        };
        settings.stream.reshards = reshards.iter().map(reshard).collect();
        settings.knobs.shard_rollover = Limit::Limited(Duration::from_secs(14_400));
        Lineage::new(&settings, &RandomSource::new(3, 0))
    }

    #[test]
    fn a_shard_rolls_over_every_interval_from_a_phase_of_its_own() {
        let lineage = lineage(50, &[]);
        let mut phases = Vec::new();
        for shard in 0..50 {
            let first = lineage.closes_after(shard, Instant::START);
            assert!(first > Instant::START && first <= Instant::from_secs(14_400));
            let second = lineage.closes_after(shard, first);
            assert_eq!(second - first, Duration::from_secs(14_400));
            let between = first + Duration::from_secs(1);
            assert_eq!(lineage.closes_after(shard, between), second);
            phases.push(first);
        }
        phases.sort_unstable();
        phases.dedup();
        assert_eq!(phases.len(), 50);
    }

    #[test]
    fn a_shard_closes_for_good_when_it_is_split() {
        let lineage = lineage(1, &[(3, &[0], &[1, 2])]);
        assert_eq!(lineage.closes_after(0, Instant::START), Instant::from_secs(3));
        assert_eq!(lineage.life(2).parents, [0]);
    }

    #[test]
    fn every_first_shard_is_shared_out_among_the_shards_that_are_left() {
        let lineage = lineage(2, &[(3, &[0], &[2, 3]), (4, &[1, 3], &[4])]);
        assert_eq!(lineage.shares(2), [(0, 0.5)]);
        assert_eq!(lineage.shares(4), [(1, 1.0), (0, 0.5)]);
    }
}
