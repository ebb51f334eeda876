//! Wrong files, arguments and places to write to, typed as commands, and all that is said.
//!
//! The table is `bad_input.txt`: files (`file NAME` with lines behind `|`; `more NAME` puts the
//! lines behind those of a right scenario), then commands (`$`) with their exit code (`=`) and what
//! they say on standard error (`>`) and standard output (`o`). `UPDATE_ERRORS=1` rewrites what
//! they say. Every command has a limit of memory and of time; none may panic, be killed, or change
//! or leave a file. Mistakes inside a scenario are in `scenario_errors.txt`.
//! Left out: systems without `sh`, `ulimit -v` and `timeout`.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Address space of a command, in KiB.
const MEMORY_MAX_KIB: u32 = 1 << 20;
/// How long a command may take; generous, since the machine may be busy.
const SECONDS_MAX: u32 = 60;
/// Commands that the table promises at least.
const CASES_MIN: usize = 150;

const RIGHT: &str = r#"duration = "5m"
replications = 2
[stream]
kind = "dynamodb"
shards = 2
[[traffic]]
arrivals = { constant = { rate = "2/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
[function]
duration = "40ms"
"#;

/// One command of the table with what was expected of it.
struct Case {
    line: usize,
    command: String,
    code: Option<i32>,
    said: String,
}

/// A part of the table.
enum Part {
    /// Lines that stay as they are: comments, files.
    Kept(String),
    Case(Case),
}

/// Splits the table, and writes its files.
fn read_table(table: &str, folder: &Path) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut file: Option<WrittenFile> = None;
    for (index, line) in table.lines().enumerate() {
        let case = match parts.last_mut() {
            Some(Part::Case(case)) => Some(case),
            Some(Part::Kept(_)) | None => None,
        };
        match (line.split_at(line.len().min(2)), case) {
            (("= ", code), Some(case)) => case.code = code.parse().ok(),
            (("> " | "o " | ">" | "o", _), Some(case)) => {
                writeln!(case.said, "{line}").expect("it fits")
            }
            (("$ ", command), _) => {
                let (command, said) = (command.to_owned(), String::new());
                parts.push(Part::Case(Case { line: index + 1, command, code: None, said }));
            }
            (("| " | "|", text), _) => {
                let file = file.as_mut().expect("a line of a file stands behind its name");
                writeln!(file.text, "{text}").expect("a string takes everything");
                parts.push(Part::Kept(line.to_owned()));
            }
            _ => {
                let around = [("file ", "", ""), ("more ", RIGHT, ""), ("first ", "", RIGHT)];
                let begun = around.into_iter().find_map(|(kind, before, after)| {
                    let name = line.strip_prefix(kind)?;
                    Some(WrittenFile { path: folder.join(name), text: before.to_owned(), after })
                });
                if begun.is_some() {
                    write_file(std::mem::replace(&mut file, begun));
                }
                parts.push(Part::Kept(line.to_owned()));
            }
        }
    }
    write_file(file);
    parts
}

/// A file of the table.
struct WrittenFile {
    path: PathBuf,
    text: String,
    /// What stands behind the text.
    after: &'static str,
}

fn write_file(file: Option<WrittenFile>) {
    if let Some(WrittenFile { path, text, after }) = file {
        fs::write(path, text + after).expect("the folder can be written");
    }
}

/// Files that are too large, too deep or too strange for a table.
fn write_generated(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).expect("the folder can be written");
    };
    let nested = |head: &str, open: &str, middle: &str, close: &str, tail: &str, depth: usize| {
        let (open, close) = (open.repeat(depth), close.repeat(depth));
        format!("{head}{open}{middle}{close}{tail}").into_bytes()
    };
    write("right.toml", RIGHT.as_bytes());
    write("empty", b"");
    write("binary", b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe\x00");
    write("zeros.toml", &[0; 64]);
    write("latin1.toml", b"name = \"Gr\xf6\xdfe\"\n");
    write("utf16.toml", b"\xff\xfen\0a\0m\0e\0");
    write("marked.toml", format!("\u{feff}{RIGHT}").as_bytes());
    write("crlf.toml", RIGHT.replace('\n', "\r\n").as_bytes());
    let crlf = RIGHT.replace("shards = 2", "shards = 0").replace('\n', "\r\n");
    write("crlf-wrong.toml", format!("\u{feff}{crlf}").as_bytes());
    write("deep.toml", &nested("x = ", "[", "1", "]", "\n", 100_000));
    write("deep-table.toml", &nested("x = ", "{ a = ", "1", " }", "\n", 100_000));
    write("deep-key.toml", &nested("x", ".a", " = 1", "", "\n", 100_000));
    write("deep.json", &nested("{\"Resources\": ", "[", "1", "]", "}", 100_000));
    write("deep-schema.json", &nested("{\"schema\": ", "{\"a\":", "1", "}", "}", 100_000));
    write("deep.yaml", &nested("Resources: ", "[", "1", "]", "\n", 100_000));
    write("deep-block.yaml", &deep_block());
    write("deep.tf", &nested("locals {\n  x = ", "[", "1", "]", "\n}\n", 100_000));
    write("deep-call.tf", &nested("locals {\n  x = ", "abs(", "1", ")", "\n}\n", 100_000));
    write("deep-not.tf", &nested("locals {\n  x = ", "!", "true", "", "\n}\n", 100_000));
    write("deep-block.tf", &nested("", "a {\n", "", "}\n", "", 100_000));
    write("deep-text.tf", &nested("locals {\n  x = ", "\"${", "1", "}\"", "\n}\n", 100_000));
    write("deep-variables.yml", &nested("service: ", "${", "a", "}", "\nfunctions: {}\n", 100_000));
    write("laughs.yaml", laughs().as_bytes());
    write("anchors.yaml", anchors().as_bytes());
    write("merges.yaml", merges().as_bytes());
    let long_line = format!("name = \"{}\"; seed = -1\n{RIGHT}", "x".repeat(300_000));
    write("long-line.toml", long_line.as_bytes());
    write("many-keys.toml", many_keys().as_bytes());
    let huge = fs::File::create(folder.join("huge.toml")).expect("the folder can be written");
    huge.set_len(2 << 30).expect("a file with holes takes no room");
    symlink("loop.toml", folder.join("loop.toml")).expect("a link can be made");
    symlink("nowhere.toml", folder.join("dangling.toml")).expect("a link can be made");
    fs::create_dir(folder.join("folder")).expect("the folder can be written");
    fs::create_dir_all(folder.join("occupied/report.html/x")).expect("the folder can be written");
    write("occupied/summary.json", b"old");
    write("taken", b"mine");
}

