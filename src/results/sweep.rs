//! What a sweep gave: the figures of every point, and which of them are the best compromises.
//!
//! A point is a combination of levels of the factors; factors that move together are one axis.
//! Left out: series over time, which a single run gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Estimate, MetricUnit, StabilityVerdict};

/// Everything one sweep gave.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepResults {
    /// Version of the program.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// What the scenario says about itself, may be empty.
    pub description: String,
    /// Hash of the plan: of the resolved settings of all points.
    pub plan: String,
    /// Seed of all points.
    pub seed: u64,
    /// Replications per point and variant.
    pub replications: u32,
    /// What is varied, in the order of the scenario.
    pub factors: Vec<SweepFactor>,
    /// Factors that move together are one axis.
    pub axes: Vec<SweepAxis>,
    /// Every combination of the axes' levels is there.
    pub is_crossed: bool,
    /// The metrics that points have, in the order of the summary.
    pub metrics: Vec<SweepMetric>,
    /// Numbers of the two metrics of the front.
    pub pareto: [usize; 2],
    /// Points in the order of the plan.
    pub points: Vec<SweptPoint>,
    /// The command that repeats the sweep.
    pub command: String,
}

/// A setting that is varied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SweepFactor {
    /// The dotted key.
    pub key: String,
    /// What it is called.
    pub name: String,
}

/// One direction in which points lie.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepAxis {
    /// The names of its factors.
    pub name: String,
    /// Its levels, rising where they are numbers.
    pub levels: Vec<String>,
    /// The levels of a single factor as numbers of the same kind.
    pub numbers: Option<Vec<f64>>,
}

/// A figure that every point has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepMetric {
    /// Path in the summary, for example `iterator_age.p99`.
    pub name: &'static str,
    /// What it is measured in.
    pub unit: MetricUnit,
    /// Whether less is better; `None`: neither is.
    pub less_is_better: Option<bool>,
    /// It is among the most important ones.
    pub is_headline: bool,
}

/// One combination of levels and what it gave.
#[derive(Debug, Clone, PartialEq)]
pub struct SweptPoint {
    /// The level of every factor.
    pub levels: Vec<String>,
    /// Number of the level on every axis.
    pub at: Vec<usize>,
    /// Every variant of the scenario, in its order.
    pub variants: Vec<SweptVariant>,
}

/// A variant of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweptVariant {
    /// Its name.
    pub name: String,
    /// Whether it can carry its load; where it cannot, ages depend on how long it is watched.
    pub stability: StabilityVerdict,
    /// Estimates by metric.
    pub figures: BTreeMap<String, Estimate>,
    /// No other stable one is better in one metric of the front and not worse in the other.
    #[serde(default)]
    pub is_on_front: bool,
}

impl SweptVariant {
    /// The estimate of a metric.
    pub fn figure(&self, metric: &SweepMetric) -> Estimate {
        self.figures.get(metric.name).copied().unwrap_or(Estimate::ABSENT)
    }

    /// Its figures are of its settings and not of how long they were watched.
    pub fn is_stable(&self) -> bool {
        match self.stability {
            StabilityVerdict::Stable | StabilityVerdict::Saturated => true,
            StabilityVerdict::Unstable => false,
        }
    }
}

impl SweepResults {
    /// The names of the variants.
    pub fn variant_names(&self) -> Vec<&str> {
        let first = self.points.first().map_or(&[][..], |point| &point.variants);
        first.iter().map(|variant| variant.name.as_str()).collect()
    }

    /// The two metrics of the front.
    pub fn front_metrics(&self) -> [SweepMetric; 2] {
        self.pareto.map(|index| self.metrics[index])
    }

    /// The metrics that charts and tables show: those of the front.
    pub fn shown_metrics(&self) -> Vec<SweepMetric> {
        self.front_metrics().into_iter().rev().collect()
    }
}
