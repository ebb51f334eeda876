//! The configuration of a measured run as settings of the model, and one run of them.
//!
//! | configuration | settings |
//! |---|---|
//! | parameters of the mapping | as in a scenario file, which checks them |
//! | knobs | profile `measured`; the mapping was there before the writer (`enable_delay` 0) |
//! | mean, min and max of the duration | evenly from min to mean and from mean to max, see below |
//! | a longer first invocation of an environment | longer initialisation |
//! | enhanced fan-out | the event source is a registered consumer |
//! | numbers of open shards | splits and merges, see [`splits`](super::splits) |
//! | keys chosen by hand, where shards split | a record for each shard in turn |
//! | a schedule of durations | the handler is slower or faster from then on |
//! | filtered records | what the handler writes back |
//!
//! Of the durations a share `(max - mean) / (max - min)` lies between min and mean, so that the
//! mean is met.
//!
//! The writer starts between one and two minutes into the run, so that polling has settled, and so
//! that clock minutes lie where CloudWatch had them. Where the time of the clock minute is known
//! to whole seconds only, or not at all, runs spread it evenly over one second: creation times are
//! cut to whole seconds, which shows in ages (S1.3).

use toml::{Table, Value};

use super::Options;
use super::config::{Config, HandlerDuration, Keys};
use super::facts::Facts;
use super::item::Item;
use super::splits::reshards;
use crate::engine::RunEnd;
use crate::model::settings::{
    Arrivals, Fault, FaultKind, FunctionDuration, Horizon, ScriptedRecord, Settings, StreamKind,
    Variation,
};
use crate::model::simulate;
use crate::scenario::{self, Diagnostics, Override, Source};
use crate::units::{Bytes, Duration, Instant, Probability};

/// Events of a run at most.
const EVENTS_MAX: u64 = 1_000_000_000;
/// The clock minute that the first full one of CloudWatch is.
const SECOND_MINUTE: f64 = 120.0;
/// A registered consumer, which is what has enhanced fan-out (S1.6).
const CONSUMER: &str =
    "arn:aws:kinesis:us-east-1:123456789012:stream/measured/consumer/measured:1700000000";
/// Longer than it takes until the last record has ended or expired.
const LONGEST: Duration = Duration::from_secs(4 * 86_400);

/// A measured run that can be simulated.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// What ran.
    pub config: &'a Config,
    settings: Settings,
    ends_at: Option<f64>,
}

/// A simulated run.
#[derive(Debug)]
pub struct Finished<'a> {
    /// What ran.
    pub config: &'a Config,
    /// Invocations and records, in the order of their ends.
    pub rows: Vec<super::facts::Row>,
    /// Records that were finished.
    pub finished: Vec<super::facts::FinishedRecord>,
    /// When the writer started.
    pub writer_starts: Instant,
}

impl<'a> Plan<'a> {
    /// The settings of an item, with other knobs.
    ///
    /// # Errors
    /// What the words or the model do not have, as a sentence.
    pub fn new(item: &'a Item, overrides: &[Override]) -> Result<Plan<'a>, String> {
        let config = item.config.as_ref().map_err(Clone::clone)?;
        if let Some(reason) = not_modelled(config) {
            return Err(reason);
        }
        let scenario = load(&text(config), overrides).map_err(|Diagnostics(mistakes)| {
            let mistake = &mistakes[0];
            format!("{}: {}", mistake.path, mistake.message)
        })?;
        let mut settings = scenario.base().settings.clone();
        settings.function.duration = duration(&config.words.duration_s);
        for (source, times) in settings.traffic.iter_mut().zip(&config.written) {
            source.arrivals = Arrivals::TraceTimes { times: times.as_slice().into() };
            source.to = Instant::FAR_FUTURE;
        }
        reshards(&config.words, Instant::START)?;
        // A quantity of a time after the end needs the run to last that long.
        let ends_at = config.ends_at().map(|end| end.max(item.last_window_end()));
        Ok(Plan { config, settings, ends_at })
    }

    /// One run.
    ///
    /// # Errors
    /// A run that does not come to its end, as a sentence.
    pub fn run(&self, options: &Options, run: u32) -> Result<Finished<'a>, String> {
        let lead = Duration::from_secs_f64(self.lead(options.runs, run));
        let writer_starts = Instant::START + lead;
        let mut settings = self.settings.clone();
        for source in &mut settings.traffic {
            source.from = writer_starts;
        }
        settings.stream.reshards = reshards(&self.config.words, writer_starts)?;
        if self.config.words.keys == Keys::Explicit && !settings.stream.reshards.is_empty() {
            write_by_hand(&mut settings, &self.config.written, writer_starts);
        }
        settings.function.faults = changes(&self.config.words.duration_s, writer_starts);
        settings.horizon = match self.ends_at {
            Some(end) => Horizon::For(lead + Duration::from_secs_f64(end)),
            None => Horizon::Drained { at_most: LONGEST },
        };
        let mut facts = Facts::new(&settings);
        let end = simulate(&settings, options.seed, run.into(), EVENTS_MAX, &mut facts).end;
        if let RunEnd::EventLimit { at } = end {
            return Err(format!("stopped after {EVENTS_MAX} events at {at:?}"));
        }
        let Facts { rows, finished, .. } = facts;
        Ok(Finished { config: self.config, rows, finished, writer_starts })
    }

