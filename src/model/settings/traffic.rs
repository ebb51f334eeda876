//! What is written to the stream: arrivals, partition keys and record sizes (S1.2).

use std::sync::Arc;

use crate::units::{Bytes, Duration, Instant, Probability, Rate};

/// One source of records. Several sources of a scenario are merged by time.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// When records are written.
    pub arrivals: Arrivals,
    /// Which partition keys they have.
    pub keys: Keys,
    /// How large they are.
    pub record_size: RecordSize,
    /// Records are written from here on; a phase or a first record counts from here.
    pub from: Instant,
    /// No record is written at or after this time.
    pub to: Instant,
    /// `false`: the rates are of the whole stream and shared out over its shards by key;
    /// `true`: every shard has this rate.
    pub per_shard: bool,
    /// Chance that a record matches the mapping's filter (S3.5); 1 without a filter.
    pub matches_filter: Probability,
}

/// When records are written. Rates are of the whole stream unless `per_shard` is set.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Evenly spaced. Shard `s` of `n` starts `s/rate` after `from` so that the stream as a whole
    /// is even too; with `per_shard` every shard starts at `from`.
    Constant {
        /// Records per second, above 0.
        rate: Rate,
        /// All records due are written at once at every multiple of this time (a writer with a
        /// loop); the keys then decide at random how many each shard gets.
        tick: Option<Duration>,
    },
    /// Independent exponential gaps.
    Poisson {
        /// Records per second, above 0.
        rate: Rate,
    },
    /// Poisson with a rate that follows the points; before the first and after the last point the
    /// rate is that of the point. Points are sorted, times count from the scenario's start.
    Profile {
        /// Time and rate from then on.
        points: Arc<[(Instant, Rate)]>,
        /// `true`: straight lines between the points; `false`: steps.
        linear: bool,
    },
    /// Poisson with a sinusoidal daily rate:
    /// `mean * (1 + amplitude * cos(2 pi (t - peak_at) / 24 h))`.
    Diurnal {
        /// Mean records per second over a day.
        mean: Rate,
        /// Relative swing, 0 to 1.
        amplitude: Probability,
        /// Time of day (UTC) of the peak, since midnight.
        peak_at: Duration,
        /// Time of day (UTC) of virtual time zero, since midnight.
        start_of_day: Duration,
    },
    /// Many records at one instant, at the instants of a Poisson process or evenly spaced.
    Bursts {
        /// Bursts per second.
        rate: Rate,
        /// Records per burst.
        size: BurstSize,
        /// `true`: evenly spaced bursts, the first at `from`; `false`: Poisson.
        even: bool,
    },
    /// Poisson whose rate switches between two states with exponential sojourns; starts in the
    /// first (a two-state Markov-modulated Poisson process). Every shard switches on its own.
    OnOff {
        /// Records per second in the first and second state.
        rates: [Rate; 2],
        /// Mean sojourn in the first and second state, above 0.
        sojourns: [Duration; 2],
    },
    /// Independent gaps of one law, the first from `from` (a renewal process).
    Renewal {
        /// Law of the gaps.
        gap: Gap,
    },
    /// Given times of single records, sorted, counted from `from`.
    TraceTimes {
        /// Time of every record of the whole stream (of each shard with `per_shard`).
        times: Arc<[Instant]>,
    },
    /// Given counts per period, counted from `from`.
    TraceCounts {
        /// Length of a period.
        period: Duration,
        /// Records in each period.
        counts: Arc<[u64]>,
        /// How the records of a period lie in it.
        spread: CountSpread,
    },
    /// Records one by one, with their own time, shard, key and size; sorted by time.
    Scripted {
        /// The records in the order written.
        records: Arc<[ScriptedRecord]>,
    },
}

/// Law of the gaps between records; its mean is above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Uniform between the two.
    Uniform {
        /// Shortest.
        low: Duration,
        /// Longest.
        high: Duration,
    },
    /// Normal; what would be negative is zero.
    Normal {
        /// Mean.
        mean: Duration,
        /// Standard deviation.
        deviation: Duration,
    },
}

impl Gap {
    /// Mean gap, apart from the zeros in place of negative gaps.
    pub fn mean_seconds(self) -> f64 {
        match self {
            Gap::Uniform { low, high } => (low.as_secs_f64() + high.as_secs_f64()) / 2.0,
            Gap::Normal { mean, deviation: _ } => mean.as_secs_f64(),
        }
    }
}

/// Records per burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BurstSize {
    /// Always this many, at least 1.
    Constant(u32),
    /// Geometric on 1, 2, ... with this mean, at least 1.
    Geometric {
        /// Mean records per burst.
        mean: f64,
    },
}

/// How the records of a counted period lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountSpread {
    /// Evenly spaced.
    Even,
    /// Independent uniform times.
    Uniform,
    /// All at the period's start.
    AtStart,
}

/// Which partition key a record has (S1.2). A key always maps to one shard and one lane.
#[derive(Debug, Clone, PartialEq)]
pub enum Keys {
    /// Every record has a key of its own.
    Unique,
    /// This many keys, equally likely; at least 1.
    Uniform {
        /// Number of keys in the whole stream.
        count: u32,
    },
    /// This many keys with Zipf-distributed popularity: key `k` has weight `k^-exponent`.
    Zipf {
        /// Number of keys in the whole stream, at least 1.
        count: u32,
        /// Above or equal 0; 0 is uniform.
        exponent: f64,
    },
    /// One hot key with this share of all records, the rest unique keys.
    Hot {
        /// Share of the hot key.
        share: Probability,
    },
    /// One key for everything.
    Single,
    /// Record `i` of a shard has key `i mod count` of that shard (fixed round).
    Round {
        /// Number of keys per shard, at least 1.
        count: u32,
    },
}

/// How large a record is, as stored in the stream (before JSON, S3.3).
#[derive(Debug, Clone, PartialEq)]
pub enum RecordSize {
    /// Always this.
    Constant(Bytes),
    /// Uniform between the two, both included.
    Uniform {
        /// Smallest.
        low: Bytes,
        /// Largest.
        high: Bytes,
    },
    /// Log-normal through these two percentiles.
    Lognormal {
        /// Median.
        p50: Bytes,
        /// 99th percentile, above the median.
        p99: Bytes,
    },
}

impl RecordSize {
    /// The size of every record, where it is one.
    pub fn constant(&self) -> Option<Bytes> {
        match self {
            RecordSize::Constant(bytes) => Some(*bytes),
            RecordSize::Uniform { .. } | RecordSize::Lognormal { .. } => None,
        }
    }
}

/// A record written by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedRecord {
    /// When it is written, counted from the scenario's start.
    pub at: Instant,
    /// Shard index.
    pub shard: u32,
    /// Partition key.
    pub key: Arc<str>,
    /// Size as stored.
    pub bytes: Bytes,
    /// The filter does not match it.
    pub filtered: bool,
    /// Every invocation with it fails.
    pub poison: bool,
}
