//! `StartingPosition` and `StartingPositionTimestamp` (S2.5, S12).
//!
//! The timestamp is given as in the API (seconds since 1970) or as RFC 3339, and becomes a time
//! since the scenario's start; what lies before the start is the start, as nothing is older.

use super::document::Value;
use super::mapping::refuse;
use super::mapping_limits as limits;
use super::reader::{Field, Reading, TableReader};
use crate::model::settings::{StartingPosition, StreamKind};
use crate::units::{Duration, Instant};

/// What reading the mapping needs to know about the scenario.
pub(super) struct Start {
    /// Kind of the stream.
    pub kind: StreamKind,
    /// Date of virtual time zero, nanoseconds since 1970.
    pub unix_nanos: u64,
}

/// Stands in for an ARN that the scenario does not give.
const EXAMPLE_STREAM_ARN: &str =
    "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000";

/// Reads both parameters.
pub(super) fn starting_position(
    table: &mut TableReader<'_>,
    start: &Start,
    event_source_arn: Option<String>,
    cx: &mut Reading,
) -> Option<StartingPosition> {
    let timestamp = table.optional("StartingPositionTimestamp", cx);
    let Some(field) = table.optional("StartingPosition", cx) else {
        let refusal = limits::starting_position_missing();
        let path = table.path_of("StartingPosition");
        let message = "missing; write `StartingPosition = \"TRIM_HORIZON\"` or `\"LATEST\"`";
        let place = table.place();
        cx.problems.error(place, &path, message.to_owned()).rule(refusal.rule());
        return None;
    };
    let position = field.text(cx)?;
    if let (Some(timestamp), true) = (&timestamp, position != "AT_TIMESTAMP") {
        let message =
            format!("has no meaning with `StartingPosition = \"{position}\"`; leave it out");
        cx.error(timestamp, message);
    }
    match (position.as_str(), start.kind) {
        ("TRIM_HORIZON", _) => Some(StartingPosition::TrimHorizon),
        ("LATEST", _) => Some(StartingPosition::Latest),
        ("AT_TIMESTAMP", StreamKind::DynamoDb) => {
            let arn = event_source_arn.unwrap_or_else(|| EXAMPLE_STREAM_ARN.to_owned());
            let plain = "`AT_TIMESTAMP` does not exist for DynamoDB streams; write `TRIM_HORIZON` \
                         or `LATEST`";
            refuse(&field, plain.to_owned(), &limits::starting_position_unsupported(&arn), cx);
            None
        }
        ("AT_TIMESTAMP", StreamKind::Kinesis) => {
            let Some(timestamp) = timestamp else {
                cx.error(&field, "`AT_TIMESTAMP` needs `StartingPositionTimestamp`");
                return None;
            };
            at_timestamp(&timestamp, start.unix_nanos, cx)
        }
        (_, StreamKind::DynamoDb | StreamKind::Kinesis) => {
            let plain = format!(
                "`{position}` is unknown; AWS knows `TRIM_HORIZON`, `LATEST` and `AT_TIMESTAMP`"
            );
            refuse(&field, plain, &limits::starting_position_unknown(&position), cx);
            None
        }
    }
}

fn at_timestamp(
    field: &Field<'_>,
    start_unix_nanos: u64,
    cx: &mut Reading,
) -> Option<StartingPosition> {
    let unix_nanos = match &field.node.value {
        Value::Integer(_) | Value::Float(_) => {
            let seconds = field.number(0.0, 2e10, cx)?;
            Duration::from_secs_f64(seconds).as_nanos()
        }
        Value::Text(_) | Value::Date(_) => field.unix_nanos(cx)?,
        Value::Boolean(_) | Value::List(_) | Value::Table(_) => {
            cx.wrong_kind(field, "seconds since 1970 or a date such as `2026-01-01T00:00:00Z`");
            return None;
        }
    };
    let since_start = unix_nanos.saturating_sub(start_unix_nanos);
    Some(StartingPosition::AtTimestamp(Instant::from_nanos(since_start)))
}
