//! Tumbling windows: which one a record is in, and when an open one is closed (S11).
//!
//! Windows are aligned to the epoch: window `k` is `[k L, (k + 1) L)` in time since 1970, and a
//! record is in the window of its creation time (S1.3). They are kept per shard. An open window
//! is closed by a final call, without records:
//!
//! | reason | when |
//! |---|---|
//! | a record of a later window | before that record is delivered |
//! | no record | `window_idle_close` after the window's end, **Assumption** |
//! | the shard is at its end | when its last record is handled (S11.5) |
//! | its state is above 1 MB | at once: it is ended early |
//!
//! The state is as large as the records and the different keys of the window make it (S11.4). Left
//! out: what is in it.

use std::collections::BTreeSet;

use crate::units::{Bytes, Duration, Instant};

/// A larger state ends its window early (S11.4).
pub const STATE_MAX: Bytes = Bytes::new(1 << 20);

/// The window a lane has delivered records of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWindow {
    /// Which window, counted from the epoch.
    pub index: u64,
    /// Size of the state that the last successful invocation returned.
    pub state: Bytes,
    /// Hashes of the keys it has seen, where they make the state larger.
    pub keys: BTreeSet<u64>,
}

/// What an invocation finds of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WindowSoFar {
    /// Size of the state.
    pub state: Bytes,
    /// Keys of the batch that the window has not seen.
    pub new_keys: u32,
}

/// What an invocation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// For the records of its batch.
    Records,
    /// The final call of a tumbling window.
    Final {
        /// Which window.
        window: u64,
        /// The window is ended early.
        is_early: bool,
    },
}

/// The windows of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TumblingRule {
    length_nanos: u64,
    start_unix_nanos: u64,
    idle_close: Duration,
}

impl TumblingRule {
    /// Windows of `length`, `None` for zero; virtual time begins at `start_unix_nanos`.
    pub fn new(
        length: Duration,
        start_unix_nanos: u64,
        idle_close: Duration,
    ) -> Option<TumblingRule> {
        let length_nanos = length.as_nanos();
        (length_nanos > 0).then_some(TumblingRule { length_nanos, start_unix_nanos, idle_close })
    }

    /// The window of a record with this creation time.
    pub fn index_of(&self, created: Instant) -> u64 {
        (self.start_unix_nanos + created.as_nanos()) / self.length_nanos
    }

    /// From when to when a window lasts, in nanoseconds since 1970.
    pub fn span_unix_nanos(&self, index: u64) -> (u64, u64) {
        (index * self.length_nanos, (index + 1) * self.length_nanos)
    }

    /// When a window is closed to which no later record comes.
    pub fn closes_idle_at(&self, index: u64) -> Instant {
        let (_, end) = self.span_unix_nanos(index);
        Instant::from_nanos(end.saturating_sub(self.start_unix_nanos)) + self.idle_close
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_aligned_to_the_epoch() {
        let start = 1_767_225_603 * 1_000_000_000;
        let seconds = Duration::from_secs;
        let rule = TumblingRule::new(seconds(10), start, seconds(120)).expect("there are windows");
        let first = rule.index_of(Instant::START);
        assert_eq!(rule.index_of(Instant::from_nanos(6_999_999_999)), first);
        assert_eq!(rule.index_of(Instant::from_secs(7)), first + 1);
        let unix = |seconds: u64| seconds * 1_000_000_000;
        assert_eq!(rule.span_unix_nanos(first), (unix(1_767_225_600), unix(1_767_225_610)));
        assert_eq!(rule.closes_idle_at(first), Instant::from_secs(127));
        assert_eq!(TumblingRule::new(Duration::ZERO, start, seconds(120)), None);
    }
}
