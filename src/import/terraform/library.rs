//! Terraform's functions, as far as they occur in settings of mappings.
//!
//! Reference: Terraform language documentation, "Built-in functions". Any other function gives an
//! unknown value that names it.

use hcl_edit::expr::FuncCall;

use super::super::tree::{Entry, Node, Place, Value, joined};
use super::super::values::plain_json;
use super::expression::Scope;
use super::module::{Module, Written, unknown};
use super::operators::{element, not_plain, truth};

impl Module<'_> {
    /// The value of a function call.
    pub fn call(&self, file: usize, call: &FuncCall, scope: &Scope, place: Place) -> Node {
        let name = call.name.name.as_str();
        let evaluate = |expression| self.evaluate(Written { file, expression }, scope);
        let arguments: Vec<Node> = call.args.iter().map(evaluate).collect();
        if name == "try" || name == "coalesce" {
            return first_usable(name, arguments, place);
        }
        if name == "jsonencode" {
            return json_encoded(arguments, place);
        }
        let is_open = |node: &&Node| node.as_unknown().is_some() || node.as_reference().is_some();
        // A reference in a list may stay one; a function of an unknown value is unknown.
        let passes_on = ["tolist", "toset", "tomap", "merge", "concat", "flatten", "one"];
        if let Some(open) = arguments.iter().find(is_open)
            && !(passes_on.contains(&name) && open.as_reference().is_some())
        {
            return not_plain("an argument", open.clone(), place);
        }
        result(name, &arguments, place)
            .unwrap_or_else(|| unknown(name, format!("`{name}(...)` is not evaluated here"), place))
    }
}

/// The first argument that is neither missing nor null; unknown if that is not clear.
fn first_usable(name: &str, arguments: Vec<Node>, place: Place) -> Node {
    for argument in arguments {
        let is_missing = argument
            .as_unknown()
            .is_some_and(|unknown| unknown.why().starts_with("there is no element"));
        let is_empty = argument.as_text() == Some("") || argument.value == Value::Null;
        let is_passed_over = is_missing || (is_empty && name == "coalesce");
        if !is_passed_over {
            return argument;
        }
    }
    unknown(name, format!("no argument of `{name}` has a value"), place)
}

fn json_encoded(arguments: Vec<Node>, place: Place) -> Node {
    let [value] = arguments.as_slice() else {
        return unknown("jsonencode", "`jsonencode` takes one value".to_owned(), place);
    };
    match open_part(value) {
        Some(open) => not_plain("a part", open.clone(), place),
        None => Node::text(plain_json(value).to_string(), place),
    }
}

/// A part of a value that is unknown or a reference.
fn open_part(node: &Node) -> Option<&Node> {
    if node.as_unknown().is_some() || node.as_reference().is_some() {
        return Some(node);
    }
    let in_list = node.elements().iter().find_map(open_part);
    in_list.or_else(|| node.entries().iter().find_map(|entry| open_part(&entry.node)))
}

fn result(name: &str, arguments: &[Node], place: Place) -> Option<Node> {
    let first = arguments.first()?;
    let node = |value: Value| Some(Node::new(value, place));
    let text = |node: &Node| node.scalar_text();
    match name {
        "tonumber" => node(Value::Number(text(first)?.trim().parse().ok()?)),
        "tostring" => node(Value::Text(text(first)?)),
        "tobool" => node(Value::Boolean(truth(first)?)),
        "tolist" | "toset" | "tomap" | "sensitive" | "nonsensitive" => Some(first.clone()),
        "list" => node(Value::List(arguments.to_vec())),
        "lower" => node(Value::Text(text(first)?.to_lowercase())),
        "upper" => node(Value::Text(text(first)?.to_uppercase())),
        "trimspace" => node(Value::Text(text(first)?.trim().to_owned())),
        "length" => {
            let of_text = first.as_text().map(|text| text.chars().count());
            let length = of_text.unwrap_or(first.elements().len() + first.entries().len());
            node(Value::Number(length as f64))
        }
        "min" | "max" => {
            let numbers: Vec<f64> =
                arguments.iter().map(|n| text(n)?.parse().ok()).collect::<Option<_>>()?;
            let pick = if name == "min" { f64::min } else { f64::max };
            node(Value::Number(numbers.into_iter().reduce(pick)?))
        }
        "lookup" => {
            let found = element(first, arguments.get(1)?, place);
            match (found.as_unknown(), arguments.get(2)) {
                (Some(_), Some(default)) => Some(default.clone()),
                (Some(_), None) | (None, _) => Some(found),
            }
        }
        "element" => {
            let index: f64 = text(arguments.get(1)?)?.parse().ok()?;
            let elements = first.elements();
            let length = i64::try_from(elements.len()).ok().filter(|length| *length > 0)?;
            elements.get(usize::try_from((index as i64).rem_euclid(length)).ok()?).cloned()
        }
        "one" => match first.elements() {
            [] => node(Value::Null),
            [only] => Some(only.clone()),
            _ => None,
        },
        "keys" => {
            let keys = first.entries().iter().map(|entry| Node::text(&*entry.key, place));
            node(Value::List(keys.collect()))
        }
        "values" => {
            let values = first.entries().iter().map(|entry| entry.node.clone());
            node(Value::List(values.collect()))
        }
        "contains" => {
            let wanted = &arguments.get(1)?.value;
            node(Value::Boolean(first.elements().iter().any(|found| found.value == *wanted)))
        }
        "concat" => node(Value::List(
            arguments.iter().flat_map(|list| list.elements().iter().cloned()).collect(),
        )),
        "merge" => node(Value::Map(merged(arguments))),
        "join" => Some(joined(arguments.get(1)?.elements(), first.as_text()?, place)),
        "split" => {
            let between = first.as_text().filter(|between| !between.is_empty())?;
            let whole = text(arguments.get(1)?)?;
            let parts = whole.split(between).map(|part| Node::text(part, place));
            node(Value::List(parts.collect()))
        }
        "format" => node(Value::Text(formatted(first.as_text()?, &arguments[1..])?)),
        _ => None,
    }
}

/// Later tables win.
fn merged(tables: &[Node]) -> Vec<Entry> {
    let mut merged: Vec<Entry> = Vec::new();
    for entry in tables.iter().flat_map(Node::entries) {
        match merged.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => known.node = entry.node.clone(),
            None => merged.push(entry.clone()),
        }
    }
    merged
}

/// `%s`, `%d`, `%v` and `%%`; `None` for anything else.
fn formatted(pattern: &str, values: &[Node]) -> Option<String> {
    let mut text = String::new();
    let mut values = values.iter();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match (character, character == '%') {
            (_, true) => match characters.next()? {
                '%' => text.push('%'),
                's' | 'd' | 'v' => text += &values.next()?.scalar_text()?,
                _ => return None,
            },
            (other, false) => text.push(other),
        }
    }
    Some(text)
}
