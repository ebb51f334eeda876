//! YAML text to a tree with lines; CloudFormation's short forms become its long ones.
//!
//! `granit-parser` gives events with places and tags. `!Ref x` becomes `{Ref: x}`, `!Condition x`
//! `{Condition: x}`, every other `!Name x` `{Fn::Name: x}`, so that later stages know one form.
//! Plain scalars are read as CloudFormation and the Serverless Framework do, with the booleans of
//! YAML 1.1 (`yes`, `on`); a number with a leading zero stays a text, because it may be an
//! account or an octal number. `<<` merges. Aliases are copied, within a limit on all nodes, so a
//! small file cannot become a huge tree. Left out: documents after the first.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::json::{DEPTH_MAX, each_once};
use super::problem::Problem;
use super::source::SourceFile;
use super::tree::{Entry, Node, Place, Value};

/// Nodes of a file at most, copies of aliases included.
const NODES_MAX: usize = 500_000;

/// Reads the first document of a YAML file.
pub fn parse(source: &SourceFile, file: usize) -> Result<Node, Problem> {
    let mut builder = Builder {
        name: &source.name,
        file,
        open: Vec::new(),
        anchors: BTreeMap::new(),
        nodes: 0,
        root: None,
    };
    for event in Parser::new_from_str(&source.text) {
        let (event, span) = event.map_err(|error| {
            let line = u32::try_from(error.marker().line()).unwrap_or(u32::MAX);
            let message = match error.info() {
                deep if deep.contains("recursion limit") => "nested too deep".to_owned(),
                other => format!("not YAML: {other}"),
            };
            Problem::at(&source.name, line.max(1), message)
        })?;
        builder.take(event, span)?;
        if builder.root.is_some() {
            break;
        }
    }
    let empty = || Problem::of_file(&source.name, "the file is empty".to_owned());
    builder.root.ok_or_else(empty)
}

/// A list or table that is not closed yet.
struct Open {
    place: Place,
    tag: Option<String>,
    anchor: usize,
    is_map: bool,
    nodes: Vec<Node>,
}

struct Builder<'s> {
    name: &'s str,
    file: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX).max(1);
        let place = Place { file: self.file, line };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref());
                let node = tagged(Node { value, place }, short_form(tag.as_deref()));
                self.finished(node, anchor, 1)
            }
            Event::SequenceStart(_, anchor, tag) => self.open(place, tag.as_deref(), anchor, false),
            Event::MappingStart(_, anchor, tag) => self.open(place, tag.as_deref(), anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    let message = "an alias refers to the value that it stands in".to_owned();
                    return Err(Problem::at(self.name, line, message));
                };
                self.finished(node, 0, size)
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_) => Ok(()),
            #[allow(unreachable_patterns, clippy::wildcard_enum_match_arm)]
            // Comments exist only with a feature that is off.
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        place: Place,
        tag: Option<&Tag>,
        anchor: usize,
        is_map: bool,
    ) -> Result<(), Problem> {
        if self.open.len() >= DEPTH_MAX {
            let message = format!("nested more than {DEPTH_MAX} levels deep");
            return Err(Problem::at(self.name, place.line, message));
        }
        let tag = short_form(tag);
        self.open.push(Open { place, tag, anchor, is_map, nodes: Vec::new() });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let open = self.open.pop().expect("the parser closes what it opened");
        let value = match open.is_map {
            true => Value::Map(entries(self.name, open.nodes)?),
            false => Value::List(open.nodes),
        };
        let node = tagged(Node { value, place: open.place }, open.tag);
        self.finished(node, open.anchor, 1)
    }

    /// An error where the tree and what is remembered of it have grown too large.
    fn check_limit(&self, node: &Node) -> Result<(), Problem> {
        if self.nodes <= NODES_MAX {
            return Ok(());
        }
        let message = format!("more than {NODES_MAX} values, copies of aliases included");
        Err(Problem::at(self.name, node.place.line, message))
    }

    /// Puts a value into what is open; `added` counts the nodes that it adds to the tree.
    fn finished(&mut self, node: Node, anchor: usize, added: usize) -> Result<(), Problem> {
        self.nodes += added;
        self.check_limit(&node)?;
        if anchor > 0 {
            // What is remembered is a copy too, so that lists in lists cannot multiply.
            let size = count(&node);
            self.nodes += size;
            self.check_limit(&node)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            Some(open) => open.nodes.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// Keys and values in turn as entries, with `<<` merged behind the keys of the table itself.
fn entries(file: &str, nodes: Vec<Node>) -> Result<Vec<Entry>, Problem> {
    let mut own = Vec::with_capacity(nodes.len() / 2);
    let mut merged: Vec<Entry> = Vec::new();
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(node)) = (nodes.next(), nodes.next()) {
        let key = match &key.value {
            Value::Null => "null".to_owned(),
            Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Reference(_)
            | Value::Unknown(_) => key.scalar_text().unwrap_or_else(|| "?".to_owned()),
        };
        match (key.as_str(), &node.value) {
            ("<<", Value::Map(entries)) => merged.extend(entries.iter().cloned()),
            ("<<", Value::List(maps)) => {
                merged.extend(maps.iter().flat_map(Node::entries).cloned());
            }
            _ => own.push(Entry { key, node }),
        }
    }
    let mut own = each_once(file, own)?;
    for entry in merged {
        if own.iter().all(|known| known.key != entry.key) {
            own.push(entry);
        }
    }
    Ok(own)
}

fn count(node: &Node) -> usize {
    let below = node.elements().iter().map(count).sum::<usize>()
        + node.entries().iter().map(|entry| count(&entry.node)).sum::<usize>();
    below + 1
}

/// The long form of a tag: `Ref`, `Condition` or `Fn::Name`; `None` for the tags of YAML itself.
fn short_form(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.core_suffix().is_none())?;
    let suffix = tag.suffix();
    Some(match suffix {
        "" => return None,
        "Ref" | "Condition" => suffix.to_owned(),
        _ => format!("Fn::{suffix}"),
    })
}

