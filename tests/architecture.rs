//! Checks on the source text: what the style guide says and no compiler checks.
//!
//! Layers (imports follow the arrows or skip downward), sizes of files, functions and lines, calls
//! that would make results depend on the platform, the clock or the order of a hash map, words
//! that a layer must not know. Each check is a function from a source text to the lines it
//! objects to, and each has a test that shows it an offender.
//!
//! Left out: what clippy checks with types (`clippy.toml`), and whether a name is a good one.

#[path = "architecture/bans.rs"]
mod bans;
#[path = "architecture/layers.rs"]
mod layers;
#[path = "architecture/sizes.rs"]
mod sizes;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use source::SourceFile;

/// A line that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Violation {
    /// Line number, from 1.
    line: usize,
    /// The rule, in words.
    rule: String,
}

type Check = fn(&SourceFile) -> Vec<Violation>;

/// All files under `src` against one check; fails with `file:line: rule` of every violation.
fn assert_nothing_violates(check: Check) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = source::read_all(&root);
    assert!(files.len() > 10, "only {} source files were found", files.len());
    let report: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let describe = |v: Violation| format!("src/{}:{}: {}", file.path, v.line, v.rule);
            check(file).into_iter().map(describe)
        })
        .collect();
    assert!(report.is_empty(), "\n{}\n", report.join("\n"));
}

#[test]
fn imports_follow_the_arrows() {
    assert_nothing_violates(layers::upward_or_sideways_imports);
}

#[test]
fn files_functions_and_lines_are_short() {
    assert_nothing_violates(sizes::too_long);
}

#[test]
fn every_module_opens_with_its_documentation() {
    assert_nothing_violates(sizes::without_module_documentation);
}

#[test]
fn nothing_banned_is_used() {
    assert_nothing_violates(bans::banned_words);
}

#[test]
fn the_engine_knows_no_aws() {
    assert_nothing_violates(bans::aws_words_in_engine);
}

#[test]
fn imports_name_what_they_use() {
    assert_nothing_violates(bans::glob_imports);
}
