//! A scenario file and changes of it: `TEXT`, or `TEXT NUL change NUL change ...`.
//!
//! What is refused has a reason with a place that can be shown; what is accepted means the same
//! when it is read again. Left out: files that a scenario names, which `trace` tries.

use std::path::PathBuf;

use shardlag::cli::diagnostics::with_caret;
use shardlag::scenario::{Diagnostic, Diagnostics, Override, Source, load};

/// Changes at most.
const CHANGES_MAX: usize = 8;

/// Reads a scenario.
pub fn try_bytes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.split('\0');
    let text = parts.next().unwrap_or_default().to_owned();
    let source = Source { name: "fuzzed.toml".to_owned(), text, folder: nowhere() };
    let changes: Result<Vec<Override>, Diagnostics> =
        parts.take(CHANGES_MAX).map(Override::parse).collect();
    let read = changes.and_then(|changes| Ok((load(&source, &changes)?, changes)));
    match read {
        Ok((scenario, changes)) => {
            show(&scenario.warnings);
            let again = load(&source, &changes).expect("it was accepted before");
            assert_eq!(scenario.fingerprint, again.fingerprint);
        }
        Err(Diagnostics(errors)) => {
            assert!(!errors.is_empty(), "refused without a reason");
            show(&errors);
        }
    }
}

fn show(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
        assert!(!with_caret(diagnostic, true).is_empty());
    }
}

/// A folder that does not exist: what a fuzzed text names must not be found.
pub fn nowhere() -> PathBuf {
    PathBuf::from("/nonexistent/fuzzed")
}
