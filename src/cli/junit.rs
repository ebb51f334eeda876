//! `--junit FILE`: what was checked as JUnit XML, whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use crate::report::junit;
use crate::results::CheckedCase;

/// The file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot write this file: {}", .0.display(), .1)]
pub(super) struct JunitError(PathBuf, io::Error);

/// Writes the cases as one suite.
pub(super) fn write(file: &Path, suite: &str, cases: &[CheckedCase]) -> Result<(), JunitError> {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let written = std::fs::write(&part, junit(suite, cases));
    let written = written.and_then(|()| std::fs::rename(&part, file));
    written.map_err(|error| {
        // What is half written is worth nothing; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&part);
        JunitError(file.to_owned(), error)
    })
}
