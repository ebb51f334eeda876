//! What can be typed after `shardlag explain`.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Format, ScenarioArguments};
use super::limit_arguments::LimitArguments;
use crate::units::{Duration, parse_duration};

pub(super) const EXPLAIN_EXAMPLES: &str = "Examples:
  shardlag explain s.toml                              what is wrong with the run
  shardlag explain s.toml --shard 3 --at 02:10:00      what a shard was doing then
  shardlag explain s.toml --record 0:1042              what happened to a record
  shardlag explain s.toml --record 0:1042 --variant bisect --format json

Shards and records are counted from 0, records in their shard, as in a trace. --at takes hh:mm:ss
since the start, or a time such as 2h10m.";

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The scenario file; `-` is standard input
    pub file: PathBuf,
    /// A record: its shard and its sequence in the shard, both from 0
    #[arg(long, value_name = "SHARD:SEQUENCE", value_parser = record, conflicts_with = "shard")]
    pub record: Option<(u32, u64)>,
    /// A shard, with --at
    #[arg(long, value_name = "N", requires = "at")]
    pub shard: Option<u32>,
    /// The time since the start, for example 02:10:00 or 2h10m
    #[arg(long, value_name = "TIME", value_parser = time, requires = "shard")]
    pub at: Option<Duration>,
    /// The variant or consumer to explain [default: the scenario itself]
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// The replication to explain, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub replication: u32,
    /// Change a key of the scenario, for example mapping.BatchSize=500; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Seed of all random numbers [default: the scenario's]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Also write the explanation as JSON into this file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Print errors only
    #[arg(long)]
    pub quiet: bool,
    #[command(flatten)]
    pub limits: LimitArguments,
}

impl ExplainArguments {
    /// Those that say which scenario to read.
    pub fn scenario(&self) -> ScenarioArguments {
        ScenarioArguments {
            file: self.file.clone(),
            set: self.set.clone(),
            seed: self.seed,
            replications: None,
            format: self.format,
            quiet: self.quiet,
        }
    }
}

/// `0:1042`.
fn record(text: &str) -> Result<(u32, u64), String> {
    let parts = text.split_once(':').and_then(|(shard, sequence)| {
        Some((shard.trim().parse().ok()?, sequence.trim().parse().ok()?))
    });
    parts.ok_or_else(|| "write shard and record as `0:1042`, both counted from 0".to_owned())
}

/// `02:10:00`, `02:10:00.250` or a time with units.
fn time(text: &str) -> Result<Duration, String> {
    let advice = || format!("`{text}` is no time; write `02:10:00` or `2h10m`");
    if !text.contains(':') {
        return parse_duration(text).map_err(|error| error.to_string());
    }
    let parts: Vec<&str> = text.trim().split(':').collect();
    let [hours, minutes, seconds] = parts.try_into().map_err(|_| advice())?;
    let whole = |text: &str| text.parse::<u32>().map_err(|_| advice());
    let is_digit = |sign: char| sign.is_ascii_digit() || sign == '.';
    if !seconds.chars().all(is_digit) || seconds.is_empty() {
        return Err(advice());
    }
    let seconds = parse_duration(&format!("{seconds}s")).map_err(|_| advice())?;
    let (hours, minutes) = (whole(hours)?, whole(minutes)?);
    if minutes >= 60 || seconds >= Duration::from_secs(60) {
        return Err(format!("`{text}`: minutes and seconds go up to 59"));
    }
    Ok(Duration::from_secs(u64::from(hours) * 3600 + u64::from(minutes) * 60) + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_a_clock_or_with_units() {
        let millis = |text| time(text).map(|length| length.as_nanos() / 1_000_000);
        assert_eq!(millis("02:10:00"), Ok(7_800_000));
        assert_eq!(millis("00:00:01.250"), Ok(1_250));
        assert_eq!(millis("100:00:00"), Ok(360_000_000));
        assert_eq!(millis("2h10m"), Ok(7_800_000));
        for wrong in ["02:10", "02:60:00", "02:00:60", "a:b:c", "1:2:3:4", "-1:00:00", "5", "::"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_record_is_a_shard_and_a_sequence() {
        assert_eq!(record("3:1042"), Ok((3, 1042)));
        for wrong in ["3", "3:", ":4", "a:1", "3:-1", "1:2:3"] {
            assert!(record(wrong).is_err(), "{wrong}");
        }
    }
}
