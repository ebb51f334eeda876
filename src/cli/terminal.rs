//! What the terminal can show.
//!
//! | what | where |
//! |---|---|
//! | colour | on a terminal that is not `TERM=dumb`, without `NO_COLOR` (no-color.org) |
//! | characters beyond ASCII | where the locale is UTF-8 or not set, not on a `TERM=dumb` |
//!
//! The locale is the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty (POSIX.1-2017,
//! 8.2); it counts for files and pipes too, since they end up in front of the same person.
//! Left out: widths of characters in other fonts, and terminals that say one thing and do another.

use std::borrow::Cow;
use std::io::IsTerminal;

use crate::report::{TerminalStyle, plain_ascii};

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
    style_of(std::io::stdout().is_terminal(), &variable)
}

/// Whether standard error shows colour.
pub(super) fn error_has_colour() -> bool {
    error_style().colour
}

/// Whether a line of standard error can be drawn anew, as progress does.
pub(super) fn error_can_be_redrawn() -> bool {
    std::io::stderr().is_terminal() && variable("TERM").as_deref() != Some("dumb")
}

/// Colour and characters of standard error.
pub(super) fn error_style() -> TerminalStyle {
    style_of(std::io::stderr().is_terminal(), &variable)
}

/// A text as standard error can show it.
pub(super) fn error_text(text: &str) -> Cow<'_, str> {
    match error_style().unicode {
        true => Cow::Borrowed(text),
        false => Cow::Owned(plain_ascii(text)),
    }
}

/// A character as standard error can show it, still one character.
pub(super) fn error_sign(character: char) -> char {
    if character.is_ascii() || error_style().unicode { character } else { '?' }
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn style_of(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> TerminalStyle {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is_dumb = is_terminal && given("TERM").as_deref() == Some("dumb");
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(given);
    let is_utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    TerminalStyle {
        colour: is_terminal && !is_dumb && given("NO_COLOR").is_none(),
        unicode: is_utf8 && !is_dumb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_and_characters_follow_the_terminal_and_the_environment() {
        type Environment<'e> = &'e [(&'e str, &'e str)];
        // Terminal, environment, colour, Unicode.
        let table: [(bool, Environment<'_>, bool, bool); 11] = [
            (true, &[], true, true),
            (false, &[], false, true),
            (true, &[("NO_COLOR", "1")], false, true),
            (true, &[("NO_COLOR", "")], true, true),
            (true, &[("TERM", "dumb"), ("LANG", "en_GB.UTF-8")], false, false),
            (false, &[("TERM", "dumb")], false, true),
            (true, &[("LANG", "C")], true, false),
            (true, &[("LANG", "C.utf8")], true, true),
            (true, &[("LANG", "C"), ("LC_ALL", "de_DE.UTF-8")], true, true),
            (false, &[("LANG", "en_GB.UTF-8"), ("LC_CTYPE", "POSIX")], false, false),
            (true, &[("LC_ALL", ""), ("LANG", "fr_FR.ISO-8859-1")], true, false),
        ];
        for (is_terminal, environment, colour, unicode) in table {
            let variable = |name: &str| {
                let found = environment.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let style = style_of(is_terminal, &variable);
            assert_eq!(style, TerminalStyle { colour, unicode }, "{is_terminal} {environment:?}");
        }
    }
}
