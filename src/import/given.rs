//! `--set KEY=VALUE` of an import: keys of the scenario that the user gives.
//!
//! Parameters of the mapping and the kind of the stream take part in the reading of the file, as
//! if they stood there; all other keys go to the scenario as they are, and are checked with it.

use super::mapping::{ImportedMapping, KindEvidence};
use super::problem::Problem;
use super::raw::{PLAIN, RawMapping};
use super::tree::{Node, Place, Value};
use super::yaml::plain_scalar;
use crate::model::settings::StreamKind;

/// The keys and values given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    pairs: Vec<(String, String)>,
    place: Option<Place>,
}

impl Given {
    /// Splits `KEY=VALUE` texts.
    ///
    /// # Errors
    /// When one has no `=` or no key.
    pub fn parse(texts: &[String], place: Place) -> Result<Given, Vec<Problem>> {
        let mut pairs = Vec::new();
        let mut wrong = Vec::new();
        for text in texts {
            let pair = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
            let is_key = |key: &str| {
                let parts: Vec<&str> = key.split('.').collect();
                let is_word = |part: &&str| {
                    !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                };
                parts.iter().all(is_word) && parts.len() <= 4
            };
            match pair {
                Some((key, value)) if is_key(key) => {
                    pairs.push((key.to_owned(), value.to_owned()));
                }
                Some(_) | None => {
                    let message = format!(
                        "`{text}` is not a key of a scenario and its value; write for example \
                         `--set mapping.BatchSize=100`"
                    );
                    wrong.push(Problem::of_file("--set", message));
                }
            }
        }
        if wrong.is_empty() { Ok(Given { pairs, place: Some(place) }) } else { Err(wrong) }
    }

    /// Puts the parameters of the mapping where the file would have them.
    pub fn apply(&self, raw: &mut RawMapping) {
        let Some(place) = self.place else { return };
        for (key, value) in &self.pairs {
            let name = match key.strip_prefix("mapping.") {
                Some("DestinationConfig.OnFailure.Destination") => "OnFailure",
                Some(name) => match PLAIN.iter().find(|known| **known == name) {
                    Some(known) => known,
                    None => continue,
                },
                None => continue,
            };
            raw.properties.retain(|(known, _)| *known != name);
            let value = match value.starts_with('[') {
                true => Value::List(
                    value
                        .trim_matches(['[', ']'])
                        .split(',')
                        .map(|part| part.trim().trim_matches(['"', '\'']))
                        .filter(|part| !part.is_empty())
                        .map(|part| Node::text(part, place))
                        .collect(),
                ),
                false => plain_scalar(value.trim_matches(['"', '\''])),
            };
            raw.properties.push((name, Node::new(value, place)));
        }
    }

    /// Takes what is given off the list of what is unresolved.
    pub fn resolve(&self, mapping: &mut ImportedMapping) {
        for (key, value) in &self.pairs {
            if key == "stream.kind" {
                let kind = match value.trim_matches(['"', '\'']) {
                    "kinesis" => Some(StreamKind::Kinesis),
                    "dynamodb" => Some(StreamKind::DynamoDb),
                    _ => None,
                };
                mapping.kind = kind.map(|kind| (kind, KindEvidence::Given)).or(mapping.kind);
            }
            let setting = key.strip_prefix("mapping.").unwrap_or(key);
            mapping.unresolved.retain(|unresolved| unresolved.setting != setting);
        }
    }

    /// Keys of the scenario beside those of the mapping, with their values as written.
    pub fn of_the_scenario(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_own = |key: &str| {
            let name = key.strip_prefix("mapping.");
            name.is_some_and(|name| {
                PLAIN.contains(&name) || name == "DestinationConfig.OnFailure.Destination"
            })
        };
        self.pairs
            .iter()
            .filter(move |(key, _)| !is_own(key))
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
