//! A record of the stream as the mapping sees it (S1.2).

use super::settings::RecordAddress;
use crate::units::Instant;

/// A record that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// When it was written.
    pub arrival: Instant,
    /// Its number among the records of its traffic source and shard, from 0: the address of its
    /// random attributes.
    pub index: u64,
    /// Hash of its partition key; equal keys have equal hashes. 0 where no rule needs it.
    pub key_hash: u64,
    /// Size as stored.
    pub bytes: u32,
    /// Traffic source it belongs to; [`Record::WRITTEN_BACK`] for the handler's own writes.
    pub source: u16,
    /// Marks.
    pub marks: Marks,
}

/// Marks of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Every invocation with it fails (S10.4).
    pub poison: bool,
    /// The filter does not match it (S3.5).
    pub filtered: bool,
}

impl Record {
    /// The source of records that the handler wrote back (S10.6).
    pub const WRITTEN_BACK: u16 = u16::MAX;

    /// Stands in for a source in the random addresses of final calls, which have no record.
    pub const OF_FINAL_CALLS: u16 = u16::MAX - 1;

    /// Its place in the workload, given the shard it lies on.
    pub fn address(&self, shard: u32) -> RecordAddress {
        RecordAddress { shard, source: self.source, index: self.index }
    }
}
