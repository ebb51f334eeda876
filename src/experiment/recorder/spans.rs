//! Figures of parts of a run, for values that were measured in such a part on AWS.

use crate::units::{Duration, Instant};

/// The part of a run from one time to another, and what happened in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Start; belongs to the part.
    pub from: Instant,
    /// End; does not belong to it.
    pub to: Instant,
    /// IteratorAge samples.
    pub samples: u64,
    /// Sum of their seconds.
    pub age_sum: f64,
    /// The largest, seconds.
    pub age_max: f64,
    /// Records handled.
    pub processed: u64,
    /// Invocations that ended.
    pub invocations: u64,
    /// Sum and count of samples in each whole minute since the start, for the slope.
    minutes: Vec<(f64, u64)>,
}

const MINUTE: Duration = Duration::from_secs(60);

impl Span {
    /// The part from `from` to `to`, with nothing in it yet.
    pub fn new(from: Instant, to: Instant) -> Span {
        Span {
            from,
            to,
            samples: 0,
            age_sum: 0.0,
            age_max: 0.0,
            processed: 0,
            invocations: 0,
            minutes: Vec::new(),
        }
    }

    /// Whether `now` lies in the part.
    pub fn holds(&self, now: Instant) -> bool {
        self.from <= now && now < self.to
    }

    /// Counts an IteratorAge sample.
    pub fn iterator_age(&mut self, now: Instant, age: Duration) {
        let seconds = age.as_secs_f64();
        self.samples += 1;
        self.age_sum += seconds;
        self.age_max = self.age_max.max(seconds);
        let minute = (now.since(self.from).as_nanos() / MINUTE.as_nanos()) as usize;
        if minute >= self.minutes.len() {
            self.minutes.resize(minute + 1, (0.0, 0));
        }
        self.minutes[minute].0 += seconds;
        self.minutes[minute].1 += 1;
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.to.since(self.from).as_secs_f64()
    }

    /// Mean IteratorAge in seconds.
    pub fn mean_age(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.age_sum / self.samples as f64)
    }

    /// Growth of the minute averages from the first to the last whole minute, s/s.
    pub fn age_slope(&self) -> Option<f64> {
        let whole = (self.seconds() / MINUTE.as_secs_f64()) as usize;
        let averages: Vec<(usize, f64)> = self
            .minutes
            .iter()
            .take(whole)
            .enumerate()
            .filter(|(_, (_, count))| *count > 0)
            .map(|(minute, (sum, count))| (minute, sum / *count as f64))
            .collect();
        let (&(first, low), &(last, high)) = (averages.first()?, averages.last()?);
        (last > first).then(|| (high - low) / ((last - first) as f64 * MINUTE.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_minute_averages() {
        let mut span = Span::new(Instant::from_secs(30), Instant::from_secs(330));
        for second in 30..330 {
            let now = Instant::from_secs(second);
            assert!(span.holds(now));
            span.iterator_age(now, Duration::from_millis(second * 250));
        }
        assert!(!span.holds(Instant::from_secs(330)));
        let slope = span.age_slope().expect("there are minutes");
        assert!((slope - 0.25).abs() < 1e-12, "{slope}");
        assert_eq!(span.age_max, 329.0 * 0.25);
    }
}
