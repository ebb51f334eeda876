//! The blocks of a configuration by name, and the values of variables and locals.

use std::cell::Cell;
use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use super::super::problem::Problem;
use super::super::source::{Lines, SourceFile};
use super::super::supplied::Supplied;
use super::super::tree::{Node, Place, Unknown, Value};

/// Values evaluated at most: a small file cannot ask for endless work.
const STEPS_MAX: u32 = 200_000;
/// Locals and variables that refer to each other in a circle end here.
const DEPTH_MAX: u32 = 60;

/// A parsed file.
pub struct File {
    body: Body,
    lines: Lines,
    is_values: bool,
}

/// Parses all files; `.tfvars` files give values for variables.
pub fn parse(sources: &[SourceFile]) -> Result<Vec<File>, Problem> {
    let parse_one = |(index, source): (usize, &SourceFile)| {
        let body: Body = source.text.parse().map_err(|error: hcl_edit::parser::Error| {
            let line = u32::try_from(error.location().line()).unwrap_or(1).max(1);
            Problem::at(&source.name, line, format!("not HCL: {}", error.message()))
        })?;
        let is_values = source.name.ends_with(".tfvars");
        Ok(File { body, lines: Lines::new(index, &source.text), is_values })
    };
    sources.iter().enumerate().map(parse_one).collect()
}

/// An expression with the file it stands in.
#[derive(Clone, Copy)]
pub struct Written<'h> {
    pub file: usize,
    pub expression: &'h Expression,
}

/// A block with the file it stands in.
#[derive(Clone, Copy)]
pub struct WrittenBlock<'h> {
    pub file: usize,
    pub block: &'h Block,
}

/// Everything that a configuration declares.
pub struct Module<'h> {
    files: &'h [File],
    supplied: &'h Supplied,
    /// Variables with their defaults.
    variables: BTreeMap<&'h str, Option<Written<'h>>>,
    /// Values from `.tfvars` files; later files win.
    values: BTreeMap<&'h str, Written<'h>>,
    locals: BTreeMap<&'h str, Written<'h>>,
    /// Resources and data sources by `type.name`, in the order of the files.
    resources: Vec<(String, WrittenBlock<'h>)>,
    modules: Vec<(String, WrittenBlock<'h>)>,
    steps: Cell<u32>,
    depth: Cell<u32>,
}

impl<'h> Module<'h> {
    /// Sorts the blocks of all files.
    pub fn new(files: &'h [File], supplied: &'h Supplied) -> Module<'h> {
        let mut module = Module {
            files,
            supplied,
            variables: BTreeMap::new(),
            values: BTreeMap::new(),
            locals: BTreeMap::new(),
            resources: Vec::new(),
            modules: Vec::new(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        };
        for (file, parsed) in files.iter().enumerate() {
            if parsed.is_values {
                for attribute in parsed.body.attributes() {
                    let written = Written { file, expression: &attribute.value };
                    module.values.insert(attribute.key.as_str(), written);
                }
                continue;
            }
            for block in parsed.body.blocks() {
                module.add(WrittenBlock { file, block });
            }
        }
        module
    }

    fn add(&mut self, written: WrittenBlock<'h>) {
        let WrittenBlock { file, block } = written;
        let label = |index: usize| block.labels.get(index).map(|label| label.as_str());
        let attribute = |name: &str| block.body.get_attribute(name);
        match (block.ident.as_str(), label(0), label(1)) {
            ("variable", Some(name), _) => {
                let default = attribute("default");
                let default = default.map(|a| Written { file, expression: &a.value });
                self.variables.insert(name, default);
            }
            ("locals", _, _) => {
                for attribute in block.body.attributes() {
                    let written = Written { file, expression: &attribute.value };
                    self.locals.insert(attribute.key.as_str(), written);
                }
            }
            ("resource", Some(kind), Some(name)) => {
                self.resources.push((format!("{kind}.{name}"), written));
            }
            ("data", Some(kind), Some(name)) => {
                self.resources.push((format!("data.{kind}.{name}"), written));
            }
            ("module", Some(name), _) => self.modules.push((name.to_owned(), written)),
            _ => {}
        }
    }

    /// Resources and data sources by `type.name`.
    pub fn resources(&self) -> &[(String, WrittenBlock<'h>)] {
        &self.resources
    }

    /// Calls of modules.
    pub fn modules(&self) -> &[(String, WrittenBlock<'h>)] {
        &self.modules
    }

    /// A resource by `type.name`.
    pub fn resource(&self, name: &str) -> Option<WrittenBlock<'h>> {
        self.resources.iter().find(|(known, _)| known == name).map(|(_, block)| *block)
    }

    /// The line of something with a span.
    pub fn place(&self, file: usize, spanned: &impl Span) -> Place {
        let offset = spanned.span().map_or(0, |span| span.start);
        self.files[file].lines.place(offset)
    }

    /// What supplies values that the files leave open.
    pub fn supplied(&self) -> &Supplied {
        self.supplied
    }

    /// Counts a step of work; `false` when there were too many.
    pub fn may_go_on(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= STEPS_MAX
    }

    /// The value of `var.name`.
    pub fn variable(&self, name: &str, place: Place) -> Node {
        if let Some(given) = self.supplied.typed(name) {
            return given;
        }
        if let Some(written) = self.values.get(name) {
            return self.nested(name, *written, place);
        }
        let unknown = |why: String| Supplied::unknown(name, why, place);
        match self.variables.get(name) {
            Some(Some(written)) => self.nested(name, *written, place),
            Some(None) => unknown(format!("variable `{name}` has no default")),
            None => unknown(format!("variable `{name}` is declared elsewhere")),
        }
    }

    /// The value of `local.name`.
    pub fn local(&self, name: &str, place: Place) -> Node {
        match self.locals.get(name) {
            Some(written) => self.nested(name, *written, place),
            None => {
                unknown(&format!("local.{name}"), format!("`local.{name}` is elsewhere"), place)
            }
        }
    }

    /// Evaluates what a name stands for, but not in a circle.
    pub fn nested(&self, name: &str, written: Written<'h>, place: Place) -> Node {
        if self.depth.get() >= DEPTH_MAX {
            return unknown(name, format!("`{name}` refers to itself"), place);
        }
        self.depth.set(self.depth.get() + 1);
        let node = self.evaluate(written, &super::expression::Scope::default());
        self.depth.set(self.depth.get() - 1);
        node
    }
}

/// A node that is unknown for a reason that only `--set` can mend.
pub fn unknown(name: &str, why: String, place: Place) -> Node {
    Node::new(Value::Unknown(Unknown::new(name, why, None)), place)
}
