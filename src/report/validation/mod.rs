//! What `validate` shows: tables for the terminal, one JSON document.
//!
//! | file | makes |
//! |---|---|
//! | [`json`](self::validation_json) | the contract `shardlag.validate/1` |
//! | [`terminal`](self::validation_terminal) | a summary, what fails side by side, or everything |
//! | [`calibration`](self::calibration_terminal) | how far off every value of a knob is |
//! | `cells` | answers as short texts |

mod calibration;
mod cells;
mod json;
mod terminal;

pub use calibration::{calibration_json, calibration_terminal};
pub use json::validation_json;
pub use terminal::{ValidationDetail, validation_terminal};

use crate::results::{ItemKind, ItemStatus};

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
    }
}
