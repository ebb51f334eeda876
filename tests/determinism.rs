//! Same scenario, seed and version: same results, whatever the number of threads, the other
//! variants, the number of replications, or who listens (STYLE 16, 17).

#[path = "support/text.rs"]
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::recorder::Recorder;
use shardlag::experiment::replication::{Measuring, ReplicationPlan, run as run_replication};
use shardlag::experiment::uncertainty::Uncertainty;
use shardlag::experiment::{RunOptions, run};
use shardlag::model::settings::Horizon;
use shardlag::model::simulate;
use shardlag::results::{RunResults, Summary};
use shardlag::units::Bytes;
use text::scenario;

/// Random in every way there is: arrivals, keys, sizes, durations, faults, jitter, throttles.
const BUSY: &str = r#"
name = "busy"
duration = "20m"
replications = 4
seed = 11
[stream]
kind = "dynamodb"
shards = 3
[[traffic]]
arrivals = { poisson = { rate = "60/s" } }
keys = { zipf = { count = 500, exponent = 1.0 } }
record_size = { lognormal = { p50 = "600B", p99 = "8KiB" } }
[[traffic]]
arrivals = { bursts = { rate = "2/1m", size = 200 } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 20
MaximumRetryAttempts = 3
DestinationConfig = { OnFailure = { Destination = "arn:aws:sqs:eu-central-1:123456789012:f" } }
[function]
duration = { base = "80ms", per_record = "2ms", variation = { lognormal = { p99 = "4x" } } }
init = "300ms"
memory = "512MB"
[[function.fault]]
error_rate = "2%"
[[function.fault]]
poison = { rate = "10/1h" }
[concurrency]
reserved = 5
[model]
retry_jitter = "20%"
poll_jitter = "10ms"
"#;

const LANES: &str = r#"
[[variant]]
name = "lanes"
set = { "mapping.ParallelizationFactor" = 4 }
"#;

const BISECT: &str = r#"
[[variant]]
name = "bisect"
set = { "mapping.BisectBatchOnFunctionError" = true }
"#;

fn results(text: &str, threads: Option<usize>) -> RunResults {
    let options = RunOptions { threads, ..RunOptions::default() };
    run(&scenario(text), &options, &|_| ()).expect("the scenario runs")
}

#[test]
fn pilots_and_drawn_inputs_do_not_depend_on_threads() {
    let of = |threads| {
        let text = BUSY
            .replace("replications = ", "analysis = { kind = \"steady_state\" }\nreplications = ");
        let uncertainty = Uncertainty::parse("rate=10%,duration=20%").expect("it is right");
        let uncertainty = Some(uncertainty);
        let options = RunOptions { threads: Some(threads), uncertainty, ..RunOptions::default() };
        run(&scenario(&text), &options, &|_| ()).expect("the scenario runs")
    };
    assert!(of(1) == of(3), "one thread and three give other results");
}

#[test]
fn results_do_not_depend_on_threads() {
    let text = format!("{BUSY}{LANES}{BISECT}");
    let one = results(&text, Some(1));
    assert!(one.summary.variants.iter().all(|v| v.errors.value.is_some_and(|e| e > 0.0)));
    for threads in [Some(1), Some(2), Some(7), None] {
        assert!(results(&text, threads) == one, "other results with {threads:?} threads");
    }
}

#[test]
fn another_variant_changes_nothing_of_the_others() {
    let two = results(&format!("{BUSY}{LANES}"), None);
    let three = results(&format!("{BUSY}{LANES}{BISECT}"), None);
    assert_eq!(two.summary.variants[..], three.summary.variants[..2]);
    assert_eq!(two.variants[..], three.variants[..2]);
    assert_ne!(two.summary.variants[0], three.summary.variants[2]);
}

#[test]
fn more_replications_change_nothing_of_the_first_ones() {
    let replications = |count: &str| -> Vec<String> {
        let text = BUSY.replace("replications = 4", &format!("replications = {count}"));
        let scenario = scenario(&text);
        let run_one = |number| {
            let (variant, seed) = (scenario.base(), scenario.seed);
            let (spans, limits) = (&[], ReplicationLimits::default());
            let variants = std::slice::from_ref(variant);
            let measuring = Measuring::default();
            let plan = ReplicationPlan { variants, seed, number, limits, spans, measuring };
            format!("{:?}", run_replication(&plan).expect("it runs"))
        };
        (0..scenario.replications).map(run_one).collect()
    };
    let (few, more) = (replications("2"), replications("4"));
    assert!(few[..] == more[..2], "the first replications differ");
    assert_ne!(few[0], few[1], "replications are alike");
    let detail = |count: u32| {
        let text = BUSY.replace("replications = 4", &format!("replications = {count}"));
        let results = results(&text, None);
        (results.variants[0].blocked.clone(), results.variants[0].messages.clone())
    };
    assert!(detail(2) == detail(4), "details of the first replication differ");
}

#[test]
fn who_listens_changes_nothing() {
    let scenario = scenario(BUSY);
    let settings = &scenario.base().settings;
    let Horizon::For(length) = settings.horizon else { panic!("the scenario has a duration") };
    let mut recorder = Recorder::new(settings, Bytes::new(25_600), length, Vec::new(), true);
    let listened = simulate(settings, 11, 0, 10_000_000, &mut recorder);
    assert_eq!(listened, simulate(settings, 11, 0, 10_000_000, &mut ()));
}

#[test]
fn another_seed_gives_other_figures() {
    let other = BUSY.replace("seed = 11", "seed = 12");
    assert_ne!(results(BUSY, None).summary.variants, results(&other, None).summary.variants);
}

/// FNV-1a over the summary, without version and fingerprint, which change for other reasons.
fn hash(text: &str) -> String {
    let summary = results(text, None).summary;
    let summary = Summary { version: String::new(), fingerprint: String::new(), ..summary };
    let json = serde_json::to_string(&summary).expect("a summary is JSON");
    let fnv = json.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{fnv:016x}")
}

/// A change of these values means that the same scenario and seed now give other figures: say
/// why in the change that does it.
#[test]
fn figures_are_what_they_have_always_been() {
    let quiet = r#"
        name = "quiet"
        duration = "10m"
        replications = 2
        seed = 1
        [stream]
        kind = "dynamodb"
        shards = 2
        [[traffic]]
        arrivals = { constant = { rate = "20/s" } }
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        [function]
        duration = "40ms"
    "#;
    let windowed = r#"
        name = "windowed"
        until = "drained"
        replications = 3
        seed = 5
        [stream]
        kind = "kinesis"
        shards = 2
        [[traffic]]
        arrivals = { poisson = { rate = "30/s" } }
        keys = { uniform = { count = 40 } }
        to = "10m"
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 50
        MaximumBatchingWindowInSeconds = 3
        ParallelizationFactor = 2
        [function]
        duration = { base = "200ms", variation = { uniform = { low = "0.5x", high = "2x" } } }
        [[function.fault]]
        outage = { from = "2m", to = "4m" }
    "#;
    let hashes = [quiet, windowed, BUSY].map(hash);
    assert_eq!(hashes, ["b0133dfb786fd09a", "9de8d85e985c97d0", "400eeb526afa1f16"]);
}

/// All files under a folder with their bytes.
fn files(folder: &Path, under: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("the folder was written") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            files(&path, under, found);
        } else {
            let name = path.strip_prefix(under).expect("it is in the folder").to_owned();
            found.insert(name, std::fs::read(&path).expect("a readable file"));
        }
    }
}

#[test]
fn output_folders_have_the_same_bytes_whatever_the_threads() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("determinism");
    drop(std::fs::remove_dir_all(&root));
    std::fs::create_dir_all(&root).expect("a writable target folder");
    let file = root.join("busy.toml");
    std::fs::write(&file, format!("{BUSY}{LANES}")).expect("a writable folder");
    let mut folders = ["1", "2", "5"].map(|threads| {
        let out = root.join(format!("with-{threads}"));
        let status = Command::new(env!("CARGO_BIN_EXE_shardlag"))
            .args(["run", "--quiet", "--threads", threads, "--out"])
            .args([&out, &file])
            .status();
        assert!(status.expect("the binary starts").success());
        let mut found = BTreeMap::new();
        files(&out, &out, &mut found);
        assert!(found.len() >= 5, "{:?}", found.keys());
        found
    });
    let [one, others @ ..] = &mut folders;
    for other in others {
        assert!(one.keys().eq(other.keys()), "{:?} {:?}", one.keys(), other.keys());
        for (name, bytes) in &*one {
            assert!(other[name] == *bytes, "{} differs", name.display());
        }
    }
}
