//! Where a scenario's text comes from: a file, a stream of bytes or a program, and
//! `--set key=value` of the command line.

use std::fs;
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::document::Place;
use super::limited::bytes_of;

/// A larger scenario file is taken for a mistake, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// The text of a scenario with its name and place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Name as shown in errors.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Trace files are relative to this folder.
    pub folder: PathBuf,
}

impl Source {
    /// A scenario written in a program. It is called `scenario` in errors, and where it names trace
    /// files, they are relative to the folder in which the program runs.
    pub fn of_text(text: &str) -> Source {
        Source { name: "scenario".to_owned(), text: text.to_owned(), folder: PathBuf::new() }
    }

    /// Reads a scenario to its end, at most 256 MiB, under the name that errors call it by. Trace
    /// files are relative to the folder in which the program runs.
    ///
    /// # Errors
    /// When it is too large, unreadable or not UTF-8.
    pub fn read_from(name: &str, reader: &mut dyn Read) -> Result<Source, Diagnostics> {
        let fail = |message: String| Diagnostics(vec![plain_error(name, "", message)]);
        let bytes = bytes_of(reader, FILE_BYTES_MAX).map_err(|error| {
            fail(match error.kind() == ErrorKind::FileTooLarge {
                true => "is larger than 256 MiB".to_owned(),
                false => format!("cannot be read: {error}"),
            })
        })?;
        let text = utf8(bytes).map_err(fail)?;
        Ok(Source { name: name.to_owned(), text, folder: PathBuf::new() })
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it is missing, a folder, too large, unreadable or not UTF-8.
    pub fn read(path: &Path) -> Result<Source, Diagnostics> {
        let name = path.display().to_string();
        let fail = |message: String| Diagnostics(vec![plain_error(&name, "", message)]);
        let unreadable = |error: Error| match error.kind() == ErrorKind::NotFound {
            true => fail("does not exist".to_owned()),
            false => fail(format!("cannot be read: {error}")),
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(fail("is a folder; give the scenario file in it".to_owned()));
        }
        if metadata.len() > FILE_BYTES_MAX {
            return Err(fail("is larger than 256 MiB".to_owned()));
        }
        let mut file = fs::File::open(path).map_err(unreadable)?;
        let source = Source::read_from(&name, &mut file)?;
        Ok(Source { folder: path.parent().unwrap_or(Path::new("")).to_owned(), ..source })
    }

    /// The name of the file without folder and extension.
    pub(super) fn file_stem(&self) -> String {
        let stem = Path::new(&self.name).file_stem();
        stem.map_or_else(|| self.name.clone(), |stem| stem.to_string_lossy().into_owned())
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is not UTF-8 text: byte {at} is not part of a character")
    })
}

/// One `--set key=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    text: String,
    key_length: usize,
    origin: Origin,
}

/// Where a change is from, for messages about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// `--set`.
    Set,
    /// `--factor`.
    Factor,
    /// A factor of the scenario file: its key and its value.
    Level {
        /// Where the key is.
        key: Place,
        /// Where the value is.
        value: Place,
    },
}

impl Override {
    /// Splits `key=value`; the value is read as TOML where it is, else taken as a text.
    ///
    /// # Errors
    /// When there is no `=` or no key before it.
    pub fn parse(text: &str) -> Result<Override, Diagnostics> {
        match text.find('=') {
            Some(key_length) if !text[..key_length].trim().is_empty() => {
                Ok(Override { text: text.to_owned(), key_length, origin: Origin::Set })
            }
            Some(_) | None => {
                let message = format!(
                    "`{text}` is not a change; write for example \
                     `--set mapping.BatchSize=10` or `--set function.timeout=30s`"
                );
                Err(Diagnostics(vec![plain_error("--set", text, message)]))
            }
        }
    }

    /// A change that is not from `--set`.
    pub(super) fn new(key: &str, value: &str, origin: Origin) -> Override {
        Override { text: format!("{key}={value}"), key_length: key.len(), origin }
    }

    /// Where the change is from.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The dotted key.
    pub fn key(&self) -> &str {
        &self.text[..self.key_length]
    }

    /// The value as it was written.
    pub fn value(&self) -> &str {
        &self.text[self.key_length + 1..]
    }
}

/// An error of a source as a whole.
fn plain_error(name: &str, text: &str, message: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        file: name.to_owned(),
        line: 1,
        column: 1,
        offset: 0,
        length: text.len(),
        text: Arc::from(text),
        path: String::new(),
        message,
        label: "here".to_owned(),
        help: None,
        rule: None,
    }
}
