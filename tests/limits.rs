//! Limits on what a command may take: each is stated, can be raised, and says what it did.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use shardlag::scenario::limits::LIMITS;

/// Every second replication is likely to need more events than the first: traffic is random.
const SCENARIO: &str = r#"
duration = "20m"
replications = 6
[stream]
kind = "dynamodb"
shards = 1
[[traffic]]
arrivals = { poisson = { rate = "2/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 1
MaximumRetryAttempts = 0
DestinationConfig = { OnFailure = { Destination = "arn:aws:sqs:us-east-1:123456789012:failed" } }
[function]
duration = "40ms"
[[function.fault]]
error_rate = "10%"
"#;

/// A folder of a test's own with the scenario.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("s.toml"), SCENARIO).expect("the folder can be written");
    folder
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("shardlag").expect("the binary is built");
    command.current_dir(folder).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The summary on standard output.
fn summary(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn readme_and_help_state_every_limit_with_its_default_and_what_raises_it() {
    let help = text(&shardlag(&folder("help"), &["--help"]).stdout);
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("it can be read");
    for limit in LIMITS {
        let (what, default, raised_by) = (limit.what, limit.default, limit.raised_by);
        let row = format!("| {what} | {default} | `{raised_by}` | {} |", limit.commands);
        assert!(readme.contains(&row), "the README lacks\n{row}");
        let is_row = |line: &&str| line.contains(raised_by) && line.contains(default);
        let line = help.lines().find(is_row).unwrap_or_else(|| panic!("{raised_by}\n{help}"));
        assert!(line.ends_with(what) && line.len() <= 80, "{line}");
        for command in limit.commands.split(", ") {
            let help = text(&shardlag(Path::new("."), &[command, "--help"]).stdout);
            assert!(help.contains(raised_by), "{command} has no {raised_by}");
        }
    }
}

#[test]
fn records_beyond_their_limit_end_a_run_and_what_is_done_so_far_is_shown() {
    let folder = folder("records");
    let json = ["run", "s.toml", "--format", "json", "--out", "report"];
    let whole = summary(&shardlag(&folder, &json));
    assert_eq!(whole["replications"], 6);
    fs::remove_dir_all(folder.join("report")).expect("it was written");
    // The mean and the spread of 2/s over 20 min are 2400 and 49: half of the replications have more.
    let mut seen = Vec::new();
    for (seed, most) in
        [1, 2, 3, 4, 5, 6, 7, 8].map(|seed| (seed, 2400)).into_iter().chain([(1, 9)])
    {
        let (seed, most) = (seed.to_string(), most.to_string());
        let limited = ["--seed", &seed, "--max-records", &most];
        let output = shardlag(&folder, &[&json[..], &limited].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(!folder.join("report").exists());
        let document = summary(&output);
        let done = document["replications"].as_u64().unwrap_or(0);
        let is_summary = document["schema"] == "shardlag.summary/1";
        assert_eq!(is_summary, done > 0, "{document}");
        let said = if is_summary { text(&output.stderr) } else { text(&output.stdout) };
        assert!(said.contains(&format!("more than {most}, at ")), "{said}");
        assert!(said.contains("nothing was written. "), "{said}");
        assert!(said.contains("raise the limit with --max-records"), "{said}");
        seen.push(done);
    }
    assert!(seen[8] == 0 && seen.iter().any(|done| (1..6).contains(done)), "{seen:?}");
}

/// Records that nobody reads are written as well: one shard takes a few thousand per second.
#[test]
fn far_too_many_records_are_told_at_once() {
    let folder = folder("written");
    let rate = "traffic.0.arrivals.poisson.rate=1e9/s";
    let long = ["--set", rate, "--set", "duration=3650d"];
    let factor = ["sweep", "s.toml", "--factor", "mapping.BatchSize=1,2"];
    for command in [&["run", "s.toml"][..], &["explain", "s.toml"], &factor] {
        let output = shardlag(&folder, &[command, &long].concat());
        assert_eq!(output.status.code(), Some(1), "{command:?}: {output:?}");
        let said = text(&output.stderr);
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let stated = "before it wrote about 315360000000000000 records, more than 1000000000000, \
                      at 0 s of 315360000 s";
        assert!(words.contains(stated), "{command:?}: {said}");
        assert!(words.contains("lower the rate"), "{command:?}: {said}");
    }
    assert!(!folder.join("reports/s").exists());
    // What a split is decided by is counted before anything is run.
    let split = [&["check", "s.toml", "--set", "stream.split_above=1000000000/s"], &long[..]];
    let output = shardlag(&folder, &split.concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("are too many to be counted"), "{output:?}");
}

#[test]
fn what_a_limit_leaves_does_not_depend_on_threads() {
    let folder = folder("threads");
    let run = |seed: &str, threads: &str| {
        let limited = ["--max-records", "2400", "--seed", seed, "--threads", threads];
        let output = shardlag(&folder, &[&["run", "s.toml"], &limited[..]].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        (text(&output.stdout), text(&output.stderr))
    };
    let mut tables = 0;
    for seed in ["1", "2", "3", "4", "5", "6"] {
        let (table, said) = run(seed, "1");
        tables +=
            u32::from(table.contains("IteratorAge p99") && said.contains("before it; nothing"));
        assert_eq!(run(seed, "4"), (table, said));
    }
    assert!(tables > 0, "no replication was below the limit");
}

#[test]
fn a_limit_on_one_point_fails_the_sweep_and_keeps_the_others() {
    let folder = folder("sweep");
    let rates = "traffic.0.arrivals.poisson.rate=1/s,2/s";
    let sweep = ["sweep", "s.toml", "--factor", rates, "--threads", "1", "--out", "report"];
    let output = shardlag(&folder, &[&sweep[..], &["--max-records", "1500"]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains("raise the limit with --max-records"), "{output:?}");
    let output = shardlag(&folder, &sweep);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let many = shardlag(&folder, &[&sweep[..], &["--max-points", "1"]].concat());
    assert_eq!(many.status.code(), Some(2));
    let said = text(&many.stderr);
    assert!(said.contains("2 points, more than 1") && said.contains("--max-points 2"), "{said}");
}

#[test]
fn rows_beyond_their_limit_are_left_out_with_a_warning() {
    let folder = folder("rows");
    let run = ["run", "s.toml", "--replications", "1", "--out", "report"];
    let more = ["--trace", "t.jsonl", "--max-trace-lines", "50", "--max-messages", "7"];
    let output = shardlag(&folder, &[&run[..], &more].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines =
        |name: &str| fs::read_to_string(folder.join(name)).expect("it was written").lines().count();
    assert_eq!((lines("t.jsonl"), lines("report/destination.jsonl")), (50, 7));
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("ends after 50 lines"), "{said}");
    assert!(said.contains("raise the limit with --max-trace-lines"), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("destination.jsonl show the first of them"), "{said}");
    assert!(words.contains("raised with --max-messages"), "{said}");
    let output = shardlag(&folder, &[&run[..], &["--trace", "t.jsonl"]].concat());
    assert!(!text(&output.stderr).contains("ends after"), "{output:?}");
    assert!(lines("t.jsonl") > 1_000 && lines("report/destination.jsonl") > 100);
}

#[test]
fn a_file_to_import_has_a_size_that_can_be_raised() {
    let folder = folder("import");
    let padding = "# padding\n".repeat(200);
    let template = r#"resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn  = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s"
  function_name     = "f"
  starting_position = "LATEST"
}
"#;
    fs::write(folder.join("main.tf"), format!("{template}{padding}")).expect("it can be written");
    let output = shardlag(&folder, &["import", "main.tf", "--max-size", "1KiB"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.contains("is larger than 1 KiB"), "{said}");
    assert!(said.contains("raise the limit with --max-size"), "{said}");
    let output = shardlag(&folder, &["import", "main.tf", "--max-size", "4KiB"]);
    assert!(!text(&output.stderr).contains("is larger than"), "{output:?}");
}

#[test]
fn instances_beyond_their_limit_are_told() {
    let folder = folder("instances");
    let names: Vec<String> = (0..1001).map(|number| format!("\"n{number}\"")).collect();
    for what in ["count = 1001", &format!("for_each = toset([{}])", names.join(", "))] {
        let template = format!(
            r#"resource "aws_lambda_event_source_mapping" "m" {{
  {what}
  event_source_arn  = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s"
  function_name     = "f"
  starting_position = "LATEST"
}}
"#
        );
        fs::write(folder.join("main.tf"), template).expect("it can be written");
        let output = shardlag(&folder, &["import", "main.tf", "--mapping", "1"]);
        let said = text(&output.stderr);
        assert!(said.contains("of 1001; only the first 1000 are shown"), "{what}: {said}");
    }
}
