//! Signals. Ctrl-C during `run`: what is done so far is shown.
//!
//! | signal | what happens |
//! |---|---|
//! | the first SIGINT | replications in progress are finished, and the run is what is done |
//! | the second | the program ends at once |
//!
//! Both give exit code 130, as shells do (128 + 2). No file is written, so that reports that were
//! there stay as they were. Left out: systems without signals, where Ctrl-C ends the program; and
//! SIGTERM, which does so everywhere, since every file is whole at any moment.

#[cfg(unix)]
use std::sync::Arc;

use crate::experiment::Stop;

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