/// What earlier commands wrote, and copies of it that were changed since.
fn write_made(folder: &Path) {
    let make = |line: &str| {
        let output = shell(folder, line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    make("shardlag run right.toml --format json --out made > good.json && rm -r made");
    make("shardlag sweep plan right.toml --quiet --factor mapping.BatchSize=10,20 --out plan.json");
    let plan = fs::read_to_string(folder.join("plan.json")).expect("it was written");
    let changed = |name: &str, from: &str, to: &str| {
        assert!(plan.contains(from), "the plan has no {from}");
        fs::write(folder.join(name), plan.replace(from, to)).expect("the folder can be written");
    };
    changed("changed-plan.json", "\"20\"", "\"30\"");
    let version = env!("CARGO_PKG_VERSION");
    changed("version-plan.json", &format!("\"{version}\""), "\"0.0.1\"");
    changed("text-plan.json", "shards = 2", "shards = 3");
    let hash = plan.split("\"hash\": \"").nth(1).expect("a plan has a hash");
    let hash = &hash[..16];
    for (points, content) in [("wrong-points", "{}"), ("deep-points", &"[".repeat(100_000))] {
        let points = folder.join(points).join(hash);
        fs::create_dir_all(&points).expect("the folder can be written");
        fs::write(points.join("000001.json"), content).expect("the folder can be written");
    }
}

fn deep_block() -> Vec<u8> {
    let line = |depth: usize| format!("{}a:\n", " ".repeat(depth));
    (0..3_000).map(line).collect::<String>().into_bytes()
}

/// Ten lists, each of nine times the list before it: a billion values.
fn laughs() -> String {
    let mut text = "l0: &l0 [lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let inner = vec![format!("*l{}", level - 1); 9].join(", ");
        writeln!(text, "l{level}: &l{level} [{inner}]").expect("a string takes everything");
    }
    text
}

/// A long list inside ninety lists that are all remembered.
fn anchors() -> String {
    let open: String = (0..90).map(|level| format!("&a{level} [")).collect();
    format!("Resources: {open}{}1{}\n", "1, ".repeat(300_000), "]".repeat(90))
}

/// Tables that each merge the table before them twice.
fn merges() -> String {
    let mut text = "m0: &m0 {a: 1}\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        writeln!(
            text,
            "m{level}: &m{level} {{<<: [*m{before}, *m{before}], k{level}: *m{before}}}"
        )
        .expect("a string takes everything");
    }
    text
}

fn many_keys() -> String {
    (0..50_000).map(|number| format!("key{number} = 1\n")).collect()
}

