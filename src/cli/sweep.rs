//! `shardlag sweep`: plans, runs what is missing, puts it together.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use super::arguments::{Format, ScenarioArguments};
use super::check::source;
use super::complaint::{Complaint, Complaints};
use super::run::{default_folder, scenario_words};
use super::sweep_arguments::{
    RunningArguments, SweepArguments, SweepCommand, SweepHereArguments, SweepPlanArguments,
    TriedArguments,
};
use super::{Ending, import, interrupt, progress, sweep_jobs, sweep_many, terminal};
use crate::experiment::RunOptions;
use crate::experiment::sweep::plan::{PlanError, Planning};
use crate::experiment::sweep::{Plan, Store, SweepError, merge, run};
use crate::report::{WriteError, parquet_support, sweep_json, sweep_terminal, write_sweep};
use crate::results::SweepResults;
use crate::scenario::sweep::pareto_of;
use crate::scenario::{Design, Diagnostics, Sweep, load};

/// Runs a sweep, or one of its commands.
pub(super) fn sweep(arguments: &SweepArguments) -> Ending {
    match (&arguments.command, &arguments.here.0) {
        (Some(SweepCommand::Plan(arguments)), _) => plan_only(arguments),
        (Some(SweepCommand::Run(arguments)), _) => sweep_many::run_shard(arguments),
        (Some(SweepCommand::Status(arguments)), _) => sweep_many::status(arguments),
        (Some(SweepCommand::Merge(arguments)), _) => sweep_many::merge_points(arguments),
        (Some(SweepCommand::Submit(arguments)), _) => sweep_jobs::submit(arguments),
        (None, Some(arguments)) => here(arguments),
        (None, None) => {
            let message = "no scenario; write for example `shardlag sweep s.toml`";
            Complaints::new(Format::Human).say(&Complaint::error(message));
            Ending::BadInput
        }
    }
}

/// Plans, runs and reports on this machine.
fn here(arguments: &SweepHereArguments) -> Ending {
    let scenario = &arguments.tried.scenario;
    let mut complaints = Complaints::new(scenario.format);
    let possible = can_write(arguments.parquet, &mut complaints);
    let planned = possible.and_then(|()| planned(&arguments.tried, &mut complaints));
    let done = planned.and_then(|(plan, replications)| {
        let folder = arguments.out.clone().unwrap_or_else(|| folder_of(scenario));
        let store = Store::new(&folder.join("points"), &plan);
        say_others(&plan, &store, scenario.quiet, &mut complaints)?;
        interrupt::end_sweep_at_interrupt(scenario.format, &plan, &store);
        let all: Vec<usize> = (0..plan.points.len()).collect();
        let ran =
            run_points((&plan, &store, &all), replications, &arguments.running, scenario.quiet);
        ran.map_err(|error| fail(&mut complaints, Ending::RunTimeError, &error))?;
        let results = merge(&plan, &[store], &plan.command);
        let results =
            results.map_err(|error| fail(&mut complaints, Ending::RunTimeError, &error))?;
        let shown = Shown {
            folder: &folder,
            format: scenario.format,
            quiet: scenario.quiet,
            parquet: arguments.parquet,
        };
        let written = report(&results, &shown);
        written.map_err(|error| fail(&mut complaints, Ending::RunTimeError, &error))
    });
    match done {
        Ok(()) => {
            complaints.beside_a_result();
            Ending::Fine
        }
        Err(ending) => {
            complaints.without_a_result();
            ending
        }
    }
}

