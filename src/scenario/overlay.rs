//! Changes to a document: `--set key=value` and the `set` tables of variants.
//!
//! A key is a dotted path; elements of lists are numbered from 0 (`traffic.0.arrivals`). Tables
//! on the way are made where missing. Below a choice (`arrivals`, `keys`, ...) another choice
//! replaces the one in force. The new value keeps the place where it was written, so mistakes in
//! it are reported there.

use super::document::{Entry, Node, Place, Table, Value};
use super::problems::Problems;

/// Keys whose table holds one of several choices.
const CHOICES: [&str; 7] =
    ["arrivals", "keys", "record_size", "variation", "size", "poll_phase", "poison"];

/// No key of a scenario is this deep; a path without a limit would exhaust the stack.
const PARTS_MAX: usize = 40;

/// A change of one key.
pub(super) struct Change<'c> {
    /// Dotted path.
    pub key: &'c str,
    /// Where the path is written.
    pub key_place: Place,
    /// Path of the change itself in error messages.
    pub path: String,
    /// The new value.
    pub value: Node,
}

/// Applies a change; what is wrong with its path is reported.
pub(super) fn apply(root: &mut Node, change: Change<'_>, problems: &mut Problems) {
    let parts: Vec<&str> = change.key.split('.').map(str::trim).collect();
    if parts.iter().any(|part| part.is_empty()) || parts.len() > PARTS_MAX {
        let message = format!("`{}` is not a dotted key such as `function.timeout`", change.key);
        problems.error(change.key_place, &change.path, message);
        return;
    }
    if let Err(message) = set(root, &parts, None, &change) {
        problems.error(change.key_place, &change.path, message);
    }
}

fn set(
    node: &mut Node,
    parts: &[&str],
    above: Option<&str>,
    change: &Change<'_>,
) -> Result<(), String> {
    let Some((part, rest)) = parts.split_first() else {
        *node = change.value.clone();
        return Ok(());
    };
    let kind = node.kind();
    match &mut node.value {
        Value::Table(table) => {
            if above.is_some_and(|above| CHOICES.contains(&above)) && table.get(part).is_none() {
                table.entries.retain(|entry| !is_choice_beside(above, &entry.key, part));
            }
            if table.get(part).is_none() {
                table.entries.push(Entry {
                    key: (*part).to_owned(),
                    key_place: change.key_place,
                    node: Node { value: Value::Table(Table::default()), place: change.key_place },
                });
            }
            let entry = table.get_mut(part).expect("it was just put there");
            set(&mut entry.node, rest, Some(part), change)
        }
        Value::List(nodes) => {
            let length = nodes.len();
            let index: usize = part.parse().map_err(|_| {
                let before = above.unwrap_or("this");
                format!("`{before}` is a list; write a number, for example `{before}.0`")
            })?;
            let element = nodes.get_mut(index).ok_or_else(|| {
                format!("there is no element {index}; the list has {length}, counted from 0")
            })?;
            set(element, rest, Some(part), change)
        }
        Value::Text(_) if above.is_some_and(|above| CHOICES.contains(&above)) => {
            node.value = Value::Table(Table::default());
            node.place = change.key_place;
            set(node, parts, above, change)
        }
        Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Date(_) => {
            let before = above.unwrap_or("it");
            Err(format!("`{before}` is {kind}, not a table, so it has no `{part}`; set it whole"))
        }
    }
}

/// `poison = { at, shard }` has two keys of one choice; everywhere else a choice is one key.
fn is_choice_beside(above: Option<&str>, present: &str, wanted: &str) -> bool {
    let is_pair = |key: &str| key == "at" || key == "shard";
    !(above == Some("poison") && is_pair(present) && is_pair(wanted))
}
