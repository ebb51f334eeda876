//! A sweep as an array job of a real Slurm of one node, which the test starts and ends.
//!
//! Slurm and munge run as the user of the test from a folder of its own. Where they are not
//! installed, or may not be started, the test says so and checks nothing; `.ci/run` installs them
//! where it can.

#[path = "support/slurm.rs"]
mod slurm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use slurm::Cluster;

const SCENARIO: &str = r#"
name = "Swept"
duration = "10m"
replications = 3
stream = { kind = "dynamodb", shards = 2 }
traffic = [{ arrivals = { poisson = { rate = "20/s" } } }]
mapping = { StartingPosition = "TRIM_HORIZON" }
function = { duration = { base = "40ms", variation = "exponential" } }
[sweep]
factor = [{ key = "mapping.BatchSize", values = [10, 20, 50, 100, 200, 500] }]
"#;

fn fine(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(cargo_bin("shardlag"));
    let output = command.current_dir(folder).args(arguments).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut files: Vec<(String, Vec<u8>)> = paths
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("it can be read")))
        .map(|(path, bytes)| (path.rsplit('/').next().unwrap_or_default().to_owned(), bytes))
        .collect();
    files.sort();
    files
}

#[test]
fn slurm_runs_the_shards_of_a_plan() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep_slurm");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let cluster = match Cluster::start(&folder.join("cluster")) {
        Ok(cluster) => cluster,
        Err(why) => {
            println!("skipped: {why}");
            return;
        }
    };
    fs::write(folder.join("s.toml"), SCENARIO).expect("it can be written");
    fine(&folder, &["sweep", "plan", "s.toml", "--out", "plan.json"]);
    let shardlag: PathBuf = cargo_bin("shardlag");
    let submit = ["sweep", "submit", "plan.json", "--engine", "slurm", "--shards", "3"];
    cluster.wait_for_jobs(cluster.command(&shardlag).current_dir(&folder).args(submit));
    let status = Command::new(&shardlag)
        .current_dir(&folder)
        .args(["sweep", "status", "plan.json"])
        .output()
        .expect("it starts");
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(status.starts_with("All 6 points are finished"), "{status}\n{}", cluster.log());
    // A shard that was killed is run again as a single task, and runs what is missing.
    let hash = fs::read_dir(folder.join("plan.points")).expect("points").next();
    let points = hash.expect("of a plan").expect("it can be listed").path();
    fs::remove_file(points.join("000002.json")).expect("it is finished");
    let job = Command::new(&shardlag)
        .current_dir(&folder)
        .args(submit)
        .arg("--dry-run")
        .output()
        .expect("it starts");
    let job = String::from_utf8_lossy(&job.stdout).replace("--array=1-3", "--array=2");
    fs::write(folder.join("again.sh"), job).expect("it can be written");
    let again = folder.join("again.sh");
    cluster.wait_for_jobs(cluster.command(Path::new("sbatch")).current_dir(&folder).arg(again));
    assert!(points.join("000002.json").is_file(), "{}", cluster.log());
    fine(&folder, &["sweep", "merge", "plan.json", "--out", "many", "--quiet"]);
    fine(&folder, &["sweep", "s.toml", "--out", "one", "--quiet"]);
    assert!(files(&folder.join("many")) == files(&folder.join("one")), "the reports differ");
}
