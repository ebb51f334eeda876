//! Files of the AWS world to scenarios: event source mappings, and CloudWatch metrics.
//!
//! ```text
//! text --json, yaml, hcl--> tree --a format--> RawMapping --settle--> ImportedMapping --> scenario
//! ```
//!
//! | module | owns |
//! |---|---|
//! | `source`, `problem`, `tree` | files with limits, what is wrong with them, values with lines |
//! | `cloudformation` | CloudFormation, SAM and CDK templates |
//! | `terraform` | configurations in HCL, plans and states in JSON |
//! | `serverless` | serverless.yml |
//! | `commands` | JSON and command lines of the AWS CLI |
//! | `settle`, `settle_facts`, `values` | types, ranges, defaults of the tools |
//! | `kind` | DynamoDB or Kinesis |
//! | `without_value` | settings whose key stands without a value |
//! | [`scenario_text`] | the scenario that a mapping becomes |
//! | [`summary`] | what was found, as text and as JSON |
//! | [`folder`] | files with known readings, held against the importer |
//! | [`metrics`] | CloudWatch metrics as traffic, durations, faults, measured ages |
//!
//! Rule: what a file does not tell is never made up. It is a default of the tool that the file
//! belongs to, marked as such; or *unresolved*, with line, reason and what supplies it; or, where
//! a scenario needs it and such files never say it (traffic), a placeholder marked TO SUPPLY.
//! Left out: running anything, and reaching AWS.

mod cloudformation;
mod commands;
mod given;
mod json;
mod kind;
mod raw;
mod serverless;
mod settle;
mod settle_facts;
mod source;
mod supplied;
mod terraform;
mod tree;
mod values;
mod without_value;
mod yaml;

pub mod folder;
pub mod mapping;
pub mod metrics;
pub(crate) mod problem;
pub mod scenario_text;
pub mod summary;

pub use mapping::{
    Found, FunctionFacts, ImportedMapping, KindEvidence, Origin, Setting, StreamFacts, Unresolved,
};
pub use problem::{Problem, Weight};
pub use source::SourceFile;
pub use tree::Place;

use std::path::Path;

use given::Given;
use problem::Problems;
use raw::RawMapping;
use settle::settle;
use supplied::Supplied;
use tree::Node;

/// What the user adds to a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// `NAME=VALUE`: parameters and variables of the file.
    pub parameters: Vec<String>,
    /// `KEY=VALUE`: keys of the scenario, for example `mapping.BatchSize=100`.
    pub set: Vec<String>,
    /// Where a module or a change leaves a parameter open, the API's default is meant.
    pub accept_defaults: bool,
}

/// Everything that was found in a file.
#[derive(Debug)]
pub struct Imported {
    /// What the file is.
    pub format: Format,
    /// Mappings of streams in the order of the file.
    pub mappings: Vec<ImportedMapping>,
    /// What is wrong or worth knowing.
    pub problems: Vec<Problem>,
    /// Names of files by index, for [`Imported::origin`].
    names: Vec<String>,
    given: Given,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A CloudFormation template.
    CloudFormation,
    /// A SAM template.
    Sam,
    /// A Terraform configuration.
    Terraform,
    /// `terraform show -json`.
    TerraformJson,
    /// serverless.yml.
    Serverless,
    /// JSON or YAML of `aws lambda`.
    AwsOutput,
    /// A script with `aws lambda create-event-source-mapping`.
    AwsCommand,
}

impl Format {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Format::CloudFormation => "CloudFormation template",
            Format::Sam => "SAM template",
            Format::Terraform => "Terraform configuration",
            Format::TerraformJson => "Terraform plan or state",
            Format::Serverless => "serverless.yml",
            Format::AwsOutput => "JSON of aws lambda",
            Format::AwsCommand => "aws lambda command line",
        }
    }
}

impl Imported {
    /// Where a place is, without the folder of the file: `template.yaml:12`.
    pub fn place(&self, place: Place) -> String {
        let name = self.names.get(place.file).map_or("?", String::as_str);
        if name.starts_with("--") {
            return name.to_owned();
        }
        let short = Path::new(name).file_name().map(|name| name.to_string_lossy());
        format!("{}:{}", short.as_deref().unwrap_or(name), place.line)
    }

