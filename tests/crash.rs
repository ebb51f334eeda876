//! What is left when a command is killed or the disk is full: old files or new ones, never half
//! ones; and the next command cleans up and goes on.
//!
//! | how | what is shown |
//! |---|---|
//! | SIGKILL, SIGTERM, SIGINT at many moments of five commands that write files | whole files |
//! | a small file system that fills up | an error that names the file; all old files |
//! | a limit on the size of files (`ulimit -f`) | the same |
//! | a temporary file of a killed process | the next command removes it, and no other |
//!
//! Left out: systems without signals and mounts of a test's own, on which it says so.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods)] // The clock places kills; no result depends on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const SCENARIO: &str = r#"
duration = "20m"
replications = 2
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "10/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
MaximumRetryAttempts = 2
[function]
duration = "40ms"
[[function.fault]]
poison = { at = "1m", shard = 0 }
[[sweep.factor]]
key = "mapping.BatchSize"
values = [10, 100, 1000]
[[sweep.factor]]
key = "stream.shards"
values = [1, 2]
[[assert]]
that = "iterator_age.p99 < 60m"
[tune]
minimize = "cost_usd.total"
[[tune.factor]]
key = "mapping.BatchSize"
values = [10, 100]
"#;

/// Kills of each command.
const KILLS: u32 = 10;

/// A folder of a test's own with the scenario.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("s.toml"), SCENARIO).expect("the folder can be written");
    folder
}

fn program() -> &'static Path {
    assert_cmd::cargo::cargo_bin!("shardlag")
}

/// A command with its arguments in one text.
fn shardlag(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(program());
    command.current_dir(folder).args(arguments.split(' ')).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn succeeds(folder: &Path, arguments: &str) {
    let status = shardlag(folder, arguments).status().expect("it starts");
    assert!(status.success(), "{arguments}: {status}");
}

/// Lines of the shell, of which `$shardlag` is the program.
fn shell(folder: &Path, prefix: &[&str], lines: &str) -> Output {
    let words = prefix.iter().copied().chain(["sh", "-c", lines]).collect::<Vec<_>>();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(folder).env("shardlag", program());
    command.output().expect("there is a shell")
}

/// All files below a folder by their paths in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it can be listed") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below").display().to_string();
                found.insert(name, fs::read(&path).expect("it can be read"));
            }
        }
    }
    found
}

/// Whether a file is only being written, or was when its process was killed.
fn is_part(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('.'))
}

/// Runs a command with seed 1, then kills it at many moments with seed 2: every file is that of a
/// whole run. In the end it is run to its end, and only its own files are there.
fn is_killed_without_harm(name: &str, command: &str) {
    let folder = folder(name);
    let with = |seed: u32, out: &str| {
        let seed =
            if command.contains("merge") { String::new() } else { format!(" --seed {seed}") };
        format!("{command}{seed} --out {out}")
    };
    let before = |seed: u32| {
        if command.contains("merge") {
            succeeds(&folder, &format!("sweep plan s.toml --seed {seed} --out plan.json"));
            succeeds(&folder, "sweep run plan.json");
        }
    };
    before(1);
    succeeds(&folder, &with(1, "report"));
    let old = files(&folder.join("report"));
    before(2);
    let started = Instant::now();
    succeeds(&folder, &with(2, "new"));
    let length = started.elapsed();
    let new = files(&folder.join("new"));
    assert_ne!(old, new, "old and new can be told apart");
    let mut killed = 0;
    for kill in 1..=KILLS {
        let mut child = shardlag(&folder, &with(2, "report")).spawn().expect("it starts");
        // Half of the kills come towards the end, when files are written.
        let share =
            if kill % 2 == 0 { 0.8 + 0.03 * f64::from(kill) } else { 0.1 * f64::from(kill) };
        std::thread::sleep(Duration::mul_f64(length, share));
        let signal = ["-TERM", "-KILL", "-INT"][kill as usize % 3];
        // It may have come to its end by itself.
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).status();
        killed += u32::from(!child.wait().expect("it ends").success());
        let found = files(&folder.join("report"));
        for (path, bytes) in found.iter().filter(|(path, _)| !is_part(path)) {
            let is_whole = old.get(path) == Some(bytes) || new.get(path) == Some(bytes);
            assert!(is_whole, "{name}, kill {kill}: {path} is half or wrong");
        }
        assert!(old.keys().all(|path| found.contains_key(path)), "{name}: a file is gone");
    }
    assert!(killed > 0, "{name}: no command was killed before its end");
    succeeds(&folder, &with(2, "report"));
    let found = files(&folder.join("report"));
    assert!(new.iter().all(|(path, bytes)| found.get(path) == Some(bytes)), "{name}");
    let parts: Vec<&String> = found.keys().filter(|path| is_part(path)).collect();
    assert!(parts.is_empty(), "{name}: {parts:?} are left");
}

