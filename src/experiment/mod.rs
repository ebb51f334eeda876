//! Running a scenario: replications of every variant in parallel, and what they come to.
//!
//! | file | does |
//! |---|---|
//! | [`recorder`] | listens to one replication |
//! | [`replication`] | runs one and keeps its figures |
//! | `warm_up` | how much of a steady-state run is left out |
//! | `settling` | whether a run is long enough for its load |
//! | `batches` | one long run in parts |
//! | `estimates` | means and intervals over replications |
//! | `series` | minutes over replications |
//! | [`offered_load`] | what the settings ask of every lane, for the stability verdict |
//! | `occupancy` | how long a batch occupies its lane, failures included |
//! | `duration_law` | mean, spread and tail of the random factor on durations |
//! | `cost` | dollars |
//! | [`uncertainty`], `perturbation` | the same with inputs that are not known exactly |
//! | `precision` | how many replications a wanted precision takes |
//! | `sentence` | one plain sentence per variant |
//! | `setting_lines` | resolved settings, and what variants change |
//! | `marks` | what happens at known times, for charts |
//! | `measured` | values measured on AWS beside simulated ones |
//! | `measured_age` | IteratorAge measured on AWS over time, and how well it fits |
//! | [`assertions`] | what the scenario demands |
//! | [`comparison`] | what differs between two variants, scenarios or saved summaries |
//! | [`sweep`] | many points of a scenario, on one machine or on many |
//! | [`tuning`] | the best of many settings that meets what is demanded |
//! | [`delivery`] | cases recorded on AWS that the model is held against |
//! | `assumptions` | rules without evidence that a run relied on |
//! | `trace` | the first replication event by event |
//! | [`explanation`] | what happened to a record or a shard, and what is wrong with a run |
//! | [`validation`] | known answers held against the model |
//! | `measurement` | runs measured on AWS that the model is held against |
//! | [`item_sets`] | cases and known answers from files, run as one |
//!
//! All variants see the same random numbers, replication by replication, so differences between
//! them are paired (Law, *Simulation Modeling and Analysis*, 11.2). Replications are independent
//! and run in parallel; results are collected by index, so threads change nothing.

pub mod assertions;
pub(crate) mod assumptions;
mod batch;
pub(crate) mod batches;
pub mod comparison;
pub(crate) mod cost;
pub mod delivery;
pub(crate) mod duration_law;
pub(crate) mod estimates;
pub mod explanation;
mod groups;
pub mod item_sets;
pub mod limits;
pub(crate) mod marks;
pub(crate) mod measured;
pub(crate) mod measured_age;
pub(crate) mod measurement;
pub(crate) mod occupancy;
pub mod offered_load;
pub(crate) mod perturbation;
pub(crate) mod precision;
pub mod recorder;
pub mod replication;
pub(crate) mod sentence;
pub(crate) mod series;
pub(crate) mod setting_lines;
pub(crate) mod settling;
mod stop;
pub mod sweep;
pub(crate) mod trace;
pub mod tuning;
pub mod uncertainty;
pub mod validation;
pub(crate) mod warm_up;

use self::batch::Batch;
use self::limits::{Reached, ReplicationLimits};
use self::replication::Replication;
use self::setting_lines::{changes, setting_lines};
pub use self::stop::Stop;
use self::uncertainty::Uncertainty;
use self::warm_up::WarmUp;
use crate::results::{
    LimitLine, MeasuredSeries, RunResults, Summary, VariantDetails, VariantSummary,
};
use crate::scenario::metrics::Dimension;
use crate::scenario::{Assertion, Scenario, Variant};
use crate::units::Probability;

/// What the command line decides about a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOptions {
    /// Threads, at least 1; `None`: one per core. The results are the same for any number.
    pub threads: Option<usize>,
    /// How much one replication may be.
    pub limits: ReplicationLimits,
    /// Replications are added until the half-width of the 95 % interval of IteratorAge p99 is this
    /// share of it in every variant, above 0 and below 1; `None`: as many as the scenario says.
    pub precision: Option<Probability>,
    /// How well inputs are known; the run is repeated with inputs drawn accordingly.
    pub uncertainty: Option<Uncertainty>,
    /// The command that repeats the run, for the report.
    pub command: String,
    /// Set from outside: no replication is begun any more, and those that are done are the run.
    pub stop: Stop,
}

