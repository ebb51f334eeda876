//! The sections of the page after the verdict.
//!
//! A section that has nothing to say is left out. Reference: DESIGN.md, "What a run gives"; S8.2
//! for the redrive margin. Left out: the comparison of variants, which has its own file.

use maud::{Markup, html};

use super::compared::{compared, lost};
use super::figures::{figure, scroll};
use crate::report::chart::Chart;
use crate::report::figures::{self, Quantity};
use crate::report::rows::{Row, rows};
use crate::results::{RunResults, SettingLine};

/// A section with its heading, which is its name for screen readers too.
pub fn section(id: &str, title: &str, body: Markup) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (title) }
            (body)
        }
    }
}

/// All sections in order, given the charts in the order of [`crate::report::charts`].
pub fn all(results: &RunResults, charts: &[Chart]) -> Markup {
    let [age, blocked, breakdown, concurrency, backlog] = charts else {
        unreachable!("a run has five charts, not {}", charts.len())
    };
    html! {
        (section("age", "IteratorAge over time", figure(age)))
        (section("metrics", "All metrics", metrics(results)))
        (section("parts", "Where the age comes from", html! {
            (figure(breakdown))
            p.quiet {
                "Every moment in the life of a finished batch's last record, from its creation to "
                "the end of the invocation that handled it, is counted in exactly one part."
            }
        }))
        (section("blocked", "Blocked shards", figure(blocked)))
        (section("lost", "What was lost, and how long a redrive has", losses(results)))
        @if let Some(compared) = compared(results) { (compared) }
        (section("load", "Load", html! { (figure(concurrency)) (figure(backlog)) }))
        @if !results.measured.is_empty() {
            (section("measured", "Measured on AWS, beside the simulation", measured(results)))
        }
        @if !results.settings.is_empty() {
            (section("settings", "Settings", settings(results)))
        }
        (section("assumptions", "Assumptions this run rests on", assumptions(results)))
        (section("repeat", "How to repeat this", repeat(results)))
    }
}

fn metrics(results: &RunResults) -> Markup {
    let rows: Vec<Row> = rows(&results.summary);
    html! {
            (scroll("All metrics", html! { table {
                thead { tr {
                    th scope="col" { "Metric" }
                    @for variant in &results.summary.variants { th scope="col" { (variant.name) } }
                } }
                @for group in rows.chunk_by(|one, other| one.section == other.section) {
                    tbody {
                        tr.group {
                            th scope="rowgroup" colspan=(results.summary.variants.len() + 1) {
                                (group[0].section)
                            }
                        }
                        @for row in group { tr {
                            th scope="row" { (row.label) }
                            @for cell in &row.cells { td { (cell) } }
                        } }
                    }
                }
            } }))
            p.quiet {
                "IteratorAge is the age of a batch's last record when the batch is sent; “–”: "
                "there is no such figure. Blocked-shard time adds up shards."
            }
    }
}

fn losses(results: &RunResults) -> Markup {
    let seconds = |value| figures::plain(value, Quantity::Seconds);
    let pairs = || results.summary.variants.iter().zip(&results.variants);
    let any_redrive = pairs().any(|(_, details)| details.redrive.is_some());
    html! {
            (scroll("What was lost", html! { table {
                thead { tr {
                    th scope="col" { "Variant" }
                    th scope="col" { "Discarded or expired" }
                    th scope="col" { "Messages to the destination" }
                    th scope="col" { "Shortest time to fetch" }
                    th scope="col" { "Mean time to fetch" }
                } }
                tbody { @for (variant, details) in pairs() { tr {
                    th scope="row" { (variant.name) }
                    td { (figures::estimate(&lost(variant), Quantity::Count)) }
                    @if let Some(redrive) = &details.redrive {
                        td { (figures::plain(redrive.messages as f64, Quantity::Count)) }
                        td { (seconds(redrive.shortest_seconds)) }
                        td { (seconds(redrive.mean_seconds)) }
                    } @else {
                        td { "none" } td { (figures::ABSENT) } td { (figures::ABSENT) }
                    }
                } } }
            } }))
            @if any_redrive { p.quiet {
                "A message names records, it does not hold them: they must be fetched from the "
                "stream before it forgets them. Messages and times: first replication."
            } }
    }
}

fn measured(results: &RunResults) -> Markup {
    html! {
            (scroll("Measured on AWS", html! { table {
                thead { tr {
                    th scope="col" { "What" } th scope="col" { "Variant" }
                    th scope="col" { "Measured" } th scope="col" { "Simulated" }
                    th scope="col" { "Source" }
                } }
                tbody { @for value in &results.measured { tr {
                    th scope="row" { (value.what) }
                    td { (value.variant) }
                    td { (value.measured) }
                    td { (figures::in_unit(&value.simulated, &value.unit)) }
                    td.text { (value.source) }
                } } }
            } }))
    }
}

fn settings(results: &RunResults) -> Markup {
    let mut groups: Vec<(&str, Vec<&SettingLine>)> = Vec::new();
    for line in &results.settings {
        match groups.iter_mut().find(|(group, _)| *group == line.group) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((&line.group, vec![line])),
        }
    }
    let has_variants = results.variants.iter().any(|details| !details.changes.is_empty());
    html! {
        p {
            "As resolved" @if has_variants { ", of " (results.summary.variants[0].name) }
            ". Values that were not given are marked: AWS default where AWS has one, default where "
            "it is one of shardlag."
        }
        @for (group, lines) in groups {
            details {
                summary { (group) " " span.quiet { (given(&lines)) } }
                (scroll(group, html! { table { tbody { @for line in &lines { tr {
                    th scope="row" { code { (line.key) } }
                    td.text { code { (line.value) } }
                    td.text { @if line.is_default { span.badge { (default_of(group)) } } }
                } } } } }))
            }
        }
        @if has_variants { details open {
            summary { "What the variants change" }
            (scroll("What the variants change", html! { table {
                thead { tr {
                    th scope="col" { "Variant" }
                    th.text scope="col" { "Settings that differ" }
                } }
                tbody { @for (variant, details) in
                    results.summary.variants.iter().zip(&results.variants).skip(1)
                { tr {
                    th scope="row" { (variant.name) }
                    td.text { @for line in &details.changes {
                        code { (line.group) "." (line.key) " = " (line.value) } br;
                    } }
                } } }
            } }))
        } }
    }
}

/// Whose default a setting of this group has.
fn default_of(group: &str) -> &'static str {
    match group {
        "mapping" | "concurrency" | "prices" => "AWS default",
        _ => "default",
    }
}

fn given(lines: &[&SettingLine]) -> String {
    let given = lines.iter().filter(|line| !line.is_default).count();
    format!("{given} given, {} by default", lines.len() - given)
}

fn assumptions(results: &RunResults) -> Markup {
    html! {
        @if results.assumptions.is_empty() {
            p { "None of the assumptions of the fidelity table was exercised." }
        } @else {
            p {
                "AWS documents none of these; another reading would change the figures. The rules "
                "are those of the fidelity table in the README of shardlag."
            }
        }
        dl { @for assumption in &results.assumptions {
            dt { (assumption.rule) }
            dd { (assumption.text) }
        } }
    }
}

fn repeat(results: &RunResults) -> Markup {
    let summary = &results.summary;
    html! {
        pre tabindex="0" { code { (results.command) } }
        p.quiet {
            "shardlag " (summary.version) ", seed " (summary.seed) ", scenario fingerprint "
            code { (summary.fingerprint) }
            ". The same version, scenario and seed give the same bytes."
        }
    }
}
