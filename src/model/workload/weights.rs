//! Which share of a source's records each shard gets (S1.2).

use std::sync::Arc;

/// The shares of all shards of one source.
#[derive(Debug, Clone)]
pub(super) enum ShardWeights {
    /// Every shard has the source's full rate on its own (`per_shard`).
    Own,
    /// The source is shared out.
    Shared {
        /// Number of shards.
        shards: u32,
        /// Share of all shards up to and with this one; `None`: all have the same.
        cumulative: Option<Arc<[f64]>>,
    },
}

impl ShardWeights {
    /// The same share for all of `shards` shards.
    pub(super) fn even(shards: u32) -> ShardWeights {
        ShardWeights::Shared { shards, cumulative: None }
    }

    /// Shares as given, one per shard, adding up to 1 (or to 0 where there are no records).
    pub(super) fn shared(weights: Vec<f64>) -> ShardWeights {
        let shards = u32::try_from(weights.len()).expect("the number of shards is a u32");
        let mut sum = 0.0;
        let cumulative = weights
            .into_iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        ShardWeights::Shared { shards, cumulative: Some(cumulative) }
    }

    /// The share of one shard, `0..=1`; 1 for every shard with [`ShardWeights::Own`].
    pub(super) fn of(&self, shard: u32) -> f64 {
        match self {
            ShardWeights::Own => 1.0,
            ShardWeights::Shared { shards, cumulative: None } => 1.0 / f64::from(*shards),
            ShardWeights::Shared { cumulative: Some(_), .. } => self.between(shard, shard + 1),
        }
    }

    /// The share of the shards `low..high` together.
    pub(super) fn between(&self, low: u32, high: u32) -> f64 {
        match self {
            ShardWeights::Own => 1.0,
            ShardWeights::Shared { shards, cumulative: None } => {
                f64::from(high - low) / f64::from(*shards)
            }
            ShardWeights::Shared { cumulative: Some(sums), .. } => {
                let below = |shard: u32| match shard.checked_sub(1) {
                    Some(last) => sums[last as usize],
                    None => 0.0,
                };
                below(high) - below(low)
            }
        }
    }

    /// The shard that a uniform number in `[0, 1)` falls on; never one without a share.
    pub(super) fn shard_at(&self, uniform: f64) -> u32 {
        match self {
            ShardWeights::Own => 0,
            ShardWeights::Shared { shards, cumulative: None } => {
                ((uniform * f64::from(*shards)) as u32).min(shards - 1)
            }
            ShardWeights::Shared { cumulative: Some(sums), .. } => {
                // The last sum may differ from 1 by rounding; scaled, every shard keeps its share.
                let target = uniform * sums.last().copied().unwrap_or(0.0);
                let found = sums.partition_point(|&sum| sum <= target);
                match sums.len().checked_sub(1) {
                    Some(last) if found > last => {
                        // The product rounded up to the whole: take the last shard with a share.
                        sums.partition_point(|&sum| sum < sums[last]) as u32
                    }
                    Some(_) | None => found as u32,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_without_a_share_is_never_chosen() {
        let weights = ShardWeights::shared(vec![0.0, 0.25, 0.0, 0.75, 0.0]);
        let cases = [(0.0, 1), (0.2499, 1), (0.25, 3), (0.5, 3), (0.999_999, 3), (1.0, 3)];
        for (uniform, shard) in cases {
            assert_eq!(weights.shard_at(uniform), shard, "at {uniform}");
        }
        assert_eq!(weights.between(2, 5), 0.75);
        assert_eq!(weights.of(1), 0.25);
    }

    #[test]
    fn even_shares_add_up() {
        let weights = ShardWeights::even(8);
        assert_eq!(
            (weights.of(3), weights.between(3, 5), weights.between(0, 8)),
            (0.125, 0.25, 1.0)
        );
    }
}
