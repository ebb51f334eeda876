//! A log-linear histogram of times, without allocation while counting.
//!
//! There are 1,024 equal cells between a power of two and the next, so a quantile is within
//! `2^-10` (0.1 %) of the exact one; values below 2,047 ns are exact. The idea is that of
//! HdrHistogram (Tene). The number one above a value, so that 0 has a cell too, is `2^e + m` with
//! `m < 2^e`: `e` is its octave and the upper ten bits of `m` are its cell there. A floating-point
//! number is written in this way, which is how ages of single records, the hottest counter of a
//! run, find their cells.

use fearless_simd::{Level, dispatch};

use crate::engine::simd_level;
use crate::units::{Duration, Instant};

/// Cells per power of two are `2^PRECISION_BITS`.
const PRECISION_BITS: u32 = 10;
/// Larger values are counted as the largest: 2^60 ns are 36 years.
const NUMBER_MAX: u64 = (1 << 60) - 1;
/// Numbers up to this one are floating-point numbers exactly: 2^52 ns are 52 days.
const EXACT_MAX: u64 = (1 << (f64::MANTISSA_DIGITS - 1)) - 1;
/// So many cells are found together.
const CHUNK: usize = 8;
/// The upper bits of the floating-point number 1, which has the first cell.
const CELL_OF_ONE: u64 = (f64::MAX_EXP as u64 - 1) << PRECISION_BITS;
/// More than values need, so that 16 bits of a number are a cell in any case.
const CELLS: usize = 64 << PRECISION_BITS;
const CELLS_OF_OCTAVE: usize = 1 << PRECISION_BITS;

/// Counts of values.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// Counts, but for those that were moved away. Small ones: those of a run's ages should stay
    /// close to the processor.
    counts: Box<[u32; CELLS]>,
    /// Values in them: as many as a cell can count.
    counted: u64,
    /// Counts that were moved away before a cell could be full.
    moved: Option<Box<[u64]>>,
    total: u64,
    /// What the processor can do at once: the same steps, more numbers at a time.
    simd: Level,
}

impl Histogram {
    /// No value yet.
    pub fn new() -> Histogram {
        // By way of a vector, since an array would lie on the stack first.
        let counts = vec![0; CELLS].into_boxed_slice();
        Histogram {
            counts: counts.try_into().expect("it has as many cells"),
            counted: 0,
            moved: None,
            total: 0,
            simd: simd_level(),
        }
    }

    /// Counts a value.
    #[inline]
    pub fn record(&mut self, value: u64) {
        self.make_room(1);
        self.counts[cell(value)] += 1;
    }

    /// Makes room in every cell for so many values more, and counts them.
    #[inline]
    fn make_room(&mut self, values: u64) {
        self.total += values;
        self.counted += values;
        if self.counted > u64::from(u32::MAX) {
            self.move_away(values);
        }
    }

    #[cold]
    fn move_away(&mut self, values: u64) {
        let moved = self.moved.get_or_insert_with(|| vec![0; CELLS].into());
        for (moved, count) in moved.iter_mut().zip(self.counts.iter_mut()) {
            *moved += u64::from(std::mem::take(count));
        }
        self.counted = values;
    }

    /// Counts the times that have passed at `now` since some instants; their sum in nanoseconds.
    #[inline]
    pub fn record_since(&mut self, now: Instant, instants: &[Instant]) -> u128 {
        let Some(next) = now.as_nanos().checked_add(1).filter(|&next| next <= EXACT_MAX) else {
            return self.record_each(now, instants);
        };
        self.make_room(instants.len() as u64);
        let counts = &mut *self.counts;
        let sum = dispatch!(self.simd, _simd => count_exact(counts, next, instants));
        sum - instants.len() as u128
    }

    /// The same one by one.
    #[cold]
    fn record_each(&mut self, now: Instant, instants: &[Instant]) -> u128 {
        let times = instants.iter().map(|&at| now - at);
        times
            .map(|time| {
                self.record(time.as_nanos());
                u128::from(time.as_nanos())
            })
            .sum()
    }

    /// Adds the values of another one, of which `most` is the largest.
    pub fn absorb(&mut self, other: &Histogram, most: u64) {
        let used = cell(most) + 1;
        if other.moved.is_some() {
            self.move_away(0);
        }
        if let (Some(moved), Some(others)) = (&mut self.moved, &other.moved) {
            for (count, others) in moved[..used].iter_mut().zip(&others[..used]) {
                *count += others;
            }
        }
        self.make_room(other.counted);
        for (count, others) in self.counts[..used].iter_mut().zip(&other.counts[..used]) {
            *count += others;
        }
        self.total += other.total - other.counted;
    }

    /// Number of values.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The largest value of the cell that holds the smallest value which at least the share `q`
    /// (0 to 1) of all values do not exceed; `None` of nothing.
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let rank = (libm::ceil(q * self.total as f64) as u64).clamp(1, self.total.max(1));
        let mut seen = 0;
        let is_reached = |count: u64| {
            seen += count;
            seen >= rank
        };
        let mut counts = self.counts.iter().copied().map(u64::from);
        let cell = match &self.moved {
            None => counts.position(is_reached),
            Some(moved) => {
                counts.zip(moved).map(|(count, moved)| count + moved).position(is_reached)
            }
        };
        cell.map(largest)
    }
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram::new()
    }
}

/// How far a number of an octave is shifted down, and up before, so that its upper bits are left.
#[inline]
fn shifts(octave: u32) -> (u32, u32) {
    (octave.saturating_sub(PRECISION_BITS), PRECISION_BITS.saturating_sub(octave))
}

/// The number one above a time.
#[inline]
fn number(time: Duration) -> u64 {
    time.as_nanos().saturating_add(1).min(NUMBER_MAX)
}

