//! A short hash of what a scenario means, whatever its file looks like.
//!
//! FNV-1a, 64 bits, over the resolved settings as text: `hash = (hash xor byte) * prime`.
//! Reference: Fowler, Noll, Vo, <http://www.isthe.com/chongo/tech/comp/fnv/>.

use std::fmt::{self, Write};

use super::Variant;
use super::general::{Analysis, General};

/// What the hash of nothing is.
const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

struct Fnv(u64);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(())
    }
}

/// The hash of a text.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hash = Fnv(OFFSET_BASIS);
    hash.write_str(text).expect("hashing a text cannot fail");
    hash.0
}

/// The fingerprint as 16 hexadecimal digits.
pub(super) fn fingerprint(variants: &[Variant], general: &General) -> String {
    let mut hash = Fnv(OFFSET_BASIS);
    let mut put = |part: fmt::Arguments<'_>| {
        hash.write_fmt(part).expect("hashing a text cannot fail");
    };
    put(format_args!("{};{};", general.seed, general.replications));
    if let Analysis::SteadyState { warm_up } = general.analysis {
        put(format_args!("steady state;{warm_up:?};"));
    }
    for variant in variants {
        put(format_args!("{:?};{:?};{:?};", variant.name, variant.settings, variant.prices));
    }
    format!("{:016x}", hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }
}
