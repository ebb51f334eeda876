//! CloudFormation and SAM templates, also those that the CDK synthesises.
//!
//! | resource | gives |
//! |---|---|
//! | `AWS::Lambda::EventSourceMapping` | a mapping |
//! | `AWS::Serverless::Function` | a mapping for each event of type `Kinesis` or `DynamoDB` |
//! | the function they name | memory, timeout, reserved concurrency |
//! | the stream they name | shards, retention |
//!
//! Keys that SAM adds (`Stream`, `OnFailure.Type`) become those of the API or are left out.
//! Reference: AWS CloudFormation user guide and the SAM specification. Left out: nested stacks,
//! macros and loops (`Fn::ForEach`), whose result `aws cloudformation get-template
//! --template-stage Processed` shows.

mod conditions;
mod functions;
mod template;

use super::kind::is_other_arn;
use super::problem::Problems;
use super::raw::{
    Absent, CLOUDFORMATION, PLAIN, RawFunction, RawMapping, RawStream, add_api_properties,
    api_keys, keys_of, look_alikes,
};
use super::supplied::Supplied;
use super::tree::{Entry, Node, Target, Value};
use super::without_value;
use crate::model::settings::StreamKind;
use crate::scenario::suggest;
use conditions::Truth;
use template::Template;

/// A change of references from version to alias to function is not followed further.
const STEPS_MAX: usize = 8;

const FUNCTION_KEYS: [(&str, &str); 3] = [
    ("MemorySize", "function.memory"),
    ("Timeout", "function.timeout"),
    ("ReservedConcurrentExecutions", "concurrency.reserved"),
];
const STREAM_KEYS: [(&str, &str); 2] =
    [("ShardCount", "stream.shards"), ("RetentionPeriodHours", "stream.retention")];

/// All mappings of a template, in its order. Also used for the `resources` of serverless.yml.
pub fn mappings(root: &Node, supplied: &Supplied, problems: &mut Problems) -> Vec<RawMapping> {
    let others = FUNCTION_KEYS.iter().chain(&STREAM_KEYS).map(|(key, _)| *key);
    let keys: Vec<&str> = PLAIN.into_iter().chain(others).collect();
    without_value::report(root, &keys, problems);
    let template = Template::new(root, supplied);
    let mut found = Vec::new();
    for resource in template.resources() {
        let kind = resource.node.get("Type").and_then(Node::as_text).unwrap_or_default();
        match kind {
            "AWS::Lambda::EventSourceMapping" if is_made(&template, resource, problems) => {
                found.extend(of_resource(&template, resource));
            }
            "AWS::Serverless::Function" if is_made(&template, resource, problems) => {
                found.extend(of_events(&template, resource, problems));
            }
            "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" => {
                let message =
                    format!("`{}` is a nested stack; import its template as well", resource.key);
                problems.warning(resource.node.place, message);
            }
            _ if resource.key.starts_with("Fn::ForEach") => {
                let message = "a loop is not unrolled; import the processed template (aws \
                               cloudformation get-template --template-stage Processed)";
                problems.warning(resource.node.place, message.to_owned());
            }
            _ => {}
        }
    }
    found
}

/// Finds a stream of the template by the value of an `EventSourceArn`.
pub fn stream_of(root: &Node, supplied: &Supplied, arn: &Node) -> Option<RawStream> {
    stream(&Template::new(root, supplied), arn)
}

/// Evaluates a value with the functions of templates.
pub fn evaluated(root: &Node, supplied: &Supplied, node: &Node) -> Node {
    Template::new(root, supplied).evaluate(node)
}

