//! What packages could let into the results: the clock, the environment, chance, and mathematics
//! whose last bits differ between platforms.
//!
//! The sources of all packages that the program is made of are searched for words; a package that
//! has some is in the table below with the reason why no output depends on it. One that comes in
//! later with such words fails here until somebody has looked and said why. The program's own
//! sources are checked in `architecture.rs`, types in `clippy.toml`.
//!
//! Left out: what only builds use (procedural macros, build scripts), what only tests use, and
//! words that a macro makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What results must not depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leak {
    Clock,
    Environment,
    Chance,
    Mathematics,
}

use Leak::{Chance, Clock, Environment, Mathematics};

const WORDS: [(Leak, &[&str]); 4] = [
    (Clock, &["SystemTime", "Instant::now", "UNIX_EPOCH"]),
    (
        Environment,
        &["env::var", "env::args", "env::current_dir", "getenv", "available_parallelism"],
    ),
    (
        Chance,
        &[
            "RandomState",
            "HashMap",
            "HashSet",
            "DefaultHasher",
            "getrandom",
            "thread_rng",
            "OsRng",
            "ThreadId",
        ],
    ),
    (
        Mathematics,
        &[
            ".ln(",
            ".ln_1p(",
            ".log(",
            ".log2(",
            ".log10(",
            ".exp(",
            ".exp2(",
            ".exp_m1(",
            ".powf(",
            ".powi(",
            ".sin(",
            ".cos(",
            ".tan(",
            ".sin_cos(",
            ".atan(",
            ".atan2(",
            ".hypot(",
            ".cbrt(",
        ],
    ),
];

/// Packages with such words, and why no output depends on them.
const ALLOWED: [(&str, &[Leak], &str); 30] = [
    ("ab_glyph", &[Chance], "a map of glyphs that are looked up, never listed"),
    ("anstyle-query", &[Environment], "whether help is coloured; no file is"),
    ("clap_builder", &[Environment], "arguments, and variables of `env = `, which none has"),
    ("clap_complete", &[Chance, Environment], "completions that a shell asks for while one types"),
    ("clap_lex", &[Environment], "the arguments themselves"),
    ("console", &[Environment], "the width of the terminal and its colours; no file has either"),
    ("crossbeam-utils", &[Chance, Clock], "waiting with a time limit, and locks by thread"),
    ("csv", &[Chance, Environment], "examples in its documentation"),
    ("flate2", &[Clock], "the time in the head of a gzip file, which PNG has not"),
    ("fnv", &[Chance], "a hash without a key: the same order always"),
    ("hashbrown", &[Chance], "under `indexmap`, which keeps the order of insertion"),
    ("hcl-edit", &[Chance], "conversions from maps, of which none is made"),
    ("indicatif", &[Chance, Clock, Mathematics], "progress on the terminal"),
    ("jiff", &[Clock, Environment], "the clock and time zones; dates are read and written in UTC"),
    ("jiff-core", &[Clock], "conversions to and from the clock's time, of which none is made"),
    ("libc", &[Chance, Clock, Environment], "declarations of functions that others would call"),
    ("num-traits", &[Mathematics], "under plotters' ranges, which only place pixels"),
    ("plotters", &[Chance, Mathematics], "key points of axes and circles of its own, not used"),
    ("plotters-backend", &[Mathematics], "the width of slanted lines in whole pixels"),
    ("rand", &[Chance, Mathematics], "generators and distributions of its own, not used"),
    ("rayon", &[Chance], "collecting into hash maps, which nobody does"),
    ("rayon-core", &[Chance, Environment], "the number of threads, on which no result depends"),
    ("serde", &[Chance, Clock], "implementations for types of the standard library"),
    ("serde_core", &[Chance, Clock], "implementations for types of the standard library"),
    ("serde_json", &[Chance], "implementations for types of the standard library"),
    ("strsim", &[Chance], "counts of pairs of letters, for suggestions, which are summed"),
    ("toml", &[Chance], "implementations for types of the standard library"),
    ("toml_writer", &[Chance], "implementations for types of the standard library"),
    ("ttf-parser", &[Mathematics], "slanted and rotated glyphs of colour fonts"),
    ("winnow", &[Chance, Environment], "containers for results, and traces of its own parsers"),
];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--locked")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// Folders of the sources of all packages that the program is made of, by their names.
fn packages() -> BTreeMap<String, PathBuf> {
    let tree = ["tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"];
    let tree = cargo(&tree);
    // `name v1.2.3`, and more behind it.
    let words = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    let used: BTreeSet<(String, String)> = tree.lines().filter_map(words).collect();
    let metadata = cargo(&["metadata", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("metadata is JSON");
    let mut folders = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("a list") {
        let text = |key: &str| package[key].as_str().expect("a text").to_owned();
        let id = (text("name"), format!("v{}", text("version")));
        if used.contains(&id) && id.0 != env!("CARGO_PKG_NAME") {
            let targets = package["targets"].as_array().expect("a list");
            let is_library = |target: &&Value| {
                target["kind"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|kind| kind.as_str().is_some_and(|kind| kind.ends_with("lib")))
            };
            let library = targets.iter().find(is_library).expect("it has a library");
            let root = library["src_path"].as_str().expect("a path");
            folders.insert(id.0, Path::new(root).with_file_name(""));
        }
    }
    folders
}

/// The code of a file: no comments, and no test module at its end.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter_map(|line| line.split("//").next()).collect::<Vec<_>>().join("\n")
}

/// What the sources below a folder could let in.
fn leaks(folder: &Path) -> BTreeSet<Leak> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_part = !["tests", "benches", "examples"].contains(&name.as_str());
            found.extend(if is_part { leaks(&path) } else { BTreeSet::new() });
        } else if name.ends_with(".rs") && !name.contains("test") {
            let code = code(&fs::read_to_string(&path).unwrap_or_default());
            let has = |words: &&(Leak, &[&str])| words.1.iter().any(|word| code.contains(word));
            found.extend(WORDS.iter().filter(has).map(|(leak, _)| *leak));
        }
    }
    found
}

