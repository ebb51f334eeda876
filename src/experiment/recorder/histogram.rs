//! A log-linear histogram of times, without allocation while counting.
//!
//! A value of `b` bits falls into one of 1,024 equal cells between `2^(b-1)` and `2^b`, so a
//! quantile is within `2^-10` (0.1 %) of the exact one; values below 2,048 ns are exact. The idea
//! is that of HdrHistogram (Tene); ages of single records are the hottest counter of a run, and
//! this one costs a fifth of the instructions.

/// Cells per power of two are `2^PRECISION_BITS`.
const PRECISION_BITS: u32 = 10;
/// Values of more bits are counted in the last cell: 2^60 ns are 36 years.
const VALUE_BITS: u32 = 60;
const CELLS: usize = ((VALUE_BITS - PRECISION_BITS + 1) as usize) << PRECISION_BITS;

/// Counts of values.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Box<[u64]>,
    total: u64,
}

impl Histogram {
    /// No value yet.
    pub fn new() -> Histogram {
        Histogram { counts: vec![0; CELLS].into_boxed_slice(), total: 0 }
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

/// The cell of a value.
#[inline]
pub(super) fn cell(value: u64) -> usize {
    let value = value.min((1 << VALUE_BITS) - 1);
    // Bits beyond the precision; values below 2^(PRECISION_BITS + 1) are their own cells.
    let shift = (u64::BITS - PRECISION_BITS - 1).saturating_sub(value.leading_zeros());
    ((shift as usize) << PRECISION_BITS) + (value >> shift) as usize
}

/// The largest value of a cell.
pub(super) fn largest(cell: usize) -> u64 {
    let shift = (cell >> PRECISION_BITS).saturating_sub(1) as u32;
    let start = (cell as u64 - (u64::from(shift) << PRECISION_BITS)) << shift;
    start + (1 << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_follow_one_another_without_gap() {
        let mut expected = 0;
        for index in 0..CELLS - 1 {
            let smallest = if index == 0 { 0 } else { largest(index - 1) + 1 };
            assert_eq!((cell(smallest), cell(largest(index))), (index, index));
            assert_eq!(smallest, expected);
            expected = largest(index) + 1;
        }
        assert_eq!(cell(u64::MAX), cell((1 << VALUE_BITS) - 1));
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
