//! A case as the text of a scenario file, so that it runs through the same checks and the same
//! model as any scenario.
//!
//! | case | scenario |
//! |---|---|
//! | seconds | a time with its unit |
//! | records in the order of the list | `scripted` traffic, sorted by time |
//! | numbers of records in `contains` and `"$seq:n"` | numbers after sorting |
//! | a knob given as a number | the unit that its default has |
//! | splits, merges, rollovers | the same; no others (`shard_rollover = "never"`) |
//! | no `until` | `until = "drained"` |

use serde_json::{Map, Value as Json};
use toml::{Table, Value};

use super::case::{Case, Failing, Reshard, Then, When, WrittenRecord};
use crate::model::settings::StreamKind;
use crate::scenario::profiles::{Profile, knob_default};
use crate::units::{parse_bytes, parse_duration};

/// No run without an end of its own is longer: retention is at most 365 days.
const AT_MOST: &str = "400d";

/// The case's records in the order of time, as places in its list.
pub(super) fn by_time(records: &[WrittenRecord]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by(|&one, &other| records[one].at.total_cmp(&records[other].at));
    order
}

/// The case as a scenario.
pub(super) fn scenario_text(case: &Case) -> String {
    let mut root = Table::new();
    let mut put = |key: &str, value: Value| root.insert(key.to_owned(), value);
    put("name", text(&case.id));
    put("replications", Value::Integer(1));
    match case.until {
        Some(until) => {
            put("duration", seconds(until));
        }
        None => {
            put("until", text("drained"));
            put("duration", text(AT_MOST));
        }
    }
    if let Some(Json::String(start)) = case.knobs.get("start") {
        put("start", text(start));
    }
    put("stream", Value::Table(stream(case)));
    put("traffic", Value::Array(vec![Value::Table(traffic(case))]));
    put("mapping", Value::Table(mapping(&case.mapping)));
    put("function", Value::Table(function(case)));
    put("destination", Value::Table(destination(case)));
    put("model", Value::Table(knobs(case)));
    root.to_string()
}

fn stream(case: &Case) -> Table {
    let mut table = Table::new();
    table.insert("kind".to_owned(), text(&case.stream.kind));
    table.insert("shards".to_owned(), Value::Integer(case.stream.shards.into()));
    if let Some(hours) = case.stream.retention_hours {
        table.insert("retention".to_owned(), text(&format!("{hours}h")));
    }
    let reshards = case.stream.reshard.iter().map(reshard);
    table.insert("reshard".to_owned(), Value::Array(reshards.collect()));
    table
}

fn reshard(reshard: &Reshard) -> Value {
    let shards = || reshard.close.iter().map(|&shard| Value::Integer(shard.into()));
    let first = shards().next().unwrap_or(Value::Integer(-1));
    let mut table = nested_table("at", seconds(reshard.at));
    match (reshard.close.len(), reshard.open.len()) {
        (1, 1) => table.insert("roll_over".to_owned(), first),
        (1, _) => table.insert("split".to_owned(), first),
        (_, _) => table.insert("merge".to_owned(), Value::Array(shards().collect())),
    };
    Value::Table(table)
}

fn traffic(case: &Case) -> Table {
    let records = by_time(&case.records).into_iter().map(|place| record(&case.records[place]));
    let scripted = nested("records", Value::Array(records.collect()));
    nested_table("arrivals", nested("scripted", scripted))
}

fn record(record: &WrittenRecord) -> Value {
    let mut table = Table::new();
    table.insert("at".to_owned(), seconds(record.at));
    table.insert("shard".to_owned(), Value::Integer(record.shard.into()));
    if let Some(key) = &record.key {
        table.insert("key".to_owned(), text(key));
    }
    table.insert("bytes".to_owned(), text(&format!("{}B", record.bytes)));
    table.insert("filtered".to_owned(), Value::Boolean(record.filtered));
    Value::Table(table)
}

fn mapping(parameters: &Map<String, Json>) -> Table {
    let mut table = as_table(parameters);
    // The only parameter that is not the API's own, so it has a time of ours in it.
    if let Some(Value::Array(changes)) = table.get_mut("schedule") {
        for change in changes.iter_mut().filter_map(Value::as_table_mut) {
            let at = change.get("at");
            let at = at.and_then(|at| at.as_float().or(at.as_integer().map(|at| at as f64)));
            if let Some(at) = at {
                change.insert("at".to_owned(), seconds(at));
            }
        }
    }
    table
}

fn as_table(entries: &Map<String, Json>) -> Table {
    let given = entries.iter().filter_map(|(key, json)| Some((key.clone(), plain(json)?)));
    given.collect()
}

/// JSON as TOML; null is left out.
fn plain(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(value) => text(value),
        Json::Array(items) => Value::Array(items.iter().filter_map(plain).collect()),
        Json::Object(entries) => Value::Table(as_table(entries)),
    })
}

