//! The JSON document of `validate`, a stable contract: schema `shardlag.validate/1`.
//!
//! | kind | `expected`, `got` |
//! |---|---|
//! | theory | the right answer, the answer found |
//! | delivery | objects from what was compared to what was expected and found |
//! | measured | lists with an object for every quantity |

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{kind_word, status_word};
use crate::results::{ItemCheck, ItemKind, ItemStatus, ValidatedItem, Validation, ValidationGroup};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'static str,
    seed: u64,
    short: bool,
    passed: usize,
    failed: usize,
    unsupported: usize,
    items: Vec<ItemEntry<'a>>,
}

#[derive(Serialize)]
struct ItemEntry<'a> {
    id: &'a str,
    kind: &'static str,
    group: &'a str,
    status: &'static str,
    expected: Value,
    got: Value,
    detail: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    analysis: &'a str,
}

/// The document, ending in a newline.
pub fn validation_json(validation: &Validation) -> String {
    let entries = validation.groups.iter().flat_map(|group| {
        group.items.iter().map(|item| {
            let (expected, got) = answers(group.kind, item);
            entry(group, item, expected, got)
        })
    });
    let document = Document {
        schema: "shardlag.validate/1",
        version: env!("CARGO_PKG_VERSION"),
        seed: validation.seed,
        short: validation.is_short,
        passed: validation.count(ItemStatus::Passed),
        failed: validation.count(ItemStatus::Failed),
        unsupported: validation.count(ItemStatus::Unsupported),
        items: entries.collect(),
    };
    one_item_per_line(&document)
}

/// The document with its items on lines of their own, which keeps it short and easy to search.
fn one_item_per_line(document: &Document<'_>) -> String {
    let items: Vec<String> = document.items.iter().map(json_of).collect();
    let head = json_of(&Document { items: Vec::new(), ..*document });
    let head = head.strip_suffix("]}").expect("the items are the last part");
    format!("{head}\n{}\n]}}\n", items.join(",\n"))
}

fn json_of(part: &impl Serialize) -> String {
    serde_json::to_string(part).expect("texts and numbers are JSON")
}

fn entry<'a>(
    group: &'a ValidationGroup,
    item: &'a ValidatedItem,
    expected: Value,
    got: Value,
) -> ItemEntry<'a> {
    ItemEntry {
        id: &item.id,
        kind: kind_word(group.kind),
        group: &group.name,
        status: status_word(item.status),
        expected,
        got,
        detail: &item.detail,
        analysis: if item.status == ItemStatus::Failed { &item.analysis } else { "" },
    }
}

fn answers(kind: ItemKind, item: &ValidatedItem) -> (Value, Value) {
    let got = |check: &ItemCheck| check.got.clone().unwrap_or(Value::Null);
    match kind {
        ItemKind::Theory => match item.checks.first() {
            Some(check) => (check.expected.clone(), got(check)),
            None => (Value::Null, Value::Null),
        },
        ItemKind::Delivery | ItemKind::Import => {
            let named = |answer: &dyn Fn(&ItemCheck) -> Value| {
                let pairs = item.checks.iter().map(|check| (check.what.clone(), answer(check)));
                Value::Object(pairs.collect::<Map<String, Value>>())
            };
            (named(&|check| check.expected.clone()), named(&got))
        }
        ItemKind::Measured => {
            let expected = item.checks.iter().map(expected_quantity).collect();
            (expected, item.checks.iter().map(found_quantity).collect())
        }
    }
}

fn expected_quantity(check: &ItemCheck) -> Value {
    json!({
        "quantity": check.what,
        "window_s": check.during.map(|(from, to)| [from, to]),
        "value": check.expected,
        "lo": check.band.map(|(low, _)| low),
        "hi": check.band.map(|(_, high)| high),
    })
}

fn found_quantity(check: &ItemCheck) -> Value {
    json!({
        "quantity": check.what,
        "window_s": check.during.map(|(from, to)| [from, to]),
        "value": check.got,
        "low": check.estimate.low,
        "high": check.estimate.high,
        "status": status_word(if check.agrees { ItemStatus::Passed } else { ItemStatus::Failed }),
    })
}
