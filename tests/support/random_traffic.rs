//! Random traffic: every kind of arrivals, keys and sizes.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::{Just, Strategy};
use shardlag::model::settings::{
    Arrivals, BurstSize, CountSpread, Keys, RecordSize, ScriptedRecord, Traffic,
};
use shardlag::units::{Bytes, Duration, Instant, Probability, Rate};

use super::{chance, millis, per_second};

/// One source of records.
pub fn traffic() -> impl Strategy<Value = Traffic> {
    let to = prop_oneof![Just(Instant::FAR_FUTURE), (5u64..60).prop_map(Instant::from_secs)];
    let from = prop_oneof![3 => Just(0), 1 => 0u64..20].prop_map(Instant::from_secs);
    let matches = prop_oneof![Just(Probability::ONE), chance(1.0)];
    (arrivals(), keys(), record_size(), from, to, proptest::bool::ANY, matches).prop_map(
        |(arrivals, keys, record_size, from, to, per_shard, matches_filter)| Traffic {
            arrivals,
            keys,
            record_size,
            from,
            to,
            per_shard,
            matches_filter,
        },
    )
}

fn arrivals() -> impl Strategy<Value = Arrivals> {
    let bursts = (rate(3.0), 1u32..60, proptest::bool::ANY).prop_map(|(rate, size, even)| {
        let geometric = BurstSize::Geometric { mean: f64::from(size) };
        let size = if even { BurstSize::Constant(size) } else { geometric };
        Arrivals::Bursts { rate, size, even }
    });
    let profile = (rate(80.0), rate(80.0), proptest::bool::ANY).prop_map(|(low, high, linear)| {
        let points = [(Instant::from_secs(5), low), (Instant::from_secs(25), high)];
        Arrivals::Profile { points: Arc::from(points), linear }
    });
    let on_off = (rate(80.0), rate(5.0), millis(200, 8000))
        .prop_map(|(on, off, stay)| Arrivals::OnOff { rates: [on, off], sojourns: [stay, stay] });
    let spread = select(vec![CountSpread::Even, CountSpread::Uniform, CountSpread::AtStart]);
    let counts = (vec(0u64..200, 1..10), spread).prop_map(|(counts, spread)| {
        let period = Duration::from_secs(4);
        Arrivals::TraceCounts { period, counts: counts.into(), spread }
    });
    prop_oneof![
        trace_times(),
        (rate(60.0), weighted(0.3, millis(500, 3000)))
            .prop_map(|(rate, tick)| Arrivals::Constant { rate, tick }),
        rate(80.0).prop_map(|rate| Arrivals::Poisson { rate }),
        bursts,
        profile,
        on_off,
        counts,
        scripted(),
    ]
}

/// Up to 300 records at whole milliseconds of the first 40 s.
pub fn trace_times() -> impl Strategy<Value = Arrivals> {
    vec(0u64..40_000, 1..300).prop_map(|mut times| {
        times.sort_unstable();
        let times = times.into_iter().map(|ms| Instant::START + Duration::from_millis(ms));
        Arrivals::TraceTimes { times: times.collect() }
    })
}

fn scripted() -> impl Strategy<Value = Arrivals> {
    let marks = (proptest::bool::weighted(0.2), proptest::bool::weighted(0.1));
    let record = (0u64..20_000, 0u32..4, 0u32..5, 1u64..60_000, marks);
    vec(record, 1..40).prop_map(|mut records| {
        records.sort_unstable();
        let record = |(at, shard, key, bytes, (filtered, poison))| ScriptedRecord {
            at: Instant::START + Duration::from_millis(at),
            shard,
            key: format!("key-{key}").into(),
            bytes: Bytes::new(bytes),
            filtered,
            poison,
        };
        Arrivals::Scripted { records: records.into_iter().map(record).collect() }
    })
}

fn keys() -> impl Strategy<Value = Keys> {
    prop_oneof![
        Just(Keys::Unique),
        Just(Keys::Single),
        (1u32..20).prop_map(|count| Keys::Uniform { count }),
        (1u32..20, 0.0..2.0).prop_map(|(count, exponent)| Keys::Zipf { count, exponent }),
        chance(1.0).prop_map(|share| Keys::Hot { share }),
        (1u32..8).prop_map(|count| Keys::Round { count }),
    ]
}

fn record_size() -> impl Strategy<Value = RecordSize> {
    let bytes = Bytes::new;
    prop_oneof![
        (1u64..5_000).prop_map(move |size| RecordSize::Constant(bytes(size))),
        (1u64..60_000)
            .prop_map(move |high| RecordSize::Uniform { low: bytes(1), high: bytes(high) }),
        Just(RecordSize::Lognormal { p50: bytes(600), p99: bytes(30_000) }),
    ]
}

fn rate(to: f64) -> impl Strategy<Value = Rate> {
    (0.5..to).prop_map(per_second)
}
