//! What one command writes for another: a summary, a plan, points of a sweep; the first byte says
//! which.
//!
//! What is accepted is shown in every form that the command has. In points, `@PLAN@`,
//! `@FINGERPRINT@` and `@VERSION@` stand for what the plan of these tries has, so that kept bytes
//! outlive a version. The hash of a
//! plan is computed anew. Left out: files that are not text.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use shardlag::experiment::comparison::saved::saved;
use shardlag::experiment::comparison::{CompareOptions, between, within};
use shardlag::experiment::sweep::plan::Planning;
use shardlag::experiment::sweep::{Plan, Store, merge};
use shardlag::report::{
    TerminalStyle, comparison_checks, comparison_json, comparison_markdown, comparison_terminal,
    sweep_files, sweep_terminal,
};
use shardlag::results::Comparison;
use shardlag::scenario::{Source, load};

use super::kind_and_text;

/// The sweep that points are of.
const SWEPT: &str = "
    duration = '10m'
    replications = 2
    stream = { kind = 'dynamodb', shards = 1 }
    traffic = [{ arrivals = { poisson = { rate = '5/s' } } }]
    mapping = { StartingPosition = 'TRIM_HORIZON' }
    function = { duration = '40ms' }
    sweep = { factor = [{ key = 'mapping.BatchSize', values = [10, 100] }] }
";
/// Points of a plan at most that are read.
const POINTS_MAX: usize = 4;

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let source = Source::of_text(SWEPT);
    let scenario = load(&source, &[]).expect("the scenario is right");
    let sweep = scenario.sweep.as_ref().expect("it has a sweep");
    let plan = Plan::new(&Planning {
        source: &source,
        changes: &[],
        sweep,
        seed: scenario.seed,
        points_max: 10,
        command: "shardlag sweep",
    });
    plan.expect("two points")
});

/// Reads a saved file.
pub fn try_bytes(bytes: &[u8]) {
    match kind_and_text(bytes, 3) {
        Some((0, text)) => summary(text),
        Some((1, text)) => plan(text),
        Some((_, text)) => points(text),
        None => {}
    }
}

/// One summary, or two with NUL between them.
fn summary(text: &str) {
    let (one, two) = text.split_once('\0').unwrap_or((text, text));
    let (Ok(one), Ok(two)) = (saved("one.json", one), saved("two.json", two)) else { return };
    for all_metrics in [false, true] {
        let options = CompareOptions { all_metrics, ..CompareOptions::default() };
        for comparison in [between(&one, &two, &options), within(&one, None, &options)] {
            comparison.iter().for_each(show);
        }
    }
}

fn show(comparison: &Comparison) {
    serde_json::from_str::<serde_json::Value>(&comparison_json(comparison)).expect("it is JSON");
    comparison_markdown(comparison);
    comparison_terminal(comparison, 80, TerminalStyle { colour: true, unicode: true });
    comparison_checks(comparison);
}

fn plan(text: &str) {
    let folder = Folder::new();
    let path = folder.0.join("plan.json");
    // The hash is there against mistakes, not against malice: anybody can compute it.
    let text = match serde_json::from_str::<Plan>(text) {
        Ok(plan) => hashed(plan).to_json(),
        Err(_) => text.to_owned(),
    };
    fs::write(&path, text).expect("a temporary file can be written");
    let Ok(plan) = Plan::read(&path) else { return };
    plan.sweep_factors();
    let Ok(files) = plan.files() else { return };
    for index in 0..plan.points.len().min(POINTS_MAX) {
        // Another fingerprint than planned is an answer.
        let _ = plan.scenario(index, &files);
    }
    let store = Store::new(&folder.0, &plan);
    let status = store.status(plan.points.len()).expect("the folder can be listed");
    assert_eq!(status.missing.len(), plan.points.len());
    assert!(!plan.points.is_empty(), "there is nothing to run");
    assert!(merge(&plan, &[store], "").is_err());
}

/// The plan with the version and the hash that it would have been made with.
fn hashed(plan: Plan) -> Plan {
    let mut text = format!("{};", PLAN.version);
    for factor in &plan.factors {
        text += &format!("{:?};", factor.key);
    }
    for point in &plan.points {
        text += &format!("{:?};{};", point.levels, point.fingerprint);
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Plan { version: PLAN.version.clone(), hash: format!("{hash:016x}"), ..plan }
}

/// The two points of the sweep, with NUL between them.
fn points(text: &str) {
    let folder = Folder::new();
    let store = Store::new(&folder.0, &PLAN);
    fs::create_dir_all(store.folder()).expect("a temporary folder can be made");
    let (one, two) = text.split_once('\0').unwrap_or((text, text));
    for (index, text) in [one, two].into_iter().enumerate() {
        let text = text
            .replace("@PLAN@", &PLAN.hash)
            .replace("@VERSION@", &PLAN.version)
            .replace("@FINGERPRINT@", &PLAN.points[index].fingerprint);
        fs::write(store.path(index), text).expect("a temporary file can be written");
    }
    if let Ok(results) = merge(&PLAN, &[store], "shardlag sweep") {
        sweep_terminal(&results, 80, TerminalStyle { colour: true, unicode: true });
        assert!(!sweep_files(&results).is_empty());
    }
}

/// A folder that is there as long as this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("shardlag-saved-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a temporary folder can be made");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in a temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
