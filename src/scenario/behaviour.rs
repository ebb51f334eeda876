//! `[[function.behaviour]]`: what the function does with which invocation (S5.1, S5.2, S6.5).
//!
//! ```toml
//! [[function.behaviour]]
//! when = { contains = [2], attempt = [1, 2], between = ["0s", "10s"] }
//! then = "raise"          # "timeout", "throttle", "service_error", or
//!                         # { respond = '{"batchItemFailures": [{"itemIdentifier": "$seq:2"}]}' }
//! ```
//!
//! Records are numbered from 1 in the order written: those of the scenario's scripted traffic, by
//! time, records of equal time in the order of the file. `"$seq:2"` in a response stands for the
//! sequence number of record 2, `"$bytes:N"` in its `state` for a text of N bytes. A response is a
//! JSON text, because TOML has no null.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::reader::{Field, Reading};
use crate::model::settings::{
    Arrivals, BehaviourCondition, BehaviourRule, ItemIdentifier, RecordAddress, Response,
    ScriptedAnswer, Traffic,
};
use crate::units::{Bytes, Instant};

const RULES_MAX: usize = 10_000;
const NUMBERS_MAX: usize = 1_000_000;

/// Where the numbered records are.
pub(super) enum Numbering {
    /// By number, from 1.
    Records(Vec<RecordAddress>),
    /// There is no single scripted traffic; in words.
    None(&'static str),
    /// The traffic could not be read, so nothing is known.
    Unknown,
}

impl Numbering {
    /// The numbering of a scenario's records.
    pub fn of(traffic: Option<&[Traffic]>) -> Numbering {
        let Some(traffic) = traffic else { return Numbering::Unknown };
        let mut scripted = traffic.iter().enumerate().filter_map(|(source, traffic)| {
            let Arrivals::Scripted { records } = &traffic.arrivals else { return None };
            Some((source, records))
        });
        match (scripted.next(), scripted.next()) {
            (None, _) => Numbering::None("no traffic is scripted"),
            (Some(_), Some(_)) => Numbering::None("more than one traffic is scripted"),
            (Some((source, records)), None) => {
                let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
                let address = |shard: u32| {
                    let index = counts.entry(shard).or_insert(0);
                    *index += 1;
                    RecordAddress { shard, source: source as u16, index: *index - 1 }
                };
                Numbering::Records(records.iter().map(|record| record.shard).map(address).collect())
            }
        }
    }

