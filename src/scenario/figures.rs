//! What a demand or an aim can name: every metric of the summary, and figures that are counted
//! only where they are asked for.
//!
//! | name | is |
//! |---|---|
//! | `iterator_age.p99`, ... | a metric of the summary, see [`super::metrics`] |
//! | `iterator_age.p95`, `record_age.p99.9` | any percentile of one of the three ages |
//! | `ledger.lost` | records discarded, whatever the condition, or expired |
//! | `shard(3).iterator_age.max` | the same of one shard, counted from 0 |
//! | `every_shard.iterator_age.max` | of the shard that is worst for what is demanded |
//!
//! Left out: cost, concurrency and age breakdown of single shards, which are of the mapping.

use super::assertions::unknown_metric;
use super::metrics::{Dimension, Direction, metric, metric_names};
use super::suggest;

/// A figure by its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name in the summary: a path, or the name of an entry of `asked`.
    pub name: String,
    /// What it is measured in.
    pub dimension: Dimension,
    /// Which change is for the better, if any.
    pub direction: Option<Direction>,
    /// How it is counted; `None`: every summary has it.
    pub asked: Option<Asked>,
}

/// A figure that is counted because somebody asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// Of what it is.
    pub scope: Scope,
    /// What is counted.
    pub quantity: AskedQuantity,
}

/// What part of a stream a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All shards together.
    Whole,
    /// One shard, from 0.
    Shard(u32),
    /// The shard where it is largest in a replication.
    LargestOfShards,
    /// The shard where it is smallest in a replication.
    SmallestOfShards,
}

/// What can be counted for the whole or for a single shard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AskedQuantity {
    /// A statistic of an age, in seconds.
    Age(AgeKind, Statistic),
    /// Largest age of the oldest unfinished record, in seconds.
    TrueLag,
    /// Time in which a lane was blocked, in seconds (S9.3).
    BlockedTime,
    /// Invocations of the function.
    Invocations,
    /// Failed ones.
    Errors,
    /// Records handled.
    Processed,
    /// Records given up after the retries.
    RetryAttemptsExhausted,
    /// Records given up for their age.
    RecordAgeExceeded,
    /// Records lost to retention.
    Expired,
    /// Records given up or expired.
    Lost,
}

/// The ages of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgeKind {
    /// IteratorAge over invocations.
    IteratorAge,
    /// Age at finish over invocations.
    AgeAtFinish,
    /// From write to success, over records.
    RecordAge,
}

/// What is told of many ages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The age that this share, above 0 and below 1, does not exceed.
    Quantile(f64),
    /// The largest.
    Max,
    /// The mean.
    Mean,
}

const AGES: [(&str, AgeKind); 3] = [
    ("iterator_age", AgeKind::IteratorAge),
    ("age_at_finish", AgeKind::AgeAtFinish),
    ("record_age", AgeKind::RecordAge),
];

/// Figures of single shards besides ages.
const OF_A_SHARD: [(&str, AskedQuantity); 9] = [
    ("true_lag.max", AskedQuantity::TrueLag),
    ("blocked_shard_time.total", AskedQuantity::BlockedTime),
    ("invocations", AskedQuantity::Invocations),
    ("errors", AskedQuantity::Errors),
    ("ledger.processed", AskedQuantity::Processed),
    ("ledger.discarded.RetryAttemptsExhausted", AskedQuantity::RetryAttemptsExhausted),
    ("ledger.discarded.RecordAgeExceeded", AskedQuantity::RecordAgeExceeded),
    ("ledger.expired", AskedQuantity::Expired),
    (LOST, AskedQuantity::Lost),
];

/// The sum that no summary has unless it is asked for.
const LOST: &str = "ledger.lost";

const EVERY_SHARD: &str = "every_shard.";

impl Asked {
    /// What the figure is measured in.
    pub fn dimension(self) -> Dimension {
        match self.quantity {
            AskedQuantity::Age(..) | AskedQuantity::TrueLag | AskedQuantity::BlockedTime => {
                Dimension::Seconds
            }
            AskedQuantity::Invocations | AskedQuantity::Errors => Dimension::Count,
            AskedQuantity::Processed
            | AskedQuantity::RetryAttemptsExhausted
            | AskedQuantity::RecordAgeExceeded
            | AskedQuantity::Expired
            | AskedQuantity::Lost => Dimension::Records,
        }
    }
}

