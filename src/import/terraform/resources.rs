//! `aws_lambda_event_source_mapping` of a configuration, its function and its stream.
//!
//! `count` and `for_each` make instances where they are known; where they are not, one instance
//! stands for all, with a warning. Reference: documentation of the AWS provider. Left out:
//! provisioners and lifecycle, which change no setting.

use hcl_edit::structure::Body;

use super::super::kind::is_other_arn;
use super::super::problem::Problems;
use super::super::raw::{Absent, RawFunction, RawMapping, RawStream, TERRAFORM, look_alikes};
use super::super::tree::{Entry, Node, Place, Target, Value};
use super::NAMES;
use super::expression::Scope;
use super::module::{Module, Written, WrittenBlock};
use super::module_calls;
use super::operators::pairs;

/// Instances of one resource that are shown.
const INSTANCES_MAX: usize = 1_000;
const FUNCTION_KEYS: [(&str, &str); 3] = [
    ("memory_size", "function.memory"),
    ("timeout", "function.timeout"),
    ("reserved_concurrent_executions", "concurrency.reserved"),
];
const STREAM_KEYS: [(&str, &str); 2] =
    [("shard_count", "stream.shards"), ("retention_period", "stream.retention")];
const MAPPING: &str = "aws_lambda_event_source_mapping.";

/// All mappings in the order of the files.
pub fn mappings(module: &Module<'_>, problems: &mut Problems) -> Vec<RawMapping> {
    let mut found = Vec::new();
    for (name, written) in module.resources() {
        if !name.starts_with(MAPPING) {
            continue;
        }
        for (suffix, scope) in instances(module, name, *written, problems) {
            let id = format!("{name}{suffix}");
            found.extend(of_resource(module, id, *written, &scope));
        }
    }
    for (name, written) in module.modules() {
        found.extend(module_calls::mappings(module, name, *written, problems));
    }
    found.sort_by_key(|mapping| mapping.place);
    found
}

/// Instances of a resource: what stands behind its name, and the names that exist in it.
fn instances(
    module: &Module<'_>,
    name: &str,
    written: WrittenBlock<'_>,
    problems: &mut Problems,
) -> Vec<(String, Scope)> {
    let body = &written.block.body;
    let place = module.place(written.file, written.block);
    let value = |name: &str| {
        let attribute = body.get_attribute(name)?;
        let expression = &attribute.value;
        Some(module.evaluate(Written { file: written.file, expression }, &Scope::default()))
    };
    let mut doubt = |node: &Node, what: &str| {
        let why = node.as_unknown().map_or("it depends on a resource".to_owned(), |u| u.why());
        let message = format!("`{name}` has a `{what}` that is not known ({why}); one is shown");
        problems.warning(place, message);
    };
    if let Some(count) = value("count") {
        let number = count.scalar_text().and_then(|text| text.parse::<usize>().ok());
        let Some(number) = number else {
            doubt(&count, "count");
            return vec![(String::new(), Scope::default())];
        };
        if number == 0 {
            problems.warning(place, format!("`{name}` is left out: its `count` is 0"));
        }
        if number > INSTANCES_MAX {
            problems.warning(place, cut(name, "count", number));
        }
        let index = |index: usize| {
            let node = Node::new(Value::Number(index as f64), place);
            let entry = Entry { key: "index".to_owned(), node };
            Scope::default().with("count", Node::new(Value::Map(vec![entry]), place))
        };
        return (0..number.min(INSTANCES_MAX)).map(|i| (format!("[{i}]"), index(i))).collect();
    }
    let Some(each) = value("for_each") else {
        return vec![(String::new(), Scope::default())];
    };
    let Some(pairs) = pairs(&each) else {
        doubt(&each, "for_each");
        return vec![(String::new(), Scope::default())];
    };
    if pairs.len() > INSTANCES_MAX {
        problems.warning(place, cut(name, "for_each", pairs.len()));
    }
    let is_set = matches!(each.value, Value::List(_));
    pairs
        .into_iter()
        .take(INSTANCES_MAX)
        .map(|(key, value)| {
            let key = if is_set { value.clone() } else { key };
            let shown = key.scalar_text().unwrap_or_default();
            (format!("[\"{shown}\"]"), Scope::default().with("each", key_and_value(key, value)))
        })
        .collect()
}

/// Says that not all instances are shown.
fn cut(name: &str, what: &str, number: usize) -> String {
    format!("`{name}` has a `{what}` of {number}; only the first {INSTANCES_MAX} are shown")
}

