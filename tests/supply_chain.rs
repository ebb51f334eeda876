//! What the program is built from and with: one minimum version of Rust, a lock file, no unsafe code.
//!
//! Licences, known weaknesses and sources of packages are `deny.toml`'s; `.ci/run` checks them.
//! Left out: building with exactly the minimum version, which takes that compiler.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `1.95` or `1.95.0` as numbers.
fn version(text: &str) -> (u32, u32, u32) {
    let mut numbers = text.split('.').map(|part| part.parse().expect("a version has numbers"));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next())
}

#[test]
fn no_package_needs_a_newer_rust_than_the_manifest_states() {
    let stated = env!("CARGO_PKG_RUST_VERSION");
    assert!(!stated.is_empty(), "Cargo.toml has no `rust-version`");
    assert!(read("README.md").contains(&format!("\nRust {stated} or later is all")));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        // What a feature needs is on the machine only where it was built with it.
        .args(cfg!(feature = "parquet").then_some("--all-features"))
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list");
    assert!(packages.len() > 50, "{} packages", packages.len());
    for package in packages {
        if let Some(needed) = package["rust_version"].as_str() {
            let name = &package["name"];
            assert!(version(needed) <= version(stated), "{name} needs Rust {needed}, not {stated}");
        }
    }
}

#[test]
fn every_package_is_locked_to_a_checksum_of_the_registry() {
    let lock = read("Cargo.lock");
    for package in lock.split("[[package]]\n").skip(1) {
        let is_own = package.starts_with("name = \"shardlag\"\n");
        let is_locked =
            package.contains("\nsource = \"registry+") && package.contains("\nchecksum = \"");
        assert!(is_own || is_locked, "{package}");
    }
}

#[test]
fn unsafe_code_is_forbidden_and_the_rules_for_packages_deny() {
    let manifest = read("Cargo.toml");
    assert!(manifest.contains("\n[lints.rust]\nunsafe_code = \"forbid\"\n"));
    let rules = read("deny.toml");
    for rule in ["yanked", "wildcards", "unknown-registry", "unknown-git"] {
        assert!(rules.contains(&format!("\n{rule} = \"deny\"\n")), "{rule} is not denied");
    }
}
