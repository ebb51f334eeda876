//! Runs sets of items, and tells what became of them in one form for all kinds.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::ItemSet;
use super::group::GroupName;
use crate::experiment::delivery::{self, Case, Rendering, Verdict};
use crate::experiment::measurement::{self, Expectation, QuantityResult};
use crate::experiment::validation::{self, Item, ItemResult, Status, Tolerance};
use crate::experiment::{Progress, RunError};
use crate::results::{
    Calibration, Estimate, ItemCheck, ItemStatus, ValidatedItem, Validation, ValidationGroup,
};
use crate::scenario::Override;

/// How items are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationOptions {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Threads; `None`: one per core.
    pub threads: Option<usize>,
    /// Costly items are left out, and measured runs are simulated less often.
    pub is_short: bool,
    /// Knobs that differ from profile `measured` for measured runs.
    pub overrides: Vec<Override>,
}

/// Simulations of every measured run.
const RUNS: u32 = 8;
/// The same in a short check.
const RUNS_IN_SHORT: u32 = 2;

impl Default for ValidationOptions {
    /// Seed 1, one thread per core, everything.
    fn default() -> ValidationOptions {
        ValidationOptions { seed: 1, threads: None, is_short: false, overrides: Vec::new() }
    }
}

/// Work of a delivery case, in records.
const WORK_PER_CASE: u64 = 100;

/// Runs all items; `progress` is told now and then, from any thread, how far that is.
///
/// # Errors
/// When the threads cannot be started.
pub fn validate(
    sets: &[ItemSet],
    options: &ValidationOptions,
    rendering: &Rendering<'_>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Validation, RunError> {
    let pool = pool(options)?;
    let sets: Vec<ItemSet> = sets.iter().map(|set| affordable(set, options)).collect();
    let of_measured = measured_options(options);
    let planned = sets.iter().map(|set| work(set, &of_measured)).sum();
    let done = AtomicU64::new(0);
    let listener = |work: u64| {
        let done = done.fetch_add(work, Ordering::Relaxed) + work;
        progress(Progress { done, planned });
    };
    let mut groups: Vec<ValidationGroup> = Vec::new();
    for set in &sets {
        match set {
            ItemSet::Delivery(cases) => {
                for case in cases {
                    let item = checked_case(case, options.seed, rendering);
                    add(&mut groups, GroupName::delivery(), item);
                    listener(WORK_PER_CASE);
                }
            }
            ItemSet::Measured(items) => {
                let run = || measurement::run_items(items, &of_measured, &listener);
                for (item, result) in items.iter().zip(pool.install(run)) {
                    add(&mut groups, GroupName::measured(), measured(item, &result));
                }
            }
            ItemSet::Known(items) => {
                let options = validation::Options { seed: options.seed, repeats_misses: true };
                let run = || validation::run_items_with(items, options, &listener);
                for (item, result) in items.iter().zip(pool.install(run)) {
                    add(&mut groups, GroupName::of_known(item), known(item, result));
                }
            }
        }
    }
    Ok(Validation { seed: options.seed, is_short: options.is_short, groups })
}

/// Runs the measured runs among the sets with every change, all of the same knob.
///
/// # Errors
/// When the threads cannot be started.
pub fn calibrate(
    sets: &[ItemSet],
    options: &ValidationOptions,
    changes: &[Override],
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Calibration, RunError> {
    let pool = pool(options)?;
    let of_measured = measured_options(options);
    let items: Vec<measurement::Item> = sets.iter().flat_map(measured_items).cloned().collect();
    let planned = changes.len() as u64 * measurement::work(&items, &of_measured);
    let done = AtomicU64::new(0);
    let listener = |work: u64| {
        let done = done.fetch_add(work, Ordering::Relaxed) + work;
        progress(Progress { done, planned });
    };
    let run = || measurement::calibration::calibrate(&items, &of_measured, changes, &listener);
    Ok(pool.install(run))
}

/// The measured runs of a set.
pub fn measured_items(set: &ItemSet) -> &[measurement::Item] {
    match set {
        ItemSet::Measured(items) => items,
        ItemSet::Known(_) | ItemSet::Delivery(_) => &[],
    }
}

fn pool(options: &ValidationOptions) -> Result<rayon::ThreadPool, RunError> {
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| RunError::Threads { threads, reason: error.to_string() })
}

