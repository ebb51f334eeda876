//! What users see of results: contracts of files, widths, escaping, same bytes, safe writing.

#[path = "report/fixture.rs"]
mod fixture;

use std::fs;
use std::path::PathBuf;

use fixture::{HOUR, MINUTE, START_UNIX_NANOS, empty, message, results};
use serde_json::Value;
use shardlag::report::{
    Chart, Outputs, PngCharts, TerminalStyle, charts, destination_jsonl, invocation_record, page,
    sequence_number, summary_json, terminal, timeseries_csv, write_all,
};
use shardlag::results::{Estimate, FunctionError, RunResults, Summary};

const UNICODE: TerminalStyle = TerminalStyle {
    colour: false,
    unicode: true,
};
const ASCII: TerminalStyle = TerminalStyle {
    colour: false,
    unicode: false,
};

/// Long and short runs with one to six variants, and runs without anything.
fn many() -> Vec<RunResults> {
    vec![
        results(MINUTE, 1),
        results(15.0 * MINUTE, 2),
        results(26.0 * HOUR, 5),
        results(26.0 * HOUR, 6),
        results(7.0 * 24.0 * HOUR, 2),
        empty(0),
        empty(2),
    ]
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old test folder can be removed");
    }
    folder
}

/// The contract of DESIGN.md: a leaf `E` stands for an estimate, a number for a number.
const CONTRACT: &str = r#"{"schema": "", "version": "", "scenario": "", "fingerprint": "",
"seed": 0, "replications": 0, "simulated_seconds": 0, "variants": [{"name": "",
"stability": {"verdict": "", "worst_utilization": 0, "age_slope": null, "seconds_to_expiry": null},
"iterator_age": {"p50": "E", "p90": "E", "p99": "E", "max": "E", "mean": "E"},
"age_at_finish": {"p50": "E", "p90": "E", "p99": "E", "max": "E", "mean": "E"},
"record_age": {"p50": "E", "p90": "E", "p99": "E", "max": "E", "mean": "E"},
"true_lag": {"max": "E", "mean": "E"},
"blocked_shard_time": {"total": "E", "fully": "E", "worst_shard": "E",
 "by_cause": {"function_error": "E", "throttle": "E", "oversize": "E", "destination": "E"}},
"age_breakdown": {"visibility": "E", "poll": "E", "window": "E", "queue": "E", "read_ahead": "E",
 "concurrency": "E", "retry": "E", "overhead": "E", "cold_start": "E", "execution": "E"},
"ledger": {"written": "E", "processed": "E", "filtered": "E",
 "discarded": {"RetryAttemptsExhausted": "E", "RecordAgeExceeded": "E"},
 "expired": "E", "skipped": "E", "remaining": "E", "duplicates": "E"},
"invocations": "E", "errors": "E", "throttles": "E", "polls": "E",
"batch_size": {"mean": "E", "max": "E"}, "concurrency": {"mean": "E", "max": "E"},
"cost_usd": {"total": "E", "requests": "E", "compute": "E", "stream": "E"}}]}"#;

fn assert_follows(contract: &Value, actual: &Value, path: &str) {
    match contract {
        Value::Object(keys) => {
            for (key, inner) in keys {
                let found = actual.get(key);
                let found = found.unwrap_or_else(|| panic!("{path}.{key} is missing"));
                assert_follows(inner, found, &format!("{path}.{key}"));
            }
        }
        Value::Array(items) => {
            for item in actual.as_array().expect("an array") {
                assert_follows(&items[0], item, path);
            }
        }
        Value::String(kind) if kind == "E" => {
            let keys: Vec<&String> = actual.as_object().expect(path).keys().collect();
            assert_eq!(
                keys,
                ["high", "low", "value"]
                    .map(String::from)
                    .iter()
                    .collect::<Vec<_>>()
            );
        }
        Value::String(_) => assert!(actual.is_string(), "{path}: {actual}"),
        Value::Number(_) => assert!(actual.is_number(), "{path}: {actual}"),
        Value::Null | Value::Bool(_) => assert!(actual.is_null() || actual.is_number(), "{path}"),
    }
}

#[test]
fn the_summary_has_every_key_of_the_contract() {
    let contract: Value = serde_json::from_str(CONTRACT).expect("the contract is JSON");
    for results in many() {
        let text = summary_json(&results.summary);
        let actual: Value = serde_json::from_str(&text).expect("a summary is JSON");
        assert_follows(&contract, &actual, "summary");
        assert!(text.starts_with("{\n  \"schema\": \"shardlag.summary/1\",\n  \"version\""));
        assert!(text.ends_with("}\n"));
    }
}

