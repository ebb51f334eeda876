//! The trace for ui.perfetto.dev: valid, named, nothing that overlaps, nothing that is missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Everything that a lane can wait for: a window, retries, splits, throttles; shards that split.
const SCENARIO: &str = r#"
    duration = "4m"
    replications = 1
    [stream]
    kind = "kinesis"
    shards = 2
    reshard = [{ at = "2m", shards = 3 }]
    [[traffic]]
    arrivals = { poisson = { rate = "60/s" } }
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 20
    MaximumBatchingWindowInSeconds = 2
    ParallelizationFactor = 2
    MaximumRetryAttempts = 2
    BisectBatchOnFunctionError = true
    [function]
    duration = { base = "200ms", per_record = "5ms" }
    [[function.fault]]
    poison = { at = "30s", shard = 0 }
    [[function.fault]]
    error_rate = "3%"
    [concurrency]
    reserved = 2
"#;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join("s.toml"), SCENARIO).expect("a file can be written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_shardlag"))
        .current_dir(folder)
        .args(["run", "s.toml", "--quiet", "--out", "out"])
        .args(arguments)
        .output()
        .expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The events of the Perfetto trace and the lines of the other one.
fn traces(folder: &Path) -> (Vec<Value>, Vec<Value>) {
    let (code, errors) = run(folder, &["--trace", "t.json", "--trace-format", "perfetto"]);
    assert_eq!(code, Some(0), "{errors}");
    let (code, errors) = run(folder, &["--trace", "t.jsonl"]);
    assert_eq!(code, Some(0), "{errors}");
    let text = |name| std::fs::read_to_string(folder.join(name)).expect("it was written");
    let whole: Value = serde_json::from_str(&text("t.json")).expect("valid JSON");
    assert_eq!(whole["displayTimeUnit"], "ms");
    let events = whole["traceEvents"].as_array().expect("a list").clone();
    let lines = text("t.jsonl");
    (events, lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

fn nanos(value: &Value, scale: f64) -> i64 {
    (value.as_f64().expect("a number") * scale).round() as i64
}

/// Start, end and name.
type Slice = (i64, i64, String);

/// Names of processes and threads, by number.
fn names(events: &[Value]) -> BTreeMap<(u64, u64), String> {
    let mut names = BTreeMap::new();
    for event in events.iter().filter(|event| event["ph"] == "M") {
        let name = event["args"]["name"].as_str().map(str::to_owned);
        let thread = event["tid"].as_u64().unwrap_or(0);
        if let Some(name) = name {
            let pid = event["pid"].as_u64().expect("a process");
            assert!(names.insert((pid, thread), name).is_none(), "named twice: {event}");
        }
    }
    names
}

#[test]
fn slices_of_a_track_never_overlap_and_every_track_has_a_name() {
    let (events, _) = traces(&folder("perfetto-tracks"));
    let names = names(&events);
    let mut slices: BTreeMap<(u64, u64), Vec<Slice>> = BTreeMap::new();
    for event in &events {
        let pid = event["pid"].as_u64().expect("a process");
        assert!(names.contains_key(&(pid, 0)), "no name: {event}");
        if event["ph"] == "X" {
            let tid = event["tid"].as_u64().expect("a thread");
            assert!(names.contains_key(&(pid, tid)), "no name: {event}");
            let (from, length) = (nanos(&event["ts"], 1e3), nanos(&event["dur"], 1e3));
            assert!(length > 0, "{event}");
            let name = event["name"].as_str().expect("a name").to_owned();
            slices.entry((pid, tid)).or_default().push((from, from + length, name));
        }
    }
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for (track, mut slices) in slices {
        slices.sort();
        for pair in slices.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{}: {pair:?}", names[&track]);
        }
        assert!(slices.last().is_some_and(|last| last.1 <= 240_000_000_000), "beyond the run");
        slices.into_iter().for_each(|slice| *kinds.entry(slice.2).or_default() += 1);
    }
    let expected = ["backoff", "gathering", "invocation: error", "pause after split", "throttled"];
    for kind in expected {
        assert!(kinds.contains_key(kind), "no {kind} among {kinds:?}");
    }
    let known: Vec<&str> = names.values().map(String::as_str).collect();
    for name in ["function", "shard 0", "shard 2", "poller", "lane 0", "lane 1", "blocked"] {
        assert!(known.contains(&name), "no {name} among {known:?}");
    }
}

#[test]
fn it_tells_as_much_as_the_lines_of_the_other_format() {
    let (events, lines) = traces(&folder("perfetto-counts"));
    let told = |name: &str| lines.iter().filter(|line| line["event"] == name).count();
    let instants = |name: &str| {
        let is = |event: &&Value| event["ph"] == "i" && event["name"] == name;
        events.iter().filter(is).count()
    };
    for name in ["poll", "read", "throttled", "split", "discarded", "batch_closed", "checkpoint"] {
        assert!(told(name) > 0, "there is no {name}");
        assert_eq!(instants(name), told(name), "{name}");
    }
    assert_eq!(instants("shard_opened"), told("shard_opened"));
    assert_eq!(instants("shard_ended"), told("shard_ended"));
    let is_invocation = |event: &&Value| {
        event["ph"] == "X"
            && event["name"].as_str().is_some_and(|name| name.starts_with("invocation: "))
    };
    assert_eq!(events.iter().filter(is_invocation).count(), told("invocation_start"));
    let ended: Vec<(i64, &Value)> = lines
        .iter()
        .filter(|line| line["event"] == "invocation_end")
        .map(|line| (nanos(&line["at"], 1e9), &line["records"]))
        .collect();
    let mut slices: Vec<(i64, &Value)> = events
        .iter()
        .filter(|event| is_invocation(event) && event["name"] != "invocation: not ended")
        .map(|event| {
            let end = nanos(&event["ts"], 1e3) + nanos(&event["dur"], 1e3);
            (end, &event["args"]["records"])
        })
        .collect();
    slices.sort_by_key(|(end, _)| *end);
    let times = |all: &[(i64, &Value)]| all.iter().map(|(at, _)| *at).collect::<Vec<i64>>();
    assert_eq!(times(&slices), times(&ended));
    let attempts = events.iter().filter(is_invocation);
    for event in attempts {
        let arguments = &event["args"];
        assert!(arguments["attempt"].as_u64().is_some_and(|attempt| attempt > 0), "{event}");
        assert!(arguments["records"]["count"].is_u64(), "{event}");
    }
}

#[test]
fn its_counters_are_the_ages_and_the_concurrency_of_the_run() {
    let (events, lines) = traces(&folder("perfetto-counters"));
    let counter = |name: &str| -> Vec<f64> {
        let is = |event: &&Value| event["ph"] == "C" && event["name"] == name;
        let value = |event: &Value| event["args"]["value"].as_f64().expect("a number");
        events.iter().filter(is).map(value).collect()
    };
    let ages = counter("IteratorAge (ms)");
    let told: Vec<f64> = lines
        .iter()
        .filter_map(|line| line["iterator_age"].as_f64())
        .map(|seconds| seconds * 1e3)
        .collect();
    assert_eq!(ages.len(), told.len());
    assert!(ages.iter().zip(&told).all(|(one, other)| (one - other).abs() < 1e-6));
    let summary = std::fs::read_to_string(folder("perfetto-counters").join("out/summary.json"));
    let summary: Value = serde_json::from_str(&summary.expect("written")).expect("JSON");
    let variant = &summary["variants"][0];
    let largest = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let expected = variant["iterator_age"]["max"]["value"].as_f64().expect("a number") * 1e3;
    assert!((largest(&ages) - expected).abs() < 1e-3, "{} and {expected}", largest(&ages));
    let most = largest(&counter("concurrency"));
    assert_eq!(Some(most), variant["concurrency"]["max"]["value"].as_f64());
}

#[test]
fn it_is_written_whole_or_not_at_all_and_only_where_a_trace_is_asked_for() {
    let folder = folder("perfetto-errors");
    let (code, errors) = run(&folder, &["--trace-format", "perfetto"]);
    assert_eq!(code, Some(2), "{errors}");
    let missing = ["--trace", "no/such/t.json", "--trace-format", "perfetto"];
    let (code, errors) = run(&folder, &missing);
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("no/such/t.json: cannot write the trace"), "{errors}");
}
