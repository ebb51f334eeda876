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
    let sides = [truth(&left), truth(&right)];
    let decided = match operator == BinaryOperator::And {
        true => sides.contains(&Some(false)).then_some(false),
        false if operator == BinaryOperator::Or => sides.contains(&Some(true)).then_some(true),
        false => None,
    };
    if let Some(decided) = decided {
        return Node::new(Value::Boolean(decided), place);
    }
    for side in [&left, &right] {
        if side.as_unknown().is_some() || side.as_reference().is_some() {
            return not_plain("an operand", side.clone(), place);
        }
    }
    let number = |node: &Node| node.scalar_text().and_then(|text| text.parse::<f64>().ok());
    let numbers = number(&left).zip(number(&right));
    let compared = |compare: fn(f64, f64) -> bool| {
        numbers.map(|(left, right)| Value::Boolean(compare(left, right)))
    };
    let computed = |compute: fn(f64, f64) -> f64| {
        numbers.map(|(left, right)| Value::Number(compute(left, right)))
    };
    let result = match operator {
        BinaryOperator::Eq => Some(Value::Boolean(left.value == right.value)),
        BinaryOperator::NotEq => Some(Value::Boolean(left.value != right.value)),
        // What one side alone decides is decided above.
        BinaryOperator::And => sides[0].zip(sides[1]).map(|_| Value::Boolean(true)),
        BinaryOperator::Or => sides[0].zip(sides[1]).map(|_| Value::Boolean(false)),
        BinaryOperator::LessEq => compared(|left, right| left <= right),
        BinaryOperator::GreaterEq => compared(|left, right| left >= right),
        BinaryOperator::Less => compared(|left, right| left < right),
        BinaryOperator::Greater => compared(|left, right| left > right),
        BinaryOperator::Plus => computed(|left, right| left + right),
        BinaryOperator::Minus => computed(|left, right| left - right),
        BinaryOperator::Mul => computed(|left, right| left * right),
        BinaryOperator::Div => computed(|left, right| left / right),
        BinaryOperator::Mod => computed(|left, right| left % right),
    };
    match result {
        Some(value) => Node::new(value, place),
        None => unknown("value", "an operator has operands of the wrong type".to_owned(), place),
    }
}
