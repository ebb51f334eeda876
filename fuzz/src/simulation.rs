//! Whole runs of scenarios that are right: the bytes are their [`Choices`].
//!
//! A run keeps the rules that the tests hold every run to, and gives the same summary again. Left
//! out: files that a report consists of.

#[path = "../../tests/support/checker.rs"]
mod checker;
#[path = "../../tests/support/random_scenario/mod.rs"]
mod random_scenario;
#[path = "../../tests/support/scenario_checker.rs"]
mod scenario_checker;

use random_scenario::{Choices, RandomScenario, scenario};
use scenario_checker::{check_runs, read, results};
use shardlag::report::summary_json;
use shardlag::scenario::Scenario;

/// Whether consumers write back more than one record, which all of them read, for each: that grows
/// until a limit ends it, which takes too long for a try.
fn grows_without_end(scenario: &Scenario) -> bool {
    scenario.runs().any(|run| {
        let writes =
            run.iter().filter_map(|consumer| consumer.settings.function.writes_back.as_ref());
        let copies = writes.filter(|writes| !writes.filtered).map(|writes| writes.at_shares.len());
        copies.sum::<usize>() > 1
    })
}

/// Runs a scenario and holds it to what must be true of every run.
pub fn try_bytes(bytes: &[u8]) {
    let RandomScenario { text, features } = scenario(&Choices::of_bytes(bytes));
    assert!(!features.is_empty(), "a scenario says something");
    let scenario = read(&text, &[]);
    if grows_without_end(&scenario) {
        return;
    }
    check_runs(&scenario);
    if let Some(first) = results(&scenario, 1) {
        let again = results(&scenario, 1).expect("it was not cut off before");
        assert_eq!(summary_json(&first.summary), summary_json(&again.summary));
    }
}