#[test]
fn a_killed_run_leaves_whole_files() {
    is_killed_without_harm("run", "run s.toml --quiet");
}

#[test]
fn a_killed_sweep_leaves_whole_files_and_goes_on() {
    is_killed_without_harm("sweep", "sweep s.toml --quiet");
}

#[test]
fn a_killed_merge_leaves_whole_files() {
    is_killed_without_harm("merge", "sweep merge plan.json --quiet");
}

#[test]
fn a_killed_search_leaves_whole_files() {
    is_killed_without_harm("tune", "tune s.toml --quiet");
}

#[test]
fn a_killed_validation_leaves_whole_files() {
    is_killed_without_harm("validate", "validate --quick --group b --quiet");
}

#[test]
fn the_next_command_removes_what_a_killed_one_left_and_nothing_else() {
    let folder = folder("leftovers");
    succeeds(&folder, "run s.toml --quiet --out report");
    let report = folder.join("report");
    let mut sleeper = Command::new("sleep").arg("600").spawn().expect("there is `sleep`");
    // Above the largest number that Linux gives a process.
    let dead = report.join(".report.html.4194305.tmp");
    let stay = [
        report.join(format!(".summary.json.{}.tmp", sleeper.id())),
        report.join(".notes.tmp"),
        report.join("mine.4194305.tmp"),
    ];
    for path in stay.iter().chain([&dead]) {
        fs::write(path, "half").expect("it can be written");
    }
    succeeds(&folder, "run s.toml --quiet --out report");
    sleeper.kill().expect("it was started here");
    sleeper.wait().expect("it ends");
    assert!(!dead.exists());
    assert!(stay.iter().all(|path| path.exists()));
}

/// Whether a command failed with an error that names a file, in a message and not by a signal.
fn says(output: &Output, code: i32, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_leaves_the_old_ones() {
    let folder = folder("ulimit");
    succeeds(&folder, "run s.toml --quiet --out report");
    let old = files(&folder.join("report"));
    let lines = "ulimit -f 8; ulimit -c 0; \"$shardlag\" run s.toml --quiet --seed 2 --out report";
    says(&shell(&folder, &[], lines), 1, "cannot write this file: File too large");
    assert_eq!(files(&folder.join("report")), old);
    let lines = "ulimit -f 1; ulimit -c 0; \"$shardlag\" sweep s.toml --quiet --out sweep";
    says(&shell(&folder, &[], lines), 1, "File too large");
    assert!(files(&folder.join("sweep")).is_empty());
}

/// How a process gets mounts of its own here.
fn with_own_mounts(folder: &Path) -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--mount", "--map-root-user"]];
    let lines = "mkdir -p mount && mount -t tmpfs -o size=4k none mount";
    ways.into_iter().find(|way| shell(folder, way, lines).status.success())
}

