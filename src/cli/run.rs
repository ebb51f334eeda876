//! `shardlag run`: runs a scenario, prints what happened, writes the report.
//!
//! People see the table before files are written, programs get the summary when all is well.

use std::ffi::OsStr;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use super::Ending;
use super::arguments::{Format, RunArguments, ScenarioArguments};
use super::check::read;
use super::complaint::{Complaint, Complaints};
use super::import::write_whole;
use super::{interrupt, junit, progress, terminal, trace};
use crate::experiment::assertions::{Failure, checked, failures};
use crate::experiment::limits::ReplicationLimits;
use crate::experiment::{RunError, RunOptions, Stop, run as run_scenario};
use crate::report::{
    Outputs, cloudwatch_json, emf_lines, parquet_support, summary_json, terminal as report,
    write_all,
};
use crate::results::RunResults;
use crate::scenario::{Diagnostics, Scenario, Variant};

/// Runs a scenario.
pub(super) fn run(arguments: &RunArguments) -> Ending {
    let mut complaints = Complaints::new(arguments.scenario.format);
    match run_and_write(arguments, &mut complaints) {
        Ok(Ran { scenario, results, end }) => {
            // Printed last, so that a program never reads both a summary and an error.
            if arguments.scenario.format == Format::Json {
                print!("{}", summary_json(&results.summary));
            }
            let ending = match end {
                End::Whole => judge(&scenario, &results, &mut complaints),
                End::Interrupted => interrupted(&scenario, &results, &mut complaints),
                End::Limit(said) => {
                    complaints.say(&Complaint::error(said));
                    Ending::RunTimeError
                }
            };
            complaints.beside_a_result();
            ending
        }
        Err(ending) => {
            complaints.without_a_result();
            ending
        }
    }
}

/// A run, with its files if it is whole.
struct Ran {
    scenario: Scenario,
    results: RunResults,
    end: End,
}

/// How a run ended.
enum End {
    Whole,
    Interrupted,
    /// A replication reached a limit, which is said so; the results are of those before it.
    Limit(String),
}

fn run_and_write(arguments: &RunArguments, complaints: &mut Complaints) -> Result<Ran, Ending> {
    let quiet = arguments.scenario.quiet;
    let scenario = match read(&arguments.scenario) {
        Ok(scenario) => scenario,
        Err(Diagnostics(errors)) => {
            complaints.diagnostics(&errors);
            return Err(Ending::BadInput);
        }
    };
    if !quiet {
        complaints.diagnostics(&scenario.warnings);
    }
    let mut fail = |ending: Ending, error: &dyn Display| {
        complaints.say(&Complaint::error(error));
        ending
    };
    let traced = trace::traced(&scenario, arguments.trace_variant.as_deref());
    let traced = traced.map_err(|error| fail(Ending::BadInput, &error))?;
    if arguments.parquet {
        parquet_support()
            .map_err(|error| fail(Ending::BadInput, &format!("--parquet: {error}")))?;
    }
    if let Some(uncertainty) = &arguments.uncertainty {
        let checked = uncertainty.check(&scenario);
        checked.map_err(|said| fail(Ending::BadInput, &format!("--uncertainty: {said}")))?;
    }
    let stop = interrupt::stop_at_interrupt();
    let (results, end) = match simulated(arguments, &scenario, stop.clone()) {
        Ok(results) if stop.is_set() => (results, End::Interrupted),
        Ok(results) => (results, End::Whole),
        Err(error) => {
            let said = error.to_string();
            match error {
                RunError::Stopped => {
                    return Err(fail(Ending::Interrupted, &format!("interrupted; {said}")));
                }
                RunError::Limit { so_far: Some(results), .. } => (*results, End::Limit(said)),
                RunError::Limit { so_far: None, .. } | RunError::Threads { .. } => {
                    return Err(fail(Ending::RunTimeError, &said));
                }
            }
        }
    };
    let is_read = arguments.scenario.format == Format::Human && !quiet;
    if is_read {
        print!("{}", report(&results, terminal::width(), terminal::style()));
    }
    match end {
        End::Whole => {}
        End::Interrupted | End::Limit(_) => return Ok(Ran { scenario, results, end }),
    }
    write(arguments, &results, traced, scenario.seed, complaints)?;
    if let Some(file) = &arguments.junit {
        let written = junit::write(file, &scenario.name, &checked(&scenario, &results));
        if let Err(error) = written {
            complaints.say(&Complaint::error(error));
            return Err(Ending::RunTimeError);
        }
    }
    Ok(Ran { scenario, results, end })
}

