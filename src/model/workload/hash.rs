//! Hashes of partition keys, and what they decide: shard and lane (S1.2, S4.1).
//!
//! ```text
//! hash of key k of a source = mix(salt + (k + 1) G)    lane  = hash * lanes / 2^64
//! hash of a text            = mix(FNV-1a)              shard = mix(hash) * shards / 2^64
//! ```
//!
//! `mix` is the finaliser of splitmix64 (Steele, Lea and Flood 2014), a bijection: two keys of a
//! source never share a hash. The second mixing makes shard and lane independent of each other.
//! Left out: the MD5 of Kinesis, which no scenario can tell from a good hash.

use crate::engine::random::mix;

/// The golden ratio as a fraction of 2^64, the step of splitmix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hash of key number `key` among the keys with this salt.
#[inline]
pub(super) fn numbered_key(salt: u64, key: u32) -> u64 {
    mix(salt.wrapping_add((u64::from(key) + 1).wrapping_mul(GOLDEN)))
}

/// Hash of a key given as text: FNV-1a of 64 bits, mixed.
pub fn text_key(text: &str) -> u64 {
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

/// The lane in `0..lanes` of a record with this key hash (S4.1).
#[inline]
pub fn lane_of(key_hash: u64, lanes: u32) -> u32 {
    ((u128::from(key_hash) * u128::from(lanes)) >> 64) as u32
}

/// The shard in `0..shards` of a key that several shards could have (S1.2).
#[inline]
pub(super) fn shard_of(key_hash: u64, shards: u32) -> u32 {
    lane_of(mix(key_hash ^ GOLDEN), shards)
}

/// Whether a key goes to the right one of the two children of shard `parent` (S1.7): independent
/// of every other split, of shard and of lane.
#[inline]
pub(super) fn goes_right(key_hash: u64, parent: u32) -> bool {
    mix(key_hash ^ mix(u64::from(parent).wrapping_add(GOLDEN))) >> 63 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::chi_square_deviation;

    #[test]
    fn hashes_are_what_they_have_always_been() {
        assert_eq!(numbered_key(0, 0), 0xe220_a839_7b1d_cdaf, "splitmix64's first output");
        assert_eq!(text_key("a"), mix(0xaf63_dc4c_8601_ec8c), "FNV-1a of `a`");
        assert_eq!(lane_of(u64::MAX, 10), 9);
        assert_eq!(lane_of(0, 10), 0);
    }

    #[test]
    fn shard_and_lane_of_a_key_are_even_and_independent() {
        let mut cells = [0.0; 40];
        for key in 0..40_000 {
            let hash = numbered_key(7, key);
            cells[(shard_of(hash, 4) * 10 + lane_of(hash, 10)) as usize] += 1.0;
        }
        let deviation = chi_square_deviation(&cells, &[1000.0; 40]);
        assert!(deviation < 5.0, "chi-square is off by {deviation}");
    }
}
