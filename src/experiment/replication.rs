//! One replication: runs it and keeps its figures, without its histograms.

use super::RunError;
use super::batches::Batches;
use super::cost::Dollars;
use super::groups::{GroupedRun, groups_of};
use super::limits::{Limited, Reached, ReplicationLimits};
use super::recorder::Recorder;
use super::recorder::ages::Ages;
use super::recorder::minutes::MinuteRow;
use super::recorder::spans::Span;
use super::recorder::tallies::Tallies;
use crate::model::observation::Observer;
use crate::model::settings::Settings;
use crate::model::system::Finished;
use crate::results::{BlockedInterval, DestinationMessage, Redrive};
use crate::scenario::Variant;
use crate::scenario::figures::{AgeKind, Asked, AskedQuantity, Scope, Statistic};
use crate::units::{Duration, Instant};

/// Which replication to run.
#[derive(Debug, Clone, Copy)]
pub struct ReplicationPlan<'a> {
    /// The consumers of the stream, all of one run.
    pub variants: &'a [Variant],
    /// Seed of the scenario.
    pub seed: u64,
    /// Number of the replication, from 0; the first keeps details.
    pub number: u32,
    /// Parts of the run whose figures are wanted.
    pub spans: &'a [(Instant, Instant)],
    /// How much it may be.
    pub limits: ReplicationLimits,
    /// Which part of the run its figures are of.
    pub measuring: Measuring,
}

impl ReplicationPlan<'_> {
    /// In how many groups of shards it is simulated; parts of the run are followed in all shards
    /// together.
    fn groups(&self) -> u32 {
        match self.variants {
            [variant] if self.spans.is_empty() => groups_of(&variant.settings),
            _ => 1,
        }
    }

    fn limit(&self, reached: Reached) -> RunError {
        RunError::limit(self.variants[0].name.clone(), self.number, reached)
    }
}

/// Which part of a run figures are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measuring {
    /// They count from here, the end of a point of the series.
    pub warm_up: Instant,
    /// Length of the batches that have figures of their own, where there are any.
    pub batch: Option<Duration>,
}

/// The figures of one replication; times in seconds.
#[derive(Debug, Clone)]
pub struct Replication {
    /// Virtual time it covered.
    pub simulated_seconds: f64,
    /// Virtual time its figures are of: without the warm-up.
    pub measured_seconds: f64,
    /// Records in the stream when the measured part began.
    pub carried_over: u64,
    /// IteratorAge over invocations.
    pub iterator_age: AgeFigures,
    /// Age at finish over invocations.
    pub age_at_finish: AgeFigures,
    /// From write to success over records.
    pub record_age: AgeFigures,
    /// Largest and mean true lag.
    pub true_lag: (f64, f64),
    /// Blocked-shard time: total, fully, worst shard.
    pub blocked: [f64; 3],
    /// By cause: function error, throttle, oversize.
    pub blocked_by_cause: [f64; 3],
    /// Counts and sums.
    pub tallies: Tallies,
    /// Cost.
    pub cost: Dollars,
    /// Figures of the wanted parts, in their order.
    pub spans: Vec<Span>,
    /// Minutes, those of the warm-up included.
    pub minutes: Vec<MinuteRow>,
    /// The first row that is measured.
    pub measured_row: usize,
    /// Length of a minute row.
    pub step: Duration,
    /// Blocked intervals; only of the first replication.
    pub blocked_intervals: Vec<BlockedInterval>,
    /// Intervals or messages were left out.
    pub is_truncated: bool,
    /// Destination messages; only of the first replication.
    pub messages: Vec<DestinationMessage>,
    /// What the messages leave.
    pub redrive: Option<Redrive>,
    /// What the variant asks for beyond the figures of every summary, in its order.
    pub asked: Vec<Option<f64>>,
    /// Figures of equally long parts; only where they were asked for.
    pub batches: Vec<Replication>,
}

/// Statistics of ages; `None` without samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AgeFigures {
    /// Median.
    pub p50: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
    /// Mean.
    pub mean: Option<f64>,
}

impl AgeFigures {
    fn of(ages: &Ages) -> AgeFigures {
        AgeFigures {
            p50: ages.quantile(0.5),
            p90: ages.quantile(0.9),
            p99: ages.quantile(0.99),
            max: ages.max(),
            mean: ages.mean(),
        }
    }
}

/// Runs a replication: the figures of each consumer.
///
/// # Errors
/// When it reaches a limit.
pub fn run<'a>(plan: &ReplicationPlan<'a>) -> Result<Vec<Replication>, RunError> {
    let horizon = plan.variants[0].settings.horizon.at_most();
    let recorder = |variant: &'a Variant, spans: &[(Instant, Instant)], keeps_details| {
        let put_unit = variant.prices.kinesis_put_unit;
        let spans = spans.iter().map(|&(from, to)| Span::new(from, to)).collect();
        Recorder::new(&variant.settings, put_unit, horizon, spans, keeps_details)
            .asking(&variant.asked)
            .keeping(plan.limits.messages)
    };
    let warm_up = plan.measuring.warm_up;
    let whole = |variant| recorder(variant, plan.spans, plan.number == 0).after(warm_up);
    let variants = plan.variants.iter();
    match plan.measuring.batch {
        None if plan.groups() > 1 => {
            let variant = &plan.variants[0];
            let grouped = GroupedRun {
                settings: &variant.settings,
                seed: plan.seed,
                replication: plan.number.into(),
                limits: plan.limits,
                has_warm_up: warm_up > Instant::START,
            };
            let recorded = grouped.run(plan.groups(), &|| whole(variant));
            let whole = recorded.map_err(|reached| plan.limit(reached))?;
            Ok(vec![figures(variant, &whole, whole.measured())])
        }
        None => {
            let consumers = plan.variants.iter().zip(simulated(plan, variants.map(whole))?);
            let figures = consumers.map(|(variant, (mut whole, finished))| {
                whole.finish(finished);
                figures(variant, &whole, whole.measured())
            });
            Ok(figures.collect())
        }
        Some(length) => {
            let batches = |variant| {
                let part = recorder(variant, &[], false);
                Batches::new(variant, warm_up, whole(variant), part, length)
            };
            let consumers = simulated(plan, variants.map(batches))?.into_iter();
            Ok(consumers.map(|(batches, finished)| batches.finish(finished)).collect())
        }
    }
}

