//! `tune`: the best of many combinations of settings that meets what is demanded.
//!
//! | file | does |
//! |---|---|
//! | `design` | one combination: its scenario, its targets, one replication |
//! | `search` | which combination is run how often, and when it is enough |
//! | `outcome` | what became of every combination, what every target costs |
//! | `break_even` | how far one more setting can go |
//!
//! Brute force runs every combination as often as the scenario says; the search runs at most a
//! third of that unless it is allowed more, and says how probable its answer is
//! (`crate::analysis::selection`). Left out: settings between those that were given, and models
//! of the figures over the settings.

mod break_even;
mod design;
mod outcome;
mod search;

pub use design::{Point, Wanted};

use self::break_even::{Ground, NoBorder};
use self::design::Design;
use self::search::{Limits, Runner};
use super::limits::ReplicationLimits;
use super::replication::Measuring;
use super::warm_up::warm_up;
use super::{Progress, RunError, RunOptions};
use crate::results::Tuning;
use crate::scenario::{
    COMBINATIONS_MAX, Diagnostics, Ends, Factor, Override, Scenario, Source, Sweep, Tune, load,
};

/// Replications of every combination at first: a part of those of the scenario, within bounds.
const FIRST_PART: u32 = 5;
const FIRST: (u32, u32) = (3, 10);

/// A search may take this part of brute force, unless it is allowed more.
const PART_OF_EXHAUSTIVE: u64 = 3;

/// What is to be tuned, and how well.
#[derive(Debug, Clone, PartialEq)]
pub struct TuneOptions {
    /// What is wanted.
    pub wanted: Wanted,
    /// The combinations; an empty one is the scenario as it is.
    pub points: Vec<Point>,
    /// What people call a key, where they do.
    pub names: Vec<(String, String)>,
    /// How probable the answer should be, strictly between 0 and 1.
    pub probability: f64,
    /// Objectives that differ by this share, 0 or more, are as good as each other.
    pub indifference: f64,
    /// Replications at most; `None`: a third of what brute force takes.
    pub budget: Option<u64>,
    /// A setting whose border is sought under the recommended settings.
    pub break_even: Option<Ends>,
    /// Threads, at least 1; `None`: one per core. The answer is the same for any number.
    pub threads: Option<usize>,
    /// How much one replication may be.
    pub limits: ReplicationLimits,
    /// The command that repeats it, for the report.
    pub command: String,
}

impl TuneOptions {
    /// What a scenario says, if it says something.
    ///
    /// # Errors
    /// When its factors cannot be crossed.
    pub fn of(scenario: &Scenario) -> Option<Result<TuneOptions, String>> {
        let said = scenario.tune.as_ref()?;
        let (metric, maximize) = (said.metric.clone(), said.maximize);
        let wanted = Wanted { metric, maximize, targets: Vec::new() };
        let options = TuneOptions {
            probability: said.probability,
            indifference: said.indifference,
            budget: said.budget,
            break_even: said.break_even.clone(),
            ..TuneOptions::new(wanted, vec![Vec::new()])
        };
        Some(options.crossing(&said.factors, scenario.seed))
    }

    /// The same over all combinations of these factors.
    ///
    /// # Errors
    /// When they cannot be crossed.
    pub fn crossing(self, factors: &[Factor], seed: u64) -> Result<TuneOptions, String> {
        if factors.is_empty() {
            return Ok(TuneOptions { points: vec![Vec::new()], names: Vec::new(), ..self });
        }
        let names = factors.iter().map(|factor| (factor.key.clone(), factor.name.clone()));
        let points = Sweep::crossed(factors.to_vec()).points(seed, COMBINATIONS_MAX)?;
        Ok(TuneOptions {
            points: points.iter().map(|point| point.changes(factors)).collect(),
            names: names.collect(),
            ..self
        })
    }

    /// Probability 95 %, an indifference of 0.1 %, a third of brute force.
    pub fn new(wanted: Wanted, points: Vec<Point>) -> TuneOptions {
        TuneOptions {
            wanted,
            points,
            names: Vec::new(),
            probability: Tune::PROBABILITY,
            indifference: Tune::INDIFFERENCE,
            budget: None,
            break_even: None,
            threads: None,
            limits: ReplicationLimits::default(),
            command: String::new(),
        }
    }
}

