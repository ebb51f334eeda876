//! `shardlag check`: mistakes and doubts of a scenario, without running it; what a doubt means.

use super::Ending;
use super::arguments::{Format, ScenarioArguments};
use super::complaint::{Complaint, Complaints};
use super::diagnostics;
use super::editing_arguments::CheckArguments;
use super::terminal;
use crate::report::wrap;
use crate::scenario::{
    Diagnostics, LINTS, Lint, Override, Scenario, Source, lint_of, load, nearest_name,
};

/// Checks a scenario, or explains a lint.
pub(super) fn check(arguments: &CheckArguments) -> Ending {
    match (&arguments.explain, &arguments.scenario) {
        (Some(code), _) => explain(code),
        (None, Some(scenario)) => check_scenario(scenario),
        (None, None) => unreachable!("the file is a required argument"),
    }
}

fn check_scenario(arguments: &ScenarioArguments) -> Ending {
    let format = arguments.format;
    match read(arguments) {
        Ok(scenario) => {
            if format == Format::Json || !scenario.warnings.is_empty() {
                diagnostics::print(&scenario.warnings, format);
            }
            if format == Format::Human && !arguments.quiet {
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

/// Says what a lint means; `all` lists them.
fn explain(code: &str) -> Ending {
    if code.eq_ignore_ascii_case("all") {
        let width = LINTS.iter().map(|lint| lint.code.len()).max().unwrap_or(0);
        for Lint { code, doubt, .. } in &LINTS {
            println!("{code:width$}  {doubt}");
        }
        return Ending::Fine;
    }
    if let Some(lint) = lint_of(code) {
        println!("{}", explanation(lint));
        return Ending::Fine;
    }
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    let help = match nearest_name(code, &codes) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`shardlag check --explain all` lists the codes".to_owned(),
    };
    let error = Complaint::error(format!("there is no warning `{code}`")).help(Some(help));
    Complaints::new(Format::Human).say(&error);
    Ending::BadInput
}

fn explanation(lint: &Lint) -> String {
    let paragraphs = [
        format!("{}: {}", lint.code, lint.doubt),
        lint.why.to_owned(),
        format!("Instead: {}", lint.instead),
    ];
    paragraphs
        .map(|paragraph| wrap(&paragraph, terminal::width().clamp(40, 100)).join("\n"))
        .join("\n\n")
}
