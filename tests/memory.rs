//! What is not read costs no memory: a shard blocked for a day at 1,000 records per second, run
//! in a process of its own whose peak is read from `/proc` (`VmHWM`).
//!
//! Left out: systems without `/proc`, where the tests say so and pass.
#![allow(clippy::disallowed_methods)] // The clock bounds the run time; no result depends on it.

#[path = "support/text.rs"]
mod text;

use std::process::Command;
use std::time::Instant;

use shardlag::experiment::{RunOptions, run};
use text::scenario;

/// Peak of the whole process, as promised.
const PEAK_MAX_KIB: u64 = 50 * 1024;
/// Generous: it takes a few seconds on one core of a shared machine.
const SECONDS_MAX: u64 = 90;
/// Set in the process that is measured: the scenario to run.
const SCENARIO: &str = "SHARDLAG_MEMORY_SCENARIO";

fn blocked_for_a_day(model: &str) -> String {
    format!(
        r#"
        duration = "24h"
        replications = 1
        [stream]
        kind = "dynamodb"
        shards = 1
        [[traffic]]
        arrivals = {{ poisson = {{ rate = "1000/s" }} }}
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 100
        MaximumRetryAttempts = -1
        [function]
        duration = {{ base = "20ms", per_record = "0.5ms" }}
        [[function.fault]]
        poison = {{ at = "1s", shard = 0 }}
        [model]
        {model}
        "#
    )
}

/// Runs the scenario in a process of its own, which is this very test, and checks its peak.
fn check(test: &str, text: &str) {
    if let Ok(text) = std::env::var(SCENARIO) {
        run_and_say_peak(&text);
        return;
    }
    if !std::path::Path::new("/proc/self/status").exists() {
        println!("skipped: there is no /proc to read the peak memory from");
        return;
    }
    let started = Instant::now();
    let output = Command::new(std::env::current_exe().expect("this test has a path"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(SCENARIO, text)
        .output()
        .expect("this test starts once more");
    let seconds = started.elapsed().as_secs();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    let peak = said.lines().find_map(|line| line.split_once("peak KiB: ")?.1.parse::<u64>().ok());
    let peak = peak.unwrap_or_else(|| panic!("no peak was said:\n{said}\n{errors}"));
    println!("{test}: {peak} KiB, {seconds} s");
    assert!(peak < PEAK_MAX_KIB, "{peak} KiB at the peak");
    assert!(seconds < SECONDS_MAX, "{seconds} s");
}

fn run_and_say_peak(text: &str) {
    let options = RunOptions { threads: Some(1), ..RunOptions::default() };
    let results = run(&scenario(text), &options, &|_| ()).expect("the scenario runs");
    let variant = &results.summary.variants[0];
    let remaining = variant.ledger.remaining.value.expect("the ledger has it");
    assert!(remaining > 80e6, "{remaining} records wait behind the poison record");
    let blocked = variant.blocked_shard_time.total.value.expect("a time");
    assert!(blocked > 86_000.0, "{blocked} s blocked");
    let status = std::fs::read_to_string("/proc/self/status").expect("it exists");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    println!("peak KiB: {}", line.trim().trim_end_matches(" kB"));
}

#[test]
fn a_shard_blocked_for_a_day_takes_little_memory() {
    check("a_shard_blocked_for_a_day_takes_little_memory", &blocked_for_a_day(""));
}

#[test]
fn so_does_one_that_is_read_ahead_without_a_bound() {
    let text = blocked_for_a_day("poll_model = \"buffered\"");
    check("so_does_one_that_is_read_ahead_without_a_bound", &text);
}

#[test]
fn so_does_one_whose_lanes_read_for_themselves() {
    let text = blocked_for_a_day("poll_model = \"grid\"");
    check("so_does_one_whose_lanes_read_for_themselves", &text);
}
