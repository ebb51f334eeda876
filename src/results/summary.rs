//! `summary.json`, the stable contract `shardlag.summary/1`: keys may be added, none renamed.

use serde::{Deserialize, Serialize};

use super::{Estimate, MetricUnit, UncertaintySummary};

/// The whole summary of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Always `shardlag.summary/1`.
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// Hash of the resolved scenario.
    pub fingerprint: String,
    /// Seed.
    pub seed: u64,
    /// Replications per variant.
    pub replications: u32,
    /// Simulated time of a replication, in seconds (mean, where runs end when drained).
    pub simulated_seconds: f64,
    /// How the figures are to be read.
    pub analysis: AnalysisSummary,
    /// Variants, the base first.
    pub variants: Vec<VariantSummary>,
}

/// How the figures of a run are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AnalysisSummary {
    /// From the start to the end, or the long run.
    pub kind: AnalysisKind,
    /// Time at the beginning that no figure counts, in seconds.
    pub warm_up_seconds: f64,
    /// Who said so; `None`: nothing is left out.
    pub warm_up_by: Option<WarmUpRule>,
    /// Equal parts of a single run that its intervals come from; `None`: they come from
    /// replications.
    pub batches: Option<u32>,
    /// Confidence of all intervals, 0.95.
    pub confidence: f64,
}

impl AnalysisSummary {
    /// Everything counts, over replications, with intervals of 95 %.
    pub fn terminating() -> AnalysisSummary {
        AnalysisSummary {
            kind: AnalysisKind::Terminating,
            warm_up_seconds: 0.0,
            warm_up_by: None,
            batches: None,
            confidence: 0.95,
        }
    }
}

/// What a run stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisKind {
    /// A time with a beginning and an end.
    Terminating,
    /// The long run.
    SteadyState,
}

/// Who decided on a warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarmUpRule {
    /// The scenario.
    Given,
    /// The rule MSER-5, from a pilot.
    Mser5,
}

/// One variant's figures. Means over replications with 95 % intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantSummary {
    /// Name of the variant; `base` for the scenario itself.
    pub name: String,
    /// Whether the load can be carried at all.
    pub stability: Stability,
    /// IteratorAge over invocations, in seconds (S9.1).
    pub iterator_age: AgeStatistics,
    /// Age of the batch's last record when the invocation ended, over invocations (S9.1).
    pub age_at_finish: AgeStatistics,
    /// From write to the end of the invocation that succeeded, over records.
    pub record_age: AgeStatistics,
    /// Age of the oldest unfinished record, over shards and time (S9.2).
    pub true_lag: LagStatistics,
    /// Share of minutes whose largest IteratorAge is above each asserted limit.
    pub minutes_above: Vec<MinuteShare>,
    /// Figures that assertions ask for and that not every summary has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskedEstimate>,
    /// How long shards were blocked (S9.3), in shard-seconds.
    pub blocked_shard_time: BlockedShardTime,
    /// Where the age of finished batches comes from, mean seconds per finished batch (S9.4).
    pub age_breakdown: AgeBreakdown,
    /// What became of the records (S9.6).
    pub ledger: Ledger,
    /// Invocations, failed ones included, throttles not.
    pub invocations: Estimate,
    /// Invocations that ended in a function error.
    pub errors: Estimate,
    /// Attempts refused for lack of concurrency.
    pub throttles: Estimate,
    /// GetRecords calls, empty ones included.
    pub polls: Estimate,
    /// Of these refused: too many calls, readers or bytes (S1.6).
    #[serde(default)]
    pub read_throttles: Estimate,
    /// Records per invocation.
    pub batch_size: BatchSizes,
    /// Invocations in flight.
    pub concurrency: ConcurrencyUse,
    /// Cost of the run in US dollars (S10.7).
    pub cost_usd: Cost,
    /// Sums over the run by CloudWatch metric name (S9.5).
    pub cloudwatch: CloudWatchSums,
    /// What was kept of each record during the run.
    #[serde(default)]
    pub records_kept: RecordsKept,
    /// The same over uncertain inputs, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<UncertaintySummary>,
}

/// What was kept of each record during a run. Figures mean the same either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordsKept {
    /// All of it, since some rule tells records apart.
    #[default]
    Whole,
    /// Its arrival: a batch costs the same however many records it has, but for their ages.
    Arrivals,
}

/// The stability verdict, computed before any statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// `stable`: below capacity all the time; `saturated`: above capacity at times;
    /// `unstable`: above capacity on average.
    pub verdict: StabilityVerdict,
    /// Offered load of the busiest lane over its capacity, while traffic lasts.
    pub worst_utilization: f64,
    /// The same at the busiest moment.
    pub peak_utilization: f64,
    /// How fast the age grows while unstable, seconds per second.
    pub age_slope: Option<f64>,
    /// Time from the start until records begin to be lost to retention, if load lasted, seconds.
    pub seconds_to_expiry: Option<f64>,
    /// Time from the start until the first record is lost, by retention or by the maximum record
    /// age, if load lasted, seconds.
    pub seconds_to_loss: Option<f64>,
    /// Records lost per second from then on.
    pub loss_per_second: Option<f64>,
    /// The same as a share of the records written, 0 to 1.
    pub loss_share: Option<f64>,
    /// What loses them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_by: Option<LossReason>,
    /// Time in which what is left of an empty start shrinks by a factor e, seconds; only while
    /// stable.
    pub relaxation_seconds: Option<f64>,
    /// A run of this length is long for the load, seconds.
    pub sufficient_seconds: Option<f64>,
}