/// Writes the report and the files for other tools.
fn write(
    arguments: &RunArguments,
    results: &RunResults,
    traced: &[Variant],
    seed: u64,
    complaints: &mut Complaints,
) -> Result<(), Ending> {
    let mut fail = |error: &dyn Display| {
        complaints.say(&Complaint::error(error));
        Ending::RunTimeError
    };
    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(&arguments.scenario));
    let outputs = Outputs { parquet: arguments.parquet, ..Outputs::default() };
    let written = write_all(results, &folder, &outputs);
    written.map_err(|error| fail(&error))?;
    write_exports(results, arguments).map_err(|message| fail(&message))?;
    if arguments.scenario.format == Format::Human && !arguments.scenario.quiet {
        println!("Report: {}", folder.join("report.html").display());
    }
    if let Some(file) = &arguments.trace {
        let target = (file.as_path(), arguments.trace_format);
        let limits = (arguments.limits.max_events, arguments.max_trace_lines);
        let note = trace::write(target, traced, seed, limits).map_err(|error| fail(&error))?;
        note.iter().for_each(|note| complaints.say(&Complaint::warning(note)));
    }
    Ok(())
}

/// Says of how many replications the figures are.
fn interrupted(scenario: &Scenario, results: &RunResults, complaints: &mut Complaints) -> Ending {
    let (done, wanted) = (results.summary.replications, scenario.replications);
    complaints.say(&Complaint::error(format!(
        "interrupted: the figures are of {done} of {wanted} replications; no file was written"
    )));
    Ending::Interrupted
}

/// Runs all replications behind a progress bar.
fn simulated(
    arguments: &RunArguments,
    scenario: &Scenario,
    stop: Stop,
) -> Result<RunResults, RunError> {
    let count = scenario.runs().count() as u64 * u64::from(scenario.replications);
    let bar = progress::bar(count, arguments.scenario.quiet);
    let options = RunOptions {
        threads: arguments.threads.map(|threads| threads as usize),
        limits: ReplicationLimits { messages: arguments.max_messages, ..arguments.limits.limits() },
        precision: arguments.precision,
        uncertainty: arguments.uncertainty.clone(),
        command: command(arguments),
        stop,
    };
    let results = run_scenario(scenario, &options, &|replications| {
        bar.set_length(replications.planned);
        bar.set_position(replications.done);
    });
    bar.finish_and_clear();
    results
}

/// The files for other tools that were asked for.
fn write_exports(results: &RunResults, arguments: &RunArguments) -> Result<(), String> {
    if let Some(path) = &arguments.cloudwatch {
        write_whole(path, &cloudwatch_json(results))?;
    }
    if let Some(path) = &arguments.emf {
        write_whole(path, &emf_lines(results))?;
    }
    Ok(())
}

/// Says which assertions do not hold.
fn judge(scenario: &Scenario, results: &RunResults, complaints: &mut Complaints) -> Ending {
    let failed = failures(scenario, results);
    for failure in &failed {
        let Failure { variant, assertion, .. } = failure;
        let found = failure.found();
        let message = format!("assertion failed in variant {variant}: {assertion} ({found})");
        complaints.say(&Complaint::error(message));
    }
    if failed.is_empty() { Ending::Fine } else { Ending::AssertionFailed }
}

/// `reports/<name of the scenario file>`.
pub(super) fn default_folder(arguments: &ScenarioArguments) -> PathBuf {
    let file = &arguments.file;
    Path::new("reports").join(match arguments.is_standard_input() {
        true => OsStr::new("standard-input"),
        false => file.file_stem().unwrap_or(file.as_os_str()),
    })
}

/// The words of a command that decide the scenario.
pub(super) fn scenario_words(scenario: &ScenarioArguments) -> Vec<String> {
    let mut words = vec![scenario.file.display().to_string()];
    words.extend(scenario.set.iter().map(|set| format!("--set '{set}'")));
    words.extend(scenario.seed.map(|seed| format!("--seed {seed}")));
    words.extend(scenario.replications.map(|count| format!("--replications {count}")));
    words
}

/// The command that repeats the run: what decides the figures, and nothing else.
fn command(arguments: &RunArguments) -> String {
    let scenario = &arguments.scenario;
    let mut words = vec!["shardlag run".to_owned()];
    words.extend(scenario_words(scenario));
    let precision = arguments.precision.map(|share| share.get() * 100.0);
    words.extend(precision.map(|percent| format!("--precision {percent}%")));
    words.extend(arguments.uncertainty.as_ref().map(|uncertainty| {
        let input = |(name, share): (&str, f64)| format!("{name}={}%", share * 100.0);
        let inputs: Vec<String> = uncertainty.named().map(input).collect();
        format!("--uncertainty {}", inputs.join(","))
    }));
    words.join(" ")
}
