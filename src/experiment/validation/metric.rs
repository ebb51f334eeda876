//! What is asked of a run: the metrics of the schema with their arguments.

use serde::Deserialize;

use super::item::Answer;

/// A metric with its arguments.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the schema, explained where estimated")]
pub enum Metric {
    AgeMean { hot_lane: bool },
    AgeDeviation { hot_lane: bool },
    AgeMax { hot_lane: bool },
    AgeQuantile { q: f64 },
    AgeQuantileSpread { low: f64, high: f64 },
    AgeOfInvocation { number: usize },
    AgeMaxOverShards { spacing: u64 },
    AgeSlope { hot_lane: bool },
    RecordAgeMean,
    RecordAgeOf { number: u64 },
    RecordWaitQuantile { q: f64 },
    FirstRecordWaitMean,
    BatchSizeMean,
    FullFraction,
    BatchSizePmf { sizes: usize },
    DurationMean,
    InvocationRate,
    Throughput,
    Utilization,
    ConcurrencyMean,
    ConcurrencyMax,
    ThrottleProbability,
    ThrottlesPerRecord,
    ThrottleRate,
    StartGapMean,
    LatticeShare { step: f64, within: f64 },
    EvenShare { step: f64 },
    FullBatches,
    FirstPartialStart,
    DrainTime { from: DrainFrom },
    TimeToDiscard,
    DiscardAge,
    FirstExpiryTime,
    ExpiredFraction,
    Invocations,
    FailedInvocations,
    DiscardedRecords,
    InvocationsUntilDiscard,
    InvocationsPerBatchMean,
    InvocationsPerBatchMin,
    InvocationsPerBatchMax,
    InvocationsPerRecord,
    DiscardProbability,
    LanesUsedMean,
    LaneLoadMaxMean,
    Trace { rows: usize },
    Deliveries { rows: usize },
}

/// From when a drain is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrainFrom {
    /// From the start of polling.
    Start,
    /// From the first discard.
    FirstDiscard,
}

/// The lane that a metric looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneArgument {
    /// That of the hot key.
    Hot,
}

/// All arguments that any metric has.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the names are those of the schema")]
pub struct Arguments {
    pub lane: Option<LaneArgument>,
    pub q: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub invocation: Option<usize>,
    pub record: Option<u64>,
    pub spacing: Option<u64>,
    pub step_s: Option<f64>,
    pub within_s: Option<f64>,
    pub from: Option<DrainFrom>,
}

impl Arguments {
    /// Names of the arguments that are given.
    fn given(&self) -> Vec<&'static str> {
        let all = [
            ("lane", self.lane.is_some()),
            ("q", self.q.is_some()),
            ("low", self.low.is_some()),
            ("high", self.high.is_some()),
            ("invocation", self.invocation.is_some()),
            ("record", self.record.is_some()),
            ("spacing", self.spacing.is_some()),
            ("step_s", self.step_s.is_some()),
            ("within_s", self.within_s.is_some()),
            ("from", self.from.is_some()),
        ];
        all.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name).collect()
    }
}

impl Metric {
    /// The metric of this name; the expected `value` says how many elements a list has.
    ///
    /// # Errors
    /// An unknown name, a missing argument or one that the metric does not have.
    pub fn read(name: &str, arguments: &Arguments, value: &Answer) -> Result<Metric, String> {
        let (metric, used) = Metric::find(name, arguments, value.elements())?;
        match arguments.given().iter().find(|given| !used.contains(given)) {
            Some(unused) => Err(format!("metric `{name}` has no argument `{unused}`")),
            None => Ok(metric),
        }
    }