    /// Seconds from the start of the run to that of the writer.
    fn lead(&self, runs: u32, run: u32) -> f64 {
        let offset = self.config.words.cloudwatch_minute_offset_s.unwrap_or(0.0);
        let is_exact = offset != libm::floor(offset);
        let phase = if is_exact { 0.0 } else { (f64::from(run) + 0.5) / f64::from(runs) - 0.5 };
        SECOND_MINUTE - offset - phase
    }
}

/// Records with keys that were chosen by hand, one for each shard in the order in which they open:
/// those of a shard that closes are written before that, those of its children after it.
fn write_by_hand(settings: &mut Settings, written: &[Vec<Instant>], writer_starts: Instant) {
    let instant = Duration::from_nanos(1);
    let shards = settings.stream.shards_in_all();
    let times = written.iter().flatten().map(|at| writer_starts + at.since(Instant::START));
    let mut records = Vec::new();
    for (index, at) in times.enumerate() {
        let shard = index as u32 % shards;
        let mut at = at;
        for reshard in &settings.stream.reshards {
            if reshard.open.contains(&shard) {
                at = at.max(reshard.at + instant);
            }
            if reshard.close.contains(&shard) {
                at = at.min(reshard.at.saturating_sub(instant));
            }
        }
        let bytes = settings.traffic[0].record_size.constant().unwrap_or(Bytes::new(1));
        let key = format!("record {index}").into();
        records.push(ScriptedRecord { at, shard, key, bytes, filtered: false, poison: false });
    }
    records.sort_by_key(|record| record.at);
    settings.traffic.truncate(1);
    settings.traffic[0].arrivals = Arrivals::Scripted { records: records.into() };
    settings.traffic[0].from = Instant::START;
}

/// Finds out whether all knobs of `overrides` can be changed in that way.
///
/// # Errors
/// All mistakes in them.
pub fn check_overrides(overrides: &[Override]) -> Result<(), Diagnostics> {
    let text = "duration = \"1m\"\nstream = { kind = \"dynamodb\", shards = 1 }\n\
                traffic = [{ arrivals = { constant = { rate = \"1/s\" } } }]\n\
                mapping = { StartingPosition = \"LATEST\" }\nfunction = { duration = \"1ms\" }\n\
                model = { profile = \"measured\" }\n";
    load(text, overrides).map(|_| ())
}

fn load(text: &str, overrides: &[Override]) -> Result<scenario::Scenario, Diagnostics> {
    let source = Source { name: "measured run".into(), text: text.into(), folder: ".".into() };
    scenario::load(&source, overrides)
}

/// What a configuration asks for that the model does not have.
fn not_modelled(config: &Config) -> Option<String> {
    let is_dynamodb = config.words.stream_kind() == StreamKind::DynamoDb;
    let reason = || "`enhanced_fan_out`: DynamoDB streams have none (S1.6)".to_owned();
    (config.words.enhanced_fan_out && is_dynamodb).then(reason)
}

