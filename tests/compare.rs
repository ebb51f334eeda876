//! `shardlag compare` as a user types it, and how often its intervals are right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use shardlag::experiment::RunOptions;
use shardlag::experiment::comparison::subject::Subject;
use shardlag::experiment::comparison::{CompareOptions, within};
use shardlag::results::ComparisonMethod;
use shardlag::scenario::{Override, Source, load};

const NOW: &str = r#"
name = "Now"
duration = "10m"
replications = 10
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
[function]
duration = { base = "100ms", variation = "exponential" }
"#;

/// A folder of a test's own, empty at first.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare").join(name);
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

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("it can be written");
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

/// The verdict on a metric of the first pair.
fn verdict(document: &Value, metric: &str) -> String {
    let metrics = document["pairs"][0]["metrics"].as_array().expect("metrics");
    let found = metrics.iter().find(|entry| entry["name"] == metric);
    found.unwrap_or_else(|| panic!("{metric} is there"))["verdict"].to_string()
}

#[test]
fn a_scenario_does_not_differ_from_itself() {
    let folder = folder("itself");
    write(&folder, "now.toml", NOW);
    let output = shardlag(&folder, &["compare", "now.toml", "now.toml", "--all"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(
        printed.starts_with("No difference between \"now.toml\" and \"now.toml\""),
        "{printed}"
    );
    let json_output =
        json(&shardlag(&folder, &["compare", "now.toml", "now.toml", "--all", "--format", "json"]));
    let metrics = json_output["pairs"][0]["metrics"].as_array().expect("metrics");
    assert!(metrics.len() > 40, "{}", metrics.len());
    assert!(metrics.iter().all(|metric| metric["verdict"] == "same"), "{json_output:#}");
}

#[test]
fn a_duration_longer_by_a_tenth_is_found_and_exits_with_98() {
    let folder = folder("longer");
    write(&folder, "now.toml", NOW);
    write(&folder, "slow.toml", &NOW.replace("100ms", "110ms"));
    let output = shardlag(&folder, &["compare", "now.toml", "slow.toml"]);
    assert_eq!(output.status.code(), Some(98), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(printed.starts_with("\"slow.toml\" is worse than \"now.toml\" in "), "{printed}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    let said = text(&output.stderr);
    assert!(
        said.contains("regression: slow.toml compared with now.toml: record_age.p99"),
        "{said}"
    );
    let forward =
        json(&shardlag(&folder, &["compare", "now.toml", "slow.toml", "--format", "json"]));
    assert_eq!(forward["schema"], "shardlag.compare/1");
    assert_eq!(verdict(&forward, "record_age.p99"), "\"worse\"");
    assert_eq!(verdict(&forward, "cost_usd.total"), "\"worse\"");
    assert_eq!(verdict(&forward, "errors"), "\"same\"");
    let back = shardlag(&folder, &["compare", "slow.toml", "now.toml", "--format", "json"]);
    assert_eq!(verdict(&json(&back), "record_age.p99"), "\"better\"");
}

#[test]
fn a_tolerance_of_the_command_line_or_the_scenario_allows_a_metric_to_be_worse() {
    let folder = folder("tolerance");
    let tolerances = "[compare]\ntolerance = { \"record_age.p99\" = \"1%\", errors = 5 }\n";
    write(&folder, "now.toml", &format!("{NOW}{tolerances}"));
    write(&folder, "slow.toml", &NOW.replace("100ms", "110ms"));
    let regressions = |more: &[&str]| {
        let arguments = [&["compare", "now.toml", "slow.toml", "--format", "json"], more].concat();
        let document = json(&shardlag(&folder, &arguments));
        let metrics = document["pairs"][0]["metrics"].as_array().expect("metrics").clone();
        let names = metrics.into_iter().filter(|metric| metric["is_regression"] == true);
        let names: Vec<String> = names.map(|metric| metric["name"].to_string()).collect();
        names
    };
    let p99 = "\"record_age.p99\"".to_owned();
    assert!(regressions(&[]).contains(&p99), "10 % are more than 1 %");
    for allowed in ["record_age.p99=30%", "record_age.p99=2s"] {
        assert!(!regressions(&["--tolerance", allowed]).contains(&p99), "{allowed}");
    }
    assert!(regressions(&["--tolerance", "record_age.p99=1ms"]).contains(&p99));
    let wrong = shardlag(&folder, &["compare", "now.toml", "--tolerance", "record_age.p98=1s"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("unknown metric `record_age.p98`"));
    write(&folder, "wrong.toml", &format!("{NOW}[compare]\ntolerance = {{ errors = \"few\" }}\n"));
    let wrong = shardlag(&folder, &["check", "wrong.toml"]);
    let said = text(&wrong.stderr);
    assert!(said.contains("compare.tolerance.errors: `errors` is a number of things"), "{said}");
}

#[test]
fn variants_are_compared_with_the_scenario_or_with_one_of_them() {
    let folder = folder("variants");
    let variants = "[[variant]]\nname = \"slow\"\nset = { \"function.duration.base\" = \"150ms\" }\n\
                    [[variant]]\nname = \"fast\"\nset = { \"function.duration.base\" = \"50ms\" }\n";
    write(&folder, "now.toml", &format!("{NOW}{variants}"));
    let pairs = |more: &[&str]| {
        let arguments = [&["compare", "now.toml", "--format", "json"], more].concat();
        let document = json(&shardlag(&folder, &arguments));
        let pairs = document["pairs"].as_array().expect("pairs").clone();
        let name = |pair: &Value| format!("{} {}", pair["other"], pair["base"]).replace('"', "");
        pairs.iter().map(name).collect::<Vec<String>>()
    };
    assert_eq!(pairs(&[]), ["slow base", "fast base"]);
    assert_eq!(pairs(&["--base", "fast"]), ["base fast", "slow fast"]);
    let wrong = shardlag(&folder, &["compare", "now.toml", "--base", "fats"]);
    assert_eq!(wrong.status.code(), Some(2));
    let said = text(&wrong.stderr);
    assert!(said.contains("there is no variant `fats`; did you mean `fast`?"), "{said}");
    write(&folder, "single.toml", NOW);
    let single = shardlag(&folder, &["compare", "single.toml"]);
    assert_eq!(single.status.code(), Some(2));
    assert!(text(&single.stderr).contains("nothing to compare `base` with"));
}

#[test]
fn saved_summaries_are_compared_by_their_intervals() {
    let folder = folder("saved");
    write(&folder, "now.toml", NOW);
    write(&folder, "slow.toml", &NOW.replace("100ms", "150ms"));
    for name in ["now", "slow"] {
        let output = shardlag(&folder, &["run", &format!("{name}.toml"), "--quiet"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let (now, slow) = ("reports/now/summary.json", "reports/slow/summary.json");
    let output = shardlag(&folder, &["compare", now, slow, "--format", "json"]);
    assert_eq!(output.status.code(), Some(98), "{}", text(&output.stderr));
    let document = json(&output);
    assert_eq!(document["pairs"][0]["method"], "unpaired");
    assert_eq!(verdict(&document, "record_age.p99"), "\"worse\"");
    let same = shardlag(&folder, &["compare", now, now]);
    assert_eq!(same.status.code(), Some(0));
    assert!(text(&same.stdout).starts_with("No difference between"), "{}", text(&same.stdout));
    let mixed = json(&shardlag(&folder, &["compare", now, "slow.toml", "--format", "json"]));
    assert_eq!(mixed["pairs"][0]["method"], "unpaired");
    write(&folder, "other.json", "{\"schema\": \"shardlag.validate/1\"}");
    let wrong = shardlag(&folder, &["compare", now, "other.json"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("other.json: its schema is `shardlag.validate/1`"));
    let seeded = shardlag(&folder, &["compare", now, slow, "--seed", "4"]);
    assert_eq!(seeded.status.code(), Some(2), "{}", text(&seeded.stderr));
}

#[test]
fn markdown_and_junit_name_every_judged_metric() {
    let folder = folder("markdown");
    write(&folder, "now.toml", NOW);
    write(&folder, "slow.toml", &NOW.replace("100ms", "110ms"));
    let arguments = ["compare", "now.toml", "slow.toml", "--format", "markdown"];
    let output = shardlag(&folder, &[&arguments[..], &["--junit", "compare.xml"]].concat());
    let printed = text(&output.stdout);
    assert!(printed.starts_with("### slow.toml compared with now.toml\n\n"), "{printed}");
    let row = printed.lines().find(|line| line.contains("`record_age.p99`")).expect("a row");
    assert!(row.ends_with("| **worse** |") && row.matches('|').count() == 7, "{row}");
    let junit = fs::read_to_string(folder.join("compare.xml")).expect("it was written");
    let case = "<testcase classname=\"slow.toml compared with now.toml\" name=\"record_age.p99\">";
    assert!(junit.contains(case) && junit.contains("<failure message=\""), "{junit}");
}

#[test]
fn a_second_scenario_is_run_with_the_seed_and_replications_of_the_first() {
    let folder = folder("seed");
    write(&folder, "now.toml", NOW);
    let other = NOW.replace("replications = 10", "replications = 3\nseed = 9");
    write(&folder, "other.toml", &other);
    let output = shardlag(&folder, &["compare", "now.toml", "other.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout).replace('\n', " ");
    assert!(
        printed.starts_with("No difference between \"other.toml\" and \"now.toml\""),
        "{printed}"
    );
    assert!(printed.contains("other.toml was run with seed 1 and 10 replications"), "{printed}");
}

#[test]
fn assertions_count_minutes_and_are_written_as_junit() {
    let folder = folder("assertions");
    let demands = [
        "share_of_minutes(iterator_age.max > 1ms) < 1%",
        "share_of_minutes(iterator_age.max > near_real_time) <= 0%",
        "iterator_age.p99 < half_of_retention",
    ];
    let asserts = demands.map(|that| format!("[[assert]]\nthat = \"{that}\"\n")).concat();
    write(&folder, "strict.toml", &format!("{NOW}{asserts}"));
    let output = shardlag(&folder, &["run", "strict.toml", "--quiet", "--junit", "checks.xml"]);
    assert_eq!(output.status.code(), Some(99), "{}", text(&output.stderr));
    let said = text(&output.stderr);
    assert_eq!(said.matches("assertion failed").count(), 1, "{said}");
    assert!(said.contains("share_of_minutes(iterator_age.max > 1ms) < 1% (found 1)"), "{said}");
    let junit = fs::read_to_string(folder.join("checks.xml")).expect("it was written");
    assert!(junit.contains("<testsuite name=\"Now\" tests=\"3\" failures=\"1\""), "{junit}");
    assert!(junit.contains("name=\"iterator_age.p99 &lt; half_of_retention\"/>"), "{junit}");
}

/// Records written at 55/s and at 50/s: on average 5/s more, whatever happens afterwards.
#[test]
fn ninety_five_of_a_hundred_paired_intervals_hold_the_true_difference() {
    const REPETITIONS: u32 = 2_000;
    let scenario = "duration = \"20s\"\nreplications = 10\n[stream]\nkind = \"dynamodb\"\n\
                    shards = 1\n[[traffic]]\narrivals = { poisson = { rate = \"50/s\" } }\n\
                    [mapping]\nStartingPosition = \"TRIM_HORIZON\"\n[function]\n\
                    duration = \"20ms\"\n[[variant]]\nname = \"more\"\n\
                    set = { \"traffic.0.arrivals.poisson.rate\" = \"55/s\" }\n";
    let text = scenario.to_owned();
    let source = Source { name: "coverage.toml".to_owned(), text, folder: PathBuf::new() };
    let truth = (55.0 - 50.0) * 20.0;
    let (mut holding, mut width) = (0, 0.0);
    for seed in 1..=REPETITIONS {
        let change = Override::parse(&format!("seed={seed}")).expect("a change");
        let scenario = load(&source, &[change]).expect("a valid scenario");
        let options = RunOptions { threads: Some(1), ..RunOptions::default() };
        let run = Subject::run("coverage".to_owned(), &scenario, &options, &|_| {});
        let (subject, _) = run.expect("it runs");
        let every = CompareOptions { all_metrics: true, tolerances: Vec::new() };
        let comparison = within(&subject, None, &every).expect("two variants");
        let pair = &comparison.pairs[0];
        assert_eq!(pair.method, ComparisonMethod::Paired);
        let written = pair.metrics.iter().find(|metric| metric.name == "ledger.written");
        let difference = written.expect("records are written").difference;
        let (low, high) = (difference.low.expect("ten"), difference.high.expect("ten"));
        holding += u32::from(low <= truth && truth <= high);
        width += (high - low) / f64::from(REPETITIONS);
    }
    let share = f64::from(holding) / f64::from(REPETITIONS);
    assert!((0.93..=0.97).contains(&share), "{share} of the intervals hold the truth");
    assert!(width > 0.0, "{width}");
}
