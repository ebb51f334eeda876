//! A file of the AWS world; the first byte says what it is called.
//!
//! What is imported becomes a scenario that is at least TOML. Left out: files that others include,
//! which are read from a folder.

use shardlag::import::scenario_text::scenario_text;
use shardlag::import::{ImportOptions, Imported, SourceFile, import, summary};
use shardlag::scenario::{Diagnostics, Source, load};

use super::kind_and_text;
use super::scenario::nowhere;

/// Names of the files of the AWS world, one or more of each way to read them.
const NAMES: [&str; 9] = [
    "template.yaml",
    "template.json",
    "main.tf",
    "plan.json",
    "serverless.yml",
    "mapping.json",
    "create.sh",
    "terraform.tfvars",
    "file",
];

/// Imports every mapping of a file.
pub fn try_bytes(bytes: &[u8]) {
    let Some((kind, text)) = kind_and_text(bytes, NAMES.len()) else { return };
    let name = nowhere().join(NAMES[kind]).display().to_string();
    let sources = [SourceFile { name, text: text.to_owned() }];
    for accept_defaults in [false, true] {
        let options = ImportOptions { accept_defaults, ..ImportOptions::default() };
        match import(&sources, &options) {
            Ok(imported) => show(&imported),
            Err(problems) => {
                assert!(!problems.is_empty(), "refused without a reason");
                let shown = summary::problems_json(&problems).to_string();
                assert!(!shown.is_empty());
            }
        }
    }
}

fn show(imported: &Imported) {
    summary::human(imported, None, "a file");
    summary::json(imported, None);
    for mapping in &imported.mappings {
        let chosen = imported.choose(Some(&mapping.id));
        assert!(chosen.is_ok(), "`{}` cannot be chosen: {chosen:?}", mapping.id);
        let text = scenario_text(imported, mapping);
        summary::human(imported, Some((mapping, &text)), "a file");
        summary::json(imported, Some((mapping, &text)));
        let source = Source { folder: nowhere(), ..Source::of_text(&text.text) };
        // What the file leaves open is an error of the scenario too; its form is right.
        if let Err(Diagnostics(errors)) = load(&source, &[]) {
            let broken = errors.iter().find(|error| error.message.starts_with("not TOML"));
            assert!(broken.is_none(), "{broken:?} in\n{}", text.text);
        }
    }
}
