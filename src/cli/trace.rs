//! `shardlag run --trace`: writes what happens event by event, one JSON object per line.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::experiment::trace::{LINES_MAX, TraceEnd, trace};
use crate::scenario::{Scenario, Variant};

/// Why there is no trace.
#[derive(Debug, thiserror::Error)]
pub(super) enum TraceError {
    /// No variant has the name.
    #[error("--trace-variant: there is no variant `{name}`; there are {known}")]
    UnknownVariant {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The file cannot be written.
    #[error("{}: cannot write the trace: {}", .0.display(), .1)]
    CannotWrite(PathBuf, io::Error),
}

/// The variant with its consumers that is to be traced.
pub(super) fn traced<'s>(
    scenario: &'s Scenario,
    name: Option<&str>,
) -> Result<&'s [Variant], TraceError> {
    let found = match name {
        None => scenario.runs().next(),
        Some(name) => scenario.runs().find(|run| run[0].name == name),
    };
    found.ok_or_else(|| TraceError::UnknownVariant {
        name: name.unwrap_or_default().to_owned(),
        known: scenario
            .runs()
            .map(|run| format!("`{}`", run[0].name))
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// Writes the trace of the first replication, whole or not at all; a note where it is cut off.
pub(super) fn write(
    file: &Path,
    variants: &[Variant],
    seed: u64,
    events_max: u64,
) -> Result<Option<String>, TraceError> {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let cannot_write = |error| TraceError::CannotWrite(file.to_owned(), error);
    let mut out = BufWriter::new(File::create(&part).map_err(cannot_write)?);
    let mut failure = None;
    let end = trace(variants, seed, events_max, &mut |line| {
        let text = serde_json::to_string(line).expect("a line is plain data");
        match writeln!(out, "{text}") {
            Ok(()) => true,
            Err(error) => {
                failure = Some(error);
                false
            }
        }
    });
    let written = match failure {
        Some(error) => Err(error),
        None => out.flush().and_then(|()| std::fs::rename(&part, file)),
    };
    if let Err(error) = written {
        // What is half written is worth nothing; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&part);
        return Err(cannot_write(error));
    }
    Ok((end == TraceEnd::CutOff).then(|| {
        format!("{}: the trace ends after {LINES_MAX} lines, before the run does", file.display())
    }))
}
