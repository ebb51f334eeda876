//! `[[variant]]`: the scenario with some keys changed; `[[consumer]]`: a further event source
//! mapping on the same stream, with its function, that is like the first apart from some keys.

use super::document::{Node, Table, Value};
use super::general::{OF_THE_WHOLE, non_empty};
use super::overlay::{self, Change};
use super::reader::{Field, Reading};

const VARIANTS_MAX: usize = 1_000;
const CONSUMERS_MAX: usize = 100;

/// Tables that are a consumer's own.
const OF_A_CONSUMER: [&str; 5] = ["mapping", "function", "concurrency", "destination", "model"];

/// A variant's or consumer's name and its document.
pub(super) struct NamedDocument {
    pub name: String,
    pub root: Node,
}

/// A list of named changes to a scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Changes {
    /// `[[variant]]`.
    Variant,
    /// `[[consumer]]`.
    Consumer,
}

impl Changes {
    fn key(self) -> &'static str {
        match self {
            Changes::Variant => "variant",
            Changes::Consumer => "consumer",
        }
    }

    /// Why a table cannot be changed.
    fn refusal(self, table: &str) -> Option<String> {
        match self {
            Changes::Variant if OF_THE_WHOLE.contains(&table) => {
                Some(format!("`{table}` is of the whole scenario; a variant cannot change it"))
            }
            Changes::Consumer if !OF_A_CONSUMER.contains(&table) => Some(format!(
                "`{table}` is the same for all consumers; one can change only {}",
                OF_A_CONSUMER.map(|own| format!("`{own}`")).join(", ")
            )),
            Changes::Variant | Changes::Consumer => None,
        }
    }
}

/// Reads all variants, or all further consumers, and applies their changes to copies of `base`.
pub(super) fn documents(
    changes: Changes,
    base: &Node,
    base_name: &str,
    cx: &mut Reading,
) -> Vec<NamedDocument> {
    let key = changes.key();
    let Some(node) = base.child(key) else {
        return Vec::new();
    };
    let field = Field::of(node, key);
    let mut documents: Vec<NamedDocument> = Vec::new();
    let (most, example_name, example_set) = match changes {
        Changes::Variant => {
            (VARIANTS_MAX, "\"2 retries\"", "{ \"mapping.MaximumRetryAttempts\" = 2 }")
        }
        Changes::Consumer => (CONSUMERS_MAX, "\"audit\"", "{ \"function.duration\" = \"80ms\" }"),
    };
    let elements = field.list(most, &format!("[[{key}]]"), cx);
    for element in elements.unwrap_or_default() {
        let example = format!("{{ name = {example_name}, set = {example_set} }}");
        let Some(mut table) = element.table(&example, cx) else {
            continue;
        };
        let name_field = table.required("name", example_name, cx);
        let set = table.required("set", example_set, cx);
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
                false => format!("two {key}s are named `{name}`"),
            };
            cx.error(&name_field, message);
        }
        let Some(set) = set else { continue };
        let mut root = base.clone();
        apply_set(&mut root, changes, &set, cx);
        documents.push(NamedDocument { name, root });
    }
    documents
}

fn apply_set(root: &mut Node, changes: Changes, set: &Field<'_>, cx: &mut Reading) {
    let Value::Table(table) = &set.node.value else {
        cx.wrong_kind(set, "a table such as `{ \"mapping.MaximumRetryAttempts\" = 2 }`");
        return;
    };
    // A consumer may be just like the first one.
    if table.entries.is_empty() && changes == Changes::Variant {
        cx.error(set, "changes nothing");
    }
    apply_table(root, (changes, table), "", set, cx);
}

/// Undotted keys with tables (`set = { mapping.BatchSize = 10 }`, `[variant.set.mapping]`) change
/// single keys of that table; they do not replace it whole.
fn apply_table(
    root: &mut Node,
    (changes, table): (Changes, &Table),
    prefix: &str,
    set: &Field<'_>,
    cx: &mut Reading,
) {
    for entry in &table.entries {
        let path = format!("{}.{}", set.path, entry.key);
        let first = entry.key.split('.').next().unwrap_or("");
        if let (true, Some(message)) = (prefix.is_empty(), changes.refusal(first)) {
            cx.problems.error(entry.key_place, &path, message);
            continue;
        }
        if let (true, false, Value::Table(inner)) =
            (prefix.is_empty(), entry.key.contains('.'), &entry.node.value)
        {
            apply_table(root, (changes, inner), &format!("{}.", entry.key), set, cx);
            continue;
        }
        let key = format!("{prefix}{}", entry.key);
        let change =
            Change { key: &key, key_place: entry.key_place, path, value: entry.node.clone() };
        overlay::apply(root, change, &mut cx.problems);
    }
}
