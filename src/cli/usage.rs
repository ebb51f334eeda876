//! Command lines that cannot be understood, and those that ask for help.
//!
//! clap writes the message and the suggestion. It finds none for letters in the wrong order
//! (`rnu`), and too many where names are alike; the measure that finds mistyped keys goes first.
//! Where `--format json` was typed too, all of it comes in the shape of all errors.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Ending;
use super::arguments::{Arguments, Format};
use super::complaint::{Complaint, Complaints};
use crate::scenario::nearest_name;

/// Prints help, or what is wrong with the arguments of this process.
pub(super) fn refuse(error: clap::Error) -> Ending {
    let error = with_suggestion(error);
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match (error.use_stderr(), wants_json(&arguments)) {
        (true, true) => {
            let mut complaints = Complaints::new(Format::Json);
            complaints.say(&complaint(&error.render().to_string()));
            complaints.without_a_result();
        }
        // Where nobody reads the help, there is nobody to tell so either.
        (_, _) => drop(error.print()),
    }
    if error.use_stderr() { Ending::BadInput } else { Ending::Fine }
}

/// The error with the command that was probably meant, where one is near enough.
fn with_suggestion(mut error: clap::Error) -> clap::Error {
    let is_command = error.kind() == ErrorKind::InvalidSubcommand;
    if is_command
        && let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand)
    {
        let program = Arguments::command();
        let known: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
        if let Some(name) = nearest_name(typed, &known) {
            let name = ContextValue::Strings(vec![name.to_owned()]);
            error.insert(ContextKind::SuggestedSubcommand, name);
        }
    }
    error
}

/// Whether JSON was asked for, as far as that can be seen in arguments with mistakes.
fn wants_json(arguments: &[OsString]) -> bool {
    let is_pair = |pair: &[OsString]| pair[0] == "--format" && pair[1] == "json";
    arguments.windows(2).any(is_pair) || arguments.iter().any(|word| word == "--format=json")
}

/// The first paragraph of what clap says, and its tips.
fn complaint(text: &str) -> Complaint {
    let plain = |part: &str| part.split_whitespace().collect::<Vec<&str>>().join(" ");
    let mut paragraphs = text.split("\n\n");
    let message = plain(paragraphs.next().unwrap_or_default());
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    let tips = paragraphs.flat_map(str::lines);
    let tips: Vec<String> =
        tips.filter_map(|line| line.trim().strip_prefix("tip: ")).map(plain).collect();
    Complaint::error(message).help((!tips.is_empty()).then(|| tips.join("; ")))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn a_mistyped_command_is_named_with_the_one_that_was_meant() {
        let words = ["shardlag", "rnu", "s.toml"];
        let error = Arguments::try_parse_from(words).expect_err("there is no such command");
        let error = with_suggestion(error);
        assert_eq!(
            complaint(&error.render().to_string()),
            Complaint::error("unrecognized subcommand 'rnu'")
                .help(Some("a similar subcommand exists: 'run'".to_owned()))
        );
    }
}
