//! `--parameter NAME=VALUE`: values that the file leaves open, given by the user.
//!
//! The name is the one that the message about the unknown value shows: a parameter of a
//! template, a Terraform variable, a variable of serverless.yml such as `opt:stage`, a shell
//! variable. A name that nothing asks for is an error, so that a slip is not lost.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::problem::Problem;
use super::tree::{Node, Place, Unknown, Value};
use super::yaml::plain_scalar;
use crate::scenario::suggest;

/// The values given, and which names were asked for.
#[derive(Debug, Default)]
pub struct Supplied {
    values: BTreeMap<String, String>,
    asked: RefCell<BTreeSet<String>>,
    place: Option<Place>,
}

impl Supplied {
    /// Splits `NAME=VALUE` texts; values count as written at `place`.
    ///
    /// # Errors
    /// When one has no `=` or no name.
    pub fn parse(texts: &[String], place: Place) -> Result<Supplied, Vec<Problem>> {
        let mut values = BTreeMap::new();
        let mut wrong = Vec::new();
        for text in texts {
            match text.split_once('=') {
                Some((name, value)) if !name.trim().is_empty() => {
                    values.insert(name.trim().to_owned(), value.to_owned());
                }
                Some(_) | None => {
                    let message =
                        format!("`{text}` gives no value; write `--parameter NAME=VALUE`");
                    wrong.push(Problem::of_file("--parameter", message));
                }
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Supplied { values, asked: RefCell::default(), place: Some(place) })
    }

    /// The value given for a name, as a text.
    pub fn text(&self, name: &str) -> Option<Node> {
        self.asked.borrow_mut().insert(name.to_owned());
        let value = self.values.get(name)?;
        Some(Node::text(value.clone(), self.place?))
    }

    /// The value given for a name, as the number or boolean that it looks like.
    pub fn typed(&self, name: &str) -> Option<Node> {
        let node = self.text(name)?;
        let value = plain_scalar(node.as_text().unwrap_or_default());
        Some(Node { value, ..node })
    }

    /// The value given for a name, or a node that says what is missing.
    pub fn text_or_unknown(&self, name: &str, why: String, place: Place) -> Node {
        self.text(name).unwrap_or_else(|| Supplied::unknown(name, why, place))
    }

    /// A node that says what is missing and that `--parameter` supplies it.
    pub fn unknown(name: &str, why: String, place: Place) -> Node {
        let supply = Some(format!("--parameter {}=VALUE", quoted(name)));
        Node::new(Value::Unknown(Unknown::new(name, why, supply)), place)
    }

    /// Names that were given and that nothing asked for.
    pub fn unused(&self) -> Vec<Problem> {
        let asked = self.asked.borrow();
        let known: Vec<&str> = asked.iter().map(String::as_str).collect();
        let unused = self.values.keys().filter(|name| !asked.contains(*name));
        unused
            .map(|name| {
                let message =
                    format!("nothing asks for `{name}`; {}", suggest::advice(name, &known));
                Problem::of_file("--parameter", message)
            })
            .collect()
    }
}

fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_:.-/".contains(c));
    if is_plain { name.to_owned() } else { format!("'{name}'") }
}
