//! Signals. Ctrl-C during `run`: what is done so far is shown.
//!
//! | command | signal | what happens |
//! |---|---|---|
//! | `run` | the first SIGINT | replications in progress are finished; the run is what is done |
//! | `run` | the second | the program ends at once |
//! | `sweep`, `tune`, `compare`, `validate` | the first | it says what is kept, and ends at once |
//!
//! All give exit code 130, as shells do (128 + 2). No file of a report is written, so that those
//! that were there stay as they were. Left out: systems without signals, where Ctrl-C ends the
//! program; short commands, which it ends likewise; and SIGTERM, which does so everywhere, since
//! every file is whole at any moment.

#[cfg(unix)]
use std::sync::Arc;

use super::arguments::Format;
use super::complaint::{Complaint, Complaints};
use crate::experiment::Stop;
use crate::experiment::sweep::{Plan, Store};

/// A file above the limit on its size (`ulimit -f`) is an error from now on, which is told like a
/// full disk, instead of the end of the program.
#[cfg(unix)]
pub(super) fn outlive_large_files() {
    // Where it cannot be had, the program ends as it always did.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Nothing: there are no signals.
#[cfg(not(unix))]
pub(super) fn outlive_large_files() {}

/// A switch that SIGINT sets from now on.
#[cfg(unix)]
pub(super) fn stop_at_interrupt() -> Stop {
    use signal_hook::consts::SIGINT;
    use signal_hook::iterator::Signals;

    let stop = Stop::default();
    // Where signals cannot be had, Ctrl-C ends the program as it always did.
    if let Ok(mut signals) = Signals::new([SIGINT]) {
        let stop = stop.clone();
        std::thread::spawn(move || {
            for _ in signals.forever() {
                if stop.is_set() {
                    std::process::exit(super::INTERRUPTED.into());
                }
                stop.set();
                eprintln!("Finishing what has begun; Ctrl-C again ends at once.");
            }
        });
    }
    stop
}

/// A switch that nothing sets.
#[cfg(not(unix))]
pub(super) fn stop_at_interrupt() -> Stop {
    Stop::default()
}

/// The first SIGINT from now on ends the program, which says so.
pub(super) fn end_at_interrupt(format: Format) {
    let said = "interrupted before there was a result; every file is whole, old or new";
    end_saying(format, || said.to_owned());
}

/// The same during a sweep, of which finished points are kept.
pub(super) fn end_sweep_at_interrupt(format: Format, plan: &Plan, store: &Store) {
    let (points, store) = (plan.points.len(), store.clone());
    end_saying(format, move || {
        let finished = (0..points).filter(|index| store.has(*index)).count();
        format!(
            "interrupted: {finished} of {points} points are finished and kept in {}; the same \
             command goes on with the others",
            store.folder().display()
        )
    });
}

#[cfg(unix)]
fn end_saying(format: Format, said: impl Fn() -> String + Send + 'static) {
    use signal_hook::consts::SIGINT;
    use signal_hook::iterator::Signals;

    // Where signals cannot be had, Ctrl-C ends the program as it always did.
    if let Ok(mut signals) = Signals::new([SIGINT]) {
        std::thread::spawn(move || {
            if signals.forever().next().is_some() {
                let mut complaints = Complaints::new(format);
                complaints.say(&Complaint::error(said()));
                complaints.without_a_result();
                std::process::exit(super::INTERRUPTED.into());
            }
        });
    }
}

/// Nothing: there are no signals.
#[cfg(not(unix))]
fn end_saying(_: Format, _: impl Fn() -> String + Send + 'static) {}
