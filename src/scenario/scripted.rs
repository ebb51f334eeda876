//! `arrivals = { scripted = { records = [...] } }`: records one by one.
//!
//! Records are sorted by time; records of equal time keep the order of the file.
//! A key stays on one shard (S1.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reader::{Field, Reading, TableReader};
use super::stream::OpenTimes;
use super::traffic::record_bytes;
use crate::model::settings::{Arrivals, ScriptedRecord};
use crate::units::Instant;

const RECORDS_MAX: usize = 1_000_000;

/// Reads the records.
pub(super) fn scripted(
    table: &mut TableReader<'_>,
    shards: Option<&OpenTimes>,
    cx: &mut Reading,
) -> Option<Arrivals> {
    let example = "[{ at = \"1s\", key = \"a\" }]";
    let field = table.required("records", example, cx)?;
    let elements = field.list(RECORDS_MAX, example, cx)?;
    // After a reshard a key is on another shard.
    let is_fixed = shards.is_some_and(|shards| {
        shards
            .0
            .iter()
            .all(|&(opens, closes)| (opens, closes) == (Instant::START, Instant::FAR_FUTURE))
    });
    let mut shard_of_key: BTreeMap<Arc<str>, u32> = BTreeMap::new();
    let mut all_read = true;
    let mut records = Vec::with_capacity(elements.len());
    for element in &elements {
        let Some(record) = record(element, shards, cx) else {
            all_read = false;
            continue;
        };
        let shard = *shard_of_key.entry(Arc::clone(&record.key)).or_insert(record.shard);
        if is_fixed && shard != record.shard {
            let message =
                format!("key `{}` is on shard {shard} above; a key stays on one shard", record.key);
            cx.error(element, message).rule("S1.2");
            all_read = false;
        }
        records.push(record);
    }
    records.sort_by_key(|record| record.at);
    all_read.then(|| Arrivals::Scripted { records: records.into() })
}

fn record(
    field: &Field<'_>,
    shards: Option<&OpenTimes>,
    cx: &mut Reading,
) -> Option<ScriptedRecord> {
    let mut table = field.table("{ at = \"1s\", key = \"a\" }", cx)?;
    let at = table.required("at", "\"1s\"", cx);
    let shard_field = table.or_default("shard", "0", cx);
    let key_field = table.optional("key", cx);
    let bytes = table.or_default("bytes", "600B", cx);
    let filtered = table.or_default("filtered", "false", cx).boolean(cx);
    let poison = table.or_default("poison", "false", cx).boolean(cx);
    table.finish(cx);
    let at = at.and_then(|at| at.instant(cx));
    let shard = shard_index(&shard_field, shards, cx);
    if let (Some(shard), Some(at), Some(OpenTimes(times))) = (shard, at, shards) {
        let (opens, closes) = times[shard as usize];
        if at < opens || at >= closes {
            let until = match closes == Instant::FAR_FUTURE {
                true => String::new(),
                false => format!(" to {}s", closes.as_secs_f64()),
            };
            let from = opens.as_secs_f64();
            let message = format!("shard {shard} is written to only from {from}s{until}");
            cx.error(&shard_field, message).rule("S1.7");
            return None;
        }
    }
    let bytes = record_bytes(&bytes, cx);
    // Without a key all records of a shard have the same one.
    let key = match &key_field {
        Some(key) => key.text(cx)?,
        None => format!("shard-{}", shard?),
    };
    Some(ScriptedRecord {
        at: at?,
        shard: shard?,
        key: key.into(),
        bytes: bytes?,
        filtered: filtered?,
        poison: poison?,
    })
}

/// The index of a shard, from 0.
pub(super) fn shard_index(
    field: &Field<'_>,
    shards: Option<&OpenTimes>,
    cx: &mut Reading,
) -> Option<u32> {
    let index = field.whole_u32(0, u32::MAX, cx)?;
    match shards {
        Some(OpenTimes(times)) if index as usize >= times.len() => {
            let last = times.len().saturating_sub(1);
            let message = match last {
                0 => format!("there is no shard {index}; the stream has only shard 0"),
                _ => format!("there is no shard {index}; the stream has shards 0 to {last}"),
            };
            cx.error(field, message);
            None
        }
        Some(_) | None => Some(index),
    }
}
