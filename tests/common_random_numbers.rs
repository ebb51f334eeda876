//! Variants see the same arrivals, sizes, keys, poison marks and durations, so that what differs
//! between them is their own (STYLE 17; Law, *Simulation Modeling and Analysis*, 11.2).

#[path = "support/text.rs"]
mod text;
#[path = "support/trace.rs"]
mod trace;

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use shardlag::engine::RandomSource;
use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::replication::{Measuring, ReplicationPlan, run};
use shardlag::model::failure::Outcome;
use shardlag::model::observation::{Observation, Observer};
use shardlag::model::record::Record;
use shardlag::model::settings::Settings;
use shardlag::model::simulate;
use shardlag::model::workload::WorkloadPlan;
use shardlag::scenario::{Scenario, Variant};
use shardlag::units::{Duration, Instant};
use text::scenario;
use trace::{Trace, What};

/// Half loaded, with everything random that a workload can have.
const TEXT: &str = r#"
duration = "30m"
replications = 1
seed = 3
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "40/s" } }
keys = { zipf = { count = 300, exponent = 1.0 } }
record_size = { lognormal = { p50 = "600B", p99 = "8KiB" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 10
MaximumRetryAttempts = 2
[function]
duration = { base = "200ms", variation = { lognormal = { p99 = "3x" } } }
[[function.fault]]
poison = { rate = "20/1h" }
[[variant]]
name = "smaller batches"
set = { "mapping.BatchSize" = 8 }
[[variant]]
name = "more retries"
set = { "mapping.MaximumRetryAttempts" = 4 }
[[variant]]
name = "lanes"
set = { "mapping.ParallelizationFactor" = 3 }
"#;

fn records(settings: &Settings, replication: u64) -> Vec<Vec<Record>> {
    let plan = WorkloadPlan::new(settings, RandomSource::new(3, replication)).with_keys();
    let log = |shard| {
        let mut cursor = plan.cursor(shard);
        std::iter::from_fn(move || cursor.next_record()).collect()
    };
    (0..settings.stream.shards).map(log).collect()
}

/// Processed records by shard and number; a single lane has no use for keys.
fn processed(trace: &Trace) -> BTreeMap<(u32, u64), Record> {
    let keyless = |&(shard, record): &(u32, Record)| {
        ((shard, record.index), Record { key_hash: 0, ..record })
    };
    trace.processed.iter().map(keyless).collect()
}

#[test]
fn variants_see_the_same_records() {
    let scenario = scenario(TEXT);
    let base = records(&scenario.base().settings, 0);
    assert!(base.iter().all(|log| log.len() > 10_000));
    assert!(base.iter().flatten().any(|record| record.marks.poison));
    for variant in &scenario.variants[1..] {
        assert!(records(&variant.settings, 0) == base, "{} has other records", variant.name);
    }
    assert!(records(&scenario.base().settings, 1) != base, "replications have the same records");
}

#[test]
fn records_that_variants_process_are_the_same_ones() {
    let scenario = scenario(TEXT);
    let of = |variant: &Variant| processed(&Trace::of(&variant.settings, scenario.seed));
    let base = of(scenario.base());
    for variant in &scenario.variants[1..] {
        let other = of(variant);
        let mut both = 0;
        for (place, record) in &base {
            if let Some(same) = other.get(place) {
                assert_eq!(record, same, "{place:?} in {}", variant.name);
                both += 1;
            }
        }
        assert!(both * 10 > base.len() * 9, "{both} of {} in {}", base.len(), variant.name);
    }
}

/// Durations of first attempts by shard and first record of the batch.
fn durations(settings: &Settings, seed: u64) -> BTreeMap<(u32, u64), Duration> {
    let trace = Trace::of(settings, seed);
    let first_attempt = |step: &trace::Step| match step.what {
        What::Sent { attempt: 1, duration } => Some(((step.shard, step.records[0]), duration)),
        What::Sent { .. } | What::Processed | What::Discarded(_) => None,
    };
    trace.steps.iter().filter_map(first_attempt).collect()
}

#[test]
fn batches_that_begin_with_the_same_record_take_the_same_random_factor() {
    let scenario = scenario(TEXT);
    let base = durations(&scenario.base().settings, scenario.seed);
    for variant in &scenario.variants[1..] {
        let other = durations(&variant.settings, scenario.seed);
        let in_both: Vec<_> = base.keys().filter(|place| other.contains_key(place)).collect();
        assert!(in_both.len() > 100, "{} batches in {}", in_both.len(), variant.name);
        for place in in_both {
            assert_eq!(base[place], other[place], "{place:?} in {}", variant.name);
        }
    }
}

#[test]
fn what_is_written_does_not_depend_on_when_it_is_read() {
    let scenario = scenario(TEXT);
    let settings = &scenario.base().settings;
    let mut slow = settings.clone();
    slow.function.duration.base = Duration::from_secs(2);
    let (fast, slow) = (Trace::of(settings, 3), Trace::of(&slow, 3));
    assert_eq!(fast.written, slow.written);
    assert!(slow.remaining > fast.remaining);
    let log: u64 = records(settings, 0).iter().map(|log| log.len() as u64).sum();
    assert_eq!(log, fast.written);
}

fn mean_record_age(scenario: &Scenario, variant: usize, seed: u64, number: u32) -> f64 {
    let variant = &scenario.variants[variant];
    let variants = std::slice::from_ref(variant);
    let measuring = Measuring::default();
    let plan = ReplicationPlan {
        variants,
        seed,
        number,
        limits: ReplicationLimits::default(),
        spans: &[],
        measuring,
    };
    run(&plan).expect("it runs")[0].record_age.mean.expect("records were processed")
}

fn variance(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>()
        / (values.len() - 1) as f64
}

/// Changes of the policy, each with how many times less a paired difference of the mean record
/// age must vary than one of independent runs. Where the change takes nearly all waiting away
/// (far larger batches, more lanes) hardly anything is left that both sides could share.
const CHANGES: [(&str, &str, f64); 6] = [
    ("smaller batches", r#""mapping.BatchSize" = 8"#, 5.0),
    ("far larger batches", r#""mapping.BatchSize" = 100"#, 1.0),
    ("lanes", r#""mapping.ParallelizationFactor" = 3"#, 1.0),
    ("a window", r#""mapping.MaximumBatchingWindowInSeconds" = 1"#, 5.0),
    ("more retries", r#""mapping.MaximumRetryAttempts" = 3"#, 50.0),
    ("bisect", r#""mapping.BisectBatchOnFunctionError" = true"#, 10.0),
];

/// With failures that do not make the age of a record the work of a few.
fn failing() -> String {
    let start = &TEXT[..TEXT.find("[[function.fault]]").expect("there are faults")];
    format!(
        "{start}\n[[function.fault]]\nerror_rate = \"3%\"\n[[function.fault]]\nper_record_rate = \"0.2%\"\n"
    )
}

#[test]
fn paired_differences_vary_less_than_unpaired_ones_whatever_setting_changes() {
    let variant = |(name, set, _): &(&str, &str, f64)| {
        format!("[[variant]]\nname = \"{name}\"\nset = {{ {set} }}\n")
    };
    let variants: Vec<String> = CHANGES.iter().map(variant).collect();
    let scenario = scenario(&format!("{}{}", failing(), variants.concat()));
    let ages = |variant, seed| -> Vec<f64> {
        let numbers = (0..400).into_par_iter();
        numbers.map(|number| mean_record_age(&scenario, variant, seed, number)).collect()
    };
    let differences = |of: &[f64], from: &[f64]| -> Vec<f64> {
        of.iter().zip(from).map(|(of, from)| of - from).collect()
    };
    let base = ages(0, 3);
    for (number, (name, _, times)) in CHANGES.iter().enumerate() {
        let with = variance(&differences(&ages(number + 1, 3), &base));
        let without = variance(&differences(&ages(number + 1, 4), &base));
        let ratio = without / with;
        println!("{name}: {ratio:.1} times less variance");
        assert!(ratio > *times, "{name}: {with} s² paired, {without} s² unpaired");
    }
}

/// Whether a record failed at each of its attempts, as far as the responses tell.
#[derive(Default)]
struct Attempts {
    delivered: BTreeMap<(u32, u64), u32>,
    failed: BTreeMap<(u32, u64, u32), bool>,
}

impl Observer for Attempts {
    fn observe(&mut self, _: Instant, observation: Observation<'_>) {
        let Observation::InvocationEnded { lane, invocation, records } = observation else {
            return;
        };
        let failing = match invocation.outcome {
            Outcome::Success => None,
            Outcome::Partial { succeeded } => Some(succeeded),
            // A failure of the first record is told as one of the whole batch.
            Outcome::Error => Some(0),
        };
        for (position, fetched) in records.iter().enumerate() {
            let attempt = self.delivered.entry((lane.shard, fetched.sequence)).or_insert(0);
            *attempt += 1;
            let position = position as u32;
            // What comes behind the first failed record may have failed or not.
            if failing.is_none_or(|failing| position <= failing) {
                let has_failed = failing == Some(position);
                self.failed.insert((lane.shard, fetched.sequence, *attempt), has_failed);
            }
        }
    }
}

#[test]
fn whether_a_record_fails_depends_on_the_record_and_its_attempt_alone() {
    let start = &TEXT[..TEXT.find("[[function.fault]]").expect("there are faults")];
    let start = start
        .replace(
            "BatchSize = 10",
            "FunctionResponseTypes = [\"ReportBatchItemFailures\"]\nBatchSize = 10",
        )
        .replace("MaximumRetryAttempts = 2", "MaximumRetryAttempts = -1");
    let text = format!(
        "{start}reports = \"first_failed\"\n[[function.fault]]\nper_record_rate = \"5%\"
        [[variant]]\nname = \"batches\"\nset = {{ \"mapping.BatchSize\" = 7 }}
        [[variant]]\nname = \"lanes\"\nset = {{ \"mapping.ParallelizationFactor\" = 3 }}
        [[variant]]\nname = \"bisect\"\nset = {{ \"mapping.BisectBatchOnFunctionError\" = true }}
        [[variant]]\nname = \"window\"\nset = {{ \"mapping.MaximumBatchingWindowInSeconds\" = 1 }}"
    );
    let scenario = scenario(&text);
    let of = |variant: &Variant| {
        let mut attempts = Attempts::default();
        simulate(&variant.settings, scenario.seed, 0, 10_000_000, &mut attempts);
        attempts.failed
    };
    let base = of(scenario.base());
    assert!(base.values().filter(|failed| **failed).count() > 1_000);
    for variant in &scenario.variants[1..] {
        let other = of(variant);
        let in_both =
            base.iter().filter_map(|(place, failed)| Some((place, failed, other.get(place)?)));
        let mut compared = 0;
        for (place, failed, failed_there) in in_both {
            assert_eq!(failed, failed_there, "{place:?} in {}", variant.name);
            compared += 1;
        }
        assert!(compared * 2 > base.len(), "{compared} of {} in {}", base.len(), variant.name);
    }
}
