//! Expressions of HCL: literals, templates, references, operators, conditionals, `for`.
//!
//! A part that is not known makes the whole unknown, with the same reason, unless the part does
//! not matter (`&&` with a false side, a conditional whose branches agree).
//! Reference: "HCL Native Syntax Specification". Left out: template directives, splats over
//! resources.

use hcl_edit::expr::{
    Conditional, Expression, ForExpr, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::template::{Element, Template};

use super::super::tree::{Entry, Node, Place, Reference, Target, Value, joined};
use super::module::{Module, Written, unknown};
use super::operators::{binary, element, not_plain, pairs, truth};

/// Names that exist only inside a resource, a `for` or a dynamic block.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// `each`, `count`, iterators: name and value.
    pub names: Vec<(String, Node)>,
}

impl Scope {
    /// The scope with one more name.
    pub fn with(&self, name: &str, value: Node) -> Scope {
        let mut names = self.names.clone();
        names.push((name.to_owned(), value));
        Scope { names }
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.names.iter().rev().find(|(known, _)| known == name).map(|(_, node)| node)
    }
}

impl Module<'_> {
    /// The value of an expression.
    pub fn evaluate(&self, written: Written<'_>, scope: &Scope) -> Node {
        let Written { file, expression } = written;
        let place = self.place(file, expression);
        let inner = |expression| self.evaluate(Written { file, expression }, scope);
        if !self.may_go_on() {
            return unknown("value", "there is too much to evaluate".to_owned(), place);
        }
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(value) => Value::Boolean(*value.value()),
            Expression::Number(number) => {
                Value::Number(number.value().as_f64().unwrap_or(f64::NAN))
            }
            Expression::String(text) => Value::Text(text.value().clone()),
            Expression::Array(array) => Value::List(array.iter().map(inner).collect()),
            Expression::Object(object) => return self.object(file, object, scope, place),
            Expression::StringTemplate(template) => {
                return self.template(file, template.iter(), scope, place);
            }
            Expression::HeredocTemplate(heredoc) => {
                let template: &Template = &heredoc.template;
                return self.template(file, template.iter(), scope, place);
            }
            Expression::Parenthesis(inner_expression) => return inner(inner_expression.inner()),
            Expression::Variable(name) => {
                return scope.get(name.as_str()).cloned().unwrap_or_else(|| {
                    unknown(name.as_str(), format!("`{}` is not known", name.as_str()), place)
                });
            }
            Expression::Conditional(conditional) => {
                return self.conditional(file, conditional, scope, place);
            }
            Expression::FuncCall(call) => return self.call(file, call, scope, place),
            Expression::Traversal(traversal) => {
                return self.traversal(file, traversal, scope, place);
            }
            Expression::UnaryOp(operation) => {
                let value = inner(&operation.expr);
                return match (operation.operator.value(), &value.value) {
                    (UnaryOperator::Neg, Value::Number(number)) => {
                        Node::new(Value::Number(-number), place)
                    }
                    (UnaryOperator::Not, Value::Boolean(truth)) => {
                        Node::new(Value::Boolean(!truth), place)
                    }
                    (UnaryOperator::Neg | UnaryOperator::Not, _) => {
                        not_plain("an operand", value, place)
                    }
                };
            }
            Expression::BinaryOp(operation) => {
                let (left, right) = (inner(&operation.lhs_expr), inner(&operation.rhs_expr));
                return binary(*operation.operator.value(), left, right, place);
            }
            Expression::ForExpr(expression) => {
                return self.for_each(file, expression, scope, place);
            }
        };
        Node::new(value, place)
    }

    fn object(&self, file: usize, object: &Object, scope: &Scope, place: Place) -> Node {
        let inner = |expression| self.evaluate(Written { file, expression }, scope);
        let mut entries = Vec::new();
        for (key, value) in object.iter() {
            let key = match key {
                ObjectKey::Ident(name) => name.as_str().to_owned(),
                ObjectKey::Expression(Expression::Variable(name)) => name.as_str().to_owned(),
                ObjectKey::Expression(expression) => {
                    let key = inner(expression);
                    match key.scalar_text() {
                        Some(text) => text,
                        None => return not_plain("a key", key, place),
                    }
                }
            };
            entries.push(Entry { key, node: inner(value.expr()) });
        }
        Node::new(Value::Map(entries), place)
    }

    fn template<'e>(
        &self,
        file: usize,
        elements: impl Iterator<Item = &'e Element>,
        scope: &Scope,
        place: Place,
    ) -> Node {
        let mut pieces = Vec::new();
        for element in elements {
            pieces.push(match element {
                Element::Literal(text) => Node::text(text.value().clone(), place),
                Element::Interpolation(interpolation) => {
                    let expression = &interpolation.expr;
                    self.evaluate(Written { file, expression }, scope)
                }
                Element::Directive(_) => {
                    unknown("template", "template directives are not evaluated".to_owned(), place)
                }
            });
        }
        match pieces.as_slice() {
            // An interpolation alone keeps its type: "${var.batch_size}" is a number.
            [only] => only.clone(),
            _ => joined(&pieces, "", place),
        }
    }

    fn conditional(
        &self,
        file: usize,
        conditional: &Conditional,
        scope: &Scope,
        place: Place,
    ) -> Node {
        let inner = |expression| self.evaluate(Written { file, expression }, scope);
        let condition = inner(&conditional.cond_expr);
        match truth(&condition) {
            Some(true) => inner(&conditional.true_expr),
            Some(false) => inner(&conditional.false_expr),
            None => {
                let (yes, no) = (inner(&conditional.true_expr), inner(&conditional.false_expr));
                match yes.value == no.value {
                    true => yes,
                    false => not_plain("a condition", condition, place),
                }
            }
        }
    }

    fn traversal(&self, file: usize, traversal: &Traversal, scope: &Scope, place: Place) -> Node {
        let mut names: Vec<&str> = Vec::new();
        if let Expression::Variable(name) = &traversal.expr {
            names.push(name.as_str());
            let attributes =
                traversal.operators.iter().map_while(|operator| match operator.value() {
                    TraversalOperator::GetAttr(name) => Some(name.as_str()),
                    TraversalOperator::AttrSplat(_)
                    | TraversalOperator::FullSplat(_)
                    | TraversalOperator::Index(_)
                    | TraversalOperator::LegacyIndex(_) => None,
                });
            names.extend(attributes);
        }
        let in_scope = names.first().and_then(|name| scope.get(name));
        let (start, used) = match (names.as_slice(), in_scope) {
            (_, Some(node)) => (node.clone(), 0),
            (["var", name, ..], None) => (self.variable(name, place), 1),
            (["local", name, ..], None) => (self.local(name, place), 1),
            ([], None) => {
                let expression = &traversal.expr;
                (self.evaluate(Written { file, expression }, scope), 0)
            }
            (["data", kind, name, ..], None) => {
                return self.attribute(
                    &format!("data.{kind}.{name}"),
                    kind,
                    &traversal_end(traversal),
                    place,
                );
            }
            (["module", name, ..], None) => {
                let why = format!("it is an output of module `{name}`");
                return unknown(&names.join("."), why, place);
            }
            (["each" | "count" | "path" | "terraform" | "self", ..], None) => {
                let name = names.join(".");
                let why = format!("`{name}` is known to Terraform only");
                return self.supplied().text_or_unknown(&name, why, place);
            }
            ([kind, name, ..], None) if kind.contains('_') => {
                return self.attribute(
                    &format!("{kind}.{name}"),
                    kind,
                    &traversal_end(traversal),
                    place,
                );
            }
            (_, None) => {
                let name = names.join(".");
                return unknown(&name, format!("`{name}` is not known"), place);
            }
        };
        let mut node = start;
        for operator in traversal.operators.iter().skip(used) {
            node = self.step(file, &node, operator.value(), scope, place);
        }
        node
    }

    /// One step of a traversal.
    fn step(
        &self,
        file: usize,
        node: &Node,
        operator: &TraversalOperator,
        scope: &Scope,
        place: Place,
    ) -> Node {
        let key = match operator {
            TraversalOperator::GetAttr(name) => Node::text(name.as_str(), place),
            TraversalOperator::LegacyIndex(index) => {
                Node::new(Value::Number(*index.value() as f64), place)
            }
            TraversalOperator::Index(expression) => {
                self.evaluate(Written { file, expression }, scope)
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                return unknown("*", "splats are not evaluated".to_owned(), place);
            }
        };
        element(node, &key, place)
    }

    /// An attribute of a resource: its written value where there is one, else a reference.
    fn attribute(&self, name: &str, kind: &str, attribute: &str, place: Place) -> Node {
        let written = self.resource(name).and_then(|found| {
            let written = found.block.body.get_attribute(attribute)?;
            Some(Written { file: found.file, expression: &written.value })
        });
        let is_identity = ["arn", "id", "stream_arn", "name", "function_name"].contains(&attribute);
        if let Some(written) = written.filter(|_| !is_identity) {
            return self.nested(name, written, place);
        }
        let target = match (Target::of_type(kind), attribute) {
            (Target::Other, "stream_arn") => Target::DynamoDbTable,
            (target, _) => target,
        };
        let reference =
            Reference { target, name: name.to_owned(), attribute: attribute.to_owned() };
        Node::new(Value::Reference(reference), place)
    }

    fn for_each(&self, file: usize, expression: &ForExpr, scope: &Scope, place: Place) -> Node {
        let intro = &expression.intro;
        let collection = Written { file, expression: &intro.collection_expr };
        let collection = self.evaluate(collection, scope);
        let Some(pairs) = pairs(&collection) else {
            return not_plain("a collection", collection, place);
        };
        let (mut list, mut map) = (Vec::new(), Vec::new());
        for (key, value) in pairs {
            let mut inner = scope.with(intro.value_var.as_str(), value);
            if let Some(name) = &intro.key_var {
                inner = inner.with(name.as_str(), key);
            }
            let evaluate = |expression| self.evaluate(Written { file, expression }, &inner);
            if let Some(condition) = &expression.cond {
                let condition = evaluate(&condition.expr);
                match truth(&condition) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return not_plain("a condition", condition, place),
                }
            }
            let node = evaluate(&expression.value_expr);
            match &expression.key_expr {
                Some(key) => match evaluate(key).scalar_text() {
                    Some(key) => map.push(Entry { key, node }),
                    None => return unknown("for", "a key is not known".to_owned(), place),
                },
                None => list.push(node),
            }
        }
        let is_map = expression.key_expr.is_some();
        Node::new(if is_map { Value::Map(map) } else { Value::List(list) }, place)
    }
}

/// The last attribute of a traversal; empty where it ends in the resource itself.
fn traversal_end(traversal: &Traversal) -> String {
    let is_data = matches!(&traversal.expr, Expression::Variable(name) if name.as_str() == "data");
    let names = traversal.operators.iter().filter_map(|operator| match operator.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        TraversalOperator::AttrSplat(_)
        | TraversalOperator::FullSplat(_)
        | TraversalOperator::Index(_)
        | TraversalOperator::LegacyIndex(_) => None,
    });
    names.skip(if is_data { 2 } else { 1 }).last().unwrap_or_default().to_owned()
}
