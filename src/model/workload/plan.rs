//! What all shards of a run share of its workload: shares of the shards, keys, lists.
//!
//! Made once per settings and replication; the tables are behind `Arc`, a clone is cheap.

use std::sync::Arc;

use super::arrivals::{ArrivalCursor, Place};
use super::attributes::Attributes;
use super::cursor::{SourceCursor, WorkloadCursor};
use super::hash::lane_of;
use super::keys::KeyPlan;
use super::lists::{Listed, ScriptedAttributes};
use super::marks::{CountMarks, PoisonFault, TimeMarks, poison_faults};
use super::numbered_marks::NumberedMarks;
use super::rates::{ShardRates, shard_rates};
use super::weights::ShardWeights;
use crate::engine::RandomSource;
use crate::model::record::Record;
use crate::model::settings::{Arrivals, Horizon, Settings, Stream, Traffic};
use crate::units::{Bytes, Instant};

/// The workload of one run: a function from a shard to its records.
#[derive(Debug, Clone)]
pub struct WorkloadPlan {
    random: RandomSource,
    /// Shards that are open at the start.
    shards: u32,
    shards_in_all: u32,
    needs_keys: bool,
    sources: Arc<[SourcePlan]>,
    poison: Arc<[PoisonFault]>,
}

/// One source of records on all shards.
#[derive(Debug, Clone)]
pub(super) struct SourcePlan {
    pub(super) traffic: Traffic,
    pub(super) weights: ShardWeights,
    /// No record is written at or after this time: the end of the source or of the run.
    pub(super) end: Instant,
    keys: KeyPlan,
    listed: Option<Listed>,
    script: Option<Arc<[ScriptedAttributes]>>,
}

impl WorkloadPlan {
    /// The workload of `settings` with the random numbers of one replication. Keys are drawn where
    /// a shard has several lanes; see [`WorkloadPlan::with_keys`].
    pub fn new(settings: &Settings, random: RandomSource) -> WorkloadPlan {
        let shards = settings.stream.shards;
        let end = match settings.horizon {
            Horizon::For(length) | Horizon::Drained { at_most: length } => {
                Instant::START.saturating_add(length)
            }
        };
        let sources = (0u16..)
            .zip(&settings.traffic)
            .map(|(number, traffic)| {
                SourcePlan::new(random, number, traffic, &settings.stream, end)
            })
            .collect();
        WorkloadPlan {
            random,
            shards,
            shards_in_all: settings.stream.shards_in_all(),
            needs_keys: has_lanes(settings) || has_splits(settings) || has_keyed_state(settings),
            sources,
            poison: poison_faults(&settings.function.faults).into(),
        }
    }

    /// The same workload with key hashes in every record, whatever the number of lanes.
    #[must_use]
    pub fn with_keys(mut self) -> WorkloadPlan {
        self.needs_keys = true;
        self
    }

    /// Share of the records of source number `source` that lie on `shard`, `0..=1`; 1 on every
    /// shard where the rates are per shard.
    pub fn shard_weight(&self, source: usize, shard: u32) -> f64 {
        self.sources[source].weights.of(shard)
    }

    /// Expected records per second of source number `source` on `shard`, while it is active.
    pub fn source_rates(&self, source: usize, shard: u32) -> ShardRates {
        shard_rates(&self.sources[source..=source], shard)
    }

    /// Expected records per second on `shard`.
    pub fn rates(&self, shard: u32) -> ShardRates {
        shard_rates(&self.sources, shard)
    }

    /// Expected share of the records of source number `source` on `shard` in each of `lanes`
    /// lanes, hot keys included; all 0 where the source writes nothing to the shard.
    pub fn lane_shares(&self, source: usize, shard: u32, lanes: u32) -> Vec<f64> {
        let source = &self.sources[source];
        let weight = source.weights.of(shard);
        if weight <= 0.0 {
            return vec![0.0; lanes as usize];
        }
        match (&source.listed, &source.script) {
            (Some(listed), Some(records)) => {
                let count = listed.count(shard);
                let mut shares = vec![0.0; lanes as usize];
                for index in 0..count {
                    let hash = records[listed.position(shard, index)].key_hash;
                    shares[lane_of(hash, lanes) as usize] += 1.0 / count as f64;
                }
                shares
            }
            (Some(_) | None, None) | (None, Some(_)) => {
                source.keys.on_shard(shard, weight).lane_shares(lanes)
            }
        }
    }

