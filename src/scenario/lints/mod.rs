//! Warnings: settings that AWS accepts and that probably do not say what was meant.
//!
//! | module | looks at |
//! |---|---|
//! | [`catalogue`] | every code with its reason and what to do instead |
//! | `capacity` | lanes, batches and rates that do not fit together |
//! | `failures` | retries, ages, destinations, partial responses |
//! | `effects` | what has no effect, or another one than it seems |
//!
//! A lint fires on the resolved settings of one variant, at the key that decides it, and says what
//! to write instead with the numbers of the scenario. `W-not-modelled` is reported where such a
//! parameter is read. Left out: what AWS refuses, which is an error (S12), for example a tumbling
//! window with ParallelizationFactor above 1.

mod capacity;
pub mod catalogue;
mod effects;
mod failures;

use super::Variant;
use super::document::Node;
use super::problems::Problems;
use crate::model::settings::{Function, RecordSize, Settings};
use crate::units::{Bytes, Duration};

/// Where warnings go, and where their places are found.
struct Lints<'l> {
    root: &'l Node,
    settings: &'l Settings,
    problems: &'l mut Problems,
}

/// Looks at a variant.
pub(super) fn lint(root: &Node, variant: &Variant, problems: &mut Problems) {
    let mut lints = Lints { root, settings: &variant.settings, problems };
    capacity::lint(&mut lints);
    failures::lint(&mut lints);
    effects::lint(&mut lints);
}

impl Lints<'_> {
    /// Reports a doubt with what to write instead.
    fn warn(&mut self, path: &str, code: &'static str, message: String, help: String) {
        debug_assert!(catalogue::lint_of(code).is_some(), "{code} is not in the catalogue");
        let place = self.root.nearest(path).place;
        self.problems.warning(place, path, code, message).help(help);
    }
}

/// Duration with `records` records of no size and a factor of 1 (S10.1).
fn duration_of(function: &Function, records: u32) -> Duration {
    let per_record = function.duration.per_record.as_secs_f64() * f64::from(records);
    Duration::from_secs_f64(function.duration.base.as_secs_f64() + per_record)
}

/// A middle size, the same that the offered load is computed with.
fn typical_size(size: &RecordSize) -> Bytes {
    match size {
        RecordSize::Constant(bytes) => *bytes,
        RecordSize::Uniform { low, high } => Bytes::new(u64::midpoint(low.get(), high.get())),
        RecordSize::Lognormal { p50, .. } => *p50,
    }
}
