//! Charts on a page: the drawing, what it says in words, and its figures as tables.
//!
//! Reference: WCAG 2.2, 1.1.1 "Non-text Content". Left out: the page around them.

use maud::{Markup, PreEscaped, html};

use crate::report::chart::{Chart, ChartTable};

/// A chart with its text alternatives.
pub fn figure(chart: &Chart) -> Markup {
    let tables = chart.tables();
    html! {
        figure id={ "chart-" (chart.name()) } {
            div.chart tabindex="0" role="group" aria-label=(chart.title()) {
                (PreEscaped(chart.inline_svg()))
            }
            figcaption.quiet { (chart.description()) "." }
            @if !tables.is_empty() {
                details.behind {
                    summary { "The figures as a table" }
                    @for table in &tables { (as_table(table)) }
                }
            }
        }
    }
}

fn as_table(table: &ChartTable) -> Markup {
    html! {
        (scroll(&table.caption, html! { table {
            caption { (table.caption) }
            thead { tr { @for head in &table.head { th scope="col" { (head) } } } }
            tbody { @for row in &table.rows { tr {
                @for (place, cell) in row.iter().enumerate() {
                    @if place == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                }
            } } }
        } }))
    }
}

/// Something that may be wider than the page, and can be scrolled with a keyboard too.
pub fn scroll(name: &str, content: Markup) -> Markup {
    html! { div.scroll tabindex="0" role="group" aria-label=(name) { (content) } }
}
