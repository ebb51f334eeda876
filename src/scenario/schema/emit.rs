//! Shapes as JSON Schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::document::{self, Node};
use super::super::profiles::knob_rule;
use super::Draft;
use super::shapes::{Key, Scalar, Shape, Shapes};

/// What is said about every key: `path: words`, one a line.
const WORDS: &str = include_str!("words.txt");

/// The whole schema.
pub(super) fn schema(shapes: &Shapes, draft: Draft) -> Value {
    let words = words();
    let mut schema = Map::new();
    let name = match draft {
        Draft::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        Draft::Draft07 => "http://json-schema.org/draft-07/schema#",
    };
    schema.insert("$schema".to_owned(), json!(name));
    schema.insert("title".to_owned(), json!("A scenario of shardlag"));
    let root = shapes.get("").cloned().unwrap_or_default();
    schema.extend(table(shapes, "", &root, &words));
    Value::Object(schema)
}

/// The words about every path.
pub(super) fn words() -> BTreeMap<&'static str, &'static str> {
    WORDS.lines().filter_map(|line| line.split_once(": ")).collect()
}

/// What may stand at a path; everything where nothing is known.
fn at(shapes: &Shapes, path: &str, words: &BTreeMap<&str, &str>) -> Map<String, Value> {
    let shape = shapes.get(path).cloned().unwrap_or_default();
    let mut ways: Vec<Map<String, Value>> = Vec::new();
    if shape.scalars.contains(&Scalar::Anything) {
        return Map::new();
    }
    ways.extend(shape.scalars.iter().map(|scalar| object(of_scalar(scalar))));
    if shape.elements_max.is_some() {
        ways.push(list(shapes, path, &shape, words));
    }
    if !shape.tags.is_empty() {
        let bare = shape.tags.iter().filter(|(_, is_bare)| **is_bare).map(|(tag, _)| *tag);
        let bare: Vec<&str> = bare.collect();
        if !bare.is_empty() {
            ways.push(object(json!({ "enum": bare })));
        }
        ways.extend(choice(shapes, path, &shape, words));
    }
    if shape.keys.as_ref().is_some_and(|keys| !keys.is_empty() || shape.is_open) {
        ways.push(table(shapes, path, &shape, words));
    }
    match ways.len() {
        0 | 1 => ways.pop().unwrap_or_default(),
        _ => object(json!({ "anyOf": ways })),
    }
}

fn list(
    shapes: &Shapes,
    path: &str,
    shape: &Shape,
    words: &BTreeMap<&str, &str>,
) -> Map<String, Value> {
    let items = at(shapes, &format!("{path}.*"), words);
    let mut list = object(json!({ "type": "array", "items": items }));
    if let Some(most) = shape.elements_max {
        list.insert("maxItems".to_owned(), json!(most));
    }
    list
}

/// `{ tag = settings }`: exactly one of the tags.
fn choice(
    shapes: &Shapes,
    path: &str,
    shape: &Shape,
    words: &BTreeMap<&str, &str>,
) -> Option<Map<String, Value>> {
    let mut properties = Map::new();
    for tag in shape.tags.keys() {
        let inner = format!("{path}.{tag}");
        if let Some(shape) = shapes.get(&inner)
            && !is_empty(shape)
        {
            properties.insert((*tag).to_owned(), described(shapes, &inner, words));
        }
    }
    (!properties.is_empty()).then(|| {
        object(json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
        }))
    })
}

/// Whether nothing is known about a value.
pub(super) fn is_empty(shape: &Shape) -> bool {
    shape.scalars.is_empty()
        && shape.keys.is_none()
        && shape.elements_max.is_none()
        && shape.tags.is_empty()
}

