//! What can be typed behind `shardlag sweep`.

use std::path::PathBuf;

use clap::{ArgMatches, Args, FromArgMatches, Subcommand, ValueEnum};

use super::arguments::{Format, ScenarioArguments};
use super::limit_arguments::LimitArguments;
use crate::scenario::Factor;
use crate::scenario::limits::{POINTS_LIMIT, POINTS_MAX};

pub(super) const SWEEP_EXAMPLES: &str = "Examples:
  shardlag sweep s.toml                              the factors of its [sweep]
  shardlag sweep s.toml --factor mapping.BatchSize=10,100,1000
  shardlag sweep s.toml --factor function.duration.base=10ms..1s/6log --factor stream.shards=1..4
  shardlag sweep s.toml --latin-hypercube 40 --pareto cost_usd.total,record_age.p99
  shardlag sweep plan s.toml --out plan.json         then, on each of 4 machines:
  shardlag sweep run plan.json --shard 2/4           or --shard auto --of 4 in an array job
  shardlag sweep status plan.json
  shardlag sweep merge plan.json --out reports/sweep
  shardlag sweep submit plan.json --engine slurm --shards 8 --dry-run

A sweep that was stopped goes on where it was when it is started again: finished points are kept
in the folder `points` beside the report.";

/// Arguments of `sweep`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct SweepArguments {
    #[command(subcommand)]
    pub command: Option<SweepCommand>,
    #[command(flatten)]
    pub here: Here,
}

/// The arguments without a command; with one there are none.
#[derive(Debug)]
pub(super) struct Here(pub Option<SweepHereArguments>);

impl FromArgMatches for Here {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Here, clap::Error> {
        // The scenario is the one argument that is required.
        let is_here = matches.contains_id("file");
        is_here.then(|| SweepHereArguments::from_arg_matches(matches)).transpose().map(Here)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Here::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Here {
    fn augment_args(command: clap::Command) -> clap::Command {
        SweepHereArguments::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        SweepHereArguments::augment_args_for_update(command)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum SweepCommand {
    /// Write all points of a sweep into a file that other machines can run
    Plan(SweepPlanArguments),
    /// Run the points of a plan that are missing, or one of several shards of them
    Run(SweepRunArguments),
    /// Say which points of a plan are finished
    Status(SweepStatusArguments),
    /// Put the finished points of a plan together
    Merge(SweepMergeArguments),
    /// Start the shards of a plan on an engine, or print its job file
    Submit(SweepSubmitArguments),
}

/// What is tried.
#[derive(Debug, Args)]
pub(super) struct TriedArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,
    /// Try these levels of a key instead of the scenario's factors: KEY=10,100 or
    /// KEY=10ms..1s/6log; repeatable
    #[arg(long, value_name = "KEY=LEVELS", value_parser = Factor::parse)]
    pub factor: Vec<Factor>,
    /// Spread so many points evenly over each factor instead of trying all combinations
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub latin_hypercube: Option<u32>,
    /// The two metrics whose best compromises are wanted [default: cost_usd.total and
    /// iterator_age.p99]
    #[arg(long, value_name = "METRIC,METRIC")]
    pub pareto: Option<String>,
    /// Points at most
    #[arg(
        long,
        alias = "points-max",
        value_name = "N",
        default_value_t = POINTS_MAX,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(POINTS_LIMIT))
    )]
    pub max_points: u32,
}

/// How points are run.
#[derive(Debug, Args)]
pub(super) struct RunningArguments {
    /// Threads [default: one per core]; the results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// Arguments of `sweep SCENARIO`.
#[derive(Debug, Args)]
pub(super) struct SweepHereArguments {
    #[command(flatten)]
    pub tried: TriedArguments,
    #[command(flatten)]
    pub running: RunningArguments,
    /// Folder for the table, page and charts [default: reports/<scenario>-sweep]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write sweep.parquet beside sweep.csv, with the same rows; needs a shardlag that is
    /// built with the feature `parquet`
    #[arg(long)]
    pub parquet: bool,
}

/// Arguments of `sweep plan`.
#[derive(Debug, Args)]
pub(super) struct SweepPlanArguments {
    #[command(flatten)]
    pub tried: TriedArguments,
    /// The plan to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Arguments of `sweep run`.
#[derive(Debug, Args)]
pub(super) struct SweepRunArguments {
    /// The plan
    pub plan: PathBuf,
    /// Run only shard i of n, as in 2/4; `auto` asks the variables of an array job of Slurm, AWS
    /// Batch, Kubernetes or GNU parallel
    #[arg(long, value_name = "I/N", default_value = "1/1")]
    pub shard: String,
    /// Shards in all, where the array job does not say
    #[arg(long, value_name = "N")]
    pub of: Option<u32>,
    /// Folder for finished points [default: the plan's name with .points]
    #[arg(long, value_name = "DIR")]
    pub points: Option<PathBuf>,
    #[command(flatten)]
    pub running: RunningArguments,
    /// Print errors only
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `sweep status`.
#[derive(Debug, Args)]
pub(super) struct SweepStatusArguments {
    /// The plan
    pub plan: PathBuf,
    /// Folder of finished points [default: the plan's name with .points]
    #[arg(long, value_name = "DIR")]
    pub points: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Arguments of `sweep merge`.
#[derive(Debug, Args)]
pub(super) struct SweepMergeArguments {
    /// The plan
    pub plan: PathBuf,
    /// Folder of finished points [default: the plan's name with .points]; repeatable
    #[arg(long, value_name = "DIR")]
    pub points: Vec<PathBuf>,
    /// Folder for the table, page and charts [default: reports/<scenario>-sweep]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write sweep.parquet beside sweep.csv, with the same rows; needs a shardlag that is
    /// built with the feature `parquet`
    #[arg(long)]
    pub parquet: bool,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print errors only
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `sweep submit`.
#[derive(Debug, Args)]
pub(super) struct SweepSubmitArguments {
    /// The plan
    pub plan: PathBuf,
    /// Who starts the shards
    #[arg(long, value_enum)]
    pub engine: Engine,
    /// Shards [default: one per point, at most 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub shards: Option<u32>,
    /// Folder for finished points, seen by all machines [default: the plan's name with .points]
    #[arg(long, value_name = "DIR")]
    pub points: Option<PathBuf>,
    /// The program on the machines [default: this one; `shardlag` in containers]
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// Container image of a Kubernetes job
    #[arg(long, value_name = "IMAGE", default_value = "shardlag")]
    pub image: String,
    /// Volume claim of a Kubernetes job, mounted at /sweep
    #[arg(long, value_name = "NAME", default_value = "sweep")]
    pub volume_claim: String,
    /// Queue of an AWS Batch job
    #[arg(long, value_name = "NAME", default_value = "shardlag")]
    pub queue: String,
    /// Definition of an AWS Batch job
    #[arg(long, value_name = "NAME", default_value = "shardlag")]
    pub job_definition: String,
    /// Print the job file and start nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Who starts shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// An array job of Slurm (sbatch)
    Slurm,
    /// GNU parallel on this machine
    Parallel,
    /// An array job of AWS Batch (aws batch submit-job)
    AwsBatch,
    /// An indexed job of Kubernetes (kubectl apply)
    Kubernetes,
}
