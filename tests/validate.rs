//! `shardlag validate` as a user types it: exit codes, tables, JSON, messages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

const RIGHT: &str = r#"{"id": "two-batches", "rules": ["S3.1"], "stream": {"kind": "dynamodb"},
    "mapping": {"StartingPosition": "TRIM_HORIZON", "BatchSize": 2}, "records": [{}, {}, {}],
    "expect": {"deliveries": [[1, 2], [3]], "metrics": {"Invocations": 2}}}"#;

const THEORY: &str = r#"{"schema": "theory/1", "items": [
  {"id": "light", "group": "b", "title": "one lane, light load",
   "config": {"batch_size": 1, "arrivals": {"poisson": {"rate": 1}},
   "duration": {"exponential": {"mean_s": 0.5}},
   "run": {"kind": "steady", "replications": 6, "records": 4000, "warmup_fraction": 0.1}},
   "metric": "iterator_age.mean", "value": 1.0, "unit": "s", "method": "M/M/1",
   "tolerance": {"kind": "ci", "confidence": 0.999, "slack_rel": 0.001,
   "max_rel_halfwidth95": 0.2}},
  {"id": "batches", "group": "a",
   "config": {"poll_model": "grid", "batch_size": 5, "prefill": 12, "duration":
   {"affine": {"base_s": 1, "per_record_s": 0}},
   "run": {"kind": "terminating", "replications": 1, "drained": true}},
   "metric": "invocations", "value": 3, "tolerance": {"kind": "abs", "abs": 0}}
]}"#;

/// Ten records, one each second, and a handler of two seconds.
const MEASURED: &str = r#"{"about": "an overload", "items": [{"id": "overload",
  "config": {"kind": "dynamodb", "shards": 1, "duration_s": 2, "keys": "one",
  "arrivals": [{"process": "even", "from_s": 0, "to_s": 10, "rate_per_s": 1}],
  "record_bytes": 100, "run_until": "empty", "BatchSize": 1, "StartingPosition": "LATEST"},
  "expect": [{"quantity": "recovery_s", "window_s": null, "value": 10.5, "lo": 10, "hi": 11},
  {"quantity": "iterator_age_max_s", "window_s": [0, 30], "value": 9.5, "lo": 9, "hi": 10.5}]}]}"#;

fn case(text: &str) -> String {
    text.replace('\n', " ")
}

/// A folder of a test's own, empty at first.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("validate").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("shardlag").expect("the binary is built");
    command.current_dir(folder).arg("validate").args(arguments);
    command
}

fn validate(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it starts")
}

