//! `terraform show -json` of a plan or a state.
//!
//! A plan holds values that Terraform has evaluated, which of them are known only after it is
//! applied (`resource_changes[].change.after_unknown`), and the expressions they come from
//! (`configuration`). A setting that is unknown only because it was not written has the
//! provider's default; one that was written is unresolved.
//! Reference: Terraform, "JSON Output Format". Left out: `terraform show` without `-json`.

use super::super::cloudformation::is_consumer;
use super::super::kind::is_other_arn;
use super::super::raw::{Absent, RawFunction, RawMapping, RawStream, TERRAFORM};
use super::super::tree::{Node, Reference, Target, Unknown, Value};
use super::NAMES;

/// Modules in modules are not followed further.
const DEPTH_MAX: usize = 50;

/// All mappings of a plan or a state, in its order.
pub fn mappings(root: &Node) -> Vec<RawMapping> {
    let plan = Plan::new(root);
    let of_type = |kind: &str| {
        let is_of = move |node: &&Node| node.get("type").and_then(Node::as_text) == Some(kind);
        let found: Vec<&Node> = plan.resources.iter().copied().filter(is_of).collect();
        found
    };
    let found = of_type("aws_lambda_event_source_mapping");
    found.into_iter().filter_map(|resource| plan.mapping(resource)).collect()
}

struct Plan<'p> {
    root: &'p Node,
    resources: Vec<&'p Node>,
}

impl<'p> Plan<'p> {
    fn new(root: &'p Node) -> Plan<'p> {
        let mut plan = Plan { root, resources: Vec::new() };
        let values = root.get("planned_values").or_else(|| root.get("values"));
        if let Some(module) = values.and_then(|values| values.get("root_module")) {
            plan.collect(module, 0);
        }
        plan
    }

    fn collect(&mut self, module: &'p Node, depth: usize) {
        let list = |key: &str| module.get(key).map_or(&[][..], Node::elements);
        self.resources.extend(list("resources"));
        if depth < DEPTH_MAX {
            list("child_modules").iter().for_each(|child| self.collect(child, depth + 1));
        }
    }

    fn resource(&self, address: &str) -> Option<&'p Node> {
        let is_this = |node: &&&Node| node.get("address").and_then(Node::as_text) == Some(address);
        let exact = self.resources.iter().find(is_this).copied();
        // References do not say which instance is meant; where there is one, it is that.
        exact.or_else(|| {
            let without_index = |node: &&&Node| {
                let known = node.get("address").and_then(Node::as_text).unwrap_or_default();
                known.strip_prefix(address).is_some_and(|rest| rest.starts_with('['))
            };
            let mut found = self.resources.iter().filter(without_index);
            found.next().copied().filter(|_| found.next().is_none())
        })
    }

    /// What is only known after the plan is applied.
    fn is_unknown(&self, address: &str, key: &str) -> bool {
        let changes = self.root.get("resource_changes").map_or(&[][..], Node::elements);
        let is_this = |node: &&Node| node.get("address").and_then(Node::as_text) == Some(address);
        let change = changes.iter().find(is_this);
        let unknown = change.and_then(|change| change.at(&["change", "after_unknown", key]));
        unknown.is_some_and(|node| node.value == Value::Boolean(true))
    }

