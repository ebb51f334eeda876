//! For how long records could have been read before they were (S2.4, S9.4): a tick refused to
//! read, or its page was full.

use super::poll_grid::multiple_at_or_after;
use super::reader::ShardReader;
use crate::units::{Duration, Instant};

/// What a reader knows of its last ticks.
#[derive(Debug, Clone, Copy)]
pub struct HeldBack {
    now: Instant,
    interval: Duration,
    /// The last tick that read.
    last_read: Option<Instant>,
    /// The first tick that refused to since then.
    refused: Option<Instant>,
    read_visibility: Duration,
}

impl HeldBack {
    /// Of what a reader is about to read at `now`.
    pub fn of(
        reader: &ShardReader,
        interval: Duration,
        read_visibility: Duration,
        now: Instant,
    ) -> HeldBack {
        let (last_read, refused) = (reader.grid.last(), reader.held_since);
        HeldBack { now, interval, last_read, refused, read_visibility }
    }

    /// Of what is read where nothing holds it back.
    pub fn never(now: Instant) -> HeldBack {
        let (interval, read_visibility) = (Duration::ZERO, Duration::ZERO);
        HeldBack { now, interval, last_read: None, refused: None, read_visibility }
    }

    /// When they are read.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// From the first tick at which a record was readable to now.
    #[inline]
    pub fn time(&self, arrival: Instant) -> Duration {
        let readable = arrival + self.read_visibility;
        let first_tick = if self.last_read.is_some_and(|last_read| readable <= last_read) {
            // Ticks lie whole intervals before now.
            let whole = (self.now - readable).as_nanos() / self.interval.as_nanos();
            return self.interval * whole;
        } else if let Some(refused) = self.refused {
            multiple_at_or_after(refused, self.interval, 0, readable)
        } else {
            return Duration::ZERO;
        };
        self.now.since(first_tick)
    }
}