/// Writes the plan.
fn plan_only(arguments: &SweepPlanArguments) -> Ending {
    let scenario = &arguments.tried.scenario;
    let mut complaints = Complaints::new(scenario.format);
    let written = planned(&arguments.tried, &mut complaints).and_then(|(plan, _)| {
        let written = import::write_whole(&arguments.out, &plan.to_json());
        written.map_err(|message| fail(&mut complaints, Ending::RunTimeError, &message))?;
        Ok(plan)
    });
    match written {
        Ok(plan) => {
            let out = arguments.out.display();
            match scenario.format {
                Format::Json => print!("{}", plan.to_json()),
                Format::Human if scenario.quiet => {}
                Format::Human => println!(
                    "{out}: {} points, plan {}. Run them with `shardlag sweep run {out}`.",
                    plan.points.len(),
                    plan.hash
                ),
            }
            complaints.beside_a_result();
            Ending::Fine
        }
        Err(ending) => {
            complaints.without_a_result();
            ending
        }
    }
}

/// Reads the scenario and plans all points; also gives the replications of a point.
fn planned(arguments: &TriedArguments, complaints: &mut Complaints) -> Result<(Plan, u64), Ending> {
    let refuse = |complaints: &mut Complaints, errors: Diagnostics| {
        complaints.diagnostics(&errors.0);
        Ending::BadInput
    };
    let read = source(&arguments.scenario);
    let source = read.map_err(|errors| refuse(complaints, errors))?;
    let changes = arguments.scenario.overrides();
    let changes = changes.map_err(|errors| refuse(complaints, errors))?;
    let scenario = load(&source, &changes).map_err(|errors| refuse(complaints, errors))?;
    if !arguments.scenario.quiet {
        complaints.diagnostics(&scenario.warnings);
    }
    let sweep = tried(arguments, scenario.sweep.clone());
    let sweep = sweep.map_err(|message| fail(complaints, Ending::BadInput, &message))?;
    let plan = Plan::new(&Planning {
        source: &source,
        changes: &changes,
        sweep: &sweep,
        seed: scenario.seed,
        points_max: arguments.max_points,
        command: &command(arguments),
    });
    let replications = scenario.runs().count() as u64 * u64::from(scenario.replications);
    match plan {
        Ok(plan) => Ok((plan, replications)),
        Err(PlanError::Scenario(errors)) => Err(refuse(complaints, errors)),
        Err(PlanError::Sweep(message)) => Err(fail(complaints, Ending::BadInput, &message)),
    }
}

/// The sweep of the scenario with what the command line says instead.
fn tried(arguments: &TriedArguments, of_scenario: Option<Sweep>) -> Result<Sweep, String> {
    let mut sweep = match (arguments.factor.is_empty(), of_scenario) {
        (true, Some(sweep)) => sweep,
        (true, None) => {
            return Err("the scenario has no `[sweep]`; add one, or give factors, for example \
                        `--factor mapping.BatchSize=10,100,1000`"
                .to_owned());
        }
        (false, of_scenario) => {
            let factors = arguments.factor.clone();
            let keys: Vec<&str> = factors.iter().map(|factor| factor.key.as_str()).collect();
            let twice = (1..keys.len()).find(|index| keys[..*index].contains(&keys[*index]));
            if let Some(index) = twice {
                return Err(format!("--factor: `{}` is there twice; keep one", keys[index]));
            }
            let crossed = Sweep::crossed(factors);
            Sweep { pareto: of_scenario.map_or(crossed.pareto, |sweep| sweep.pareto), ..crossed }
        }
    };
    if let Some(points) = arguments.latin_hypercube {
        sweep.design = Design::LatinHypercube { points };
    }
    if let Some(names) = &arguments.pareto {
        let names: Vec<&str> = names.split(',').collect();
        sweep.pareto = pareto_of(&names).map_err(|message| format!("--pareto: {message}"))?;
    }
    Ok(sweep)
}

