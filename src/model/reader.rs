//! The mapping's reader of one shard: its poll clock, what it has fetched, its lanes (S2, S4).
//!
//! How records get from the shard into a lane depends on the poll model (S2.4):
//!
//! | mode | who reads | when |
//! |---|---|---|
//! | pages | the reader: a page goes to the lanes' queues | at a tick, unless held back |
//! | counted pages | the reader; what its lane has no room for it counts | at a tick |
//! | lanes | a lane that is free | when it cuts a batch |
//!
//! Counted pages are pages without a bound on reading ahead and with a single lane: the same
//! batches as with pages, but a backlog costs no memory for its records.

use std::collections::{BTreeMap, VecDeque};

use super::checkpoint::FinishedAhead;
use super::counted_pages::CountedPages;
use super::lane::Lane;
use super::observation::{Blockage, Fetched};
use super::poll_grid::PollGrid;
use super::read_limits::Budget;
use super::record::Record;
use super::settings::LaneAssignment;
use super::workload::lane_of;
use crate::units::Instant;

/// The reader of one shard.
#[derive(Debug, Clone)]
pub struct ShardReader {
    /// How far it is with its shard.
    pub stage: Stage,
    /// How often the shard rolled over before (S1.7).
    pub generation: u32,
    /// When the generation closes, or did.
    pub closes_at: Instant,
    /// The poll clock.
    pub grid: PollGrid,
    /// The next tick that can find something, and idle ticks before it.
    pub next_poll: Option<ScheduledPoll>,
    /// The first tick that was refused because reading is held back (S2.4).
    pub held_since: Option<Instant>,
    /// Its last call was refused because of the limits on reading (S1.6).
    pub was_refused: bool,
    /// What is pushed to it per second, with enhanced fan-out (S1.6).
    pub pushed: Budget,
    /// Its lanes.
    pub lanes: Vec<Lane>,
    /// What all their records share where they hold arrivals only.
    plain: Option<Record>,
    /// Fetched but still in the shard's log (counted pages), oldest first.
    pub counted: CountedPages,
    /// How it was last said to be blocked.
    pub blockage: Option<Blockage>,
    /// The oldest unfinished record as last announced.
    pub oldest: Option<(u64, Option<Instant>)>,
    /// When the shard is looked at next on behalf of lanes that read for themselves.
    pub readable_at: Option<Instant>,
    /// Read before polling stopped and to be read again, in order (S4.5).
    pub replay: VecDeque<Fetched>,
    /// What was finished above the checkpoint; only where polling may stop during the run.
    finished_ahead: Option<FinishedAhead>,
    /// With dynamic assignment: the lane that holds a key, and how many of its records.
    keys: BTreeMap<u64, (u32, u32)>,
}

/// How far a reader is with its shard (S1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The shard is not found yet.
    Unknown,
    /// It is read.
    Open,
    /// Everything in it has met its end; its last record was known to be the last at this time.
    Ended {
        /// When the reader noticed.
        at: Instant,
    },
}

/// A tick in the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduledPoll {
    /// When the poll happens, jitter included.
    pub at: Instant,
    /// Its place on the grid.
    pub nominal: Instant,
    /// Ticks before it that find nothing.
    pub passed: u64,
}

/// What one GetRecords call returned.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    /// Records, filtered ones included.
    pub records: u32,
    /// Their size.
    pub bytes: u64,
}

impl ShardReader {
    /// A reader with `lanes` lanes that has read nothing; `may_stop`: polling may stop and start
    /// again during the run; `plain`: what all records share where the shard's log is one of
    /// arrivals.
    pub fn new(
        grid: PollGrid,
        pushed: Budget,
        lanes: u32,
        may_stop: bool,
        plain: Option<Record>,
    ) -> ShardReader {
        ShardReader {
            stage: Stage::Unknown,
            generation: 0,
            closes_at: Instant::FAR_FUTURE,
            grid,
            next_poll: None,
            held_since: None,
            was_refused: false,
            pushed,
            lanes: (0..lanes).map(|_| Lane::new(plain)).collect(),
            plain,
            counted: CountedPages::default(),
            blockage: None,
            oldest: None,
            readable_at: None,
            replay: VecDeque::new(),
            finished_ahead: may_stop.then(FinishedAhead::default),
            keys: BTreeMap::new(),
        }
    }

    /// Stops polling: no tick is to come, and what was fetched but not read is left (S2.6).
    pub fn stop(&mut self) {
        self.next_poll = None;
        self.held_since = None;
        self.readable_at = None;
        self.counted.clear();
    }

    /// Goes back to the checkpoint: what was read above it is to be read again (S4.5).
    pub fn rewind(&mut self) {
        if let Some(finished_ahead) = &mut self.finished_ahead {
            self.replay.extend(finished_ahead.above_checkpoint(&mut self.lanes));
            self.keys.clear();
        }
    }

