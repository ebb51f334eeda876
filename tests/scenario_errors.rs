//! Wrong scenario files and the full text of what is said about them.
//!
//! The table is `scenario_errors.txt`: each case replaces one line of a right scenario (`@`) by
//! the lines below it and lists all messages (`>`), with the AWS text or rule behind them
//! (`> rule`). `UPDATE_ERRORS=1` rewrites the expected messages.

use std::fmt::Write;
use std::path::PathBuf;

use shardlag::scenario::{Diagnostics, Override, Source, load};

const RIGHT: &str = r#"duration = "1h"
[stream]
kind = "dynamodb"
shards = 4
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
[function]
duration = "120ms"
"#;

fn source(text: &str) -> Source {
    Source { name: "s.toml".to_owned(), text: text.to_owned(), folder: PathBuf::from("tests") }
}

/// All messages of a scenario, one per line.
fn messages(text: &str, sets: &[&str]) -> String {
    let overrides: Result<Vec<Override>, Diagnostics> =
        sets.iter().map(|set| Override::parse(set)).collect();
    let loaded = overrides.and_then(|overrides| load(&source(text), &overrides));
    let mut said = String::new();
    match loaded {
        Ok(_) => said.push_str("> fine\n"),
        Err(diagnostics) => {
            for diagnostic in &diagnostics.0 {
                writeln!(said, "> {diagnostic}").expect("a string takes everything");
                if let Some(rule) = &diagnostic.rule {
                    writeln!(said, "> rule {rule}").expect("a string takes everything");
                }
                let end = diagnostic.offset + diagnostic.length;
                assert!(diagnostic.text.get(diagnostic.offset..end).is_some(), "{diagnostic:?}");
            }
        }
    }
    said
}

/// One case of the table.
struct Case {
    replaced: String,
    lines: String,
    expected: String,
}

fn cases(table: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        if let Some(replaced) = line.strip_prefix("@ ") {
            cases.push(Case {
                replaced: replaced.to_owned(),
                lines: String::new(),
                expected: String::new(),
            });
        } else {
            let case = cases.last_mut().expect("the table begins with a line `@ ...`");
            let part = match line.starts_with("> ") {
                true => &mut case.expected,
                false => &mut case.lines,
            };
            part.push_str(line);
            part.push('\n');
        }
    }
    cases
}

#[test]
fn every_mistake_is_reported_with_its_place_and_what_to_write() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenario_errors.txt");
    let table = std::fs::read_to_string(path).expect("the table is beside this test");
    let mut rewritten = String::new();
    for line in table.lines().take_while(|line| line.starts_with("# ")) {
        writeln!(rewritten, "{line}").expect("a string takes everything");
    }
    let mut differences = String::new();
    let cases = cases(&table);
    assert!(cases.len() > 150, "the table has lost cases: {} are left", cases.len());
    for case in cases {
        let replaced = format!("{}\n", case.replaced);
        assert!(RIGHT.contains(&replaced), "no line {replaced}");
        let text = RIGHT.replacen(&replaced, &case.lines, 1);
        let said = messages(&text, &[]);
        if said != case.expected {
            differences += &format!("{}expected\n{}said\n{said}\n", case.lines, case.expected);
        }
        write!(rewritten, "\n@ {replaced}{}{said}", case.lines).expect("a string takes everything");
    }
    if std::env::var_os("UPDATE_ERRORS").is_some() {
        std::fs::write(path, rewritten).expect("the table can be written");
    } else {
        assert!(differences.is_empty(), "{differences}");
    }
}

#[test]
fn the_scenario_that_the_table_breaks_is_right() {
    assert_eq!(messages(RIGHT, &[]), "> fine\n");
}