/// Says that there are points of another plan in the same folder.
fn say_others(
    plan: &Plan,
    store: &Store,
    quiet: bool,
    complaints: &mut Complaints,
) -> Result<(), Ending> {
    let status = store.status(plan.points.len());
    let status = status.map_err(|error| fail(complaints, Ending::RunTimeError, &error))?;
    if status.finished.is_empty() && !status.others.is_empty() && !quiet {
        let above = store.folder().parent().unwrap_or(Path::new("")).display();
        complaints.say(&Complaint::warning(format!(
            "{above} has points of another plan ({}): the scenario, what is tried or the version \
             has changed, so this sweep ({}) begins anew; delete what is not needed",
            status.others.join(", "),
            plan.hash
        )));
    }
    Ok(())
}

/// Runs points of a plan behind a progress bar; gives how many were missing.
pub(super) fn run_points(
    (plan, store, indices): (&Plan, &Store, &[usize]),
    replications: u64,
    arguments: &RunningArguments,
    quiet: bool,
) -> Result<usize, SweepError> {
    let missing = indices.iter().filter(|index| !store.has(**index)).count() as u64;
    let total = missing * replications;
    let bar = progress::bar(total, quiet);
    let options = RunOptions {
        threads: arguments.threads.map(|threads| threads as usize),
        limits: arguments.limits.limits(),
        ..RunOptions::default()
    };
    let ran = run(plan, store, indices, &options, &|done| {
        bar.set_position(done.replications.min(total));
    });
    bar.finish_and_clear();
    ran
}

/// Says before a long run that no Parquet file can be written.
pub(super) fn can_write(parquet: bool, complaints: &mut Complaints) -> Result<(), Ending> {
    match parquet {
        true => parquet_support()
            .map_err(|error| fail(complaints, Ending::BadInput, &format!("--parquet: {error}"))),
        false => Ok(()),
    }
}

/// Where and how the results of a sweep are shown.
pub(super) struct Shown<'a> {
    /// Folder of the report.
    pub folder: &'a Path,
    /// What is printed.
    pub format: Format,
    /// Errors only.
    pub quiet: bool,
    /// With `sweep.parquet`.
    pub parquet: bool,
}

/// Writes the report and prints what people or programs want to see.
pub(super) fn report(results: &SweepResults, shown: &Shown<'_>) -> Result<(), WriteError> {
    write_sweep(results, shown.folder, shown.parquet)?;
    match shown.format {
        Format::Json => print!("{}", sweep_json(results)),
        Format::Human if shown.quiet => {}
        Format::Human => {
            print!("{}", sweep_terminal(results, terminal::width(), terminal::style()));
            println!("Report: {}", shown.folder.join("report.html").display());
        }
    }
    Ok(())
}

/// `reports/<name of the scenario file>-sweep`.
fn folder_of(scenario: &ScenarioArguments) -> PathBuf {
    let mut name = default_folder(scenario).into_os_string();
    name.push("-sweep");
    PathBuf::from(name)
}

/// The command that repeats the sweep: what decides the figures, and nothing else.
fn command(arguments: &TriedArguments) -> String {
    let mut words = vec!["shardlag sweep".to_owned()];
    words.extend(scenario_words(&arguments.scenario));
    words.extend(arguments.factor.iter().map(|factor| format!("--factor '{}'", factor.written())));
    words.extend(arguments.latin_hypercube.map(|points| format!("--latin-hypercube {points}")));
    words.extend(arguments.pareto.as_ref().map(|names| format!("--pareto {names}")));
    let raised =
        Some(arguments.max_points).filter(|max| *max != crate::scenario::limits::POINTS_MAX);
    words.extend(raised.map(|max| format!("--max-points {max}")));
    words.join(" ")
}

/// Says why there is no result.
pub(super) fn fail(complaints: &mut Complaints, ending: Ending, error: &dyn Display) -> Ending {
    complaints.say(&Complaint::error(error));
    ending
}

/// `plan.points` for `plan.json`.
pub(super) fn points_folder(plan: &Path) -> PathBuf {
    plan.with_extension("points")
}

/// The absolute path of a file, where it exists.
pub(super) fn absolute(path: &Path) -> PathBuf {
    fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}
