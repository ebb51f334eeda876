//! Hand-made results, as a run would give them: a stuck shard, an outage, several remedies.

use shardlag::results::{
    AgeBreakdown, AgeStatistics, AnalysisSummary, Assumption, Band, BatchSizes, BlockCause,
    BlockedByCause, BlockedInterval, BlockedShardTime, CloudWatchSums, Comparison,
    ComparisonMethod, ComparisonVerdict, ConcurrencyUse, Cost, DestinationMessage, Discarded,
    Estimate, FunctionError, LagStatistics, Ledger, LimitLine, LossReason, MeasuredValue,
    MetricComparison, MetricUnit, MinutePoint, MinuteShare, MinuteSums, PairComparison,
    RecordsKept, Redrive, RunResults, SettingLine, Shaded, Stability, StabilityVerdict, Summary,
    TimeSeries, VariantDetails, VariantSummary,
};

pub const MINUTE: f64 = 60.0;
pub const HOUR: f64 = 3600.0;
pub const START_UNIX_NANOS: u64 = 1_767_225_600_000_000_000;

const NAMES: [&str; 6] = [
    "base",
    "2 retries",
    "2 retries, bisect",
    "partial responses",
    "maximum age 1 h",
    "ParallelizationFactor 10, reserved 50",
];

/// A run of `seconds` with `variants` variants; the first is blocked from a tenth of the time on.
pub fn results(seconds: f64, variants: usize) -> RunResults {
    RunResults {
        summary: Summary {
            schema: "shardlag.summary/1".to_owned(),
            version: "0.1.0".to_owned(),
            scenario: "Orders: one bad record, default retries".to_owned(),
            fingerprint: "5f0c9a1be2d47a36".to_owned(),
            seed: 7,
            replications: 20,
            simulated_seconds: seconds,
            analysis: AnalysisSummary::terminating(),
            variants: (0..variants).map(|index| summary(index, seconds)).collect(),
        },
        variants: (0..variants).map(|index| details(index, seconds)).collect(),
        shaded: vec![Shaded { from: seconds * 0.5, to: seconds * 0.6, label: "outage".to_owned() }],
        limit_lines: vec![LimitLine { seconds: 60.0, label: "iterator_age.p99 < 60s".to_owned() }],
        comparison: (variants > 1).then(|| comparison(variants)),
        measured: vec![MeasuredValue {
            variant: "base".to_owned(),
            what: "slope of IteratorAge".to_owned(),
            measured: "0.673 s/s".to_owned(),
            simulated: between(0.6687, 0.004),
            unit: "s/s".to_owned(),
            source: "orders pipeline, 2026-08-29".to_owned(),
        }],
        measured_ages: Vec::new(),
        assumptions: vec![Assumption {
            rule: "S2.4".to_owned(),
            text: "A page is read when at most 5 batches of the last one are left.".to_owned(),
        }],
        settings: vec![
            setting("mapping", "BatchSize", "100", true),
            setting("mapping", "MaximumRetryAttempts", "-1", true),
            setting("function", "memory", "\"512MB\"", false),
        ],
        start_unix_nanos: 1_767_225_600_000_000_000,
        command: "shardlag run scenarios/poison-record.toml --seed 7".to_owned(),
        description: "A record that always fails holds up its shard.".to_owned(),
        warnings: Vec::new(),
    }
}

/// A run in which nothing was simulated, or nothing happened.
pub fn empty(variants: usize) -> RunResults {
    let mut results = results(0.0, variants);
    for (summary, details) in results.summary.variants.iter_mut().zip(&mut results.variants) {
        summary.iterator_age = AgeStatistics::default();
        summary.age_at_finish = AgeStatistics::default();
        summary.record_age = AgeStatistics::default();
        summary.age_breakdown = AgeBreakdown::default();
        summary.blocked_shard_time = BlockedShardTime::default();
        summary.ledger = Ledger::default();
        details.series = TimeSeries::default();
        details.blocked.clear();
        details.messages.clear();
        details.redrive = None;
    }
    results.shaded.clear();
    results.limit_lines.clear();
    results
}