impl Default for RunOptions {
    /// One thread per core, the default limits, no precision, no command to show.
    fn default() -> RunOptions {
        RunOptions {
            threads: None,
            limits: ReplicationLimits::default(),
            precision: None,
            uncertainty: None,
            command: String::new(),
            stop: Stop::default(),
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Replications that are done, of all variants.
    pub done: u64,
    /// Replications to do as far as is known.
    pub planned: u64,
}

/// Why a run gave nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// A replication reached a limit.
    #[error(
        "variant `{variant}`, replication {replication}: {reached}; {}nothing was written. {}",
        before(so_far), reached.remedy()
    )]
    Limit {
        /// Name of the variant.
        variant: String,
        /// Number of the replication, from 0.
        replication: u32,
        /// The limit, and how far it got.
        reached: Reached,
        /// What the replications before it came to, where there are any.
        so_far: Option<Box<RunResults>>,
    },
    /// It was stopped before a replication of every variant was done.
    #[error("stopped before the first replication was done")]
    Stopped,
    /// The threads could not be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system says.
        reason: String,
    },
}

impl RunError {
    /// A replication reached a limit.
    pub(crate) fn limit(variant: String, replication: u32, reached: Reached) -> RunError {
        RunError::Limit { variant, replication, reached, so_far: None }
    }
}

/// Says of what the figures are that a limit has left.
fn before(so_far: &Option<Box<RunResults>>) -> String {
    let count = so_far.as_ref().map_or(0, |results| results.summary.replications);
    match count {
        0 => String::new(),
        1 => "the figures are of the replication before it; ".to_owned(),
        count => format!("the figures are of the {count} replications before it; "),
    }
}