/// Whether the condition of a resource holds; a doubt is reported, and the resource kept.
fn is_made(template: &Template<'_>, resource: &Entry, problems: &mut Problems) -> bool {
    let Some(condition) = resource.node.get("Condition").and_then(Node::as_text) else {
        return true;
    };
    match template.condition(condition, resource.node.place) {
        Truth::Yes => true,
        Truth::No => {
            let message =
                format!("`{}` is left out: its condition `{condition}` is false", resource.key);
            problems.warning(resource.node.place, message);
            false
        }
        Truth::Unknown(unknown) => {
            let message = format!(
                "`{}` exists only if its condition `{condition}` holds, which is not known: {}",
                resource.key,
                unknown.why()
            );
            problems.warning(resource.node.place, message);
            true
        }
    }
}

fn of_resource(template: &Template<'_>, resource: &Entry) -> Option<RawMapping> {
    let properties = template.evaluate(resource.node.get("Properties")?);
    let arn = properties.get("EventSourceArn");
    let is_other = arn.is_some_and(|arn| is_of_another_source(template, arn));
    if is_other || properties.get("SelfManagedEventSource").is_some() {
        return None;
    }
    let place = resource.node.place;
    let mut raw = RawMapping::new(resource.key.clone(), place, Absent::Default(&CLOUDFORMATION));
    add_api_properties(&mut raw, &properties);
    raw.note_strange(&properties, &api_keys(&[]));
    raw.stream = arn.and_then(|arn| stream(template, arn));
    raw.enhanced_fan_out = arn.is_some_and(is_consumer);
    raw.function = properties.get("FunctionName").and_then(|name| function(template, name));
    Some(raw)
}

fn of_events(
    template: &Template<'_>,
    resource: &Entry,
    problems: &mut Problems,
) -> Vec<RawMapping> {
    let function = serverless_function(template, resource);
    let events = resource.node.at(&["Properties", "Events"]).map_or(&[][..], Node::entries);
    let mut found = Vec::new();
    for event in events {
        let kind = match event.node.get("Type").and_then(Node::as_text) {
            Some("Kinesis") => StreamKind::Kinesis,
            Some("DynamoDB") => StreamKind::DynamoDb,
            Some(other) => {
                warn_of_type(other, event, problems);
                continue;
            }
            None => continue,
        };
        let id = format!("{}.{}", resource.key, event.key);
        let absent = Absent::Default(&CLOUDFORMATION);
        let mut raw = RawMapping::new(id, event.node.place, absent);
        raw.kind = Some(kind);
        let nothing = Node::new(Value::Map(Vec::new()), event.node.place);
        let properties = event.node.get("Properties").unwrap_or(&nothing);
        let properties = template.evaluate(properties);
        add_api_properties(&mut raw, &properties);
        raw.note_strange(&properties, &api_keys(&["Stream"]));
        raw.note_strange(&event.node, &[("Type", ""), ("Properties", "")]);
        if let Some(arn) = properties.get("Stream") {
            raw.add("EventSourceArn", Some(arn.clone()));
            raw.stream = stream(template, arn);
            raw.enhanced_fan_out = is_consumer(arn);
        }
        raw.function = Some(function.clone());
        found.push(raw);
    }
    found
}

/// Says so where an event's type looks like a misspelt stream.
fn warn_of_type(kind: &str, event: &Entry, problems: &mut Problems) {
    const OTHERS: [&str; 20] = [
        "AlexaSkill",
        "Api",
        "CloudWatchEvent",
        "CloudWatchLogs",
        "Cognito",
        "DocumentDB",
        "EventBridgeRule",
        "HttpApi",
        "IoTRule",
        "MQ",
        "MSK",
        "S3",
        "SNS",
        "SQS",
        "Schedule",
        "ScheduleV2",
        "SelfManagedKafka",
        "Kafka",
        "Logs",
        "CloudWatchLogsSubscription",
    ];
    if !OTHERS.contains(&kind) {
        let advice = suggest::advice(kind, &["Kinesis", "DynamoDB"]);
        let message = format!("event `{}` has the unknown type `{kind}`: {advice}", event.key);
        problems.error(event.node.place, message);
    }
}

