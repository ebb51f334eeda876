//! `shardlag init`: a commented scenario to begin with, and the schema beside it for editors.

use std::path::{Path, PathBuf};

use super::Ending;
use super::arguments::Format;
use super::complaint::{Complaint, Complaints};
use super::editing_arguments::{InitArguments, template_table};
use super::schema;
use crate::report::write_whole;
use crate::scenario::schema::Draft;
use crate::scenario::suggestion;
use crate::scenario::templates::{TEMPLATES, Template};

/// The name that the templates call their schema by.
const SCHEMA_FILE: &str = "scenario.schema.json";

/// Writes a template.
pub(super) fn init(arguments: &InitArguments) -> Ending {
    if arguments.list {
        print!("{}", template_table());
        return Ending::Fine;
    }
    let typed = arguments.template.as_deref().unwrap_or(TEMPLATES[0].name);
    let Some(template) = TEMPLATES.iter().find(|template| template.name == typed) else {
        let names = TEMPLATES.map(|template| template.name);
        let error = Complaint::error(format!("there is no template `{typed}`"));
        return fail(error.help(Some(suggestion(typed, &names))), Ending::BadInput);
    };
    let file = match &arguments.out {
        Some(file) if file.as_os_str() == "-" => {
            print!("{}", template.text);
            return Ending::Fine;
        }
        Some(file) => file.clone(),
        None => PathBuf::from(format!("{}.toml", template.name)),
    };
    if file.exists() && !arguments.force {
        let error = Complaint::error(format!("{} is there already", file.display()));
        let help = "`--out FILE` writes another file, `--force` replaces it".to_owned();
        return fail(error.help(Some(help)), Ending::BadInput);
    }
    write(template, &file)
}

fn write(template: &Template, file: &Path) -> Ending {
    let schema_file = file.with_file_name(SCHEMA_FILE);
    let schema = schema::text(Draft::Draft07);
    for (path, text) in [(file, template.text), (&schema_file, schema.as_str())] {
        if let Err(error) = write_whole(path, text) {
            let error = Complaint::error(format!("{}: cannot be written: {error}", path.display()));
            return fail(error, Ending::RunTimeError);
        }
    }
    let name = file.display();
    println!("{name}: {}", template.question);
    println!("{}: for editors, which complete and check it", schema_file.display());
    println!("Replace what is marked with `<-`, then: shardlag check {name}");
    Ending::Fine
}

fn fail(error: Complaint, ending: Ending) -> Ending {
    Complaints::new(Format::Human).say(&error);
    ending
}
