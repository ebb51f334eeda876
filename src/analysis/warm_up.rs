//! How much of a run's beginning to leave out: MSER-5.
//!
//! A run that starts empty shows ages that are too small at first. Averaged in batches of 5, the
//! series Y_1 .. Y_K is cut where the standard error of what remains is smallest:
//!
//! ```text
//! d* = argmin over d = 0 .. K/2 of   sum_(j>d) (Y_j - mean of Y_j, j > d)^2 / (K - d)^2
//! ```
//!
//! Cutting more removes bias but also values; the statistic weighs the two. A minimum at the end
//! of the search says that the series had not settled in its first half, and is not to be relied
//! on.
//!
//! Reference: White, Simulation 69 (1997) 323; White, Cobb and Spratt, Proceedings of the Winter
//! Simulation Conference 2000, 755 (the restriction to the first half).
//!
//! Left out: values beyond the last whole batch, and series shorter than a batch.

/// Values in a batch.
pub const BATCH: usize = 5;

/// Where a series is cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truncation {
    /// Values to leave out at the beginning: a multiple of [`BATCH`].
    pub values: usize,
    /// The statistic at its minimum: the squared standard error of what remains, 0 or more.
    pub statistic: f64,
    /// The cut lies before the end of the search; otherwise the series is too short to tell.
    pub is_settled: bool,
}

/// The cut of `values` (finite) by MSER-5, the earliest where several are equally good; `None`
/// with less than a batch.
pub fn mser5(values: &[f64]) -> Option<Truncation> {
    let mean = |batch: &[f64]| batch.iter().sum::<f64>() / BATCH as f64;
    let batches: Vec<f64> = values.chunks_exact(BATCH).map(mean).collect();
    let count = batches.len();
    let farthest = count / 2;
    let mut best: Option<Truncation> = None;
    // From the end, so that sums of squares only grow: Welford's recursion.
    let (mut mean, mut squares) = (0.0, 0.0);
    for cut in (0..count).rev() {
        let remaining = (count - cut) as f64;
        let before = batches[cut] - mean;
        mean += before / remaining;
        squares += before * (batches[cut] - mean);
        let statistic = squares / (remaining * remaining);
        if cut <= farthest && best.is_none_or(|best| statistic <= best.statistic) {
            let is_settled = cut < farthest || count == 1;
            best = Some(Truncation { values: cut * BATCH, statistic, is_settled });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, word by word.
    fn by_definition(values: &[f64]) -> Vec<f64> {
        let batches: Vec<f64> =
            values.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / 5.0).collect();
        let statistic = |cut: usize| {
            let rest = &batches[cut..];
            let mean = rest.iter().sum::<f64>() / rest.len() as f64;
            rest.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>()
                / (rest.len() * rest.len()) as f64
        };
        (0..=batches.len() / 2).map(statistic).collect()
    }

    /// Settles from 10 towards 0 with a ripple.
    fn transient(length: usize, memory: f64) -> Vec<f64> {
        let value = |i: usize| {
            10.0 * libm::exp(-(i as f64) / memory) + libm::sin(i as f64 * 1.7) + (i % 3) as f64
        };
        (0..length).map(value).collect()
    }

    #[test]
    fn the_cut_is_the_minimum_of_the_definition() {
        for (length, memory) in [(200, 10.0), (403, 40.0), (61, 5.0), (12, 1.0)] {
            let values = transient(length, memory);
            let statistics = by_definition(&values);
            let cut = mser5(&values).expect("there are batches");
            let least = statistics.iter().copied().fold(f64::INFINITY, f64::min);
            assert!((cut.statistic - least).abs() < 1e-12, "{length}, {memory}");
            assert!((statistics[cut.values / BATCH] - least).abs() < 1e-12);
        }
    }

    #[test]
    fn a_step_is_cut_exactly_where_it_ends() {
        let mut values = vec![8.0; 50];
        values.extend((0..250).map(|i| f64::from(i % 2)));
        let cut = mser5(&values).expect("60 batches");
        assert_eq!((cut.values, cut.is_settled), (50, true));
    }

    #[test]
    fn a_series_that_never_settles_is_said_to() {
        let rising: Vec<f64> = (0..100).map(f64::from).collect();
        let cut = mser5(&rising).expect("20 batches");
        assert_eq!((cut.values, cut.is_settled), (50, false));
    }

    #[test]
    fn a_constant_series_is_not_cut_and_a_short_one_has_no_answer() {
        let cut = mser5(&[2.0; 40]).expect("8 batches");
        assert_eq!(cut, Truncation { values: 0, statistic: 0.0, is_settled: true });
        assert_eq!(mser5(&[1.0; 4]), None);
    }
}
