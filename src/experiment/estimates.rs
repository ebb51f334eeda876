//! Means over replications with 95 % t intervals: the summary of a variant.

use super::offered_load::stability;
use super::replication::{AgeFigures, Replication};
use crate::analysis::t_interval;
use crate::results::{
    AgeBreakdown, AgeStatistics, BatchSizes, BlockedByCause, BlockedShardTime, CloudWatchSums,
    ConcurrencyUse, Cost, Discarded, Estimate, LagStatistics, Ledger, MinuteShare,
    StabilityVerdict, VariantSummary,
};
use crate::scenario::{Scenario, Variant};

/// Confidence of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// The replications of a variant, as a source of estimates.
struct Over<'a>(&'a [Replication]);

impl Over<'_> {
    /// The estimate of a figure that every replication has.
    fn each(&self, figure: impl Fn(&Replication) -> f64) -> Estimate {
        self.some(|replication| Some(figure(replication)))
    }

    /// The estimate of a figure over the replications that have it.
    fn some(&self, figure: impl Fn(&Replication) -> Option<f64>) -> Estimate {
        let values: Vec<f64> = self.0.iter().filter_map(figure).collect();
        t_interval(&values, CONFIDENCE)
    }

    fn count(&self, figure: impl Fn(&Replication) -> u64) -> Estimate {
        self.each(|replication| figure(replication) as f64)
    }
}

/// The summary of a variant; `limits` are the asserted ages in seconds.
pub fn variant_summary(
    scenario: &Scenario,
    variant: &Variant,
    replications: &[Replication],
    limits: &[f64],
) -> VariantSummary {
    let over = Over(replications);
    let stability = stability(&variant.settings, scenario.seed);
    let is_unstable = stability.verdict == StabilityVerdict::Unstable;
    let ages = |select: fn(&Replication) -> AgeFigures| age_statistics(&over, select, is_unstable);
    VariantSummary {
        name: variant.name.clone(),
        iterator_age: ages(|replication| replication.iterator_age),
        age_at_finish: ages(|replication| replication.age_at_finish),
        record_age: ages(|replication| replication.record_age),
        true_lag: LagStatistics {
            max: over.each(|replication| replication.true_lag.0),
            mean: match is_unstable {
                true => Estimate::ABSENT,
                false => over.each(|replication| replication.true_lag.1),
            },
        },
        minutes_above: minutes_above(&over, limits),
        blocked_shard_time: blocked_shard_time(&over),
        age_breakdown: age_breakdown(&over),
        ledger: ledger(&over),
        invocations: over.count(|replication| replication.tallies.invocations),
        errors: over.count(|replication| replication.tallies.errors),
        throttles: over.count(|replication| replication.tallies.throttles),
        polls: over.count(|replication| replication.tallies.polls),
        read_throttles: over.count(|replication| replication.tallies.read_throttles),
        batch_size: BatchSizes {
            mean: over.some(|replication| replication.tallies.batch_mean()),
            max: over.count(|replication| replication.tallies.batch_max.into()),
        },
        concurrency: concurrency(&over),
        cost_usd: Cost {
            total: over.each(|replication| replication.cost.total()),
            requests: over.each(|replication| replication.cost.requests),
            compute: over.each(|replication| replication.cost.compute),
            stream: over.each(|replication| replication.cost.stream),
        },
        cloudwatch: cloudwatch(&over),
        stability,
    }
}

fn age_statistics(
    over: &Over<'_>,
    select: fn(&Replication) -> AgeFigures,
    is_unstable: bool,
) -> AgeStatistics {
    AgeStatistics {
        p50: over.some(|replication| select(replication).p50),
        p90: over.some(|replication| select(replication).p90),
        p99: over.some(|replication| select(replication).p99),
        max: over.some(|replication| select(replication).max),
        // The mean of a queue that grows says only how long the run was.
        mean: match is_unstable {
            true => Estimate::ABSENT,
            false => over.some(|replication| select(replication).mean),
        },
    }
}

