//! Evaluated nodes as values of a wanted type.
//!
//! A text that is a whole number or a boolean counts as one, because the tools convert it too.
//! A number with a leading zero is refused: tools differ on whether it is octal.

use super::settle::Read;
use super::tree::{Node, Value, number_text};

/// A whole number.
pub fn whole(node: &Node) -> Read<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match &node.value {
        Value::Number(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            Read::Known(*number as i64)
        }
        Value::Number(number) => {
            Read::Wrong(format!("{} is not a whole number", number_text(*number)))
        }
        Value::Text(text) => {
            let trimmed = text.trim();
            let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
            let is_plain = digits.len() == 1 || !digits.starts_with('0');
            match trimmed.parse() {
                Ok(number) if is_plain => Read::Known(number),
                Ok(_) => Read::Wrong(format!("`{text}` may be octal; write it without zeros")),
                Err(_) => Read::Wrong(format!("`{text}` is not a whole number")),
            }
        }
        Value::Null | Value::Boolean(_) | Value::List(_) | Value::Map(_) => {
            Read::Wrong(format!("{} is not a whole number", what(node)))
        }
        Value::Reference(_) | Value::Unknown(_) => unknown(node),
    }
}

/// `true` or `false`.
pub fn boolean(node: &Node) -> Read<bool> {
    match &node.value {
        Value::Boolean(value) => Read::Known(*value),
        Value::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" => Read::Known(true),
            "false" => Read::Known(false),
            _ => Read::Wrong(format!("`{text}` is not `true` or `false`")),
        },
        Value::Null | Value::Number(_) | Value::List(_) | Value::Map(_) => {
            Read::Wrong(format!("{} is not `true` or `false`", what(node)))
        }
        Value::Reference(_) | Value::Unknown(_) => unknown(node),
    }
}

/// A text.
pub fn text(node: &Node) -> Read<String> {
    match &node.value {
        Value::Reference(_) | Value::Unknown(_) => unknown(node),
        Value::Null
        | Value::Boolean(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Map(_) => match node.scalar_text() {
            Some(text) => Read::Known(text),
            None => Read::Wrong(format!("{} is not a text", what(node))),
        },
    }
}

/// A list of texts; a single text counts as a list of one.
pub fn texts(node: &Node) -> Read<Vec<String>> {
    match &node.value {
        Value::List(elements) => {
            let mut found = Vec::with_capacity(elements.len());
            for element in elements {
                match text(element) {
                    Read::Known(text) => found.push(text),
                    Read::Unknown(why, supply) => return Read::Unknown(why, supply),
                    Read::Wrong(message) => return Read::Wrong(message),
                }
            }
            Read::Known(found)
        }
        Value::Text(text) => Read::Known(vec![text.clone()]),
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::Map(_) => {
            Read::Wrong(format!("{} is not a list of texts", what(node)))
        }
        Value::Reference(_) | Value::Unknown(_) => unknown(node),
    }
}

/// Why a node has no value.
fn unknown<T>(node: &Node) -> Read<T> {
    if let Some(unknown) = node.as_unknown() {
        let supply = unknown.needs.iter().filter_map(|need| need.supply.clone()).collect();
        return Read::Unknown(unknown.why(), supply);
    }
    let name = node.as_reference().map_or("it", |reference| reference.name.as_str());
    Read::Unknown(format!("`{name}` has no value before it is deployed"), Vec::new())
}

fn what(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a table".to_owned(),
        Value::Boolean(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Reference(_)
        | Value::Unknown(_) => {
            format!("`{}`", node.scalar_text().unwrap_or_default())
        }
    }
}

/// A node without references and unknowns as JSON; those become null.
pub fn plain_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null | Value::Reference(_) | Value::Unknown(_) => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::Number(number) => json_number(*number),
        Value::Text(text) => text.clone().into(),
        Value::List(elements) => elements.iter().map(plain_json).collect(),
        Value::Map(entries) => {
            let pair = |entry: &super::tree::Entry| (entry.key.clone(), plain_json(&entry.node));
            serde_json::Value::Object(entries.iter().map(pair).collect())
        }
    }
}

/// A number as JSON writes it: whole ones without a fraction.
pub fn json_number(number: f64) -> serde_json::Value {
    match number_text(number).parse::<i64>() {
        Ok(whole) => whole.into(),
        Err(_) => number.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::tree::Place;

    #[test]
    fn texts_that_are_numbers_count_as_numbers_but_not_with_leading_zeros() {
        let place = Place { file: 0, line: 1 };
        let cases = [
            (Value::Text("100".into()), Some(100)),
            (Value::Text(" -1 ".into()), Some(-1)),
            (Value::Text("0".into()), Some(0)),
            (Value::Number(1e2), Some(100)),
            (Value::Number(0.5), None),
            (Value::Text("010".into()), None),
            (Value::Text("1h".into()), None),
            (Value::Boolean(true), None),
        ];
        for (value, expected) in cases {
            let shown = format!("{value:?}");
            let read = match whole(&Node::new(value, place)) {
                Read::Known(number) => Some(number),
                Read::Unknown(..) | Read::Wrong(_) => None,
            };
            assert_eq!(read, expected, "{shown}");
        }
    }
}
