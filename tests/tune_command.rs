//! `shardlag tune` as a user types it: exit codes, messages, files, and settings that our own
//! importer reads back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};
use shardlag::import::{ImportOptions, SourceFile, import};

const SCENARIO: &str = r#"
name = "Small"
duration = "20m"
replications = 9
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "8/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
MaximumBatchingWindowInSeconds = 2
MaximumRetryAttempts = 3
[function]
duration = { base = "60ms", per_record = "2ms", variation = "exponential" }
[[function.fault]]
poison = { at = "2m", shard = 1 }
[[assert]]
that = "blocked_shard_time.worst_shard < 1min"
[tune]
minimize = "ledger.lost"
[[tune.factor]]
key = "mapping.MaximumRetryAttempts"
values = [1, 3, 12]
name = "retries"
[[tune.factor]]
key = "mapping.BisectBatchOnFunctionError"
values = [false, true]
[[tune.factor]]
key = "mapping.FunctionResponseTypes"
values = [[], ["ReportBatchItemFailures"]]
name = "partial responses"
zip = "partial"
[[tune.factor]]
key = "function.reports"
values = ["raises", "first_failed"]
zip = "partial"
"#;

/// A folder of a test's own with the scenario in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tune").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("s.toml"), SCENARIO).expect("it can be written");
    folder
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("shardlag").expect("the binary is built");
    command.current_dir(folder).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[test]
