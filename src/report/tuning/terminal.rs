//! The answer of `tune` on the terminal: a sentence, a table, what targets cost, how to deploy.
//!
//! Every column is as wide as its longest line after names and figures are broken where people
//! would. Where all settings and two targets do not fit, the second target is left out, and then
//! the settings share a column. Left out: numbers of replications, which the page has.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, Width};

use super::super::screen::Screen;
use super::super::text::wrap;
use super::{
    Fragments, columns, figure, in_order, name, sentences, settings_label, shown_value, standing,
};
use crate::report::TerminalStyle;
use crate::report::metric_words::in_words;
use crate::results::{Standing, TunedSettings, Tuning};

/// Combinations of a standing that are shown at most.
const SHOWN_MAX: usize = 3;

/// Targets with a column at most.
const TARGETS_MAX: usize = 2;

/// Words of a column are broken to about so many characters, verdicts to so many.
const NARROW: usize = 9;
const VERDICT: usize = 11;

/// Settings that share a column get so many characters.
const SHARED: usize = 30;

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn tuning_terminal(tuning: &Tuning, width: usize, style: TerminalStyle) -> String {
    let mut screen = Screen::new(width, style);
    let colour = match (tuning.recommended, tuning.is_sure()) {
        (None, _) => "1;31",
        (Some(_), true) => "1;32",
        (Some(_), false) => "1;33",
    };
    screen.wrapped_in(&sentences::answer(tuning), colour);
    screen.text.push('\n');
    if tuning.settings.len() > 1 {
        table(tuning, &mut screen);
    }
    for (target, cost) in tuning.costs.iter().enumerate() {
        screen.wrapped(&sentences::cost(tuning, target, cost));
    }
    if let Some(border) = &tuning.break_even {
        screen.wrapped(&sentences::border(border));
    }
    for note in &tuning.notes {
        screen.wrapped(note);
    }
    if let Some(index) = tuning.recommended {
        deploy(&tuning.settings[index], &mut screen);
    }
    let text = screen.text.trim_end();
    format!("{text}\n")
}

/// The first combinations of every standing, and those that are in force.
fn shown(tuning: &Tuning) -> (Vec<&TunedSettings>, usize) {
    let mut of_standing = 0;
    let mut last = None;
    let is_shown = |one: &&TunedSettings| {
        if last != Some(one.standing) {
            (last, of_standing) = (Some(one.standing), 0);
        }
        of_standing += 1;
        let most = if one.standing == Standing::Unstable { 1 } else { SHOWN_MAX };
        of_standing <= most || one.is_current
    };
    let shown: Vec<&TunedSettings> = in_order(tuning).into_iter().filter(is_shown).collect();
    let hidden = tuning.settings.len() - shown.len();
    (shown, hidden)
}

