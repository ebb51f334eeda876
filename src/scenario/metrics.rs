//! The metrics that assertions, measured values and targets can name: the numeric paths of a
//! variant in `summary.json`, with the dimension that decides which units fit and the direction
//! that decides whether a change is for the better.
//!
//! | no direction | because |
//! |---|---|
//! | what is offered or told: `ledger.written`, `.filtered`, `.carried_over` | not an effect |
//! | how the work is cut up: `invocations`, `polls`, `batch_size.*` | its price is in `cost_usd` |
//! | what a run should be: `stability.sufficient_seconds` | about the run, not the settings |
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

/// Which change of a metric is for the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
}

/// A figure of a variant's summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Path in the summary of a variant, for example `iterator_age.p99`.
    pub name: &'static str,
    /// What it is measured in.
    pub dimension: Dimension,
    /// Which change is for the better; `None`: a change is neither good nor bad in itself.
    pub direction: Option<Direction>,
    /// It is among those that a comparison shows unless told otherwise.
    pub is_headline: bool,
}

impl Metric {
    const fn higher(self) -> Metric {
        Metric { direction: Some(Direction::Higher), ..self }
    }

    const fn unjudged(self) -> Metric {
        Metric { direction: None, ..self }
    }

    const fn headline(self) -> Metric {
        Metric { is_headline: true, ..self }
    }
}

const fn lower(name: &'static str, dimension: Dimension) -> Metric {
    Metric { name, dimension, direction: Some(Direction::Lower), is_headline: false }
}

const fn seconds(name: &'static str) -> Metric {
    lower(name, Dimension::Seconds)
}

const fn records(name: &'static str) -> Metric {
    lower(name, Dimension::Records)
}

const fn count(name: &'static str) -> Metric {
    lower(name, Dimension::Count)
}

const fn dollars(name: &'static str) -> Metric {
    lower(name, Dimension::UsDollars)
}

const fn number(name: &'static str) -> Metric {
    lower(name, Dimension::Number)
}

/// All metrics, in the order of the summary.
pub const METRICS: &[Metric] = &[
    number("stability.worst_utilization"),
    number("stability.peak_utilization"),
    number("stability.age_slope"),
    seconds("stability.seconds_to_expiry").higher(),
    seconds("stability.seconds_to_loss").higher(),
    number("stability.loss_per_second"),
    number("stability.loss_share"),
    seconds("stability.relaxation_seconds"),
    seconds("stability.sufficient_seconds").unjudged(),
    seconds("iterator_age.p50").headline(),
    seconds("iterator_age.p90").headline(),
    seconds("iterator_age.p99").headline(),
    seconds("iterator_age.max").headline(),
    seconds("iterator_age.mean").headline(),
    seconds("age_at_finish.p50"),
    seconds("age_at_finish.p90"),
    seconds("age_at_finish.p99"),
    seconds("age_at_finish.max"),
    seconds("age_at_finish.mean"),
    seconds("record_age.p50"),
    seconds("record_age.p90"),
    seconds("record_age.p99").headline(),
    seconds("record_age.max"),
    seconds("record_age.mean"),
    seconds("true_lag.max"),
    seconds("true_lag.mean"),
    seconds("blocked_shard_time.total").headline(),
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
    records("ledger.carried_over").unjudged(),
    records("ledger.written").unjudged(),
    records("ledger.processed").higher(),
    records("ledger.filtered").unjudged(),
    records("ledger.discarded.RetryAttemptsExhausted").headline(),
    records("ledger.discarded.RecordAgeExceeded").headline(),
    records("ledger.expired").headline(),
    records("ledger.skipped"),
    records("ledger.remaining"),
    records("ledger.duplicates").headline(),
    count("invocations").unjudged().headline(),
    count("errors").headline(),
    count("throttles").headline(),
    count("polls").unjudged(),
    count("read_throttles"),
    records("batch_size.mean").unjudged(),
    records("batch_size.max").unjudged(),
    count("concurrency.mean"),
    count("concurrency.max"),
    dollars("cost_usd.total").headline(),
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
