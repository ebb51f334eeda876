//! `sweep.csv`: a row for each variant of each point.
//!
//! Columns: `point`, the key of every factor, `variant`, `stability`, `on_front`, then for every
//! metric its value and the ends of its 95 % interval (`.low`, `.high`); empty where there is
//! none. Times in seconds, sizes in bytes, costs in dollars. Reference: RFC 4180.

use super::words::{rows, verdict};
use crate::results::SweepResults;

/// The file, with a header.
pub fn sweep_csv(results: &SweepResults) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut header = vec!["point".to_owned()];
    header.extend(results.factors.iter().map(|factor| factor.key.clone()));
    header.extend(["variant", "stability", "on_front"].map(str::to_owned));
    for metric in &results.metrics {
        header.extend(["", ".low", ".high"].map(|end| format!("{}{end}", metric.name)));
    }
    let in_memory = "writing to memory does not fail";
    writer.write_record(&header).expect(in_memory);
    for row in rows(results) {
        let mut cells = vec![(row.index + 1).to_string()];
        cells.extend(row.point.levels.iter().cloned());
        cells.push(row.variant.name.clone());
        cells.push(verdict(row.variant).to_owned());
        cells.push(row.variant.is_on_front.to_string());
        for metric in &results.metrics {
            let figure = row.variant.figure(metric);
            let ends = [figure.value, figure.low, figure.high];
            cells.extend(ends.map(|end| end.map_or(String::new(), |end| end.to_string())));
        }
        writer.write_record(&cells).expect(in_memory);
    }
    let bytes = writer.into_inner().expect(in_memory);
    String::from_utf8(bytes).expect("a table of texts is text")
}
