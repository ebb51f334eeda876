//! A comparison on the terminal: for each pair a sentence and a table, then notes.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, Width};

use super::super::screen::Screen;
use super::{cells, sentence};
use crate::report::TerminalStyle;
use crate::report::text::printable;
use crate::results::{Comparison, ComparisonMethod, ComparisonVerdict, PairComparison};

/// Longer names of metrics are broken.
const NAME_WIDTH: usize = 24;

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn comparison_terminal(comparison: &Comparison, width: usize, style: TerminalStyle) -> String {
    let mut screen = Screen::new(width, style);
    for pair in &comparison.pairs {
        screen.wrapped_in(&sentence::sentence(pair), colour(pair));
        screen.wrapped(&method(pair));
        table(pair, &mut screen);
    }
    for note in &comparison.notes {
        screen.wrapped(note);
    }
    let text = screen.text.trim_end();
    format!("{text}\n")
}

/// Red for a regression, green where something is better and nothing worse.
fn colour(pair: &PairComparison) -> &'static str {
    let has = |verdict| pair.with(verdict).count() > 0;
    match (has(ComparisonVerdict::Worse), has(ComparisonVerdict::Better)) {
        _ if pair.is_destabilized() || pair.regressions().count() > 0 => "1;31",
        (false, true) => "32",
        (true, _) | (false, false) => "1",
    }
}

/// Where the figures are from, in one line.
fn method(pair: &PairComparison) -> String {
    let [one, other] = pair.replications;
    match pair.method {
        ComparisonMethod::Paired => {
            format!("{one} paired replications; ± is the 95 % interval of the difference.")
        }
        ComparisonMethod::Unpaired => format!(
            "Unpaired, {one} and {other} replications; ± is the 95 % interval of the difference."
        ),
    }
}

fn table(pair: &PairComparison, screen: &mut Screen) {
    let right = |text: &str| Cell::new(text).set_alignment(CellAlignment::Right);
    let mut table = screen.empty_table();
    let [base, other] = [&pair.base, &pair.other].map(|name| screen.signs(&printable(name)));
    let heads = [base.as_str(), other.as_str(), "difference"].map(right);
    let verdict = Cell::new("verdict");
    table.set_header([Cell::new("metric")].into_iter().chain(heads).chain([verdict]));
    for metric in &pair.metrics {
        let figures = cells::figures(metric).map(|text| right(&screen.signs(&text)));
        let word = screen.signs(cells::verdict(metric));
        let cells = [Cell::new(broken(&metric.name))].into_iter().chain(figures);
        table.add_row(cells.chain([Cell::new(word)]));
    }
    let names = pair.metrics.iter().map(|metric| broken(&metric.name));
    let longest = names.flat_map(|name| name.lines().map(str::len).collect::<Vec<_>>()).max();
    if let (Some(column), Some(longest)) = (table.column_mut(0), longest) {
        // With a space on either side.
        let width = u16::try_from(longest + 2).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
    }
    screen.push(&table);
}

/// A long name on several lines, broken where people would.
fn broken(name: &str) -> String {
    let mut lines = vec![String::new()];
    for part in name.split_inclusive('.') {
        match lines.last_mut() {
            Some(line) if line.is_empty() || line.len() + part.len() <= NAME_WIDTH => {
                line.push_str(part);
            }
            Some(_) | None => lines.push(part.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken_behind_dots() {
        assert_eq!(broken("blocked_shard_time.total"), "blocked_shard_time.total");
        let long = "blocked_shard_time.by_cause.function_error";
        assert_eq!(broken(long), "blocked_shard_time.\nby_cause.function_error");
    }
}
