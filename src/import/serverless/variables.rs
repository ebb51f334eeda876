//! `${...}` of serverless.yml.
//!
//! | address | value |
//! |---|---|
//! | `self:path` | the value at that path of the file |
//! | `opt:name`, `env:NAME`, `param:name`, any other | `--parameter 'opt:name=VALUE'` |
//! | `sls:stage` | `opt:stage`, else `provider.stage`, else `dev` |
//! | `a, b` | `a` if it is given, else `b` |
//!
//! `file(path):key` reads a YAML or JSON file beside this one. `${AWS::Region}` and names without
//! a colon are left to CloudFormation.
//! Reference: Serverless Framework, "Variables". Left out: files of code, `ssm:`, `cf:`, `s3:` and
//! the like, which are looked up when the service is deployed and can be supplied by hand.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::super::json;
use super::super::problem::Problem;
use super::super::source::SourceFile;
use super::super::supplied::Supplied;
use super::super::tree::{Entry, Node, Place, Unknown, Value, at, joined};
use super::super::yaml::{self, plain_scalar};

const STEPS_MAX: u32 = 200_000;
const DEPTH_MAX: u32 = 60;

/// The variables of one file.
pub struct Variables<'v> {
    root: &'v Node,
    supplied: &'v Supplied,
    folder: PathBuf,
    steps: Cell<u32>,
    depth: Cell<u32>,
}

impl<'v> Variables<'v> {
    /// Of a whole file, whose other files are in `folder`.
    pub fn new(root: &'v Node, supplied: &'v Supplied, folder: &Path) -> Variables<'v> {
        let folder = folder.to_owned();
        Variables { root, supplied, folder, steps: Cell::new(0), depth: Cell::new(0) }
    }

    /// The value with all variables in it resolved.
    pub fn resolved(&self, node: &Node) -> Node {
        let place = node.place;
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > STEPS_MAX || self.depth.get() > DEPTH_MAX {
            return unknown("value", "a variable refers to itself".to_owned(), place);
        }
        let value = match &node.value {
            Value::List(elements) => {
                Value::List(elements.iter().map(|element| self.resolved(element)).collect())
            }
            Value::Map(entries) => {
                let resolved = entries.iter().map(|entry| Entry {
                    key: entry.key.clone(),
                    node: self.resolved(&entry.node),
                });
                Value::Map(resolved.collect())
            }
            Value::Text(_)
            | Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Reference(_)
            | Value::Unknown(_) => return self.resolved_shallow(node),
        };
        Node::new(value, place)
    }

    /// As [`Variables::resolved`], but of a text alone.
    pub fn resolved_shallow(&self, node: &Node) -> Node {
        let Some(text) = node.as_text().filter(|text| text.contains("${")) else {
            return node.clone();
        };
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = closing_brace(&rest[start + 2..]) else { break };
            let address = &rest[start + 2..start + 2 + length];
            if start > 0 {
                pieces.push(Node::text(&rest[..start], node.place));
            }
            rest = &rest[start + 3 + length..];
            pieces.push(self.choice(address, node.place));
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(Node::text(rest, node.place));
        }
        match pieces.as_slice() {
            // A variable alone keeps its type.
            [only] => only.clone(),
            _ => joined(&pieces, "", node.place),
        }
    }

    /// `a, b, c`: the first that has a value.
    fn choice(&self, text: &str, place: Place) -> Node {
        let alternatives = split_outside_braces(text);
        let last = alternatives.len().saturating_sub(1);
        let mut first_unknown: Option<Node> = None;
        for (index, alternative) in alternatives.iter().enumerate() {
            let alternative = alternative.trim();
            let node = match literal(alternative) {
                Some(value) => Node::new(value, place),
                None if alternative.starts_with("${") => {
                    self.deeper(&Node::text(alternative, place))
                }
                None => self.address(alternative, place),
            };
            let is_open = node.value == Value::Null || node.as_unknown().is_some();
            if !is_open {
                return node;
            }
            // Whether a lookup finds something is not known here, so what follows it is not
            // known to be in force; options and the file itself are known to be absent.
            let may_be_absent = ["self:", "opt:", "sls:", "param:"];
            let plain = alternative.trim_start_matches("${");
            let is_absent = may_be_absent.iter().any(|prefix| plain.starts_with(prefix));
            if !is_absent || index == last {
                return first_unknown.unwrap_or(node);
            }
            first_unknown.get_or_insert(node);
        }
        first_unknown.unwrap_or_else(|| unknown(text, "it is empty".to_owned(), place))
    }

    fn address(&self, address: &str, place: Place) -> Node {
        // Variables may stand in the address of a variable.
        let address = match address.contains("${") {
            true => {
                self.depth.set(self.depth.get() + 1);
                let resolved = self.resolved(&Node::text(address, place));
                self.depth.set(self.depth.get() - 1);
                match resolved.scalar_text() {
                    Some(text) => text,
                    None => return resolved,
                }
            }
            false => address.to_owned(),
        };
        if let Some(given) = self.supplied.typed(&address) {
            return given;
        }
        if let Some(path) = address.strip_prefix("self:") {
            return self.path(self.root, path, &address, place);
        }
        if let Some(rest) = address.strip_prefix("file(") {
            return self.file(rest, &address, place);
        }
        if address == "sls:stage" || address == "stage" {
            let stage = self.supplied.text("opt:stage");
            let of_provider = || self.root.at(&["provider", "stage"]).map(|n| self.deeper(n));
            return stage.or_else(of_provider).unwrap_or_else(|| Node::text("dev", place));
        }
        if !address.contains(':') || address.starts_with("AWS::") {
            // Not a variable of the framework: `Fn::Sub` of CloudFormation.
            return Node::text(format!("${{{address}}}"), place);
        }
        let why = match address.split(':').next() {
            Some("opt") => format!("option `{address}` was not given"),
            Some("env") => format!("`{address}` is a variable of the environment"),
            Some(_) | None => format!("`{address}` is looked up when the service is deployed"),
        };
        Supplied::unknown(&address, why, place)
    }

    /// `path):key.key`, the rest of a `file(` address.
    fn file(&self, rest: &str, address: &str, place: Place) -> Node {
        let (name, path) = rest.split_once(')').unwrap_or((rest, ""));
        let found =
            SourceFile::read(&self.folder.join(name.trim())).and_then(|source| {
                match source.extension().as_str() {
                    "yml" | "yaml" => yaml::parse(&source, place.file),
                    "json" => json::parse(&source, place.file),
                    _ => Err(Problem::of_file(name, "is neither YAML nor JSON".to_owned())),
                }
            });
        match found {
            // Lines of another file would mislead: everything counts as written here.
            Ok(root) => self.path(&at(root, place), path.trim_start_matches(':'), address, place),
            Err(problem) => Supplied::unknown(address, problem.to_string(), place),
        }
    }

    fn path(&self, root: &Node, path: &str, address: &str, place: Place) -> Node {
        let mut node = root.clone();
        for part in path.split('.').filter(|part| !part.is_empty()) {
            let next = match part.parse::<usize>() {
                Ok(index) => node.elements().get(index).or(node.get(part)).cloned(),
                Err(_) => node.get(part).cloned(),
            };
            node = match next {
                // A variable on the way is resolved before the next step.
                Some(found) if found.as_text().is_some() => self.deeper(&found),
                Some(found) => found,
                None => {
                    let why = format!("the file has no `{path}`");
                    return Supplied::unknown(address, why, place);
                }
            };
        }
        self.deeper(&node)
    }

    fn deeper(&self, node: &Node) -> Node {
        self.depth.set(self.depth.get() + 1);
        let resolved = self.resolved(node);
        self.depth.set(self.depth.get() - 1);
        resolved
    }
}

