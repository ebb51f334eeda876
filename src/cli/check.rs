//! `shardlag check`: mistakes and doubts of a scenario, without running it.

use super::Ending;
use super::arguments::{CheckArguments, Format, ScenarioArguments};
use super::diagnostics;
use crate::scenario::{Diagnostics, Override, Scenario, Source, load};

/// Checks a scenario.
pub(super) fn check(arguments: &CheckArguments) -> Ending {
    let format = arguments.scenario.format;
    match read(&arguments.scenario) {
        Ok(scenario) => {
            if format == Format::Json || !scenario.warnings.is_empty() {
                diagnostics::print(&scenario.warnings, format);
            }
            if format == Format::Human && !arguments.scenario.quiet {
                println!("{}", verdict(&scenario));
            }
            Ending::Fine
        }
        Err(Diagnostics(errors)) => {
            diagnostics::print(&errors, format);
            Ending::BadInput
        }
    }
}

/// Reads the scenario that the arguments name, with their changes.
pub(super) fn read(arguments: &ScenarioArguments) -> Result<Scenario, Diagnostics> {
    let (source, overrides) = read_source(arguments)?;
    load(&source, &overrides)
}

/// Reads the text that the arguments name, and their changes.
pub(super) fn read_source(
    arguments: &ScenarioArguments,
) -> Result<(Source, Vec<Override>), Diagnostics> {
    let overrides = arguments.overrides()?;
    Ok((source(arguments)?, overrides))
}

/// Reads the text that the arguments name.
pub(super) fn source(arguments: &ScenarioArguments) -> Result<Source, Diagnostics> {
    match arguments.is_standard_input() {
        true => Source::read_from("standard input", &mut std::io::stdin().lock()),
        false => Source::read(&arguments.file),
    }
}

fn verdict(scenario: &Scenario) -> String {
    let count = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    format!(
        "{}: fine, {}, {}",
        scenario.name,
        count(scenario.variants.len(), "variant"),
        count(scenario.warnings.len(), "warning")
    )
}