    /// The records of `shard` from the first one on. Of a shard that opens during the run it has
    /// only those written to it by name: the others are taken over from its parents (S1.7).
    pub fn cursor(&self, shard: u32) -> WorkloadCursor {
        let count = self.shards_in_all;
        assert!(shard < count, "there is no shard {shard}: there are {count}");
        let sources = (0u16..)
            .zip(self.sources.iter())
            .filter(|(_, source)| shard < self.shards || source.script.is_some())
            .map(|(number, source)| self.source_cursor(number, source, shard))
            .filter(SourceCursor::has_records)
            .collect();
        let poison = TimeMarks::new(&self.random, &self.poison, shard, self.shards);
        WorkloadCursor::new(sources, poison, NumberedMarks::new(&self.poison, shard))
    }

    /// The arrivals of `shard`, and what all its records share, where they differ in time and
    /// number only. The same records as those of [`WorkloadPlan::cursor`].
    pub(in crate::model) fn plain_arrivals(&self, shard: u32) -> Option<(ArrivalCursor, Record)> {
        let ([source], []) = (self.sources.as_ref(), self.poison.as_ref()) else { return None };
        if shard >= self.shards || self.needs_keys || source.listed.is_some() {
            return None;
        }
        let plain = Attributes::drawn(&self.random, 0, &source.traffic, shard, None).plain(0)?;
        let arrivals = ArrivalCursor::new(&source.traffic, None, self.place(0, source, shard));
        Some((arrivals, plain))
    }

    fn place<'p>(&'p self, number: u16, source: &'p SourcePlan, shard: u32) -> Place<'p> {
        let (random, weights, end) = (&self.random, &source.weights, source.end);
        Place { random, source: number, shard, weights, end }
    }

    fn source_cursor(&self, number: u16, source: &SourcePlan, shard: u32) -> SourceCursor {
        let place = self.place(number, source, shard);
        let arrivals = ArrivalCursor::new(&source.traffic, source.listed.as_ref(), place);
        let attributes = match (&source.listed, &source.script) {
            (Some(listed), Some(records)) => {
                Attributes::Scripted { listed: listed.clone(), shard, records: records.clone() }
            }
            (Some(_) | None, None) | (None, Some(_)) => {
                let weight = source.weights.of(shard);
                let keys =
                    (self.needs_keys && weight > 0.0).then(|| source.keys.on_shard(shard, weight));
                Attributes::drawn(&self.random, number, &source.traffic, shard, keys)
            }
        };
        let poison = CountMarks::new(&self.random, &self.poison, number, shard);
        SourceCursor::new(number, arrivals, attributes, poison)
    }
}

impl SourcePlan {
    fn new(
        random: RandomSource,
        number: u16,
        traffic: &Traffic,
        stream: &Stream,
        end: Instant,
    ) -> SourcePlan {
        let shards = stream.shards;
        let (keys, by_key) = KeyPlan::new(random, number, traffic, shards);
        let (listed, script, weights) = match &traffic.arrivals {
            Arrivals::TraceTimes { times } => {
                (Some(Listed::trace(&random, number, times, &by_key)), None, by_key)
            }
            Arrivals::Scripted { records } => {
                let shards = stream.shards_in_all();
                let (listed, script) = Listed::script(records, shards);
                let whole = script.len().max(1) as f64;
                let share = |shard: u32| listed.count(shard) as f64 / whole;
                let weights = ShardWeights::shared((0..shards).map(share).collect());
                (Some(listed), Some(script), weights)
            }
            Arrivals::Constant { .. }
            | Arrivals::Poisson { .. }
            | Arrivals::Profile { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::Bursts { .. }
            | Arrivals::OnOff { .. }
            | Arrivals::Renewal { .. }
            | Arrivals::TraceCounts { .. } => (None, None, by_key),
        };
        SourcePlan {
            traffic: traffic.clone(),
            weights,
            end: end.min(traffic.to),
            keys,
            listed,
            script,
        }
    }
}

/// Whether a shard ever has several lanes, which are told apart by key (S4.1).
fn has_lanes(settings: &Settings) -> bool {
    let scheduled = settings.schedule.iter().map(|change| &change.mapping);
    let mut mappings = std::iter::once(&settings.mapping).chain(scheduled);
    mappings.any(|mapping| mapping.parallelization_factor > 1)
}

/// Whether a shard is ever split, which goes by key (S1.7).
fn has_splits(settings: &Settings) -> bool {
    settings.stream.reshards.iter().any(|reshard| reshard.open.len() > 1)
}

/// Whether the state of a tumbling window grows with its keys (S11.4).
fn has_keyed_state(settings: &Settings) -> bool {
    settings.function.state_per_key > Bytes::new(0)
}
