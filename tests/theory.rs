//! The model against exact queueing theory, enumeration and measurements, and the statistics code
//! against known answers.
//!
//! By default every item that is run once, and of the others the cheapest configs of every group.
//! `SHARDLAG_THEORY=all cargo test --release --test theory` runs all of them (minutes);
//! `SHARDLAG_THEORY_FILE=path` takes the items from another file of the same schema, and
//! `SHARDLAG_THEORY_SEED=n` other random numbers.

use std::collections::BTreeMap;

use shardlag::experiment::validation::{
    Item, ItemResult, Options, STATISTICS, Status, THEORY, parse, run_items, short,
};

fn theory() -> Vec<Item> {
    let text = match std::env::var("SHARDLAG_THEORY_FILE") {
        Ok(path) => std::fs::read_to_string(&path).expect("the named file can be read"),
        Err(_) => THEORY.to_owned(),
    };
    parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn options() -> Options {
    let mut options = Options::default();
    if let Ok(seed) = std::env::var("SHARDLAG_THEORY_SEED") {
        options.seed = seed.parse().expect("a seed is a whole number");
    }
    options
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
    let items = if is_whole { items } else { short(&items) };
    assert!(is_whole || items.len() > 80, "{} items are a very short check", items.len());
    let results = run_items(&items, options());
    let failures = failures(&results);
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    let is_supported = |result: &ItemResult| result.status == Status::Passed;
    assert!(results.iter().all(is_supported), "some known answers are not supported");
}

/// Traces of 60 settings drawn at random, computed by a plain program that was written from the
/// description of poll models, windows, ages and failures alone and looks at one record after the
/// other (`tests/data/poll_traces.json`).
#[test]
fn every_poll_model_gives_the_traces_of_its_description() {
    let items = parse(include_str!("data/poll_traces.json")).unwrap_or_else(|e| panic!("{e}"));
    let results = run_items(&items, Options::default());
    let failures = failures(&results);
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(results.len(), 120);
}

#[test]
fn the_statistics_code_agrees_with_the_known_answers() {
    let items = parse(STATISTICS).unwrap_or_else(|error| panic!("{error}"));
    let results = run_items(&items, Options::default());
    let failures = failures(&results);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    for result in &results {
        let is_of_another_generator = result.kind.starts_with("mrg32k3a");
        let expected = match is_of_another_generator {
            true => Status::Unsupported,
            false => Status::Passed,
        };
        assert_eq!(result.status, expected, "{}: {}", result.id, result.detail);
    }
    assert!(results.len() >= 7, "{} known answers", results.len());
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
