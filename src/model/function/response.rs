//! What the mapping makes of a function's response (S6.5).
//!
//! | `batchItemFailures` | `ReportBatchItemFailures` | outcome |
//! |---|---|---|
//! | anything | off | success: the response is not read |
//! | absent, null or empty | on | success |
//! | every identifier names a record of the batch | on | records before the lowest are done |
//! | any identifier does not | on | the whole batch failed |
//!
//! With a tumbling window a response without `state` fails the whole batch too, whatever the
//! setting (S11.2), but for the final call, after which no state is needed.
//!
//! A batch that failed by its response makes no progress but is no function error: CloudWatch's
//! `Errors` does not count it and `functionError` is null (S8.1). That one bad identifier among
//! good ones spoils the response is an **Assumption**.

use crate::model::failure::Outcome;
use crate::model::observation::Records;
use crate::model::settings::{ItemIdentifier, RecordAddress, Response};

/// The whole batch failed by its response.
const FULL_FAILURE: Outcome = Outcome::Partial { succeeded: 0 };

/// What the mapping reads of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// `ReportBatchItemFailures`.
    pub item_failures: bool,
    /// There is a tumbling window, and the call is not its final one.
    pub state: bool,
}

/// The outcome of an invocation with `records` of `shard` that returned `response`.
pub fn outcome(response: &Response, reads: Reads, shard: u32, records: Records<'_>) -> Outcome {
    if reads.state && response.state.is_none() {
        return FULL_FAILURE;
    }
    if !reads.item_failures || response.item_failures.is_empty() {
        return Outcome::Success;
    }
    let mut lowest = records.count();
    for identifier in &response.item_failures {
        let ItemIdentifier::Record(address) = identifier else { return FULL_FAILURE };
        let Some(position) = position_of(*address, shard, records) else { return FULL_FAILURE };
        lowest = lowest.min(position);
    }
    // S6.2: the lowest sequence number is the cut, whatever their order.
    Outcome::Partial { succeeded: lowest }
}

fn position_of(address: RecordAddress, shard: u32, records: Records<'_>) -> Option<u32> {
    let is_it =
        |fetched: crate::model::observation::Fetched| fetched.record.address(shard) == address;
    records.iter().position(is_it).map(|position| position as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::observation::Fetched;
    use crate::model::record::{Marks, Record};
    use crate::model::record_queue::RecordQueue;
    use crate::units::{Bytes, Duration, Instant};

    fn fetched(index: u64) -> Fetched {
        let marks = Marks { poison: false, filtered: false };
        let arrival = Instant::START;
        let record = Record { arrival, index, key_hash: 0, bytes: 1, source: 0, marks };
        let held = Duration::ZERO;
        Fetched { record, sequence: index, read_at: arrival, held, is_duplicate: false }
    }

    #[test]
    fn a_response_means_what_the_table_says() {
        let item = |index| ItemIdentifier::Record(RecordAddress { shard: 0, source: 0, index });
        let other = ItemIdentifier::Record(RecordAddress { shard: 1, source: 0, index: 1 });
        let table = [
            (vec![], true, Outcome::Success),
            (vec![item(2)], true, Outcome::Partial { succeeded: 2 }),
            (vec![item(3), item(1)], true, Outcome::Partial { succeeded: 1 }),
            (vec![item(2), item(1), item(3)], true, Outcome::Partial { succeeded: 1 }),
            (vec![item(0)], true, FULL_FAILURE),
            (vec![item(9)], true, FULL_FAILURE),
            (vec![other], true, FULL_FAILURE),
            (vec![item(2), ItemIdentifier::Unknown], true, FULL_FAILURE),
            (vec![ItemIdentifier::Unknown], false, Outcome::Success),
            (vec![item(2)], false, Outcome::Success),
        ];
        let queue = RecordQueue::Singles((0..4).map(fetched).collect());
        for (items, item_failures, expected) in table {
            let response = Response { item_failures: items, state: None };
            let records = Records::new(&queue, 4);
            let reads = Reads { item_failures, state: false };
            let outcome = outcome(&response, reads, 0, records);
            assert_eq!(outcome, expected, "{response:?}, {reads:?}");
        }
    }

    #[test]
    fn with_a_tumbling_window_a_response_without_state_is_a_failure() {
        let queue = RecordQueue::Singles((0..4).map(fetched).collect());
        let records = Records::new(&queue, 4);
        for (state, expected) in [(None, FULL_FAILURE), (Some(Bytes::new(2)), Outcome::Success)] {
            let response = Response { item_failures: Vec::new(), state };
            let reads = Reads { item_failures: false, state: true };
            assert_eq!(outcome(&response, reads, 0, records), expected, "{state:?}");
        }
    }
}
