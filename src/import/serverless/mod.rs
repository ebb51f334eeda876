//! serverless.yml: stream events of functions, with the framework's variables and defaults.
//!
//! ```text
//! functions.<name>.events[].stream: ARN
//! functions.<name>.events[].stream: {type, arn, batchSize, ...}
//! ```
//!
//! What the framework does not get told it sets itself: `BatchSize` 10, `StartingPosition`
//! TRIM_HORIZON, 1024 MB, 6 s. Mappings in `resources` are read as CloudFormation.
//! Reference: Serverless Framework, `lib/plugins/aws/package/compile/events/stream.js` and
//! `lib/plugins/aws/provider.js`. Left out: plugins, `serverless.ts` and `serverless.js`.

mod variables;

use std::path::Path;

use super::cloudformation;
use super::kind::is_stream_arn;
use super::problem::Problems;
use super::raw::{Absent, RawFunction, RawMapping, SERVERLESS, keys_of, look_alikes};
use super::supplied::Supplied;
use super::tree::{Entry, Node, Value};
use super::without_value;
use crate::model::settings::StreamKind;
use variables::Variables;

/// A setting's name in serverless.yml and in the API.
const NAMES: [(&str, &str); 10] = [
    ("batchSize", "BatchSize"),
    ("batchWindow", "MaximumBatchingWindowInSeconds"),
    ("parallelizationFactor", "ParallelizationFactor"),
    ("maximumRetryAttempts", "MaximumRetryAttempts"),
    ("maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"),
    ("bisectBatchOnFunctionError", "BisectBatchOnFunctionError"),
    ("tumblingWindowInSeconds", "TumblingWindowInSeconds"),
    ("startingPosition", "StartingPosition"),
    ("startingPositionTimestamp", "StartingPositionTimestamp"),
    ("enabled", "Enabled"),
];

const FUNCTION_KEYS: [(&str, &str); 3] = [
    ("memorySize", "function.memory"),
    ("timeout", "function.timeout"),
    ("reservedConcurrency", "concurrency.reserved"),
];

/// All mappings in the order of the file.
pub fn mappings(
    root: &Node,
    supplied: &Supplied,
    folder: &Path,
    problems: &mut Problems,
) -> Vec<RawMapping> {
    let keys = NAMES.iter().chain(&FUNCTION_KEYS).map(|(key, _)| *key);
    let keys: Vec<&str> = keys.chain(["functionResponseType"]).collect();
    without_value::report(root, &keys, problems);
    let variables = Variables::new(root, supplied, folder);
    let provider = root.get("provider").map(|node| variables.resolved(node));
    let resources = resources(root, &variables);
    let mut found = Vec::new();
    for entry in function_entries(root, &variables, problems) {
        let function = variables.resolved(&entry.node);
        if let Some(unknown) = function.as_unknown() {
            let message = format!("function `{}` is not known: {}", entry.key, unknown.why());
            problems.error(entry.node.place, message);
        }
        let raw_function = raw_function(&entry.key, &function, provider.as_ref());
        let events = function.get("events").map_or(&[][..], Node::elements);
        let streams = events.iter().filter_map(|event| event.get("stream"));
        for (number, stream) in streams.enumerate() {
            let id = format!("{}.stream{}", entry.key, number + 1);
            let mut raw = RawMapping::new(id, stream.place, Absent::Default(&SERVERLESS));
            raw.function = Some(raw_function.clone());
            read_event(&mut raw, stream, &resources, supplied, problems);
            found.push(raw);
        }
    }
    found.extend(cloudformation::mappings(&resources, supplied, problems));
    found
}

/// `functions` is a table or a list of tables.
fn function_entries(root: &Node, variables: &Variables<'_>, problems: &mut Problems) -> Vec<Entry> {
    let Some(functions) = root.get("functions") else { return Vec::new() };
    let functions = variables.resolved_shallow(functions);
    let mut entries = functions.entries().to_vec();
    let parts = functions.elements().iter().map(|part| variables.resolved_shallow(part));
    for part in parts.chain([functions.clone()]) {
        if let Some(unknown) = part.as_unknown() {
            problems.error(part.place, format!("functions are not known: {}", unknown.why()));
        }
        if functions.entries().is_empty() {
            entries.extend(part.entries().iter().cloned());
        }
    }
    entries
}

