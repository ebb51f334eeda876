//! What is wrong with a scenario, as plain data: where, what, and what instead.
//!
//! The display is one line per item,
//! `scenarios/hot-shard.toml:4:38: function.duration.base: ...`; the command line draws the caret
//! from `offset`, `length` and `text`.

use std::fmt;
use std::sync::Arc;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// The scenario can be run but probably does not say what was meant.
    Warning,
}

/// One mistake or one doubt, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Name of the file, or `--set`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Place in `text`, in bytes.
    pub offset: usize,
    /// Length in bytes; may be 0.
    pub length: usize,
    /// The whole text that `offset` points into.
    pub text: Arc<str>,
    /// Dotted key, for example `function.duration.base`; empty for the file as a whole.
    pub path: String,
    /// What is wrong and what to write instead, in one line.
    pub message: String,
    /// Short words for under the caret.
    pub label: String,
    /// Further advice.
    pub help: Option<String>,
    /// The AWS exception and its message, the rule of the specification, or the code of a lint.
    pub rule: Option<String>,
}

impl Diagnostic {
    /// Sets the words under the caret.
    pub(super) fn label(&mut self, label: impl Into<String>) -> &mut Diagnostic {
        self.label = label.into();
        self
    }

    /// Sets further advice.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Sets the rule behind it.
    pub(super) fn rule(&mut self, rule: impl Into<String>) -> &mut Diagnostic {
        self.rule = Some(rule.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// All mistakes of a scenario, at least one, in order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
