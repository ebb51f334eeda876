//! Conditions of templates: true, false, or not known.
//!
//! `Fn::And` is false as soon as one part is, `Fn::Or` true as soon as one is, whatever is not
//! known about the others.

use super::super::tree::{Node, Place, Unknown, Value};
use super::template::Template;

/// Conditions that refer to each other in a circle end here.
const DEPTH_MAX: u32 = 60;

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It depends on something unknown.
    Unknown(Unknown),
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::Yes } else { Truth::No }
    }
}

impl Template<'_> {
    /// Whether the condition of this name holds.
    pub fn condition(&self, name: &str, place: Place) -> Truth {
        let Some(condition) = self.root.at(&["Conditions", name]) else {
            let why = format!("the template has no condition `{name}`");
            return Truth::Unknown(Unknown::new(name, why, None));
        };
        if self.depth.get() >= DEPTH_MAX || !self.may_go_on() {
            let why = format!("condition `{name}` refers to itself");
            return Truth::Unknown(Unknown::new(name, why, None));
        }
        self.depth.set(self.depth.get() + 1);
        let truth = self.holds(condition, place);
        self.depth.set(self.depth.get() - 1);
        truth
    }

    /// Whether an expression of conditions holds.
    pub fn holds(&self, node: &Node, place: Place) -> Truth {
        let [entry] = node.entries() else {
            return self.plain(node);
        };
        let parts = || entry.node.elements().iter().map(|part| self.holds(part, place));
        match entry.key.as_str() {
            "Condition" => match entry.node.as_text() {
                Some(name) => self.condition(name, place),
                None => not_understood("Condition"),
            },
            "Fn::Equals" => self.equals(&entry.node),
            "Fn::Not" => match parts().next() {
                Some(Truth::Yes) => Truth::No,
                Some(Truth::No) => Truth::Yes,
                Some(Truth::Unknown(unknown)) => Truth::Unknown(unknown),
                None => not_understood("Fn::Not"),
            },
            "Fn::And" => combined(parts().collect(), Truth::No, Truth::Yes),
            "Fn::Or" => combined(parts().collect(), Truth::Yes, Truth::No),
            _ => self.plain(&self.evaluate(node)),
        }
    }

    fn equals(&self, node: &Node) -> Truth {
        let [left, right] = node.elements() else {
            return not_understood("Fn::Equals");
        };
        let (left, right) = (self.evaluate(left), self.evaluate(right));
        for side in [&left, &right] {
            if let Some(unknown) = side.as_unknown() {
                return Truth::Unknown(unknown.clone());
            }
        }
        match (left.scalar_text(), right.scalar_text()) {
            (Some(left), Some(right)) => (left == right).into(),
            _ => (left.value == right.value).into(),
        }
    }

    fn plain(&self, node: &Node) -> Truth {
        match &node.value {
            Value::Boolean(value) => (*value).into(),
            Value::Text(text) if text == "true" => Truth::Yes,
            Value::Text(text) if text == "false" => Truth::No,
            Value::Unknown(unknown) => Truth::Unknown(unknown.clone()),
            Value::Null
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Reference(_) => not_understood("the condition"),
        }
    }
}

/// `decisive` as soon as one part is, else unknown as soon as one part is, else `otherwise`.
fn combined(parts: Vec<Truth>, decisive: Truth, otherwise: Truth) -> Truth {
    if parts.contains(&decisive) {
        return decisive;
    }
    let unknown = parts.into_iter().find(|part| matches!(part, Truth::Unknown(_)));
    unknown.unwrap_or(otherwise)
}

fn not_understood(what: &str) -> Truth {
    Truth::Unknown(Unknown::new("condition", format!("{what} is not understood"), None))
}
