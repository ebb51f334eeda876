//! JSON of `aws lambda get-`, `list-`, `create-` and `update-event-source-mapping`.
//!
//! What the keys say the document is:
//!
//! | has | is | a parameter that is missing |
//! |---|---|---|
//! | `State`, `LastModified` or `FunctionArn` | an output | is off |
//! | `UUID`, none of these | a change | stays as it is: unresolved |
//! | neither | a request to create | has the API's default |
//!
//! `StartingPosition` and `BatchSize` are never off, so an output without them leaves them
//! unresolved.
//!
//! Read-only keys are ignored. Reference: Lambda API, EventSourceMappingConfiguration.

use super::super::cloudformation::is_consumer;
use super::super::kind::is_other_arn;
use super::super::problem::Problems;
use super::super::raw::{API, Absent, RawMapping, add_api_properties, api_keys};
use super::super::tree::{Node, Value};

/// Whether a document is one of these.
pub fn is_one(root: &Node) -> bool {
    let keys = ["EventSourceMappings", "EventSourceArn", "UUID"];
    let has_any = keys.iter().any(|key| root.get(key).is_some());
    let is_request = root.get("FunctionName").is_some() && root.get("BatchSize").is_some();
    has_any || is_request || root.elements().first().is_some_and(is_one)
}

/// All mappings of streams in the document.
pub fn mappings(root: &Node, problems: &mut Problems) -> Vec<RawMapping> {
    let listed = root.get("EventSourceMappings").unwrap_or(root);
    let documents: Vec<&Node> = match &listed.value {
        Value::List(documents) => documents.iter().collect(),
        Value::Null
        | Value::Boolean(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Map(_)
        | Value::Reference(_)
        | Value::Unknown(_) => vec![root],
    };
    documents.into_iter().filter_map(|document| mapping(document, problems)).collect()
}

fn mapping(document: &Node, problems: &mut Problems) -> Option<RawMapping> {
    let has = |key: &str| document.get(key).is_some();
    let absent = if has("State") || has("LastModified") || has("FunctionArn") {
        Absent::Response
    } else if has("UUID") {
        Absent::Update
    } else {
        Absent::Default(&API)
    };
    let function = document.get("FunctionArn").or_else(|| document.get("FunctionName"));
    let function = function.and_then(Node::as_text).map(function_name);
    let id = document.get("UUID").and_then(Node::as_text).map(str::to_owned);
    let id = id.or_else(|| function.clone()).unwrap_or_else(|| "mapping".to_owned());
    let mut raw = RawMapping::new(id, document.place, absent);
    add_api_properties(&mut raw, document);
    raw.note_strange(document, &api_keys(&[]));
    if !has("Enabled")
        && let Some(state) = document.get("State").filter(|_| absent == Absent::Response)
    {
        let text = state.as_text().unwrap_or_default();
        let is_enabled = !["Disabled", "Disabling", "Deleting"].contains(&text);
        raw.add("Enabled", Some(Node::new(Value::Boolean(is_enabled), state.place)));
    }
    finish(raw, function, problems)
}

/// What output and command line have in common: `None` for sources that are no streams.
pub fn finish(
    mut raw: RawMapping,
    function: Option<String>,
    problems: &mut Problems,
) -> Option<RawMapping> {
    if let Some(arn) = raw.property("EventSourceArn") {
        if arn.as_text().is_some_and(is_other_arn) {
            let message = format!("`{}` reads no stream and is left out", raw.id);
            problems.warning(raw.place, message);
            return None;
        }
        raw.enhanced_fan_out = is_consumer(arn);
    }
    raw.hints.extend(function.clone());
    // The file names the function and says nothing else of it, so there are no defaults to take.
    raw.function_name = function;
    Some(raw)
}

/// The name in the ARN of a function, without version and alias.
pub fn function_name(text: &str) -> String {
    match text.split_once(":function:") {
        Some((_, rest)) => rest.split(':').next().unwrap_or(rest).to_owned(),
        None => text.to_owned(),
    }
}
