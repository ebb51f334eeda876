//! Figures over inputs that are not known exactly, beside those of the inputs as stated.

use serde::{Deserialize, Serialize};

use super::{
    AgeStatistics, BlockedShardTime, ConcurrencyUse, Cost, Estimate, LagStatistics, Ledger,
};

/// What uncertain inputs do to a variant. The ends of an estimate are not those of a mean over
/// replications: 95 % of what the figure could be lies between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UncertaintySummary {
    /// The inputs.
    pub inputs: Vec<UncertainInput>,
    /// How often they were drawn.
    pub draws: u32,
    /// Share of the draws with which the load cannot be carried, 0 to 1.
    pub unstable_share: f64,
    /// IteratorAge over invocations, in seconds.
    pub iterator_age: AgeStatistics,
    /// Age at finish, in seconds.
    pub age_at_finish: AgeStatistics,
    /// From write to success, in seconds.
    pub record_age: AgeStatistics,
    /// Age of the oldest unfinished record, in seconds.
    pub true_lag: LagStatistics,
    /// How long shards were blocked, in shard-seconds.
    pub blocked_shard_time: BlockedShardTime,
    /// What became of the records.
    pub ledger: Ledger,
    /// Invocations.
    pub invocations: Estimate,
    /// Failed ones.
    pub errors: Estimate,
    /// Refused ones.
    pub throttles: Estimate,
    /// Invocations in flight.
    pub concurrency: ConcurrencyUse,
    /// Cost of the run in US dollars.
    pub cost_usd: Cost,
}

/// An input and how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UncertainInput {
    /// Its name, for example `rate`.
    pub name: String,
    /// Standard deviation as a share of what is stated.
    pub relative_standard_deviation: f64,
}
