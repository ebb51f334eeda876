//! From the finished points of a plan to the results of the sweep.
//!
//! Left out: estimates over points; a figure belongs to its point.

use std::collections::BTreeMap;

use super::axes::axes;
use super::store::{FinishedPoint, Store, read_all};
use super::{Plan, SweepError, stretches};
use crate::analysis::pareto_front;
use crate::results::{MetricUnit, SweepMetric, SweepResults, SweptPoint, SweptVariant};
use crate::scenario::metrics::{Dimension, Direction, METRICS, Metric};
use crate::scenario::sweep::level_label;

/// Puts the finished points of these stores together.
///
/// # Errors
/// When a point is missing, is of another plan or version, or has two different results.
pub fn merge(plan: &Plan, stores: &[Store], command: &str) -> Result<SweepResults, SweepError> {
    let finished = read_all(plan, stores)?;
    let missing: Vec<usize> =
        (0..plan.points.len()).filter(|index| !finished.contains_key(index)).collect();
    if !missing.is_empty() {
        let numbers: Vec<usize> = missing.iter().map(|index| index + 1).collect();
        return Err(SweepError::Missing {
            missing: missing.len(),
            points: plan.points.len(),
            which: stretches(&numbers),
            remedy: "run them with `shardlag sweep run PLAN`, which leaves out what is finished"
                .to_owned(),
        });
    }
    let scenario = plan.scenario(0, &plan.files()?)?;
    let (axes, places) = axes(plan);
    let metrics: Vec<SweepMetric> = METRICS.iter().map(swept_metric).collect();
    let index_of = |name: &String| {
        metrics.iter().position(|metric| metric.name == name).ok_or_else(|| {
            let message = format!("its front names `{name}`, which is no metric");
            SweepError::Document(plan.scenario.file.clone().into(), message)
        })
    };
    let pareto = [index_of(&plan.pareto[0])?, index_of(&plan.pareto[1])?];
    let mut points = swept_points(plan, finished, places);
    mark_front(&mut points, pareto.map(|index| metrics[index]));
    Ok(SweepResults {
        version: plan.version.clone(),
        scenario: scenario.name,
        description: scenario.description,
        plan: plan.hash.clone(),
        seed: scenario.seed,
        replications: scenario.replications,
        factors: plan.sweep_factors(),
        axes,
        is_crossed: plan.is_crossed,
        metrics,
        pareto,
        points,
        command: command.to_owned(),
    })
}

fn swept_points(
    plan: &Plan,
    finished: BTreeMap<usize, FinishedPoint>,
    places: Vec<Vec<usize>>,
) -> Vec<SweptPoint> {
    let points = plan.points.iter().zip(finished.into_values()).zip(places);
    let point =
        |((planned, finished), at): ((&super::plan::PlannedPoint, FinishedPoint), _)| SweptPoint {
            levels: planned.levels.iter().map(|level| level_label(level)).collect(),
            at,
            variants: finished.variants,
        };
    points.map(point).collect()
}

/// Marks the best compromises among all variants of all points that can carry their load.
fn mark_front(points: &mut [SweptPoint], metrics: [SweepMetric; 2]) {
    let mut variants: Vec<&mut SweptVariant> =
        points.iter_mut().flat_map(|point| &mut point.variants).collect();
    let places: Vec<Option<(f64, f64)>> = variants
        .iter()
        .map(|variant| {
            let small = |metric: &SweepMetric| {
                let value = variant.figure(metric).value?;
                Some(if metric.less_is_better == Some(false) { -value } else { value })
            };
            let [one, other] = &metrics;
            variant.is_stable().then(|| small(one).zip(small(other))).flatten()
        })
        .collect();
    for (variant, is_on_front) in variants.iter_mut().zip(pareto_front(&places)) {
        variant.is_on_front = is_on_front;
    }
}

fn swept_metric(metric: &Metric) -> SweepMetric {
    SweepMetric {
        name: metric.name,
        unit: match metric.dimension {
            Dimension::Seconds => MetricUnit::Seconds,
            Dimension::Records | Dimension::Count => MetricUnit::Count,
            Dimension::UsDollars => MetricUnit::UsDollars,
            Dimension::Number => MetricUnit::Ratio,
        },
        less_is_better: metric.direction.map(|direction| match direction {
            Direction::Lower => true,
            Direction::Higher => false,
        }),
        is_headline: metric.is_headline,
    }
}
