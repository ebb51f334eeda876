//! From what a file states to typed settings: defaults of the tool, ranges, what is unknown.
//!
//! | a parameter is | becomes |
//! |---|---|
//! | named with a plain value of the right type | the value; outside AWS's range also an error |
//! | named with a value that is not in the file | unresolved |
//! | not named, and the tool has a default | the default, marked as such |
//! | not named, and nobody knows | unresolved |
//!
//! A text that is a whole number counts as one, because the tools convert it too. Reference: S12
//! for ranges. Left out: rules between parameters, which the scenario checks.

use super::kind;
use super::mapping::{Found, ImportedMapping, Origin, Setting, Unresolved};
use super::problem::Problems;
use super::raw::{API, Absent, RawMapping, ToolDefaults};
use super::tree::{Node, Place, Value};
use super::values::{boolean, json_number, plain_json, text, texts, whole};
use crate::scenario::mapping_limits as limits;
use crate::scenario::mapping_limits::ParameterLimit;

/// The parameters that are whole numbers, with the API's defaults.
const NUMBERS: [(&ParameterLimit, i64); 6] = [
    (&limits::BATCH_SIZE, 100),
    (&limits::BATCHING_WINDOW, 0),
    (&limits::PARALLELIZATION_FACTOR, 1),
    (&limits::RETRY_ATTEMPTS, -1),
    (&limits::RECORD_AGE, -1),
    (&limits::TUMBLING_WINDOW, 0),
];

/// What a node is where a certain type is wanted.
#[derive(Debug)]
pub enum Read<T> {
    /// The value.
    Known(T),
    /// Not in the file: why, and what supplies it.
    Unknown(String, Vec<String>),
    /// Of another type.
    Wrong(String),
}

/// Settles one mapping.
pub fn settle(raw: &RawMapping, accept_defaults: bool, problems: &mut Problems) -> ImportedMapping {
    let mut settling = Settling { raw, accept_defaults, problems, unresolved: Vec::new() };
    settling.strange_keys();
    let mut settings = Vec::new();
    settings.extend(settling.starting_position());
    settings.extend(settling.timestamp());
    for (limit, default) in NUMBERS {
        settings.extend(settling.number(limit, default));
    }
    settings.extend(settling.boolean("BisectBatchOnFunctionError", false));
    settings.extend(settling.response_types());
    let enabled = settling.boolean("Enabled", true);
    if enabled.as_ref().is_some_and(|setting| setting.value == false) {
        let message = format!("`{}` is disabled: it reads nothing until it is enabled", raw.id);
        settling.problems.warning(raw.place, message);
    }
    settings.extend(enabled);
    let on_failure = settling.on_failure();
    let filters = settling.filters();
    let kind = kind::of(raw, &filters);
    if kind.is_none() {
        let why = "nothing in the file says whether the stream is DynamoDB or Kinesis";
        settling.missing("stream.kind", raw.place, why, "dynamodb");
    }
    settings.extend(settling.event_source_arn());
    let function = settling.function();
    let stream = settling.stream();
    let unresolved = settling.unresolved;
    ImportedMapping {
        id: raw.id.clone(),
        place: raw.place,
        kind,
        settings,
        on_failure,
        filters,
        enhanced_fan_out: raw.enhanced_fan_out,
        function,
        stream,
        unresolved,
        absent_is_open: matches!(raw.absent, Absent::Module | Absent::Update),
    }
}

/// A mapping that is being settled.
pub(super) struct Settling<'r> {
    pub(super) raw: &'r RawMapping,
    accept_defaults: bool,
    pub(super) problems: &'r mut Problems,
    pub(super) unresolved: Vec<Unresolved>,
}

