//! Variants held against the first one, metric by metric, as `shardlag compare` does.
//!
//! Differences are paired, replication by replication on the same random numbers, and judged by
//! their 95 % intervals; see [`crate::results::Comparison`]. A table per base: of several consumers
//! each is held against itself. Left out: metrics that are not headlines, which `compare --all`
//! prints.

use maud::{Markup, html};

use super::figures::scroll;
use super::sections::section;
use crate::report::comparison::{difference_figures, sentence_with, verdict_word};
use crate::results::{
    Comparison, ComparisonMethod, ComparisonVerdict, Estimate, MetricComparison, PairComparison,
    RunResults, VariantSummary,
};

/// What headline metrics are called on a page; others keep their path.
const NAMES: [(&str, &str); 18] = [
    ("iterator_age.p50", "IteratorAge p50"),
    ("iterator_age.p90", "IteratorAge p90"),
    ("iterator_age.p99", "IteratorAge p99"),
    ("iterator_age.max", "IteratorAge max"),
    ("iterator_age.mean", "IteratorAge mean"),
    ("record_age.p99", "age of a record p99"),
    ("true_lag.max", "true lag max"),
    ("blocked_shard_time.total", "blocked-shard time"),
    ("ledger.processed", "processed"),
    ("ledger.discarded.RetryAttemptsExhausted", "discarded: retries"),
    ("ledger.discarded.RecordAgeExceeded", "discarded: too old"),
    ("ledger.expired", "expired (lost)"),
    ("ledger.duplicates", "duplicated"),
    ("ledger.remaining", "remaining at end"),
    ("invocations", "invocations"),
    ("errors", "errors"),
    ("throttles", "throttles"),
    ("cost_usd.total", "cost"),
];

/// The section, if there are variants to compare.
pub fn compared(results: &RunResults) -> Option<Markup> {
    let comparison = results.comparison.as_ref()?;
    let mut bases: Vec<&str> = Vec::new();
    for pair in &comparison.pairs {
        if !bases.contains(&pair.base.as_str()) {
            bases.push(&pair.base);
        }
    }
    Some(section(
        "compared",
        "Variants compared",
        html! {
            p { (method(comparison)) }
            @for base in bases {
                @let pairs: Vec<&PairComparison> =
                    comparison.pairs.iter().filter(|pair| pair.base == base).collect();
                ul { @for pair in &pairs {
                    li { (sentence_with(pair, &name_of)) }
                } }
                (table(base, &pairs))
            }
            @for note in &comparison.notes { p.quiet { (note) } }
            p.quiet {
                "Better and worse: the whole 95 % interval of the difference lies on one side of "
                "zero. Undecided: it does not. Tolerated: worse by less than the scenario allows. "
                "–: neither direction is better in itself."
            }
        },
    ))
}

fn method(comparison: &Comparison) -> String {
    let is_paired = |pair: &PairComparison| pair.method == ComparisonMethod::Paired;
    match comparison.pairs.first() {
        Some(pair) if is_paired(pair) && pair.replications[0] > 1 => format!(
            "Below each value, how far it lies from the first column. All variants saw the same \
             records, keys, sizes and durations, so differences are taken within each of {} \
             replications; ± is the 95 % interval of the difference.",
            pair.replications[0]
        ),
        Some(_) | None => {
            "Below each value, how far it lies from the first column; ± is the 95 % interval of \
             the difference where there is one."
                .to_owned()
        }
    }
}

/// A row per metric, a column per variant.
fn table(base: &str, pairs: &[&PairComparison]) -> Markup {
    let metrics = pairs.iter().flat_map(|pair| &pair.metrics);
    let mut names: Vec<&str> = Vec::new();
    for metric in metrics {
        let is_nothing = metric.base.value.unwrap_or(0.0) == 0.0
            && pairs.iter().all(|pair| find(pair, &metric.name).is_none_or(is_zero));
        if !is_nothing && !names.contains(&metric.name.as_str()) {
            names.push(&metric.name);
        }
    }
    let of_base = |name: &str| {
        let metric = pairs.iter().find_map(|pair| find(pair, name));
        metric.map(|metric| {
            let [base, _, _] = difference_figures(metric);
            base
        })
    };
    scroll(
        "Variants compared",
        html! { table.compared {
            thead { tr {
                th scope="col" { "Metric" }
                th scope="col" { (base) }
                @for pair in pairs { th scope="col" { (pair.other) } }
            } }
            tbody { @for name in names { tr {
                th scope="row" { (name_of(name)) }
                td { (of_base(name).unwrap_or_default()) }
                @for pair in pairs {
                    td { @if let Some(metric) = find(pair, name) { (cell(metric)) } }
                }
            } } }
        } },
    )
}

fn find<'a>(pair: &'a PairComparison, name: &str) -> Option<&'a MetricComparison> {
    pair.metrics.iter().find(|metric| metric.name == name)
}

fn is_zero(metric: &MetricComparison) -> bool {
    metric.other.value.unwrap_or(0.0) == 0.0
}

/// The value of the other, the difference, the verdict.
fn cell(metric: &MetricComparison) -> Markup {
    let [_, other, difference] = difference_figures(metric);
    let class = match metric.verdict {
        ComparisonVerdict::Better => "good",
        ComparisonVerdict::Worse if metric.is_regression => "bad",
        ComparisonVerdict::Worse => "doubtful",
        ComparisonVerdict::Same | ComparisonVerdict::Undecided | ComparisonVerdict::NotJudged => {
            "quiet"
        }
    };
    html! {
        strong.verdict.(class) { (verdict_word(metric)) } " " (other)
        @if metric.verdict != ComparisonVerdict::Same { br; span.quiet { (difference) } }
    }
}

/// What a metric is called on a page.
fn name_of(path: &str) -> String {
    let known = NAMES.iter().find(|(known, _)| *known == path);
    known.map_or(path, |(_, name)| name).to_owned()
}

/// Discarded and expired records together, with intervals added up, which is cautious.
pub fn lost(variant: &VariantSummary) -> Estimate {
    let ledger = &variant.ledger;
    let discarded = &ledger.discarded;
    let parts = [discarded.retry_attempts_exhausted, discarded.record_age_exceeded, ledger.expired];
    let sum = |get: fn(&Estimate) -> Option<f64>| parts.iter().map(get).sum::<Option<f64>>();
    Estimate {
        value: sum(|part| part.value),
        low: sum(|part| part.low),
        high: sum(|part| part.high),
    }
}
