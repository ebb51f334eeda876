//! The metrics that assertions, measured values and targets can name: the numeric paths of a
//! variant in `summary.json`, with the dimension that decides which units fit.
//!
//! Left out: `minutes_above`, which follows from the assertions.

/// What a metric is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Seconds; limits are written as times (`60s`). Blocked-shard time is in shard-seconds.
    Seconds,
    /// Records; limits are plain numbers.
    Records,
    /// Invocations, polls, ...; limits are plain numbers.
    Count,
    /// US dollars; limits are written `$1.50`.
    UsDollars,
    /// A ratio; limits are plain numbers or percentages.
    Number,
}

/// A figure of a variant's summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Path in the summary of a variant, for example `iterator_age.p99`.
    pub name: &'static str,
    /// What it is measured in.
    pub dimension: Dimension,
}

const fn seconds(name: &'static str) -> Metric {
    Metric { name, dimension: Dimension::Seconds }
}

const fn records(name: &'static str) -> Metric {
    Metric { name, dimension: Dimension::Records }
}

const fn count(name: &'static str) -> Metric {
    Metric { name, dimension: Dimension::Count }
}

const fn dollars(name: &'static str) -> Metric {
    Metric { name, dimension: Dimension::UsDollars }
}

const fn number(name: &'static str) -> Metric {
    Metric { name, dimension: Dimension::Number }
}

/// All metrics, in the order of the summary.
pub const METRICS: &[Metric] = &[
    number("stability.worst_utilization"),
    number("stability.peak_utilization"),
    number("stability.age_slope"),
    seconds("stability.seconds_to_expiry"),
    seconds("stability.seconds_to_loss"),
    number("stability.loss_per_second"),
    number("stability.loss_share"),
    seconds("stability.relaxation_seconds"),
    seconds("stability.sufficient_seconds"),
    seconds("iterator_age.p50"),
    seconds("iterator_age.p90"),
    seconds("iterator_age.p99"),
    seconds("iterator_age.max"),
    seconds("iterator_age.mean"),
    seconds("age_at_finish.p50"),
    seconds("age_at_finish.p90"),
    seconds("age_at_finish.p99"),
    seconds("age_at_finish.max"),
    seconds("age_at_finish.mean"),
    seconds("record_age.p50"),
    seconds("record_age.p90"),
    seconds("record_age.p99"),
    seconds("record_age.max"),
    seconds("record_age.mean"),
    seconds("true_lag.max"),
    seconds("true_lag.mean"),
    seconds("blocked_shard_time.total"),
    seconds("blocked_shard_time.fully"),
    seconds("blocked_shard_time.worst_shard"),
    seconds("blocked_shard_time.by_cause.function_error"),
    seconds("blocked_shard_time.by_cause.throttle"),
    seconds("blocked_shard_time.by_cause.oversize"),
    seconds("blocked_shard_time.by_cause.destination"),
    seconds("age_breakdown.visibility"),
    seconds("age_breakdown.poll"),
    seconds("age_breakdown.window"),
    seconds("age_breakdown.queue"),
    seconds("age_breakdown.read_ahead"),
    seconds("age_breakdown.concurrency"),
    seconds("age_breakdown.retry"),
    seconds("age_breakdown.overhead"),
    seconds("age_breakdown.cold_start"),
    seconds("age_breakdown.execution"),
    records("ledger.carried_over"),
    records("ledger.written"),
    records("ledger.processed"),
    records("ledger.filtered"),
    records("ledger.discarded.RetryAttemptsExhausted"),
    records("ledger.discarded.RecordAgeExceeded"),
    records("ledger.expired"),
    records("ledger.skipped"),
    records("ledger.remaining"),
    records("ledger.duplicates"),
    count("invocations"),
    count("errors"),
    count("throttles"),
    count("polls"),
    count("read_throttles"),
    records("batch_size.mean"),
    records("batch_size.max"),
    count("concurrency.mean"),
    count("concurrency.max"),
    dollars("cost_usd.total"),
    dollars("cost_usd.requests"),
    dollars("cost_usd.compute"),
    dollars("cost_usd.stream"),
    dollars("cost_usd.per_million_records"),
];

/// Quantities that only measured values can name: they need a part of the run (`during`).
/// `age_slope` in s/s; `processed_rate` and `invocation_rate` per second; `backlog_records` at
/// the end of the part.
pub const PART_QUANTITIES: [&str; 4] =
    ["age_slope", "processed_rate", "invocation_rate", "backlog_records"];

/// The metric with this name.
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// The names of all metrics.
pub fn metric_names() -> Vec<&'static str> {
    METRICS.iter().map(|metric| metric.name).collect()
}
