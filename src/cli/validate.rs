//! `shardlag validate`: holds the simulator against what is known, and says what does not agree.
//!
//! Without `--items` the sets of the binary are run. A folder holds configuration files, each with
//! what is to be read from it.

use std::path::Path;

use serde_json::Value;

use super::arguments::{Format, ValidateArguments};
use super::complaint::{Complaint, Complaints};
use super::{Ending, interrupt, progress, terminal};
use crate::experiment::delivery::Rendering;
use crate::experiment::item_sets::{
    GroupName, ItemProblem, ItemSet, ValidationOptions, calibrate, captures_of_the_program,
    embedded, group_names, measured_items, only_groups, read, validate as run_items,
};
use crate::experiment::measurement::settings::check_overrides;
use crate::import::folder::check_folder;
use crate::report::{
    ValidationDetail, calibration_json, calibration_terminal, invocation_record, sequence_number,
    validation_files, validation_json, validation_terminal, write_files,
};
use crate::results::{
    DestinationMessage, Estimate, ItemCheck, ItemKind, ItemStatus, ValidatedItem, Validation,
    ValidationGroup,
};
use crate::scenario::limited::{bytes_of, read_bytes, read_text};
use crate::scenario::{Diagnostic, Diagnostics, Override, suggestion};

/// A larger file of items, or of what they name, is taken for a mistake, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Values of a knob that are tried at most.
const VALUES_MAX: u32 = 1_000;

/// Runs items, or tries values of a knob on them.
pub(super) fn validate(arguments: &ValidateArguments) -> Ending {
    interrupt::end_at_interrupt(arguments.format);
    if let Some(folder) = arguments.items.as_deref().filter(|path| path.is_dir()) {
        return check_imports(arguments, folder);
    }
    match request(arguments) {
        Ok(request) if request.trials.is_empty() => run(arguments, &request),
        Ok(request) => try_values(arguments, &request),
        Err(mistakes) => {
            let mut complaints = Complaints::new(arguments.format);
            mistakes.iter().for_each(|mistake| complaints.say(mistake));
            complaints.without_a_result();
            Ending::BadInput
        }
    }
}

/// Holds the importer against the files of a folder.
fn check_imports(arguments: &ValidateArguments, folder: &Path) -> Ending {
    let refuse = |said: &dyn std::fmt::Display| {
        let mut complaints = Complaints::new(arguments.format);
        complaints.say(&Complaint::error(said));
        complaints.without_a_result();
        Ending::BadInput
    };
    if !arguments.set.is_empty() || arguments.calibrate.is_some() || !arguments.group.is_empty() {
        return refuse(&"--set, --calibrate and --group are not for a folder of configurations");
    }
    let items = match check_folder(folder) {
        Ok(items) => items,
        Err(problem) => return refuse(&problem),
    };
    let items = items.into_iter().map(|item| ValidatedItem {
        id: item.id,
        title: String::new(),
        source: String::new(),
        status: if item.passed { ItemStatus::Passed } else { ItemStatus::Failed },
        checks: vec![ItemCheck {
            what: "reading".to_owned(),
            during: None,
            expected: Value::String(item.expected),
            unit: String::new(),
            allowed: String::new(),
            band: None,
            got: Some(Value::String(item.got)),
            estimate: Estimate::ABSENT,
            agrees: item.passed,
        }],
        detail: item.detail.join("; "),
        analysis: String::new(),
    });
    let group = ValidationGroup {
        name: "import".to_owned(),
        title: "Configuration files, and how they are to be read".to_owned(),
        kind: ItemKind::Import,
        items: items.collect(),
    };
    let validation =
        Validation { seed: arguments.seed, is_short: arguments.quick, groups: vec![group] };
    finish(arguments, &validation)
}

/// What is asked for.
struct Request {
    sets: Vec<ItemSet>,
    options: ValidationOptions,
    /// Values of a knob that are tried; none for a validation.
    trials: Vec<Override>,
}

