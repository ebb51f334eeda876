//! Reads a file of items, whose kind is found in its content.
//!
//! | content | is |
//! |---|---|
//! | a JSON document with `items` that have `expect` | measured runs |
//! | another JSON document with `items` | known answers |
//! | JSON lines | delivery cases |
//!
//! A text that is neither is taken for what it resembles most, so that the message about its
//! mistake has the line where the mistake is.

use std::fmt;

use serde_json::Value;

use super::ItemSet;
use crate::experiment::delivery::read_cases;
use crate::experiment::measurement::{self, item::Captures};
use crate::experiment::validation::{self, ItemError};

/// One thing wrong with a file of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemProblem {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for ItemProblem {
    /// `12: what is wrong`, to be written behind the name of the file and a colon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

/// Reads items; `captures` finds the files that measured runs name.
///
/// # Errors
/// What is wrong, line by line as far as that is possible.
pub fn read(text: &str, captures: Captures<'_>) -> Result<ItemSet, Vec<ItemProblem>> {
    if text.trim().is_empty() {
        let message = "there is nothing in it; expected delivery cases, one JSON object per \
                       line, or a JSON document with `schema` and `items`";
        return Err(vec![ItemProblem { line: 1, message: message.to_owned() }]);
    }
    if is_document(text) { read_document(text, captures) } else { read_lines(text) }
}

/// Whether the text is, or was meant to be, one document with `items`.
fn is_document(text: &str) -> bool {
    match serde_json::from_str::<Value>(text) {
        Ok(whole) => whole.get("stream").is_none(),
        Err(_) => {
            let is_case = |line: &str| {
                serde_json::from_str::<Value>(line).is_ok_and(|json| json.get("stream").is_some())
            };
            text.contains("\"items\"") && !text.lines().any(is_case)
        }
    }
}

fn read_lines(text: &str) -> Result<ItemSet, Vec<ItemProblem>> {
    let whole: Option<Value> = serde_json::from_str(text).ok();
    if whole.is_some() && text.trim().lines().count() > 1 {
        let message = "a delivery case stands on one line; write every case on a line of its own";
        return Err(vec![ItemProblem { line: 1, message: message.to_owned() }]);
    }
    read_cases(text).map(ItemSet::Delivery).map_err(|errors| {
        let problem = |error: crate::experiment::delivery::CaseError| ItemProblem {
            line: error.line,
            message: match error.id {
                Some(id) => format!("case `{id}`: {}", error.message),
                None => error.message,
            },
        };
        errors.into_iter().map(problem).collect()
    })
}

fn read_document(text: &str, captures: Captures<'_>) -> Result<ItemSet, Vec<ItemProblem>> {
    let whole: Value = serde_json::from_str(text).map_err(|error| {
        let message = format!("{}, column {}", without_place(&error), error.column());
        vec![ItemProblem { line: error.line(), message }]
    })?;
    let items = whole.get("items").and_then(Value::as_array);
    let Some(items) = items else {
        let message = "expected a JSON document with `schema` and a list `items`, or delivery \
                       cases, one JSON object per line";
        return Err(vec![ItemProblem { line: 1, message: message.to_owned() }]);
    };
    if items.is_empty() {
        return Err(vec![ItemProblem { line: 1, message: "`items` is empty".to_owned() }]);
    }
    let problem = |id: Option<&str>, message: String| {
        vec![ItemProblem { line: id.map_or(1, |id| line_of(text, id)), message }]
    };
    if items.iter().any(|item| item.get("expect").is_some()) {
        return measurement::parse(text, captures).map(ItemSet::Measured).map_err(|error| {
            let id = match &error {
                measurement::ItemError::Document(_) => None,
                measurement::ItemError::Item { id, .. } => Some(id.as_str()),
            };
            problem(id, error.to_string())
        });
    }
    validation::parse(text).map(ItemSet::Known).map_err(|error| {
        let id = match &error {
            ItemError::Document(_) => None,
            ItemError::Item { id, .. } => Some(id.as_str()),
        };
        problem(id, error.to_string())
    })
}

/// The parser's message without the place that it ends with.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map_or(text.clone(), str::to_owned)
}

/// The line, from 1, on which the item with this id begins; 1 where it cannot be found.
fn line_of(text: &str, id: &str) -> usize {
    let quoted = Value::from(id).to_string();
    let names_it = |line: &str| {
        line.match_indices(&quoted).any(|(at, _)| {
            let before = line[..at].trim_end();
            before.strip_suffix(':').is_some_and(|key| key.trim_end().ends_with("\"id\""))
        })
    };
    text.lines().position(names_it).map_or(1, |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = r#"{"id": "a", "stream": {"kind": "kinesis"}, "mapping": {}, "expect": {}}"#;

    fn none(path: &str) -> Result<String, String> {
        Err(path.to_owned())
    }

    #[test]
    fn the_kind_of_a_file_is_found_in_its_content() {
        assert!(matches!(read(CASE, &none), Ok(ItemSet::Delivery(cases)) if cases.len() == 1));
        let two = format!("{CASE}\n\n{}\n", CASE.replace("\"a\"", "\"b\""));
        assert!(matches!(read(&two, &none), Ok(ItemSet::Delivery(cases)) if cases.len() == 2));
        let known = read(validation::STATISTICS, &none);
        assert!(matches!(known, Ok(ItemSet::Known(items)) if items.len() == 7));
        let measured = read(measurement::MEASURED, &none);
        assert!(matches!(measured, Ok(ItemSet::Measured(items)) if items.len() == 20));
    }

    #[test]
    fn a_mistake_has_the_line_where_it_is() {
        let document =
            |item: &str| format!("{{\"schema\": \"theory/1\", \"items\": [\n\n{item}\n]}}");
        let pretty = CASE.replace(", ", ",\n");
        let cases = [
            ("", 1, "there is nothing in it"),
            ("{}", 1, "expected a JSON document"),
            ("[]", 1, "expected a JSON document"),
            (&document(""), 4, ""),
            (&document(r#"{"id": "i"}"#), 1, "missing field"),
            (
                &document(
                    r#"{"id": "i", "group": "a", "value": 1, "metric": "no", "config": {"run":
                    {"kind": "steady", "replications": 1, "records": 1}},
                    "tolerance": {"kind": "abs", "abs": 0}}"#,
                ),
                3,
                "metric `no` is unknown",
            ),
            (&format!("{CASE}\n{{\"id\": \"b\", \"stream\": 1}}"), 2, "case `b`"),
            (&format!("{CASE}\nnonsense"), 2, "expected"),
            (&pretty, 1, "on a line of its own"),
        ];
        for (text, line, message) in cases {
            let problems = read(text, &none).expect_err(text);
            assert!(problems[0].message.contains(message), "{text}: {problems:?}");
            if !message.is_empty() {
                assert_eq!(problems[0].line, line, "{text}: {problems:?}");
            }
        }
    }
}
