//! What a sweep shows: a table for the terminal, files for programs, one page with charts.
//!
//! | file | makes |
//! |---|---|
//! | [`terminal`](self::sweep_terminal) | a table of points, the front first where there are many |
//! | `csv` | `sweep.csv`, a row for each variant of each point, every metric |
//! | [`json`](self::sweep_json) | `sweep.json`, the contract `shardlag.sweep/1` |
//! | `page` | `report.html` |
//! | `words` | figures, levels and the finding as short texts |
//!
//! Where a variant cannot carry its load, its figures depend on how long it is watched: they are
//! in the files beside the verdict, and not in tables and charts.

mod csv;
mod json;
mod page;
mod terminal;
pub(super) mod words;

pub use json::sweep_json;
pub use terminal::sweep_terminal;

use super::chart::sweep_charts;
use crate::results::SweepResults;

/// The files of a sweep's report, by name.
pub fn sweep_files(results: &SweepResults) -> Vec<(String, Vec<u8>)> {
    let charts = sweep_charts(results);
    let mut files = vec![
        ("sweep.csv".to_owned(), csv::sweep_csv(results).into_bytes()),
        ("sweep.json".to_owned(), sweep_json(results).into_bytes()),
        ("report.html".to_owned(), page::sweep_page(results, &charts).into_bytes()),
    ];
    for chart in &charts {
        files.push((format!("{}.svg", chart.name()), chart.svg().into_bytes()));
    }
    files
}
