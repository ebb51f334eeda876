//! Arguments of the commands that help to write a scenario: `check`, `init` and `schema`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::arguments::ScenarioArguments;
use crate::scenario::templates::TEMPLATES;

pub(super) const CHECK_EXAMPLES: &str = "Examples:
  shardlag check scenarios/poison-record.toml
  shardlag check s.toml --set mapping.ParallelizationFactor=10
  shardlag check --explain W-endless-retries
  shardlag check --explain all                     every code
  shardlag check - --format json < s.toml | jq '.diagnostics[].message'

Warnings are about settings that AWS accepts and that probably do not say what was meant. They
change neither the exit code nor the run.";

pub(super) const SCHEMA_EXAMPLES: &str = "Examples:
  shardlag schema > scenario.schema.json
  shardlag schema --draft 2020-12 --out scenario.schema.json

Editors complete and check a scenario whose first line is `#:schema scenario.schema.json` (Even
Better TOML in VS Code, Taplo elsewhere). What only a check can know, `shardlag check` says.";

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub scenario: Option<ScenarioArguments>,
    /// Say what a warning means and what to do, by its code such as W-endless-retries; `all` lists
    /// the codes
    #[arg(long, value_name = "CODE", exclusive = true)]
    pub explain: Option<String>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// What to begin with [default: first]
    #[arg(value_name = "TEMPLATE")]
    pub template: Option<String>,
    /// The file to write, `-` for standard output [default: TEMPLATE.toml]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
    /// List the templates
    #[arg(long, conflicts_with_all = ["template", "out", "force"])]
    pub list: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Which JSON Schema it is
    #[arg(long, value_enum, default_value_t = SchemaDraft::Draft07)]
    pub draft: SchemaDraft,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Which JSON Schema a schema says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaDraft {
    /// Draft-07, which editors know
    #[value(name = "07", alias = "draft-07", alias = "7")]
    Draft07,
    /// Draft 2020-12
    #[value(name = "2020-12")]
    Draft202012,
}

/// The examples of `init --help`, with the templates.
pub(super) fn init_examples() -> String {
    format!(
        "Examples:
  shardlag init stuck-shard
  shardlag init capacity --out launch.toml
  shardlag init gate --out - | shardlag check -

Templates:\n{}
Beside the file goes scenario.schema.json, with which editors complete and check it.",
        template_table()
    )
}

/// Names and questions of the templates.
pub(super) fn template_table() -> String {
    let row = |template: &crate::scenario::templates::Template| {
        format!("  {:<12} {}\n", template.name, template.question)
    };
    TEMPLATES.iter().map(row).collect()
}
