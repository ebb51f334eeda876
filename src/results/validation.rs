//! What came of holding the simulator against what is known: delivery cases, exact theory, runs
//! measured on real AWS.

use serde_json::Value;

use super::Estimate;

/// Everything one `validate` gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Costly items were left out.
    pub is_short: bool,
    /// The groups in the order in which they were given.
    pub groups: Vec<ValidationGroup>,
}

/// Items that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationGroup {
    /// Short name, by which the group can be asked for.
    pub name: String,
    /// What it is about, for people; may be empty.
    pub title: String,
    /// Of what kind its items are.
    pub kind: ItemKind,
    /// The items in the order of their file.
    pub items: Vec<ValidatedItem>,
}

/// Where the right answer of an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A delivery that was recorded on AWS or is documented.
    Delivery,
    /// A result that is known exactly.
    Theory,
    /// Figures measured on AWS, each with a band.
    Measured,
    /// A configuration file and how it is to be read.
    Import,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemStatus {
    /// Everything agrees.
    Passed,
    /// Something does not.
    Failed,
    /// It could not be held against anything.
    Unsupported,
}

/// One item with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidatedItem {
    /// Its id.
    pub id: String,
    /// What it is about; may be empty.
    pub title: String,
    /// Where the right answer is from; may be empty.
    pub source: String,
    /// What became of it.
    pub status: ItemStatus,
    /// What was compared; nothing where the item is unsupported.
    pub checks: Vec<ItemCheck>,
    /// Why it is unsupported, or what else is to be known.
    pub detail: String,
    /// What is known of why it does not agree; may be empty.
    pub analysis: String,
}

/// One comparison of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemCheck {
    /// What is compared.
    pub what: String,
    /// In which part of the run, seconds `[from, to)`; `None`: the whole.
    pub during: Option<(f64, f64)>,
    /// The right answer: a number, a list, a text.
    pub expected: Value,
    /// Unit of the answer; may be empty.
    pub unit: String,
    /// What would do, in words.
    pub allowed: String,
    /// Lowest and highest answer that passes, where the item says them.
    pub band: Option<(f64, f64)>,
    /// The answer found.
    pub got: Option<Value>,
    /// The answer found with its 95 % interval, where it is one number.
    pub estimate: Estimate,
    /// Whether they agree.
    pub agrees: bool,
}

impl Validation {
    /// How many items of all groups have this status.
    pub fn count(&self, status: ItemStatus) -> usize {
        self.groups.iter().map(|group| group.count(status)).sum()
    }
}

impl ValidationGroup {
    /// How many items have this status.
    pub fn count(&self, status: ItemStatus) -> usize {
        self.items.iter().filter(|item| item.status == status).count()
    }
}

/// How far all measured figures are off for every value of a knob that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The knob, as a scenario names it.
    pub knob: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Ids of the items that can be run.
    pub items: Vec<String>,
    /// The values in the order in which they were given.
    pub trials: Vec<Trial>,
}

/// A value of a knob.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The value, as a scenario would write it.
    pub value: String,
    /// How far the figures of all items are off.
    pub residual: Residual,
    /// How far those of each item are off, in the order of the items.
    pub of_items: Vec<Residual>,
}

/// How far some figures are off.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Residual {
    /// Sum of squares, in half widths of the bands.
    pub sum: f64,
    /// Figures in it.
    pub figures: usize,
    /// Figures outside of their bands, those that must be met exactly included.
    pub outside: usize,
}

impl Calibration {
    /// The trial with the smallest residual; the first of equals.
    pub fn best(&self) -> Option<&Trial> {
        self.trials.iter().min_by(|one, other| one.residual.sum.total_cmp(&other.residual.sum))
    }
}
