//! The files of `tune`, beside those of `run` in the same folder.

use std::path::Path;

use super::{Fragments, tuning_json, tuning_page};
use crate::report::chart;
use crate::report::files::{WriteError, remove_outdated, write_files};
use crate::results::Tuning;

/// Files that only recommended settings of the mapping have.
const SETTINGS: [&str; 3] = ["tune-apply.sh", "tune-cloudformation.yaml", "tune-terraform.tf"];

/// Writes the files into `folder`, which is created if needed, and removes outdated settings.
///
/// # Errors
/// When the folder or a file cannot be written; files that were there before stay as they were.
pub fn write_tuning(tuning: &Tuning, folder: &Path) -> Result<(), WriteError> {
    let files = tuning_files(tuning);
    write_files(folder, &files)?;
    remove_outdated(folder, &files, &SETTINGS)
}

/// Names and contents: `tune.json`, `tune.html`, `tune.svg`, and with recommended settings of the
/// mapping `tune-apply.sh`, `tune-cloudformation.yaml` and `tune-terraform.tf`.
pub fn tuning_files(tuning: &Tuning) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("tune.json".to_owned(), tuning_json(tuning)),
        ("tune.html".to_owned(), tuning_page(tuning)),
        ("tune.svg".to_owned(), chart::tuning(tuning).svg()),
    ];
    let chosen = tuning.recommended.map(|index| &tuning.settings[index]);
    if let Some(fragments) = chosen.and_then(Fragments::of) {
        let texts = [fragments.command, fragments.cloudformation, fragments.terraform];
        files.extend(SETTINGS.map(str::to_owned).into_iter().zip(texts));
    }
    files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}
