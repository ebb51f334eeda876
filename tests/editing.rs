//! What helps to write a scenario: the schema that editors use, templates, and explained warnings.
//!
//! The schema is held against all scenarios and templates, and against mistakes, by a validator of
//! the words that it uses; a second one is in every editor.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use shardlag::scenario::schema::{Draft, json_schema};
use shardlag::scenario::templates::TEMPLATES;
use shardlag::scenario::{LINTS, Source, load};

#[path = "support/json_schema.rs"]
mod json_schema;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editing").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shardlag"));
    command.args(arguments).current_dir(folder).output().expect("the program runs")
}

fn standard_output(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the schema does not like about a scenario.
fn mistakes(text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().expect("it is TOML");
    let document = serde_json::to_value(&table).expect("TOML is JSON but for its dates");
    json_schema::mistakes(&json_schema(Draft::Draft07), &document)
}

/// The scenarios of the repository: name and text.
fn scenarios() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("scenarios")).expect("there are scenarios");
    let paths = files.map(|file| file.expect("it can be listed").path());
    let is_scenario = |path: &PathBuf| path.extension().is_some_and(|found| found == "toml");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("it is a text");
        (path.display().to_string(), text)
    };
    let scenarios: Vec<(String, String)> = paths.filter(is_scenario).map(read).collect();
    assert!(scenarios.len() > 20, "{} scenarios", scenarios.len());
    scenarios
}

#[test]
fn every_scenario_and_template_is_valid_in_the_schema() {
    let templates = TEMPLATES.iter().map(|one| (one.name.to_owned(), one.text.to_owned()));
    for (name, text) in scenarios().into_iter().chain(templates) {
        assert_eq!(mistakes(&text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_schema_sees_the_mistakes_of_a_scenario() {
    let right = TEMPLATES[0].text;
    // What is replaced, by what, and where the schema says so.
    let cases = [
        ("BatchSize = 100", "BatchSise = 100", "/mapping"),
        ("BatchSize = 100", "BatchSize = 0", "/mapping/BatchSize"),
        ("BatchSize = 100", "BatchSize = \"100\"", "/mapping/BatchSize"),
        ("timeout = \"30s\"", "timeout = 30", "/function/timeout"),
        ("timeout = \"30s\"", "timeout = \"30\"", "/function/timeout"),
        ("memory = \"512MB\"", "memory = \"512\"", "/function/memory"),
        ("rate = \"200/s\"", "rate = \"200\"", "/traffic/0/arrivals/poisson/rate"),
        ("{ poisson =", "{ poison =", "/traffic/0/arrivals"),
        ("kind = \"dynamodb\"", "kind = \"kafka\"", "/stream/kind"),
        ("StartingPosition = \"TRIM_HORIZON\"", "", "/mapping"),
        ("[function]", "[funktion]", ""),
        ("per_record = \"0.5ms\"", "per_rekord = \"0.5ms\"", "/function/duration"),
    ];
    for (before, after, place) in cases {
        let wrong = right.replacen(before, after, 1);
        assert_ne!(wrong, right, "{before}");
        assert!(load(&Source::of_text(&wrong), &[]).is_err(), "{after} is a mistake");
        let found = mistakes(&wrong);
        assert!(
            found.iter().any(|one| one.starts_with(&format!("{place}: "))),
            "{after}: {found:?}"
        );
    }
}

#[test]
fn scenarios_name_the_schema_that_lies_beside_them_and_it_is_that_of_the_program() {
    for (name, text) in scenarios() {
        assert!(text.starts_with("#:schema scenario.schema.json\n"), "{name}");
    }
    let path = root().join("scenarios/scenario.schema.json");
    let expected = standard_output(&shardlag(root(), &["schema"]));
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &expected).expect("it can be written");
    }
    let committed = fs::read_to_string(&path).expect("it is committed");
    assert_eq!(committed, expected, "UPDATE_SCHEMA=1 cargo test --test editing renews it");
}

#[test]
fn both_drafts_differ_in_their_name_only() {
    let [mut old, mut new] = [Draft::Draft07, Draft::Draft202012].map(json_schema);
    assert_ne!(old["$schema"].take(), new["$schema"].take());
    assert_eq!(old, new);
    let folder = folder("drafts");
    let written = shardlag(&folder, &["schema", "--draft", "2020-12", "--out", "s.json"]);
    assert!(written.status.success());
    let text = fs::read_to_string(folder.join("s.json")).expect("it is written");
    let schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    assert_eq!(schema, json_schema(Draft::Draft202012));
}

/// The commands in the comment at the top of a template, without the program's name.
fn commands(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("#     shardlag "));
    lines.map(|line| line.split("  ").next().unwrap_or(line).split(' ').collect()).collect()
}

#[test]
fn every_template_does_what_its_first_lines_say() {
    let folder = folder("templates");
    for template in &TEMPLATES {
        let written = shardlag(&folder, &["init", template.name]);
        assert!(written.status.success(), "{}", template.name);
        let file = format!("{}.toml", template.name);
        assert_eq!(fs::read_to_string(folder.join(&file)).ok().as_deref(), Some(template.text));
        let commands = commands(template.text);
        assert!(!commands.is_empty(), "{} says no command", template.name);
        // Enough to see that it works, and for the stuck shard to break its promise.
        let length = if template.name == "capacity" { "3min" } else { "90min" };
        let length = format!("duration={length}");
        for mut words in commands {
            words.iter_mut().filter(|word| **word == "FILE").for_each(|word| *word = &file);
            if !["check", "explain"].contains(&words[0]) {
                words.extend(["--replications", "2", "--set", &length]);
            }
            let output = shardlag(&folder, &words);
            // The stuck shard breaks its promise, which is where its question comes from.
            let expected = match (template.name, words[0]) {
                ("stuck-shard", "run") => Some(99),
                _ => Some(0),
            };
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), expected, "{words:?}: {said}");
        }
    }
    assert!(folder.join("scenario.schema.json").exists());
}