fn run(arguments: &ValidateArguments, request: &Request) -> Ending {
    let bar = progress::share_bar(arguments.quiet);
    let record = |message: &DestinationMessage| {
        let text = invocation_record(message, "function");
        serde_json::from_str(&text).expect("an invocation record is JSON")
    };
    let rendering = Rendering { invocation_record: &record, sequence_number: &sequence_number };
    let validation = run_items(&request.sets, &request.options, &rendering, &|progress| {
        bar.set_length(progress.planned);
        bar.set_position(progress.done);
    });
    bar.finish_and_clear();
    match validation {
        Ok(validation) => finish(arguments, &validation),
        Err(error) => fail(&error, arguments.format),
    }
}

/// Prints and writes a validation, and judges it.
fn finish(arguments: &ValidateArguments, validation: &Validation) -> Ending {
    if arguments.format == Format::Human {
        print(validation, arguments);
    }
    if let Some(folder) = &arguments.out {
        if let Err(error) = write_files(folder, &validation_files(validation)) {
            return fail(&error, arguments.format);
        }
        if arguments.format == Format::Human && !arguments.quiet {
            println!("Report: {}", folder.join("report.html").display());
        }
    }
    // Printed last, so that a program never reads both a result and an error.
    if arguments.format == Format::Json {
        print(validation, arguments);
    }
    let items: usize = validation.groups.iter().map(|group| group.items.len()).sum();
    let is_unsupported = items > 0 && validation.count(ItemStatus::Unsupported) == items;
    if is_unsupported && !arguments.list {
        let message = format!(
            "no item was held against anything: {items} of {items} unsupported; `--list` shows \
             why and accepts it"
        );
        let mut complaints = Complaints::new(arguments.format);
        complaints.say(&Complaint::error(message));
        complaints.beside_a_result();
        return Ending::RunTimeError;
    }
    match validation.count(ItemStatus::Failed) {
        0 => Ending::Fine,
        _ => Ending::RunTimeError,
    }
}

fn try_values(arguments: &ValidateArguments, request: &Request) -> Ending {
    let bar = progress::share_bar(arguments.quiet);
    let calibration = calibrate(&request.sets, &request.options, &request.trials, &|progress| {
        bar.set_length(progress.planned);
        bar.set_position(progress.done);
    });
    bar.finish_and_clear();
    match calibration {
        Ok(calibration) => {
            match arguments.format {
                Format::Json => print!("{}", calibration_json(&calibration)),
                Format::Human => {
                    let (width, style) = (terminal::width(), terminal::style());
                    print!("{}", calibration_terminal(&calibration, width, style, arguments.list));
                }
            }
            Ending::Fine
        }
        Err(error) => fail(&error, arguments.format),
    }
}

