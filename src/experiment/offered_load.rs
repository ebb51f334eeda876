//! What the settings ask of every lane, for the stability verdict.
//!
//! Lanes follow the key hashes of the first replication: with few keys another replication may
//! load its lanes otherwise, which a report of many replications shows. Failures count with the
//! chances that are known beforehand (error rates, the per-record rate on a full batch); outages
//! and poison records are passing and do not. Where shards split or are merged, the load is that of
//! the shards that are left in the end (S1.7).

use crate::analysis::stability::{LaneLoad, OfferedLoad, ServiceTime};
use crate::engine::RandomSource;
use crate::model::batch::PayloadRule;
use crate::model::lineage::Lineage;
use crate::model::settings::{FaultKind, RecordSize, Settings, Variation};
use crate::model::workload::WorkloadPlan;
use crate::units::{Instant, Limit, Rate};

/// Invocations per batch are counted up to this; beyond it a batch practically never succeeds.
const ATTEMPTS_MAX: f64 = 1e6;

/// The offered load of `settings`, with the keys of the first replication of `seed`.
pub fn offered_load(settings: &Settings, seed: u64) -> OfferedLoad {
    let random = RandomSource::new(seed, 0);
    let plan = WorkloadPlan::new(settings, random).with_keys();
    let lanes = settings.mapping.parallelization_factor;
    let mut loads = Vec::new();
    let mut peak_of_all = 0.0;
    let lineage = Lineage::new(settings, &random);
    let is_left = |shard: &u32| lineage.life(*shard).closes == Instant::FAR_FUTURE;
    for shard in (0..settings.stream.shards_in_all()).filter(is_left) {
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
