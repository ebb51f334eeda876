//! Which known answers a short check takes: what is run once, and the cheapest of the others.
//!
//! All answers together take about 150 million records, most of them for high quantiles at high
//! load. A short check takes every item whose run is not replicated, and in each group the items of
//! the cheapest runs, as far as a run stays below a few million records. Whoever offers it should
//! say that it is not the whole.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Arrivals, BurstSize, Config, Gap};
use super::item::{Item, Question};
use super::run_length::RunEnd;

/// Different costs of replicated runs that are taken of each group, from the cheapest.
const COSTS_PER_GROUP: usize = 2;
/// Records of a run, all replications together, that a short check affords.
const RECORDS_MAX: f64 = 2.5e6;

/// The items of a short check, in their order.
pub fn short(items: &[Item]) -> Vec<Item> {
    let mut costs: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for item in items.iter().filter(|item| replications(item) > 1) {
        costs.entry(&item.group).or_default().insert(expected_records(item) as u64);
    }
    let is_taken = |item: &&Item| {
        let cost = expected_records(item);
        let most = costs
            .get(item.group.as_str())
            .and_then(|all| all.iter().take(COSTS_PER_GROUP).next_back());
        let is_cheap = most.is_some_and(|&most| cost as u64 <= most);
        cost <= RECORDS_MAX && (replications(item) == 1 || is_cheap)
    };
    items.iter().filter(is_taken).cloned().collect()
}

fn replications(item: &Item) -> u32 {
    match &item.question {
        Question::Run { config, .. } => config.run.replications,
        Question::Procedure { .. } => 1,
    }
}

/// Records that a run of the item writes, all replications together, as far as its config says.
pub fn expected_records(item: &Item) -> f64 {
    let Question::Run { config, .. } = &item.question else { return 0.0 };
    let shards = f64::from(config.shards);
    let per_replication = match config.run.end() {
        Some(RunEnd::Records(records)) => records as f64,
        Some(RunEnd::Time(seconds)) => {
            shards * (f64::from(config.prefill) + seconds * records_per_second(config))
        }
        Some(RunEnd::Invocations(invocations)) => invocations as f64,
        Some(RunEnd::Drained) | None => shards * f64::from(config.prefill),
    };
    per_replication * f64::from(config.run.replications)
}

fn records_per_second(config: &Config) -> f64 {
    match config.arrivals {
        Some(Arrivals::Even { rate, .. } | Arrivals::Poisson { rate }) => rate,
        Some(Arrivals::Bursts { rate, size }) => match size {
            BurstSize::Constant { n } => rate * f64::from(n),
            BurstSize::Geometric { mean } => rate * mean,
        },
        Some(Arrivals::Mmpp { rates: [first, second], .. }) => first.max(second),
        Some(Arrivals::Renewal { gap: Gap::Uniform { low_s, high_s } }) => 2.0 / (low_s + high_s),
        Some(Arrivals::Renewal { gap: Gap::Normal { mean_s, .. } }) => 1.0 / mean_s,
        Some(Arrivals::ClosedLoop {}) | None => 0.0,
    }
}
