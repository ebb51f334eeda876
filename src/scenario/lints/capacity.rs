//! Lanes, batches and rates that do not fit together.

use super::{Lints, typical_size};
use crate::model::batch::PayloadRule;
use crate::model::settings::{Arrivals, BurstSize, Keys, StreamKind, Traffic};
use crate::units::{Bytes, Limit};

/// What a shard takes per second (Kinesis) or a partition (DynamoDB): records, and bytes.
const WRITES_MAX: f64 = 1_000.0;
const WRITTEN_BYTES_MAX: f64 = 1_048_576.0;

pub(super) fn lint(lints: &mut Lints<'_>) {
    lanes_above_keys(lints);
    concurrency_below_lanes(lints);
    batch_above_page(lints);
    payload_limits_batch(lints);
    write_limit(lints);
}

/// S4.1: a key stays on its lane.
fn lanes_above_keys(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let lanes = settings.mapping.parallelization_factor;
    let keys_per_shard: Option<u64> = settings
        .traffic
        .iter()
        .map(|source| match (&source.arrivals, &source.keys) {
            (Arrivals::Scripted { .. }, _) => None,
            (_, Keys::Unique | Keys::Hot { .. }) => None,
            (_, Keys::Single) => Some(1),
            (_, Keys::Round { count }) => Some(u64::from(*count)),
            (_, Keys::Uniform { count } | Keys::Zipf { count, .. }) => {
                Some(u64::from(count.div_ceil(settings.stream.shards)))
            }
        })
        .sum();
    if let Some(keys) = keys_per_shard
        && u64::from(lanes) > keys
    {
        let has = if keys == 1 { "1 key".to_owned() } else { format!("about {keys} keys") };
        let message = format!(
            "{lanes} lanes per shard, but a shard has only {has}; a key stays on one lane, so \
             the other lanes stay idle"
        );
        let help = format!("write `ParallelizationFactor = {keys}`, or choose keys that spread");
        lints.warn("mapping.ParallelizationFactor", "W-lanes-above-keys", message, help);
    }
}

/// S4.3, S10.3.
fn concurrency_below_lanes(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let factor = u64::from(settings.mapping.parallelization_factor);
    let lanes = u64::from(settings.stream.shards) * factor;
    let (path, limit) = match (settings.concurrency.reserved, settings.concurrency.account_limit) {
        (Some(reserved), _) => ("concurrency.reserved", reserved),
        (None, Limit::Limited(limit)) => ("concurrency.account_limit", limit),
        (None, Limit::Unlimited) => return,
    };
    if lanes > u64::from(limit) {
        let message = format!(
            "{lanes} lanes (shards x ParallelizationFactor) can want to run at once, but the \
             limit is {limit}; the others are throttled"
        );
        let fitting = u64::from(limit) / u64::from(settings.stream.shards);
        let help = match fitting {
            1.. if factor > 1 => format!("raise it to {lanes}, or ParallelizationFactor {fitting}"),
            _ => format!("raise it to {lanes}, or gather larger batches with a window"),
        };
        lints.warn(path, "W-concurrency-below-lanes", message, help);
    }
}

/// S1.6, S3.1.
fn batch_above_page(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    if !settings.mapping.batching_window.is_zero() || is_pushed(lints) {
        return;
    }
    let batch_size = settings.mapping.batch_size;
    let by_records = settings.knobs.page_records.bound().unwrap_or(u32::MAX);
    let by_bytes = match (settings.knobs.page_bytes, smallest_size(lints)) {
        (Limit::Limited(page), Some(size)) => page.get() / size.get().max(1),
        (Limit::Unlimited, _) | (_, None) => u64::MAX,
    };
    let page = by_bytes.min(u64::from(by_records)).max(1);
    if u64::from(batch_size) > page {
        let what = match by_bytes < u64::from(by_records) {
            true => {
                let limit = settings.knobs.page_bytes.bound().unwrap_or_default();
                format!("{limit}, about {page} of these records")
            }
            false => format!("{page} records"),
        };
        let message = format!(
            "one read returns at most {what}, so without a batching window a batch rarely \
             reaches {batch_size}"
        );
        let help = format!("set MaximumBatchingWindowInSeconds, or `BatchSize = {page}`");
        lints.warn("mapping.BatchSize", "W-batch-above-page", message, help);
    }
}