/// Runs a line of shell in which `shardlag` is limited.
fn shell(folder: &Path, line: &str) -> Output {
    let program = assert_cmd::cargo::cargo_bin!("shardlag");
    let script = format!(
        "shardlag() {{ timeout --signal=KILL {SECONDS_MAX} '{}' \"$@\"; }}\n\
         ulimit -v {MEMORY_MAX_KIB}; ulimit -c 0\n{line}",
        program.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(folder).stdin(std::process::Stdio::null());
    for name in ["LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR", "TERM"] {
        command.env_remove(name);
    }
    command.env("RAYON_NUM_THREADS", "2").output().expect("there is a shell")
}

/// Names of all files below a folder, with their contents where they are small.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("it can be listed") {
        let path = entry.expect("it can be listed").path();
        let is_link = path.is_symlink();
        if path.is_dir() && !is_link {
            found.extend(contents(&path));
            found.insert(path, None);
        } else {
            let length = path.symlink_metadata().expect("it is there").len();
            let is_small = path.is_file() && !is_link && length < 10_000;
            found.insert(path.clone(), is_small.then(|| fs::read(&path).expect("it can be read")));
        }
    }
    found
}

/// Hashes change with every setting that the program gains.
fn without_hashes(line: &str) -> String {
    let is_hash = |word: &str| word.len() == 16 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = line.split_inclusive(|sign: char| !sign.is_ascii_alphanumeric());
    let word = |word: &str| {
        let bare = word.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
        if is_hash(bare) { word.replace(bare, "HASH") } else { word.to_owned() }
    };
    words.map(word).collect()
}

/// A character of the table: none that a terminal or an editor would act on.
fn visible(sign: char) -> char {
    if sign.is_control() { '\u{fffd}' } else { sign }
}

fn prefixed(said: &mut String, mark: &str, bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        let line: String = without_hashes(line).chars().map(visible).collect();
        writeln!(said, "{}", format!("{mark} {line}").trim_end())
            .expect("a string takes everything");
    }
}

#[test]
fn every_wrong_input_is_refused_with_its_reason_and_changes_no_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad_input.txt");
    let table = fs::read_to_string(path).expect("the table is beside this test");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad_input");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    write_generated(&folder);
    write_made(&folder);
    let parts = read_table(&table, &folder);
    let mut before = contents(&folder);
    let (mut rewritten, mut wrong, mut count) = (String::new(), String::new(), 0);
    let mut faults = String::new();
    for part in parts {
        let case = match part {
            Part::Kept(line) => {
                writeln!(rewritten, "{line}").expect("a string takes everything");
                continue;
            }
            Part::Case(case) => case,
        };
        let Case { line, command, code, said: expected } = case;
        let output = shell(&folder, &command);
        let mut said = String::new();
        prefixed(&mut said, "o", &output.stdout);
        prefixed(&mut said, ">", &output.stderr);
        let found = output.status.code().expect("the shell ends by itself");
        let after = contents(&folder);
        let differing = before.iter().chain(&after).find(|(path, content)| {
            before.get(*path) != Some(*content) || after.get(*path) != Some(*content)
        });
        let broken = [
            (!(1..=99).contains(&found)).then(|| format!("exit code {found}")),
            said.contains("panicked").then(|| "it panics".to_owned()),
            said.is_empty().then(|| "it says nothing".to_owned()),
            differing.map(|(path, _)| format!("{} is not as before", path.display())),
        ];
        for fault in broken.into_iter().flatten() {
            writeln!(faults, "line {line}: $ {command}\n{fault}\n{said}").expect("it fits");
        }
        before = after;
        if code != Some(found) || said != expected {
            writeln!(wrong, "line {line}: $ {command}\n= {found}\n{said}").expect("it fits");
        }
        writeln!(rewritten, "$ {command}\n= {found}\n{said}").expect("a string takes everything");
        count += 1;
    }
    assert!(faults.is_empty(), "{faults}");
    if std::env::var_os("UPDATE_ERRORS").is_some() {
        fs::write(path, rewritten.replace("\n\n\n", "\n\n")).expect("the table can be written");
        return;
    }
    assert!(wrong.is_empty(), "found, instead of what the table says:\n{wrong}");
    assert!(count >= CASES_MIN, "{count} commands");
}

#[test]
fn a_pipe_is_written_straight_and_stays_a_pipe() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bad_input_pipe");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("right.toml"), RIGHT).expect("the folder can be written");
    let write = "shardlag explain right.toml --quiet --out pipe";
    let output = shell(&folder, &format!("mkfifo pipe; timeout 20 cat pipe & {write}; wait"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("{\n  \"schema\": \"shardlag.explain/1\""), "{said}");
    let names = contents(&folder).into_keys().collect::<Vec<PathBuf>>();
    assert_eq!(names, [folder.join("pipe"), folder.join("right.toml")]);
    assert!(!folder.join("pipe").is_file(), "a file stands in the place of the pipe");
}
