//! Shards that change, mappings that change and several consumers at once, on random settings: the
//! books of every consumer add up, shards are read only while they are open to it, and all consumers
//! are offered the same records (S1.7, S2.7, S9.6, S10.6).
//!
//! Cases are numbered and repeated as in `invariants.rs`. Left out: what holds of one consumer
//! alone, which `invariants.rs` checks more closely.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/random_settings.rs"]
mod random_settings;

use std::collections::BTreeSet;

use cases::try_cases;
use proptest::collection::vec;
use proptest::sample::select;
use proptest::strategy::Strategy;
use random_settings::{POLL_MODELS, settings};
use shardlag::engine::RunEnd;
use shardlag::experiment::recorder::Recorder;
use shardlag::model::settings::{Horizon, ScheduledMapping, Settings};
use shardlag::model::{Observation, Observer, simulate_consumers};
use shardlag::units::{Bytes, Instant};

/// Cases, unless told otherwise.
const CASES: u32 = 1_000;
/// More events than any of these small runs needs.
const EVENTS_MAX: u64 = 3_000_000;

/// The standard recorder, and which shards were read.
struct Both<'a> {
    recorder: Recorder<'a>,
    open: BTreeSet<u32>,
    last: Instant,
}

impl Observer for Both<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        assert!(now >= self.last || matches!(observation, Observation::Polled { records: 0, .. }));
        self.last = now;
        if let Observation::ShardOpened { shard, .. } = observation {
            assert!(self.open.insert(shard));
        } else if let Observation::ShardEnded { shard, .. } = observation {
            assert!(self.open.remove(&shard));
        } else if let Observation::InvocationSent { lane, .. } = observation {
            assert!(self.open.contains(&lane.shard));
        }
        self.recorder.observe(now, observation);
    }
}

/// The consumers of one stream: the settings, and like ones with other batches and schedules.
fn consumers() -> impl Strategy<Value = Vec<Settings>> {
    let changes = vec((1u64..60, 0u32..4, 1u32..=10), 0..4);
    let consumer = (changes, 1u32..100, 1u32..=10);
    let first = select(POLL_MODELS.to_vec()).prop_flat_map(settings);
    (first, vec(consumer, 1..4)).prop_map(|(first, consumers)| {
        let of = |(changes, batch_size, lanes): (Vec<(u64, u32, u32)>, u32, u32)| {
            let mut settings = first.clone();
            settings.mapping.batch_size = batch_size;
            settings.mapping.parallelization_factor = lanes;
            settings.schedule = schedule(&settings, changes);
            settings
        };
        consumers.into_iter().map(of).collect()
    })
}

fn schedule(settings: &Settings, mut changes: Vec<(u64, u32, u32)>) -> Vec<ScheduledMapping> {
    changes.sort_unstable();
    let mut mapping = settings.mapping.clone();
    let mut schedule = Vec::new();
    for (second, what, lanes) in changes {
        match what {
            0 => mapping.enabled = false,
            1 => mapping.enabled = true,
            2 => mapping.parallelization_factor = lanes,
            _ => mapping.batch_size = lanes,
        }
        schedule
            .push(ScheduledMapping { at: Instant::from_secs(second), mapping: mapping.clone() });
    }
    schedule
}

#[test]
fn the_books_of_every_consumer_add_up_whatever_changes() {
    try_cases("the_books_of_every_consumer", CASES, &consumers(), |consumers, seed| {
        let horizon = match consumers[0].horizon {
            Horizon::For(length) | Horizon::Drained { at_most: length } => length,
        };
        let recorder = |settings| Both {
            recorder: Recorder::new(settings, Bytes::new(25_600), horizon, Vec::new(), true),
            open: BTreeSet::new(),
            last: Instant::START,
        };
        let mut observers: Vec<Both<'_>> = consumers.iter().map(recorder).collect();
        let settings: Vec<&Settings> = consumers.iter().collect();
        let finished = simulate_consumers(&settings, seed, 0, EVENTS_MAX, &mut observers);
        let written: BTreeSet<u64> = finished.iter().map(|one| one.closing.written).collect();
        assert_eq!(written.len(), 1, "consumers differ on what was written: {finished:?}");
        for (observer, finished) in observers.iter_mut().zip(finished) {
            assert!(!matches!(finished.end, RunEnd::EventLimit { .. }), "{finished:?}");
            observer.recorder.finish(finished);
        }
    });
}
