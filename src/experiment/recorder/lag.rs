//! True lag: the age of a shard's oldest unfinished record, as a function of time (S9.2).
//!
//! Between two changes of the oldest record the lag is `max(0, t - arrival)`, so its maximum and
//! its integral are known exactly from the changes alone: no sampling grid is needed.

use super::minutes::Minutes;
use crate::units::{Duration, Instant};

/// The lags of all shards.
#[derive(Debug, Clone)]
pub struct Lags {
    shards: Vec<Oldest>,
    /// Largest lag.
    largest: Duration,
    /// Figures count from here ...
    from: Instant,
    /// ... to here.
    ended_at: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Oldest {
    since: Instant,
    arrival: Option<Instant>,
    /// Twice the integral of the lag over time up to then, in ns^2.
    twice_integral: i128,
}

impl Lags {
    /// Shards about which nothing is known yet.
    pub fn new(shards: u32) -> Lags {
        let unknown = Oldest { since: Instant::START, arrival: None, twice_integral: 0 };
        Lags {
            shards: vec![unknown; shards as usize],
            largest: Duration::ZERO,
            from: Instant::START,
            ended_at: Instant::START,
        }
    }

    /// The oldest unfinished record of a shard is another one from now on.
    pub fn changed(
        &mut self,
        now: Instant,
        shard: u32,
        arrival: Option<Instant>,
        minutes: &mut Minutes,
    ) {
        if self.shards[shard as usize].arrival == arrival {
            return;
        }
        self.close(now, shard as usize, minutes);
        let oldest = &mut self.shards[shard as usize];
        (oldest.since, oldest.arrival) = (now, arrival);
    }

    /// The run, or a part of it, is over.
    pub fn finish(&mut self, now: Instant, minutes: &mut Minutes) {
        for shard in 0..self.shards.len() {
            self.close(now, shard, minutes);
            self.shards[shard].since = now;
        }
        self.ended_at = now;
    }

    /// Figures count from `now`, at which [`Lags::finish`] was called.
    pub fn restart(&mut self, now: Instant) {
        self.shards.iter_mut().for_each(|shard| shard.twice_integral = 0);
        self.largest = Duration::ZERO;
        self.from = now;
    }

    /// Adds the lags of other shards, when both are over.
    pub fn absorb(&mut self, others: &Lags) {
        for (shard, other) in self.shards.iter_mut().zip(&others.shards) {
            shard.twice_integral += other.twice_integral;
        }
        self.largest = self.largest.max(others.largest);
        (self.from, self.ended_at) = (others.from, others.ended_at);
    }

    /// Largest lag over shards and time, in seconds.
    pub fn max(&self) -> f64 {
        self.largest.as_secs_f64()
    }

    /// Mean lag over shards and time, in seconds.
    pub fn mean(&self) -> f64 {
        let time = self.ended_at.since(self.from).as_secs_f64() * self.shards.len() as f64;
        let twice: i128 = self.shards.iter().map(|shard| shard.twice_integral).sum();
        if time > 0.0 { twice as f64 / 2e18 / time } else { 0.0 }
    }

    #[inline]
    fn close(&mut self, now: Instant, shard: usize, minutes: &mut Minutes) {
        let oldest = &mut self.shards[shard];
        let Some(arrival) = oldest.arrival else { return };
        let (lag, before) = (now.since(arrival), oldest.since.since(arrival));
        let [end, start] = [lag, before].map(|lag| lag.as_nanos() as i64);
        // A trapezium between them. A drained run ends with its last activity, after which clocks
        // may have told of shards: that is taken back.
        oldest.twice_integral += i128::from(end - start) * i128::from(end + start);
        self.largest = self.largest.max(lag);
        minutes.lag(oldest.since, now, lag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lag_grows_from_the_arrival_until_the_record_is_finished() {
        let mut minutes = Minutes::new(Duration::from_secs(60));
        let mut lags = Lags::new(1);
        lags.changed(Instant::START, 0, Some(Instant::from_secs(10)), &mut minutes);
        lags.changed(Instant::from_secs(20), 0, Some(Instant::from_secs(16)), &mut minutes);
        lags.changed(Instant::from_secs(22), 0, None, &mut minutes);
        lags.finish(Instant::from_secs(60), &mut minutes);
        assert_eq!(lags.max(), 10.0);
        // A triangle of 10 s, then a trapezium from 4 s to 6 s over 2 s.
        assert_eq!(lags.mean(), (50.0 + 10.0) / 60.0);
    }
}