/// Writes items and validates them.
fn validate_items(name: &str, items: &str, arguments: &[&str]) -> Output {
    let folder = folder(name);
    fs::write(folder.join("items"), items).expect("it can be written");
    validate(&folder, &[&["--items", "items"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn is_narrow(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 80)
}

/// Measured runs that do not agree; `reports/validation` says why.
const MEASURED_THAT_FAIL: [&str; 2] = ["TP-a", "TP-b"];

#[test]
fn measured_runs_agree_apart_from_those_that_are_listed() {
    let output = validate(&folder("all-measured"), &["--group", "measured", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let items = document["items"].as_array().expect("a list");
    let with_status = |status: &str| -> Vec<&str> {
        let items = items.iter().filter(|item| item["status"] == status);
        items.filter_map(|item| item["id"].as_str()).collect()
    };
    assert_eq!(with_status("failed"), MEASURED_THAT_FAIL);
    assert_eq!(with_status("unsupported"), [] as [&str; 0]);
    assert_eq!(items.len(), 20);
}

#[test]
fn the_items_of_the_program_are_summed_up_by_group() {
    let output = validate(&folder("own"), &["--quick"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "measured runs that fail are there: {printed}");
    assert!(is_narrow(&printed), "{printed}");
    for expected in ["delivery", "deterministic traces", "statistics code", "measured", "short"] {
        assert!(printed.contains(expected), "{printed}");
    }
}

#[test]
fn a_case_that_does_not_agree_is_shown_with_expected_and_found_side_by_side() {
    let wrong = RIGHT.replace("two-batches", "wrong").replace("[[1, 2], [3]]", "[[1], [2, 3]]");
    let items = format!("{}\n{}\n", case(RIGHT), case(&wrong));
    let output = validate_items("wrong", &items, &[]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(is_narrow(&printed), "{printed}");
    assert!(printed.contains("failed wrong"), "{printed}");
    let mut rows = printed.lines();
    assert!(rows.any(|row| row.contains("1: [1]") && row.contains("1: [1, 2]")), "{printed}");
    assert!(!printed.contains("two-batches"), "what agrees is only counted: {printed}");
    let listed = validate_items("wrong", &items, &["--list"]);
    assert!(text(&listed.stdout).contains("two-batches"), "{}", text(&listed.stdout));
}

#[test]
fn items_that_are_all_unsupported_are_no_success_unless_they_are_listed() {
    let split = case(RIGHT).replace(r#""dynamodb""#, r#""dynamodb", "shards": 0"#);
    let output = validate_items("unsupported", &split, &[]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("1 of 1 unsupported; `--list` shows why"), "{said}");
    let output = validate_items("unsupported", &split, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(document["unsupported"], 1);
    let beside: Value = serde_json::from_slice(&output.stderr).expect("it is JSON");
    assert_eq!(beside["schema"], "shardlag.diagnostics/1");
    let output = validate_items("unsupported", &split, &["--list"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let right = case(RIGHT).replace("two-batches", "right");
    let with_another = validate_items("unsupported", &format!("{split}\n{right}"), &[]);
    assert_eq!(with_another.status.code(), Some(0), "{}", text(&with_another.stderr));
}

#[test]
fn json_output_is_the_contract() {
    let split = case(RIGHT)
        .replace("two-batches", "split")
        .replace(r#""dynamodb""#, r#""dynamodb", "shards": 0"#);
    let wrong = case(RIGHT).replace("two-batches", "wrong").replace("2}}", "3}}");
    let items = format!("{}\n{wrong}\n{split}\n", case(RIGHT));
    let output = validate_items("json", &items, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(document["schema"], "shardlag.validate/1");
    let counts = ["passed", "failed", "unsupported"].map(|name| document[name].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1)], "{document:#}");
    let items = document["items"].as_array().expect("a list");
    let statuses: Vec<&Value> = items.iter().map(|item| &item["status"]).collect();
    assert_eq!(statuses, ["passed", "failed", "unsupported"]);
    assert_eq!(items[0]["kind"], "delivery");
    assert_eq!(items[0]["got"]["deliveries"], json!([[1, 2], [3]]));
    assert_eq!(items[1]["expected"]["metric Invocations"], json!(3.0));
    assert!(!items[2]["detail"].as_str().expect("a text").is_empty());
}

#[test]
fn known_answers_are_run_from_a_file_and_from_standard_input() {
    let output = validate_items("known", THEORY, &["--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(output.status.code(), Some(0), "{document:#}");
    assert_eq!((&document["passed"], &document["items"][0]["kind"]), (&json!(2), &json!("theory")));
    let mut command = command(&folder("input"), &["--items", "-", "--group", "a"]);
    let output = command.write_stdin(THEORY.replace("\"value\": 3", "\"value\": 4")).output();
    let output = output.expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let printed = text(&output.stdout);
    assert!(printed.contains("batches") && !printed.contains("light"), "{printed}");
}

#[test]
fn measured_runs_are_judged_figure_by_figure() {
    let output = validate_items("measured", MEASURED, &["--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(output.status.code(), Some(0), "{document:#}");
    let item = &document["items"][0];
    assert_eq!((&item["kind"], &item["status"]), (&json!("measured"), &json!("passed")));
    assert_eq!(item["expected"][0]["quantity"], "recovery_s");
    assert_eq!(item["got"][1]["status"], "passed");
    let slow = validate_items("measured", MEASURED, &["--set", "model.invoke_overhead=2s"]);
    let printed = text(&slow.stdout);
    assert_eq!(slow.status.code(), Some(1), "{printed}");
    assert!(printed.contains("recovery_s") && printed.contains("10 to 11"), "{printed}");
    assert!(is_narrow(&printed), "{printed}");
}

#[test]
fn values_of_a_knob_are_tried_on_measured_runs() {
    let values = "model.invoke_overhead=10ms,1s,3s";
    let output = validate_items("calibrate", MEASURED, &["--calibrate", values, "--list"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains("smallest residual is that of"), "{printed}");
    assert!(printed.contains("model.invoke_overhead = 10ms"), "{printed}");
    assert!(is_narrow(&printed), "{printed}");
    let range = ["--calibrate", "model.refill_below=2..4", "--format", "json"];
    let document = validate_items("calibrate", MEASURED, &range).stdout;
    let document: Value = serde_json::from_slice(&document).expect("it is JSON");
    assert_eq!(document["schema"], "shardlag.calibration/1");
    assert_eq!(document["trials"].as_array().map(Vec::len), Some(3));
}

#[test]
fn only_knobs_of_the_model_are_changed_and_only_for_measured_runs() {
    let cases: [(&str, &[&str], &str); 6] = [
        (MEASURED, &["--set", "mapping.BatchSize=2"], "only knobs of the model"),
        (MEASURED, &["--set", "model.refil_below=2"], "`refill_below`"),
        (MEASURED, &["--set", "model.invoke_overhead=fast"], "fast"),
        (MEASURED, &["--calibrate", "model.refill_below"], "names no values"),
        (MEASURED, &["--calibrate", "model.refill_below=1..9999"], "more than 1000 values"),
        (THEORY, &["--set", "model.refill_below=2"], "there are none among these items"),
    ];
    for (items, arguments, message) in cases {
        let output = validate_items("knobs", items, arguments);
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}: {printed}");
        assert!(printed.contains(message), "{message}: {printed}");
    }
}

#[test]
fn the_output_is_the_same_for_any_number_of_threads() {
    for (name, items) in [("theory", THEORY), ("measured", MEASURED)] {
        let of_threads = |count: &str| {
            let arguments = ["--format", "json", "--seed", "4", "--threads", count];
            validate_items(&format!("threads-{name}-{count}"), items, &arguments).stdout
        };
        let one = of_threads("1");
        assert!(one.len() > 300, "{}", one.len());
        assert_eq!(one, of_threads("3"), "{name}");
    }
}

#[test]
fn mistakes_exit_with_2_and_say_where_they_are() {
    let right = case(RIGHT);
    let cases: [(&str, &[&str], &str); 8] = [
        ("", &[], "items:1: there is nothing in it"),
        (&format!("{right}\n{{\"id\": \"b\"}}\n"), &[], "items:2: case `b`: missing field"),
        (&format!("{right}\nnonsense"), &[], "items:2: "),
        (&right.replace("BatchSize", "BatchSise"), &["--group", "dilivery"], "`delivery`?"),
        (&THEORY.replace("poisson", "poison"), &[], "items:2: known answer `light`: config: "),
        (&THEORY.replace("theory/1", "theory/9"), &[], "the schema is `theory/9`"),
        (&THEORY[..300], &[], "items:5: "),
        ("\u{0}", &[], "items:1: "),
    ];
    for (items, arguments, message) in cases {
        let output = validate_items("mistakes", items, arguments);
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}: {printed}");
        assert!(printed.contains(message), "{message}: {printed}");
        assert!(output.stdout.is_empty(), "{message}: {}", text(&output.stdout));
    }
    let nowhere = validate(&folder("nowhere"), &["--items", "missing.jsonl"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(text(&nowhere.stderr).contains("missing.jsonl: cannot read"), "{nowhere:?}");
    let binary = folder("binary");
    fs::write(binary.join("items"), [0xff, 0xfe]).expect("it can be written");
    assert_eq!(validate(&binary, &["--items", "items"]).status.code(), Some(2));
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let entry = entry.expect("a folder can be listed");
            let bytes = fs::read(entry.path()).expect("a file can be read");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_page_has_the_same_bytes_for_any_number_of_threads() {
    for (name, items) in [("theory", THEORY), ("measured", MEASURED)] {
        let folder = folder(&format!("page-{name}"));
        fs::write(folder.join("items"), items).expect("it can be written");
        for threads in ["1", "3"] {
            let arguments = ["--items", "items", "--threads", threads, "--out", threads];
            let output = validate(&folder, &arguments);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            assert!(text(&output.stdout).contains("report.html"), "{}", text(&output.stdout));
        }
        let (one, three) = (files(&folder.join("1")), files(&folder.join("3")));
        let names: Vec<&str> = one.iter().map(|(name, _)| name.as_str()).collect();
        for expected in ["README.md", "exact.svg", "report.html", "validation.json"] {
            assert!(names.contains(&expected), "{expected} is not among {names:?}");
        }
        assert!(one == three, "{name}");
    }
}

#[test]
fn an_unwritable_page_exits_with_1() {
    let folder = folder("unwritable");
    fs::write(folder.join("items"), THEORY).expect("it can be written");
    fs::write(folder.join("taken"), "mine").expect("it can be written");
    let output = validate(&folder, &["--items", "items", "--quiet", "--out", "taken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("this is a file"), "{}", text(&output.stderr));
}

/// The committed page holds all items, which take a minute; so it is repeated on demand, with
/// `SHARDLAG_THEORY=all`, and written anew with `UPDATE_REPORTS=1`.
#[test]
fn the_committed_page_is_what_the_program_writes() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/validation");
    let is_whole = std::env::var("SHARDLAG_THEORY").is_ok_and(|wanted| wanted == "all");
    let update = std::env::var_os("UPDATE_REPORTS").is_some();
    if is_whole || update {
        let folder = folder("committed");
        validate(&folder, &["--quiet", "--out", "fresh"]);
        let fresh = files(&folder.join("fresh"));
        if update {
            fs::create_dir_all(&committed).expect("reports can be written");
            for (name, bytes) in &fresh {
                fs::write(committed.join(name), bytes).expect("reports can be written");
            }
        }
        assert!(fresh == files(&committed), "write it anew with `UPDATE_REPORTS=1`");
    }
    let bytes: usize = files(&committed).iter().map(|(_, bytes)| bytes.len()).sum();
    assert!((100_000..500_000).contains(&bytes), "reports/validation holds {bytes} bytes");
}

#[test]
fn a_folder_of_configurations_is_held_against_how_they_are_to_be_read() {
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/configs");
    let given = configs.to_str().expect("a plain path").to_owned();
    let output = validate(&folder("imports"), &["--items", &given, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["failed"], 0);
    assert!(document["items"].as_array().expect("items").iter().all(|item| {
        item["kind"] == "import" && item["expected"] != Value::Null && item["got"] != Value::Null
    }));
    let wrong = folder("wrong-imports");
    fs::write(
        wrong.join("m.json"),
        r#"{"UUID": "u", "BatchSize": 10, "StartingPosition": "LATEST",
        "EventSourceArn": "arn:aws:kinesis:us-east-1:1:stream/s"}"#,
    )
    .expect("it can be written");
    fs::write(
        wrong.join("m.expect.json"),
        r#"{"id": "m", "file": "m.json", "expect": {"mappings": [{"settings": {"BatchSize": 11}}]}}"#,
    )
    .expect("it can be written");
    let output = validate(&wrong, &["--items", "."]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}
