//! Small helpers for text: wrapping, shortening, plain ASCII, names for files.
//!
//! Widths count characters. Left out: characters that are two columns wide.

/// Breaks text into lines of at most `width` characters, between words where possible.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        let used = line.chars().count();
        if used > 0 && used + 1 + rest.len() > width {
            lines.push(std::mem::take(&mut line));
        } else if used > 0 {
            line.push(' ');
        }
        while rest.len() > width {
            lines.push(rest.drain(..width).collect());
        }
        line.extend(rest);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// At most `width` characters; what is cut off is replaced by an ellipsis.
pub fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Replaces the few signs that reports use beyond ASCII; any other becomes a question mark, since
/// a terminal without it would show several wrong characters.
pub fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '±' => plain.push_str("+-"),
            '–' | '—' => plain.push('-'),
            'µ' => plain.push('u'),
            '…' => plain.push('~'),
            '×' => plain.push('x'),
            '“' | '”' => plain.push('"'),
            '·' => plain.push('*'),
            sign if sign.is_ascii() => plain.push(sign),
            _ => plain.push('?'),
        }
    }
    plain
}

/// A text as part of a name: lower-case letters, digits and single hyphens; never empty.
pub fn slug(text: &str) -> String {
    let mut name = String::new();
    for sign in text.chars() {
        if sign.is_ascii_alphanumeric() {
            name.push(sign.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "function".to_owned() } else { name.chars().take(64).collect() }
}

/// A text without control characters, which break terminals and XML.
pub fn printable(text: &str) -> String {
    let space_out = |sign: char| if sign.is_control() { ' ' } else { sign };
    text.chars().map(space_out).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words_and_long_words_are_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a abcdefgh b", 4), ["a", "abcd", "efgh", "b"]);
        assert!(wrap("  ", 4).is_empty());
    }

    #[test]
    fn names_for_files_have_only_letters_digits_and_hyphens() {
        assert_eq!(slug("2 retries, bisect"), "2-retries-bisect");
        assert_eq!(slug("../<b>"), "b");
        assert_eq!(slug("äö"), "function");
    }
}