fn table(tuning: &Tuning, screen: &mut Screen) {
    let targets = tuning.targets.len().min(TARGETS_MAX);
    let layouts = [(true, targets), (true, targets.min(1)), (false, targets), (false, 0)];
    let (rows, hidden) = shown(tuning);
    let all = layouts.map(|(by_key, targets)| grid(tuning, &rows, by_key, targets));
    let fits =
        |grid: &&Grid| grid.widths().iter().map(|width| width + 3).sum::<usize>() < screen.width;
    let grid = all.iter().find(fits).unwrap_or(&all[all.len() - 1]);
    let mut table = screen.empty_table();
    for (index, row) in grid.rows.iter().enumerate() {
        let cell = |(column, text): (usize, &String)| {
            let is_figure = column >= grid.settings && column + 1 < row.len();
            let cell = Cell::new(screen.signs(text));
            if is_figure { cell.set_alignment(CellAlignment::Right) } else { cell }
        };
        let cells: Vec<Cell> = row.iter().enumerate().map(cell).collect();
        match index {
            0 => table.set_header(cells),
            _ => table.add_row(cells),
        };
    }
    for (column, width) in grid.widths().into_iter().enumerate() {
        if let Some(column) = table.column_mut(column) {
            // With a space on either side.
            let width = u16::try_from(width + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
    screen.push(&table);
    if hidden > 0 {
        screen.text.truncate(screen.text.trim_end().len());
        screen.text.push('\n');
        screen.wrapped(&format!("{hidden} more are in tune.json and on the page."));
        screen.text.push('\n');
    }
}

/// The cells of a table as texts with their line breaks.
struct Grid {
    /// Columns of settings, which come first.
    settings: usize,
    /// The header, then the combinations.
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// The longest line of every column.
    fn widths(&self) -> Vec<usize> {
        let longest = |text: &String| text.lines().map(|line| line.chars().count()).max();
        let of = |column: usize| self.rows.iter().filter_map(|row| longest(&row[column])).max();
        (0..self.rows[0].len()).map(|column| of(column).unwrap_or(0)).collect()
    }
}

fn grid(tuning: &Tuning, shown: &[&TunedSettings], by_key: bool, targets: usize) -> Grid {
    let keys = columns(tuning);
    let targets = &tuning.targets[..targets];
    let mut header: Vec<String> = match by_key {
        true => keys.iter().map(|key| broken(&name(key))).collect(),
        false => vec!["settings".to_owned()],
    };
    let settings = header.len();
    header.push(broken(&in_words(&tuning.aim.metric)));
    header.extend(targets.iter().map(|target| broken(&in_words(&target.metric))));
    header.push("verdict".to_owned());
    let row = |one: &&TunedSettings| {
        let mut row: Vec<String> = match by_key {
            true => {
                let value = |key: &str| one.values.iter().find(|value| value.key == key);
                let values = keys.iter().map(|key| value(&key.key));
                let shown =
                    |value: &crate::results::TunedValue| broken(&shown_value(tuning, value));
                values.map(|value| value.map_or(String::new(), shown)).collect()
            }
            false => vec![wrap(&settings_label(tuning, one), SHARED).join("\n")],
        };
        row.push(lines(&figure(&one.objective, tuning.aim.unit), NARROW));
        let figures = targets.iter().zip(&one.targets);
        row.extend(
            figures.map(|(target, found)| lines(&figure(&found.figure, target.unit), NARROW)),
        );
        let now = if one.is_current { " (now)" } else { "" };
        row.push(lines(&format!("{}{now}", standing(one)), VERDICT));
        row
    };
    Grid { settings, rows: [header].into_iter().chain(shown.iter().map(row)).collect() }
}

fn deploy(settings: &TunedSettings, screen: &mut Screen) {
    if let Some(fragments) = Fragments::of(settings) {
        screen.text.push('\n');
        screen.text.push_str(&fragments.command);
    }
    for other in Fragments::others(settings) {
        screen.wrapped(&format!("Outside of the mapping: {other}"));
    }
}

/// A text on several lines, broken between words.
fn lines(text: &str, width: usize) -> String {
    wrap(text, width).join("\n")
}

/// A name on several lines, broken before capitals and behind dots, dashes and spaces.
fn broken(name: &str) -> String {
    let mut parts: Vec<String> = vec![String::new()];
    let mut before = 'A';
    for sign in name.chars() {
        let is_start = sign.is_uppercase() && before.is_lowercase();
        if is_start || ['.', '_', ' '].contains(&before) {
            parts.push(String::new());
        }
        parts.last_mut().expect("there is always one").push(sign);
        before = sign;
    }
    let mut lines = vec![String::new()];
    for part in parts {
        let last = lines.last_mut().expect("there is always one");
        if !last.is_empty() && last.len() + part.trim_end().len() > NARROW {
            lines.push(part);
        } else {
            last.push_str(&part);
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<&str>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken_where_people_would() {
        assert_eq!(broken("MaximumRetryAttempts"), "Maximum\nRetry\nAttempts");
        assert_eq!(broken("iterator_age.p99"), "iterator_\nage.p99");
        assert_eq!(broken("partial responses"), "partial\nresponses");
        assert_eq!(broken("ledger.lost"), "ledger.\nlost");
        assert_eq!(broken("3600"), "3600");
        assert_eq!(lines("cannot be told apart", VERDICT), "cannot be\ntold apart");
    }
}