fn tagged(node: Node, tag: Option<String>) -> Node {
    let place = node.place;
    match tag {
        Some(key) => Node { value: Value::Map(vec![Entry { key, node }]), place },
        None => node,
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.and_then(Tag::core_suffix) == Some("str");
    let is_function = short_form(tag).is_some();
    if style != ScalarStyle::Plain || is_text || is_function {
        return Value::Text(text.to_owned());
    }
    plain_scalar(text)
}

/// What an unquoted word means.
pub fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            return Value::Boolean(true);
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Value::Boolean(false);
        }
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let has_leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let begins_as_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    match text.parse::<f64>() {
        Ok(number) if begins_as_number && !has_leading_zero && number.is_finite() => {
            Value::Number(number)
        }
        Ok(_) | Err(_) => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, Problem> {
        parse(&SourceFile { name: "f.yaml".into(), text: text.into() }, 0)
    }

    #[test]
    fn short_forms_become_long_ones_and_keep_their_line() {
        let node = read("a: !Ref X\nb: !If\n  - C\n  - 1\n  - !Sub '${A}'\n").expect("valid");
        assert_eq!(node.at(&["a", "Ref"]).and_then(Node::as_text), Some("X"));
        let list = node.at(&["b", "Fn::If"]).expect("it is there");
        assert_eq!(list.elements()[1].value, Value::Number(1.0));
        let sub = &list.elements()[2];
        assert_eq!((sub.place.line, sub.get("Fn::Sub").is_some()), (5, true));
    }

    #[test]
    fn plain_words_have_the_types_of_yaml_1_1_but_leading_zeros_stay_text() {
        let cases = [
            ("yes", Value::Boolean(true)),
            ("Off", Value::Boolean(false)),
            ("100", Value::Number(100.0)),
            ("-1", Value::Number(-1.0)),
            ("012345678901", Value::Text("012345678901".into())),
            ("1h", Value::Text("1h".into())),
            ("inf", Value::Text("inf".into())),
            ("~", Value::Null),
        ];
        for (text, expected) in cases {
            assert_eq!(plain_scalar(text), expected, "{text}");
        }
    }

    #[test]
    fn an_alias_bomb_and_deep_nesting_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = level - 1;
            let items = vec![format!("*a{below}"); 9].join(", ");
            bomb += &format!("a{level}: &a{level} [{items}]\n");
        }
        let error = read(&bomb).expect_err("it is a bomb").to_string();
        assert!(error.contains("copies of aliases"), "{error}");
        for levels in [150, 50_000] {
            let deep = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
            let error = read(&deep).expect_err("it is too deep").to_string();
            assert!(error.contains("deep") || error.contains("nest"), "{error}");
        }
    }

    #[test]
    fn merged_keys_stand_behind_the_tables_own() {
        let text = "base: &b {x: 1, y: 2}\nmine: {<<: *b, y: 3}\n";
        let node = read(text).expect("valid");
        assert_eq!(node.at(&["mine", "x"]).map(|x| &x.value), Some(&Value::Number(1.0)));
        assert_eq!(node.at(&["mine", "y"]).map(|y| &y.value), Some(&Value::Number(3.0)));
    }
}
