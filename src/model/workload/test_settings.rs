//! Settings for tests and benches of the workload: everything but the traffic is beside the point.

use crate::model::settings::{
    AgeScope, Arrivals, Backoff, Concurrency, FailureReport, Function, FunctionDuration, Horizon,
    IteratorAgeAt, IteratorAgeOn, Keys, Knobs, LaneAssignment, LaneFailureScope, Mapping,
    PollModel, PollPhase, RecordSize, Settings, ShardLimits, StartingPosition, Stream, StreamKind,
    ThrottleBatch, ThrottleDelay, ThrottlePolicy, Traffic, Variation, WindowClock,
};
use crate::units::{Bytes, Duration, Instant, Limit, Probability, Rate};

/// Poisson traffic of unique keys at `rate` records per second, without an end.
pub fn poisson(rate: f64) -> Traffic {
    Traffic {
        arrivals: Arrivals::Poisson { rate: per_second(rate) },
        keys: Keys::Unique,
        record_size: RecordSize::Constant(Bytes::new(600)),
        from: Instant::START,
        to: Instant::FAR_FUTURE,
        per_shard: false,
        matches_filter: Probability::ONE,
    }
}

/// A rate of events per second.
pub fn per_second(rate: f64) -> Rate {
    Rate::new(rate).expect("the rate is finite and not negative")
}

/// A stream of `shards` shards with this traffic for `length`.
pub fn settings(shards: u32, traffic: Vec<Traffic>, length: Duration) -> Settings {
    Settings {
        start_unix_nanos: 0,
        horizon: Horizon::For(length),
        stream: Stream {
            kind: StreamKind::DynamoDb,
            shards,
            reshards: Vec::new(),
            retention: Duration::from_secs(86_400),
        },
        traffic,
        mapping: mapping(),
        schedule: Vec::new(),
        function: function(),
        concurrency: Concurrency {
            account_limit: Limit::Limited(1000),
            reserved: None,
            other_functions: Vec::new(),
            environments_per_10s: Limit::Limited(1000),
        },
        knobs: knobs(),
    }
}

fn mapping() -> Mapping {
    Mapping {
        enabled: true,
        enhanced_fan_out: false,
        starting_position: StartingPosition::TrimHorizon,
        batch_size: 100,
        batching_window: Duration::ZERO,
        parallelization_factor: 1,
        maximum_retry_attempts: Limit::Unlimited,
        maximum_record_age: Limit::Unlimited,
        bisect: false,
        report_batch_item_failures: false,
        tumbling_window: Duration::ZERO,
        on_failure: None,
    }
}

fn function() -> Function {
    Function {
        duration: FunctionDuration {
            base: Duration::from_millis(20),
            per_record: Duration::ZERO,
            per_kb: Duration::ZERO,
            variation: Variation::None,
        },
        fail_after: None,
        init: Duration::ZERO,
        idle_timeout: Duration::from_secs(600),
        memory: Bytes::new(536_870_912),
        timeout: Duration::from_secs(30),
        faults: Vec::new(),
        reports: FailureReport::Raises,
        behaviour: Vec::new(),
        state_per_record: Bytes::new(0),
        state_per_key: Bytes::new(0),
        writes_back: None,
    }
}

fn knobs() -> Knobs {
    let backoff = Backoff {
        base: Duration::from_millis(200),
        factor: 2.0,
        cap: Duration::from_secs(60),
        jitter: 0.0,
    };
    Knobs {
        timestamp_resolution: Duration::from_secs(1),
        shard_rollover: Limit::Unlimited,
        child_discovery: Duration::ZERO,
        shard_limits: ShardLimits::NONE,
        read_visibility: Duration::from_millis(85),
        page_records: Limit::Limited(1000),
        page_bytes: Limit::Limited(Bytes::new(1_048_576)),
        poll_model: PollModel::Paged,
        poll_interval: Duration::from_millis(250),
        idle_poll_interval: Duration::from_millis(250),
        poll_phase: PollPhase::Random,
        poll_jitter: Duration::ZERO,
        refill_below: None,
        lookahead: Limit::Unlimited,
        enable_delay: Duration::ZERO,
        disable_delay: Duration::ZERO,
        update_delay: Duration::ZERO,
        invoke_overhead: Duration::from_millis(20),
        window_clock: WindowClock::PreviousCompletion,
        window_idle_close: Duration::from_secs(120),
        payload_limit: Limit::Limited(Bytes::new(6_291_456)),
        lane_assignment: LaneAssignment::StaticHash,
        lane_failure_scope: LaneFailureScope::Lane,
        retry: backoff,
        throttle: backoff,
        throttle_delay: ThrottleDelay::Backoff,
        throttle_policy: ThrottlePolicy::Retry,
        throttle_batch: ThrottleBatch::Fixed,
        split_delay: Duration::from_millis(30),
        age_scope: AgeScope::Record,
        iterator_age_at: IteratorAgeAt::Send,
        iterator_age_on: IteratorAgeOn::EveryAttempt,
    }
}
