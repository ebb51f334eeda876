//! The fidelity table of the README against the specification's rules and the source.
//!
//! Every rule has one row, in order; every rule that the source cites has a row; every row that
//! claims to be modelled is cited where it is modelled. Citing is what the style guide asks for:
//! `S6.1` in a comment beside the code.
//!
//! Left out: whether the code does what the row says. The tests of the model show that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use shardlag::experiment::delivery::{CASES, read_cases};

/// The sections of the specification with the number of rules in each; S2.4a is extra, and the
/// last section is one rule without a number.
const RULES_IN_SECTIONS: [u32; 11] = [8, 7, 5, 6, 7, 6, 3, 3, 6, 7, 5];
const LAST_SECTION: &str = "S12";

/// A row of the table.
struct Row {
    rule: String,
    evidence: String,
    assumption: String,
    status: String,
    cases: String,
}

fn expected_rules() -> Vec<String> {
    let mut rules = Vec::new();
    for (section, count) in (1..).zip(RULES_IN_SECTIONS) {
        for number in 1..=count {
            rules.push(format!("S{section}.{number}"));
            if (section, number) == (2, 4) {
                rules.push("S2.4a".to_owned());
            }
        }
    }
    rules.push(LAST_SECTION.to_owned());
    rules
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rows() -> Vec<Row> {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README");
    rows_of(&readme)
}

/// The rows whose first cell is a rule.
fn rows_of(readme: &str) -> Vec<Row> {
    let table_lines = readme.lines().filter(|line| line.starts_with("| S"));
    let rows = table_lines.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 6, "a fidelity row needs six cells: {line}");
        Row {
            rule: cells[0].to_owned(),
            evidence: cells[2].to_owned(),
            assumption: cells[3].to_owned(),
            status: cells[4].to_owned(),
            cases: cells[5].to_owned(),
        }
    });
    rows.collect()
}

/// The rules that a text cites: `S6.1`, `S2.4a` and `S12`. A bare `S3` is a section, or the
/// storage service, and no citation.
fn cited_rules(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices('S') {
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let is_of_rule = |c: &char| c.is_ascii_digit() || *c == '.' || *c == 'a';
        let rule: String = text[at + 1..].chars().take_while(is_of_rule).collect();
        let rule = rule.trim_end_matches('.');
        let has_number = rule.split_once('.').is_some_and(|(section, number)| {
            section.parse::<u32>().is_ok() && number.starts_with(|c: char| c.is_ascii_digit())
        });
        if has_number || format!("S{rule}") == LAST_SECTION {
            found.insert(format!("S{rule}"));
        }
    }
    found
}

/// The rules cited in `src`, each with a file that does. `lib.rs` describes the architecture and
/// implements nothing.
fn rules_cited_in_source() -> BTreeMap<String, PathBuf> {
    let mut citations = BTreeMap::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder can be listed") {
            let path = entry.expect("a folder entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !path.ends_with("src/lib.rs")
            {
                let text = fs::read_to_string(&path).expect("source is UTF-8");
                for rule in cited_rules(&text) {
                    citations.entry(rule).or_insert_with(|| path.clone());
                }
            }
        }
    }
    citations
}

#[test]
fn every_rule_of_the_specification_has_its_row_in_order() {
    let rules: Vec<String> = rows().into_iter().map(|row| row.rule).collect();
    assert_eq!(rules, expected_rules());
}

#[test]
fn every_rule_cited_in_the_source_has_a_row() {
    let rows: BTreeSet<String> = rows().into_iter().map(|row| row.rule).collect();
    let unknown: Vec<String> = rules_cited_in_source()
        .into_iter()
        .filter(|(rule, _)| !rows.contains(rule))
        .map(|(rule, path)| format!("{rule} in {}", path.display()))
        .collect();
    assert!(unknown.is_empty(), "no row in the README for {unknown:#?}");
}

#[test]
fn every_row_that_claims_to_be_modelled_is_cited_in_the_source() {
    let cited = rules_cited_in_source();
    let missing: Vec<String> = rows()
        .into_iter()
        .filter(|row| row.status.starts_with("modelled") || row.status.starts_with("partly"))
        .filter(|row| !cited.contains_key(&row.rule))
        .map(|row| row.rule)
        .collect();
    assert!(missing.is_empty(), "modelled, but cited nowhere in src: {}", missing.join(" "));
}

#[test]
fn every_row_says_its_status_its_evidence_and_whether_it_is_an_assumption() {
    for row in rows() {
        let status = row.status.as_str();
        let is_known = ["modelled", "later"].contains(&status) || status.starts_with("partly: ");
        assert!(is_known, "{}: unknown status `{status}`", row.rule);
        let is_assumption = row.assumption.starts_with("**yes**");
        assert!(is_assumption || row.assumption == "no", "{}: {}", row.rule, row.assumption);
        // What is only inferred is an assumption, and nothing else is.
        let is_inferred = row.evidence.contains("inferred");
        assert_eq!(is_inferred, is_assumption, "{}: {}", row.rule, row.evidence);
    }
}

#[test]
fn every_row_says_how_many_delivery_cases_hold_its_rule() {
    let cases = read_cases(CASES).expect("the program's own cases are right");
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for case in &cases {
        for rule in BTreeSet::from_iter(&case.rules) {
            *counts.entry(rule.clone()).or_default() += 1;
        }
    }
    for row in rows() {
        let count = counts.remove(&row.rule).map_or("-".to_owned(), |count| count.to_string());
        assert_eq!(row.cases, count, "cases of {}", row.rule);
    }
    assert!(counts.is_empty(), "cases of rules without a row: {counts:?}");
}

#[test]
fn citations_are_told_from_other_words() {
    let text = "(S6.1, S2.4a) S12: see S3 and S10. AS4.1 S3.x `S9.5` S1.";
    let found: Vec<String> = cited_rules(text).into_iter().collect();
    assert_eq!(found, ["S12", "S2.4a", "S6.1", "S9.5"]);
}

#[test]
fn a_row_is_read_by_its_cells() {
    let rows = rows_of("| rule | x |\n| S2.4a | how | recorded | no | partly: not all | 3 |\n");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].rule.as_str(), rows[0].status.as_str()), ("S2.4a", "partly: not all"));
}
