//! `[function]`: durations, environment and what a failing function says (S10).

use super::behaviour::{Numbering, behaviour};
use super::document::Value;
use super::faults::{self, FaultContext};
use super::reader::{Field, Reading, TableReader};
use super::traffic::record_bytes;
use super::variation::{direct, variation};
use crate::model::settings::{FailureReport, Function, FunctionDuration, Variation, WritesBack};
use crate::units::{Bytes, Duration};

const MEMORY_MIN: Bytes = Bytes::new(128 << 20);
const MEMORY_MAX: Bytes = Bytes::new(10_240 << 20);
const WRITES_MAX: usize = 100;

const REPORTS: [(&str, FailureReport); 4] = [
    ("raises", FailureReport::Raises),
    ("times_out", FailureReport::TimesOut),
    ("first_failed", FailureReport::FirstFailed),
    ("all_failed", FailureReport::AllFailed),
];

/// Reads `[function]`. `idle_timeout` of 7 min is an **Assumption**: AWS documents none.
pub(super) fn function(
    mut table: TableReader<'_>,
    context: &FaultContext<'_>,
    numbering: &Numbering,
    cx: &mut Reading,
) -> Option<Function> {
    let duration = table.required("duration", "\"120ms\"", cx);
    let duration = duration.and_then(|field| function_duration(&field, cx));
    let fail_after = match table.optional("fail_after", cx) {
        Some(field) => field.duration("ms", cx).map(Some),
        None => Some(None),
    };
    let init = table.or_default("init", "0s", cx).duration("ms", cx);
    let idle_timeout = table.or_default("idle_timeout", "7min", cx).duration("min", cx);
    let memory = memory(&table.or_default("memory", "128MB", cx), cx);
    let timeout = table.or_default("timeout", "3s", cx).duration_between("s", "1s", "900s", cx);
    let reports = table.or_default("reports", "raises", cx).word(&REPORTS, cx);
    let writes_back = match table.optional("writes_back", cx) {
        Some(field) => writes_back(&field, cx).map(Some),
        None => Some(None),
    };
    let state = table.or_default("state_per_record", "0B", cx);
    let state_per_record = record_bytes(&state, cx);
    let state = table.or_default("state_per_key", "0B", cx);
    let state_per_key = record_bytes(&state, cx);
    let fault_field = table.optional("fault", cx);
    let faults = faults::faults(fault_field.as_ref(), context, cx);
    let behaviour_field = table.optional("behaviour", cx);
    let behaviour = behaviour(behaviour_field.as_ref(), numbering, cx);
    table.finish(cx);
    Some(Function {
        duration: duration?,
        fail_after: fail_after?,
        init: init?,
        idle_timeout: idle_timeout?,
        memory: memory?,
        timeout: timeout?,
        faults: faults?,
        reports: reports?,
        behaviour: behaviour?,
        state_per_record: state_per_record?,
        state_per_key: state_per_key?,
        writes_back: writes_back?,
    })
}

const DIRECT: [&str; 7] =
    ["constant", "exponential", "lognormal", "uniform", "erlang", "hyperexponential", "empirical"];

/// A plain time; a distribution of times; or parts with a variation (S10.1).
fn function_duration(field: &Field<'_>, cx: &mut Reading) -> Option<FunctionDuration> {
    let Value::Table(written) = &field.node.value else {
        return Some(constant(field.duration("ms", cx)?));
    };
    let is_direct = written.entries.iter().any(|entry| DIRECT.contains(&entry.key.as_str()));
    if is_direct {
        let (tag, payload) = field.choice(&DIRECT, cx)?;
        let payload = payload?;
        return match tag {
            "constant" => Some(constant(payload.duration("ms", cx)?)),
            _ => direct(tag, &payload, cx),
        };
    }
    let mut table = field.table("{ base = \"20ms\", per_record = \"0.5ms\" }", cx)?;
    let base = table.or_default("base", "0s", cx).duration("ms", cx);
    let per_record = table.or_default("per_record", "0s", cx).duration("ms", cx);
    let per_kb = table.or_default("per_kb", "0s", cx).duration("ms", cx);
    let variation = match table.optional("variation", cx) {
        Some(field) => variation(&field, cx),
        None => Some(Variation::None),
    };
    table.finish(cx);
    let read = FunctionDuration {
        base: base?,
        per_record: per_record?,
        per_kb: per_kb?,
        variation: variation?,
    };
    if read.base.is_zero() && read.per_record.is_zero() && read.per_kb.is_zero() {
        let message =
            "says no time; write for example `{ base = \"20ms\", per_record = \"0.5ms\" }`";
        cx.error(field, message);
        return None;
    }
    Some(read)
}

fn constant(base: Duration) -> FunctionDuration {
    FunctionDuration {
        base,
        per_record: Duration::ZERO,
        per_kb: Duration::ZERO,
        variation: Variation::None,
    }
}

fn memory(field: &Field<'_>, cx: &mut Reading) -> Option<Bytes> {
    let memory = in_lambda_megabytes(field.bytes_in("MB", cx)?);
    if (MEMORY_MIN..=MEMORY_MAX).contains(&memory) {
        return Some(memory);
    }
    let message = format!("{} is not between 128MB and 10240MB", field.written());
    cx.error(field, message).rule("Lambda function memory: 128 MB to 10,240 MB");
    None
}

/// Lambda's "MB" is 2^20 bytes: a size written in whole decimal megabytes means that many.
fn in_lambda_megabytes(memory: Bytes) -> Bytes {
    match memory.get() % 1_000_000 {
        0 => Bytes::new((memory.get() / 1_000_000) << 20),
        _ => memory,
    }
}

/// S10.6.
fn writes_back(field: &Field<'_>, cx: &mut Reading) -> Option<WritesBack> {
    let mut table = field.table("{ at = [\"84%\"], record_size = \"600B\" }", cx)?;
    let at = table.required("at", "[\"84%\"]", cx);
    let size = table.or_default("record_size", "600B", cx);
    let filtered = table.or_default("filtered", "true", cx).boolean(cx);
    table.finish(cx);
    let at = at?;
    let elements = at.list(WRITES_MAX, "[\"84%\"]", cx)?;
    if elements.is_empty() {
        cx.error(&at, "empty; write for example `at = [\"84%\"]`");
    }
    let shares: Vec<Option<f64>> =
        elements.iter().map(|element| element.probability(cx).map(|share| share.get())).collect();
    let mut at_shares = shares.into_iter().collect::<Option<Vec<f64>>>()?;
    at_shares.sort_by(f64::total_cmp);
    Some(WritesBack { at_shares, record_size: record_bytes(&size, cx)?, filtered: filtered? })
}