#[test]
fn a_summary_reads_back_as_it_was() {
    for results in many() {
        let text = summary_json(&results.summary);
        let back: Summary = serde_json::from_str(&text).expect("a summary reads back");
        assert_eq!(back, results.summary);
    }
    let mut results = results(MINUTE, 1);
    results.summary.variants[0].errors = Estimate::point(0.1 + 0.2);
    assert!(summary_json(&results.summary).contains("0.30000000000000004"));
}

#[test]
fn the_time_series_has_a_row_per_minute_and_variant_and_empty_cells_without_samples() {
    let mut results = results(15.0 * MINUTE, 2);
    results.variants[1].series.points[3].iterator_age_max = None;
    let text = timeseries_csv(&results);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("there is a header").clone();
    let column = |name: &str| header.iter().position(|h| h == name).expect(name);
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), 30);
    assert_eq!(&rows[0][column("variant")], "base");
    assert_eq!(&rows[18][column("variant")], "2 retries");
    assert_eq!(&rows[18][column("start_s")], "180");
    assert_eq!(&rows[18][column("iterator_age_max_s")], "");
    assert_ne!(&rows[17][column("iterator_age_max_s")], "");
    assert_eq!(timeseries_csv(&empty(2)).lines().count(), 1);
}

fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// The message a run of a recorded case would give: only what its inputs say.
fn message_of_case(case: &Value, discarded: &Value) -> shardlag::results::DestinationMessage {
    let numbers = discarded["records"].as_array().expect("record numbers");
    let number = |index: usize| numbers[index].as_u64().expect("a number");
    let (first, last) = (number(0), number(numbers.len() - 1));
    let is_kinesis = case["stream"]["kind"] == "kinesis";
    let arrival = |number: u64| {
        let seconds = case["records"][number as usize - 1]["at"]
            .as_f64()
            .unwrap_or(0.0);
        let millis = (seconds * 1000.0).round() as u64;
        START_UNIX_NANOS + millis * 1_000_000
    };
    let condition = match discarded["condition"].as_str() {
        Some("RetryAttemptsExhausted") => "RetryAttemptsExhausted",
        Some("RecordAgeExceeded") => "RecordAgeExceeded",
        other => panic!("unknown condition {other:?}"),
    };
    let destination = &case["mapping"]["DestinationConfig"]["OnFailure"]["Destination"];
    shardlag::results::DestinationMessage {
        is_kinesis,
        shard: 0,
        condition,
        invoke_count: discarded["approximateInvokeCount"]
            .as_u64()
            .expect("a count") as u32,
        response: (condition == "RetryAttemptsExhausted").then_some(FunctionError::Unhandled),
        first_sequence: first - 1,
        last_sequence: last - 1,
        first_arrival_unix_nanos: arrival(first),
        last_arrival_unix_nanos: arrival(last),
        batch_size: numbers.len() as u32,
        destination_arn: destination.as_str().expect("an ARN").to_owned(),
        ..message(5)
    }
}

