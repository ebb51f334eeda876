//! Files of the AWS world against their known readings, and broken copies of them.

use std::path::Path;

use shardlag::import::folder::check_folder;

fn configs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/configs")
}

#[test]
fn every_real_configuration_is_read_as_stated() {
    let items = check_folder(&configs()).expect("the folder can be read");
    assert!(items.len() >= 20, "only {} items", items.len());
    let failed: Vec<String> = items
        .iter()
        .filter(|item| !item.passed)
        .map(|item| format!("{}\n  {}\n  {}", item.id, item.detail.join("\n  "), item.got))
        .collect();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
