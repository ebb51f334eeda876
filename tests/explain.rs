//! `shardlag explain`: the diagnosis of a run for every kind of trouble, stories of records, the
//! state of a shard, and the text that people read.
//!
//! `UPDATE_REPORTS=1 cargo test --test explain` rewrites the texts of `tests/explain/`.

#[path = "explain/records.rs"]
mod records;
#[path = "support/text.rs"]
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use shardlag::experiment::explanation::{ExplainOptions, Question, explain};
use shardlag::experiment::limits::ReplicationLimits;
use shardlag::report::{TerminalStyle, explanation_json, explanation_terminal};
use shardlag::results::{
    DiagnosisKind, Explained, Explanation, LaneState, RecordStory, RunDiagnosis, ShardMoment,
    ShardStage,
};
use shardlag::units::{Duration, Instant};

const LIMITS: ReplicationLimits =
    ReplicationLimits { events: 50_000_000, records: 50_000_000, messages: 1_000 };
const OPTIONS: ExplainOptions<'_> =
    ExplainOptions { variant: None, replication: 0, limits: LIMITS };

/// A mapping that has no trouble; `stream`, `mapping` and `rest` say what gives it some.
fn case(rate: &str, stream: &str, mapping: &str, rest: &str) -> String {
    let function = match rest.contains("[function]") {
        true => "",
        false => "[function]\nduration = { base = \"40ms\", per_record = \"1ms\" }\n",
    };
    format!(
        "duration = \"2h\"\nreplications = 1\nseed = 3\n[stream]\nshards = 2\n{stream}\n\
         [[traffic]]\narrivals = {{ poisson = {{ rate = \"{rate}\" }} }}\n\
         keys = {{ uniform = {{ count = 100000 }} }}\nrecord_size = \"1KiB\"\n\
         [mapping]\nStartingPosition = \"TRIM_HORIZON\"\n{mapping}\n{function}{rest}\n"
    )
}

const DYNAMODB: &str = "kind = \"dynamodb\"";
const KINESIS: &str = "kind = \"kinesis\"";

