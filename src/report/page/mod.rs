//! `report.html`: everything about a run in one file, offline and without scripts.
//!
//! Order: what happened, IteratorAge, all metrics, where the age comes from, blocked shards, what
//! was lost, variants compared, load, measured values, settings, assumptions, how to repeat it.
//! Charts are inlined as SVG with a text alternative and stand on a light card, so that they are
//! readable in dark mode. Everything from outside is escaped by maud. Left out: the date.

mod compared;
mod sections;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::verdict;
use crate::results::{RunResults, StabilityVerdict};

/// The look of every page.
pub(super) const STYLE: &str = include_str!("style.css");

/// The page as HTML text.
pub fn page(results: &RunResults) -> String {
    let summary = &results.summary;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (summary.scenario) " · shardlag" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (summary.scenario) }
                    p.quiet { (verdict::extent(summary)) }
                    @if let Some(text) = verdict::uncertainty(summary) { p.quiet { (text) } }
                    @if !results.description.is_empty() { p { (results.description) } }
                }
                main {
                    (what_happened(results))
                    (sections::all(results))
                }
                footer { p.quiet { "shardlag " (summary.version) } }
            }
        }
    };
    markup.into_string()
}

fn what_happened(results: &RunResults) -> Markup {
    html! {
        section {
            h2 { "What happened" }
            p.headline { (verdict::headline(&results.summary)) }
            @for warning in &results.warnings { p.warning { strong { "Note: " } (warning) } }
            ul.verdicts {
                @for (variant, details) in results.summary.variants.iter().zip(&results.variants) {
                    @let word = verdict::word(variant.stability.verdict);
                    li {
                        p {
                            strong { (variant.name) } " "
                            span.badge.(badge(variant.stability.verdict)) { (word) }
                            " " span.quiet { (verdict::reason(&variant.stability)) "." }
                        }
                        @if !details.sentence.is_empty() { p { (details.sentence) } }
                    }
                }
            }
        }
    }
}

fn badge(verdict: StabilityVerdict) -> &'static str {
    match verdict {
        StabilityVerdict::Stable => "good",
        StabilityVerdict::Saturated => "doubtful",
        StabilityVerdict::Unstable => "bad",
    }
}
