//! The scenario that an imported mapping becomes, as TOML with comments.
//!
//! Every line says where its value is from. A value that such files never hold (traffic, the
//! duration of the function) is a placeholder marked TO SUPPLY. A value that is unresolved is
//! written as `"UNRESOLVED"`, which `shardlag check` refuses with its line: a scenario whose
//! figures would rest on a guess does not run. Left out: variants and assertions.

use super::mapping::{ImportedMapping, KindEvidence, Unresolved};
use super::{Imported, Weight};
use crate::model::settings::StreamKind;

/// An account number and region for ARNs whose own are not known.
const EXAMPLE_ARN: &str = "arn:aws:sqs:us-east-1:123456789012:";
/// The ARN of a consumer whose own is not known.
const EXAMPLE_CONSUMER: &str =
    "arn:aws:kinesis:us-east-1:123456789012:stream/example/consumer/example:1";

/// A scenario and what it still lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioText {
    /// The whole text.
    pub text: String,
    /// Keys with placeholders, and what to put there.
    pub to_supply: Vec<(String, String)>,
}

/// Writes the scenario of one mapping.
pub fn scenario_text(imported: &Imported, mapping: &ImportedMapping) -> ScenarioText {
    let mut writer = Writer { imported, mapping, sections: Vec::new(), to_supply: Vec::new() };
    writer.general();
    writer.stream();
    writer.traffic();
    writer.mapping();
    writer.function();
    writer.concurrency();
    for (key, value) in imported.given.of_the_scenario() {
        writer.set(key, value);
    }
    writer.finish()
}

/// A table of the scenario.
struct Section {
    header: String,
    lines: Vec<Line>,
}

struct Line {
    key: String,
    value: String,
    comment: String,
}

struct Writer<'w> {
    imported: &'w Imported,
    mapping: &'w ImportedMapping,
    sections: Vec<Section>,
    to_supply: Vec<(String, String)>,
}

