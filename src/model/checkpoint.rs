//! What is read again when polling starts anew: everything above the checkpoint (S2.6, S4.5).
//!
//! The checkpoint of a shard is the highest record below which everything is finished, over all
//! lanes. Records that were finished above it are delivered again: duplicates. Retry counters
//! do not survive. Filtered records are passed once, since passing them again shows nowhere.

use std::collections::{BTreeMap, VecDeque};

use super::lane::Lane;
use super::observation::Fetched;

/// Records of a shard that are finished while an older one is not.
#[derive(Debug, Clone, Default)]
pub struct FinishedAhead {
    records: BTreeMap<u64, Fetched>,
}

impl FinishedAhead {
    /// Notes finished records.
    pub fn add(&mut self, finished: impl Iterator<Item = Fetched>) {
        for fetched in finished {
            self.records.insert(fetched.sequence, Fetched { is_duplicate: true, ..fetched });
        }
    }

    /// Forgets what the checkpoint has passed, given what is unfinished.
    pub fn pass_checkpoint(&mut self, lanes: &[Lane]) {
        let unfinished = lanes.iter().filter_map(|lane| lane.queue.front());
        match unfinished.map(|fetched| fetched.sequence).min() {
            Some(oldest) => self.records = self.records.split_off(&oldest),
            None => self.records.clear(),
        }
    }

    /// All read records above the checkpoint, in order: what is unfinished in `lanes`, which are
    /// emptied, and what is finished ahead of it.
    pub fn above_checkpoint(&mut self, lanes: &mut [Lane]) -> VecDeque<Fetched> {
        let mut above: Vec<Fetched> = std::mem::take(&mut self.records).into_values().collect();
        for lane in lanes {
            above.extend(lane.queue.take_all());
        }
        above.sort_by_key(|fetched| fetched.sequence);
        above.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{Marks, Record};
    use crate::units::{Duration, Instant};

    fn fetched(sequence: u64) -> Fetched {
        let marks = Marks { poison: false, filtered: false };
        let arrival = Instant::START;
        let record = Record { arrival, index: sequence, key_hash: 0, bytes: 1, source: 0, marks };
        let held = Duration::ZERO;
        Fetched { record, sequence, read_at: arrival, held, is_duplicate: false }
    }

    fn lane(sequences: &[u64]) -> Lane {
        let mut lane = Lane::new(None);
        sequences.iter().for_each(|&sequence| lane.queue.push_back(fetched(sequence)));
        lane
    }

    #[test]
    fn what_was_finished_above_the_checkpoint_comes_again_in_order() {
        let mut lanes = [lane(&[3, 6]), lane(&[8])];
        let mut ahead = FinishedAhead::default();
        ahead.add([1, 2, 4, 5, 7].map(fetched).into_iter());
        ahead.pass_checkpoint(&lanes);
        let again = ahead.above_checkpoint(&mut lanes);
        let seen: Vec<(u64, bool)> = again.iter().map(|f| (f.sequence, f.is_duplicate)).collect();
        let expected = [(3, false), (4, true), (5, true), (6, false), (7, true), (8, false)];
        assert_eq!(seen, expected);
        assert!(lanes.iter().all(|lane| lane.queue.is_empty()));
    }

    #[test]
    fn with_nothing_unfinished_nothing_comes_again() {
        let mut lanes = [lane(&[])];
        let mut ahead = FinishedAhead::default();
        ahead.add([1, 2].map(fetched).into_iter());
        ahead.pass_checkpoint(&lanes);
        assert!(ahead.above_checkpoint(&mut lanes).is_empty());
    }
}
