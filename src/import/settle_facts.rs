//! What a file tells of the function and the stream around a mapping, settled.
//!
//! A function has the defaults of its tool, because the tool creates it; a stream has none.
//! Negative reserved concurrency is Terraform's way to say that nothing is reserved.

use super::kind;
use super::mapping::{Found, FunctionFacts, Origin, Setting, StreamFacts, Unresolved};
use super::raw::{StrangeKey, ToolDefaults};
use super::settle::Settling;
use super::tree::{Node, Target, Value};
use super::values::whole;

impl Settling<'_> {
    /// The ARN decides no figure; a wrong one is worth a word all the same.
    pub(super) fn event_source_arn(&mut self) -> Option<Setting> {
        let name = "EventSourceArn";
        let Some(node) = self.raw.property(name).cloned() else {
            if self.defaults().is_some() {
                let message = format!("`{}` names no stream: {name} is missing", self.raw.id);
                self.problems.error(self.raw.place, message);
            }
            return None;
        };
        match &node.value {
            Value::Text(arn) if kind::is_stream_arn(arn) => {
                let origin = Origin::File(node.place);
                return Some(Setting { name, value: arn.as_str().into(), origin });
            }
            Value::Text(arn) => {
                let message = format!(
                    "EventSourceArn: `{arn}` is not the ARN of a stream; it is left out of the \
                     scenario"
                );
                self.problems.warning(node.place, message);
            }
            Value::Unknown(unknown) => {
                let supply = unknown.needs.iter().filter_map(|need| need.supply.clone());
                self.unresolved.push(Unresolved {
                    setting: "EventSourceArn".to_owned(),
                    place: node.place,
                    why: unknown.why(),
                    supply: supply.collect(),
                    is_needless: true,
                });
            }
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Reference(_) => {}
        }
        None
    }

    /// What is told of the function.
    pub(super) fn function(&mut self) -> FunctionFacts {
        let Some(function) = &self.raw.function else {
            let name = self.raw.function_name.clone();
            return FunctionFacts { name, ..FunctionFacts::default() };
        };
        let function = function.clone();
        let defaults = self.defaults();
        let default_of = |pick: fn(&ToolDefaults) -> i64| {
            defaults.map(|tool| Found { value: pick(tool), origin: Origin::Default(tool.tool) })
        };
        let memory = self.fact("function.memory", function.memory.as_ref());
        let timeout = self.fact("function.timeout", function.timeout.as_ref());
        let reserved = self.fact("concurrency.reserved", function.reserved.as_ref());
        self.misspelt(&function.strange);
        let is_open = |name: &str| self.unresolved.iter().any(|known| known.setting == name);
        let open = [is_open("function.memory"), is_open("function.timeout")];
        let or_default = |found: Option<Found<i64>>, is_open: bool, pick| match is_open {
            true => found,
            false => found.or_else(|| default_of(pick)),
        };
        FunctionFacts {
            memory_mb: or_default(memory, open[0], |tool| tool.memory_mb),
            timeout_s: or_default(timeout, open[1], |tool| tool.timeout_s),
            // Terraform's way to say that nothing is reserved.
            reserved: reserved.filter(|reserved| reserved.value >= 0),
            name: Some(function.name),
        }
    }

    /// What is told of the stream.
    pub(super) fn stream(&mut self) -> StreamFacts {
        let Some(stream) = self.raw.stream.clone() else {
            return StreamFacts::default();
        };
        self.misspelt(&stream.strange);
        let is_table = stream.target == Target::DynamoDbTable;
        StreamFacts {
            shards: self.fact("stream.shards", stream.shards.as_ref()),
            retention_hours: match is_table {
                true => None,
                false => self.fact("stream.retention", stream.retention_hours.as_ref()),
            },
            on_demand: stream.on_demand,
            name: Some(stream.name),
        }
    }

    /// Keys that look like one that is wanted leave that one unresolved.
    fn misspelt(&mut self, strange: &[StrangeKey]) {
        for key in strange {
            let nearest = key.nearest.unwrap_or_default();
            let message = format!("`{}` is not known here; did you mean `{nearest}`?", key.key);
            self.problems.error(key.place, message);
            let why = format!("`{}` may be meant to be it", key.key);
            self.missing(key.parameter, key.place, &why, "VALUE");
        }
    }

    fn fact(&mut self, name: &str, node: Option<&Node>) -> Option<Found<i64>> {
        let node = node?;
        let value = self.take(name, node, whole)?;
        Some(Found { value, origin: Origin::File(node.place) })
    }
}
