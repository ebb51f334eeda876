//! Runs that were measured on AWS, held against simulations of the same configuration.
//!
//! ```text
//! item --item, config--> configuration --arrivals, settings--> settings of the model
//!   settings --facts (several runs)--> quantities --judge--> inside its band or not
//! ```
//!
//! | file | does |
//! |---|---|
//! | [`item`], [`config`] | the words of a file of such runs |
//! | [`mod@arrivals`] | when records were written |
//! | [`mod@settings`], [`splits`] | a configuration as settings of the model |
//! | [`facts`] | runs it and keeps what the quantities need |
//! | [`quantity`], [`mod@estimate`] | what was measured, and the same of a run |
//! | [`calibration`] | how far all items are off, for choosing a knob |
//!
//! No item is special: nothing here knows an id. Keys are placed at random on shards and lanes, so
//! the mean of several runs is judged. What the words or the model do not have makes an item
//! *unsupported*, with the reason.
//!
//! # Calibration
//!
//! Three knobs of profile `measured` rest on these runs and on nothing else:
//!
//! ```text
//! shardlag validate --calibrate model.refill_below=2..12
//! shardlag validate --calibrate model.invoke_overhead=12ms,14ms,15ms,16ms,17ms,18ms,20ms
//! shardlag validate --calibrate model.idle_poll_interval=250ms,500ms
//! ```
//!
//! The residual is smallest at 5 and 6 (equal within noise; `automatic` is 5 for BatchSize 1), at
//! 16 to 17 ms, and at 500 ms. With the 20 ms of profile `aws` three more figures of handlers of
//! 53 ms leave their bands. The other knobs are as in profile `aws`.
//!
//! The runs in `measured.json` are of three sources: a proof of concept of an order pipeline with
//! its probe, raw captures of deliveries, and the logs of a writer and its handler (`captures/`);
//! each item names its own.

pub(crate) mod arrivals;
pub(crate) mod calibration;
pub(crate) mod config;
pub(crate) mod estimate;
pub(crate) mod facts;
pub(crate) mod item;
pub(crate) mod quantity;
pub(crate) mod settings;
pub(crate) mod splits;

use std::collections::BTreeMap;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use self::estimate::estimate;
pub use self::item::{Expectation, Item, ItemError, parse};
use self::settings::Plan;
use crate::analysis::t_interval;
use crate::results::Estimate;
use crate::scenario::Override;

/// Why runs of [`MEASURED`] do not agree, by their ids; prose for people.
const ANALYSES: &str = include_str!("analyses.json");

/// Runs measured on AWS.
pub const MEASURED: &str = include_str!("measured.json");

/// Captures that the runs of [`MEASURED`] name, by their paths there.
const CAPTURES: [(&str, &str); 3] = [
    ("triggerperf/run-a.csv", include_str!("captures/run-a.csv")),
    ("triggerperf/run-b.csv", include_str!("captures/run-b.csv")),
    ("triggerperf/run-c.csv", include_str!("captures/run-c.csv")),
];

/// A capture that is part of the program.
pub fn capture(path: &str) -> Option<&'static str> {
    CAPTURES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// What is known of why a run of the program does not agree; empty where nothing is.
pub fn analysis(id: &str) -> String {
    let analyses: BTreeMap<String, String> =
        serde_json::from_str(ANALYSES).expect("a test reads the analyses");
    analyses.get(id).cloned().unwrap_or_default()
}

/// How items are run.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Runs of every item, at least 1.
    pub runs: u32,
    /// Knobs that differ from profile `measured`.
    pub overrides: Vec<Override>,
}

impl Default for Options {
    /// Seed 1, eight runs, profile `measured`.
    fn default() -> Options {
        Options { seed: 1, runs: 8, overrides: Vec::new() }
    }
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemResult {
    /// One for every expectation of the item, in its order.
    pub quantities: Vec<QuantityResult>,
    /// Why nothing, or not everything, could be compared.
    pub unsupported: Option<String>,
}

/// A measured quantity with the same of the simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantityResult {
    /// Mean over the runs with its 95 % interval; absent where runs do not give it.
    pub simulated: Estimate,
    /// It lies in the band.
    pub is_inside: bool,
}

/// Records that running the items takes, as a measure of the work.
pub fn work(items: &[Item], options: &Options) -> u64 {
    items.iter().map(|item| u64::from(options.runs) * item.work()).sum()
}

/// Runs items, in parallel over runs; results in the order of the items. `listener` is told after
/// each run, from any thread, how much of the [`work`] it was.
pub fn run_items(
    items: &[Item],
    options: &Options,
    listener: &(dyn Fn(u64) + Sync),
) -> Vec<ItemResult> {
    let plans: Vec<Result<Plan, String>> =
        items.iter().map(|item| Plan::new(item, &options.overrides)).collect();
    let tasks: Vec<(usize, u32)> =
        (0..items.len()).flat_map(|place| (0..options.runs).map(move |run| (place, run))).collect();
    let run = |&(place, run): &(usize, u32)| {
        let quantities = match &plans[place] {
            Ok(plan) => quantities(&items[place], plan, options, run),
            Err(reason) => Err(reason.clone()),
        };
        listener(items[place].work());
        quantities
    };
    let done: Vec<Result<Vec<Option<f64>>, String>> =
        tasks.par_iter().with_max_len(1).map(run).collect();
    let of_items = done.chunks(options.runs as usize);
    items.iter().zip(of_items).map(|(item, runs)| result(item, runs)).collect()
}

