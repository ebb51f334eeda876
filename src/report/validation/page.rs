//! The page of a validation: `report.html`, and `README.md` for those who read it on a forge.
//!
//! Both say the same in the same order ([`Parts`]): the verdict, a row per group, exact results,
//! measured runs, what fails with what is known of it, what could not be run, what nothing is held
//! against, how to repeat it. Left out: single known answers, which `validation.json` has.

use maud::{DOCTYPE, Markup, html};

use super::prose::{NOT_VALIDATED, Parts, REPEAT, WHAT_IT_IS};
use crate::report::chart::{Chart, agreements, exact};
use crate::report::page::{figure, head, scroll, section};
use crate::results::Validation;

/// The charts of a validation, without empty ones.
pub fn validation_charts(validation: &Validation) -> Vec<Chart> {
    let mut charts = vec![exact(validation)];
    charts.extend(agreements(validation));
    charts
}

/// The page as HTML text.
pub fn validation_page(validation: &Validation) -> String {
    let parts = Parts::new(validation);
    let measured = agreements(validation);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(parts.title))
            body {
                header { h1 { (parts.title) } p { (WHAT_IT_IS) } }
                main {
                    (section("verdict", "Verdict", html! {
                        p.headline { (parts.verdict) }
                        (table("Groups of known answers", &parts.groups))
                    }))
                    (section("exact", "Against exact results", figure(&exact(validation))))
                    @if !measured.is_empty() {
                        (section("measured", "Against runs measured on AWS", html! {
                            @for chart in &measured { (figure(chart)) }
                            (table("Residuals of measured runs", &parts.residuals))
                        }))
                    }
                    (section("failing", "What does not agree", entries(&parts.failing)))
                    (section("unsupported", "What could not be run", entries(&parts.unsupported)))
                    (section("open", "What is not validated", html! {
                        ul { @for line in NOT_VALIDATED { li { (line) } } }
                    }))
                    (section("repeat", "How to repeat it", html! {
                        @for (words, command) in REPEAT {
                            p { (words) }
                            pre tabindex="0" { (command) }
                        }
                        p.quiet { "Seed " (validation.seed) "." }
                    }))
                }
                footer { p.quiet { "shardlag " (env!("CARGO_PKG_VERSION")) } }
            }
        }
    };
    markup.into_string()
}

fn table(name: &str, rows: &[Vec<String>]) -> Markup {
    let Some((head, rows)) = rows.split_first() else { return html! {} };
    scroll(
        name,
        html! { table {
                thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                tbody { @for row in rows { tr {
                    @for (place, cell) in row.iter().enumerate() {
                        @match place {
                            0 => th scope="row" { (cell) },
                            1 => td.text { (cell) },
                            _ => td { (cell) },
                        }
                    }
                } } }
        } },
    )
}

fn entries(entries: &[(String, String)]) -> Markup {
    html! {
        @if entries.is_empty() { p { "Nothing." } }
        dl { @for (head, text) in entries { dt { (head) } dd { (text) } } }
    }
}

/// The same as Markdown, with the charts as files beside it.
pub fn validation_markdown(validation: &Validation) -> String {
    let parts = Parts::new(validation);
    let mut text = format!("# {}\n\n{WHAT_IT_IS}\n\n", parts.title);
    text.push_str(&format!("**{}**\n\n{}", parts.verdict, markdown_table(&parts.groups)));
    for chart in validation_charts(validation) {
        let (name, title) = (chart.name(), chart.title());
        let description = chart.description();
        text.push_str(&format!("\n## {title}\n\n![{description}]({name}.svg)\n\n{description}.\n"));
    }
    if parts.residuals.len() > 1 {
        text.push_str("\n## Residuals of the measured runs\n\n");
        text.push_str(&markdown_table(&parts.residuals));
    }
    let sections =
        [("What does not agree", &parts.failing), ("What could not be run", &parts.unsupported)];
    for (heading, entries) in sections {
        text.push_str(&format!("\n## {heading}\n\n"));
        if entries.is_empty() {
            text.push_str("Nothing.\n");
        }
        for (head, entry) in entries {
            text.push_str(&format!("- **{}**: {}\n", escaped(head), escaped(entry)));
        }
    }
    text.push_str("\n## What is not validated\n\n");
    for line in NOT_VALIDATED {
        text.push_str(&format!("- {line}\n"));
    }
    text.push_str("\n## How to repeat it\n\n");
    for (words, command) in REPEAT {
        text.push_str(&format!("{words}\n\n```sh\n{command}\n```\n\n"));
    }
    text.push_str(&format!("Seed {}. shardlag {}.\n", validation.seed, env!("CARGO_PKG_VERSION")));
    text
}

fn markdown_table(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if place == 0 {
            let alignments: Vec<&str> =
                (0..row.len()).map(|column| if column < 2 { "---" } else { "---:" }).collect();
            text.push_str(&format!("| {} |\n", alignments.join(" | ")));
        }
    }
    text
}

/// Text of an item, in which nothing is Markdown.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in crate::report::text::printable(text).chars() {
        if matches!(sign, '|' | '<' | '>' | '*' | '[' | ']' | '\\' | '#') {
            plain.push('\\');
        }
        plain.push(sign);
    }
    plain
}
