//! Numbers and distributions of records, for every kind of arrivals.

use std::sync::Arc;

use super::super::test_settings::{per_second, poisson, settings};
use super::super::{WorkloadPlan, lane_of, text_key};
use super::{HOUR, all, at, counted, diurnal, kinds, plan, profile, traffic};
use crate::engine::RandomSource;
use crate::engine::samplers::goodness::{chi_square_deviation, kolmogorov_smirnov};
use crate::model::record::Record;
use crate::model::settings::{Arrivals, CountSpread, RecordSize, ScriptedRecord, Traffic};
use crate::units::{Bytes, Duration, Instant};

#[test]
fn every_kind_gives_ordered_records_within_its_window() {
    for (name, arrivals) in kinds() {
        let source = Traffic { to: at(3000.0), ..traffic(arrivals) };
        let records = all(plan(3, vec![source]).cursor(1));
        assert!(records.len() > 500, "{name}: {} records", records.len());
        assert!(records.is_sorted_by_key(|record| record.arrival), "{name}");
        assert!(records[0].arrival >= at(10.0), "{name}");
        assert!(records[records.len() - 1].arrival < at(3000.0), "{name}");
        let indices: Vec<u64> = records.iter().map(|record| record.index).collect();
        assert!(indices.iter().copied().eq(0..records.len() as u64), "{name}");
    }
}

#[test]
fn every_kind_brings_the_expected_number_of_records() {
    for (name, arrivals) in kinds() {
        let plan = plan(4, vec![traffic(arrivals)]);
        let (mut records, mut expected) = (0.0, 0.0);
        for shard in 0..4 {
            let here = all(plan.cursor(shard));
            let rates = plan.rates(shard);
            records += here.len() as f64;
            let last = if name == "times" {
                3500.0
            } else if name.starts_with("counts") {
                3000.0
            } else {
                3590.0
            };
            expected += rates.mean * last;
            assert!(rates.peak >= rates.mean * 0.999, "{name}: {rates:?}");
        }
        // Geometric bursts of mean 10 and on-off sources are the widest: variance to mean about 40.
        let spread = match name {
            "bursts" | "even bursts" | "on-off" => libm::sqrt(40.0 * expected),
            "constant" | "ticks" | "times" => 2.0,
            name if name.starts_with("counts") => 0.001,
            _ => libm::sqrt(expected),
        };
        let off = (records - expected).abs();
        assert!(off <= 4.0 * spread, "{name}: {records} records, {expected} expected");
    }
}

#[test]
fn shared_counts_add_up_to_the_whole_whatever_the_number_of_shards() {
    let shared = [
        "ticks",
        "bursts",
        "even bursts",
        "times",
        "counts, even",
        "counts, uniform",
        "counts, at start",
    ];
    for (name, arrivals) in kinds() {
        if !shared.contains(&name) {
            continue;
        }
        let total = |shards: u32| {
            let plan = plan(shards, vec![traffic(arrivals.clone())]);
            (0..shards).map(|shard| plan.cursor(shard).skip_through(Instant::FAR_FUTURE)).sum()
        };
        let whole: u64 = total(1);
        for shards in [2, 5, 8] {
            assert_eq!(total(shards), whole, "{name} on {shards} shards");
        }
    }
}

#[test]
fn shards_get_records_by_their_weight() {
    for (name, arrivals) in kinds() {
        if ["bursts", "even bursts", "on-off", "constant"].contains(&name) {
            continue;
        }
        let plan = plan(6, vec![traffic(arrivals)]);
        let counts: Vec<f64> = (0..6)
            .map(|shard| plan.cursor(shard).skip_through(Instant::FAR_FUTURE) as f64)
            .collect();
        let total: f64 = counts.iter().sum();
        let weights: Vec<f64> = (0..6).map(|shard| plan.shard_weight(0, shard)).collect();
        assert!(weights.iter().any(|weight| (weight - 1.0 / 6.0).abs() > 0.02), "even by chance");
        let expected: Vec<f64> = weights.iter().map(|weight| weight * total).collect();
        let deviation = chi_square_deviation(&counts, &expected);
        assert!(deviation < 4.0, "{name}: {counts:?} for {expected:?}");
    }
}

