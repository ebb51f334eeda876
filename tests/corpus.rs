//! The bytes that fuzzing has kept: what once broke the program, and a small set that reaches what
//! fuzzing has reached. They are tried as `cargo fuzz` tries them, without `cargo fuzz`.
//!
//! `fuzz/regressions/TARGET` holds what was found, `fuzz/corpus/TARGET` the small set; `fuzz/run.sh`
//! looks for more.

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use fuzz::{TARGETS, Target};

/// What is kept in all, in bytes.
const BYTES_MAX: u64 = 1_000_000;

/// The kept files of a target.
fn files(target: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let folders = ["regressions", "corpus"].map(|kept| root.join(kept).join(target));
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder can be listed").path()).collect();
    files.sort();
    files
}

fn try_all(name: &str) {
    let target: &Target = TARGETS.iter().find(|(known, _)| *known == name).expect("it is one");
    let files = files(name);
    assert!(!files.is_empty(), "nothing is kept for {name}");
    for file in files {
        let bytes = fs::read(&file).expect("the file can be read");
        let done = catch_unwind(|| target.1(&bytes));
        let repeat = format!("cargo +nightly fuzz run -s none {name} {}", file.display());
        assert!(done.is_ok(), "{} breaks `{name}`; in fuzz/, run\n    {repeat}", file.display());
    }
}

#[test]
fn kept_scenario_files_break_nothing() {
    try_all("scenario");
}

#[test]
fn kept_files_of_the_aws_world_break_nothing() {
    try_all("import");
}

#[test]
fn kept_traces_and_metrics_break_nothing() {
    try_all("trace");
}

#[test]
fn kept_items_break_nothing() {
    try_all("items");
}

#[test]
fn kept_summaries_plans_and_points_break_nothing() {
    try_all("saved");
}

#[test]
fn kept_simulations_keep_the_rules() {
    try_all("simulation");
}

#[test]
fn what_is_kept_is_small() {
    let sizes = TARGETS.iter().flat_map(|(name, _)| files(name));
    let sum: u64 = sizes.map(|file| fs::metadata(file).expect("it is there").len()).sum();
    assert!(sum < BYTES_MAX, "{sum} bytes are kept; see fuzz/minimise.sh");
}