    /// Starts polling at `now` with `lanes` lanes.
    pub fn start(&mut self, grid: PollGrid, lanes: u32, now: Instant) {
        self.grid = grid;
        let lane = Lane { free_since: now, ..Lane::new(self.plain) };
        self.lanes = vec![lane; lanes as usize];
    }

    /// Puts a record into its lane (S4.1) and says which: polling is one stream per shard whatever
    /// the number of lanes (S4.2).
    #[inline]
    pub fn assign(&mut self, assignment: LaneAssignment, fetched: Fetched) -> u32 {
        if let [lane] = self.lanes.as_mut_slice() {
            lane.queue.push_back(fetched);
            return 0;
        }
        let lanes = self.lanes.len() as u32;
        let lane = match assignment {
            LaneAssignment::StaticHash => lane_of(fetched.record.key_hash, lanes),
            LaneAssignment::RoundRobin => (fetched.sequence % u64::from(lanes)) as u32,
            LaneAssignment::DynamicKey => self.hold_key(fetched.record.key_hash),
        };
        self.lanes[lane as usize].queue.push_back(fetched);
        lane
    }

    fn hold_key(&mut self, key_hash: u64) -> u32 {
        let least = || {
            let held = self.lanes.iter().enumerate();
            let least = held.min_by_key(|(_, lane)| lane.queue.len()).map(|(index, _)| index);
            least.unwrap_or(0) as u32
        };
        let free = if self.keys.contains_key(&key_hash) { 0 } else { least() };
        let (lane, records) = self.keys.entry(key_hash).or_insert((free, 0));
        *records += 1;
        *lane
    }

    /// Removes the `count` oldest records of a lane, which are finished.
    #[inline]
    pub fn remove_finished(&mut self, assignment: LaneAssignment, lane: u32, count: u32) {
        if assignment == LaneAssignment::DynamicKey && self.lanes.len() > 1 {
            for position in 0..count as usize {
                let fetched = self.lanes[lane as usize].queue.get(position);
                fetched.into_iter().for_each(|one| self.release_key(one.record.key_hash));
            }
        }
        let queue = &mut self.lanes[lane as usize].queue;
        let Some(finished_ahead) = &mut self.finished_ahead else {
            queue.remove_front(count as usize);
            return;
        };
        finished_ahead.add(queue.range(count as usize));
        queue.remove_front(count as usize);
        finished_ahead.pass_checkpoint(&self.lanes);
    }

    fn release_key(&mut self, key_hash: u64) {
        let Some((_, records)) = self.keys.get_mut(&key_hash) else {
            panic!("a finished record's key {key_hash:#x} is held by no lane");
        };
        *records -= 1;
        if *records == 0 {
            self.keys.remove(&key_hash);
        }
    }

    /// Whether nothing that was read is unfinished, and nothing is being done.
    pub fn is_idle(&self) -> bool {
        let is_idle = |lane: &Lane| lane.is_free() && lane.queue.is_empty();
        self.counted.records() == 0 && self.replay.is_empty() && self.lanes.iter().all(is_idle)
    }

    /// Fetched records that are not finished, all lanes together.
    pub fn unfinished(&self) -> u64 {
        let queued: usize = self.lanes.iter().map(|lane| lane.queue.len()).sum();
        queued as u64 + self.counted.records()
    }

    /// The same without records that an idle lane is gathering under an open window (S2.4).
    pub fn unfinished_of_page(&self, has_window: bool) -> u64 {
        let counts = |lane: &&Lane| !(has_window && lane.batches.is_empty());
        self.lanes.iter().filter(counts).map(|lane| lane.queue.len() as u64).sum()
    }

    /// Sequence and arrival of the oldest record in a lane.
    #[inline]
    pub fn oldest_fetched(&self) -> Option<(u64, Instant)> {
        if let ([lane], true) = (self.lanes.as_slice(), self.replay.is_empty()) {
            return lane.queue.oldest_anew();
        }
        self.oldest_of_several()
    }

    fn oldest_of_several(&self) -> Option<(u64, Instant)> {
        let anew = |fetched: &Fetched| !fetched.is_duplicate;
        let in_lanes = self.lanes.iter().filter_map(|lane| lane.queue.oldest_anew());
        let again = self.replay.iter().copied().find(anew);
        in_lanes.chain(again.map(|first| (first.sequence, first.record.arrival))).min()
    }

    /// Records that were read and have not met their end, those to be read again among them.
    pub fn held(&self) -> u64 {
        if self.finished_ahead.is_none() {
            return self.lanes.iter().map(|lane| lane.queue.len() as u64).sum();
        }
        let anew = |fetched: &Fetched| !fetched.is_duplicate;
        let held = |lane: &Lane| lane.queue.iter().filter(anew).count();
        let again = self.replay.iter().copied().filter(anew).count();
        (self.lanes.iter().map(held).sum::<usize>() + again) as u64
    }
}
