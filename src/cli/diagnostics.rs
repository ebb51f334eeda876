//! Mistakes and doubts of a scenario on the terminal: place, caret, rule and advice, in the form
//! of compilers.

use std::fmt::Write;

use super::arguments::Format;
use super::complaint::document;
use super::terminal;
use crate::scenario::{Diagnostic, Severity, lint_of};

/// Characters of a line that are shown at most.
const LINE_MAX: usize = 160;

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
pub fn with_caret(diagnostic: &Diagnostic, colour: bool) -> String {
    let (name, paint) = weight(diagnostic.severity);
    let (on, off) = if colour { (paint, "\x1b[0m") } else { ("", "") };
    let mut text = format!("{on}{name}{off}: {diagnostic}\n");
    let number = diagnostic.line.to_string();
    let margin = " ".repeat(number.len());
    if let Some(line) = diagnostic.text.lines().nth(diagnostic.line.saturating_sub(1) as usize) {
        let line: Vec<char> = line.chars().map(printable).map(terminal::error_sign).collect();
        let column = diagnostic.column.saturating_sub(1) as usize;
        let carets = marked(diagnostic, line.len());
        let (line, column, carets) = excerpt(&line, column, carets);
        let (before, carets) = (" ".repeat(column), "^".repeat(carets));
        let label = &diagnostic.label;
        writeln!(
            text,
            "{margin} |\n{number} | {line}\n{margin} | {before}{on}{carets} {label}{off}"
        )
        .expect("a string takes any text");
    }
    let rule = diagnostic.rule.as_deref().map(rule);
    let notes = [("rule", rule.as_deref()), ("help", diagnostic.help.as_deref())];
    for (what, note) in notes.iter().filter_map(|(what, note)| Some((what, (*note)?))) {
        writeln!(text, "{margin} = {what}: {note}").expect("a string takes any text");
    }
    text
}

/// A rule of AWS as it is; the code of a lint with the command that explains it.
fn rule(rule: &str) -> String {
    match lint_of(rule) {
        Some(_) => format!("{rule} (shardlag check --explain {rule})"),
        None => rule.to_owned(),
    }
}

/// What is shown of a line, where the marked part begins in it, from 0, and its length: of a long
/// line, what is around the beginning of the marked part.
fn excerpt(line: &[char], column: usize, marked: usize) -> (String, usize, usize) {
    const LEFT_OUT: &str = "...";
    if line.len() <= LINE_MAX {
        return (line.iter().collect(), column, marked);
    }
    let from = column.min(line.len()).saturating_sub(LINE_MAX / 4);
    let to = (from + LINE_MAX).min(line.len());
    let begin = if from > 0 { LEFT_OUT } else { "" };
    let end = if to < line.len() { LEFT_OUT } else { "" };
    let shown: String = line[from..to].iter().collect();
    (format!("{begin}{shown}{end}"), column - from + begin.len(), marked.min(LINE_MAX / 2))
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
    #[test]
    fn of_a_long_line_what_is_around_the_mistake_is_shown() {
        let line: Vec<char> = ("x".repeat(500) + "WRONG" + &"y".repeat(500)).chars().collect();
        let (shown, column, marked) = excerpt(&line, 500, 5);
        assert_eq!(&shown[column..column + marked], "WRONG");
        assert_eq!(shown.len(), LINE_MAX + 6);
        assert!(shown.starts_with("...x") && shown.ends_with("y..."), "{shown}");
        let (shown, column, marked) = excerpt(&line, 1_005, 1);
        assert_eq!((shown.len(), column, marked), (43, 43, 1), "behind the end: {shown}");
        assert_eq!(excerpt(&line[498..506], 2, 5), ("xxWRONGy".to_owned(), 2, 5));
    }
}
