//! What is left when a command is interrupted: figures of what is done, or points, and whole files.
//!
//! Left out: sweeps that are killed, whose tests are in `sweep_command.rs`; and systems without
//! signals.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods)] // The clock places kills; no result depends on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const SCENARIO: &str = r#"
duration = "30m"
replications = 3
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
MaximumRetryAttempts = 2
DestinationConfig = { OnFailure = { Destination = "arn:aws:sqs:us-east-1:123456789012:failed" } }
[function]
duration = "40ms"
[[function.fault]]
poison = { at = "1m", shard = 0 }
[[variant]]
name = "larger batches"
set = { "mapping.BatchSize" = 500 }
"#;

/// Kills at different moments of a run.
const KILLS: u32 = 16;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interruption").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("s.toml"), SCENARIO).expect("the folder can be written");
    folder
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("shardlag"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Sends a signal by its name to a process that this test has started.
fn send(signal: &str, id: u32) {
    let sent = Command::new("kill").args([signal, &id.to_string()]).status();
    assert!(sent.expect("there is a `kill`").success());
}

/// A run of far more replications than there is time for, interrupted after a while.
fn interrupted(folder: &Path, more: &[&str]) -> Output {
    let run = ["run", "s.toml", "--replications", "10000", "--threads", "2", "--out", "report"];
    let child = shardlag(folder, &[&run, more].concat()).spawn().expect("it starts");
    std::thread::sleep(Duration::from_secs(2));
    send("-INT", child.id());
    child.wait_with_output().expect("it ends")
}

/// How many replications the message says are done.
fn done(said: &str) -> u64 {
    let words = "interrupted: the figures are of ";
    let count = said.split(words).nth(1).and_then(|rest| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{said}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_interrupted_run_shows_what_is_done_and_writes_no_file() {
    let folder = folder("table");
    let output = interrupted(&folder, &[]);
    let (table, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{said}");
    let count = done(&said);
    assert!((1..10_000).contains(&count), "{said}");
    assert!(
        said.contains(&format!("{count} of 10000 replications; no file was written")),
        "{said}"
    );
    for row in ["IteratorAge p99", "processed", "larger batches"] {
        assert!(table.contains(row), "{row}\n{table}");
    }
    assert!(!table.contains("Report: "), "{table}");
    assert!(!folder.join("report").exists());
}

#[test]
fn an_interrupted_run_gives_programs_the_summary_of_what_is_done() {
    let folder = folder("json");
    let output = interrupted(&folder, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(130));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(summary["schema"], "shardlag.summary/1");
    let said = text(&output.stderr);
    assert_eq!(summary["replications"].as_u64(), Some(done(&said)), "{said}");
    assert_eq!(summary["variants"].as_array().map(Vec::len), Some(2));
    assert!(!folder.join("report").exists());
}

/// The points of a sweep that are finished.
fn points(folder: &Path) -> usize {
    let plans = fs::read_dir(folder.join("points")).into_iter().flatten().flatten();
    let files = plans.flat_map(|plan| fs::read_dir(plan.path()).into_iter().flatten().flatten());
    files.filter(|file| !file.file_name().to_string_lossy().starts_with('.')).count()
}

#[test]
fn an_interrupted_sweep_says_what_is_kept_and_goes_on() {
    let folder = folder("sweep");
    let factor = "mapping.BatchSize=10,20,30,40,50,60";
    let sweep = |out: &str| {
        let more = ["--replications", "8", "--threads", "1", "--quiet", "--out", out];
        shardlag(&folder, &[&["sweep", "s.toml", "--factor", factor], &more[..]].concat())
    };
    let child = sweep("swept").spawn().expect("it starts");
    let mut looks = 0..30_000;
    while points(&folder.join("swept")) < 2 {
        assert!(looks.next().is_some(), "no point is finished");
        std::thread::sleep(Duration::from_millis(2));
    }
    send("-INT", child.id());
    let output = child.wait_with_output().expect("it ends");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let kept = points(&folder.join("swept"));
    let stated = format!("interrupted: {kept} of 6 points are finished and kept in swept/points/");
    assert!(said.contains(&stated), "{kept}: {said}");
    assert!(!folder.join("swept/sweep.csv").exists());
    for out in ["swept", "whole"] {
        assert!(sweep(out).status().expect("it starts").success(), "{out}");
    }
    let page = |out: &str| fs::read(folder.join(out).join("sweep.csv")).expect("it was written");
    assert_eq!(page("swept"), page("whole"));
}

#[test]
fn commands_without_a_part_of_a_result_say_that_they_were_interrupted() {
    let folder = folder("others");
    // A replication takes minutes, so that none is done.
    let many = ["--set", "duration=300d", "--replications", "100", "--threads", "1"];
    let factor = ["--minimize", "cost_usd.total", "--factor", "mapping.BatchSize=10,20"];
    for command in [
        [&["compare", "s.toml"][..], &many].concat(),
        [&["tune", "s.toml", "--out", "report"][..], &factor, &many].concat(),
        vec!["validate", "--threads", "1", "--out", "report"],
    ] {
        let child = shardlag(&folder, &command).spawn().expect("it starts");
        std::thread::sleep(Duration::from_secs(1));
        send("-INT", child.id());
        let output = child.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{command:?}: {said}");
        assert!(said.contains("interrupted before there was a result"), "{command:?}: {said}");
        assert!(!folder.join("report").exists(), "{command:?}");
    }
}

/// Files of a report; those being written have names that begin with a dot.
fn report(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("there is a report");
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("it can be listed");
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read(entry.path()).expect("it can be read"))
    };
    entries.map(file).filter(|(name, _)| !name.starts_with('.')).collect()
}

#[test]
fn a_run_that_is_killed_leaves_old_or_new_files_and_never_half_ones() {
    let folder = folder("killed");
    let run = |seed: &str, out: &str| {
        shardlag(&folder, &["run", "s.toml", "--quiet", "--seed", seed, "--out", out])
    };
    let finish = |seed: &str, out: &str| {
        let status = run(seed, out).status().expect("it starts");
        assert!(status.success());
        report(&folder.join(out))
    };
    let old = finish("1", "report");
    let started = Instant::now();
    let new = finish("2", "new");
    let length = started.elapsed();
    assert!(old.keys().eq(new.keys()), "{:?} {:?}", old.keys(), new.keys());
    let differing = old.iter().filter(|(name, bytes)| new[*name] != **bytes).count();
    assert!(differing > old.len() / 2, "old and new can hardly be told apart");
    let (mut killed, mut all_old) = (0, 0);
    for kill in 1..=KILLS {
        let mut child = run("2", "report").spawn().expect("it starts");
        // The last kills come while files are written, or just after.
        std::thread::sleep(length.mul_f64(0.5 + 0.6 * f64::from(kill) / f64::from(KILLS)));
        child.kill().expect("it was started here");
        let status = child.wait().expect("it ends");
        killed += u32::from(!status.success());
        let found = report(&folder.join("report"));
        assert!(found.keys().eq(old.keys()), "{:?}", found.keys());
        for (name, bytes) in &found {
            let is_whole = *bytes == old[name] || *bytes == new[name];
            assert!(is_whole, "kill {kill}: {name} is neither the old nor the new one");
        }
        all_old += u32::from(found == old);
        for (name, bytes) in &old {
            fs::write(folder.join("report").join(name), bytes).expect("it can be written");
        }
    }
    assert!(killed > 0 && all_old > 0, "{killed} of {KILLS} were killed, {all_old} before writing");
}
