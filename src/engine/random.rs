//! Random streams with an address (seed, replication, purpose, entity), never an order of use.
//!
//! The 256-bit key of ChaCha8 *is* the address: seed, replication, purpose and entity, 64 bits
//! each, so two addresses never share a stream and adding a purpose, an entity or a replication
//! changes no other draw. Within a stream, [`RandomStream::at`] jumps to an index in constant
//! time where every item takes a fixed number of words.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a random stream is for. The model gives each use its own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purpose(pub u64);

/// All random numbers of one replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomSource {
    seed: u64,
    replication: u64,
    /// The hash of both.
    root: u64,
}

/// One random stream: a position in the ChaCha8 sequence of its address.
#[derive(Debug, Clone)]
pub struct RandomStream(ChaCha8Rng);

impl RandomSource {
    /// The numbers of a replication of a seed.
    pub fn new(seed: u64, replication: u64) -> RandomSource {
        RandomSource { seed, replication, root: hash(0, [seed, replication]) }
    }

    /// The numbers of another of several like entities of the same replication, which share
    /// nothing with these; number 0 are these. Replications are below 2^48.
    pub fn of_number(self, number: u16) -> RandomSource {
        RandomSource::new(self.seed, self.replication | u64::from(number) << 48)
    }

    /// The stream at (purpose, entity), at its beginning.
    pub fn stream(&self, purpose: Purpose, entity: u64) -> RandomStream {
        let mut key = [0u8; 32];
        for (part, value) in
            key.chunks_exact_mut(8).zip([self.seed, self.replication, purpose.0, entity])
        {
            part.copy_from_slice(&value.to_le_bytes());
        }
        RandomStream(ChaCha8Rng::from_seed(key))
    }

    /// The words at (purpose, entity) that are found one by one.
    #[inline]
    pub fn hashed(&self, purpose: Purpose, entity: u64) -> HashedWords {
        HashedWords { address: hash(self.root, [purpose.0, entity]) }
    }

    /// A single number uniform on `[0, 1)` with 53 bits at (purpose, entity, index).
    #[inline]
    pub fn uniform_at(&self, purpose: Purpose, entity: u64, index: u64) -> f64 {
        let word = self.hashed(purpose, entity).word(index);
        (word >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A single 64-bit word at (purpose, entity, index): the stream's `index`-th word.
    pub fn word(&self, purpose: Purpose, entity: u64, index: u64) -> u64 {
        self.stream(purpose, entity).at(index, 1).next_u64()
    }
}

/// Random words of an address where each is needed alone, at scattered indices or with much else
/// between: a stream computes 32 words to give one. The address is hashed part by part, the index
/// last.
#[derive(Debug, Clone, Copy)]
pub struct HashedWords {
    address: u64,
}

impl HashedWords {
    /// The word of an index.
    #[inline]
    pub fn word(&self, index: u64) -> u64 {
        hash(self.address, [index])
    }
}

/// The hash of these parts, where that of those before them is `before`.
#[inline]
fn hash<const PARTS: usize>(before: u64, parts: [u64; PARTS]) -> u64 {
    parts
        .into_iter()
        .fold(before, |hash, part| mix((hash ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// A bijection on 64 bits in which every input bit moves every output bit: the finaliser of
/// SplitMix64 (Steele, Lea and Flood 2014, Fast Splittable Pseudorandom Number Generators).
#[inline]
pub fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl RandomStream {
    /// This stream moved to item `index` when every item takes `words` 64-bit words.
    #[must_use]
    pub fn at(mut self, index: u64, words: u64) -> RandomStream {
        self.seek(index, words);
        self
    }

    /// Moves to item `index` when every item takes `words` 64-bit words.
    pub fn seek(&mut self, index: u64, words: u64) {
        self.0.set_word_pos(u128::from(index) * u128::from(words) * 2);
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// The next `N` times 64 random bits.
    #[inline]
    pub fn words<const N: usize>(&mut self) -> [u64; N] {
        let mut bytes = [[0u8; 8]; N];
        self.0.fill_bytes(bytes.as_flattened_mut());
        bytes.map(u64::from_le_bytes)
    }

    /// Uniform on `[0, 1)` with 53 bits.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on `(0, 1]` with 53 bits.
    #[inline]
    pub fn uniform_positive(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Whole number below `bound`, which is above 0 (multiply-shift, bias below 2^-32 for bounds
    /// below 2^32).
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> RandomSource {
        RandomSource::new(1, 2)
    }

    #[test]
    fn words_are_what_they_have_always_been() {
        let mut stream = source().stream(Purpose(3), 4);
        let words = [stream.next_u64(), stream.next_u64()];
        assert_eq!(words, [1_223_844_302_487_303_164, 6_368_864_477_575_460_494]);
    }

    #[test]
    fn a_word_has_the_same_value_by_its_index_and_in_order() {
        let mut stream = source().stream(Purpose(3), 4);
        for index in 0..200 {
            assert_eq!(stream.next_u64(), source().word(Purpose(3), 4, index));
        }
        for index in (200..1_000).step_by(3) {
            let words = [0, 1, 2].map(|ahead| source().word(Purpose(3), 4, index + ahead));
            assert_eq!(stream.words(), words);
        }
    }

    #[test]
    fn every_part_of_the_address_makes_another_stream() {
        let words = [
            source().word(Purpose(3), 4, 0),
            RandomSource::new(2, 2).word(Purpose(3), 4, 0),
            RandomSource::new(1, 3).word(Purpose(3), 4, 0),
            source().word(Purpose(4), 4, 0),
            source().word(Purpose(3), 5, 0),
        ];
        for (place, word) in words.iter().enumerate() {
            assert!(!words[..place].contains(word), "{words:?}");
        }
    }

    #[test]
    fn single_numbers_are_uniform_and_neighbours_have_nothing_in_common() {
        let (mut low, mut both, mut cells) = (0u32, 0u32, [0u32; 64]);
        for index in 0..100_000 {
            let number = source().uniform_at(Purpose(3), 4, index);
            let next = source().uniform_at(Purpose(3), 4, index + 1);
            let beside = source().uniform_at(Purpose(3), 5, index);
            low += u32::from(number < 0.1);
            both += u32::from(number < 0.1 && next < 0.1) + u32::from(number < 0.1 && beside < 0.1);
            cells[(number * 64.0) as usize] += 1;
        }
        // Standard deviations: 95, 62 and 39.
        assert!(low.abs_diff(10_000) < 400, "{low}");
        assert!(both.abs_diff(2_000) < 250, "{both}");
        assert!(cells.iter().all(|&count| count.abs_diff(1_562) < 180), "{cells:?}");
    }

    #[test]
    fn uniform_numbers_stay_within_their_bounds() {
        let mut stream = source().stream(Purpose(5), 0);
        for _ in 0..10_000 {
            assert!((0.0..1.0).contains(&stream.uniform()));
            let positive = stream.uniform_positive();
            assert!(positive > 0.0 && positive <= 1.0);
            assert!(stream.below(7) < 7);
        }
    }
}
