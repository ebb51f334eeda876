//! Words of a shell script, as far as commands of the AWS CLI need them.
//!
//! Quotes, escapes, comments, continuation lines (`\` at the end, and the backtick of PowerShell),
//! assignments `NAME=value`, and `$NAME` or `${NAME}`. What a script computes (`$(...)`, options of
//! the script itself) is unknown. Reference: POSIX.1-2017, XCU 2.2 "Quoting" and 2.6.2.
//! Left out: control flow (every command counts as run), here-documents, globs.

use std::collections::BTreeMap;

use super::super::supplied::Supplied;
use super::super::tree::{Node, Place, joined};

/// Words of a script at most.
const WORDS_MAX: usize = 200_000;

/// The commands of a script; each is a list of words.
pub fn commands(text: &str, file: usize, supplied: &Supplied) -> Vec<Vec<Node>> {
    let mut reader = Reader {
        characters: text.chars().collect(),
        at: 0,
        line: 1,
        file,
        supplied,
        variables: BTreeMap::new(),
    };
    let mut commands = Vec::new();
    let mut words = 0;
    while reader.at < reader.characters.len() && words < WORDS_MAX {
        let command = reader.command();
        words += command.len() + 1;
        let command = reader.assigned(command);
        if !command.is_empty() {
            commands.push(command);
        }
    }
    commands
}

struct Reader<'s> {
    characters: Vec<char>,
    at: usize,
    line: u32,
    file: usize,
    supplied: &'s Supplied,
    variables: BTreeMap<String, Node>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.at += 1;
        self.line += u32::from(next == '\n');
        Some(next)
    }

    fn place(&self) -> Place {
        Place { file: self.file, line: self.line }
    }

    /// A line's end that is taken back by the character before it.
    fn is_continuation(&self) -> bool {
        let is_mark = matches!(self.peek(0), Some('\\' | '`'));
        is_mark
            && matches!((self.peek(1), self.peek(2)), (Some('\n'), _) | (Some('\r'), Some('\n')))
    }

    /// Words up to the end of the command.
    fn command(&mut self) -> Vec<Node> {
        let mut words = Vec::new();
        while let Some(character) = self.peek(0) {
            match character {
                _ if self.is_continuation() => while self.next() != Some('\n') {},
                '\n' | ';' | '&' | '|' => {
                    self.next();
                    return words;
                }
                '#' => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.next();
                    }
                }
                ' ' | '\t' | '\r' => {
                    self.next();
                }
                _ => words.push(self.word()),
            }
        }
        words
    }

    fn word(&mut self) -> Node {
        let place = self.place();
        let mut pieces: Vec<Node> = Vec::new();
        let mut plain = String::new();
        while let Some(character) = self.peek(0) {
            match character {
                _ if self.is_continuation() => break,
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' => break,
                '\'' => {
                    self.next();
                    while let Some(inner) = self.next().filter(|c| *c != '\'') {
                        plain.push(inner);
                    }
                }
                '"' => {
                    self.next();
                    self.quoted(&mut plain, &mut pieces, place);
                }
                '\\' => {
                    self.next();
                    plain.extend(self.next());
                }
                '$' => self.expansion(&mut plain, &mut pieces, place),
                '`' => {
                    self.next();
                    while self.next().is_some_and(|c| c != '`') {}
                    self.push_unknown("`...`", &mut plain, &mut pieces, place);
                }
                other => {
                    self.next();
                    plain.push(other);
                }
            }
        }
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Node::text(plain, place));
        }
        match pieces.as_slice() {
            [only] => only.clone(),
            _ => joined(&pieces, "", place),
        }
    }

    /// The rest of a text in double quotes.
    fn quoted(&mut self, plain: &mut String, pieces: &mut Vec<Node>, place: Place) {
        while let Some(character) = self.peek(0) {
            match character {
                '"' => {
                    self.next();
                    return;
                }
                '\\' => {
                    self.next();
                    match self.next() {
                        Some(escaped @ ('"' | '\\' | '$' | '`')) => plain.push(escaped),
                        Some('\n') | None => {}
                        Some(other) => plain.extend(['\\', other]),
                    }
                }
                '$' => self.expansion(plain, pieces, place),
                other => {
                    self.next();
                    plain.push(other);
                }
            }
        }
    }

    /// `$NAME`, `${NAME}`, `${NAME:-default}` or `$(command)`.
    fn expansion(&mut self, plain: &mut String, pieces: &mut Vec<Node>, place: Place) {
        self.next();
        match self.peek(0) {
            Some('(') => {
                let mut depth = 0;
                while let Some(character) = self.next() {
                    depth += i32::from(character == '(') - i32::from(character == ')');
                    if depth == 0 {
                        break;
                    }
                }
                self.push_unknown("$(...)", plain, pieces, place);
            }
            Some('{') => {
                self.next();
                let mut inner = String::new();
                while let Some(character) = self.next().filter(|c| *c != '}') {
                    inner.push(character);
                }
                let (name, default) = match inner.split_once(":-").or(inner.split_once('-')) {
                    Some((name, default)) => (name.to_owned(), Some(default.to_owned())),
                    None => (inner, None),
                };
                let node = self.variable(&name, default, place);
                push(node, plain, pieces, place);
            }
            Some(first) if first.is_ascii_alphanumeric() || first == '_' => {
                let mut name = String::new();
                while let Some(c) = self.peek(0).filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                {
                    name.push(c);
                    self.next();
                }
                let node = self.variable(&name, None, place);
                push(node, plain, pieces, place);
            }
            Some(_) | None => plain.push('$'),
        }
    }

    fn variable(&self, name: &str, default: Option<String>, place: Place) -> Node {
        if let Some(given) = self.supplied.text(name) {
            return given;
        }
        if let Some(known) = self.variables.get(name) {
            return known.clone();
        }
        match default {
            Some(default) => Node::text(default, place),
            None => {
                let why = format!("the script does not set `{name}`");
                Supplied::unknown(name, why, place)
            }
        }
    }

    fn push_unknown(&self, shown: &str, plain: &mut String, pieces: &mut Vec<Node>, place: Place) {
        let unknown = super::super::tree::Unknown::new(
            shown,
            "the script computes it with another command",
            None,
        );
        push(Node::new(super::super::tree::Value::Unknown(unknown), place), plain, pieces, place);
    }

    /// Takes assignments off the front of a command and remembers them.
    fn assigned(&mut self, mut words: Vec<Node>) -> Vec<Node> {
        let is_keyword = |word: &Node| {
            ["export", "readonly", "local", "declare", "sudo", "time", "then", "do", "else", "set"]
                .contains(&word.as_text().unwrap_or_default())
        };
        while let Some(first) = words.first() {
            let text = match (first.as_text(), first.as_unknown()) {
                (Some(text), _) => text.to_owned(),
                (None, Some(unknown)) => unknown.sketch.clone(),
                (None, None) => return words,
            };
            let Some((name, value)) = text.split_once('=').filter(|(name, _)| is_name(name)) else {
                if !is_keyword(first) {
                    return words;
                }
                words.remove(0);
                continue;
            };
            let value = match first.as_unknown() {
                Some(unknown) => {
                    let mut unknown = unknown.clone();
                    unknown.sketch = value.to_owned();
                    Node::new(super::super::tree::Value::Unknown(unknown), first.place)
                }
                None => Node::text(value, first.place),
            };
            self.variables.insert(name.to_owned(), value);
            words.remove(0);
        }
        words
    }
}

