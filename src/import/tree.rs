//! What all formats are read into: a tree whose nodes know their line.
//!
//! ```text
//! JSON, YAML, HCL --> Node --evaluated--> Node with references and unknowns at its leaves
//! ```
//!
//! Before evaluation a tree has plain values only. Evaluation replaces intrinsic functions and
//! variables by their values, by a [`Reference`] to something else of the file, or by an
//! [`Unknown`] that says what is missing and how to supply it. Left out: columns, comments.

/// A line of one of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the source.
    pub file: usize,
    /// Line, from 1.
    pub line: u32,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it is written.
    pub place: Place,
}

/// A value of any of the formats.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing; also `AWS::NoValue`. A key without a value counts as absent.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number; whole ones up to 2^53 are exact.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A table in the order of the file.
    Map(Vec<Entry>),
    /// Something of the file that has no value before it is deployed.
    Reference(Reference),
    /// A value that the file alone does not tell.
    Unknown(Unknown),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value.
    pub node: Node,
}

/// A resource that a value comes from, for example the ARN of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What it is, as far as name, type or attribute tell.
    pub target: Target,
    /// Its name in the file.
    pub name: String,
    /// The attribute that is taken, for example `Arn`; empty for the resource itself.
    pub attribute: String,
}

/// What a reference points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A Kinesis data stream.
    KinesisStream,
    /// A consumer with enhanced fan-out.
    KinesisConsumer,
    /// A DynamoDB table or its stream.
    DynamoDbTable,
    /// A Lambda function, version or alias.
    Function,
    /// A resource of another or of no known kind.
    Other,
}

/// A value that is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The value as far as it is known, with `${...}` for what is missing.
    pub sketch: String,
    /// What is missing, at least one.
    pub needs: Vec<Need>,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Why the value is not known, as a clause: "parameter `Size` has no default".
    pub why: String,
    /// What supplies it: `--parameter Size=VALUE`; `None`: nothing but the setting itself.
    pub supply: Option<String>,
}

impl Target {
    /// The kind of a resource type of CloudFormation or Terraform.
    pub fn of_type(name: &str) -> Target {
        match name {
            "AWS::Kinesis::Stream" | "aws_kinesis_stream" => Target::KinesisStream,
            "AWS::Kinesis::StreamConsumer" | "aws_kinesis_stream_consumer" => {
                Target::KinesisConsumer
            }
            "AWS::DynamoDB::Table"
            | "AWS::DynamoDB::GlobalTable"
            | "AWS::Serverless::SimpleTable"
            | "aws_dynamodb_table" => Target::DynamoDbTable,
            "AWS::Lambda::Function"
            | "AWS::Serverless::Function"
            | "AWS::Lambda::Alias"
            | "AWS::Lambda::Version"
            | "aws_lambda_function"
            | "aws_lambda_alias" => Target::Function,
            _ => Target::Other,
        }
    }
}

impl Unknown {
    /// A value that lacks one thing; `name` stands for it in the sketch.
    pub fn new(name: &str, why: impl Into<String>, supply: Option<String>) -> Unknown {
        let need = Need { why: why.into(), supply };
        Unknown { sketch: format!("${{{name}}}"), needs: vec![need] }
    }

    /// All reasons in one line.
    pub fn why(&self) -> String {
        let mut reasons: Vec<&str> = self.needs.iter().map(|need| need.why.as_str()).collect();
        reasons.dedup();
        reasons.join("; ")
    }
}

impl Node {
    /// A node at a place.
    pub fn new(value: Value, place: Place) -> Node {
        Node { value, place }
    }

    /// A text at a place.
    pub fn text(text: impl Into<String>, place: Place) -> Node {
        Node::new(Value::Text(text.into()), place)
    }

    /// The value under a key of a table; `None` also where it is null.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let found = self.entries().iter().find(|entry| entry.key == key)?;
        (found.node.value != Value::Null).then_some(&found.node)
    }

    /// The value at the end of a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a table; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Reference(_)
            | Value::Unknown(_) => &[],
        }
    }

    /// The elements of a list; none of anything else.
    pub fn elements(&self) -> &[Node] {
        match &self.value {
            Value::List(elements) => elements,
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Map(_)
            | Value::Reference(_)
            | Value::Unknown(_) => &[],
        }
    }

    /// A text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// A reference, if it is one.
    pub fn as_reference(&self) -> Option<&Reference> {
        if let Value::Reference(reference) = &self.value { Some(reference) } else { None }
    }

    /// What is missing, if it is unknown.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        if let Value::Unknown(unknown) = &self.value { Some(unknown) } else { None }
    }

    /// A scalar as the text that templates and joins put in its place.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.value {
            Value::Boolean(value) => Some(value.to_string()),
            Value::Number(number) => Some(number_text(*number)),
            Value::Text(text) => Some(text.clone()),
            Value::Null
            | Value::List(_)
            | Value::Map(_)
            | Value::Reference(_)
            | Value::Unknown(_) => None,
        }
    }
}

/// A number without a needless fraction: `100`, `1.5`.
pub fn number_text(number: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        format!("{}", number as i64)
    } else {
        number.to_string()
    }
}

/// Pieces of a text put together; unknown pieces make the whole unknown, references stay visible
/// in the sketch as `${Name.Attribute}`.
pub fn joined(pieces: &[Node], between: &str, place: Place) -> Node {
    let mut sketch = String::new();
    let mut needs = Vec::new();
    let mut is_known = true;
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            sketch += between;
        }
        match &piece.value {
            Value::Unknown(unknown) => {
                is_known = false;
                sketch += &unknown.sketch;
                needs.extend(unknown.needs.iter().cloned());
            }
            Value::Reference(reference) => {
                is_known = false;
                let why = format!("`{}` has no value before it is deployed", reference.name);
                needs.push(Need { why, supply: None });
                sketch += &match reference.attribute.as_str() {
                    "" => format!("${{{}}}", reference.name),
                    attribute => format!("${{{}.{attribute}}}", reference.name),
                };
            }
            Value::Null
            | Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_) => match piece.scalar_text() {
                Some(text) => sketch += &text,
                None => {
                    is_known = false;
                    let why = "a list or a table stands where a text is needed".to_owned();
                    needs.push(Need { why, supply: None });
                }
            },
        }
    }
    match is_known {
        true => Node::text(sketch, place),
        false => Node::new(Value::Unknown(Unknown { sketch, needs }), place),
    }
}

/// The node with all places in it set to one.
pub fn at(mut node: Node, place: Place) -> Node {
    node.place = place;
    node.value = match node.value {
        Value::List(elements) => Value::List(elements.into_iter().map(|n| at(n, place)).collect()),
        Value::Map(entries) => {
            let moved = entries.into_iter().map(|e| Entry { key: e.key, node: at(e.node, place) });
            Value::Map(moved.collect())
        }
        Value::Text(text) => Value::Text(text),
        Value::Boolean(value) => Value::Boolean(value),
        Value::Number(number) => Value::Number(number),
        Value::Null | Value::Reference(_) | Value::Unknown(_) => Value::Null,
    };
    node
}
