//! Key, size and filter mark of a record: one word each, addressed by its number, drawn only
//! where some rule can tell the difference (S1.2, S3.5).

use std::sync::Arc;

use super::addressed::Addressed;
use super::keys::ShardKeys;
use super::lists::{Listed, ScriptedAttributes};
use crate::engine::samplers::Lognormal;
use crate::engine::{Purpose, RandomSource};
use crate::model::purposes::{FILTER, KEYS, RECORD_SIZES, entity};
use crate::model::record::{Marks, Record};
use crate::model::settings::{RecordSize, Traffic};
use crate::units::{Bytes, Instant};

/// The attributes of one source's records on one shard.
#[derive(Debug, Clone)]
pub(super) enum Attributes {
    /// Drawn.
    Drawn {
        /// `None` where no rule needs keys.
        keys: Option<(ShardKeys, Box<Addressed>)>,
        sizes: Sizes,
        /// Chance that a record matches; `None`: all do.
        filter: Option<(f64, Box<Addressed>)>,
    },
    /// Written by hand.
    Scripted { listed: Listed, shard: u32, records: Arc<[ScriptedAttributes]> },
}

/// Sizes of records in bytes.
#[derive(Debug, Clone)]
pub(super) enum Sizes {
    Constant(u32),
    Uniform { low: u64, count: u64, words: Box<Addressed> },
    Lognormal(Lognormal, Box<Addressed>),
}

impl Attributes {
    /// The drawn attributes of `traffic`, source number `source`, on `shard`.
    pub(super) fn drawn(
        random: &RandomSource,
        source: u16,
        traffic: &Traffic,
        shard: u32,
        keys: Option<ShardKeys>,
    ) -> Attributes {
        let words = |purpose: Purpose| {
            Box::new(Addressed::new(random.stream(purpose, entity(source.into(), shard))))
        };
        let sizes = match traffic.record_size {
            RecordSize::Constant(bytes) => Sizes::Constant(stored(bytes.get())),
            RecordSize::Uniform { low, high } => Sizes::Uniform {
                low: low.get(),
                count: (high.get() - low.get()).saturating_add(1),
                words: words(RECORD_SIZES),
            },
            RecordSize::Lognormal { p50, p99 } => {
                let number = |bytes: Bytes| bytes.get() as f64;
                let lognormal = Lognormal::new(number(p50), number(p99))
                    .expect("the median of sizes is above 0 and not above the 99th percentile");
                Sizes::Lognormal(lognormal, words(RECORD_SIZES))
            }
        };
        let matches = traffic.matches_filter.get();
        Attributes::Drawn {
            keys: keys.map(|keys| (keys, words(KEYS))),
            sizes,
            filter: (matches < 1.0).then(|| (matches, words(FILTER))),
        }
    }

    /// What all records of the source share, if they differ in time and number only.
    #[inline]
    pub(super) fn plain(&self, source: u16) -> Option<Record> {
        match self {
            Attributes::Drawn { keys: None, sizes: Sizes::Constant(bytes), filter: None } => {
                Some(Record {
                    arrival: Instant::START,
                    index: 0,
                    key_hash: 0,
                    bytes: *bytes,
                    source,
                    marks: Marks::default(),
                })
            }
            Attributes::Drawn { .. } | Attributes::Scripted { .. } => None,
        }
    }

    /// Record number `index` of the source's records on the shard.
    #[inline]
    pub(super) fn record(&mut self, source: u16, index: u64, arrival: Instant) -> Record {
        match self {
            Attributes::Drawn { keys, sizes, filter } => Record {
                arrival,
                index,
                key_hash: match keys {
                    Some((keys, words)) => keys.hash_of(index, words),
                    None => 0,
                },
                bytes: sizes.of(index),
                source,
                marks: Marks {
                    poison: false,
                    filtered: match filter {
                        Some((matches, words)) => words.at(index).uniform() >= *matches,
                        None => false,
                    },
                },
            },
            Attributes::Scripted { listed, shard, records } => {
                let given = records[listed.position(*shard, index)];
                Record {
                    arrival,
                    index,
                    key_hash: given.key_hash,
                    bytes: given.bytes,
                    source,
                    marks: Marks { poison: given.poison, filtered: given.filtered },
                }
            }
        }
    }
}

impl Sizes {
    #[inline]
    fn of(&mut self, index: u64) -> u32 {
        match self {
            Sizes::Constant(bytes) => *bytes,
            Sizes::Uniform { low, count, words } => stored(*low + words.at(index).below(*count)),
            // A record of no bytes at all does not exist.
            Sizes::Lognormal(lognormal, words) => {
                stored(libm::round(lognormal.sample(words.at(index))) as u64).max(1)
            }
        }
    }
}

/// A size as a record holds it; no stream takes records of 4 GiB.
fn stored(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
