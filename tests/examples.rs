//! The examples print what their first lines say. `UPDATE_REPORTS=1 cargo test --test examples`
//! rewrites these lines where simulated figures have changed.

#[path = "../examples/own_observer.rs"]
#[allow(dead_code, reason = "cargo runs its main function, this test does not")]
mod own_observer;
#[path = "../examples/read_figures.rs"]
#[allow(dead_code, reason = "cargo runs its main function, this test does not")]
mod read_figures;
#[path = "../examples/sweep.rs"]
#[allow(dead_code, reason = "cargo runs its main function, this test does not")]
mod sweep;

use std::fs;
use std::path::Path;

const START: &str = "//! ```text\n";
const END: &str = "//! ```\n";

/// Compares or rewrites the lines between [`START`] and [`END`].
fn check(name: &str, output: &str) {
    let file = format!("examples/{name}.rs");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
    let source = fs::read_to_string(&path).expect("the example is there");
    let (before, after) = source.split_once(START).expect("the header has a block of text");
    let (said, rest) = after.split_once(END).expect("the block of text ends");
    let printed: String = output.lines().map(|line| format!("//! {line}\n")).collect();
    assert!(output.lines().count() > 3, "{file} prints too little: {output}");
    if std::env::var_os("UPDATE_REPORTS").is_some() {
        let updated = format!("{before}{START}{printed}{END}{rest}");
        fs::write(&path, updated).expect("the example can be written");
        return;
    }
    assert_eq!(said, printed, "{file} does not print what its header says");
}

#[test]
fn the_figures_of_a_scenario_are_those_of_the_header() {
    check("read_figures", &read_figures::output().expect("it runs"));
}

#[test]
fn an_observer_counts_what_the_header_says() {
    check("own_observer", &own_observer::output().expect("it runs"));
}

#[test]
fn a_sweep_prints_the_table_of_the_header() {
    check("sweep", &sweep::output().expect("it runs"));
}