#[test]
fn a_full_disk_is_an_error_and_leaves_the_old_files_and_a_sweep_goes_on() {
    let folder = folder("full");
    let Some(way) = with_own_mounts(&folder) else {
        eprintln!("left out: no file system can be mounted here");
        return;
    };
    // The mount is gone when the shell ends: what is in it is copied out.
    let lines = "
        mount -t tmpfs -o size=1m none mount || exit 90
        \"$shardlag\" run s.toml --quiet --out mount/report || exit 91
        cp -r mount/report old
        head -c 2000000 /dev/zero >mount/filled 2>/dev/null
        \"$shardlag\" run s.toml --quiet --seed 2 --out mount/report; code=$?
        rm mount/filled; cp -r mount/report found; exit $code";
    says(&shell(&folder, way, lines), 1, "cannot write this file: No space left on device");
    assert_eq!(files(&folder.join("found")), files(&folder.join("old")));
    // Full from the third of six points on; a point takes a block of 4 KiB, as its folders do.
    succeeds(&folder, "sweep s.toml --quiet --out whole");
    let lines = "
        mount -t tmpfs -o size=1m none mount || exit 90
        mkdir -p mount/sweep/points; head -c 1034240 /dev/zero >mount/filled 2>/dev/null
        \"$shardlag\" sweep s.toml --quiet --threads 1 --out mount/sweep; code=$?
        cp -r mount/sweep half; rm mount/filled
        \"$shardlag\" sweep s.toml --quiet --threads 1 --out mount/sweep || exit 92
        cp -r mount/sweep found-sweep; exit $code";
    says(&shell(&folder, way, lines), 1, "No space left on device");
    let (half, whole) = (files(&folder.join("half")), files(&folder.join("whole")));
    assert!(half.iter().all(|(path, bytes)| whole.get(path) == Some(bytes)), "a half point");
    assert!(half.len() < whole.len(), "the disk was never full");
    assert_eq!(files(&folder.join("found-sweep")), whole);
}

/// Two plans with their points, `plan1.json` and `plan2.json`, of which reports differ.
fn two_plans(folder: &Path) {
    for seed in [1, 2] {
        let plan = format!("plan{seed}.json");
        succeeds(folder, &format!("sweep plan s.toml --quiet --seed {seed} --out {plan}"));
        succeeds(folder, &format!("sweep run {plan} --quiet"));
    }
}

#[test]
fn a_merge_without_room_leaves_the_old_report_and_one_with_room_replaces_it() {
    let folder = folder("merge-without-room");
    two_plans(&folder);
    let merge = "\"$shardlag\" sweep merge --quiet";
    let limited = format!(
        "{merge} plan1.json --out report || exit 91
        cp -r report old
        (ulimit -f 8; ulimit -c 0; {merge} plan2.json --out report); code=$?
        cp -r report found
        {merge} plan2.json --out report || exit 92
        mv report new; exit $code"
    );
    says(&shell(&folder, &[], &limited), 1, "cannot write this file: File too large");
    let [old, found, new] = ["old", "found", "new"].map(|name| files(&folder.join(name)));
    assert_eq!(found, old);
    assert!(old.keys().eq(new.keys()) && old["sweep.csv"] != new["sweep.csv"]);
    let Some(way) = with_own_mounts(&folder) else {
        eprintln!("left out in part: no file system can be mounted here");
        return;
    };
    let full = format!(
        "mount -t tmpfs -o size=8m none mount || exit 90
        cp -r old mount/report
        head -c 16000000 /dev/zero >mount/filled 2>/dev/null
        {merge} plan2.json --out mount/report; code=$?
        cp -r mount/report found-full; rm mount/filled
        {merge} plan2.json --out mount/report || exit 92
        cp -r mount/report new-full; exit $code"
    );
    says(&shell(&folder, way, &full), 1, "cannot write this file: No space left on device");
    assert_eq!(files(&folder.join("found-full")), old);
    assert_eq!(files(&folder.join("new-full")), new);
}
