//! What `validate` shows: tables for the terminal, one JSON document, a page.
//!
//! | file | makes |
//! |---|---|
//! | [`json`](self::validation_json) | the contract `shardlag.validate/1` |
//! | [`terminal`](self::validation_terminal) | a summary, what fails side by side, or everything |
//! | [`calibration`](self::calibration_terminal) | how far off every value of a knob is |
//! | [`page`](self::validation_page), `prose` | the page, as HTML and as Markdown |
//! | `cells` | answers as short texts |

mod calibration;
pub(super) mod cells;
mod json;
mod page;
mod prose;
mod terminal;

pub use calibration::{calibration_json, calibration_terminal};
pub use json::validation_json;
pub use page::{validation_charts, validation_markdown, validation_page};
pub use terminal::{ValidationDetail, validation_terminal};

use crate::results::{ItemKind, ItemStatus, Validation};

/// The files of a validation's report: page, charts and `validation.json`.
pub fn validation_files(validation: &Validation) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("README.md".to_owned(), validation_markdown(validation).into_bytes()),
        ("report.html".to_owned(), validation_page(validation).into_bytes()),
        ("validation.json".to_owned(), validation_json(validation).into_bytes()),
    ];
    for chart in validation_charts(validation) {
        files.push((format!("{}.svg", chart.name()), chart.svg().into_bytes()));
    }
    files
}

/// The word for a status, in tables and in JSON.
fn status_word(status: ItemStatus) -> &'static str {
    match status {
        ItemStatus::Passed => "passed",
        ItemStatus::Failed => "failed",
        ItemStatus::Unsupported => "unsupported",
    }
}

/// The word for a kind, in JSON.
fn kind_word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Delivery => "delivery",
        ItemKind::Theory => "theory",
        ItemKind::Measured => "measured",
        ItemKind::Import => "import",
    }
}