    fn record(&self, number: u64) -> Result<Option<RecordAddress>, String> {
        match self {
            Numbering::Unknown => Ok(None),
            Numbering::None(why) => Err(format!("there is no record {number}: {why}")),
            Numbering::Records(records) => {
                let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
                match index.and_then(|index| records.get(index)) {
                    Some(address) => Ok(Some(*address)),
                    None => Err(format!(
                        "there is no record {number}; records are numbered 1 to {}",
                        records.len()
                    )),
                }
            }
        }
    }
}

/// Reads all rules.
pub(super) fn behaviour(
    field: Option<&Field<'_>>,
    numbering: &Numbering,
    cx: &mut Reading,
) -> Option<Vec<BehaviourRule>> {
    let Some(field) = field else { return Some(Vec::new()) };
    let elements = field.list(RULES_MAX, "[[function.behaviour]]", cx)?;
    let read: Vec<Option<BehaviourRule>> =
        elements.iter().map(|element| rule(element, numbering, cx)).collect();
    read.into_iter().collect()
}

fn rule(field: &Field<'_>, numbering: &Numbering, cx: &mut Reading) -> Option<BehaviourRule> {
    let mut table = field.table("{ when = { contains = [2] }, then = \"raise\" }", cx)?;
    let when = match table.optional("when", cx) {
        Some(field) => condition(&field, numbering, cx),
        None => Some(BehaviourCondition::default()),
    };
    let then = table.required("then", "\"raise\"", cx);
    table.finish(cx);
    let then = answer(&then?, numbering, cx);
    Some(BehaviourRule { when: when?, then: then? })
}

fn condition(
    field: &Field<'_>,
    numbering: &Numbering,
    cx: &mut Reading,
) -> Option<BehaviourCondition> {
    let mut table = field.table("{ contains = [2], attempt = [1] }", cx)?;
    let contains = table.optional("contains", cx);
    let attempts = table.optional("attempt", cx);
    let invocations = table.optional("invocation", cx);
    let between = table.optional("between", cx);
    let is_final = table.optional("final", cx);
    table.finish(cx);
    let contains = given(contains, |field| records(field, numbering, cx));
    let attempts = given(attempts, |field| {
        let numbers = numbers(field, u64::from(u32::MAX), cx)?;
        // Checked just now.
        Some(numbers.into_iter().filter_map(|number| u32::try_from(number).ok()).collect())
    });
    let invocations = given(invocations, |field| numbers(field, u64::MAX, cx));
    let between = given(between, |field| span(field, cx));
    let is_final = given(is_final, |field| field.boolean(cx));
    Some(BehaviourCondition {
        contains: contains?,
        attempts: attempts?,
        invocations: invocations?,
        between: between?,
        is_final: is_final?,
    })
}

/// The outer `None`: something was wrong.
fn given<T>(
    field: Option<Field<'_>>,
    read: impl FnOnce(&Field<'_>) -> Option<T>,
) -> Option<Option<T>> {
    match field {
        Some(field) => read(&field).map(Some),
        None => Some(None),
    }
}

fn numbers(field: &Field<'_>, high: u64, cx: &mut Reading) -> Option<Vec<u64>> {
    let elements = field.list(NUMBERS_MAX, "[1, 2]", cx)?;
    let read: Vec<Option<u64>> =
        elements.iter().map(|element| element.whole(1, high, cx)).collect();
    read.into_iter().collect()
}

fn records(
    field: &Field<'_>,
    numbering: &Numbering,
    cx: &mut Reading,
) -> Option<Vec<RecordAddress>> {
    let numbers = numbers(field, u64::MAX, cx)?;
    let mut addresses = Vec::with_capacity(numbers.len());
    for number in numbers {
        match numbering.record(number) {
            Ok(address) => addresses.extend(address),
            Err(message) => {
                cx.error(field, message);
                return None;
            }
        }
    }
    addresses.sort_unstable();
    Some(addresses)
}

fn span(field: &Field<'_>, cx: &mut Reading) -> Option<(Instant, Instant)> {
    let elements = field.list(2, "[\"0s\", \"10s\"]", cx)?;
    let [from, to] = elements.as_slice() else {
        cx.error(field, "expected two times such as `[\"0s\", \"10s\"]`");
        return None;
    };
    let (from, end) = (from.instant(cx), to.instant(cx));
    let (from, end) = (from?, end?);
    if end <= from {
        cx.error(to, format!("{} is not after the first time", to.written()));
        return None;
    }
    Some((from, end))
}

const ANSWERS: [&str; 5] = ["raise", "timeout", "throttle", "service_error", "respond"];

fn answer(field: &Field<'_>, numbering: &Numbering, cx: &mut Reading) -> Option<ScriptedAnswer> {
    let (tag, payload) = field.choice(&ANSWERS, cx)?;
    if let (Some(payload), true) = (&payload, tag != "respond") {
        cx.error(payload, format!("`{tag}` has no settings; write `then = \"{tag}\"`"));
        return None;
    }
    Some(match tag {
        "raise" => ScriptedAnswer::Raise,
        "timeout" => ScriptedAnswer::TimeOut,
        "throttle" => ScriptedAnswer::Throttle,
        "service_error" => ScriptedAnswer::ServiceError,
        _ => {
            let Some(payload) = payload else {
                let message = "`respond` needs a JSON text; write `{ respond = '{}' }`";
                cx.error(field, message);
                return None;
            };
            let text = payload.text(cx)?;
            let json: Json = match serde_json::from_str(&text) {
                Ok(json) => json,
                Err(error) => {
                    cx.error(&payload, format!("the response is not JSON: {error}"));
                    return None;
                }
            };
            match response(&json, numbering) {
                Ok(response) => ScriptedAnswer::Respond(response),
                Err(message) => {
                    cx.error(&payload, message);
                    return None;
                }
            }
        }
    })
}

/// What the mapping reads of a response (S6.5). A `batchItemFailures` that is no list is an entry
/// without an identifier.
fn response(json: &Json, numbering: &Numbering) -> Result<Response, String> {
    let item_failures = match json.get("batchItemFailures") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => {
            let identifiers = items.iter().map(|item| identifier(item, numbering));
            identifiers.collect::<Result<Vec<ItemIdentifier>, String>>()?
        }
        Some(Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_)) => {
            vec![ItemIdentifier::Unknown]
        }
    };
    // S11.2: null is as good as absent. **Assumption**
    let state = json.get("state").filter(|state| !state.is_null());
    Ok(Response { item_failures, state: state.map(|state| Bytes::new(json_bytes(state))) })
}

/// Size of a value as JSON, in bytes; `"$bytes:N"` stands for a text of N bytes.
fn json_bytes(json: &Json) -> u64 {
    match json {
        Json::String(text) => {
            let bytes = text.strip_prefix("$bytes:").and_then(|bytes| bytes.parse::<u64>().ok());
            bytes.map_or(json.to_string().len() as u64, |bytes| bytes + 2)
        }
        Json::Array(items) => {
            2 + items.iter().map(json_bytes).sum::<u64>() + (items.len() as u64).saturating_sub(1)
        }
        Json::Object(entries) => {
            let entry = |(key, value): (&String, &Json)| key.len() as u64 + 3 + json_bytes(value);
            2 + entries.iter().map(entry).sum::<u64>() + (entries.len() as u64).saturating_sub(1)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => json.to_string().len() as u64,
    }
}

fn identifier(item: &Json, numbering: &Numbering) -> Result<ItemIdentifier, String> {
    let text = item.get("itemIdentifier").and_then(Json::as_str);
    let Some(number) = text.and_then(|text| text.strip_prefix("$seq:")) else {
        return Ok(ItemIdentifier::Unknown);
    };
    let record = match number.parse::<u64>() {
        Ok(number) => numbering.record(number)?,
        Err(_) => return Err(format!("`$seq:{number}` is not `$seq:` and a record's number")),
    };
    Ok(record.map_or(ItemIdentifier::Unknown, ItemIdentifier::Record))
}
