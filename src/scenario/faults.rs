//! `[[function.fault]]`: what makes invocations fail or slow (S10.4).

use super::document::Value;
use super::reader::{Field, Reading, TableReader};
use super::scripted::shard_index;
use super::stream::OpenTimes;
use super::suggest;
use crate::model::settings::{Fault, FaultKind, PoisonMarks};
use crate::units::Instant;

const FAULTS_MAX: usize = 1_000;
const RECORDS_MAX: u64 = 1_000_000_000_000;

const KINDS: [&str; 7] = [
    "poison",
    "error_rate",
    "per_record_rate",
    "outage",
    "slow",
    "fails_above_batch",
    "downstream_limit",
];

/// What reading faults needs to know about the scenario.
pub(super) struct FaultContext<'c> {
    /// When each shard of the stream is written to, if that is known.
    pub shards: Option<&'c OpenTimes>,
}

/// Reads all faults.
pub(super) fn faults(
    field: Option<&Field<'_>>,
    context: &FaultContext<'_>,
    cx: &mut Reading,
) -> Option<Vec<Fault>> {
    let Some(field) = field else {
        return Some(Vec::new());
    };
    let elements = field.list(FAULTS_MAX, "[[function.fault]]", cx)?;
    let read: Vec<Option<Fault>> =
        elements.iter().map(|element| fault(element, context, cx)).collect();
    read.into_iter().collect()
}

fn fault(field: &Field<'_>, context: &FaultContext<'_>, cx: &mut Reading) -> Option<Fault> {
    let mut table = field.table("{ error_rate = \"1%\" }", cx)?;
    let mut given: Vec<(&'static str, Field<'_>)> = Vec::new();
    for kind in KINDS {
        if let Some(payload) = table.optional(kind, cx) {
            given.push((kind, payload));
        }
    }
    let span = span(&mut table, cx);
    table.finish(cx);
    let (kind, payload) = match given.as_slice() {
        [only] => only,
        [] => {
            cx.error(field, format!("says no fault; write one of {}", suggest::listed(&KINDS)));
            return None;
        }
        [first, second, ..] => {
            let message = format!(
                "`{}` and `{}` are two faults; write a `[[function.fault]]` for each",
                first.0, second.0
            );
            cx.error(&second.1, message);
            return None;
        }
    };
    let (from, to, is_given) = span?;
    let always = |kind: FaultKind| Fault { kind, from, to };
    match *kind {
        "poison" => {
            let marks = poison(payload, context, cx)?;
            let is_one = matches!(marks, PoisonMarks::First { .. } | PoisonMarks::Number { .. });
            if is_one && is_given {
                let message =
                    "one record is marked by its own `at`; leave out `from`, `to` and `for`";
                cx.error(payload, message);
            }
            Some(always(FaultKind::Poison(marks)))
        }
        "error_rate" => payload.probability(cx).map(FaultKind::ErrorRate).map(always),
        "per_record_rate" => payload.probability(cx).map(FaultKind::PerRecordRate).map(always),
        "fails_above_batch" => {
            payload.whole_u32(0, 10_000, cx).map(FaultKind::FailsAboveBatch).map(always)
        }
        "downstream_limit" => {
            payload.whole_u32(0, 10_000_000, cx).map(FaultKind::DownstreamLimit).map(always)
        }
        spell => {
            if is_given {
                let message = format!("`from`, `to` and `for` belong inside `{spell}`");
                cx.error(field, message);
            }
            spell_of(spell, payload, cx)
        }
    }
}

/// An outage or a slow spell, with its own span.
fn spell_of(kind: &str, payload: &Field<'_>, cx: &mut Reading) -> Option<Fault> {
    let is_slow = kind == "slow";
    let example = match is_slow {
        true => "{ from = \"1h\", to = \"2h\", factor = \"5x\" }",
        false => "{ from = \"1h\", to = \"2h\" }",
    };
    let mut table = payload.table(example, cx)?;
    let span = span(&mut table, cx);
    let factor = match is_slow {
        true => table.required("factor", "\"5x\"", cx).and_then(|field| field.multiple(cx)),
        false => Some(1.0),
    };
    table.finish(cx);
    let (from, to, is_given) = span?;
    if !is_given {
        cx.error(payload, format!("has no time; write for example `{kind} = {example}`"));
        return None;
    }
    let factor = factor?;
    let kind = if is_slow { FaultKind::Slow(factor) } else { FaultKind::Outage };
    Some(Fault { kind, from, to })
}

/// `from` with `to` or `for`; the whole run without. The last says whether one was given.
fn span(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<(Instant, Instant, bool)> {
    let from = table.optional("from", cx);
    let to = table.optional("to", cx);
    let length = table.optional("for", cx);
    let is_given = from.is_some() || to.is_some() || length.is_some();
    let start = match &from {
        Some(from) => from.instant(cx)?,
        None => Instant::START,
    };
    let end = match (&to, &length) {
        (Some(_), Some(length)) => {
            cx.error(length, "`to` and `for` exclude each other; keep one");
            return None;
        }
        (Some(to), None) => {
            let end = to.instant(cx)?;
            if end <= start {
                cx.error(to, format!("{} is not after `from`", to.written()));
                return None;
            }
            end
        }
        (None, Some(length)) => start + length.positive_duration("min", cx)?,
        (None, None) => Instant::FAR_FUTURE,
    };
    Some((start, end, is_given))
}

/// `{ at, shard }`, `{ number, shard }`, `{ rate }` or `{ probability }`.
fn poison(field: &Field<'_>, context: &FaultContext<'_>, cx: &mut Reading) -> Option<PoisonMarks> {
    let example = "{ at = \"1h\", shard = 0 }";
    let Value::Table(_) = &field.node.value else {
        cx.wrong_kind(field, &format!("a table such as `{example}`"));
        return None;
    };
    let mut table = field.table(example, cx)?;
    let rate = table.optional("rate", cx);
    let probability = table.optional("probability", cx);
    let at = table.optional("at", cx);
    let number = table.optional("number", cx);
    let shard = table.optional("shard", cx);
    table.finish(cx);
    let is_first = at.is_some() || (shard.is_some() && number.is_none());
    let ways = [is_first, number.is_some(), rate.is_some(), probability.is_some()];
    if ways.iter().filter(|given| **given).count() != 1 {
        let message = format!(
            "write one of `{example}`, `{{ rate = \"1/h\" }}` and `{{ probability = \"1e-6\" }}`"
        );
        cx.error(field, message);
        return None;
    }
    if let Some(rate) = rate {
        return rate.positive_rate(cx).map(PoisonMarks::Rate);
    }
    if let Some(probability) = probability {
        return probability.probability(cx).map(PoisonMarks::Probability);
    }
    let shard = match &shard {
        Some(shard) => shard_index(shard, context.shards, cx)?,
        None => 0,
    };
    if let Some(number) = number {
        let number = number.whole(0, RECORDS_MAX, cx)?;
        return Some(PoisonMarks::Number { number, shard });
    }
    let at = match &at {
        Some(at) => at.instant(cx)?,
        None => Instant::START,
    };
    Some(PoisonMarks::First { at, shard })
}