#[test]
fn poisson_gaps_are_exponential() {
    let records = all(plan(4, vec![poisson(200.0)]).cursor(3));
    let gaps = records.windows(2).map(|pair| (pair[1].arrival - pair[0].arrival).as_secs_f64());
    let distance = kolmogorov_smirnov(gaps.collect(), |gap| -libm::expm1(-50.0 * gap));
    assert!(distance < 2.7, "Kolmogorov-Smirnov distance {distance}");
}

#[test]
fn varying_rates_are_followed() {
    // Given their number, arrivals of a Poisson process lie by the integrated rate.
    let lines = |x: f64| match x {
        x if x < 600.0 => x,
        x if x < 1200.0 => 600.0 + (x - 600.0) + (x - 600.0) * (x - 600.0) / 300.0,
        x if x < 2400.0 => 5400.0 - (2400.0 - x) * (2400.0 - x) / 480.0,
        x if x < 3000.0 => 5400.0 + (x - 2400.0) * (x - 2400.0) / 300.0,
        x => 6600.0 + 4.0 * (x - 3000.0),
    };
    let steps = |x: f64| {
        x.min(1200.0) + 5.0 * (x - 1200.0).clamp(0.0, 1200.0) + 4.0 * (x - 3000.0).max(0.0)
    };
    let angle = std::f64::consts::TAU / 86_400.0;
    let daily = |x: f64| {
        let noon = 3.0 * 3600.0;
        2.0 * (x + 0.9 / angle * (libm::sin(angle * (x - noon)) + libm::sin(angle * noon)))
    };
    let cases: [(Arrivals, &dyn Fn(f64) -> f64); 3] =
        [(profile(true), &lines), (profile(false), &steps), (diurnal(), &daily)];
    for (place, (arrivals, integral)) in cases.into_iter().enumerate() {
        let source = Traffic { arrivals, ..poisson(1.0) };
        let records = all(plan(1, vec![source]).cursor(0));
        let whole = integral(3600.0);
        let off = (records.len() as f64 - whole).abs();
        assert!(off < 4.5 * libm::sqrt(whole), "case {place}: {} for {whole}", records.len());
        let times = records.iter().map(|record| record.arrival.as_secs_f64()).collect();
        let distance = kolmogorov_smirnov(times, |x| integral(x) / whole);
        assert!(distance < 2.7, "case {place}: Kolmogorov-Smirnov distance {distance}");
    }
}

#[test]
fn uniform_counts_are_uniform_in_their_period() {
    let records = all(plan(3, vec![traffic(counted(CountSpread::Uniform))]).cursor(0));
    let shares = records.iter().map(|record| {
        let nanos = record.arrival.since(at(10.0)).as_nanos() % 60_000_000_000;
        nanos as f64 / 6e10
    });
    let distance = kolmogorov_smirnov(shares.collect(), |share| share);
    assert!(distance < 2.7, "Kolmogorov-Smirnov distance {distance}");
}

#[test]
fn an_on_off_source_is_off_and_on_as_long_as_it_should() {
    let rates = [per_second(100.0), per_second(0.0)];
    let sojourns = [Duration::from_secs(10), Duration::from_secs(30)];
    let source = Traffic { arrivals: Arrivals::OnOff { rates, sojourns }, ..poisson(1.0) };
    let settings = settings(1, vec![source], Duration::from_secs(400_000));
    let records = all(WorkloadPlan::new(&settings, RandomSource::new(8, 0)).cursor(0));
    let pauses: Vec<f64> = records
        .windows(2)
        .map(|pair| (pair[1].arrival - pair[0].arrival).as_secs_f64())
        .filter(|&gap| gap > 0.5)
        .collect();
    // 10,000 cycles; a pause is a sojourn and two short gaps, and above half a second.
    let mean = pauses.iter().sum::<f64>() / pauses.len() as f64;
    assert!((mean - 30.5).abs() < 1.5, "mean pause {mean} s");
    assert!((pauses.len() as f64 - 9_830.0).abs() < 500.0, "{} pauses", pauses.len());
}