/// The configuration as a scenario file, apart from times.
fn text(config: &Config) -> String {
    let words = &config.words;
    let text = |text: &str| Value::String(text.to_owned());
    let seconds = |seconds: f64| Value::String(format!("{seconds}s"));
    let table = |entries: Vec<(&str, Value)>| Value::Table(as_table(entries));
    let size = || Value::String(format!("{}B", words.record_bytes));
    let keys = match words.keys {
        Keys::UniformRandom | Keys::Unique | Keys::Explicit => "unique",
        Keys::One => "single",
    };
    // Replaced by the times of the writer.
    let arrivals = || table(vec![("constant", table(vec![("rate", text("1/s"))]))]);
    let source =
        || table(vec![("arrivals", arrivals()), ("keys", text(keys)), ("record_size", size())]);
    let traffic = config.written.iter().map(|_| source()).collect();
    let kind = match words.stream_kind() {
        StreamKind::DynamoDb => "dynamodb",
        StreamKind::Kinesis => "kinesis",
    };
    let init = words.cold_init_s + slower_when_cold(&words.duration_s);
    let mut function =
        vec![("duration", text("1ms")), ("timeout", text("900s")), ("init", seconds(init))];
    if let Some(filtered) = &words.filtered_records {
        let shares = filtered.offsets_from_start_share_of_duration.iter();
        let at = shares.map(|share| Value::String(format!("{}%", share * 100.0))).collect();
        let filtered = Value::Boolean(true);
        let writes =
            vec![("at", Value::Array(at)), ("record_size", size()), ("filtered", filtered)];
        function.push(("writes_back", table(writes)));
    }
    let mapping = config.mapping.iter();
    let mut mapping: Vec<(&str, Value)> =
        mapping.filter_map(|(key, json)| Some((key.as_str(), as_toml(json)?))).collect();
    if words.enhanced_fan_out && !config.mapping.contains_key("EventSourceArn") {
        mapping.push(("EventSourceArn", text(CONSUMER)));
    }
    let shards = Value::Integer(words.shards.into());
    let root = as_table(vec![
        ("name", text("a measured run")),
        ("start", text("2026-01-01T00:00:00Z")),
        ("duration", text("1h")),
        ("stream", table(vec![("kind", text(kind)), ("shards", shards)])),
        ("traffic", Value::Array(traffic)),
        ("mapping", table(mapping)),
        ("function", table(function)),
        ("model", table(vec![("profile", text("measured")), ("enable_delay", seconds(0.0))])),
    ]);
    root.to_string()
}

fn as_table(entries: Vec<(&str, Value)>) -> Table {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// JSON as TOML; null is left out.
fn as_toml(json: &serde_json::Value) -> Option<Value> {
    // A serializer would refuse null inside of lists, which no parameter has.
    Value::try_from(json).ok()
}

/// How much longer the first invocation of an environment takes, in seconds.
fn slower_when_cold(duration: &HandlerDuration) -> f64 {
    match duration {
        HandlerDuration::Seconds(_) => 0.0,
        HandlerDuration::Statistics(statistics) => {
            let mean = statistics.mean.unwrap_or(0.0);
            statistics.first_cold.map_or(0.0, |first| (first - mean).max(0.0))
        }
    }
}

fn duration(given: &HandlerDuration) -> FunctionDuration {
    let (mean, _) = given.seconds();
    let mean = mean.unwrap_or(0.0);
    let extremes = match given {
        HandlerDuration::Seconds(_) => None,
        HandlerDuration::Statistics(statistics) => statistics.min.zip(statistics.max),
    };
    FunctionDuration {
        base: Duration::from_secs_f64(mean),
        per_record: Duration::ZERO,
        per_kb: Duration::ZERO,
        variation: extremes.map_or(Variation::None, |(min, max)| between(min, mean, max)),
    }
}

/// A share of `(max - mean) / (max - min)` between min and mean, the rest between mean and max.
fn between(min: f64, mean: f64, max: f64) -> Variation {
    let is_spread = 0.0 < min && min < mean && mean < max;
    let share = Probability::new((max - mean) / (max - min));
    match share {
        Some(share) if is_spread => {
            let ends = [Probability::ZERO, Probability::ONE];
            let points = [(ends[0], min / mean), (share, 1.0), (ends[1], max / mean)];
            Variation::Empirical { points: points.to_vec().into() }
        }
        Some(_) | None => Variation::None,
    }
}

/// The changes of the duration, as faults that make the handler slower or faster.
fn changes(duration: &HandlerDuration, writer_starts: Instant) -> Vec<Fault> {
    let HandlerDuration::Statistics(statistics) = duration else {
        return Vec::new();
    };
    let (base, _) = duration.seconds();
    let base = base.filter(|base| *base > 0.0);
    let at = |seconds: f64| writer_starts + Duration::from_secs_f64(seconds.max(0.0));
    let nexts = statistics.schedule.iter().skip(1).map(|next| Some(next.at_s)).chain([None]);
    let steps = statistics.schedule.iter().zip(nexts);
    steps
        .filter_map(|(change, next)| {
            let to = change.to_s.or(next);
            Some(Fault {
                kind: FaultKind::Slow(change.mean / base?),
                from: at(change.at_s),
                to: to.map_or(Instant::FAR_FUTURE, at),
            })
        })
        .collect()
}
