//! A discrete distribution on `0..n` given by weights, by inversion with a guide table.
//!
//! The guide says where the search for `U` in the cumulative weights begins, so that a draw takes
//! one word and, on average, at most two comparisons, whatever `n` and the weights
//! (Chen and Asau 1974, AIIE Transactions 6(2); Devroye 1986, III.2.4).

use crate::engine::RandomStream;

/// Draws an index with a chance proportional to its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Discrete {
    /// The chance of this or an earlier index.
    cumulative: Box<[f64]>,
    /// The largest word that gives the index.
    largest: Box<[u64]>,
    /// For each of `n` equal parts of all words: the index that the first of them gives.
    guide: Box<[u32]>,
}

impl Discrete {
    /// The distribution with these weights; `None` unless there is a weight above 0, all are
    /// finite and not negative, and there are at most `u32::MAX` of them.
    pub fn new(weights: &[f64]) -> Option<Discrete> {
        let total: f64 = weights.iter().sum();
        let count = u32::try_from(weights.len()).ok()?;
        let is_valid = weights.iter().all(|&weight| weight >= 0.0);
        if !(is_valid && total > 0.0 && total.is_finite()) {
            return None;
        }
        let last = weights.iter().rposition(|&weight| weight > 0.0)?;
        let mut sum = 0.0;
        let mut cumulative: Box<[f64]> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum / total
            })
            .collect();
        // Rounding must not leave a gap at the top for an index without weight to fall into.
        cumulative[last..].fill(1.0);
        let words = (1u128 << u64::BITS) as f64;
        let mut largest: Box<[u64]> =
            cumulative.iter().map(|chance| ((chance * words) as u64).saturating_sub(1)).collect();
        largest[last..].fill(u64::MAX);
        // What has no weight before all others has no word, not even the first.
        let mut index = weights.iter().position(|&weight| weight > 0.0)? as u32;
        let guide = (0..u128::from(count))
            .map(|part| {
                // The first word of the part.
                let first = ((part << u64::BITS).div_ceil(count.into())) as u64;
                while largest[index as usize] < first {
                    index += 1;
                }
                index
            })
            .collect();
        Some(Discrete { cumulative, largest, guide })
    }

    /// An index from exactly one word.
    #[inline]
    pub fn sample(&self, random: &mut RandomStream) -> u32 {
        self.of_word(random.next_u64())
    }

    /// The index that a random word gives.
    #[inline]
    pub fn of_word(&self, word: u64) -> u32 {
        let part = (u128::from(word) * self.guide.len() as u128) >> u64::BITS;
        let mut index = self.guide[part as usize];
        while self.largest[index as usize] < word {
            index += 1;
        }
        index
    }

    /// Chance of an index below the number of weights.
    pub fn chance(&self, index: u32) -> f64 {
        let at = |index: usize| self.cumulative[index];
        match index.checked_sub(1) {
            Some(before) => at(index as usize) - at(before as usize),
            None => at(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_counts_fit, stream};

    #[test]
    fn indices_fit_their_weights() {
        let zipf: Vec<f64> = (1..=500).map(|rank| 1.0 / f64::from(rank)).collect();
        let spiky = vec![0.0, 5.0, 0.0, 0.0, 1e-3, 1.0, 0.0];
        for weights in [zipf, spiky, vec![3.0]] {
            let mut random = stream(14);
            let discrete = Discrete::new(&weights).expect("there are weights");
            let total: f64 = weights.iter().sum();
            if weights.len() > 1 {
                assert_counts_fit(
                    || u64::from(discrete.sample(&mut random)),
                    |index| weights.get(index as usize).map_or(0.0, |weight| weight / total),
                );
            }
            for (index, weight) in weights.iter().enumerate() {
                assert!((discrete.chance(index as u32) - weight / total).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn an_index_without_weight_is_never_drawn() {
        let mut random = stream(15);
        let discrete = Discrete::new(&[0.0, 1.0, 0.0, 3.0, 0.0]).expect("there are weights");
        assert!((0..100_000).all(|_| [1, 3].contains(&discrete.sample(&mut random))));
        assert_eq!([0, u64::MAX].map(|word| discrete.of_word(word)), [1, 3]);
        assert!(Discrete::new(&[0.0]).is_none() && Discrete::new(&[]).is_none());
        assert!(Discrete::new(&[1.0, -1.0]).is_none());
    }
}