fn explained(text: &str, question: Question) -> Explanation {
    let scenario = text::scenario(text);
    explain(&scenario, question, OPTIONS).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn diagnosis(text: &str) -> RunDiagnosis {
    match explained(text, Question::Run).subject {
        Explained::Run(diagnosis) => *diagnosis,
        Explained::Record(_) | Explained::Shard(_) => panic!("a run was asked for"),
    }
}

fn story(text: &str, shard: u32, sequence: u64) -> RecordStory {
    match explained(text, Question::Record { shard, sequence }).subject {
        Explained::Record(story) => *story,
        Explained::Run(_) | Explained::Shard(_) => panic!("a record was asked for"),
    }
}

fn moment(text: &str, shard: u32, seconds: u64) -> ShardMoment {
    let at = Instant::from_secs(seconds);
    match explained(text, Question::Shard { shard, at }).subject {
        Explained::Shard(moment) => *moment,
        Explained::Run(_) | Explained::Record(_) => panic!("a shard was asked for"),
    }
}

fn human(explanation: &Explanation) -> String {
    explanation_terminal(explanation, 80, TerminalStyle { colour: false, unicode: true })
}

/// One scenario for each kind of trouble.
fn troubles() -> Vec<(DiagnosisKind, String)> {
    let fault = |what: &str| format!("[[function.fault]]\n{what}");
    let hot = "[function]\nduration = { base = \"200ms\", per_record = \"5ms\" }";
    let large =
        "[function]\nduration = { base = \"400ms\", per_record = \"200ms\" }\ntimeout = \"60s\"";
    let profile = "poisson = { rate = \"20/s\" } }";
    let burst = case("20/s", DYNAMODB, "BatchSize = 10", "");
    let burst = burst.replace(
        profile,
        "profile = { points = [[\"0s\", \"20/s\"], [\"30min\", \"20/s\"], [\"31min\", \"900/s\"], \
         [\"36min\", \"900/s\"], [\"37min\", \"20/s\"]] } }",
    );
    vec![
        (
            DiagnosisKind::FailingBatch,
            case("20/s", DYNAMODB, "", &fault("poison = { at = \"30min\", shard = 1 }")),
        ),
        (
            DiagnosisKind::FailingBatch,
            case(
                "2/s",
                DYNAMODB,
                "MaximumRetryAttempts = 0",
                &fault("poison = { rate = \"9/h\" }"),
            ),
        ),
        (
            DiagnosisKind::Outage,
            case("20/s", DYNAMODB, "", &fault("outage = { from = \"30min\", to = \"50min\" }")),
        ),
        (
            DiagnosisKind::Outage,
            case("20/s", DYNAMODB, "", &fault("outage = { from = \"30min\", to = \"50min\" }"))
                .replace("shards = 2", "shards = 1"),
        ),
        (
            DiagnosisKind::Throttled,
            case(
                "200/s",
                KINESIS,
                "ParallelizationFactor = 2\nBatchSize = 10",
                "[function]\nduration = \"200ms\"\n[concurrency]\nreserved = 1",
            ),
        ),
        (
            DiagnosisKind::ReaderLimit,
            case(
                "20/s",
                DYNAMODB,
                "",
                "[[consumer]]\nname = \"b\"\nset = {}\n[[consumer]]\n\
                name = \"c\"\nset = {}\n[[consumer]]\nname = \"d\"\nset = {}\n[[consumer]]\n\
                name = \"e\"\nset = {}\n[[consumer]]\nname = \"f\"\nset = {}",
            ),
        ),
        (
            DiagnosisKind::Disabled,
            case(
                "20/s",
                DYNAMODB,
                "schedule = [{ at = \"30min\", set = { Enabled = false } }, \
                { at = \"45min\", set = { Enabled = true } }]",
                "",
            ),
        ),
        (
            DiagnosisKind::RollOver,
            case("20/s", KINESIS, "", "")
                .replace("[[traffic]]", "reshard = [{ at = \"1h\", shards = 4 }]\n[[traffic]]"),
        ),
        (
            DiagnosisKind::TooFewKeys,
            case("60/s", KINESIS, "ParallelizationFactor = 5\nBatchSize = 5", hot)
                .replace("uniform = { count = 100000 }", "hot = { share = \"50%\" }"),
        ),
        (
            DiagnosisKind::TooFewKeys,
            case("60/s", KINESIS, "BatchSize = 5", hot)
                .replace("shards = 2", "shards = 4")
                .replace("uniform = { count = 100000 }", "hot = { share = \"80%\" }"),
        ),
        (
            DiagnosisKind::PayloadBound,
            case("11/s", KINESIS, "BatchSize = 1000", large).replace("\"1KiB\"", "\"300KiB\""),
        ),
        // One read returns 1 MB, ten of these records: 40 per second and shard.
        (
            DiagnosisKind::ReaderLimit,
            case("100/s", DYNAMODB, "BatchSize = 50", "").replace("\"1KiB\"", "\"100KiB\""),
        ),
        (
            DiagnosisKind::SlowFunction,
            case(
                "100/s",
                DYNAMODB,
                "BatchSize = 20",
                &fault("slow = { from = \"30min\", to = \"50min\", factor = \"20x\" }"),
            ),
        ),
        (
            DiagnosisKind::Outage,
            case("11/s", KINESIS, "", "[function]\nduration = \"2s\"\ntimeout = \"1s\""),
        ),
        (DiagnosisKind::UnderCapacity, case("200/s", DYNAMODB, "BatchSize = 1", "")),
        (DiagnosisKind::Burst, burst),
        (
            DiagnosisKind::WindowBound,
            case("2/s", DYNAMODB, "MaximumBatchingWindowInSeconds = 60", ""),
        ),
        (
            DiagnosisKind::OversizeRecord,
            case("0.02/s", KINESIS, "", "")
                .replace("\"1KiB\"", "{ uniform = { low = \"1MiB\", high = \"9MiB\" } }"),
        ),
    ]
}

#[test]
fn every_kind_of_trouble_gets_its_diagnosis_first() {
    let mut wrong = Vec::new();
    for (kind, text) in troubles() {
        let found = diagnosis(&text);
        let kinds: Vec<(DiagnosisKind, f64)> =
            found.diagnoses.iter().map(|found| (found.kind, found.explains)).collect();
        if kinds.first().map(|first| first.0) != Some(kind) {
            wrong.push(format!("{kind:?} is not first of {kinds:?}\n{text}"));
            continue;
        }
        let first = &found.diagnoses[0];
        assert!(!first.evidence.is_empty(), "{first:?}");
        assert!(first.evidence.iter().all(|evidence| evidence.value.is_finite()), "{first:?}");
        let shares = [first.share_of_lateness, first.share_of_blocked_time, first.share_of_age];
        assert!(shares.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share)), "{first:?}");
        assert!(kinds.is_sorted_by(|one, other| one.1 > other.1 - 0.05), "{kinds:?}");
        let shown = human(&explained(&text, Question::Run));
        let too_wide = shown.lines().find(|line| line.chars().count() > 80);
        assert_eq!(too_wide, None, "{shown}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_healthy_run_gets_no_diagnosis() {
    for (rate, stream, mapping) in [
        ("20/s", DYNAMODB, ""),
        ("20/s", KINESIS, ""),
        ("100/s", DYNAMODB, "ParallelizationFactor = 4\nBatchSize = 10"),
        ("1/min", KINESIS, ""),
    ] {
        let text = case(rate, stream, mapping, "[model]\nshard_rollover = \"never\"");
        let found = diagnosis(&text);
        assert_eq!(found.diagnoses, [], "{text}");
        let shown = human(&explained(&text, Question::Run));
        assert!(shown.contains("Nothing is wrong."), "{shown}");
    }
}

#[test]
fn shares_of_the_lateness_add_up_over_two_troubles() {
    let text = case(
        "20/s",
        DYNAMODB,
        "schedule = [{ at = \"80min\", set = { Enabled = false } }, \
         { at = \"90min\", set = { Enabled = true } }]",
        "[[function.fault]]\noutage = { from = \"20min\", to = \"40min\" }",
    );
    let found = diagnosis(&text);
    let kinds: Vec<DiagnosisKind> = found.diagnoses.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [DiagnosisKind::Outage, DiagnosisKind::Disabled]);
    let shares: Vec<f64> = found.diagnoses.iter().map(|found| found.share_of_lateness).collect();
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 0.02, "{shares:?}");
    // The area under the lag grows with the square of its length: 20 min against 10 min.
    assert!((3.0..5.0).contains(&(shares[0] / shares[1])), "{shares:?}");
}

