//! The command as a user types it: exit codes, messages, files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

const SMALL: &str = r#"
name = "Small"
duration = "10m"
replications = 3
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
MaximumRetryAttempts = 2
DestinationConfig = { OnFailure = { Destination = "arn:aws:sqs:eu-central-1:123456789012:q" } }
[function]
duration = { base = "40ms", variation = "exponential" }
[[function.fault]]
poison = { at = "2m", shard = 1 }
[[variant]]
name = "bisect"
set = { "mapping.BisectBatchOnFunctionError" = true }
"#;

/// A folder of a test's own, empty at first.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command_line").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("shardlag").expect("the binary is built");
    command.current_dir(folder).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed"))
        .map(|entry| {
            let bytes = fs::read(entry.path()).expect("it can be read");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_run_prints_the_table_and_writes_the_report() {
    let folder = folder("run");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    let output = shardlag(&folder, &["run", "small.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(printed.contains("IteratorAge p99") && printed.contains("bisect"), "{printed}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    let names: Vec<String> =
        files(&folder.join("reports/small")).into_iter().map(|(name, _)| name).collect();
    for name in ["summary.json", "report.html", "iterator-age.svg", "iterator-age.png"] {
        assert!(names.iter().any(|found| found == name), "{name} is not among {names:?}");
    }
}

#[test]
fn the_report_is_the_same_bytes_for_any_number_of_threads() {
    let folder = folder("threads");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    for threads in ["1", "2", "5"] {
        let output =
            shardlag(&folder, &["run", "small.toml", "--threads", threads, "--out", threads]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let one = files(&folder.join("1"));
    assert!(one.len() >= 8, "{}", one.len());
    assert!(one == files(&folder.join("2")) && one == files(&folder.join("5")));
}

#[test]
fn json_output_is_the_summary() {
    let folder = folder("json");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    let output = shardlag(&folder, &["run", "small.toml", "--format", "json", "--seed", "9"]);
    let summary: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("standard output is JSON");
    assert_eq!(summary["schema"], "shardlag.summary/1");
    assert_eq!(summary["seed"], 9);
    assert_eq!(summary["variants"][1]["name"], "bisect");
}

#[test]
fn a_failed_assertion_exits_with_99() {
    let folder = folder("assertion");
    let scenario = format!("{SMALL}\n[[assert]]\nthat = \"iterator_age.p99 < 1ms\"\n");
    fs::write(folder.join("strict.toml"), scenario).expect("it can be written");
    let output = shardlag(&folder, &["run", "strict.toml", "--quiet"]);
    assert_eq!(output.status.code(), Some(99));
    let printed = text(&output.stderr);
    assert!(printed.contains("iterator_age.p99 < 1ms"), "{printed}");
    assert!(folder.join("reports/strict/summary.json").exists());
}

#[test]
fn precision_adds_replications_and_says_where_it_was_not_reached() {
    let folder = folder("precision");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    let run = |precision: &str| {
        let arguments = ["run", "small.toml", "--format", "json", "--precision", precision];
        let output = shardlag(&folder, &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let summary: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("standard output is JSON");
        summary
    };
    let summary = run("3%");
    let replications = summary["replications"].as_u64().expect("a number");
    assert!((4..=1000).contains(&replications), "{replications}");
    for variant in summary["variants"].as_array().expect("variants") {
        let p99 = &variant["iterator_age"]["p99"];
        let [value, low, high] =
            ["value", "low", "high"].map(|key| p99[key].as_f64().expect("a number"));
        assert!((high - low) / 2.0 <= 0.03 * value, "{p99}");
    }
}

#[test]
fn uncertain_inputs_give_ranges_and_mistakes_in_them_exit_with_2() {
    let folder = folder("uncertainty");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    let run = |uncertainty: &str, replications: &str| {
        let inputs = format!("--uncertainty={uncertainty}");
        let replications = format!("--replications={replications}");
        shardlag(&folder, &["run", "small.toml", &inputs, &replications])
    };
    for (inputs, replications, expected) in [
        ("load=10%", "10", "`load` is no input; write one of rate, duration, record_size"),
        ("rate=10", "10", "10"),
        ("rate", "10", "`rate` is no input with a share; write `rate=10%`"),
        ("error_rate=10%", "10", "the scenario states no error_rate that could be uncertain"),
        ("rate=10%", "3", "3 are too few; add --replications 40"),
    ] {
        let output = run(inputs, replications);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said} should say {expected}");
        assert!(!folder.join("reports").exists(), "something was written");
    }
    let output = run("rate=10%,duration=20%", "10");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(said.contains("Uncertain inputs (standard deviation): rate ± 10 %"), "{said}");
    assert!(said.contains("With uncertain inputs"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let page = fs::read_to_string(folder.join("reports/small/report.html")).expect("a page");
    assert!(page.contains("--uncertainty rate=10%,duration=20%"), "the command is not there");
}

#[test]
fn mistakes_of_a_scenario_exit_with_2_and_write_nothing() {
    let folder = folder("mistakes");
    let table = [
        ("stream.shards=0", "stream.shards"),
        ("stream.shards=1000000", "stream.shards"),
        ("mapping.BatchSize=10001", "less than or equal to 10000"),
        ("mapping.BatchSise=10", "did you mean `BatchSize`"),
        ("function.duration=120", "`120` has no unit; write `120ms`"),
        ("function.timeout=30", "has no unit"),
        ("traffic.0.arrivals.poisson.rate=20", "has no unit"),
        ("mapping.MaximumRecordAgeInSeconds=59", "must be either -1 (forever) or between 60"),
        ("mapping.StartingPosition=AT_TIMESTAMP", "AT_TIMESTAMP"),
        ("duration=-5m", "duration"),
        ("nonsense", "is not a change"),
    ];
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    for (change, expected) in table {
        let output = shardlag(&folder, &["run", "small.toml", "--set", change]);
        let unwrapped: Vec<String> = text(&output.stderr)
            .lines()
            .map(|line| line.trim_start_matches([' ', '│', '×']).trim_end().to_owned())
            .collect();
        let message = unwrapped.join(" ");
        assert_eq!(output.status.code(), Some(2), "{change}: {message}");
        assert!(message.contains(expected), "{change}: {message}");
        assert!(!folder.join("reports").exists(), "{change} wrote a report");
    }
}

#[test]
fn several_mistakes_are_reported_at_once_with_their_places() {
    let folder = folder("several");
    let scenario = SMALL.replace("duration = \"10m\"", "duration = 10").replace("20/s", "fast");
    fs::write(folder.join("wrong.toml"), scenario).expect("it can be written");
    let output = shardlag(&folder, &["check", "wrong.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let printed = text(&output.stderr);
    assert!(printed.contains("wrong.toml:3:12"), "{printed}");
    assert!(printed.contains("wrong.toml:9:"), "{printed}");
}

#[test]
fn unreadable_scenarios_exit_with_2() {
    let folder = folder("unreadable");
    fs::write(folder.join("empty.toml"), "").expect("it can be written");
    fs::write(folder.join("broken.toml"), "name = [\n").expect("it can be written");
    fs::write(folder.join("binary.toml"), [0xff, 0xfe, 0, 1]).expect("it can be written");
    for file in ["missing.toml", ".", "empty.toml", "broken.toml", "binary.toml"] {
        let output = shardlag(&folder, &["run", file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(!output.stderr.is_empty(), "{file}");
        assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    }
}

#[test]
fn unwritable_outputs_exit_with_1_and_leave_what_was_there() {
    let folder = folder("unwritable");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    fs::write(folder.join("taken"), "mine").expect("it can be written");
    let output = shardlag(&folder, &["run", "small.toml", "--quiet", "--out", "taken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("this is a file"), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(folder.join("taken")).expect("it is there"), "mine");
}

#[test]
fn a_reached_event_limit_exits_with_1_and_writes_nothing() {
    let folder = folder("limit");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    let output = shardlag(&folder, &["run", "small.toml", "--max-events", "100"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.contains("stopped after 100 events"), "{message}");
    assert!(!folder.join("reports").exists());
}
