//! What a format says of one mapping, under the names of the API, before types and defaults.
//!
//! Each format reads its file into [`RawMapping`]s; [`super::settle`] does the rest, the same for
//! all. Values are evaluated: plain, a reference, or unknown. Nested parameters are flattened:
//! `OnFailure` is `DestinationConfig.OnFailure.Destination`, `Filters` the list of patterns.

use super::tree::{Node, Place, Target};
use crate::model::settings::StreamKind;
use crate::scenario::suggest;

/// One mapping as a file states it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawMapping {
    /// Its name in the file.
    pub id: String,
    /// Where it begins.
    pub place: Place,
    /// The kind of its stream, where the file says it in so many words.
    pub kind: Option<StreamKind>,
    /// Parameters under their names in the API, evaluated.
    pub properties: Vec<(&'static str, Node)>,
    /// What a parameter that is not named means.
    pub absent: Absent,
    /// Further words that may tell the kind of the stream: names of variables and resources.
    pub hints: Vec<String>,
    /// The function behind it, as far as the file tells.
    pub function: Option<RawFunction>,
    /// Name of the function, where nothing else is known of it.
    pub function_name: Option<String>,
    /// The stream in front of it, as far as the file tells.
    pub stream: Option<RawStream>,
    /// A consumer with enhanced fan-out reads the stream.
    pub enhanced_fan_out: bool,
    /// Keys that the format does not know.
    pub strange: Vec<StrangeKey>,
}

/// A key that the format does not know; it is probably misspelt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrangeKey {
    /// As written.
    pub key: String,
    /// Where.
    pub place: Place,
    /// The key that is probably meant.
    pub nearest: Option<&'static str>,
    /// The parameter of the API behind that key, where they are named differently.
    pub parameter: &'static str,
}

/// What a parameter that is not named means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The tool has a default for it.
    Default(&'static ToolDefaults),
    /// A module of somebody else decides.
    Module,
    /// The output of a command that leaves some parameters out.
    Response,
    /// A change, which leaves the parameter as it is.
    Update,
}

/// The defaults of a tool.
#[derive(Debug, PartialEq, Eq)]
pub struct ToolDefaults {
    /// Name of the tool, for messages.
    pub tool: &'static str,
    /// `BatchSize`.
    pub batch_size: i64,
    /// `StartingPosition`, if the tool has one.
    pub starting_position: Option<&'static str>,
    /// Memory of a function in MB.
    pub memory_mb: i64,
    /// Timeout of a function in seconds.
    pub timeout_s: i64,
}

/// The API itself: CreateEventSourceMapping and CreateFunction.
pub const API: ToolDefaults = ToolDefaults {
    tool: "AWS",
    batch_size: 100,
    starting_position: None,
    memory_mb: 128,
    timeout_s: 3,
};

/// CloudFormation, SAM and the CDK add nothing to the API's defaults.
pub const CLOUDFORMATION: ToolDefaults = ToolDefaults { tool: "CloudFormation", ..API };

/// The AWS provider of Terraform.
pub const TERRAFORM: ToolDefaults = ToolDefaults { tool: "the Terraform provider", ..API };

/// The Serverless Framework: `lib/plugins/aws/package/compile/events/stream.js` and the
/// function defaults of its AWS provider.
pub const SERVERLESS: ToolDefaults = ToolDefaults {
    tool: "the Serverless Framework",
    batch_size: 10,
    starting_position: Some("TRIM_HORIZON"),
    memory_mb: 1024,
    timeout_s: 6,
};

/// A function as a file states it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawFunction {
    /// Its name in the file.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// Memory in MB.
    pub memory: Option<Node>,
    /// Timeout in seconds.
    pub timeout: Option<Node>,
    /// Reserved concurrency.
    pub reserved: Option<Node>,
    /// Keys that look like one of these.
    pub strange: Vec<StrangeKey>,
}

/// A stream as a file states it.
#[derive(Debug, Clone, PartialEq)]
pub struct RawStream {
    /// Its name in the file.
    pub name: String,
    /// What it is.
    pub target: Target,
    /// Number of shards.
    pub shards: Option<Node>,
    /// Retention in hours.
    pub retention_hours: Option<Node>,
    /// A Kinesis stream whose shards AWS chooses.
    pub on_demand: bool,
    /// Keys that look like one of these.
    pub strange: Vec<StrangeKey>,
}

impl RawMapping {
    /// A mapping of which nothing is known yet.
    pub fn new(id: String, place: Place, absent: Absent) -> RawMapping {
        RawMapping {
            id,
            place,
            kind: None,
            properties: Vec::new(),
            absent,
            hints: Vec::new(),
            function: None,
            function_name: None,
            stream: None,
            enhanced_fan_out: false,
            strange: Vec::new(),
        }
    }

    /// Adds a parameter that is there and not null.
    pub fn add(&mut self, name: &'static str, node: Option<Node>) {
        if let Some(node) = node.filter(|node| node.value != super::tree::Value::Null) {
            self.properties.push((name, node));
        }
    }

