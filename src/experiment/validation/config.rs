//! The settings of a known answer, as the file of known answers writes them.
//!
//! Times are seconds, sizes are records, rates are per second and per shard; `null` is off or
//! unlimited, and a key left out has its default. A tagged value is an object with one key. The
//! schema is closed: an unknown key is an error.

use serde::Deserialize;

use super::run_length::Run;

/// What to simulate.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Independent shards.
    pub shards: u32,
    /// Lanes per shard (S4.1).
    pub lanes: u32,
    /// Lane of a record.
    pub keys: Keys,
    /// When records are written; none without.
    pub arrivals: Option<Arrivals>,
    /// Records per shard written at time 0, before all others.
    pub prefill: u32,
    /// How shards are polled (S2.4).
    pub poll_model: PollModel,
    /// Distance of polls in seconds.
    pub poll_interval_s: f64,
    /// Distance to the next poll after one that found nothing; as above without.
    pub idle_poll_interval_s: Option<f64>,
    /// Time of the first poll.
    pub poll_phase_s: PollPhase,
    /// Polling starts here.
    pub start_at_s: f64,
    /// From write to readable.
    pub visibility_s: f64,
    /// Records per read.
    pub getrecords_max: Option<u32>,
    /// BatchSize, per lane.
    pub batch_size: Option<u32>,
    /// Batching window.
    pub window_s: f64,
    /// When the window opens (S3.2).
    pub window_clock: WindowClock,
    /// Duration of an invocation; none without.
    pub duration: Option<Law>,
    /// Duration of a failing invocation; as others without.
    pub fail_duration_s: Option<f64>,
    /// What makes invocations fail.
    pub faults: Option<Faults>,
    /// The function reports its lowest failed record (S6.2).
    pub partial_responses: bool,
    /// A failed batch is split (S6.1).
    pub bisect: bool,
    /// MaximumRetryAttempts.
    pub retries: Option<u32>,
    /// Wait before a retry.
    pub backoff: Backoff,
    /// Maximum age of a record (S7.1).
    pub max_age_s: Option<f64>,
    /// Retention of the stream (S1.5).
    pub retention_s: Option<f64>,
    /// Invocations at once, over all shards.
    pub concurrency_limit: Option<u32>,
    /// What happens above that limit (S5.2).
    pub throttle: Throttle,
    /// When the iterator age is taken (S9.1).
    pub iterator_age_at: AgeAt,
    /// How long to run.
    pub run: Run,
}

impl Default for Config {
    /// The defaults of the schema; `run` is required and checked when an item is read.
    fn default() -> Config {
        Config {
            shards: 1,
            lanes: 1,
            keys: Keys::Uniform {},
            arrivals: None,
            prefill: 0,
            poll_model: PollModel::Instant,
            poll_interval_s: 0.25,
            idle_poll_interval_s: None,
            poll_phase_s: PollPhase::At(0.0),
            start_at_s: 0.0,
            visibility_s: 0.0,
            getrecords_max: None,
            batch_size: None,
            window_s: 0.0,
            window_clock: WindowClock::PreviousCompletion,
            duration: None,
            fail_duration_s: None,
            faults: None,
            partial_responses: false,
            bisect: false,
            retries: None,
            backoff: Backoff::default(),
            max_age_s: None,
            retention_s: None,
            concurrency_limit: None,
            throttle: Throttle::Queue {},
            iterator_age_at: AgeAt::Finish,
            run: Run::default(),
        }
    }
}

/// Lane of a record.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Keys {
    /// Drawn uniformly and independently.
    Uniform {},
    /// Record `i` of a shard on lane `i mod lanes`.
    RoundRobin {},
    /// Record `i` has key `i mod n`.
    Count {
        /// Number of keys.
        n: u32,
    },
    /// One hot key, the others uniform.
    HotShare {
        /// Chance of the hot key.
        share: f64,
    },
}

