//! Everything a user sees of a run's results: text, charts, a page, and files.
//!
//! | what | where |
//! |---|---|
//! | terminal: verdict, table, sparklines, sentences | [`terminal()`] |
//! | `summary.json`, the stable contract | [`summary_json`] |
//! | `timeseries.csv`, a row per minute and variant | [`timeseries_csv`] |
//! | the same as Parquet, with the feature `parquet` | [`timeseries_parquet`] |
//! | CloudWatch metrics: JSON of get-metric-data, EMF | [`cloudwatch_json`], [`emf_lines`] |
//! | `destination.jsonl`, invocation records (S8.1) | [`destination_jsonl`] |
//! | charts as SVG and PNG | [`charts`], [`Chart`] |
//! | `report.html`, one file without scripts | [`page`](page()) |
//! | what was validated, as tables and as JSON | [`validation_terminal`], [`validation_json`] |
//! | two sets of settings side by side | [`comparison_terminal`], [`comparison_markdown`] |
//! | the same for programs | [`comparison_json`], [`comparison_checks`] |
//! | what happened and what is wrong | [`explanation_terminal`], [`explanation_json`] |
//! | a sweep: table, page with charts, CSV and JSON | [`sweep_terminal`], [`write_sweep`] |
//! | the best of many settings | [`tuning_terminal`], [`tuning_page`], [`tuning_files`] |
//! | checks for build servers | [`junit`] |
//! | a trace for ui.perfetto.dev | [`PerfettoTrace`] |
//! | all of them into a folder, never half-written | [`write_all`] |
//!
//! Rule: this layer sees `results` only, and prints nothing. The same results give the same
//! bytes: no clock, no system font, no environment.

mod chart;
mod cloudwatch;
mod comparison;
mod destination;
mod explanation;
mod figures;
mod files;
mod junit;
mod measured_age;
mod metric_words;
mod page;
mod parquet;
mod perfetto;
mod rows;
mod screen;
mod sparkline;
mod summary;
mod sweep;
mod table;
mod temporary;
mod terminal;
mod text;
mod timeseries;
mod tuning;
mod validation;
mod verdict;
mod whole_file;

pub use chart::{Chart, age_breakdown, backlog, blocked_shards, charts, concurrency, iterator_age};
pub use cloudwatch::{cloudwatch_json, emf_lines};
pub use comparison::{
    comparison_checks, comparison_json, comparison_markdown, comparison_terminal,
};
pub use destination::{destination_jsonl, invocation_record, sequence_number, shard_id};
pub use explanation::{explanation_json, explanation_terminal};
pub use figures::{Quantity, estimate as format_estimate, plain as format_number};
pub use files::{Outputs, PngCharts, WriteError, write_all, write_files};
pub use junit::junit;
pub use page::page;
pub use parquet::{WithoutParquet, parquet_support};
pub use perfetto::PerfettoTrace;
pub use summary::summary_json;
pub use sweep::{sweep_csv, sweep_files, sweep_json, sweep_parquet, sweep_terminal, write_sweep};
pub use terminal::{TerminalStyle, terminal};
pub(crate) use text::{ascii as plain_ascii, wrap};
pub use timeseries::{timeseries_csv, timeseries_parquet};
pub use tuning::{
    Fragments, tuning_files, tuning_json, tuning_page, tuning_terminal, write_tuning,
};
pub use validation::{
    ValidationDetail, calibration_json, calibration_terminal, validation_charts, validation_files,
    validation_json, validation_markdown, validation_page, validation_terminal,
};
pub use whole_file::{write_whole, write_whole_with};
