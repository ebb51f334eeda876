//! What `compare` shows: a table for the terminal, Markdown for pull requests, one JSON document.
//!
//! | file | makes |
//! |---|---|
//! | [`terminal`](self::comparison_terminal) | a table for each pair |
//! | [`markdown`](self::comparison_markdown) | the same as Markdown |
//! | [`json`](self::comparison_json) | the contract `shardlag.compare/1` |
//! | `sentence` | one plain sentence for each pair |
//! | [`checks`](self::comparison_checks) | checks for build servers |
//! | `cells` | figures and verdicts as short texts |

mod cells;
mod checks;
mod json;
mod markdown;
mod sentence;
mod terminal;

pub use checks::comparison_checks;
pub use json::comparison_json;
pub use markdown::comparison_markdown;
pub use terminal::comparison_terminal;

pub(in crate::report) use cells::{figures as difference_figures, verdict as verdict_word};
pub(in crate::report) use sentence::sentence_with;
