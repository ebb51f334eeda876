//! What the settings ask of every lane, for the stability verdict.
//!
//! Lanes follow the key hashes of the first replication: with few keys another replication may
//! load its lanes otherwise, which a report of many replications shows. Failures count as
//! `super::occupancy` says. Where shards split or are merged (S1.7), or the mapping's settings
//! change (S2.7), the verdict is on what is in force in the end; what was too much before makes it
//! saturated.
//!
//! How irregular arrivals are enters as their index of dispersion J, the variance of counts over
//! long times by their mean: 1 for Poisson, `E[N^2]/E[N]` for bursts of N, the squared coefficient
//! of variation of the gaps for a renewal process, and for a rate that switches between two
//! states `1 + 2 (r0 - r1)^2 p0 p1 / ((q0 + q1) mean)`. A share s of the records, dealt out by
//! key, has `1 + s (J - 1)`; B of them make a batch, whose gaps vary with `J / B`.
//!
//! Reference: Cox and Lewis, *The Statistical Analysis of Series of Events*, 1966, chapter 4;
//! Fischer and Meier-Hellstern, Performance Evaluation 18 (1993) 149 (switching rates). Left out:
//! changes of the rate by a profile or a trace, which the peak stands for, and times in which the
//! mapping is disabled.

use super::duration_law::FactorLaw;
use super::occupancy;
use crate::analysis::load::{LaneLoad, OfferedLoad, ServiceTime};
use crate::analysis::stability::assess;
use crate::engine::RandomSource;
use crate::model::batch::PayloadRule;
use crate::model::lineage::Lineage;
use crate::model::settings::{Arrivals, BurstSize, Gap, RecordSize, Settings, Traffic};
use crate::model::workload::WorkloadPlan;
use crate::results::{Stability, StabilityVerdict};
use crate::units::{Duration, Instant, Rate};

/// The verdict on `settings`, with the keys of the first replication of `seed`.
pub fn stability(settings: &Settings, seed: u64) -> Stability {
    let mut times: Vec<Instant> =
        settings.stream.reshards.iter().map(|reshard| reshard.at).collect();
    times.extend(settings.schedule.iter().map(|change| change.at));
    times.push(Instant::START);
    times.sort_unstable();
    times.dedup();
    let at = |&time: &Instant| {
        let changed = settings.schedule.iter().rev().find(|change| change.at <= time);
        let mapping = changed.map_or(&settings.mapping, |change| &change.mapping);
        let settings = Settings { mapping: mapping.clone(), ..settings.clone() };
        assess(&offered_load(&settings, time, seed))
    };
    let phases: Vec<Stability> = times.iter().map(at).collect();
    let last = phases[phases.len() - 1].clone();
    let peaks = phases.iter().map(|phase| phase.peak_utilization);
    let peak_utilization = peaks.fold(last.peak_utilization, f64::max);
    let was_too_much = peak_utilization >= 1.0 && last.verdict == StabilityVerdict::Stable;
    let verdict = if was_too_much { StabilityVerdict::Saturated } else { last.verdict };
    Stability { verdict, peak_utilization, ..last }
}

