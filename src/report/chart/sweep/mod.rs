//! Charts of a sweep.
//!
//! | axes | charts for each of the two metrics |
//! |---|---|
//! | one | `lines`: a line for each variant, with its interval |
//! | two, crossed | `lines`: a line for each level of the second; `heat-map` |
//! | more, or points at random | `effects`: every point over every axis |
//!
//! and always `pareto`: one metric over the other with the front. Where a load cannot be carried
//! there is a cross at the edge, or a grey field, instead of a figure.

mod effects;
mod front;
mod heat;
mod lines;
mod plot;
mod scale;

use super::Chart;
use crate::results::{SweepMetric, SweepResults};

/// Panels for variants at most.
const VARIANTS_MAX: usize = 4;

/// All charts of a sweep.
pub fn sweep_charts(results: &SweepResults) -> Vec<Chart> {
    let metrics = results.shown_metrics();
    let mut charts = Vec::new();
    for (place, metric) in metrics.iter().enumerate() {
        let name = |names: [&'static str; 2]| names[place.min(1)];
        match (results.axes.len(), results.is_crossed) {
            (1, _) => charts.push(lines::over_one(results, metric, name(["lines", "lines-2"]))),
            (2, true) => {
                charts.push(lines::over_two(results, metric, name(["lines", "lines-2"])));
                charts.push(heat::heat_map(results, metric, name(["heat-map", "heat-map-2"])));
            }
            (_, _) => {
                charts.push(effects::effects(results, metric, name(["effects", "effects-2"])))
            }
        }
    }
    charts.push(front::front(results));
    charts
}

/// The heading of a metric at the beginning of a title.
fn title(metric: &SweepMetric) -> String {
    let name = crate::report::sweep::words::metric_name(metric);
    let mut signs = name.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), signs.as_str())
}

/// What is said below titles of charts that show intervals.
fn reading(results: &SweepResults, has_unstable: bool) -> Vec<String> {
    let mut lines = vec![results.scenario.clone()];
    let mut how = match results.replications {
        1 => "One replication".to_owned(),
        many => format!("Mean of {many} replications; band: 95 % interval"),
    };
    if has_unstable {
        how += ". Cross at the upper edge: the load cannot be carried, so there is no such figure";
    }
    lines.push(how);
    lines
}
