//! `[[traffic]]`: what is written to the stream (S1.2).

use super::arrivals::{self, ArrivalsContext};
use super::document::{Place, Value};
use super::reader::{Field, Reading, TableReader};
use super::stream::OpenTimes;
use crate::model::settings::{Keys, RecordSize, StreamKind, Traffic};
use crate::units::{Bytes, Duration, Instant, Probability};

/// A record's source is numbered with 16 bits, and the last number is taken.
const SOURCES_MAX: usize = 1_000;
const KEYS_MAX: u32 = 1_000_000;
/// The model keeps record sizes in 32 bits.
const RECORD_BYTES_MAX: Bytes = Bytes::new(1 << 30);

/// What reading the traffic needs to know about the scenario.
pub(super) struct TrafficContext<'c> {
    /// When each shard of the stream is written to, if that is known.
    pub shards: Option<&'c OpenTimes>,
    /// Kind of the stream, if that is known.
    pub kind: Option<StreamKind>,
    /// Time of day of virtual time zero.
    pub start_of_day: Duration,
    /// Where a missing table is reported.
    pub root_place: Place,
    /// The run ends when everything is drained.
    pub must_end: bool,
}

/// Reads all sources.
pub(super) fn traffic(
    field: Option<Field<'_>>,
    context: &TrafficContext<'_>,
    cx: &mut Reading,
) -> Option<Vec<Traffic>> {
    let Some(field) = field else {
        let message = "missing; write for example `[[traffic]]` and below it \
                       `arrivals = { poisson = { rate = \"200/s\" } }`";
        cx.problems.error(context.root_place, "traffic", message.to_owned());
        return None;
    };
    let sources = field.list(SOURCES_MAX, "[[traffic]]", cx)?;
    if sources.is_empty() {
        cx.error(&field, "empty; a scenario needs at least one `[[traffic]]`");
        return None;
    }
    let read: Vec<Option<Traffic>> = sources
        .iter()
        .enumerate()
        .map(|(index, source)| one_source(source, index, context, cx))
        .collect();
    read.into_iter().collect()
}

fn one_source(
    field: &Field<'_>,
    index: usize,
    context: &TrafficContext<'_>,
    cx: &mut Reading,
) -> Option<Traffic> {
    let group = format!("traffic {}", index + 1);
    let mut table =
        field.section(&group, "{ arrivals = { poisson = { rate = \"200/s\" } } }", cx)?;
    let per_shard = table.or_default("per_shard", "false", cx).boolean(cx);
    let arrivals = table.required("arrivals", "{ poisson = { rate = \"200/s\" } }", cx);
    let arrivals_context =
        ArrivalsContext { shards: context.shards, start_of_day: context.start_of_day };
    let read =
        arrivals.as_ref().and_then(|arrivals| arrivals::arrivals(arrivals, &arrivals_context, cx));
    let aggregated = table.or_default("aggregated", "false", cx);
    let is_aggregated = aggregated.boolean(cx);
    let keys = match is_aggregated {
        Some(true) => aggregated_keys(&mut table, &aggregated, context, cx),
        Some(false) | None => keys(&table.or_default("keys", "unique", cx), cx),
    };
    let record_size = record_size(&table.or_default("record_size", "600B", cx), cx);
    let from = table.or_default("from", "0s", cx).instant(cx);
    let to_field = table.optional("to", cx);
    let to = match &to_field {
        Some(to) => to.instant(cx),
        None => Some(Instant::FAR_FUTURE),
    };
    let matches_filter = table.or_default("matches_filter", "100%", cx).probability(cx);
    table.finish(cx);
    let (arrivals_field, arrivals) = (arrivals?, read?);
    let (from, to) = (from?, to?);
    if let Some(to_field) = &to_field
        && from >= to
    {
        cx.error(to_field, format!("{} is not after `from`", to_field.written()));
    }
    if context.must_end && to_field.is_none() && !arrivals::ends_by_itself(&arrivals) {
        let message = "never ends, so the run cannot end when drained; give this traffic a `to`";
        cx.error(&arrivals_field, message);
    }
    Some(Traffic {
        arrivals,
        keys: keys?,
        record_size: record_size?,
        from,
        to,
        per_shard: per_shard?,
        matches_filter: matches_filter?,
    })
}

