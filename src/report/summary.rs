//! `summary.json`, schema `shardlag.summary/1` (DESIGN.md): keys may be added, none renamed.
//!
//! Keys stand in the order of the contract; numbers are the shortest text that reads back as the
//! same value. Left out: rounding; this file is for programs.

use crate::results::Summary;

/// The summary as JSON text, indented, with a newline at its end.
pub fn summary_json(summary: &Summary) -> String {
    let json = serde_json::to_string_pretty(summary);
    let mut text = json.expect("a summary has text keys only, so it is always valid JSON");
    text.push('\n');
    text
}
