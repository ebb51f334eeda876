//! The page of a sweep: what was found, the front, charts, all points, how to repeat it.
//!
//! Offline and without scripts, like the page of a run. Left out: metrics that are neither of the
//! front nor among the most important ones; they are in `sweep.csv`.

use maud::{DOCTYPE, Markup, html};

use super::words::{Row, extent, figure, finding, front, metric_name, rows, verdict};
use crate::report::chart::Chart;
use crate::report::page;
use crate::results::{SweepMetric, SweepResults};

/// Rows of the table of points at most.
const ROWS_MAX: usize = 1_000;

/// The page as HTML text.
pub fn sweep_page(results: &SweepResults, charts: &[Chart]) -> String {
    let all = rows(results);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (page::head(&format!("{} · sweep", results.scenario)))
            body {
                header {
                    h1 { (results.scenario) }
                    p.quiet { (extent(results)) }
                    @if !results.description.is_empty() { p { (results.description) } }
                }
                main {
                    section {
                        h2 { "What was found" }
                        @let [compromises, best] = finding(results);
                        p.headline { (compromises) }
                        p { (best) }
                        (table(results, &front(results), &front_metrics(results)))
                    }
                    @for chart in charts { section {
                        h2 { (chart.title()) }
                        (page::figure(chart))
                    } }
                    section {
                        h2 { "All points" }
                        (table(results, &all[..all.len().min(ROWS_MAX)], &all_metrics(results)))
                        @if all.len() > ROWS_MAX {
                            p.quiet { (all.len() - ROWS_MAX) " more rows are in sweep.csv." }
                        }
                        p.quiet {
                            "“unstable”: the load cannot be carried, so an age depends on how "
                            "long it is watched. Every metric of every point is in sweep.csv and "
                            "sweep.json."
                        }
                    }
                    (repeat(results))
                }
                footer { p.quiet { "shardlag " (results.version) } }
            }
        }
    };
    markup.into_string()
}

fn front_metrics(results: &SweepResults) -> Vec<SweepMetric> {
    results.front_metrics().to_vec()
}

/// Those of the front, then the most important others that say something anywhere.
fn all_metrics(results: &SweepResults) -> Vec<SweepMetric> {
    let says_something = |metric: &&SweepMetric| {
        let value = |row: &Row<'_>| row.variant.figure(metric).value.is_some_and(|one| one != 0.0);
        metric.is_headline && rows(results).iter().any(value)
    };
    let mut metrics = results.shown_metrics();
    for metric in results.metrics.iter().filter(says_something) {
        if !metrics.contains(metric) {
            metrics.push(*metric);
        }
    }
    metrics
}

fn table(results: &SweepResults, rows: &[Row<'_>], metrics: &[SweepMetric]) -> Markup {
    let has_variants = results.variant_names().len() > 1;
    html! {
        div.scroll { table {
            thead { tr {
                th scope="col" { "Point" }
                @for factor in &results.factors { th scope="col" { (column(&factor.name)) } }
                @if has_variants { th scope="col" { "Variant" } }
                th scope="col" { "Load" }
                @for metric in metrics { th scope="col" { (metric_name(metric)) } }
            } }
            tbody { @for row in rows { tr {
                th scope="row" {
                    (row.index + 1)
                    @if row.variant.is_on_front { " " span.badge.good { "front" } }
                }
                @for level in &row.point.levels { td { (level) } }
                @if has_variants { td { (row.variant.name) } }
                td { (verdict(row.variant)) }
                @for metric in metrics { td { (figure(row.variant, metric)) } }
            } } }
        } }
    }
}

/// A parameter of the mapping without its table, as AWS calls it.
fn column(name: &str) -> &str {
    name.strip_prefix("mapping.").unwrap_or(name)
}

fn repeat(results: &SweepResults) -> Markup {
    html! {
        section {
            h2 { "How to repeat this" }
            pre { code { (results.command) } }
            p.quiet {
                "shardlag " (results.version) ", seed " (results.seed) ", plan "
                code { (results.plan) }
                ". All points see the same arrivals and durations, so what differs between them "
                "is caused by the settings. The same version, scenario and seed give the same "
                "bytes on any number of threads and machines."
            }
        }
    }
}