#[test]
fn several_mistakes_are_reported_in_one_go_in_order_of_place() {
    let text = RIGHT
        .replace("\"1h\"", "1")
        .replace("20/s", "20")
        .replace("TRIM_HORIZON\"", "TRIM_HORIZON\"\nBatchSize = 0")
        .replace("120ms", "fast");
    let said = messages(&text, &[]);
    let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with("> rule")).collect();
    assert_eq!(
        lines,
        [
            "> s.toml:1:12: duration: `1` has no unit; write `1s`",
            "> s.toml:6:33: traffic.0.arrivals.poisson.rate: `20` has no unit; write `20/s`",
            "> s.toml:9:13: mapping.BatchSize: `0` is refused by AWS; it takes 1 to 10000 records",
            "> s.toml:11:12: function.duration: `fast` does not begin with a number; write for \
             example `10s`",
        ]
    );
}

#[test]
fn a_mistake_in_set_is_reported_where_it_was_typed() {
    let deep = format!("{}=1", vec!["a"; 50_000].join("."));
    let cases: [(&str, &str); 8] = [
        (
            "mapping.BatchSize=x",
            "--set:1:19: mapping.BatchSize: expected a whole number, plain as in the API, found a \
             text",
        ),
        (
            "mapping.BatchSise=5",
            "--set:1:1: mapping.BatchSise: unknown key; did you mean `BatchSize`?",
        ),
        (
            "traffic.7.from=1s",
            "--set:1:1: traffic.7.from: there is no element 7; the list has 1, counted from 0",
        ),
        (
            "traffic.x.from=1s",
            "--set:1:1: traffic.x.from: `traffic` is a list; write a number, for example \
             `traffic.0`",
        ),
        (
            "function.duration.base=1ms",
            "--set:1:1: function.duration.base: `duration` is a text, not a table, so it has no \
             `base`; set it whole",
        ),
        (
            "function.duration={ base = 5 }",
            "--set:1:28: function.duration.base: `5` has no unit; write `5ms`",
        ),
        (
            "stream.shards",
            "--set:1:1: `stream.shards` is not a change; write for example `--set \
             mapping.BatchSize=10` or `--set function.timeout=30s`",
        ),
        (
            "=5",
            "--set:1:1: `=5` is not a change; write for example `--set mapping.BatchSize=10` or \
             `--set function.timeout=30s`",
        ),
    ];
    for (set, message) in cases {
        let said = messages(RIGHT, &[set]);
        assert_eq!(said, format!("> {message}\n"), "{set}");
    }
    assert!(messages(RIGHT, &[&deep]).contains("is not a dotted key"));
}

#[test]
fn files_that_are_no_scenario_get_one_clear_message() {
    let empty = "> s.toml:1:1: the file is empty; a scenario needs at least `duration`, \
                 `[stream]`, `[[traffic]]`, `[mapping]` and `[function]`\n";
    assert_eq!(messages("", &[]), empty);
    assert_eq!(messages("\u{feff}\r\n\r\n", &[]), empty);
    let nested = format!("a = {}", "[".repeat(100_000));
    assert!(messages(&nested, &[]).contains("cannot recurse further"));
    let dotted = format!("{} = 1", vec!["a"; 50_000].join("."));
    assert!(messages(&dotted, &[]).contains("recursion limit"));
}

#[test]
fn line_and_column_are_right_behind_a_byte_order_mark_and_windows_line_ends() {
    let text = format!("\u{feff}{}", RIGHT.replace('\n', "\r\n").replace("\"120ms\"", "120"));
    assert_eq!(
        messages(&text, &[]),
        "> s.toml:10:12: function.duration: `120` has no unit; write `120ms`\n"
    );
    let shifted = RIGHT.replace("\"1h\"", "\"1h\"\nname = \"Überlauf\" ; 5");
    assert_eq!(
        messages(&shifted, &[]),
        "> s.toml:2:19: not TOML: unexpected key or value, expected newline, `#`\n"
    );
}

