//! Mistakes and doubts of a scenario on the terminal: place, caret, rule and advice.

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
    Severity as Weight, SourceSpan,
};

use super::arguments::Format;
use super::terminal;
use crate::scenario::{Diagnostic, Severity};

/// Prints diagnostics to standard error, or as JSON to standard output.
pub(super) fn print(diagnostics: &[Diagnostic], format: Format) {
    match format {
        Format::Human => {
            for diagnostic in diagnostics {
                eprint!("{}", graphical(diagnostic));
            }
        }
        Format::Json => println!("{}", json(diagnostics)),
    }
}

/// Diagnostics as one JSON document.
fn json(diagnostics: &[Diagnostic]) -> String {
    let items: Vec<serde_json::Value> = diagnostics.iter().map(item).collect();
    let document = serde_json::json!({
        "schema": "shardlag.diagnostics/1",
        "diagnostics": items,
    });
    format!("{document:#}")
}

fn item(diagnostic: &Diagnostic) -> serde_json::Value {
    serde_json::json!({
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "path": diagnostic.path,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "rule": diagnostic.rule,
    })
}

/// One line with the place, then the text with a caret.
fn graphical(diagnostic: &Diagnostic) -> String {
    let weight = match diagnostic.severity {
        Severity::Error => Weight::Error,
        Severity::Warning => Weight::Warning,
    };
    let mut shown = MietteDiagnostic::new(diagnostic.to_string()).with_severity(weight);
    let advice: Vec<&str> =
        [&diagnostic.rule, &diagnostic.help].into_iter().flatten().map(String::as_str).collect();
    if !advice.is_empty() {
        shown = shown.with_help(advice.join("\n"));
    }
    let has_text = !diagnostic.text.is_empty();
    if has_text {
        let span = SourceSpan::new(diagnostic.offset.into(), diagnostic.length);
        shown = shown.with_label(LabeledSpan::new_with_span(Some(diagnostic.label.clone()), span));
    }
    let mut report = Report::new(shown);
    if has_text {
        let source = NamedSource::new(&diagnostic.file, diagnostic.text.to_string());
        report = report.with_source_code(source);
    }
    let mut text = String::new();
    let theme = match (terminal::error_has_colour(), terminal::has_unicode()) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::ascii(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(terminal::width());
    match handler.render_report(&mut text, report.as_ref()) {
        Ok(()) => text,
        Err(_) => format!("{diagnostic}\n"),
    }
}