fn table(
    shapes: &Shapes,
    path: &str,
    shape: &Shape,
    words: &BTreeMap<&str, &str>,
) -> Map<String, Value> {
    let no_keys = BTreeMap::new();
    let keys = shape.keys.as_ref().unwrap_or(&no_keys);
    let mut properties = Map::new();
    for (name, key) in keys {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let mut property = described(shapes, &inner, words);
        if let Some(default) = default(key) {
            property["default"] = default;
        }
        properties.insert(name.clone(), property);
    }
    let required: Vec<&String> =
        keys.iter().filter(|(_, key)| !key.may_be_absent).map(|(name, _)| name).collect();
    let mut table = object(json!({ "type": "object", "properties": properties }));
    if !shape.is_open {
        table.insert("additionalProperties".to_owned(), json!(false));
    }
    if !required.is_empty() {
        table.insert("required".to_owned(), json!(required));
    }
    table
}

/// What may stand at a path with the words about it.
fn described(shapes: &Shapes, path: &str, words: &BTreeMap<&str, &str>) -> Value {
    let mut schema = Map::new();
    if let Some(words) = words.get(path) {
        let rule = path.strip_prefix("model.").and_then(knob_rule);
        let rule = rule.map(|rule| format!(" Rule {rule}.")).unwrap_or_default();
        schema.insert("description".to_owned(), json!(format!("{words}{rule}")));
    }
    schema.extend(at(shapes, path, words));
    Value::Object(schema)
}

/// The default of a key, if it is the same whatever else the scenario says.
fn default(key: &Key) -> Option<Value> {
    match key.defaults.iter().collect::<Vec<&String>>().as_slice() {
        [only] => Some(json_of(&Node::parse_value_or_text(only, 0, 0))),
        [] | [_, _, ..] => None,
    }
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        document::Value::Text(text) | document::Value::Date(text) => json!(text),
        document::Value::Integer(number) => json!(i64::try_from(*number).ok()),
        document::Value::Float(number) => json!(number),
        document::Value::Boolean(value) => json!(value),
        document::Value::List(nodes) => nodes.iter().map(json_of).collect(),
        document::Value::Table(table) => {
            let entries = table.entries.iter();
            entries.map(|entry| (entry.key.clone(), json_of(&entry.node))).collect()
        }
    }
}

fn of_scalar(scalar: &Scalar) -> Value {
    let quantity = |what: &str, end: &str| {
        let pattern = format!(r"^\s*[0-9.]{end}\s*$");
        json!({ "type": "string", "title": what, "pattern": pattern })
    };
    match scalar {
        Scalar::Duration => quantity("a time such as 10s", r".*(ns|us|µs|ms|s|min|m|h|d)"),
        Scalar::Bytes => quantity("a size such as 600B", ".*B"),
        Scalar::Rate => quantity("a rate such as 200/s", ".*/.+"),
        Scalar::Probability => quantity("a chance such as 1%", "[0-9.eE+-]*%?"),
        Scalar::Multiple => quantity("a multiple such as 3x", ".*[x×]"),
        Scalar::Amount => json!({ "type": "string", "title": "an amount such as $0.20" }),
        Scalar::Date => json!({ "type": "string", "title": "a date such as 2026-01-01T00:00:00Z" }),
        Scalar::TimeOfDay => json!({
            "type": "string",
            "title": "a time of day such as 14:00",
            "pattern": "^[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?$",
        }),
        Scalar::Text => json!({ "type": "string" }),
        Scalar::Boolean => json!({ "type": "boolean" }),
        Scalar::Number(low, high) => {
            let bound = |text: &str| text.parse::<f64>().unwrap_or(0.0);
            json!({ "type": "number", "minimum": bound(low), "maximum": bound(high) })
        }
        Scalar::Whole(low, high) => match u64::try_from(*high) {
            Ok(high) if high <= u64::from(u32::MAX) => {
                json!({ "type": "integer", "minimum": *low as i64, "maximum": high })
            }
            // Larger numbers are not exact in every reader of JSON.
            Ok(_) | Err(_) => json!({ "type": "integer", "minimum": *low as i64 }),
        },
        Scalar::Words(words) => json!({ "enum": words }),
        Scalar::Anything => json!({}),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}
