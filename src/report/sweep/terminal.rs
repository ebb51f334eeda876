//! A sweep on the terminal: what was found, and a table of points.
//!
//! Up to 40 rows are shown; of more, those on the front and the first others. Left out: metrics
//! that are not of the front, which are in `sweep.csv`.

use comfy_table::{Cell, CellAlignment};

use super::super::screen::Screen;
use super::words::{Row, extent, figure, finding, front, last_part, metric_name, plain, rows};
use crate::report::TerminalStyle;
use crate::report::text::{printable, shortened};
use crate::results::SweepResults;

/// Rows of the table at most.
const ROWS_MAX: usize = 40;
/// Columns of factors at most; of more, levels share a column.
const FACTORS_MAX: usize = 4;
/// Longer levels and names are cut.
const TEXT_MAX: usize = 24;
/// The same where the table is too wide.
const TEXT_MIN: usize = 18;

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn sweep_terminal(results: &SweepResults, width: usize, style: TerminalStyle) -> String {
    let mut screen = Screen::new(width, style);
    screen.wrapped_in(&results.scenario, "1");
    screen.wrapped(&extent(results));
    let all = rows(results);
    let shown = shown(results, &all);
    table(results, &shown, &mut screen);
    finding(results).iter().for_each(|text| screen.wrapped(text));
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

/// The cells of a row, the figures with or without intervals.
fn cells(results: &SweepResults, row: &Row<'_>, with_intervals: bool) -> Vec<String> {
    let short = |text: &str| shortened(text, if with_intervals { TEXT_MAX } else { TEXT_MIN });
    let levels = row.point.levels.iter();
    let mut cells: Vec<String> = match results.factors.len() > FACTORS_MAX {
        true => {
            let levels = levels.cloned().collect::<Vec<String>>().join(" ");
            vec![(row.index + 1).to_string(), short(&levels)]
        }
        false => levels.map(|level| short(level)).collect(),
    };
    if row.point.variants.len() > 1 {
        cells.push(short(&row.variant.name));
    }
    let metrics = results.shown_metrics();
    cells.extend(metrics.iter().map(|metric| match with_intervals {
        true => figure(row.variant, metric),
        false => plain(row.variant, metric),
    }));
    cells.push(if row.variant.is_on_front { "*" } else { "" }.to_owned());
    cells
}

fn header(results: &SweepResults) -> Vec<String> {
    let short = |text: &str| shortened(text, TEXT_MAX);
    let mut header: Vec<String> = match results.factors.len() > FACTORS_MAX {
        true => ["point", "levels"].map(str::to_owned).to_vec(),
        false => results.factors.iter().map(|factor| short(last_part(&factor.name))).collect(),
    };
    if results.variant_names().len() > 1 {
        header.push("variant".to_owned());
    }
    header.extend(results.shown_metrics().iter().map(metric_name));
    header.push("front".to_owned());
    header
}

/// The table, without intervals where it would be wider than the terminal with them.
fn table(results: &SweepResults, shown: &[Row<'_>], screen: &mut Screen) {
    let header = header(results);
    let with = |with_intervals: bool| -> Vec<Vec<String>> {
        shown.iter().map(|row| cells(results, row, with_intervals)).collect()
    };
    let width = |rows: &[Vec<String>]| -> usize {
        let widest = |column: usize| {
            let cells = rows.iter().chain([&header]).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0) + 3
        };
        (0..header.len()).map(widest).sum::<usize>() + 1
    };
    let whole = with(true);
    let rows = if width(&whole) > screen.width { with(false) } else { whole };
    // Words begin at the left, figures end at the right.
    let is_word = |column: usize| {
        let variant = results.variant_names().len() > 1;
        let levels = results.factors.len() > FACTORS_MAX;
        let figures = results.shown_metrics().len() + 1;
        (levels && column == 1)
            || (variant && column + figures + 1 == header.len())
            || column + 1 == header.len()
    };
    let cell = |(column, text): (usize, &String)| {
        let cell = Cell::new(screen.signs(&printable(text)));
        let side = if is_word(column) { CellAlignment::Left } else { CellAlignment::Right };
        cell.set_alignment(side)
    };
    let mut table = screen.empty_table();
    table.set_header(header.iter().enumerate().map(cell));
    for row in &rows {
        table.add_row(row.iter().enumerate().map(cell));
    }
    screen.push(&table);
}