/// Runs all replications of all variants. `progress` is called after each, from any thread.
///
/// Figures are means over replications with 95 % t intervals (Law, *Simulation Modeling and
/// Analysis*, 9.4.1), in seconds, bytes, dollars and plain numbers. Nothing is written or printed.
///
/// # Errors
/// When a replication reaches a limit, with what those before it came to, or threads cannot be
/// started.
pub fn run(
    scenario: &Scenario,
    options: &RunOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<RunResults, RunError> {
    run_with_replications(scenario, options, progress).map(|(results, _)| results)
}

/// The same with the replications of every variant, in the order of the variants.
///
/// # Errors
/// As [`run`].
pub fn run_with_replications(
    scenario: &Scenario,
    options: &RunOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(RunResults, Vec<Vec<Replication>>), RunError> {
    pool(options.threads)?.install(|| run_here(scenario, options, progress))
}

/// Threads to run on; `None`: one for each core.
pub(crate) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, RunError> {
    let threads = threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| RunError::Threads { threads, reason: error.to_string() })
}

/// The same on the threads that this is called from.
pub(crate) fn run_here(
    scenario: &Scenario,
    options: &RunOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(RunResults, Vec<Vec<Replication>>), RunError> {
    let mut replications: Vec<Vec<Replication>> = vec![Vec::new(); scenario.variants.len()];
    let mut wanted = scenario.replications;
    let spans = measured::spans(scenario);
    let warm_up = warm_up::warm_up(scenario, options, progress)?;
    loop {
        let from = replications[0].len() as u32;
        let batch = Batch { scenario, options, spans: &spans, from, to: wanted, warm_up: &warm_up };
        if let Err(error) = batch.run(&mut replications, progress) {
            return Err(with_those_before(error, scenario, options, &warm_up, &replications));
        }
        if options.stop.is_set() {
            break;
        }
        let Some(precision) = options.precision else { break };
        match precision::replications_wanted(&replications, precision) {
            Some(more) if more > wanted => wanted = more,
            Some(_) | None => break,
        }
    }
    if replications[0].is_empty() {
        return Err(RunError::Stopped);
    }
    let mut results = results(scenario, options, &warm_up, &replications);
    results.comparison = comparison::of_variants(scenario, &results.summary, &replications);
    if let Some(uncertainty) = options.uncertainty.as_ref().filter(|_| !options.stop.is_set()) {
        let draws = replications[0].len() as u32;
        let drawn =
            uncertainty::run(uncertainty, scenario, options, warm_up.ends_at, draws, progress)?;
        for (index, drawn) in drawn.iter().enumerate() {
            let variant = &mut results.summary.variants[index];
            let (verdict, stated) = (variant.stability.verdict, &replications[index]);
            let summary = estimates::uncertainty_summary(uncertainty, verdict, stated, drawn);
            variant.uncertainty = Some(summary);
        }
        results.warnings.extend(uncertainty.warning(draws));
    }
    Ok((results, replications))
}

/// The error with the results of the replications before it.
fn with_those_before(
    error: RunError,
    scenario: &Scenario,
    options: &RunOptions,
    warm_up: &WarmUp,
    replications: &[Vec<Replication>],
) -> RunError {
    match error {
        RunError::Limit { variant, replication, reached, so_far: _ } => {
            let has_some = !replications[0].is_empty();
            let results = || Box::new(results(scenario, options, warm_up, replications));
            RunError::Limit { variant, replication, reached, so_far: has_some.then(results) }
        }
        RunError::Stopped | RunError::Threads { .. } => error,
    }
}

fn results(
    scenario: &Scenario,
    options: &RunOptions,
    warm_up: &WarmUp,
    replications: &[Vec<Replication>],
) -> RunResults {
    let limits = age_limits(scenario);
    let mut summaries = Vec::new();
    let mut details = Vec::new();
    let mut measured = Vec::new();
    let mut warnings = Vec::from_iter(warm_up.warning.clone());
    for (variant, replications) in scenario.variants.iter().zip(replications) {
        let summary = estimates::variant_summary(scenario, variant, replications, &limits);
        measured.extend(measured::values(scenario, variant, &summary, replications));
        let detail = variant_details(scenario.base(), variant, replications, &summary);
        warnings.extend(replications[0].warnings(&variant.name));
        warnings.extend(settling::too_short(&summary, replications));
        warnings.extend(settling::dependent_batches(&summary, replications));
        summaries.push(summary);
        details.push(detail);
    }
    if let Some(precision) = options.precision {
        let names: Vec<&str> =
            scenario.variants.iter().map(|variant| variant.name.as_str()).collect();
        warnings.extend(precision::not_reached(&names, replications, precision));
    }
    let all = || replications.iter().flatten();
    let seconds: f64 = all().map(|replication| replication.simulated_seconds).sum();
    RunResults {
        summary: Summary {
            schema: "shardlag.summary/1".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario.name.clone(),
            fingerprint: scenario.fingerprint.clone(),
            seed: scenario.seed,
            replications: replications[0].len() as u32,
            simulated_seconds: seconds / all().count() as f64,
            analysis: warm_up.summary_of(replications),
            variants: summaries,
        },
        shaded: warm_up.mark().into_iter().chain(marks::marks(&scenario.variants)).collect(),
        limit_lines: limit_lines(scenario),
        measured_ages: measured_ages(scenario, &details),
        variants: details,
        comparison: None,
        measured,
        assumptions: assumptions::exercised(&scenario.variants),
        settings: setting_lines(scenario.base()),
        start_unix_nanos: scenario.base().settings.start_unix_nanos,
        command: options.command.clone(),
        description: scenario.description.clone(),
        warnings,
    }
}

fn variant_details(
    base: &Variant,
    variant: &Variant,
    replications: &[Replication],
    summary: &VariantSummary,
) -> VariantDetails {
    let first = &replications[0];
    VariantDetails {
        series: series::over_replications(replications),
        blocked: first.blocked_intervals.clone(),
        shards: variant.settings.stream.shards_in_all(),
        messages: first.messages.clone(),
        redrive: first.redrive,
        changes: changes(base, variant),
        sentence: sentence::describe(summary),
    }
}

/// Every measured IteratorAge beside the variant that it belongs to.
fn measured_ages(scenario: &Scenario, details: &[VariantDetails]) -> Vec<MeasuredSeries> {
    let of_variant = |name: &str| scenario.variants.iter().position(|known| known.name == name);
    let ages = scenario.measured_ages.iter();
    ages.filter_map(|age| {
        Some(measured_age::beside(age, &details[of_variant(&age.variant)?].series))
    })
    .collect()
}

/// Asserted limits on IteratorAge, in seconds, each once.
fn age_limits(scenario: &Scenario) -> Vec<f64> {
    let mut limits: Vec<f64> = limit_lines(scenario).iter().map(|line| line.seconds).collect();
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    limits
}

fn limit_lines(scenario: &Scenario) -> Vec<LimitLine> {
    let is_age = |name: &str| name.starts_with("iterator_age.");
    let asserted = scenario.assertions.iter().filter(|assertion| is_age(&assertion.metric));
    let line = |assertion: &Assertion| {
        let limit = (assertion.dimension == Dimension::Seconds).then_some(assertion.limit);
        let seconds = assertion.minutes_above.or(limit)?;
        Some(LimitLine { seconds, label: assertion.text.clone() })
    };
    asserted.filter_map(line).collect()
}