impl Figure {
    /// Reads the name of a figure of a stream of so many shards.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn parse(name: &str, shards: u32) -> Result<Figure, String> {
        let (scope, path) = scope(name, shards)?;
        if scope == Scope::Whole
            && let Some(metric) = metric(path)
        {
            let (dimension, direction) = (metric.dimension, metric.direction);
            return Ok(Figure { name: path.to_owned(), dimension, direction, asked: None });
        }
        let quantity = quantity(scope, path)?.ok_or_else(|| unknown(scope, path))?;
        Ok(asked(Asked { scope, quantity }, path))
    }

    /// The same figure, of the shard that is worst where `is_larger_better`.
    pub fn of_worst_shard(self, is_larger_better: bool) -> Figure {
        match self.asked {
            Some(one) if one.scope == Scope::LargestOfShards && is_larger_better => {
                let path = self.name.trim_start_matches(prefix(one.scope).as_str()).to_owned();
                asked(Asked { scope: Scope::SmallestOfShards, ..one }, &path)
            }
            Some(_) | None => self,
        }
    }
}

fn asked(asked: Asked, path: &str) -> Figure {
    let direction = match asked.quantity {
        AskedQuantity::Invocations => None,
        AskedQuantity::Processed => Some(Direction::Higher),
        AskedQuantity::Age(..)
        | AskedQuantity::TrueLag
        | AskedQuantity::BlockedTime
        | AskedQuantity::Errors
        | AskedQuantity::RetryAttemptsExhausted
        | AskedQuantity::RecordAgeExceeded
        | AskedQuantity::Expired
        | AskedQuantity::Lost => Some(Direction::Lower),
    };
    let dimension = asked.dimension();
    let name = format!("{}{path}", prefix(asked.scope));
    Figure { name, dimension, direction, asked: Some(asked) }
}

/// What stands before the path in a summary.
fn prefix(scope: Scope) -> String {
    match scope {
        Scope::Whole => String::new(),
        Scope::Shard(shard) => format!("shard({shard})."),
        Scope::LargestOfShards => "largest_of_shards.".to_owned(),
        Scope::SmallestOfShards => "smallest_of_shards.".to_owned(),
    }
}

/// What a name is of, and its path behind that.
fn scope(name: &str, shards: u32) -> Result<(Scope, &str), String> {
    if let Some(path) = name.strip_prefix(EVERY_SHARD) {
        return Ok((Scope::LargestOfShards, path));
    }
    let Some(rest) = name.strip_prefix("shard(") else { return Ok((Scope::Whole, name)) };
    let example = "write for example `shard(0).iterator_age.max`";
    let parts = rest.split_once(')').and_then(|(number, path)| {
        Some((number.trim().parse::<u32>().ok()?, path.strip_prefix('.')?))
    });
    let Some((number, path)) = parts else {
        return Err(format!("`{name}` names no shard; {example}"));
    };
    match number < shards {
        true => Ok((Scope::Shard(number), path)),
        false => Err(format!(
            "there is no shard {number}: the stream has {shards}, counted from 0; {example}"
        )),
    }
}

fn quantity(scope: Scope, path: &str) -> Result<Option<AskedQuantity>, String> {
    let age = AGES.iter().find_map(|(name, kind)| {
        let statistic = path.strip_prefix(name)?.strip_prefix('.')?;
        Some((*kind, statistic))
    });
    if let Some((kind, statistic)) = age {
        let statistic = match statistic {
            "max" => Some(Statistic::Max),
            "mean" => Some(Statistic::Mean),
            other => percentile(other)?.map(Statistic::Quantile),
        };
        return Ok(statistic.map(|statistic| AskedQuantity::Age(kind, statistic)));
    }
    let is_known = |name: &str| name == path && (scope != Scope::Whole || name == LOST);
    Ok(OF_A_SHARD.iter().find(|(name, _)| is_known(name)).map(|(_, quantity)| *quantity))
}

