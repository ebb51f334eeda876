//! `shardlag compare`: runs what is to be compared, prints what differs, judges it.

use super::arguments::{CompareArguments, ComparisonFormat, Format, overrides};
use super::{Ending, diagnostics, interrupt, junit, progress, terminal};
use crate::experiment::comparison::saved::saved;
use crate::experiment::comparison::subject::Subject;
use crate::experiment::comparison::{CompareOptions, between, within};
use crate::experiment::{RunError, RunOptions};
use crate::report::{comparison_checks, comparison_json, comparison_markdown, comparison_terminal};
use crate::results::Comparison;
use crate::scenario::{Diagnostics, Scenario, Source, load};

/// Compares two files, or the variants of one.
pub(super) fn compare(arguments: &CompareArguments) -> Ending {
    interrupt::end_at_interrupt(Format::Human);
    let inputs = match read_all(arguments) {
        Ok(inputs) => inputs,
        Err(Mistake::Scenario(Diagnostics(errors))) => {
            diagnostics::print(&errors, Format::Human);
            return Ending::BadInput;
        }
        Err(Mistake::Other(message)) => return refuse(&message),
    };
    let options = compare_options(arguments, &inputs.files);
    let mut notes = inputs.notes;
    let mut subjects = Vec::new();
    for input in inputs.files {
        match subject(input, arguments) {
            Ok((subject, warnings)) => {
                subjects.push(subject);
                notes.extend(warnings);
            }
            Err(error) => {
                eprintln!("error: {error}");
                return Ending::RunTimeError;
            }
        }
    }
    let comparison = match subjects.as_slice() {
        [base, other] => between(base, other, &options),
        _ => within(&subjects[0], arguments.base_variant.as_deref(), &options),
    };
    let mut comparison = match comparison {
        Ok(comparison) => comparison,
        Err(message) => return refuse(&message),
    };
    comparison.notes.extend(notes);
    print(&comparison, arguments);
    judge(&comparison, arguments)
}

/// What a file holds.
enum Input {
    Scenario(String, Box<Scenario>),
    Saved(Subject),
}

/// The files, and what is to be known about them.
struct Inputs {
    files: Vec<Input>,
    notes: Vec<String>,
}

/// Why nothing can be compared.
enum Mistake {
    Scenario(Diagnostics),
    Other(String),
}

/// Reads all files; scenarios after the first have its seed and replications.
fn read_all(arguments: &CompareArguments) -> Result<Inputs, Mistake> {
    let (mut seed, mut replications) = (arguments.seed, arguments.replications);
    let mut inputs = Inputs { files: Vec::new(), notes: Vec::new() };
    for path in [&arguments.base].into_iter().chain(&arguments.other) {
        let source = Source::read(path).map_err(Mistake::Scenario)?;
        let name = path.display().to_string();
        if source.text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
            inputs.files.push(Input::Saved(saved(&name, &source.text).map_err(Mistake::Other)?));
            continue;
        }
        let read = |seed, replications| {
            let changes = overrides(&arguments.set, seed, replications);
            changes.and_then(|changes| load(&source, &changes)).map_err(Mistake::Scenario)
        };
        let scenario = read(seed, replications)?;
        let own = read(arguments.seed, arguments.replications)?;
        if (own.seed, own.replications) != (scenario.seed, scenario.replications) {
            inputs.notes.push(format!(
                "{name} was run with seed {} and {} replications, as the first file, instead of \
                 its own {} and {}.",
                scenario.seed, scenario.replications, own.seed, own.replications
            ));
        }
        if !arguments.quiet {
            diagnostics::print(&scenario.warnings, Format::Human);
        }
        (seed, replications) = (Some(scenario.seed), Some(scenario.replications));
        inputs.files.push(Input::Scenario(name, Box::new(scenario)));
    }
    let has_scenario = inputs.files.iter().any(|input| matches!(input, Input::Scenario(..)));
    let changes = !arguments.set.is_empty() || seed.is_some() || replications.is_some();
    if changes && !has_scenario {
        let message = "--set, --seed and --replications change scenarios, and these are saved \
                       summaries";
        return Err(Mistake::Other(message.to_owned()));
    }
    Ok(inputs)
}

/// Tolerances of the first scenario, then those of the command line, which replace them.
fn compare_options(arguments: &CompareArguments, files: &[Input]) -> CompareOptions {
    let of_scenario = files.iter().find_map(|input| match input {
        Input::Scenario(_, scenario) => Some(scenario.tolerances.clone()),
        Input::Saved(_) => None,
    });
    let mut tolerances = of_scenario.unwrap_or_default();
    tolerances.extend(arguments.tolerance.iter().cloned());
    CompareOptions { all_metrics: arguments.all, tolerances }
}

/// The figures of an input: runs it if it is a scenario.
fn subject(input: Input, arguments: &CompareArguments) -> Result<(Subject, Vec<String>), RunError> {
    let (name, scenario) = match input {
        Input::Saved(subject) => return Ok((subject, Vec::new())),
        Input::Scenario(name, scenario) => (name, scenario),
    };
    let count = scenario.runs().count() as u64 * u64::from(scenario.replications);
    let bar = progress::bar(count, arguments.quiet);
    let options = RunOptions {
        threads: arguments.threads.map(|threads| threads as usize),
        limits: arguments.limits.limits(),
        ..RunOptions::default()
    };
    let subject = Subject::run(name, &scenario, &options, &|replications| {
        bar.set_length(replications.planned);
        bar.set_position(replications.done);
    });
    bar.finish_and_clear();
    subject
}

fn print(comparison: &Comparison, arguments: &CompareArguments) {
    match arguments.format {
        ComparisonFormat::Json => print!("{}", comparison_json(comparison)),
        ComparisonFormat::Markdown => print!("{}", comparison_markdown(comparison)),
        ComparisonFormat::Human if arguments.quiet => {}
        ComparisonFormat::Human => {
            let (width, style) = (terminal::width(), terminal::style());
            print!("{}", comparison_terminal(comparison, width, style));
        }
    }
}

fn judge(comparison: &Comparison, arguments: &CompareArguments) -> Ending {
    let cases = comparison_checks(comparison);
    if let Some(file) = &arguments.junit
        && let Err(error) = junit::write(file, "shardlag compare", &cases)
    {
        eprintln!("error: {error}");
        return Ending::RunTimeError;
    }
    for case in &cases {
        if let Some(failure) = &case.failure {
            eprintln!("regression: {}: {}: {failure}", case.group, case.name);
        }
    }
    if comparison.has_regression() { Ending::Regression } else { Ending::Fine }
}

fn refuse(message: &str) -> Ending {
    eprintln!("error: {message}");
    Ending::BadInput
}
