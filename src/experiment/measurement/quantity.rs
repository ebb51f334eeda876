//! What was measured, by the names of the vocabulary.
//!
//! | name | meaning |
//! |---|---|
//! | `iterator_age_avg_s`, `_min_s`, `_max_s` | over the samples, one for each invocation |
//! | `iterator_age_minute_avg_mean_s` | mean of the averages of clock minutes |
//! | `iterator_age_minute_max_min_s`, `_max_s` | extremes of the maxima of clock minutes |
//! | `iterator_age_slope` | first to last average of a clock minute, seconds per second |
//! | `iterator_age_step_sd_s` | standard deviation of the steps between these averages |
//! | `backlog_records`, `processed_records` | written but unfinished; finished |
//! | `throughput_per_s`, `efficiency` | finished per second; as a share of what lanes could do |
//! | `invocations_per_minute_min`, `_max` | extremes over clock minutes |
//! | `recovery_s` | from the stop of the writers to the end of the last record |
//! | `concurrency_mean`, `_max` | handlers at once |
//! | `latency_*_s`, `share_over_10s` | from writing to the last update of the handler |
//! | `start_latency_*_s` | from writing to the start of the handler |
//! | `start_gap_s` | between successive starts, or to the first start of a child shard, see below |
//! | `start_gap_grid_share`, `_odd_share` | share of gaps on the poll grid; at odd multiples |
//!
//! An item with several gaps means the first, the second and so on. Where shards split, the n-th
//! is the time from the end of the last record of the parents to the start of the first record of
//! the n-th child.
//!
//! `*` is `min`, `max`, `mean` or `p` with a percentile.

/// A measured quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// Of the samples of IteratorAge, in seconds.
    IteratorAge(Statistic),
    /// Mean of the averages of clock minutes.
    MinuteAverages,
    /// Of the maxima of clock minutes.
    MinuteMaxima(Extreme),
    /// Growth of IteratorAge.
    Slope,
    /// Unevenness of that growth.
    StepDeviation,
    /// Written but unfinished.
    Backlog,
    /// Finished.
    Processed,
    /// Finished per second.
    Throughput,
    /// Throughput as a share of what all lanes could do.
    Efficiency,
    /// Invocations of clock minutes.
    InvocationsPerMinute(Extreme),
    /// Until the last record ended.
    Recovery,
    /// Mean time in handlers.
    ConcurrencyMean,
    /// Most lanes in use.
    ConcurrencyMax,
    /// From writing to the last update.
    Latency(Statistic),
    /// Share of latencies above this many seconds.
    LatencyAbove(f64),
    /// From writing to the handler's start.
    StartLatency(Statistic),
    /// Between successive starts.
    StartGap,
    /// Share of gaps on the grid.
    GridShare,
    /// Share of gaps at odd multiples.
    OddShare,
}

/// One figure for many values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// Arithmetic mean.
    Mean,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// The value that this share does not exceed.
    Quantile(f64),
}

/// Smallest or largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// Smallest.
    Min,
    /// Largest.
    Max,
}

/// Names without a parameter.
const PLAIN: [(&str, Quantity); 18] = [
    ("iterator_age_avg_s", Quantity::IteratorAge(Statistic::Mean)),
    ("iterator_age_min_s", Quantity::IteratorAge(Statistic::Min)),
    ("iterator_age_max_s", Quantity::IteratorAge(Statistic::Max)),
    ("iterator_age_minute_avg_mean_s", Quantity::MinuteAverages),
    ("iterator_age_minute_max_min_s", Quantity::MinuteMaxima(Extreme::Min)),
    ("iterator_age_minute_max_max_s", Quantity::MinuteMaxima(Extreme::Max)),
    ("iterator_age_slope", Quantity::Slope),
    ("iterator_age_step_sd_s", Quantity::StepDeviation),
    ("backlog_records", Quantity::Backlog),
    ("processed_records", Quantity::Processed),
    ("throughput_per_s", Quantity::Throughput),
    ("efficiency", Quantity::Efficiency),
    ("invocations_per_minute_min", Quantity::InvocationsPerMinute(Extreme::Min)),
    ("invocations_per_minute_max", Quantity::InvocationsPerMinute(Extreme::Max)),
    ("recovery_s", Quantity::Recovery),
    ("concurrency_mean", Quantity::ConcurrencyMean),
    ("concurrency_max", Quantity::ConcurrencyMax),
    ("start_gap_s", Quantity::StartGap),
];

