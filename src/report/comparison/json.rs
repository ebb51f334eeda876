//! The JSON document of `compare`, a stable contract: schema `shardlag.compare/1`.
//!
//! Keys may be added, none renamed. Times are in seconds; a difference is `other - base`, and
//! `relative` is its share of the base's value.

use serde::Serialize;

use super::sentence;
use crate::results::{Comparison, MetricComparison, PairComparison};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'static str,
    regression: bool,
    pairs: Vec<PairEntry<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct PairEntry<'a> {
    base: &'a str,
    other: &'a str,
    sentence: String,
    method: crate::results::ComparisonMethod,
    replications: [u32; 2],
    stability: [crate::results::StabilityVerdict; 2],
    regression: bool,
    metrics: Vec<MetricEntry<'a>>,
}

#[derive(Serialize)]
struct MetricEntry<'a> {
    #[serde(flatten)]
    metric: &'a MetricComparison,
    relative: Option<f64>,
}

/// The document, ending in a newline.
pub fn comparison_json(comparison: &Comparison) -> String {
    let document = Document {
        schema: "shardlag.compare/1",
        version: env!("CARGO_PKG_VERSION"),
        regression: comparison.has_regression(),
        pairs: comparison.pairs.iter().map(entry).collect(),
        notes: &comparison.notes,
    };
    let json = serde_json::to_string_pretty(&document);
    let mut text = json.expect("a comparison has text keys only, so it is always valid JSON");
    text.push('\n');
    text
}

fn entry(pair: &PairComparison) -> PairEntry<'_> {
    PairEntry {
        base: &pair.base,
        other: &pair.other,
        sentence: sentence::sentence(pair),
        method: pair.method,
        replications: pair.replications,
        stability: pair.stability,
        regression: pair.is_destabilized() || pair.regressions().count() > 0,
        metrics: pair
            .metrics
            .iter()
            .map(|metric| MetricEntry { metric, relative: metric.relative() })
            .collect(),
    }
}
