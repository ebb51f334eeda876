//! What must be true of every run, held against random settings (STYLE 33).
//!
//! Case `n` is made of the seed `n` alone. `SHARDLAG_CASES` sets how many are tried per poll
//! model, `SHARDLAG_FIRST_CASE` the first of them. A case that fails is shrunk; the message
//! has its number, the command that repeats it and the smallest settings that still fail.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/checker.rs"]
mod checker;
#[path = "support/random_settings.rs"]
mod random_settings;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use cases::try_cases;
use checker::Checker;
use proptest::sample::select;
use proptest::strategy::Strategy;
use random_settings::{POLL_MODELS, settings};
use shardlag::engine::RunEnd;
use shardlag::experiment::recorder::Recorder;
use shardlag::experiment::recorder::tallies::Tallies;
use shardlag::model::settings::{Horizon, PollModel, Settings};
use shardlag::model::{Observation, Observer, simulate};
use shardlag::units::{Bytes, Instant};

/// Cases per poll model, unless told otherwise.
const CASES: u32 = 400;
/// More events than any of these small runs needs.
const EVENTS_MAX: u64 = 3_000_000;

/// The standard recorder, which asserts the ledger and the parts of ages, beside the checker.
struct Both<'a>(Recorder<'a>, Checker<'a>);

impl Observer for Both<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.0.observe(now, observation);
        self.1.observe(now, observation);
    }
}

/// Runs a case under the checker; what the recorder counted, and how it ended.
fn check(settings: &Settings, seed: u64) -> (Tallies, RunEnd) {
    let horizon = match settings.horizon {
        Horizon::For(length) | Horizon::Drained { at_most: length } => length,
    };
    let recorder = Recorder::new(settings, Bytes::new(25_600), horizon, Vec::new(), true);
    let mut both = Both(recorder, Checker::new(settings, &[], seed));
    let finished = simulate(settings, seed, 0, EVENTS_MAX, &mut both);
    both.0.finish(finished);
    both.1.finish(finished, &both.0);
    (both.0.tallies, finished.end)
}

fn holds_under(poll_model: PollModel, test: &str) {
    try_cases(test, CASES, &settings(poll_model), |settings, seed| {
        let (_, _) = check(settings, seed);
    });
}

#[test]
fn every_run_with_paged_reading_keeps_the_rules() {
    holds_under(PollModel::Paged, "paged_reading");
}

#[test]
fn every_run_with_buffered_reading_keeps_the_rules() {
    holds_under(PollModel::Buffered, "buffered_reading");
}

#[test]
fn every_run_with_polls_on_a_grid_keeps_the_rules() {
    holds_under(PollModel::Grid, "polls_on_a_grid");
}

#[test]
fn every_run_with_a_restarting_poll_clock_keeps_the_rules() {
    holds_under(PollModel::Restart, "a_restarting_poll_clock");
}

#[test]
fn every_run_with_gated_polls_keeps_the_rules() {
    holds_under(PollModel::Gated, "gated_polls");
}

#[test]
fn every_run_with_instant_reading_keeps_the_rules() {
    holds_under(PollModel::Instant, "instant_reading");
}

/// The rules above are held against nothing if what they speak of never happens.
#[test]
fn random_settings_make_everything_happen() {
    let any = select(POLL_MODELS.to_vec()).prop_flat_map(settings);
    let runs = RefCell::new(BTreeMap::<&str, u32>::new());
    let total = Cell::new(0);
    try_cases("random_settings", CASES, &any, |settings, seed| {
        let (tallies, end) = check(settings, seed);
        total.set(total.get() + 1);
        let happened = [
            ("processed", tallies.processed > 0),
            ("filtered", tallies.filtered > 0),
            ("retries exhausted", tallies.retry_attempts_exhausted > 0),
            ("too old", tallies.record_age_exceeded > 0),
            ("dropped", tallies.dropped_at_throttle > 0),
            ("expired", tallies.expired > 0),
            ("skipped", tallies.skipped > 0),
            ("remaining", tallies.remaining > 0),
            ("errors", tallies.errors > 0),
            ("throttles", tallies.throttles > 0),
            ("delivery failures", tallies.delivery_failures > 0),
            ("full batches", tallies.batch_max > 1 && settings.mapping.batch_size > 1),
            ("drained", matches!(end, RunEnd::Exhausted { .. })),
            ("cut off", end == RunEnd::Horizon),
        ];
        for (what, did) in happened {
            *runs.borrow_mut().entry(what).or_default() += u32::from(did);
        }
    });
    let runs = runs.into_inner();
    println!("{total:?} runs: {runs:#?}");
    let rare: Vec<_> = runs.iter().filter(|(_, count)| **count < total.get() / 100).collect();
    assert!(rare.is_empty(), "in fewer than 1 % of the runs: {rare:?}");
}
