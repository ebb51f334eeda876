//! `[stream]`: kind, shards and retention (S1.5, S1.6).

use super::document::Value;
use super::reader::{Reading, TableReader};
use crate::model::settings::{Stream, StreamKind};
use crate::units::Duration;

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
}

impl StreamSection {
    /// Reads the table.
    pub fn read(mut table: TableReader<'_>, cx: &mut Reading) -> StreamSection {
        let kind =
            table.required("kind", "\"dynamodb\"", cx).and_then(|field| field.word(&KINDS, cx));
        let shards = table.required("shards", "4", cx).and_then(|field| {
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
        table.finish(cx);
        StreamSection { kind, shards, retention }
    }

    /// The stream, if all of it is right.
    pub fn stream(&self) -> Option<Stream> {
        Some(Stream { kind: self.kind?, shards: self.shards?, retention: self.retention? })
    }
}
