//! Text for a terminal of a width: wrapped lines, tables, colour where the terminal has it.

use comfy_table::{Cell, ContentArrangement, Table, presets};

use crate::report::TerminalStyle;
use crate::report::text::{ascii, printable, wrap};

const NARROWEST: usize = 40;

/// What is shown so far.
pub(super) struct Screen {
    /// Characters of a line.
    pub width: usize,
    /// Everything that is shown.
    pub text: String,
    style: TerminalStyle,
}

impl Screen {
    /// Nothing yet.
    pub(super) fn new(width: usize, style: TerminalStyle) -> Screen {
        Screen { width: width.max(NARROWEST), text: String::new(), style }
    }

    /// The text in the signs that the terminal has.
    pub(super) fn signs(&self, text: &str) -> String {
        if self.style.unicode { text.to_owned() } else { ascii(text) }
    }

    /// The text in a colour.
    pub(super) fn inked(&self, text: &str, code: &str) -> String {
        if self.style.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Adds lines.
    pub(super) fn wrapped(&mut self, text: &str) {
        for line in wrap(&self.signs(&printable(text)), self.width) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// Adds lines in a colour.
    pub(super) fn wrapped_in(&mut self, text: &str, code: &str) {
        for line in wrap(&self.signs(&printable(text)), self.width) {
            let line = self.inked(&line, code);
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// A table as wide as the terminal at most.
    pub(super) fn empty_table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(match self.style.unicode {
            true => presets::UTF8_FULL_CONDENSED,
            false => presets::ASCII_FULL_CONDENSED,
        });
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        table
    }

    /// The cells of a row.
    pub(super) fn row(&self, cells: &[&str]) -> Vec<Cell> {
        cells.iter().map(|text| Cell::new(self.signs(text))).collect()
    }

    /// Adds a table.
    pub(super) fn push(&mut self, table: &Table) {
        self.text.push_str(&table.trim_fmt());
        self.text.push_str("\n\n");
    }
}
