//! What a sweep shows: a table for the terminal, files for programs, one page with charts.
//!
//! | file | makes |
//! |---|---|
//! | [`terminal`](self::sweep_terminal) | a table of points, the front first where there are many |
//! | `rows` | `sweep.csv`, `sweep.parquet`: a row for each variant of each point, every metric |
//! | [`json`](self::sweep_json) | `sweep.json`, the contract `shardlag.sweep/1` |
//! | `page` | `report.html` |
//! | `words` | figures, levels and the finding as short texts |
//!
//! Where a variant cannot carry its load, its figures depend on how long it is watched: they are
//! in the files beside the verdict, and not in tables and charts.

mod json;
mod page;
mod rows;
mod terminal;
pub(super) mod words;

pub use json::sweep_json;
pub use rows::{sweep_csv, sweep_parquet};
pub use terminal::sweep_terminal;

use std::path::Path;

use super::chart::sweep_charts;
use super::files::{WriteError, remove_outdated, write_files};
use crate::results::SweepResults;

const PARQUET: &str = "sweep.parquet";

/// Writes the report into `folder`, which is created if needed, and where asked for
/// `sweep.parquet` as well; without it, that of an earlier report is removed.
///
/// # Errors
/// When the folder or a file cannot be written, or the program is built without Parquet; files that
/// were there before stay as they were.
pub fn write_sweep(
    results: &SweepResults,
    folder: &Path,
    with_parquet: bool,
) -> Result<(), WriteError> {
    let mut files = sweep_files(results);
    if with_parquet {
        files.push((PARQUET.to_owned(), sweep_parquet(results)?));
    }
    write_files(folder, &files)?;
    remove_outdated(folder, &files, &[PARQUET])
}

/// The files of a sweep's report, by name.
pub fn sweep_files(results: &SweepResults) -> Vec<(String, Vec<u8>)> {
    let charts = sweep_charts(results);
    let mut files = vec![
        ("sweep.csv".to_owned(), sweep_csv(results).into_bytes()),
        ("sweep.json".to_owned(), sweep_json(results).into_bytes()),
        ("report.html".to_owned(), page::sweep_page(results, &charts).into_bytes()),
    ];
    for chart in &charts {
        files.push((format!("{}.svg", chart.name()), chart.svg().into_bytes()));
    }
    files
}
