//! The command line: arguments, progress, exit codes. Nothing else of the crate prints.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | fine |
//! | 1 | a run-time error: unwritable output, a limit reached; `validate`: an item fails |
//! | 2 | bad usage, a scenario or items with mistakes |
//! | 98 | `compare`: a metric is worse by more than its tolerance |
//! | 99 | an assertion of the scenario failed |

mod arguments;
mod check;
mod compare;
mod diagnostics;
mod junit;
mod progress;
mod run;
mod terminal;
mod trace;
mod validate;

use std::process::ExitCode;

use clap::Parser;

use self::arguments::{Arguments, Command};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Fine,
    RunTimeError,
    BadInput,
    Regression,
    AssertionFailed,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> ExitCode {
        ExitCode::from(match ending {
            Ending::Fine => 0,
            Ending::RunTimeError => 1,
            Ending::BadInput => 2,
            Ending::Regression => 98,
            Ending::AssertionFailed => 99,
        })
    }
}

/// Runs the command of the process's arguments.
pub fn main() -> ExitCode {
    let ending = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Validate(arguments) => validate::validate(&arguments),
    };
    ending.into()
}
