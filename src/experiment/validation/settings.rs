//! A known answer's config as settings of the model.
//!
//! | fixed for every item | as |
//! |---|---|
//! | no rounding, overhead, cold start, jitter, filter, payload limit | zero or unlimited |
//! | look-ahead unbounded | `lookahead` unlimited |
//! | records at time 0 before all others | one burst |
//! | a write as an invocation ends | S10.6 at the whole duration, readable 1 ns later |
//!
//! The write comes after what the lane does at the end of the invocation, because that end is
//! what causes it; hence the nanosecond. A poll clock counts from time 0, not from the start of
//! polling. Left out, with the reason given to the caller: combinations whose meaning the schema
//! does not settle.

use super::config::{
    AgeAt, Arrivals, BurstSize, Config, Faults, Gap, Keys, Law, PollModel, PollPhase, Throttle,
    ThrottleBatch, ThrottleDelay, WindowClock,
};
use super::run_length::{FOR_EVER, RunEnd};
use crate::engine::samplers::StandardNormal;
use crate::model::settings as model;
use crate::units::{Bytes, Duration, Instant, Limit, Probability, Rate};

/// Stands for "no limit" where the model has a number; five times it still fits.
const BATCH_UNLIMITED: u32 = 500_000_000;

/// Settings, or why the model has none.
pub type Mapped<T> = Result<T, String>;

/// The settings of `config`, with a horizon that its run may shorten.
///
/// # Errors
/// What the model cannot express, as a sentence.
pub fn settings(config: &Config) -> Mapped<model::Settings> {
    check(config)?;
    let seconds = duration;
    let limit = |limit: Option<f64>| limit.map_or(Limit::Unlimited, |s| Limit::Limited(seconds(s)));
    Ok(model::Settings {
        start_unix_nanos: 0,
        horizon: model::Horizon::Drained { at_most: FOR_EVER },
        stream: model::Stream {
            kind: model::StreamKind::DynamoDb,
            shards: config.shards,
            reshards: Vec::new(),
            retention: config.retention_s.map_or(FOR_EVER, seconds),
        },
        traffic: traffic(config)?,
        schedule: Vec::new(),
        mapping: model::Mapping {
            enabled: true,
            tumbling_window: Duration::ZERO,
            enhanced_fan_out: false,
            starting_position: model::StartingPosition::TrimHorizon,
            batch_size: batch_size(config),
            batching_window: seconds(config.window_s),
            parallelization_factor: config.lanes,
            maximum_retry_attempts: config.retries.map_or(Limit::Unlimited, Limit::Limited),
            maximum_record_age: limit(config.max_age_s),
            bisect: config.bisect,
            report_batch_item_failures: config.partial_responses,
            on_failure: None,
        },
        function: function(config)?,
        concurrency: model::Concurrency {
            account_limit: config.concurrency_limit.map_or(Limit::Unlimited, Limit::Limited),
            reserved: None,
            other_functions: Vec::new(),
            environments_per_10s: Limit::Unlimited,
        },
        knobs: knobs(config),
    })
}

/// What the schema allows and the model, or the schema itself, does not settle.
fn check(config: &Config) -> Mapped<()> {
    let is_buffered = config.poll_model == PollModel::Buffered;
    let is_closed = matches!(config.arrivals, Some(Arrivals::ClosedLoop {}));
    let is_open = !matches!(config.arrivals, None | Some(Arrivals::ClosedLoop {}));
    let has_key_order = matches!(config.keys, Keys::Count { .. } | Keys::HotShare { .. });
    let idle = config.idle_poll_interval_s.unwrap_or(config.poll_interval_s);
    let is_endless = config.arrivals.is_some() && config.run.end() == Some(RunEnd::Drained);
    let reasons = [
        (config.shards == 0 || config.lanes == 0, "there is no shard or no lane"),
        (config.poll_interval_s <= 0.0 || idle <= 0.0, "a poll interval is not above 0"),
        (!is_buffered && idle != config.poll_interval_s, "only `buffered` has idle polls"),
        (
            !is_buffered && config.getrecords_max.is_some() && config.lanes > 1,
            "a bound per read and shard is not shared among lanes that read for themselves",
        ),
        (is_closed && config.prefill > 0, "a closed loop has one record per shard, no prefill"),
        (
            is_open && config.prefill > 0 && has_key_order && config.lanes > 1,
            "the keys of records written before all others are not those of the others",
        ),
        (is_endless, "records are written for ever, so nothing drains"),
    ];
    match reasons.iter().find(|(holds, _)| *holds) {
        Some((_, reason)) => Err((*reason).to_owned()),
        None => Ok(()),
    }
}

