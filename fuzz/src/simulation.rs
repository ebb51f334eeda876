//! Whole runs: the first byte chooses the poll model, the others make all other choices.
//!
//! Left out: what [`random_settings`] leaves out.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

#[path = "../../tests/support/checker.rs"]
mod checker;
#[path = "../../tests/support/random_settings.rs"]
mod random_settings;

use shardlag::experiment::recorder::Recorder;
use shardlag::model::settings::Horizon;
use shardlag::model::{Observation, Observer, simulate};
use shardlag::units::{Bytes, Instant};

const EVENTS_MAX: u64 = 3_000_000;

struct Both<'a>(Recorder<'a>, checker::Checker<'a>);

impl Observer for Both<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.0.observe(now, observation);
        self.1.observe(now, observation);
    }
}

/// Runs a simulation and holds it to what must be true of every run.
pub fn try_bytes(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let models = random_settings::POLL_MODELS;
    let model = models[usize::from(*first) % models.len()];
    let random = TestRng::from_seed(RngAlgorithm::PassThrough, rest);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let Ok(tree) = random_settings::settings(model).new_tree(&mut runner) else { return };
    let settings = tree.current();
    let horizon = match settings.horizon {
        Horizon::For(length) | Horizon::Drained { at_most: length } => length,
    };
    let recorder = Recorder::new(&settings, Bytes::new(25_600), horizon, Vec::new(), true);
    let mut both = Both(recorder, checker::Checker::new(&settings, 1));
    let finished = simulate(&settings, 1, 0, EVENTS_MAX, &mut both);
    both.0.finish(finished);
    both.1.finish(finished, &both.0);
}
