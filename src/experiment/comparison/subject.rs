//! The figures of a scenario's variants, replication by replication.
//!
//! The values of a replication are those of its own summary, so every metric of `summary.json`
//! can be compared. Left out: parts of a single long run as pairs; its metrics have the intervals
//! of batch means and are compared like those of a saved summary.

use serde_json::Value;

use super::super::estimates::summary_of;
use super::super::replication::Replication;
use super::super::{Progress, RunError, RunOptions, run_with_replications};
use crate::results::{Estimate, StabilityVerdict, Summary, VariantSummary};
use crate::scenario::Scenario;
use crate::scenario::metrics::METRICS;

/// No figure of a run is larger: it lasts at most ten years, and writes at most 1e9 records/s.
const FIGURE_MAX: f64 = 1e100;

/// Something that can be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// What the user calls it: its file.
    pub name: String,
    /// Seed of its random numbers.
    pub seed: u64,
    /// Replications per variant.
    pub replications: u32,
    /// Values that its intervals are of: replications, or batches of a single one.
    pub values_per_interval: u32,
    /// Its variants, the base first; never none.
    pub variants: Vec<SubjectVariant>,
}

/// One variant with its figures in the order of [`METRICS`].
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectVariant {
    /// Its name.
    pub name: String,
    /// The run it is part of: consumers of one stream are in one.
    pub run: usize,
    /// Whether it can carry its load.
    pub stability: StabilityVerdict,
    /// The estimates by metric; `None`: a saved summary does not have this metric.
    pub figures: Vec<Option<Estimate>>,
    /// Values by metric and replication; `None`: they are not known.
    pub values: Option<Vec<Vec<Option<f64>>>>,
}

impl Subject {
    /// Runs a scenario.
    ///
    /// # Errors
    /// When a limit is reached or threads cannot be started.
    pub fn run(
        name: String,
        scenario: &Scenario,
        options: &RunOptions,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Subject, Vec<String>), RunError> {
        let (results, replications) = run_with_replications(scenario, options, progress)?;
        let subject = Subject::of(name, scenario, &results.summary, &replications);
        Ok((subject, results.warnings))
    }

    /// What a scenario gave, with the replications of every variant in the order of the variants.
    pub fn of(
        name: String,
        scenario: &Scenario,
        summary: &Summary,
        replications: &[Vec<Replication>],
    ) -> Subject {
        let has_batches = summary.analysis.batches.is_some();
        let variants = scenario.variants.iter().zip(&summary.variants).zip(replications);
        let variants = variants.map(|((variant, summary), replications)| {
            let of_one = |index: usize| {
                let stability = summary.stability.clone();
                figures(&summary_of(variant, stability, &replications[index..=index], &[]))
            };
            let by_replication: Vec<Vec<Option<Estimate>>> =
                (0..replications.len()).map(of_one).collect();
            let values_of = |metric: usize| {
                by_replication.iter().map(|one| one[metric].and_then(|one| one.value)).collect()
            };
            SubjectVariant {
                name: variant.name.clone(),
                run: variant.run,
                stability: summary.stability.verdict,
                figures: figures(summary),
                values: (!has_batches).then(|| (0..METRICS.len()).map(values_of).collect()),
            }
        });
        Subject {
            name,
            seed: summary.seed,
            replications: summary.replications,
            values_per_interval: values_per_interval(summary),
            variants: variants.collect(),
        }
    }

    /// The variants by run.
    pub(super) fn runs(&self) -> Vec<&[SubjectVariant]> {
        self.variants.chunk_by(|one, other| one.run == other.run).collect()
    }
}

/// Values that the intervals of a summary are of.
fn values_per_interval(summary: &Summary) -> u32 {
    summary.analysis.batches.unwrap_or(summary.replications)
}

/// The figures of a variant in the order of [`METRICS`].
pub(crate) fn figures(summary: &VariantSummary) -> Vec<Option<Estimate>> {
    let json = serde_json::to_value(summary).expect("a summary is plain data");
    let figure = |name: &str| figure_of(&json, name).expect("the summary is our own");
    METRICS.iter().map(|metric| figure(metric.name)).collect()
}

/// The figure at a dotted path; `None`: there is none. What is no estimate is known exactly.
///
/// # Errors
/// When there is something else than a figure.
pub(super) fn figure_of(variant: &Value, path: &str) -> Result<Option<Estimate>, String> {
    let Some(found) = path.split('.').try_fold(variant, |value, key| value.get(key)) else {
        return Ok(None);
    };
    let exactly = |value: f64| Estimate { value: Some(value), low: Some(value), high: Some(value) };
    let figure = match found {
        Value::Null => Some(Estimate::ABSENT),
        Value::Number(number) => number.as_f64().map(exactly),
        Value::Object(_) => serde_json::from_value(found.clone()).ok(),
        Value::Bool(_) | Value::String(_) | Value::Array(_) => None,
    };
    let figure = figure.filter(is_possible);
    figure.map(Some).ok_or_else(|| format!("`{path}` is not a figure: {found}"))
}

/// Whether a figure can be one of a run: squares of such are finite, and intervals have two ends.
fn is_possible(figure: &Estimate) -> bool {
    let ends = [figure.value, figure.low, figure.high];
    let is_ordered = figure.low.zip(figure.high).is_none_or(|(low, high)| low <= high);
    is_ordered && ends.into_iter().flatten().all(|end| end.abs() <= FIGURE_MAX)
}
