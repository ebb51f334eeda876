//! CSV as the CloudWatch console downloads it: a column of times, a column for each metric.
//!
//! Rows above the first time are headers: `Label`, `Id`, `Stat`, or the names of the columns. An
//! empty cell is a period without data. Left out: other separators than commas.

use super::{MetricSeries, date, plain, statistic, statistic_in};

/// Reads a whole file.
pub(super) fn read_csv(text: &str) -> Result<Vec<MetricSeries>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut headers: Vec<csv::StringRecord> = Vec::new();
    let mut series: Vec<MetricSeries> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| format!("not CSV: {error}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let Some(time) = row.get(0).and_then(date) else {
            if !series.is_empty() {
                let cell = row.get(0).unwrap_or_default();
                return Err(format!("line {line}: `{cell}` is not a time"));
            }
            headers.push(row);
            continue;
        };
        if series.is_empty() {
            series = columns(&headers, row.len());
        }
        for (column, cell) in row.iter().enumerate().skip(1).filter(|(_, cell)| !cell.is_empty()) {
            let value = cell.parse().ok().filter(|value: &f64| value.is_finite());
            let value = value.ok_or(format!("line {line}: `{cell}` is not a number"))?;
            match series.get_mut(column - 1) {
                Some(of_column) => of_column.points.push((time, value)),
                None => return Err(format!("line {line}: more columns than in the first row")),
            }
        }
    }
    Ok(series)
}

fn columns(headers: &[csv::StringRecord], length: usize) -> Vec<MetricSeries> {
    let header = |words: &[&str]| {
        headers.iter().find(|row| {
            let name = plain(row.get(0).unwrap_or_default());
            words.contains(&name.as_str())
        })
    };
    let label_row = header(&["label", "fulllabel", "metricname", "metric"]).or(headers.last());
    let statistic_row = header(&["stat", "statistic", "statistics"]);
    let id_row = header(&["id"]);
    (1..length)
        .map(|column| {
            let cell = |row: Option<&csv::StringRecord>| {
                row.and_then(|row| row.get(column)).unwrap_or_default().to_owned()
            };
            let label = cell(label_row);
            let stated = statistic(&cell(statistic_row));
            MetricSeries {
                statistic: stated.or_else(|| statistic_in(&label)),
                id: cell(id_row),
                label: if label.is_empty() { format!("column {}", column + 1) } else { label },
                points: Vec::new(),
            }
        })
        .collect()
}
