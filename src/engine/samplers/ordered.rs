//! Points that are independent and uniform on a stretch, in order: where the arrivals of a Poisson
//! process lie, given how many there are (Kingman 1993, Poisson Processes, 2.4).
//!
//! ```text
//! U(k) = (E(1) + ... + E(k)) / (E(1) + ... + E(n + 1)),  E independent and exponential
//! ```
//!
//! (Devroye 1986, Non-Uniform Random Variate Generation, V.2.1): so nothing is sorted. `E(i)` is
//! `-ln` of a 23-bit hash of `i` and a random salt: two rounds of multiply and xor-shift with the
//! constants of Wellons (2018, hash-prospector). A salt is a random word, so that points of
//! different salts share nothing. Gaps are kept in whole units of 2^-18 of their mean.
//!
//! This is the hottest code of a run. It computes eight numbers at a time, compiled for several
//! kinds of processors, and uses nothing but operations that IEEE 754 defines exactly, so that it
//! gives the same bits everywhere. The logarithm is ours for that reason. All of it takes some 15
//! instructions a point on a processor with AVX2.

use fearless_simd::prelude::{Bytes, Simd, SimdBase, SimdFrom, SimdInt};
use fearless_simd::{Level, dispatch, f32x8, i32x8, u32x8};

use crate::engine::simd_level;
use crate::units::Instant;

/// Points at most.
pub const POINTS_MAX: usize = 127;
/// Gaps at most: one before each point, and one behind the last.
const GAPS_MAX: usize = POINTS_MAX + 1;
/// Gaps drawn at a time.
const BLOCK: usize = 8;
const BLOCKS_MAX: usize = GAPS_MAX / BLOCK;
/// Bits of a hash that become a number.
const HASH_BITS: u32 = 23;
/// A gap is a whole number of 2^-18: one of 31 or less, which all are, has 23 bits then.
const GAP_BITS: u32 = 18;

/// Draws points in order.
#[derive(Debug, Clone, Copy)]
pub struct OrderedPoints {
    /// What the processor can do at once: the same steps, more numbers at a time.
    simd: Level,
}

impl OrderedPoints {
    /// For this processor.
    pub fn new() -> OrderedPoints {
        OrderedPoints { simd: simd_level() }
    }

    /// Appends `count` points of a salt, at most [`POINTS_MAX`], on a stretch of a length from 1 to
    /// 2^31 nanoseconds that begins `from`: in order, each before its end.
    #[inline]
    pub fn append(
        self,
        salt: u64,
        count: usize,
        from: Instant,
        length: u32,
        points: &mut Vec<Instant>,
    ) {
        assert!(count <= POINTS_MAX && length < 1 << 31, "{count} points on {length}");
        dispatch!(self.simd, simd => append_points(simd, salt, count, from, length, points));
    }
}

/// Sums of gaps, where a processor writes and reads them at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Block([u32; BLOCK]);

/// [`OrderedPoints::append`] for one kind of processor. Whole blocks: what is drawn beyond the last
/// gap is taken back.
#[inline(always)]
fn append_points<S: Simd>(
    simd: S,
    salt: u64,
    count: usize,
    from: Instant,
    length: u32,
    points: &mut Vec<Instant>,
) {
    let blocks = count / BLOCK + 1;
    let mut sums = [Block([0; BLOCK]); BLOCKS_MAX];
    let mut before = 0;
    for (first, block) in (0u32..).step_by(BLOCK).zip(&mut sums[..blocks]) {
        let gaps = draw_gaps(simd, salt, first);
        (running_sum(gaps) + before).store_slice(&mut block.0);
        before += gaps.reduce_sum();
    }
    // One more, so that the last point is before the end although the last gap may be 0; less by a
    // half, since places are rounded to the nearest.
    let sum = sums[count / BLOCK].0[count % BLOCK] + 1;
    let scale = (f64::from(length) - 0.5) / f64::from(sum);
    let place = |sum: u32| nearest(f64::from(sum as i32) * scale);
    let before = points.len();
    for block in &sums[..blocks] {
        points.extend(block.0.map(|sum| Instant::from_nanos(from.as_nanos() + place(sum))));
    }
    points.truncate(before + count);
}

impl Default for OrderedPoints {
    fn default() -> OrderedPoints {
        OrderedPoints::new()
    }
}

/// Draws some exponential gaps of a salt from the `first` on.
#[inline(always)]
fn draw_gaps<S: Simd>(simd: S, salt: u64, first: u32) -> u32x8<S> {
    let (low, high) = (salt as u32, (salt >> 32) as u32);
    let index = u32x8::simd_from(simd, [0, 1, 2, 3, 4, 5, 6, 7]) + first;
    let mut bits = index * 0x9e37_79b9 + low;
    bits = (bits ^ (bits >> 16)) * 0x21f0_aaad + high;
    bits = (bits ^ (bits >> 15)) * 0x735a_2d97;
    bits ^= bits >> 15;
    // In the middle of one of 2^23 equal parts of (0, 2^23), which is exact. Signed, since
    // processors convert only that in one step.
    let number: i32x8<S> = (bits >> (u32::BITS - HASH_BITS)).bitcast();
    fixed(-ln(number.to_float::<f32x8<S>>() + 0.5))
}

/// The sum of each number and those before it.
#[inline(always)]
fn running_sum<S: Simd>(numbers: u32x8<S>) -> u32x8<S> {
    let none = u32x8::splat(numbers.simd, 0);
    let mut sums = numbers;
    sums += none.slide::<7>(sums);
    sums += none.slide::<6>(sums);
    sums + none.slide::<4>(sums)
}

