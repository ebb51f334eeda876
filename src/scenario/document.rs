//! A TOML document as a tree in which every key and value knows its place.
//!
//! The `toml` crate parses; this tree can also be changed (overlays of variants and `--set`),
//! which its borrowed one cannot. A place names its source, so a value that `--set` brought in
//! is reported where the user typed it.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A stretch of one of the sources, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Index of the source: 0 is the scenario file.
    pub source: usize,
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub value: Value,
    pub place: Place,
}

/// A TOML value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    /// Numbers beyond the range are at its end, so that range checks catch them.
    Integer(i128),
    Float(f64),
    Boolean(bool),
    /// As TOML writes it.
    Date(String),
    List(Vec<Node>),
    Table(Table),
}

/// Keys and values in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub key: String,
    pub key_place: Place,
    pub node: Node,
}

/// What the TOML parser did not like.
pub(super) struct SyntaxError {
    pub message: String,
    pub place: Place,
}

impl Node {
    /// Parses a whole document.
    pub fn parse_document(text: &str, source: usize) -> Result<Node, Vec<SyntaxError>> {
        let (document, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            let place = Place { source, start: 0, end: 0 };
            return Ok(Node { value: Value::Table(table_of(document.get_ref(), source)), place });
        }
        let error_of = |error: &toml::de::Error| {
            let span = error.span().unwrap_or(0..0);
            SyntaxError {
                message: error.message().to_owned(),
                place: Place {
                    source,
                    start: span.start.min(text.len()),
                    end: span.end.min(text.len()),
                },
            }
        };
        Err(errors.iter().map(error_of).collect())
    }

    /// Reads `text[from..]` as a TOML value; what is none is taken as a string.
    pub fn parse_value_or_text(text: &str, from: usize, source: usize) -> Node {
        let written = &text[from..];
        let place = Place { source, start: from, end: text.len() };
        match DeValue::parse(written) {
            Ok(value) => {
                let mut node = node_of(&value, source);
                node.shift(from);
                node
            }
            Err(_) => Node { value: Value::Text(written.to_owned()), place },
        }
    }

    /// The value at a dotted path, or the nearest table above it that exists.
    pub fn nearest(&self, path: &str) -> &Node {
        let mut node = self;
        for part in path.split('.').filter(|part| !part.is_empty()) {
            match node.child(part) {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }

    /// The entry of a table or the element of a list.
    pub fn child(&self, part: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(table) => table.get(part).map(|entry| &entry.node),
            Value::List(nodes) => nodes.get(part.parse::<usize>().ok()?),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_) => None,
        }
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value {
            return Some(text);
        }
        None
    }

    /// What kind of value this is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a text",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Boolean(_) => "a boolean",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// Gives the value and everything in it one place.
    pub fn place_at(&mut self, place: Place) {
        self.place = place;
        match &mut self.value {
            Value::List(nodes) => nodes.iter_mut().for_each(|node| node.place_at(place)),
            Value::Table(table) => {
                for entry in &mut table.entries {
                    entry.key_place = place;
                    entry.node.place_at(place);
                }
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_) => {}
        }
    }

    /// Moves all places, for a value that stands inside a longer text.
    fn shift(&mut self, by: usize) {
        self.place.start += by;
        self.place.end += by;
        match &mut self.value {
            Value::List(nodes) => nodes.iter_mut().for_each(|node| node.shift(by)),
            Value::Table(table) => {
                for entry in &mut table.entries {
                    entry.key_place.start += by;
                    entry.key_place.end += by;
                    entry.node.shift(by);
                }
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_) => {}
        }
    }
}

impl Table {
    /// The entry with this key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The entry with this key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }
}

/// Lists longer than this are shown by their length.
const SHOWN_ELEMENTS_MAX: usize = 24;

impl fmt::Display for Node {
    /// The value as TOML writes it, long lists shortened.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, SHOWN_ELEMENTS_MAX)
    }
}

impl Node {
    /// The whole value as TOML.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, usize::MAX).expect("a string takes any text");
        text
    }

    /// Writes the value as TOML, lists longer than `elements_max` by their length.
    fn write(&self, f: &mut impl fmt::Write, elements_max: usize) -> fmt::Result {
        match &self.value {
            Value::Text(text) => write!(f, "{}", toml::Value::String(text.clone())),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Float(number) => write!(f, "{number:?}"),
            Value::Boolean(value) => write!(f, "{value}"),
            Value::Date(date) => f.write_str(date),
            Value::List(nodes) if nodes.len() > elements_max => {
                write!(f, "[{} elements]", nodes.len())
            }
            Value::List(nodes) => {
                f.write_str("[")?;
                for (index, node) in nodes.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    node.write(f, elements_max)?;
                }
                f.write_str("]")
            }
            Value::Table(table) if table.entries.is_empty() => f.write_str("{}"),
            Value::Table(table) => {
                f.write_str("{ ")?;
                for (index, entry) in table.entries.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                    match !entry.key.is_empty() && entry.key.chars().all(is_bare) {
                        true => write!(f, "{comma}{} = ", entry.key)?,
                        false => write!(f, "{comma}{:?} = ", entry.key)?,
                    }
                    entry.node.write(f, elements_max)?;
                }
                f.write_str(" }")
            }
        }
    }
}

fn table_of(table: &DeTable<'_>, source: usize) -> Table {
    let entry_of =
        |(key, value): (&Spanned<toml::de::DeString<'_>>, &Spanned<DeValue<'_>>)| Entry {
            key: key.get_ref().to_string(),
            key_place: Place { source, start: key.span().start, end: key.span().end },
            node: node_of(value, source),
        };
    Table { entries: table.iter().map(entry_of).collect() }
}

fn node_of(spanned: &Spanned<DeValue<'_>>, source: usize) -> Node {
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            let is_negative = number.as_str().starts_with('-');
            let beyond = if is_negative { i128::MIN } else { i128::MAX };
            let parsed = i128::from_str_radix(number.as_str(), number.radix());
            Value::Integer(parsed.unwrap_or(beyond))
        }
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(nodes) => {
            Value::List(nodes.iter().map(|node| node_of(node, source)).collect())
        }
        DeValue::Table(table) => Value::Table(table_of(table, source)),
    };
    Node { value, place: Place { source, start: spanned.span().start, end: spanned.span().end } }
}
