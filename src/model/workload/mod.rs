//! The stream as a function: arrivals, keys, sizes and marks of a shard, generated as they are
//! read (S1.2, S3.5, S10.4).
//!
//! [`WorkloadPlan`] is a pure function of settings and replication, [`WorkloadCursor`] a position
//! in the records of one shard. Nothing is stored: a backlog of a million records takes no memory,
//! and what lies behind the reader is counted by a second cursor over the same function.
//!
//! | what | address of its draws |
//! |---|---|
//! | arrivals | a sequential stream per (source, shard); Poisson: a word per stretch of time |
//! | events of many records | a stream per source; a shard's part: (event, node of the tree) |
//! | key, size, filter | one word per (source, shard, record number) |
//! | poison marks | a stream per (fault, shard), or per (fault, source, shard) |
//!
//! So neither another shard of a `per_shard` source, nor another source, nor other settings of the
//! mapping or the function move any draw. Left out: records that the handler writes back
//! (S10.6), which depend on when it ran.

mod addressed;
mod arrivals;
mod attributes;
mod cursor;
mod hash;
mod inherited;
mod key_list;
mod keys;
mod lists;
mod marks;
mod numbered_marks;
mod plan;
mod rates;
mod split;
mod weights;

#[cfg(test)]
pub(super) mod test_settings;
#[cfg(test)]
mod tests;

pub(super) use arrivals::ArrivalCursor;
pub use cursor::WorkloadCursor;
pub use hash::{lane_of, text_key};
pub use inherited::Half;
pub use plan::WorkloadPlan;
pub use rates::{ShardRates, expected_records};
