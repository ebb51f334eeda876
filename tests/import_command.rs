//! `shardlag import` as it is typed, and the way of metrics in and out.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use shardlag::experiment::{RunOptions, run};
use shardlag::import::SourceFile;
use shardlag::import::metrics::{Part, import_metrics};
use shardlag::report::{cloudwatch_json, emf_lines};
use shardlag::scenario::cloudwatch::read_metrics;
use shardlag::scenario::{Source, load};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/example").join(name)
}

fn shardlag(arguments: &[&str], folder: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shardlag"));
    command.args(arguments).current_dir(folder).output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder of its own, with the example in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    for file in ["template.yaml", "metrics.json"] {
        std::fs::copy(example(file), folder.join(file)).expect("the example can be copied");
    }
    folder
}

#[test]
fn three_commands_lead_from_a_template_and_metrics_to_a_report() {
    let folder = folder("three-commands");
    let import = ["import", "template.yaml", "--parameter", "BatchSize=100", "--out", "s.toml"];
    let output = shardlag(&import, &folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let parts = "traffic,duration,faults,overlay";
    let output = shardlag(&["import", "metrics.json", "--as", parts, "--into", "s.toml"], &folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let scenario = std::fs::read_to_string(folder.join("s.toml")).expect("it was written");
    assert!(scenario.contains("BatchSize = 100  # --parameter"), "{scenario}");
    assert!(scenario.contains("shards = 4  # template.yaml:24"), "{scenario}");
    assert!(scenario.contains("outage = { from = \"2d10h\""), "{scenario}");
    let run = ["run", "s.toml", "--replications", "2", "--set", "duration=6h", "--out", "report"];
    let output = shardlag(&run, &folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("within a factor of 2"), "{}", text(&output.stdout));
    let chart = std::fs::read_to_string(folder.join("report/iterator-age.svg"));
    assert!(chart.expect("there is a chart").contains("measured IteratorAge Maximum"));
}

#[test]
fn what_is_unresolved_is_listed_and_refused_by_check_until_it_is_supplied() {
    let folder = folder("unresolved");
    let output = shardlag(&["import", "template.yaml", "--out", "s.toml"], &folder);
    assert_eq!(output.status.code(), Some(0));
    let listed = text(&output.stderr);
    assert!(listed.contains("template.yaml:42: BatchSize: parameter `BatchSize` has no default"));
    assert!(listed.contains("--parameter BatchSize=VALUE or --set mapping.BatchSize=VALUE"));
    let checked = shardlag(&["check", "s.toml"], &folder);
    assert_eq!(checked.status.code(), Some(2));
    assert!(text(&checked.stderr).contains("mapping.BatchSize"), "{}", text(&checked.stderr));
    let set = ["import", "template.yaml", "--set", "mapping.BatchSize=7", "--out", "s.toml"];
    assert_eq!(shardlag(&set, &folder).status.code(), Some(0));
    assert_eq!(shardlag(&["check", "s.toml"], &folder).status.code(), Some(0));
}

#[test]
fn mistakes_on_the_command_line_say_what_to_write() {
    let folder = folder("mistakes");
    let cases: [(&[&str], &str); 7] = [
        (&["import", "none.yaml"], "none.yaml: does not exist"),
        (&["import", "metrics.json"], "--as traffic"),
        (&["import", "template.yaml", "--parameter", "BatchSiz=1"], "did you mean `BatchSize`"),
        (&["import", "template.yaml", "--parameter", "BatchSize"], "--parameter NAME=VALUE"),
        (&["import", "template.yaml", "--mapping", "Leger.Orders"], "did you mean `Ledger.Orders`"),
        (&["import", "template.yaml", "--set", "BatchSize"], "--set mapping.BatchSize=100"),
        (&["import", "template.yaml", "--as", "traffic"], "template.yaml: not CSV"),
    ];
    for (arguments, expected) in cases {
        let output = shardlag(arguments, &folder);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = text(&output.stderr);
        let fallback = message.contains("template.yaml: ") && expected.contains("CSV");
        assert!(message.contains(expected) || fallback, "{arguments:?}: {message}");
    }
}

#[test]
fn everything_is_there_as_json() {
    let folder = folder("as-json");
    let output = shardlag(&["import", "template.yaml", "--format", "json"], &folder);
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(json["schema"], "shardlag.import/1");
    let mapping = &json["mappings"][0];
    assert_eq!(mapping["settings"]["MaximumRetryAttempts"]["value"], 5);
    assert_eq!(mapping["settings"]["MaximumRetryAttempts"]["origin"], "template.yaml:43");
    assert_eq!(mapping["unresolved"][0]["setting"], "BatchSize");
    assert_eq!(mapping["stream"]["shards"]["value"], 4);
    assert!(json["scenario"].as_str().is_some_and(|text| text.contains("\"UNRESOLVED\"")));
}

const SCENARIO: &str = r#"
    duration = "10m"
    start = "2026-03-01T00:00:00Z"
    replications = 2
    [stream]
    kind = "dynamodb"
    shards = 2
    [[traffic]]
    arrivals = { poisson = { rate = "20/s" } }
    matches_filter = "80%"
    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 10
    MaximumRetryAttempts = 1
    FilterCriteria = { Filters = [{ Pattern = '{"eventName": ["INSERT"]}' }] }
    [function]
    duration = "40ms"
    [[function.fault]]
    error_rate = "5%"
"#;

#[test]
fn exported_series_add_up_to_the_figures_of_the_summary() {
    let source = Source { name: "s.toml".into(), text: SCENARIO.into(), folder: ".".into() };
    let scenario = load(&source, &[]).expect("it is valid");
    let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
    let series = read_metrics(&cloudwatch_json(&results)).expect("the export can be read");
    let sums = &results.summary.variants[0].cloudwatch;
    let cases = [
        ("Invocations Sum", sums.invocations),
        ("Errors Sum", sums.errors),
        ("PolledEventCount Sum", sums.polled_event_count),
        ("FilteredOutEventCount Sum", sums.filtered_out_event_count),
        ("InvokedEventCount Sum", sums.invoked_event_count),
        ("FailedInvokeEventCount Sum", sums.failed_invoke_event_count),
        ("DroppedEventCount Sum", sums.dropped_event_count),
    ];
    for (name, expected) in cases {
        let found = series.iter().find(|known| known.label == name).expect(name);
        let total: f64 = found.points.iter().map(|point| point.1).sum();
        let expected = expected.value.expect("it was counted");
        assert!(expected > 0.0 && (total - expected).abs() < 0.01, "{name}: {total} {expected}");
        assert_eq!(found.points[0].0 % 60, 0);
        assert_eq!(found.points[0].0, 1_772_323_200, "{name} begins with the scenario");
    }
    let duration = series.iter().find(|known| known.label == "Duration Maximum").expect("it is");
    assert!(duration.points.iter().all(|point| (point.1 - 40.0).abs() < 0.001));
}

#[test]
fn every_line_of_the_embedded_metric_format_names_its_metrics() {
    let source = Source { name: "s.toml".into(), text: SCENARIO.into(), folder: ".".into() };
    let scenario = load(&source, &[]).expect("it is valid");
    let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
    let lines = emf_lines(&results);
    assert_eq!(lines.lines().count(), 20, "two lines a minute");
    for line in lines.lines() {
        let json: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let directive = &json["_aws"]["CloudWatchMetrics"][0];
        let dimension = directive["Dimensions"][0][0].as_str().expect("there is a dimension");
        assert!(json[dimension].is_string(), "{line}");
        let metrics = directive["Metrics"].as_array().expect("there are metrics");
        assert!(!metrics.is_empty());
        for metric in metrics {
            let name = metric["Name"].as_str().expect("a metric has a name");
            assert!(json[name].is_number(), "{name}: {line}");
        }
    }
}

#[test]
fn exported_metrics_can_be_imported_again() {
    let source = Source { name: "s.toml".into(), text: SCENARIO.into(), folder: ".".into() };
    let scenario = load(&source, &[]).expect("it is valid");
    let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
    let exported = SourceFile { name: "m.json".into(), text: cloudwatch_json(&results) };
    let empty = SourceFile { name: "fragment".into(), text: String::new() };
    let parts = [Part::Traffic, Part::Faults, Part::Overlay];
    let made = import_metrics(&[exported], &parts, None, &empty, Path::new("")).expect("it can");
    assert!(made.text.contains("metric = \"PolledEventCount Sum\""), "{}", made.text);
    assert!(made.text.contains("start = \"2026-03-01T00:00:00Z\""), "{}", made.text);
    assert!(made.text.contains("metric = \"IteratorAge Maximum\""), "{}", made.text);
    let rate = made.text.split("error_rate = \"").nth(1).and_then(|rest| rest.split('%').next());
    let rate: f64 = rate.and_then(|text| text.parse().ok()).expect("there is a rate");
    assert!((3.0..7.0).contains(&rate), "{rate}");
}

#[test]
fn every_format_is_known_on_standard_input_too() {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let files = [
        ("configs/01-sam-kinesis-error-handling.yaml", "SAM template"),
        ("configs/09-tf-kinesis-poison-pill.tf", "Terraform configuration"),
        ("configs/16-tf-module-moritzzimmer-kinesis.tf", "Terraform configuration"),
        ("configs/17-sls-ddb-getatt-json.yml", "serverless.yml"),
        ("configs/25-cdk-synth-ddb-filter-kms.json", "CloudFormation template"),
        ("configs/27-cli-get-ddb-old-shape.json", "JSON of aws lambda"),
        ("configs/30-cli-create-command.sh", "aws lambda command line"),
        ("formats/terraform-plan.json", "Terraform plan or state"),
    ];
    for (file, expected) in files {
        let content = std::fs::read(formats.join(file)).expect("it can be read");
        let mut command = Command::new(env!("CARGO_BIN_EXE_shardlag"));
        let arguments = ["import", "-", "--mapping", "1", "--format", "json"];
        let output = command.args(arguments).write_stdin(content).output().expect("it starts");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect(file);
        assert_eq!(json["format"], expected, "{file}: {}", text(&output.stderr));
        assert!(!json["mappings"].as_array().expect("there is a list").is_empty(), "{file}");
    }
}

#[test]
fn what_nobody_can_know_is_given_on_the_command_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/formats");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("given.toml");
    let target = target.display().to_string();
    let set = ["--set", "stream.kind=kinesis", "--set", "mapping.StartingPosition=LATEST"];
    let more = ["--accept-defaults", "--set", "stream.shards=3", "--set", "function.timeout=20s"];
    let out = ["--out", &target, "--quiet"];
    let arguments = [&["import", "update-request.json"][..], &set, &more, &out].concat();
    let output = shardlag(&arguments, &folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let scenario = std::fs::read_to_string(&target).expect("it was written");
    for line in ["kind = \"kinesis\"", "shards = 3", "timeout = \"20s\"", "BatchSize = 100"] {
        assert!(scenario.contains(line), "{line}\n{scenario}");
    }
    let checked = shardlag(&["check", &target], &folder);
    assert_eq!(checked.status.code(), Some(0), "{}\n{scenario}", text(&checked.stderr));
}

#[test]
fn a_mapping_is_chosen_by_a_whole_part_of_its_name_first() {
    let folder = folder("parts");
    let one = |name: &str| {
        format!(
            "resource \"aws_lambda_event_source_mapping\" \"{name}\" {{\n  event_source_arn = \
             \"arn:aws:kinesis:eu-west-1:123456789012:stream/{name}\"\n  function_name = \"f\"\n  \
             starting_position = \"LATEST\"\n}}\n"
        )
    };
    std::fs::write(folder.join("m.tf"), one("m") + &one("map")).expect("it can be written");
    let output = shardlag(&["import", "m.tf", "--mapping", "m", "--out", "m.toml"], &folder);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("\naws_lambda_event_source_mapping.m\n"), "{said}");
    let output = shardlag(&["import", "m.tf", "--mapping", "mapping", "--out", "m.toml"], &folder);
    assert_eq!(output.status.code(), Some(2), "both have it");
}
