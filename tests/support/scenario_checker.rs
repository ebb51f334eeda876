//! Runs a scenario file as `shardlag run` does, and holds every run of it to what must be true.
//!
//! | what | how |
//! |---|---|
//! | every rule of a run | [`Checker`], beside the standard recorder |
//! | consumers are offered the same records | their ledgers |
//! | the ledger of the summary adds up | `written + carried over` against all ends |
//!
//! Left out: what a text may not say; the reader of scenarios has tests of its own.

use shardlag::engine::RunEnd;
use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::recorder::Recorder;
use shardlag::experiment::{RunError, RunOptions, run};
use shardlag::model::settings::{Horizon, Settings, ThrottlePolicy};
use shardlag::model::{Observation, Observer, simulate_consumers};
use shardlag::results::{Discarded, Estimate, Ledger, RunResults, VariantSummary};
use shardlag::scenario::{
    Analysis, Diagnostics, Files, Override, Scenario, Source, Variant, load_with_files,
};
use shardlag::units::{Bytes, Instant};

use super::checker::Checker;
use super::random_scenario::FILES;

/// A run with more events is cut off.
pub const EVENTS_MAX: u64 = 300_000;

/// The standard recorder, which asserts the ledger and the parts of ages, beside the checker.
struct Both<'a>(Recorder<'a>, Checker<'a>);

impl Observer for Both<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.0.observe(now, observation);
        self.1.observe(now, observation);
    }
}

/// Reads a scenario, which is right.
///
/// # Panics
/// When it is refused, with the reasons.
pub fn read(text: &str, changes: &[Override]) -> Scenario {
    let mut files = Files::of(FILES.map(|(name, text)| (name.to_owned(), text.into())));
    match load_with_files(&Source::of_text(text), changes, &mut files) {
        Ok(scenario) => scenario,
        Err(Diagnostics(errors)) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("refused: {}", errors.join("\n"))
        }
    }
}

/// Checks the first replication of every variant; how the runs ended.
///
/// # Panics
/// When a rule is broken.
pub fn check_runs(scenario: &Scenario) -> Vec<RunEnd> {
    let consumers = |run: &[Variant]| -> Vec<Settings> {
        run.iter().map(|consumer| consumer.settings.clone()).collect()
    };
    scenario.runs().map(|run| check_run(&consumers(run), scenario.seed)).collect()
}

fn check_run(consumers: &[Settings], seed: u64) -> RunEnd {
    let horizon = match consumers[0].horizon {
        Horizon::For(length) | Horizon::Drained { at_most: length } => length,
    };
    let both = |(place, settings)| {
        let recorder = Recorder::new(settings, Bytes::new(25_600), horizon, Vec::new(), true);
        let others: Vec<&Settings> =
            [&consumers[..place], &consumers[place + 1..]].into_iter().flatten().collect();
        Both(recorder, Checker::new(settings, &others, seed))
    };
    let mut observers: Vec<Both<'_>> = consumers.iter().enumerate().map(both).collect();
    let consumers: Vec<&Settings> = consumers.iter().collect();
    let finished = simulate_consumers(&consumers, seed, 0, EVENTS_MAX, &mut observers);
    let end = finished[0].end;
    if let RunEnd::EventLimit { .. } = end {
        return end;
    }
    for (Both(recorder, checker), finished) in observers.iter_mut().zip(&finished) {
        recorder.finish(*finished);
        checker.finish(*finished, recorder);
    }
    let written: Vec<u64> = finished.iter().map(|one| one.closing.written).collect();
    assert!(written.windows(2).all(|two| two[0] == two[1]), "{written:?} records are offered");
    end
}

/// What a run gave; `None`: it was cut off by the limit on events.
///
/// # Panics
/// When a ledger does not add up.
pub fn results(scenario: &Scenario, threads: usize) -> Option<RunResults> {
    let limits = ReplicationLimits { events: EVENTS_MAX, ..ReplicationLimits::default() };
    let options = RunOptions { threads: Some(threads), limits, ..RunOptions::default() };
    match run(scenario, &options, &|_| ()) {
        Ok(results) => {
            let summaries = results.summary.variants.iter().zip(&scenario.variants);
            let is_whole = scenario.analysis == Analysis::Terminating;
            summaries.filter(|_| is_whole).for_each(|(summary, of)| check_ledger(summary, of));
            Some(results)
        }
        Err(RunError::Limit { .. }) => None,
        Err(error @ (RunError::Stopped | RunError::Threads { .. })) => panic!("{error}"),
    }
}

fn check_ledger(summary: &VariantSummary, variant: &Variant) {
    let Ledger {
        carried_over,
        written,
        processed,
        filtered,
        discarded: Discarded { retry_attempts_exhausted, record_age_exceeded },
        expired,
        skipped,
        remaining,
        duplicates: _,
    } = &summary.ledger;
    let ends = [processed, filtered, expired, skipped, remaining];
    let ends = ends.into_iter().chain([retry_attempts_exhausted, record_age_exceeded]);
    let sum = |estimates: &mut dyn Iterator<Item = &Estimate>| -> f64 {
        estimates.map(|estimate| estimate.value.unwrap_or(0.0)).sum()
    };
    let came = sum(&mut [carried_over, written].into_iter());
    let gone = sum(&mut ends.into_iter());
    // Records that are dropped when throttled are in no column; that is no condition of AWS.
    let is_dropping = variant.settings.knobs.throttle_policy == ThrottlePolicy::Drop;
    let is_whole = (gone - came).abs() < 1e-6 || (is_dropping && gone < came);
    assert!(is_whole, "{gone} of {came} records have an end: {:?}", summary.ledger);
}
