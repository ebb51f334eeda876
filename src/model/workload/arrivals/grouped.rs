//! A shard's records at events that bring many: its share of each, and how they lie in it.
//!
//! | spread | time of record `j` of the shard's `m` in a period |
//! |---|---|
//! | at once | the start |
//! | even | `start + (j + s/S) period / m`, shard `s` of `S` late by its part of the gap |
//! | uniform | order statistics one by one: the rest of the period shrinks by `U^(1/(m-j))` |
//!
//! Sequential order statistics: Devroye 1986, Non-Uniform Random Variate Generation, V.3.2.

use super::groups::{Group, Groups};
use super::{Place, whole_nanos};
use crate::model::purposes::{SPREAD, entity};
use crate::model::settings::CountSpread;
use crate::model::workload::addressed::Addressed;
use crate::model::workload::split::ShardPath;
use crate::model::workload::weights::ShardWeights;
use crate::units::{Duration, Instant};

/// Position in the records of events.
#[derive(Debug, Clone)]
pub(in crate::model) struct Grouped {
    groups: Groups,
    path: ShardPath,
    spread: Spread,
    end: Instant,
    event: Group,
    /// Records of the shard at the event, and how many of them have been given.
    records: u64,
    given: u64,
}

/// How the records of an event lie in its period.
#[derive(Debug, Clone)]
pub(super) enum Spread {
    AtOnce,
    Even { phase: f64 },
    Uniform { words: Box<Addressed>, drawn: u64, rest: f64 },
}

impl Spread {
    /// The spread of a trace of counts on a shard.
    pub(super) fn new(spread: CountSpread, place: Place) -> Spread {
        let Place { random, source, shard, weights, .. } = place;
        match spread {
            CountSpread::AtStart => Spread::AtOnce,
            CountSpread::Even => Spread::Even {
                phase: match weights {
                    ShardWeights::Own => 0.0,
                    ShardWeights::Shared { shards, .. } => f64::from(shard) / f64::from(*shards),
                },
            },
            CountSpread::Uniform => {
                let stream = random.stream(SPREAD, entity(source.into(), shard));
                Spread::Uniform { words: Box::new(Addressed::new(stream)), drawn: 0, rest: 1.0 }
            }
        }
    }

    /// Time after the event's start of record `given` of `records`, asked for in order.
    fn offset(&mut self, length: Duration, given: u64, records: u64) -> Duration {
        let nanos = length.as_nanos() as f64;
        let offset = match self {
            Spread::AtOnce => return Duration::ZERO,
            Spread::Even { phase } => whole_nanos((given as f64 + *phase) * nanos / records as f64),
            Spread::Uniform { words, drawn, rest } => {
                if given == 0 {
                    *rest = 1.0;
                }
                let log = libm::log(words.at(*drawn).uniform_positive());
                *drawn += 1;
                *rest *= libm::exp(log / (records - given) as f64);
                Duration::from_nanos(((1.0 - *rest) * nanos) as u64)
            }
        };
        // A period ends before the next begins, even where rounding says otherwise.
        offset.min(length.saturating_sub(Duration::from_nanos(1)))
    }
}

impl Grouped {
    /// The records of a place at the events.
    pub(super) fn new(groups: Groups, spread: Spread, place: Place) -> Grouped {
        let Place { random, source, shard, weights, end } = place;
        Grouped {
            groups,
            path: ShardPath::new(random, source, weights, shard),
            spread,
            end,
            event: Group { number: 0, at: Instant::START, length: Duration::ZERO, records: 0 },
            records: 0,
            given: 0,
        }
    }

    pub(super) fn advance(&mut self) -> Option<Instant> {
        while self.given == self.records {
            if self.event.at >= self.end {
                return None;
            }
            self.event = self.groups.advance()?;
            self.given = 0;
            self.records = if self.event.at < self.end {
                self.path.share(self.event.number, self.event.records)
            } else {
                0
            };
        }
        let offset = self.spread.offset(self.event.length, self.given, self.records);
        self.given += 1;
        let time = self.event.at.saturating_add(offset);
        (time < self.end).then_some(time)
    }
}
