//! The public items of the library as a committed list, so that a change of them is a decision.
//!
//! `UPDATE_API=1 cargo test --test public_api` renews `tests/public_api.txt`. What is taken away or
//! changed there breaks programs that use it: a new major version (before 1.0 a new minor one),
//! named in `CHANGELOG.md`. What is added is a promise.

use std::fs;
use std::path::Path;

#[path = "support/public_items.rs"]
mod public_items;

#[test]
fn the_public_items_are_those_of_the_committed_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let items = public_items::list(&root.join("src"));
    assert!(items.iter().any(|item| item.starts_with("scenario::load: fn load(")), "{items:#?}");
    let path = root.join("tests/public_api.txt");
    let current: String = items.iter().map(|item| format!("{item}\n")).collect();
    if std::env::var_os("UPDATE_API").is_some() {
        fs::write(&path, &current).expect("the list can be written");
    }
    let committed = fs::read_to_string(&path).expect("the list is committed");
    let known: Vec<&str> = committed.lines().collect();
    let gone: Vec<&&str> = known.iter().filter(|line| !items.contains(**line)).collect();
    let new: Vec<&String> = items.iter().filter(|item| !known.contains(&item.as_str())).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "public items changed (UPDATE_API=1 renews the list)\ngone: {gone:#?}\nnew: {new:#?}"
    );
}
