//! Runs a check on random values, each made of its own number alone, so that a failure can be
//! repeated by its number.

use std::fmt::Debug;
use std::ops::Range;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Steps at most to make a failing value smaller.
const SHRINKING_STEPS_MAX: u32 = 4_000;

/// Checks `count` random values with their numbers as seeds; `test` is part of the test's name.
///
/// # Panics
/// When a value fails, with its number, its smallest form and the command that repeats it.
pub fn try_cases<T: Debug>(
    test: &str,
    count: u32,
    values: &impl Strategy<Value = T>,
    check: impl Fn(&T, u64),
) {
    for number in numbers(count) {
        try_case(test, number, values, |value| format!("{value:#?}"), &check);
    }
}

/// The numbers of the cases to try: `count` from 0, unless the environment says otherwise.
pub fn numbers(count: u32) -> Range<u64> {
    let first = variable("SHARDLAG_FIRST_CASE").unwrap_or(0);
    first..first + variable("SHARDLAG_CASES").unwrap_or(u64::from(count))
}

/// Checks one random value; `show` is how a value that fails is told.
///
/// # Panics
/// As [`try_cases`].
pub fn try_case<T: Debug>(
    test: &str,
    number: u64,
    values: &impl Strategy<Value = T>,
    show: impl Fn(&T) -> String,
    check: impl Fn(&T, u64),
) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_iters: SHRINKING_STEPS_MAX,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, random);
    let outcome = runner.run(values, |value| {
        check(&value, number);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, value)) => panic!(
            "case {number}: {reason}\n{}\nseed {number}; repeat with\n    \
             SHARDLAG_FIRST_CASE={number} SHARDLAG_CASES=1 cargo test --test {} {test}",
            show(&value),
            env!("CARGO_CRATE_NAME")
        ),
        Err(TestError::Abort(reason)) => panic!("case {number} was not tried: {reason}"),
    }
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}
