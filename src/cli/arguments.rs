//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::editing_arguments::{
    CHECK_EXAMPLES, CheckArguments, InitArguments, SCHEMA_EXAMPLES, SchemaArguments, init_examples,
};
use super::explain_arguments::{EXPLAIN_EXAMPLES, ExplainArguments};
use super::import_arguments::{IMPORT_EXAMPLES, ImportArguments};
use super::limit_arguments::{self, LimitArguments};
use super::sweep_arguments::{SWEEP_EXAMPLES, SweepArguments};
use super::tune_arguments::{TUNE_EXAMPLES, TuneArguments};
use crate::experiment::uncertainty::Uncertainty;
use crate::scenario::limits::{MESSAGES_MAX, TRACE_LINES_MAX};
use crate::scenario::{Diagnostics, Override, Tolerance};
use crate::units::{Probability, parse_probability};

/// Simulates AWS Lambda polling DynamoDB Streams and Kinesis shards: IteratorAge, blocked
/// shards, lost records and cost of event source mapping settings, before they are deployed.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = after_help())]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a scenario and report what happens
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Compare two scenarios, the variants of one, or two saved summaries
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(CompareArguments),
    /// Explain what happened to a record or a shard, or what is wrong with a run
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArguments),
    /// Run a scenario at many points of its settings, on one machine or on many
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepArguments),
    /// Find the best settings that meet what is demanded
    #[command(after_help = TUNE_EXAMPLES)]
    Tune(TuneArguments),
    /// Write a commented scenario to begin with
    #[command(after_help = init_examples())]
    Init(InitArguments),
    /// Check a scenario without running it, or explain a warning
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Hold the simulator against exact theory, recorded deliveries and runs measured on AWS
    #[command(after_help = VALIDATE_EXAMPLES)]
    Validate(ValidateArguments),
    /// Turn templates, plans, AWS CLI output and CloudWatch metrics into a scenario
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArguments),
    /// Print the JSON Schema of scenario files, for editors
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(SchemaArguments),
    /// Print what a shell needs to complete commands and arguments
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write those of all commands
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Folder for one page per command
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

const EXAMPLES: &str = "Examples:
  shardlag run scenarios/first-steps.toml
  shardlag init stuck-shard --out my-scenario.toml
  shardlag check my-scenario.toml
  shardlag tune scenarios/tune-retry-and-age.toml

Exit codes: 0 fine, 1 the run failed, 2 bad usage or scenario, 98 compare found a regression, 99 an
assertion does not hold, 130 interrupted: Ctrl-C during run shows what is done so far and writes no
file; a sweep keeps its finished points, and the same command goes on with the others.
Set NO_COLOR for no colours; where LC_ALL, LC_CTYPE or LANG is not UTF-8, output is ASCII.";

fn after_help() -> String {
    format!("{EXAMPLES}\n\n{}", limit_arguments::table())
}

const RUN_EXAMPLES: &str = "Examples:
  shardlag run scenarios/poison-record.toml
  shardlag run s.toml --set mapping.BatchSize=500 --set stream.shards=8
  shardlag run s.toml --precision 5% --out /tmp/report
  shardlag run s.toml --replications 1 --trace trace.jsonl
  shardlag run s.toml --trace trace.json --trace-format perfetto    for ui.perfetto.dev
  shardlag run s.toml --replications 40 --uncertainty rate=10%,duration=20%
  shardlag run - --out /tmp/report < s.toml
  shardlag run s.toml --format json | jq '.variants[0].iterator_age.p99'";

const COMPARE_EXAMPLES: &str = "Examples:
  shardlag compare now.toml proposed.toml          same seed: the same arrivals
  shardlag compare s.toml --base bisect             its variants with one of them
  shardlag compare monday.json friday.json         two saved summary.json
  shardlag compare a.toml b.toml --tolerance iterator_age.p99=5% --tolerance errors=10
  shardlag compare a.toml b.toml --format markdown > comment.md

Exit code 98 says that a metric is worse by more than its tolerance, which is 0 where none is
given: the whole 95 % interval of the difference lies beyond it.";

const COMPLETIONS_EXAMPLES: &str = "Examples:
  shardlag completions bash > ~/.local/share/bash-completion/completions/shardlag
  shardlag completions zsh > ~/.zfunc/_shardlag    with ~/.zfunc in fpath, before compinit
  shardlag completions fish > ~/.config/fish/completions/shardlag.fish
  shardlag completions powershell >> $PROFILE
  shardlag completions elvish >> ~/.config/elvish/rc.elv";

