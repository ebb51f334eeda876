//! `shardlag sweep` as a user types it: on one machine, stopped and started again, and in shards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

const SCENARIO: &str = r#"
name = "Swept"
duration = "10m"
replications = 3
stream = { kind = "dynamodb", shards = 2 }
traffic = [{ arrivals = { poisson = { rate = "20/s" } } }]
mapping = { StartingPosition = "TRIM_HORIZON" }
function = { duration = { base = "40ms", variation = "exponential" } }

[[variant]]
name = "lanes"
set = { "mapping.ParallelizationFactor" = 4 }

[sweep]
[[sweep.factor]]
key = "mapping.BatchSize"
values = [1, 10, 100]
name = "batch size"
[[sweep.factor]]
key = "function.duration.base"
from = "20ms"
to = "2s"
points = 3
scale = "logarithmic"
"#;

/// A folder of a test's own with the scenario in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep_command").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("s.toml"), SCENARIO).expect("it can be written");
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin("shardlag"));
    command.current_dir(folder).args(arguments);
    command
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it starts")
}

fn fine(folder: &Path, arguments: &[&str]) -> String {
    let output = shardlag(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What is said on standard error by a command that ends with this code.
fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = shardlag(folder, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.path().is_dir() {
            true => found.extend(
                files(&entry.path())
                    .into_iter()
                    .map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            ),
            false => found.push((name, fs::read(entry.path()).expect("it can be read"))),
        }
    }
    found.sort();
    found
}

/// The files of a report without finished points.
fn report(folder: &Path) -> Vec<(String, Vec<u8>)> {
    files(folder).into_iter().filter(|(name, _)| !name.starts_with("points/")).collect()
}

/// The only folder in a folder of points.
fn of_plan(points: &Path) -> PathBuf {
    let mut entries = fs::read_dir(points).expect("there are points");
    entries.next().expect("of a plan").expect("it can be listed").path()
}

#[test]
fn a_sweep_gives_the_same_bytes_for_any_number_of_threads() {
    let folder = folder("threads");
    let printed = fine(&folder, &["sweep", "s.toml", "--threads", "1", "--out", "one"]);
    fine(&folder, &["sweep", "s.toml", "--threads", "3", "--out", "three", "--quiet"]);
    let (one, three) = (files(&folder.join("one")), files(&folder.join("three")));
    assert!(one == three, "the folders differ");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    assert!(printed.contains("9 points of 2 variants, 3 replications each"), "{printed}");
    let names: Vec<&str> = one.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["sweep.csv", "sweep.json", "report.html", "pareto.svg", "lines.svg"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert!(names.contains(&"heat-map.svg") && names.contains(&"heat-map-2.svg"), "{names:?}");
    let csv = fs::read_to_string(folder.join("one/sweep.csv")).expect("it is there");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 9 * 2);
    let header = "point,mapping.BatchSize,function.duration.base,variant,stability,on_front,";
    assert!(lines[0].starts_with(header), "{}", lines[0]);
    assert!(lines[0].contains(",iterator_age.p99,iterator_age.p99.low,iterator_age.p99.high,"));
    assert!(lines[1].starts_with("1,1,20ms,base,stable,"), "{}", lines[1]);
    // One record per second and lane at most, and ten arrive.
    assert!(lines[5].starts_with("3,1,2s,base,unstable,false,"), "{}", lines[5]);
    assert!(printed.contains("unstable"), "{printed}");
}

#[test]
fn a_point_of_a_sweep_has_the_figures_of_a_run_with_its_settings() {
    let folder = folder("figures");
    let swept = fine(&folder, &["sweep", "s.toml", "--format", "json"]);
    let swept: Value = serde_json::from_str(&swept).expect("JSON");
    assert_eq!(swept["schema"], "shardlag.sweep/1");
    let set = ["--set", "mapping.BatchSize=10", "--set", "function.duration.base=200ms"];
    let run = fine(&folder, &[&["run", "s.toml", "--format", "json"], &set[..]].concat());
    let run: Value = serde_json::from_str(&run).expect("JSON");
    let point = &swept["points"][4];
    assert_eq!(point["levels"]["mapping.BatchSize"], "10");
    assert_eq!(point["levels"]["function.duration.base"], "200ms");
    for variant in 0..2 {
        let (one, other) = (&point["variants"][variant], &run["variants"][variant]);
        assert_eq!(one["figures"]["iterator_age.p99"], other["iterator_age"]["p99"]);
        assert_eq!(one["figures"]["cost_usd.total"], other["cost_usd"]["total"]);
        assert_eq!(one["stability"], other["stability"]["verdict"]);
    }
}

#[test]
fn a_killed_sweep_goes_on_and_ends_with_the_bytes_of_an_undisturbed_one() {
    let folder = folder("killed");
    let long = ["sweep", "s.toml", "--replications", "40", "--threads", "1", "--quiet"];
    let mut child = command(&folder, &[&long[..], &["--out", "killed"]].concat())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let points = folder.join("killed/points");
    let count = || files(&points).iter().filter(|(name, _)| name.ends_with(".json")).count();
    let mut looks = 0..30_000;
    while !(points.is_dir() && count() >= 2) {
        assert!(looks.next().is_some(), "no point is finished");
        std::thread::sleep(Duration::from_millis(2));
    }
    // SIGKILL: nothing can be tidied up.
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let kept = count();
    assert!((2..9).contains(&kept), "{kept} points were finished before the end");
    assert!(!folder.join("killed/sweep.csv").exists());
    // What a run that is killed while it writes a point leaves behind.
    let part = of_plan(&points).join(".000009.json.part.1");
    fs::write(&part, "{ \"schema\": \"shardlag.sw").expect("it can be written");
    let untouched = of_plan(&points).join("000001.json");
    let written_at =
        |path: &Path| fs::metadata(path).and_then(|found| found.modified()).expect("it is there");
    let before = untouched.is_file().then(|| written_at(&untouched));
    fine(&folder, &[&long[..], &["--out", "killed"]].concat());
    fine(&folder, &[&long[..], &["--out", "whole"]].concat());
    if let Some(before) = before {
        assert_eq!(written_at(&untouched), before, "a finished point was run again");
    }
    let (killed, whole) = (files(&folder.join("killed")), files(&folder.join("whole")));
    assert!(killed == whole, "the folders differ");
}

#[test]
fn a_changed_scenario_begins_anew_and_says_so() {
    let folder = folder("changed");
    fine(&folder, &["sweep", "s.toml", "--quiet"]);
    let first = files(&folder.join("reports/s-sweep"));
    // A comment changes nothing that decides a figure.
    fs::write(folder.join("s.toml"), format!("# The same.\n{SCENARIO}")).expect("written");
    let output = shardlag(&folder, &["sweep", "s.toml"]);
    assert_eq!(text(&output.stderr), "");
    assert!(files(&folder.join("reports/s-sweep")) == first);
    fs::write(folder.join("s.toml"), SCENARIO.replace("20/s", "21/s")).expect("written");
    let output = shardlag(&folder, &["sweep", "s.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(said.contains("points of another plan") && said.contains("begins anew"), "{said}");
    assert!(report(&folder.join("reports/s-sweep")) != first);
}

#[test]
fn shards_merge_to_the_bytes_of_one_machine() {
    let folder = folder("shards");
    fine(&folder, &["sweep", "s.toml", "--quiet"]);
    let said = fine(&folder, &["sweep", "plan", "s.toml", "--out", "plan.json"]);
    assert!(said.starts_with("plan.json: 9 points, plan "), "{said}");
    // The plan is all that another machine needs.
    let away = folder.join("away");
    fs::create_dir_all(&away).expect("it can be made");
    fs::copy(folder.join("plan.json"), away.join("plan.json")).expect("it can be copied");
    assert!(fine(&away, &["sweep", "status", "plan.json"]).contains("0 of 9 points"));
    fine(&away, &["sweep", "run", "plan.json", "--shard", "1/3", "--points", "a"]);
    let array = ["sweep", "run", "plan.json", "--shard", "auto", "--points", "b"];
    let mut job = command(&away, &array);
    job.env("SLURM_ARRAY_TASK_ID", "2").env("SLURM_ARRAY_TASK_COUNT", "3");
    job.env("SLURM_ARRAY_TASK_MIN", "1");
    let output = job.output().expect("it starts");
    let printed = text(&output.stdout);
    assert!(printed.starts_with("Shard 2/3: 3 points run"), "{}", text(&output.stderr));
    let merge = ["sweep", "merge", "plan.json", "--points", "a", "--points", "b", "--quiet"];
    let said = refused(&away, &merge, 1);
    assert!(said.contains("3 of 9 points are not finished: 3, 6, 9;"), "{said}");
    let status = fine(&away, &["sweep", "status", "plan.json", "--points", "a"]);
    assert_eq!(status, "3 of 9 points are finished; missing: 2-3, 5-6, 8-9\n");
    // One shard twice: what agrees is no error.
    fine(&away, &["sweep", "run", "plan.json", "--shard", "2/3", "--points", "a"]);
    fine(&away, &["sweep", "run", "plan.json", "--shard", "3/3", "--points", "b"]);
    fine(&away, &merge);
    let (one, many) = (folder.join("reports/s-sweep"), away.join("reports/s-sweep"));
    assert!(report(&one) == report(&many), "the reports differ");
}

#[test]
fn points_that_do_not_belong_together_are_not_merged() {
    let folder = folder("refused");
    fine(&folder, &["sweep", "plan", "s.toml", "--out", "plan.json"]);
    fine(&folder, &["sweep", "run", "plan.json", "--quiet"]);
    let points = of_plan(&folder.join("plan.points"));
    let point = points.join("000002.json");
    let right = fs::read_to_string(&point).expect("it is there");
    let merge = ["sweep", "merge", "plan.json", "--quiet"];
    let cases = [
        (right.replace("\"version\": \"", "\"version\": \"9."), "its version is `9."),
        (right.replace("\"plan\": \"", "\"plan\": \"0"), "its plan is `0"),
        (right.replace("\"point\": 2", "\"point\": 3"), "holds point 3, not 2"),
        (right[..right.len() / 2].to_owned(), "is no finished point"),
    ];
    for (wrong, expected) in cases {
        fs::write(&point, wrong).expect("it can be written");
        let said = refused(&folder, &merge, 1);
        assert!(said.contains("000002.json: ") && said.contains(expected), "{said}");
    }
    fs::write(&point, &right).expect("it can be written");
    let other = folder.join("other").join(points.file_name().expect("a hash"));
    fs::create_dir_all(&other).expect("it can be made");
    let count = right.find("\"value\": ").expect("a figure") + 9;
    let changed = format!("{}1{}", &right[..count], &right[count..]);
    fs::write(other.join("000002.json"), changed).expect("it can be written");
    let twice = [&merge[..], &["--points", "plan.points", "--points", "other"]].concat();
    let said = refused(&folder, &twice, 1);
    assert!(said.contains("point 2 has two different results"), "{said}");
    let plan = fs::read_to_string(folder.join("plan.json")).expect("it is there");
    fs::write(folder.join("plan.json"), plan.replace("20ms\\\"", "21ms\\\"")).expect("written");
    assert!(refused(&folder, &merge, 2).contains("was changed after it was made"));
    fs::write(folder.join("plan.json"), "{}").expect("it can be written");
    assert!(refused(&folder, &merge, 2).contains("make one with `shardlag sweep plan"));
    fs::write(folder.join("s.toml"), SCENARIO.replace("20/s", "22/s")).expect("written");
    fine(&folder, &["sweep", "plan", "s.toml", "--out", "plan.json"]);
    assert!(refused(&folder, &merge, 1).contains("has no points of this plan"));
}

#[test]
fn a_plan_holds_the_files_that_its_scenario_names() {
    let folder = folder("files");
    let traced = SCENARIO.replace(
        "arrivals = { poisson = { rate = \"20/s\" } }",
        "arrivals = { trace = { file = \"t.csv\", counts = 1, period = \"1m\" } }",
    );
    fs::write(folder.join("s.toml"), traced).expect("it can be written");
    fs::write(folder.join("t.csv"), "600\n900\n300\n").expect("it can be written");
    fine(&folder, &["sweep", "plan", "s.toml", "--out", "plan.json"]);
    fine(&folder, &["sweep", "s.toml", "--quiet"]);
    fs::remove_file(folder.join("t.csv")).expect("it is there");
    fs::remove_file(folder.join("s.toml")).expect("it is there");
    fine(&folder, &["sweep", "run", "plan.json", "--quiet"]);
    fine(&folder, &["sweep", "merge", "plan.json", "--out", "merged", "--quiet"]);
    let merged = folder.join("merged");
    assert!(report(&merged) == report(&folder.join("reports/s-sweep")));
}

#[test]
fn factors_and_front_of_the_command_line_replace_those_of_the_scenario() {
    let folder = folder("factors");
    let arguments = [
        "sweep",
        "s.toml",
        "--factor",
        "function.duration.base=10ms..100ms",
        "--factor",
        "mapping.MaximumBatchingWindowInSeconds=0..10",
        "--factor",
        "mapping.BatchSize=1,50",
        "--latin-hypercube",
        "8",
        "--pareto",
        "invocations,record_age.p99",
    ];
    assert!(refused(&folder, &arguments, 2).contains("--pareto: more or less of `invocations`"));
    let mut arguments = arguments;
    arguments[arguments.len() - 1] = "errors,record_age.p99";
    let printed = fine(&folder, &arguments);
    assert!(printed.contains("8 points of 2 variants"), "{printed}");
    assert!(folder.join("reports/s-sweep/effects.svg").is_file());
    let many = ["sweep", "s.toml", "--factor", "mapping.BatchSize=1..10000", "--max-points", "50"];
    let said = refused(&folder, &many, 2);
    assert!(said.contains("these factors make 10000 points, more than 50"), "{said}");
    let wrong = ["sweep", "s.toml", "--factor", "mapping.BatchSiz=1,2"];
    let said = refused(&folder, &wrong, 2);
    assert!(said.contains("--factor:1:1: mapping.BatchSiz: unknown key; did you mean"), "{said}");
}

#[test]
fn job_files_name_plan_shards_and_engine() {
    let folder = folder("jobs");
    fine(&folder, &["sweep", "plan", "s.toml", "--out", "my plan.json"]);
    let job = |engine: &str| {
        let arguments = ["sweep", "submit", "my plan.json", "--engine", engine, "--shards", "4"];
        fine(&folder, &[&arguments[..], &["--dry-run"]].concat())
    };
    let slurm = job("slurm");
    assert!(slurm.starts_with("#!/bin/sh\n#SBATCH --job-name=shardlag-"), "{slurm}");
    assert!(slurm.contains("#SBATCH --array=1-4\n"), "{slurm}");
    assert!(slurm.contains("my plan.json' --shard auto --of 4 --points '/"), "{slurm}");
    let parallel = job("parallel");
    assert!(parallel.contains("seq 4 | parallel "), "{parallel}");
    let batch: Value = serde_json::from_str(&job("aws-batch")).expect("JSON");
    assert_eq!(batch["arrayProperties"]["size"], 4);
    let command = ["shardlag", "sweep", "run", "my plan.json", "--shard", "auto", "--of", "4"];
    let words = batch["containerOverrides"]["command"].as_array().expect("words");
    assert!(words.iter().zip(command).all(|(found, word)| found == word), "{words:?}");
    let kubernetes = job("kubernetes");
    for line in ["completionMode: Indexed", "completions: 4", "\"my plan.json\", \"--shard\""] {
        assert!(kubernetes.contains(line), "{kubernetes}");
    }
}

/// Whether a program is installed and says so with this argument.
fn is_installed(program: &str, argument: &str, says: &str) -> bool {
    let output = Command::new(program).arg(argument).output();
    let is_there =
        output.is_ok_and(|output| output.status.success() && text(&output.stdout).contains(says));
    if !is_there {
        println!("skipped: `{program}` is not installed (.ci/run installs it where it can)");
    }
    is_there
}

#[test]
fn gnu_parallel_runs_the_shards_of_a_plan() {
    if !is_installed("parallel", "--version", "GNU parallel") {
        return;
    }
    let folder = folder("parallel");
    fine(&folder, &["sweep", "plan", "s.toml", "--out", "my plan.json"]);
    fine(&folder, &["sweep", "submit", "my plan.json", "--engine", "parallel", "--shards", "4"]);
    // A shard that was lost is run again, and nothing else.
    let lost = of_plan(&folder.join("my plan.points")).join("000003.json");
    fs::remove_file(&lost).expect("every point is finished");
    fine(&folder, &["sweep", "submit", "my plan.json", "--engine", "parallel", "--shards", "4"]);
    assert!(lost.is_file());
    fine(&folder, &["sweep", "merge", "my plan.json", "--out", "many", "--quiet"]);
    fine(&folder, &["sweep", "s.toml", "--out", "one", "--quiet"]);
    assert!(report(&folder.join("many")) == report(&folder.join("one")), "the reports differ");
}
