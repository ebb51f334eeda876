//! A file of arrivals or of CloudWatch metrics; the first byte says how it is used.
//!
//! What is accepted is run for a while. Left out: other columns than these.

use std::path::Path;
use std::slice::from_ref;

use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::{RunOptions, run};
use shardlag::import::SourceFile;
use shardlag::import::metrics::{Part, import_metrics};
use shardlag::scenario::{Diagnostics, Files, Source, load, load_with_files};

use super::kind_and_text;
use super::scenario::nowhere;

/// Ways of a scenario to name a file of arrivals.
const TRACES: [&str; 6] = [
    "file = 'fuzzed.csv', times = 1",
    "file = 'fuzzed.csv', times = 'time'",
    "file = 'fuzzed.csv', counts = 2, period = '1m'",
    "file = 'fuzzed.csv', counts = 'count', period = '10s', spread = 'even'",
    "file = 'fuzzed.csv', metric = 'IncomingRecords', spread = 'at_start'",
    "file = 'fuzzed.json'",
];
/// Parts that metrics can be taken for.
const PARTS: [Part; 4] = [Part::Traffic, Part::Duration, Part::Faults, Part::Overlay];
/// A run is cut off after so many events.
const EVENTS_MAX: u64 = 3_000;
/// A run that would write more records does not begin.
const RECORDS_MAX: u64 = 100_000;

/// Reads a file of arrivals or of metrics.
pub fn try_bytes(bytes: &[u8]) {
    let Some((kind, text)) = kind_and_text(bytes, TRACES.len() + 1 + PARTS.len()) else { return };
    if let Some(trace) = TRACES.get(kind) {
        return scenario_with(&format!("{{ trace = {{ {trace} }} }}"), "", text);
    }
    match kind - TRACES.len() {
        0 => scenario_with("{ constant = { rate = '1/s' } }", MEASURED, text),
        part => metrics(&PARTS[part - 1..part], text),
    }
}

/// A measured age beside the simulated one.
const MEASURED: &str = "measured_age = [{ file = 'fuzzed.json' }]\n";

/// Reads and runs a scenario that names a file of this text.
fn scenario_with(arrivals: &str, lines: &str, text: &str) {
    let scenario = format!(
        "duration = '1h'\nreplications = 1\nstream = {{ kind = 'kinesis', shards = 2 }}\n\
         traffic = [{{ arrivals = {arrivals} }}]\n{lines}\
         mapping = {{ StartingPosition = 'TRIM_HORIZON' }}\nfunction = {{ duration = '40ms' }}\n"
    );
    let names = ["fuzzed.csv", "fuzzed.json"];
    let mut files = Files::of(names.map(|name| (name.to_owned(), text.into())));
    let source = Source { folder: nowhere(), ..Source::of_text(&scenario) };
    match load_with_files(&source, &[], &mut files) {
        Ok(scenario) => {
            let (events, records) = (EVENTS_MAX, RECORDS_MAX);
            let limits = ReplicationLimits { events, records, ..ReplicationLimits::default() };
            let options = RunOptions { threads: Some(1), limits, ..RunOptions::default() };
            // Reaching the limit is an answer.
            let _ = run(&scenario, &options, &|_| ());
        }
        Err(Diagnostics(errors)) => assert!(!errors.is_empty(), "refused without a reason"),
    }
}

fn metrics(parts: &[Part], text: &str) {
    let file = SourceFile { name: "fuzzed.json".to_owned(), text: text.to_owned() };
    let base = SourceFile { name: "fragment".to_owned(), text: String::new() };
    for metric in [None, Some("IncomingRecords")] {
        let Ok(made) = import_metrics(from_ref(&file), parts, metric, &base, Path::new("")) else {
            continue;
        };
        let source = Source { folder: nowhere(), ..Source::of_text(&made.text) };
        // It is a part of a scenario, whose form is right.
        if let Err(Diagnostics(errors)) = load(&source, &[]) {
            let broken = errors.iter().find(|error| error.message.starts_with("not TOML"));
            assert!(broken.is_none(), "{broken:?} in\n{}", made.text);
        }
    }
}
