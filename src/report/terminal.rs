//! What a run prints: verdict, one table, sparklines, a sentence per variant, warnings.
//!
//! Metrics are rows and variants are columns; when the columns do not fit, the table is repeated
//! for further variants. No line is longer than the width, from 30 characters on. Left out:
//! everything only the page has room for.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, TableStyle, presets};

use super::figures::{self, Quantity};
use super::measured_age::fit_sentence;
use super::rows::{Row, rows};
use super::sparkline::{SparkScale, sparkline};
use super::text::{ascii, printable, shortened, wrap};
use super::verdict;
use crate::results::{RunResults, StabilityVerdict};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Escape sequences for colour and bold.
    pub colour: bool,
    /// Characters beyond ASCII.
    pub unicode: bool,
}

/// Columns are not made narrower than this, whatever the width asked for.
const NARROWEST: usize = 30;
/// Variant names wrap at this width in the table's header.
const NAME_WIDTH: usize = 16;

/// The report for a terminal `width` characters wide, ending in a newline.
pub fn terminal(results: &RunResults, width: usize, style: TerminalStyle) -> String {
    let mut screen = Screen { results, width: width.max(NARROWEST), style, text: String::new() };
    screen.heading();
    screen.verdicts();
    screen.tables();
    screen.measured();
    screen.sparklines();
    screen.sentences();
    screen.warnings();
    screen.text
}

#[derive(Clone, Copy)]
enum Ink {
    Plain,
    Bold,
    Good,
    Doubtful,
    Bad,
}

struct Screen<'a> {
    results: &'a RunResults,
    width: usize,
    style: TerminalStyle,
    text: String,
}

