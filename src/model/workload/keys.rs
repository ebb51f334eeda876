//! Partition keys: each shard's share of a source's records, and the key of a record given its
//! shard (S1.2, S4.1).
//!
//! | keys | share of shard `s` of `S` | key on the shard |
//! |---|---|---|
//! | unique | `1/S` | a random word |
//! | single | 1 on the key's shard, else 0 | the key |
//! | hot, share `h` | `(1-h)/S`, `+ h` where the hot key is | hot, chance `h/share`, or unique |
//! | uniform, Zipf | sum of the chances of the keys that hash to it | by their chances |
//! | round | `1/S` | record `i` has key `i mod count` of the shard |
//!
//! With `per_shard` every shard has keys of its own, all of them. A key's hash depends on its
//! number and a salt, not on the number of shards. Left out: consistency of unique keys with
//! their shard, which nothing looks at.

use std::sync::Arc;

use super::addressed::Addressed;
use super::hash::{lane_of, numbered_key, shard_of};
use super::key_list::{KeyList, distribute, zipf_weights};
use super::weights::ShardWeights;
use crate::engine::RandomSource;
use crate::engine::random::mix;
use crate::model::purposes::{KEY_HASH, WHOLE_STREAM, entity};
use crate::model::settings::{Keys, Traffic};

/// The keys of one source on all shards.
#[derive(Debug, Clone)]
pub(super) struct KeyPlan {
    random: RandomSource,
    source: u16,
    keys: Keys,
    shards: u32,
    per_shard: bool,
    /// Per shard the numbered keys that lie on it; one entry for all shards with `per_shard`.
    lists: Arc<[Arc<KeyList>]>,
}

/// The keys of one source on one shard.
#[derive(Debug, Clone)]
pub(super) enum ShardKeys {
    /// Every record has its own.
    Unique,
    /// All have this one.
    Single(u64),
    /// The hot key with this chance, else unique.
    Hot { chance: f64, hash: u64 },
    /// One of a list.
    Listed { list: Arc<KeyList>, salt: u64 },
    /// One after the other.
    Round { count: u32, salt: u64 },
}

impl KeyPlan {
    /// The keys of `traffic`, source number `source`, on `shards` shards, with the shards' shares.
    pub(super) fn new(
        random: RandomSource,
        source: u16,
        traffic: &Traffic,
        shards: u32,
    ) -> (KeyPlan, ShardWeights) {
        let mut plan = KeyPlan {
            random,
            source,
            keys: traffic.keys.clone(),
            shards,
            per_shard: traffic.per_shard,
            lists: Arc::new([]),
        };
        let chances: Option<(u32, Option<Vec<f64>>)> = match traffic.keys {
            Keys::Uniform { count } => Some((count, None)),
            Keys::Zipf { count, exponent } => Some((count, Some(zipf_weights(count, exponent)))),
            Keys::Unique | Keys::Single | Keys::Hot { .. } | Keys::Round { .. } => None,
        };
        let salt = plan.salt(WHOLE_STREAM);
        let shared = match (chances, traffic.keys.clone()) {
            (Some((count, weights)), _) if traffic.per_shard || shards == 1 => {
                let list = KeyList::whole(count, weights.as_deref());
                plan.lists = Arc::new([Arc::new(list)]);
                ShardWeights::even(shards)
            }
            (Some((count, weights)), _) => {
                let (lists, shares) = distribute(count, weights.as_deref(), salt, shards);
                plan.lists = lists.into();
                ShardWeights::shared(shares)
            }
            (None, Keys::Single) => one_key_shares(1.0, salt, shards),
            (None, Keys::Hot { share }) => one_key_shares(share.get(), salt, shards),
            (
                None,
                Keys::Unique | Keys::Round { .. } | Keys::Uniform { .. } | Keys::Zipf { .. },
            ) => ShardWeights::even(shards),
        };
        let weights = if traffic.per_shard { ShardWeights::Own } else { shared };
        (plan, weights)
    }