#[test]
fn invocation_records_have_the_shape_recorded_on_aws() {
    let mut checked = 0;
    for line in include_str!("report/destination.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        for discarded in case["expect"]["discarded"].as_array().expect("a list") {
            let message = message_of_case(&case, discarded);
            let text = invocation_record(&message, "orders");
            let record: Value = serde_json::from_str(&text).expect("a record is JSON");
            let id = &case["id"];
            for (path, expected) in discarded["equals"].as_object().into_iter().flatten() {
                let expected = match expected.as_str().and_then(|t| t.strip_prefix("$seq:")) {
                    Some(n) => {
                        let index = n.parse::<u64>().expect("a number") - 1;
                        Value::from(sequence_number(message.is_kinesis, 0, index))
                    }
                    None => expected.clone(),
                };
                assert_eq!(at_path(&record, path), Some(&expected), "{id} {path}");
                checked += 1;
            }
            let paths = |key: &str| {
                let list = discarded[key].as_array().cloned().unwrap_or_default();
                list.into_iter()
                    .map(|p| p.as_str().expect("a path").to_owned())
            };
            for path in paths("has") {
                assert!(at_path(&record, &path).is_some(), "{id} lacks {path}");
                checked += 1;
            }
            for path in paths("lacks") {
                assert!(at_path(&record, &path).is_none(), "{id} has {path}");
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "only {checked} facts were checked");
}

#[test]
fn used_up_partial_responses_give_a_null_function_error_and_undelivered_messages_no_line() {
    let mut results = results(MINUTE, 2);
    results.variants[0].messages[0].response = Some(FunctionError::Null);
    results.variants[1].messages[0].delivered = false;
    let text = destination_jsonl(&results);
    assert_eq!(text.lines().count(), 1);
    let record: Value = serde_json::from_str(&text).expect("a line is JSON");
    assert_eq!(record["responseContext"]["functionError"], Value::Null);
    assert!(record["responseContext"].as_object().is_some());
    let shard = record["DDBStreamBatchInfo"]["shardId"].as_str();
    assert!(shard.expect("an id").starts_with("shardId-00000001"));
}

#[test]
fn no_line_on_the_terminal_is_longer_than_its_width() {
    for results in many() {
        for width in [40, 60, 80, 120, 200] {
            for style in [UNICODE, ASCII] {
                let text = terminal(&results, width, style);
                for line in text.lines() {
                    assert!(line.chars().count() <= width, "{width}: {line}\n{text}");
                }
                assert!(style.unicode || text.is_ascii(), "{text}");
            }
        }
    }
}

#[test]
fn colour_adds_escape_sequences_and_nothing_else() {
    let results = results(26.0 * HOUR, 6);
    let mut coloured = terminal(
        &results,
        80,
        TerminalStyle {
            colour: true,
            ..UNICODE
        },
    );
    assert!(coloured.contains('\u{1b}'));
    for code in [
        "\u{1b}[0m",
        "\u{1b}[1m",
        "\u{1b}[32m",
        "\u{1b}[33m",
        "\u{1b}[1;31m",
    ] {
        coloured = coloured.replace(code, "");
    }
    assert_eq!(coloured, terminal(&results, 80, UNICODE));
}

#[test]
fn the_verdict_comes_first_and_an_unstable_variant_has_no_mean() {
    let mut results = results(26.0 * HOUR, 6);
    results.summary.variants[5].iterator_age.mean = Estimate::point(4321.0);
    results.summary.variants.drain(..5);
    results.variants.drain(..5);
    let text = terminal(&results, 80, UNICODE);
    let place = |what: &str| {
        text.find(what)
            .unwrap_or_else(|| panic!("no {what} in\n{text}"))
    };
    assert!(place("unstable") < place("0.673 s every second"));
    assert!(place("35.7 h") < place("IteratorAge p50"));
    assert!(!text.contains("IteratorAge mean"));
    assert!(!page(&results).contains("IteratorAge mean"));
}

#[test]
fn rows_without_any_figure_are_left_out_but_for_the_answers() {
    let text = terminal(&empty(2), 80, UNICODE);
    for kept in ["IteratorAge p50", "processed", "blocked-shard time"] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    for dropped in [
        "expired",
        "filtered",
        "duplicated",
        "by throttles",
        "age at finish",
    ] {
        assert!(!text.contains(dropped), "{dropped}\n{text}");
    }
}

#[test]
fn measured_values_stand_beside_simulated_ones() {
    for text in [
        terminal(&results(MINUTE, 1), 80, UNICODE),
        page(&results(MINUTE, 1)),
    ] {
        assert!(text.contains("0.673 s/s"), "{text}");
        assert!(text.contains("0.669 ± 0.004 s/s"), "{text}");
    }
}

#[test]
fn names_from_outside_are_escaped_everywhere() {
    let mut results = results(15.0 * MINUTE, 2);
    let evil = "<script>alert('x')</script> & \"quotes\"\u{7}";
    results.summary.scenario = evil.to_owned();
    results.summary.variants[1].name = evil.to_owned();
    results.variants[1].sentence = evil.to_owned();
    results.shaded[0].label = evil.to_owned();
    results.limit_lines[0].label = evil.to_owned();
    results.settings[0].value = evil.to_owned();
    results.command = evil.to_owned();
    results.description = evil.to_owned();
    results.warnings = vec![evil.to_owned()];
    assert!(!page(&results).contains("<script"));
    assert!(page(&results).contains("&lt;script&gt;"));
    for chart in charts(&results) {
        assert!(!chart.svg().contains("<script"), "{}", chart.name());
        assert!(!chart.svg().contains('\u{7}'), "{}", chart.name());
    }
    assert!(!terminal(&results, 80, UNICODE).contains('\u{7}'));
}

#[test]
fn the_page_is_one_file_without_scripts_or_links() {
    let text = page(&results(26.0 * HOUR, 5));
    for outside in ["<script", "<link", "src=", "@import", "url("] {
        assert!(!text.contains(outside), "{outside}");
    }
    assert_eq!(text.matches("<svg role=\"img\" aria-label=\"").count(), 5);
    for said in [
        "shardlag run scenarios/",
        "5f0c9a1be2d47a36",
        "S2.4",
        ">default</span>",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn charts_are_small_svgs_with_real_text_and_legible_legends() {
    for results in many() {
        for chart in charts(&results) {
            let svg = chart.svg();
            assert!(
                svg.len() < 60_000,
                "{} has {} bytes",
                chart.name(),
                svg.len()
            );
            assert!(
                svg.contains("<text") && svg.contains("sans-serif"),
                "{}",
                chart.name()
            );
            assert!(svg.ends_with("</svg>\n"), "{}", chart.name());
        }
        let chart = &charts(&results)[0];
        for variant in &results.summary.variants {
            assert!(chart.svg().contains(&variant.name), "{}", variant.name);
        }
    }
}

#[test]
fn charts_of_many_variants_stay_small() {
    let mut results = results(26.0 * HOUR, 6);
    for index in 0..6 {
        let mut summary = results.summary.variants[index].clone();
        summary.name.push_str(", again");
        results.summary.variants.push(summary);
        let details = results.variants[index].clone();
        results.variants.push(details);
    }
    for chart in charts(&results) {
        let size = chart.svg().len();
        assert!(size < 60_000, "{} has {size} bytes", chart.name());
    }
}

#[test]
fn charts_of_nothing_say_so() {
    let said: Vec<String> = charts(&empty(1)).iter().map(Chart::svg).collect();
    assert!(said[0].contains("no IteratorAge to show"));
    assert!(said[1].contains("no shard was blocked"));
    assert!(said[2].contains("no age to split"));
}

#[test]
fn a_png_has_twice_the_size_of_the_svg() {
    let chart = &charts(&results(15.0 * MINUTE, 2))[0];
    let png = chart.png();
    assert_eq!(&png[1..4], b"PNG");
    let width = u32::from_be_bytes(png[16..20].try_into().expect("four bytes"));
    assert_eq!(width, 1800);
    assert!(chart.svg().contains("width=\"900\""));
}

fn contents(folder: &PathBuf) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read(&path).unwrap_or_default())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let outputs = Outputs {
        png: PngCharts::All,
        ..Outputs::default()
    };
    let (one, two) = (folder("one"), folder("two/deeper"));
    let written = write_all(&results(26.0 * HOUR, 2), &one, &outputs).expect("it can be written");
    write_all(&results(26.0 * HOUR, 2), &two, &outputs).expect("it can be written");
    let files = contents(&one);
    assert_eq!(files, contents(&two));
    assert_eq!(files.len(), written.len());
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for name in [
        "summary.json",
        "report.html",
        "iterator-age.svg",
        "iterator-age.png",
        "timeseries.csv",
        "destination.jsonl",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()));
}

