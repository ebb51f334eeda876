//! What can be typed behind `tune`.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{ScenarioArguments, precision};
use super::limit_arguments::LimitArguments;
use crate::scenario::{Ends, Factor};
use crate::units::{Probability, parse_probability};

pub(super) const TUNE_EXAMPLES: &str = "Examples:
  shardlag tune scenarios/tune-retry-and-age.toml
  shardlag tune s.toml --minimize cost_usd.total --target 'iterator_age.p99 < 30s' \
--factor mapping.BatchSize=10,100,1000 --factor mapping.ParallelizationFactor=1..10
  shardlag tune s.toml --break-even traffic.0.arrivals.poisson.rate=50/s..500/s
  shardlag tune s.toml --probability 99% --budget 2000
  shardlag tune s.toml --format json | jq -r .apply.aws_cli

What must hold are the `[[assert]]` of the scenario and every --target. Exit code 99 says that no
combination of settings meets them; the one that comes nearest is named.";

/// Arguments of `tune`.
#[derive(Debug, Args)]
pub(super) struct TuneArguments {
    #[command(flatten)]
    pub scenario: ScenarioArguments,
    /// The figure that is to be small [default: what `[tune]` says, or cost_usd.total]
    #[arg(long, value_name = "METRIC", conflicts_with = "maximize")]
    pub minimize: Option<String>,
    /// The figure that is to be large
    #[arg(long, value_name = "METRIC")]
    pub maximize: Option<String>,
    /// What must hold besides the assertions of the scenario, for example
    /// 'iterator_age.p99 < 30s'; repeatable
    #[arg(long, value_name = "DEMAND")]
    pub target: Vec<String>,
    /// A setting with its values, for example mapping.BatchSize=10,100 or stream.shards=1..8;
    /// repeatable, all combinations are compared [default: those of `[tune]`]
    #[arg(long, value_name = "KEY=VALUES", value_parser = GivenFactor::parse)]
    pub factor: Vec<GivenFactor>,
    /// Find how far a setting can go under the recommended ones, for example
    /// mapping.ParallelizationFactor=1..10
    #[arg(long, value_name = "KEY=FROM..TO", value_parser = Ends::parse)]
    pub break_even: Option<Ends>,
    /// How probable the answer should be [default: 95%]
    #[arg(long, value_name = "SHARE", value_parser = precision)]
    pub probability: Option<Probability>,
    /// Differences of the figure up to this share do not matter [default: 0.1%]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub indifference: Option<Probability>,
    /// Replications at most, of all combinations together [default: a third of running each as
    /// often as the scenario says]
    #[arg(long, value_name = "N")]
    pub budget: Option<u64>,
    /// Folder for tune.json, the page, the chart and the settings [default: reports/<scenario>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Threads [default: one per core]; the answer is the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// A factor with what was typed.
#[derive(Debug, Clone)]
pub(super) struct GivenFactor {
    pub text: String,
    pub factor: Factor,
}

impl GivenFactor {
    fn parse(text: &str) -> Result<GivenFactor, String> {
        Ok(GivenFactor { text: text.to_owned(), factor: Factor::parse(text)? })
    }
}

fn share(text: &str) -> Result<Probability, String> {
    parse_probability(text).map_err(|error| error.to_string())
}
