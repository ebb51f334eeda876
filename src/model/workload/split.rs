//! How many of an event's records fall on one shard, so that the counts of all shards add up.
//!
//! The counts are multinomial by shard weight. A binary tree over the shards halves the range at
//! every node: of `n` records in a range, `Binomial(n, W(left) / W(range))` fall in its left half
//! (Devroye 1986, Non-Uniform Random Variate Generation, XI.1.4). The draw is addressed by
//! (event, node), so every shard walks its own path from the root, in `O(log shards)`, and all
//! agree.
//! Left out: single records, whose shard is one word (`lists`).

use super::addressed::Addressed;
use super::weights::ShardWeights;
use crate::engine::RandomSource;
use crate::engine::samplers::Binomial;
use crate::model::purposes::{SHARD_SPLIT, entity};

/// The path from the root of the shard tree to one shard.
#[derive(Debug, Clone)]
pub(super) struct ShardPath {
    steps: Vec<Step>,
}

/// One node of the path.
#[derive(Debug, Clone)]
struct Step {
    words: Addressed,
    /// Chance that a record of the range falls in its left half.
    left: f64,
    /// Whether the shard is in the left half.
    goes_left: bool,
}

impl ShardPath {
    /// The path of `shard` for events of `source`; empty where the shard has all records.
    pub(super) fn new(
        random: &RandomSource,
        source: u16,
        weights: &ShardWeights,
        shard: u32,
    ) -> ShardPath {
        let mut steps = Vec::new();
        let (mut low, mut high, mut node) = match weights {
            ShardWeights::Own => (shard, shard + 1, 1u32),
            ShardWeights::Shared { shards, .. } => (0, *shards, 1),
        };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let goes_left = shard < middle;
            let whole = weights.between(low, high);
            steps.push(Step {
                words: Addressed::new(random.stream(SHARD_SPLIT, entity(source.into(), node))),
                left: if whole > 0.0 { weights.between(low, middle) / whole } else { 0.0 },
                goes_left,
            });
            if goes_left {
                high = middle;
                node *= 2;
            } else {
                low = middle;
                node = node * 2 + 1;
            }
        }
        ShardPath { steps }
    }

    /// How many of the `records` of event number `event` fall on the shard.
    pub(super) fn share(&mut self, event: u64, records: u64) -> u64 {
        let mut count = records;
        for step in &mut self.steps {
            if count == 0 {
                break;
            }
            let left = Binomial::sample(count, step.left, step.words.at(event));
            count = if step.goes_left { left } else { count - left };
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::chi_square_deviation;

    fn paths(weights: &ShardWeights, shards: u32) -> Vec<ShardPath> {
        let random = RandomSource::new(3, 0);
        (0..shards).map(|shard| ShardPath::new(&random, 0, weights, shard)).collect()
    }

    #[test]
    fn the_counts_of_all_shards_add_up() {
        let uneven = ShardWeights::shared(vec![0.1, 0.0, 0.5, 0.15, 0.0, 0.05, 0.2]);
        for (weights, shards) in [(uneven, 7), (ShardWeights::even(12), 12)] {
            let mut paths = paths(&weights, shards);
            for event in 0..200 {
                let records = event * event;
                let sum: u64 = paths.iter_mut().map(|path| path.share(event, records)).sum();
                assert_eq!(sum, records, "event {event}");
            }
        }
    }

    #[test]
    fn the_counts_follow_the_weights() {
        let given = [0.1, 0.0, 0.5, 0.15, 0.0, 0.05, 0.2];
        let weights = ShardWeights::shared(given.to_vec());
        let counts: Vec<f64> = paths(&weights, 7)
            .iter_mut()
            .map(|path| (0..2_000).map(|event| path.share(event, 20)).sum::<u64>() as f64)
            .collect();
        let deviation = chi_square_deviation(&counts, &given.map(|weight| weight * 40_000.0));
        assert!(deviation < 5.0, "{counts:?} is off by {deviation}");
        assert_eq!((counts[1], counts[4]), (0.0, 0.0));
    }

    #[test]
    fn an_event_has_the_same_count_whatever_was_asked_before() {
        let weights = ShardWeights::even(5);
        let mut read_all = paths(&weights, 5).remove(2);
        let in_order: Vec<u64> = (0..50).map(|event| read_all.share(event, 100)).collect();
        let mut jumping = paths(&weights, 5).remove(2);
        for event in [40, 3, 4, 49, 0] {
            assert_eq!(jumping.share(event, 100), in_order[event as usize]);
        }
    }
}
