//! From a document, overlays applied, to the settings of one variant.

use super::Variant;
use super::behaviour::Numbering;
use super::concurrency::concurrency;
use super::destination::failing_deliveries;
use super::document::Node;
use super::faults::FaultContext;
use super::function::function;
use super::general::{OF_THE_WHOLE, horizon, start};
use super::knobs::ModelSection;
use super::mapping::mapping;
use super::prices::{Prices, prices};
use super::reader::{Field, Reading, TableReader};
use super::schedule::{MappingContext, schedule};
use super::starting_position::Start;
use super::stream::StreamSection;
use super::traffic::{TrafficContext, traffic};
use super::write_load::add_splits;
use crate::model::settings::{Horizon, Mapping, ScheduledMapping, Settings, StreamKind};
use crate::units::Duration;

const SECONDS_PER_DAY: u64 = 86_400;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// One setting with the value in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedSetting {
    /// Group, for example `mapping`.
    pub group: String,
    /// Key, for example `BatchSize`.
    pub key: String,
    /// Value as the scenario file would write it.
    pub value: String,
    /// It was not given and is the default.
    pub is_default: bool,
}

/// Resolves a document; `None`: the reasons are in `cx`.
pub(super) fn resolve(root: &Node, name: &str, cx: &mut Reading) -> Option<Variant> {
    cx.resolved.clear();
    let root = Field::of(root, "");
    let mut table = root.table("", cx)?;
    table.accept_unnamed("$schema");
    table.accept("consumer", cx);
    OF_THE_WHOLE.iter().for_each(|key| table.accept(key, cx));
    let horizon = horizon(&mut table, cx);
    let start_unix_nanos = start(&mut table, cx);
    let sections = Sections::read(&mut table, cx);
    table.finish(cx);

    let stream = sections.table(&sections.stream, "stream", cx);
    let stream = stream.map(|table| StreamSection::read(table, cx));
    let shards = stream.as_ref().and_then(StreamSection::open_times);
    let kind = stream.as_ref().and_then(|stream| stream.kind);
    let context = TrafficContext {
        root_place: sections.root_place,
        shards: shards.as_ref(),
        kind,
        start_of_day: start_of_day(start_unix_nanos.unwrap_or(0)),
        must_end: matches!(horizon, Some(Horizon::Drained { .. })),
    };
    let traffic = traffic(sections.traffic.clone(), &context, cx);
    // Without a kind its defaults are unknown, but everything else can still be checked.
    let assumed_kind = kind.unwrap_or(StreamKind::DynamoDb);
    let start = Start { kind: assumed_kind, unix_nanos: start_unix_nanos.unwrap_or(0) };
    let model = sections.table(&sections.model, "model", cx);
    let model = model.map(|table| ModelSection::begin(table, cx));
    let profile = model.as_ref().map(|model| model.profile);
    let mappings = sections.mapping(&start, profile, cx);
    let function = sections.table(&sections.function, "function", cx).and_then(|table| {
        let numbering = Numbering::of(traffic.as_deref());
        function(table, &FaultContext { shards: shards.as_ref() }, &numbering, cx)
    });
    let concurrency = sections
        .table(&sections.concurrency, "concurrency", cx)
        .and_then(|table| concurrency(table, cx));
    let is_pushed = mappings.as_ref().is_some_and(|(mapping, _)| mapping.enhanced_fan_out);
    let knobs = model.and_then(|model| model.knobs(assumed_kind, is_pushed, cx));
    let prices = sections.prices(cx);
    let (mapping, schedule) = mappings.unzip();
    let limit = stream.as_ref().and_then(StreamSection::split_above);
    let mut settings = Settings {
        start_unix_nanos: start_unix_nanos?,
        horizon: horizon?,
        stream: stream?.stream()?,
        traffic: traffic?,
        mapping: mapping?,
        schedule: schedule?,
        function: function?,
        concurrency: concurrency?,
        knobs: knobs?,
    };
    kind?;
    let split = limit.map_or(Ok(()), |limit| add_splits(&mut settings, limit, cx.seed));
    if let Err(message) = split {
        cx.problems.error(sections.root_place, "stream.split_above", message);
        return None;
    }
    Some(Variant {
        name: name.to_owned(),
        run: 0,
        is_consumer: false,
        settings,
        resolved: in_groups(std::mem::take(&mut cx.resolved)),
        prices: prices?,
        asked: Vec::new(),
    })
}

/// The tables of a document, not yet looked into.
struct Sections<'d> {
    root_place: super::document::Place,
    stream: Option<Field<'d>>,
    traffic: Option<Field<'d>>,
    mapping: Option<Field<'d>>,
    function: Option<Field<'d>>,
    concurrency: Option<Field<'d>>,
    destination: Option<Field<'d>>,
    model: Option<Field<'d>>,
    prices: Option<Field<'d>>,
}

impl<'d> Sections<'d> {
    fn read(table: &mut TableReader<'d>, cx: &mut Reading) -> Sections<'d> {
        Sections {
            root_place: table.place(),
            stream: table.optional("stream", cx),
            traffic: table.optional("traffic", cx),
            mapping: table.optional("mapping", cx),
            function: table.optional("function", cx),
            concurrency: table.optional("concurrency", cx),
            destination: table.optional("destination", cx),
            model: table.optional("model", cx),
            prices: table.optional("prices", cx),
        }
    }

    /// A table of settings; one that is not in the file has its defaults.
    fn table<'f>(
        &'f self,
        field: &'f Option<Field<'d>>,
        name: &str,
        cx: &mut Reading,
    ) -> Option<TableReader<'f>> {
        match field {
            Some(field) => field.section(name, &format!("[{name}]"), cx),
            None => Some(TableReader::absent(name, Some(name), self.root_place)),
        }
    }

    fn mapping(
        &self,
        start: &Start,
        profile: Option<super::profiles::Profile>,
        cx: &mut Reading,
    ) -> Option<(Mapping, Vec<ScheduledMapping>)> {
        let destination = self.table(&self.destination, "destination", cx)?;
        let failing = failing_deliveries(destination, cx);
        let table = self.table(&self.mapping, "mapping", cx)?;
        let profile = profile?;
        let created = mapping(table, start, profile, failing.as_ref(), cx);
        let context = MappingContext { start, profile, failing: failing.as_ref() };
        let schedule = match &self.mapping {
            Some(field) if created.is_some() => schedule(field, &context, cx),
            Some(_) | None => Some(Vec::new()),
        };
        Some((created?, schedule?))
    }

    fn prices(&self, cx: &mut Reading) -> Option<Prices> {
        let table = self.table(&self.prices, "prices", cx)?;
        prices(table, cx)
    }
}

fn start_of_day(unix_nanos: u64) -> Duration {
    Duration::from_nanos(unix_nanos % (SECONDS_PER_DAY * NANOS_PER_SECOND))
}

/// Settings of one group side by side, groups in the order of their first setting.
fn in_groups(settings: Vec<ResolvedSetting>) -> Vec<ResolvedSetting> {
    let mut groups: Vec<String> = Vec::new();
    for setting in &settings {
        if !groups.contains(&setting.group) {
            groups.push(setting.group.clone());
        }
    }
    let mut sorted = settings;
    sorted.sort_by_key(|setting| groups.iter().position(|group| *group == setting.group));
    sorted
}