/// All quantities of one run of an item; or why there are none.
fn quantities(
    item: &Item,
    plan: &Plan,
    options: &Options,
    run: u32,
) -> Result<Vec<Option<f64>>, String> {
    let finished = plan.run(options, run)?;
    let mut gaps = 0;
    let of = |expectation: &Expectation| {
        let quantity = expectation.quantity.as_ref().ok()?;
        let nth = gaps;
        gaps += usize::from(quantity.is_gap());
        estimate(&finished, *quantity, expectation.window, nth)
    };
    Ok(item.expectations.iter().map(of).collect())
}

fn result(item: &Item, runs: &[Result<Vec<Option<f64>>, String>]) -> ItemResult {
    let reason = runs.iter().find_map(|run| run.as_ref().err());
    let unknown = item.expectations.iter().find_map(|expected| expected.quantity.as_ref().err());
    let quantity = |(place, expected): (usize, &Expectation)| {
        let of_run = |run: &Result<Vec<Option<f64>>, String>| run.as_ref().ok()?[place];
        let values: Vec<f64> = runs.iter().filter_map(of_run).collect();
        let simulated = match values.len() == runs.len() {
            true => t_interval(&values, 0.95),
            false => Estimate::ABSENT,
        };
        let is_inside = |value| expected.low <= value && value <= expected.high;
        QuantityResult { simulated, is_inside: simulated.value.is_some_and(is_inside) }
    };
    ItemResult {
        quantities: item.expectations.iter().enumerate().map(quantity).collect(),
        unsupported: reason.or(unknown).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten records, one each second, and a handler of two seconds: every record waits a second
    /// longer than the one before.
    const ITEMS: &str = r#"{"items": [{"id": "overload", "config": {"kind": "dynamodb",
        "shards": 1, "duration_s": 2, "arrivals": [{"process": "even", "from_s": 0, "to_s": 10,
        "rate_per_s": 1}], "keys": "one", "record_bytes": 100, "run_until": "empty",
        "BatchSize": 1, "StartingPosition": "LATEST"}, "expect": [
        {"quantity": "recovery_s", "value": 10.5, "lo": 10, "hi": 11},
        {"quantity": "processed_records", "window_s": [0, 30], "value": 10, "lo": 10, "hi": 10},
        {"quantity": "iterator_age_max_s", "value": 9.5, "lo": 9, "hi": 10.5},
        {"quantity": "concurrency_max", "window_s": [0, 30], "value": 1, "lo": 1, "hi": 1}]}]}"#;

    fn run(text: &str) -> ItemResult {
        let items = parse(text, &|path| Err(path.to_owned())).expect("the items are right");
        run_items(&items, &Options::default(), &|_| ()).remove(0)
    }

    #[test]
    fn an_overload_is_as_arithmetic_says() {
        let result = run(ITEMS);
        assert_eq!(result.unsupported, None);
        assert!(result.quantities.iter().all(|quantity| quantity.is_inside), "{result:?}");
    }

    #[test]
    fn a_figure_outside_of_its_band_is_noticed() {
        let result =
            run(&ITEMS.replace("\"value\": 9.5, \"lo\": 9,", "\"value\": 10, \"lo\": 10,"));
        let inside: Vec<bool> = result.quantities.iter().map(|found| found.is_inside).collect();
        assert_eq!(inside, [true, true, false, true], "{result:?}");
    }

    #[test]
    fn a_handler_that_becomes_faster_recovers_sooner() {
        let schedule = r#""duration_s": {"mean": 2, "schedule": [{"at_s": 10, "mean": 0.5}]}"#;
        let result = run(&ITEMS.replace("\"duration_s\": 2", schedule));
        let recovery = result.quantities[0].simulated.value.expect("it recovers");
        assert!((2.5..5.0).contains(&recovery), "{recovery}");
    }

    #[test]
    fn what_cannot_be_run_has_its_reason() {
        let cases = [
            (r#""shards": 1"#, r#""shards": 0"#, "stream.shards"),
            (r#""BatchSize": 1"#, r#""BatchSise": 1"#, "BatchSise"),
            (r#""duration_s": 2"#, r#""duration_s": 2, "enhanced_fan_out": true"#, "S1.6"),
            (r#""shards": 1"#, r#""shards": 1, "splits": [{"at_s": 5, "shards": 0}]"#, "`splits`"),
            (r#""duration_s": 2"#, r#""duration_s": {"min": 1}"#, "no `mean`"),
            ("recovery_s", "recovery", "no quantity `recovery`"),
        ];
        for (from, to, expected) in cases {
            let reason = run(&ITEMS.replace(from, to)).unsupported.expect(expected);
            assert!(reason.contains(expected), "{reason} should say {expected}");
        }
    }

    #[test]
    fn every_analysis_belongs_to_a_run_of_the_program() {
        let analyses: BTreeMap<String, String> =
            serde_json::from_str(ANALYSES).expect("it is an object of texts");
        for (id, analysis) in &analyses {
            assert!(MEASURED.contains(&format!("\"id\": \"{id}\"")), "{id}");
            assert!(analysis.ends_with('.'), "{id}: {analysis}");
        }
    }

    #[test]
    fn the_runs_of_the_program_can_be_run_or_say_why_not() {
        let captures = |path: &str| capture(path).map(str::to_owned).ok_or(path.to_owned());
        let items = parse(MEASURED, &captures).unwrap_or_else(|error| panic!("{error}"));
        let options = Options { runs: 1, ..Options::default() };
        for (item, result) in items.iter().zip(run_items(&items, &options, &|_| ())) {
            let is_absent = |found: &QuantityResult| {
                found.simulated.value.is_none() && result.unsupported.is_none()
            };
            assert!(!result.quantities.iter().any(is_absent), "{}: {result:?}", item.id);
        }
    }
}
