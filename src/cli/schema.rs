//! `shardlag schema`: the JSON Schema of scenario files.

use super::Ending;
use super::arguments::Format;
use super::complaint::{Complaint, Complaints};
use super::editing_arguments::{SchemaArguments, SchemaDraft};
use crate::report::write_whole;
use crate::scenario::schema::{Draft, json_schema};

/// Prints the schema, or writes it.
pub(super) fn schema(arguments: &SchemaArguments) -> Ending {
    let text = text(match arguments.draft {
        SchemaDraft::Draft07 => Draft::Draft07,
        SchemaDraft::Draft202012 => Draft::Draft202012,
    });
    let Some(file) = &arguments.out else {
        print!("{text}");
        return Ending::Fine;
    };
    match write_whole(file, &text) {
        Ok(()) => Ending::Fine,
        Err(error) => {
            let error = Complaint::error(format!("{}: cannot be written: {error}", file.display()));
            Complaints::new(Format::Human).say(&error);
            Ending::RunTimeError
        }
    }
}

/// The schema as a file.
pub(super) fn text(draft: Draft) -> String {
    format!("{:#}\n", json_schema(draft))
}
