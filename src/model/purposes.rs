//! What the model's random streams are for: every [`Purpose`] and what its entity is.
//!
//! | purposes | entity | item |
//! |---|---|---|
//! | 1 to 19, workload | [`entity`] of source (or fault) and shard, or node | as named below |
//! | 32 to 39, mapping | [`entity`] of lane and shard | as the mapping numbers them |
//! | 48 to 59, function, destination | [`entity`] of lane and shard | as the mapping numbers |
//! | 64, the experiment | number of an uncertain input | one word |
//! | 65, a sweep | number of a factor of a Latin hypercube | sequential |
//!
//! A number is never used twice and never changes its meaning: both would move the draws of
//! every scenario. Left out: order, since an address has none.

use crate::engine::Purpose;

/// Gaps between the arrivals of a source on a shard; sequential.
pub const ARRIVAL_GAPS: Purpose = Purpose(1);
/// Sojourns in the states of an on-off source on a shard; sequential.
pub const RATE_SWITCHES: Purpose = Purpose(2);
/// Gaps between the bursts of a source; sequential.
pub const BURST_GAPS: Purpose = Purpose(3);
/// Size of a burst; one word per burst.
pub const BURST_SIZES: Purpose = Purpose(4);
/// How many of an event's records fall left of a node of the shard tree; one word per event.
pub const SHARD_SPLIT: Purpose = Purpose(5);
/// The shard of a record of a trace; one word per record of the trace.
pub const TRACE_SHARDS: Purpose = Purpose(6);
/// Times of the records within a period of counts; one word per record of the shard.
pub const SPREAD: Purpose = Purpose(7);
/// Partition key of a record; one word per record.
pub const KEYS: Purpose = Purpose(8);
/// Salt of the hashes of a source's keys; one word.
pub const KEY_HASH: Purpose = Purpose(9);
/// Size of a record; one word per record.
pub const RECORD_SIZES: Purpose = Purpose(10);
/// Whether the filter matches a record; one word per record.
pub const FILTER: Purpose = Purpose(11);
/// Gaps between poison marks in time, of a poison fault on a shard; sequential.
pub const POISON_GAPS: Purpose = Purpose(12);
/// Records between poison ones; the entity is [`poison_entity`]; sequential.
pub const POISON_COUNTS: Purpose = Purpose(13);

/// Records in a stretch of a Poisson process on a shard; one word per stretch.
pub const ARRIVAL_COUNTS: Purpose = Purpose(14);
/// Where in a stretch its records lie; one word per stretch.
pub const ARRIVAL_PLACES: Purpose = Purpose(15);

/// When a shard's first poll happens (S2.1).
pub const POLL_PHASE: Purpose = Purpose(32);
/// How late a poll is (S2.1).
pub const POLL_JITTER: Purpose = Purpose(33);
/// Spread of the wait before a retry (S5.3).
pub const RETRY_JITTER: Purpose = Purpose(34);
/// The wait of a throttled batch (S5.2, S5.3).
pub const THROTTLE_WAIT: Purpose = Purpose(35);
/// When a shard rolls over for the first time (S1.7); the entity is the shard.
pub const SHARD_ROLLOVER: Purpose = Purpose(36);

/// The random factor on an invocation's duration (S10.1).
pub const FUNCTION_DURATION: Purpose = Purpose(48);
/// Whether an invocation fails (S10.4).
pub const INVOCATION_ERRORS: Purpose = Purpose(49);
/// Which records of an invocation fail (S10.4).
pub const RECORD_ERRORS: Purpose = Purpose(50);
/// Whether a delivery to the destination fails (S8.3).
pub const DESTINATION_DELIVERY: Purpose = Purpose(51);

/// By how much an input that is not known exactly differs from what is stated; one word.
pub const UNCERTAIN_INPUTS: Purpose = Purpose(64);

/// Stands for the whole stream where an entity names a shard.
pub const WHOLE_STREAM: u32 = u32::MAX;

/// The entity of a pair, such as a source and a shard.
pub const fn entity(of: u32, shard: u32) -> u64 {
    (of as u64) << 32 | shard as u64
}

/// The entity of a poison fault, a source and a shard.
pub const fn poison_entity(fault: u16, source: u16, shard: u32) -> u64 {
    entity((fault as u32) << 16 | source as u32, shard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_pairs_are_different_entities() {
        let entities = [
            entity(0, 1),
            entity(1, 0),
            entity(0, WHOLE_STREAM),
            poison_entity(1, 0, 0),
            poison_entity(1, 1, 0),
        ];
        for (place, one) in entities.iter().enumerate() {
            assert!(!entities[..place].contains(one), "{one} occurs twice");
        }
    }
}