fn fail(error: &dyn std::error::Error, format: Format) -> Ending {
    let mut complaints = Complaints::new(format);
    complaints.say(&Complaint::error(error));
    complaints.without_a_result();
    Ending::RunTimeError
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

/// What the arguments ask for, or what is wrong with them.
fn request(arguments: &ValidateArguments) -> Result<Request, Vec<Complaint>> {
    let sets = item_sets(arguments)?;
    let mut overrides = Vec::new();
    for change in &arguments.set {
        overrides.push(knob_change("--set", change)?);
    }
    let trials = match &arguments.calibrate {
        Some(values) => values_to_try(values)?,
        None => Vec::new(),
    };
    let changes = overrides.iter().chain(&trials);
    if changes.count() > 0 && sets.iter().all(|set| measured_items(set).is_empty()) {
        let mistake = "--set and --calibrate are for measured runs, and there are none among \
                       these items";
        return Err(vec![Complaint::error(mistake)]);
    }
    let options = ValidationOptions {
        seed: arguments.seed,
        threads: arguments.threads.map(|threads| threads as usize),
        is_short: arguments.quick,
        overrides,
    };
    Ok(Request { sets, options, trials })
}

/// A change of a knob that the model has, with a value that it takes.
fn knob_change(argument: &str, text: &str) -> Result<Override, Vec<Complaint>> {
    let plain = |Diagnostics(mistakes): Diagnostics| {
        let line = |mistake: &Diagnostic| {
            Complaint::error(format!("{argument} {text}: {}", mistake.message))
        };
        mistakes.iter().map(line).collect::<Vec<Complaint>>()
    };
    let change = Override::parse(text).map_err(plain)?;
    if !change.key().starts_with("model.") {
        let mistake = "only knobs of the model can be changed, since the rest is what was \
                       measured; write for example `model.refill_below=8`";
        return Err(vec![Complaint::error(format!("{argument} {text}: {mistake}"))]);
    }
    check_overrides(std::slice::from_ref(&change)).map_err(plain)?;
    Ok(change)
}

/// `KEY=A..B` in whole numbers, or `KEY=A,B,C`.
fn values_to_try(text: &str) -> Result<Vec<Override>, Vec<Complaint>> {
    let refuse =
        |mistake: String| Err(vec![Complaint::error(format!("--calibrate {text}: {mistake}"))]);
    let (key, values) = text.split_once('=').unwrap_or((text, ""));
    let range = values.split_once("..").and_then(|(from, to)| {
        let numbers: (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        Some(numbers)
    });
    let values: Vec<String> = match range {
        Some((from, to)) if to.saturating_sub(from) < VALUES_MAX => {
            (from..=to).map(|value| value.to_string()).collect()
        }
        Some(_) => return refuse(format!("more than {VALUES_MAX} values")),
        None => values.split(',').map(|value| value.trim().to_owned()).collect(),
    };
    if values.iter().all(String::is_empty) {
        let mistake = "names no values; write for example `model.refill_below=2..12`";
        return refuse(mistake.to_owned());
    }
    values.iter().map(|value| knob_change("--calibrate", &format!("{key}={value}"))).collect()
}

/// The items that are asked for, or what is wrong.
fn item_sets(arguments: &ValidateArguments) -> Result<Vec<ItemSet>, Vec<Complaint>> {
    let sets = match &arguments.items {
        None => embedded(),
        Some(path) => from_path(path)?,
    };
    if arguments.group.is_empty() {
        return Ok(sets);
    }
    let groups = group_names(&sets);
    let unknown: Vec<Complaint> =
        arguments.group.iter().filter_map(|name| mistake_in_group(name, &groups)).collect();
    if unknown.is_empty() { Ok(only_groups(sets, &arguments.group)) } else { Err(unknown) }
}

/// The items of a file, or of standard input where the path is `-`.
fn from_path(path: &Path) -> Result<Vec<ItemSet>, Vec<Complaint>> {
    let (name, bytes) = match path.as_os_str() == "-" {
        true => {
            let bytes = bytes_of(&mut std::io::stdin().lock(), FILE_BYTES_MAX);
            ("standard input".to_owned(), bytes)
        }
        false => (path.display().to_string(), read_bytes(path, FILE_BYTES_MAX)),
    };
    let whole = |message: String| vec![Complaint::error(message).at(&name, None)];
    let bytes = bytes.map_err(|error| whole(format!("cannot read this file: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| whole("this is not text; items are JSON in UTF-8".to_owned()))?;
    let place =
        |problem: &ItemProblem| Complaint::error(&problem.message).at(&name, Some(problem.line));
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let capture = |name: &str| match read_text(&folder.join(name), FILE_BYTES_MAX) {
        Ok(text) => Ok(text),
        Err(error) => captures_of_the_program(name)
            .map_err(|_| format!("{}: cannot be read: {error}", folder.join(name).display())),
    };
    let set = read(&text, &capture)
        .map_err(|problems| problems.iter().map(place).collect::<Vec<Complaint>>())?;
    Ok(vec![set])
}

fn mistake_in_group(name: &str, groups: &[GroupName]) -> Option<Complaint> {
    let mut known: Vec<&str> = Vec::new();
    for group in groups {
        for called in [group.family, group.name.as_str()] {
            if !known.contains(&called) {
                known.push(called);
            }
        }
    }
    let advice = suggestion(name, &known);
    let message = format!("--group {name}: there is no such group; {advice}");
    (!known.contains(&name)).then(|| Complaint::error(message))
}