/// Shares of gaps, whose names resemble those of gaps.
const SHARES: [(&str, Quantity); 2] =
    [("start_gap_grid_share", Quantity::GridShare), ("start_gap_odd_share", Quantity::OddShare)];

impl Quantity {
    /// The quantity of a name.
    ///
    /// # Errors
    /// A name that the vocabulary does not have.
    pub fn read(name: &str) -> Result<Quantity, String> {
        if let Some((_, quantity)) = PLAIN.iter().chain(&SHARES).find(|(known, _)| *known == name) {
            return Ok(*quantity);
        }
        let statistic = |prefix: &str| {
            let statistic = name.strip_prefix(prefix)?.strip_suffix("_s")?;
            Statistic::read(statistic)
        };
        let latency = statistic("latency_").map(Quantity::Latency);
        let start = statistic("start_latency_").map(Quantity::StartLatency);
        let limit = name.strip_prefix("share_over_").and_then(|limit| limit.strip_suffix('s'));
        let limit = limit.and_then(|limit| limit.parse().ok()).map(Quantity::LatencyAbove);
        let unknown = || format!("there is no quantity `{name}`");
        latency.or(start).or(limit).ok_or_else(unknown)
    }

    /// Whether it is a gap between two starts, of which an item may have several.
    pub fn is_gap(self) -> bool {
        self == Quantity::StartGap
    }
}

impl Statistic {
    fn read(name: &str) -> Option<Statistic> {
        match name {
            "mean" | "avg" => Some(Statistic::Mean),
            "min" => Some(Statistic::Min),
            "max" => Some(Statistic::Max),
            _ => {
                let percent: f64 = name.strip_prefix('p')?.parse().ok()?;
                (percent > 0.0 && percent < 100.0).then_some(Statistic::Quantile(percent / 100.0))
            }
        }
    }

    /// The figure for some values; `None` for none. A quantile lies on the straight line between
    /// the two values next to it.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        let first = *values.first()?;
        Some(match self {
            Statistic::Mean => values.iter().sum::<f64>() / values.len() as f64,
            Statistic::Min => values.iter().copied().fold(first, f64::min),
            Statistic::Max => values.iter().copied().fold(first, f64::max),
            Statistic::Quantile(share) => {
                let mut sorted = values.to_vec();
                sorted.sort_by(f64::total_cmp);
                let place = share * (sorted.len() - 1) as f64;
                let below = place as usize;
                let above = (below + 1).min(sorted.len() - 1);
                sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
            }
        })
    }
}

impl Extreme {
    /// The extreme of some values; `None` for none.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        match self {
            Extreme::Min => Statistic::Min.of(values),
            Extreme::Max => Statistic::Max.of(values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_parameter_are_read_and_others_refused() {
        let cases = [
            ("latency_p95_s", Some(Quantity::Latency(Statistic::Quantile(0.95)))),
            ("start_latency_min_s", Some(Quantity::StartLatency(Statistic::Min))),
            ("share_over_10s", Some(Quantity::LatencyAbove(10.0))),
            ("start_gap_odd_share", Some(Quantity::OddShare)),
            ("latency_p0_s", None),
            ("iterator_age_p99_s", None),
        ];
        for (name, expected) in cases {
            assert_eq!(Quantity::read(name).ok(), expected, "{name}");
        }
    }

    #[test]
    fn a_quantile_lies_between_the_values_next_to_it() {
        let values = [4.0, 1.0, 3.0, 2.0];
        let cases = [
            (Statistic::Quantile(0.5), 2.5),
            (Statistic::Quantile(0.95), 3.85),
            (Statistic::Mean, 2.5),
            (Statistic::Max, 4.0),
        ];
        for (statistic, expected) in cases {
            let found = statistic.of(&values).expect("there are values");
            assert!((found - expected).abs() < 1e-12, "{statistic:?}: {found}");
        }
        assert_eq!(Statistic::Min.of(&[]), None);
    }
}
