//! `shardlag tune`: searches, prints the answer, writes it with the settings to deploy.

use std::fmt::Display;

use super::arguments::{Format, ScenarioArguments};
use super::check::read_source;
use super::complaint::{Complaint, Complaints};
use super::run::default_folder;
use super::tune_arguments::TuneArguments;
use super::{Ending, interrupt, progress, terminal};
use crate::experiment::tuning::{TuneError, TuneMistake, TuneOptions, Wanted, tune as search};
use crate::report::{tuning_json, tuning_terminal, write_tuning};
use crate::results::Tuning;
use crate::scenario::{Diagnostics, Factor, Override, Scenario, Source, load};
use crate::units::Probability;

/// What is sought to be small where nobody says what.
const CHEAPEST: &str = "cost_usd.total";

/// Tunes a scenario.
pub(super) fn tune(arguments: &TuneArguments) -> Ending {
    let mut complaints = Complaints::new(arguments.scenario.format);
    interrupt::end_at_interrupt(arguments.scenario.format);
    match tune_and_write(arguments, &mut complaints) {
        Ok(tuning) => {
            if arguments.scenario.format == Format::Json {
                print!("{}", tuning_json(&tuning));
            }
            let ending = match tuning.recommended {
                Some(_) => Ending::Fine,
                None => {
                    complaints
                        .say(&Complaint::error("no combination of settings meets the targets"));
                    Ending::AssertionFailed
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

fn tune_and_write(
    arguments: &TuneArguments,
    complaints: &mut Complaints,
) -> Result<Tuning, Ending> {
    let (source, overrides, scenario) = match read(&arguments.scenario) {
        Ok(read) => read,
        Err(Diagnostics(errors)) => {
            complaints.diagnostics(&errors);
            return Err(Ending::BadInput);
        }
    };
    let quiet = arguments.scenario.quiet;
    if !quiet {
        complaints.diagnostics(&scenario.warnings);
    }
    let mut fail = |ending: Ending, error: &dyn Display| {
        complaints.say(&Complaint::error(error));
        ending
    };
    let options = options(arguments, &scenario);
    let options = options.map_err(|message| fail(Ending::BadInput, &message))?;
    let bar = progress::bar(0, quiet);
    let tuning = search(&source, &overrides, &options, &|replications| {
        bar.set_length(replications.planned);
        bar.set_position(replications.done);
    });
    bar.finish_and_clear();
    let tuning = match tuning {
        Ok(tuning) => tuning,
        Err(TuneError::Run(error)) => return Err(fail(Ending::RunTimeError, &error)),
        Err(TuneError::Mistake(TuneMistake::Other(message))) => {
            return Err(fail(Ending::BadInput, &message));
        }
        Err(TuneError::Mistake(TuneMistake::Scenario(Diagnostics(errors)))) => {
            complaints.diagnostics(&errors);
            return Err(Ending::BadInput);
        }
    };
    let is_read = arguments.scenario.format == Format::Human && !quiet;
    if is_read {
        print!("{}", tuning_terminal(&tuning, terminal::width(), terminal::style()));
    }
    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(&arguments.scenario));
    let written = write_tuning(&tuning, &folder);
    written.map_err(|error| fail(Ending::RunTimeError, &error))?;
    if is_read {
        println!("Report: {}", folder.join("tune.html").display());
    }
    Ok(tuning)
}

fn read(arguments: &ScenarioArguments) -> Result<(Source, Vec<Override>, Scenario), Diagnostics> {
    let (source, overrides) = read_source(arguments)?;
    let scenario = load(&source, &overrides)?;
    Ok((source, overrides, scenario))
}

/// What the scenario says, and where the command line says something else, that.
fn options(arguments: &TuneArguments, scenario: &Scenario) -> Result<TuneOptions, String> {
    let cheapest = Wanted { metric: CHEAPEST.to_owned(), maximize: false, targets: Vec::new() };
    let mut options = match TuneOptions::of(scenario) {
        Some(said) => said?,
        None => TuneOptions::new(cheapest, vec![Vec::new()]),
    };
    if !arguments.factor.is_empty() {
        let factors: Vec<Factor> =
            arguments.factor.iter().map(|given| given.factor.clone()).collect();
        options = options.crossing(&factors, scenario.seed)?;
    }
    for (metric, maximize) in [(&arguments.minimize, false), (&arguments.maximize, true)] {
        if let Some(metric) = metric {
            (options.wanted.metric, options.wanted.maximize) = (metric.clone(), maximize);
        }
    }
    let share = |given: Option<Probability>, said: f64| given.map_or(said, Probability::get);
    let options = TuneOptions {
        wanted: Wanted { targets: arguments.target.clone(), ..options.wanted },
        probability: share(arguments.probability, options.probability),
        indifference: share(arguments.indifference, options.indifference),
        budget: arguments.budget.or(options.budget),
        break_even: arguments.break_even.clone().or(options.break_even),
        threads: arguments.threads.map(|threads| threads as usize),
        limits: arguments.limits.limits(),
        command: command(arguments),
        ..options
    };
    if options.points.iter().all(Vec::is_empty) && options.break_even.is_none() {
        return Err("there is nothing to choose from; add for example `--factor \
                    mapping.BatchSize=10,100,1000`, or `[tune]` to the scenario"
            .to_owned());
    }
    Ok(options)
}

/// The command that repeats it: what decides the answer, and nothing else.
fn command(arguments: &TuneArguments) -> String {
    let scenario = &arguments.scenario;
    let mut words = vec!["shardlag tune".to_owned(), scenario.file.display().to_string()];
    words.extend(scenario.set.iter().map(|set| format!("--set '{set}'")));
    words.extend(scenario.seed.map(|seed| format!("--seed {seed}")));
    words.extend(scenario.replications.map(|count| format!("--replications {count}")));
    words.extend(arguments.minimize.iter().map(|metric| format!("--minimize {metric}")));
    words.extend(arguments.maximize.iter().map(|metric| format!("--maximize {metric}")));
    words.extend(arguments.target.iter().map(|target| format!("--target '{target}'")));
    words.extend(arguments.factor.iter().map(|factor| format!("--factor '{}'", factor.text)));
    words.extend(arguments.break_even.iter().map(|ends| format!("--break-even '{}'", ends.text())));
    let percent = |share: f64| format!("{}%", share * 100.0);
    let probability = arguments.probability.map(|share| percent(share.get()));
    words.extend(probability.map(|share| format!("--probability {share}")));
    let indifference = arguments.indifference.map(|share| percent(share.get()));
    words.extend(indifference.map(|share| format!("--indifference {share}")));
    words.extend(arguments.budget.map(|count| format!("--budget {count}")));
    words.join(" ")
}
