//! Tests of the workload as a whole: the same laws for every kind of arrivals.

mod address;
mod laws;

use std::sync::Arc;

use super::test_settings::{per_second, poisson, settings};
use super::{WorkloadCursor, WorkloadPlan};
use crate::engine::RandomSource;
use crate::model::record::Record;
use crate::model::settings::{
    Arrivals, BurstSize, CountSpread, Fault, FaultKind, Gap, Keys, PoisonMarks, RecordSize, Traffic,
};
use crate::units::{Bytes, Duration, Instant, Probability};

const HOUR: Duration = Duration::from_secs(3600);

fn at(seconds: f64) -> Instant {
    Instant::START.saturating_add(Duration::from_secs_f64(seconds))
}

fn chance(value: f64) -> Probability {
    Probability::new(value).expect("the value is a chance")
}

fn counted(spread: CountSpread) -> Arrivals {
    Arrivals::TraceCounts {
        period: Duration::from_secs(60),
        counts: (0..50).map(|minute| minute * 7 % 100 * 2).collect(),
        spread,
    }
}

fn profile(linear: bool) -> Arrivals {
    let points = [(600.0, 1.0), (1200.0, 5.0), (2400.0, 0.0), (3000.0, 4.0)];
    let points = points.map(|(seconds, rate)| (at(seconds), per_second(rate)));
    Arrivals::Profile { points: Arc::from(points), linear }
}

fn diurnal() -> Arrivals {
    Arrivals::Diurnal {
        mean: per_second(2.0),
        amplitude: chance(0.9),
        peak_at: Duration::from_secs(12 * 3600),
        start_of_day: Duration::from_secs(9 * 3600),
    }
}

/// Every kind of arrivals, each with a name.
fn kinds() -> Vec<(&'static str, Arrivals)> {
    let rate = per_second(2.5);
    vec![
        ("constant", Arrivals::Constant { rate, tick: None }),
        ("ticks", Arrivals::Constant { rate, tick: Some(Duration::from_secs(3)) }),
        ("poisson", Arrivals::Poisson { rate }),
        ("profile, steps", profile(false)),
        ("profile, lines", profile(true)),
        ("diurnal", diurnal()),
        ("bursts", bursts(false)),
        ("even bursts", bursts(true)),
        (
            "on-off",
            Arrivals::OnOff {
                rates: [per_second(4.0), per_second(0.5)],
                sojourns: [Duration::from_secs(5), Duration::from_secs(10)],
            },
        ),
        (
            "renewal",
            Arrivals::Renewal {
                gap: Gap::Normal {
                    mean: Duration::from_millis(400),
                    deviation: Duration::from_millis(100),
                },
            },
        ),
        (
            "times",
            Arrivals::TraceTimes { times: (0..7000).map(|i| at(f64::from(i) / 2.0)).collect() },
        ),
        ("counts, even", counted(CountSpread::Even)),
        ("counts, uniform", counted(CountSpread::Uniform)),
        ("counts, at start", counted(CountSpread::AtStart)),
    ]
}

fn bursts(even: bool) -> Arrivals {
    Arrivals::Bursts { rate: per_second(0.25), size: BurstSize::Geometric { mean: 10.0 }, even }
}

/// Traffic with every attribute drawn.
fn traffic(arrivals: Arrivals) -> Traffic {
    Traffic {
        arrivals,
        keys: Keys::Zipf { count: 100, exponent: 1.0 },
        record_size: RecordSize::Uniform { low: Bytes::new(100), high: Bytes::new(299) },
        from: at(10.0),
        matches_filter: chance(0.75),
        ..poisson(1.0)
    }
}

fn plan(shards: u32, traffic: Vec<Traffic>) -> WorkloadPlan {
    let mut settings = settings(shards, traffic, HOUR);
    let poison = |marks: PoisonMarks, from: f64, to: f64| Fault {
        kind: FaultKind::Poison(marks),
        from: at(from),
        to: at(to),
    };
    settings.function.faults = vec![
        poison(PoisonMarks::Rate(per_second(0.05)), 100.0, 3000.0),
        poison(PoisonMarks::Probability(chance(0.02)), 0.0, 3500.0),
        poison(PoisonMarks::First { at: at(50.0), shard: 0 }, 0.0, 3600.0),
    ];
    WorkloadPlan::new(&settings, RandomSource::new(11, 4)).with_keys()
}

fn all(mut cursor: WorkloadCursor) -> Vec<Record> {
    std::iter::from_fn(|| cursor.next_record()).collect()
}
