//! Figures by simulated minute.
//!
//! A point covers a minute; where a run has more than [`POINTS_MAX`] minutes, a whole number of
//! minutes, so that memory stays bounded. Maxima are never lost by that.
//!
//! Invocations in flight are counted between events: what ends and begins at one instant was never
//! in flight at once, whichever of the two is told first. Where groups of shards are simulated one
//! beside another, each keeps what only all of them together can answer, ages and changes of
//! concurrency, until [`Minutes::gather`] takes them; a group's shards may follow one another
//! within a point.

use super::concurrency::{self, Changes};
pub use super::minute_row::MinuteRow;
use crate::model::failure::Outcome;
use crate::model::function::Invocation;
use crate::units::{Duration, Instant};

/// Points kept of one replication: a week of minutes.
pub const POINTS_MAX: u64 = 10_080;

/// Length of a point in a run that lasts at most `horizon`: whole minutes.
pub fn step_of(horizon: Duration) -> Duration {
    let minutes = horizon.as_nanos().div_ceil(Duration::from_secs(60).as_nanos());
    Duration::from_secs(60) * minutes.div_ceil(POINTS_MAX).max(1)
}

/// The points of one replication.
#[derive(Debug, Clone)]
pub struct Minutes {
    step: Duration,
    rows: Vec<MinuteRow>,
    /// Ages of the current point, in nanoseconds, reused from point to point.
    ages: Vec<u64>,
    ages_row: usize,
    in_flight: u32,
    in_flight_since: Instant,
    /// Of a group of shards: its changes of concurrency since they were last taken.
    changes: Option<Changes>,
    /// The end of the minute whose backlog was told last.
    backlog_at: Option<Instant>,
    /// The row asked for last, and the time it begins: most questions are about one row.
    at_hand: usize,
    at_hand_from: Instant,
}

impl Minutes {
    /// No point yet, of a run that lasts at most `horizon`.
    pub fn new(horizon: Duration) -> Minutes {
        Minutes {
            step: step_of(horizon),
            rows: Vec::new(),
            ages: Vec::new(),
            ages_row: 0,
            in_flight: 0,
            in_flight_since: Instant::START,
            changes: None,
            backlog_at: None,
            at_hand: 0,
            at_hand_from: Instant::START,
        }
    }

    /// The same for one of several groups of shards.
    #[must_use]
    pub fn of_group(self) -> Minutes {
        Minutes { changes: Some(Changes::new(self.step)), ..self }
    }

    /// Takes from all groups what they keep, after all of them have come to `now`, the end of a
    /// point.
    pub fn gather(&mut self, now: Instant, groups: &mut [&mut Minutes]) {
        for group in &mut *groups {
            if !group.ages.is_empty() {
                self.ages_row = group.ages_row;
                self.ages.append(&mut group.ages);
            }
        }
        self.close_ages();
        let from = self.in_flight_since;
        let mut changes: Vec<&mut Changes> =
            groups.iter_mut().filter_map(|group| group.changes.as_mut()).collect();
        let in_flight = concurrency::gather(self.in_flight, now, &mut changes);
        (self.in_flight, self.in_flight_since) = (in_flight.at_end, now);
        let row = self.row(from);
        row.in_flight_nanos = in_flight.nanos;
        row.in_flight_max = in_flight.most;
    }

    /// Adds the points of a group from which everything was taken, when all are over.
    pub fn absorb(&mut self, group: &Minutes) {
        for (row, other) in self.rows.iter_mut().zip(&group.rows) {
            row.lag_max = row.lag_max.max(other.lag_max);
            row.invocations += other.invocations;
            row.errors += other.errors;
            row.throttles += other.throttles;
            row.backlog += other.backlog;
            row.blocked_nanos += other.blocked_nanos;
            row.sums.absorb(&other.sums);
        }
    }

    /// Length of a point.
    pub fn step(&self) -> Duration {
        self.step
    }

    /// The points so far.
    pub fn rows(&self) -> &[MinuteRow] {
        &self.rows
    }

    /// Counts an IteratorAge sample.
    #[inline]
    pub fn iterator_age(&mut self, now: Instant, age: Duration) {
        let index = self.index(now);
        if index != self.ages_row {
            self.close_ages();
            self.ages_row = index;
        }
        self.ages.push(age.as_nanos());
    }