/// `{key, value}`, as `each` and the iterators of dynamic blocks have them.
fn key_and_value(key: Node, value: Node) -> Node {
    let place = value.place;
    let entry = |name: &str, node| Entry { key: name.to_owned(), node };
    Node::new(Value::Map(vec![entry("key", key), entry("value", value)]), place)
}

fn of_resource(
    module: &Module<'_>,
    id: String,
    written: WrittenBlock<'_>,
    scope: &Scope,
) -> Option<RawMapping> {
    let place = module.place(written.file, written.block);
    let mut raw = RawMapping::new(id, place, Absent::Default(&TERRAFORM));
    let body = &written.block.body;
    if body.has_blocks("self_managed_event_source") {
        return None;
    }
    for (theirs, ours) in NAMES {
        raw.add(ours, attribute(module, written.file, body, theirs, scope));
    }
    note_strange(&mut raw, body, place);
    let on_failure = inner(module, written.file, body, "destination_config", scope)
        .and_then(|(body, scope)| inner(module, written.file, body, "on_failure", &scope))
        .and_then(|(body, scope)| attribute(module, written.file, body, "destination_arn", &scope));
    raw.add("OnFailure", on_failure);
    if let Some((criteria, scope)) = inner(module, written.file, body, "filter_criteria", scope) {
        let filters = blocks(module, written.file, criteria, "filter", &scope);
        let patterns = match filters {
            Ok(filters) => Node::new(
                Value::List(
                    filters
                        .iter()
                        .filter_map(|(body, scope)| {
                            attribute(module, written.file, body, "pattern", scope)
                        })
                        .collect(),
                ),
                place,
            ),
            Err(unknown) => unknown,
        };
        raw.add("Filters", Some(patterns));
    }
    complete(module, raw)
}

/// Arguments of the resource that say nothing about the simulation.
const OTHER_ARGUMENTS: [&str; 23] = [
    "amazon_managed_kafka_event_source_config",
    "count",
    "depends_on",
    "destination_config",
    "document_db_event_source_config",
    "dynamic",
    "filter_criteria",
    "for_each",
    "kms_key_arn",
    "lifecycle",
    "logging_config",
    "metrics_config",
    "provider",
    "provisioned_poller_config",
    "queues",
    "region",
    "scaling_config",
    "self_managed_event_source",
    "self_managed_kafka_event_source_config",
    "source_access_configuration",
    "tags",
    "timeouts",
    "topics",
];

/// Notes arguments and blocks that the provider does not know.
fn note_strange(raw: &mut RawMapping, body: &Body, place: Place) {
    let attributes = body.attributes().map(|attribute| attribute.key.as_str().to_owned());
    let blocks = body.blocks().map(|block| block.ident.as_str().to_owned());
    let entries =
        attributes.chain(blocks).map(|key| Entry { key, node: Node::new(Value::Null, place) });
    let table = Node::new(Value::Map(entries.collect()), place);
    let others = OTHER_ARGUMENTS.iter().map(|name| (*name, ""));
    let known: Vec<(&'static str, &'static str)> = NAMES.into_iter().chain(others).collect();
    raw.note_strange(&table, &known);
}

/// Finds function and stream; `None` for sources that are no streams.
pub(super) fn complete(module: &Module<'_>, mut raw: RawMapping) -> Option<RawMapping> {
    if let Some(arn) = raw.property("EventSourceArn") {
        let is_other = match &arn.value {
            Value::Text(text) => is_other_arn(text),
            Value::Unknown(unknown) => is_other_arn(&unknown.sketch),
            Value::Reference(reference) => {
                let kind = reference.name.trim_start_matches("data.");
                ["aws_sqs_queue.", "aws_msk_", "aws_mq_", "aws_docdb_"]
                    .iter()
                    .any(|other| kind.starts_with(other))
            }
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                false
            }
        };
        if is_other {
            return None;
        }
        let arn = arn.clone();
        raw.enhanced_fan_out = super::super::cloudformation::is_consumer(&arn);
        raw.stream = stream(module, &arn);
    }
    if raw.function.is_none() {
        raw.function = raw.property("FunctionName").and_then(|name| function(module, name));
    }
    Some(raw)
}

pub(super) fn attribute(
    module: &Module<'_>,
    file: usize,
    body: &Body,
    name: &str,
    scope: &Scope,
) -> Option<Node> {
    let attribute = body.get_attribute(name)?;
    Some(module.evaluate(Written { file, expression: &attribute.value }, scope))
}

