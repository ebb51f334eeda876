//! What it costs to count a time, and to read a quantile of those that were counted.
//!
//! The bound that matters: 3.6 million times, one hour at 1,000 records per second, in under
//! 10 ms.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shardlag::engine::samplers::Exponential;
use shardlag::engine::{Purpose, RandomSource};
use shardlag::experiment::recorder::histogram::Histogram;

/// One hour at 1,000 records per second.
const TIMES: usize = 3_600_000;
/// A second, in nanoseconds.
const SECOND: f64 = 1e9;

fn counting(criterion: &mut Criterion) {
    let mut random = RandomSource::new(1, 0).stream(Purpose(1), 0);
    let times: Vec<u64> =
        (0..TIMES).map(|_| (Exponential::invert(&mut random) * SECOND) as u64).collect();
    let mut group = criterion.benchmark_group("histogram");
    group.sample_size(20).throughput(Throughput::Elements(TIMES as u64));
    let mut histogram = Histogram::new();
    group.bench_function("record, 3.6 million", |bencher| {
        bencher.iter(|| times.iter().for_each(|time| histogram.record(black_box(*time))));
    });
    assert!(histogram.total() > 0);
    group.throughput(Throughput::Elements(1));
    group.bench_function("quantile", |bencher| {
        bencher.iter(|| histogram.quantile(black_box(0.99)));
    });
    group.finish();
}

criterion_group!(benches, counting);
criterion_main!(benches);
