//! `shardlag validate`: holds the simulator against what is known, and says what does not agree.
//!
//! Without `--items` the sets of the binary are run. A folder is refused for now.

use std::io::Read;
use std::path::Path;

use super::Ending;
use super::arguments::{Format, ValidateArguments};
use super::{progress, terminal};
use crate::experiment::delivery::Rendering;
use crate::experiment::item_sets::{
    GroupName, ItemProblem, ItemSet, ValidationOptions, embedded, group_names, only_groups, read,
    validate as run_items,
};
use crate::report::{
    ValidationDetail, invocation_record, sequence_number, validation_json, validation_terminal,
};
use crate::results::{DestinationMessage, ItemStatus, Validation};
use crate::scenario::suggestion;

/// Runs items.
pub(super) fn validate(arguments: &ValidateArguments) -> Ending {
    let sets = match item_sets(arguments) {
        Ok(sets) => sets,
        Err(mistakes) => {
            mistakes.iter().for_each(|mistake| eprintln!("error: {mistake}"));
            return Ending::BadInput;
        }
    };
    let bar = progress::share_bar(arguments.quiet);
    let options = ValidationOptions {
        seed: arguments.seed,
        threads: arguments.threads.map(|threads| threads as usize),
        is_short: arguments.quick,
    };
    let record = |message: &DestinationMessage| {
        let text = invocation_record(message, "function");
        serde_json::from_str(&text).expect("an invocation record is JSON")
    };
    let rendering = Rendering { invocation_record: &record, sequence_number: &sequence_number };
    let validation = run_items(&sets, &options, &rendering, &|progress| {
        bar.set_length(progress.planned);
        bar.set_position(progress.done);
    });
    bar.finish_and_clear();
    match validation {
        Ok(validation) => {
            print(&validation, arguments);
            match validation.count(ItemStatus::Failed) {
                0 => Ending::Fine,
                _ => Ending::RunTimeError,
            }
        }
        Err(error) => {
            eprintln!("error: {error}");
            Ending::RunTimeError
        }
    }
}

fn print(validation: &Validation, arguments: &ValidateArguments) {
    let detail = match arguments.list {
        true => ValidationDetail::Everything,
        false => ValidationDetail::Failures,
    };
    match arguments.format {
        Format::Json => print!("{}", validation_json(validation)),
        Format::Human if arguments.quiet => {}
        Format::Human => {
            let (width, style) = (terminal::width(), terminal::style());
            print!("{}", validation_terminal(validation, width, style, detail));
        }
    }
}

/// The items that are asked for, or what is wrong.
fn item_sets(arguments: &ValidateArguments) -> Result<Vec<ItemSet>, Vec<String>> {
    let sets = match &arguments.items {
        None => embedded(),
        Some(path) => from_path(path)?,
    };
    if arguments.group.is_empty() {
        return Ok(sets);
    }
    let groups = group_names(&sets);
    let unknown: Vec<String> =
        arguments.group.iter().filter_map(|name| mistake_in_group(name, &groups)).collect();
    if unknown.is_empty() { Ok(only_groups(sets, &arguments.group)) } else { Err(unknown) }
}

/// The items of a file, or of standard input where the path is `-`.
fn from_path(path: &Path) -> Result<Vec<ItemSet>, Vec<String>> {
    let (name, bytes) = match path.as_os_str() == "-" {
        true => {
            let mut bytes = Vec::new();
            let end = std::io::stdin().lock().read_to_end(&mut bytes);
            ("standard input".to_owned(), end.map(|_| bytes))
        }
        false => (path.display().to_string(), std::fs::read(path)),
    };
    let bytes = bytes.map_err(|error| vec![format!("{name}: cannot read this file: {error}")])?;
    let text = String::from_utf8(bytes)
        .map_err(|_| vec![format!("{name}: this is not text; items are JSON in UTF-8")])?;
    let place = |problem: &ItemProblem| format!("{name}:{problem}");
    let set =
        read(&text).map_err(|problems| problems.iter().map(place).collect::<Vec<String>>())?;
    Ok(vec![set])
}

fn mistake_in_group(name: &str, groups: &[GroupName]) -> Option<String> {
    let mut known: Vec<&str> = Vec::new();
    for group in groups {
        for called in [group.family, group.name.as_str()] {
            if !known.contains(&called) {
                known.push(called);
            }
        }
    }
    let advice = suggestion(name, &known);
    (!known.contains(&name)).then(|| format!("--group {name}: there is no such group; {advice}"))
}