fn unknown(name: &str, why: String, place: Place) -> Node {
    Node::new(Value::Unknown(Unknown::new(name, why, None)), place)
}

/// A literal among alternatives: quoted, a number or a boolean.
fn literal(text: &str) -> Option<Value> {
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(inner) = quoted('\'').or_else(|| quoted('"')) {
        return Some(Value::Text(inner.to_owned()));
    }
    let value = plain_scalar(text);
    match value {
        Value::Number(_) | Value::Boolean(_) | Value::Null => Some(value),
        Value::Text(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Reference(_)
        | Value::Unknown(_) => None,
    }
}

/// Offset of the brace that closes the one before `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn split_outside_braces(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut quote) = (Vec::new(), 0, 0, None);
    for (at, character) in text.char_indices() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            ('{' | '(', None) => depth += 1,
            ('}' | ')', None) => depth -= 1,
            (',', None) if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::SourceFile;
    use crate::import::values::plain_json;
    use crate::import::yaml;

    const FILE: &str = "
provider: {stage: prod}
custom:
  sizes: {prod: 500, dev: 5}
  a: ${self:custom.b}
  b: ${self:custom.a}
";

    fn value_of(text: &str, parameters: &[&str]) -> String {
        let text = format!("{FILE}value: {text}\n");
        let source = SourceFile { name: "serverless.yml".into(), text };
        let root = yaml::parse(&source, 0).expect("it is YAML");
        let texts: Vec<String> = parameters.iter().map(|text| (*text).to_owned()).collect();
        let supplied = Supplied::parse(&texts, Place { file: 1, line: 1 }).expect("valid");
        let value = root.get("value").expect("it was put there");
        let node = Variables::new(&root, &supplied, Path::new("")).resolved(value);
        match node.as_unknown() {
            Some(unknown) => format!("? {}", unknown.why()),
            None => plain_json(&node).to_string(),
        }
    }

    #[test]
    fn variables_are_resolved_where_the_file_tells() {
        let cases = [
            ("${self:custom.sizes.prod}", "500"),
            ("${self:custom.sizes.${sls:stage}}", "500"),
            ("${opt:size, 7}", "7"),
            ("${opt:size, self:custom.sizes.dev}", "5"),
            ("${opt:size, ${self:custom.sizes.dev}}", "5"),
            ("${self:custom.none, 'x'}", "\"x\""),
            ("'a-${sls:stage}-b'", "\"a-prod-b\""),
            ("'${AWS::Region}'", "\"${AWS::Region}\""),
            ("${opt:size}", "? option `opt:size` was not given"),
            ("${ssm:/x, 3}", "? `ssm:/x` is looked up when the service is deployed"),
        ];
        for (text, expected) in cases {
            assert_eq!(value_of(text, &[]), expected, "{text}");
        }
        assert_eq!(value_of("${opt:size}", &["opt:size=9"]), "9");
        assert_eq!(value_of("${ssm:/x}", &["ssm:/x=9"]), "9");
        assert!(value_of("${self:custom.a}", &[]).contains("itself"));
    }
}