pub fn between(value: f64, half_width: f64) -> Estimate {
    Estimate { value: Some(value), low: Some(value - half_width), high: Some(value + half_width) }
}

/// A repeatable number in 0..1 that looks random.
fn noise(index: usize, salt: usize) -> f64 {
    let word = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt as u64) << 40;
    let word = (word ^ word >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (word >> 40 & 0xffff) as f64 / 65_536.0
}

fn setting(group: &str, key: &str, value: &str, is_default: bool) -> SettingLine {
    SettingLine {
        group: group.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        is_default,
    }
}

/// The age of the worst shard at a time: the base grows without end, others recover.
fn age(variant: usize, time: f64, seconds: f64, index: usize) -> f64 {
    let floor = 0.25 + 0.3 * noise(index, variant) + 0.05 * variant as f64;
    let bad = seconds * 0.1;
    let grows = match variant {
        0 if time > bad => time - bad,
        3 if time > bad && time < bad + 0.02 * seconds => time - bad,
        4 if time > bad && time < bad + 0.15 * seconds => time - bad,
        _ => 0.0,
    };
    let outage = if time > seconds * 0.5 && time < seconds * 0.62 {
        (time - seconds * 0.5).min((seconds * 0.62 - time) * 5.0)
    } else {
        0.0
    };
    floor + grows + outage * (0.6 + 0.1 * variant as f64)
}

fn details(variant: usize, seconds: f64) -> VariantDetails {
    let count = (seconds / MINUTE).ceil() as usize;
    let bad = seconds * 0.1;
    let mut blocked = vec![BlockedInterval {
        shard: 2,
        from: bad,
        to: if variant == 0 { seconds } else { bad * 1.2 },
        cause: BlockCause::FunctionError,
        fully: true,
    }];
    for shard in 0..4 {
        blocked.push(BlockedInterval {
            shard,
            from: seconds * 0.5,
            to: seconds * (0.6 + 0.005 * f64::from(shard)),
            cause: BlockCause::FunctionError,
            fully: shard % 2 == 0,
        });
        for spell in 0..5 {
            let from = seconds * (0.7 + 0.05 * f64::from(spell) + 0.01 * f64::from(shard));
            blocked.push(BlockedInterval {
                shard,
                from,
                to: from + seconds * 0.01,
                cause: BlockCause::Throttle,
                fully: true,
            });
        }
    }
    blocked.sort_by(|a, b| a.shard.cmp(&b.shard).then(a.from.total_cmp(&b.from)));
    VariantDetails {
        series: TimeSeries {
            step_seconds: 60,
            points: (0..count).map(|i| point(variant, i, seconds)).collect(),
        },
        blocked: if variant == 2 { Vec::new() } else { blocked },
        shards: 4,
        messages: vec![message(variant as u64)],
        redrive: (variant > 0).then_some(Redrive {
            messages: 1,
            shortest_seconds: 86_397.0,
            mean_seconds: 86_397.5,
        }),
        changes: match variant {
            0 => Vec::new(),
            _ => vec![setting("mapping", "MaximumRetryAttempts", "2", false)],
        },
        sentence: match variant {
            0 => "Shard 2 is blocked from 2 h 36 min to the end by one record that always \
                  fails; 0.9 M records wait behind it."
                .to_owned(),
            _ => "The bad record is given up after 3 attempts; the shard goes on.".to_owned(),
        },
    }
}