#[test]
fn every_package_that_knows_clock_environment_chance_or_mathematics_has_a_reason() {
    let packages = packages();
    assert!(packages.len() > 60, "{} packages", packages.len());
    let mut wrong = Vec::new();
    for (name, folder) in &packages {
        let allowed = ALLOWED.iter().find(|(allowed, ..)| allowed == name);
        let allowed = allowed.map(|(_, leaks, _)| leaks.iter().copied().collect());
        let (found, allowed): (_, BTreeSet<Leak>) = (leaks(folder), allowed.unwrap_or_default());
        for leak in found.difference(&allowed) {
            wrong.push(format!("{name} may depend on {leak:?}: look, and say why it does not"));
        }
        for leak in allowed.difference(&found) {
            wrong.push(format!("{name} no longer knows {leak:?}: take it from the table"));
        }
    }
    let is_gone = |name: &&str| !packages.contains_key(*name);
    let gone = ALLOWED.iter().map(|(name, ..)| *name).filter(is_gone);
    wrong.extend(gone.map(|name| format!("{name} is no longer used: take it from the table")));
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn words_in_comments_and_tests_are_no_leaks() {
    let text = "fn now() {} // Instant::now\n#[cfg(test)]\nmod tests { SystemTime }\n";
    assert_eq!(code(text), "fn now() {} ");
}

#[test]
fn a_folder_that_leaks_is_found() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("leaks");
    fs::create_dir_all(folder.join("inner")).expect("the target folder can be written");
    let text = "let x = y.powf(2.0);\nlet t = Instant::now();\n";
    fs::write(folder.join("inner/a.rs"), text).expect("the target folder can be written");
    assert_eq!(leaks(&folder), BTreeSet::from([Clock, Mathematics]));
}
