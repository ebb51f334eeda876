//! `shardlag import`: files of the AWS world to scenarios.

use std::path::{Path, PathBuf};

use super::Ending;
use super::arguments::Format;
use super::complaint::{Complaint, Complaints};
use super::import_arguments::{ImportArguments, MetricPart};
use crate::import::metrics::{Part, import_metrics};
use crate::import::scenario_text::{ScenarioText, scenario_text};
use crate::import::{
    ImportOptions, Imported, Problem, SourceFile, Weight, import as read, summary,
};
use crate::units::Bytes;

/// Imports the mapping of a file.
pub(super) fn import(arguments: &ImportArguments) -> Ending {
    let sources = match sources(&arguments.files, arguments.max_size) {
        Ok(sources) => sources,
        Err(problem) => return refuse(&[problem], arguments),
    };
    match arguments.parts.is_empty() {
        true => mapping(&sources, arguments),
        false => metrics(&sources, arguments),
    }
}

/// Puts what metrics say into a scenario.
fn metrics(sources: &[SourceFile], arguments: &ImportArguments) -> Ending {
    let parts: Vec<Part> = arguments.parts.iter().map(|part| part_of(*part)).collect();
    let base = match &arguments.into {
        Some(path) => SourceFile::read_up_to(path, arguments.max_size.get()),
        None => Ok(SourceFile { name: "fragment".to_owned(), text: String::new() }),
    };
    let target = arguments.out.as_ref().or(arguments.into.as_ref());
    let folder = target.and_then(|path| path.parent()).unwrap_or(Path::new(""));
    let metric = arguments.metric.as_deref();
    let made = base.and_then(|base| import_metrics(sources, &parts, metric, &base, folder));
    let made = match made {
        Ok(made) => made,
        Err(problem) => return refuse(&[problem], arguments),
    };
    if arguments.format == Format::Human && !arguments.quiet {
        made.notes.iter().for_each(|note| eprintln!("{note}"));
    }
    match target {
        Some(path) => {
            if let Err(message) = write_whole(path, &made.text) {
                return unwritten(&message, arguments);
            }
        }
        None if arguments.format == Format::Human => print!("{}", made.text),
        None => {}
    }
    if arguments.format == Format::Json {
        let document = serde_json::json!({
            "schema": "shardlag.import/1",
            "notes": made.notes,
            "scenario": made.text,
        });
        println!("{document:#}");
    }
    Ending::Fine
}

fn part_of(part: MetricPart) -> Part {
    match part {
        MetricPart::Traffic => Part::Traffic,
        MetricPart::Duration => Part::Duration,
        MetricPart::Faults => Part::Faults,
        MetricPart::Overlay => Part::Overlay,
    }
}

fn mapping(sources: &[SourceFile], arguments: &ImportArguments) -> Ending {
    let options = ImportOptions {
        parameters: arguments.parameters.clone(),
        set: arguments.set.clone(),
        accept_defaults: arguments.accept_defaults,
    };
    let imported = match read(sources, &options) {
        Ok(imported) => imported,
        Err(problems) => return refuse(&problems, arguments),
    };
    let files = files(arguments);
    let chosen = imported.choose(arguments.mapping.as_deref());
    let chosen = match chosen {
        Ok(chosen) => Some((chosen, scenario_text(&imported, chosen))),
        // A list is an answer too, unless one of it was asked for.
        Err(_) if arguments.mapping.is_none() && arguments.format == Format::Json => None,
        Err(message) => {
            eprint!("{}", summary::human(&imported, None, &files));
            show_problems(&imported.problems);
            eprintln!("error: {files}: {message}");
            return Ending::BadInput;
        }
    };
    let shown = chosen.as_ref().map(|(mapping, text)| (*mapping, text));
    if arguments.format == Format::Human && !arguments.quiet {
        eprint!("{}", summary::human(&imported, shown, &files));
    }
    if arguments.format == Format::Human {
        show_problems(&imported.problems);
    }
    let text = chosen.as_ref().map(|(_, text)| text);
    if let Err(message) = write(&imported, shown, text, arguments) {
        return unwritten(&message, arguments);
    }
    if imported.has_errors() { Ending::BadInput } else { Ending::Fine }
}

/// The scenario, or with `--format json` everything, to where `--out` says.
fn write(
    imported: &Imported,
    shown: Option<(&crate::import::ImportedMapping, &ScenarioText)>,
    text: Option<&ScenarioText>,
    arguments: &ImportArguments,
) -> Result<(), String> {
    match (&arguments.out, text) {
        (Some(out), Some(text)) => {
            write_whole(out, &text.text)?;
            if arguments.format == Format::Human && !arguments.quiet {
                eprintln!("Scenario: {}", out.display());
            }
        }
        (None, Some(text)) if arguments.format == Format::Human => print!("{}", text.text),
        (Some(_) | None, Some(_) | None) => {}
    }
    // Printed last, so that a program never reads both a result and an error.
    if arguments.format == Format::Json {
        println!("{:#}", summary::json(imported, shown));
    }
    Ok(())
}

/// Says that the scenario could not be written.
fn unwritten(message: &str, arguments: &ImportArguments) -> Ending {
    let mut complaints = Complaints::new(arguments.format);
    complaints.say(&Complaint::error(message));
    complaints.without_a_result();
    Ending::RunTimeError
}

/// Writes a file whole or not at all.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), String> {
    let written = crate::report::write_whole(path, text);
    written.map_err(|error| format!("{}: cannot write this file: {error}", path.display()))
}

/// Reads all files; `-` is standard input.
fn sources(paths: &[PathBuf], size_max: Bytes) -> Result<Vec<SourceFile>, Problem> {
    let mut sources = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let input = std::io::stdin().lock();
            sources.push(SourceFile::from_reader("standard input", input, size_max.get())?);
        } else {
            sources.extend(SourceFile::read_all(path, size_max.get())?);
        }
    }
    Ok(sources)
}

/// The names of the files as the user wrote them.
fn files(arguments: &ImportArguments) -> String {
    let names: Vec<String> = arguments.files.iter().map(|f| f.display().to_string()).collect();
    names.join(", ")
}

/// Shows why nothing was imported.
pub(super) fn refuse(problems: &[Problem], arguments: &ImportArguments) -> Ending {
    match arguments.format {
        Format::Human => show_problems(problems),
        Format::Json => {
            let document = serde_json::json!({
                "schema": "shardlag.import/1",
                "mappings": [],
                "problems": summary::problems_json(problems),
            });
            println!("{document:#}");
        }
    }
    Ending::BadInput
}

fn show_problems(problems: &[Problem]) {
    for problem in problems {
        let weight = match problem.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
        };
        eprintln!("{weight}: {problem}");
    }
}
