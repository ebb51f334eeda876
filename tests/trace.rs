//! The trace of a run: what is written, line by line, for a script that is known.

use std::process::Command;

use serde_json::Value;

/// BatchSize 4, records 1 to 4, record 2 poison, R = 1, bisect (S6.6).
const SCENARIO: &str = r#"
    until = "drained"
    replications = 1
    [stream]
    kind = "dynamodb"
    shards = 1
    [[traffic]]
    arrivals = { scripted = { records = [{ at = "0s" }, { at = "0s" }, { at = "0s" }, { at = "0s" }] } }
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 4
    MaximumRetryAttempts = 1
    BisectBatchOnFunctionError = true
    [function]
    duration = "10ms"
    [[function.behaviour]]
    when = { contains = [2] }
    then = "raise"
"#;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_shardlag"))
        .args(arguments)
        .output()
        .expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

#[test]
fn a_trace_tells_every_step_of_a_bisected_batch() {
    let folder = folder("trace");
    let (scenario, trace) = (folder.join("s.toml"), folder.join("trace.jsonl"));
    std::fs::write(&scenario, SCENARIO).expect("a file can be written");
    let out = folder.join("out");
    let paths = [&scenario, &trace, &out].map(|path| path.to_str().expect("a plain path"));
    let (code, errors) = run(&["run", paths[0], "--trace", paths[1], "--out", paths[2], "--quiet"]);
    assert_eq!(code, Some(0), "{errors}");
    let text = std::fs::read_to_string(&trace).expect("it was written");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let range = line.get("records").filter(|records| records.is_object());
            let records = range.map_or(String::new(), |r| format!(" {}-{}", r["first"], r["last"]));
            let outcome = line.get("outcome").and_then(Value::as_str);
            let outcome = outcome.map_or(String::new(), |outcome| format!(" {outcome}"));
            format!("{}{records}{outcome}", line["event"].as_str().expect("an event"))
        })
        .filter(|line| !line.starts_with("poll") && !line.starts_with("blocked"))
        .collect();
    let expected = [
        "shard_opened",
        "read",
        "batch_closed 0-3",
        "invocation_start 0-3",
        "invocation_end 0-3 error",
        "split",
        "invocation_start 0-1",
        "invocation_end 0-1 error",
        "split",
        "invocation_start 0-0",
        "invocation_end 0-0 success",
        "invocation_start 1-1",
        "checkpoint",
        "invocation_end 1-1 error",
        "invocation_start 1-1",
        "invocation_end 1-1 error",
        "discarded 1-1",
        "invocation_start 2-3",
        "checkpoint",
        "invocation_end 2-3 success",
        "checkpoint",
    ];
    assert_eq!(told, expected);
    let times: Vec<f64> = lines.iter().filter_map(|line| line["at"].as_f64()).collect();
    assert!(times.is_sorted() && times.len() == lines.len());
}

#[test]
fn a_trace_that_cannot_be_written_or_chosen_is_said() {
    let folder = folder("trace-errors");
    let scenario = folder.join("s.toml");
    std::fs::write(&scenario, SCENARIO).expect("a file can be written");
    let (file, out) = (scenario.to_str().expect("plain"), folder.to_str().expect("plain"));
    let (code, errors) =
        run(&["run", file, "--trace", "/no/such/t.jsonl", "--out", out, "--quiet"]);
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("/no/such/t.jsonl: cannot write the trace"), "{errors}");
    let chosen = ["run", file, "--trace", "t.jsonl", "--trace-variant", "x", "--out", out];
    let (code, errors) = run(&chosen);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("no variant `x`; there are `base`"), "{errors}");
}

/// The first block of a language in a section of the README.
fn block_of_readme(heading: &str, language: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).expect("there is a README");
    let section = readme.split_once(heading).expect("it has the section").1;
    let block = section.split_once(&format!("```{language}\n")).expect("it has the block").1;
    block.split_once("```").expect("the block ends").0.to_owned()
}

#[test]
fn the_case_of_the_readme_gives_the_lines_that_it_shows() {
    let folder = folder("trace-readme");
    let (scenario, trace) = (folder.join("my-case.toml"), folder.join("trace.jsonl"));
    let text = block_of_readme("## Your own case\n", "toml");
    std::fs::write(&scenario, text).expect("a file can be written");
    let out = folder.join("out");
    let paths = [&scenario, &trace, &out].map(|path| path.to_str().expect("a plain path"));
    let (code, errors) = run(&["run", paths[0], "--trace", paths[1], "--out", paths[2], "--quiet"]);
    assert_eq!(code, Some(0), "{errors}");
    let written = std::fs::read_to_string(&trace).expect("it was written");
    for line in block_of_readme("## Your own case\n", "json").lines() {
        assert!(written.lines().any(|other| other == line), "not in the trace: {line}");
    }
}