/// Compares a text with that of a file, or rewrites it.
fn check(name: &str, text: &str) {
    let path: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_REPORTS").is_some() {
        fs::write(&path, text).expect("the file can be written");
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, text, "{} is not what is printed", path.display());
    let too_wide = text.lines().find(|line| line.chars().count() > 80);
    assert_eq!(too_wide, None, "in {name}");
}

/// Record 2 of 8 is poison; the ninth to twelfth come a minute later.
fn few_records(mapping: &str) -> String {
    let at = |index: u64| format!("{{ at = \"{}ms\" }}", if index < 8 { 100 } else { 60_000 });
    let records: Vec<String> = (0..12).map(at).collect();
    format!(
        "name = \"Few records\"\nduration = \"30h\"\nreplications = 1\n[stream]\n\
         kind = \"dynamodb\"\nshards = 1\n[[traffic]]\n\
         arrivals = {{ scripted = {{ records = [{}] }} }}\n\
         [mapping]\nStartingPosition = \"TRIM_HORIZON\"\nBatchSize = 4\n{mapping}\n\
         [function]\nduration = \"50ms\"\n[[function.fault]]\n\
         poison = {{ number = 2, shard = 0 }}\n\
         [model]\npoll_phase = \"0s\"\nshard_rollover = \"never\"\n",
        records.join(", ")
    )
}

#[test]
fn the_state_of_a_blocked_shard_says_since_when_and_until_when() {
    let text = few_records("");
    let moment = moment(&text, 0, 2 * 3600);
    assert_eq!(moment.stage, ShardStage::Open);
    assert_eq!(moment.backlog, Some(12));
    let blocked = moment.blocked.expect("it is blocked");
    assert_eq!(blocked.cause, "function_error");
    assert!(blocked.since < 1.0 && blocked.until.is_some_and(|until| until > 86_400.0));
    assert_eq!(moment.lanes.len(), 1);
    assert_eq!(moment.lanes[0].state, LaneState::BackingOff);
    let oldest = moment.oldest.expect("there is one");
    assert_eq!((oldest.sequence, oldest.finished), (0, blocked.until));
    let at = Instant::from_secs(2 * 3600);
    check("blocked-shard", &human(&explained(&text, Question::Shard { shard: 0, at })));
    let later = self::moment(&text, 0, 29 * 3600);
    assert_eq!((later.backlog, later.blocked, later.oldest), (Some(0), None, None));
    assert_eq!(later.lanes[0].state, LaneState::Free);
}