    /// Counts an invocation that ended.
    #[inline]
    pub fn invocation_ended(&mut self, now: Instant, invocation: &Invocation) {
        let is_error = invocation.outcome == Outcome::Error;
        let records = u64::from(invocation.records);
        let duration = invocation.duration.as_nanos();
        let row = self.row(now);
        row.invocations += 1;
        row.errors += u64::from(is_error);
        row.sums.duration_nanos += duration;
        row.sums.duration_max_nanos = row.sums.duration_max_nanos.max(duration);
        row.sums.invoked += records;
        row.sums.failed += if is_error { records } else { 0 };
    }

    /// Counts records that were read, of which some were filtered out.
    #[inline]
    pub fn read(&mut self, now: Instant, records: u32, filtered: u32) {
        let sums = &mut self.row(now).sums;
        sums.polled += u64::from(records);
        sums.filtered += u64::from(filtered);
    }

    /// Counts discarded records, and whether a destination was told; `None`: there is none.
    pub fn discarded(&mut self, now: Instant, records: u32, delivered: Option<bool>) {
        let sums = &mut self.row(now).sums;
        match delivered {
            Some(true) => sums.delivered += u64::from(records),
            Some(false) | None => sums.dropped += u64::from(records),
        }
        sums.delivery_failures += u64::from(delivered == Some(false));
    }

    /// Counts a throttled attempt.
    pub fn throttled(&mut self, now: Instant) {
        self.row(now).throttles += 1;
    }

    /// Notes that `change` more invocations are in flight.
    #[inline]
    pub fn concurrency_changed(&mut self, now: Instant, change: i32) {
        if let Some(changes) = &mut self.changes {
            changes.add(now, change > 0);
            return;
        }
        self.add_in_flight(now);
        self.in_flight = self.in_flight.checked_add_signed(change).expect("in flight is counted");
    }

    /// Notes the backlog at the end of the minute that ends `now`; shards that are simulated one
    /// after another tell theirs one after another.
    pub fn backlog(&mut self, now: Instant, records: u64) {
        let is_more = self.backlog_at.replace(now) == Some(now);
        let row = self.row(now.saturating_sub(Duration::from_nanos(1)));
        row.backlog = records + if is_more { row.backlog } else { 0 };
    }

    /// Notes that the lag of a shard grew from the instant `from` to `to`, where it is
    /// `lag_at_end`; it was zero when that is longer ago than the lag itself.
    #[inline]
    pub fn lag(&mut self, from: Instant, to: Instant, lag_at_end: Duration) {
        if lag_at_end.is_zero() {
            return;
        }
        self.spread(from, to, |row, _, end| {
            let lag = lag_at_end.saturating_sub(to.since(end)).as_secs_f64();
            row.lag_max = row.lag_max.max(lag);
        });
    }

    /// Adds blocked time of a shard.
    pub fn blocked(&mut self, from: Instant, to: Instant) {
        self.spread(from, to, |row, start, end| {
            row.blocked_nanos += u128::from(end.since(start).as_nanos());
        });
    }

    /// Closes the points before `now`, where a part of the run ends.
    pub fn settle(&mut self, now: Instant) {
        self.add_in_flight(now);
        // What happened at this very instant belongs to the next point.
        if self.ages_row < self.index(now) {
            self.close_ages();
        }
    }

    /// The points of the part `from..to` of the run; both are multiples of the step, but for the
    /// end of the run.
    pub fn between(&self, from: Instant, to: Instant) -> &[MinuteRow] {
        let last = (to.as_nanos().div_ceil(self.step.as_nanos()) as usize).min(self.rows.len());
        &self.rows[self.index(from).min(last)..last]
    }

    /// Closes the last point of a run that ended at `end` and left `backlog` records unfinished.
    pub fn finish(&mut self, end: Instant, backlog: u64) {
        // The last minute's own end is after everything else at that instant.
        self.backlog_at = None;
        self.backlog(end, backlog);
        self.add_in_flight(end);
        self.close_ages();
        let points = end.as_nanos().div_ceil(self.step.as_nanos()) as usize;
        self.rows.resize(points, MinuteRow::default());
    }

    #[inline]
    fn index(&self, at: Instant) -> usize {
        match at.as_nanos().checked_sub(self.at_hand_from.as_nanos()) {
            Some(into) if into < self.step.as_nanos() => self.at_hand,
            Some(_) | None => (at.as_nanos() / self.step.as_nanos()) as usize,
        }
    }

