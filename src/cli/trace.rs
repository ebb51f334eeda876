//! `shardlag run --trace`: writes what happens event by event, one JSON object per line or as
//! ui.perfetto.dev reads it.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::TraceFormat;
use crate::experiment::trace::{TraceEnd, TraceLimit, trace};
use crate::report::{PerfettoTrace, write_whole_with};
use crate::results::TraceLine;
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
    (file, format): (&Path, TraceFormat),
    variants: &[Variant],
    seed: u64,
    limits: (u64, u64),
) -> Result<Option<String>, TraceError> {
    let mut text = TraceText::new(format);
    let mut end = TraceEnd::Complete;
    let written = write_whole_with(file, |out| {
        let mut failure = out.write_all(text.head().as_bytes()).err();
        end = trace(variants, seed, limits, &mut |line| {
            if failure.is_none() {
                failure = out.write_all(text.line(line).as_bytes()).err();
            }
            failure.is_none()
        });
        match failure {
            Some(error) => Err(error),
            None => out.write_all(text.tail().as_bytes()),
        }
    });
    written.map_err(|error| TraceError::CannotWrite(file.to_owned(), error))?;
    let (count, argument) = match end {
        TraceEnd::Complete => return Ok(None),
        TraceEnd::CutOff(TraceLimit::Lines(count)) => (format!("{count} lines"), "trace-lines"),
        TraceEnd::CutOff(TraceLimit::Events(count)) => (format!("{count} events"), "events"),
    };
    Ok(Some(format!(
        "{}: the trace ends after {count}, before the run does; raise the limit with \
         --max-{argument}",
        file.display()
    )))
}

/// The text of a trace, part by part.
enum TraceText {
    Lines,
    Perfetto(Box<PerfettoTrace>),
}

impl TraceText {
    fn new(format: TraceFormat) -> TraceText {
        match format {
            TraceFormat::Jsonl => TraceText::Lines,
            TraceFormat::Perfetto => TraceText::Perfetto(Box::default()),
        }
    }

    fn head(&self) -> &'static str {
        match self {
            TraceText::Lines => "",
            TraceText::Perfetto(_) => PerfettoTrace::head(),
        }
    }

    fn line(&mut self, line: &TraceLine) -> String {
        match self {
            TraceText::Lines => {
                let text = serde_json::to_string(line).expect("a line is plain data");
                format!("{text}\n")
            }
            TraceText::Perfetto(trace) => trace.add(line),
        }
    }

    fn tail(&mut self) -> String {
        match self {
            TraceText::Lines => String::new(),
            TraceText::Perfetto(trace) => trace.tail(),
        }
    }
}
