//! Metrics of one replication that count: throttles, batches, losses, lanes, drains.

use std::collections::BTreeMap;

use super::estimate::{Window, first_loss, mean, rate};
use super::facts::Row;
use super::metric::{DrainFrom, Metric};
use super::replication::Finished;
use crate::units::{Duration, Instant};

/// The estimate of a counting metric; `None` for others and where there is nothing to count.
pub fn estimate(run: &Finished<'_>, metric: Metric) -> Option<f64> {
    let facts = &run.facts;
    let batches = &facts.invocations_of_batches;
    let seconds = |at: Instant| at.as_secs_f64();
    match metric {
        Metric::ConcurrencyMax => Some(f64::from(facts.concurrency_max)),
        Metric::ThrottleProbability => ratio(facts.batches.throttled_first, facts.batches.cut),
        Metric::ThrottlesPerRecord => ratio(facts.throttles.len() as u64, run.written),
        Metric::ThrottleRate => {
            let window = Window::of(run);
            let first = facts.throttles.partition_point(|&at| at < window.from);
            rate((facts.throttles.len() - first) as f64, window)
        }
        Metric::FullBatches => first_partial(run, Instant::START).map(|(number, _)| number as f64),
        Metric::FirstPartialStart => {
            first_partial(run, Instant::START).map(|(_, row)| seconds(row.start))
        }
        Metric::DrainTime { from } => {
            let from = match from {
                DrainFrom::Start => Instant::START + Duration::from_secs_f64(run.config.start_at_s),
                DrainFrom::FirstDiscard => facts.first_discard?.at,
            };
            first_partial(run, from).map(|(_, row)| row.start.since(from).as_secs_f64())
        }
        Metric::TimeToDiscard => {
            let first = facts.rows.iter().map(|row| row.start).min()?;
            Some(first_loss(run)?.at.since(first).as_secs_f64())
        }
        Metric::DiscardAge => Some(first_loss(run)?.age.as_secs_f64()),
        Metric::FirstExpiryTime => Some(seconds(facts.first_expiry?.at)),
        Metric::ExpiredFraction => expired_fraction(run),
        Metric::Invocations => Some(facts.rows.len() as f64),
        Metric::FailedInvocations => {
            Some(facts.rows.iter().filter(|row| !row.is_success).count() as f64)
        }
        Metric::DiscardedRecords => Some(facts.discarded as f64),
        Metric::InvocationsUntilDiscard => Some(first_loss(run)?.invocations as f64),
        Metric::InvocationsPerBatchMean => mean(batches.iter().map(|&count| f64::from(count))),
        Metric::InvocationsPerBatchMin => batches.iter().min().map(|&count| f64::from(count)),
        Metric::InvocationsPerBatchMax => batches.iter().max().map(|&count| f64::from(count)),
        Metric::DiscardProbability => ratio(facts.batches.discarded, facts.batches.cut),
        Metric::LanesUsedMean => mean(loads(run).map(|loads| loads.len() as f64)),
        Metric::LaneLoadMaxMean => {
            mean(loads(run).map(|loads| loads.iter().copied().max().unwrap_or(0) as f64))
        }
        _ => None,
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The first invocation that starts at or after `from` with fewer than BatchSize records, and how
/// many ended before it.
fn first_partial<'a>(run: &'a Finished<'_>, from: Instant) -> Option<(usize, &'a Row)> {
    let full = run.config.batch_size?;
    let mut rows = run.facts.rows.iter().enumerate();
    rows.find(|(_, row)| row.start >= from && row.records < full)
}

/// Expired records as a share of expired and finished ones, within the window.
fn expired_fraction(run: &Finished<'_>) -> Option<f64> {
    let from = Window::of(run).from;
    let expired: u64 =
        run.facts.expired.iter().filter(|(at, _)| *at >= from).map(|(_, records)| records).sum();
    let rows = run.facts.rows.iter().filter(|row| row.finish >= from);
    let finished: u64 = rows.map(|row| u64::from(row.handled)).sum();
    ratio(expired, expired + finished)
}

/// The loads of the lanes that had any record, by shard.
fn loads(run: &Finished<'_>) -> impl Iterator<Item = Vec<u64>> {
    let mut shards: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (id, &load) in &run.facts.lane_loads {
        shards.entry(id.shard).or_default().push(load);
    }
    shards.into_values()
}