/// Numbers from 0 to 31 in whole units of 2^-18, rounded to the nearest: added to a number whose
/// lowest bit is such a unit, one shows as whole units in the sum's representation.
#[inline(always)]
fn fixed<S: Simd>(numbers: f32x8<S>) -> u32x8<S> {
    const WHOLE: f32 = (1u32 << (f32::MANTISSA_DIGITS - 1 - GAP_BITS)) as f32;
    (numbers + WHOLE).bitcast::<u32x8<S>>() - WHOLE.to_bits()
}

/// The whole number that is nearest to one from 0 to 2^51, in the same way.
#[inline(always)]
fn nearest(number: f64) -> u64 {
    const WHOLE: f64 = (1u64 << (f64::MANTISSA_DIGITS - 1)) as f64;
    (number + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits())
}

/// The natural logarithm of `x / 2^23`, for x from 2^-77 to 2^23, within 10^-6 of its value or
/// 10^-7.
///
/// ```text
/// ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)),  x = 2^e m,  m from sqrt(1/2) to sqrt(2)
/// ```
#[inline(always)]
fn ln<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    const SQRT_HALF: i32 = std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;
    const MANTISSA_BITS: u32 = f32::MANTISSA_DIGITS - 1;
    // Counted from sqrt(1/2) the exponent changes where the mantissa does.
    const FIRST: i32 = SQRT_HALF + ((HASH_BITS as i32) << MANTISSA_BITS);
    let above = x.bitcast::<i32x8<S>>() - FIRST;
    let exponent: f32x8<S> = (above >> MANTISSA_BITS).to_float();
    let mantissa: f32x8<S> = ((above & ((1 << MANTISSA_BITS) - 1)) + SQRT_HALF).bitcast();
    let part = (mantissa - 1.0) / (mantissa + 1.0);
    let square = part * part;
    let series = ((square * (2.0 / 7.0) + 2.0 / 5.0) * square + 2.0 / 3.0) * square + 2.0;
    exponent * std::f32::consts::LN_2 + part * series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::processor::levels;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    /// The longest stretch.
    const LENGTH: u32 = (1 << 31) - 1;

    fn places(room: &mut OrderedPoints, salt: u64, count: usize, length: u32) -> Vec<u64> {
        let mut points = Vec::new();
        room.append(salt, count, Instant::from_nanos(7), length, &mut points);
        points.into_iter().map(|point| point.as_nanos() - 7).collect()
    }

    /// What a loop makes of a number that stands at each place of a block.
    macro_rules! of_block {
        ($loop:ident($number:expr)) => {
            dispatch!(simd_level(), simd => $loop(f32x8::splat(simd, $number)).as_slice()[3])
        };
    }

    fn points(room: &mut OrderedPoints, salt: u64, count: usize) -> Vec<f64> {
        let places = places(room, salt, count, LENGTH).into_iter();
        places.map(|place| place as f64 / f64::from(LENGTH)).collect()
    }

    #[test]
    fn points_are_in_order_and_on_their_stretch() {
        let (mut random, mut room) = (stream(21), OrderedPoints::new());
        for count in 0..=POINTS_MAX {
            for length in [1, 2, 1_000, LENGTH] {
                let points = places(&mut room, random.next_u64(), count, length);
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
            let scaled = x * (1u32 << HASH_BITS) as f32;
            let (found, expected) = (f64::from(of_block!(ln(scaled))), libm::log(x.into()));
            assert!((found - expected).abs() < 1e-6 * expected.abs().max(0.1), "{x}: {found}");
            assert!(found <= 0.0, "{x}: {found}");
        }
    }

    #[test]
    fn numbers_in_whole_units_are_those_of_a_conversion() {
        let mut random = stream(26);
        let drawn = (0..100_000).map(|_| 31.0 * random.uniform() as f32 * random.uniform() as f32);
        for number in drawn.chain([0.0, 1e-9, 31.0]) {
            let units = f64::from(number) * f64::from(1 << GAP_BITS);
            assert!((f64::from(of_block!(fixed(number))) - units).abs() <= 0.5, "{number}");
            assert!((nearest(units) as f64 - units).abs() <= 0.5, "{units}");
        }
    }

    #[test]
    fn each_gap_is_exponential_whatever_its_number() {
        for number in [0, 1, 17, GAPS_MAX - 1] {
            let mut random = stream(22);
            let gap = || {
                let first = number / BLOCK * BLOCK;
                let (salt, place) = (random.next_u64(), number - first);
                let gap = dispatch!(simd_level(), simd => {
                    draw_gaps(simd, salt, first as u32).as_slice()[place]
                });
                f64::from(gap) / f64::from(1 << GAP_BITS)
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
        let points = places(&mut room, 0x0123_4567_89ab_cdef, 5, 1_000_000);
        assert_eq!(points, [80_167, 130_307, 208_383, 717_446, 759_711]);
    }

    #[test]
    fn points_are_the_same_whatever_the_processor_can_do_at_once() {
        let mut random = stream(27);
        for count in 0..=POINTS_MAX {
            let salt = random.next_u64();
            let of_level = |simd| {
                let mut room = OrderedPoints { simd };
                places(&mut room, salt, count, LENGTH)
            };
            let expected = of_level(Level::new());
            for level in levels() {
                assert_eq!(of_level(level), expected, "{level:?}");
            }
        }
    }
}