impl Settling<'_> {
    fn number(&mut self, limit: &ParameterLimit, default: i64) -> Option<Setting> {
        let Some(node) = self.raw.property(limit.name).cloned() else {
            let default = match self.defaults() {
                Some(defaults) if limit.name == limits::BATCH_SIZE.name => defaults.batch_size,
                Some(_) | None => default,
            };
            return self.absent(limit.name, default.into());
        };
        let value = self.take(limit.name, &node, whole)?;
        if let Some(refusal) = limits::refusal_of(limit, value) {
            let message = format!(
                "{}: {value} is refused by AWS; it takes {} ({})",
                limit.name,
                limit.plain_range,
                refusal.rule()
            );
            self.problems.error(node.place, message);
        }
        Some(found(limit.name, value.into(), &node))
    }

    fn boolean(&mut self, name: &'static str, default: bool) -> Option<Setting> {
        let Some(node) = self.raw.property(name).cloned() else {
            return self.absent(name, default.into());
        };
        let value = self.take(name, &node, boolean)?;
        Some(found(name, value.into(), &node))
    }

    fn starting_position(&mut self) -> Option<Setting> {
        let name = "StartingPosition";
        let given = self.raw.property(name).filter(|node| node.as_text() != Some("")).cloned();
        let Some(node) = given else {
            if let Some(position) = self.defaults().and_then(|tool| tool.starting_position) {
                return self.absent(name, position.into());
            }
            let why = match self.raw.absent {
                Absent::Default(_) => "AWS requires it and the file does not name it",
                Absent::Module => "the module decides and its text is not here",
                Absent::Response => "this output does not carry it",
                Absent::Update => "a change leaves it as it is, and the file does not say what",
            };
            self.missing(name, self.raw.place, why, "TRIM_HORIZON");
            return None;
        };
        let value = self.take(name, &node, text)?;
        if !["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"].contains(&value.as_str()) {
            let refusal = limits::starting_position_unknown(&value);
            let message = format!("{name}: `{value}` is refused by AWS ({})", refusal.rule());
            self.problems.error(node.place, message);
        }
        Some(found(name, value.into(), &node))
    }

    /// Seconds since 1970 as a number, or a date.
    fn timestamp(&mut self) -> Option<Setting> {
        let name = "StartingPositionTimestamp";
        let node = self.raw.property(name).cloned()?;
        let value = self.take(name, &node, |node| match &node.value {
            Value::Number(seconds) => Read::Known(json_number(*seconds)),
            Value::Null
            | Value::Boolean(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Reference(_)
            | Value::Unknown(_) => match text(node) {
                Read::Known(text) => Read::Known(match text.parse::<f64>() {
                    Ok(seconds) if seconds.is_finite() => json_number(seconds),
                    Ok(_) | Err(_) => text.into(),
                }),
                Read::Unknown(why, supply) => Read::Unknown(why, supply),
                Read::Wrong(message) => Read::Wrong(message),
            },
        })?;
        Some(found(name, value, &node))
    }

    fn response_types(&mut self) -> Option<Setting> {
        let name = "FunctionResponseTypes";
        let Some(node) = self.raw.property(name).cloned() else {
            return self.absent(name, serde_json::Value::Array(Vec::new()));
        };
        let types = self.take(name, &node, texts)?;
        if types.iter().any(|known| known != "ReportBatchItemFailures") {
            let refusal = limits::response_type_unknown(&types);
            self.problems.error(node.place, format!("{name}: refused by AWS ({})", refusal.rule()));
        }
        Some(found(name, types.into(), &node))
    }

    fn on_failure(&mut self) -> Option<Found<String>> {
        let Some(node) = self.raw.property("OnFailure").cloned() else {
            if self.raw.absent == Absent::Module && !self.accept_defaults {
                let why = "the module decides and its text is not here";
                self.missing("DestinationConfig.OnFailure.Destination", self.raw.place, why, "ARN");
            }
            return None;
        };
        let value = match &node.value {
            Value::Text(arn) if arn.is_empty() => return None,
            Value::Text(arn) => arn.clone(),
            // Which queue it is does not matter here, that there is one does.
            Value::Unknown(unknown) => unknown.sketch.clone(),
            Value::Reference(reference) => format!("${{{}}}", reference.name),
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                let message = "the on-failure destination is not an ARN".to_owned();
                self.problems.error(node.place, message);
                return None;
            }
        };
        Some(Found { value, origin: Origin::File(node.place) })
    }

    fn filters(&mut self) -> Vec<Found<String>> {
        let Some(node) = self.raw.property("Filters").cloned() else {
            return Vec::new();
        };
        if let Some(unknown) = node.as_unknown() {
            let why = unknown.why();
            self.missing("FilterCriteria", node.place, &why, "{}");
            return Vec::new();
        }
        let mut found = Vec::new();
        for pattern in node.elements() {
            let text = match &pattern.value {
                Value::Text(text) => text.clone(),
                Value::Unknown(unknown) => unknown.sketch.clone(),
                Value::Map(_) => plain_json(pattern).to_string(),
                Value::Null
                | Value::Boolean(_)
                | Value::Number(_)
                | Value::List(_)
                | Value::Reference(_) => String::new(),
            };
            let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
            let is_known = pattern.as_unknown().is_none();
            if is_known && !json.is_ok_and(|json| json.is_object()) {
                let rule = limits::filter_pattern_invalid().rule();
                let message = format!("FilterCriteria: the pattern is not a JSON object ({rule})");
                self.problems.error(pattern.place, message);
            }
            found.push(Found { value: text, origin: Origin::File(pattern.place) });
        }
        found
    }

    /// A key that nobody knows is an error where it looks like one that decides figures.
    fn strange_keys(&mut self) {
        for strange in &self.raw.strange {
            let key = &strange.key;
            match strange.nearest {
                Some(nearest) => {
                    let message = format!("`{key}` is not known here; did you mean `{nearest}`?");
                    self.problems.error(strange.place, message);
                }
                None => {
                    let message = format!("`{key}` is not known here and is left out");
                    self.problems.warning(strange.place, message);
                }
            }
        }
    }

    /// The defaults of the tool, if it fills in what is not named.
    pub(super) fn defaults(&self) -> Option<&'static ToolDefaults> {
        match self.raw.absent {
            Absent::Default(defaults) => Some(defaults),
            Absent::Response | Absent::Module | Absent::Update => None,
        }
    }

    /// A parameter that the file does not name.
    fn absent(&mut self, name: &'static str, default: serde_json::Value) -> Option<Setting> {
        let misspelt = self.raw.strange.iter().find(|strange| strange.parameter == name);
        if let Some(strange) = misspelt {
            let why = format!("`{}` may be meant to be it", strange.key);
            self.missing(name, strange.place, &why, &default.to_string());
            return None;
        }
        let tool = match self.raw.absent {
            Absent::Default(defaults) => defaults.tool,
            // Parameters that came later are off where an older output does not show them.
            Absent::Response if name != limits::BATCH_SIZE.name => API.tool,
            Absent::Response | Absent::Module | Absent::Update if self.accept_defaults => API.tool,
            Absent::Response | Absent::Module | Absent::Update => {
                let why = match self.raw.absent {
                    Absent::Default(_) | Absent::Response => "this output does not carry it",
                    Absent::Module => "the module decides and its text is not here",
                    Absent::Update => "a change leaves it as it is, and the file does not say what",
                };
                let example = default.to_string();
                self.missing(name, self.raw.place, why, &example);
                return None;
            }
        };
        Some(Setting { name, value: default, origin: Origin::Default(tool) })
    }

    /// A value of the wanted type; anything else is reported.
    pub(super) fn take<T>(
        &mut self,
        name: &str,
        node: &Node,
        read: impl Fn(&Node) -> Read<T>,
    ) -> Option<T> {
        match read(node) {
            Read::Known(value) => Some(value),
            Read::Unknown(why, mut supply) => {
                supply.push(set_example(name, "VALUE"));
                self.unresolved.push(Unresolved {
                    setting: name.to_owned(),
                    place: node.place,
                    why,
                    supply,
                    is_needless: false,
                });
                None
            }
            Read::Wrong(message) => {
                self.problems.error(node.place, format!("{name}: {message}"));
                self.unresolved.push(Unresolved {
                    setting: name.to_owned(),
                    place: node.place,
                    why: message,
                    supply: vec![set_example(name, "VALUE")],
                    is_needless: false,
                });
                None
            }
        }
    }

    /// Notes a value that nobody tells.
    pub(super) fn missing(&mut self, name: &str, place: Place, why: &str, example: &str) {
        self.unresolved.push(Unresolved {
            setting: name.to_owned(),
            place,
            why: why.to_owned(),
            supply: vec![set_example(name, example)],
            is_needless: false,
        });
    }
}

/// `--set mapping.BatchSize=100`.
pub fn set_example(name: &str, value: &str) -> String {
    let section = name.split('.').next().unwrap_or_default();
    let has_section = ["stream", "function", "concurrency"].contains(&section);
    let prefix = if has_section { "" } else { "mapping." };
    format!("--set {prefix}{name}={value}")
}

fn found(name: &'static str, value: serde_json::Value, node: &Node) -> Setting {
    Setting { name, value, origin: Origin::File(node.place) }
}
