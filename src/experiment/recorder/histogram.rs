//! A log-linear histogram of times, without allocation while counting.
//!
//! There are 1,024 equal cells between a power of two and the next, so a quantile is within
//! `2^-10` (0.1 %) of the exact one; values below 2,047 ns are exact. The idea is that of
//! HdrHistogram (Tene); ages of single records are the hottest counter of a run, so the cell of a
//! value is read from its representation as a floating-point number (IEEE 754: exponent, then
//! mantissa), which orders numbers in just these cells.

/// Cells per power of two are `2^PRECISION_BITS`.
const PRECISION_BITS: u32 = 10;
/// Larger values are counted in the last cell: 2^60 ns are 36 years.
const VALUE_BITS: u32 = 60;
const CELLS: usize = (VALUE_BITS as usize) << PRECISION_BITS;
/// Bits of a number's representation below those that make its cell.
const DROPPED_BITS: u32 = f64::MANTISSA_DIGITS - 1 - PRECISION_BITS;
/// What the kept bits of 1.0 are.
const ONE: u64 = 1.0f64.to_bits() >> DROPPED_BITS;

/// Counts of values.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Box<[u64; CELLS]>,
    total: u64,
}

impl Histogram {
    /// No value yet.
    pub fn new() -> Histogram {
        // By way of a vector, since an array would lie on the stack first.
        let counts = vec![0; CELLS].into_boxed_slice();
        Histogram { counts: counts.try_into().expect("it has as many cells"), total: 0 }
    }

    /// Counts a value.
    #[inline]
    pub fn record(&mut self, value: u64) {
        self.counts[cell(value)] += 1;
        self.total += 1;
    }

    /// Counts a value whose place in the total is added later, by [`Histogram::add`].
    #[inline]
    pub(super) fn place(&mut self, value: u64) {
        self.counts[cell(value)] += 1;
    }

    /// Adds values that were placed to the total.
    #[inline]
    pub(super) fn add(&mut self, placed: u64) {
        self.total += placed;
    }

    /// Adds the values of another one, of which `most` is the largest.
    pub fn absorb(&mut self, other: &Histogram, most: u64) {
        let used = cell(most) + 1;
        for (count, others) in self.counts[..used].iter_mut().zip(&other.counts[..used]) {
            *count += others;
        }
        self.total += other.total;
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
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Some(largest(index));
            }
        }
        None
    }
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram::new()
    }
}

/// The cell of a value: that of the number one above it, so that 0 has one too.
#[inline]
pub(super) fn cell(value: u64) -> usize {
    // Signed, since processors convert only that in one step.
    let number = (value + 1) as i64 as f64;
    ((number.to_bits() >> DROPPED_BITS) - ONE).min(CELLS as u64 - 1) as usize
}

/// The largest value of a cell that holds any.
pub(super) fn largest(cell: usize) -> u64 {
    let behind = f64::from_bits((cell as u64 + 1 + ONE) << DROPPED_BITS);
    libm::ceil(behind) as u64 - 2
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
        assert_eq!(cell(u64::MAX >> 2), CELLS - 1);
    }

    #[test]
    fn a_cell_is_narrower_than_a_thousandth_of_its_values() {
        for value in [3_000u64, 1_000_000, 123_456_789_012, 86_400_000_000_000] {
            let most = largest(cell(value));
            assert!((most - value) as f64 <= value as f64 / 1024.0, "{value}: {most}");
        }
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
