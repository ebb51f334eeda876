//! Validation on the terminal: a summary per group, then what fails with expected and found side
//! by side and what is unsupported with its reason; on request every item.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

use super::{cells, status_word};
use crate::report::TerminalStyle;
use crate::report::text::{ascii, printable, wrap};
use crate::results::{ItemCheck, ItemStatus, ValidatedItem, Validation, ValidationGroup};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationDetail {
    /// A row per group, and every item that does not pass.
    Failures,
    /// Every item.
    Everything,
}

const NARROWEST: usize = 40;

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn validation_terminal(
    validation: &Validation,
    width: usize,
    style: TerminalStyle,
    detail: ValidationDetail,
) -> String {
    let mut screen = Screen { validation, width: width.max(NARROWEST), style, text: String::new() };
    screen.summary();
    match detail {
        ValidationDetail::Failures => {}
        ValidationDetail::Everything => screen.everything(),
    }
    screen.problems();
    screen.last_line();
    screen.text
}

struct Screen<'a> {
    validation: &'a Validation,
    width: usize,
    style: TerminalStyle,
    text: String,
}

impl Screen<'_> {
    fn signs(&self, text: &str) -> String {
        if self.style.unicode { text.to_owned() } else { ascii(text) }
    }

    fn inked(&self, text: &str, code: &str) -> String {
        if self.style.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn wrapped(&mut self, text: &str) {
        for line in wrap(&self.signs(&printable(text)), self.width) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    fn empty_table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(match self.style.unicode {
            true => presets::UTF8_FULL_CONDENSED,
            false => presets::ASCII_FULL_CONDENSED,
        });
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        table
    }

    fn row(&self, cells: &[&str]) -> Vec<Cell> {
        cells.iter().map(|text| Cell::new(self.signs(text))).collect()
    }

    fn push(&mut self, table: &Table) {
        self.text.push_str(&table.trim_fmt());
        self.text.push_str("\n\n");
    }

    /// A row per group, and their sums.
    fn summary(&mut self) {
        let mut table = self.empty_table();
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let heads = ["items", "passed", "failed", "unsupported"].map(str::to_owned).map(right);
        table.set_header([Cell::new("group"), Cell::new("about")].into_iter().chain(heads));
        let statuses = [ItemStatus::Passed, ItemStatus::Failed, ItemStatus::Unsupported];
        for group in &self.validation.groups {
            let counts = statuses.map(|status| group.count(status)).map(dash_for_none);
            let items = right(group.items.len().to_string());
            let names = self.row(&[&group.name, &group.title]);
            table.add_row(names.into_iter().chain([items]).chain(counts.map(right)));
        }
        let all: usize = self.validation.groups.iter().map(|group| group.items.len()).sum();
        let counts = statuses.map(|status| self.validation.count(status)).map(dash_for_none);
        let total = [Cell::new("all"), Cell::new(""), right(all.to_string())];
        table.add_row(total.into_iter().chain(counts.map(right)));
        self.push(&table);
    }

    fn everything(&mut self) {
        for group in &self.validation.groups {
            let heading = match group.title.as_str() {
                "" => format!("Group {}", group.name),
                title => format!("Group {}: {title}", group.name),
            };
            let heading = self.inked(&self.signs(&printable(&heading)), "1");
            self.text.push_str(&heading);
            self.text.push('\n');
            let table = self.group_table(group);
            self.push(&table);
        }
    }

    fn group_table(&self, group: &ValidationGroup) -> Table {
        let mut table = self.empty_table();
        table.set_header(self.row(&["item", "expected", "found", "allowed", "verdict"]));
        for item in &group.items {
            if item.checks.is_empty() {
                table.add_row(self.row(&[&item.id, "", "", "", status_word(item.status)]));
            }
            for (place, check) in item.checks.iter().enumerate() {
                let what = cells::what(check);
                let name = match place {
                    0 => format!("{}\n- {what}", item.id),
                    _ => format!("- {what}"),
                };
                let (expected, found) = cells::pair(check);
                let verdict = match item.status {
                    ItemStatus::Unsupported => status_word(item.status),
                    ItemStatus::Passed | ItemStatus::Failed => verdict_word(check),
                };
                table.add_row(self.row(&[&name, &expected, &found, &check.allowed, verdict]));
            }
        }
        let what = |check: &ItemCheck| cells::what(check).chars().count() + 2;
        let longest = |item: &ValidatedItem| {
            item.checks.iter().map(what).fold(item.id.chars().count(), usize::max)
        };
        let names = group.items.iter().map(longest).fold(0, usize::max);
        let names = (names + 2).min(self.width * 2 / 5);
        let names = ColumnConstraint::LowerBoundary(Width::Fixed(names as u16));
        if let Some(column) = table.column_mut(0) {
            column.set_constraint(names);
        }
        table
    }

    /// What fails, side by side; then what is unsupported, with reasons.
    fn problems(&mut self) {
        let items = || self.validation.groups.iter().flat_map(|group| &group.items);
        let failed: Vec<&ValidatedItem> =
            items().filter(|item| item.status == ItemStatus::Failed).collect();
        let unsupported: Vec<&ValidatedItem> =
            items().filter(|item| item.status == ItemStatus::Unsupported).collect();
        for item in failed {
            self.failure(item);
        }
        for item in &unsupported {
            self.wrapped(&format!("unsupported {}: {}", item.id, item.detail));
        }
        if !unsupported.is_empty() {
            self.text.push('\n');
        }
    }

    fn failure(&mut self, item: &ValidatedItem) {
        let heading = match item.title.as_str() {
            "" => format!("failed {}", item.id),
            title => format!("failed {}: {title}", item.id),
        };
        let lines = wrap(&self.signs(&printable(&heading)), self.width);
        for line in lines {
            let line = self.inked(&line, "1;31");
            self.text.push_str(&line);
            self.text.push('\n');
        }
        let mut table = self.empty_table();
        let has_tolerance = item.checks.iter().any(|check| !check.allowed.is_empty());
        let columns = if has_tolerance { 4 } else { 3 };
        table.set_header(self.row(&["what", "expected", "found", "allowed"][..columns]));
        for check in item.checks.iter().filter(|check| !check.agrees) {
            let (expected, found) = cells::pair(check);
            let cells = [&cells::what(check), &expected, &found, &check.allowed];
            table.add_row(self.row(&cells.map(String::as_str)[..columns]));
        }
        self.text.push_str(&table.trim_fmt());
        self.text.push('\n');
        let source = match item.source.as_str() {
            "" => String::new(),
            source => format!("from: {source}"),
        };
        let agreeing = item.checks.iter().filter(|check| check.agrees).count();
        let others = match agreeing {
            0 => String::new(),
            count => format!("{count} of its {} figures agree. ", item.checks.len()),
        };
        self.wrapped(&format!("{others}{source}"));
        self.text.push('\n');
    }

    fn last_line(&mut self) {
        let failed = self.validation.count(ItemStatus::Failed);
        let unsupported = self.validation.count(ItemStatus::Unsupported);
        let verdict = match (failed, unsupported) {
            (0, 0) => "Everything agrees.".to_owned(),
            (0, count) => format!("Everything that could be run agrees; {count} could not."),
            (1, _) => "1 item does not agree.".to_owned(),
            (count, _) => format!("{count} items do not agree."),
        };
        let short = match self.validation.is_short {
            true => " This was the short check: costly items were left out.",
            false => "",
        };
        self.wrapped(&format!("{verdict}{short} Seed {}.", self.validation.seed));
    }
}

fn verdict_word(check: &ItemCheck) -> &'static str {
    status_word(if check.agrees { ItemStatus::Passed } else { ItemStatus::Failed })
}

fn dash_for_none(count: usize) -> String {
    if count == 0 { "-".to_owned() } else { count.to_string() }
}
