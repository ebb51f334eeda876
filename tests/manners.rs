//! How the command behaves among other programs: pipes, standard input, JSON, locales, shells.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const SMALL: &str = r#"
duration = "5m"
replications = 2
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
[function]
duration = "40ms"
[[variant]]
name = "größer"
set = { "mapping.BatchSize" = 500 }
"#;

/// A folder of a test's own with `small.toml` in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manners").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("small.toml"), SMALL).expect("it can be written");
    folder
}

/// The command, in an environment that says nothing of terminal and language.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("shardlag"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR", "TERM"] {
        command.env_remove(name);
    }
    command
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

/// The diagnostics of a document, each with all keys.
fn diagnostics(bytes: &[u8]) -> Vec<Value> {
    let document: Value = serde_json::from_slice(bytes)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)));
    assert_eq!(document["schema"], "shardlag.diagnostics/1");
    let diagnostics = document["diagnostics"].as_array().expect("a list").clone();
    for diagnostic in &diagnostics {
        let mut keys: Vec<&str> =
            diagnostic.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        let all = ["column", "file", "help", "line", "message", "path", "rule", "severity"];
        assert_eq!(keys, all);
    }
    diagnostics
}

#[test]
fn a_reader_that_goes_away_changes_neither_files_nor_exit_code() {
    let folder = folder("closed_pipe");
    let cases: [(&[&str], i32); 7] = [
        (&["run", "small.toml", "--out", "report"], 0),
        (&["run", "small.toml", "--format", "json", "--out", "json"], 0),
        (&["check", "small.toml"], 0),
        (&["check", "small.toml", "--format", "json"], 0),
        (&["check", "missing.toml", "--format", "json"], 2),
        (&["completions", "bash"], 0),
        (&["--help"], 0),
    ];
    for (arguments, code) in cases {
        let mut child = command(&folder, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_eq!(said, "", "{arguments:?}");
    }
    for report in ["report", "json"] {
        assert!(folder.join(report).join("summary.json").exists(), "{report} was not written");
    }
}

#[test]
fn errors_that_nobody_reads_still_decide_the_exit_code() {
    let folder = folder("closed_errors");
    for arguments in [&["check", "missing.toml"][..], &["validate", "--group", "nowhere"], &["rnu"]]
    {
        let mut child =
            command(&folder, arguments).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stderr.take());
        assert_eq!(child.wait().expect("it ends").code(), Some(2), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_on_a_full_disk_is_an_error() {
    let folder = folder("full_disk");
    let full = || fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    for arguments in [&["man"][..], &["run", "small.toml", "--format", "json"]] {
        let output = command(&folder, arguments).stdout(full()).output().expect("it starts");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("error: standard output: cannot be written: "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_scenario_from_standard_input_gives_the_same_figures_as_its_file() {
    let folder = folder("standard_input");
    let piped = |arguments: &[&str], file: &str| {
        let input = fs::File::open(folder.join(file)).expect("it is there");
        command(&folder, arguments).stdin(input).output().expect("it starts")
    };
    let output = piped(&["run", "-", "--set", "name=One"], "small.toml");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = shardlag(&folder, &["run", "small.toml", "--set", "name=One"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let [piped_summary, summary] = ["standard-input", "small"].map(|name| {
        fs::read(folder.join("reports").join(name).join("summary.json")).expect("it is written")
    });
    assert!(piped_summary == summary, "the summaries differ");

    let output = piped(&["check", "-"], "small.toml");
    assert_eq!(text(&output.stdout), "standard input: fine, 2 variants, 0 warnings\n");
    fs::write(folder.join("wrong.toml"), SMALL.replace("\"5m\"", "5")).expect("it can be written");
    let output = piped(&["check", "-"], "wrong.toml");
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.starts_with("error: standard input:2:12: duration: `5` has no unit"), "{said}");
    fs::write(folder.join("binary"), [b'a', 0xff, 0xfe]).expect("it can be written");
    let output = piped(&["run", "-"], "binary");
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("is not UTF-8 text: byte 1"), "{said}");
}

#[test]
fn with_format_json_every_error_is_a_document_on_standard_output() {
    let folder = folder("json_errors");
    fs::write(folder.join("taken"), "mine").expect("it can be written");
    fs::write(folder.join("items.jsonl"), "\n{\"stream\": 5}\n").expect("it can be written");
    // Arguments, exit code, file, line, words of the message.
    let cases: [(&[&str], i32, Value, Value, &str); 10] = [
        (&["run", "missing.toml"], 2, "missing.toml".into(), 1.into(), "does not exist"),
        (&["run", "small.toml", "--max-events", "9"], 1, Value::Null, Value::Null, "9 events"),
        (&["run", "small.toml", "--out", "taken"], 1, Value::Null, Value::Null, "taken: this is a"),
        (&["run", "small.toml", "--trace", "no/t"], 1, Value::Null, Value::Null, "the trace"),
        (
            &["run", "small.toml", "--trace", "t", "--trace-variant", "x"],
            2,
            Value::Null,
            Value::Null,
            "there is no variant `x`",
        ),
        (
            &["run", "small.toml", "--uncertainty", "poison_rate=5%"],
            2,
            Value::Null,
            Value::Null,
            "--uncertainty: ",
        ),
        (&["rnu", "small.toml"], 2, Value::Null, Value::Null, "unrecognized subcommand 'rnu'"),
        (&["run", "small.toml", "--seed", "x"], 2, Value::Null, Value::Null, "invalid value 'x'"),
        (
            &["validate", "--group", "nowhere"],
            2,
            Value::Null,
            Value::Null,
            "there is no such group",
        ),
        (&["validate", "--items", "items.jsonl"], 2, "items.jsonl".into(), 2.into(), ""),
    ];
    for (arguments, code, file, line, words) in cases {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
        let output = shardlag(&folder, &arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        let errors = diagnostics(&output.stdout);
        assert_eq!(errors.len(), 1, "{arguments:?}: {errors:?}");
        assert_eq!((&errors[0]["file"], &errors[0]["line"]), (&file, &line), "{arguments:?}");
        let message = errors[0]["message"].as_str().expect("a text");
        assert!(message.contains(words), "{arguments:?}: {message}");
        assert_eq!(errors[0]["severity"], "error");
    }
    let typed = ["rnu", "--format=json"];
    let errors = diagnostics(&shardlag(&folder, &typed).stdout);
    assert_eq!(errors[0]["help"], "a similar subcommand exists: 'run'");
}

#[test]
fn what_is_said_beside_a_json_result_is_a_document_on_standard_error() {
    let folder = folder("json_beside");
    let strict = format!("{SMALL}\n[[assert]]\nthat = \"iterator_age.p99 < 1ms\"\n");
    fs::write(folder.join("strict.toml"), strict).expect("it can be written");
    let output = shardlag(&folder, &["run", "strict.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(99));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(summary["schema"], "shardlag.summary/1");
    let said = diagnostics(&output.stderr);
    assert_eq!(said.len(), 2, "one for each variant: {said:?}");
    let message = said[0]["message"].as_str().expect("a text");
    assert!(message.starts_with("assertion failed in variant base: iterator_age.p99"), "{message}");
    let output = shardlag(&folder, &["run", "small.toml", "--format", "json"]);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn where_the_locale_is_not_utf_8_everything_printed_is_ascii() {
    let folder = folder("ascii");
    let mistaken = SMALL.replace("größer\"", "größer\"\nseht = 1").replace("\"20/s\"", "\"20 µ\"");
    fs::write(folder.join("wrong.toml"), mistaken).expect("it can be written");
    let cases: [&[&str]; 3] = [
        &["run", "small.toml"],
        &["check", "wrong.toml"],
        &["validate", "--quick", "--group", "theory", "--list"],
    ];
    for arguments in cases {
        let printed = |locale: &str| {
            let output = command(&folder, arguments).env("LC_ALL", locale).output();
            let output = output.expect("it starts");
            let printed = format!("{}{}", text(&output.stdout), text(&output.stderr));
            assert!(!printed.contains('\u{1b}'), "{arguments:?}: colour in a pipe");
            printed
        };
        let (plain, rich) = (printed("C"), printed("en_GB.UTF-8"));
        assert!(plain.is_ascii(), "{arguments:?}: {plain}");
        assert!(!rich.is_ascii(), "{arguments:?}: nothing that could be wrong: {rich}");
        assert!(plain.lines().count() >= rich.lines().count(), "{arguments:?}: lines are missing");
    }
}

#[test]
fn a_mistyped_command_or_argument_is_refused_with_a_suggestion() {
    let folder = folder("mistyped");
    for (arguments, suggestion) in [
        (&["chek", "small.toml"][..], "'check'"),
        (&["rnu", "small.toml"], "'run'"),
        (&["run", "small.toml", "--replication", "3"], "'--replications'"),
        (&["run", "small.toml", "--format", "jsn"], "'json'"),
        (&["completions", "bsh"], "'bash'"),
    ] {
        let output = shardlag(&folder, arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("tip: a similar") && said.contains(suggestion), "{said}");
    }
}

#[test]
fn completions_of_every_shell_know_every_command() {
    let folder = folder("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = shardlag(&folder, &["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        let script = text(&output.stdout);
        let known = ["run", "check", "validate", "completions", "man", "max-events"];
        for word in known {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}

#[test]
fn manual_pages_are_written_for_the_program_and_each_command() {
    let folder = folder("manual");
    let output = shardlag(&folder, &["man"]);
    let page = text(&output.stdout);
    assert!(page.contains(".TH shardlag 1") && page.contains("shardlag\\-validate(1)"), "{page}");
    let output = shardlag(&folder, &["man", "--out", "pages/man1"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut names: Vec<String> = fs::read_dir(folder.join("pages/man1"))
        .expect("it is there")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for command in ["", "-run", "-check", "-validate", "-completions", "-man"] {
        let name = format!("shardlag{command}.1");
        assert!(names.contains(&name), "{name} is not among {names:?}");
        assert!(text(&output.stdout).contains(&name), "{name} is not printed");
    }
    assert!(names.iter().all(|name| name.ends_with(".1")), "{names:?}");
    let page = fs::read_to_string(folder.join("pages/man1/shardlag-run.1")).expect("a page");
    let examples = ".SH EXAMPLES\n.nf\n  shardlag run scenarios/poison\\-record.toml\n";
    assert!(page.contains(examples), "{page}");
    let output = shardlag(&folder, &["man", "--out", "small.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("small.toml: this is a file; name a folder"));
}
