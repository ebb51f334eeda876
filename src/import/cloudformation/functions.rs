//! Intrinsic functions, evaluated where the template alone tells their result.
//!
//! Reference: AWS CloudFormation user guide, "Intrinsic function reference".

use super::super::tree::{Entry, Node, Place, Unknown, Value, joined};
use super::super::values::plain_json;
use super::conditions::Truth;
use super::template::{Template, unknown};

impl Template<'_> {
    /// The value with all functions in it evaluated.
    pub fn evaluate(&self, node: &Node) -> Node {
        let place = node.place;
        if !self.may_go_on() {
            return unknown("value", "there is too much to evaluate".to_owned(), place);
        }
        match &node.value {
            Value::Map(entries) => match entries.as_slice() {
                [only] if only.key == "Ref" || only.key.starts_with("Fn::") => {
                    self.call(&only.key, &only.node, place)
                }
                _ => {
                    let evaluated = entries.iter().map(|entry| Entry {
                        key: entry.key.clone(),
                        node: self.evaluate(&entry.node),
                    });
                    Node::new(Value::Map(evaluated.collect()), place)
                }
            },
            Value::List(elements) => {
                let evaluated = elements.iter().map(|element| self.evaluate(element));
                // `AWS::NoValue` takes an element out of a list.
                let kept = evaluated.filter(|element| element.value != Value::Null);
                Node::new(Value::List(kept.collect()), place)
            }
            Value::Text(text) => {
                self.dynamic_reference(text, place).unwrap_or_else(|| node.clone())
            }
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Reference(_)
            | Value::Unknown(_) => node.clone(),
        }
    }

    fn call(&self, name: &str, argument: &Node, place: Place) -> Node {
        let result = match name {
            "Ref" => argument.as_text().map(|text| self.refer(text, place)),
            "Fn::GetAtt" => self.get_att(argument, place),
            "Fn::Sub" => self.sub(argument, place),
            "Fn::Join" => self.join(argument, place),
            "Fn::If" => self.choose(argument, place),
            "Fn::FindInMap" => self.find_in_map(argument, place),
            "Fn::Select" => self.select(argument, place),
            "Fn::Split" => self.split(argument, place),
            "Fn::ImportValue" => Some(self.import_value(&self.evaluate(argument), place)),
            "Fn::ToJsonString" => {
                let value = plain_json(&self.evaluate(argument));
                Some(Node::text(value.to_string(), place))
            }
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
                let call = Entry { key: name.to_owned(), node: argument.clone() };
                let whole = Node::new(Value::Map(vec![call]), place);
                Some(match self.holds(&whole, place) {
                    Truth::Yes => Node::new(Value::Boolean(true), place),
                    Truth::No => Node::new(Value::Boolean(false), place),
                    Truth::Unknown(unknown) => Node::new(Value::Unknown(unknown), place),
                })
            }
            _ => Some(unknown(name, format!("`{name}` is not evaluated"), place)),
        };
        result.unwrap_or_else(|| {
            unknown(name, format!("the arguments of `{name}` are not understood"), place)
        })
    }

    /// `Name.Attribute` or `[Name, Attribute]`.
    fn get_att(&self, argument: &Node, place: Place) -> Option<Node> {
        if let Some(text) = argument.as_text() {
            let (name, attribute) = text.split_once('.')?;
            return Some(self.reference(name, attribute, place));
        }
        let [name, attributes @ ..] = argument.elements() else { return None };
        let parts: Vec<String> = attributes
            .iter()
            .map(|part| self.evaluate(part).scalar_text())
            .collect::<Option<_>>()?;
        Some(self.reference(name.as_text()?, &parts.join("."), place))
    }

    /// `text` or `[text, {names}]`.
    fn sub(&self, argument: &Node, place: Place) -> Option<Node> {
        let (text, names) = match argument.elements() {
            [] => (argument.as_text()?, None),
            [text] => (text.as_text()?, None),
            [text, names, ..] => (text.as_text()?, Some(names)),
        };
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            let name = rest[start + 2..start + length].trim();
            if start > 0 {
                pieces.push(Node::text(&rest[..start], place));
            }
            rest = &rest[start + length + 1..];
            let own = names.and_then(|names| names.get(name));
            pieces.push(match (own, name.strip_prefix('!'), name.split_once('.')) {
                (Some(own), _, _) => self.evaluate(own),
                (None, Some(literal), _) => Node::text(format!("${{{literal}}}"), place),
                (None, None, Some((name, attribute))) => self.reference(name, attribute, place),
                (None, None, None) => self.refer(name, place),
            });
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(Node::text(rest, place));
        }
        match pieces.as_slice() {
            [only] => Some(only.clone()),
            _ => Some(joined(&pieces, "", place)),
        }
    }

    fn join(&self, argument: &Node, place: Place) -> Option<Node> {
        let [between, list] = argument.elements() else { return None };
        let list = self.evaluate(list);
        if list.as_unknown().is_some() {
            return Some(list);
        }
        let Value::List(pieces) = &list.value else { return None };
        match pieces.as_slice() {
            [only] => Some(only.clone()),
            _ => Some(joined(pieces, between.as_text()?, place)),
        }
    }

    fn choose(&self, argument: &Node, place: Place) -> Option<Node> {
        let [condition, yes, no] = argument.elements() else { return None };
        let truth = match condition.as_text() {
            Some(name) => self.condition(name, place),
            None => self.holds(condition, place),
        };
        Some(match truth {
            Truth::Yes => self.evaluate(yes),
            Truth::No => self.evaluate(no),
            Truth::Unknown(Unknown { needs, .. }) => {
                let (yes, no) = (self.evaluate(yes), self.evaluate(no));
                if yes.value == no.value {
                    return Some(yes);
                }
                let name = condition.as_text().unwrap_or("condition");
                let sketch = format!("${{{name}}}");
                Node::new(Value::Unknown(Unknown { sketch, needs }), place)
            }
        })
    }

    fn find_in_map(&self, argument: &Node, place: Place) -> Option<Node> {
        let [map, first, second, options @ ..] = argument.elements() else { return None };
        let mut keys = Vec::new();
        for key in [map, first, second] {
            let key = self.evaluate(key);
            if key.as_unknown().is_some() {
                return Some(key);
            }
            keys.push(key.scalar_text()?);
        }
        let path = ["Mappings", &keys[0], &keys[1], &keys[2]];
        if let Some(found) = self.root.at(&path) {
            return Some(found.clone());
        }
        if let Some(default) = options.first().and_then(|options| options.get("DefaultValue")) {
            return Some(self.evaluate(default));
        }
        let why = format!("`Mappings` has nothing under {}", keys.join("."));
        Some(unknown("FindInMap", why, place))
    }

    fn select(&self, argument: &Node, place: Place) -> Option<Node> {
        let [index, list] = argument.elements() else { return None };
        let (index, list) = (self.evaluate(index), self.evaluate(list));
        for node in [&index, &list] {
            if node.as_unknown().is_some() {
                return Some(node.clone());
            }
        }
        let index: usize = index.scalar_text()?.parse().ok()?;
        match list.elements().get(index) {
            Some(element) => Some(element.clone()),
            None => Some(unknown("Select", format!("the list has no element {index}"), place)),
        }
    }

    fn split(&self, argument: &Node, place: Place) -> Option<Node> {
        let [between, text] = argument.elements() else { return None };
        let text = self.evaluate(text);
        if text.as_unknown().is_some() || text.as_reference().is_some() {
            return Some(unknown("Split", "a text with unknown parts is split".to_owned(), place));
        }
        let between = between.as_text().filter(|between| !between.is_empty())?;
        let text = text.scalar_text()?;
        let parts = text.split(between).map(|part| Node::text(part, place));
        Some(Node::new(Value::List(parts.collect()), place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::SourceFile;
    use crate::import::supplied::Supplied;
    use crate::import::yaml;

    const TEMPLATE: &str = "
Parameters:
  Size: {Type: Number, Default: 25}
  Stage: {Type: String}
  Secret: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
Mappings:
  Sizes: {prod: {batch: 500}, dev: {batch: 5}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Never: !And [!Equals [a, b], !Condition IsProd]
  Loop: !Condition Loop
Resources:
  S: {Type: 'AWS::Kinesis::Stream'}
";

    fn value_of(expression: &str, parameters: &[&str]) -> String {
        let text = format!("{TEMPLATE}Value: {expression}\n");
        let source = SourceFile { name: "t.yaml".into(), text };
        let root = yaml::parse(&source, 0).expect("the template is YAML");
        let texts: Vec<String> = parameters.iter().map(|text| (*text).to_owned()).collect();
        let supplied = Supplied::parse(&texts, Place { file: 1, line: 1 }).expect("valid");
        let value = root.get("Value").expect("it was put there");
        let node = Template::new(&root, &supplied).evaluate(value);
        match (node.as_unknown(), node.as_reference()) {
            (Some(unknown), _) => format!("? {} | {}", unknown.sketch, unknown.why()),
            (_, Some(reference)) => format!("-> {} {}", reference.name, reference.attribute),
            (None, None) => plain_json(&node).to_string(),
        }
    }

    #[test]
    fn functions_are_evaluated_where_the_template_tells() {
        let no_stage = "parameter `Stage` has no default";
        let cases = [
            ("!Ref Size", "25".to_owned()),
            ("!Ref Stage", format!("? ${{Stage}} | {no_stage}")),
            ("!Ref AWS::NoValue", "null".into()),
            ("!GetAtt S.Arn", "-> S Arn".into()),
            ("!Sub '${S.Arn}'", "-> S Arn".into()),
            ("!Sub ['a-${X}-${!Y}', {X: !Ref Size}]", "\"a-25-${Y}\"".into()),
            ("!Sub 'a/${Stage}'", format!("? a/${{Stage}} | {no_stage}")),
            ("!Join ['-', [a, !Ref Size, b]]", "\"a-25-b\"".into()),
            ("!FindInMap [Sizes, dev, batch]", "5".into()),
            ("!FindInMap [Sizes, !Ref Stage, batch]", format!("? ${{Stage}} | {no_stage}")),
            ("!Select [1, [a, b]]", "\"b\"".into()),
            ("!Select ['0', !Split [',', 'x,y']]", "\"x\"".into()),
            ("!If [IsProd, 1, 2]", format!("? ${{IsProd}} | {no_stage}")),
            ("!If [IsProd, 7, 7]", "7".into()),
            ("!If [Never, 1, 2]", "2".into()),
            ("[1, !Ref AWS::NoValue, 3]", "[1,3]".into()),
        ];
        for (expression, expected) in cases {
            assert_eq!(value_of(expression, &[]), expected, "{expression}");
        }
        assert_eq!(value_of("!If [IsProd, 1, 2]", &["Stage=prod"]), "1");
        assert_eq!(value_of("!Ref Stage", &["Stage=x"]), "\"x\"");
    }

    #[test]
    fn what_is_looked_up_on_deployment_is_unknown() {
        assert!(value_of("!Ref Secret", &[]).contains("Systems Manager"));
        assert!(value_of("!ImportValue x", &[]).contains("another stack"));
        assert!(value_of("'{{resolve:ssm:/a:1}}'", &[]).contains("resolve:ssm:/a:1"));
        assert!(value_of("!If [Loop, 1, 2]", &[]).contains("refers to itself"));
        assert!(value_of("!Cidr [a, b]", &[]).contains("not evaluated"));
        assert_eq!(value_of("!ImportValue x", &["ImportValue:x=9"]), "\"9\"");
    }
}
