//! How many records per second a shard is expected to get: what a stability verdict needs.
//!
//! Mean: expected records over the time in which any source is active. Peak: the highest sum of
//! the sources' peak rates; a trace of single times counts by its densest minute, and for a minute
//! at least. Expectations, not draws: they are the same in every replication, key shares apart.

use super::arrivals::Swing;
use super::plan::SourcePlan;
use crate::model::settings::{Arrivals, BurstSize, Settings, Traffic};
use crate::units::{Duration, Instant, Rate};

const DAY_SECONDS: f64 = 86_400.0;
const MINUTE_NANOS: u64 = 60_000_000_000;

/// Expected load of a shard in records per second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ShardRates {
    /// Over the time in which any source is active.
    pub mean: f64,
    /// At the busiest time.
    pub peak: f64,
}

/// What one source is expected to bring to a shard.
#[derive(Debug, Clone, Copy)]
struct Load {
    from: Instant,
    to: Instant,
    records: f64,
    peak: f64,
}

/// The rates of all sources of a shard together.
pub(super) fn shard_rates(sources: &[SourcePlan], shard: u32) -> ShardRates {
    let mut loads: Vec<Load> = sources.iter().filter_map(|source| load(source, shard)).collect();
    loads.sort_by_key(|load| load.from);
    let (mut active, mut covered) = (0.0, Instant::START);
    for load in &loads {
        active += load.to.since(load.from.max(covered)).as_secs_f64();
        covered = covered.max(load.to);
    }
    let records: f64 = loads.iter().map(|load| load.records).sum();
    // The sum of peaks can only rise where a source begins.
    let peak = loads
        .iter()
        .map(|begin| {
            let others =
                loads.iter().filter(|load| load.from <= begin.from && begin.from < load.to);
            others.map(|load| load.peak).sum::<f64>()
        })
        .fold(0.0, f64::max);
    ShardRates { mean: if active > 0.0 { records / active } else { 0.0 }, peak }
}

