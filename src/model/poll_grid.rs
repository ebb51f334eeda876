//! When a shard is polled: start-to-start ticks, slower while nothing is found (S2.1, S2.2).
//!
//! The next poll comes `interval` after one that found something, then every `idle_interval`.
//! Polls that cannot find anything are not simulated one by one: [`PollGrid::next_at_or_after`]
//! jumps to the first tick at which a record can be there and says how many were passed.

use crate::units::{Duration, Instant};

/// The poll clock of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollGrid {
    interval: Duration,
    idle_interval: Duration,
    /// Distance from `last` to the next tick.
    gap: Duration,
    /// Nominal time of the last tick, or `None` before the first.
    last: Option<Instant>,
    first: Instant,
}

/// A tick and how many idle ticks lie before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// When the poll happens.
    pub at: Instant,
    /// Polls before it that find nothing.
    pub passed: u64,
}

impl PollGrid {
    /// A clock whose first tick is at `first`; both intervals are above zero.
    pub fn new(first: Instant, interval: Duration, idle_interval: Duration) -> PollGrid {
        assert!(!interval.is_zero() && !idle_interval.is_zero(), "poll intervals are above zero");
        PollGrid { interval, idle_interval, gap: Duration::ZERO, last: None, first }
    }

    /// The first tick at or after `wanted`, if the ticks before it find nothing.
    pub fn next_at_or_after(&self, wanted: Instant) -> Tick {
        let candidate = match self.last {
            None => self.first,
            Some(last) => last.saturating_add(self.gap),
        };
        if candidate >= wanted {
            return Tick { at: candidate, passed: 0 };
        }
        let step = self.idle_interval.as_nanos();
        let passed = (wanted - candidate).as_nanos().div_ceil(step);
        let at = candidate.saturating_add(Duration::from_nanos(step.saturating_mul(passed)));
        Tick { at, passed }
    }

    /// Notes that the tick at `at` happened and whether it found records.
    pub fn polled(&mut self, at: Instant, found: bool) {
        self.last = Some(at);
        self.gap = if found { self.interval } else { self.idle_interval };
    }

    /// The last tick that read, found anything or not.
    pub fn last(&self) -> Option<Instant> {
        self.last
    }

    /// The first tick after the last one: the one that is refused when reading is held back.
    pub fn following(&self) -> Instant {
        self.next_at_or_after(Instant::START).at
    }

    /// Notes that no tick before `now` read anything because reading was held back: the next
    /// tick is the first one of the plain grid at or after `now`.
    pub fn resumed(&mut self, now: Instant) {
        let following = self.following();
        if following >= now {
            return;
        }
        let step = self.interval.as_nanos();
        let steps = (now - following).as_nanos().div_ceil(step);
        let next = following.saturating_add(Duration::from_nanos(step.saturating_mul(steps)));
        self.last = Some(next.saturating_sub(self.interval));
        self.gap = self.interval;
    }
}

/// The first multiple `origin + k * step`, `k >= first`, that is not before `wanted`.
pub fn multiple_at_or_after(
    origin: Instant,
    step: Duration,
    first: u64,
    wanted: Instant,
) -> Instant {
    let needed = wanted.since(origin).as_nanos().div_ceil(step.as_nanos());
    let steps = needed.max(first);
    origin.saturating_add(Duration::from_nanos(step.as_nanos().saturating_mul(steps)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Instant {
        Instant::START + Duration::from_millis(millis)
    }

    fn grid() -> PollGrid {
        PollGrid::new(millis(100), Duration::from_millis(250), Duration::from_millis(500))
    }

    #[test]
    fn the_first_poll_is_at_the_phase() {
        assert_eq!(grid().next_at_or_after(Instant::START), Tick { at: millis(100), passed: 0 });
    }

    #[test]
    fn a_record_exactly_at_a_tick_is_found_by_it() {
        assert_eq!(grid().next_at_or_after(millis(600)), Tick { at: millis(600), passed: 1 });
        assert_eq!(grid().next_at_or_after(millis(601)), Tick { at: millis(1100), passed: 2 });
    }

    #[test]
    fn after_a_poll_that_found_records_the_next_is_one_interval_later() {
        let mut grid = grid();
        grid.polled(millis(1100), true);
        assert_eq!(grid.next_at_or_after(millis(1200)), Tick { at: millis(1350), passed: 0 });
        assert_eq!(grid.next_at_or_after(millis(1400)), Tick { at: millis(1850), passed: 1 });
    }

    #[test]
    fn after_reading_was_held_back_the_next_poll_is_on_the_grid() {
        let mut grid = grid();
        grid.polled(millis(1100), true);
        grid.resumed(millis(2000));
        assert_eq!(grid.next_at_or_after(Instant::START).at, millis(2100));
        grid.polled(millis(2100), true);
        grid.resumed(millis(2350));
        assert_eq!(grid.next_at_or_after(Instant::START).at, millis(2350));
    }

    #[test]
    fn multiples_are_counted_from_the_origin() {
        let step = Duration::from_millis(250);
        assert_eq!(multiple_at_or_after(millis(40), step, 1, millis(40)), millis(290));
        assert_eq!(multiple_at_or_after(millis(40), step, 0, millis(40)), millis(40));
        assert_eq!(multiple_at_or_after(millis(40), step, 1, millis(541)), millis(790));
    }
}
