//! A Poisson process with a sinusoidal daily rate.
//!
//! Thinning (Lewis and Shedler 1979, Naval Research Logistics 26): candidates at the peak rate
//! `mean (1 + a)` are kept with chance `rate(t) / peak`, where
//! `rate(t) = mean (1 + a cos(2 pi (t - peak_at) / 24 h))`.
//! Below the lowest rate a candidate is kept without a cosine.

use super::whole_nanos;
use crate::engine::RandomStream;
use crate::engine::samplers::Exponential;
use crate::units::{Duration, Instant, Probability};

const DAY_NANOS: u64 = 86_400_000_000_000;

/// Shape of the daily rate.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Swing {
    /// Relative swing, 0 to 1.
    amplitude: f64,
    /// Time of day of the peak.
    peak_at: Duration,
    /// Time of day of virtual time zero.
    start_of_day: Duration,
}

/// Position in a daily Poisson process.
#[derive(Debug, Clone)]
pub(in crate::model) struct Diurnal {
    gaps: RandomStream,
    exponential: Exponential,
    mean_gap_nanos: f64,
    swing: Swing,
    now: Instant,
    end: Instant,
}

impl Swing {
    /// A swing of `amplitude` around the mean, highest at the time of day `peak_at`.
    pub(in crate::model::workload) fn new(
        amplitude: Probability,
        peak_at: Duration,
        start_of_day: Duration,
    ) -> Swing {
        Swing { amplitude: amplitude.get(), peak_at, start_of_day }
    }

    /// Relative swing, 0 to 1.
    pub(in crate::model::workload) fn amplitude(&self) -> f64 {
        self.amplitude
    }

    /// The angle of the time of day after the peak, in radians, `0..2 pi`.
    pub(in crate::model::workload) fn angle(&self, now: Instant) -> f64 {
        let start = self.start_of_day.as_nanos() % DAY_NANOS;
        let peak = self.peak_at.as_nanos() % DAY_NANOS;
        let since_peak = (now.as_nanos() % DAY_NANOS + start + (DAY_NANOS - peak)) % DAY_NANOS;
        since_peak as f64 / DAY_NANOS as f64 * std::f64::consts::TAU
    }
}

impl Diurnal {
    /// The process with `mean` records per second over a day, from `from` to before `end`.
    pub(super) fn new(
        mean: f64,
        swing: Swing,
        gaps: RandomStream,
        from: Instant,
        end: Instant,
    ) -> Diurnal {
        let mean_gap_nanos = 1e9 / (mean * (1.0 + swing.amplitude));
        Diurnal { gaps, exponential: Exponential::new(), mean_gap_nanos, swing, now: from, end }
    }

    pub(super) fn advance(&mut self) -> Option<Instant> {
        let amplitude = self.swing.amplitude;
        while self.now < self.end {
            let gap = self.exponential.sample(&mut self.gaps) * self.mean_gap_nanos;
            self.now = self.now.saturating_add(whole_nanos(gap));
            let height = self.gaps.uniform() * (1.0 + amplitude);
            if height < 1.0 - amplitude
                || height < 1.0 + amplitude * libm::cos(self.swing.angle(self.now))
            {
                return (self.now < self.end).then_some(self.now);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_angle_is_none_at_the_peak_and_grows_over_the_day() {
        let swing = Swing {
            amplitude: 0.5,
            peak_at: Duration::from_secs(20_000),
            start_of_day: Duration::from_secs(5_000),
        };
        let share = |seconds| swing.angle(Instant::from_secs(seconds)) / std::f64::consts::TAU;
        assert_eq!((share(15_000), share(15_000 + 43_200)), (0.0, 0.5));
        assert!((share(14_999) - 1.0).abs() < 1e-4);
    }
}