    /// The expression behind a value: what the configuration says of it.
    fn expression(&self, address: &str, key: &str) -> Option<&'p Node> {
        let (modules, name) = split_address(address);
        let mut module = self.root.at(&["configuration", "root_module"])?;
        for call in &modules {
            module = module.at(&["module_calls", call, "module"])?;
        }
        let resources = module.get("resources")?.elements();
        let is_this = |node: &&Node| node.get("address").and_then(Node::as_text) == Some(&*name);
        resources.iter().find(is_this)?.at(&["expressions", key])
    }

    /// The resource that a value comes from, as `type.name` in the module of `address`.
    fn reference(&self, address: &str, key: &str) -> Option<(String, Reference)> {
        let references = self.expression(address, key)?.get("references")?;
        let full = references.elements().first()?.as_text()?;
        // The resource is in the same instance of the module.
        let (_, own) = split_address(address);
        let path = address.rfind(&own).map_or("", |start| &address[..start]);
        let mut parts: Vec<&str> = full.split('.').collect();
        let attribute = if parts.len() > 2 { parts.pop()? } else { "" };
        let name = parts.join(".");
        let kind = name.trim_start_matches("data.").split('.').next().unwrap_or_default();
        let target = match (Target::of_type(kind), attribute) {
            (Target::Other, "stream_arn") => Target::DynamoDbTable,
            (target, _) => target,
        };
        let reference = Reference { target, name: name.clone(), attribute: attribute.to_owned() };
        Some((format!("{path}{name}"), reference))
    }

    fn mapping(&self, resource: &Node) -> Option<RawMapping> {
        let address = resource.get("address")?.as_text()?.to_owned();
        let values = resource.get("values")?;
        let mut raw = RawMapping::new(address.clone(), resource.place, Absent::Default(&TERRAFORM));
        for (theirs, ours) in NAMES {
            raw.add(ours, self.value(&address, values, theirs));
        }
        let by_path = |keys: &[&str]| {
            keys.iter().try_fold(values, |node, key| node.get(key)?.elements().first())
        };
        let on_failure = by_path(&["destination_config", "on_failure"]);
        if let Some(block) = on_failure {
            let arn = block.get("destination_arn").cloned();
            let why = "it is known after the plan is applied".to_owned();
            let unknown = Unknown::new("destination_arn", why, None);
            raw.add(
                "OnFailure",
                Some(arn.unwrap_or(Node::new(Value::Unknown(unknown), block.place))),
            );
        }
        if let Some(criteria) = by_path(&["filter_criteria"]) {
            let filters = criteria.get("filter").map_or(&[][..], Node::elements);
            let patterns = filters.iter().filter_map(|filter| filter.get("pattern").cloned());
            raw.add("Filters", Some(Node::new(Value::List(patterns.collect()), criteria.place)));
        }
        let arn = raw.property("EventSourceArn")?.clone();
        if arn.as_text().is_some_and(is_other_arn) {
            return None;
        }
        raw.enhanced_fan_out = is_consumer(&arn);
        raw.stream = self.stream(&address, &arn);
        raw.function = self.function(&address, values);
        Some(raw)
    }

    /// A value, a reference where it is not known yet, or what makes it unknown.
    fn value(&self, address: &str, values: &Node, key: &str) -> Option<Node> {
        if let Some(value) = values.get(key) {
            return Some(value.clone());
        }
        if !self.is_unknown(address, key) {
            return None;
        }
        if let Some((_, reference)) = self.reference(address, key)
            && (key == "event_source_arn" || key == "function_name")
        {
            return Some(Node::new(Value::Reference(reference), values.place));
        }
        let has_configuration = self.root.get("configuration").is_some();
        if has_configuration && self.expression(address, key).is_none() {
            return None;
        }
        let why = format!("`{key}` is known after the plan is applied");
        Some(Node::new(Value::Unknown(Unknown::new(key, why, None)), values.place))
    }

    fn stream(&self, address: &str, arn: &Node) -> Option<RawStream> {
        let by_arn = |kinds: &[&str], wanted: &str| {
            self.resources.iter().copied().find(|resource| {
                let kind = resource.get("type").and_then(Node::as_text).unwrap_or_default();
                let values = ["arn", "stream_arn"];
                let has = |key: &&str| {
                    resource.at(&["values", key]).and_then(Node::as_text) == Some(wanted)
                };
                kinds.contains(&kind) && values.iter().any(has)
            })
        };
        let kinds = ["aws_kinesis_stream", "aws_dynamodb_table"];
        let found = match &arn.value {
            Value::Text(text) => by_arn(&kinds, text),
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Reference(_)
            | Value::Unknown(_) => self.resource(&self.reference(address, "event_source_arn")?.0),
        }?;
        let target = Target::of_type(found.get("type")?.as_text()?);
        if target != Target::KinesisStream && target != Target::DynamoDbTable {
            return None;
        }
        let values = found.get("values")?;
        let mode = values.get("stream_mode_details").and_then(|list| list.elements().first());
        let mode = mode.and_then(|mode| mode.get("stream_mode")).and_then(Node::as_text);
        Some(RawStream {
            name: found.get("address")?.as_text()?.to_owned(),
            target,
            shards: values.get("shard_count").cloned(),
            retention_hours: values.get("retention_period").cloned(),
            on_demand: mode == Some("ON_DEMAND"),
            strange: Vec::new(),
        })
    }

    fn function(&self, address: &str, values: &Node) -> Option<RawFunction> {
        let written = values.get("function_name").and_then(Node::as_text);
        let by_name = |name: &str| {
            self.resources.iter().copied().find(|resource| {
                let is_function =
                    resource.get("type").and_then(Node::as_text) == Some("aws_lambda_function");
                let has =
                    |key: &str| resource.at(&["values", key]).and_then(Node::as_text) == Some(name);
                is_function && (has("arn") || has("function_name"))
            })
        };
        let referred = || self.resource(&self.reference(address, "function_name")?.0);
        let found = written.and_then(by_name).or_else(referred)?;
        let values = found.get("values")?;
        Some(RawFunction {
            name: found.get("address")?.as_text()?.to_owned(),
            place: found.place,
            memory: values.get("memory_size").cloned(),
            timeout: values.get("timeout").cloned(),
            reserved: values.get("reserved_concurrent_executions").cloned(),
            strange: Vec::new(),
        })
    }
}

/// Names of the modules, and `type.name` without an index.
fn split_address(address: &str) -> (Vec<String>, String) {
    let plain = without_indices(address);
    let mut parts = plain.split('.').collect::<Vec<&str>>();
    let mut modules = Vec::new();
    while parts.len() > 2 && parts[0] == "module" {
        modules.push(parts[1].to_owned());
        parts.drain(..2);
    }
    (modules, parts.join("."))
}

/// `a.b["x.y"].c[0]` without what stands in brackets.
fn without_indices(address: &str) -> String {
    let mut plain = String::new();
    let mut is_quoted = false;
    let mut depth = 0;
    for character in address.chars() {
        match character {
            '"' if depth > 0 => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth -= 1,
            other if depth == 0 => plain.push(other),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_modules_and_indices() {
        let address = "module.a[\"x.y]\"].module.b.aws_lambda_function.f[0]";
        let expected = (vec!["a".to_owned(), "b".to_owned()], "aws_lambda_function.f".to_owned());
        assert_eq!(split_address(address), expected);
    }
}
