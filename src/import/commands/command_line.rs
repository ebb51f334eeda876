//! `aws lambda create-event-source-mapping ...` and `update-event-source-mapping ...`.
//!
//! Options may be abbreviated to a prefix that only one option has, as the CLI allows. An option
//! of the CLI that says nothing about the mapping is skipped with its value.
//! Reference: AWS CLI command reference. Left out: `--cli-input-yaml`, `file://`.

use super::super::problem::Problems;
use super::super::raw::{API, Absent, RawMapping, add_api_properties, api_keys};
use super::super::supplied::Supplied;
use super::super::tree::{Entry, Node, Place, Unknown, Value};
use super::output::{finish, function_name};
use super::shell;
use super::shorthand::structure;

/// What an option is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One word, under this name of the API.
    Word(&'static str),
    /// Words up to the next option.
    Words(&'static str),
    /// A structure.
    Structure(&'static str),
    /// True, or false with `no-` in front.
    Switch(&'static str, bool),
    /// One word that does not matter.
    Skipped,
    /// No word at all.
    Lone,
}

impl Kind {
    /// The parameter of the API that it gives.
    fn parameter(self) -> Option<&'static str> {
        match self {
            Kind::Word(api) | Kind::Words(api) | Kind::Switch(api, _) => Some(api),
            Kind::Structure(api) => Some(api).filter(|api| !api.is_empty()),
            Kind::Skipped | Kind::Lone => None,
        }
    }
}

const OPTIONS: [(&str, Kind); 46] = [
    ("event-source-arn", Kind::Word("EventSourceArn")),
    ("function-name", Kind::Word("FunctionName")),
    ("uuid", Kind::Word("UUID")),
    ("batch-size", Kind::Word("BatchSize")),
    ("starting-position", Kind::Word("StartingPosition")),
    ("starting-position-timestamp", Kind::Word("StartingPositionTimestamp")),
    ("maximum-batching-window-in-seconds", Kind::Word("MaximumBatchingWindowInSeconds")),
    ("parallelization-factor", Kind::Word("ParallelizationFactor")),
    ("maximum-retry-attempts", Kind::Word("MaximumRetryAttempts")),
    ("maximum-record-age-in-seconds", Kind::Word("MaximumRecordAgeInSeconds")),
    ("tumbling-window-in-seconds", Kind::Word("TumblingWindowInSeconds")),
    ("function-response-types", Kind::Words("FunctionResponseTypes")),
    ("destination-config", Kind::Structure("DestinationConfig")),
    ("filter-criteria", Kind::Structure("FilterCriteria")),
    ("cli-input-json", Kind::Structure("")),
    ("enabled", Kind::Switch("Enabled", true)),
    ("no-enabled", Kind::Switch("Enabled", false)),
    ("bisect-batch-on-function-error", Kind::Switch("BisectBatchOnFunctionError", true)),
    ("no-bisect-batch-on-function-error", Kind::Switch("BisectBatchOnFunctionError", false)),
    ("kms-key-arn", Kind::Skipped),
    ("metrics-config", Kind::Skipped),
    ("logging-config", Kind::Skipped),
    ("provisioned-poller-config", Kind::Skipped),
    ("scaling-config", Kind::Skipped),
    ("tags", Kind::Skipped),
    ("topics", Kind::Skipped),
    ("queues", Kind::Skipped),
    ("source-access-configurations", Kind::Skipped),
    ("self-managed-event-source", Kind::Skipped),
    ("amazon-managed-kafka-event-source-config", Kind::Skipped),
    ("self-managed-kafka-event-source-config", Kind::Skipped),
    ("document-db-event-source-config", Kind::Skipped),
    ("region", Kind::Skipped),
    ("profile", Kind::Skipped),
    ("output", Kind::Skipped),
    ("query", Kind::Skipped),
    ("endpoint-url", Kind::Skipped),
    ("color", Kind::Skipped),
    ("ca-bundle", Kind::Skipped),
    ("cli-read-timeout", Kind::Skipped),
    ("cli-connect-timeout", Kind::Skipped),
    ("cli-binary-format", Kind::Skipped),
    ("debug", Kind::Lone),
    ("no-cli-pager", Kind::Lone),
    ("no-verify-ssl", Kind::Lone),
    ("no-paginate", Kind::Lone),
];

/// All mappings that the commands of a script create or change.
pub fn mappings(
    text: &str,
    file: usize,
    supplied: &Supplied,
    problems: &mut Problems,
) -> Vec<RawMapping> {
    let mut found = Vec::new();
    for command in shell::commands(text, file, supplied) {
        let position = |name: &str| command.iter().position(|word| word.as_text() == Some(name));
        let create = position("create-event-source-mapping");
        let update = position("update-event-source-mapping");
        let is_of_cli = position("lambda").is_some();
        let (start, absent) = match (create, update) {
            (Some(at), _) if is_of_cli => (at, Absent::Default(&API)),
            (None, Some(at)) if is_of_cli => (at, Absent::Update),
            (_, _) => continue,
        };
        found.extend(mapping(&command[start..], absent, found.len(), problems));
    }
    found
}

fn mapping(
    words: &[Node],
    absent: Absent,
    number: usize,
    problems: &mut Problems,
) -> Option<RawMapping> {
    let place = words.first()?.place;
    let table = Node::new(Value::Map(parameters(&words[1..], problems)), place);
    let function = table.get("FunctionName").and_then(Node::as_text).map(function_name);
    let id = table.get("UUID").and_then(Node::as_text).map(str::to_owned);
    let id = id.or_else(|| function.clone()).unwrap_or_else(|| format!("command{}", number + 1));
    let mut raw = RawMapping::new(id, place, absent);
    add_api_properties(&mut raw, &table);
    raw.note_strange(&table, &api_keys(&[]));
    finish(raw, function, problems)
}

/// The parameters that options give, under their names in the API.
fn parameters(words: &[Node], problems: &mut Problems) -> Vec<Entry> {
    let mut table: Vec<Entry> = Vec::new();
    let mut documents: Vec<Entry> = Vec::new();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let Some(option) = word.as_text().and_then(|text| text.strip_prefix("--")) else {
            continue;
        };
        let (name, attached) = match option.split_once('=') {
            Some((name, value)) => (name, Some(Node::text(value, word.place))),
            None => (option, None),
        };
        let kind = match known(name) {
            Ok(kind) => kind,
            Err(message) => {
                problems.error(word.place, message);
                continue;
            }
        };
        // What begins like an option is one: the value in front of it was forgotten.
        let is_option = |node: &Node| node.as_text().is_some_and(|text| text.starts_with("--"));
        let mut value =
            || attached.clone().or_else(|| rest.next_if(|node| !is_option(node)).cloned());
        if let Some(api) = kind.parameter().filter(|api| table.iter().any(|one| one.key == *api)) {
            let message = format!("`{api}` is given more than once; keep one `--{name}`");
            problems.error(word.place, message);
        }
        let missing = || format!("`--{name}` has no value");
        match kind {
            Kind::Lone => {}
            Kind::Skipped => {
                value();
            }
            Kind::Switch(api, truth) => {
                let node = Node::new(Value::Boolean(truth), word.place);
                table.push(Entry { key: api.to_owned(), node });
            }
            Kind::Word(api) => match value() {
                Some(node) => table.push(Entry { key: api.to_owned(), node }),
                None => problems.error(word.place, missing()),
            },
            Kind::Words(api) => {
                let mut list: Vec<Node> = attached.into_iter().collect();
                while let Some(node) = rest.next_if(|node| !is_option(node)) {
                    list.push(node.clone());
                }
                let node = as_list(list, word.place);
                table.push(Entry { key: api.to_owned(), node });
            }
            Kind::Structure(api) => match value() {
                Some(node) if api.is_empty() => add_document(&mut documents, &node, problems),
                Some(node) => table.push(structured(api, &node)),
                None => problems.error(word.place, missing()),
            },
        }
    }
    // Options win over the document, wherever they stand.
    for entry in documents {
        if table.iter().all(|known| known.key != entry.key) {
            table.push(entry);
        }
    }
    table
}

/// Words as a list; a single word may be a list in JSON.
fn as_list(words: Vec<Node>, place: Place) -> Node {
    if let [only] = words.as_slice()
        && let Some(text) = only.as_text().filter(|text| text.trim_start().starts_with('['))
        && let Ok(list) = structure(text, place)
    {
        return list;
    }
    Node::new(Value::List(words), place)
}

/// A structure under its name.
fn structured(api: &str, node: &Node) -> Entry {
    let node = match read_structure(node) {
        Ok(inner) => inner,
        Err(why) => Node::new(Value::Unknown(Unknown::new(api, why, None)), node.place),
    };
    Entry { key: api.to_owned(), node }
}

/// The parameters of a document, which holds whole parameters.
fn add_document(documents: &mut Vec<Entry>, node: &Node, problems: &mut Problems) {
    match read_structure(node) {
        Ok(inner) => documents.extend(inner.entries().iter().cloned()),
        Err(why) => {
            let message = format!("the parameters of --cli-input-json are not known: {why}");
            problems.error(node.place, message);
        }
    }
}

fn read_structure(node: &Node) -> Result<Node, String> {
    match node.as_text() {
        Some(text) => structure(text, node.place),
        None => Err(node.as_unknown().map_or_else(String::new, Unknown::why)),
    }
}

/// The option of this name, or the only one that begins so.
fn known(name: &str) -> Result<Kind, String> {
    if let Some((_, kind)) = OPTIONS.iter().find(|(known, _)| *known == name) {
        return Ok(*kind);
    }
    let matching: Vec<&(&str, Kind)> =
        OPTIONS.iter().filter(|(known, _)| known.starts_with(name)).collect();
    match matching.as_slice() {
        [(_, kind)] => Ok(*kind),
        [] => Err(format!("`--{name}` is not an option of this command")),
        several => {
            let names: Vec<String> =
                several.iter().map(|(known, _)| format!("`--{known}`")).collect();
            Err(format!("`--{name}` may mean {}", names.join(" or ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_may_be_abbreviated_while_only_one_is_meant() {
        assert_eq!(known("event-source"), Ok(Kind::Word("EventSourceArn")));
        assert_eq!(known("starting-position"), Ok(Kind::Word("StartingPosition")));
        let error = known("maximum-r").expect_err("two options begin so");
        assert!(error.contains("retry-attempts") && error.contains("record-age"), "{error}");
        assert!(known("colour").is_err());
    }
}
