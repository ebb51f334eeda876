//! The function: how long it takes, how it fails, what it writes back (S10).

use std::sync::Arc;

use super::behaviour::BehaviourRule;
use crate::units::{Bytes, Duration, Instant, Probability, Rate};

/// A Lambda function as the mapping sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// How long an invocation takes (S10.1).
    pub duration: FunctionDuration,
    /// How long a failing invocation takes; `None`: as long as a successful one.
    pub fail_after: Option<Duration>,
    /// Initialisation of a new execution environment (S10.2).
    pub init: Duration,
    /// An environment unused this long is gone.
    pub idle_timeout: Duration,
    /// Configured memory; decides cost.
    pub memory: Bytes,
    /// An invocation that would take longer ends here as a function error; 1 s to 900 s.
    pub timeout: Duration,
    /// What makes invocations fail or slow.
    pub faults: Vec<Fault>,
    /// What a failing function says (S10.5).
    pub reports: FailureReport,
    /// Its script; where no rule holds, `faults` decide.
    pub behaviour: Vec<BehaviourRule>,
    /// What every record adds to the state of its tumbling window (S11.4).
    pub state_per_record: Bytes,
    /// What every key that is new in its window adds to it.
    pub state_per_key: Bytes,
    /// Records that handling a record writes to the same shard (S10.6).
    pub writes_back: Option<WritesBack>,
}

/// Duration of an invocation with `n` records of `k` KiB in all:
/// `(base + n * per_record + k * per_kb) * factor`, the factor drawn per invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionDuration {
    /// Part that every invocation has.
    pub base: Duration,
    /// Part per record.
    pub per_record: Duration,
    /// Part per KiB of record size.
    pub per_kb: Duration,
    /// The random factor.
    pub variation: Variation,
}

/// A random factor on a duration.
#[derive(Debug, Clone, PartialEq)]
pub enum Variation {
    /// Always 1.
    None,
    /// Uniform between the two.
    Uniform {
        /// Smallest factor.
        low: f64,
        /// Largest factor.
        high: f64,
    },
    /// Exponential with mean 1.
    Exponential,
    /// Erlang (gamma with a whole shape) with mean 1.
    Erlang {
        /// Number of exponential stages, at least 1.
        stages: u32,
    },
    /// A mixture of exponentials: chance and mean of each branch; chances add up to 1.
    Hyperexponential {
        /// Chance and mean factor of every branch.
        branches: Arc<[(Probability, f64)]>,
    },
    /// Log-normal with median 1 and this 99th percentile.
    Lognormal {
        /// 99th percentile, at least 1.
        p99: f64,
    },
    /// By percentiles, straight lines between them: sorted, from 0 to 1.
    Empirical {
        /// Cumulative chance and factor.
        points: Arc<[(Probability, f64)]>,
    },
}

/// One reason for invocations to fail or be slow (S10.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// It happens to invocations that start from here on (for poison: to records written) ...
    pub from: Instant,
    /// ... and before this time.
    pub to: Instant,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// These records fail always.
    Poison(PoisonMarks),
    /// Every invocation fails with this chance.
    ErrorRate(Probability),
    /// Every record of an invocation fails with this chance, anew at every attempt.
    PerRecordRate(Probability),
    /// Every invocation fails.
    Outage,
    /// Every invocation takes this many times as long.
    Slow(f64),
    /// Invocations with more records than this fail.
    FailsAboveBatch(u32),
    /// An invocation that starts while this many others run fails.
    DownstreamLimit(u32),
}

/// Which records are poison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PoisonMarks {
    /// The first record of the shard at or after the time.
    First {
        /// Earliest arrival.
        at: Instant,
        /// Shard index.
        shard: u32,
    },
    /// The record with this number among all records of the shard.
    Number {
        /// Number in the order written, from 0.
        number: u64,
        /// Shard index.
        shard: u32,
    },
    /// At random, at this rate over the whole stream: the first record of a shard after each mark.
    Rate(Rate),
    /// Every record with this chance.
    Probability(Probability),
}

/// What a failing function says (S10.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureReport {
    /// It raises an error.
    Raises,
    /// It runs into its timeout.
    TimesOut,
    /// Its response names the first failed record.
    FirstFailed,
    /// Its response names all failed records.
    AllFailed,
}

/// Records that each handled record causes in its own shard, with its own key (S10.6).
#[derive(Debug, Clone, PartialEq)]
pub struct WritesBack {
    /// When they are written, as shares of the handler's duration after its start.
    pub at_shares: Vec<f64>,
    /// Their size.
    pub record_size: Bytes,
    /// The mapping's filter removes them.
    pub filtered: bool,
}
