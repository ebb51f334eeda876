//! A lane of a shard: the records it holds and what it is doing (S4).
//!
//! Batches are worked off depth first, left half before right (S6.1), so finished records are
//! always the oldest of the lane: the head batch is the first records of the queue, the batches
//! below it on the stack are the records behind.

use super::batch::Batch;
use super::function::Invocation;
use super::observation::BlockageCause;
use super::record::Record;
use super::record_queue::RecordQueue;
use super::tumbling::OpenWindow;
use crate::units::Instant;

/// One of up to ten lanes of a shard.
#[derive(Debug, Clone)]
pub struct Lane {
    /// Records read and not finished, oldest first.
    pub queue: RecordQueue,
    /// Batches cut from the front of the queue; the head batch is the last element.
    pub batches: Vec<Batch>,
    /// What the lane is doing.
    pub phase: Phase,
    /// When the lane wants to act again; a calendar entry for another time is void.
    pub due_at: Option<Instant>,
    /// End of its last invocation.
    pub last_completion: Option<Instant>,
    /// When it cut its last batch.
    pub last_cut: Option<Instant>,
    /// Since when it has had no batch.
    pub free_since: Instant,
    /// Throttles in a row, for the backoff of batches that are cut anew.
    pub throttle_streak: u32,
    /// The tumbling window it has delivered records of, until that is closed (S11).
    pub window: Option<OpenWindow>,
    /// Set while its head batch makes no progress.
    pub blocked: Option<BlockedSince>,
}

/// What a lane is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing: it has no batch, or its head batch may be tried now.
    Ready,
    /// Its head batch waits until `due_at`.
    BackingOff,
    /// Its head batch waits in the line for concurrency.
    InLine,
    /// Its head batch is being executed.
    InFlight(Invocation),
}

/// Since when and why a lane is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockedSince {
    /// End of the first failed, or time of the first throttled, attempt.
    pub since: Instant,
    /// Why.
    pub cause: BlockageCause,
}

impl Lane {
    /// A lane without records; those it will hold are kept as arrivals where all share `plain`.
    pub fn new(plain: Option<Record>) -> Lane {
        Lane {
            queue: RecordQueue::new(plain),
            batches: Vec::new(),
            phase: Phase::Ready,
            due_at: None,
            last_completion: None,
            last_cut: None,
            free_since: Instant::START,
            throttle_streak: 0,
            window: None,
            blocked: None,
        }
    }

    /// Whether its head batch, or one that it cuts, may be tried now.
    #[inline]
    pub fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready)
    }

    /// Whether it has no batch and may cut one.
    #[inline]
    pub fn is_free(&self) -> bool {
        self.batches.is_empty() && self.is_ready()
    }

    /// The batch that is tried next or being executed.
    ///
    /// # Panics
    /// Without a batch, which is a bug.
    #[inline]
    pub fn head(&mut self) -> &mut Batch {
        self.batches.last_mut().expect("a lane that acts has a batch")
    }

    /// Forgets its batches and what they have been through; the records stay (S2.6).
    pub fn drop_batches(&mut self) {
        self.batches.clear();
        self.phase = Phase::Ready;
        self.due_at = None;
        self.throttle_streak = 0;
        self.blocked = None;
    }

    /// Notes that the head batch failed or was throttled.
    pub fn block(&mut self, now: Instant, cause: BlockageCause) {
        let since = self.blocked.map_or(now, |blocked| blocked.since);
        self.blocked = Some(BlockedSince { since, cause });
    }
}
