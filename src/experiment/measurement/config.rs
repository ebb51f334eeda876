//! The configuration of a measured run. Parameters of the mapping have their names in the API;
//! everything else the words below, closed.
//!
//! Times are seconds from the start of the writer.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::arrivals::{Arrivals, times};
use super::item::Captures;
use crate::model::settings::StreamKind;
use crate::units::Instant;

/// What ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Parameters of the mapping by their names in the API.
    pub mapping: Map<String, Value>,
    /// Everything else.
    pub words: Words,
    /// When records were written, one list per entry of `arrivals`.
    pub written: Vec<Vec<Instant>>,
}

/// The words of a configuration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// `dynamodb` or `kinesis`.
    pub kind: Kind,
    /// Shards open at the start.
    pub shards: u32,
    /// The function has a reader of its own.
    #[serde(default)]
    pub enhanced_fan_out: bool,
    /// Duration of the handler, without initialisation.
    pub duration_s: HandlerDuration,
    /// Initialisation of an environment.
    #[serde(default)]
    pub cold_init_s: f64,
    /// Shards that are open from then on.
    #[serde(default)]
    pub splits: Vec<Split>,
    /// Partition keys.
    pub keys: Keys,
    /// Size of a record in the stream.
    pub record_bytes: u64,
    /// Writers.
    pub arrivals: Vec<Arrivals>,
    /// When the run ends.
    pub run_until: RunUntil,
    /// Time of the first full clock minute.
    #[serde(default)]
    pub cloudwatch_minute_offset_s: Option<f64>,
    /// What the handler writes to the same stream, which the filter removes.
    #[serde(default)]
    pub filtered_records: Option<FilteredRecords>,
}

/// Kind of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A DynamoDB stream.
    Dynamodb,
    /// A Kinesis data stream.
    Kinesis,
}

/// Duration of the handler.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum HandlerDuration {
    /// Always this.
    Seconds(f64),
    /// As its metrics say.
    Statistics(DurationStatistics),
}

/// What metrics say about the duration of a handler.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DurationStatistics {
    /// Mean; with a schedule it may be left out.
    #[serde(default)]
    pub mean: Option<f64>,
    /// Shortest.
    #[serde(default)]
    pub min: Option<f64>,
    /// Longest.
    #[serde(default)]
    pub max: Option<f64>,
    /// Of an environment's first invocation.
    #[serde(default)]
    pub first_cold: Option<f64>,
    /// Changes by time.
    #[serde(default)]
    pub schedule: Vec<DurationChange>,
}

/// A handler that takes longer or shorter from then on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DurationChange {
    /// When.
    #[serde(alias = "from_s")]
    pub at_s: f64,
    /// Until when; else until the next change.
    #[serde(default)]
    pub to_s: Option<f64>,
    /// Mean duration.
    #[serde(alias = "duration_s", alias = "value")]
    pub mean: f64,
    /// Shortest.
    #[serde(default)]
    pub min: Option<f64>,
    /// Longest.
    #[serde(default)]
    pub max: Option<f64>,
}

/// A number of open shards.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// From when on.
    pub at_s: f64,
    /// How many are open.
    pub shards: u32,
}

/// Partition keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keys {
    /// Every record has its own random key.
    UniformRandom,
    /// Every record has its own.
    Unique,
    /// One for all.
    One,
    /// Chosen by hand, one for each record.
    Explicit,
}

/// When a run ends.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum RunUntil {
    /// At this time.
    Seconds(f64),
    /// `empty`, or a time in quotes.
    Text(String),
}

