//! The sections of the page after the verdict.
//!
//! A section that has nothing to say is left out. Reference: DESIGN.md, "What a run gives"; S8.2
//! for the redrive margin. Left out: the comparison of variants, which has its own file.

use maud::{Markup, PreEscaped, html};

use super::compared;
use crate::report::chart::{
    Chart, age_breakdown, backlog, blocked_shards, concurrency, iterator_age,
};
use crate::report::figures::{self, Quantity};
use crate::report::rows::{Row, rows};
use crate::results::{RunResults, SettingLine};

/// All sections in order.
pub fn all(results: &RunResults) -> Markup {
    html! {
        section { h2 { "IteratorAge over time" } (figure(&iterator_age(results))) }
        (metrics(results))
        section {
            h2 { "Where the age comes from" }
            (figure(&age_breakdown(results)))
            p.quiet {
                "Every moment in the life of a finished batch's last record, from its creation to "
                "the end of the invocation that handled it, is counted in exactly one part."
            }
        }
        section { h2 { "Blocked shards" } (figure(&blocked_shards(results))) }
        (losses(results))
        (compared::section(results))
        section {
            h2 { "Load" }
            (figure(&concurrency(results)))
            (figure(&backlog(results)))
        }
        (measured(results))
        (settings(results))
        (assumptions(results))
        (repeat(results))
    }
}

fn figure(chart: &Chart) -> Markup {
    html! {
        figure {
            div.chart { (PreEscaped(chart.svg())) }
            figcaption.quiet { (chart.description()) "." }
        }
    }
}

fn metrics(results: &RunResults) -> Markup {
    let rows: Vec<Row> = rows(&results.summary);
    html! {
        section {
            h2 { "All metrics" }
            div.scroll { table {
                thead { tr {
                    th scope="col" { "Metric" }
                    @for variant in &results.summary.variants { th scope="col" { (variant.name) } }
                } }
                @for group in rows.chunk_by(|one, other| one.section == other.section) {
                    tbody {
                        tr.group { th colspan=(results.summary.variants.len() + 1) {
                            (group[0].section)
                        } }
                        @for row in group { tr {
                            th scope="row" { (row.label) }
                            @for cell in &row.cells { td { (cell) } }
                        } }
                    }
                }
            } }
            p.quiet {
                "IteratorAge is the age of a batch's last record when the batch is sent; “–”: "
                "there is no such figure. Blocked-shard time adds up shards."
            }
        }
    }
}

fn losses(results: &RunResults) -> Markup {
    let seconds = |value| figures::plain(value, Quantity::Seconds);
    let pairs = || results.summary.variants.iter().zip(&results.variants);
    let any_redrive = pairs().any(|(_, details)| details.redrive.is_some());
    html! {
        section {
            h2 { "What was lost, and how long a redrive has" }
            div.scroll { table {
                thead { tr {
                    th scope="col" { "Variant" }
                    th scope="col" { "Discarded or expired" }
                    th scope="col" { "Messages to the destination" }
                    th scope="col" { "Shortest time to fetch" }
                    th scope="col" { "Mean time to fetch" }
                } }
                tbody { @for (variant, details) in pairs() { tr {
                    th scope="row" { (variant.name) }
                    td { (figures::estimate(&compared::lost(variant), Quantity::Count)) }
                    @if let Some(redrive) = &details.redrive {
                        td { (figures::plain(redrive.messages as f64, Quantity::Count)) }
                        td { (seconds(redrive.shortest_seconds)) }
                        td { (seconds(redrive.mean_seconds)) }
                    } @else {
                        td { "none" } td { (figures::ABSENT) } td { (figures::ABSENT) }
                    }
                } } }
            } }
            @if any_redrive { p.quiet {
                "A message names records, it does not hold them: they must be fetched from the "
                "stream before it forgets them. Messages and times: first replication."
            } }
        }
    }
}

fn measured(results: &RunResults) -> Markup {
    if results.measured.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Measured on AWS, beside the simulation" }
            div.scroll { table {
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
            } }
        }
    }
}

fn settings(results: &RunResults) -> Markup {
    if results.settings.is_empty() {
        return html! {};
    }
    let mut groups: Vec<(&str, Vec<&SettingLine>)> = Vec::new();
    for line in &results.settings {
        match groups.iter_mut().find(|(group, _)| *group == line.group) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((&line.group, vec![line])),
        }
    }
    html! {
        section {
            h2 { "Settings" }
            p { "As resolved, of the scenario itself. Values that were not given are marked." }
            @for (group, lines) in groups {
                details {
                    summary { (group) " " span.quiet { (given(&lines)) } }
                    div.scroll { table { tbody { @for line in lines { tr {
                        th scope="row" { code { (line.key) } }
                        td.text { code { (line.value) } }
                        td.text { @if line.is_default { span.badge { "default" } } }
                    } } } } }
                }
            }
        }
    }
}

fn given(lines: &[&SettingLine]) -> String {
    let given = lines.iter().filter(|line| !line.is_default).count();
    format!("{given} given, {} by default", lines.len() - given)
}

fn assumptions(results: &RunResults) -> Markup {
    if results.assumptions.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Assumptions this run rests on" }
            p { "AWS documents none of these; another reading would change the figures." }
            dl { @for assumption in &results.assumptions {
                dt { (assumption.rule) }
                dd { (assumption.text) }
            } }
        }
    }
}

fn repeat(results: &RunResults) -> Markup {
    let summary = &results.summary;
    html! {
        section {
            h2 { "How to repeat this" }
            pre { code { (results.command) } }
            p.quiet {
                "shardlag " (summary.version) ", seed " (summary.seed) ", scenario fingerprint "
                code { (summary.fingerprint) }
                ". The same version, scenario and seed give the same bytes."
            }
        }
    }
}
