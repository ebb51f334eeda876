//! What the readers of a scenario accept, noted by themselves while they read.
//!
//! A shape belongs to a path: dotted keys, `*` for any element of a list, the tag for what stands
//! inside a choice (`traffic.*.arrivals.poisson.rate`). What is read in two ways, as
//! `function.duration` is, has the shapes of both.

use std::collections::{BTreeMap, BTreeSet};

/// How a value without keys of its own is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::scenario) enum Scalar {
    Duration,
    Bytes,
    Rate,
    Probability,
    Multiple,
    Amount,
    Date,
    TimeOfDay,
    Text,
    Boolean,
    /// Any number, with bounds as they are written.
    Number(String, String),
    /// A whole number from the first to the second.
    Whole(i128, i128),
    /// One of these texts.
    Words(Vec<&'static str>),
    /// Whatever stands there is read elsewhere.
    Anything,
}

/// A key of a table.
#[derive(Debug, Clone, Default)]
pub(in crate::scenario) struct Key {
    /// It was asked for where it may be left out.
    pub may_be_absent: bool,
    /// Its defaults, as a scenario would write them; one where they do not depend on anything.
    pub defaults: BTreeSet<String>,
}

/// Everything that may stand at a path.
#[derive(Debug, Clone, Default)]
pub(in crate::scenario) struct Shape {
    pub scalars: BTreeSet<Scalar>,
    /// The keys, where a table may stand here.
    pub keys: Option<BTreeMap<String, Key>>,
    /// The table takes other keys too.
    pub is_open: bool,
    /// Most elements, where a list may stand here.
    pub elements_max: Option<usize>,
    /// The tags of a choice, and whether each was seen without settings.
    pub tags: BTreeMap<&'static str, bool>,
}

/// The shapes of all paths that were read.
#[derive(Debug, Clone, Default)]
pub(in crate::scenario) struct Shapes(BTreeMap<String, Shape>);

impl Shapes {
    /// The shape at a path of [`Shapes`], where one is known.
    pub fn get(&self, path: &str) -> Option<&Shape> {
        self.0.get(path)
    }

    /// All paths in order.
    #[cfg(test)]
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The shape at a path of a document, to be added to.
    pub fn at(&mut self, path: &str) -> &mut Shape {
        self.0.entry(general(path)).or_default()
    }

    /// No scenario is valid without this key.
    pub fn require(&mut self, path: &str, key: &str) {
        if let Some(key) = self.at(path).keys.get_or_insert_default().get_mut(key) {
            key.may_be_absent = false;
        }
    }

    /// A key of the table at `path` was asked for.
    pub fn key(&mut self, path: &str, key: &str, default: Option<&str>, is_required: bool) {
        let inner = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        self.at(&inner);
        let keys = self.at(path).keys.get_or_insert_default();
        let known = keys.entry(key.to_owned()).or_default();
        known.may_be_absent |= !is_required;
        known.defaults.extend(default.map(str::to_owned));
    }
}

/// A path with `*` for the numbers of elements.
fn general(path: &str) -> String {
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = path.split('.').map(|part| if is_index(part) { "*" } else { part });
    parts.collect::<Vec<&str>>().join(".")
}
