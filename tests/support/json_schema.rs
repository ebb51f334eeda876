//! A validator of the words that the schema of scenarios uses; any other word fails the test.
//!
//! Reference: JSON Schema Validation, draft 2020-12. Left out: everything else.

use regex::Regex;
use serde_json::{Map, Value};

/// What is wrong with a value: `/place: what`.
pub fn mistakes(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, value, "", &mut found);
    found
}

fn check(schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let schema = schema.as_object().expect("a schema is an object");
    let mut wrong = |what: String| found.push(format!("{place}: {what}"));
    let number = value.as_f64();
    for (word, wanted) in schema {
        match word.as_str() {
            "$schema" | "title" | "description" | "default" => {}
            "type" if !has_type(wanted, value) => wrong(format!("{value} is no {wanted}")),
            "enum" if !wanted.as_array().expect("a list").contains(value) => {
                wrong(format!("{value} is none of {wanted}"));
            }
            "pattern" => {
                let pattern = Regex::new(wanted.as_str().expect("a text")).expect("a pattern");
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    wrong(format!("{value} does not match {pattern}"));
                }
            }
            "minimum" if number < wanted.as_f64() && number.is_some() => {
                wrong(format!("{value} is below {wanted}"));
            }
            "maximum" if number > wanted.as_f64() => wrong(format!("{value} is above {wanted}")),
            "maxItems" if value.as_array().is_some_and(|list| list.len() as u64 > size(wanted)) => {
                wrong("too many elements".to_owned());
            }
            "minProperties" | "maxProperties" | "required" => {
                let problem = value.as_object().and_then(|table| keys(word, wanted, table));
                problem.into_iter().for_each(&mut wrong);
            }
            "type" | "enum" | "minimum" | "maximum" | "maxItems" => {}
            "properties" | "additionalProperties" | "items" | "anyOf" => {}
            _ => panic!("the validator does not know `{word}`"),
        }
    }
    inside(schema, value, place, found);
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    match wanted.as_str().expect("one type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("the validator does not know the type `{other}`"),
    }
}

fn size(wanted: &Value) -> u64 {
    wanted.as_u64().expect("a size")
}

fn keys(word: &str, wanted: &Value, table: &Map<String, Value>) -> Option<String> {
    let count = table.len() as u64;
    match word {
        "minProperties" => (count < size(wanted)).then(|| "too few keys".to_owned()),
        "maxProperties" => (count > size(wanted)).then(|| "too many keys".to_owned()),
        _ => {
            let names = wanted.as_array().expect("a list").iter().filter_map(Value::as_str);
            let missing: Vec<&str> = names.filter(|name| !table.contains_key(*name)).collect();
            (!missing.is_empty()).then(|| format!("{missing:?} is missing"))
        }
    }
}

/// What stands inside the value, and the other ways in which it can be written.
fn inside(schema: &Map<String, Value>, value: &Value, place: &str, found: &mut Vec<String>) {
    if let Some(table) = value.as_object() {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, inner) in table {
            match properties.and_then(|known| known.get(key)) {
                Some(schema) => check(schema, inner, &format!("{place}/{key}"), found),
                None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                    found.push(format!("{place}: `{key}` is unknown"));
                }
                None => {}
            }
        }
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        for (index, inner) in list.iter().enumerate() {
            check(items, inner, &format!("{place}/{index}"), found);
        }
    }
    if let Some(ways) = schema.get("anyOf").and_then(Value::as_array) {
        let fits = |way: &Value| {
            let mut found = Vec::new();
            check(way, value, place, &mut found);
            found.is_empty()
        };
        if !ways.iter().any(fits) {
            found.push(format!("{place}: {value} is written in none of {} ways", ways.len()));
        }
    }
}
