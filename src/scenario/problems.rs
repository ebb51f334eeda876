//! Collects what is wrong, so that all mistakes of a file are shown at once.
//!
//! The same mistake is met once per variant, because each variant is resolved anew; it is kept
//! once. A mistake first met in a variant says so.

use std::sync::Arc;

use super::diagnostic::{Diagnostic, Severity};
use super::document::Place;

/// A text that places point into.
#[derive(Debug, Clone)]
struct NamedText {
    name: String,
    text: Arc<str>,
}

/// The mistakes and doubts found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    texts: Vec<NamedText>,
    found: Vec<Found>,
    variant: Option<String>,
    /// What is said about an error that is one too many.
    not_kept: Option<Diagnostic>,
}

#[derive(Debug)]
struct Found {
    place: Place,
    plain_message: String,
    diagnostic: Diagnostic,
}

/// More are not shown: a file with that many mistakes has another problem.
const SHOWN_MAX: usize = 200;
/// More errors are not kept, so that a long wrong list costs no time.
const ERRORS_MAX: usize = 1_000;

impl Problems {
    /// Adds a text that places may point into and gives its index.
    pub fn add_text(&mut self, name: &str, text: &str) -> usize {
        self.texts.push(NamedText { name: name.to_owned(), text: text.into() });
        self.texts.len() - 1
    }

    /// From here on problems belong to this variant; `None`: to the base.
    pub fn enter_variant(&mut self, name: Option<&str>) {
        self.variant = name.map(str::to_owned);
    }

    /// Reports an error.
    pub fn error(&mut self, place: Place, path: &str, message: String) -> &mut Diagnostic {
        self.report(Severity::Error, place, path, message)
    }

    /// Reports a doubt with the code of its lint.
    pub fn warning(
        &mut self,
        place: Place,
        path: &str,
        code: &str,
        message: String,
    ) -> &mut Diagnostic {
        self.report(Severity::Warning, place, path, message).rule(code)
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        let is_error = |found: &Found| found.diagnostic.severity == Severity::Error;
        self.found.iter().any(is_error)
    }

    /// Everything of this severity in order of place.
    pub fn take(mut self, severity: Severity) -> Vec<Diagnostic> {
        self.found.retain(|found| found.diagnostic.severity == severity);
        self.found.sort_by_key(|found| (found.place.source, found.place.start));
        let hidden = self.found.len().saturating_sub(SHOWN_MAX);
        self.found.truncate(SHOWN_MAX);
        let mut shown: Vec<Diagnostic> =
            self.found.into_iter().map(|found| found.diagnostic).collect();
        if let (Some(last), true) = (shown.last_mut(), hidden > 0) {
            last.message += &format!(" (and at least {hidden} more are not shown)");
        }
        shown
    }

    fn report(
        &mut self,
        severity: Severity,
        place: Place,
        path: &str,
        message: String,
    ) -> &mut Diagnostic {
        let known = self.found.iter().position(|found| {
            found.place == place && found.plain_message == message && found.diagnostic.path == path
        });
        let is_error = |found: &&Found| found.diagnostic.severity == Severity::Error;
        let is_full = || self.found.iter().filter(is_error).count() >= ERRORS_MAX;
        if known.is_none() && severity == Severity::Error && is_full() {
            // Finding its line takes as long as the text before it.
            return self.not_kept.insert(without_place(message));
        }
        let index = known.unwrap_or_else(|| {
            let diagnostic = self.diagnostic(severity, place, path, &message);
            self.found.push(Found { place, plain_message: message, diagnostic });
            self.found.len() - 1
        });
        &mut self.found[index].diagnostic
    }

    fn diagnostic(
        &self,
        severity: Severity,
        place: Place,
        path: &str,
        message: &str,
    ) -> Diagnostic {
        let NamedText { name, text } = &self.texts[place.source];
        let before = &text[..text.floor_char_boundary(place.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let in_line = before[line_start..].trim_start_matches('\u{feff}');
        let suffix = match &self.variant {
            Some(variant) => format!(" (in variant `{variant}`)"),
            None => String::new(),
        };
        Diagnostic {
            severity,
            file: name.clone(),
            line: before.matches('\n').count() as u32 + 1,
            column: in_line.chars().count() as u32 + 1,
            offset: place.start,
            length: place.end.saturating_sub(place.start),
            text: Arc::clone(text),
            path: path.to_owned(),
            message: format!("{message}{suffix}"),
            label: "here".to_owned(),
            help: None,
            rule: None,
        }
    }
}

/// An error that nobody sees, for those who say more about it.
fn without_place(message: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        file: String::new(),
        line: 1,
        column: 1,
        offset: 0,
        length: 0,
        text: Arc::from(""),
        path: String::new(),
        message,
        label: String::new(),
        help: None,
        rule: None,
    }
}
