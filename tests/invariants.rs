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

use cases::try_cases;
use checker::Checker;
use random_settings::settings;
use shardlag::experiment::recorder::Recorder;
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

fn check(settings: &Settings, seed: u64) {
    let horizon = match settings.horizon {
        Horizon::For(length) | Horizon::Drained { at_most: length } => length,
    };
    let recorder = Recorder::new(settings, Bytes::new(25_600), horizon, Vec::new(), true);
    let mut both = Both(recorder, Checker::new(settings, seed));
    let finished = simulate(settings, seed, 0, EVENTS_MAX, &mut both);
    both.0.finish(finished);
    both.1.finish(finished, &both.0);
}

fn holds_under(poll_model: PollModel, test: &str) {
    try_cases(test, CASES, &settings(poll_model), check);
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
