//! Reads tables key by key and collects what is wrong, instead of stopping at the first mistake.
//!
//! A reader remembers which keys were asked for; [`TableReader::finish`] reports the others with
//! a suggestion. Defaults are texts in the syntax of the file and are parsed like given values,
//! so what a report shows as a default is what was in force.
//! A function that returns `None` has reported why.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::document::{Entry, Node, Place, Table, Value};
use super::problems::Problems;
use super::schema::{Scalar, Shapes};
use super::suggest;
use super::{Files, ResolvedSetting};
use crate::model::settings::Arrivals;

/// State of reading one variant.
pub(super) struct Reading {
    /// What is wrong so far.
    pub problems: Problems,
    /// Settings met so far, with the defaults filled in.
    pub resolved: Vec<ResolvedSetting>,
    /// Trace files are relative to this folder.
    pub folder: PathBuf,
    /// Files read so far, or handed over.
    pub files: Files,
    /// Traces read so far, by their table as text: variants share them.
    pub traces: BTreeMap<String, Arrivals>,
    /// Seed of the scenario.
    pub seed: u64,
    /// Index of the empty text that defaults are placed in.
    pub defaults_text: usize,
    /// What is accepted where, while that is being noted.
    pub shapes: Option<Shapes>,
}

/// A value with its dotted path.
#[derive(Debug, Clone)]
pub(super) struct Field<'d> {
    pub node: Cow<'d, Node>,
    pub path: String,
}

/// A table that is being read.
pub(super) struct TableReader<'d> {
    table: Cow<'d, Table>,
    place: Place,
    path: String,
    asked: Vec<&'static str>,
    /// Keys accepted whose names are not fixed.
    accepted: Vec<String>,
    /// Group in the list of resolved settings; `None` for tables inside a setting.
    group: Option<String>,
}

impl Reading {
    /// Notes how a value is written.
    pub fn note(&mut self, path: &str, scalar: impl FnOnce() -> Scalar) {
        if let Some(shapes) = &mut self.shapes {
            shapes.at(path).scalars.insert(scalar());
        }
    }

    /// Reports an error at a field.
    pub fn error(
        &mut self,
        field: &Field<'_>,
        message: impl Into<String>,
    ) -> &mut super::Diagnostic {
        self.problems.error(field.node.place, &field.path, message.into())
    }

    /// Reports that a field has the wrong kind of value.
    pub fn wrong_kind(&mut self, field: &Field<'_>, expected: &str) {
        let message = format!("expected {expected}, found {}", field.node.kind());
        self.error(field, message);
    }

    /// Lists a setting of a table that is not listed as a whole.
    pub fn record_setting(&mut self, group: &str, key: &str, field: &Field<'_>, is_default: bool) {
        self.record(&Some(group.to_owned()), key, field.node.to_string(), is_default);
    }

    fn record(&mut self, group: &Option<String>, key: &str, value: String, is_default: bool) {
        if let Some(group) = group {
            self.resolved.push(ResolvedSetting {
                group: group.clone(),
                key: key.to_owned(),
                value,
                is_default,
            });
        }
    }
}