#[test]
fn constant_traffic_of_a_whole_stream_is_even_too() {
    let arrivals = Arrivals::Constant { rate: per_second(8.0), tick: None };
    let plan = plan(4, vec![Traffic { arrivals, ..poisson(1.0) }]);
    let mut times: Vec<Instant> =
        (0..4).flat_map(|shard| all(plan.cursor(shard))).map(|record| record.arrival).collect();
    times.sort_unstable();
    let even = (0..8 * 3600).map(|index| Instant::from_nanos(index * 125_000_000));
    assert!(times.into_iter().eq(even));
}

#[test]
fn attributes_have_their_distributions() {
    let source = Traffic {
        record_size: RecordSize::Lognormal { p50: Bytes::new(600), p99: Bytes::new(8192) },
        ..traffic(Arrivals::Poisson { rate: per_second(30.0) })
    };
    let records = all(plan(1, vec![source]).cursor(0));
    let share = |holds: &dyn Fn(&Record) -> bool| {
        records.iter().filter(|record| holds(record)).count() as f64 / records.len() as f64
    };
    let cases = [
        (0.25, share(&|record| record.marks.filtered)),
        (0.5, share(&|record| record.bytes <= 600)),
        (0.01, share(&|record| record.bytes > 8192)),
    ];
    for (expected, seen) in cases {
        let spread = libm::sqrt(expected * (1.0 - expected) / records.len() as f64);
        assert!((seen - expected).abs() < 4.5 * spread, "{seen} instead of {expected}");
    }
    let uniform =
        all(plan(1, vec![traffic(Arrivals::Poisson { rate: per_second(30.0) })]).cursor(0));
    let mut sizes = vec![0.0; 200];
    uniform.iter().for_each(|record| sizes[record.bytes as usize - 100] += 1.0);
    let deviation = chi_square_deviation(&sizes, &[uniform.len() as f64 / 200.0; 200]);
    assert!(deviation < 4.5, "sizes are off by {deviation}");
}

#[test]
fn scripted_records_are_as_written() {
    let record = |seconds: f64, shard: u32, key: &str, poison: bool| ScriptedRecord {
        at: at(seconds),
        shard,
        key: Arc::from(key),
        bytes: Bytes::new(50),
        filtered: !poison,
        poison,
    };
    let records = [
        record(1.0, 0, "a", false),
        record(1.0, 1, "b", true),
        record(2.0, 1, "c", false),
        record(2.0, 7, "a shard that is not there", true),
        record(3.0, 1, "b", false),
        record(4000.0, 1, "after the end", false),
    ];
    let source =
        Traffic { arrivals: Arrivals::Scripted { records: Arc::from(records) }, ..poisson(1.0) };
    let plan = WorkloadPlan::new(&settings(2, vec![source], HOUR), RandomSource::new(1, 0));
    let here = all(plan.cursor(1));
    let arrivals: Vec<Instant> = here.iter().map(|record| record.arrival).collect();
    assert_eq!(arrivals, [at(1.0), at(2.0), at(3.0)]);
    assert_eq!(
        here.iter().map(|record| record.marks.poison).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(
        here.iter().map(|record| record.marks.filtered).collect::<Vec<_>>(),
        [false, true, true]
    );
    assert_eq!(here[0].key_hash, here[2].key_hash);
    assert_eq!(here[0].key_hash, text_key("b"));
    assert_ne!(here[0].key_hash, here[1].key_hash);
    let shares = plan.lane_shares(0, 1, 10);
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(shares[lane_of(here[0].key_hash, 10) as usize] >= 0.5, "2 of 4 have the key");
    assert_eq!(all(plan.cursor(0)).len(), 1);
}

#[test]
fn records_of_one_instant_come_in_the_order_of_their_sources() {
    let arrivals = Arrivals::Constant { rate: per_second(1.0), tick: None };
    let source = Traffic { arrivals, per_shard: true, ..poisson(1.0) };
    let records = all(plan(2, vec![source.clone(), source]).cursor(1));
    assert_eq!(records.len(), 7200);
    for (place, record) in records.iter().enumerate() {
        assert_eq!(usize::from(record.source), place % 2);
        assert_eq!(record.arrival, at((place / 2) as f64));
    }
}
