//! Every scenario has a committed report, and the report is what the scenario gives: at once
//! gallery, documentation and regression test.
//!
//! `UPDATE_REPORTS=1 cargo test --test gallery` writes the reports anew; say in the commit why
//! the figures moved.

use std::fs;
use std::path::{Path, PathBuf};

use shardlag::experiment::tuning::{TuneOptions, tune};
use shardlag::experiment::{RunOptions, run};
use shardlag::report::{Outputs, PngCharts, write_all, write_tuning};
use shardlag::scenario::{Source, load};

/// A larger CSV or JSON Lines file is not committed; everything else is.
const SMALL_BYTES: u64 = 64 << 10;
/// What a committed report may hold.
const FOLDER_BYTES_MAX: u64 = 500_000;
/// The report whose chart the README shows.
const SHOWN: &str = "poison-record";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn names() -> Vec<String> {
    let files = fs::read_dir(root().join("scenarios")).expect("there are scenarios");
    let paths = files.map(|file| file.expect("a folder can be listed").path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Runs a scenario as `shardlag run scenarios/NAME.toml` does, into a folder of its own, and then
/// tunes it as `shardlag tune` does if it says how.
fn report(name: &str) -> PathBuf {
    let path = root().join("scenarios").join(format!("{name}.toml"));
    let shown = format!("scenarios/{name}.toml");
    let source = Source { name: shown.clone(), ..Source::read(&path).expect("it can be read") };
    let scenario = load(&source, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let options = RunOptions { command: format!("shardlag run {shown}"), ..RunOptions::default() };
    let results = run(&scenario, &options, &|_| ()).expect("it runs");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gallery").join(name);
    fs::remove_dir_all(&folder).ok();
    let png = if name == SHOWN { PngCharts::IteratorAge } else { PngCharts::Off };
    write_all(&results, &folder, &Outputs { png, ..Outputs::default() }).expect("it is written");
    drop_large(&folder);
    if let Some(options) = TuneOptions::of(&scenario) {
        let command = format!("shardlag tune {shown}");
        let options = TuneOptions { command, ..options.expect("its factors can be crossed") };
        let tuning = tune(&source, &[], &options, &|_| ()).expect("it can be tuned");
        write_tuning(&tuning, &folder).expect("it is written");
    }
    folder
}

fn drop_large(folder: &Path) {
    for (name, bytes) in files(folder) {
        let is_data = name.ends_with(".csv") || name.ends_with(".jsonl");
        if is_data && bytes.len() as u64 > SMALL_BYTES {
            fs::remove_file(folder.join(name)).expect("an own file can be removed");
        }
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.expect("a folder can be listed"))
        .map(|entry| {
            let bytes = fs::read(entry.path()).expect("a file can be read");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_scenario_gives_its_committed_report() {
    let update = std::env::var_os("UPDATE_REPORTS").is_some();
    let mut differences = Vec::new();
    for name in names() {
        let (fresh, committed) = (report(&name), root().join("reports").join(&name));
        if update {
            fs::remove_dir_all(&committed).ok();
            fs::create_dir_all(&committed).expect("reports can be written");
            for (file, bytes) in files(&fresh) {
                fs::write(committed.join(file), bytes).expect("reports can be written");
            }
        }
        let (fresh, committed) = (files(&fresh), files(&committed));
        let list = |files: &[(String, Vec<u8>)]| -> Vec<String> {
            files.iter().map(|(name, _)| name.clone()).collect()
        };
        if list(&fresh) != list(&committed) {
            let (fresh, committed) = (list(&fresh), list(&committed));
            differences.push(format!("{name}: {fresh:?} instead of {committed:?}"));
        }
        for ((file, new), (_, old)) in fresh.iter().zip(&committed) {
            if new != old {
                differences.push(format!("reports/{name}/{file} differs"));
            }
        }
        let bytes: usize = fresh.iter().map(|(_, bytes)| bytes.len()).sum();
        if bytes as u64 > FOLDER_BYTES_MAX {
            differences.push(format!("reports/{name} holds {bytes} bytes"));
        }
    }
    let advice = "write them anew with `UPDATE_REPORTS=1 cargo test --test gallery`";
    assert!(differences.is_empty(), "{}\n{advice}", differences.join("\n"));
}

#[test]
fn every_report_belongs_to_a_scenario() {
    let entries = fs::read_dir(root().join("reports")).expect("there are reports");
    let scenarios = names();
    for entry in entries {
        let name = entry.expect("a folder can be listed").file_name();
        let name = name.to_string_lossy().into_owned();
        // Written by `shardlag validate --out reports/validation`, which tests/validate.rs repeats,
        // by benches/peers/compare.sh, and by the scripts that reports/reliability names.
        let others = ["validation", "performance", "reliability"];
        let is_known = scenarios.contains(&name) || others.contains(&name.as_str());
        assert!(is_known, "reports/{name} has no scenario");
    }
}