#[test]
fn missing_and_strange_files_are_refused() {
    let missing = Source::read(&PathBuf::from("tests/no-such.toml")).map(|_| ());
    let folder = Source::read(&PathBuf::from("tests")).map(|_| ());
    let said = |result: Result<(), Diagnostics>| result.map_err(|error| error.to_string());
    assert_eq!(said(missing), Err("tests/no-such.toml:1:1: does not exist".to_owned()));
    assert_eq!(
        said(folder),
        Err("tests:1:1: is a folder; give the scenario file in it".to_owned())
    );
}

#[test]
fn a_missing_unit_comes_with_its_span_a_label_and_advice() {
    let text = RIGHT.replace("\"120ms\"", "120");
    let error = load(&source(&text), &[]).expect_err("the unit is missing");
    let diagnostic = &error.0[0];
    let end = diagnostic.offset + diagnostic.length;
    assert_eq!(&diagnostic.text[diagnostic.offset..end], "120");
    assert_eq!(diagnostic.label, "a unit is missing");
    let help = "values with a unit stand in quotes: \"120ms\"";
    assert_eq!(diagnostic.help.as_deref(), Some(help));
}

#[test]
fn a_long_list_of_mistakes_is_cut_and_says_so() {
    let records = "{ at = 1 }, ".repeat(20_000);
    let arrivals = format!("{{ scripted = {{ records = [{records}] }} }}");
    let text = RIGHT.replace("{ poisson = { rate = \"20/s\" } }", &arrivals);
    let said = messages(&text, &[]);
    assert_eq!(said.lines().count(), 200);
    let last = said.lines().last().expect("there are 200 lines");
    assert!(last.ends_with("write `1s` (and at least 800 more are not shown)"), "{last}");
}

#[test]
fn no_text_and_no_value_makes_it_panic() {
    for (end, _) in RIGHT.char_indices() {
        messages(&RIGHT[..end], &[]);
        messages(&format!("{}\u{e9}{}", &RIGHT[..end], &RIGHT[end..]), &[]);
    }
    let keys = [
        "name",
        "duration",
        "until",
        "start",
        "seed",
        "replications",
        "analysis",
        "confidence",
        "stream",
        "stream.kind",
        "stream.shards",
        "stream.retention",
        "traffic",
        "traffic.0",
        "traffic.0.arrivals",
        "traffic.0.arrivals.poisson",
        "traffic.0.arrivals.profile.points",
        "traffic.0.arrivals.trace.file",
        "traffic.0.arrivals.scripted.records",
        "traffic.0.keys",
        "traffic.0.keys.zipf",
        "traffic.0.record_size",
        "traffic.0.from",
        "traffic.0.to",
        "mapping",
        "mapping.BatchSize",
        "mapping.StartingPosition",
        "mapping.FilterCriteria",
        "mapping.StartingPositionTimestamp",
        "mapping.MaximumRecordAgeInSeconds",
        "mapping.DestinationConfig",
        "mapping.FunctionResponseTypes",
        "function",
        "function.duration",
        "function.timeout",
        "function.memory",
        "function.writes_back",
        "function.fault",
        "concurrency",
        "concurrency.scaling",
        "concurrency.other_functions",
        "destination",
        "model",
        "model.profile",
        "model.poll_phase",
        "model.refill_below",
        "model.retry_cap",
        "model.poll_interval",
        "prices",
        "variant",
        "assert",
        "measured",
    ];
    let values = [
        "",
        "x",
        "nan",
        "-inf",
        "-1",
        "0",
        "1e308",
        "99999999999999999999999999999999999999999999",
        "1e99s",
        "18446744073709551615ns",
        "3650d",
        "1e-9/s",
        "$1e400",
        "true",
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "[[\"3650d\", \"1e9/s\"]]",
        "{ x = 1 }",
        "\"\\u0000\"",
        "9999-12-31",
        "[{ that = \"\" }]",
        "[{ name = \"n\", set = { a = { b = {} } } }]",
    ];
    for key in keys {
        for value in values {
            messages(RIGHT, &[&format!("{key}={value}")]);
        }
    }
}
