//! What the terminal can show.

use std::io::IsTerminal;

use crate::report::TerminalStyle;

/// Width used where the terminal does not tell.
const DEFAULT_WIDTH: usize = 80;

/// Columns of the terminal; 80 where output goes elsewhere.
pub(super) fn width() -> usize {
    let terminal = console::Term::stdout();
    match terminal.is_term() {
        true => usize::from(terminal.size().1),
        false => DEFAULT_WIDTH,
    }
}

/// Colour and characters of standard output.
pub(super) fn style() -> TerminalStyle {
    let colour = std::io::stdout().is_terminal() && allows_colour();
    TerminalStyle { colour, unicode: has_unicode() }
}

/// Whether standard error shows colour.
pub(super) fn error_has_colour() -> bool {
    std::io::stderr().is_terminal() && allows_colour()
}

/// Whether characters beyond ASCII can be shown: the locale says UTF-8, or says nothing.
pub(super) fn has_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// NO_COLOR (no-color.org) and dumb terminals.
fn allows_colour() -> bool {
    let is_set = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !is_set && std::env::var("TERM").as_deref() != Ok("dumb")
}