fn simulated<O: Observer>(
    plan: &ReplicationPlan<'_>,
    observers: impl Iterator<Item = O>,
) -> Result<Vec<(O, Finished)>, RunError> {
    let settings: Vec<&Settings> = plan.variants.iter().map(|variant| &variant.settings).collect();
    let (seed, number, limits) = (plan.seed, plan.number, plan.limits);
    let limited = Limited { consumers: &settings, seed, number, limits };
    limited.simulate(observers.collect()).map_err(|reached| plan.limit(reached))
}

/// The figures of what a recorder measured; `tallies` are those of that part.
pub(super) fn figures(variant: &Variant, recorder: &Recorder<'_>, tallies: Tallies) -> Replication {
    let seconds = Duration::as_secs_f64;
    let blocked = &recorder.blocked;
    let measured_seconds = recorder.ended_at.since(recorder.measured_from).as_secs_f64();
    let step = recorder.minutes.step();
    Replication {
        simulated_seconds: recorder.ended_at.as_secs_f64(),
        measured_seconds,
        carried_over: recorder.carried_over(),
        iterator_age: AgeFigures::of(&recorder.iterator_age),
        age_at_finish: AgeFigures::of(&recorder.age_at_finish),
        record_age: AgeFigures::of(&recorder.record_age),
        true_lag: (recorder.lags.max(), recorder.lags.mean()),
        blocked: [blocked.total, blocked.fully, blocked.worst_shard()].map(seconds),
        blocked_by_cause: blocked.by_cause.map(seconds),
        cost: Dollars::of(variant, &tallies, measured_seconds),
        asked: variant.asked.iter().map(|(_, one)| asked(*one, recorder, &tallies)).collect(),
        tallies,
        spans: recorder.spans.clone(),
        minutes: recorder.minutes.rows().to_vec(),
        measured_row: (recorder.measured_from.as_nanos() / step.as_nanos()) as usize,
        step,
        blocked_intervals: blocked.intervals(),
        is_truncated: blocked.is_truncated || recorder.messages.is_truncated(),
        messages: recorder.messages.kept().to_vec(),
        redrive: recorder.messages.redrive(),
        batches: Vec::new(),
    }
}

/// A figure that not every summary has.
fn asked(asked: Asked, recorder: &Recorder<'_>, tallies: &Tallies) -> Option<f64> {
    if asked.scope != Scope::Whole {
        let blocked = |shard: u32| recorder.blocked.of_shard(shard).as_secs_f64();
        return recorder.shards.as_ref()?.figure(asked, &blocked);
    }
    let lost = tallies.retry_attempts_exhausted
        + tallies.record_age_exceeded
        + tallies.dropped_at_throttle
        + tallies.expired;
    Some(match asked.quantity {
        AskedQuantity::Age(kind, statistic) => {
            let ages = match kind {
                AgeKind::IteratorAge => &recorder.iterator_age,
                AgeKind::AgeAtFinish => &recorder.age_at_finish,
                AgeKind::RecordAge => &recorder.record_age,
            };
            return match statistic {
                Statistic::Quantile(share) => ages.quantile(share),
                Statistic::Max => ages.max(),
                Statistic::Mean => ages.mean(),
            };
        }
        AskedQuantity::TrueLag => recorder.lags.max(),
        AskedQuantity::BlockedTime => recorder.blocked.total.as_secs_f64(),
        AskedQuantity::Invocations => tallies.invocations as f64,
        AskedQuantity::Errors => tallies.errors as f64,
        AskedQuantity::Processed => tallies.processed as f64,
        AskedQuantity::RetryAttemptsExhausted => tallies.retry_attempts_exhausted as f64,
        AskedQuantity::RecordAgeExceeded => tallies.record_age_exceeded as f64,
        AskedQuantity::Expired => tallies.expired as f64,
        AskedQuantity::Lost => lost as f64,
    })
}

impl Replication {
    /// The measured points of the series.
    pub fn measured_minutes(&self) -> &[MinuteRow] {
        &self.minutes[self.measured_row.min(self.minutes.len())..]
    }

    /// What the user should know about what was left out.
    pub fn warnings(&self, variant: &str) -> Option<String> {
        self.is_truncated.then(|| {
            format!(
                "Variant {variant}: more blocked intervals or destination messages than are \
                 kept; charts of intervals and destination.jsonl show the first of them, all \
                 figures count all of them. That on messages can be raised with --max-messages."
            )
        })
    }
}