fn point(variant: usize, index: usize, seconds: f64) -> MinutePoint {
    let time = (index as f64 + 0.5) * MINUTE;
    let mean = age(variant, time, seconds, index);
    let in_outage = time > seconds * 0.5 && time < seconds * 0.6;
    let throttles = if time > seconds * 0.7 { 40.0 * noise(index, 9) } else { 0.0 };
    MinutePoint {
        iterator_age_min: Some(mean * 0.1),
        iterator_age_avg: Some(mean * 0.5),
        iterator_age_p99: Some(mean * 0.97),
        iterator_age_max: Some(Band {
            mean,
            low: mean * (0.75 + 0.1 * noise(index, 3)),
            high: mean * (1.1 + 0.2 * noise(index, 4)),
        }),
        true_lag_max: mean * 1.05,
        invocations: 120.0 + 10.0 * noise(index, 5),
        errors: if in_outage { 118.0 } else { 0.3 },
        throttles: throttles / (1.0 + variant as f64),
        concurrency_mean: 0.2 + 0.1 * noise(index, 6),
        concurrency_max: 2.0 + (3.0 * noise(index, 7)).floor() + variant as f64,
        backlog_records: mean * 50.0,
        blocked_shards: if in_outage { 4.0 } else { 1.0 },
        sums: MinuteSums {
            duration: 12.0,
            duration_max: 0.4,
            polled: 6_000.0,
            filtered: 0.0,
            invoked: 6_000.0,
            failed: if in_outage { 5_900.0 } else { 3.0 },
            dropped: 0.0,
            delivered: 0.0,
            delivery_failures: 0.0,
        },
    }
}

pub fn message(number: u64) -> DestinationMessage {
    DestinationMessage {
        number,
        is_kinesis: false,
        shard: 2,
        sent_unix_nanos: START_UNIX_NANOS + 2_500_000_000,
        condition: "RetryAttemptsExhausted",
        invoke_count: 3,
        response: Some(FunctionError::Unhandled),
        first_sequence: 41,
        last_sequence: 140,
        first_arrival_unix_nanos: START_UNIX_NANOS + 1_000_000_000,
        last_arrival_unix_nanos: START_UNIX_NANOS + 1_000_000_000,
        batch_size: 100,
        window: None,
        destination_arn: "arn:aws:sqs:us-east-1:123456789012:failed".to_owned(),
        delivered: true,
    }
}

fn ages(p50: f64, max: f64, mean: Estimate) -> AgeStatistics {
    AgeStatistics {
        p50: between(p50, p50 * 0.004),
        p90: between(p50 * 1.8, p50 * 0.01),
        p99: between(max * 0.8, max * 0.013),
        max: between(max, max * 0.021),
        mean,
    }
}

fn summary(variant: usize, seconds: f64) -> VariantSummary {
    let unstable = variant == 5;
    let worst = age(variant, seconds * 0.999, seconds, 1) + seconds * 0.05;
    let mean = if unstable { Estimate::ABSENT } else { between(worst * 0.3, worst * 0.01) };
    let records = seconds * 200.0;
    let lost = if variant == 0 { 0.0 } else { 100.0 / variant as f64 };
    VariantSummary {
        name: NAMES[variant].to_owned(),
        stability: Stability {
            verdict: match variant {
                5 => StabilityVerdict::Unstable,
                0 => StabilityVerdict::Saturated,
                _ => StabilityVerdict::Stable,
            },
            worst_utilization: if unstable { 3.004 } else { 0.413 },
            peak_utilization: if unstable { 3.004 } else { 0.62 },
            age_slope: unstable.then_some(0.6731),
            seconds_to_expiry: unstable.then_some(128_400.0),
            seconds_to_loss: unstable.then_some(128_400.0),
            loss_per_second: unstable.then_some(0.55),
            loss_share: unstable.then_some(0.6731),
            loss_by: unstable.then_some(LossReason::Retention),
            relaxation_seconds: None,
            sufficient_seconds: None,
        },
        iterator_age: ages(0.214, worst, mean),
        age_at_finish: ages(0.284, worst + 0.07, mean),
        record_age: ages(0.3, worst, mean),
        true_lag: LagStatistics {
            max: between(worst * 1.05, worst * 0.01),
            mean: between(worst * 0.2, worst * 0.01),
        },
        asked: Vec::new(),
        minutes_above: vec![MinuteShare {
            limit_seconds: 60.0,
            share: between(0.912 / (1.0 + variant as f64), 0.004),
        }],
        blocked_shard_time: blocked_time(variant, seconds),
        age_breakdown: breakdown(variant, if variant == 0 { worst * 0.3 } else { 0.2 }),
        ledger: ledger(variant, records, lost),
        invocations: between(seconds * 2.1, 41.0),
        errors: between(1234.5 / (1.0 + variant as f64), 21.0),
        throttles: between(311.0, 17.0),
        polls: between(seconds * 16.0, 10.0),
        read_throttles: between(0.0, 0.0),
        batch_size: BatchSizes { mean: between(95.3, 0.2), max: Estimate::point(100.0) },
        concurrency: ConcurrencyUse { mean: between(0.243, 0.001), max: between(5.2, 0.3) },
        cost_usd: Cost {
            total: between(1.2345, 0.0021),
            requests: between(0.0421, 0.0001),
            compute: between(1.1924, 0.002),
            stream: Estimate::point(0.0),
            per_million_records: Estimate::ABSENT,
        },
        records_kept: RecordsKept::Arrivals,
        cloudwatch: CloudWatchSums {
            invocations: between(seconds * 2.1, 41.0),
            ..CloudWatchSums::default()
        },
        uncertainty: None,
    }
}

