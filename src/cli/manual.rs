//! `shardlag man`: manual pages, made from what `--help` knows.
//!
//! Without a folder the page of the program goes to standard output; into a folder go this page
//! and one for each command, all of them or none. No page holds a date, so that the same version
//! gives the same bytes.

use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use super::Ending;
use super::arguments::{Arguments, Format};
use super::complaint::{Complaint, Complaints};
use crate::report::write_files;

/// Prints the manual page, or writes all of them.
pub(super) fn manual(folder: Option<&Path>) -> Ending {
    let pages = pages();
    let Some(folder) = folder else {
        print!("{}", pages[0].text);
        return Ending::Fine;
    };
    let file = |page: &Page| (page.name.clone(), page.text.clone().into_bytes());
    match write_files(folder, &pages.iter().map(file).collect::<Vec<_>>()) {
        Ok(()) => {
            pages.iter().for_each(|page| println!("{}", folder.join(&page.name).display()));
            Ending::Fine
        }
        Err(error) => {
            Complaints::new(Format::Human).say(&Complaint::error(error));
            Ending::RunTimeError
        }
    }
}

struct Page {
    /// Name of its file, for example `shardlag-run.1`.
    name: String,
    text: String,
}

/// The page of the program, then those of its commands.
fn pages() -> Vec<Page> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().cloned();
    let commands: Vec<clap::Command> = [program.clone()].into_iter().chain(commands).collect();
    let page = |command: clap::Command| {
        let manual = Man::new(command);
        let mut text = Vec::new();
        manual.render(&mut text).expect("memory takes any text");
        let text = String::from_utf8(text).expect("a manual page is made of texts");
        Page { name: manual.get_filename(), text: with_examples_as_typed(&text) }
    };
    commands.into_iter().map(page).collect()
}

/// A page whose examples are neither justified nor hyphenated, under a heading of their own.
fn with_examples_as_typed(page: &str) -> String {
    let Some((before, after)) = page.split_once(".SH EXTRA\nExamples:\n") else {
        return page.to_owned();
    };
    let (examples, rest) = after.split_at(after.find("\n.SH ").map_or(after.len(), |at| at + 1));
    format!("{before}.SH EXAMPLES\n.nf\n{}\n.fi\n{rest}", examples.trim_end())
}
