//! One long run cut into batches, each with its own figures, so that it can have intervals.
//!
//! Two recorders listen: one to the whole measured part, one begins anew at the end of each
//! batch. Batches are equally long, of whole points of the series; what remains behind the last
//! one counts in the whole only.
//!
//! Reference: [`crate::analysis::batch_means`]. Left out: batches that are not of equal length.

use super::recorder::Recorder;
use super::recorder::minutes::step_of;
use super::replication::{Replication, figures};
use crate::analysis::batch_means::BATCHES;
use crate::model::observation::{Observation, Observer};
use crate::model::system::Finished;
use crate::scenario::Variant;
use crate::units::{Duration, Instant};

/// Length of a batch of a run of `horizon` with this warm-up; `None`: the run is too short for
/// [`BATCHES`] of them.
pub fn batch_length(horizon: Duration, warm_up: Instant) -> Option<Duration> {
    let step = step_of(horizon);
    let measured = (Instant::START + horizon).since(warm_up);
    let points = measured.as_nanos() / step.as_nanos();
    let length = step * (points / u64::from(BATCHES));
    (!length.is_zero()).then_some(length)
}

/// Listens to one replication as a whole and batch by batch.
#[derive(Debug)]
pub struct Batches<'a> {
    variant: &'a Variant,
    warm_up: Instant,
    whole: Recorder<'a>,
    part: Recorder<'a>,
    length: Duration,
    /// When the current batch, or the warm-up, ends.
    next: Instant,
    done: Vec<Replication>,
}

impl<'a> Batches<'a> {
    /// Batches of `length`, by a recorder for the whole and one for the parts.
    pub fn new(
        variant: &'a Variant,
        warm_up: Instant,
        whole: Recorder<'a>,
        part: Recorder<'a>,
        length: Duration,
    ) -> Batches<'a> {
        let next = if warm_up == Instant::START { warm_up + length } else { warm_up };
        Batches { variant, warm_up, whole, part, length, next, done: Vec::new() }
    }

    /// The figures of the whole, with those of its batches.
    pub fn finish(mut self, finished: Finished) -> Replication {
        if finished.at == self.next {
            self.batch_ends(finished.at, finished.closing.remaining);
        }
        self.whole.finish(finished);
        let whole = figures(self.variant, &self.whole, self.whole.measured());
        Replication { batches: self.done, ..whole }
    }

    fn batch_ends(&mut self, now: Instant, backlog: u64) {
        if now > self.warm_up && self.done.len() < BATCHES as usize {
            self.part.settle(now);
            let tallies = self.part.measured_so_far(backlog);
            let batch = figures(self.variant, &self.part, tallies);
            let rows = self.part.minutes.between(self.part.measured_from, now).to_vec();
            self.done.push(Replication { minutes: rows, measured_row: 0, ..batch });
        }
        self.part.restart(now, backlog);
        self.next = now + self.length;
    }
}

impl Observer for Batches<'_> {
    #[inline]
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.whole.observe(now, observation);
        self.part.observe(now, observation);
        if let Observation::Minute { backlog } = observation
            && now == self.next
        {
            self.batch_ends(now, backlog);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_batches_of_whole_minutes_fit_behind_the_warm_up() {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let warm_up = Instant::START + minutes(12);
        assert_eq!(batch_length(minutes(72), warm_up), Some(minutes(3)));
        assert_eq!(batch_length(minutes(91), warm_up), Some(minutes(3)));
        assert_eq!(batch_length(minutes(31), warm_up), None);
        assert_eq!(batch_length(minutes(20), Instant::START), Some(minutes(1)));
    }
}