/// The offered load of `settings` with the shards that are open at `time`.
pub fn offered_load(settings: &Settings, time: Instant, seed: u64) -> OfferedLoad {
    let random = RandomSource::new(seed, 0);
    let plan = WorkloadPlan::new(settings, random).with_keys();
    let lanes = settings.mapping.parallelization_factor;
    let mut loads = Vec::new();
    let mut peak_of_all = 0.0;
    let mut dispersion = Weighted::default();
    let lineage = Lineage::new(settings, &random);
    let is_open = |shard: &u32| {
        let life = lineage.life(*shard);
        life.opens <= time && time < life.closes
    };
    for shard in (0..settings.stream.shards_in_all()).filter(is_open) {
        let mut lane_loads = vec![(0.0, 0.0); lanes as usize];
        for (source, traffic) in settings.traffic.iter().enumerate() {
            for (first, part) in lineage.shares(shard) {
                let rates = plan.source_rates(source, first);
                let delivered = traffic.matches_filter.get() * part;
                peak_of_all += rates.peak * delivered;
                dispersion.add(rates.mean * delivered, lane_dispersion(settings, traffic));
                let shares = plan.lane_shares(source, first, lanes);
                for ((mean, peak), share) in lane_loads.iter_mut().zip(shares) {
                    *mean += rates.mean * delivered * share;
                    *peak += rates.peak * delivered * share;
                }
            }
        }
        let rate = |per_second| Rate::new(per_second).unwrap_or_default();
        let of_lane = |(mean, peak)| LaneLoad { mean: rate(mean), peak: rate(peak) };
        loads.extend(lane_loads.into_iter().map(of_lane));
    }
    let bytes = largest_bytes(settings);
    let batch_capacity = batch_capacity(settings, bytes);
    let occupancy = occupancy::of_batch(settings, batch_capacity, bytes.into());
    let of_gaps = dispersion.mean() / f64::from(batch_capacity);
    let of_service = FactorLaw(&settings.function.duration.variation).squared_variation();
    OfferedLoad {
        lanes: loads,
        peak_of_all_lanes: Rate::new(peak_of_all).unwrap_or_default(),
        batch_capacity,
        service: ServiceTime {
            lane: Duration::from_secs_f64(occupancy.lane),
            executing: Duration::from_secs_f64(occupancy.executing),
        },
        variability: f64::midpoint(of_gaps, of_service),
        concurrency_limit: concurrency_limit(settings),
        retention: settings.stream.retention,
        maximum_age: settings.mapping.maximum_record_age,
    }
}

/// Size of a typical record of a source.
pub(super) fn typical_bytes(size: &RecordSize) -> u64 {
    match size {
        RecordSize::Constant(bytes) => bytes.get(),
        RecordSize::Uniform { low, high } => u64::midpoint(low.get(), high.get()),
        RecordSize::Lognormal { p50, .. } => p50.get(),
    }
}

/// Size of a typical record, of the source with the largest.
fn largest_bytes(settings: &Settings) -> u32 {
    let largest = settings.traffic.iter().map(|traffic| typical_bytes(&traffic.record_size)).max();
    largest.unwrap_or(0).min(u32::MAX.into()) as u32
}

/// Records of a full batch of typical records (S3.1, S3.3).
fn batch_capacity(settings: &Settings, bytes: u32) -> u32 {
    let batch_size = settings.mapping.batch_size;
    let rule = PayloadRule::new(settings.stream.kind, settings.knobs.payload_limit, batch_size);
    rule.fill(std::iter::repeat_n(bytes, batch_size as usize)).records.max(1)
}

/// A mean of values with weights.
#[derive(Debug, Clone, Copy, Default)]
struct Weighted {
    sum: f64,
    weights: f64,
}

impl Weighted {
    fn add(&mut self, weight: f64, value: f64) {
        self.sum += weight * value;
        self.weights += weight;
    }

    /// The mean; 1, as of Poisson arrivals, without any weight.
    fn mean(self) -> f64 {
        if self.weights > 0.0 { self.sum / self.weights } else { 1.0 }
    }
}

/// J of a source's records on one lane.
fn lane_dispersion(settings: &Settings, traffic: &Traffic) -> f64 {
    let lanes = f64::from(settings.mapping.parallelization_factor);
    let is_per_shard = traffic.per_shard || matches!(traffic.arrivals, Arrivals::OnOff { .. });
    let share = match is_per_shard {
        true => 1.0 / lanes,
        false => 1.0 / lanes / f64::from(settings.stream.shards),
    };
    1.0 + share * traffic.matches_filter.get() * (dispersion(&traffic.arrivals) - 1.0)
}