/// `resources` as one template; it may be a list of templates.
fn resources(root: &Node, variables: &Variables<'_>) -> Node {
    let place = root.place;
    let Some(resources) = root.get("resources") else {
        return Node::new(Value::Map(Vec::new()), place);
    };
    let resources = variables.resolved(resources);
    let parts: Vec<&Node> = match resources.elements() {
        [] => vec![&resources],
        parts => parts.iter().collect(),
    };
    let sections = ["Resources", "Parameters", "Mappings", "Conditions"];
    let merged = sections.iter().map(|section| {
        let entries = parts.iter().filter_map(|part| part.get(section));
        let entries = entries.flat_map(|section| section.entries().iter().cloned()).collect();
        Entry { key: (*section).to_owned(), node: Node::new(Value::Map(entries), place) }
    });
    Node::new(Value::Map(merged.collect()), place)
}

fn raw_function(name: &str, function: &Node, provider: Option<&Node>) -> RawFunction {
    let of_provider = |key: &str| provider.and_then(|provider| provider.get(key));
    RawFunction {
        name: name.to_owned(),
        place: function.place,
        memory: function.get("memorySize").or_else(|| of_provider("memorySize")).cloned(),
        timeout: function.get("timeout").or_else(|| of_provider("timeout")).cloned(),
        reserved: function.get("reservedConcurrency").cloned(),
        strange: look_alikes(keys_of(Some(function)), &FUNCTION_KEYS),
    }
}

fn read_event(
    raw: &mut RawMapping,
    stream: &Node,
    resources: &Node,
    supplied: &Supplied,
    problems: &mut Problems,
) {
    let is_short = stream.entries().is_empty() || is_function(stream);
    let arn = if is_short { Some(stream) } else { stream.get("arn") };
    raw.kind = match stream.get("type").and_then(Node::as_text) {
        Some("dynamodb") => Some(StreamKind::DynamoDb),
        Some("kinesis") => Some(StreamKind::Kinesis),
        Some(other) => {
            let message = format!("`{other}` is not a type of stream: `dynamodb` or `kinesis`");
            problems.error(stream.place, message);
            None
        }
        None => None,
    };
    if let Some(arn) = arn {
        let arn = cloudformation::evaluated(resources, supplied, arn);
        raw.stream = cloudformation::stream_of(resources, supplied, &arn);
        raw.enhanced_fan_out = cloudformation::is_consumer(&arn);
        if let Some(text) = arn.as_text()
            && !is_stream_arn(text)
        {
            let message =
                format!("`{text}` does not match the ARN pattern of the Serverless Framework");
            problems.warning(arn.place, message);
        }
        raw.add("EventSourceArn", Some(arn));
    }
    if is_short {
        return;
    }
    let get = |key: &str| {
        stream.get(key).map(|node| cloudformation::evaluated(resources, supplied, node))
    };
    let others = ["type", "arn", "destinations", "filterPatterns", "consumer"];
    let mut known: Vec<(&'static str, &'static str)> = NAMES.to_vec();
    known.push(("functionResponseType", "FunctionResponseTypes"));
    known.extend(others.iter().map(|name| (*name, "")));
    raw.note_strange(stream, &known);
    for (theirs, ours) in NAMES {
        raw.add(ours, get(theirs));
    }
    raw.add("FunctionResponseTypes", get("functionResponseType"));
    let destination = get("destinations").and_then(|node| node.get("onFailure").cloned());
    // An ARN, or a table with `arn` and `type`.
    raw.add("OnFailure", destination.map(|node| node.get("arn").unwrap_or(&node).clone()));
    raw.add("Filters", get("filterPatterns"));
    let consumer = get("consumer");
    raw.enhanced_fan_out |= consumer.is_some_and(|node| match node.value {
        Value::Boolean(value) => value,
        Value::Text(_) | Value::Reference(_) | Value::Unknown(_) => true,
        Value::Null | Value::Number(_) | Value::List(_) | Value::Map(_) => false,
    });
}

/// A call of an intrinsic function.
fn is_function(node: &Node) -> bool {
    let [only] = node.entries() else { return false };
    only.key == "Ref" || only.key.starts_with("Fn::")
}