    /// Where a value is from: `template.yaml:12`, or `default of the Serverless Framework`.
    pub fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::File(place) => self.place(place),
            Origin::Default(tool) => format!("default of {tool}"),
        }
    }

    /// Whether something is wrong, not only worth knowing.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.weight == Weight::Error)
    }

    /// The mapping that is wanted: by number from 1, by name, or by a part of a name that only
    /// one has; a part between dots counts before any other.
    ///
    /// # Errors
    /// When it is not clear which one is wanted.
    pub fn choose(&self, wanted: Option<&str>) -> Result<&ImportedMapping, String> {
        let names: Vec<&str> = self.mappings.iter().map(|mapping| mapping.id.as_str()).collect();
        let listed = crate::scenario::suggest::listed(&names);
        let Some(wanted) = wanted else {
            return match self.mappings.as_slice() {
                [only] => Ok(only),
                [] => Err("there is no mapping of a stream".to_owned()),
                several => Err(format!(
                    "there are {} mappings; choose one with --mapping: {listed}",
                    several.len()
                )),
            };
        };
        if let Some(exact) = self.mappings.iter().find(|mapping| mapping.id == wanted) {
            return Ok(exact);
        }
        let number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(mapping) = number.and_then(|index| self.mappings.get(index)) {
            return Ok(mapping);
        }
        // `m` of `aws_lambda_event_source_mapping.m` before every name with an m in it.
        let is_part = |id: &str| id.split(['.', '[']).any(|part| part == wanted);
        let has_part = self.mappings.iter().any(|mapping| is_part(&mapping.id));
        let matches = |id: &str| if has_part { is_part(id) } else { id.contains(wanted) };
        let mut matching = self.mappings.iter().filter(|mapping| matches(&mapping.id));
        match (matching.next(), matching.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(format!("several mappings match `{wanted}`: {listed}")),
            (None, _) => {
                let advice = crate::scenario::suggest::advice(wanted, &names);
                Err(format!("no mapping `{wanted}`; {advice}"))
            }
        }
    }
}

/// Reads the mappings of a file, or of all files of a Terraform configuration.
///
/// # Errors
/// When the text cannot be read as any known format, or a parameter was given that nothing asks
/// for.
pub fn import(sources: &[SourceFile], options: &ImportOptions) -> Result<Imported, Vec<Problem>> {
    let mut names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    names.extend(["--parameter".to_owned(), "--set".to_owned()]);
    let parameter_place = Place { file: sources.len(), line: 1 };
    let set_place = Place { file: sources.len() + 1, line: 1 };
    let supplied = Supplied::parse(&options.parameters, parameter_place)?;
    let given = Given::parse(&options.set, set_place)?;
    let mut problems = Problems { names: names.clone(), found: Vec::new() };
    let (format, mut raws) =
        read(sources, &supplied, &mut problems).map_err(|problem| vec![problem])?;
    let unused = supplied.unused();
    if !unused.is_empty() {
        return Err(unused);
    }
    number_equal_names(&mut raws);
    let mappings: Vec<ImportedMapping> = raws
        .into_iter()
        .map(|mut raw| {
            given.apply(&mut raw);
            let mut mapping = settle(&raw, options.accept_defaults, &mut problems);
            given.resolve(&mut mapping);
            mapping
        })
        .collect();
    if mappings.is_empty() {
        let name = &sources[0].name;
        let message = format!(
            "this {} has no event source mapping of a DynamoDB stream or a Kinesis stream",
            format.name()
        );
        problems.found.push(Problem::of_file(name, message));
        return Err(problems.found);
    }
    Ok(Imported { format, mappings, problems: problems.found, names, given })
}

/// Two mappings of one name are told apart by a number.
fn number_equal_names(raws: &mut [RawMapping]) {
    for index in 1..raws.len() {
        let (before, rest) = raws.split_at_mut(index);
        let known = |id: &str| before.iter().any(|raw| raw.id == id);
        if known(&rest[0].id) {
            let id = rest[0].id.clone();
            let free = (2..).map(|number| format!("{id}#{number}")).find(|id| !known(id));
            rest[0].id = free.unwrap_or(id);
        }
    }
}

