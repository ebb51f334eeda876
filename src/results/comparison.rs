//! What differs between two sets of settings, metric by metric.
//!
//! A difference is `other - base` in the unit of the metric. It is judged by its 95 % interval:
//!
//! | verdict | the interval |
//! |---|---|
//! | better, worse | lies wholly on one side of 0, and the metric has a direction |
//! | the same | nothing differs at all |
//! | undecided | holds 0, or there is none |
//! | not judged | the metric has no direction |
//!
//! Left out: a correction for the number of metrics. Of forty judged metrics that do not differ,
//! one looks better and one worse by chance.

use serde::{Deserialize, Serialize};

use super::{Estimate, StabilityVerdict};

/// Everything one `compare` gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The pairs in the order in which they were asked for.
    pub pairs: Vec<PairComparison>,
    /// What the user should know. Whole sentences.
    pub notes: Vec<String>,
}

/// One set of settings held against another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairComparison {
    /// What is compared with.
    pub base: String,
    /// What is compared.
    pub other: String,
    /// Where the intervals are from.
    pub method: ComparisonMethod,
    /// Replications of each side, the base first.
    pub replications: [u32; 2],
    /// Whether each side can carry its load, the base first.
    pub stability: [StabilityVerdict; 2],
    /// The metrics, in the order of the summary.
    pub metrics: Vec<MetricComparison>,
}

/// Where intervals of differences are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonMethod {
    /// Replication by replication, on the same random numbers.
    Paired,
    /// From the intervals of both sides, as if they were independent.
    Unpaired,
}

/// One metric of a pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricComparison {
    /// Path in the summary, for example `iterator_age.p99`.
    pub name: String,
    /// What it is measured in.
    pub unit: MetricUnit,
    /// Its value in the base.
    pub base: Estimate,
    /// Its value in the other.
    pub other: Estimate,
    /// How much larger the other's value is.
    pub difference: Estimate,
    /// What that means.
    pub verdict: ComparisonVerdict,
    /// How much worse it may be, at least 0; `None`: nothing was said, which is 0.
    pub allowed: Option<f64>,
    /// It is worse by more than is allowed: the whole interval lies beyond.
    pub is_regression: bool,
}

/// What a metric is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricUnit {
    /// Seconds or shard-seconds.
    Seconds,
    /// A number of things.
    Count,
    /// US dollars.
    UsDollars,
    /// A ratio.
    Ratio,
}

/// What a difference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonVerdict {
    /// The other is better.
    Better,
    /// The other is worse.
    Worse,
    /// Nothing differs at all.
    Same,
    /// It cannot be told.
    Undecided,
    /// They may differ, but neither is better.
    NotJudged,
}

impl Comparison {
    /// Whether anything is worse than is allowed.
    pub fn has_regression(&self) -> bool {
        self.pairs.iter().any(|pair| pair.is_destabilized() || pair.regressions().count() > 0)
    }
}

impl PairComparison {
    /// Metrics with this verdict.
    pub fn with(&self, verdict: ComparisonVerdict) -> impl Iterator<Item = &MetricComparison> {
        self.metrics.iter().filter(move |metric| metric.verdict == verdict)
    }

    /// Metrics that are worse than is allowed.
    pub fn regressions(&self) -> impl Iterator<Item = &MetricComparison> {
        self.metrics.iter().filter(|metric| metric.is_regression)
    }

    /// The base can carry its load and the other cannot.
    pub fn is_destabilized(&self) -> bool {
        let [base, other] = self.stability;
        base != StabilityVerdict::Unstable && other == StabilityVerdict::Unstable
    }
}

impl MetricComparison {
    /// The difference as a share of the base's value, where that is not 0.
    pub fn relative(&self) -> Option<f64> {
        let base = self.base.value.filter(|base| *base != 0.0)?;
        Some(self.difference.value? / base.abs())
    }
}
