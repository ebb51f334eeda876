//! Mistakes and doubts of a scenario on the terminal: place, caret, rule and advice, in the form
//! of compilers.

use std::fmt::Write;

use super::arguments::Format;
use super::complaint::document;
use super::terminal;
use crate::scenario::{Diagnostic, Severity};

/// Prints diagnostics to standard error, or as JSON to standard output.
pub(super) fn print(diagnostics: &[Diagnostic], format: Format) {
    match format {
        Format::Human => {
            for diagnostic in diagnostics {
                let text = with_caret(diagnostic, terminal::error_has_colour());
                eprintln!("{}", terminal::error_text(&text));
            }
        }
        Format::Json => println!("{}", document(diagnostics.iter().map(item).collect())),
    }
}

/// One diagnostic of the document.
pub(super) fn item(diagnostic: &Diagnostic) -> serde_json::Value {
    serde_json::json!({
        "severity": weight(diagnostic.severity).0,
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "path": diagnostic.path,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "rule": diagnostic.rule,
    })
}

/// Name and colour of a severity.
pub(super) fn weight(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("error", "\x1b[1;31m"),
        Severity::Warning => ("warning", "\x1b[1;33m"),
    }
}

/// One line with place and message, the line of the file with a caret, then rule and advice.
fn with_caret(diagnostic: &Diagnostic, colour: bool) -> String {
    let (name, paint) = weight(diagnostic.severity);
    let (on, off) = if colour { (paint, "\x1b[0m") } else { ("", "") };
    let mut text = format!("{on}{name}{off}: {diagnostic}\n");
    let number = diagnostic.line.to_string();
    let margin = " ".repeat(number.len());
    if let Some(line) = diagnostic.text.lines().nth(diagnostic.line.saturating_sub(1) as usize) {
        let line: String = line.chars().map(printable).map(terminal::error_sign).collect();
        let before = " ".repeat(diagnostic.column.saturating_sub(1) as usize);
        let carets = "^".repeat(marked(diagnostic, line.chars().count()));
        let label = &diagnostic.label;
        writeln!(
            text,
            "{margin} |\n{number} | {line}\n{margin} | {before}{on}{carets} {label}{off}"
        )
        .expect("a string takes any text");
    }
    let notes = [("rule", &diagnostic.rule), ("help", &diagnostic.help)];
    for (what, note) in notes.iter().filter_map(|(what, note)| Some((what, note.as_ref()?))) {
        writeln!(text, "{margin} = {what}: {note}").expect("a string takes any text");
    }
    text
}

/// Characters of the line that are marked: at least one, none behind its end.
fn marked(diagnostic: &Diagnostic, line_length: usize) -> usize {
    let end = (diagnostic.offset + diagnostic.length).min(diagnostic.text.len());
    let part = diagnostic.text.get(diagnostic.offset..end).unwrap_or_default();
    let length = part.lines().next().map_or(0, |first| first.chars().count());
    let room = line_length.saturating_sub(diagnostic.column.saturating_sub(1) as usize);
    length.min(room).max(1)
}

/// A tab would move the caret, a control character the terminal.
fn printable(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Source, load};

    #[test]
    fn a_mistake_is_shown_with_its_line_and_a_caret() {
        let text = "duration = \"10m\"\n[stream]\nkind = \"dynamodb\"\nshards = 0\n";
        let source = Source { name: "s.toml".into(), text: text.into(), folder: ".".into() };
        let errors = load(&source, &[]).expect_err("there are mistakes").0;
        let of_shards = errors.iter().find(|error| error.path == "stream.shards");
        let shown = with_caret(of_shards.expect("0 shards are a mistake"), false);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("error: s.toml:4:10: stream.shards: "), "{shown}");
        assert_eq!(lines[1..3], ["  |", "4 | shards = 0"]);
        assert!(lines[3].starts_with("  |          ^ "), "{shown}");
    }
}
