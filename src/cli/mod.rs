//! The command line: arguments, progress, exit codes. Nothing else of the crate prints.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | fine |
//! | 1 | a run-time error: unwritable output, a limit reached; `validate`: an item fails |
//! | 2 | bad usage, a scenario or items with mistakes |
//! | 98 | `compare`: a metric is worse by more than its tolerance |
//! | 99 | an assertion of the scenario failed; `tune`: no setting meets the targets |
//! | 130 | interrupted by SIGINT |

#[macro_use]
mod output;

mod arguments;
mod check;
mod compare;
mod complaint;
mod completions;
pub mod diagnostics;
mod editing_arguments;
mod explain;
mod explain_arguments;
mod import;
mod import_arguments;
mod init;
mod interrupt;
mod junit;
mod limit_arguments;
mod manual;
mod progress;
mod run;
mod schema;
mod sweep;
mod sweep_arguments;
mod sweep_jobs;
mod sweep_many;
mod terminal;
mod trace;
mod tune;
mod tune_arguments;
mod usage;
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
    Interrupted,
}

/// What shells say of a program that SIGINT has ended: 128 + 2.
const INTERRUPTED: u8 = 130;

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> ExitCode {
        ExitCode::from(match ending {
            Ending::Fine => 0,
            Ending::RunTimeError => 1,
            Ending::BadInput => 2,
            Ending::Regression => 98,
            Ending::AssertionFailed => 99,
            Ending::Interrupted => INTERRUPTED,
        })
    }
}

/// Runs the command of the process's arguments.
pub fn main() -> ExitCode {
    interrupt::outlive_large_files();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::ending(usage::refuse(error)).into(),
    };
    let ending = match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Tune(arguments) => tune::tune(&arguments),
        Command::Init(arguments) => init::init(&arguments),
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Validate(arguments) => validate::validate(&arguments),
        Command::Import(arguments) => import::import(&arguments),
        Command::Completions { shell } => completions::completions(shell),
        Command::Man { out } => manual::manual(out.as_deref()),
    };
    output::ending(ending).into()
}