/// S4.6: records aggregated by the producer library carry one key per shard, so that a shard's
/// records share a lane.
fn aggregated_keys(
    table: &mut TableReader<'_>,
    aggregated: &Field<'_>,
    context: &TrafficContext<'_>,
    cx: &mut Reading,
) -> Option<Keys> {
    if let Some(keys) = table.optional("keys", cx) {
        let message = "aggregated records carry one key per shard; remove `keys`, or `aggregated`";
        cx.error(&keys, message).rule("S4.6");
        return None;
    }
    if context.kind == Some(StreamKind::DynamoDb) {
        let message = "records are aggregated on Kinesis only; remove `aggregated`";
        cx.error(aggregated, message).rule("S4.6");
        return None;
    }
    Some(Keys::Round { count: 1 })
}

const KEY_KINDS: [&str; 6] = ["unique", "uniform", "zipf", "hot", "single", "round"];

fn keys(field: &Field<'_>, cx: &mut Reading) -> Option<Keys> {
    let (tag, payload) = field.choice(&KEY_KINDS, cx)?;
    let example = match tag {
        "unique" => return Some(Keys::Unique),
        "single" => return Some(Keys::Single),
        "zipf" => "{ count = 10000, exponent = 1.0 }",
        "hot" => "{ share = \"50%\" }",
        _ => "{ count = 10000 }",
    };
    let Some(payload) = payload else {
        cx.error(field, format!("`{tag}` needs settings; write `{{ {tag} = {example} }}`"));
        return None;
    };
    let mut table = payload.table(example, cx)?;
    let keys = match tag {
        "hot" => {
            let share = table.required("share", "\"50%\"", cx)?.probability(cx);
            share.map(|share| Keys::Hot { share })
        }
        "zipf" => {
            let count = key_count(&mut table, cx);
            let exponent = table.or_default("exponent", "1.0", cx).number(0.0, 20.0, cx);
            count.zip(exponent).map(|(count, exponent)| Keys::Zipf { count, exponent })
        }
        "round" => key_count(&mut table, cx).map(|count| Keys::Round { count }),
        _ => key_count(&mut table, cx).map(|count| Keys::Uniform { count }),
    };
    table.finish(cx);
    keys
}

fn key_count(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<u32> {
    table.required("count", "10000", cx)?.whole_u32(1, KEYS_MAX, cx)
}

/// Reads a record size: a plain size, or a distribution.
pub(super) fn record_size(field: &Field<'_>, cx: &mut Reading) -> Option<RecordSize> {
    if !matches!(field.node.value, Value::Table(_)) {
        return Some(RecordSize::Constant(record_bytes(field, cx)?));
    }
    let (tag, payload) = field.choice(&["constant", "uniform", "lognormal"], cx)?;
    let payload = payload?;
    if tag == "constant" {
        return Some(RecordSize::Constant(record_bytes(&payload, cx)?));
    }
    let (low_key, high_key) = if tag == "uniform" { ("low", "high") } else { ("p50", "p99") };
    let example = format!("{{ {low_key} = \"600B\", {high_key} = \"8KiB\" }}");
    let mut table = payload.table(&example, cx)?;
    let low = table.required(low_key, "\"600B\"", cx);
    let high = table.required(high_key, "\"8KiB\"", cx);
    table.finish(cx);
    let (low, high_field) = (low?, high?);
    let (low, high) = (record_bytes(&low, cx)?, record_bytes(&high_field, cx)?);
    let is_uniform = tag == "uniform";
    if high < low || (high == low && !is_uniform) {
        let message = format!("{} is not above `{low_key}`", high_field.written());
        cx.error(&high_field, message);
        return None;
    }
    if !is_uniform && low.get() == 0 {
        cx.error(&payload, "a log-normal size needs `p50` above 0");
        return None;
    }
    Some(match is_uniform {
        true => RecordSize::Uniform { low, high },
        false => RecordSize::Lognormal { p50: low, p99: high },
    })
}

/// A size that a record can have.
pub(super) fn record_bytes(field: &Field<'_>, cx: &mut Reading) -> Option<Bytes> {
    let bytes = field.bytes(cx)?;
    if bytes > RECORD_BYTES_MAX {
        let message = format!("{} is too large for a record; the most is 1GiB", field.written());
        cx.error(field, message);
        return None;
    }
    Some(bytes)
}

/// The share of records that match the filter is written per source, so a filter that nothing
/// is said about matches everything.
pub(super) fn matches_everything(traffic: &[Traffic]) -> bool {
    traffic.iter().all(|source| source.matches_filter == Probability::ONE)
}
