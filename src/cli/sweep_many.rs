//! `shardlag sweep run`, `status` and `merge`: a sweep on many machines.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::arguments::Format;
use super::complaint::Complaints;
use super::sweep::{Shown, can_write, fail, points_folder, report, run_points};
use super::sweep_arguments::{SweepMergeArguments, SweepRunArguments, SweepStatusArguments};
use super::{Ending, interrupt};
use crate::experiment::sweep::{Plan, Shard, Store, merge, stretches};

/// Runs the points of a shard that are missing.
pub(super) fn run_shard(arguments: &SweepRunArguments) -> Ending {
    let mut complaints = Complaints::new(Format::Human);
    let plan = match Plan::read(&arguments.plan) {
        Ok(plan) => plan,
        Err(error) => return fail(&mut complaints, Ending::BadInput, &error),
    };
    let shard = match arguments.shard.as_str() {
        "auto" => Shard::of_environment(&variable, arguments.of),
        text => Shard::parse(text),
    };
    let shard = match shard {
        Ok(shard) => shard,
        Err(message) => {
            return fail(&mut complaints, Ending::BadInput, &format!("--shard: {message}"));
        }
    };
    let folder = arguments.points.clone().unwrap_or_else(|| points_folder(&arguments.plan));
    let store = Store::new(&folder, &plan);
    let indices = shard.points(plan.points.len());
    let first = plan.files().and_then(|files| plan.scenario(0, &files));
    let first = match first {
        Ok(first) => first,
        Err(error) => return fail(&mut complaints, Ending::RunTimeError, &error),
    };
    let replications = first.runs().count() as u64 * u64::from(first.replications);
    interrupt::end_sweep_at_interrupt(Format::Human, &plan, &store);
    let run = (&plan, &store, indices.as_slice());
    match run_points(run, replications, &arguments.running, arguments.quiet) {
        Ok(ran) => {
            if !arguments.quiet {
                println!(
                    "Shard {shard}: {ran} points run, {} were finished. Points: {}",
                    indices.len() - ran,
                    store.folder().display()
                );
            }
            Ending::Fine
        }
        Err(error) => fail(&mut complaints, Ending::RunTimeError, &error),
    }
}

/// Says which points are finished.
pub(super) fn status(arguments: &SweepStatusArguments) -> Ending {
    let mut complaints = Complaints::new(arguments.format);
    let end = |mut complaints: Complaints, ending, error: &dyn std::fmt::Display| {
        let ending = fail(&mut complaints, ending, error);
        complaints.without_a_result();
        ending
    };
    let plan = match Plan::read(&arguments.plan) {
        Ok(plan) => plan,
        Err(error) => return end(complaints, Ending::BadInput, &error),
    };
    let folder = arguments.points.clone().unwrap_or_else(|| points_folder(&arguments.plan));
    let status = match Store::new(&folder, &plan).status(plan.points.len()) {
        Ok(status) => status,
        Err(error) => return end(complaints, Ending::RunTimeError, &error),
    };
    let (finished, points) = (status.finished.len(), plan.points.len());
    match arguments.format {
        Format::Json => {
            let document = json!({
                "schema": "shardlag.sweep-status/1",
                "plan": plan.hash,
                "points": points,
                "finished": status.finished,
                "missing": status.missing,
            });
            println!("{document:#}");
        }
        Format::Human if status.missing.is_empty() => {
            println!("All {points} points are finished; put them together with `sweep merge`.");
        }
        Format::Human => println!(
            "{finished} of {points} points are finished; missing: {}",
            stretches(&status.missing)
        ),
    }
    if finished == 0 && !status.others.is_empty() {
        complaints.say(&super::complaint::Complaint::warning(format!(
            "{} has points of another plan ({})",
            folder.display(),
            status.others.join(", ")
        )));
    }
    complaints.beside_a_result();
    Ending::Fine
}

/// Puts the finished points together.
pub(super) fn merge_points(arguments: &SweepMergeArguments) -> Ending {
    let mut complaints = Complaints::new(arguments.format);
    match merged(arguments, &mut complaints) {
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

fn merged(arguments: &SweepMergeArguments, complaints: &mut Complaints) -> Result<(), Ending> {
    can_write(arguments.parquet, complaints)?;
    let plan = Plan::read(&arguments.plan);
    let plan = plan.map_err(|error| fail(complaints, Ending::BadInput, &error))?;
    let folders = match arguments.points.is_empty() {
        true => vec![points_folder(&arguments.plan)],
        false => arguments.points.clone(),
    };
    let stores: Vec<Store> = folders.iter().map(|folder| Store::new(folder, &plan)).collect();
    for (store, folder) in stores.iter().zip(&folders) {
        let status = store.status(plan.points.len());
        let status = status.map_err(|error| fail(complaints, Ending::RunTimeError, &error))?;
        if status.finished.is_empty() && !status.others.is_empty() {
            let message = format!(
                "{} has no points of this plan ({}), but of another ({}); give the plan that they \
                 were run with",
                folder.display(),
                plan.hash,
                status.others.join(", ")
            );
            return Err(fail(complaints, Ending::RunTimeError, &message));
        }
    }
    let results = merge(&plan, &stores, &plan.command);
    let results = results.map_err(|error| fail(complaints, Ending::RunTimeError, &error))?;
    let folder = arguments.out.clone().unwrap_or_else(|| default_folder(&plan));
    let shown = Shown {
        folder: &folder,
        format: arguments.format,
        quiet: arguments.quiet,
        parquet: arguments.parquet,
    };
    let written = report(&results, &shown);
    written.map_err(|error| fail(complaints, Ending::RunTimeError, &error))
}

/// `reports/<name of the scenario file>-sweep`, as without a plan.
fn default_folder(plan: &Plan) -> PathBuf {
    let stem = Path::new(&plan.scenario.file).file_stem();
    let stem = stem.map_or_else(|| "scenario".into(), |stem| stem.to_string_lossy());
    Path::new("reports").join(format!("{}-sweep", stem.replace(' ', "-")))
}

/// A variable of the environment.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}
