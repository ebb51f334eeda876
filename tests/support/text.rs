//! Scenarios from text.

use shardlag::scenario::{Scenario, Source, load};

/// Reads a scenario that must be valid.
pub fn scenario(text: &str) -> Scenario {
    let source = Source { name: "test.toml".into(), text: text.into(), folder: ".".into() };
    load(&source, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}