/// Counts how far instants lie before `next`, which is at most [`EXACT_MAX`], for one kind of
/// processor; the sum of that.
#[inline(always)]
fn count_exact(counts: &mut [u32; CELLS], next: u64, instants: &[Instant]) -> u128 {
    let (chunks, rest) = instants.as_chunks::<CHUNK>();
    let mut sum = 0u128;
    for chunk in chunks {
        let numbers = chunk.map(|at| next - at.as_nanos());
        sum += u128::from(numbers.iter().sum::<u64>());
        for cell in numbers.map(cell_of_exact) {
            counts[cell as usize] += 1;
        }
    }
    for at in rest {
        let number = next - at.as_nanos();
        sum += u128::from(number);
        counts[cell_of_exact(number) as usize] += 1;
    }
    sum
}

/// The cell of a number from 1 to [`EXACT_MAX`]. Added to 2^52, whose lowest bit is a whole one, it
/// becomes a floating-point number without a conversion, of which processors have none for several
/// whole numbers at a time.
#[inline(always)]
fn cell_of_exact(number: u64) -> u16 {
    const WHOLE: f64 = (1u64 << (f64::MANTISSA_DIGITS - 1)) as f64;
    let exact = f64::from_bits(WHOLE.to_bits() | number) - WHOLE;
    ((exact.to_bits() >> (f64::MANTISSA_DIGITS - 1 - PRECISION_BITS)) - CELL_OF_ONE) as u16
}

/// The cell of a value.
#[inline]
pub(super) fn cell(value: u64) -> usize {
    let number = number(Duration::from_nanos(value));
    let octave = number.ilog2();
    let (shift, up) = shifts(octave);
    octave as usize * CELLS_OF_OCTAVE + ((number << up) >> shift) as usize % CELLS_OF_OCTAVE
}

/// The largest value of a cell that holds any.
pub(super) fn largest(cell: usize) -> u64 {
    let octave = (cell / CELLS_OF_OCTAVE) as u32;
    let (shift, up) = shifts(octave);
    let next = (CELLS_OF_OCTAVE + cell % CELLS_OF_OCTAVE + 1) as u64;
    ((next << shift).div_ceil(1 << up)) - 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_follow_one_another_without_gap() {
        let (mut value, mut before) = (0u64, None);
        while value < 1 << 52 {
            let this = cell(value);
            assert!(before.is_none_or(|before| before < this), "{value}");
            assert!(value < 2_047 || before == Some(this - 1), "{value}");
            assert_eq!(cell(largest(this)), this, "{value}");
            before = Some(this);
            value = largest(this) + 1;
        }
        assert_eq!(cell(u64::MAX), cell(NUMBER_MAX - 1));
    }

    #[test]
    fn a_cell_is_narrower_than_a_thousandth_of_its_values() {
        for value in [3_000u64, 1_000_000, 123_456_789_012, 86_400_000_000_000] {
            let most = largest(cell(value));
            assert!((most - value) as f64 <= value as f64 / 1024.0, "{value}: {most}");
        }
    }

    #[test]
    fn times_together_are_counted_as_one_by_one() {
        for now in [1u64 << 62, 5_000_000_000, 4_095, 100] {
            let now = Instant::from_nanos(now);
            let mut instants: Vec<Instant> = [now, Instant::START].into();
            let mut ago = 1;
            while ago < now.as_nanos() {
                instants
                    .extend([ago - 1, ago].map(|ago| Instant::from_nanos(now.as_nanos() - ago)));
                ago += ago.div_ceil(3);
            }
            instants.sort();
            let (mut together, mut single) = (Histogram::new(), Histogram::new());
            let sum = together.record_since(now, &instants);
            instants.iter().for_each(|&at| single.record((now - at).as_nanos()));
            assert_eq!(together.counts, single.counts);
            assert_eq!(together.total, single.total);
            let times = instants.iter().map(|&at| u128::from((now - at).as_nanos()));
            assert_eq!(sum, times.sum::<u128>());
        }
    }

    #[test]
    fn more_values_than_a_cell_counts_are_counted() {
        let count = |histogram: &Histogram, value: u64| {
            let moved = histogram.moved.as_ref().map_or(0, |moved| moved[cell(value)]);
            u64::from(histogram.counts[cell(value)]) + moved
        };
        let (mut one, mut other) = (Histogram::new(), Histogram::new());
        for histogram in [&mut one, &mut other] {
            // As if so many had been counted.
            let before = u32::MAX - 10;
            histogram.counts[cell(7)] = before;
            (histogram.counted, histogram.total) = (before.into(), before.into());
            let now = Instant::from_nanos(100);
            let sum = histogram.record_since(now, &[Instant::from_nanos(93); 60]);
            assert_eq!(sum, 7 * 60);
            histogram.record(8);
            assert_eq!(count(histogram, 7), u64::from(before) + 60);
        }
        one.absorb(&other, 8);
        let expected = 2 * (u64::from(u32::MAX) + 50);
        assert_eq!((count(&one, 7), count(&one, 8), one.total()), (expected, 2, expected + 2));
        assert_eq!((one.quantile(0.9), one.quantile(1.0)), (Some(7), Some(8)));
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_values() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.quantile(0.5), None);
        for value in (1..=1000).rev() {
            histogram.record(value);
        }
        assert_eq!(histogram.total(), 1000);
        assert_eq!(histogram.quantile(0.0), Some(1));
        assert_eq!(histogram.quantile(0.5), Some(500));
        assert_eq!(histogram.quantile(0.999), Some(999));
        assert_eq!(histogram.quantile(1.0), Some(1000));
    }
}
