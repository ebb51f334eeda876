//! A template and the names that its values may refer to.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::super::supplied::Supplied;
use super::super::tree::{Entry, Node, Place, Reference, Target, Unknown, Value};

/// Values evaluated for one mapping at most: a small template cannot ask for endless work.
const STEPS_MAX: u32 = 200_000;

/// A template with the parameters in force.
pub struct Template<'t> {
    pub(super) root: &'t Node,
    supplied: &'t Supplied,
    parameters: BTreeMap<&'t str, &'t Node>,
    pub(super) steps: Cell<u32>,
    pub(super) depth: Cell<u32>,
}

impl<'t> Template<'t> {
    /// A template whose parameters have their defaults or the values supplied.
    pub fn new(root: &'t Node, supplied: &'t Supplied) -> Template<'t> {
        let declared = root.get("Parameters").map_or(&[][..], Node::entries);
        let parameters = declared.iter().map(|entry| (entry.key.as_str(), &entry.node)).collect();
        Template { root, supplied, parameters, steps: Cell::new(0), depth: Cell::new(0) }
    }

    /// All resources in the order of the file.
    pub fn resources(&self) -> &'t [Entry] {
        self.root.get("Resources").map_or(&[][..], Node::entries)
    }

    /// A resource by its logical name.
    pub fn resource(&self, name: &str) -> Option<&'t Node> {
        self.root.get("Resources")?.get(name)
    }

    /// A property of SAM's `Globals.Function`.
    pub fn global(&self, name: &str) -> Option<&'t Node> {
        self.root.at(&["Globals", "Function", name])
    }

    /// The resource that a reference, or a text with a reference in it, names.
    pub fn resource_named_in(&self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Reference(reference) => Some(reference.name.clone()),
            Value::Unknown(unknown) => {
                let mut rest = unknown.sketch.as_str();
                while let Some(start) = rest.find("${") {
                    rest = &rest[start + 2..];
                    let end = rest.find('}')?;
                    let name = rest[..end].split('.').next().unwrap_or_default();
                    if self.resource(name).is_some() {
                        return Some(name.to_owned());
                    }
                    rest = &rest[end..];
                }
                None
            }
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_) => None,
        }
    }

    /// Counts a step of work; `false` when there were too many.
    pub fn may_go_on(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= STEPS_MAX
    }

    /// What `Ref` gives.
    pub fn refer(&self, name: &str, place: Place) -> Node {
        if name == "AWS::NoValue" {
            return Node::new(Value::Null, place);
        }
        if name.starts_with("AWS::") {
            let why = format!("`{name}` depends on where the template is deployed");
            return self.supplied.text_or_unknown(name, why, place);
        }
        if let Some(parameter) = self.parameters.get(name) {
            return self.parameter(name, parameter, place);
        }
        if self.resource(name).is_some() {
            return self.reference(name, "", place);
        }
        let why = format!("the template has neither a parameter nor a resource `{name}`");
        self.supplied.text_or_unknown(name, why, place)
    }

    /// What `Fn::GetAtt` gives.
    pub fn reference(&self, name: &str, attribute: &str, place: Place) -> Node {
        let kind = self.resource(name).and_then(|node| node.get("Type")).and_then(Node::as_text);
        let target = match (kind, attribute) {
            (Some(kind), _) => Target::of_type(kind),
            // Only tables have this attribute; the table itself may be elsewhere.
            (None, "StreamArn") => Target::DynamoDbTable,
            (None, "ConsumerARN") => Target::KinesisConsumer,
            (None, _) => Target::Other,
        };
        let reference =
            Reference { target, name: name.to_owned(), attribute: attribute.to_owned() };
        Node::new(Value::Reference(reference), place)
    }

    /// The value of an export of another stack.
    pub fn import_value(&self, name: &Node, place: Place) -> Node {
        let shown = match name.as_unknown() {
            Some(unknown) => unknown.sketch.clone(),
            None => name.scalar_text().unwrap_or_default(),
        };
        let why = format!("`{shown}` is exported by another stack");
        self.supplied.text_or_unknown(&format!("ImportValue:{shown}"), why, place)
    }

    /// A dynamic reference such as `{{resolve:ssm:name}}`, if the text is one.
    pub fn dynamic_reference(&self, text: &str, place: Place) -> Option<Node> {
        let start = text.find("{{resolve:")?;
        let inner = text[start + 2..].split("}}").next()?;
        let why = format!("`{inner}` is looked up when the stack is deployed");
        Some(self.supplied.text_or_unknown(inner, why, place))
    }

    fn parameter(&self, name: &str, declared: &Node, place: Place) -> Node {
        let kind = declared.get("Type").and_then(Node::as_text).unwrap_or("String");
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        let given = self.supplied.text(name);
        if given.is_none() && kind.starts_with("AWS::SSM::Parameter::Value<") {
            let why = format!("parameter `{name}` is looked up in Systems Manager on deployment");
            return Supplied::unknown(name, why, place);
        }
        let value = given.or_else(|| {
            let default = declared.get("Default")?;
            // Its own line tells more than the line that refers to it.
            Some(Node { value: default.value.clone(), place: default.place })
        });
        let Some(value) = value else {
            let why = format!("parameter `{name}` has no default");
            return Supplied::unknown(name, why, place);
        };
        match (is_list, value.scalar_text()) {
            (true, Some(text)) => {
                let parts = text.split(',').map(|part| Node::text(part.trim(), value.place));
                Node::new(Value::List(parts.collect()), value.place)
            }
            (true, None) | (false, _) => value,
        }
    }
}

/// A node that is unknown for a reason that only `--set` can mend.
pub fn unknown(name: &str, why: String, place: Place) -> Node {
    Node::new(Value::Unknown(Unknown::new(name, why, None)), place)
}
