//! When a batching window ends (S3.2).
//!
//! | clock | the window opens | and ends |
//! |---|---|---|
//! | previous_completion | when the lane's last invocation ended | `W` later with a record there |
//! | the same, before the first invocation | when the first record is read | `read + W` |
//! | first_record | at the arrival of the first waiting record (*) | `arrival + W` |
//! | first_read | at the poll that first saw a record | `read + W` |
//!
//! A `previous_completion` window that ends empty is followed at once by another.
//!
//! (*) In the stream where lanes read for themselves, in the buffer where pages are polled.

use super::poll_grid::multiple_at_or_after;
use super::settings::WindowClock;
use crate::units::{Duration, Instant};

/// The first waiting record of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstWaiting {
    /// When it was written, or read where pages are polled.
    pub arrival: Instant,
    /// When it could first be taken: read by a poll, or readable where lanes read for themselves.
    pub seen: Instant,
}

/// When the window over the lane's waiting records ends; `window` is above zero. May lie in the
/// past: then the batch is due at once.
pub fn window_end(
    clock: WindowClock,
    window: Duration,
    first: FirstWaiting,
    previous_completion: Option<Instant>,
) -> Instant {
    match (clock, previous_completion) {
        (WindowClock::PreviousCompletion, Some(completion)) => {
            multiple_at_or_after(completion, window, 1, first.seen)
        }
        (WindowClock::PreviousCompletion, None) | (WindowClock::FirstRead, _) => {
            first.seen.saturating_add(window)
        }
        (WindowClock::FirstRecord, _) => first.arrival.saturating_add(window),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_clock_counts_from_its_own_opening() {
        let secs = Instant::from_secs;
        let first = FirstWaiting { arrival: secs(12), seen: secs(14) };
        let table = [
            (WindowClock::PreviousCompletion, None, 24),
            (WindowClock::PreviousCompletion, Some(8), 18),
            (WindowClock::PreviousCompletion, Some(4), 14),
            (WindowClock::PreviousCompletion, Some(3), 23),
            (WindowClock::PreviousCompletion, Some(14), 24),
            (WindowClock::FirstRecord, Some(13), 22),
            (WindowClock::FirstRead, Some(13), 24),
        ];
        for (clock, completion, expected) in table {
            let end = window_end(clock, Duration::from_secs(10), first, completion.map(secs));
            assert_eq!(end, secs(expected), "{clock:?} after {completion:?}");
        }
    }
}