fn the_answer_fits_eighty_columns_and_is_written_whole() {
    let folder = folder("answer");
    let output = shardlag(&folder, &["tune", "s.toml"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", text(&output.stderr));
    assert!(printed.starts_with("Recommended: retries "), "{printed}");
    assert!(printed.contains("bisect-batch-on-function-error"), "{printed}");
    let fragment = printed.lines().skip_while(|line| !line.starts_with("aws lambda"));
    assert!(fragment.clone().count() > 3, "{printed}");
    let widest = printed.lines().map(|line| line.chars().count()).max().expect("lines");
    assert!(widest <= 80, "{widest}\n{printed}");
    let mut names: Vec<String> = fs::read_dir(folder.join("reports/s"))
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let expected = [
        "tune-apply.sh",
        "tune-cloudformation.yaml",
        "tune-terraform.tf",
        "tune.html",
        "tune.json",
        "tune.svg",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_document_is_the_same_for_any_number_of_threads() {
    let folder = folder("threads");
    let with = |threads: &str| {
        let arguments = ["tune", "s.toml", "--format", "json", "--threads", threads];
        shardlag(&folder, &arguments).stdout
    };
    let (one, three) = (with("1"), with("3"));
    assert_eq!(text(&one), text(&three));
    let document: Value = serde_json::from_slice(&one).expect("one JSON document");
    assert_eq!(document["schema"], "shardlag.tune/1");
    assert_eq!(document["settings"].as_array().map(Vec::len), Some(12));
    let best = document["recommended"].as_u64().expect("one is recommended") as usize;
    assert_eq!(document["settings"][best]["standing"], "recommended");
    let run = document["effort"]["replications"].as_u64().expect("a number");
    assert!(run * 3 <= document["effort"]["exhaustive"].as_u64().expect("a number"));
}

#[test]
fn the_settings_to_deploy_are_read_back_as_they_were_chosen() {
    let folder = folder("fragments");
    shardlag(&folder, &["tune", "s.toml", "--quiet"]);
    let report = folder.join("reports/s");
    let document = fs::read(report.join("tune.json")).expect("it was written");
    let document: Value = serde_json::from_slice(&document).expect("it is JSON");
    let best = document["recommended"].as_u64().expect("one is recommended") as usize;
    let chosen = |key: &str| -> Value {
        let values = document["settings"][best]["values"].as_array().expect("a list");
        let found = values.iter().find(|value| value["key"] == key).expect("it was tuned");
        serde_json::from_str(found["value"].as_str().expect("a text")).expect("JSON as well")
    };
    for file in ["tune-apply.sh", "tune-cloudformation.yaml", "tune-terraform.tf"] {
        let text = fs::read_to_string(report.join(file)).expect("it was written");
        // The kind of the stream is not in a fragment of changed settings; the rest is.
        let options = ImportOptions {
            set: vec!["stream.kind=dynamodb".to_owned()],
            ..ImportOptions::default()
        };
        let source = SourceFile { name: file.to_owned(), text };
        let imported = import(&[source], &options).unwrap_or_else(|problems| {
            panic!("{file}: {problems:?}");
        });
        let mapping = imported.choose(None).expect("one mapping");
        for name in ["MaximumRetryAttempts", "BisectBatchOnFunctionError", "FunctionResponseTypes"]
        {
            let read = mapping.setting(name).unwrap_or_else(|| panic!("{file}: {name}"));
            assert_eq!(read.value, chosen(&format!("mapping.{name}")), "{file}: {name}");
        }
    }
    assert_eq!(
        document["apply"]["others"],
        json!([format!(
            "function.reports = {}",
            chosen("function.reports").as_str().expect("a text")
        )])
    );
}

#[test]
fn targets_that_nothing_meets_end_with_99_and_what_comes_nearest() {
    let folder = folder("nothing");
    shardlag(&folder, &["tune", "s.toml", "--quiet"]);
    assert!(folder.join("reports/s/tune-apply.sh").is_file());
    let output = shardlag(&folder, &["tune", "s.toml", "--target", "record_age.p50 < 10ms"]);
    assert_eq!(output.status.code(), Some(99), "{}", text(&output.stderr));
    let printed = text(&output.stdout).replace('\n', " ");
    assert!(printed.starts_with("No combination of settings meets the targets"), "{printed}");
    assert!(printed.contains("misses `record_age.p50 < 10ms` with "), "{printed}");
    let said = text(&output.stderr);
    assert!(said.contains("error: no combination of settings meets the targets"), "{said}");
    assert!(!folder.join("reports/s/tune-apply.sh").exists(), "outdated settings stay");
}

#[test]
fn the_command_line_replaces_what_the_scenario_says() {
    let folder = folder("replaced");
    let output = shardlag(
        &folder,
        &[
            "tune",
            "s.toml",
            "--minimize",
            "cost_usd.total",
            "--factor",
            "mapping.MaximumBatchingWindowInSeconds=0,2,5",
            "--break-even",
            "mapping.ParallelizationFactor=1..10",
            "--budget",
            "20",
            "--format",
            "json",
        ],
    );
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["aim"]["metric"], "cost_usd.total");
    assert_eq!(document["settings"].as_array().map(Vec::len), Some(3));
    assert_eq!(document["effort"]["budget"], 20);
    assert!(document["effort"]["replications"].as_u64().is_some_and(|count| count <= 20));
    // One lane is enough, and so is every other number of lanes.
    assert_eq!(document["break_even"]["misses"], Value::Null);
    let command = document["command"].as_str().expect("a command");
    let expected = "shardlag tune s.toml --minimize cost_usd.total --factor \
                    'mapping.MaximumBatchingWindowInSeconds=0,2,5' --break-even \
                    'mapping.ParallelizationFactor=1..10' --budget 20";
    assert_eq!(command, expected);
}

#[test]
fn mistakes_say_where_and_what_instead() {
    let folder = folder("mistakes");
    let plain = SCENARIO.split("[tune]").next().expect("a scenario before it");
    fs::write(folder.join("plain.toml"), plain).expect("it can be written");
    let broken = SCENARIO.replace("minimize = \"ledger.lost\"", "minimize = \"ledger.lots\"");
    fs::write(folder.join("broken.toml"), broken).expect("it can be written");
    let refused = SCENARIO.replace("values = [1, 3, 12]", "values = [1, 3, 12000]");
    fs::write(folder.join("refused.toml"), refused).expect("it can be written");
    let cases: [(&[&str], &str); 6] = [
        (&["plain.toml"], "error: there is nothing to choose from; add for example `--factor"),
        (&["broken.toml"], "unknown metric `ledger.lots`; did you mean `ledger.lost`?"),
        (&["refused.toml"], "MaximumRetryAttempts"),
        (&["s.toml", "--maximize", "nothing"], "--maximize: unknown metric `nothing`"),
        (&["s.toml", "--factor", "mapping.BatchSize"], "`mapping.BatchSize` is no factor"),
        (&["s.toml", "--budget", "5"], "--budget 5 is too small: 12 combinations"),
    ];
    for (arguments, expected) in cases {
        let output = shardlag(&folder, &[&["tune"], arguments].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}
