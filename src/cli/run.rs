//! `shardlag run`: runs a scenario, prints what happened, writes the report.

use std::path::{Path, PathBuf};

use super::Ending;
use super::arguments::{Format, RunArguments};
use super::check::read;
use super::{diagnostics, junit, progress, terminal, trace};
use crate::experiment::assertions::{Failure, checked, failures};
use crate::experiment::{RunOptions, run as run_scenario};
use crate::report::{Outputs, summary_json, terminal as report, write_all};
use crate::results::RunResults;
use crate::scenario::{Diagnostics, Scenario};

/// Runs a scenario.
pub(super) fn run(arguments: &RunArguments) -> Ending {
    let (format, quiet) = (arguments.scenario.format, arguments.scenario.quiet);
    let scenario = match read(&arguments.scenario) {
        Ok(scenario) => scenario,
        Err(Diagnostics(errors)) => {
            diagnostics::print(&errors, format);
            return Ending::BadInput;
        }
    };
    if !quiet && !scenario.warnings.is_empty() {
        diagnostics::print(&scenario.warnings, Format::Human);
    }
    let traced = match trace::traced(&scenario, arguments.trace_variant.as_deref()) {
        Ok(traced) => traced,
        Err(error) => {
            eprintln!("error: {error}");
            return Ending::BadInput;
        }
    };
    if let Some(said) = arguments.uncertainty.as_ref().and_then(|one| one.check(&scenario).err()) {
        eprintln!("error: --uncertainty: {said}");
        return Ending::BadInput;
    }
    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(&arguments.scenario.file));
    let count = scenario.runs().count() as u64 * u64::from(scenario.replications);
    let bar = progress::bar(count, quiet);
    let options = RunOptions {
        threads: arguments.threads.map(|threads| threads as usize),
        events_max: arguments.max_events,
        precision: arguments.precision,
        uncertainty: arguments.uncertainty.clone(),
        command: command(arguments),
    };
    let results = run_scenario(&scenario, &options, &|replications| {
        bar.set_length(replications.planned);
        bar.set_position(replications.done);
    });
    bar.finish_and_clear();
    let results = match results {
        Ok(results) => results,
        Err(error) => return fail(&error),
    };
    print(&results, format, quiet);
    if let Err(error) = write_all(&results, &folder, &Outputs::default()) {
        return fail(&error);
    }
    if format == Format::Human && !quiet {
        println!("Report: {}", folder.join("report.html").display());
    }
    if let Some(file) = &arguments.trace {
        match trace::write(file, traced, scenario.seed, arguments.max_events) {
            Ok(None) => {}
            Ok(Some(note)) => eprintln!("warning: {note}"),
            Err(error) => return fail(&error),
        }
    }
    if let Some(file) = &arguments.junit
        && let Err(error) = junit::write(file, &scenario.name, &checked(&scenario, &results))
    {
        return fail(&error);
    }
    judge(&scenario, &results)
}

fn print(results: &RunResults, format: Format, quiet: bool) {
    match format {
        Format::Json => print!("{}", summary_json(&results.summary)),
        Format::Human if quiet => {}
        Format::Human => print!("{}", report(results, terminal::width(), terminal::style())),
    }
}

fn judge(scenario: &Scenario, results: &RunResults) -> Ending {
    let failed = failures(scenario, results);
    for failure in &failed {
        let Failure { variant, assertion, .. } = failure;
        eprintln!("assertion failed in variant {variant}: {assertion} ({})", failure.found());
    }
    if failed.is_empty() { Ending::Fine } else { Ending::AssertionFailed }
}

fn fail(error: &dyn std::error::Error) -> Ending {
    eprintln!("error: {error}");
    Ending::RunTimeError
}

/// `reports/<name of the scenario file>`.
fn default_folder(file: &Path) -> PathBuf {
    Path::new("reports").join(file.file_stem().unwrap_or(file.as_os_str()))
}

/// The command that repeats the run: what decides the figures, and nothing else.
fn command(arguments: &RunArguments) -> String {
    let scenario = &arguments.scenario;
    let mut words = vec!["shardlag run".to_owned(), scenario.file.display().to_string()];
    words.extend(scenario.set.iter().map(|set| format!("--set '{set}'")));
    words.extend(scenario.seed.map(|seed| format!("--seed {seed}")));
    words.extend(scenario.replications.map(|count| format!("--replications {count}")));
    let precision = arguments.precision.map(|share| share.get() * 100.0);
    words.extend(precision.map(|percent| format!("--precision {percent}%")));
    words.extend(arguments.uncertainty.as_ref().map(|uncertainty| {
        let input = |(name, share): (&str, f64)| format!("{name}={}%", share * 100.0);
        let inputs: Vec<String> = uncertainty.named().map(input).collect();
        format!("--uncertainty {}", inputs.join(","))
    }));
    words.join(" ")
}
