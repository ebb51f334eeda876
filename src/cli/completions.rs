//! `shardlag completions`: what a shell needs to complete commands and arguments.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::Ending;
use super::arguments::Arguments;

/// Prints the completions of a shell.
pub(super) fn completions(shell: Shell) -> Ending {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "shardlag", &mut script);
    print!("{}", String::from_utf8_lossy(&script));
    Ending::Fine
}