impl<'d> Field<'d> {
    /// The field of a node of the document.
    pub fn of(node: &'d Node, path: impl Into<String>) -> Field<'d> {
        Field { node: Cow::Borrowed(node), path: path.into() }
    }

    /// Reads this as a table inside a setting.
    pub fn table<'f>(&'f self, example: &str, cx: &mut Reading) -> Option<TableReader<'f>> {
        self.reader(None, example, cx)
    }

    /// Reads this as a table whose keys are settings of `group`.
    pub fn section<'f>(
        &'f self,
        group: &str,
        example: &str,
        cx: &mut Reading,
    ) -> Option<TableReader<'f>> {
        self.reader(Some(group.to_owned()), example, cx)
    }

    fn reader<'f>(
        &'f self,
        group: Option<String>,
        example: &str,
        cx: &mut Reading,
    ) -> Option<TableReader<'f>> {
        if let Some(shapes) = &mut cx.shapes {
            shapes.at(&self.path).keys.get_or_insert_default();
        }
        match &self.node.value {
            Value::Table(table) => Some(TableReader {
                table: Cow::Borrowed(table),
                place: self.node.place,
                path: self.path.clone(),
                asked: Vec::new(),
                accepted: Vec::new(),
                group,
            }),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::List(_) => {
                cx.wrong_kind(self, &format!("a table such as `{example}`"));
                None
            }
        }
    }

    /// The elements of a list of at most `length_max`.
    pub fn list<'f>(
        &'f self,
        length_max: usize,
        example: &str,
        cx: &mut Reading,
    ) -> Option<Vec<Field<'f>>> {
        if let Some(shapes) = &mut cx.shapes {
            shapes.at(&self.path).elements_max = Some(length_max);
            shapes.at(&format!("{}.0", self.path));
        }
        match &self.node.value {
            Value::List(nodes) if nodes.len() > length_max => {
                let message =
                    format!("{} elements are too many; the most is {length_max}", nodes.len());
                cx.error(self, message);
                None
            }
            Value::List(nodes) => {
                let element = |(index, node)| Field::of(node, format!("{}.{index}", self.path));
                Some(nodes.iter().enumerate().map(element).collect())
            }
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::Table(_) => {
                cx.wrong_kind(self, &format!("a list such as `{example}`"));
                None
            }
        }
    }

    /// An externally tagged choice: a plain `"tag"`, or `{ tag = payload }`.
    pub fn choice<'f>(
        &'f self,
        tags: &[&'static str],
        cx: &mut Reading,
    ) -> Option<(&'static str, Option<Field<'f>>)> {
        let find = |written: &str| tags.iter().find(|tag| **tag == written).copied();
        self.note_choice(tags, cx);
        match &self.node.value {
            Value::Text(written) => match find(written) {
                Some(tag) => Some((tag, None)),
                None => {
                    let message =
                        format!("`{written}` is unknown; {}", suggest::advice(written, tags));
                    cx.error(self, message);
                    None
                }
            },
            Value::Table(table) => match table.entries.as_slice() {
                [entry] => match find(&entry.key) {
                    Some(tag) => {
                        let path = format!("{}.{tag}", self.path);
                        Some((tag, Some(Field::of(&entry.node, path))))
                    }
                    None => {
                        unknown_key(&self.path, entry, tags, cx);
                        None
                    }
                },
                [] => {
                    cx.error(self, format!("empty; choose one of {}", suggest::listed(tags)));
                    None
                }
                [first, second, ..] => {
                    let message = format!(
                        "`{}` and `{}` exclude each other; keep one",
                        first.key, second.key
                    );
                    cx.problems.error(second.key_place, &self.path, message);
                    None
                }
            },
            Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::List(_) => {
                let message = format!("one of {}", suggest::listed(tags));
                cx.wrong_kind(self, &message);
                None
            }
        }
    }

    fn note_choice(&self, tags: &[&'static str], cx: &mut Reading) {
        let Some(shapes) = &mut cx.shapes else { return };
        for &tag in tags {
            let is_bare = self.node.as_text() == Some(tag);
            *shapes.at(&self.path).tags.entry(tag).or_default() |= is_bare;
        }
    }

    /// A choice without payload, given as a plain text.
    pub fn word<T: Copy>(&self, words: &[(&'static str, T)], cx: &mut Reading) -> Option<T> {
        let tags: Vec<&'static str> = words.iter().map(|(word, _)| *word).collect();
        cx.note(&self.path, || Scalar::Words(tags.clone()));
        let Value::Text(written) = &self.node.value else {
            cx.wrong_kind(self, &format!("one of {}", suggest::listed(&tags)));
            return None;
        };
        let found = words.iter().find(|(word, _)| word == written);
        if found.is_none() {
            let message = format!("`{written}` is unknown; {}", suggest::advice(written, &tags));
            cx.error(self, message);
        }
        found.map(|(_, value)| *value)
    }
}

impl<'d> TableReader<'d> {
    /// A table that is not in the file: every key has its default.
    pub fn absent(path: &str, group: Option<&str>, place: Place) -> TableReader<'d> {
        TableReader {
            table: Cow::Owned(Table::default()),
            place,
            path: path.to_owned(),
            asked: Vec::new(),
            accepted: Vec::new(),
            group: group.map(str::to_owned),
        }
    }

    /// The value of a key, if it is there.
    pub fn optional(&mut self, key: &'static str, cx: &mut Reading) -> Option<Field<'d>> {
        self.note_key(key, None, false, cx);
        self.ask(key, cx)
    }

    fn note_key(&self, key: &str, default: Option<&str>, is_required: bool, cx: &mut Reading) {
        if let Some(shapes) = &mut cx.shapes {
            shapes.key(&self.path, key, default, is_required);
        }
    }

    fn ask(&mut self, key: &'static str, cx: &mut Reading) -> Option<Field<'d>> {
        self.asked.push(key);
        let field = self.peek(key)?;
        cx.record(&self.group, key, field.node.to_string(), false);
        Some(field)
    }

    /// The value of a key that must be there; `example` is a line that would do.
    pub fn required(
        &mut self,
        key: &'static str,
        example: &str,
        cx: &mut Reading,
    ) -> Option<Field<'d>> {
        self.note_key(key, None, true, cx);
        let field = self.ask(key, cx);
        if field.is_none() {
            let message = format!("missing; write for example `{key} = {example}`");
            let path = self.path_of(key);
            cx.problems.error(self.place, &path, message).label("in this table");
        }
        field
    }

    /// The value of a key, else its default, a text in the syntax of the file.
    pub fn or_default(&mut self, key: &'static str, default: &str, cx: &mut Reading) -> Field<'d> {
        self.note_key(key, Some(default), false, cx);
        self.ask(key, cx).unwrap_or_else(|| {
            let node = Node::parse_value_or_text(default, 0, cx.defaults_text);
            cx.record(&self.group, key, node.to_string(), true);
            Field { node: Cow::Owned(node), path: self.path_of(key) }
        })
    }

    /// The value of a key without counting as asked for or listing it.
    pub fn peek(&self, key: &str) -> Option<Field<'d>> {
        let node = match &self.table {
            Cow::Borrowed(table) => Cow::Borrowed(&table.get(key)?.node),
            Cow::Owned(table) => Cow::Owned(table.get(key)?.node.clone()),
        };
        Some(Field { node, path: self.path_of(key) })
    }

    /// The keys that are there, in the order of the file.
    pub fn keys(&self) -> Vec<String> {
        self.table.entries.iter().map(|entry| entry.key.clone()).collect()
    }

    /// The dotted path of a key of this table.
    pub fn path_of(&self, key: &str) -> String {
        match self.path.is_empty() {
            true => key.to_owned(),
            false => format!("{}.{key}", self.path),
        }
    }

    /// The value of a key whose name is not fixed, and counts it as known.
    pub fn accept_any(&mut self, key: &str, cx: &mut Reading) -> Option<Field<'d>> {
        if let Some(shapes) = &mut cx.shapes {
            shapes.at(&self.path).is_open = true;
        }
        self.accepted.push(key.to_owned());
        self.peek(key)
    }

    /// Counts a key as known that no suggestion names.
    pub fn accept_unnamed(&mut self, key: &str) {
        self.accepted.push(key.to_owned());
    }

    /// Counts a key as known.
    pub fn accept(&mut self, key: &'static str, cx: &mut Reading) {
        self.note_key(key, None, false, cx);
        self.asked.push(key);
    }

    /// Where the table is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self, cx: &mut Reading) {
        for entry in &self.table.entries {
            if !self.asked.contains(&entry.key.as_str()) && !self.accepted.contains(&entry.key) {
                unknown_key(&self.path, entry, &self.asked, cx);
            }
        }
    }
}

fn unknown_key(path: &str, entry: &Entry, known: &[&'static str], cx: &mut Reading) {
    let path = match path.is_empty() {
        true => entry.key.clone(),
        false => format!("{path}.{}", entry.key),
    };
    let message = format!("unknown key; {}", suggest::advice(&entry.key, known));
    cx.problems.error(entry.key_place, &path, message).label("unknown key");
}
