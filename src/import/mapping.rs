//! An imported mapping: typed values, each with its origin, and what could not be known.

use super::tree::Place;
use crate::model::settings::StreamKind;

/// One mapping with everything that its file tells.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedMapping {
    /// Its name in the file, unique there.
    pub id: String,
    /// Where it begins.
    pub place: Place,
    /// Kind of the stream and how that is known; `None`: unresolved.
    pub kind: Option<(StreamKind, KindEvidence)>,
    /// Parameters under their names in the API, in the order of the API's documentation.
    pub settings: Vec<Setting>,
    /// ARN of the on-failure destination, or a name for it; `None`: there is none.
    pub on_failure: Option<Found<String>>,
    /// Filter patterns.
    pub filters: Vec<Found<String>>,
    /// A consumer with enhanced fan-out reads the stream.
    pub enhanced_fan_out: bool,
    /// The function: `memory_mb`, `timeout_s`, `reserved`, as far as the file tells.
    pub function: FunctionFacts,
    /// The stream, as far as the file tells.
    pub stream: StreamFacts,
    /// What could not be known.
    pub unresolved: Vec<Unresolved>,
    /// What is not named is open: a module or an earlier command decides.
    pub absent_is_open: bool,
}

/// How the kind of the stream is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindEvidence {
    /// The file says it: the type of the event or resource, or the ARN.
    Stated,
    /// The keys of a filter pattern exist in records of this kind only.
    FilterKeys,
    /// A name says it.
    Name,
    /// Given by the user.
    Given,
}

/// A value and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// Where it is from.
    pub origin: Origin,
}

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Written in a file, or given on the command line.
    File(Place),
    /// The default of a tool.
    Default(&'static str),
}

/// A parameter with its value as JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Name in the API.
    pub name: &'static str,
    /// Value as the API takes it.
    pub value: serde_json::Value,
    /// Where it is from.
    pub origin: Origin,
}

/// What a file tells of a function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FunctionFacts {
    /// Its name.
    pub name: Option<String>,
    /// Memory in MB.
    pub memory_mb: Option<Found<i64>>,
    /// Timeout in seconds.
    pub timeout_s: Option<Found<i64>>,
    /// Reserved concurrency.
    pub reserved: Option<Found<i64>>,
}

/// What a file tells of a stream.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StreamFacts {
    /// Its name.
    pub name: Option<String>,
    /// Number of shards.
    pub shards: Option<Found<i64>>,
    /// Retention in hours.
    pub retention_hours: Option<Found<i64>>,
    /// AWS chooses the number of shards.
    pub on_demand: bool,
}

/// A value that could not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Name of the parameter in the API; `stream.kind`, `function.timeout` and the like for the
    /// others.
    pub setting: String,
    /// Where it is written, or where it is missing.
    pub place: Place,
    /// Why it is not known.
    pub why: String,
    /// How to supply it.
    pub supply: Vec<String>,
    /// The simulation does not need it.
    pub is_needless: bool,
}

impl ImportedMapping {
    /// A parameter's value, if it is known.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// What could not be known and decides figures.
    pub fn unresolved_needed(&self) -> impl Iterator<Item = &Unresolved> {
        self.unresolved.iter().filter(|unresolved| !unresolved.is_needless)
    }
}
