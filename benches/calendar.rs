//! What the event calendar costs: the hold model (Jones, *An empirical comparison of
//! priority-queue implementations*, 1986). With `n` events pending, one hold takes the next event
//! and schedules another one an exponential time later, so `n` stays.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use shardlag::engine::samplers::Exponential;
use shardlag::engine::{EventCalendar, Purpose, RandomSource};
use shardlag::units::{Duration, Instant};

/// Holds per iteration.
const HOLDS: u64 = 10_000;
/// Waits drawn beforehand, so that only the calendar is measured.
const WAITS: usize = 4096;

fn hold(criterion: &mut Criterion) {
    let mut random = RandomSource::new(1, 0).stream(Purpose(1), 0);
    let wait = |_| Duration::from_secs_f64(Exponential::invert(&mut random));
    let waits: Vec<Duration> = (0..WAITS).map(wait).collect();
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(HOLDS)).sample_size(20);
    group.measurement_time(std::time::Duration::from_secs(2));
    for pending in [1u64, 10, 1_000, 100_000] {
        let mut calendar = EventCalendar::new();
        for event in 0..pending {
            let at = shardlag::units::Instant::START + waits[event as usize % WAITS];
            calendar.schedule(at, event);
        }
        let mut drawn = 0;
        group.bench_function(BenchmarkId::from_parameter(pending), |bencher| {
            bencher.iter(|| {
                for _ in 0..HOLDS {
                    let (now, event) =
                        calendar.pop_before(Instant::FAR_FUTURE).expect("events are pending");
                    drawn = (drawn + 1) % WAITS;
                    calendar.schedule(now + waits[drawn], black_box(event));
                }
            });
        });
        assert_eq!(calendar.len() as u64, pending);
    }
    group.finish();
}

criterion_group!(benches, hold);
criterion_main!(benches);