const MAN_EXAMPLES: &str = "Examples:
  shardlag man | man -l -
  shardlag man --out ~/.local/share/man/man1    then: man shardlag-run";

const VALIDATE_EXAMPLES: &str = "Examples:
  shardlag validate                          everything that the program is held against
  shardlag validate --quick                  without the costly items
  shardlag validate --out reports/validation  page and charts as well
  shardlag validate --group delivery --list  every item of a group
  shardlag validate --items my-cases.jsonl   delivery cases or known answers of your own
  shardlag validate --calibrate model.refill_below=2..12
  shardlag validate --calibrate model.invoke_overhead=12ms,16ms,20ms --list
  shardlag validate --format json | jq '.items[] | select(.status == \"failed\")'

Exit code 1 says that an item fails, or without --list that all of them are unsupported; 2 that
items cannot be read.";
/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,
    /// Folder for summary, page, charts and series [default: reports/<scenario>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write the assertions of the scenario as JUnit XML, for build servers
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Also write what happens in the first replication, event by event
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// How the trace is written
    #[arg(long, value_enum, requires = "trace", default_value_t = TraceFormat::Jsonl)]
    pub trace_format: TraceFormat,
    /// The variant to trace [default: the scenario itself]
    #[arg(long, value_name = "NAME", requires = "trace")]
    pub trace_variant: Option<String>,
    /// Add replications until the 95 % interval of IteratorAge p99 is within this share of it
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    pub precision: Option<Probability>,
    /// Repeat the run with inputs that are known only so well, for example rate=10%,duration=20%:
    /// also record_size, error_rate, poison_rate
    #[arg(long, value_name = "INPUT=SHARE,..", value_parser = Uncertainty::parse)]
    pub uncertainty: Option<Uncertainty>,
    /// Also write the series as `aws cloudwatch get-metric-data` gives them
    #[arg(long, value_name = "FILE")]
    pub cloudwatch: Option<PathBuf>,
    /// Also write the series as lines of CloudWatch's embedded metric format
    #[arg(long, value_name = "FILE")]
    pub emf: Option<PathBuf>,
    /// Also write timeseries.parquet beside timeseries.csv, with the same rows; needs a shardlag
    /// that is built with the feature `parquet`
    #[arg(long)]
    pub parquet: bool,
    /// Threads [default: one per core]; the results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    #[command(flatten)]
    pub limits: LimitArguments,
    /// Lines of the trace at most
    #[arg(long, value_name = "N", requires = "trace", default_value_t = TRACE_LINES_MAX)]
    pub max_trace_lines: u64,
    /// Messages in destination.jsonl at most; figures count all of them
    #[arg(long, value_name = "N", default_value_t = MESSAGES_MAX)]
    pub max_messages: u64,
}

/// How a trace is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TraceFormat {
    /// One JSON object per line
    Jsonl,
    /// Chrome trace events, for ui.perfetto.dev
    Perfetto,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// A scenario, or a summary.json that `run` wrote: the base
    pub base: PathBuf,
    /// Another one, to be compared with it [default: the variants of the first]
    pub other: Option<PathBuf>,
    /// The variant that the others are compared with [default: the scenario itself]
    #[arg(long = "base", value_name = "NAME", conflicts_with = "other")]
    pub base_variant: Option<String>,
    /// Compare every metric, not only the most important ones
    #[arg(long)]
    pub all: bool,
    /// How much worse a metric may be, for example iterator_age.p99=5%, iterator_age.p99=1s or
    /// errors=10; repeatable, and it replaces what the scenario says in `[compare]`
    #[arg(long, value_name = "METRIC=AMOUNT", value_parser = Tolerance::parse)]
    pub tolerance: Vec<Tolerance>,
    /// Change a key of the scenarios, for example mapping.BatchSize=500; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random numbers [default: that of the first scenario]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Replications per variant [default: those of the first scenario]
    #[arg(long, value_name = "N")]
    pub replications: Option<u32>,
    /// Also write the judged metrics as JUnit XML, for build servers
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Threads [default: one per core]; the results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    #[command(flatten)]
    pub limits: LimitArguments,
    /// What to print
    #[arg(long, value_enum, default_value_t = ComparisonFormat::Human)]
    pub format: ComparisonFormat,
    /// Print errors only
    #[arg(long)]
    pub quiet: bool,
}