/// The share of `p99.9`; `None` where this is no percentile.
fn percentile(text: &str) -> Result<Option<f64>, String> {
    let Some(number) = text.strip_prefix('p') else { return Ok(None) };
    let is_number = |sign: char| sign.is_ascii_digit() || sign == '.';
    if number.is_empty() || !number.chars().all(is_number) {
        return Ok(None);
    }
    match number.parse::<f64>() {
        // Divided in the text, so that p99.9 is the same share as 0.999 and not the next one.
        Ok(percent) if percent > 0.0 && percent < 100.0 => Ok(format!("{number}e-2").parse().ok()),
        Ok(_) | Err(_) => Err(format!(
            "`{text}` is not a percentile; write one above p0 and below p100, for example `p99.9`"
        )),
    }
}

fn unknown(scope: Scope, path: &str) -> String {
    if scope == Scope::Whole {
        let mut known = metric_names();
        known.push(LOST);
        return unknown_metric(path, &known);
    }
    if metric(path).is_some() {
        let names: Vec<&str> = OF_A_SHARD.iter().map(|(name, _)| *name).collect();
        return format!(
            "`{path}` is not known of single shards; known are the statistics of iterator_age, \
             age_at_finish and record_age, and {}",
            suggest::listed(&names)
        );
    }
    let mut known: Vec<&str> = OF_A_SHARD.iter().map(|(name, _)| *name).collect();
    known.extend(metric_names().into_iter().filter(|name| name.contains("age.")));
    unknown_metric(path, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_percentile_and_any_shard_can_be_asked_for() {
        use AgeKind::{IteratorAge, RecordAge};
        let quantile = |kind, share| AskedQuantity::Age(kind, Statistic::Quantile(share));
        let max = AskedQuantity::Age(IteratorAge, Statistic::Max);
        let cases = [
            ("iterator_age.p95", Scope::Whole, quantile(IteratorAge, 0.95)),
            ("record_age.p99.9", Scope::Whole, quantile(RecordAge, 0.999)),
            ("ledger.lost", Scope::Whole, AskedQuantity::Lost),
            ("shard(3).iterator_age.max", Scope::Shard(3), max),
            ("shard(0).iterator_age.p50", Scope::Shard(0), quantile(IteratorAge, 0.5)),
            ("every_shard.errors", Scope::LargestOfShards, AskedQuantity::Errors),
            ("every_shard.true_lag.max", Scope::LargestOfShards, AskedQuantity::TrueLag),
        ];
        for (name, scope, quantity) in cases {
            let figure = Figure::parse(name, 4).expect(name);
            assert_eq!(figure.asked, Some(Asked { scope, quantity }), "{name}");
        }
        let known = Figure::parse("iterator_age.p99", 4).expect("a metric of the summary");
        assert_eq!(known.asked, None);
    }

    #[test]
    fn the_worst_shard_depends_on_what_is_demanded() {
        let figure = Figure::parse("every_shard.ledger.processed", 4).expect("a figure");
        assert_eq!(figure.clone().of_worst_shard(false).name, "largest_of_shards.ledger.processed");
        assert_eq!(figure.of_worst_shard(true).name, "smallest_of_shards.ledger.processed");
    }

    #[test]
    fn unknown_figures_are_refused_with_what_to_write() {
        let cases = [
            ("iterator_age.p101", "`p101` is not a percentile"),
            ("iterator_age.p9.9.9", "`p9.9.9` is not a percentile"),
            ("iterator_age.p", "unknown metric `iterator_age.p`; did you mean"),
            ("iterator_age", "`iterator_age` is several metrics; choose one of"),
            ("shard(4).errors", "there is no shard 4: the stream has 4, counted from 0"),
            ("shard(x).errors", "`shard(x).errors` names no shard; write for example"),
            ("shard(1)errors", "`shard(1)errors` names no shard"),
            ("shard(1).cost_usd.total", "`cost_usd.total` is not known of single shards"),
            ("every_shard.eror", "unknown metric `eror`; did you mean `errors`?"),
            ("ledger.lots", "unknown metric `ledger.lots`; did you mean `ledger.lost`?"),
        ];
        for (name, expected) in cases {
            let message = Figure::parse(name, 4).expect_err(name);
            assert!(message.starts_with(expected), "{name}: {message}");
        }
    }
}
