//! `[[variant]]`: the scenario with some keys changed.

use super::document::{Node, Table, Value};
use super::general::{OF_THE_WHOLE, non_empty};
use super::overlay::{self, Change};
use super::reader::{Field, Reading};

const VARIANTS_MAX: usize = 1_000;

/// A variant's name and its document.
pub(super) struct VariantDocument {
    pub name: String,
    pub root: Node,
}

/// Reads all variants and applies their changes to copies of `base`.
pub(super) fn variant_documents(
    base: &Node,
    base_name: &str,
    cx: &mut Reading,
) -> Vec<VariantDocument> {
    let Some(node) = base.child("variant") else {
        return Vec::new();
    };
    let field = Field::of(node, "variant");
    let mut documents: Vec<VariantDocument> = Vec::new();
    let elements = field.list(VARIANTS_MAX, "[[variant]]", cx);
    for element in elements.unwrap_or_default() {
        let example = "{ name = \"2 retries\", set = { \"mapping.MaximumRetryAttempts\" = 2 } }";
        let Some(mut table) = element.table(example, cx) else {
            continue;
        };
        let name_field = table.required("name", "\"2 retries\"", cx);
        let set = table.required("set", "{ \"mapping.MaximumRetryAttempts\" = 2 }", cx);
        table.finish(cx);
        let Some(name_field) = name_field else {
            continue;
        };
        let Some(name) = non_empty(&name_field, cx) else {
            continue;
        };
        if name == base_name || documents.iter().any(|other| other.name == name) {
            let message = match name == base_name {
                true => format!("`{name}` is the scenario itself; choose another name"),
                false => format!("two variants are named `{name}`"),
            };
            cx.error(&name_field, message);
        }
        let Some(set) = set else { continue };
        let mut root = base.clone();
        apply_set(&mut root, &set, cx);
        documents.push(VariantDocument { name, root });
    }
    documents
}

fn apply_set(root: &mut Node, set: &Field<'_>, cx: &mut Reading) {
    let Value::Table(changes) = &set.node.value else {
        cx.wrong_kind(set, "a table such as `{ \"mapping.MaximumRetryAttempts\" = 2 }`");
        return;
    };
    if changes.entries.is_empty() {
        cx.error(set, "changes nothing");
    }
    apply_table(root, changes, "", set, cx);
}

/// Undotted keys with tables (`set = { mapping.BatchSize = 10 }`, `[variant.set.mapping]`) change
/// single keys of that table; they do not replace it whole.
fn apply_table(root: &mut Node, changes: &Table, prefix: &str, set: &Field<'_>, cx: &mut Reading) {
    for entry in &changes.entries {
        let path = format!("{}.{}", set.path, entry.key);
        let first = entry.key.split('.').next().unwrap_or("");
        if prefix.is_empty() && OF_THE_WHOLE.contains(&first) {
            let message = format!("`{first}` is of the whole scenario; a variant cannot change it");
            cx.problems.error(entry.key_place, &path, message);
            continue;
        }
        if let (true, false, Value::Table(inner)) =
            (prefix.is_empty(), entry.key.contains('.'), &entry.node.value)
        {
            apply_table(root, inner, &format!("{}.", entry.key), set, cx);
            continue;
        }
        let key = format!("{prefix}{}", entry.key);
        let change =
            Change { key: &key, key_place: entry.key_place, path, value: entry.node.clone() };
        overlay::apply(root, change, &mut cx.problems);
    }
}