impl Writer<'_> {
    fn section(&mut self, header: &str) {
        self.sections.push(Section { header: header.to_owned(), lines: Vec::new() });
    }

    fn line(&mut self, key: &str, value: impl Into<String>, comment: impl Into<String>) {
        let section = self.sections.last_mut().expect("a section was begun");
        section.lines.push(Line {
            key: key.to_owned(),
            value: value.into(),
            comment: comment.into(),
        });
    }

    /// A placeholder for what the file does not hold.
    fn placeholder(&mut self, key: &str, value: &str, what: &str) {
        let section = self.sections.last().map_or("", |section| section.header.as_str());
        let name = match section.trim_matches(['[', ']']) {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        };
        self.to_supply.push((name, what.to_owned()));
        self.line(key, value, format!("TO SUPPLY: {what}"));
    }

    fn unresolved(&mut self, key: &str, unresolved: &Unresolved) {
        let comment = format!(
            "{}: {}; {}",
            self.imported.place(unresolved.place),
            unresolved.why,
            unresolved.supply.join(" or ")
        );
        self.line(key, "\"UNRESOLVED\"", comment);
    }

    fn find_unresolved(&self, setting: &str) -> Option<Unresolved> {
        self.mapping.unresolved_needed().find(|known| known.setting == setting).cloned()
    }

    fn general(&mut self) {
        self.section("");
        let name = quoted(&self.mapping.id);
        self.line("name", name, self.imported.place(self.mapping.place));
        self.placeholder("duration", "\"1h\"", "how long to simulate");
        self.line("replications", "20", "independent repetitions");
        self.line("seed", "1", "same seed, same figures");
    }

    fn stream(&mut self) {
        self.section("[stream]");
        let kind = self.mapping.kind;
        match kind {
            Some((kind, evidence)) => {
                let why = match evidence {
                    KindEvidence::Stated => "by the event, the resource or the ARN",
                    KindEvidence::FilterKeys => "inferred from the keys of the filter",
                    KindEvidence::Name => "inferred from a name; check it",
                    KindEvidence::Given => "--set",
                };
                self.line("kind", quoted(kind_name(kind)), why);
            }
            None => {
                if let Some(unresolved) = self.find_unresolved("stream.kind") {
                    self.unresolved("kind", &unresolved);
                }
            }
        }
        let stream = self.mapping.stream.clone();
        if let Some(unresolved) = self.find_unresolved("stream.shards") {
            self.unresolved("shards", &unresolved);
        } else if let Some(shards) = &stream.shards {
            let origin = self.imported.origin(shards.origin);
            self.line("shards", shards.value.to_string(), origin);
        } else {
            let what = match (kind.map(|kind| kind.0), stream.on_demand) {
                (Some(StreamKind::DynamoDb), _) => "shards of the table's stream (4 when new)",
                (_, true) => "shards of the on-demand stream (4 when new)",
                (_, false) => "number of shards of the stream",
            };
            self.placeholder("shards", "4", what);
        }
        if let Some(unresolved) = self.find_unresolved("stream.retention") {
            self.unresolved("retention", &unresolved);
        } else if let Some(hours) = &stream.retention_hours {
            let origin = self.imported.origin(hours.origin);
            self.line("retention", format!("\"{}h\"", hours.value), origin);
        }
    }

    fn traffic(&mut self) {
        self.section("[[traffic]]");
        let what = "your traffic: `import metrics.json --as traffic`";
        self.placeholder("arrivals", "{ poisson = { rate = \"100/s\" } }", what);
        self.placeholder("keys", "\"unique\"", "how often keys repeat");
        self.placeholder("record_size", "\"1KiB\"", "size of a record");
        if !self.mapping.filters.is_empty() {
            let what = "share of the records that match the filters";
            self.placeholder("matches_filter", "\"100%\"", what);
        }
    }

    fn mapping(&mut self) {
        self.section("[mapping]");
        let consumer = self.consumer_arn();
        if let Some((arn, comment)) = &consumer {
            self.line("EventSourceArn", quoted(arn), *comment);
        }
        for setting in self.mapping.settings.clone() {
            if consumer.is_some() && setting.name == "EventSourceArn" {
                continue;
            }
            let is_off = setting.name == "StartingPositionTimestamp"
                && self.mapping.setting("StartingPosition").map(|known| &known.value)
                    != Some(&serde_json::Value::from("AT_TIMESTAMP"));
            if !is_off {
                let origin = self.imported.origin(setting.origin);
                self.line(setting.name, written(&setting.value), origin);
            }
        }
        if let Some(destination) = self.mapping.on_failure.clone() {
            let origin = self.imported.origin(destination.origin);
            let (arn, comment) = match is_destination_arn(&destination.value) {
                true => (destination.value, origin),
                false => {
                    let comment = format!("{origin}; stands for {}", destination.value);
                    (format!("{EXAMPLE_ARN}{}", name_of(&destination.value)), comment)
                }
            };
            let value = format!("{{ OnFailure = {{ Destination = {} }} }}", quoted(&arn));
            self.line("DestinationConfig", value, comment);
        }
        let patterns: Vec<String> = self
            .mapping
            .filters
            .iter()
            .filter(|filter| serde_json::from_str::<serde_json::Value>(&filter.value).is_ok())
            .map(|filter| format!("{{ Pattern = {} }}", quoted(&filter.value)))
            .collect();
        if let Some(first) = self.mapping.filters.first().filter(|_| !patterns.is_empty()) {
            let value = format!("{{ Filters = [{}] }}", patterns.join(", "));
            self.line("FilterCriteria", value, self.imported.origin(first.origin));
        }
        let unresolved: Vec<Unresolved> = self.mapping.unresolved_needed().cloned().collect();
        for unresolved in unresolved {
            let key = match unresolved.setting.as_str() {
                "DestinationConfig.OnFailure.Destination" => "DestinationConfig",
                other if other.contains('.') => continue,
                other => other,
            };
            self.unresolved(key, &unresolved);
        }
    }

    /// What says that the stream is read with enhanced fan-out, where the file has no ARN that
    /// does; `None`: it has one, or the stream is not read so (S1.6).
    fn consumer_arn(&self) -> Option<(String, &'static str)> {
        let is_kinesis = self.mapping.kind.is_some_and(|kind| kind.0 == StreamKind::Kinesis);
        if !self.mapping.enhanced_fan_out || !is_kinesis {
            return None;
        }
        let stream = self.mapping.setting("EventSourceArn");
        match stream.and_then(|setting| setting.value.as_str()) {
            Some(arn) if arn.contains("/consumer/") => None,
            Some(arn) => {
                let comment = "enhanced fan-out; stands for the ARN of the consumer of this stream";
                Some((format!("{arn}/consumer/example:1"), comment))
            }
            None => {
                let comment = "enhanced fan-out; stands for the ARN of the consumer";
                Some((EXAMPLE_CONSUMER.to_owned(), comment))
            }
        }
    }

    fn function(&mut self) {
        self.section("[function]");
        let what = "how long it takes: `import metrics.json --as duration`";
        let per = "{ base = \"20ms\", per_record = \"1ms\" }";
        self.placeholder("duration", per, what);
        let facts = self.mapping.function.clone();
        let keys = [
            ("memory", facts.memory_mb, "MB", "\"128MB\"", "memory of the function"),
            ("timeout", facts.timeout_s, "s", "\"3s\"", "timeout of the function"),
        ];
        for (key, found, unit, default, what) in keys {
            if let Some(unresolved) = self.find_unresolved(&format!("function.{key}")) {
                self.unresolved(key, &unresolved);
            } else if let Some(found) = found {
                let origin = self.imported.origin(found.origin);
                self.line(key, format!("\"{}{unit}\"", found.value), origin);
            } else {
                self.placeholder(key, default, what);
            }
        }
    }

    fn concurrency(&mut self) {
        if let Some(unresolved) = self.find_unresolved("concurrency.reserved") {
            self.section("[concurrency]");
            self.unresolved("reserved", &unresolved);
        } else if let Some(reserved) = self.mapping.function.reserved.clone() {
            self.section("[concurrency]");
            let origin = self.imported.origin(reserved.origin);
            self.line("reserved", reserved.value.to_string(), origin);
        }
    }

    /// A key that the user gives.
    fn set(&mut self, key: &str, value: &str) {
        let is_toml = format!("x = {value}").parse::<toml::Table>().is_ok();
        let value = if is_toml { value.to_owned() } else { quoted(value) };
        self.to_supply.retain(|(name, _)| name != key);
        let (header, key) = match key.split_once('.') {
            Some((section, key)) => {
                let is_list = section == "traffic";
                let header =
                    if is_list { format!("[[{section}]]") } else { format!("[{section}]") };
                (header, key)
            }
            None => (String::new(), key),
        };
        if self.sections.iter().all(|section| section.header != header) {
            self.section(&header);
        }
        let section = self.sections.iter_mut().find(|section| section.header == header);
        let section = section.expect("it was just made sure that there is one");
        section.lines.retain(|line| line.key != key);
        section.lines.push(Line { key: key.to_owned(), value, comment: "--set".to_owned() });
    }

    fn finish(self) -> ScenarioText {
        let mapping = self.mapping;
        let mut text = format!(
            "# Imported from {}: {}\n#\n",
            one_line(&self.imported.place(mapping.place)),
            one_line(&mapping.id)
        );
        text += "# Behind every value stands where it is from. Lines marked TO SUPPLY hold \
                 placeholders:\n# replace them before you believe a figure.\n";
        let is_of_this = |problem: &&super::Problem| problem.weight == Weight::Error;
        for problem in self.imported.problems.iter().filter(is_of_this) {
            text += &format!("# ERROR {}\n", one_line(&problem.to_string()));
        }
        for section in &self.sections {
            text.push('\n');
            if !section.header.is_empty() {
                text += &format!("{}\n", section.header);
            }
            for line in &section.lines {
                let Line { key, value, comment } = line;
                text += &format!("{key} = {value}  # {}\n", one_line(comment));
            }
        }
        ScenarioText { text, to_supply: self.to_supply }
    }
}

/// `dynamodb` or `kinesis`.
pub fn kind_name(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::DynamoDb => "dynamodb",
        StreamKind::Kinesis => "kinesis",
    }
}

/// What the scenario takes as a destination.
fn is_destination_arn(text: &str) -> bool {
    let service = text.split(':').nth(2).unwrap_or_default();
    text.starts_with("arn:") && ["sqs", "sns", "s3", "kafka"].contains(&service)
}

/// A name for what is not an ARN.
fn name_of(text: &str) -> String {
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    let name: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if name.is_empty() { "failed".to_owned() } else { name }
}

/// A comment ends with its line, whatever the file holds.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A value as TOML, whose texts may not hold all characters that those of JSON may.
fn written(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => quoted(text),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Object(_) => value.to_string(),
    }
}

/// A text of TOML in quotes.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
