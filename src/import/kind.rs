//! Whether a mapping reads DynamoDB or Kinesis.
//!
//! In this order: the type of the event or the resource, the ARN (also one with unknown parts),
//! `AT_TIMESTAMP` (Kinesis only), the keys of filter patterns, and last a word in a name. The last
//! two are inferences and are reported as such.

use super::mapping::{Found, KindEvidence};
use super::raw::RawMapping;
use super::tree::{Target, Value};
use crate::model::settings::StreamKind;

/// The kind and how it is known.
pub fn of(raw: &RawMapping, filters: &[Found<String>]) -> Option<(StreamKind, KindEvidence)> {
    let source = raw.property("EventSourceArn");
    let of_arn = source.and_then(|node| match &node.value {
        Value::Text(arn) => of_arn(arn),
        Value::Unknown(unknown) => of_arn(&unknown.sketch),
        Value::Reference(reference) => of_target(reference.target),
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => None,
    });
    let of_stream = raw.stream.as_ref().and_then(|stream| of_target(stream.target));
    let position = raw.property("StartingPosition").and_then(|node| node.as_text());
    let of_position = (position == Some("AT_TIMESTAMP")).then_some(StreamKind::Kinesis);
    let of_consumer = raw.enhanced_fan_out.then_some(StreamKind::Kinesis);
    let stated = raw.kind.or(of_arn).or(of_stream).or(of_position).or(of_consumer);
    if let Some(kind) = stated {
        return Some((kind, KindEvidence::Stated));
    }
    if let Some(kind) = filters.iter().find_map(|filter| of_filter(&filter.value)) {
        return Some((kind, KindEvidence::FilterKeys));
    }
    let mut words: Vec<String> = Vec::new();
    if let Some(node) = source {
        match &node.value {
            Value::Text(text) => words.push(text.clone()),
            Value::Unknown(unknown) => words.push(unknown.sketch.clone()),
            Value::Reference(reference) => words.push(reference.name.clone()),
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
            }
        }
    }
    words.extend(raw.hints.iter().cloned());
    words.push(raw.id.clone());
    words.iter().find_map(|word| of_name(word)).map(|kind| (kind, KindEvidence::Name))
}

/// The service of an ARN; the rest may have unknown parts.
fn of_arn(arn: &str) -> Option<StreamKind> {
    let service = without_placeholders(arn).split(':').nth(2).map(str::to_owned)?;
    let is_arn = arn.starts_with("arn:") || arn.starts_with("${");
    match service.as_str() {
        "kinesis" if is_arn => Some(StreamKind::Kinesis),
        "dynamodb" if is_arn => Some(StreamKind::DynamoDb),
        _ => None,
    }
}

/// The text with `${...}` replaced by `_`, because names in there may hold colons.
fn without_placeholders(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        plain.push_str(&rest[..start]);
        plain.push('_');
        rest = match rest[start..].find('}') {
            Some(end) => &rest[start + end + 1..],
            None => "",
        };
    }
    plain + rest
}

fn of_target(target: Target) -> Option<StreamKind> {
    match target {
        Target::KinesisStream | Target::KinesisConsumer => Some(StreamKind::Kinesis),
        Target::DynamoDbTable => Some(StreamKind::DynamoDb),
        Target::Function | Target::Other => None,
    }
}

/// Keys that records of one kind alone have at their top.
fn of_filter(pattern: &str) -> Option<StreamKind> {
    let json: serde_json::Value = serde_json::from_str(pattern).ok()?;
    let object = json.as_object()?;
    let has = |keys: &[&str]| keys.iter().any(|key| object.contains_key(*key));
    if has(&["dynamodb", "eventName", "eventID"]) {
        Some(StreamKind::DynamoDb)
    } else if has(&["data", "partitionKey", "approximateArrivalTimestamp", "sequenceNumber"]) {
        Some(StreamKind::Kinesis)
    } else {
        None
    }
}

fn of_name(name: &str) -> Option<StreamKind> {
    let name = name.to_lowercase();
    let is_dynamodb = name.contains("dynamo") || name.contains("ddb");
    match (name.contains("kinesis"), is_dynamodb) {
        (true, false) => Some(StreamKind::Kinesis),
        (false, true) => Some(StreamKind::DynamoDb),
        (true, true) | (false, false) => None,
    }
}

/// Whether a text is the ARN of a DynamoDB or Kinesis stream or of its consumer, or the name of
/// one with placeholders of variables.
pub fn is_stream_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts[..] else {
        return false;
    };
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_resource = match service {
        "kinesis" => resource.strip_prefix("stream/").is_some_and(is_name),
        "dynamodb" => resource
            .strip_prefix("table/")
            .and_then(|rest| rest.split_once("/stream/"))
            .is_some_and(|(table, label)| is_name(table) && is_name(label)),
        _ => false,
    };
    prefix == "arn" && is_word(partition) && is_word(region) && is_account && is_resource
}

/// Whether a text is the ARN of a source that is no stream: a queue, a broker.
pub fn is_other_arn(arn: &str) -> bool {
    let plain = without_placeholders(arn);
    let service = plain.split(':').nth(2).unwrap_or_default();
    plain.starts_with("arn:") && ["sqs", "kafka", "mq", "rds"].contains(&service)
}

fn is_name(name: &str) -> bool {
    let is_fitting = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    !name.is_empty() && name.chars().all(is_fitting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_with_placeholders_tell_the_kind_but_are_no_arns() {
        let sketch = "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/x";
        assert_eq!(of_arn(sketch), Some(StreamKind::Kinesis));
        assert!(is_stream_arn("arn:aws:kinesis:eu-west-1:123456789012:stream/orders"));
        let table = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-01-01T00:00:00.0";
        assert!(is_stream_arn(table));
        for wrong in [
            "arn:aws:kinesis:<region>:<account>:stream/<name>",
            "arn:aws:kinesis:eu-west-1:1234:stream/orders",
            "arn:aws:dynamodb:us-east-1:123456789012:table/t",
            "arn:aws:sqs:us-east-1:123456789012:queue",
            "orders",
        ] {
            assert!(!is_stream_arn(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_filter_on_the_data_of_a_record_is_of_kinesis() {
        assert_eq!(of_filter(r#"{"data": {"x": [1]}}"#), Some(StreamKind::Kinesis));
        assert_eq!(of_filter(r#"{"eventName": ["INSERT"]}"#), Some(StreamKind::DynamoDb));
        assert_eq!(of_filter(r#"{"body": {"x": [1]}}"#), None);
    }
}