/// Records that the handler writes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilteredRecords {
    /// How many for each record it handles.
    pub records_per_handled_record: u32,
    /// They have the key of the record.
    pub same_key: bool,
    /// When, as shares of the handler's duration.
    pub offsets_from_start_share_of_duration: Vec<f64>,
    /// The filter, for people.
    #[serde(default, rename = "filter")]
    pub _filter: String,
    /// Why, for people.
    #[serde(default, rename = "why")]
    pub _why: String,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// The first word that is not known or makes no sense, as a sentence.
    pub(super) fn read(json: Value, captures: Captures<'_>) -> Result<Config, String> {
        let Value::Object(entries) = json else {
            return Err("`config` is no object".to_owned());
        };
        let is_parameter = |key: &str| key.starts_with(|first: char| first.is_ascii_uppercase());
        let (mapping, words): (Map<String, Value>, Map<String, Value>) =
            entries.into_iter().partition(|(key, _)| is_parameter(key));
        let words: Words = serde_json::from_value(Value::Object(words))
            .map_err(|error| format!("config: {error}"))?;
        words.check()?;
        let written: Result<Vec<Vec<Instant>>, String> =
            words.arrivals.iter().map(|arrivals| times(arrivals, captures)).collect();
        Ok(Config { mapping, words, written: written? })
    }

    /// Number of records written.
    pub fn records(&self) -> u64 {
        self.written.iter().map(|times| times.len() as u64).sum()
    }

    /// When the last writer stops, in seconds.
    pub fn writers_stop(&self) -> f64 {
        let last = |(writer, times): (&Arrivals, &Vec<Instant>)| {
            let last = times.last().map_or(0.0, |at| at.as_secs_f64());
            writer.to_s.unwrap_or(last).max(last)
        };
        self.words.arrivals.iter().zip(&self.written).map(last).fold(0.0, f64::max)
    }

    /// When the run ends, in seconds; `None`: when the stream is empty.
    pub fn ends_at(&self) -> Option<f64> {
        match &self.words.run_until {
            RunUntil::Seconds(seconds) => Some(*seconds),
            RunUntil::Text(text) => text.parse().ok(),
        }
    }
}

impl Words {
    /// The kind of stream of the model.
    pub fn stream_kind(&self) -> StreamKind {
        match self.kind {
            Kind::Dynamodb => StreamKind::DynamoDb,
            Kind::Kinesis => StreamKind::Kinesis,
        }
    }

    fn check(&self) -> Result<(), String> {
        let is_time = |seconds: f64| seconds.is_finite() && (0.0..=1e8).contains(&seconds);
        let is_end = match &self.run_until {
            RunUntil::Seconds(seconds) => is_time(*seconds),
            RunUntil::Text(text) => text == "empty" || text.parse().is_ok_and(is_time),
        };
        let offset = self.cloudwatch_minute_offset_s.unwrap_or(0.0);
        let (base, others) = self.duration_s.seconds();
        let is_duration = |seconds: f64| is_time(seconds) && seconds <= 900.0;
        let filtered = self.filtered_records.as_ref();
        let is_as_said = |filtered: &FilteredRecords| {
            let offsets = &filtered.offsets_from_start_share_of_duration;
            filtered.same_key && offsets.len() == filtered.records_per_handled_record as usize
        };
        let mistakes = [
            (!is_end, "`run_until` is `empty` or a time in seconds"),
            (!(0.0..=110.0).contains(&offset), "`cloudwatch_minute_offset_s` is at most 110"),
            (!is_duration(self.cold_init_s), "`cold_init_s` is at most 900"),
            (base.is_none(), "`duration_s` has no `mean` and no `schedule`"),
            (!base.into_iter().chain(others).all(is_duration), "`duration_s` is at most 900"),
            (
                !filtered.is_none_or(is_as_said),
                "`filtered_records` have the key of their record and one offset each",
            ),
            (self.arrivals.is_empty(), "`arrivals` is empty"),
        ];
        match mistakes.iter().find(|(holds, _)| *holds) {
            Some((_, mistake)) => Err(format!("config: {mistake}")),
            None => Ok(()),
        }
    }
}

impl HandlerDuration {
    /// The mean before any change, and every other duration that is named.
    pub fn seconds(&self) -> (Option<f64>, Vec<f64>) {
        match self {
            HandlerDuration::Seconds(seconds) => (Some(*seconds), Vec::new()),
            HandlerDuration::Statistics(statistics) => {
                let changes = &statistics.schedule;
                let first = statistics.mean.or(changes.first().map(|change| change.mean));
                let named = [statistics.min, statistics.max, statistics.first_cold];
                let later =
                    changes.iter().flat_map(|change| [Some(change.mean), change.min, change.max]);
                (first, named.into_iter().chain(later).flatten().collect())
            }
        }
    }
}
