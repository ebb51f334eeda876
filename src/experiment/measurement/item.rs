//! A file of measured runs: `{"items": [...]}`, each run with its configuration and with what was
//! measured, as `value` and the band `lo` to `hi` that a simulation should meet.
//!
//! The schema is closed. What is no item at all is an error; a configuration or a quantity in
//! words that are not known makes its item unsupported, so that the others can still be run.

use serde::Deserialize;
use serde_json::Value;

use super::config::Config;
use super::quantity::Quantity;

/// A measured run.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its name.
    pub id: String,
    /// What it tests, in words.
    pub mechanism: Vec<String>,
    /// Where it was published.
    pub source: String,
    /// What is to be known about it.
    pub notes: String,
    /// What is known of why it does not agree; prose, may be empty.
    pub analysis: String,
    /// What ran; or why that cannot be read.
    pub config: Result<Box<Config>, String>,
    /// What was measured.
    pub expectations: Vec<Expectation>,
}

/// A measured quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Its name.
    pub name: String,
    /// What it is; or why that is not known.
    pub quantity: Result<Quantity, String>,
    /// Part of the run in seconds from the start of the writer, `[from, to)`; `None`: all of it.
    pub window: Option<(f64, f64)>,
    /// What was measured.
    pub value: f64,
    /// Lowest value that agrees.
    pub low: f64,
    /// Highest value that agrees.
    pub high: f64,
    /// How the band was chosen.
    pub why: String,
}

/// Why a file of measured runs cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The text is no list of items.
    #[error("measured runs: {0}")]
    Document(String),
    /// An item is not of the schema.
    #[error("measured run `{id}`: {reason}")]
    Item {
        /// Name of the item.
        id: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default, rename = "about")]
    _about: Option<String>,
    #[serde(default, rename = "schema")]
    _schema: Option<String>,
    items: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(default, rename = "heldout")]
    _is_held_out: bool,
    #[serde(default)]
    mechanism: Vec<String>,
    #[serde(default)]
    source: String,
    #[serde(default, rename = "date")]
    _date: Option<String>,
    #[serde(default, rename = "region")]
    _region: Option<String>,
    config: Value,
    expect: Vec<WrittenExpectation>,
    #[serde(default)]
    notes: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExpectation {
    quantity: String,
    #[serde(default)]
    window_s: Option<(f64, f64)>,
    value: f64,
    lo: f64,
    hi: f64,
    #[serde(default)]
    why: String,
}

/// Finds the text of a capture by its path, or says why it cannot.
pub type Captures<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Reads measured runs.
///
/// # Errors
/// The first thing that is no item.
pub fn parse(text: &str, captures: Captures<'_>) -> Result<Vec<Item>, ItemError> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| ItemError::Document(error.to_string()))?;
    document.items.into_iter().map(|item| read(item, captures)).collect()
}

fn read(item: Value, captures: Captures<'_>) -> Result<Item, ItemError> {
    let id = item.get("id").and_then(Value::as_str).unwrap_or("without an id").to_owned();
    let fail = |reason: String| ItemError::Item { id: id.clone(), reason };
    let written: Written = serde_json::from_value(item).map_err(|error| fail(error.to_string()))?;
    if written.expect.is_empty() {
        return Err(fail("`expect` is empty, so there is nothing to hold against it".to_owned()));
    }
    let expectation = |written: WrittenExpectation| {
        let window = written.window_s;
        let is_band = written.lo <= written.value && written.value <= written.hi;
        let is_window = window.is_none_or(|(from, to)| from <= to);
        if !is_band || !is_window {
            let name = &written.quantity;
            let reason = "`lo` <= `value` <= `hi` and `window_s` = [from, to] are needed";
            return Err(fail(format!("{name}: {reason}")));
        }
        Ok(Expectation {
            quantity: Quantity::read(&written.quantity),
            name: written.quantity,
            window,
            value: written.value,
            low: written.lo,
            high: written.hi,
            why: written.why,
        })
    };
    let expectations: Result<Vec<Expectation>, ItemError> =
        written.expect.into_iter().map(expectation).collect();
    Ok(Item {
        id: written.id,
        mechanism: written.mechanism,
        source: written.source,
        notes: written.notes.unwrap_or_default(),
        analysis: String::new(),
        config: Config::read(written.config, captures).map(Box::new),
        expectations: expectations?,
    })
}

impl Item {
    /// Records that one run takes about.
    pub fn work(&self) -> u64 {
        self.config.as_ref().map_or(1, |config| 1 + config.records())
    }

    /// The latest time that a quantity is about, in seconds.
    pub fn last_window_end(&self) -> f64 {
        let ends = self.expectations.iter().filter_map(|expected| Some(expected.window?.1));
        ends.fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = r#"{"items": [{"id": "i", "config": {"kind": "dynamodb", "shards": 1,
        "duration_s": 0.1, "arrivals": [{"process": "list", "at_s": [0, 1]}], "keys": "one",
        "record_bytes": 100, "run_until": "empty", "BatchSize": 1},
        "expect": [{"quantity": "processed_records", "window_s": [0, 9], "value": 2, "lo": 2,
        "hi": 2}]}]}"#;

    fn none(path: &str) -> Result<String, String> {
        Err(format!("{path} is not there"))
    }

    fn read_with(from: &str, to: &str) -> Result<Vec<Item>, ItemError> {
        assert!(ITEM.contains(from), "{from}");
        parse(&ITEM.replace(from, to), &none)
    }

    #[test]
    fn a_right_item_is_read() {
        let items = parse(ITEM, &none).expect("the item is right");
        assert!(items[0].config.is_ok(), "{items:?}");
        assert_eq!(items[0].expectations[0].quantity, Ok(Quantity::Processed));
        assert_eq!((items[0].work(), items[0].last_window_end()), (3, 9.0));
    }

    #[test]
    fn what_is_no_item_is_refused_with_its_name() {
        let cases = [
            ("\"expect\"", "\"expects\"", "unknown field `expects`"),
            ("\"lo\": 2", "\"lo\": 3", "`lo` <= `value`"),
            ("[0, 9]", "[9, 0]", "`window_s` = [from, to]"),
            ("\"value\": 2, ", "", "missing field `value`"),
        ];
        for (from, to, expected) in cases {
            let error = read_with(from, to).expect_err(expected).to_string();
            assert!(error.starts_with("measured run `i`: "), "{error}");
            assert!(error.contains(expected), "{error} should say {expected}");
        }
    }

    #[test]
    fn unknown_words_leave_the_other_items_alone() {
        let items = read_with("\"shards\"", "\"shard\"").expect("the file is right");
        assert!(items[0].config.as_ref().is_err_and(|why| why.contains("`shard`")), "{items:?}");
        let items = read_with("processed_records", "processed").expect("the file is right");
        let quantity = &items[0].expectations[0].quantity;
        assert!(quantity.as_ref().is_err_and(|why| why.contains("`processed`")), "{items:?}");
    }
}