#[test]
fn the_state_of_shards_follows_their_lives() {
    let text = case("20/s", KINESIS, "", "")
        .replace("[[traffic]]", "reshard = [{ at = \"1h\", shards = 4 }]\n[[traffic]]");
    let stage = |shard, seconds| moment(&text, shard, seconds).stage;
    assert_eq!(stage(0, 600), ShardStage::Open);
    assert_eq!(stage(3, 600), ShardStage::NotYetOpen);
    assert_eq!(stage(3, 3603), ShardStage::NotYetRead);
    assert_eq!(stage(3, 4000), ShardStage::Open);
    assert_eq!(stage(0, 4000), ShardStage::Ended);
    let off = "schedule = [{ at = \"30min\", set = { Enabled = false } }]";
    let paused = moment(&case("20/s", KINESIS, off, ""), 0, 3600);
    assert!(paused.is_disabled);
    let written = moment(&case("20/s", KINESIS, off, ""), 0, 1799);
    assert!(!written.is_disabled);
    assert!((15_000..21_000).contains(&paused.backlog.expect("it is known")), "{paused:?}");
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    let scenario = text::scenario(&few_records(""));
    let refused = |question, options| {
        explain(&scenario, question, options).expect_err("it is refused").to_string()
    };
    let record = |sequence| Question::Record { shard: 0, sequence };
    assert_eq!(
        refused(record(12), OPTIONS),
        "shard 0 has no record 12; in this run it has 12, records 0 to 11"
    );
    let shard = Question::Record { shard: 1, sequence: 0 };
    assert_eq!(refused(shard, OPTIONS), "there is no shard 1; the shards of this run are 0 to 0");
    let at = Instant::START + Duration::from_secs(31 * 3600);
    let late = refused(Question::Shard { shard: 0, at }, OPTIONS);
    assert_eq!(late, "--at: the run ends at 108000 s, before 111600 s");
    let unknown = ExplainOptions { variant: Some("x"), ..OPTIONS };
    let known = refused(Question::Run, unknown);
    assert_eq!(known, "--variant: there is no variant `x`; there are `base`");
    let few = |limits| refused(Question::Run, ExplainOptions { limits, ..OPTIONS });
    let events = few(ReplicationLimits { events: 5, ..LIMITS });
    assert!(events.starts_with("stopped after 5 events at "), "{events}");
    let records = few(ReplicationLimits { records: 5, ..LIMITS });
    assert!(records.contains("more than 5, at "), "{records}");
    assert!(records.ends_with("or raise the limit with --max-records"), "{records}");
}

fn command(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shardlag"));
    command.current_dir(folder).arg("explain").args(arguments).output().expect("it starts")
}

#[test]
fn the_command_prints_text_or_json_and_refuses_what_it_cannot_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain");
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join("s.toml"), few_records("")).expect("a file can be written");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    for (question, subject) in [
        (&["--record", "0:9"][..], "record"),
        (&["--shard", "0", "--at", "02:00:00"], "shard"),
        (&[], "run"),
    ] {
        let all = [&["s.toml", "--format", "json", "--out", "e.json"], question].concat();
        let output = command(&folder, &all);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(document["schema"], "shardlag.explain/1");
        assert!(document[subject].is_object(), "{document}");
        let written = fs::read(folder.join("e.json")).expect("it was written");
        assert!(written == output.stdout, "the file differs");
        let output = command(&folder, &[&["s.toml"], question].concat());
        assert!(text(&output.stdout).starts_with("Few records\n"), "{}", text(&output.stdout));
    }
    for (wrong, said) in [
        (&["--record", "9"][..], "write shard and record as `0:1042`"),
        (&["--shard", "0"], "--at <TIME>"),
        (&["--at", "02:00:00"], "--shard <N>"),
        (&["--shard", "0", "--at", "2"], "`2` has no unit"),
        (&["--record", "0:99"], "shard 0 has no record 99"),
        (&["--record", "7:0"], "there is no shard 7"),
    ] {
        let output = command(&folder, &[&["s.toml"], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(text(&output.stderr).contains(said), "{wrong:?}: {}", text(&output.stderr));
    }
}

#[test]
fn an_explanation_is_the_same_every_time() {
    let text = few_records("");
    let question = Question::Record { shard: 0, sequence: 2 };
    let once = explanation_json(&explained(&text, question));
    assert_eq!(once, explanation_json(&explained(&text, question)));
}
