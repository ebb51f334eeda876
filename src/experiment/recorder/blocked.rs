//! Blocked-shard time: how long shards made no progress, by cause, and when (S9.3).

use super::minutes::Minutes;
use crate::model::observation::{Blockage, BlockageCause};
use crate::results::{BlockCause, BlockedInterval};
use crate::units::{Duration, Instant};

/// Intervals kept for charts.
pub const INTERVALS_MAX: usize = 50_000;

/// Blocked time of all shards of a replication.
#[derive(Debug, Clone)]
pub struct BlockedTimes {
    shards: Vec<ShardState>,
    /// Sum over shards, with at least one lane blocked.
    pub total: Duration,
    /// Sum over shards, with all lanes with data blocked.
    pub fully: Duration,
    /// By cause: function error, throttle, oversize.
    pub by_cause: [Duration; 3],
    /// Intervals in order of their end, if kept.
    intervals: Option<Vec<BlockedInterval>>,
    /// Of a group of shards that are simulated one after another: how many of the intervals are in
    /// order.
    in_order: Option<usize>,
    /// Some intervals were not kept.
    pub is_truncated: bool,
}

#[derive(Debug, Clone, Copy)]
struct ShardState {
    since: Instant,
    state: Option<Blockage>,
    total: Duration,
}

impl BlockedTimes {
    /// Shards of which none is blocked.
    pub fn new(shards: u32, keeps_intervals: bool) -> BlockedTimes {
        let free = ShardState { since: Instant::START, state: None, total: Duration::ZERO };
        BlockedTimes {
            shards: vec![free; shards as usize],
            total: Duration::ZERO,
            fully: Duration::ZERO,
            by_cause: [Duration::ZERO; 3],
            intervals: keeps_intervals.then(Vec::new),
            in_order: None,
            is_truncated: false,
        }
    }

    /// The same for one of several groups of shards.
    #[must_use]
    pub fn of_group(self) -> BlockedTimes {
        BlockedTimes { in_order: Some(0), ..self }
    }

    /// Puts what a group of shards keeps in order, whose shards were simulated one after another.
    pub fn put_in_order(&mut self) {
        let (Some(intervals), Some(done)) = (&mut self.intervals, &mut self.in_order) else {
            return;
        };
        intervals[*done..].sort_by(|a, b| a.to.total_cmp(&b.to));
        self.is_truncated |= intervals.len() > INTERVALS_MAX;
        intervals.truncate(INTERVALS_MAX);
        *done = intervals.len();
    }

    /// A shard is blocked in another way from now on.
    pub fn changed(
        &mut self,
        now: Instant,
        shard: u32,
        state: Option<Blockage>,
        minutes: &mut Minutes,
    ) {
        self.close(now, shard, minutes);
        let entry = &mut self.shards[shard as usize];
        entry.since = now;
        entry.state = state;
    }

    /// The run is over.
    pub fn finish(&mut self, now: Instant, minutes: &mut Minutes) {
        for shard in 0..self.shards.len() as u32 {
            self.close(now, shard, minutes);
        }
    }

    /// Figures count from `now`: what is blocked stays so.
    pub fn restart(&mut self, now: Instant, minutes: &mut Minutes) {
        for shard in 0..self.shards.len() as u32 {
            let state = self.shards[shard as usize].state;
            self.close(now, shard, minutes);
            self.shards[shard as usize] = ShardState { since: now, state, total: Duration::ZERO };
        }
        self.total = Duration::ZERO;
        self.fully = Duration::ZERO;
        self.by_cause = [Duration::ZERO; 3];
    }

    /// Adds what is blocked now up to `now`, and goes on.
    pub fn settle(&mut self, now: Instant, minutes: &mut Minutes) {
        for shard in 0..self.shards.len() as u32 {
            let state = self.shards[shard as usize].state;
            self.changed(now, shard, state, minutes);
        }
    }

    /// Adds what is known of other shards, when both are over.
    pub fn absorb(&mut self, others: BlockedTimes) {
        for (shard, other) in self.shards.iter_mut().zip(&others.shards) {
            shard.total += other.total;
        }
        self.total += others.total;
        self.fully += others.fully;
        for (sum, other) in self.by_cause.iter_mut().zip(others.by_cause) {
            *sum += other;
        }
        self.is_truncated |= others.is_truncated;
        if let (Some(intervals), Some(others)) = (&mut self.intervals, others.intervals) {
            intervals.extend(others);
            intervals.sort_by(|a, b| a.to.total_cmp(&b.to));
            self.is_truncated |= intervals.len() > INTERVALS_MAX;
            intervals.truncate(INTERVALS_MAX);
        }
    }

    /// The longest blocked shard's time.
    pub fn worst_shard(&self) -> Duration {
        self.shards.iter().map(|shard| shard.total).max().unwrap_or(Duration::ZERO)
    }

    /// How long a shard was blocked.
    pub fn of_shard(&self, shard: u32) -> Duration {
        self.shards.get(shard as usize).map_or(Duration::ZERO, |shard| shard.total)
    }

    /// The kept intervals in order of shard and time.
    pub fn intervals(&self) -> Vec<BlockedInterval> {
        let mut intervals = self.intervals.clone().unwrap_or_default();
        intervals.sort_by(|a, b| (a.shard, a.from).partial_cmp(&(b.shard, b.from)).expect("times"));
        intervals
    }

    fn close(&mut self, now: Instant, shard: u32, minutes: &mut Minutes) {
        let entry = &mut self.shards[shard as usize];
        let Some(blockage) = entry.state.take() else { return };
        let since = entry.since;
        let length = now.since(since);
        entry.total += length;
        self.total += length;
        if blockage.fully {
            self.fully += length;
        }
        let cause = match blockage.cause {
            BlockageCause::FunctionError => BlockCause::FunctionError,
            BlockageCause::Throttle => BlockCause::Throttle,
            BlockageCause::Oversize => BlockCause::Oversize,
        };
        self.by_cause[blockage.cause as usize] += length;
        minutes.blocked(since, now);
        let Some(intervals) = &mut self.intervals else { return };
        if length.is_zero() {
        } else if intervals.len() < INTERVALS_MAX || self.in_order.is_some() {
            let (from, to) = (since.as_secs_f64(), now.as_secs_f64());
            intervals.push(BlockedInterval { shard, from, to, cause, fully: blockage.fully });
        } else {
            self.is_truncated = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_time_is_kept_by_cause_and_shard() {
        let mut minutes = Minutes::new(Duration::from_secs(60));
        let mut blocked = BlockedTimes::new(2, true);
        let state = |cause, fully| Some(Blockage { cause, fully });
        let at = Instant::from_secs;
        blocked.changed(at(5), 0, state(BlockageCause::FunctionError, true), &mut minutes);
        blocked.changed(at(15), 0, state(BlockageCause::Throttle, false), &mut minutes);
        blocked.changed(at(18), 0, None, &mut minutes);
        blocked.changed(at(50), 1, state(BlockageCause::Throttle, false), &mut minutes);
        blocked.finish(at(60), &mut minutes);
        minutes.finish(at(60), 0);
        let secs = Duration::from_secs;
        assert_eq!((blocked.total, blocked.fully), (secs(23), secs(10)));
        assert_eq!(blocked.by_cause, [secs(10), secs(13), secs(0)]);
        assert_eq!(blocked.worst_shard(), secs(13));
        assert_eq!(blocked.intervals().len(), 3);
        assert_eq!(minutes.rows()[0].blocked_nanos, 23_000_000_000);
    }
}