/// How many records are expected to be written to all shards; those of lists are all counted, also
/// where they lie behind the end.
pub fn expected_records(settings: &Settings) -> f64 {
    let (end, _) = settings.horizon.end();
    let of_source = |traffic: &Traffic| {
        let shards = if traffic.per_shard { f64::from(settings.stream.shards) } else { 1.0 };
        match &traffic.arrivals {
            Arrivals::TraceTimes { times } => times.len() as f64 * shards,
            Arrivals::Scripted { records } => records.len() as f64,
            Arrivals::Constant { .. }
            | Arrivals::Poisson { .. }
            | Arrivals::Profile { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::Bursts { .. }
            | Arrivals::OnOff { .. }
            | Arrivals::Renewal { .. }
            | Arrivals::TraceCounts { .. } => {
                weighted_load(traffic, end.min(traffic.to), shards, 0).map_or(0.0, |it| it.records)
            }
        }
    };
    settings.traffic.iter().map(of_source).sum()
}

/// The load of one source, `None` where it brings nothing.
fn load(source: &SourcePlan, shard: u32) -> Option<Load> {
    weighted_load(&source.traffic, source.end, source.weights.of(shard), shard)
}

/// That of a source of which `shard` has this weight.
fn weighted_load(traffic: &Traffic, to: Instant, weight: f64, shard: u32) -> Option<Load> {
    let from = traffic.from;
    if from >= to || weight <= 0.0 {
        return None;
    }
    let seconds = to.since(from).as_secs_f64();
    let over = |to: Instant, records: f64, peak: f64| Load {
        from,
        to,
        records: records * weight,
        peak: peak * weight,
    };
    let steady = |rate: f64, peak: f64| over(to, rate * seconds, peak);
    Some(match &traffic.arrivals {
        Arrivals::Constant { rate, .. } | Arrivals::Poisson { rate } => {
            steady(rate.per_second(), rate.per_second())
        }
        Arrivals::Profile { points, linear } => {
            let (records, peak) = profile_load(points, *linear, from, to);
            over(to, records, peak)
        }
        Arrivals::Diurnal { mean, amplitude, peak_at, start_of_day } => {
            let swing = Swing::new(*amplitude, *peak_at, *start_of_day);
            let (records, peak) = diurnal_load(swing, from, to);
            over(to, mean.per_second() * records, mean.per_second() * peak)
        }
        Arrivals::Bursts { rate, size, .. } => {
            let mean = match size {
                BurstSize::Constant(records) => f64::from(*records),
                BurstSize::Geometric { mean } => mean.max(1.0),
            };
            steady(rate.per_second() * mean, rate.per_second() * mean)
        }
        Arrivals::OnOff { rates, sojourns } => {
            let [first, second] = rates.map(Rate::per_second);
            let [stay, other] = sojourns.map(|sojourn| sojourn.as_secs_f64());
            steady((first * stay + second * other) / (stay + other), first.max(second))
        }
        Arrivals::Renewal { gap } => steady(1.0 / gap.mean_seconds(), 1.0 / gap.mean_seconds()),
        Arrivals::TraceCounts { period, counts, .. } => {
            let length = period.as_secs_f64();
            let periods = seconds / length;
            let shown = &counts[..counts.len().min(libm::ceil(periods) as usize)];
            let end = from.saturating_add(period.scaled(shown.len() as f64)).min(to);
            let mut records: f64 = shown.iter().map(|&count| count as f64).sum();
            if let (Some(&last), true) = (shown.last(), shown.len() as f64 > periods) {
                records -= last as f64 * (shown.len() as f64 - periods);
            }
            let peak = shown.iter().copied().max().unwrap_or(0) as f64 / length;
            over(end, records, peak)
        }
        Arrivals::TraceTimes { times } => {
            let offset = from.since(Instant::START);
            let times: Vec<Instant> =
                times.iter().map(|&time| time.saturating_add(offset)).collect();
            listed_load(&times, traffic, to, weight)?
        }
        Arrivals::Scripted { records } => {
            let here = records.iter().filter(|record| record.shard == shard);
            let times: Vec<Instant> = here.map(|record| record.at).collect();
            listed_load(&times, traffic, to, 1.0)?
        }
    })
}

/// Expected records and highest rate of a profile.
fn profile_load(
    points: &[(Instant, Rate)],
    linear: bool,
    from: Instant,
    to: Instant,
) -> (f64, f64) {
    let rate_at = |time: Instant, after: usize| -> f64 {
        let rate = |place: usize| points.get(place).map(|&(at, rate)| (at, rate.per_second()));
        match (after.checked_sub(1).and_then(rate), rate(after)) {
            (Some((start, low)), Some((end, high))) if linear => {
                let share = time.since(start).as_secs_f64() / end.since(start).as_secs_f64();
                low + (high - low) * share
            }
            (Some((_, rate)), _) | (None, Some((_, rate))) => rate,
            (None, None) => 0.0,
        }
    };
    let (mut records, mut peak, mut now) = (0.0f64, 0.0f64, from);
    let mut after = points.partition_point(|&(at, _)| at <= from);
    while now < to {
        let end = points.get(after).map_or(to, |&(at, _)| at.min(to));
        let (first, last) = (rate_at(now, after), rate_at(end, after));
        records += (first + last) / 2.0 * end.since(now).as_secs_f64();
        peak = peak.max(first).max(last);
        now = end;
        after += 1;
    }
    (records, peak)
}

/// Expected records and highest rate for a mean of one record per second.
fn diurnal_load(swing: Swing, from: Instant, to: Instant) -> (f64, f64) {
    let seconds = to.since(from).as_secs_f64();
    let (first, last) = (swing.angle(from), swing.angle(to));
    let waves = swing.amplitude() * DAY_SECONDS / std::f64::consts::TAU;
    let records = seconds + waves * (libm::sin(last) - libm::sin(first));
    let meets_peak = seconds >= DAY_SECONDS || last < first;
    let height = if meets_peak { 1.0 } else { libm::cos(first).max(libm::cos(last)) };
    (records, 1.0 + swing.amplitude() * height)
}

/// The load of single records at `times`, each with this weight.
fn listed_load(times: &[Instant], traffic: &Traffic, end: Instant, weight: f64) -> Option<Load> {
    let first = times.partition_point(|&time| time < traffic.from);
    let times = &times[first..times.partition_point(|&time| time < end).max(first)];
    let (begin, last) = (*times.first()?, *times.last()?);
    let (mut oldest, mut densest) = (0, 0);
    for (place, time) in times.iter().enumerate() {
        while time.since(times[oldest]).as_nanos() >= MINUTE_NANOS {
            oldest += 1;
        }
        densest = densest.max(place + 1 - oldest);
    }
    Some(Load {
        from: begin,
        // A single record is no infinite rate.
        to: last.max(begin.saturating_add(Duration::from_nanos(MINUTE_NANOS))),
        records: times.len() as f64 * weight,
        peak: densest as f64 / 60.0 * weight,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::RandomSource;
    use crate::model::settings::{CountSpread, ScriptedRecord};
    use crate::model::workload::WorkloadPlan;
    use crate::model::workload::test_settings::{per_second, poisson, settings};
    use crate::units::{Bytes, Probability};

    fn rates(traffic: Vec<Traffic>) -> ShardRates {
        let settings = settings(2, traffic, Duration::from_secs(86_400));
        WorkloadPlan::new(&settings, RandomSource::new(1, 0)).rates(1)
    }

    fn assert_rates(traffic: Vec<Traffic>, mean: f64, peak: f64) {
        let seen = rates(traffic.clone());
        assert!((seen.mean - mean).abs() < 1e-9 * mean, "{seen:?}, not mean {mean}: {traffic:?}");
        assert!((seen.peak - peak).abs() < 1e-9 * peak, "{seen:?}, not peak {peak}: {traffic:?}");
    }

    #[test]
    fn rates_are_those_of_the_arrivals() {
        let seconds = Instant::from_secs;
        let points = Arc::from([
            (seconds(0), per_second(2.0)),
            (seconds(43_200), per_second(10.0)),
            (seconds(86_400), per_second(2.0)),
        ]);
        let diurnal = Arrivals::Diurnal {
            mean: per_second(8.0),
            amplitude: Probability::new(0.5).expect("a chance"),
            peak_at: Duration::from_secs(20_000),
            start_of_day: Duration::ZERO,
        };
        let on_off = Arrivals::OnOff {
            rates: [per_second(4.0), per_second(20.0)],
            sojourns: [Duration::from_secs(30), Duration::from_secs(10)],
        };
        let counts = Arrivals::TraceCounts {
            period: Duration::from_secs(60),
            counts: Arc::from([60, 240]),
            spread: CountSpread::Even,
        };
        let times = Arrivals::TraceTimes { times: (0..600).map(Instant::from_secs).collect() };
        // Half of each source lies on the shard.
        let cases = [
            (Arrivals::Poisson { rate: per_second(5.0) }, 2.5, 2.5),
            (Arrivals::Profile { points, linear: true }, 3.0, 5.0),
            (diurnal, 4.0, 6.0),
            (on_off, 4.0, 10.0),
            (counts, 1.25, 2.0),
            (times, 300.0 / 599.000_000_001, 0.5),
        ];
        for (arrivals, mean, peak) in cases {
            assert_rates(vec![Traffic { arrivals, ..poisson(1.0) }], mean, peak);
        }
    }

    #[test]
    fn expected_records_are_those_of_all_shards_and_sources_to_their_ends() {
        let per_shard = Traffic { per_shard: true, ..poisson(5.0) };
        let late = Traffic { from: Instant::from_secs(99), ..poisson(1.0) };
        let never = Traffic { from: Instant::from_secs(100), ..poisson(1.0) };
        let times = Arc::from([1, 2, 3].map(Instant::from_secs));
        let listed = Traffic { arrivals: Arrivals::TraceTimes { times }, ..per_shard.clone() };
        let of = |traffic| expected_records(&settings(4, traffic, Duration::from_secs(100)));
        assert_eq!(of(vec![poisson(5.0)]), 500.0);
        assert_eq!(of(vec![per_shard.clone(), late]), 2001.0);
        assert_eq!(of(vec![never, listed]), 12.0);
    }

    #[test]
    fn a_record_at_the_very_beginning_of_its_source_counts() {
        let record = |seconds| ScriptedRecord {
            at: Instant::from_secs(seconds),
            shard: 1,
            key: "k".into(),
            bytes: Bytes::new(1),
            filtered: false,
            poison: false,
        };
        let arrivals = Arrivals::Scripted { records: Arc::from([1, 2, 3].map(record)) };
        let from = Instant::from_secs(1);
        assert_rates(vec![Traffic { arrivals, from, ..poisson(1.0) }], 0.05, 0.05);
    }

    #[test]
    fn a_period_of_counts_that_is_cut_off_counts_in_part() {
        let arrivals = Arrivals::TraceCounts {
            period: Duration::from_secs(60),
            counts: Arc::from([60, 240]),
            spread: CountSpread::Even,
        };
        let to = Instant::from_secs(75);
        // All of the first period and a quarter of the second, half of them on the shard.
        assert_rates(vec![Traffic { arrivals, to, ..poisson(1.0) }], 60.0 / 75.0, 2.0);
    }

    #[test]
    fn sources_add_up_where_they_overlap_and_pauses_do_not_count() {
        let between = |rate: f64, from: u64, to: u64| Traffic {
            from: Instant::from_secs(from),
            to: Instant::from_secs(to),
            ..poisson(rate)
        };
        let overlapping = vec![between(2.0, 0, 100), between(4.0, 50, 150)];
        assert_rates(overlapping, 2.0, 3.0);
        let apart = vec![between(2.0, 0, 100), between(4.0, 80_000, 80_100)];
        assert_rates(apart, 1.5, 2.0);
        assert_eq!(rates(Vec::new()), ShardRates { mean: 0.0, peak: 0.0 });
    }
}
