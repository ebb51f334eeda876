//! What is asked of a run: the metrics of the schema with their arguments.

use serde::Deserialize;

use super::item::Answer;

/// A metric with its arguments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Metric {
    /// A number from ages, sizes and times of invocations and records.
    Invocations(InvocationMetric),
    /// A number that counts throttles, batches, losses, lanes or drains.
    Counts(CountMetric),
    /// Several numbers.
    Lists(Listing),
}

/// Metrics of ages, sizes and times.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the schema, explained where estimated")]
pub enum InvocationMetric {
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
    DurationMean,
    InvocationRate,
    Throughput,
    Utilization,
    ConcurrencyMean,
    StartGapMean,
    LatticeShare { step: f64, within: f64 },
    EvenShare { step: f64 },
    InvocationsPerRecord,
}

/// Metrics that count.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the schema, explained where estimated")]
pub enum CountMetric {
    ConcurrencyMax,
    ThrottleProbability,
    ThrottlesPerRecord,
    ThrottleRate,
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
    DiscardProbability,
    LanesUsedMean,
    LaneLoadMaxMean,
}

/// Metrics of several numbers, with how many.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the schema, explained where estimated")]
pub enum Listing {
    BatchSizePmf { sizes: usize },
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
            "iterator_age.mean" => {
                (Metric::Invocations(InvocationMetric::AgeMean { hot_lane }), &["lane"])
            }
            "iterator_age.sd" => {
                (Metric::Invocations(InvocationMetric::AgeDeviation { hot_lane }), &["lane"])
            }
            "iterator_age.max" => {
                (Metric::Invocations(InvocationMetric::AgeMax { hot_lane }), &["lane"])
            }
            "iterator_age.quantile" => {
                (Metric::Invocations(InvocationMetric::AgeQuantile { q: q()? }), &["q"])
            }
            "iterator_age.quantile_spread" => {
                let low = given.low.ok_or(missing("low"))?;
                let high = given.high.ok_or(missing("high"))?;
                (
                    Metric::Invocations(InvocationMetric::AgeQuantileSpread { low, high }),
                    &["low", "high"],
                )
            }
            "iterator_age.nth" => {
                let number = given.invocation.filter(|n| *n > 0).ok_or(missing("invocation"))?;
                (Metric::Invocations(InvocationMetric::AgeOfInvocation { number }), &["invocation"])
            }
            "iterator_age.max_over_shards" => {
                let spacing = given.spacing.filter(|m| *m > 0).ok_or(missing("spacing"))?;
                (Metric::Invocations(InvocationMetric::AgeMaxOverShards { spacing }), &["spacing"])
            }
            "age_slope" => {
                (Metric::Invocations(InvocationMetric::AgeSlope { hot_lane }), &["lane"])
            }
            "record_age.nth" => {
                let number = given.record.filter(|n| *n > 0).ok_or(missing("record"))?;
                (Metric::Invocations(InvocationMetric::RecordAgeOf { number }), &["record"])
            }
            "record_wait.quantile" => {
                (Metric::Invocations(InvocationMetric::RecordWaitQuantile { q: q()? }), &["q"])
            }
            "start_gap.lattice_share" => {
                let within = given.within_s.ok_or(missing("within_s"))?;
                (
                    Metric::Invocations(InvocationMetric::LatticeShare { step: step()?, within }),
                    &["step_s", "within_s"],
                )
            }
            "start_gap.even_share" => (
                Metric::Invocations(InvocationMetric::EvenShare { step: step()? }),
                &["step_s", "within_s"],
            ),
            "drain_time" => (
                Metric::Counts(CountMetric::DrainTime { from: given.from.ok_or(missing("from"))? }),
                &["from"],
            ),
            "batch_size.pmf" => (Metric::Lists(Listing::BatchSizePmf { sizes: elements }), &[]),
            "trace" => (Metric::Lists(Listing::Trace { rows: elements }), &[]),
            "deliveries" => (Metric::Lists(Listing::Deliveries { rows: elements }), &[]),
            other => (Metric::without_arguments(other)?, &[]),
        })
    }

    fn without_arguments(name: &str) -> Result<Metric, String> {
        Ok(match name {
            "record_age.mean" => Metric::Invocations(InvocationMetric::RecordAgeMean),
            "first_record_wait.mean" => Metric::Invocations(InvocationMetric::FirstRecordWaitMean),
            "batch_size.mean" => Metric::Invocations(InvocationMetric::BatchSizeMean),
            "batch_size.full_fraction" => Metric::Invocations(InvocationMetric::FullFraction),
            "duration.mean" => Metric::Invocations(InvocationMetric::DurationMean),
            "invocation_rate" => Metric::Invocations(InvocationMetric::InvocationRate),
            "throughput" => Metric::Invocations(InvocationMetric::Throughput),
            "utilization" => Metric::Invocations(InvocationMetric::Utilization),
            "concurrency.mean" => Metric::Invocations(InvocationMetric::ConcurrencyMean),
            "concurrency.max" => Metric::Counts(CountMetric::ConcurrencyMax),
            "throttle_probability" => Metric::Counts(CountMetric::ThrottleProbability),
            "throttles_per_record" => Metric::Counts(CountMetric::ThrottlesPerRecord),
            "throttle_rate" => Metric::Counts(CountMetric::ThrottleRate),
            "start_gap.mean" => Metric::Invocations(InvocationMetric::StartGapMean),
            "full_batches" => Metric::Counts(CountMetric::FullBatches),
            "first_partial_start" => Metric::Counts(CountMetric::FirstPartialStart),
            "time_to_discard" => Metric::Counts(CountMetric::TimeToDiscard),
            "discard_age" => Metric::Counts(CountMetric::DiscardAge),
            "first_expiry_time" => Metric::Counts(CountMetric::FirstExpiryTime),
            "expired_fraction" => Metric::Counts(CountMetric::ExpiredFraction),
            "invocations" => Metric::Counts(CountMetric::Invocations),
            "failed_invocations" => Metric::Counts(CountMetric::FailedInvocations),
            "discarded_records" => Metric::Counts(CountMetric::DiscardedRecords),
            "invocations_until_discard" => Metric::Counts(CountMetric::InvocationsUntilDiscard),
            "invocations_per_batch.mean" => Metric::Counts(CountMetric::InvocationsPerBatchMean),
            "invocations_per_batch.min" => Metric::Counts(CountMetric::InvocationsPerBatchMin),
            "invocations_per_batch.max" => Metric::Counts(CountMetric::InvocationsPerBatchMax),
            "invocations_per_record" => Metric::Invocations(InvocationMetric::InvocationsPerRecord),
            "discard_probability" => Metric::Counts(CountMetric::DiscardProbability),
            "lanes_used.mean" => Metric::Counts(CountMetric::LanesUsedMean),
            "lane_load_max.mean" => Metric::Counts(CountMetric::LaneLoadMaxMean),
            unknown => return Err(format!("metric `{unknown}` is unknown")),
        })
    }

    /// Whether the metric looks at single records and not only at invocations.
    pub fn needs_records(self) -> bool {
        matches!(
            self,
            Metric::Invocations(
                InvocationMetric::RecordAgeMean
                    | InvocationMetric::RecordAgeOf { .. }
                    | InvocationMetric::RecordWaitQuantile { .. }
            )
        )
    }
}
