//! Known answers: settings whose result queueing theory or enumeration gives exactly, or that was
//! measured, held against the model and the statistics code.
//!
//! | file | does |
//! |---|---|
//! | `item` | reads known answers; the schema is closed |
//! | `config`, `run_length`, `metric` | the parts of the schema |
//! | `settings` | a config as settings of the model |
//! | `replication`, `facts` | runs it and keeps what metrics need |
//! | `estimate`, `counts` | the metrics |
//! | `verdict` | whether estimates agree |
//! | `statistics` | procedures of the statistics code |
//! | [`short`](mod@short) | which items a short check takes |
//!
//! No item is special: nothing here knows an id, a group or a title, and tolerances are those of
//! the items. Items with equal configs share their runs. At confidence 99.9 % one right item in a
//! thousand misses its interval; so a miss of that kind is run once more with fresh random numbers
//! and four times the replications, and only a miss on both counts.
//!
//! The answers in `theory.json` and `statistics.json` were computed without this program, from the
//! sources that each names in `method`: Crommelin 1932 and Takács 1962 (single server), Bailey
//! 1954, Chaudhry and Templeton 1983, Takagi 1991 (batches and vacations), Neuts 1981, Fischer and
//! Meier-Hellstern 1993 (modulated arrivals), Erlang 1917, Falin and Templeton 1997 (limits and
//! retrials); group `x` is measured on AWS.

pub(crate) mod config;
pub(crate) mod counts;
pub(crate) mod estimate;
pub(crate) mod facts;
pub(crate) mod item;
pub(crate) mod metric;
pub(crate) mod replication;
pub(crate) mod run_length;
pub(crate) mod settings;
pub mod short;
pub(crate) mod statistics;
pub(crate) mod verdict;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use self::config::Config;
use self::estimate::estimate;
use self::item::Question;
use self::replication::Plan;
use self::verdict::{Verdict, allowed_by, judge};
use crate::results::Estimate;

pub use self::item::{Answer, Item, ItemError, Tolerance, parse};
pub use self::short::{expected_records, short};

/// Known answers of queueing theory, of enumeration and of measurements.
pub const THEORY: &str = include_str!("theory.json");
/// Known answers of statistics.
pub const STATISTICS: &str = include_str!("statistics.json");

/// How many times as many replications a miss is repeated with.
const MORE_REPLICATIONS: u32 = 4;

/// How known answers are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Seed of the first run; a repetition has the next one.
    pub seed: u64,
    /// Whether a miss of an interval is run once more.
    pub repeats_misses: bool,
}

impl Default for Options {
    /// Seed 1, with repetition.
    fn default() -> Options {
        Options { seed: 1, repeats_misses: true }
    }
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It agrees.
    Passed,
    /// It does not.
    Failed,
    /// There is nothing to hold against it.
    Unsupported,
}

/// An item with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemResult {
    /// Name of the item.
    pub id: String,
    /// Its group.
    pub group: String,
    /// Its metric or procedure.
    pub kind: String,
    /// What became of it.
    pub status: Status,
    /// The right answer.
    pub expected: Answer,
    /// The answer found.
    pub got: Option<Answer>,
    /// The answer found with its 95 % interval, where it is one number.
    pub estimate: Estimate,
    /// How far from the right answer would do.
    pub allowed: String,
    /// How far off, how far would do; or why it is unsupported.
    pub detail: String,
}

/// Records that checking the items takes about, as a measure of the work; a run counts as one at
/// least.
pub fn work(items: &[Item]) -> u64 {
    let of_group = |shared: Shared<'_>| {
        let replications = u64::from(shared.config.run.replications);
        replications * work_per_replication(&items[shared.places[0]])
    };
    shared_configs(items).into_iter().map(of_group).sum()
}

fn work_per_replication(item: &Item) -> u64 {
    match &item.question {
        Question::Run { config, .. } => {
            1 + (expected_records(item) / f64::from(config.run.replications)) as u64
        }
        Question::Procedure { .. } => 0,
    }
}

/// Checks items, in parallel over configs and replications; results in the order of the items.
pub fn run_items(items: &[Item], options: Options) -> Vec<ItemResult> {
    run_items_with(items, options, &|_| ())
}

/// [`run_items`], with a listener that is told after each replication, from any thread, how much
/// of the [`work`] it was. Repeated misses are not part of it.
pub fn run_items_with(
    items: &[Item],
    options: Options,
    listener: &(dyn Fn(u64) + Sync),
) -> Vec<ItemResult> {
    let first = run_once(items, options.seed, 1, listener);
    let misses: Vec<usize> = (0..items.len())
        .filter(|&place| options.repeats_misses && is_worth_repeating(&items[place], &first[place]))
        .collect();
    let missed: Vec<Item> = misses.iter().map(|&place| items[place].clone()).collect();
    let again = run_once(&missed, options.seed + 1, MORE_REPLICATIONS, &|_| ());
    let mut results = first;
    for (place, again) in misses.into_iter().zip(again) {
        let detail = format!("{}; repeated after a miss: {}", again.detail, results[place].detail);
        results[place] = ItemResult { detail, ..again };
    }
    results
}

