//! Shards that close and open during a run (S1.7): a child is read only when its parents have
//! been processed to their ends, retries and destinations included.
//!
//! ```text
//! parent closes ... its last batch ends ... child_discovery ... first poll of the child
//! ```
//!
//! A shard that rolls over is its own child. The lanes of a child are new ones, and so are its
//! poll clock and its tumbling window (S11.5). Left out: shards closed before the run began.

use super::cutting::Occasion;
use super::{Context, System};
use crate::model::event::{Event, LaneId};
use crate::model::observation::{Observation, Observer};
use crate::model::reader::Stage;
use crate::model::record::Record;
use crate::model::workload::Half;
use crate::units::Instant;

impl System<'_> {
    /// Opens the shards that are open at the start.
    pub(super) fn open_first_shards<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        let at_start = 0..self.settings.stream.shards;
        for shard in self.shards.numbers().filter(|shard| at_start.contains(shard)) {
            self.open_generation(cx, shard, Instant::START);
        }
    }

    /// A shard is written to no more.
    pub(super) fn shard_closes<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let reader = &mut self.readers[shard];
        if reader.closes_at != cx.now || reader.stage != Stage::Open {
            return;
        }
        let closes_for_good = self.lineage.life(shard).closes;
        let is_empty = self.shards[shard].next_arrival().is_none();
        if is_empty && cx.now < closes_for_good && reader.is_idle() {
            // The roll-over of a shard without records shows nowhere.
            reader.closes_at = closes_for_good;
            self.await_close(cx, shard);
            return;
        }
        self.last_activity = cx.now;
        self.shards[shard].close(cx.now);
        self.announce(cx, shard);
    }

    /// Ends a closed shard whose records have all met their ends, and has its children found.
    #[inline]
    pub(super) fn end_if_finished<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        if self.shards[shard].is_at_end() {
            self.end_if_idle(cx, shard);
        }
    }

    fn end_if_idle<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let reader = &self.readers[shard];
        if reader.stage != Stage::Open || !self.polling.is_on || !reader.is_idle() {
            return;
        }
        // S11.5: the end of the shard closes the window.
        for lane in 0..self.lane_count() {
            if self.readers[shard].lanes[lane as usize].window.is_some() {
                self.advance(cx, LaneId { shard, lane }, Occasion::Due);
            }
        }
        if !self.readers[shard].is_idle() {
            return;
        }
        self.count_idle_polls(cx, shard);
        let reader = &mut self.readers[shard];
        let at = cx.now.max(self.polling_starts);
        reader.stop();
        reader.stage = Stage::Ended { at };
        let generation = reader.generation;
        cx.observer.observe(cx.now, Observation::ShardEnded { shard, generation });
        self.await_children(cx, shard);
    }

    /// Schedules the opening of the children of a shard whose parents have all ended.
    fn await_children<O: Observer>(&self, cx: &mut Context<'_, O>, shard: u32) {
        let life = self.lineage.life(shard);
        if self.readers[shard].closes_at < life.closes {
            self.await_opening(cx, shard, &[shard]);
            return;
        }
        for &child in &life.children {
            let parents = &self.lineage.life(child).parents;
            // A parent that only rolls over will be read on.
            let is_over =
                |&parent: &u32| self.readers[parent].closes_at == self.lineage.life(parent).closes;
            if parents.iter().all(is_over) {
                self.await_opening(cx, child, parents);
            }
        }
    }

    fn await_opening<O: Observer>(&self, cx: &mut Context<'_, O>, child: u32, parents: &[u32]) {
        let ends = parents.iter().map(|&parent| match self.readers[parent].stage {
            Stage::Ended { at } => Some(at),
            Stage::Open | Stage::Unknown => None,
        });
        let Some(ends) = ends.collect::<Option<Vec<Instant>>>() else { return };
        let found = ends.into_iter().max().unwrap_or(cx.now);
        // Shards that were closed before the starting position are known to be passed.
        let closed = parents.iter().map(|&parent| self.readers[parent].closes_at).max();
        let is_passed = closed.is_some_and(|closed| closed <= self.position);
        let delay = self.settings.knobs.child_discovery;
        let at = if is_passed { found } else { found + delay };
        cx.schedule(at.max(cx.now), Event::ShardOpens { shard: child });
    }

    /// A child shard is found.
    pub(super) fn shard_opens<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        self.last_activity = cx.now;
        let reader = &mut self.readers[shard];
        let opened = match reader.stage {
            Stage::Ended { .. } => {
                reader.generation += 1;
                reader.closes_at
            }
            Stage::Unknown | Stage::Open => {
                self.take_over(shard);
                self.lineage.life(shard).opens
            }
        };
        self.open_generation(cx, shard, opened);
        for parent in self.lineage.life(shard).parents.clone() {
            self.announce_oldest(cx, parent);
        }
        if self.polling.is_on {
            self.begin_reading(cx, shard, cx.now);
        } else {
            self.announce(cx, shard);
        }
    }

    /// The shard that holds the records of a key of `shard` now.
    pub(super) fn holder_of(&self, shard: u32, record: &Record) -> u32 {
        let heirs = std::iter::successors(Some(shard), |&shard| self.shards[shard].heir_of(record));
        heirs.last().unwrap_or(shard)
    }

    fn open_generation<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        opened: Instant,
    ) {
        let closes_at = self.lineage.closes_after(shard, opened);
        let reader = &mut self.readers[shard];
        reader.stage = Stage::Open;
        reader.closes_at = closes_at;
        let generation = reader.generation;
        cx.observer.observe(cx.now, Observation::ShardOpened { shard, generation });
        let log = &mut self.shards[shard];
        log.open_next();
        if closes_at <= cx.now {
            log.close(closes_at);
        } else {
            self.await_close(cx, shard);
        }
    }

    fn await_close<O: Observer>(&self, cx: &mut Context<'_, O>, shard: u32) {
        let at = self.readers[shard].closes_at;
        if at < self.horizon {
            cx.schedule(at, Event::ShardCloses { shard });
        }
    }

    /// Takes over what the parents of a new shard have left.
    fn take_over(&mut self, child: u32) {
        for parent in self.lineage.life(child).parents.clone() {
            let siblings = &self.lineage.life(parent).children;
            let is_right = siblings.last() == Some(&child);
            let half = (siblings.len() > 1).then_some(Half { parent, is_right });
            let is_last = siblings
                .iter()
                .all(|&sibling| sibling == child || self.readers[sibling].stage != Stage::Unknown);
            let [parent_log, child_log] = self.shards.both_mut(parent, child);
            parent_log.hand_over(child, child_log, half);
            if is_last {
                parent_log.retire();
            }
        }
    }
}
