//! The files that a scenario names: read once, or handed over with it.
//!
//! A plan that is carried to other machines holds its files, and a sweep reads them once for all
//! of its points. Left out: finding files; they are beside the scenario or handed over.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Texts of files by the name that the scenario calls them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Arc<str>>);

impl Files {
    /// Files that need not be read.
    pub fn of(files: impl IntoIterator<Item = (String, Arc<str>)>) -> Files {
        Files(files.into_iter().collect())
    }

    /// The text of a file that is known.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// Names and texts in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_ref()))
    }

    /// Remembers the text of a file.
    pub(super) fn add(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.into());
    }
}
