//! What the settings ask of every lane, for the stability verdict.
//!
//! Lanes follow the key hashes of the first replication: with few keys another replication may
//! load its lanes otherwise, which a report of many replications shows. Failures count with the
//! chances that are known beforehand (error rates, the per-record rate on a full batch); outages
//! and poison records are passing and do not. Where shards split or are merged (S1.7), or the
//! mapping's settings change (S2.7), the verdict is on what is in force in the end; what was too
//! much before makes it saturated. Left out: times in which the mapping is disabled.

use crate::analysis::stability::{LaneLoad, OfferedLoad, ServiceTime, assess};
use crate::engine::RandomSource;
use crate::model::batch::PayloadRule;
use crate::model::lineage::Lineage;
use crate::model::settings::{FaultKind, RecordSize, Settings, Variation};
use crate::model::workload::WorkloadPlan;
use crate::results::{Stability, StabilityVerdict};
use crate::units::{Instant, Limit, Rate};

/// Invocations per batch are counted up to this; beyond it a batch practically never succeeds.
const ATTEMPTS_MAX: f64 = 1e6;

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
fn offered_load(settings: &Settings, time: Instant, seed: u64) -> OfferedLoad {
    let random = RandomSource::new(seed, 0);
    let plan = WorkloadPlan::new(settings, random).with_keys();
    let lanes = settings.mapping.parallelization_factor;
    let mut loads = Vec::new();
    let mut peak_of_all = 0.0;
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
    let batch_capacity = batch_capacity(settings);
    OfferedLoad {
        lanes: loads,
        peak_of_all_lanes: Rate::new(peak_of_all).unwrap_or_default(),
        batch_capacity,
        service: service(settings, batch_capacity),
        concurrency_limit: concurrency_limit(settings),
        retention: settings.stream.retention,
    }
}

/// Records of a full batch of typical records (S3.1, S3.3).
fn batch_capacity(settings: &Settings) -> u32 {
    let kind = settings.stream.kind;
    let batch_size = settings.mapping.batch_size;
    let rule = PayloadRule::new(kind, settings.knobs.payload_limit, batch_size);
    let typical = |size: &RecordSize| match size {
        RecordSize::Constant(bytes) => bytes.get(),
        RecordSize::Uniform { low, high } => u64::midpoint(low.get(), high.get()),
        RecordSize::Lognormal { p50, .. } => p50.get(),
    };
    let largest = settings.traffic.iter().map(|traffic| typical(&traffic.record_size)).max();
    let bytes = largest.unwrap_or(0).min(u32::MAX.into()) as u32;
    rule.fill(std::iter::repeat_n(bytes, batch_size as usize)).records.max(1)
}

fn service(settings: &Settings, batch_capacity: u32) -> ServiceTime {
    let function = &settings.function;
    let (mut base, mut per_record) = (function.duration.base, function.duration.per_record);
    let factor = mean_factor(&function.duration.variation);
    base = base.scaled(factor) + settings.knobs.invoke_overhead;
    per_record = per_record.scaled(factor);
    let mut success = 1.0;
    for fault in &function.faults {
        let lasts = fault.from == Instant::START && fault.to == Instant::FAR_FUTURE;
        match fault.kind {
            FaultKind::ErrorRate(chance) if lasts => success *= 1.0 - chance.get(),
            FaultKind::PerRecordRate(chance) if lasts => {
                success *= libm::pow(1.0 - chance.get(), f64::from(batch_capacity));
            }
            FaultKind::ErrorRate(_)
            | FaultKind::PerRecordRate(_)
            | FaultKind::Poison(_)
            | FaultKind::Outage
            | FaultKind::Slow(_)
            | FaultKind::FailsAboveBatch(_)
            | FaultKind::DownstreamLimit(_) => {}
        }
    }
    let mut attempts = (1.0 / success).min(ATTEMPTS_MAX);
    if let Limit::Limited(retries) = settings.mapping.maximum_retry_attempts {
        attempts = attempts.min(f64::from(retries) + 1.0);
    }
    ServiceTime { base, per_record, attempts }
}

/// Mean of the random factor on durations.
fn mean_factor(variation: &Variation) -> f64 {
    match variation {
        Variation::None | Variation::Exponential | Variation::Erlang { .. } => 1.0,
        Variation::Uniform { low, high } => (low + high) / 2.0,
        Variation::Hyperexponential { branches } => {
            branches.iter().map(|(chance, mean)| chance.get() * mean).sum()
        }
        Variation::Lognormal { p99 } => {
            // sigma from the 99th percentile of a standard normal; mean exp(sigma^2 / 2).
            let sigma = libm::log(*p99) / 2.326_347_874_040_841;
            libm::exp(sigma * sigma / 2.0)
        }
        Variation::Empirical { points } => points
            .windows(2)
            .map(|pair| (pair[1].0.get() - pair[0].0.get()) * (pair[0].1 + pair[1].1) / 2.0)
            .sum(),
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
