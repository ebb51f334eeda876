//! Files of the AWS world against their known readings, and broken copies of them.

use std::path::Path;

use shardlag::import::folder::check_folder;
use shardlag::import::scenario_text::scenario_text;
use shardlag::import::{ImportOptions, Imported, SourceFile, import};
use shardlag::scenario::{Source, load};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name)
}

#[test]
fn every_real_configuration_is_read_as_stated() {
    assert_all_pass("configs", 20);
}

#[test]
fn what_the_formats_allow_is_read_as_stated() {
    assert_all_pass("formats", 8);
}

fn assert_all_pass(name: &str, at_least: usize) {
    let items = check_folder(&folder(name)).expect("the folder can be read");
    assert!(items.len() >= at_least, "only {} items", items.len());
    let failed: Vec<String> = items
        .iter()
        .filter(|item| !item.passed)
        .map(|item| format!("{}\n  {}\n  {}", item.id, item.detail.join("\n  "), item.got))
        .collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

/// Names of settings as the formats spell them.
const NAMES: [&str; 26] = [
    "EventSourceArn",
    "event_source_arn",
    "BatchSize",
    "StartingPosition",
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "TumblingWindowInSeconds",
    "BisectBatchOnFunctionError",
    "batch_size",
    "starting_position",
    "maximum_retry_attempts",
    "bisect_batch_on_function_error",
    "enabled",
    "batchSize",
    "batchWindow",
    "startingPosition",
    "maximumRetryAttempts",
    "--batch-size",
    "--starting-position",
    "FunctionResponseTypes",
    "ShardCount",
    "Timeout",
    "timeout",
    "Enabled",
];

/// Every copy of a text in which one setting has a broken value, with what was done.
fn broken_values(text: &str) -> Vec<(String, String)> {
    let mut copies = Vec::new();
    for name in NAMES {
        for (at, _) in text.match_indices(name) {
            let behind = &text[at + name.len()..];
            let skipped = behind.len() - behind.trim_start_matches(['"', ':', '=', ' ']).len();
            let is_key = skipped > 0 && !text[..at].ends_with(|c: char| c.is_alphanumeric());
            let value = &behind[skipped..];
            let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
            let length = value.find(|c| !is_word(c)).unwrap_or(value.len());
            // A timestamp and an expression are other things than plain values.
            if !is_key || length == 0 || value.starts_with("var") || value.starts_with("${") {
                continue;
            }
            let start = at + name.len() + skipped;
            let copy = format!("{}x7x{}", &text[..start], &text[start + length..]);
            copies.push((format!("{name} {} -> x7x", &value[..length]), copy));
        }
    }
    copies
}

/// Every copy of a text in which the name of a setting lacks a letter.
fn misspelt(text: &str) -> Vec<(String, String)> {
    let mut copies = Vec::new();
    for name in NAMES.iter().filter(|name| name.len() > 7) {
        for (at, _) in text.match_indices(name) {
            let behind = &text[at + name.len()..];
            let is_key = behind.starts_with(['"', ':', ' ', '=']) && !behind.starts_with(" is ");
            if is_key && !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                let wrong = format!("{}{}", &name[..4], &name[5..]);
                copies.push((
                    format!("{name} -> {wrong}"),
                    format!("{}{wrong}{behind}", &text[..at]),
                ));
            }
        }
    }
    copies
}

#[test]
fn a_broken_copy_gives_an_error_or_an_unresolved_value_and_never_a_number() {
    let folder = folder("configs");
    let mut tried = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path.display().to_string();
        if name.ends_with(".expect.json") || name.ends_with(".md") {
            continue;
        }
        let source = SourceFile::read(&path).expect("it can be read");
        let whole = import(std::slice::from_ref(&source), &ImportOptions::default());
        let told_before = told(&whole.expect("it can be imported"));
        for (what, text) in broken_values(&source.text).into_iter().chain(misspelt(&source.text)) {
            let copy = SourceFile { text, ..source.clone() };
            tried += 1;
            if let Ok(imported) = import(&[copy], &ImportOptions::default()) {
                let is_told = imported.has_errors() || told(&imported) > told_before;
                assert!(is_told, "{name}: {what} goes unnoticed");
            }
        }
    }
    assert!(tried > 100, "only {tried} broken copies were tried");
}

/// Unresolved values and problems.
fn told(imported: &Imported) -> usize {
    let unresolved = imported.mappings.iter().map(|mapping| mapping.unresolved.len());
    unresolved.sum::<usize>() + imported.problems.len()
}

/// Files cut off or changed at random give an error or a reading, never a panic.
#[test]
fn no_text_makes_the_importer_panic() {
    let mut texts: Vec<(String, String)> = Vec::new();
    for folder in [folder("configs"), folder("formats")] {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            let source = SourceFile::read(&path).expect("it can be read");
            texts.push((source.name, source.text));
        }
    }
    let mut word: u64 = 7;
    let mut random = |below: usize| {
        word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (word >> 33) as usize % below.max(1)
    };
    let pieces = ["{", "}", "[", "]", ":", "\"", "${", "!Ref ", "\n", "&a ", "*a", "-", "é", "\t"];
    for (name, whole) in &texts {
        for _ in 0..40 {
            let mut text: Vec<char> = whole.chars().collect();
            text.truncate(text.len() - random(text.len() / 2));
            for _ in 0..random(4) {
                let at = random(text.len());
                let piece = pieces[random(pieces.len())];
                text.splice(at..(at + random(6)).min(text.len()), piece.chars());
            }
            let source = SourceFile { name: name.clone(), text: text.into_iter().collect() };
            if let Ok(imported) = import(&[source], &ImportOptions::default()) {
                for mapping in &imported.mappings {
                    scenario_text(&imported, mapping);
                }
            }
        }
    }
}

/// A scenario without unresolved values is valid; one with them is refused.
#[test]
fn a_scenario_is_valid_exactly_if_nothing_is_unresolved() {
    for folder in [folder("configs"), folder("formats")] {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            let name = path.display().to_string();
            if name.ends_with(".expect.json") || name.ends_with(".md") {
                continue;
            }
            let source = SourceFile::read(&path).expect("it can be read");
            let imported = import(&[source], &ImportOptions::default()).expect(&name);
            for mapping in &imported.mappings {
                let text = scenario_text(&imported, mapping).text;
                let is_whole = mapping.unresolved_needed().next().is_none();
                let source = Source { name: name.clone(), text, folder: folder.clone() };
                let loaded = load(&source, &[]);
                let is_expected = is_whole && !imported.has_errors();
                assert_eq!(
                    loaded.is_ok(),
                    is_expected,
                    "{name}: {:?}\n{}",
                    loaded.err(),
                    source.text
                );
            }
        }
    }
}
