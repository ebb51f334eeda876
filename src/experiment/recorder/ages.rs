//! Ages of one kind: exact count, mean and maximum, and a histogram for percentiles.
//!
//! A percentile is within 0.1 % of the exact one.

use super::histogram::Histogram;
use crate::units::{Duration, Instant};

/// Ages of one kind.
#[derive(Debug, Clone)]
pub struct Ages {
    histogram: Histogram,
    sum_nanos: u128,
    largest: Duration,
}

impl Ages {
    /// No age yet.
    pub fn new() -> Ages {
        Ages { histogram: Histogram::new(), sum_nanos: 0, largest: Duration::ZERO }
    }

    /// Counts an age.
    #[inline]
    pub fn record(&mut self, age: Duration) {
        self.histogram.record(age.as_nanos());
        self.sum_nanos += u128::from(age.as_nanos());
        self.largest = self.largest.max(age);
    }

    /// Counts the ages at `now` of what began at these times, the oldest first.
    #[inline]
    pub fn record_since(&mut self, now: Instant, beginnings: &[Instant]) {
        let Some(&oldest) = beginnings.first() else { return };
        self.sum_nanos += self.histogram.record_since(now, beginnings);
        self.largest = self.largest.max(now - oldest);
    }

    /// Adds the ages of another part of the run.
    pub fn absorb(&mut self, other: &Ages) {
        self.histogram.absorb(&other.histogram, other.largest.as_nanos());
        self.sum_nanos += other.sum_nanos;
        self.largest = self.largest.max(other.largest);
    }

    /// Number of ages.
    pub fn count(&self) -> u64 {
        self.histogram.total()
    }

    /// Mean in seconds.
    pub fn mean(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum_nanos as f64 / count as f64 / 1e9)
    }

    /// Largest in seconds.
    pub fn max(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.largest.as_secs_f64())
    }

    /// The smallest age that at least the share `q` of all ages do not exceed, in seconds.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let value = Duration::from_nanos(self.histogram.quantile(q)?);
        Some(value.min(self.largest).as_secs_f64())
    }
}

impl Default for Ages {
    fn default() -> Ages {
        Ages::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_maximum_are_exact_and_percentiles_within_a_thousandth() {
        let mut ages = Ages::new();
        for millis in 1..=10_000 {
            ages.record(Duration::from_millis(millis));
        }
        assert_eq!(ages.mean(), Some(5.0005));
        assert_eq!(ages.max(), Some(10.0));
        let p99 = ages.quantile(0.99).expect("there are ages");
        assert!((p99 / 9.9 - 1.0).abs() < 1e-3, "{p99}");
    }

    #[test]
    fn nothing_recorded_has_no_statistics() {
        let ages = Ages::new();
        assert_eq!((ages.mean(), ages.max(), ages.quantile(0.5)), (None, None, None));
    }
}