#[test]
fn a_file_that_is_there_is_kept_and_a_mistyped_template_is_suggested() {
    let folder = folder("kept");
    fs::write(folder.join("gate.toml"), "mine").expect("it can be written");
    let refused = shardlag(&folder, &["init", "gate"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.join("gate.toml")).ok().as_deref(), Some("mine"));
    let refused = shardlag(&folder, &["init", "stuk-shard"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("did you mean `stuck-shard`?"), "{said}");
    let printed = shardlag(&folder, &["init", "gate", "--out", "-"]);
    assert!(standard_output(&printed).starts_with("#:schema "));
    assert!(shardlag(&folder, &["init", "gate", "--force"]).status.success());
    let listed = standard_output(&shardlag(&folder, &["init", "--list"]));
    assert!(TEMPLATES.iter().all(|template| listed.contains(template.question)), "{listed}");
}

#[test]
fn a_warning_is_explained_by_its_code() {
    let folder = folder("explained");
    let text = TEMPLATES[1].text;
    fs::write(folder.join("s.toml"), text).expect("it can be written");
    let checked = shardlag(&folder, &["check", "s.toml"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    let command = "shardlag check --explain W-endless-retries";
    assert!(said.contains(command), "{said}");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let explained = standard_output(&shardlag(&folder, &words));
    assert!(explained.contains("\n\nInstead: "), "{explained}");
    assert!(explained.lines().all(|line| line.chars().count() <= 80), "{explained}");
    let all = standard_output(&shardlag(&folder, &["check", "--explain", "all"]));
    assert_eq!(all.lines().count(), LINTS.len());
    let mistyped = shardlag(&folder, &["check", "--explain", "W-endles-retries"]);
    assert_eq!(mistyped.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&mistyped.stderr).contains("did you mean"));
}