#[test]
fn an_error_names_the_path_and_leaves_the_old_report_as_it_was() {
    let folder = folder("error");
    let outputs = Outputs {
        png: PngCharts::Off,
        ..Outputs::default()
    };
    write_all(&results(MINUTE, 1), &folder, &outputs).expect("it can be written");
    fs::remove_file(folder.join("timeseries.csv")).expect("it was written");
    fs::create_dir(folder.join("timeseries.csv")).expect("the name is free");
    let before = contents(&folder);
    let error =
        write_all(&results(MINUTE, 3), &folder, &outputs).expect_err("a folder is in the way");
    assert!(
        error
            .to_string()
            .contains("timeseries.csv: this is a folder"),
        "{error}"
    );
    assert_eq!(contents(&folder), before);
    let file = folder.join("summary.json");
    let error = write_all(&results(MINUTE, 1), &file, &outputs).expect_err("it is a file");
    assert!(
        error.to_string().contains("summary.json: this is a file"),
        "{error}"
    );
    let error = write_all(&results(MINUTE, 1), &file.join("below"), &outputs)
        .expect_err("a file cannot hold a folder");
    assert!(
        error
            .to_string()
            .contains("below: cannot create this folder"),
        "{error}"
    );
}

#[test]
fn a_report_without_messages_removes_the_messages_of_the_last_one() {
    let folder = folder("outdated");
    let outputs = Outputs::default();
    write_all(&results(MINUTE, 1), &folder, &outputs).expect("it can be written");
    assert!(folder.join("destination.jsonl").exists());
    write_all(&empty(1), &folder, &outputs).expect("it can be written");
    assert!(!folder.join("destination.jsonl").exists());
}
