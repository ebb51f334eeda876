//! `arrivals`: when records are written.

use std::sync::Arc;

use super::document::Value;
use super::reader::{Field, Reading, TableReader};
use super::scripted::scripted;
use super::stream::OpenTimes;
use super::trace::trace;
use crate::model::settings::{Arrivals, BurstSize, Gap};
use crate::units::{Duration, Instant, Rate};

const KINDS: [&str; 9] = [
    "constant", "poisson", "profile", "diurnal", "bursts", "on_off", "renewal", "trace", "scripted",
];
const PROFILE_POINTS_MAX: usize = 100_000;
const BURST_RECORDS_MAX: u32 = 1_000_000;

/// What reading arrivals needs to know about the scenario.
pub(super) struct ArrivalsContext<'c> {
    /// When each shard of the stream is written to, if that is known.
    pub shards: Option<&'c OpenTimes>,
    /// Time of day of virtual time zero.
    pub start_of_day: Duration,
}

/// Reads the arrivals of a source.
pub(super) fn arrivals(
    field: &Field<'_>,
    context: &ArrivalsContext<'_>,
    cx: &mut Reading,
) -> Option<Arrivals> {
    let (tag, payload) = field.choice(&KINDS, cx)?;
    let example = match tag {
        "profile" => "{ points = [[\"0s\", \"10/s\"], [\"1h\", \"50/s\"]] }",
        "diurnal" => "{ mean = \"200/s\", amplitude = \"60%\", peak_at = \"14:00\" }",
        "bursts" => "{ rate = \"1/min\", size = 100 }",
        "on_off" => {
            "{ on_rate = \"100/s\", off_rate = \"0/s\", mean_on = \"1m\", mean_off = \"5m\" }"
        }
        "renewal" => "{ gap = { uniform = [\"1s\", \"2s\"] } }",
        "trace" => "{ file = \"arrivals.csv\", times = 1 }",
        "scripted" => "{ records = [{ at = \"1s\", key = \"a\" }] }",
        _ => "{ rate = \"200/s\" }",
    };
    let Some(payload) = payload else {
        cx.error(field, format!("`{tag}` needs settings; write `{{ {tag} = {example} }}`"));
        return None;
    };
    let mut table = payload.table(example, cx)?;
    let read = match tag {
        "constant" => constant(&mut table, cx),
        "poisson" => {
            let rate = table.required("rate", "\"200/s\"", cx);
            rate.and_then(|rate| rate.positive_rate(cx)).map(|rate| Arrivals::Poisson { rate })
        }
        "profile" => profile(&mut table, cx),
        "diurnal" => diurnal(&mut table, context, cx),
        "bursts" => bursts(&mut table, cx),
        "on_off" => on_off(&mut table, cx),
        "renewal" => renewal(&mut table, cx),
        "trace" => trace(&payload, &mut table, cx),
        _ => scripted(&mut table, context.shards, cx),
    };
    table.finish(cx);
    read
}

/// Whether arrivals stop without a `to`.
pub(super) fn ends_by_itself(arrivals: &Arrivals) -> bool {
    match arrivals {
        Arrivals::TraceTimes { .. } | Arrivals::TraceCounts { .. } | Arrivals::Scripted { .. } => {
            true
        }
        Arrivals::Profile { points, .. } => {
            points.last().is_some_and(|(_, rate)| rate.per_second() == 0.0)
        }
        Arrivals::Constant { .. }
        | Arrivals::Poisson { .. }
        | Arrivals::Diurnal { .. }
        | Arrivals::Bursts { .. }
        | Arrivals::OnOff { .. }
        | Arrivals::Renewal { .. } => false,
    }
}