/// How measured runs are simulated.
fn measured_options(options: &ValidationOptions) -> measurement::Options {
    measurement::Options {
        seed: options.seed,
        runs: if options.is_short { RUNS_IN_SHORT } else { RUNS },
        overrides: options.overrides.clone(),
    }
}

/// The items that are run: all, or in a short check the cheap ones.
fn affordable(set: &ItemSet, options: &ValidationOptions) -> ItemSet {
    match set {
        ItemSet::Known(items) if options.is_short => ItemSet::Known(validation::short(items)),
        ItemSet::Known(_) | ItemSet::Delivery(_) | ItemSet::Measured(_) => set.clone(),
    }
}

/// About how many records the items take.
fn work(set: &ItemSet, of_measured: &measurement::Options) -> u64 {
    match set {
        ItemSet::Measured(items) => measurement::work(items, of_measured),
        ItemSet::Delivery(cases) => WORK_PER_CASE * cases.len() as u64,
        ItemSet::Known(items) => validation::work(items),
    }
}

/// Adds an item to its group, which is opened if it is the first.
fn add(groups: &mut Vec<ValidationGroup>, name: GroupName, item: ValidatedItem) {
    let is_same = |group: &&mut ValidationGroup| group.name == name.name && group.kind == name.kind;
    match groups.iter_mut().find(is_same) {
        Some(group) => group.items.push(item),
        None => groups.push(ValidationGroup {
            name: name.name,
            title: name.title.to_owned(),
            kind: name.kind,
            items: vec![item],
        }),
    }
}

fn checked_case(case: &Case, seed: u64, rendering: &Rendering<'_>) -> ValidatedItem {
    let result = delivery::check(case, seed, rendering);
    let (status, detail) = match result.verdict {
        Verdict::Passed => (ItemStatus::Passed, String::new()),
        Verdict::Failed(differing) => {
            let differing: Vec<String> = differing.iter().map(ToString::to_string).collect();
            (ItemStatus::Failed, differing.join("; "))
        }
        Verdict::Unsupported(reason) => (ItemStatus::Unsupported, reason),
    };
    let checks = result.comparisons.into_iter().map(|comparison| ItemCheck {
        what: comparison.what,
        during: None,
        expected: json_or_text(comparison.expected),
        unit: String::new(),
        allowed: String::new(),
        band: None,
        got: Some(json_or_text(comparison.got)),
        estimate: Estimate::ABSENT,
        agrees: comparison.agrees,
    });
    ValidatedItem {
        id: case.id.clone(),
        title: case.rules.join(", "),
        source: case.source.clone(),
        status,
        checks: checks.collect(),
        detail,
        analysis: String::new(),
    }
}

/// What a comparison shows: the JSON that it was, or a text.
fn json_or_text(shown: String) -> Value {
    serde_json::from_str(&shown).unwrap_or(Value::String(shown))
}

fn known(item: &Item, result: ItemResult) -> ValidatedItem {
    let json = |answer| serde_json::to_value(answer).expect("an answer is numbers and names");
    let status = match result.status {
        Status::Passed => ItemStatus::Passed,
        Status::Failed => ItemStatus::Failed,
        Status::Unsupported => ItemStatus::Unsupported,
    };
    let check = ItemCheck {
        what: result.kind,
        during: None,
        expected: json(result.expected),
        unit: item.unit.clone(),
        allowed: result.allowed,
        band: match item.tolerance {
            Tolerance::Range { low, high } => Some((low, high)),
            Tolerance::Abs { .. }
            | Tolerance::Rel { .. }
            | Tolerance::Tv { .. }
            | Tolerance::Ci { .. } => None,
        },
        got: result.got.map(json),
        estimate: result.estimate,
        agrees: status == ItemStatus::Passed,
    };
    ValidatedItem {
        id: result.id,
        title: item.title.clone(),
        source: item.method.clone(),
        status,
        checks: vec![check],
        detail: result.detail,
        analysis: String::new(),
    }
}

