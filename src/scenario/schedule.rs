//! `[[mapping.schedule]]`: settings of the mapping that change during the run (S2.6, S2.7).
//!
//! ```toml
//! [[mapping.schedule]]
//! at = "10min"
//! set = { Enabled = false }
//! ```
//!
//! A change holds until the next one that sets the same parameter. Every state of the mapping is
//! read like the first, so limits hold for all of them (S12).

use super::destination::FailingDeliveries;
use super::document::{Entry, Node, Value};
use super::mapping::mapping;
use super::profiles::Profile;
use super::reader::{Field, Reading};
use super::starting_position::Start;
use crate::model::settings::ScheduledMapping;
use crate::units::Instant;

const CHANGES_MAX: usize = 10_000;

/// Parameters that `UpdateEventSourceMapping` does not take.
const FIXED: [&str; 4] =
    ["EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "schedule"];

/// What reading a state of the mapping needs to know about the scenario.
pub(super) struct MappingContext<'c> {
    /// The stream's kind and the date of time zero.
    pub start: &'c Start,
    /// The profile in force.
    pub profile: Profile,
    /// Deliveries that fail; `None` where that could not be read.
    pub failing: Option<&'c FailingDeliveries<'c>>,
}

/// Reads the schedule of the mapping written at `field`.
pub(super) fn schedule(
    field: &Field<'_>,
    context: &MappingContext<'_>,
    cx: &mut Reading,
) -> Option<Vec<ScheduledMapping>> {
    let Some(node) = field.node.child("schedule") else { return Some(Vec::new()) };
    let list = Field::of(node, format!("{}.schedule", field.path));
    let elements = list.list(CHANGES_MAX, "[[mapping.schedule]]", cx)?;
    let read: Vec<Option<Change<'_>>> = elements.iter().map(|each| change(each, cx)).collect();
    let mut changes = read.into_iter().collect::<Option<Vec<Change<'_>>>>()?;
    changes.sort_by_key(|change| change.at);
    let mut state = field.node.clone().into_owned();
    let mut schedule = Vec::with_capacity(changes.len());
    for change in &changes {
        apply(&mut state, &change.set);
        let field = Field::of(&state, field.path.clone());
        let table = field.table("[mapping]", cx)?;
        let mapping = mapping(table, context.start, context.profile, context.failing, cx)?;
        schedule.push(ScheduledMapping { at: change.at, mapping });
    }
    Some(schedule)
}

struct Change<'f> {
    at: Instant,
    set: Field<'f>,
}

fn change<'f>(field: &'f Field<'_>, cx: &mut Reading) -> Option<Change<'f>> {
    let mut table = field.table("{ at = \"10min\", set = { Enabled = false } }", cx)?;
    let at = table.required("at", "\"10min\"", cx);
    table.required("set", "{ Enabled = false }", cx);
    table.finish(cx);
    let at = at?.instant(cx)?;
    // Looked up again, because what the reader gives lives no longer than the reader.
    let node = field.node.child("set")?;
    let set = Field::of(node, format!("{}.set", field.path));
    for entry in entries(&set, cx)? {
        if FIXED.contains(&entry.key.as_str()) {
            let path = format!("{}.{}", set.path, entry.key);
            let message = format!("`{}` cannot be changed once the mapping exists", entry.key);
            cx.problems.error(entry.key_place, &path, message);
            return None;
        }
    }
    Some(Change { at, set })
}

fn entries<'f>(set: &'f Field<'_>, cx: &mut Reading) -> Option<&'f [Entry]> {
    if let Value::Table(table) = &set.node.value {
        return Some(&table.entries);
    }
    cx.wrong_kind(set, "a table such as `{ Enabled = false }`");
    None
}

/// Puts the parameters of `set` in place of those in `state`.
fn apply(state: &mut Node, set: &Field<'_>) {
    let (Value::Table(state), Value::Table(set)) = (&mut state.value, &set.node.value) else {
        return;
    };
    for entry in &set.entries {
        match state.get_mut(&entry.key) {
            Some(there) => *there = entry.clone(),
            None => state.entries.push(entry.clone()),
        }
    }
}
