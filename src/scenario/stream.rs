//! `[stream]`: kind, shards and retention (S1.5, S1.6, S1.8).

use super::document::Value;
use super::reader::{Reading, TableReader};
use super::reshard::reshards;
use crate::model::settings::{Reshard, Stream, StreamKind};
use crate::units::{Duration, Instant, Rate};

/// Most shards of a simulated stream.
pub const SHARDS_MAX: u32 = 100_000;
const DAY: Duration = Duration::from_secs(86_400);

const KINDS: [(&str, StreamKind); 2] =
    [("dynamodb", StreamKind::DynamoDb), ("kinesis", StreamKind::Kinesis)];

/// `[stream]` as far as it could be read: other tables can be checked against a part of it.
pub(super) struct StreamSection {
    /// Kind, if it is right.
    pub kind: Option<StreamKind>,
    /// Number of shards, if it is right.
    pub shards: Option<u32>,
    retention: Option<Duration>,
    reshards: Option<Vec<Reshard>>,
    /// The outer `None`: it is wrong.
    split_above: Option<Option<Rate>>,
}

/// When each shard of a run is written to: from its opening, before its closing (S1.7).
pub(super) struct OpenTimes(pub Vec<(Instant, Instant)>);

impl StreamSection {
    /// Reads the table.
    pub fn read(mut table: TableReader<'_>, cx: &mut Reading) -> StreamSection {
        let kind =
            table.required("kind", "\"dynamodb\"", cx).and_then(|field| field.word(&KINDS, cx));
        // S1.8: an on-demand table starts with 4 shards.
        let field = match kind {
            Some(StreamKind::DynamoDb) => Some(table.or_default("shards", "4", cx)),
            Some(StreamKind::Kinesis) | None => table.required("shards", "4", cx),
        };
        let shards = field.and_then(|field| {
            let Value::Integer(count) = field.node.value else {
                return field.whole_u32(1, SHARDS_MAX, cx);
            };
            let message = match u32::try_from(count) {
                Ok(count @ 1..=SHARDS_MAX) => return Some(count),
                _ if count < 1 => "a stream has at least 1 shard".to_owned(),
                _ => {
                    format!("{} shards are too many; the most is {SHARDS_MAX}", field.written())
                }
            };
            cx.error(&field, message);
            None
        });
        let field = table.or_default("retention", "24h", cx);
        let retention = match kind {
            Some(StreamKind::DynamoDb) => field.duration("h", cx).filter(|retention| {
                if *retention != DAY {
                    let message = format!(
                        "{} cannot be chosen: a DynamoDB stream keeps records for 24h",
                        field.written()
                    );
                    cx.error(&field, message).rule("S1.5");
                }
                *retention == DAY
            }),
            Some(StreamKind::Kinesis) => field.duration_between("h", "24h", "8760h", cx),
            None => field.duration("h", cx),
        };
        let reshards = match (table.optional("reshard", cx), kind, shards) {
            (None, ..) => Some(Vec::new()),
            (Some(field), Some(kind), Some(shards)) => reshards(&field, kind, shards, cx),
            (Some(_), ..) => None,
        };
        let split_above = match table.optional("split_above", cx) {
            None => Some(None),
            Some(field) if reshards.as_ref().is_some_and(|reshards| !reshards.is_empty()) => {
                let message = "shards split by load or as `reshard` says, not both; keep one";
                cx.error(&field, message).rule("S1.7");
                None
            }
            Some(field) => field.positive_rate(cx).map(Some),
        };
        table.finish(cx);
        StreamSection { kind, shards, retention, reshards, split_above }
    }

    /// The writes per second and shard above which shards split, where they do.
    pub fn split_above(&self) -> Option<Rate> {
        self.split_above.flatten()
    }

    /// When each shard is written to, if that is known.
    pub fn open_times(&self) -> Option<OpenTimes> {
        let first = (Instant::START, Instant::FAR_FUTURE);
        let mut times = vec![first; self.shards? as usize];
        for reshard in self.reshards.as_ref()? {
            for &closed in &reshard.close {
                times[closed as usize].1 = reshard.at;
            }
            times.extend(reshard.open.iter().map(|_| (reshard.at, Instant::FAR_FUTURE)));
        }
        Some(OpenTimes(times))
    }

    /// The stream, if all of it is right.
    pub fn stream(self) -> Option<Stream> {
        Some(Stream {
            kind: self.kind?,
            shards: self.shards?,
            reshards: self.split_above.and(self.reshards)?,
            retention: self.retention?,
        })
    }
}
