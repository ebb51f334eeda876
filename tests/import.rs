//! Files of the AWS world against their known readings, and broken copies of them.

#[path = "support/broken_copies.rs"]
mod broken_copies;

use std::path::Path;

use broken_copies::{broken_copies, truncated};

use shardlag::import::folder::check_folder;
use shardlag::import::mapping::Origin;
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

/// The files of the real configurations, with what is read from them.
fn configurations() -> Vec<(SourceFile, Imported)> {
    let entries = std::fs::read_dir(folder("configs")).expect("the folder can be read");
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    let is_file = |path: &std::path::PathBuf| {
        let name = path.display().to_string();
        !name.ends_with(".expect.json") && !name.ends_with(".md")
    };
    let read = |path: &std::path::PathBuf| {
        let source = SourceFile::read(path).expect("it can be read");
        let whole = import(std::slice::from_ref(&source), &ImportOptions::default());
        (source, whole.expect("it can be imported"))
    };
    paths.iter().filter(|path| is_file(path)).map(read).collect()
}

#[test]
fn a_copy_with_a_deleted_wrong_doubled_or_unresolvable_value_is_told() {
    let mut tried = 0;
    let mut unnoticed = Vec::new();
    for (source, whole) in configurations() {
        for (what, text) in broken_copies(&source.name, &source.text, &NAMES) {
            let copy = SourceFile { text, ..source.clone() };
            tried += 1;
            if let Ok(imported) = import(&[copy], &ImportOptions::default())
                && !imported.has_errors()
                && texts(&imported).iter().all(|text| texts(&whole).contains(text))
            {
                unnoticed.push(format!("{}: {what}", source.name));
            }
        }
    }
    assert!(unnoticed.is_empty(), "unnoticed:\n{}", unnoticed.join("\n"));
    assert!(tried > 200, "only {tried} broken copies were tried");
}

/// A file that was cut off between two lines can be a whole file of YAML: what it says is then
/// what the whole file says, and what it lacks is a default and marked as one. Other languages
/// have an end.
#[test]
fn a_copy_that_is_cut_off_has_no_value_that_the_whole_file_does_not_have() {
    let mut tried = 0;
    for (source, whole) in configurations() {
        for (what, text) in truncated(&source.text) {
            tried += 1;
            let copy = SourceFile { text, ..source.clone() };
            let Ok(imported) = import(&[copy], &ImportOptions::default()) else { continue };
            for mapping in &imported.mappings {
                let of_whole = whole.mappings.iter().find(|known| known.id == mapping.id);
                for setting in &mapping.settings {
                    let is_of_file = matches!(setting.origin, Origin::File(_));
                    let known = of_whole.and_then(|known| known.setting(setting.name));
                    let same = known.is_some_and(|known| known.value == setting.value);
                    let about = format!("{}: {what}: {}", source.name, setting.name);
                    assert!(!is_of_file || same || imported.has_errors(), "{about}");
                    let is_yaml = source.name.ends_with("ml");
                    let is_told = imported.has_errors() || told(&imported) > told(&whole);
                    assert!(is_of_file || same || is_yaml || is_told, "{about}");
                }
            }
        }
    }
    assert!(tried > 300, "only {tried} copies were cut off");
}

/// What is said of unresolved values and of problems, without lines, which a copy may move.
fn texts(imported: &Imported) -> Vec<String> {
    let unresolved = imported.mappings.iter().flat_map(|mapping| &mapping.unresolved);
    let unresolved = unresolved.map(|one| format!("{}: {}", one.setting, one.why));
    unresolved.chain(imported.problems.iter().map(|problem| problem.message.clone())).collect()
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

#[test]
fn a_mapping_with_enhanced_fan_out_is_simulated_so() {
    let mut seen = 0;
    for folder in [folder("configs"), folder("formats")] {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            let source = SourceFile::read(&path).expect("it can be read");
            let Ok(imported) = import(&[source], &ImportOptions::default()) else { continue };
            for mapping in &imported.mappings {
                let name = path.display().to_string();
                let text = scenario_text(&imported, mapping).text;
                let source = Source { name: name.clone(), text, folder: folder.clone() };
                let Ok(scenario) = load(&source, &[]) else { continue };
                let is_simulated = scenario.base().settings.mapping.enhanced_fan_out;
                assert_eq!(is_simulated, mapping.enhanced_fan_out, "{name}\n{}", source.text);
                seen += usize::from(is_simulated);
            }
        }
    }
    assert!(seen > 0, "no file with enhanced fan-out was tried");
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

/// Of all characters that a text of JSON may hold, TOML refuses one in quotes: U+007F.
#[test]
fn settings_with_strange_characters_are_written_as_toml() {
    let strange = "a\u{7f}\"\\\t'b";
    let document = serde_json::json!({
        "EventSourceArn": "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s",
        "FunctionName": strange,
        "StartingPosition": strange,
        "FunctionResponseTypes": ["ReportBatchItemFailures", strange],
    });
    let source = SourceFile { name: "mapping.json".to_owned(), text: document.to_string() };
    let imported = import(&[source], &ImportOptions::default()).expect("it is a mapping");
    let text = scenario_text(&imported, &imported.mappings[0]).text;
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mapping = &table["mapping"];
    assert_eq!(mapping["StartingPosition"].as_str(), Some(strange));
    assert_eq!(mapping["FunctionResponseTypes"][1].as_str(), Some(strange));
}
