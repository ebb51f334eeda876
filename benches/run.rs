//! What a replication costs, with the standard recorder on, beside the reference programs.
//!
//! R1, R2 and R2T are the models of `benches/peers/README.md`. Of shardlag a replication through
//! the library is timed, of the others the whole process, whose start is a thousandth of it. The
//! bounds that matter, on one core: no model takes longer than `direct` does; a shard blocked for
//! a day in under 2 s. Left out: the reference programs where their sources are not there, as in
//! the published package.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::replication::{Measuring, ReplicationPlan, run};
use shardlag::experiment::{RunOptions, run as run_all};
use shardlag::scenario::{Override, Scenario, Source, load};

/// The models with their records.
const MODELS: [(&str, u64); 3] = [("r1", 3_600_000), ("r2", 12_000_000), ("r2t", 12_000_000)];
const PEERS: [&str; 3] = ["heap", "direct", "aggregate"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A scenario of the reference models, with settings.
fn scenario(name: &str, settings: &[String]) -> Scenario {
    let path = root().join("benches/peers/scenarios").join(name).with_extension("toml");
    let source = Source::read(&path).expect("the scenario is there");
    let parse = |text: &String| Override::parse(text).expect("it is a setting");
    let settings: Vec<Override> = settings.iter().map(parse).collect();
    load(&source, &settings).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The folder of the reference programs, which are built.
fn peers() -> Option<PathBuf> {
    let manifest = root().join("benches/peers/Cargo.toml");
    if !manifest.exists() {
        eprintln!("the reference programs are left out: there is no {}", manifest.display());
        return None;
    }
    let folder = root().join("target/peers");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]).arg(manifest);
    let status = build.env("CARGO_TARGET_DIR", &folder).status().expect("cargo runs this");
    assert!(status.success(), "the reference programs cannot be built");
    Some(folder.join("release"))
}

/// One replication of the first variant.
fn replicate(scenario: &Scenario) {
    let variants = std::slice::from_ref(scenario.base());
    let (limits, measuring) = (ReplicationLimits::default(), Measuring::default());
    let seed = scenario.seed;
    let plan = ReplicationPlan { variants, seed, number: 1, limits, spans: &[], measuring };
    run(&plan).expect("it runs");
}

fn beside_peers(criterion: &mut Criterion) {
    let peers = peers();
    for (model, records) in MODELS {
        let mut group = criterion.benchmark_group(model);
        group.sample_size(10).measurement_time(std::time::Duration::from_secs(3));
        group.throughput(Throughput::Elements(records));
        let scenario = scenario(model, &[]);
        group.bench_function("shardlag", |bencher| bencher.iter(|| replicate(&scenario)));
        for (name, folder) in PEERS.iter().flat_map(|name| Some((name, peers.as_ref()?))) {
            group.bench_function(*name, |bencher| {
                bencher.iter(|| {
                    let mut peer = Command::new(folder.join(name));
                    let status = peer.args([model, "1"]).stdout(Stdio::null()).status();
                    assert!(status.expect("it was built").success());
                });
            });
        }
        group.finish();
    }
}

fn blocked(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a day at 1,000 records/s");
    group.sample_size(10).measurement_time(std::time::Duration::from_secs(3));
    group.throughput(Throughput::Elements(86_400_000));
    for (name, model) in [("not blocked", "r1"), ("blocked", "blocked")] {
        let scenario = scenario(model, &["duration=24h".to_owned()]);
        group.bench_function(name, |bencher| bencher.iter(|| replicate(&scenario)));
    }
    group.finish();
}

/// Reading the scenario and all figures, for sixteen points of six minutes.
fn sweep(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sweep");
    group.sample_size(10).measurement_time(std::time::Duration::from_secs(3));
    group.throughput(Throughput::Elements(16 * 360_000));
    let options = RunOptions { threads: Some(1), ..RunOptions::default() };
    group.bench_function("16 points of R1 on one thread", |bencher| {
        bencher.iter(|| {
            for (factor, size) in (1..=4).flat_map(|f| [10, 50, 100, 500].map(|size| (f, size))) {
                let settings = [
                    "duration=6m".to_owned(),
                    format!("mapping.ParallelizationFactor={factor}"),
                    format!("mapping.BatchSize={size}"),
                ];
                run_all(&scenario("r1", &settings), &options, &|_| ()).expect("it runs");
            }
        });
    });
    group.finish();
}

criterion_group!(benches, beside_peers, blocked, sweep);
criterion_main!(benches);
