//! `sweep.csv` and `sweep.parquet`: a row for each variant of each point.
//!
//! Columns: `point`, the key of every factor, `variant`, `stability`, `on_front`, then for every
//! metric its value and the ends of its 95 % interval (`.low`, `.high`); empty where there is
//! none. Times in seconds, sizes in bytes, costs in dollars. In Parquet the levels of a factor are
//! numbers or truths where all are written as such, otherwise texts. Left out: charts.

use serde_json::json;

use super::words::{rows, verdict};
use crate::report::parquet::{self, WithoutParquet};
use crate::report::table::{Cells, Column, Table};
use crate::results::{Estimate, SweepMetric, SweepResults};

/// A number of a figure.
type Get = fn(&Estimate) -> Option<f64>;

/// The ends of names of columns, and what they hold of a figure.
const ENDS: [(&str, Get); 3] =
    [("", |figure| figure.value), (".low", |figure| figure.low), (".high", |figure| figure.high)];

/// The file as CSV, with a header.
pub fn sweep_csv(results: &SweepResults) -> String {
    table(results).csv()
}

/// The same rows as the bytes of a Parquet file; units and the plan are in its metadata.
///
/// # Errors
/// When the program is built without the feature `parquet`.
pub fn sweep_parquet(results: &SweepResults) -> Result<Vec<u8>, WithoutParquet> {
    parquet::bytes(&table(results))
}

fn table(results: &SweepResults) -> Table {
    let rows = rows(results);
    let numbers = rows.iter().map(|row| row.index as i64 + 1).collect();
    let mut columns = vec![Column::plain("point", Cells::Whole(numbers))];
    for (index, factor) in results.factors.iter().enumerate() {
        let levels = rows.iter().map(|row| row.point.levels[index].clone()).collect();
        columns.push(Column::plain(&factor.key, Cells::narrowest(levels)));
    }
    let names = rows.iter().map(|row| row.variant.name.clone()).collect();
    let verdicts = rows.iter().map(|row| verdict(row.variant).to_owned()).collect();
    let on_front = rows.iter().map(|row| row.variant.is_on_front).collect();
    columns.push(Column::plain("variant", Cells::Text(names)));
    columns.push(Column::plain("stability", Cells::Text(verdicts)));
    columns.push(Column::plain("on_front", Cells::Truth(on_front)));
    let figures = |metric: &SweepMetric, get: Get| {
        rows.iter().map(|row| get(&row.variant.figure(metric))).collect()
    };
    for metric in &results.metrics {
        for (end, get) in ENDS {
            let name = format!("{}{end}", metric.name);
            columns.push(Column::numbers(name, metric.unit, figures(metric, get)));
        }
    }
    let about = vec![
        ("schema", json!("shardlag.sweep-table/1")),
        ("version", json!(results.version)),
        ("scenario", json!(results.scenario)),
        ("plan", json!(results.plan)),
        ("seed", json!(results.seed)),
        ("replications", json!(results.replications)),
    ];
    Table { columns, about }
}
