//! JSON text to a tree with lines.
//!
//! `serde_json` parses; every value is taken as the slice of the text it came from
//! (`RawValue`), whose address tells its line. Of two equal keys in a table the tools whose files
//! these are take the last one without a word; here they are an error, since one of them is not
//! what somebody meant. Limit: nesting of [`DEPTH_MAX`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::problem::Problem;
use super::source::{Lines, SourceFile};
use super::tree::{Entry, Node, Value};

/// Deeper files are refused.
pub const DEPTH_MAX: usize = 100;

/// Reads a whole JSON document.
pub fn parse(source: &SourceFile, file: usize) -> Result<Node, Problem> {
    let raw: &RawValue = serde_json::from_str(&source.text).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        Problem::at(&source.name, line.max(1), format!("not JSON: {error}"))
    })?;
    let reading = Reading { source, lines: Lines::new(file, &source.text) };
    reading.node(raw.get(), 0)
}

/// A table whose keys keep their order.
struct Pairs<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

struct PairsVisitor;

impl<'t> Visitor<'t> for PairsVisitor {
    type Value = Pairs<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Pairs<'t>, A::Error> {
        let mut pairs: Vec<(Cow<'t, str>, &'t RawValue)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            pairs.push((Cow::Owned(key), map.next_value()?));
        }
        Ok(Pairs(pairs))
    }
}

struct Reading<'s> {
    source: &'s SourceFile,
    lines: Lines,
}

impl Reading<'_> {
    fn node(&self, text: &str, depth: usize) -> Result<Node, Problem> {
        // `text` is a slice of the source, so the difference of addresses is its offset.
        let offset = (text.as_ptr() as usize).wrapping_sub(self.source.text.as_ptr() as usize);
        let place = self.lines.place(offset);
        let fail = |message: String| Problem::at(&self.source.name, place.line, message);
        let not_json = |error: serde_json::Error| fail(format!("not JSON: {error}"));
        if depth > DEPTH_MAX {
            return Err(fail(format!("nested more than {DEPTH_MAX} levels deep")));
        }
        let value = match text.as_bytes().first() {
            Some(b'{') => {
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let pairs = deserializer.deserialize_map(PairsVisitor).map_err(not_json)?;
                let mut entries: Vec<Entry> = Vec::with_capacity(pairs.0.len());
                for (key, raw) in pairs.0 {
                    let entry =
                        Entry { key: key.into_owned(), node: self.node(raw.get(), depth + 1)? };
                    entries.push(entry);
                }
                Value::Map(each_once(&self.source.name, entries)?)
            }
            Some(b'[') => {
                let raws: Vec<&RawValue> = serde_json::from_str(text).map_err(not_json)?;
                let nodes = raws.iter().map(|raw| self.node(raw.get(), depth + 1));
                Value::List(nodes.collect::<Result<Vec<Node>, Problem>>()?)
            }
            Some(_) | None => {
                let plain: serde_json::Value = serde_json::from_str(text).map_err(not_json)?;
                match plain {
                    serde_json::Value::Bool(value) => Value::Boolean(value),
                    serde_json::Value::Number(number) => {
                        Value::Number(number.as_f64().unwrap_or(f64::NAN))
                    }
                    serde_json::Value::String(text) => Value::Text(text),
                    serde_json::Value::Null
                    | serde_json::Value::Array(_)
                    | serde_json::Value::Object(_) => Value::Null,
                }
            }
        };
        Ok(Node { value, place })
    }
}

/// The entries of a table of `file` if every key is in it once.
pub fn each_once(file: &str, entries: Vec<Entry>) -> Result<Vec<Entry>, Problem> {
    let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in &entries {
        let line = entry.node.place.line;
        if let Some(first) = lines.insert(&entry.key, line) {
            let key = &entry.key;
            let message = format!("`{key}` is also in line {first}; keep one of them");
            return Err(Problem::at(file, line, message));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, Problem> {
        parse(&SourceFile { name: "f.json".into(), text: text.into() }, 0)
    }

    #[test]
    fn every_value_knows_its_line() {
        let node = read("{\n \"a\": 1,\n \"b\": [\n true,\n \"x\"]\n}").expect("it is JSON");
        assert_eq!(node.get("a").map(|a| a.place.line), Some(2));
        let b = node.get("b").expect("it is there");
        let lines: Vec<u32> = b.elements().iter().map(|node| node.place.line).collect();
        assert_eq!((b.place.line, lines), (3, vec![4, 5]));
    }

    #[test]
    fn deep_nesting_and_two_equal_keys_are_refused() {
        let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
        let error = read(&deep).expect_err("it is too deep").to_string();
        assert!(error.contains("deep"), "{error}");
        let error = read("{\"a\": 1,\n \"a\": 2}").expect_err("it is twice").to_string();
        assert_eq!(error, "f.json:2: `a` is also in line 1; keep one of them");
    }
}
