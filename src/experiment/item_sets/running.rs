//! Runs sets of items, and tells what became of them in one form for all kinds.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::ItemSet;
use super::group::GroupName;
use crate::experiment::delivery::{self, Case, Rendering, Verdict};
use crate::experiment::validation::{self, Item, ItemResult, Status};
use crate::experiment::{Progress, RunError};
use crate::results::{Estimate, ItemCheck, ItemStatus, ValidatedItem, Validation, ValidationGroup};

/// How items are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidationOptions {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Threads; `None`: one per core.
    pub threads: Option<usize>,
    /// Costly items are left out.
    pub is_short: bool,
}

impl Default for ValidationOptions {
    /// Seed 1, one thread per core, everything.
    fn default() -> ValidationOptions {
        ValidationOptions { seed: 1, threads: None, is_short: false }
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
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| RunError::Threads { threads, reason: error.to_string() })?;
    let sets: Vec<ItemSet> = sets.iter().map(|set| affordable(set, options)).collect();
    let planned = sets.iter().map(work).sum();
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

/// The items that are run: all, or in a short check the cheap ones.
fn affordable(set: &ItemSet, options: &ValidationOptions) -> ItemSet {
    match set {
        ItemSet::Known(items) if options.is_short => ItemSet::Known(validation::short(items)),
        ItemSet::Known(_) | ItemSet::Delivery(_) => set.clone(),
    }
}

/// About how many records the items take.
fn work(set: &ItemSet) -> u64 {
    match set {
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
        band: None,
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
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::super::read;
    use super::*;

    fn validated(text: &str) -> (Validation, Vec<Progress>) {
        let sets = [read(text).expect("the items are right")];
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