fn read(
    sources: &[SourceFile],
    supplied: &Supplied,
    problems: &mut Problems,
) -> Result<(Format, Vec<RawMapping>), Problem> {
    let first = &sources[0];
    if looks_like_hcl(first) {
        return Ok((Format::Terraform, terraform::mappings(sources, supplied, problems)?));
    }
    if let [_, second, ..] = sources {
        let message = "only the files of one Terraform configuration are read together; import \
                       this one on its own";
        return Err(Problem::of_file(&second.name, message.to_owned()));
    }
    if first.text.contains("-event-source-mapping") && !looks_like_json(first) {
        let words = commands::command_line::mappings(&first.text, 0, supplied, problems);
        if !words.is_empty() || ["sh", "bash", "ps1", "txt"].contains(&&*first.extension()) {
            return Ok((Format::AwsCommand, words));
        }
    }
    let root = match looks_like_json(first) {
        true => json::parse(first, 0)?,
        false => yaml::parse(first, 0)?,
    };
    let format = format_of(first, &root)?;
    let found = match format {
        Format::CloudFormation | Format::Sam => cloudformation::mappings(&root, supplied, problems),
        Format::TerraformJson => terraform::plan::mappings(&root),
        Format::Serverless => {
            let folder = Path::new(&first.name).parent().unwrap_or(Path::new(""));
            serverless::mappings(&root, supplied, folder, problems)
        }
        Format::AwsOutput | Format::Terraform | Format::AwsCommand => {
            commands::output::mappings(&root, problems)
        }
    };
    Ok((format, found))
}

fn looks_like_json(source: &SourceFile) -> bool {
    let start = source.text.trim_start();
    source.extension() == "json" || start.starts_with('{') || start.starts_with('[')
}

/// By its ending, or, where that says nothing, by lines that begin a block of Terraform.
fn looks_like_hcl(source: &SourceFile) -> bool {
    let extension = source.extension();
    if ["tf", "tfvars", "hcl"].contains(&&*extension) {
        return true;
    }
    let begins_block = |line: &str| {
        let blocks = ["resource \"", "module \"", "variable \"", "data \"", "locals {"];
        blocks.iter().any(|block| line.starts_with(block)) && line.trim_end().ends_with('{')
    };
    let is_known = ["json", "yaml", "yml", "template", "sh"].contains(&&*extension);
    !is_known && source.text.lines().any(begins_block)
}

/// What a document is, by its keys.
fn format_of(source: &SourceFile, root: &Node) -> Result<Format, Problem> {
    let has = |key: &str| root.get(key).is_some();
    let fail = |message: &str| Err(Problem::of_file(&source.name, message.to_owned()));
    if has("MetricDataResults") || has("Datapoints") {
        return fail("these are metrics; say what they are with --as traffic, duration, ...");
    }
    if has("format_version") && (has("planned_values") || has("values")) {
        return Ok(Format::TerraformJson);
    }
    if has("functions") || (has("service") && has("provider")) {
        return Ok(Format::Serverless);
    }
    if let Some(resources) = root.get("Resources") {
        let is_sam = |entry: &tree::Entry| {
            let kind = entry.node.get("Type").and_then(Node::as_text).unwrap_or_default();
            kind.starts_with("AWS::Serverless::")
        };
        let is_any_sam = has("Transform") || resources.entries().iter().any(is_sam);
        return Ok(if is_any_sam { Format::Sam } else { Format::CloudFormation });
    }
    if commands::output::is_one(root) {
        return Ok(Format::AwsOutput);
    }
    if has("artifacts") && has("version") {
        return fail(
            "this is the manifest of a cdk.out folder; import the *.template.json beside it",
        );
    }
    fail(
        "not a file that can be imported: known are CloudFormation and SAM templates, Terraform \
         (.tf, `terraform show -json`), serverless.yml, JSON of `aws lambda \
         get-event-source-mapping` and scripts with `aws lambda create-event-source-mapping`",
    )
}