    /// The keys on one shard that has the share `weight` of the source.
    pub(super) fn on_shard(&self, shard: u32, weight: f64) -> ShardKeys {
        let salt = self.salt(if self.per_shard { shard } else { WHOLE_STREAM });
        match self.keys {
            Keys::Unique => ShardKeys::Unique,
            Keys::Single => ShardKeys::Single(numbered_key(salt, 0)),
            Keys::Hot { share } => {
                let hash = numbered_key(salt, 0);
                let is_here = self.per_shard || shard_of(hash, self.shards) == shard;
                let chance =
                    if is_here && weight > 0.0 { (share.get() / weight).min(1.0) } else { 0.0 };
                ShardKeys::Hot { chance, hash }
            }
            Keys::Uniform { .. } | Keys::Zipf { .. } => {
                let place = if self.lists.len() == 1 { 0 } else { shard as usize };
                ShardKeys::Listed { list: self.lists[place].clone(), salt }
            }
            Keys::Round { count } => ShardKeys::Round { count, salt: self.salt(shard) },
        }
    }

    fn salt(&self, shard: u32) -> u64 {
        self.random.word(KEY_HASH, entity(self.source.into(), shard), 0)
    }
}

/// Shares of the shards where one key has `share` of all records and the rest lies evenly.
fn one_key_shares(share: f64, salt: u64, shards: u32) -> ShardWeights {
    let mut shares = vec![(1.0 - share) / f64::from(shards); shards as usize];
    shares[shard_of(numbered_key(salt, 0), shards) as usize] += share;
    ShardWeights::shared(shares)
}

impl ShardKeys {
    /// Hash of the key of record `index` of the shard; at most one word of `words`.
    #[inline]
    pub(super) fn hash_of(&self, index: u64, words: &mut Addressed) -> u64 {
        match self {
            ShardKeys::Unique => words.at(index).next_u64(),
            ShardKeys::Single(hash) => *hash,
            ShardKeys::Hot { chance, hash } => {
                let word = words.at(index).next_u64();
                // Mixed, the words above the chance are as good as all words.
                if unit(word) < *chance { *hash } else { mix(word) }
            }
            ShardKeys::Listed { list, salt } => numbered_key(*salt, list.draw(words.at(index))),
            ShardKeys::Round { count, salt } => {
                numbered_key(*salt, (index % u64::from(*count)) as u32)
            }
        }
    }

    /// Expected share of the shard's records on each of `lanes` lanes; adds up to 1.
    pub(super) fn lane_shares(&self, lanes: u32) -> Vec<f64> {
        let even = |share: f64| vec![share / f64::from(lanes); lanes as usize];
        match self {
            ShardKeys::Unique => even(1.0),
            ShardKeys::Single(hash) => {
                let mut shares = even(0.0);
                shares[lane_of(*hash, lanes) as usize] = 1.0;
                shares
            }
            ShardKeys::Hot { chance, hash } => {
                let mut shares = even(1.0 - chance);
                shares[lane_of(*hash, lanes) as usize] += chance;
                shares
            }
            ShardKeys::Listed { list, salt } => {
                let mut shares = even(0.0);
                for place in 0..list.count() {
                    let hash = numbered_key(*salt, list.number(place));
                    shares[lane_of(hash, lanes) as usize] += list.chance(place);
                }
                shares
            }
            ShardKeys::Round { count, salt } => {
                let mut shares = even(0.0);
                for key in 0..*count {
                    let lane = lane_of(numbered_key(*salt, key), lanes);
                    shares[lane as usize] += 1.0 / f64::from(*count);
                }
                shares
            }
        }
    }
}

