//! Means over replications with 95 % t intervals: the summary of a variant.

use super::comparison::unit;
use super::offered_load::stability;
use super::replication::{AgeFigures, Replication};
use super::uncertainty::{Drawn, Uncertainty};
use crate::analysis::input_uncertainty::{Draw, input_interval};
use crate::analysis::jackknife::Pair;
use crate::analysis::{ratio_interval, t_interval};
use crate::results::{
    AgeBreakdown, AgeStatistics, AskedEstimate, BatchSizes, BlockedByCause, BlockedShardTime,
    CloudWatchSums, ConcurrencyUse, Cost, Discarded, Estimate, LagStatistics, Ledger, MinuteShare,
    RecordsKept, Stability, StabilityVerdict, UncertainInput, UncertaintySummary, VariantSummary,
};
use crate::scenario::figures::{Asked, AskedQuantity, Scope, Statistic};
use crate::scenario::{Scenario, Variant};

/// Confidence of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// The replications of a variant, as a source of estimates. A single one that was cut into
/// batches has its intervals from them.
struct Over<'a> {
    replications: &'a [Replication],
    /// The same with drawn inputs: estimates are then those over uncertain inputs.
    drawn: Option<&'a [Replication]>,
}

impl Over<'_> {
    /// The batches of a single replication, with the measured part's length in batches.
    fn batches(&self) -> Option<(&Replication, &[Replication], f64)> {
        let [only] = self.replications else { return None };
        let first = only.batches.first()?;
        Some((only, &only.batches, only.measured_seconds / first.measured_seconds))
    }

    /// The estimate of a figure that every replication has.
    fn each(&self, figure: impl Fn(&Replication) -> f64) -> Estimate {
        self.some(|replication| Some(figure(replication)))
    }

    /// The estimate of a mean, share or quantile over the replications that have it.
    fn some(&self, figure: impl Fn(&Replication) -> Option<f64>) -> Estimate {
        self.scaled(figure, 1.0)
    }

    /// The estimate of a sum over the measured part.
    fn total(&self, figure: impl Fn(&Replication) -> f64) -> Estimate {
        let length = self.batches().map_or(1.0, |(_, _, length)| length);
        self.scaled(|replication| Some(figure(replication)), length)
    }

    fn count(&self, figure: impl Fn(&Replication) -> u64) -> Estimate {
        self.total(|replication| figure(replication) as f64)
    }

    /// The estimate of what batches say nothing about: a maximum, or what is left at the end.
    fn whole(&self, figure: impl Fn(&Replication) -> Option<f64>) -> Estimate {
        let Some(drawn) = self.drawn else {
            let values: Vec<f64> = self.replications.iter().filter_map(figure).collect();
            return t_interval(&values, CONFIDENCE);
        };
        let pairs = self.replications.iter().zip(drawn);
        let draw = |(stated, drawn)| Some(Draw { stated: figure(stated)?, drawn: figure(drawn)? });
        input_interval(&pairs.filter_map(draw).collect::<Vec<Draw>>(), CONFIDENCE)
    }

    /// Value of the whole; half-width of the batches' mean, times `length`.
    fn scaled(&self, figure: impl Fn(&Replication) -> Option<f64>, length: f64) -> Estimate {
        let Some((only, batches, _)) = self.batches() else { return self.whole(figure) };
        let Some(value) = figure(only) else { return Estimate::ABSENT };
        let values: Vec<f64> = batches.iter().filter_map(figure).collect();
        let half_width = t_interval(&values, CONFIDENCE).half_width();
        let half_width = half_width.map(|half_width| half_width * length);
        Estimate {
            value: Some(value),
            low: half_width.map(|half_width| value - half_width),
            high: half_width.map(|half_width| value + half_width),
        }
    }

    /// The ratio of two sums, over replications or batches.
    fn ratio(&self, pair: impl Fn(&Replication) -> Pair) -> Estimate {
        if self.drawn.is_some() {
            return self.whole(|replication| {
                let Pair { numerator, denominator } = pair(replication);
                (denominator > 0.0).then(|| numerator / denominator)
            });
        }
        let parts = self.batches().map_or(self.replications, |(_, batches, _)| batches);
        let pairs: Vec<Pair> = parts.iter().map(pair).collect();
        ratio_interval(&pairs, CONFIDENCE)
    }
}