fn push(node: Node, plain: &mut String, pieces: &mut Vec<Node>, place: Place) {
    match node.as_text() {
        Some(text) => plain.push_str(text),
        None => {
            if !plain.is_empty() {
                pieces.push(Node::text(std::mem::take(plain), place));
            }
            pieces.push(node);
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.starts_with(is_start) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        let show = |node: &Node| match node.as_unknown() {
            Some(unknown) => format!("?{}", unknown.sketch),
            None => node.scalar_text().unwrap_or_default(),
        };
        let supplied = Supplied::default();
        commands(text, 0, &supplied).iter().map(|c| c.iter().map(show).collect()).collect()
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let cases = [
            ("a b  c", vec![vec!["a", "b", "c"]]),
            ("a \\\n  b # no\nc", vec![vec!["a", "b"], vec!["c"]]),
            ("a 'x $Y \"' \"p 'q' \\\"\"", vec![vec!["a", "x $Y \"", "p 'q' \""]]),
            ("N=5; export M=\"$N 6\"\na --n=$N ${M}", vec![vec!["a", "--n=5", "5 6"]]),
            ("a $X $(b c) ${Y:-7}", vec![vec!["a", "?${X}", "?${$(...)}", "7"]]),
            ("a && b | c", vec![vec!["a"], vec!["b"], vec!["c"]]),
            ("a `\n b", vec![vec!["a", "b"]]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