/// What `compare` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ComparisonFormat {
    /// A table and a sentence for each pair
    Human,
    /// One JSON document
    Json,
    /// A Markdown table for each pair, for pull requests
    Markdown,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub(super) struct ValidateArguments {
    /// Run the items of this file (delivery cases, known answers or measured runs) instead of
    /// the program's own; `-` is standard input; a folder holds configurations to be imported
    #[arg(long, value_name = "FILE")]
    pub items: Option<PathBuf>,
    /// Only this group of items, for example delivery, theory, measured or b; repeatable
    #[arg(long, value_name = "NAME")]
    pub group: Vec<String>,
    /// Leave out items that take long
    #[arg(long)]
    pub quick: bool,
    /// Show every item, not only those that fail
    #[arg(long)]
    pub list: bool,
    /// Write a page with charts into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "calibrate")]
    pub out: Option<PathBuf>,
    /// Change a knob of the model for measured runs, for example model.refill_below=8; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Try values of a knob on the measured runs and show how far off each is; the values are a
    /// list or whole numbers FROM..TO
    #[arg(long, value_name = "KEY=VALUES")]
    pub calibrate: Option<String>,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads [default: one per core]; the results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print errors only
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of every command that reads a scenario.
#[derive(Debug, Args)]
pub(super) struct ScenarioArguments {
    /// The scenario file; `-` is standard input
    pub file: PathBuf,
    /// Change a key of the scenario, for example mapping.BatchSize=500; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random numbers [default: the scenario's]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Replications per variant [default: the scenario's]
    #[arg(long, value_name = "N")]
    pub replications: Option<u32>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print errors only
    #[arg(long)]
    pub quiet: bool,
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables and sentences
    Human,
    /// One JSON document
    Json,
}

impl ScenarioArguments {
    /// Whether the scenario is read from standard input.
    pub fn is_standard_input(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    /// All changes to the scenario's keys, in the order in which they apply.
    pub fn overrides(&self) -> Result<Vec<Override>, Diagnostics> {
        overrides(&self.set, self.seed, self.replications)
    }
}

/// Changes of keys, in the order in which they apply.
pub(super) fn overrides(
    set: &[String],
    seed: Option<u64>,
    replications: Option<u32>,
) -> Result<Vec<Override>, Diagnostics> {
    let seed = seed.map(|seed| format!("seed={seed}"));
    let replications = replications.map(|count| format!("replications={count}"));
    let set = set.iter().cloned();
    set.chain(seed).chain(replications).map(|change| Override::parse(&change)).collect()
}

pub(super) fn precision(text: &str) -> Result<Probability, String> {
    let share = parse_probability(text).map_err(|error| error.to_string())?;
    match share.get() {
        value if value > 0.0 && value < 1.0 => Ok(share),
        _ => Err("write a share between 0 % and 100 %, for example `5%`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// The words of an example from the program's name up to a redirection, a pipe or an
    /// explanation.
    fn words(example: &str) -> Vec<String> {
        let example = &example[example.find("shardlag ").unwrap_or(0)..];
        let ends = ["  ", " | ", " < ", " > ", " >> "];
        let end = ends.iter().filter_map(|end| example.find(end)).min();
        let typed = &example[..end.unwrap_or(example.len())];
        typed.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect()
    }

    #[test]
    fn every_command_has_examples_that_can_be_typed() {
        let program = Arguments::command();
        let commands = program.get_subcommands().chain([&program]);
        for command in commands {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with("Examples:\n"), "`{name} --help` has no examples");
            let examples = help.lines().skip(1).take_while(|line| line.starts_with("  "));
            let examples: Vec<&str> = examples.map(str::trim_start).collect();
            assert!(!examples.is_empty(), "`{name} --help` has no examples");
            for example in examples {
                let parsed = Arguments::try_parse_from(words(example));
                assert!(parsed.is_ok(), "{example}: {}", parsed.expect_err("it is refused"));
            }
        }
    }

    #[test]
    fn the_definition_of_the_arguments_has_no_conflicts() {
        Arguments::command().debug_assert();
    }
}