/// The summary of a variant; `limits` are the asserted ages in seconds.
pub fn variant_summary(
    scenario: &Scenario,
    variant: &Variant,
    replications: &[Replication],
    limits: &[f64],
) -> VariantSummary {
    let stability = stability(&variant.settings, scenario.seed);
    summary_of(variant, stability, replications, limits)
}

/// The summary of replications of a variant with this stability.
pub fn summary_of(
    variant: &Variant,
    stability: Stability,
    replications: &[Replication],
    limits: &[f64],
) -> VariantSummary {
    let over = Over { replications, drawn: None };
    let is_unstable = stability.verdict == StabilityVerdict::Unstable;
    let ages = |select: fn(&Replication) -> AgeFigures| age_statistics(&over, select, is_unstable);
    VariantSummary {
        name: variant.name.clone(),
        iterator_age: ages(|replication| replication.iterator_age),
        age_at_finish: ages(|replication| replication.age_at_finish),
        record_age: ages(|replication| replication.record_age),
        true_lag: true_lag(&over, is_unstable),
        minutes_above: minutes_above(&over, limits),
        asked: asked(&over, &variant.asked),
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
            max: over.whole(|replication| Some(f64::from(replication.tallies.batch_max))),
        },
        concurrency: concurrency(&over),
        cost_usd: cost(&over),
        cloudwatch: cloudwatch(&over),
        records_kept: records_kept(replications),
        uncertainty: None,
        stability,
    }
}

fn records_kept(replications: &[Replication]) -> RecordsKept {
    match replications.iter().any(|replication| replication.tallies.told_records_apart) {
        true => RecordsKept::Whole,
        false => RecordsKept::Arrivals,
    }
}

/// What drawn inputs do to a variant with this verdict.
pub fn uncertainty_summary(
    uncertainty: &Uncertainty,
    verdict: StabilityVerdict,
    replications: &[Replication],
    drawn: &Drawn,
) -> UncertaintySummary {
    let over = Over { replications, drawn: Some(&drawn.replications) };
    let is_unstable = verdict == StabilityVerdict::Unstable;
    let ages = |select: fn(&Replication) -> AgeFigures| age_statistics(&over, select, is_unstable);
    let input = |(name, relative_standard_deviation): (&str, f64)| UncertainInput {
        name: name.to_owned(),
        relative_standard_deviation,
    };
    let draws = drawn.replications.len() as u32;
    UncertaintySummary {
        inputs: uncertainty.named().map(input).collect(),
        draws,
        unstable_share: f64::from(drawn.unstable) / f64::from(draws),
        iterator_age: ages(|replication| replication.iterator_age),
        age_at_finish: ages(|replication| replication.age_at_finish),
        record_age: ages(|replication| replication.record_age),
        true_lag: true_lag(&over, is_unstable),
        blocked_shard_time: blocked_shard_time(&over),
        ledger: ledger(&over),
        invocations: over.count(|replication| replication.tallies.invocations),
        errors: over.count(|replication| replication.tallies.errors),
        throttles: over.count(|replication| replication.tallies.throttles),
        concurrency: concurrency(&over),
        cost_usd: cost(&over),
    }
}

fn true_lag(over: &Over<'_>, is_unstable: bool) -> LagStatistics {
    LagStatistics {
        max: over.whole(|replication| Some(replication.true_lag.0)),
        mean: match is_unstable {
            true => Estimate::ABSENT,
            false => over.each(|replication| replication.true_lag.1),
        },
    }
}

