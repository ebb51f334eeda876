//! Standard output and standard error.
//!
//! The macros of this name in the standard library panic where nobody reads any more, as in
//! `shardlag run s.toml | head -1`. Those of this module replace them in the whole command line:
//!
//! | what happens | what is done |
//! |---|---|
//! | the reader has gone away | the rest is not printed; files are written as if it had stayed |
//! | standard output cannot be written otherwise (a full disk) | said once, exit code 1 |
//! | standard error cannot be written | nothing: there is nobody left to tell |
//!
//! Left out: what clap prints itself (help, version), which does the same.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::Mutex;

use super::Ending;

/// As in the standard library, without its panic.
macro_rules! print {
    ($($part:tt)*) => { $crate::cli::output::out(format_args!($($part)*)) };
}

/// As in the standard library, without its panic.
macro_rules! println {
    ($($part:tt)*) => { $crate::cli::output::out(format_args!("{}\n", format_args!($($part)*))) };
}

/// As in the standard library, without its panic.
macro_rules! eprintln {
    ($($part:tt)*) => { $crate::cli::output::err(format_args!("{}\n", format_args!($($part)*))) };
}

/// The first reason for which standard output is not whole, other than that nobody reads it.
static REASON: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints to standard output.
pub(super) fn out(text: Arguments<'_>) {
    keep(io::stdout().lock().write_fmt(text));
}

/// Prints to standard error.
pub(super) fn err(text: Arguments<'_>) {
    // What cannot be said on standard error cannot be said at all.
    let _ = io::stderr().lock().write_fmt(text);
}

/// The ending of a command, which is an error where its output could not be written.
pub(super) fn ending(ending: Ending) -> Ending {
    keep(io::stdout().lock().flush());
    let reason = REASON.lock().expect("nothing panics while it holds the lock").take();
    let Some(reason) = reason else { return ending };
    eprintln!("error: standard output: cannot be written: {reason}");
    match ending {
        Ending::Fine => Ending::RunTimeError,
        Ending::RunTimeError
        | Ending::BadInput
        | Ending::Regression
        | Ending::AssertionFailed
        | Ending::Interrupted => ending,
    }
}

fn keep(written: io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            let mut reason = REASON.lock().expect("nothing panics while it holds the lock");
            reason.get_or_insert(error);
        }
    }
}
