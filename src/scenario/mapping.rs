//! `[mapping]`: the request parameters of CreateEventSourceMapping, by their names in the API.
//!
//! Numbers are plain, as in the API. Limits and refusals are in [`super::mapping_limits`].
//! Left out: parameters of sources other than streams.

use super::destination::FailingDeliveries;
use super::document::Value;
use super::mapping_limits as limits;
use super::mapping_limits::{ParameterLimit, Refusal};
use super::profiles::{self, Profile};
use super::reader::{Field, Reading, TableReader};
use super::schema::Scalar;
use super::starting_position::{Start, starting_position};
use super::suggest;
use crate::model::settings::{Mapping, OnFailure, StreamKind};
use crate::units::{Duration, Limit};

/// Parameters that exist for streams and change nothing that is simulated.
const WITHOUT_EFFECT: [&str; 6] = [
    "FunctionName",
    "KMSKeyArn",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "Tags",
];

/// Parameters of other event sources.
const OF_OTHER_SOURCES: [&str; 8] = [
    "AmazonManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "Queues",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "Topics",
];

/// Reads `[mapping]`.
pub(super) fn mapping(
    mut table: TableReader<'_>,
    start: &Start,
    profile: Profile,
    failing: Option<&FailingDeliveries<'_>>,
    cx: &mut Reading,
) -> Option<Mapping> {
    let event_source_arn = event_source_arn(&mut table, start.kind, cx);
    // S1.6: the ARN of a registered consumer ends with `/consumer/NAME:CREATED`.
    let is_consumer = event_source_arn.as_ref().is_some_and(|arn| arn.contains("/consumer/"));
    let starting_position = starting_position(&mut table, start, event_source_arn, cx);
    let batch_size = parameter(&mut table, &limits::BATCH_SIZE, "100", cx);
    let batching_window = parameter(&mut table, &limits::BATCHING_WINDOW, "0", cx);
    let factor = parameter(&mut table, &limits::PARALLELIZATION_FACTOR, "1", cx);
    let retries = profiles::maximum_retry_attempts(profile);
    let retries = parameter(&mut table, &limits::RETRY_ATTEMPTS, retries, cx);
    let age = profiles::maximum_record_age(profile);
    let age = parameter(&mut table, &limits::RECORD_AGE, age, cx);
    let bisect = table.or_default("BisectBatchOnFunctionError", "false", cx).boolean(cx);
    let response_types = table.or_default("FunctionResponseTypes", "[]", cx);
    let report_batch_item_failures = response_types_of(&response_types, cx);
    let on_failure = on_failure(&mut table, failing, cx);
    let tumbling_window = tumbling_window(&mut table, factor, cx);
    filter_criteria(&mut table, tumbling_window, cx);
    let enabled = enabled(&mut table, cx);
    table.accept("schedule", cx);
    without_effect(&mut table, cx);
    table.finish(cx);
    Some(Mapping {
        enabled: enabled?,
        enhanced_fan_out: is_consumer && start.kind == StreamKind::Kinesis,
        starting_position: starting_position?,
        batch_size: u32::try_from(batch_size?).ok()?,
        batching_window: Duration::from_secs(u64::try_from(batching_window?).ok()?),
        parallelization_factor: u32::try_from(factor?).ok()?,
        // Only -1 is negative in the accepted range.
        maximum_retry_attempts: u32::try_from(retries?).map_or(Limit::Unlimited, Limit::Limited),
        maximum_record_age: u64::try_from(age?)
            .map_or(Limit::Unlimited, |seconds| Limit::Limited(Duration::from_secs(seconds))),
        bisect: bisect?,
        report_batch_item_failures: report_batch_item_failures?,
        tumbling_window: Duration::from_secs(u64::try_from(tumbling_window?).ok()?),
        on_failure: on_failure?,
    })
}

/// Reports that AWS would refuse a field.
pub(super) fn refuse(field: &Field<'_>, plain: String, refusal: &Refusal, cx: &mut Reading) {
    cx.error(field, plain).rule(refusal.rule()).label("AWS refuses this");
}

