//! Writes a run's report into a folder, all of it or nothing.
//!
//! Every file is written whole under a temporary name in the same folder; only when all are
//! there are they renamed, so an error leaves earlier reports as they were. Left out: removing
//! files of other programs; only files of an earlier report that this one does not have are
//! removed, such as `destination.jsonl`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::page::page_with;
use super::parquet::WithoutParquet;
use super::temporary::{TemporaryFile, clean_once};
use super::{charts, destination_jsonl, summary_json, timeseries_csv, timeseries_parquet};
use crate::results::RunResults;

/// Which files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs {
    /// `summary.json`.
    pub summary: bool,
    /// `report.html`.
    pub page: bool,
    /// Charts as SVG, one file each.
    pub svg: bool,
    /// Charts as PNG.
    pub png: PngCharts,
    /// `timeseries.csv`.
    pub timeseries: bool,
    /// `timeseries.parquet`, with the same rows; it needs the feature `parquet`.
    pub parquet: bool,
    /// `destination.jsonl`, if a message was delivered.
    pub destination: bool,
}

/// Which charts are also written as PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PngCharts {
    /// None.
    Off,
    /// `iterator-age.png` only.
    IteratorAge,
    /// Every chart.
    All,
}

impl Default for Outputs {
    /// Everything but Parquet, and of the PNG charts `iterator-age.png`.
    fn default() -> Outputs {
        Outputs {
            summary: true,
            page: true,
            svg: true,
            png: PngCharts::IteratorAge,
            timeseries: true,
            parquet: false,
            destination: true,
        }
    }
}

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder is a file.
    #[error("{}: this is a file; name a folder", .0.display())]
    FolderIsFile(PathBuf),
    /// The folder cannot be created.
    #[error("{}: cannot create this folder: {}", .0.display(), .1)]
    CannotCreate(PathBuf, io::Error),
    /// A file of the report is a folder.
    #[error("{}: this is a folder; the report needs a file of this name", .0.display())]
    FileIsFolder(PathBuf),
    /// A file cannot be written.
    #[error("{}: cannot write this file: {}", .0.display(), .1)]
    CannotWrite(PathBuf, io::Error),
    /// A Parquet file is wanted.
    #[error(transparent)]
    WithoutParquet(#[from] WithoutParquet),
}

const DESTINATION: &str = "destination.jsonl";
const PARQUET: &str = "timeseries.parquet";

/// Writes the report into `folder`, which is created if needed; gives the files written.
///
/// # Errors
/// When the folder or a file cannot be written; files that were there before stay as they were.
pub fn write_all(
    results: &RunResults,
    folder: &Path,
    outputs: &Outputs,
) -> Result<Vec<PathBuf>, WriteError> {
    let files = contents(results, outputs)?;
    write_files(folder, &files)?;
    if outputs.destination {
        remove_outdated(folder, &files, &[DESTINATION])?;
    }
    if outputs.timeseries {
        remove_outdated(folder, &files, &[PARQUET])?;
    }
    Ok(files.into_iter().map(|(name, _)| folder.join(name)).collect())
}

/// Writes files by name into `folder`, which is created if needed: all of them, or none.
///
/// # Errors
/// When the folder or a file cannot be written; files that were there before stay as they were.
pub fn write_files(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    prepare(folder, files)?;
    clean_once(folder);
    let mut pending = Vec::new();
    for (name, bytes) in files {
        let target = folder.join(name);
        let written = TemporaryFile::beside(&target).and_then(|mut temporary| {
            temporary.file().write_all(bytes)?;
            Ok(temporary)
        });
        pending.push(written.map_err(|error| WriteError::CannotWrite(target, error))?);
    }
    for temporary in pending {
        let target = temporary.target().to_owned();
        temporary.keep().map_err(|error| WriteError::CannotWrite(target, error))?;
    }
    Ok(())
}

/// Removes those of the named files that an earlier report had and this one does not have.
pub(super) fn remove_outdated(
    folder: &Path,
    written: &[(String, Vec<u8>)],
    names: &[&str],
) -> Result<(), WriteError> {
    for name in names {
        let outdated = folder.join(name);
        if written.iter().all(|(written, _)| written != name) && outdated.is_file() {
            let removed = fs::remove_file(&outdated);
            removed.map_err(|error| WriteError::CannotWrite(outdated, error))?;
        }
    }
    Ok(())
}

/// Names and contents of the files, in the order in which they are written.
fn contents(
    results: &RunResults,
    outputs: &Outputs,
) -> Result<Vec<(String, Vec<u8>)>, WithoutParquet> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let charts = charts(results);
    let mut add = |name: &str, bytes: Vec<u8>| files.push((name.to_owned(), bytes));
    if outputs.summary {
        add("summary.json", summary_json(&results.summary).into_bytes());
    }
    if outputs.page {
        add("report.html", page_with(results, &charts).into_bytes());
    }
    for (index, chart) in charts.iter().enumerate() {
        if outputs.svg {
            add(&format!("{}.svg", chart.name()), chart.svg().into_bytes());
        }
        let as_png = match outputs.png {
            PngCharts::Off => false,
            PngCharts::IteratorAge => index == 0,
            PngCharts::All => true,
        };
        if as_png {
            add(&format!("{}.png", chart.name()), chart.png());
        }
    }
    if outputs.timeseries {
        add("timeseries.csv", timeseries_csv(results).into_bytes());
    }
    if outputs.parquet {
        add(PARQUET, timeseries_parquet(results)?);
    }
    let messages = destination_jsonl(results);
    if outputs.destination && !messages.is_empty() {
        add(DESTINATION, messages.into_bytes());
    }
    Ok(files)
}

/// Creates the folder and finds what would fail only after the first file was replaced.
fn prepare(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    if folder.is_file() {
        return Err(WriteError::FolderIsFile(folder.to_owned()));
    }
    fs::create_dir_all(folder)
        .map_err(|error| WriteError::CannotCreate(folder.to_owned(), error))?;
    let targets = files.iter().map(|(name, _)| folder.join(name));
    match targets.into_iter().find(|target| target.is_dir()) {
        Some(target) => Err(WriteError::FileIsFolder(target)),
        None => Ok(()),
    }
}
