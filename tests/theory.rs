//! The model against exact queueing theory, enumeration and measurements, and the statistics code
//! against known answers.
//!
//! By default every item that is run once, and of the others the cheapest configs of every group.
//! `SHARDLAG_THEORY=all cargo test --release --test theory` runs all of them (minutes);
//! `SHARDLAG_THEORY_FILE=path` takes the items from another file of the same schema.

use std::collections::{BTreeMap, BTreeSet};

use shardlag::experiment::validation::item::Question;
use shardlag::experiment::validation::{
    Item, ItemResult, Options, STATISTICS, Status, THEORY, expected_records, parse, run_items,
};

/// Configs of random items that are run by default, per group.
const SAMPLED_CONFIGS: usize = 1;
/// Records of an item, all replications together, that the default run affords.
const RECORDS_MAX: f64 = 2.5e6;

fn theory() -> Vec<Item> {
    let text = match std::env::var("SHARDLAG_THEORY_FILE") {
        Ok(path) => std::fs::read_to_string(&path).expect("the named file can be read"),
        Err(_) => THEORY.to_owned(),
    };
    parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// What can be run in a minute without optimisation.
fn sample(items: Vec<Item>) -> Vec<Item> {
    let mut costs: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let replications = |item: &Item| match &item.question {
        Question::Run { config, .. } => config.run.replications,
        Question::Procedure { .. } => 1,
    };
    for item in items.iter().filter(|item| replications(item) > 1) {
        costs.entry(item.group.clone()).or_default().insert(expected_records(item) as u64);
    }
    let is_sampled = |item: &Item| {
        let cost = expected_records(item);
        let cheapest = costs.get(&item.group).and_then(|all| all.iter().nth(SAMPLED_CONFIGS - 1));
        let is_cheap = cheapest.is_some_and(|&most| cost as u64 <= most);
        cost <= RECORDS_MAX && (replications(item) == 1 || is_cheap)
    };
    items.into_iter().filter(is_sampled).collect()
}

/// Prints what happened and returns what failed.
fn failures(results: &[ItemResult]) -> Vec<String> {
    let mut groups: BTreeMap<&str, BTreeMap<Status, usize>> = BTreeMap::new();
    for result in results {
        *groups.entry(&result.group).or_default().entry(result.status).or_default() += 1;
    }
    println!("{groups:?}");
    let text = |result: &ItemResult| {
        let got = result.got.as_ref().map_or("nothing".to_owned(), |got| got.to_string());
        format!(
            "{:?} {} {}: expected {}, got {got}; {}",
            result.status, result.id, result.kind, result.expected, result.detail
        )
    };
    for result in results.iter().filter(|result| result.status == Status::Unsupported) {
        println!("{}", text(result));
    }
    for result in results.iter().filter(|result| result.detail.contains("repeated")) {
        println!("{}", text(result));
    }
    let is_failed = |result: &&ItemResult| result.status == Status::Failed;
    results.iter().filter(is_failed).map(text).collect()
}

#[test]
fn the_model_agrees_with_the_known_answers() {
    let items = theory();
    let is_whole = std::env::var("SHARDLAG_THEORY").is_ok_and(|wanted| wanted == "all");
    let items = if is_whole { items } else { sample(items) };
    let results = run_items(&items, Options::default());
    let failures = failures(&results);
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    let is_supported = |result: &ItemResult| result.status == Status::Passed;
    assert!(results.iter().all(is_supported), "some known answers are not supported");
}

#[test]
fn the_statistics_code_agrees_with_the_known_answers() {
    let items = parse(STATISTICS).unwrap_or_else(|error| panic!("{error}"));
    let results = run_items(&items, Options::default());
    let failures = failures(&results);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let passed = results.iter().filter(|result| result.status == Status::Passed).count();
    assert_eq!(passed, 2, "t intervals and quantile intervals are there");
}

#[test]
fn the_same_items_give_the_same_results_whatever_runs_beside_them() {
    let items: Vec<Item> = theory().into_iter().filter(|item| item.group == "x").collect();
    let whole = run_items(&items, Options::default());
    let alone: Vec<ItemResult> = items
        .iter()
        .flat_map(|item| run_items(std::slice::from_ref(item), Options::default()))
        .collect();
    assert_eq!(whole, alone);
}

#[test]
fn a_wrong_answer_fails() {
    let text = THEORY.replace("\"value\": 239,", "\"value\": 240,");
    assert_ne!(text, THEORY, "the item that is made wrong is there");
    let items = parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let is_wrong = |item: &Item| item.kind() == "full_batches";
    let items: Vec<Item> = items.into_iter().filter(is_wrong).collect();
    let results = run_items(&items, Options::default());
    assert!(results.iter().any(|result| result.status == Status::Failed), "{results:?}");
}
