//! `shardlag explain`: what happened to a record or a shard, or what is wrong with a run.

use super::Ending;
use super::arguments::Format;
use super::check::read;
use super::complaint::{Complaint, Complaints};
use super::explain_arguments::ExplainArguments;
use super::import::write_whole;
use super::terminal;
use crate::experiment::explanation::{ExplainError, ExplainOptions, Question, explain as answer};
use crate::report::{explanation_json, explanation_terminal};
use crate::results::Explanation;
use crate::scenario::Diagnostics;
use crate::units::Instant;

/// Explains.
pub(super) fn explain(arguments: &ExplainArguments) -> Ending {
    let mut complaints = Complaints::new(arguments.format);
    match explained(arguments, &mut complaints) {
        Ok(explanation) => {
            match arguments.format {
                Format::Json => print!("{}", explanation_json(&explanation)),
                Format::Human if arguments.quiet => {}
                Format::Human => {
                    let (width, style) = (terminal::width(), terminal::style());
                    print!("{}", explanation_terminal(&explanation, width, style));
                }
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

fn explained(
    arguments: &ExplainArguments,
    complaints: &mut Complaints,
) -> Result<Explanation, Ending> {
    let scenario = match read(&arguments.scenario()) {
        Ok(scenario) => scenario,
        Err(Diagnostics(errors)) => {
            complaints.diagnostics(&errors);
            return Err(Ending::BadInput);
        }
    };
    if !arguments.quiet {
        complaints.diagnostics(&scenario.warnings);
    }
    let question = match (arguments.record, arguments.shard, arguments.at) {
        (Some((shard, sequence)), _, _) => Question::Record { shard, sequence },
        (None, Some(shard), Some(at)) => Question::Shard { shard, at: Instant::START + at },
        (None, _, _) => Question::Run,
    };
    let options = ExplainOptions {
        variant: arguments.variant.as_deref(),
        replication: arguments.replication,
        limits: arguments.limits.limits(),
    };
    let explanation = answer(&scenario, question, options).map_err(|error| {
        complaints.say(&Complaint::error(&error));
        match error {
            ExplainError::Limit { .. } => Ending::RunTimeError,
            ExplainError::UnknownVariant { .. }
            | ExplainError::UnknownShard { .. }
            | ExplainError::UnknownRecord { .. }
            | ExplainError::BeyondTheEnd { .. } => Ending::BadInput,
        }
    })?;
    if let Some(file) = &arguments.out {
        let written = write_whole(file, &explanation_json(&explanation));
        written.map_err(|message| {
            complaints.say(&Complaint::error(message));
            Ending::RunTimeError
        })?;
    }
    Ok(explanation)
}