/// Records are pushed, not read in pages (S1.6).
fn is_pushed(lints: &Lints<'_>) -> bool {
    lints.settings.mapping.enhanced_fan_out
}

/// The smallest typical size of a source whose records have one law of sizes.
fn smallest_size(lints: &Lints<'_>) -> Option<Bytes> {
    let is_scripted = |source: &&Traffic| matches!(source.arrivals, Arrivals::Scripted { .. });
    let sources = lints.settings.traffic.iter().filter(|source| !is_scripted(source));
    sources.map(|source| typical_size(&source.record_size)).min()
}

/// S3.3.
fn payload_limits_batch(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    let (kind, batch_size) = (settings.stream.kind, settings.mapping.batch_size);
    let Some(size) = smallest_size(lints) else { return };
    let rule = PayloadRule::new(kind, settings.knobs.payload_limit, batch_size);
    let bytes = u32::try_from(size.get()).unwrap_or(u32::MAX);
    let fitting = rule.fill(std::iter::repeat_n(bytes, batch_size as usize)).records;
    if fitting < batch_size && !rule.is_oversize(bytes) {
        let message = format!(
            "about {fitting} records of {size} fill the largest event, so a batch never has \
             {batch_size}"
        );
        let help = format!("plan with `BatchSize = {fitting}`, or write smaller records");
        lints.warn("mapping.BatchSize", "W-payload-limits-batch", message, help);
    }
}

/// What writers would be refused, and is accepted here.
fn write_limit(lints: &mut Lints<'_>) {
    let settings = lints.settings;
    if !settings.stream.reshards.is_empty() {
        return;
    }
    let shards = f64::from(settings.stream.shards);
    let (mut records, mut bytes) = (0.0, 0.0);
    for source in &settings.traffic {
        let share = if source.per_shard { 1.0 } else { 1.0 / shards };
        let rate = highest_rate(&source.arrivals) * share;
        records += rate;
        bytes += rate * typical_size(&source.record_size).get() as f64;
    }
    let limited_bytes = match settings.stream.kind {
        StreamKind::Kinesis => bytes / WRITTEN_BYTES_MAX,
        StreamKind::DynamoDb => 0.0,
    };
    let times = (records / WRITES_MAX).max(limited_bytes);
    if times > 1.0 {
        let (limit, help) = match settings.stream.kind {
            StreamKind::Kinesis => {
                let needed = (shards * times).ceil();
                ("1,000 records and 1 MB", format!("write `shards = {needed}`, or lower the rate"))
            }
            StreamKind::DynamoDb => (
                "1,000 writes of its partition",
                "let shards split with `split_above = \"1000/s\"` in `[stream]`, or lower the rate"
                    .to_owned(),
            ),
        };
        let message = format!(
            "a shard is written {:.0} records/s with {:.0} KB/s, and takes {limit} per second; \
             AWS would refuse the rest, and it is accepted here",
            records,
            bytes / 1_000.0
        );
        lints.warn("stream.shards", "W-write-limit", message, help);
    }
}

/// Records per second when most are written, as far as the settings say it; 0 where they do not.
fn highest_rate(arrivals: &Arrivals) -> f64 {
    match arrivals {
        Arrivals::Constant { rate, .. } | Arrivals::Poisson { rate } => rate.per_second(),
        Arrivals::Profile { points, .. } => {
            points.iter().map(|(_, rate)| rate.per_second()).fold(0.0, f64::max)
        }
        Arrivals::Diurnal { mean, amplitude, .. } => mean.per_second() * (1.0 + amplitude.get()),
        Arrivals::Bursts { rate, size, .. } => {
            let size = match size {
                BurstSize::Constant(size) => f64::from(*size),
                BurstSize::Geometric { mean } => *mean,
            };
            rate.per_second() * size
        }
        Arrivals::OnOff { rates, .. } => rates[0].per_second().max(rates[1].per_second()),
        Arrivals::Renewal { gap } => 1.0 / gap.mean_seconds(),
        Arrivals::TraceCounts { period, counts, .. } => {
            counts.iter().copied().max().unwrap_or(0) as f64 / period.as_secs_f64()
        }
        Arrivals::TraceTimes { .. } | Arrivals::Scripted { .. } => 0.0,
    }
}
