//! Points that are independent and uniform on a stretch, in order: where the arrivals of a Poisson
//! process lie, given how many there are (Kingman 1993, Poisson Processes, 2.4).
//!
//! ```text
//! U(k) = (E(1) + ... + E(k)) / (E(1) + ... + E(n + 1)),  E independent and exponential
//! ```
//!
//! (Devroye 1986, Non-Uniform Random Variate Generation, V.2.1): so nothing is sorted. `E(i)` is
//! `-ln` of a 23-bit hash of `i` and a random salt: two rounds of multiply and xor-shift with the
//! constants of Wellons (2018, hash-prospector). A salt is a word of a random stream, so that
//! points of different salts share nothing. Gaps are kept in whole units of 2^-24 of their mean.
//!
//! The logarithm is ours, because four are computed at a time where it is a loop without calls or
//! branches; it uses nothing but operations that IEEE 754 defines exactly, and so gives the same
//! bits everywhere. All of it takes some 15 instructions a point.

/// Points at most.
pub const POINTS_MAX: usize = 127;
/// Gaps at most: one before each point, and one behind the last.
const GAPS_MAX: usize = POINTS_MAX + 1;
/// Gaps drawn at a time.
const BLOCK: usize = 8;
/// Bits of a hash that become a number.
const HASH_BITS: u32 = 23;

/// Draws points in order, and has room for them.
#[derive(Debug, Clone)]
pub struct OrderedPoints {
    gaps: [u32; GAPS_MAX],
}

impl OrderedPoints {
    /// Room for points.
    pub fn new() -> OrderedPoints {
        OrderedPoints { gaps: [0; GAPS_MAX] }
    }

    /// `count` points of a salt, at most [`POINTS_MAX`], on a stretch of a length below 2^31: how
    /// far from its beginning they lie, in order, each below the length.
    #[inline]
    pub fn draw(
        &mut self,
        salt: u64,
        count: usize,
        length: u32,
    ) -> impl ExactSizeIterator<Item = u64> {
        assert!(count <= POINTS_MAX && length < 1 << 31, "{count} points on {length}");
        draw_gaps(salt, count + 1, &mut self.gaps);
        let gaps = &self.gaps[..=count];
        // One more, so that the last point is below the length although the last gap may be 0.
        let total = 1 + gaps.iter().map(|&gap| u64::from(gap)).sum::<u64>();
        let scale = (u64::from(length) << u32::BITS) / total;
        let mut sum = 0;
        gaps[..count].iter().map(move |&gap| {
            sum += u64::from(gap);
            (sum * scale) >> u32::BITS
        })
    }
}

impl Default for OrderedPoints {
    fn default() -> OrderedPoints {
        OrderedPoints::new()
    }
}

/// Draws the first `count` exponential gaps of a salt, and some more.
#[inline]
fn draw_gaps(salt: u64, count: usize, gaps: &mut [u32; GAPS_MAX]) {
    let (low, high) = (salt as u32, (salt >> 32) as u32);
    // Whole vectors: what is drawn beyond the last gap is not looked at.
    let gaps = &mut gaps[..count.next_multiple_of(BLOCK)];
    for (index, hash) in (0u32..).zip(gaps.iter_mut()) {
        let mut bits = low.wrapping_add(index.wrapping_mul(0x9e37_79b9));
        bits = (bits ^ (bits >> 16)).wrapping_mul(0x21f0_aaad);
        bits = bits.wrapping_add(high);
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x735a_2d97);
        *hash = bits ^ (bits >> 15);
    }
    for gap in gaps {
        // In the middle of one of 2^23 equal parts of (0, 1), which is exact. Signed, since
        // processors convert only that in one step.
        let number = (*gap >> (u32::BITS - HASH_BITS)) as i32 as f32 + 0.5;
        let uniform = number * (1.0 / (1u32 << HASH_BITS) as f32);
        *gap = fixed(-ln(uniform));
    }
}

/// A number from 0 to 31 in whole units of 2^-24, rounded to the nearest.
///
/// Added to a number whose lowest bit is a whole one, others show as whole ones in its
/// representation: upper and lower bits one after the other, because it has 24 bits for them.
/// Unlike a conversion that looks for what does not fit, that is done four at a time.
#[inline]
fn fixed(number: f32) -> u32 {
    const LOWER_BITS: u32 = 6;
    const UNIT: f32 = (1u32 << 23) as f32;
    const SIGNED_UNIT: f32 = 1.5 * UNIT;
    let scaled = number * (1u32 << (24 - LOWER_BITS)) as f32;
    let upper = scaled + UNIT;
    let rest = (scaled - (upper - UNIT)) * (1u32 << LOWER_BITS) as f32;
    let lower = (rest + SIGNED_UNIT).to_bits().wrapping_sub(SIGNED_UNIT.to_bits());
    (upper.to_bits().wrapping_sub(UNIT.to_bits()) << LOWER_BITS).wrapping_add(lower)
}

