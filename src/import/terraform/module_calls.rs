//! Mappings among the arguments of module calls.
//!
//! A module from elsewhere may set what its arguments leave out, so nothing is filled in for it;
//! but `terraform-aws-modules/lambda` is known to hand on each argument or null, which leaves the
//! provider's defaults in force.
//! The arguments `event_source_mapping` and `event_source_mappings` hold one table for each
//! mapping, with the provider's names. Left out: other arguments that may lead to mappings.

use super::super::problem::Problems;
use super::super::raw::{Absent, RawFunction, RawMapping, TERRAFORM, keys_of, look_alikes};
use super::super::tree::{Node, Value};
use super::NAMES;
use super::expression::Scope;
use super::module::{Module, WrittenBlock};
use super::resources::{attribute, complete};

/// A module that adds nothing of its own to a mapping.
const PASSES_ON: &str = "terraform-aws-modules/lambda/aws";

/// Mappings among the arguments of a module call.
pub fn mappings(
    module: &Module<'_>,
    name: &str,
    written: WrittenBlock<'_>,
    problems: &mut Problems,
) -> Vec<RawMapping> {
    let (file, body, scope) = (written.file, &written.block.body, Scope::default());
    let argument = |key: &str| attribute(module, file, body, key, &scope);
    let source = argument("source").and_then(|node| node.scalar_text()).unwrap_or_default();
    let place = module.place(file, written.block);
    if source.starts_with("./") || source.starts_with("../") {
        let message = format!(
            "module `{name}` is in `{source}`: import that folder, with --parameter for what is \
             passed to it"
        );
        problems.warning(place, message);
    }
    let tables = argument("event_source_mappings").or_else(|| argument("event_source_mapping"));
    let mut found = Vec::new();
    for entry in tables.iter().flat_map(Node::entries) {
        let id = format!("module.{name}.{}", entry.key);
        let absent = match source.starts_with(PASSES_ON) {
            true => Absent::Default(&TERRAFORM),
            false => Absent::Module,
        };
        let mut raw = of_table(id, &entry.node, absent);
        let get = |key: &str| argument(key).filter(|node| node.value != Value::Null);
        raw.function = Some(RawFunction {
            name: get("function_name").and_then(|n| n.scalar_text()).unwrap_or(name.to_owned()),
            place,
            memory: get("memory_size"),
            timeout: get("timeout"),
            reserved: get("reserved_concurrent_executions"),
            strange: Vec::new(),
        });
        found.extend(complete(module, raw));
    }
    found
}

/// A mapping written as a table with the provider's names.
fn of_table(id: String, table: &Node, absent: Absent) -> RawMapping {
    let mut raw = RawMapping::new(id, table.place, absent);
    // Modules have arguments of their own, so only what looks like a setting is doubted.
    raw.strange = look_alikes(keys_of(Some(table)), &NAMES);
    for (theirs, ours) in NAMES {
        raw.add(ours, table.get(theirs).cloned());
    }
    let config = table.at(&["destination_config", "on_failure", "destination_arn"]);
    raw.add("OnFailure", table.get("destination_arn_on_failure").or(config).cloned());
    if let Some(criteria) = table.get("filter_criteria") {
        let filters = criteria.get("filter").unwrap_or(criteria);
        let pattern = |filter: &Node| filter.get("pattern").unwrap_or(filter).clone();
        let patterns = match &filters.value {
            Value::List(elements) => Value::List(elements.iter().map(pattern).collect()),
            Value::Map(_) => Value::List(vec![pattern(filters)]),
            Value::Unknown(unknown) => Value::Unknown(unknown.clone()),
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Reference(_) => Value::List(vec![filters.clone()]),
        };
        raw.add("Filters", Some(Node::new(patterns, filters.place)));
    }
    raw
}
