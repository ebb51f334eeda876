//! The JSON document of `tune`, a stable contract: schema `shardlag.tune/1`.
//!
//! Keys may be added, none renamed. Times are in seconds, money in US dollars; a `difference` is
//! of the figure itself, that of the combination less that of the recommended one.

use serde::Serialize;

use super::{Fragments, sentences};
use crate::results::Tuning;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'static str,
    sentence: String,
    is_sure: bool,
    #[serde(flatten)]
    tuning: &'a Tuning,
    apply: Option<Apply>,
}

#[derive(Serialize)]
struct Apply {
    aws_cli: String,
    cloudformation: String,
    terraform: String,
    others: Vec<String>,
}

/// The document, ending in a newline.
pub fn tuning_json(tuning: &Tuning) -> String {
    let chosen = tuning.recommended.map(|index| &tuning.settings[index]);
    let apply = chosen.and_then(|settings| {
        let fragments = Fragments::of(settings)?;
        Some(Apply {
            aws_cli: fragments.command,
            cloudformation: fragments.cloudformation,
            terraform: fragments.terraform,
            others: Fragments::others(settings),
        })
    });
    let document = Document {
        schema: "shardlag.tune/1",
        version: env!("CARGO_PKG_VERSION"),
        sentence: sentences::answer(tuning),
        is_sure: tuning.is_sure(),
        tuning,
        apply,
    };
    let json = serde_json::to_string_pretty(&document);
    let mut text = json.expect("what was tuned has text keys only, so it is always valid JSON");
    text.push('\n');
    text
}