/// The natural logarithm of a number from 2^-100 to 1, within 10^-6 of its value or 10^-7.
///
/// ```text
/// ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)),  x = 2^e m,  m from sqrt(1/2) to sqrt(2)
/// ```
#[inline]
fn ln(x: f32) -> f32 {
    const SQRT_HALF: i32 = std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;
    const MANTISSA_BITS: u32 = f32::MANTISSA_DIGITS - 1;
    // Counted from sqrt(1/2) the exponent changes where the mantissa does.
    let above = x.to_bits() as i32 - SQRT_HALF;
    let exponent = (above >> MANTISSA_BITS) as f32;
    let mantissa = f32::from_bits(((above & ((1 << MANTISSA_BITS) - 1)) + SQRT_HALF) as u32);
    let part = (mantissa - 1.0) / (mantissa + 1.0);
    let square = part * part;
    let series = ((square * (2.0 / 7.0) + 2.0 / 5.0) * square + 2.0 / 3.0) * square + 2.0;
    exponent * std::f32::consts::LN_2 + part * series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    /// The longest stretch.
    const LENGTH: u32 = (1 << 31) - 1;

    fn points(room: &mut OrderedPoints, salt: u64, count: usize) -> Vec<f64> {
        room.draw(salt, count, LENGTH).map(|point| point as f64 / f64::from(LENGTH)).collect()
    }

    #[test]
    fn points_are_in_order_and_on_their_stretch() {
        let (mut random, mut room) = (stream(21), OrderedPoints::new());
        for count in 0..=POINTS_MAX {
            for length in [1, 2, 1_000, LENGTH] {
                let points: Vec<u64> = room.draw(random.next_u64(), count, length).collect();
                assert_eq!(points.len(), count);
                assert!(points.is_sorted() && points.iter().all(|&point| point < length.into()));
            }
        }
    }

    #[test]
    fn the_logarithm_is_that_of_the_library() {
        let mut random = stream(25);
        let least = 1.0 / (1 << 24) as f32;
        let edge = std::f32::consts::FRAC_1_SQRT_2;
        let edges = [1.0, 0.5, least, 1.0 - least, edge, edge.next_down()];
        let drawn = (0..100_000).map(|_| random.uniform_positive() as f32);
        for x in drawn.chain(edges) {
            let (found, expected) = (f64::from(ln(x)), libm::log(x.into()));
            assert!((found - expected).abs() < 1e-6 * expected.abs().max(0.1), "{x}: {found}");
            assert!(found <= 0.0, "{x}: {found}");
        }
    }

    #[test]
    fn numbers_in_whole_units_are_those_of_a_conversion() {
        let mut random = stream(26);
        let drawn = (0..100_000).map(|_| 31.0 * random.uniform() as f32 * random.uniform() as f32);
        for number in drawn.chain([0.0, 1e-9, 31.0]) {
            let expected = libm::round(f64::from(number) * f64::from(1 << 24));
            assert!((f64::from(fixed(number)) - expected).abs() <= 1.0, "{number}");
        }
    }

    #[test]
    fn each_gap_is_exponential_whatever_its_number() {
        for number in [0, 1, 17, GAPS_MAX - 1] {
            let (mut random, mut gaps) = (stream(22), [0; GAPS_MAX]);
            let gap = || {
                draw_gaps(random.next_u64(), GAPS_MAX, &mut gaps);
                f64::from(gaps[number]) / f64::from(1 << 24)
            };
            assert_fits(gap, |x| 1.0 - libm::exp(-x));
        }
    }

    /// The `k`-th of `n` is below `x` where at least `k` of them are: a binomial tail.
    #[test]
    fn the_points_of_a_salt_are_independent() {
        let binomial_tail = |n: u32, k: u32, x: f64| {
            let mut term = libm::pow(1.0 - x, n.into());
            let mut below = 0.0;
            for successes in 0..k {
                below += term;
                term *= f64::from(n - successes) / f64::from(successes + 1) * x / (1.0 - x);
            }
            1.0 - below
        };
        for (count, rank) in [(1, 1), (2, 1), (2, 2), (3, 2), (40, 1), (40, 7), (40, 20), (40, 40)]
        {
            let (mut random, mut room) = (stream(23), OrderedPoints::new());
            let point = || points(&mut room, random.next_u64(), count)[rank - 1];
            assert_fits(point, |x| binomial_tail(count as u32, rank as u32, x.min(1.0 - 1e-9)));
        }
    }

    #[test]
    fn gaps_between_neighbours_are_those_of_independent_points() {
        // A gap between neighbours of n points is above x with probability (1 - x)^n.
        let (mut random, mut room) = (stream(24), OrderedPoints::new());
        let mut number = 0;
        let gap = || {
            number += 1;
            let points = points(&mut room, random.next_u64(), 40);
            let place = number % 39;
            points[place + 1] - points[place]
        };
        assert_fits(gap, |x| 1.0 - libm::pow(1.0 - x, 40.0));
    }

    #[test]
    fn points_are_what_they_have_always_been() {
        let mut room = OrderedPoints::new();
        let points: Vec<u64> = room.draw(0x0123_4567_89ab_cdef, 5, 1_000_000).collect();
        assert_eq!(points, [80_166, 130_307, 208_383, 717_446, 759_712]);
    }
}
