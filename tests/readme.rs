//! What the README shows of the program's output is what the program prints.
//!
//! A block of text that begins with `$ shardlag ...` holds the whole standard output of that
//! command, typed in the folder of the repository. `UPDATE_README=1 cargo test --test readme`
//! renews them. Left out: blocks that show a part only.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The block with what its command prints now.
fn printed(command: &str, root: &Path) -> String {
    let words = command.split(' ').skip(1);
    let output = Command::new(env!("CARGO_BIN_EXE_shardlag"))
        .args(words)
        .current_dir(root)
        .env_remove("LC_ALL")
        .env("LANG", "C.UTF-8")
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    format!("$ {command}\n{}\n", text.trim_end())
}

#[test]
fn blocks_with_a_command_hold_what_it_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let readme = fs::read_to_string(&path).expect("there is a README");
    let mut renewed = readme.clone();
    let mut commands = 0;
    for block in readme.split("```text\n").skip(1) {
        let block = &block[..block.find("```").expect("a block ends")];
        let Some(rest) = block.strip_prefix("$ ") else { continue };
        let command = rest.lines().next().unwrap_or_default();
        assert!(command.starts_with("shardlag "), "{command}");
        commands += 1;
        renewed = renewed.replacen(block, &printed(command, root), 1);
    }
    assert!(commands >= 2, "{commands} commands were found");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, &renewed).expect("it can be written");
        return;
    }
    let differing = readme.lines().zip(renewed.lines()).find(|(shown, now)| shown != now);
    assert_eq!(differing, None, "UPDATE_README=1 cargo test --test readme renews it");
    assert_eq!(readme, renewed);
}