fn function(case: &Case) -> Table {
    let numbering = Numbering::of(&case.records);
    let rules = case.function.behaviour.iter().map(|rule| {
        let mut table = nested_table("when", Value::Table(when(&rule.when, &numbering)));
        table.insert("then".to_owned(), then(&rule.then, &numbering));
        Value::Table(table)
    });
    let mut table = Table::new();
    table.insert("behaviour".to_owned(), Value::Array(rules.collect()));
    table.insert("duration".to_owned(), seconds(case.function.duration));
    table.insert("timeout".to_owned(), seconds(case.function.timeout));
    table
}

fn when(when: &When, numbering: &Numbering) -> Table {
    let mut table = Table::new();
    let mut put_numbers = |key: &str, numbers: &Option<Vec<u64>>| {
        if let Some(numbers) = numbers {
            table.insert(key.to_owned(), Value::Array(numbers.iter().map(whole).collect()));
        }
    };
    let renumbered = |numbers: &Vec<u64>| numbers.iter().map(|&n| numbering.sorted(n)).collect();
    put_numbers("contains", &when.contains.as_ref().map(renumbered));
    put_numbers("attempt", &when.attempt);
    put_numbers("invocation", &when.invocation);
    if let Some(is_final) = when.is_final {
        table.insert("final".to_owned(), Value::Boolean(is_final));
    }
    if let Some(between) = when.between {
        table.insert("between".to_owned(), Value::Array(between.map(seconds).to_vec()));
    }
    table
}

fn then(then: &Then, numbering: &Numbering) -> Value {
    match then {
        Then::Raise => text("raise"),
        Then::Timeout => text("timeout"),
        Then::Throttle => text("throttle"),
        Then::ServiceError => text("service_error"),
        Then::Respond(json) | Then::RespondRaw(json) => {
            nested("respond", text(&numbering.in_json(json).to_string()))
        }
    }
}

fn destination(case: &Case) -> Table {
    match &case.destination.fail {
        Failing::All(false) => Table::new(),
        Failing::All(true) => nested_table("delivery_failure", text("100%")),
        Failing::Numbers(numbers) => {
            let numbers = numbers.iter().map(whole).collect();
            nested_table("failing_deliveries", Value::Array(numbers))
        }
    }
}

fn knobs(case: &Case) -> Table {
    let kind = match case.stream.kind.as_str() {
        "kinesis" => StreamKind::Kinesis,
        _ => StreamKind::DynamoDb,
    };
    let given = case.knobs.iter().filter(|(name, _)| *name != "start");
    let given = given.filter_map(|(name, json)| Some((name.clone(), knob(kind, name, json)?)));
    // A case scripts its stream: shards roll over where it says so.
    let scripted = [("shard_rollover".to_owned(), text("never"))];
    scripted.into_iter().chain(given).collect()
}

/// A knob; a number gets the unit of its default.
fn knob(kind: StreamKind, name: &str, json: &Json) -> Option<Value> {
    let Json::Number(number) = json else { return plain(json) };
    let default = knob_default(Profile::Aws, kind, name).unwrap_or_default();
    let is_count = default.parse::<u64>().is_ok() || ["unlimited", "automatic"].contains(&default);
    Some(if is_count {
        plain(json)?
    } else if default.ends_with('x') {
        text(&format!("{number}x"))
    } else if default.ends_with('%') {
        text(&number.to_string())
    } else if parse_bytes(default).is_ok() && parse_duration(default).is_err() {
        text(&format!("{number}B"))
    } else {
        seconds(number.as_f64().unwrap_or(f64::NAN))
    })
}

/// Numbers of records in the list and in the sorted traffic.
struct Numbering {
    sorted: Vec<u64>,
}

impl Numbering {
    fn of(records: &[WrittenRecord]) -> Numbering {
        let mut sorted = vec![0; records.len()];
        for (position, place) in by_time(records).into_iter().enumerate() {
            sorted[place] = position as u64 + 1;
        }
        Numbering { sorted }
    }

    /// The number after sorting; a number that no record has stays as it is and is refused there.
    fn sorted(&self, number: u64) -> u64 {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.sorted.get(place)).copied().unwrap_or(number)
    }

    /// The same JSON with `"$seq:n"` renumbered.
    fn in_json(&self, json: &Json) -> Json {
        match json {
            Json::String(text) => {
                let number = text.strip_prefix("$seq:").and_then(|number| number.parse().ok());
                match number {
                    Some(number) => Json::String(format!("$seq:{}", self.sorted(number))),
                    None => json.clone(),
                }
            }
            Json::Array(items) => items.iter().map(|item| self.in_json(item)).collect(),
            Json::Object(entries) => {
                let entry = |(key, json): (&String, &Json)| (key.clone(), self.in_json(json));
                entries.iter().map(entry).collect()
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => json.clone(),
        }
    }
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn seconds(seconds: f64) -> Value {
    text(&format!("{seconds}s"))
}

fn whole(number: &u64) -> Value {
    Value::Integer(i64::try_from(*number).unwrap_or(i64::MAX))
}

fn nested(key: &str, value: Value) -> Value {
    Value::Table(nested_table(key, value))
}

fn nested_table(key: &str, value: Value) -> Table {
    let mut table = Table::new();
    table.insert(key.to_owned(), value);
    table
}