    #[inline]
    fn row(&mut self, at: Instant) -> &mut MinuteRow {
        let index = self.index(at);
        if index != self.at_hand || self.rows.is_empty() {
            self.at_hand = index;
            self.at_hand_from = Instant::START + self.step * index as u64;
            if index >= self.rows.len() {
                self.rows.resize(index + 1, MinuteRow::default());
            }
        }
        &mut self.rows[index]
    }

    #[inline]
    fn add_in_flight(&mut self, now: Instant) {
        let in_flight = self.in_flight;
        let from = self.in_flight_since;
        self.in_flight_since = now;
        if in_flight > 0 {
            self.spread(from, now, |row, start, end| {
                row.in_flight_nanos +=
                    u128::from(end.since(start).as_nanos() * u64::from(in_flight));
                row.in_flight_max = row.in_flight_max.max(in_flight);
            });
        }
    }

    /// Calls `add` for every point that `from..to` touches, with the part in it.
    #[inline]
    fn spread(
        &mut self,
        from: Instant,
        to: Instant,
        mut add: impl FnMut(&mut MinuteRow, Instant, Instant),
    ) {
        let mut start = from;
        while start < to {
            let next = (self.index(start) as u64 + 1).saturating_mul(self.step.as_nanos());
            let end = Instant::from_nanos(next).min(to);
            add(self.row(start), start, end);
            start = end;
        }
    }

    fn close_ages(&mut self) {
        if self.ages.is_empty() {
            return;
        }
        let count = self.ages.len();
        let sum: u128 = self.ages.iter().map(|&age| u128::from(age)).sum();
        let rank = (count * 99).div_ceil(100).max(1) - 1;
        let (below, &mut p99, above) = self.ages.select_nth_unstable(rank);
        let seconds = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64();
        let least = below.iter().copied().min().unwrap_or(p99);
        let most = above.iter().copied().max().unwrap_or(p99);
        let at = Instant::from_nanos(self.ages_row as u64 * self.step.as_nanos());
        let row = self.row(at);
        row.samples = count as u64;
        row.age_sum = sum as f64 / 1e9;
        row.age_min = seconds(least);
        row.age_p99 = seconds(p99);
        row.age_max = seconds(most);
        self.ages.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_flight_is_split_at_minutes() {
        let mut minutes = Minutes::new(Duration::from_secs(180));
        minutes.concurrency_changed(Instant::from_secs(30), 1);
        minutes.concurrency_changed(Instant::from_secs(90), 1);
        minutes.concurrency_changed(Instant::from_secs(100), -1);
        minutes.finish(Instant::from_secs(180), 0);
        let seconds: Vec<u128> =
            minutes.rows().iter().map(|row| row.in_flight_nanos / 1_000_000_000).collect();
        assert_eq!(seconds, [30, 70, 60]);
        let most: Vec<u32> = minutes.rows().iter().map(|row| row.in_flight_max).collect();
        assert_eq!(most, [1, 2, 1]);
    }

    #[test]
    fn a_lag_that_grows_over_minutes_shows_in_each() {
        let mut minutes = Minutes::new(Duration::from_secs(180));
        let (from, to) = (Instant::from_secs(10), Instant::from_secs(130));
        minutes.lag(from, to, Duration::from_secs(100));
        minutes.finish(Instant::from_secs(180), 0);
        let lags: Vec<f64> = minutes.rows().iter().map(|row| row.lag_max).collect();
        assert_eq!(lags, [30.0, 90.0, 100.0]);
    }

    #[test]
    fn a_minute_knows_its_smallest_largest_and_99th_percentile_age() {
        let mut minutes = Minutes::new(Duration::from_secs(60));
        for millis in (1..=200).rev() {
            minutes.iterator_age(Instant::from_secs(3), Duration::from_millis(millis));
        }
        minutes.finish(Instant::from_secs(60), 0);
        let row = minutes.rows()[0];
        assert_eq!((row.age_min, row.age_p99, row.age_max), (0.001, 0.198, 0.2));
        assert_eq!(row.samples, 200);
    }

    #[test]
    fn very_long_runs_have_longer_points() {
        let year = Duration::from_secs(365 * 86_400);
        assert_eq!(Minutes::new(year).step(), Duration::from_secs(53 * 60));
        let week = Duration::from_secs(7 * 86_400);
        assert_eq!(Minutes::new(week).step(), Duration::from_secs(60));
    }
}
