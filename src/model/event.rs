//! Everything that can happen, as one closed enum.
//!
//! No event is per record: the calendar holds polls, batch closings, ends of invocations and
//! retries, so the cost of a run is its batches.

/// A lane of a shard (S4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId {
    /// Shard index.
    pub shard: u32,
    /// Lane index within the shard, below ParallelizationFactor.
    pub lane: u32,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A shard is polled (poll models `paged` and `buffered`; S2.1).
    Poll {
        /// Shard index.
        shard: u32,
    },
    /// The next unread record of a shard can be read (several lanes that read for themselves).
    Readable {
        /// Shard index.
        shard: u32,
    },
    /// A lane's wait is over: a poll of its own, a batching window, a backoff.
    LaneDue {
        /// The lane.
        lane: LaneId,
    },
    /// The lane's invocation ends.
    InvocationEnds {
        /// The lane.
        lane: LaneId,
    },
    /// Other functions use more or less of the account's concurrency from now on, or a new
    /// environment can be started for who waits in line (S10.3).
    ConcurrencyChanges,
    /// The mapping's settings change as scheduled (S2.6, S2.7).
    MappingChanges {
        /// Which entry of the schedule.
        index: u32,
    },
    /// Polling stops after the mapping was disabled (S2.5).
    PollingStops {
        /// The change it belongs to.
        generation: u32,
    },
    /// Polling starts after the mapping was created, enabled or changed (S2.5).
    PollingStarts {
        /// The change it belongs to.
        generation: u32,
    },
    /// A shard is written to no more: it rolls over, splits or is merged (S1.7).
    ShardCloses {
        /// Shard index.
        shard: u32,
    },
    /// A child shard is found and read from now on (S1.7).
    ShardOpens {
        /// Shard index; of a shard that rolled over its own.
        shard: u32,
    },
    /// A minute is over: backlogs are counted.
    MinuteEnds,
}

impl Event {
    /// Whether it is more than the passing of time, where lanes wait in line for concurrency or
    /// not: with the last such event a drained run ends.
    pub fn is_activity(self, line_waits: bool) -> bool {
        match self {
            Event::MinuteEnds | Event::ShardCloses { .. } | Event::ShardOpens { .. } => false,
            Event::ConcurrencyChanges => line_waits,
            Event::Poll { .. }
            | Event::Readable { .. }
            | Event::LaneDue { .. }
            | Event::InvocationEnds { .. }
            | Event::MappingChanges { .. }
            | Event::PollingStops { .. }
            | Event::PollingStarts { .. } => true,
        }
    }
}