/// J of a source as it is written.
fn dispersion(arrivals: &Arrivals) -> f64 {
    match arrivals {
        Arrivals::Constant { .. } => 0.0,
        Arrivals::Poisson { .. }
        | Arrivals::Profile { .. }
        | Arrivals::Diurnal { .. }
        | Arrivals::TraceTimes { .. }
        | Arrivals::TraceCounts { .. }
        | Arrivals::Scripted { .. } => 1.0,
        Arrivals::Bursts { size, even, rate: _ } => {
            let (mean, variance) = match *size {
                BurstSize::Constant(count) => (f64::from(count), 0.0),
                BurstSize::Geometric { mean } => (mean, mean * mean - mean),
            };
            if *even { variance / mean } else { variance / mean + mean }
        }
        Arrivals::OnOff { rates, sojourns } => {
            let [first, second] = sojourns.map(|sojourn| sojourn.as_secs_f64());
            let [fast, slow] = rates.map(|rate| rate.per_second());
            let share = first / (first + second);
            let mean = share * fast + (1.0 - share) * slow;
            let swing = (fast - slow) * (fast - slow) * share * (1.0 - share);
            match mean > 0.0 {
                true => 1.0 + 2.0 * swing / ((1.0 / first + 1.0 / second) * mean),
                false => 1.0,
            }
        }
        Arrivals::Renewal { gap } => {
            let mean = gap.mean_seconds();
            let variance = match *gap {
                Gap::Uniform { low, high } => {
                    let width = high.as_secs_f64() - low.as_secs_f64();
                    width * width / 12.0
                }
                Gap::Normal { deviation, mean: _ } => {
                    deviation.as_secs_f64() * deviation.as_secs_f64()
                }
            };
            if mean > 0.0 { variance / (mean * mean) } else { 0.0 }
        }
    }
}

/// Invocations at once when other functions use least of the account.
fn concurrency_limit(settings: &Settings) -> Option<u32> {
    let concurrency = &settings.concurrency;
    concurrency.reserved.or_else(|| {
        let used = concurrency.other_functions.iter().map(|&(_, used)| used).max().unwrap_or(0);
        Some(concurrency.account_limit.bound()?.saturating_sub(used))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Source, load};

    /// Verdict, utilization in the end and at the peak of two shards with 15 records a second
    /// each and 10 records a second per lane.
    fn verdict(stream: &str, mapping: &str) -> (StabilityVerdict, f64, f64) {
        let text = format!(
            "duration = \"1h\"\n[stream]\nkind = \"kinesis\"\nshards = 2\n{stream}\n\
             [[traffic]]\narrivals = {{ poisson = {{ rate = \"30/s\" }} }}\n\
             [mapping]\nStartingPosition = \"LATEST\"\nBatchSize = 1\n{mapping}\n\
             [function]\nduration = \"80ms\"\n"
        );
        let source = Source { name: "s.toml".into(), text, folder: ".".into() };
        let scenario = load(&source, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let stability = stability(&scenario.base().settings, 7);
        let percent = |share: f64| libm::round(share * 100.0);
        let (mean, peak) = (stability.worst_utilization, stability.peak_utilization);
        (stability.verdict, percent(mean), percent(peak))
    }

    #[test]
    fn the_verdict_is_on_what_is_in_force_in_the_end_and_remembers_what_was_too_much() {
        let split = "reshard = [{ at = \"20min\", shards = 4 }]";
        let lanes = "schedule = [{ at = \"20min\", set = { ParallelizationFactor = 2 } }]";
        let merged = "reshard = [{ at = \"20min\", shards = 1 }]";
        let cases = [
            ("", "", (StabilityVerdict::Unstable, 150.0, 150.0)),
            (split, "", (StabilityVerdict::Saturated, 75.0, 150.0)),
            ("", lanes, (StabilityVerdict::Saturated, 75.0, 150.0)),
            (merged, "", (StabilityVerdict::Unstable, 300.0, 300.0)),
        ];
        for (stream, mapping, expected) in cases {
            assert_eq!(verdict(stream, mapping), expected, "{stream} {mapping}");
        }
    }
}
