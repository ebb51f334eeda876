//! Records at given times: a trace or a script.

use super::Passed;
use crate::model::workload::lists::Listed;
use crate::units::{Duration, Instant};

/// Position in a list of times.
#[derive(Debug, Clone)]
pub(in crate::model) struct ListedTimes {
    listed: Listed,
    shard: u32,
    offset: Duration,
    next: u64,
    /// Number of records of the shard before the end.
    count: u64,
}

impl ListedTimes {
    /// The records of a shard that are written in the window, times counted from `offset`.
    pub(super) fn new(
        listed: Listed,
        shard: u32,
        offset: Duration,
        (from, end): (Instant, Instant),
    ) -> ListedTimes {
        let count = listed.count(shard);
        let mut times = ListedTimes { listed, shard, offset, next: 0, count };
        times.next = times.first_where(|time| time >= from);
        times.count = times.first_where(|time| time >= end);
        times
    }

    /// The number of the next record within the list of the shard.
    pub(super) fn next_index(&self) -> u64 {
        self.next
    }

    pub(super) fn advance(&mut self) -> Option<Instant> {
        let time = (self.next < self.count).then(|| self.time(self.next))?;
        self.next += 1;
        Some(time)
    }

    pub(super) fn pass_through(&mut self, ahead: Instant, until: Instant) -> Passed {
        let begin = self.next;
        self.next = self.first_where(|time| time > until).max(begin);
        Passed {
            count: 1 + (self.next - begin),
            last: if self.next > begin { self.time(self.next - 1) } else { ahead },
            next: self.advance(),
        }
    }

    fn time(&self, index: u64) -> Instant {
        let position = self.listed.position(self.shard, index);
        self.listed.times[position].saturating_add(self.offset)
    }

    /// The first record not before `next` for which `holds`, which is true from some time on.
    fn first_where(&self, holds: impl Fn(Instant) -> bool) -> u64 {
        let (mut low, mut high) = (self.next, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.time(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}