/// The upper 53 bits of a word as a number in `[0, 1)`.
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::engine::samplers::goodness::chi_square_deviation;
    use crate::model::purposes::KEYS;
    use crate::model::workload::test_settings::poisson;
    use crate::units::Probability;

    fn plan(keys: Keys, per_shard: bool, shards: u32) -> (KeyPlan, ShardWeights) {
        let traffic = Traffic { keys, per_shard, ..poisson(1.0) };
        KeyPlan::new(RandomSource::new(1, 2), 0, &traffic, shards)
    }

    fn words(shard: u32) -> Addressed {
        Addressed::new(RandomSource::new(1, 2).stream(KEYS, shard.into()))
    }

    #[test]
    fn zipf_keys_have_zipf_shares_over_all_shards_together() {
        let (plan, weights) = plan(Keys::Zipf { count: 200, exponent: 1.0 }, false, 4);
        let mut counts: BTreeMap<u64, f64> = BTreeMap::new();
        for shard in 0..4 {
            let draws = 100_000.0 * weights.of(shard);
            let (keys, mut words) = (plan.on_shard(shard, weights.of(shard)), words(shard));
            for index in 0..draws as u64 {
                let hash = keys.hash_of(index, &mut words);
                assert_eq!(shard_of(hash, 4), shard);
                *counts.entry(hash).or_default() += 1.0;
            }
        }
        let harmonic: f64 = (1..=200).map(|rank| 1.0 / f64::from(rank)).sum();
        let salt = plan.salt(WHOLE_STREAM);
        let observed: Vec<f64> = (0..200)
            .map(|key| counts.get(&numbered_key(salt, key)).copied().unwrap_or(0.0))
            .collect();
        let expected: Vec<f64> =
            (1..=200).map(|rank| 100_000.0 / f64::from(rank) / harmonic).collect();
        let deviation = chi_square_deviation(&observed, &expected);
        assert!(deviation < 5.0, "chi-square is off by {deviation}");
    }

    #[test]
    fn the_shares_of_the_shards_add_up_to_one() {
        let half = Probability::new(0.5).expect("a chance");
        let cases = [
            Keys::Unique,
            Keys::Uniform { count: 3 },
            Keys::Zipf { count: 1000, exponent: 1.2 },
            Keys::Hot { share: half },
            Keys::Single,
            Keys::Round { count: 2 },
        ];
        for keys in cases {
            let (_, weights) = plan(keys.clone(), false, 8);
            let sum: f64 = (0..8).map(|shard| weights.of(shard)).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{keys:?} adds up to {sum}");
        }
    }

    #[test]
    fn lane_shares_are_what_the_records_do() {
        let hot = Keys::Hot { share: Probability::new(0.4).expect("a chance") };
        let cases = [
            (hot.clone(), false),
            (hot, true),
            (Keys::Zipf { count: 50, exponent: 1.0 }, false),
            (Keys::Uniform { count: 30 }, true),
            (Keys::Single, true),
            (Keys::Unique, false),
            (Keys::Round { count: 40 }, false),
        ];
        for (keys, per_shard) in cases {
            let (plan, weights) = plan(keys.clone(), per_shard, 3);
            for shard in 0..3 {
                if weights.of(shard) == 0.0 {
                    continue;
                }
                let (here, mut words) = (plan.on_shard(shard, weights.of(shard)), words(shard));
                let mut counts = vec![0.0; 4];
                for index in 0..20_000 {
                    counts[lane_of(here.hash_of(index, &mut words), 4) as usize] += 1.0;
                }
                let shares = here.lane_shares(4);
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                for (count, share) in counts.iter().zip(&shares) {
                    let spread = 5.0 * libm::sqrt(20_000.0 * share * (1.0 - share)) + 1e-6;
                    let off = (count - 20_000.0 * share).abs();
                    assert!(off <= spread, "{keys:?} shard {shard}: {counts:?} for {shares:?}");
                }
            }
        }
    }

    #[test]
    fn the_hash_of_a_key_does_not_depend_on_the_number_of_shards() {
        let (few, _) = plan(Keys::Uniform { count: 100 }, false, 2);
        let (many, _) = plan(Keys::Uniform { count: 100 }, false, 7);
        let hashes = |plan: &KeyPlan| {
            let salt = plan.salt(WHOLE_STREAM);
            let mut hashes: Vec<u64> = plan
                .lists
                .iter()
                .flat_map(|list| {
                    (0..list.count()).map(|place| numbered_key(salt, list.number(place)))
                })
                .collect();
            hashes.sort_unstable();
            hashes
        };
        assert_eq!(hashes(&few), hashes(&many));
    }

    #[test]
    fn round_keys_come_one_after_the_other() {
        let (plan, weights) = plan(Keys::Round { count: 3 }, false, 2);
        let (keys, mut words) = (plan.on_shard(1, weights.of(1)), words(1));
        let hashes: Vec<u64> = (0..6).map(|index| keys.hash_of(index, &mut words)).collect();
        assert_eq!(hashes[..3], hashes[3..]);
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2]);
    }
}
