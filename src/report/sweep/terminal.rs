//! A sweep on the terminal: what was found, and a table of points.
//!
//! Up to 40 rows are shown; of more, those on the front and the first others. Left out: metrics
//! that are not of the front, which are in `sweep.csv`.

use comfy_table::{Cell, CellAlignment};

use super::super::screen::Screen;
use super::words::{Row, extent, figure, finding, front, metric_name, rows};
use crate::report::TerminalStyle;
use crate::report::text::{printable, shortened};
use crate::results::SweepResults;

/// Rows of the table at most.
const ROWS_MAX: usize = 40;
/// Columns of factors at most; of more, levels share a column.
const FACTORS_MAX: usize = 4;

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn sweep_terminal(results: &SweepResults, width: usize, style: TerminalStyle) -> String {
    let mut screen = Screen::new(width, style);
    screen.wrapped_in(&results.scenario, "1");
    screen.wrapped(&extent(results));
    let all = rows(results);
    let shown = shown(results, &all);
    table(results, &shown, &mut screen);
    screen.wrapped(&finding(results));
    if shown.len() < all.len() {
        let more = all.len() - shown.len();
        screen.wrapped(&format!("{more} more rows are in sweep.csv."));
    }
    let text = screen.text.trim_end();
    format!("{text}\n")
}

/// The rows that are shown, in the order of the points.
fn shown<'a>(results: &'a SweepResults, all: &[Row<'a>]) -> Vec<Row<'a>> {
    if all.len() <= ROWS_MAX {
        return all.to_vec();
    }
    let best = front(results).len().min(ROWS_MAX);
    let mut others = ROWS_MAX - best;
    let mut best = best;
    let is_shown = |row: &&Row<'a>| {
        let room = if row.variant.is_on_front { &mut best } else { &mut others };
        let has_room = *room > 0;
        *room = room.saturating_sub(1);
        has_room
    };
    all.iter().filter(is_shown).copied().collect()
}

fn table(results: &SweepResults, shown: &[Row<'_>], screen: &mut Screen) {
    let right = |text: &str| Cell::new(text).set_alignment(CellAlignment::Right);
    let name = |text: &str, screen: &Screen| screen.signs(&printable(&shortened(text, 24)));
    let metrics = results.shown_metrics();
    let has_variants = results.variant_names().len() > 1;
    let is_together = results.factors.len() > FACTORS_MAX;
    let mut table = screen.empty_table();
    let mut header: Vec<Cell> = match is_together {
        true => vec![Cell::new("point"), Cell::new("levels")],
        false => {
            let factors = results.factors.iter();
            factors.map(|factor| right(&name(last_part(&factor.name), screen))).collect()
        }
    };
    if has_variants {
        header.push(Cell::new("variant"));
    }
    header.extend(metrics.iter().map(|metric| right(&screen.signs(&metric_name(metric)))));
    header.push(Cell::new("front"));
    table.set_header(header);
    for row in shown {
        let levels = row.point.levels.iter();
        let mut cells: Vec<Cell> = match is_together {
            true => {
                let levels = levels.cloned().collect::<Vec<String>>().join(" ");
                vec![right(&(row.index + 1).to_string()), Cell::new(name(&levels, screen))]
            }
            false => levels.map(|level| right(&name(level, screen))).collect(),
        };
        if has_variants {
            cells.push(Cell::new(name(&row.variant.name, screen)));
        }
        let figures = metrics.iter().map(|metric| figure(row.variant, metric));
        cells.extend(figures.map(|text| right(&screen.signs(&text))));
        cells.push(Cell::new(if row.variant.is_on_front { "*" } else { "" }));
        table.add_row(cells);
    }
    screen.push(&table);
}

/// `BatchSize` of `mapping.BatchSize`; names with blanks stay.
fn last_part(name: &str) -> &str {
    match name.contains(' ') {
        true => name,
        false => name.rsplit('.').next().unwrap_or(name),
    }
}