    /// Notes the keys of a table that are none of `known`; each of these stands with the
    /// parameter of the API behind it, or with an empty one.
    pub fn note_strange(&mut self, table: &Node, known: &[(&'static str, &'static str)]) {
        let names: Vec<&'static str> = known.iter().map(|(name, _)| *name).collect();
        for entry in table.entries() {
            if names.contains(&entry.key.as_str()) {
                continue;
            }
            let nearest = suggest::nearest(&entry.key, &names);
            let meant = known.iter().find(|(name, _)| Some(*name) == nearest);
            self.strange.push(StrangeKey {
                key: entry.key.clone(),
                place: entry.node.place,
                nearest,
                parameter: meant.map_or("", |(_, parameter)| parameter),
            });
        }
    }

    /// A parameter, if the file names it.
    pub fn property(&self, name: &str) -> Option<&Node> {
        self.properties.iter().find(|(known, _)| *known == name).map(|(_, node)| node)
    }
}

/// Parameters of the API that are plain values and are taken over under their own names.
pub const PLAIN: [&str; 13] = [
    "EventSourceArn",
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "FunctionResponseTypes",
    "TumblingWindowInSeconds",
    "Enabled",
    "FunctionName",
];

/// Keys of the API that say nothing about the simulation, and those that only outputs have.
const OTHER_KEYS: [&str; 25] = [
    "AmazonManagedKafkaEventSourceConfig",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "EventSourceMappingArn",
    "FilterCriteria",
    "FilterCriteriaError",
    "FunctionArn",
    "KMSKeyArn",
    "KmsKeyArn",
    "LastModified",
    "LastProcessingResult",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "Queues",
    "ResponseMetadata",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "State",
    "StateTransitionReason",
    "Tags",
    "Topics",
    "UUID",
];

/// The keys that a table with the API's names may have, and further ones of the format.
pub fn api_keys(more: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    let plain = PLAIN.iter().map(|name| (*name, *name));
    plain.chain(OTHER_KEYS.iter().chain(more).map(|name| (*name, ""))).collect()
}

/// Keys that look like one of `wanted`, of a table that may have many others.
pub fn look_alikes(
    keys: impl Iterator<Item = (String, Place)>,
    wanted: &[(&'static str, &'static str)],
) -> Vec<StrangeKey> {
    let names: Vec<&'static str> = wanted.iter().map(|(name, _)| *name).collect();
    let strange = keys.filter(|(key, _)| !names.contains(&key.as_str()));
    strange
        .filter_map(|(key, place)| {
            let nearest = suggest::nearest(&key, &names)?;
            let parameter = wanted.iter().find(|(name, _)| *name == nearest)?.1;
            Some(StrangeKey { key, place, nearest: Some(nearest), parameter })
        })
        .collect()
}

/// The keys of a table with their places.
pub fn keys_of(table: Option<&Node>) -> impl Iterator<Item = (String, Place)> + '_ {
    let entries = table.map_or(&[][..], Node::entries);
    entries.iter().map(|entry| (entry.key.clone(), entry.node.place))
}

/// Takes over the parameters of a table that uses the API's names.
pub fn add_api_properties(raw: &mut RawMapping, table: &Node) {
    for name in PLAIN {
        raw.add(name, table.get(name).cloned());
    }
    let below = [
        (table.get("DestinationConfig"), &[("OnFailure", "OnFailure"), ("OnSuccess", "")][..]),
        (table.at(&["DestinationConfig", "OnFailure"]), &[("Destination", ""), ("Type", "")]),
        (table.get("FilterCriteria"), &[("Filters", "Filters")]),
    ];
    for (inner, known) in below {
        if let Some(inner) = inner {
            raw.note_strange(inner, known);
        }
    }
    let on_failure = table.at(&["DestinationConfig", "OnFailure"]);
    let destination = on_failure.and_then(|on_failure| match on_failure.as_unknown() {
        Some(_) => Some(on_failure),
        None => on_failure.get("Destination"),
    });
    let unknown = table.get("DestinationConfig").filter(|config| config.as_unknown().is_some());
    raw.add("OnFailure", destination.or(unknown).cloned());
    let criteria = table.get("FilterCriteria");
    let filters = criteria.and_then(|criteria| match criteria.as_unknown() {
        Some(_) => Some(criteria.clone()),
        None => criteria.get("Filters").map(patterns_of),
    });
    raw.add("Filters", filters);
}

/// The patterns of a list of filters `{Pattern: ...}`; a filter without one stays as it is.
fn patterns_of(filters: &Node) -> Node {
    if filters.as_unknown().is_some() {
        return filters.clone();
    }
    let pattern = |filter: &Node| filter.get("Pattern").unwrap_or(filter).clone();
    let patterns = filters.elements().iter().map(pattern).collect();
    Node::new(super::tree::Value::List(patterns), filters.place)
}