fn blocked_time(variant: usize, seconds: f64) -> BlockedShardTime {
    let total = if variant == 0 { seconds * 0.9 } else { seconds * 0.02 };
    BlockedShardTime {
        total: between(total, total * 0.01),
        fully: between(total * 0.9, total * 0.01),
        worst_shard: between(total * 0.8, total * 0.01),
        by_cause: BlockedByCause {
            function_error: between(total * 0.95, total * 0.01),
            throttle: between(total * 0.05, total * 0.005),
            ..BlockedByCause::default()
        },
    }
}

fn breakdown(variant: usize, retry: f64) -> AgeBreakdown {
    let part = |seconds: f64| between(seconds, seconds * 0.01);
    AgeBreakdown {
        visibility: part(0.085),
        poll: part(0.125 + 0.02 * variant as f64),
        window: Estimate::point(0.0),
        queue: part(0.04),
        read_ahead: part(0.01),
        concurrency: part(0.03),
        retry: part(retry),
        overhead: part(0.02),
        cold_start: part(0.004),
        execution: part(0.07),
    }
}

fn ledger(variant: usize, records: f64, lost: f64) -> Ledger {
    let remaining = if variant == 0 { records * 0.2 } else { 12.0 };
    Ledger {
        written: between(records, 900.0),
        processed: between(records - remaining - lost, 900.0),
        discarded: Discarded {
            retry_attempts_exhausted: Estimate::point(lost),
            record_age_exceeded: Estimate::point(0.0),
        },
        remaining: between(remaining, remaining * 0.05),
        ..Ledger::default()
    }
}

/// Every variant against the first: one metric that is better, one that cannot be told.
fn comparison(variants: usize) -> Comparison {
    let metric = |name: &str, difference: Estimate, verdict| MetricComparison {
        name: name.to_owned(),
        unit: MetricUnit::Seconds,
        base: Estimate::point(20.0),
        other: Estimate::point(20.0 + difference.value.unwrap_or(0.0)),
        difference,
        verdict,
        allowed: None,
        is_regression: false,
    };
    let pair = |other: usize| PairComparison {
        base: NAMES[0].to_owned(),
        other: NAMES[other].to_owned(),
        method: ComparisonMethod::Paired,
        replications: [20, 20],
        stability: [StabilityVerdict::Stable; 2],
        metrics: vec![
            metric("iterator_age.p99", between(-12.0, 0.4), ComparisonVerdict::Better),
            metric("errors", between(0.1, 0.4), ComparisonVerdict::Undecided),
        ],
    };
    Comparison { pairs: (1..variants).map(pair).collect(), notes: Vec::new() }
}