fn parameter(
    table: &mut TableReader<'_>,
    limit: &ParameterLimit,
    default: &str,
    cx: &mut Reading,
) -> Option<i64> {
    let field = table.or_default(limit.name, default, cx);
    cx.note(&field.path, || Scalar::Whole(limit.minimum.into(), limit.maximum.into()));
    let number = match &field.node.value {
        Value::Integer(number) => *number,
        Value::Text(text) if text.trim().parse::<i128>().is_ok() => {
            let message = format!(
                "expected a plain number as in the API, found a text; write {} without quotes",
                text.trim()
            );
            cx.error(&field, message);
            return None;
        }
        Value::Text(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Date(_)
        | Value::List(_)
        | Value::Table(_) => {
            cx.wrong_kind(&field, "a whole number, plain as in the API");
            return None;
        }
    };
    let Ok(number) = i64::try_from(number) else {
        let message = format!("the number is out of range; AWS takes {}", limit.plain_range);
        cx.error(&field, message);
        return None;
    };
    if let Some(refusal) = limits::refusal_of(limit, number) {
        let plain =
            format!("{} is refused by AWS; it takes {}", field.written(), limit.plain_range);
        refuse(&field, plain, &refusal, cx);
        return None;
    }
    Some(number)
}

fn event_source_arn(
    table: &mut TableReader<'_>,
    kind: StreamKind,
    cx: &mut Reading,
) -> Option<String> {
    let field = table.optional("EventSourceArn", cx)?;
    let arn = field.text(cx)?;
    let (service, other) = match kind {
        StreamKind::DynamoDb => ("dynamodb", "kinesis"),
        StreamKind::Kinesis => ("kinesis", "dynamodb"),
    };
    if arn.split(':').nth(2) == Some(other) {
        let message = format!("an ARN of {other}, but `stream.kind` is `{service}`");
        cx.error(&field, message);
    }
    Some(arn)
}

fn response_types_of(field: &Field<'_>, cx: &mut Reading) -> Option<bool> {
    let items = field.list(10, "[\"ReportBatchItemFailures\"]", cx)?;
    let texts: Option<Vec<String>> = items.iter().map(|item| item.text(cx)).collect();
    let texts = texts?;
    let unknown = texts.iter().find(|text| *text != "ReportBatchItemFailures");
    if let Some(unknown) = unknown {
        let plain = format!("`{unknown}` is unknown; AWS knows only `ReportBatchItemFailures`");
        refuse(field, plain, &limits::response_type_unknown(&texts), cx);
        return None;
    }
    Some(!texts.is_empty())
}

/// The outer `None`: something was wrong.
fn on_failure(
    table: &mut TableReader<'_>,
    failing: Option<&FailingDeliveries<'_>>,
    cx: &mut Reading,
) -> Option<Option<OnFailure>> {
    let destination_arn = match table.optional("DestinationConfig", cx) {
        Some(field) => destination(&field, cx)?,
        None => None,
    };
    let failing = failing?;
    if let (None, Some(field)) = (&destination_arn, &failing.said_at) {
        let message = "there is no destination that could fail; add \
                       `mapping.DestinationConfig.OnFailure.Destination`";
        cx.error(field, message);
        return None;
    }
    Some(destination_arn.map(|destination_arn| OnFailure {
        destination_arn,
        delivery_failure: failing.chance,
        failing_deliveries: failing.numbers.clone(),
    }))
}

/// `DestinationConfig`: the ARN of its `OnFailure.Destination`.
fn destination(field: &Field<'_>, cx: &mut Reading) -> Option<Option<String>> {
    let example = "{ OnFailure = { Destination = \"arn:aws:sqs:us-east-1:123456789012:failed\" } }";
    let mut config = field.table(example, cx)?;
    if let Some(on_success) = config.optional("OnSuccess", cx) {
        let plain = "an event source mapping has no on-success destination".to_owned();
        refuse(&on_success, plain, &limits::on_success_unsupported(), cx);
    }
    let on_failure = config.optional("OnFailure", cx);
    config.finish(cx);
    let Some(on_failure) = on_failure else {
        return Some(None);
    };
    let example = "\"arn:aws:sqs:us-east-1:123456789012:failed\"";
    let mut inner = on_failure.table(&format!("{{ Destination = {example} }}"), cx)?;
    let arn_field = inner.required("Destination", example, cx);
    inner.finish(cx);
    let arn_field = arn_field?;
    let arn = arn_field.text(cx)?;
    let service = arn.split(':').nth(2).unwrap_or("");
    if !arn.starts_with("arn:") || !["sqs", "sns", "s3", "kafka"].contains(&service) {
        let message = format!("`{arn}` is not the ARN of an SQS queue, SNS topic or S3 bucket");
        cx.error(&arn_field, message).rule("S8.1");
        return None;
    }
    Some(Some(arn))
}

fn tumbling_window(
    table: &mut TableReader<'_>,
    factor: Option<i64>,
    cx: &mut Reading,
) -> Option<i64> {
    let Some(field) = table.peek(limits::TUMBLING_WINDOW.name) else {
        // Registered as known, so that suggestions name it; not listed among the settings.
        table.optional(limits::TUMBLING_WINDOW.name, cx);
        return Some(0);
    };
    let seconds = parameter(table, &limits::TUMBLING_WINDOW, "0", cx)?;
    if seconds > 0 && factor.is_some_and(|factor| factor > 1) {
        let plain = "tumbling windows need `ParallelizationFactor = 1`".to_owned();
        refuse(&field, plain, &limits::tumbling_window_with_lanes(), cx);
    }
    Some(seconds)
}

fn filter_criteria(table: &mut TableReader<'_>, tumbling_window: Option<i64>, cx: &mut Reading) {
    let Some(field) = table.optional("FilterCriteria", cx) else {
        return;
    };
    let example = "{ Filters = [{ Pattern = '{\"eventName\": [\"INSERT\"]}' }] }";
    let Some(mut criteria) = field.table(example, cx) else {
        return;
    };
    let filters = criteria.optional("Filters", cx);
    criteria.finish(cx);
    let Some(filters) = filters else { return };
    let elements = filters.list(10, "[{ Pattern = \"{}\" }]", cx).unwrap_or_default();
    if !elements.is_empty() && tumbling_window.is_some_and(|seconds| seconds > 0) {
        let message = "AWS takes no filter together with a tumbling window";
        cx.error(&filters, message).rule("S11.1");
    }
    for filter in elements {
        let Some(mut inner) = filter.table("{ Pattern = \"{}\" }", cx) else {
            continue;
        };
        let pattern = inner.required("Pattern", "'{\"eventName\": [\"INSERT\"]}'", cx);
        inner.finish(cx);
        let Some(pattern) = pattern else { continue };
        let Some(text) = pattern.text(cx) else {
            continue;
        };
        let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
        if !json.is_ok_and(|json| json.is_object()) {
            let plain = "the pattern is not a JSON object".to_owned();
            refuse(&pattern, plain, &limits::filter_pattern_invalid(), cx);
        }
    }
}

fn enabled(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<bool> {
    match table.optional("Enabled", cx) {
        Some(field) => field.boolean(cx),
        None => Some(true),
    }
}

fn without_effect(table: &mut TableReader<'_>, cx: &mut Reading) {
    for name in WITHOUT_EFFECT {
        if let Some(field) = table.optional(name, cx)
            && name == "ProvisionedPollerConfig"
        {
            let place = field.node.place;
            let message = "not modelled: it has no effect here".to_owned();
            cx.problems.warning(place, &field.path, "W-not-modelled", message);
        }
    }
    for name in table.keys() {
        if let Some(other) = OF_OTHER_SOURCES.iter().find(|other| **other == name)
            && let Some(field) = table.peek(other)
        {
            let message = format!(
                "{} belongs to other event sources than streams",
                suggest::listed(&[other])
            );
            cx.error(&field, message);
            table.accept(other, cx);
        }
    }
}