fn constant(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Arrivals> {
    let rate = table.required("rate", "\"200/s\"", cx);
    let tick_field = table.optional("tick", cx);
    let rate = rate.and_then(|rate| rate.positive_rate(cx));
    let tick = match &tick_field {
        Some(tick) => Some(tick.positive_duration("s", cx)?),
        None => None,
    };
    Some(Arrivals::Constant { rate: rate?, tick })
}

fn profile(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Arrivals> {
    let shapes = [("steps", false), ("linear", true)];
    let linear = table.or_default("shape", "steps", cx).word(&shapes, cx);
    let example = "[[\"0s\", \"10/s\"], [\"1h\", \"50/s\"]]";
    let field = table.required("points", example, cx)?;
    let points = field.list(PROFILE_POINTS_MAX, example, cx)?;
    if points.is_empty() {
        cx.error(&field, format!("empty; write for example `{example}`"));
        return None;
    }
    let mut read: Vec<(Instant, Rate)> = Vec::with_capacity(points.len());
    let mut all_read = true;
    for point in &points {
        let Some((at_field, rate_field)) = pair(point, "[\"1h\", \"50/s\"]", cx) else {
            all_read = false;
            continue;
        };
        let (at, rate) = (at_field.instant(cx), rate_field.rate(cx));
        let Some((at, rate)) = at.zip(rate) else {
            all_read = false;
            continue;
        };
        if read.last().is_some_and(|(previous, _)| *previous >= at) {
            let message = format!("{} is not after the point before it", at_field.written());
            cx.error(&at_field, message);
            all_read = false;
        }
        read.push((at, rate));
    }
    if all_read && read.iter().all(|(_, rate)| rate.per_second() == 0.0) {
        cx.error(&field, "every rate is 0, so nothing is ever written");
        return None;
    }
    all_read.then_some(())?;
    Some(Arrivals::Profile { points: read.into(), linear: linear? })
}

/// The two elements of a list of two.
pub(super) fn pair<'f>(
    field: &'f Field<'_>,
    example: &str,
    cx: &mut Reading,
) -> Option<(Field<'f>, Field<'f>)> {
    let elements = field.list(2, example, cx)?;
    let [first, second] = elements.as_slice() else {
        cx.error(field, format!("expected two values such as `{example}`"));
        return None;
    };
    Some((first.clone(), second.clone()))
}

fn diurnal(
    table: &mut TableReader<'_>,
    context: &ArrivalsContext<'_>,
    cx: &mut Reading,
) -> Option<Arrivals> {
    let mean = table.required("mean", "\"200/s\"", cx);
    let amplitude = table.required("amplitude", "\"60%\"", cx);
    let peak_at = table.required("peak_at", "\"14:00\"", cx);
    let mean = mean.and_then(|mean| mean.positive_rate(cx));
    let amplitude = amplitude.and_then(|amplitude| amplitude.probability(cx));
    let peak_at = peak_at.and_then(|peak_at| peak_at.time_of_day(cx));
    Some(Arrivals::Diurnal {
        mean: mean?,
        amplitude: amplitude?,
        peak_at: peak_at?,
        start_of_day: context.start_of_day,
    })
}

fn bursts(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Arrivals> {
    let rate = table.required("rate", "\"1/min\"", cx);
    let size = table.required("size", "100", cx);
    let even = table.or_default("even", "false", cx).boolean(cx);
    let rate = rate.and_then(|rate| rate.positive_rate(cx));
    let size = size.and_then(|size| burst_size(&size, cx));
    Some(Arrivals::Bursts { rate: rate?, size: size?, even: even? })
}

fn burst_size(field: &Field<'_>, cx: &mut Reading) -> Option<BurstSize> {
    if !matches!(field.node.value, Value::Table(_)) {
        return field.whole_u32(1, BURST_RECORDS_MAX, cx).map(BurstSize::Constant);
    }
    let (tag, payload) = field.choice(&["constant", "geometric"], cx)?;
    let payload = payload?;
    match tag {
        "constant" => payload.whole_u32(1, BURST_RECORDS_MAX, cx).map(BurstSize::Constant),
        _ => {
            let mean = payload.number(1.0, f64::from(BURST_RECORDS_MAX), cx)?;
            Some(BurstSize::Geometric { mean })
        }
    }
}

fn on_off(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Arrivals> {
    let on_rate = table.required("on_rate", "\"100/s\"", cx);
    let off_rate = table.or_default("off_rate", "0/s", cx).rate(cx);
    let mean_on = table.required("mean_on", "\"1m\"", cx);
    let mean_off = table.required("mean_off", "\"5m\"", cx);
    let on_rate = on_rate.and_then(|rate| rate.positive_rate(cx));
    let mean_on = mean_on.and_then(|time| time.positive_duration("s", cx));
    let mean_off = mean_off.and_then(|time| time.positive_duration("s", cx));
    Some(Arrivals::OnOff { rates: [on_rate?, off_rate?], sojourns: [mean_on?, mean_off?] })
}

/// `gap = { uniform = ["1s", "2s"] }` or `{ normal = { mean = "1s", deviation = "100ms" } }`.
fn renewal(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Arrivals> {
    let field = table.required("gap", "{ uniform = [\"1s\", \"2s\"] }", cx)?;
    let (tag, payload) = field.choice(&["uniform", "normal"], cx)?;
    let Some(payload) = payload else {
        cx.error(&field, format!("`{tag}` needs settings"));
        return None;
    };
    if tag == "uniform" {
        let (low, high) = pair(&payload, "[\"1s\", \"2s\"]", cx)?;
        let (shortest, longest) = (low.duration("s", cx), high.positive_duration("s", cx));
        let (shortest, longest) = shortest.zip(longest)?;
        if shortest > longest {
            cx.error(&high, format!("{} is below the shortest gap", high.written()));
            return None;
        }
        return Some(Arrivals::Renewal { gap: Gap::Uniform { low: shortest, high: longest } });
    }
    let mut normal = payload.table("{ mean = \"1s\", deviation = \"100ms\" }", cx)?;
    let mean = normal.required("mean", "\"1s\"", cx);
    let deviation = normal.required("deviation", "\"100ms\"", cx);
    normal.finish(cx);
    let mean = mean.and_then(|mean| mean.positive_duration("s", cx));
    let deviation = deviation.and_then(|deviation| deviation.duration("s", cx));
    Some(Arrivals::Renewal { gap: Gap::Normal { mean: mean?, deviation: deviation? } })
}

/// The times of a trace, sorted.
pub(super) fn trace_times(times: Vec<Instant>) -> Arrivals {
    Arrivals::TraceTimes { times: Arc::from(times) }
}
