//! Sets of items that the simulator is held against, whatever kind they are of.
//!
//! | kind | a file of them is | read by |
//! |---|---|---|
//! | delivery cases | JSON lines, an object with `stream` and `expect` in each | [`delivery`] |
//! | known answers | a document of schema `theory/1` or `statistics/1` | [`validation`] |
//! | measured runs | a document whose items have `config` and `expect` | `measurement` |
//!
//! What a file holds is found in its content (`reading`). The sets that belong to the program
//! are part of the binary ([`embedded`]). [`validate`] runs them; no item is special.

mod group;
pub(crate) mod reading;
mod running;

pub use group::{GroupName, group_names, only_groups};
pub use reading::{ItemProblem, read};
pub use running::{ValidationOptions, calibrate, measured_items, validate};

use super::delivery::{self, Case};
use super::measurement::{self, Item as MeasuredItem};
use super::validation::{self, Item};

/// Items of one kind, from one file.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemSet {
    /// Delivery cases.
    Delivery(Vec<Case>),
    /// Known answers of theory or of statistics.
    Known(Vec<Item>),
    /// Runs measured on AWS.
    Measured(Vec<MeasuredItem>),
}

impl ItemSet {
    /// Number of items.
    pub fn count(&self) -> usize {
        match self {
            ItemSet::Delivery(cases) => cases.len(),
            ItemSet::Known(items) => items.len(),
            ItemSet::Measured(items) => items.len(),
        }
    }
}

/// The sets that are part of the program.
pub fn embedded() -> Vec<ItemSet> {
    let texts =
        [delivery::CASES, validation::THEORY, validation::STATISTICS, measurement::MEASURED];
    let set = |text| {
        let set = read(text, &captures_of_the_program);
        let mut set = set.expect("the items of the program are right, which a test shows");
        if let ItemSet::Measured(items) = &mut set {
            items.iter_mut().for_each(|item| item.analysis = measurement::analysis(&item.id));
        }
        set
    };
    texts.into_iter().map(set).collect()
}

/// A capture that is part of the program.
///
/// # Errors
/// When there is none of this name.
pub fn captures_of_the_program(path: &str) -> Result<String, String> {
    let capture = measurement::capture(path).map(str::to_owned);
    capture.ok_or_else(|| format!("there is no capture `{path}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_items_of_the_program_can_be_read() {
        let counts: Vec<usize> = embedded().iter().map(ItemSet::count).collect();
        assert_eq!(counts, [121, 218, 7, 20]);
    }
}
