//! A folder of files with known readings, held against the importer.
//!
//! `NAME.expect.json` beside a file says what must be read from it:
//!
//! | key | must hold |
//! |---|---|
//! | `expect.mappings` | one for each mapping, in the order of the file |
//! | `.kind` | `dynamodb` or `kinesis` |
//! | `.settings` | these parameters, with exactly these values |
//! | `.on_failure`, `.enhanced_fan_out` | whether there is one |
//! | `.filters` | number of patterns |
//! | `.shards`, `.retention_hours`, `.timeout_s` | read from the same file |
//! | `.unresolved` | each is reported as unresolved |
//! | `expect.problems_mention` | for each entry, a problem whose text has all its words |
//!
//! What is not named is not checked. `shardlag validate --items DIR` shows the items with
//! `kind` `import`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::scenario_text::kind_name;
use super::{ImportOptions, Imported, ImportedMapping, Problem, SourceFile, import};

/// What a file was held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderItem {
    /// `id` of the expectation, else its name.
    pub id: String,
    /// Whether everything holds.
    pub passed: bool,
    /// What is expected, as compact JSON.
    pub expected: String,
    /// What was read, as compact JSON.
    pub got: String,
    /// What differs, one sentence each; empty where everything holds.
    pub detail: Vec<String>,
}

const ENDING: &str = ".expect.json";

/// Checks every `*.expect.json` of a folder, in order of names.
///
/// # Errors
/// When the folder cannot be read or has none.
pub fn check_folder(folder: &Path) -> Result<Vec<FolderItem>, Problem> {
    let name = folder.display().to_string();
    let unreadable = |error| Problem::of_file(&name, format!("cannot be read: {error}"));
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.to_string_lossy().ends_with(ENDING) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(Problem::of_file(&name, format!("holds no `*{ENDING}`")));
    }
    Ok(paths.iter().map(|path| check(path)).collect())
}

/// Checks one file against its expectation.
fn check(path: &Path) -> FolderItem {
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let stem = file_name.unwrap_or_default().trim_end_matches(ENDING).to_owned();
    let failed = |message: String| FolderItem {
        id: stem.clone(),
        passed: false,
        expected: String::new(),
        got: String::new(),
        detail: vec![message],
    };
    let document = SourceFile::read(path).map_err(|problem| problem.to_string()).and_then(|file| {
        serde_json::from_str::<Value>(&file.text).map_err(|error| format!("{path:?}: {error}"))
    });
    let document = match document {
        Ok(document) => document,
        Err(message) => return failed(message),
    };
    let Some(file) = document.get("file").and_then(Value::as_str) else {
        return failed("the expectation names no `file`".to_owned());
    };
    let source = match SourceFile::read(&path.with_file_name(file)) {
        Ok(source) => source,
        Err(problem) => return failed(problem.to_string()),
    };
    let expect = document.get("expect").cloned().unwrap_or_default();
    let result = import(&[source], &ImportOptions::default());
    let (mappings, problems): (&[ImportedMapping], &[Problem]) = match &result {
        Ok(imported) => (&imported.mappings, &imported.problems),
        Err(problems) => (&[], problems),
    };
    let mut detail = Vec::new();
    compare_mappings(&expect, mappings, &mut detail);
    compare_problems(&expect, result.as_ref().ok(), problems, &mut detail);
    FolderItem {
        id: document.get("id").and_then(Value::as_str).unwrap_or(&stem).to_owned(),
        passed: detail.is_empty(),
        expected: expect.to_string(),
        got: read_as_json(mappings, problems).to_string(),
        detail,
    }
}

fn compare_mappings(expect: &Value, found: &[ImportedMapping], detail: &mut Vec<String>) {
    let Some(expected) = expect.get("mappings").and_then(Value::as_array) else { return };
    if expected.len() != found.len() {
        detail.push(format!("{} mappings expected, {} found", expected.len(), found.len()));
    }
    for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
        let got = mapping_as_json(found);
        let mut differ = |what: &str, wanted: &Value, got: &Value| {
            if wanted != got {
                let message =
                    format!("mapping {}: {what}: {wanted} expected, {got} read", number + 1);
                detail.push(message);
            }
        };
        let keys = ["kind", "on_failure", "enhanced_fan_out", "filters", "shards"];
        for key in keys.into_iter().chain(["retention_hours", "timeout_s"]) {
            if let Some(wanted) = expected.get(key) {
                differ(key, wanted, &got[key]);
            }
        }
        let settings = expected.get("settings").and_then(Value::as_object);
        for (name, wanted) in settings.into_iter().flatten() {
            differ(name, wanted, &got["settings"][name]);
        }
        let unresolved = expected.get("unresolved").and_then(Value::as_array);
        for name in unresolved.into_iter().flatten() {
            let is_listed = got["unresolved"].as_array().is_some_and(|list| list.contains(name));
            if !is_listed {
                detail.push(format!("mapping {}: {name} is not reported unresolved", number + 1));
            }
        }
    }
}

/// Errors, warnings and reasons of unresolved values all count as problems that are reported.
fn compare_problems(
    expect: &Value,
    imported: Option<&Imported>,
    problems: &[Problem],
    detail: &mut Vec<String>,
) {
    let mut texts: Vec<String> = problems.iter().map(|p| p.to_string().to_lowercase()).collect();
    for mapping in imported.iter().flat_map(|imported| &imported.mappings) {
        let unresolved = mapping.unresolved.iter();
        texts.extend(unresolved.map(|u| format!("{}: {}", u.setting, u.why).to_lowercase()));
    }
    let wanted = expect.get("problems_mention").and_then(Value::as_array);
    for words in wanted.into_iter().flatten().filter_map(Value::as_array) {
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
        if !texts.iter().any(|text| words.iter().all(|word| text.contains(word))) {
            detail.push(format!("no problem mentions {}", words.join(" and ")));
        }
    }
}

fn read_as_json(mappings: &[ImportedMapping], problems: &[Problem]) -> Value {
    serde_json::json!({
        "mappings": mappings.iter().map(mapping_as_json).collect::<Value>(),
        "problems": problems.iter().map(Problem::to_string).collect::<Vec<_>>(),
    })
}

fn mapping_as_json(mapping: &ImportedMapping) -> Value {
    let settings = mapping.settings.iter();
    let settings: serde_json::Map<String, Value> =
        settings.map(|setting| (setting.name.to_owned(), setting.value.clone())).collect();
    let unresolved = mapping.unresolved.iter().map(|unresolved| unresolved.setting.clone());
    serde_json::json!({
        "id": mapping.id,
        "kind": mapping.kind.map(|(kind, _)| kind_name(kind)),
        "settings": settings,
        "on_failure": mapping.on_failure.is_some(),
        "enhanced_fan_out": mapping.enhanced_fan_out,
        "filters": mapping.filters.len(),
        "shards": mapping.stream.shards.as_ref().map(|found| found.value),
        "retention_hours": mapping.stream.retention_hours.as_ref().map(|found| found.value),
        "timeout_s": mapping.function.timeout_s.as_ref().map(|found| found.value),
        "unresolved": unresolved.collect::<Vec<String>>(),
    })
}
