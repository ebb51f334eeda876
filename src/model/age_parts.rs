//! Where the age of a finished record comes from, without remainder (S9.4).
//!
//! With arrival `a`, readable at `v = a + read_visibility`, read at `f`, lane free since `b`,
//! batch cut at `c`, last attempt sent at `s` and ended at `e`:
//!
//! | part | from polled pages | lanes that read for themselves (`f = c`) |
//! |---|---|---|
//! | visibility | `v - a` | `v - a` |
//! | poll | `f - v` less read_ahead | `c - v` less queue, without a window |
//! | read_ahead | time of `f - v` in which ticks were refused (S2.4) | 0 |
//! | queue | `max(0, min(b, c) - f)`, and behind halves of the same batch | the same from `v` |
//! | window | the rest of `c - f` | the rest of `c - v`, with a window |
//! | concurrency, retry | waits between `c` and `s` | the same |
//! | overhead, cold_start, execution | `e - s` | the same |

use super::batch::Batch;
use super::function::Invocation;
use super::record_queue::RecordTimes;
use crate::units::{Duration, Instant};

/// The age of a record when it was finished, split by where the time was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgeParts {
    /// Until it could be read.
    pub visibility: Duration,
    /// Until the poll that read it.
    pub poll: Duration,
    /// Waiting for the batching window.
    pub window: Duration,
    /// Behind earlier batches of its lane.
    pub queue: Duration,
    /// Reading held back by an unfinished page or a full buffer.
    pub read_ahead: Duration,
    /// Waiting for concurrency.
    pub concurrency: Duration,
    /// Failed attempts and backoff.
    pub retry: Duration,
    /// Invoke overhead of the last attempt.
    pub overhead: Duration,
    /// Cold start of the last attempt.
    pub cold_start: Duration,
    /// The handler, last attempt.
    pub execution: Duration,
}

/// Names of the parts in the order of the table above.
const NAMES: [&str; 10] = [
    "visibility",
    "poll",
    "window",
    "queue",
    "read_ahead",
    "concurrency",
    "retry",
    "overhead",
    "cold_start",
    "execution",
];

/// What the split depends on besides the record, its batch and the invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeContext {
    /// `read_visibility`.
    pub read_visibility: Duration,
    /// Lanes read for themselves (`grid`, `restart`, `gated`, `instant`).
    pub lanes_read: bool,
    /// There is a batching window.
    pub has_window: bool,
}

impl AgeParts {
    /// Splits the age of `last`, the last record of a batch that `invocation` finished.
    ///
    /// # Panics
    /// When the parts do not add up to the age, which is a bug.
    pub fn of(
        context: AgeContext,
        last: RecordTimes,
        batch: &Batch,
        invocation: &Invocation,
    ) -> AgeParts {
        let arrival = last.arrival;
        let readable = (arrival + context.read_visibility).min(last.read_at);
        let read = if context.lanes_read { readable } else { last.read_at };
        let queue = batch.lane_free_since.min(batch.cut_at).since(read);
        let rest = (batch.cut_at - read).saturating_sub(queue);
        let mut parts = AgeParts {
            visibility: readable - arrival,
            read_ahead: last.held,
            queue: queue + batch.waits.queue,
            concurrency: batch.waits.concurrency,
            retry: batch.waits.retry,
            overhead: invocation.overhead,
            cold_start: invocation.init,
            execution: invocation.duration,
            ..AgeParts::default()
        };
        parts.poll = (read - readable).saturating_sub(last.held);
        match (context.has_window, context.lanes_read) {
            (true, _) => parts.window = rest,
            (false, true) => parts.poll += rest,
            (false, false) => parts.queue += rest,
        }
        parts.assert_complete(arrival, invocation.ends_at);
        parts
    }

    /// The parts in the order of the table above, with their names.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        NAMES.into_iter().zip(self.in_order())
    }

    /// The parts in the order of the table above.
    #[inline]
    pub fn in_order(&self) -> [Duration; 10] {
        [
            self.visibility,
            self.poll,
            self.window,
            self.queue,
            self.read_ahead,
            self.concurrency,
            self.retry,
            self.overhead,
            self.cold_start,
            self.execution,
        ]
    }

    fn assert_complete(&self, arrival: Instant, end: Instant) {
        let sum: u64 = self.in_order().iter().map(|part| part.as_nanos()).sum();
        let age = (end - arrival).as_nanos();
        assert!(sum == age, "the age {age} ns is split into {sum} ns: {self:?}");
    }
}