/// The first block of a name, also where it is a dynamic one.
fn inner<'b>(
    module: &Module<'_>,
    file: usize,
    body: &'b Body,
    name: &str,
    scope: &Scope,
) -> Option<(&'b Body, Scope)> {
    blocks(module, file, body, name, scope).ok()?.into_iter().next()
}

/// All blocks of a name; a dynamic block whose collection is not known makes all unknown.
fn blocks<'b>(
    module: &Module<'_>,
    file: usize,
    body: &'b Body,
    name: &str,
    scope: &Scope,
) -> Result<Vec<(&'b Body, Scope)>, Node> {
    let mut found = Vec::new();
    for block in body.blocks() {
        if block.ident.as_str() == name {
            found.push((&block.body, scope.clone()));
            continue;
        }
        let is_dynamic = block.ident.as_str() == "dynamic"
            && block.labels.first().is_some_and(|label| label.as_str() == name);
        let content = block.body.blocks().find(|inner| inner.ident.as_str() == "content");
        if let (true, Some(content)) = (is_dynamic, content) {
            let each = attribute(module, file, &block.body, "for_each", scope);
            let iterator = block.body.get_attribute("iterator").map(|a| a.value.to_string());
            let iterator = iterator.map_or_else(|| name.to_owned(), |text| text.trim().to_owned());
            let Some(pairs) = each.as_ref().and_then(pairs) else {
                return Err(each.unwrap_or_else(|| {
                    let place = module.place(file, block);
                    super::module::unknown("for_each", "`for_each` is missing".to_owned(), place)
                }));
            };
            for (key, value) in pairs {
                found.push((&content.body, scope.with(&iterator, key_and_value(key, value))));
            }
        }
    }
    Ok(found)
}

fn stream(module: &Module<'_>, arn: &Node) -> Option<RawStream> {
    let reference = arn.as_reference()?;
    let mut name = reference.name.clone();
    if reference.target == Target::KinesisConsumer {
        let consumer = module.resource(&name)?;
        let scope = Scope::default();
        let body = &consumer.block.body;
        let arn = attribute(module, consumer.file, body, "stream_arn", &scope)?;
        name = arn.as_reference()?.name.clone();
    }
    let kind = name.trim_start_matches("data.").split('.').next().unwrap_or_default().to_owned();
    let found = module.resource(&name)?;
    let (file, body, scope) = (found.file, &found.block.body, Scope::default());
    let mode = inner(module, file, body, "stream_mode_details", &scope)
        .and_then(|(body, scope)| attribute(module, file, body, "stream_mode", &scope));
    let retention = attribute(module, file, body, "retention_period", &scope);
    Some(RawStream {
        target: Target::of_type(&kind),
        shards: attribute(module, file, body, "shard_count", &scope),
        retention_hours: retention,
        on_demand: mode.as_ref().and_then(Node::as_text) == Some("ON_DEMAND"),
        strange: match kind == "aws_kinesis_stream" {
            true => look_alikes(attribute_keys(module, found), &STREAM_KEYS),
            false => Vec::new(),
        },
        name,
    })
}

/// The arguments of a resource with their places.
fn attribute_keys<'m>(
    module: &'m Module<'_>,
    written: WrittenBlock<'m>,
) -> impl Iterator<Item = (String, Place)> + 'm {
    let attributes = written.block.body.attributes();
    attributes.map(move |attribute| {
        (attribute.key.as_str().to_owned(), module.place(written.file, attribute))
    })
}

fn function(module: &Module<'_>, name: &Node) -> Option<RawFunction> {
    let reference = name.as_reference()?;
    let mut name = reference.name.clone();
    if name.starts_with("aws_lambda_alias.") {
        let alias = module.resource(&name)?;
        let body = &alias.block.body;
        let target = attribute(module, alias.file, body, "function_name", &Scope::default())?;
        name = target.as_reference()?.name.clone();
    }
    let found = module.resource(&name).filter(|_| name.starts_with("aws_lambda_function."))?;
    let get = |key: &str| {
        attribute(module, found.file, &found.block.body, key, &Scope::default())
            .filter(|node| node.value != Value::Null)
    };
    Some(RawFunction {
        place: module.place(found.file, found.block),
        memory: get("memory_size"),
        timeout: get("timeout"),
        reserved: get("reserved_concurrent_executions"),
        strange: look_alikes(attribute_keys(module, found), &FUNCTION_KEYS),
        name,
    })
}
