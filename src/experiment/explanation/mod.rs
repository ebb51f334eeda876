//! Explaining a run: what happened to a record, what a shard was doing at a time, and what is
//! wrong with the run as a whole.
//!
//! | file | answers |
//! |---|---|
//! | `record` | what happened to a record, with its waits |
//! | `story` | the steps of that, bounded |
//! | `what_if` | what other settings would have made of it |
//! | `moment` | what a shard was doing at a time, and when it went on |
//! | `late` | when shards were late, and what they were doing while they became so |
//! | `facts` | the figures that diagnoses are made from |
//! | `diagnosis` | what is wrong, in the order of what it explains |
//! | `watch` | what the lanes of a shard are doing |
//! | `written` | what is written to a shard, without a run |
//!
//! Each runs one replication again with an observer of its own, which cannot change it and keeps
//! only what concerns the question: memory does not grow with the run, apart from one row per
//! minute for the diagnosis.

mod diagnosis;
mod facts;
mod late;
mod moment;
mod record;
mod story;
mod watch;
mod what_if;
mod written;

use super::limits::{Limited, Reached, ReplicationLimits};
use crate::model::observation::{Observation, Observer};
use crate::model::settings::{Horizon, Settings};
use crate::model::system::Finished;
use crate::results::{Explained, Explanation};
use crate::scenario::{Scenario, Variant};
use crate::units::{Duration, Instant};

/// What is to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// What happened to a record.
    Record {
        /// Shard index.
        shard: u32,
        /// Its sequence in the shard, from 0.
        sequence: u64,
    },
    /// What a shard was doing.
    Shard {
        /// Shard index.
        shard: u32,
        /// When.
        at: Instant,
    },
    /// What is wrong with the run.
    Run,
}

/// Which run is to be explained.
#[derive(Debug, Clone, Copy)]
pub struct ExplainOptions<'a> {
    /// Name of a variant or consumer; `None`: the scenario itself.
    pub variant: Option<&'a str>,
    /// Number of the replication, from 0.
    pub replication: u32,
    /// How much it may be.
    pub limits: ReplicationLimits,
}

/// Why there is no explanation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExplainError {
    /// No variant has the name.
    #[error("--variant: there is no variant `{name}`; there are {known}")]
    UnknownVariant {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// There is no such shard.
    #[error("there is no shard {shard}; the shards of this run are 0 to {last}")]
    UnknownShard {
        /// The shard.
        shard: u32,
        /// The last one.
        last: u32,
    },
    /// There is no such record.
    #[error("shard {shard} has no record {sequence}; in this run it has {}", records(.count))]
    UnknownRecord {
        /// The shard.
        shard: u32,
        /// The record.
        sequence: u64,
        /// How many there are.
        count: u64,
    },
    /// The time is not in the run.
    #[error("--at: the run ends at {end} s, before {at} s")]
    BeyondTheEnd {
        /// The time in seconds.
        at: f64,
        /// The end in seconds.
        end: f64,
    },
    /// The run reached a limit.
    #[error("{reached}. {}", .reached.remedy())]
    Limit {
        /// Which, and how far it got.
        reached: Reached,
    },
}

fn records(count: &u64) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "one, record 0".to_owned(),
        count => format!("{count}, records 0 to {}", count - 1),
    }
}

/// Runs what is needed to answer a question.
///
/// # Errors
/// When there is no such variant, shard, record or time, or the run reaches its limit on events.
pub fn explain(
    scenario: &Scenario,
    question: Question,
    options: ExplainOptions<'_>,
) -> Result<Explanation, ExplainError> {
    let run = Run::of(scenario, options)?;
    let (subject, simulated) = match question {
        Question::Record { shard, sequence } => {
            run.check_shard(shard)?;
            let (story, at) = record::explain(&run, shard, sequence)?;
            (Explained::Record(Box::new(story)), at)
        }
        Question::Shard { shard, at } => {
            run.check_shard(shard)?;
            let (moment, end) = moment::explain(&run, shard, at)?;
            (Explained::Shard(Box::new(moment)), end)
        }
        Question::Run => {
            let (diagnosis, at) = diagnosis::explain(&run)?;
            (Explained::Run(Box::new(diagnosis)), at)
        }
    };
    Ok(Explanation {
        schema: "shardlag.explain/1",
        version: env!("CARGO_PKG_VERSION"),
        scenario: scenario.name.clone(),
        variant: run.variant().name.clone(),
        fingerprint: scenario.fingerprint.clone(),
        seed: scenario.seed,
        replication: options.replication,
        simulated_seconds: simulated.as_secs_f64(),
        subject,
    })
}

/// One replication of a variant, with the consumers beside it.
#[derive(Debug, Clone, Copy)]
struct Run<'a> {
    variants: &'a [Variant],
    /// Which of them is explained.
    index: usize,
    seed: u64,
    replication: u32,
    limits: ReplicationLimits,
}

/// An observer of one consumer; the others have none.
struct Only<O>(Option<O>);

impl<O: Observer> Observer for Only<O> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        if let Some(observer) = &mut self.0 {
            observer.observe(now, observation);
        }
    }
}

impl<'a> Run<'a> {
    fn of(scenario: &'a Scenario, options: ExplainOptions<'_>) -> Result<Run<'a>, ExplainError> {
        let ExplainOptions { variant, replication, limits } = options;
        let is_wanted = |known: &Variant| variant.is_none_or(|name| known.name == name);
        let found = scenario.runs().find_map(|variants| {
            let index = variants.iter().position(is_wanted)?;
            Some(Run { variants, index, seed: scenario.seed, replication, limits })
        });
        found.ok_or_else(|| {
            let names = scenario.variants.iter().map(|known| format!("`{}`", known.name));
            ExplainError::UnknownVariant {
                name: variant.unwrap_or_default().to_owned(),
                known: names.collect::<Vec<String>>().join(", "),
            }
        })
    }

    fn variant(&self) -> &'a Variant {
        &self.variants[self.index]
    }

    fn settings(&self) -> &'a Settings {
        &self.variant().settings
    }

    /// How long it lasts at most.
    fn horizon(&self) -> Duration {
        match self.settings().horizon {
            Horizon::For(length) | Horizon::Drained { at_most: length } => length,
        }
    }

    fn check_shard(&self, shard: u32) -> Result<(), ExplainError> {
        let shards = self.settings().stream.shards_in_all();
        match shard < shards {
            true => Ok(()),
            false => Err(ExplainError::UnknownShard { shard, last: shards - 1 }),
        }
    }

    /// Runs it with an observer, under other settings of the consumer that is explained.
    fn observed<O: Observer>(
        &self,
        settings: &Settings,
        observer: O,
    ) -> Result<(O, Finished), ExplainError> {
        let (mut consumers, mut observers) = (Vec::new(), Vec::new());
        let mut observer = Some(observer);
        for (index, variant) in self.variants.iter().enumerate() {
            let is_explained = index == self.index;
            consumers.push(if is_explained { settings } else { &variant.settings });
            observers.push(Only(if is_explained { observer.take() } else { None }));
        }
        let (seed, number, limits) = (self.seed, self.replication, self.limits);
        let limited = Limited { consumers: &consumers, seed, number, limits };
        let mut ended =
            limited.simulate(observers).map_err(|reached| ExplainError::Limit { reached })?;
        let (observer, finished) = ended.swap_remove(self.index);
        Ok((observer.0.expect("it was put there"), finished))
    }
}
