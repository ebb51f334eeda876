//! Structures on the command line: JSON, or the AWS CLI's shorthand.
//!
//! `OnFailure={Destination=arn}`, `Filters=[{Pattern=...},{Pattern=...}]`. Reference: AWS CLI user
//! guide, "Using shorthand syntax". Left out: `file://`, which names another file.

use super::super::json;
use super::super::source::SourceFile;
use super::super::tree::{Entry, Node, Place, Value, at};

/// Deeper structures are not read.
const DEPTH_MAX: usize = 20;

/// The structure that a word says, or why it does not say one.
pub fn structure(word: &str, place: Place) -> Result<Node, String> {
    let trimmed = word.trim();
    if let Some(path) = trimmed.strip_prefix("file://") {
        return Err(format!("it is in `{path}`"));
    }
    if trimmed.starts_with('{') || trimmed.starts_with('[') {
        let source = SourceFile { name: String::new(), text: trimmed.to_owned() };
        let node = json::parse(&source, place.file).map_err(|error| error.message)?;
        return Ok(at(node, place));
    }
    let mut reader = Shorthand { characters: trimmed.chars().collect(), at: 0, place };
    let node = reader.pairs(0)?;
    match reader.peek() {
        None => Ok(node),
        Some(other) => Err(format!("`{other}` is not expected in `{trimmed}`")),
    }
}

struct Shorthand {
    characters: Vec<char>,
    at: usize,
    place: Place,
}

impl Shorthand {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    /// `key=value,key=value`.
    fn pairs(&mut self, depth: usize) -> Result<Node, String> {
        let mut entries = Vec::new();
        loop {
            let key = self.until("=,]}")?;
            if self.peek() != Some('=') {
                return Err(format!("`{key}` has no value; write `{key}=...`"));
            }
            self.at += 1;
            let node = self.value(depth + 1)?;
            entries.push(Entry { key: key.trim().to_owned(), node });
            if self.peek() != Some(',') {
                return Ok(Node::new(Value::Map(entries), self.place));
            }
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, String> {
        if depth > DEPTH_MAX {
            return Err("it is nested too deep".to_owned());
        }
        match self.peek() {
            Some('{') => {
                self.at += 1;
                let node = self.pairs(depth)?;
                self.close('}')?;
                Ok(node)
            }
            Some('[') => {
                self.at += 1;
                let mut elements = Vec::new();
                while self.peek() != Some(']') {
                    elements.push(self.value(depth + 1)?);
                    if self.peek() != Some(',') {
                        break;
                    }
                    self.at += 1;
                }
                self.close(']')?;
                Ok(Node::new(Value::List(elements), self.place))
            }
            Some(quote @ ('\'' | '"')) => {
                self.at += 1;
                let text = self.until(&quote.to_string())?;
                self.close(quote)?;
                Ok(Node::text(text, self.place))
            }
            Some(_) | None => Ok(Node::text(self.until(",]}")?, self.place)),
        }
    }

    fn until(&mut self, ends: &str) -> Result<String, String> {
        let mut text = String::new();
        while let Some(character) = self.peek().filter(|c| !ends.contains(*c)) {
            self.at += 1;
            if character == '\\' {
                text.extend(self.peek());
                self.at += 1;
            } else {
                text.push(character);
            }
        }
        Ok(text)
    }

    fn close(&mut self, wanted: char) -> Result<(), String> {
        if self.peek() != Some(wanted) {
            return Err(format!("`{wanted}` is missing"));
        }
        self.at += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::values::plain_json;

    #[test]
    fn shorthand_and_json_say_the_same() {
        let place = Place { file: 0, line: 1 };
        let cases = [
            (
                "OnFailure={Destination=arn:aws:sqs:x}",
                r#"{"OnFailure":{"Destination":"arn:aws:sqs:x"}}"#,
            ),
            ("{\"OnFailure\": {}}", r#"{"OnFailure":{}}"#),
            (
                "Filters=[{Pattern='{\"a\":[1]}'},{Pattern=x}]",
                r#"{"Filters":[{"Pattern":"{\"a\":[1]}"},{"Pattern":"x"}]}"#,
            ),
        ];
        for (word, expected) in cases {
            let node = structure(word, place).expect(word);
            assert_eq!(plain_json(&node).to_string(), expected, "{word}");
        }
        for wrong in ["OnFailure", "file://x.json", "{", "A={B=1", "A=1}", "A=[}]", "A=[{B=1}}]"] {
            assert!(structure(wrong, place).is_err(), "{wrong}");
        }
        let deep = format!("A={}", "[".repeat(100_000));
        assert_eq!(structure(&deep, place), Err("it is nested too deep".to_owned()));
    }
}