fn minutes_above(over: &Over<'_>, limits: &[f64]) -> Vec<MinuteShare> {
    let share = |replication: &Replication, limit: f64| {
        let sampled = replication.minutes.iter().filter(|row| row.samples > 0);
        let (above, all) = sampled.fold((0u32, 0u32), |(above, all), row| {
            (above + u32::from(row.age_max > limit), all + 1)
        });
        (all > 0).then(|| f64::from(above) / f64::from(all))
    };
    let of_limit = |&limit_seconds: &f64| MinuteShare {
        limit_seconds,
        share: over.some(|replication| share(replication, limit_seconds)),
    };
    limits.iter().map(of_limit).collect()
}

fn blocked_shard_time(over: &Over<'_>) -> BlockedShardTime {
    let [total, fully, worst_shard] =
        [0, 1, 2].map(|index| over.each(|replication| replication.blocked[index]));
    let [function_error, throttle, oversize] =
        [0, 1, 2].map(|index| over.each(|replication| replication.blocked_by_cause[index]));
    BlockedShardTime {
        total,
        fully,
        worst_shard,
        // S8.3: a failed delivery is terminal, so the destination never blocks.
        by_cause: BlockedByCause {
            function_error,
            throttle,
            oversize,
            destination: over.each(|_| 0.0),
        },
    }
}

fn age_breakdown(over: &Over<'_>) -> AgeBreakdown {
    let part = |index: usize| {
        over.some(|replication| {
            let tallies = &replication.tallies;
            let mean = tallies.parts[index] as f64 / 1e9 / tallies.batches as f64;
            (tallies.batches > 0).then_some(mean)
        })
    };
    let [visibility, poll, window, queue, read_ahead] = [0, 1, 2, 3, 4].map(part);
    let [concurrency, retry, overhead, cold_start, execution] = [5, 6, 7, 8, 9].map(part);
    AgeBreakdown {
        visibility,
        poll,
        window,
        queue,
        read_ahead,
        concurrency,
        retry,
        overhead,
        cold_start,
        execution,
    }
}

fn ledger(over: &Over<'_>) -> Ledger {
    Ledger {
        written: over.count(|replication| replication.tallies.written),
        processed: over.count(|replication| replication.tallies.processed),
        filtered: over.count(|replication| replication.tallies.filtered),
        discarded: Discarded {
            retry_attempts_exhausted: over
                .count(|replication| replication.tallies.retry_attempts_exhausted),
            record_age_exceeded: over.count(|replication| replication.tallies.record_age_exceeded),
        },
        expired: over.count(|replication| replication.tallies.expired),
        skipped: over.count(|replication| replication.tallies.skipped),
        remaining: over.count(|replication| replication.tallies.remaining),
        duplicates: over.count(|replication| replication.tallies.duplicates),
    }
}

fn concurrency(over: &Over<'_>) -> ConcurrencyUse {
    ConcurrencyUse {
        mean: over.some(|replication| {
            let nanos: u128 = replication.minutes.iter().map(|row| row.in_flight_nanos).sum();
            let seconds = replication.simulated_seconds;
            (seconds > 0.0).then(|| nanos as f64 / 1e9 / seconds)
        }),
        max: over.count(|replication| {
            let most = replication.minutes.iter().map(|row| row.in_flight_max).max();
            u64::from(most.unwrap_or(0))
        }),
    }
}

fn cloudwatch(over: &Over<'_>) -> CloudWatchSums {
    CloudWatchSums {
        invocations: over.count(|replication| replication.tallies.invocations),
        errors: over.count(|replication| replication.tallies.errors),
        throttles: over.count(|replication| replication.tallies.throttles),
        duration: over.each(|replication| replication.tallies.duration.as_secs_f64() * 1e3),
        destination_delivery_failures: over
            .count(|replication| replication.tallies.delivery_failures),
        polled_event_count: over.count(|replication| replication.tallies.read),
        filtered_out_event_count: over.count(|replication| replication.tallies.filtered),
        invoked_event_count: over.count(|replication| replication.tallies.invoked_records),
        failed_invoke_event_count: over.count(|replication| replication.tallies.failed_records),
        dropped_event_count: over.count(|replication| replication.tallies.undelivered_records),
        on_failure_destination_delivered_event_count: over
            .count(|replication| replication.tallies.delivered_records),
    }
}
