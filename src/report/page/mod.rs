//! `report.html`: everything about a run in one file, offline, readable without its scripts.
//!
//! | file | has |
//! |---|---|
//! | `sections` | everything after what happened, from IteratorAge to how to repeat it |
//! | `compared` | variants against the first one |
//! | `figures` | charts with their text alternatives and tables |
//! | `data` | figures for the scripts |
//! | `plots.js` | scripts: the plots of lines, drawn again for a part of the time |
//! | `controls.js` | scripts: rows of shards, values under the pointer, zoom, switches |
//! | `style.css` | light, dark, print |
//!
//! Charts are inlined as SVG. Everything from outside is escaped by maud, or as JSON, and a policy
//! forbids the page to load anything (Content Security Policy Level 3). Left out: the date.

mod compared;
mod data;
mod figures;
mod sections;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{Chart, charts, dark_rules};
use super::verdict;
use crate::results::{RunResults, SettingLine, StabilityVerdict, VariantSummary};

pub(super) use figures::{figure, scroll};
pub(super) use sections::section;

const STYLE: &str = include_str!("style.css");
/// Two files, because one would be long; the second closes what the first opens.
const SCRIPT: &str = concat!(include_str!("plots.js"), include_str!("controls.js"));
/// Nothing may be loaded, whatever the page says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
/// Settings that a variant changes and that are listed beside its verdict.
const CHANGES_SHOWN: usize = 6;

/// The head of any page that the program writes.
pub(super) fn head(title: &str) -> Markup {
    let dark = dark_rules("svg ", |_| true);
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            title { (title) " · shardlag" }
            style {
                (PreEscaped(STYLE))
                "@media screen and (prefers-color-scheme:dark){" (PreEscaped(dark)) "}"
            }
        }
    }
}

/// The page as HTML text.
pub fn page(results: &RunResults) -> String {
    page_with(results, &charts(results))
}

/// The page as HTML text, with charts that are drawn already.
pub(super) fn page_with(results: &RunResults, charts: &[Chart]) -> String {
    let summary = &results.summary;
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&summary.scenario))
            body {
                header {
                    h1 { (summary.scenario) }
                    p.quiet { (verdict::extent(summary)) }
                    @if let Some(text) = verdict::uncertainty(summary) { p.quiet { (text) } }
                    @if !results.description.is_empty() { p { (results.description) } }
                }
                main {
                    (section("happened", "What happened", what_happened(results)))
                    (sections::all(results, charts))
                }
                footer { p.quiet { "shardlag " (summary.version) } }
                script #figures type="application/json" {
                    (PreEscaped(data::figures(results, charts)))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

fn what_happened(results: &RunResults) -> Markup {
    html! {
        p.headline { (verdict::headline(&results.summary)) }
        @for warning in &results.warnings { p.warning { strong { "Note: " } (warning) } }
        ul.verdicts {
            @for (variant, details) in results.summary.variants.iter().zip(&results.variants) {
                @let word = verdict::word(variant.stability.verdict);
                li {
                    p {
                        strong { (variant.name) } " "
                        span.badge.(badge(variant.stability.verdict)) { (word) }
                        @for (class, word) in losses(variant) { " " span.badge.(class) { (word) } }
                        " " span.quiet { (verdict::reason(&variant.stability)) "." }
                    }
                    @if !details.sentence.is_empty() { p { (details.sentence) } }
                    @if !details.changes.is_empty() { p.quiet { (changes(&details.changes)) } }
                }
            }
        }
    }
}

/// Badges for what is lost: a load that can be carried is not all there is to say.
fn losses(variant: &VariantSummary) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (expired, discarded) = verdict::losses(variant);
    let expired = expired.then_some(("bad", "records lost"));
    let discarded = discarded.then_some(("doubtful", "records discarded"));
    expired.into_iter().chain(discarded)
}

/// What a variant changes, shortened where it is much.
fn changes(lines: &[SettingLine]) -> Markup {
    let more = lines.len().saturating_sub(CHANGES_SHOWN);
    html! {
        "With "
        @for (place, line) in lines.iter().take(CHANGES_SHOWN).enumerate() {
            @if place > 0 { ", " }
            code { (line.key) " = " (line.value) }
        }
        @if more > 0 { " and " (more) " more" }
        "."
    }
}

fn badge(verdict: StabilityVerdict) -> &'static str {
    match verdict {
        StabilityVerdict::Stable => "good",
        StabilityVerdict::Saturated => "doubtful",
        StabilityVerdict::Unstable => "bad",
    }
}
