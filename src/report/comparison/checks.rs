//! A comparison as checks for build servers: one for each judged metric, and one for the load.

use super::cells;
use crate::results::{
    CheckedCase, Comparison, ComparisonVerdict, MetricComparison, PairComparison,
};

/// Every judged metric of every pair; it holds unless it is a regression.
pub fn comparison_checks(comparison: &Comparison) -> Vec<CheckedCase> {
    comparison.pairs.iter().flat_map(checks_of).collect()
}

fn checks_of(pair: &PairComparison) -> Vec<CheckedCase> {
    let group = format!("{} compared with {}", pair.other, pair.base);
    let load = CheckedCase {
        group: group.clone(),
        name: "stability".to_owned(),
        failure: pair.is_destabilized().then(|| "the load can no longer be carried".to_owned()),
    };
    let metrics = pair.metrics.iter();
    let judged = metrics.filter(|metric| metric.verdict != ComparisonVerdict::NotJudged);
    let of_metrics = judged.map(|metric| CheckedCase {
        group: group.clone(),
        name: metric.name.clone(),
        failure: metric.is_regression.then(|| excess(metric)),
    });
    [load].into_iter().chain(of_metrics).collect()
}

/// How far a metric is worse than is allowed.
fn excess(metric: &MetricComparison) -> String {
    let [base, other, difference] = cells::figures(metric);
    let allowed = match metric.allowed {
        Some(allowed) if allowed > 0.0 => {
            format!("; {} is allowed", cells::amount(metric, allowed))
        }
        Some(_) | None => String::new(),
    };
    format!("{other} instead of {base}: {difference}{allowed}")
}
