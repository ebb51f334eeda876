//! The numbered keys that lie on one shard, with their chances (S1.2).
//!
//! Key `k` of a source goes to the shard its hash decides. With Zipf's law its weight is
//! `(k+1)^-exponent`; a record's key on the shard is drawn by inversion among the keys there.

use std::sync::Arc;

use super::hash::{numbered_key, shard_of};
use crate::engine::RandomStream;
use crate::engine::samplers::Discrete;

/// Numbered keys of a shard with their chances.
#[derive(Debug)]
pub(super) struct KeyList {
    /// Numbers of the keys; `None`: `0..count`.
    numbers: Option<Box<[u32]>>,
    count: u32,
    /// Chances of the keys; `None`: all the same.
    popularity: Option<Discrete>,
}

impl KeyList {
    /// All keys `0..count` with these weights, or all alike.
    pub(super) fn whole(count: u32, weights: Option<&[f64]>) -> KeyList {
        let popularity = weights.and_then(Discrete::new);
        KeyList { numbers: None, count, popularity }
    }

    /// How many keys there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The number of the key at `place`, below the count.
    pub(super) fn number(&self, place: u32) -> u32 {
        self.numbers.as_ref().map_or(place, |numbers| numbers[place as usize])
    }

    /// Chance of the key at `place` among the keys of the list.
    pub(super) fn chance(&self, place: u32) -> f64 {
        match &self.popularity {
            Some(popularity) => popularity.chance(place),
            None => 1.0 / f64::from(self.count),
        }
    }

    /// The number of a key by its chance, from exactly one word; the list is not empty.
    #[inline]
    pub(super) fn draw(&self, random: &mut RandomStream) -> u32 {
        self.number(match &self.popularity {
            Some(popularity) => popularity.sample(random),
            None => random.below(u64::from(self.count)) as u32,
        })
    }
}

/// Weights of keys 0, 1, ... by Zipf's law: `(k+1)^-exponent`.
pub(super) fn zipf_weights(count: u32, exponent: f64) -> Vec<f64> {
    (1..=count).map(|rank| libm::pow(f64::from(rank), -exponent)).collect()
}

/// Sends each numbered key to its shard: the keys of every shard, and its share.
pub(super) fn distribute(
    count: u32,
    weights: Option<&[f64]>,
    salt: u64,
    shards: u32,
) -> (Vec<Arc<KeyList>>, Vec<f64>) {
    let mut numbers: Vec<Vec<u32>> = vec![Vec::new(); shards as usize];
    for key in 0..count {
        numbers[shard_of(numbered_key(salt, key), shards) as usize].push(key);
    }
    let weight = |key: u32| weights.map_or(1.0, |weights| weights[key as usize]);
    let total: f64 = (0..count).map(weight).sum();
    let mut shares = Vec::with_capacity(numbers.len());
    let lists = numbers
        .into_iter()
        .map(|numbers| {
            let here: Vec<f64> = numbers.iter().map(|&key| weight(key)).collect();
            shares.push(here.iter().sum::<f64>() / total);
            Arc::new(KeyList {
                count: u32::try_from(numbers.len()).expect("a part of `count` keys is a u32"),
                popularity: weights.and_then(|_| Discrete::new(&here)),
                numbers: Some(numbers.into()),
            })
        })
        .collect();
    (lists, shares)
}
