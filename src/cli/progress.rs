//! A progress bar with the time left, on a terminal only.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for `replications` replications; invisible where standard error is no terminal or
/// `quiet` is set.
pub(super) fn bar(replications: u64, quiet: bool) -> ProgressBar {
    let is_shown = std::io::stderr().is_terminal() && !quiet;
    let target = match is_shown {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(replications), target);
    let template = "{bar:30} {pos}/{len} replications, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
    bar
}

/// A bar for work that is no number of replications.
pub(super) fn share_bar(quiet: bool) -> ProgressBar {
    let bar = bar(0, quiet);
    let template = "{bar:30} {percent} %, {eta} left";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
    bar
}
