//! A table of typed columns, the same for a CSV and for a Parquet file.
//!
//! | cells | in CSV |
//! |---|---|
//! | text, whole number, truth | as they are |
//! | number | the shortest decimal that reads back as the same number, without exponent |
//! | none | an empty cell |
//!
//! Both files are made from it, so that they have the same rows and the same digits. Reference:
//! RFC 4180. Left out: what Parquet alone says; see `parquet`.

use serde_json::Value;

use crate::results::MetricUnit;

/// Rows in the order in which they are written, column by column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// Columns, all with a cell for each row.
    pub columns: Vec<Column>,
    /// What the table is of: name and value, for files that have a place for it.
    pub about: Vec<(&'static str, Value)>,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its heading.
    pub name: String,
    /// What its cells are measured in.
    pub unit: Option<MetricUnit>,
    /// From the first row to the last.
    pub cells: Cells,
}

/// The cells of a column, all of one type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cells {
    Text(Vec<String>),
    Whole(Vec<i64>),
    Number(Vec<Option<f64>>),
    Truth(Vec<bool>),
}

impl Table {
    /// The table as CSV, with a header line.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let in_memory = "writing to memory does not fail";
        writer.write_record(self.columns.iter().map(|column| &column.name)).expect(in_memory);
        for row in 0..self.rows() {
            let cells = self.columns.iter().map(|column| column.cells.text(row));
            writer.write_record(cells).expect(in_memory);
        }
        let bytes = writer.into_inner().expect(in_memory);
        String::from_utf8(bytes).expect("CSV of texts is text")
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }
}

impl Column {
    /// A column of what is measured in nothing.
    pub fn plain(name: &str, cells: Cells) -> Column {
        Column { name: name.to_owned(), unit: None, cells }
    }

    /// A column of numbers.
    pub fn numbers(name: String, unit: MetricUnit, numbers: Vec<Option<f64>>) -> Column {
        Column { name, unit: Some(unit), cells: Cells::Number(numbers) }
    }
}

impl Cells {
    /// Texts, as the narrowest type that writes every one of them as it is: whole numbers, numbers,
    /// truths, or texts.
    pub fn narrowest(texts: Vec<String>) -> Cells {
        if let Some(whole) = all_as_written::<i64>(&texts) {
            return Cells::Whole(whole);
        }
        if let Some(numbers) = all_as_written::<f64>(&texts)
            && numbers.iter().all(|number| number.is_finite())
        {
            return Cells::Number(numbers.into_iter().map(Some).collect());
        }
        all_as_written(&texts).map_or(Cells::Text(texts), Cells::Truth)
    }

    fn len(&self) -> usize {
        match self {
            Cells::Text(texts) => texts.len(),
            Cells::Whole(numbers) => numbers.len(),
            Cells::Number(numbers) => numbers.len(),
            Cells::Truth(truths) => truths.len(),
        }
    }

    fn text(&self, row: usize) -> String {
        match self {
            Cells::Text(texts) => texts[row].clone(),
            Cells::Whole(numbers) => numbers[row].to_string(),
            Cells::Number(numbers) => {
                numbers[row].map_or_else(String::new, |number| number.to_string())
            }
            Cells::Truth(truths) => truths[row].to_string(),
        }
    }
}

/// The values of texts that are written exactly as these values are.
fn all_as_written<T: std::str::FromStr + ToString>(texts: &[String]) -> Option<Vec<T>> {
    let value = |text: &String| text.parse().ok().filter(|value: &T| value.to_string() == *text);
    texts.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_the_narrowest_type_that_writes_them_as_they_are() {
        let cases: [(&[&str], &str); 9] = [
            (&["1", "10", "-1"], "Whole"),
            (&["0.5", "10"], "Number"),
            (&["true", "false"], "Truth"),
            (&["10ms", "1s"], "Text"),
            (&["1", "true"], "Text"),
            (&["01", "1"], "Text"),
            (&["1.0", "2"], "Text"),
            (&["1e3"], "Text"),
            (&["NaN", "1"], "Text"),
        ];
        for (texts, kind) in cases {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            let cells = Cells::narrowest(texts.clone());
            assert!(format!("{cells:?}").starts_with(kind), "{cells:?}");
            let written: Vec<String> = (0..cells.len()).map(|row| cells.text(row)).collect();
            assert_eq!(written, texts);
        }
    }

    #[test]
    fn a_table_is_written_row_by_row_and_quoted_where_it_has_to_be() {
        let table = Table {
            columns: vec![
                Column::plain("name", Cells::Text(vec!["a, b".to_owned(), "c".to_owned()])),
                Column::numbers("age".to_owned(), MetricUnit::Seconds, vec![Some(0.1 + 0.2), None]),
            ],
            about: Vec::new(),
        };
        assert_eq!(table.csv(), "name,age\n\"a, b\",0.30000000000000004\nc,\n");
    }
}