/// What ends the life of records that are never handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossReason {
    /// The stream forgets them.
    Retention,
    /// The mapping discards them.
    MaximumRecordAge,
}

/// Whether the load can be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StabilityVerdict {
    /// Below capacity all the time.
    Stable,
    /// Above capacity at times.
    Saturated,
    /// Above capacity on average: queues grow as long as the load lasts.
    Unstable,
}

/// Percentiles and mean of an age, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AgeStatistics {
    /// Median.
    pub p50: Estimate,
    /// 90th percentile.
    pub p90: Estimate,
    /// 99th percentile.
    pub p99: Estimate,
    /// Largest.
    pub max: Estimate,
    /// Mean; absent when unstable.
    pub mean: Estimate,
}

/// Largest and time-average age of the oldest unfinished record, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LagStatistics {
    /// Largest over shards and time.
    pub max: Estimate,
    /// Mean over shards and time.
    pub mean: Estimate,
}

/// Share of minutes above a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinuteShare {
    /// The limit in seconds.
    pub limit_seconds: f64,
    /// Share of the minutes with samples, 0 to 1.
    pub share: Estimate,
}

/// A figure that an assertion asks for, for example `iterator_age.p95`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedEstimate {
    /// Its name.
    pub name: String,
    /// What it is measured in.
    pub unit: MetricUnit,
    /// Its value.
    pub figure: Estimate,
}

/// How long shards were blocked, in shard-seconds (S9.3).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BlockedShardTime {
    /// Sum over shards of the time in which at least one lane was blocked.
    pub total: Estimate,
    /// Sum over shards of the time in which all lanes with data were blocked.
    pub fully: Estimate,
    /// The largest of the shards' times.
    pub worst_shard: Estimate,
    /// Split of the total by cause.
    pub by_cause: BlockedByCause,
}

/// Blocked-shard time by cause, in shard-seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BlockedByCause {
    /// A failing batch.
    pub function_error: Estimate,
    /// No concurrency.
    pub throttle: Estimate,
    /// A record above the payload limit.
    pub oversize: Estimate,
    /// The on-failure destination.
    pub destination: Estimate,
}

/// Mean seconds of the age of a finished batch's last record, by where they were spent (S9.4).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AgeBreakdown {
    /// Until it could be read.
    pub visibility: Estimate,
    /// Until the poll.
    pub poll: Estimate,
    /// Waiting for the batching window.
    pub window: Estimate,
    /// Behind earlier batches of the lane.
    pub queue: Estimate,
    /// Reading held back by an unfinished page or a full buffer.
    pub read_ahead: Estimate,
    /// Waiting for concurrency.
    pub concurrency: Estimate,
    /// Failed attempts and backoff.
    pub retry: Estimate,
    /// Invoke overhead of the last attempt.
    pub overhead: Estimate,
    /// Cold start of the last attempt.
    pub cold_start: Estimate,
    /// The handler, last attempt.
    pub execution: Estimate,
}

/// What became of the records written (S9.6).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// Still in the stream from before the measured part: 0 unless a warm-up is left out.
    pub carried_over: Estimate,
    /// Records written.
    pub written: Estimate,
    /// Handled successfully.
    pub processed: Estimate,
    /// Removed by the filter.
    pub filtered: Estimate,
    /// Given up, by condition.
    pub discarded: Discarded,
    /// Lost to retention.
    pub expired: Estimate,
    /// Written before the starting position.
    pub skipped: Estimate,
    /// Still in the stream at the end.
    pub remaining: Estimate,
    /// Successful deliveries beyond the first.
    pub duplicates: Estimate,
}

/// Discarded records by condition (S8.1).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Discarded {
    /// The retries were used up.
    pub retry_attempts_exhausted: Estimate,
    /// The record was too old.
    pub record_age_exceeded: Estimate,
}

/// Records per invocation.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchSizes {
    /// Mean.
    pub mean: Estimate,
    /// Largest.
    pub max: Estimate,
}

/// Invocations in flight.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ConcurrencyUse {
    /// Time average.
    pub mean: Estimate,
    /// Most at once.
    pub max: Estimate,
}

/// Cost of the run in US dollars (S10.7).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Everything.
    pub total: Estimate,
    /// Lambda requests.
    pub requests: Estimate,
    /// Lambda GB-seconds.
    pub compute: Estimate,
    /// Kinesis shard-hours and PUT units; nothing on DynamoDB.
    pub stream: Estimate,
    /// Everything, per million records processed: a ratio of means, by the jackknife.
    pub per_million_records: Estimate,
}

/// Sums over the run by CloudWatch metric name (S9.5).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CloudWatchSums {
    /// Invocations of the function.
    pub invocations: Estimate,
    /// Failed ones.
    pub errors: Estimate,
    /// Refused ones.
    pub throttles: Estimate,
    /// Sum of durations in milliseconds.
    pub duration: Estimate,
    /// Failed deliveries to the destination.
    pub destination_delivery_failures: Estimate,
    /// Records read.
    pub polled_event_count: Estimate,
    /// Records removed by the filter.
    pub filtered_out_event_count: Estimate,
    /// Records handed to the function, retries included.
    pub invoked_event_count: Estimate,
    /// Records in failed invocations.
    pub failed_invoke_event_count: Estimate,
    /// Records dropped without reaching a destination.
    pub dropped_event_count: Estimate,
    /// Records reported to the destination.
    pub on_failure_destination_delivered_event_count: Estimate,
}