fn is_worth_repeating(item: &Item, result: &ItemResult) -> bool {
    let is_interval = match item.tolerance {
        Tolerance::Ci { .. } => true,
        Tolerance::Abs { .. }
        | Tolerance::Rel { .. }
        | Tolerance::Tv { .. }
        | Tolerance::Range { .. } => false,
    };
    result.status == Status::Failed && is_interval
}

/// What one replication of a config says, metric by metric; or why it says nothing.
type Estimates = Result<Vec<Option<Answer>>, String>;

/// Items that share a config, by their places among the items.
struct Shared<'a> {
    config: &'a Config,
    places: Vec<usize>,
}

fn run_once(
    items: &[Item],
    seed: u64,
    times_replications: u32,
    listener: &(dyn Fn(u64) + Sync),
) -> Vec<ItemResult> {
    let groups = shared_configs(items);
    let tasks: Vec<(usize, u64)> = groups
        .iter()
        .enumerate()
        .flat_map(|(group, shared)| {
            let replications = replications(shared.config, times_replications);
            (0..u64::from(replications)).map(move |replication| (group, replication))
        })
        .collect();
    let run = |&(group, replication): &(usize, u64)| {
        let estimates = replicate(items, &groups[group], seed, replication);
        listener(work_per_replication(&items[groups[group].places[0]]));
        (group, estimates)
    };
    let done: Vec<(usize, Estimates)> = tasks.par_iter().with_max_len(1).map(run).collect();
    let mut by_group: Vec<Vec<Estimates>> = groups.iter().map(|_| Vec::new()).collect();
    for (group, estimates) in done {
        by_group[group].push(estimates);
    }
    let mut results: Vec<ItemResult> = items.iter().map(procedure_result).collect();
    for (shared, replications) in groups.iter().zip(&by_group) {
        for (column, &place) in shared.places.iter().enumerate() {
            results[place] = run_result(&items[place], column, replications);
        }
    }
    results
}

/// Replications of a run: as the config says, one where a repetition would be the same.
fn replications(config: &Config, times: u32) -> u32 {
    if config.run.replications == 1 { 1 } else { config.run.replications * times }
}

fn shared_configs(items: &[Item]) -> Vec<Shared<'_>> {
    let mut groups: Vec<Shared<'_>> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        if let Question::Run { config, .. } = &item.question {
            match groups.iter_mut().find(|group| *group.config == **config) {
                Some(group) => group.places.push(place),
                None => groups.push(Shared { config, places: vec![place] }),
            }
        }
    }
    groups
}

fn replicate(items: &[Item], shared: &Shared<'_>, seed: u64, replication: u64) -> Estimates {
    let metrics: Vec<metric::Metric> = shared
        .places
        .iter()
        .filter_map(|&place| match &items[place].question {
            Question::Run { metric, .. } => Some(*metric),
            Question::Procedure { .. } => None,
        })
        .collect();
    let plan = Plan::new(shared.config, &metrics)?;
    let finished = plan.run(seed, replication)?;
    Ok(metrics.iter().map(|&metric| estimate(&finished, metric)).collect())
}

/// The result of the `column`-th item of a config.
fn run_result(item: &Item, column: usize, replications: &[Estimates]) -> ItemResult {
    let mut estimates = Vec::new();
    for replication in replications {
        match replication {
            Ok(columns) => estimates.extend(columns[column].clone()),
            Err(reason) => return unsupported(item, reason),
        }
    }
    if estimates.len() < replications.len() {
        estimates.clear();
    }
    result(item, judge(item.tolerance, &item.value, &estimates))
}

fn procedure_result(item: &Item) -> ItemResult {
    let Question::Procedure { name, input } = &item.question else {
        return unsupported(item, "it was not run");
    };
    match statistics::verdict(name, input, item.tolerance, &item.value) {
        Ok(verdict) => result(item, verdict),
        Err(reason) => unsupported(item, &reason),
    }
}

fn result(item: &Item, verdict: Verdict) -> ItemResult {
    ItemResult {
        id: item.id.clone(),
        group: item.group.clone(),
        kind: item.kind().to_owned(),
        status: if verdict.passes { Status::Passed } else { Status::Failed },
        expected: item.value.clone(),
        got: verdict.got,
        estimate: verdict.estimate,
        allowed: verdict.allowed,
        detail: verdict.detail,
    }
}

fn unsupported(item: &Item, reason: &str) -> ItemResult {
    ItemResult {
        id: item.id.clone(),
        group: item.group.clone(),
        kind: item.kind().to_owned(),
        status: Status::Unsupported,
        expected: item.value.clone(),
        got: None,
        estimate: Estimate::ABSENT,
        allowed: allowed_by(item.tolerance, &item.value),
        detail: reason.to_owned(),
    }
}