fn measured(item: &measurement::Item, result: &measurement::ItemResult) -> ValidatedItem {
    let checks = item.expectations.iter().zip(&result.quantities);
    let checks: Vec<ItemCheck> =
        checks.map(|(expected, found)| measured_check(expected, found)).collect();
    let status = match &result.unsupported {
        _ if checks.iter().any(|check| !check.agrees && check.got.is_some()) => ItemStatus::Failed,
        Some(_) => ItemStatus::Unsupported,
        None if checks.iter().all(|check| check.agrees) => ItemStatus::Passed,
        None => ItemStatus::Failed,
    };
    ValidatedItem {
        id: item.id.clone(),
        title: item.mechanism.join(", "),
        source: item.source.clone(),
        status,
        checks,
        detail: result.unsupported.clone().unwrap_or_default(),
        analysis: item.analysis.clone(),
    }
}

fn measured_check(expected: &Expectation, found: &QuantityResult) -> ItemCheck {
    ItemCheck {
        what: expected.name.clone(),
        during: expected.window,
        expected: Value::from(expected.value),
        unit: String::new(),
        allowed: format!("{} to {}", expected.low, expected.high),
        band: Some((expected.low, expected.high)),
        got: found.simulated.value.map(Value::from),
        estimate: found.simulated,
        agrees: found.is_inside,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::super::{captures_of_the_program, read};
    use super::*;

    fn validated(text: &str) -> (Validation, Vec<Progress>) {
        let sets = [read(text, &captures_of_the_program).expect("the items are right")];
        let record = |_: &crate::results::DestinationMessage| Value::Null;
        let number = |_, _, number: u64| number.to_string();
        let rendering = Rendering { invocation_record: &record, sequence_number: &number };
        let seen = Mutex::new(Vec::new());
        let progress = |progress| seen.lock().expect("no listener panics").push(progress);
        let options = ValidationOptions::default();
        let validation = validate(&sets, &options, &rendering, &progress).expect("it runs");
        (validation, seen.into_inner().expect("no listener panics"))
    }

    #[test]
    fn what_differs_and_what_agrees_is_kept() {
        let (validation, progress) = validated(
            &r#"{"id": "c", "rules": ["S3.1"], "stream": {"kind": "kinesis"},
            "records": [{}, {}, {}],
            "mapping": {"StartingPosition": "TRIM_HORIZON", "BatchSize": 2},
            "expect": {"deliveries": [[1, 2], [3]], "filtered": [1]}}"#
                .replace('\n', " "),
        );
        let group = &validation.groups[0];
        assert_eq!((group.name.as_str(), group.count(ItemStatus::Failed)), ("delivery", 1));
        let checks = &group.items[0].checks;
        let agree: Vec<(&str, bool)> =
            checks.iter().map(|check| (check.what.as_str(), check.agrees)).collect();
        assert_eq!(agree, [("deliveries", true), ("filtered", false)]);
        assert_eq!(checks[0].got, Some(json!([[1, 2], [3]])));
        assert_eq!(progress, [Progress { done: WORK_PER_CASE, planned: WORK_PER_CASE }]);
    }

    #[test]
    fn a_known_answer_keeps_its_interval_and_what_would_do() {
        let (validation, progress) = validated(
            r#"{"schema": "theory/1", "items": [{"id": "i", "group": "b", "title": "light load",
            "config": {"batch_size": 1, "arrivals": {"poisson": {"rate": 1}},
            "duration": {"exponential":
            {"mean_s": 0.5}}, "run": {"kind": "steady", "replications": 6, "records": 4000,
            "warmup_fraction": 0.1}}, "metric": "iterator_age.mean", "value": 1.0, "unit": "s",
            "tolerance": {"kind": "ci", "confidence": 0.999, "slack_rel": 0.001,
            "max_rel_halfwidth95": 0.2}}]}"#,
        );
        let item = &validation.groups[0].items[0];
        assert_eq!(item.status, ItemStatus::Passed, "{item:?}");
        let check = &item.checks[0];
        assert!(check.estimate.half_width().is_some_and(|width| width > 0.0), "{check:?}");
        assert!(check.allowed.starts_with("± "), "{check:?}");
        assert_eq!(progress.last().map(|progress| progress.done), Some(6 * 4001));
    }
}
