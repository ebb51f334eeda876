//! Operators of HCL, elements of lists and tables, and values that do not fit.
//!
//! Numbers are compared and added as floating point; texts that are numbers count as numbers, as
//! Terraform converts them. Reference: "HCL Native Syntax Specification", "Operations".

use hcl_edit::expr::BinaryOperator;

use super::super::tree::{Entry, Node, Place, Value};
use super::module::unknown;

/// An element of a list or a table.
pub fn element(node: &Node, key: &Node, place: Place) -> Node {
    for part in [node, key] {
        if part.as_unknown().is_some() || part.as_reference().is_some() {
            return not_plain("it", part.clone(), place);
        }
    }
    let shown = key.scalar_text().unwrap_or_default();
    let found = match &node.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == shown).map(|e| &e.node),
        Value::List(elements) => shown.parse().ok().and_then(|index: usize| elements.get(index)),
        Value::Null
        | Value::Boolean(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Reference(_)
        | Value::Unknown(_) => None,
    };
    match found {
        Some(found) => found.clone(),
        None => unknown(&shown, format!("there is no element `{shown}`"), place),
    }
}

/// Keys and values of a list or a table.
pub fn pairs(node: &Node) -> Option<Vec<(Node, Node)>> {
    match &node.value {
        Value::List(elements) => {
            let key = |index: usize| Node::new(Value::Number(index as f64), node.place);
            Some(elements.iter().enumerate().map(|(i, e)| (key(i), e.clone())).collect())
        }
        Value::Map(entries) => {
            let pair = |entry: &Entry| (Node::text(&*entry.key, node.place), entry.node.clone());
            Some(entries.iter().map(pair).collect())
        }
        Value::Null
        | Value::Boolean(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Reference(_)
        | Value::Unknown(_) => None,
    }
}

/// The node itself if it is unknown, else a node that says what is wrong with it.
pub fn not_plain(what: &str, node: Node, place: Place) -> Node {
    if node.as_unknown().is_some() {
        return node;
    }
    match node.as_reference() {
        Some(reference) => {
            let why = format!("`{}` has no value before it is deployed", reference.name);
            unknown(&reference.name, why, place)
        }
        None => unknown("value", format!("{what} is not of the right type"), place),
    }
}

/// A boolean, also as the text that older versions wrote.
pub fn truth(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Boolean(value) => Some(*value),
        Value::Text(text) => text.parse().ok(),
        Value::Null
        | Value::Number(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Reference(_)
        | Value::Unknown(_) => None,
    }
}

/// The result of an operator on two values.
pub fn binary(operator: BinaryOperator, left: Node, right: Node, place: Place) -> Node {
    let boolean = |value: bool| Node::new(Value::Boolean(value), place);
    let sides = [truth(&left), truth(&right)];
    match operator {
        BinaryOperator::And if sides.contains(&Some(false)) => return boolean(false),
        BinaryOperator::Or if sides.contains(&Some(true)) => return boolean(true),
        _ => {}
    }
    for side in [&left, &right] {
        if side.as_unknown().is_some() || side.as_reference().is_some() {
            return not_plain("an operand", side.clone(), place);
        }
    }
    let number = |node: &Node| node.scalar_text().and_then(|text| text.parse::<f64>().ok());
    let result = match operator {
        BinaryOperator::Eq => Some(Value::Boolean(left.value == right.value)),
        BinaryOperator::NotEq => Some(Value::Boolean(left.value != right.value)),
        BinaryOperator::And | BinaryOperator::Or => match sides {
            [Some(left), Some(right)] => Some(Value::Boolean(match operator {
                BinaryOperator::And => left && right,
                _ => left || right,
            })),
            _ => None,
        },
        BinaryOperator::LessEq
        | BinaryOperator::GreaterEq
        | BinaryOperator::Less
        | BinaryOperator::Greater
        | BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Mul
        | BinaryOperator::Div
        | BinaryOperator::Mod => {
            number(&left).zip(number(&right)).map(|(left, right)| match operator {
                BinaryOperator::LessEq => Value::Boolean(left <= right),
                BinaryOperator::GreaterEq => Value::Boolean(left >= right),
                BinaryOperator::Less => Value::Boolean(left < right),
                BinaryOperator::Greater => Value::Boolean(left > right),
                BinaryOperator::Plus => Value::Number(left + right),
                BinaryOperator::Minus => Value::Number(left - right),
                BinaryOperator::Mul => Value::Number(left * right),
                BinaryOperator::Div => Value::Number(left / right),
                _ => Value::Number(left % right),
            })
        }
    };
    match result {
        Some(value) => Node::new(value, place),
        None => unknown("value", "an operator has operands of the wrong type".to_owned(), place),
    }
}
