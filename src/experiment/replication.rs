//! One replication: runs it and keeps its figures, without its histograms.

use super::RunError;
use super::cost::Dollars;
use super::recorder::Recorder;
use super::recorder::ages::Ages;
use super::recorder::minutes::MinuteRow;
use super::recorder::spans::Span;
use super::recorder::tallies::Tallies;
use crate::engine::RunEnd;
use crate::model::settings::{Horizon, Settings};
use crate::model::simulate_consumers;
use crate::results::{BlockedInterval, DestinationMessage, Redrive};
use crate::scenario::Variant;
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
    /// Events at most.
    pub events_max: u64,
}

/// The figures of one replication; times in seconds.
#[derive(Debug, Clone)]
pub struct Replication {
    /// Virtual time it covered.
    pub simulated_seconds: f64,
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
    /// Minutes.
    pub minutes: Vec<MinuteRow>,
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
/// When it reaches its limit on events.
pub fn run(plan: &ReplicationPlan<'_>) -> Result<Vec<Replication>, RunError> {
    let first = &plan.variants[0];
    let horizon = match first.settings.horizon {
        Horizon::For(length) => length,
        Horizon::Drained { at_most } => at_most,
    };
    let new_recorder = |settings, put_unit| {
        let spans = plan.spans.iter().map(|&(from, to)| Span::new(from, to)).collect();
        Recorder::new(settings, put_unit, horizon, spans, plan.number == 0)
    };
    let mut recorders: Vec<Recorder<'_>> = plan
        .variants
        .iter()
        .map(|variant| new_recorder(&variant.settings, variant.prices.kinesis_put_unit))
        .collect();
    let settings: Vec<&Settings> = plan.variants.iter().map(|variant| &variant.settings).collect();
    let number = u64::from(plan.number);
    let finished =
        simulate_consumers(&settings, plan.seed, number, plan.events_max, &mut recorders);
    if let RunEnd::EventLimit { at } = finished[0].end {
        return Err(RunError::EventLimit {
            variant: first.name.clone(),
            replication: plan.number,
            events: plan.events_max,
            at_seconds: at.as_secs_f64(),
            horizon_seconds: horizon.as_secs_f64(),
        });
    }
    let consumers = plan.variants.iter().zip(recorders).zip(finished);
    let figures = consumers.map(|((variant, mut recorder), finished)| {
        recorder.finish(finished);
        figures(variant, &recorder)
    });
    Ok(figures.collect())
}

fn figures(variant: &Variant, recorder: &Recorder<'_>) -> Replication {
    let seconds = Duration::as_secs_f64;
    let blocked = &recorder.blocked;
    let simulated_seconds = recorder.ended_at.as_secs_f64();
    Replication {
        simulated_seconds,
        iterator_age: AgeFigures::of(&recorder.iterator_age),
        age_at_finish: AgeFigures::of(&recorder.age_at_finish),
        record_age: AgeFigures::of(&recorder.record_age),
        true_lag: (recorder.lags.max(), recorder.lags.mean()),
        blocked: [blocked.total, blocked.fully, blocked.worst_shard()].map(seconds),
        blocked_by_cause: blocked.by_cause.map(seconds),
        cost: Dollars::of(variant, &recorder.tallies, simulated_seconds),
        tallies: recorder.tallies.clone(),
        spans: recorder.spans.clone(),
        minutes: recorder.minutes.rows().to_vec(),
        step: recorder.minutes.step(),
        blocked_intervals: blocked.intervals(),
        is_truncated: blocked.is_truncated || recorder.messages.is_truncated(),
        messages: recorder.messages.kept().to_vec(),
        redrive: recorder.messages.redrive(),
    }
}

impl Replication {
    /// What the user should know about what was left out.
    pub fn warnings(&self, variant: &str) -> Option<String> {
        self.is_truncated.then(|| {
            format!(
                "Variant {variant}: more blocked intervals or destination messages than are \
                 kept; charts of intervals and destination.jsonl show the first of them, all \
                 figures count all of them."
            )
        })
    }
}
