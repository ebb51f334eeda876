//! The run loop: takes events from the calendar until an end is reached.
//!
//! A run ends when nothing is pending, when the next event lies at or beyond the horizon (an
//! event at the very horizon no longer happens), when the limit on events is reached, which is
//! reported and never hidden, or when whoever handles an event says that it was the last.

use std::ops::ControlFlow;

use super::EventCalendar;
use crate::units::Instant;

/// Bounds of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLimits {
    /// No event at or after this time happens.
    pub horizon: Instant,
    /// At most this many events happen.
    pub events: u64,
}

/// Why a run ended, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// Nothing was pending after the event at this time.
    Exhausted {
        /// Time of the last event.
        at: Instant,
    },
    /// The horizon was reached.
    Horizon,
    /// The limit on events was reached at this time.
    EventLimit {
        /// Time of the last event.
        at: Instant,
    },
    /// Its handler said at this time that it is enough.
    Stopped {
        /// Time of the last event.
        at: Instant,
    },
}

/// Lets events happen in order: each is handed to `handle` together with the calendar, so that
/// it can schedule others, and says whether the run goes on.
pub fn run<E>(
    calendar: &mut EventCalendar<E>,
    limits: RunLimits,
    mut handle: impl FnMut(Instant, E, &mut EventCalendar<E>) -> ControlFlow<()>,
) -> RunEnd {
    let mut at = Instant::START;
    for _ in 0..limits.events {
        let Some((time, event)) = calendar.pop_before(limits.horizon) else {
            return if calendar.is_empty() { RunEnd::Exhausted { at } } else { RunEnd::Horizon };
        };
        assert!(time >= at, "event at {time:?} after {at:?}");
        at = time;
        if handle(time, event, calendar).is_break() {
            return RunEnd::Stopped { at };
        }
    }
    RunEnd::EventLimit { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    fn count_to(horizon: u64, events: u64) -> (RunEnd, Vec<u64>) {
        count_until(u64::MAX, horizon, events)
    }

    fn count_until(last: u64, horizon: u64, events: u64) -> (RunEnd, Vec<u64>) {
        let mut calendar = EventCalendar::new();
        calendar.schedule(Instant::START, 0);
        let mut seen = Vec::new();
        let limits = RunLimits { horizon: Instant::from_secs(horizon), events };
        let end = run(&mut calendar, limits, |now, event, calendar| {
            seen.push(event);
            if event < 5 {
                calendar.schedule(now + Duration::from_secs(1), event + 1);
            }
            if event == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (end, seen)
    }

    #[test]
    fn a_run_ends_when_nothing_is_pending() {
        let (end, seen) = count_to(100, 100);
        assert_eq!(end, RunEnd::Exhausted { at: Instant::from_secs(5) });
        assert_eq!(seen.len(), 6);
    }

    #[test]
    fn an_event_at_the_horizon_does_not_happen() {
        assert_eq!(count_to(3, 100), (RunEnd::Horizon, vec![0, 1, 2]));
    }

    #[test]
    fn a_run_ends_with_the_event_that_is_enough() {
        let end = RunEnd::Stopped { at: Instant::from_secs(2) };
        assert_eq!(count_until(2, 100, 100), (end, vec![0, 1, 2]));
    }

    #[test]
    fn the_event_limit_is_reported() {
        assert_eq!(count_to(100, 4).0, RunEnd::EventLimit { at: Instant::from_secs(3) });
    }
}
