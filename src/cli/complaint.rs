//! What a command says apart from its result, in one shape for people and one for programs.
//!
//! | `--format` | beside a result | without a result |
//! |---|---|---|
//! | `human` | lines on standard error, at once | the same |
//! | `json` | one document on standard error, if any | one document on standard output |
//!
//! So standard output is one JSON document whatever happens: the result, or the document
//! `shardlag.diagnostics/1` that says why there is none. Its `diagnostics` have all the keys
//! `severity`, `file`, `line`, `column`, `path`, `message`, `help` and `rule`; what does not apply
//! is `null`, such as the line of an error that has no place in a file.

use std::fmt::{self, Display};

use serde_json::{Value, json};

use super::arguments::Format;
use super::diagnostics::{self, weight};
use super::terminal;
use crate::scenario::{Diagnostic, Severity};

/// A mistake or a doubt that no key of a scenario is to blame for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    severity: Severity,
    file: Option<String>,
    line: Option<usize>,
    message: String,
    help: Option<String>,
}

impl Complaint {
    /// Why a command gives nothing.
    pub fn error(message: impl Display) -> Complaint {
        Complaint {
            severity: Severity::Error,
            file: None,
            line: None,
            message: message.to_string(),
            help: None,
        }
    }

    /// What should be known about a result.
    pub fn warning(message: impl Display) -> Complaint {
        Complaint { severity: Severity::Warning, ..Complaint::error(message) }
    }

    /// The same about a line of a file, from 1, or about the file as a whole.
    pub fn at(self, file: &str, line: Option<usize>) -> Complaint {
        Complaint { file: Some(file.to_owned()), line, ..self }
    }

    /// The same with advice.
    pub fn help(self, help: Option<String>) -> Complaint {
        Complaint { help, ..self }
    }

    fn json(&self) -> Value {
        json!({
            "severity": weight(self.severity).0,
            "file": self.file,
            "line": self.line,
            "column": null,
            "path": null,
            "message": self.message,
            "help": self.help,
            "rule": null,
        })
    }
}

impl Display for Complaint {
    /// `error: items.jsonl:3: what is wrong`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", weight(self.severity).0)?;
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
            if let Some(line) = self.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n = help: {help}"),
            None => Ok(()),
        }
    }
}

/// Where complaints go: at once for people, together at the end for programs.
#[derive(Debug)]
pub(super) struct Complaints {
    format: Format,
    kept: Vec<Value>,
}

impl Complaints {
    /// Nothing said yet.
    pub fn new(format: Format) -> Complaints {
        Complaints { format, kept: Vec::new() }
    }

    /// Says what is wrong with a scenario.
    pub fn diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        match self.format {
            Format::Human => diagnostics::print(diagnostics, Format::Human),
            Format::Json => self.kept.extend(diagnostics.iter().map(diagnostics::item)),
        }
    }

    /// Says anything else.
    pub fn say(&mut self, complaint: &Complaint) {
        match self.format {
            Format::Human => eprintln!("{}", terminal::error_text(&complaint.to_string())),
            Format::Json => self.kept.push(complaint.json()),
        }
    }

    /// The command has printed its result.
    pub fn beside_a_result(self) {
        if !self.kept.is_empty() {
            eprintln!("{}", document(self.kept));
        }
    }

    /// The command has no result.
    pub fn without_a_result(self) {
        match self.format {
            Format::Human => {}
            Format::Json => println!("{}", document(self.kept)),
        }
    }
}

/// The document of all complaints.
pub(super) fn document(diagnostics: Vec<Value>) -> String {
    let document = json!({ "schema": "shardlag.diagnostics/1", "diagnostics": diagnostics });
    format!("{document:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_line_names_it_for_people_and_for_programs() {
        let error = Complaint::error("this is no item").at("items.jsonl", Some(3));
        assert_eq!(error.to_string(), "error: items.jsonl:3: this is no item");
        let json = error.json();
        assert_eq!((&json["file"], &json["line"]), (&json!("items.jsonl"), &json!(3)));
        assert_eq!((&json["severity"], &json["column"]), (&json!("error"), &Value::Null));
    }

    #[test]
    fn both_kinds_of_complaints_have_the_same_keys() {
        let source = crate::scenario::Source::of_text("");
        let errors = crate::scenario::load(&source, &[]).expect_err("it is empty").0;
        let keys = |item: Value| {
            let item = item.as_object().expect("an object").clone();
            item.keys().cloned().collect::<Vec<String>>()
        };
        let of_scenario = keys(diagnostics::item(&errors[0]));
        assert_eq!(of_scenario, keys(Complaint::warning("no more").json()));
    }
}
