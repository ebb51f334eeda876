//! Names in scenario files and imported files are text on every page and chart, whatever they say.
//!
//! Every command that writes pages is run twice, with harmless names and with names that try to
//! leave their place; tags must be the same. Pages of results made by hand are in `report.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names that end whatever they could stand in: text, an attribute, a script, a style, a comment.
const EVIL: [&str; 4] = [
    "</script><img src=x onerror=alert(1)>",
    "'\"><svg onload=alert(1)>",
    "</title></style><!--<script>alert(1)",
    "]]></text></svg><iframe src=javascript:alert(1)>",
];

/// As long as such a name and as harmless as can be.
const PLAIN: &str = "an ordinary name of something";

fn scenario(name: impl Fn(&str) -> String) -> String {
    // Names of variants and consumers differ; those of files have no slash.
    let (file, variant, consumer) = (name("").replace('/', "|"), name("2"), name("3"));
    let name = name("");
    format!(
        r#"
name = '''{name}'''
description = '''{name}'''
duration = "30m"
replications = 3
start = "2026-01-01T00:00:00Z"
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = {{ trace = {{ file = '''{file}''', times = '''{name}''' }} }}
[mapping]
StartingPosition = "TRIM_HORIZON"
MaximumRetryAttempts = 2
[function]
duration = "40ms"
[[function.fault]]
poison = {{ at = "1m", shard = 0 }}
[[consumer]]
name = '''{consumer}'''
set = {{}}
[[variant]]
name = '''{variant}'''
set = {{ "mapping.BatchSize" = 500 }}
[[sweep.factor]]
key = "function.duration"
values = ["20ms", "30ms", "50ms"]
name = '''{name}'''
[[sweep.factor]]
key = "mapping.BatchSize"
values = [10, 100]
name = '''{variant}'''
[tune]
minimize = "cost_usd.total"
[[tune.factor]]
key = "mapping.BatchSize"
values = [10, 100]
name = '''{name}'''
"#
    )
}

/// Writes the scenario with the files that it names; gives the folder.
fn written(folder: &str, name: impl Fn(&str) -> String) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("injection").join(folder);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let rows: String = (0..600).map(|second| format!("{}\n", second * 2)).collect();
    let header = name("").replace('"', "\"\"");
    let times = format!("\"{header}\"\n{rows}");
    let file = folder.join(name("").replace('/', "|"));
    fs::write(file, times).expect("the folder can be written");
    fs::write(folder.join("s.toml"), scenario(name)).expect("the folder can be written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("shardlag"));
    let output = command.current_dir(folder).args(arguments).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // 99: no setting meets the targets, which is an answer with a page.
    assert!(matches!(output.status.code(), Some(0 | 99)), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Pages and charts below a folder with their names, in order.
fn pages(folder: &Path) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for out in ["run", "sweep", "tune"] {
        for entry in fs::read_dir(folder.join(out)).expect("there is a report") {
            let path = entry.expect("it can be listed").path();
            let extension = path.extension().map(|text| text.to_string_lossy().into_owned());
            if matches!(extension.as_deref(), Some("html" | "svg")) {
                let name = path.strip_prefix(folder).expect("it is below").display().to_string();
                pages.push((name, fs::read_to_string(path).expect("it is text")));
            }
        }
    }
    pages.sort();
    pages
}

/// All tags of the kinds that load, run or hide something, in order.
fn tags(page: &str) -> Vec<&str> {
    const KINDS: [&str; 14] = [
        "<script", "</script", "<style", "</style", "<title", "</title", "<img", "<iframe", "<svg",
        "</svg", "<!--", "<![CDATA", "<a ", "<link",
    ];
    let mut found: Vec<(usize, &str)> = Vec::new();
    for kind in KINDS {
        found.extend(page.match_indices(kind));
    }
    found.sort_unstable();
    found.into_iter().map(|(_, kind)| kind).collect()
}

fn report(folder: &Path) -> Vec<(String, String)> {
    run(folder, &["run", "s.toml", "--out", "run", "--quiet"]);
    let few = ["--replications", "2", "--quiet"];
    run(folder, &[&["sweep", "s.toml", "--out", "sweep"][..], &few].concat());
    run(folder, &["tune", "s.toml", "--out", "tune", "--quiet", "--budget", "200"]);
    pages(folder)
}

#[test]
fn names_of_a_scenario_add_no_tag_to_any_page_or_chart() {
    let plain = report(&written("plain", |number| format!("{PLAIN}{number}")));
    for kind in ["run/report.html", "sweep/report.html", "tune/tune.html", "run/backlog.svg"] {
        assert!(plain.iter().any(|(name, _)| name == kind), "there is no {kind}");
    }
    for (index, evil) in EVIL.into_iter().enumerate() {
        let found = report(&written(&index.to_string(), |number| format!("{evil}{number}")));
        assert_eq!(found.len(), plain.len());
        let mut shown = 0;
        for ((name, page), (plain_name, plain_page)) in found.iter().zip(&plain) {
            assert_eq!(name, plain_name);
            assert_eq!(tags(page), tags(plain_page), "{evil} in {name}");
            assert!(!page.contains("=alert(1)>") && !page.contains("=javascript:alert(1)>"));
            shown += usize::from(page.contains("&lt;") && page.contains("alert(1)"));
        }
        assert!(shown >= 4, "{evil} is shown on {shown} pages only, so little was tried");
    }
}

#[test]
fn names_of_an_imported_template_add_no_tag_to_a_page() {
    let folder = written("imported", |number| format!("{PLAIN}{number}"));
    let evil = EVIL[0];
    let template = format!(
        "Resources:\n  Table:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      \
         StreamSpecification: {{StreamViewType: NEW_IMAGE}}\n  \"{evil}\":\n    \
         Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      \
         EventSourceArn: !GetAtt Table.StreamArn\n      FunctionName: \"{evil}\"\n      \
         StartingPosition: TRIM_HORIZON\n"
    );
    fs::write(folder.join("template.yaml"), template).expect("the folder can be written");
    run(&folder, &["import", "template.yaml", "--out", "imported.toml", "--quiet"]);
    let scenario = fs::read_to_string(folder.join("imported.toml")).expect("it was written");
    assert!(scenario.contains(evil), "{scenario}");
    let few = ["--replications", "1", "--set", "duration=5m", "--quiet"];
    run(&folder, &[&["run", "imported.toml", "--out", "run"][..], &few].concat());
    let page = fs::read_to_string(folder.join("run/report.html")).expect("it was written");
    assert!(page.contains("&lt;img") && !page.contains("<img"), "the name is not shown as text");
    assert_eq!(page.matches("</script").count(), page.matches("<script").count());
}
