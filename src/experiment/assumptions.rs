//! Rules without primary evidence that a run relied on.
//!
//! The texts are those of the README's fidelity table, in one sentence each.

use std::collections::BTreeSet;

use crate::model::settings::{
    FaultKind, LaneAssignment, PollModel, Settings, StreamKind, WindowClock,
};
use crate::results::Assumption;
use crate::scenario::Variant;

/// Given the settings of a consumer, and how many consumers its stream has.
type IsExercised = fn(&Settings, usize) -> bool;

/// Rule, what is assumed, and whether settings rely on it.
const ASSUMPTIONS: &[(&str, &str, IsExercised)] = &[
    (
        "S1.6",
        "A shard of a DynamoDB stream serves as many reads as two mappings make. Where reads are \
         throttled they come at random times, so that no reader wins for ever.",
        |settings, consumers| match settings.stream.kind {
            StreamKind::DynamoDb => consumers > 2,
            StreamKind::Kinesis => consumers > 1,
        },
    ),
    (
        "S1.7",
        "A split sends every key to one of two halves by its hash; real splits halve a range of \
         hashes, so that other keys stay together.",
        |settings, _| settings.stream.reshards.iter().any(|reshard| reshard.open.len() > 1),
    ),
    (
        "S1.8",
        "Shards that split under load reach the limit together: keys spread evenly over them.",
        |settings, _| {
            let reshards = &settings.stream.reshards;
            let are_splits = reshards.iter().all(|reshard| reshard.open.len() == 2);
            settings.stream.kind == StreamKind::DynamoDb && are_splits && !reshards.is_empty()
        },
    ),
    (
        "S2.4",
        "With BatchSize above 1, the next page is read when at most 5 batches of the last one \
         are unfinished; only BatchSize 1 has been measured.",
        |settings, _| {
            settings.knobs.poll_model == PollModel::Paged
                && settings.mapping.batch_size > 1
                && settings.knobs.refill_below.is_none()
        },
    ),
    (
        "S3.2",
        "Before a lane's first invocation its batching window opens when its first record is \
         read.",
        |settings, _| {
            !settings.mapping.batching_window.is_zero()
                && settings.knobs.window_clock == WindowClock::PreviousCompletion
        },
    ),
    (
        "S3.3",
        "A record costs its stored size plus about 450 B (DynamoDB), or 4/3 of it plus about \
         500 B (Kinesis), of the 6 MB payload.",
        |settings, _| {
            let limit = settings.knobs.payload_limit.bound().map_or(u64::MAX, |limit| limit.get());
            let batch = u64::from(settings.mapping.batch_size);
            let cost = |bytes: u64| match settings.stream.kind {
                StreamKind::DynamoDb => bytes + 450,
                StreamKind::Kinesis => bytes * 4 / 3 + 500,
            };
            let large = settings.traffic.iter().map(|traffic| match traffic.record_size {
                crate::model::settings::RecordSize::Constant(bytes) => bytes.get(),
                crate::model::settings::RecordSize::Uniform { high, .. } => high.get(),
                crate::model::settings::RecordSize::Lognormal { p99, .. } => p99.get(),
            });
            large.max().is_some_and(|bytes| cost(bytes).saturating_mul(batch) > limit)
        },
    ),
    (
        "S4.1",
        "Lanes are a hash of the partition key; that AWS assigns them so is inferred from \
         measurements.",
        |settings, _| {
            settings.mapping.parallelization_factor > 1
                && settings.knobs.lane_assignment == LaneAssignment::StaticHash
        },
    ),
    (
        "S4.4",
        "A lane that fails blocks itself only, until it keeps the next page from being read.",
        |settings, _| settings.mapping.parallelization_factor > 1 && can_fail(settings),
    ),
    (
        "S4.5",
        "When polling starts again, what was finished above a record that is not is delivered \
         again; retry counters are lost.",
        |settings, _| !settings.schedule.is_empty(),
    ),
    (
        "S5.3",
        "The backoff of a failing batch doubles up to 60 s, that of a throttled one up to 10 s; \
         only the first waits have been recorded.",
        |settings, _| can_fail(settings) || can_throttle(settings),
    ),
    (
        "S10.3",
        "New execution environments come out of a bucket that refills evenly and starts full.",
        |settings, _| {
            let lanes = settings.stream.shards * settings.mapping.parallelization_factor;
            settings.concurrency.environments_per_10s.bound().is_some_and(|limit| lanes > limit)
        },
    ),
    (
        "S11.3",
        "A tumbling window without later records is closed 120 s after its end, or as \
         `window_idle_close` says.",
        |settings, _| !settings.mapping.tumbling_window.is_zero(),
    ),
];

/// The assumptions that at least one of the variants relies on, in order of rule.
pub fn exercised(variants: &[Variant]) -> Vec<Assumption> {
    let mut seen = BTreeSet::new();
    let relied_on = ASSUMPTIONS.iter().filter(|(rule, _, is_exercised)| {
        let consumers = |run| variants.iter().filter(|variant| variant.run == run).count();
        let relies = |variant: &Variant| is_exercised(&variant.settings, consumers(variant.run));
        variants.iter().any(relies) && seen.insert(*rule)
    });
    relied_on
        .map(|(rule, text, _)| Assumption { rule: (*rule).to_owned(), text: (*text).to_owned() })
        .collect()
}

fn can_fail(settings: &Settings) -> bool {
    !settings.function.behaviour.is_empty()
        || settings.function.faults.iter().any(|fault| !matches!(fault.kind, FaultKind::Slow(_)))
}

fn can_throttle(settings: &Settings) -> bool {
    let lanes = settings.stream.shards * settings.mapping.parallelization_factor;
    let limit = settings.concurrency.reserved.or(settings.concurrency.account_limit.bound());
    limit.is_some_and(|limit| lanes > limit) || !settings.concurrency.other_functions.is_empty()
}