/// What cannot be tuned, and why.
#[derive(Debug, Clone, PartialEq)]
pub enum TuneMistake {
    /// The scenario, or the scenario with some of the settings, has mistakes.
    Scenario(Diagnostics),
    /// Something else is wrong with what was asked.
    Other(String),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum TuneError {
    /// What was asked makes no sense.
    Mistake(TuneMistake),
    /// A run failed.
    Run(RunError),
}

/// Searches. `progress` is called now and then, from any thread.
///
/// # Errors
/// When the scenario, a combination or what is wanted has mistakes, or a run fails.
pub fn tune(
    source: &Source,
    overrides: &[Override],
    options: &TuneOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Tuning, TuneError> {
    let designs = designs(source, overrides, options).map_err(TuneError::Mistake)?;
    let current = load(source, overrides);
    let current = current.map_err(|errors| TuneError::Mistake(TuneMistake::Scenario(errors)))?;
    let ground = |point| Ground {
        source,
        overrides,
        point,
        wanted: &options.wanted,
        probability: options.probability,
    };
    if let Some(range) = &options.break_even {
        ground(&designs[0].point).check(range).map_err(TuneError::Mistake)?;
    }
    let limits = limits(options, &designs, current.replications).map_err(TuneError::Mistake)?;
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| {
        TuneError::Run(RunError::Threads { threads, reason: error.to_string() })
    })?;
    pool.install(|| {
        let run_options = RunOptions { limits: options.limits, ..RunOptions::default() };
        // One warm-up for all, so that all measure the same time: that of the scenario as it is.
        let warm_up = warm_up(&current, &run_options, &|_| ()).map_err(TuneError::Run)?;
        let runner = Runner {
            designs: &designs,
            measuring: Measuring { warm_up: warm_up.ends_at, batch: None },
            replication: options.limits,
            maximize: options.wanted.maximize,
            progress,
        };
        let among: Vec<usize> =
            (0..designs.len()).filter(|index| !designs[*index].misses_by_load()).collect();
        let found = runner.search(&among, limits).map_err(TuneError::Run)?;
        let mut tuning = outcome::outcome(&runner, &found, &current, options, limits.budget);
        tuning.notes.extend(warm_up.warning);
        if let Some(range) = &options.break_even {
            let from = found.best.or(tuning.nearest).unwrap_or(0);
            let border = break_even::break_even(&ground(&designs[from].point), range, &runner);
            let (border, last) = border.map_err(|reason| match reason {
                NoBorder::Mistake(mistake) => TuneError::Mistake(mistake),
                NoBorder::Run(error) => TuneError::Run(error),
            })?;
            let said = last.map(|last| outcome::doubts(&current, &last, "At that value"));
            tuning.notes.extend(said.unwrap_or_default());
            tuning.break_even = Some(border);
        }
        Ok(tuning)
    })
}

/// Reads the scenario with every combination.
fn designs(
    source: &Source,
    overrides: &[Override],
    options: &TuneOptions,
) -> Result<Vec<Design>, TuneMistake> {
    let count = options.points.len();
    if count == 0 || count > COMBINATIONS_MAX as usize {
        return Err(TuneMistake::Other(format!(
            "{count} combinations of settings; it takes 1 to {COMBINATIONS_MAX}"
        )));
    }
    let points = options.points.iter();
    points.map(|point| Design::load(source, overrides, point.clone(), &options.wanted)).collect()
}

fn limits(
    options: &TuneOptions,
    designs: &[Design],
    replications: u32,
) -> Result<Limits, TuneMistake> {
    let first = (replications / FIRST_PART).clamp(FIRST.0, FIRST.1);
    let runnable = designs.iter().filter(|design| !design.misses_by_load()).count() as u64;
    let least = runnable * u64::from(first);
    let exhaustive = designs.len() as u64 * u64::from(replications);
    let budget = match options.budget {
        Some(budget) if budget < least => {
            return Err(TuneMistake::Other(format!(
                "--budget {budget} is too small: {runnable} combinations of settings with {first} \
                 replications each take {least}"
            )));
        }
        Some(budget) => budget,
        None => (exhaustive / PART_OF_EXHAUSTIVE).max(least),
    };
    Ok(Limits {
        first: first as usize,
        budget,
        probability: options.probability,
        indifference: options.indifference,
    })
}
