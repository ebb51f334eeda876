//! What a replication costs, with the standard recorder on.
//!
//! The bounds that matter, on one core: an hour of one shard at 1,000 records per second in under
//! 100 ms; a shard blocked for a day in under 2 s.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::replication::{Measuring, ReplicationPlan, run};
use text::scenario;

#[path = "../tests/support/text.rs"]
mod text;

/// One hour of one shard: 3.6 million records.
const ONE_SHARD: &str = r#"
    duration = "1h"
    [stream]
    kind = "dynamodb"
    shards = 1
    [[traffic]]
    arrivals = { poisson = { rate = "1000/s" } }
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 100
    [function]
    duration = { base = "20ms", per_record = "0.5ms" }
    [[function.fault]]
    error_rate = "1%"
"#;

/// Ten minutes of 100 shards with 200 records per second each: 12 million records.
const FLEET: &str = r#"
    duration = "10m"
    [stream]
    kind = "dynamodb"
    shards = 100
    [[traffic]]
    arrivals = { poisson = { rate = "200/s" } }
    per_shard = true
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 100
    [function]
    duration = { base = "20ms", per_record = "0.5ms" }
    [[function.fault]]
    error_rate = "1%"
"#;

/// A day of one shard behind a record that always fails: 86.4 million records, none read.
const BLOCKED: &str = r#"
    duration = "24h"
    [stream]
    kind = "dynamodb"
    shards = 1
    [[traffic]]
    arrivals = { poisson = { rate = "1000/s" } }
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 100
    [function]
    duration = { base = "20ms", per_record = "0.5ms" }
    [[function.fault]]
    poison = { at = "1s", shard = 0 }
"#;

fn replications(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("replication");
    group.sample_size(10).measurement_time(std::time::Duration::from_secs(3));
    let cases = [
        ("one shard, an hour at 1,000/s", ONE_SHARD, 3_600_000),
        ("100 shards, ten minutes at 200/s", FLEET, 12_000_000),
        ("one shard blocked for a day at 1,000/s", BLOCKED, 86_400_000),
    ];
    for (name, text, records) in cases {
        let scenario = scenario(text);
        let (variant, seed) = (scenario.base(), scenario.seed);
        let limits = ReplicationLimits::default();
        group.throughput(Throughput::Elements(records));
        group.bench_function(name, |bencher| {
            let variants = std::slice::from_ref(variant);
            let measuring = Measuring::default();
            let plan = ReplicationPlan { variants, seed, number: 1, limits, spans: &[], measuring };
            bencher.iter(|| run(&plan).expect("it runs"));
        });
    }
    group.finish();
}

criterion_group!(benches, replications);
criterion_main!(benches);