fn cost(over: &Over<'_>) -> Cost {
    Cost {
        total: over.total(|replication| replication.cost.total()),
        requests: over.total(|replication| replication.cost.requests),
        compute: over.total(|replication| replication.cost.compute),
        stream: over.total(|replication| replication.cost.stream),
        per_million_records: over.ratio(|replication| Pair {
            numerator: replication.cost.total(),
            denominator: replication.tallies.processed as f64 / 1e6,
        }),
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
        max: over.whole(|replication| select(replication).max),
        // The mean of a queue that grows says only how long the run was.
        mean: match is_unstable {
            true => Estimate::ABSENT,
            false => over.some(|replication| select(replication).mean),
        },
    }
}

fn minutes_above(over: &Over<'_>, limits: &[f64]) -> Vec<MinuteShare> {
    let share = |replication: &Replication, limit: f64| {
        let sampled = replication.measured_minutes().iter().filter(|row| row.samples > 0);
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

fn asked(over: &Over<'_>, asked: &[(String, Asked)]) -> Vec<AskedEstimate> {
    let figure = |(index, (name, one)): (usize, &(String, Asked))| {
        let value = |replication: &Replication| replication.asked[index];
        let length = over.batches().map_or(1.0, |(_, _, length)| length);
        let figure = match (one.scope, one.quantity) {
            // A batch says nothing about a maximum, nor about the worst shard of the whole.
            (Scope::LargestOfShards | Scope::SmallestOfShards, _)
            | (_, AskedQuantity::Age(_, Statistic::Max) | AskedQuantity::TrueLag) => {
                over.whole(value)
            }
            (_, AskedQuantity::Age(_, Statistic::Quantile(_) | Statistic::Mean)) => {
                over.some(value)
            }
            (
                Scope::Whole | Scope::Shard(_),
                AskedQuantity::BlockedTime
                | AskedQuantity::Invocations
                | AskedQuantity::Errors
                | AskedQuantity::Processed
                | AskedQuantity::RetryAttemptsExhausted
                | AskedQuantity::RecordAgeExceeded
                | AskedQuantity::Expired
                | AskedQuantity::Lost,
            ) => over.scaled(value, length),
        };
        AskedEstimate { name: name.clone(), unit: unit(one.dimension()), figure }
    };
    asked.iter().enumerate().map(figure).collect()
}

fn blocked_shard_time(over: &Over<'_>) -> BlockedShardTime {
    let [total, fully] = [0, 1].map(|index| over.total(|replication| replication.blocked[index]));
    let worst_shard = over.whole(|replication| Some(replication.blocked[2]));
    let [function_error, throttle, oversize] =
        [0, 1, 2].map(|index| over.total(|replication| replication.blocked_by_cause[index]));
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
        carried_over: over.whole(|replication| Some(replication.carried_over as f64)),
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
        remaining: over.whole(|replication| Some(replication.tallies.remaining as f64)),
        duplicates: over.count(|replication| replication.tallies.duplicates),
    }
}

fn concurrency(over: &Over<'_>) -> ConcurrencyUse {
    ConcurrencyUse {
        mean: over.some(|replication| {
            let rows = replication.measured_minutes().iter();
            let nanos: u128 = rows.map(|row| row.in_flight_nanos).sum();
            let seconds = replication.measured_seconds;
            (seconds > 0.0).then(|| nanos as f64 / 1e9 / seconds)
        }),
        max: over.whole(|replication| {
            let rows = replication.measured_minutes().iter();
            Some(f64::from(rows.map(|row| row.in_flight_max).max().unwrap_or(0)))
        }),
    }
}

fn cloudwatch(over: &Over<'_>) -> CloudWatchSums {
    CloudWatchSums {
        invocations: over.count(|replication| replication.tallies.invocations),
        errors: over.count(|replication| replication.tallies.errors),
        throttles: over.count(|replication| replication.tallies.throttles),
        duration: over.total(|replication| replication.tallies.duration.as_secs_f64() * 1e3),
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