    fn find(
        name: &str,
        given: &Arguments,
        elements: usize,
    ) -> Result<(Metric, &'static [&'static str]), String> {
        let hot_lane = given.lane.is_some();
        let missing = |what: &str| format!("metric `{name}` needs the argument `{what}`");
        let q = || given.q.filter(|q| (0.0..=1.0).contains(q)).ok_or(missing("q"));
        let step = || given.step_s.filter(|step| *step > 0.0).ok_or(missing("step_s"));
        Ok(match name {
            "iterator_age.mean" => (Metric::AgeMean { hot_lane }, &["lane"]),
            "iterator_age.sd" => (Metric::AgeDeviation { hot_lane }, &["lane"]),
            "iterator_age.max" => (Metric::AgeMax { hot_lane }, &["lane"]),
            "iterator_age.quantile" => (Metric::AgeQuantile { q: q()? }, &["q"]),
            "iterator_age.quantile_spread" => {
                let low = given.low.ok_or(missing("low"))?;
                let high = given.high.ok_or(missing("high"))?;
                (Metric::AgeQuantileSpread { low, high }, &["low", "high"])
            }
            "iterator_age.nth" => {
                let number = given.invocation.filter(|n| *n > 0).ok_or(missing("invocation"))?;
                (Metric::AgeOfInvocation { number }, &["invocation"])
            }
            "iterator_age.max_over_shards" => {
                let spacing = given.spacing.filter(|m| *m > 0).ok_or(missing("spacing"))?;
                (Metric::AgeMaxOverShards { spacing }, &["spacing"])
            }
            "age_slope" => (Metric::AgeSlope { hot_lane }, &["lane"]),
            "record_age.nth" => {
                let number = given.record.filter(|n| *n > 0).ok_or(missing("record"))?;
                (Metric::RecordAgeOf { number }, &["record"])
            }
            "record_wait.quantile" => (Metric::RecordWaitQuantile { q: q()? }, &["q"]),
            "start_gap.lattice_share" => {
                let within = given.within_s.ok_or(missing("within_s"))?;
                (Metric::LatticeShare { step: step()?, within }, &["step_s", "within_s"])
            }
            "start_gap.even_share" => {
                (Metric::EvenShare { step: step()? }, &["step_s", "within_s"])
            }
            "drain_time" => {
                (Metric::DrainTime { from: given.from.ok_or(missing("from"))? }, &["from"])
            }
            "batch_size.pmf" => (Metric::BatchSizePmf { sizes: elements }, &[]),
            "trace" => (Metric::Trace { rows: elements }, &[]),
            "deliveries" => (Metric::Deliveries { rows: elements }, &[]),
            other => (Metric::without_arguments(other)?, &[]),
        })
    }

    fn without_arguments(name: &str) -> Result<Metric, String> {
        Ok(match name {
            "record_age.mean" => Metric::RecordAgeMean,
            "first_record_wait.mean" => Metric::FirstRecordWaitMean,
            "batch_size.mean" => Metric::BatchSizeMean,
            "batch_size.full_fraction" => Metric::FullFraction,
            "duration.mean" => Metric::DurationMean,
            "invocation_rate" => Metric::InvocationRate,
            "throughput" => Metric::Throughput,
            "utilization" => Metric::Utilization,
            "concurrency.mean" => Metric::ConcurrencyMean,
            "concurrency.max" => Metric::ConcurrencyMax,
            "throttle_probability" => Metric::ThrottleProbability,
            "throttles_per_record" => Metric::ThrottlesPerRecord,
            "throttle_rate" => Metric::ThrottleRate,
            "start_gap.mean" => Metric::StartGapMean,
            "full_batches" => Metric::FullBatches,
            "first_partial_start" => Metric::FirstPartialStart,
            "time_to_discard" => Metric::TimeToDiscard,
            "discard_age" => Metric::DiscardAge,
            "first_expiry_time" => Metric::FirstExpiryTime,
            "expired_fraction" => Metric::ExpiredFraction,
            "invocations" => Metric::Invocations,
            "failed_invocations" => Metric::FailedInvocations,
            "discarded_records" => Metric::DiscardedRecords,
            "invocations_until_discard" => Metric::InvocationsUntilDiscard,
            "invocations_per_batch.mean" => Metric::InvocationsPerBatchMean,
            "invocations_per_batch.min" => Metric::InvocationsPerBatchMin,
            "invocations_per_batch.max" => Metric::InvocationsPerBatchMax,
            "invocations_per_record" => Metric::InvocationsPerRecord,
            "discard_probability" => Metric::DiscardProbability,
            "lanes_used.mean" => Metric::LanesUsedMean,
            "lane_load_max.mean" => Metric::LaneLoadMaxMean,
            unknown => return Err(format!("metric `{unknown}` is unknown")),
        })
    }

    /// Whether the metric looks at single records and not only at invocations.
    pub fn needs_records(self) -> bool {
        matches!(
            self,
            Metric::RecordAgeMean | Metric::RecordAgeOf { .. } | Metric::RecordWaitQuantile { .. }
        )
    }
}