/// When records are written, on every shard.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrivals {
    /// Record `i` at `first_at_s + i / rate`.
    Even {
        /// Records per second.
        rate: f64,
        /// Time of the first.
        first_at_s: f64,
    },
    /// Exponential gaps.
    Poisson {
        /// Records per second.
        rate: f64,
    },
    /// Several records at Poisson instants.
    Bursts {
        /// Bursts per second.
        rate: f64,
        /// Records of each.
        size: BurstSize,
    },
    /// Poisson whose rate switches between two states.
    Mmpp {
        /// Records per second in each state.
        rates: [f64; 2],
        /// Rate of leaving each state.
        leave_rates: [f64; 2],
    },
    /// Independent gaps from time 0.
    Renewal {
        /// Law of the gaps.
        gap: Gap,
    },
    /// One record at time 0; each successful invocation writes one as it ends.
    ClosedLoop {},
}

/// Records of a burst.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BurstSize {
    /// Always this many.
    Constant {
        /// Records.
        n: u32,
    },
    /// Geometric on 1, 2, ...
    Geometric {
        /// Mean.
        mean: f64,
    },
}

/// Law of the gaps between records.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Gap {
    /// Uniform between two times.
    Uniform {
        /// Shortest.
        low_s: f64,
        /// Longest.
        high_s: f64,
    },
    /// Normal, negative ones zero.
    Normal {
        /// Mean.
        mean_s: f64,
        /// Standard deviation.
        sd_s: f64,
    },
}

/// How shards are polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are those of S2.4")]
pub enum PollModel {
    Instant,
    Grid,
    Restart,
    Gated,
    Buffered,
}

/// Time of the first poll.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum PollPhase {
    /// At this time, in seconds.
    At(f64),
    /// In words.
    Word(PhaseWord),
}

/// Time of the first poll in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseWord {
    /// Uniform over one interval.
    Random,
}

/// When a batching window opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are those of S3.2")]
pub enum WindowClock {
    FirstRecord,
    PreviousCompletion,
    FirstRead,
}

/// Law of a duration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Law {
    /// `base + per_record * records`.
    Affine {
        /// Part of every invocation.
        base_s: f64,
        /// Part of every record.
        per_record_s: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean_s: f64,
    },
    /// A sum of exponentials.
    Erlang {
        /// Mean of the sum.
        mean_s: f64,
        /// How many.
        stages: u32,
    },
    /// A mixture of exponentials.
    Hyperexponential {
        /// Chance and mean of each.
        branches: Vec<(f64, f64)>,
    },
    /// Log-normal.
    Lognormal {
        /// Mean.
        mean_s: f64,
        /// Standard deviation as a share of the mean.
        cv: f64,
    },
}

/// What makes invocations fail.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Faults {
    /// Every invocation by chance.
    PerInvocation {
        /// The chance.
        probability: f64,
    },
    /// Every record by chance, anew at every attempt.
    PerRecord {
        /// The chance.
        probability: f64,
    },
    /// These records always.
    Poison {
        /// Their numbers in the order written, from 0.
        records: Vec<u64>,
    },
    /// Every record for good by chance.
    PoisonProbability {
        /// The chance.
        probability: f64,
    },
}

/// Wait before retry `k` = 1, 2, ...: `min(base * factor^(k-1), cap)`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backoff {
    /// First wait.
    pub base_s: f64,
    /// Growth.
    pub factor: f64,
    /// Longest wait.
    pub cap_s: f64,
}

impl Default for Backoff {
    /// No wait.
    fn default() -> Backoff {
        Backoff { base_s: 0.0, factor: 2.0, cap_s: 0.0 }
    }
}

/// What happens to a batch above the concurrency limit.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "policy", rename_all = "snake_case", deny_unknown_fields)]
pub enum Throttle {
    /// It is given up.
    Drop {},
    /// Lanes wait first come first served.
    Queue {},
    /// It is tried again later.
    Retry {
        /// How much later.
        delay: ThrottleDelay,
        /// Whether it stays as it was cut.
        batch: ThrottleBatch,
    },
}

/// Wait before a throttled batch is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ThrottleDelay {
    /// Exponential.
    Exponential {
        /// Mean.
        mean_s: f64,
    },
}

/// Whether a throttled batch stays as it was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThrottleBatch {
    /// It stays.
    Fixed,
    /// It is cut when a slot is got.
    Recut,
}

/// When the iterator age is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeAt {
    /// When the invocation ends.
    Finish,
    /// When it starts.
    Send,
}