fn duration(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn rate(per_second: f64) -> Mapped<Rate> {
    Rate::new(per_second).ok_or_else(|| format!("{per_second} is no rate"))
}

fn chance(value: f64) -> Mapped<Probability> {
    Probability::new(value).ok_or_else(|| format!("{value} is no chance"))
}

/// BatchSize; where lanes read for themselves, a read returns no more than one batch takes.
fn batch_size(config: &Config) -> u32 {
    let read = match config.poll_model {
        PollModel::Buffered => None,
        PollModel::Instant | PollModel::Grid | PollModel::Restart | PollModel::Gated => {
            config.getrecords_max
        }
    };
    config.batch_size.unwrap_or(BATCH_UNLIMITED).min(read.unwrap_or(BATCH_UNLIMITED))
}

fn traffic(config: &Config) -> Mapped<Vec<model::Traffic>> {
    let keys = match config.keys {
        Keys::Uniform {} | Keys::RoundRobin {} => model::Keys::Unique,
        Keys::Count { n } => model::Keys::Round { count: n },
        Keys::HotShare { share } => model::Keys::Hot { share: chance(share)? },
    };
    let source = |arrivals: model::Arrivals, from: Instant| model::Traffic {
        arrivals,
        keys: keys.clone(),
        record_size: model::RecordSize::Constant(Bytes::new(1)),
        from,
        to: Instant::FAR_FUTURE,
        per_shard: true,
        matches_filter: Probability::ONE,
    };
    let is_closed = matches!(config.arrivals, Some(Arrivals::ClosedLoop {}));
    let mut sources = Vec::new();
    let at_once = if is_closed { 1 } else { config.prefill };
    if at_once > 0 {
        let burst = model::Arrivals::Bursts {
            rate: rate(1.0)?,
            size: model::BurstSize::Constant(at_once),
            even: true,
        };
        let to = Instant::from_nanos(1);
        sources.push(model::Traffic { to, ..source(burst, Instant::START) });
    }
    if let Some((arrivals, from)) = arrivals(config)? {
        sources.push(source(arrivals, from));
    }
    Ok(sources)
}

/// The arrivals and the time from which they count; none for a closed loop.
fn arrivals(config: &Config) -> Mapped<Option<(model::Arrivals, Instant)>> {
    let mut from = Instant::START;
    let Some(arrivals) = config.arrivals else { return Ok(None) };
    let arrivals = match arrivals {
        Arrivals::Even { rate: per_second, first_at_s } => {
            from = from + duration(first_at_s);
            model::Arrivals::Constant { rate: rate(per_second)?, tick: None }
        }
        Arrivals::Poisson { rate: per_second } => {
            model::Arrivals::Poisson { rate: rate(per_second)? }
        }
        Arrivals::Bursts { rate: per_second, size } => model::Arrivals::Bursts {
            rate: rate(per_second)?,
            size: match size {
                BurstSize::Constant { n } => model::BurstSize::Constant(n),
                BurstSize::Geometric { mean } => model::BurstSize::Geometric { mean },
            },
            even: false,
        },
        Arrivals::Mmpp { rates: [first, second], leave_rates } => model::Arrivals::OnOff {
            rates: [rate(first)?, rate(second)?],
            sojourns: leave_rates.map(|leave| duration(1.0 / leave)),
        },
        Arrivals::Renewal { gap } => model::Arrivals::Renewal {
            gap: match gap {
                Gap::Uniform { low_s, high_s } => {
                    model::Gap::Uniform { low: duration(low_s), high: duration(high_s) }
                }
                Gap::Normal { mean_s, sd_s } => {
                    model::Gap::Normal { mean: duration(mean_s), deviation: duration(sd_s) }
                }
            },
        },
        Arrivals::ClosedLoop {} => return Ok(None),
    };
    Ok(Some((arrivals, from)))
}

fn function(config: &Config) -> Mapped<model::Function> {
    let is_closed = matches!(config.arrivals, Some(Arrivals::ClosedLoop {}));
    let writes_back = is_closed.then(|| model::WritesBack {
        at_shares: vec![1.0],
        record_size: Bytes::new(1),
        filtered: false,
    });
    let reports = match config.partial_responses {
        true => model::FailureReport::FirstFailed,
        false => model::FailureReport::Raises,
    };
    Ok(model::Function {
        duration: law(config)?,
        fail_after: config.fail_duration_s.map(duration),
        init: Duration::ZERO,
        idle_timeout: FOR_EVER,
        memory: Bytes::new(128 << 20),
        timeout: FOR_EVER,
        faults: faults(config)?,
        reports,
        behaviour: Vec::new(),
        state_per_record: Bytes::new(0),
        state_per_key: Bytes::new(0),
        writes_back,
    })
}

fn law(config: &Config) -> Mapped<model::FunctionDuration> {
    let of = |base: f64, variation: model::Variation| model::FunctionDuration {
        base: duration(base),
        per_record: Duration::ZERO,
        per_kb: Duration::ZERO,
        variation,
    };
    Ok(match &config.duration {
        None => of(0.0, model::Variation::None),
        Some(Law::Affine { base_s, per_record_s }) => model::FunctionDuration {
            per_record: duration(*per_record_s),
            ..of(*base_s, model::Variation::None)
        },
        Some(Law::Exponential { mean_s }) => of(*mean_s, model::Variation::Exponential),
        Some(Law::Erlang { mean_s, stages }) => {
            of(*mean_s, model::Variation::Erlang { stages: *stages })
        }
        Some(Law::Hyperexponential { branches }) => {
            let read = |&(probability, mean_s)| Ok((chance(probability)?, mean_s));
            let branches: Mapped<Vec<(Probability, f64)>> = branches.iter().map(read).collect();
            of(1.0, model::Variation::Hyperexponential { branches: branches?.into() })
        }
        Some(Law::Lognormal { mean_s, cv }) => {
            // ln X is normal with variance ln(1 + cv^2); the mean is the median e^(variance / 2).
            let variance = libm::log1p(cv * cv);
            let z99 = StandardNormal::upper_quantile(0.01);
            let p99 = libm::exp(z99 * libm::sqrt(variance));
            of(*mean_s * libm::exp(-variance / 2.0), model::Variation::Lognormal { p99 })
        }
    })
}

fn faults(config: &Config) -> Mapped<Vec<model::Fault>> {
    let always = |kind| model::Fault { kind, from: Instant::START, to: Instant::FAR_FUTURE };
    let poison = |marks| always(model::FaultKind::Poison(marks));
    Ok(match &config.faults {
        None => Vec::new(),
        Some(Faults::PerInvocation { probability }) => {
            vec![always(model::FaultKind::ErrorRate(chance(*probability)?))]
        }
        Some(Faults::PerRecord { probability }) => {
            vec![always(model::FaultKind::PerRecordRate(chance(*probability)?))]
        }
        Some(Faults::Poison { records }) => {
            let number = |&number| poison(model::PoisonMarks::Number { number, shard: 0 });
            records.iter().map(number).collect()
        }
        Some(Faults::PoisonProbability { probability }) => {
            vec![poison(model::PoisonMarks::Probability(chance(*probability)?))]
        }
    })
}

fn knobs(config: &Config) -> model::Knobs {
    let interval = duration(config.poll_interval_s);
    let visibility = duration(config.visibility_s);
    let is_closed = matches!(config.arrivals, Some(Arrivals::ClosedLoop {}));
    let backoff = |base: f64, factor: f64, cap: f64| model::Backoff {
        base: duration(base),
        factor,
        cap: duration(cap),
        jitter: 0.0,
    };
    let (throttle_policy, throttle, throttle_batch) = throttle(config.throttle);
    model::Knobs {
        timestamp_resolution: Duration::ZERO,
        shard_rollover: Limit::Unlimited,
        child_discovery: Duration::ZERO,
        shard_limits: model::ShardLimits::NONE,
        read_visibility: match is_closed {
            true => visibility.max(Duration::from_nanos(1)),
            false => visibility,
        },
        page_records: config.getrecords_max.map_or(Limit::Unlimited, Limit::Limited),
        page_bytes: Limit::Unlimited,
        poll_model: match config.poll_model {
            PollModel::Instant => model::PollModel::Instant,
            PollModel::Grid => model::PollModel::Grid,
            PollModel::Restart => model::PollModel::Restart,
            PollModel::Gated => model::PollModel::Gated,
            PollModel::Buffered => model::PollModel::Buffered,
        },
        disable_delay: Duration::ZERO,
        update_delay: Duration::ZERO,
        window_idle_close: Duration::ZERO,
        poll_interval: interval,
        idle_poll_interval: config.idle_poll_interval_s.map_or(interval, duration),
        poll_phase: phase(config),
        poll_jitter: Duration::ZERO,
        refill_below: None,
        lookahead: Limit::Unlimited,
        enable_delay: duration(config.start_at_s),
        invoke_overhead: Duration::ZERO,
        window_clock: match config.window_clock {
            WindowClock::FirstRecord => model::WindowClock::FirstRecord,
            WindowClock::PreviousCompletion => model::WindowClock::PreviousCompletion,
            WindowClock::FirstRead => model::WindowClock::FirstRead,
        },
        payload_limit: Limit::Unlimited,
        lane_assignment: match config.keys {
            Keys::RoundRobin {} => model::LaneAssignment::RoundRobin,
            Keys::Uniform {} | Keys::Count { .. } | Keys::HotShare { .. } => {
                model::LaneAssignment::StaticHash
            }
        },
        lane_failure_scope: model::LaneFailureScope::Lane,
        retry: backoff(config.backoff.base_s, config.backoff.factor, config.backoff.cap_s),
        throttle: backoff(throttle, 1.0, throttle),
        throttle_delay: model::ThrottleDelay::Exponential,
        throttle_policy,
        throttle_batch,
        split_delay: Duration::ZERO,
        age_scope: model::AgeScope::Record,
        iterator_age_at: match config.iterator_age_at {
            AgeAt::Finish => model::IteratorAgeAt::Finish,
            AgeAt::Send => model::IteratorAgeAt::Send,
        },
        iterator_age_on: model::IteratorAgeOn::EveryAttempt,
    }
}

/// Policy, mean wait in seconds, and whether the batch stays as it was cut.
fn throttle(throttle: Throttle) -> (model::ThrottlePolicy, f64, model::ThrottleBatch) {
    let fixed = model::ThrottleBatch::Fixed;
    match throttle {
        Throttle::Drop {} => (model::ThrottlePolicy::Drop, 0.0, fixed),
        Throttle::Queue {} => (model::ThrottlePolicy::Queue, 0.0, fixed),
        Throttle::Retry { delay: ThrottleDelay::Exponential { mean_s }, batch } => {
            let batch = match batch {
                ThrottleBatch::Fixed => fixed,
                ThrottleBatch::Recut => model::ThrottleBatch::Recut,
            };
            (model::ThrottlePolicy::Retry, mean_s, batch)
        }
    }
}

/// The first tick `phase + k * interval` at or after the start of polling, counted from there.
fn phase(config: &Config) -> model::PollPhase {
    match config.poll_phase_s {
        PollPhase::Word(_) => model::PollPhase::Random,
        PollPhase::At(phase) => {
            let first = Instant::START + duration(phase);
            let start = Instant::START + duration(config.start_at_s);
            let step = duration(config.poll_interval_s);
            let tick =
                crate::model::poll_grid::multiple_at_or_after(first, step, 0, start.max(first));
            model::PollPhase::At(tick - start)
        }
    }
}
