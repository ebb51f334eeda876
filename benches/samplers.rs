//! What a draw costs, and what a record costs for every kind of arrivals.
//!
//! The bounds that matter: 3.6 million exponential draws (one hour at 1,000 records per second)
//! in under 25 ms, and as many Poisson records through `fill` in under 60 ms.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shardlag::engine::samplers::{
    Binomial, Exponential, Gamma, Geometric, Lognormal, Poisson, StandardNormal,
};
use shardlag::engine::{Purpose, RandomSource};
use shardlag::model::settings::{Arrivals, BurstSize, CountSpread, Keys, RecordSize, Traffic};
use shardlag::model::workload::WorkloadPlan;
// The shared settings name their types from the crate's root.
use shardlag::{model, units};

use test_settings::{per_second, poisson, settings};
use units::{Bytes, Duration, Instant, Probability};

#[path = "../src/model/workload/test_settings.rs"]
mod test_settings;

/// One hour at 1,000 records per second.
const HOUR_OF_RECORDS: u64 = 3_600_000;

fn draws(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draws");
    let mut random = RandomSource::new(1, 0).stream(Purpose(1), 0);
    group.throughput(Throughput::Elements(HOUR_OF_RECORDS)).sample_size(20);
    let exponential = Exponential::new();
    group.bench_function("exponential, 3.6 million", |bencher| {
        bencher.iter(|| (0..HOUR_OF_RECORDS).map(|_| exponential.sample(&mut random)).sum::<f64>());
    });
    group.bench_function("words, 3.6 million", |bencher| {
        bencher
            .iter(|| (0..HOUR_OF_RECORDS).fold(0u64, |sum, _| sum.wrapping_add(random.next_u64())));
    });
    group.throughput(Throughput::Elements(1)).sample_size(50);
    let gamma = Gamma::new(2.5).expect("the shape is above 0");
    let geometric = Geometric::new(1e-3).expect("the chance is above 0");
    let lognormal = Lognormal::new(600.0, 8192.0).expect("the median is below the percentile");
    let counts = Poisson::new(200.0).expect("the mean is in range");
    group.bench_function("exponential by inversion", |bencher| {
        bencher.iter(|| Exponential::invert(&mut random));
    });
    group.bench_function("normal", |bencher| {
        bencher.iter(|| StandardNormal::sample(&mut random));
    });
    group.bench_function("lognormal", |bencher| bencher.iter(|| lognormal.sample(&mut random)));
    group.bench_function("gamma", |bencher| bencher.iter(|| gamma.sample(&mut random)));
    group.bench_function("geometric", |bencher| bencher.iter(|| geometric.sample(&mut random)));
    group.bench_function("poisson, mean 200", |bencher| {
        bencher.iter(|| counts.sample(&mut random));
    });
    group.bench_function("binomial, 1000 trials", |bencher| {
        bencher.iter(|| Binomial::sample(black_box(1000), 0.25, &mut random));
    });
    group.finish();
}

/// All kinds of arrivals at about 1,000 records per second on one shard.
fn kinds() -> Vec<(&'static str, Arrivals)> {
    let rate = per_second(1000.0);
    let millis = |millis: u64| Instant::START.saturating_add(Duration::from_millis(millis));
    let counted = |spread: CountSpread| Arrivals::TraceCounts {
        period: Duration::from_secs(60),
        counts: Arc::from([60_000; 60]),
        spread,
    };
    vec![
        ("constant", Arrivals::Constant { rate, tick: None }),
        ("ticks", Arrivals::Constant { rate, tick: Some(Duration::from_secs(1)) }),
        ("poisson", Arrivals::Poisson { rate }),
        (
            "profile",
            Arrivals::Profile {
                points: Arc::from([
                    (millis(0), per_second(500.0)),
                    (millis(3_600_000), per_second(1500.0)),
                ]),
                linear: true,
            },
        ),
        (
            "diurnal",
            Arrivals::Diurnal {
                mean: rate,
                amplitude: Probability::new(0.5).expect("a chance"),
                peak_at: Duration::from_secs(6 * 3600),
                start_of_day: Duration::ZERO,
            },
        ),
        (
            "bursts",
            Arrivals::Bursts {
                rate: per_second(50.0),
                size: BurstSize::Geometric { mean: 20.0 },
                even: false,
            },
        ),
        (
            "on-off",
            Arrivals::OnOff {
                rates: [per_second(1900.0), per_second(100.0)],
                sojourns: [Duration::from_secs(30); 2],
            },
        ),
        (
            "trace of times",
            Arrivals::TraceTimes { times: (0..HOUR_OF_RECORDS).map(millis).collect() },
        ),
        ("counts, even", counted(CountSpread::Even)),
        ("counts, uniform", counted(CountSpread::Uniform)),
    ]
}

fn plan(traffic: Vec<Traffic>) -> WorkloadPlan {
    let settings = settings(1, traffic, Duration::from_secs(3600));
    WorkloadPlan::new(&settings, RandomSource::new(1, 0))
}

/// Reads an hour of records in batches, as the model does.
fn read_hour(plan: &WorkloadPlan) -> u64 {
    let mut cursor = plan.cursor(0);
    let mut records = VecDeque::with_capacity(64);
    let mut count = 0;
    loop {
        cursor.fill(&mut records, 64);
        if records.is_empty() {
            return count;
        }
        count += records.len() as u64;
        black_box(&records);
        records.clear();
    }
}

fn arrivals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("an hour of records");
    group.throughput(Throughput::Elements(HOUR_OF_RECORDS)).sample_size(10);
    for (name, arrivals) in kinds() {
        let plan = plan(vec![Traffic { arrivals, ..poisson(1.0) }]);
        group.bench_function(format!("fill, {name}"), |bencher| bencher.iter(|| read_hour(&plan)));
        group.bench_function(format!("skip, {name}"), |bencher| {
            bencher.iter(|| plan.cursor(0).skip_through(Instant::FAR_FUTURE));
        });
    }
    let two = plan(vec![poisson(500.0), poisson(500.0)]);
    group.bench_function("fill, two poisson sources", |bencher| bencher.iter(|| read_hour(&two)));
    let drawn = Traffic {
        keys: Keys::Zipf { count: 10_000, exponent: 1.0 },
        record_size: RecordSize::Lognormal { p50: Bytes::new(600), p99: Bytes::new(8192) },
        matches_filter: Probability::new(0.5).expect("a chance"),
        ..poisson(1000.0)
    };
    let all = plan(vec![drawn]).with_keys();
    group.bench_function("fill, poisson with all attributes", |bencher| {
        bencher.iter(|| read_hour(&all));
    });
    group.finish();
}

criterion_group!(benches, draws, arrivals);
criterion_main!(benches);
