//! `--junit FILE`: what was checked as JUnit XML, whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use crate::report::{junit, write_whole};
use crate::results::CheckedCase;

/// The file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot write this file: {}", .0.display(), .1)]
pub(super) struct JunitError(PathBuf, io::Error);

/// Writes the cases as one suite.
pub(super) fn write(file: &Path, suite: &str, cases: &[CheckedCase]) -> Result<(), JunitError> {
    let written = write_whole(file, &junit(suite, cases));
    written.map_err(|error| JunitError(file.to_owned(), error))
}
