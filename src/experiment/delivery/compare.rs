//! Holds what came of a case against what it expects.
//!
//! Everything that the case names is compared; what agrees is kept too, to be shown.

use serde_json::{Value, json};

use super::case::Case;
use super::compare_discards::compare_discards;
use super::expectation::{Deliveries, ExpectedDelivery, Gap};
use super::facts::{Delivered, Facts, Fate};
use super::{Comparison, Rendering};
use crate::units::{Duration, Instant};

/// Everything that the case names, with what came of it.
pub(super) fn comparisons(
    case: &Case,
    facts: &Facts,
    rendering: &Rendering<'_>,
) -> Vec<Comparison> {
    let mut found = Vec::new();
    if facts.is_cut_off {
        found.push(Comparison::new("end", "an end of the run", "the limit on events"));
    }
    let expect = &case.expect;
    if let Some(deliveries) = &expect.deliveries {
        compare_deliveries(case, deliveries, facts, &mut found);
    }
    expect.gaps.iter().for_each(|gap| compare_gap(gap, facts, &mut found));
    compare_first_starts(case, facts, &mut found);
    if let Some(discarded) = &expect.discarded {
        compare_discards(discarded, facts, rendering, &mut found);
    }
    let fates = [
        ("expired", &expect.expired, Fate::Expired),
        ("filtered", &expect.filtered, Fate::Filtered),
        ("skipped", &expect.skipped, Fate::Skipped),
        ("unprocessed", &expect.unprocessed, Fate::Unprocessed),
    ];
    for (what, expected, fate) in fates {
        if let Some(expected) = expected {
            let mut expected = expected.clone();
            expected.sort_unstable();
            let got = (1..).zip(&facts.fates).filter(|(_, ended)| **ended == fate);
            let got: Vec<u64> = got.map(|(number, _)| number).collect();
            found.push(Comparison::between(what, &json!(expected), &json!(got)));
        }
    }
    compare_metrics(case, facts, &mut found);
    found
}

/// Whether two JSON values say the same; 1 and 1.0 do.
pub(super) fn says_the_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| says_the_same(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(key, value): (&String, &Value)| {
                other.get(key).is_some_and(|other| says_the_same(value, other))
            };
            one.len() == other.len() && one.iter().all(same)
        }
        (
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => one == other,
    }
}

fn compare_deliveries(
    case: &Case,
    expected: &Deliveries,
    facts: &Facts,
    found: &mut Vec<Comparison>,
) {
    match expected {
        Deliveries::All(expected) => {
            let got: Vec<Value> = facts.deliveries.iter().map(as_json).collect();
            found.push(Comparison::between("deliveries", &listed(expected), &json!(got)));
        }
        Deliveries::Grouped(groups) => {
            for (group, expected) in groups {
                let got = delivered_of(case, group, facts);
                let what = format!("deliveries of {group}");
                found.push(Comparison::between(&what, &listed(expected), &got));
            }
        }
    }
}

fn listed(expected: &[ExpectedDelivery]) -> Value {
    let one = |delivery: &ExpectedDelivery| match delivery {
        ExpectedDelivery::Batch(records) => json!(records),
        ExpectedDelivery::Final(call) => json!({ "final": call.records, "early": call.early }),
    };
    expected.iter().map(one).collect()
}

/// The deliveries of a record key, reduced to its records, or else of a shard index.
fn delivered_of(case: &Case, group: &str, facts: &Facts) -> Value {
    let has_key = |number: &u64| case.records[*number as usize - 1].key.as_deref() == Some(group);
    if case.records.iter().any(|record| record.key.as_deref() == Some(group)) {
        let of_key = facts.deliveries.iter().map(|delivered| {
            delivered.records.iter().copied().filter(has_key).collect::<Vec<u64>>()
        });
        return of_key.filter(|records| !records.is_empty()).map(Value::from).collect();
    }
    let of_shard = facts.deliveries.iter().filter(|delivered| delivered.shard.to_string() == group);
    of_shard.map(as_json).collect()
}

fn as_json(delivered: &Delivered) -> Value {
    match delivered.final_call {
        None => json!(delivered.records),
        Some(call) => json!({ "final": [], "early": call.is_early }),
    }
}

fn compare_gap(gap: &Gap, facts: &Facts, found: &mut Vec<Comparison>) {
    let start = |index: usize| facts.deliveries.get(index).map(|delivered| delivered.starts_at);
    let what = format!("gap from delivery {} to {}", gap.from, gap.to);
    let expected = span(gap.min, gap.max);
    let (Some(from), Some(to)) = (start(gap.from), start(gap.to)) else {
        let got = format!("{} deliveries", facts.deliveries.len());
        found.push(Comparison::new(&what, &expected, &got));
        return;
    };
    let seconds = to.as_secs_f64() - from.as_secs_f64();
    let agrees = from <= to && is_within(gap.min, gap.max, to.since(from));
    found.push(Comparison {
        agrees,
        ..Comparison::new(&what, &expected, &format!("{seconds:.3} s"))
    });
}

fn compare_first_starts(case: &Case, facts: &Facts, found: &mut Vec<Comparison>) {
    for first in case.expect.first_start.as_slice() {
        let what = format!("first start of record {}", first.record);
        let expected = span(first.min, first.max);
        let delivered =
            facts.deliveries.iter().find(|delivered| delivered.records.contains(&first.record));
        let place = usize::try_from(first.record).ok().and_then(|number| number.checked_sub(1));
        let record = place.and_then(|place| case.records.get(place));
        let (Some(delivered), Some(record)) = (delivered, record) else {
            found.push(Comparison::new(&what, &expected, "never delivered"));
            continue;
        };
        let arrival = Instant::START + Duration::from_secs_f64(record.at);
        let waited = delivered.starts_at.since(arrival);
        let agrees = is_within(first.min, first.max, waited);
        let got = format!("{:.3} s", waited.as_secs_f64());
        found.push(Comparison { agrees, ..Comparison::new(&what, &expected, &got) });
    }
}

fn span(min: f64, max: f64) -> String {
    format!("{min} s to {max} s")
}

/// In whole nanoseconds, so that a bound that is met exactly is met.
fn is_within(min: f64, max: f64, got: Duration) -> bool {
    (Duration::from_secs_f64(min)..=Duration::from_secs_f64(max)).contains(&got)
}

fn compare_metrics(case: &Case, facts: &Facts, found: &mut Vec<Comparison>) {
    for (name, expected) in &case.expect.metrics {
        let what = format!("metric {name}");
        match facts.tallies.cloud_watch_sum(name) {
            Some(got) => found.push(Comparison::between(&what, &json!(expected), &json!(got))),
            None => {
                let got = "no sum of that name is kept";
                found.push(Comparison::new(&what, &expected.to_string(), got));
            }
        }
    }
}