/// Queues, brokers and the like.
fn is_of_another_source(template: &Template<'_>, arn: &Node) -> bool {
    match &arn.value {
        Value::Text(text) => is_other_arn(text),
        Value::Unknown(unknown) => is_other_arn(&unknown.sketch),
        Value::Reference(reference) => {
            let resource = template.resource(&reference.name);
            let kind = resource.and_then(|node| node.get("Type")).and_then(Node::as_text);
            let others = ["AWS::SQS::", "AWS::MSK::", "AWS::AmazonMQ::", "AWS::DocDB::"];
            kind.is_some_and(|kind| others.iter().any(|other| kind.starts_with(other)))
        }
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
            false
        }
    }
}

/// An ARN of a consumer, or a reference to one.
pub fn is_consumer(arn: &Node) -> bool {
    match &arn.value {
        Value::Text(text) => text.contains(":kinesis:") && text.contains("/consumer/"),
        Value::Unknown(unknown) => unknown.sketch.contains("/consumer/"),
        Value::Reference(reference) => reference.target == Target::KinesisConsumer,
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
            false
        }
    }
}

/// The stream that an ARN names, if it is in the template.
fn stream(template: &Template<'_>, arn: &Node) -> Option<RawStream> {
    let mut arn = arn.clone();
    for _ in 0..STEPS_MAX {
        let name = template.resource_named_in(&arn)?;
        let resource = template.resource(&name)?;
        let kind = resource.get("Type").and_then(Node::as_text).unwrap_or_default();
        let target = Target::of_type(kind);
        let property = |path: &[&str]| {
            let value = resource.get("Properties")?.at(path)?;
            Some(template.evaluate(value)).filter(|node| node.value != Value::Null)
        };
        match target {
            Target::KinesisConsumer => arn = property(&["StreamARN"])?,
            Target::KinesisStream | Target::DynamoDbTable => {
                let mode = property(&["StreamModeDetails", "StreamMode"]);
                return Some(RawStream {
                    name,
                    target,
                    shards: property(&["ShardCount"]),
                    retention_hours: property(&["RetentionPeriodHours"]),
                    on_demand: mode.as_ref().and_then(Node::as_text) == Some("ON_DEMAND"),
                    strange: match target == Target::KinesisStream {
                        true => look_alikes(keys_of(resource.get("Properties")), &STREAM_KEYS),
                        false => Vec::new(),
                    },
                });
            }
            Target::Function | Target::Other => return None,
        }
    }
    None
}

/// The function that a `FunctionName` names, through aliases and versions.
fn function(template: &Template<'_>, name: &Node) -> Option<RawFunction> {
    let mut name = name.clone();
    for _ in 0..STEPS_MAX {
        let id = template.resource_named_in(&name)?;
        let (resource, kind) = {
            let resource = template.resource(&id)?;
            (resource, resource.get("Type").and_then(Node::as_text).unwrap_or_default())
        };
        match kind {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => {
                name = template.evaluate(resource.at(&["Properties", "FunctionName"])?);
            }
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
                let entry = Entry { key: id, node: resource.clone() };
                return Some(serverless_function(template, &entry));
            }
            _ => return None,
        }
    }
    None
}

/// Memory, timeout and concurrency of a function; SAM's `Globals` stand behind its own.
fn serverless_function(template: &Template<'_>, resource: &Entry) -> RawFunction {
    let is_sam =
        resource.node.get("Type").and_then(Node::as_text) == Some("AWS::Serverless::Function");
    let property = |name: &str| {
        let own = resource.node.at(&["Properties", name]);
        let value = own.or_else(|| template.global(name).filter(|_| is_sam))?;
        Some(template.evaluate(value)).filter(|node| node.value != Value::Null)
    };
    RawFunction {
        name: resource.key.clone(),
        place: resource.node.place,
        memory: property("MemorySize"),
        timeout: property("Timeout"),
        reserved: property("ReservedConcurrentExecutions"),
        strange: look_alikes(keys_of(resource.node.get("Properties")), &FUNCTION_KEYS),
    }
}