impl Screen<'_> {
    fn line(&mut self, text: &str, ink: Ink) {
        let text = self.signs(text);
        self.text.push_str(&self.inked(&text, ink));
        self.text.push('\n');
    }

    fn signs(&self, text: &str) -> String {
        if self.style.unicode { printable(text) } else { ascii(&printable(text)) }
    }

    fn inked(&self, text: &str, ink: Ink) -> String {
        let code = match ink {
            Ink::Plain => return text.to_owned(),
            Ink::Bold => "1",
            Ink::Good => "32",
            Ink::Doubtful => "33",
            Ink::Bad => "1;31",
        };
        if self.style.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn wrapped(&mut self, text: &str, ink: Ink) {
        // Signs first: in ASCII some become longer.
        for line in wrap(&self.signs(text), self.width) {
            self.line(&line, ink);
        }
    }

    fn heading(&mut self) {
        let summary = &self.results.summary;
        self.wrapped(&summary.scenario, Ink::Bold);
        self.wrapped(&verdict::extent(summary), Ink::Plain);
        if let Some(uncertainty) = verdict::uncertainty(summary) {
            self.wrapped(&uncertainty, Ink::Plain);
        }
        self.text.push('\n');
    }

    /// A line per variant: its name, the verdict in one word, and what the verdict rests on.
    fn verdicts(&mut self) {
        let variants = &self.results.summary.variants;
        if variants.is_empty() {
            self.line("Nothing was simulated.", Ink::Plain);
            return;
        }
        let name_width = self.name_width();
        let word_width = 9;
        for variant in variants {
            let ink = match variant.stability.verdict {
                StabilityVerdict::Stable => Ink::Good,
                StabilityVerdict::Saturated => Ink::Doubtful,
                StabilityVerdict::Unstable => Ink::Bad,
            };
            let name = self.signs(&shortened(&variant.name, name_width));
            let word = verdict::word(variant.stability.verdict);
            let word = self.inked(&format!("{word:<word_width$}"), ink);
            let indent = name_width + 2 + word_width + 2;
            let reason = self.signs(&verdict::reason(&variant.stability));
            let lines = wrap(&reason, self.width.saturating_sub(indent).max(8));
            for (index, line) in lines.iter().enumerate() {
                let start = match index {
                    0 => format!("{name:<name_width$}  {word}  "),
                    _ => " ".repeat(indent),
                };
                self.text.push_str(&start);
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
        self.text.push('\n');
    }

    /// Room for names at the start of a line: the longest name, at most a quarter of the width.
    fn name_width(&self) -> usize {
        let names = self.results.summary.variants.iter();
        let longest = names.map(|variant| variant.name.chars().count()).max();
        longest.unwrap_or(0).min((self.width / 4).max(9))
    }

    fn tables(&mut self) {
        let rows: Vec<Row> =
            rows(&self.results.summary).into_iter().filter(|row| !row.detail).collect();
        let names: Vec<String> =
            self.results.summary.variants.iter().map(|variant| self.signs(&variant.name)).collect();
        for block in self.blocks(&rows, &names) {
            let table = self.table(&rows, &names, &block);
            self.text.push_str(&table);
            self.text.push_str("\n\n");
        }
    }

    /// Variants that share one table: as many as fit, at least one.
    fn blocks(&self, rows: &[Row], names: &[String]) -> Vec<Vec<usize>> {
        let label_width = rows.iter().map(|row| row.label.chars().count() + 1).max();
        let label_width = label_width.unwrap_or(0);
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        let mut used = usize::MAX;
        for (index, name) in names.iter().enumerate() {
            let cells = rows.iter().map(|row| self.signs(&row.cells[index]).chars().count());
            let name_width = name.chars().count().min(NAME_WIDTH);
            // A separator and a blank on both sides of the cell.
            let column = cells.chain([name_width]).max().unwrap_or(0) + 3;
            if used.saturating_add(column) <= self.width {
                used += column;
                blocks.last_mut().expect("a block is open").push(index);
            } else {
                used = label_width + 4 + column;
                blocks.push(vec![index]);
            }
        }
        blocks
    }

    fn table(&self, rows: &[Row], names: &[String], block: &[usize]) -> String {
        let mut table = self.empty_table();
        let heads = block.iter().map(|index| {
            let name = wrap(&names[*index], NAME_WIDTH).join("\n");
            Cell::new(name).set_alignment(CellAlignment::Right)
        });
        table.set_header([Cell::new("")].into_iter().chain(heads));
        let mut section = "";
        for row in rows {
            if row.section != section {
                section = row.section;
                let blanks = block.iter().map(|_| Cell::new(""));
                table.add_row([Cell::new(section)].into_iter().chain(blanks));
            }
            let cells = block.iter().map(|index| {
                Cell::new(self.signs(&row.cells[*index])).set_alignment(CellAlignment::Right)
            });
            // comfy-table trims leading blanks of a wrapped cell only, so the indent stays.
            let label = Cell::new(format!(" {}", row.label));
            table.add_row([label].into_iter().chain(cells));
        }
        table.trim_fmt()
    }

    fn empty_table(&self) -> Table {
        let mut table = Table::new();
        let lines: TableStyle = if self.style.unicode {
            presets::UTF8_FULL_CONDENSED
        } else {
            presets::ASCII_FULL_CONDENSED
        };
        table.load_style(lines);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        table
    }

    fn measured(&mut self) {
        for series in &self.results.measured_ages {
            self.wrapped(&format!("{}.", fit_sentence(series)), Ink::Plain);
            self.text.push('\n');
        }
        if self.results.measured.is_empty() {
            return;
        }
        let mut table = self.empty_table();
        table.set_header(["measured on AWS", "variant", "measured", "simulated"]);
        for value in &self.results.measured {
            let simulated = figures::in_unit(&value.simulated, &value.unit);
            let cells = [&value.what, &value.variant, &value.measured, &simulated];
            table.add_row(cells.map(|cell| self.signs(cell)));
        }
        self.text.push_str(&table.trim_fmt());
        self.text.push_str("\n\n");
    }

    fn sparklines(&mut self) {
        let Some(scale) = SparkScale::of(self.results.variants.iter().map(|v| &v.series)) else {
            return;
        };
        let high = figures::plain(scale.high(), Quantity::Seconds);
        let kind = if scale.logarithmic { ", logarithmic" } else { "" };
        self.wrapped(&format!("IteratorAge over time (scale up to {high}{kind})"), Ink::Bold);
        let name_width = self.name_width();
        for (summary, details) in self.results.summary.variants.iter().zip(&self.results.variants) {
            let name = self.signs(&shortened(&summary.name, name_width));
            let room = self.width - name_width - 2;
            let line = sparkline(&details.series, scale, room, self.style.unicode);
            let line = format!("{name:<name_width$}  {line}");
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
        self.text.push('\n');
    }

    fn sentences(&mut self) {
        let several = self.results.variants.len() > 1;
        for (summary, details) in self.results.summary.variants.iter().zip(&self.results.variants) {
            if details.sentence.is_empty() {
                continue;
            }
            if several {
                self.wrapped(&format!("{}: {}", summary.name, details.sentence), Ink::Plain);
            } else {
                self.wrapped(&details.sentence, Ink::Plain);
            }
        }
    }

    fn warnings(&mut self) {
        for warning in &self.results.warnings {
            self.wrapped(&format!("Note: {warning}"), Ink::Doubtful);
        }
    }
}
