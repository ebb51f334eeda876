//! A progress bar with the time left, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal;

/// A bar for `replications` replications; invisible where standard error is no terminal or
/// `quiet` is set.
pub(super) fn bar(replications: u64, quiet: bool) -> ProgressBar {
    let is_shown = terminal::error_can_be_redrawn() && !quiet;
    let target = match is_shown {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(replications), target);
    bar.set_style(style("{bar:30} {pos}/{len} replications, {eta} left"));
    bar
}

/// A bar for work that is no number of replications.
pub(super) fn share_bar(quiet: bool) -> ProgressBar {
    let bar = bar(0, quiet);
    bar.set_style(style("{bar:30} {percent} %, {eta} left"));
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("the template is valid");
    if terminal::error_style().unicode { style } else { style.progress_chars("#>-") }
}
