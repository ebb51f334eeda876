//! Validation on the terminal: a summary per group, then what fails with expected and found side
//! by side and what is unsupported with its reason; on request every item.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, Table, Width};

use super::super::screen::Screen;
use super::{cells, status_word};
use crate::report::TerminalStyle;
use crate::report::text::{printable, wrap};
use crate::results::{ItemCheck, ItemStatus, ValidatedItem, Validation, ValidationGroup};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationDetail {
    /// A row per group, and every item that does not pass.
    Failures,
    /// Every item.
    Everything,
}

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn validation_terminal(
    validation: &Validation,
    width: usize,
    style: TerminalStyle,
    detail: ValidationDetail,
) -> String {
    let mut report = Report { validation, screen: Screen::new(width, style) };
    report.summary();
    match detail {
        ValidationDetail::Failures => {}
        ValidationDetail::Everything => report.everything(),
    }
    report.problems();
    report.last_line();
    report.screen.text
}

struct Report<'a> {
    validation: &'a Validation,
    screen: Screen,
}

impl Report<'_> {
    /// A row per group, and their sums.
    fn summary(&mut self) {
        let mut table = self.screen.empty_table();
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        let heads = ["items", "passed", "failed", "unsupported"].map(str::to_owned).map(right);
        table.set_header([Cell::new("group"), Cell::new("about")].into_iter().chain(heads));
        let statuses = [ItemStatus::Passed, ItemStatus::Failed, ItemStatus::Unsupported];
        for group in &self.validation.groups {
            let counts = statuses.map(|status| group.count(status)).map(dash_for_none);
            let items = right(group.items.len().to_string());
            let names = self.screen.row(&[&group.name, &group.title]);
            table.add_row(names.into_iter().chain([items]).chain(counts.map(right)));
        }
        let all: usize = self.validation.groups.iter().map(|group| group.items.len()).sum();
        let counts = statuses.map(|status| self.validation.count(status)).map(dash_for_none);
        let total = [Cell::new("all"), Cell::new(""), right(all.to_string())];
        table.add_row(total.into_iter().chain(counts.map(right)));
        self.screen.push(&table);
    }

    fn everything(&mut self) {
        for group in &self.validation.groups {
            let heading = match group.title.as_str() {
                "" => format!("Group {}", group.name),
                title => format!("Group {}: {title}", group.name),
            };
            let heading = self.screen.inked(&self.screen.signs(&printable(&heading)), "1");
            self.screen.text.push_str(&heading);
            self.screen.text.push('\n');
            let table = self.group_table(group);
            self.screen.push(&table);
        }
    }

    fn group_table(&self, group: &ValidationGroup) -> Table {
        let mut table = self.screen.empty_table();
        table.set_header(self.screen.row(&["item", "expected", "found", "allowed", "verdict"]));
        for item in &group.items {
            if item.checks.is_empty() || item.status == ItemStatus::Unsupported {
                table.add_row(self.screen.row(&[&item.id, "", "", "", "not run"]));
                continue;
            }
            for (place, check) in item.checks.iter().enumerate() {
                let what = cells::what(check);
                let name = match place {
                    0 => format!("{}\n- {what}", item.id),
                    _ => format!("- {what}"),
                };
                let (expected, found) = cells::pair(check);
                let verdict = verdict_word(check);
                table.add_row(self.screen.row(&[
                    &name,
                    &expected,
                    &found,
                    &check.allowed,
                    verdict,
                ]));
            }
        }
        let what = |check: &ItemCheck| check.what.chars().count() + 2;
        let longest = |item: &ValidatedItem| {
            item.checks.iter().map(what).fold(item.id.chars().count(), usize::max)
        };
        let names = group.items.iter().map(longest).fold(0, usize::max);
        let names = (names + 2).min(self.screen.width * 11 / 25);
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
            self.screen.wrapped(&format!("unsupported {}: {}", item.id, item.detail));
        }
        if !unsupported.is_empty() {
            self.screen.text.push('\n');
        }
    }

    fn failure(&mut self, item: &ValidatedItem) {
        let heading = match item.title.as_str() {
            "" => format!("failed {}", item.id),
            title => format!("failed {}: {title}", item.id),
        };
        let lines = wrap(&self.screen.signs(&printable(&heading)), self.screen.width);
        for line in lines {
            let line = self.screen.inked(&line, "1;31");
            self.screen.text.push_str(&line);
            self.screen.text.push('\n');
        }
        let mut table = self.screen.empty_table();
        let has_tolerance = item.checks.iter().any(|check| !check.allowed.is_empty());
        let columns = if has_tolerance { 4 } else { 3 };
        table.set_header(self.screen.row(&["what", "expected", "found", "allowed"][..columns]));
        for check in item.checks.iter().filter(|check| !check.agrees) {
            let (expected, found) = cells::pair(check);
            let cells = [&cells::what(check), &expected, &found, &check.allowed];
            table.add_row(self.screen.row(&cells.map(String::as_str)[..columns]));
        }
        self.screen.text.push_str(&table.trim_fmt());
        self.screen.text.push('\n');
        let source = match item.source.as_str() {
            "" => String::new(),
            source => format!("from: {source}"),
        };
        let agreeing = item.checks.iter().filter(|check| check.agrees).count();
        let others = match agreeing {
            0 => String::new(),
            count => format!("{count} of its {} figures agree. ", item.checks.len()),
        };
        self.screen.wrapped(&format!("{others}{source}"));
        self.screen.wrapped(&item.analysis);
        self.screen.text.push('\n');
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
        self.screen.wrapped(&format!("{verdict}{short} Seed {}.", self.validation.seed));
    }
}

fn verdict_word(check: &ItemCheck) -> &'static str {
    status_word(if check.agrees { ItemStatus::Passed } else { ItemStatus::Failed })
}

fn dash_for_none(count: usize) -> String {
    if count == 0 { "-".to_owned() } else { count.to_string() }
}
