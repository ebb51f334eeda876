//! What can be typed after `shardlag import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::arguments::Format;
use crate::scenario::limits::IMPORT_SIZE_MAX;
use crate::units::{Bytes, parse_bytes};

/// Examples at the end of its help.
pub(super) const IMPORT_EXAMPLES: &str = "Examples:
  shardlag import template.yaml --mapping Consumer.Stream --out scenario.toml
  shardlag import template.yaml --parameter BatchSize=500
  terraform show -json plan.out | shardlag import - --mapping 2
  aws lambda get-event-source-mapping --uuid ... | shardlag import -
  shardlag import metrics.json --as traffic,duration --into scenario.toml";

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The file; `-` is standard input; a folder or several files for Terraform
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Which mapping: its number, its name or a part of it
    #[arg(long, value_name = "NAME")]
    pub mapping: Option<String>,
    /// A parameter or variable that the file leaves open; repeatable
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// A key of the scenario, for example mapping.BatchSize=500; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Take the default of AWS for what a module or a change leaves open
    #[arg(long)]
    pub accept_defaults: bool,
    /// Read CloudWatch metrics and take them for this; several with commas between
    #[arg(
        long = "as",
        value_name = "PART",
        value_enum,
        value_delimiter = ',',
        conflicts_with_all = ["mapping", "parameters", "set", "accept_defaults"]
    )]
    pub parts: Vec<MetricPart>,
    /// Which metric holds the arrivals: its label or id
    #[arg(long, value_name = "NAME", requires = "parts")]
    pub metric: Option<String>,
    /// The scenario that gets what the metrics say [default: a fragment on standard output]
    #[arg(long, value_name = "SCENARIO", requires = "parts")]
    pub into: Option<PathBuf>,
    /// Where to write the scenario [default: standard output, or where --into says]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Size of each file at most
    #[arg(long, value_name = "SIZE", default_value = IMPORT_SIZE_MAX, value_parser = parse_bytes)]
    pub max_size: Bytes,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print errors and warnings only
    #[arg(long)]
    pub quiet: bool,
}

/// What CloudWatch metrics are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MetricPart {
    /// Arrivals, from IncomingRecords or the like
    Traffic,
    /// How long invocations take, from percentiles of Duration
    Duration,
    /// Error rate and outages, from Errors and Invocations
    Faults,
    /// IteratorAge as measured, to be drawn beside the simulated one
    Overlay,
}
