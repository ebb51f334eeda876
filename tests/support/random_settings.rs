//! Random settings within the ranges that the model accepts, small enough that everything bites:
//! short horizons, tiny retention and age limits, payload limits below some records.
//!
//! Every choice is simplest at its lowest value, so that what proptest shrinks to is readable.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::strategy::{Just, Strategy};
use shardlag::model::settings::{
    AgeScope, Arrivals, Backoff, Concurrency, FailureReport, Fault, FaultKind, Function,
    FunctionDuration, Horizon, IteratorAgeAt, IteratorAgeOn, Knobs, LaneAssignment,
    LaneFailureScope, Mapping, OnFailure, PoisonMarks, PollModel, PollPhase, Reshard,
    ScriptedRecord, Settings, ShardLimits, StartingPosition, Stream, StreamKind, ThrottleBatch,
    ThrottleDelay, ThrottlePolicy, Variation, WindowClock, WritesBack,
};
use shardlag::units::{Bytes, Duration, Instant, Limit, Probability, Rate};

#[path = "random_traffic.rs"]
pub mod random_traffic;

use random_traffic::traffic;

/// All poll models.
pub const POLL_MODELS: [PollModel; 6] = [
    PollModel::Paged,
    PollModel::Buffered,
    PollModel::Grid,
    PollModel::Restart,
    PollModel::Gated,
    PollModel::Instant,
];

/// Random settings under one poll model.
pub fn settings(poll_model: PollModel) -> impl Strategy<Value = Settings> {
    let start = select(vec![0, 1_700_000_000_123_456_789]);
    let parts = (start, horizon(), stream(), vec(traffic(), 1..=2), mapping());
    (parts, function(), concurrency(), knobs(poll_model)).prop_map(
        |((start, horizon, stream, traffic, mapping), function, concurrency, knobs)| {
            let mut settings = Settings {
                start_unix_nanos: start,
                horizon,
                stream,
                traffic,
                mapping,
                schedule: Vec::new(),
                function,
                concurrency,
                knobs,
            };
            make_consistent(&mut settings);
            settings
        },
    )
}

/// Brings choices of different parts together: shards exist, runs that should drain can.
fn make_consistent(settings: &mut Settings) {
    let shards = settings.stream.shards;
    for fault in &mut settings.function.faults {
        if let FaultKind::Poison(marks) = &mut fault.kind
            && let PoisonMarks::First { shard, .. } | PoisonMarks::Number { shard, .. } = marks
        {
            *shard %= shards;
        }
    }
    for traffic in &mut settings.traffic {
        if let Arrivals::Scripted { records } = &mut traffic.arrivals {
            let on_a_shard = |record: &ScriptedRecord| {
                let shard = record.shard % shards;
                ScriptedRecord { shard, ..record.clone() }
            };
            *records = records.iter().map(on_a_shard).collect();
        }
        if let Horizon::Drained { .. } = settings.horizon {
            traffic.to = traffic.to.min(Instant::from_secs(30));
        }
    }
    let is_recursive = |writes: &WritesBack| !writes.filtered;
    if settings.function.writes_back.as_ref().is_some_and(is_recursive) {
        // Records that cause records for ever: slowly, or the run is theirs alone.
        settings.function.duration.base += Duration::from_secs(1);
    }
    if settings.stream.kind == StreamKind::DynamoDb {
        let position = &mut settings.mapping.starting_position;
        if let StartingPosition::AtTimestamp(_) = position {
            *position = StartingPosition::Latest;
        }
    }
    let knobs = &mut settings.knobs;
    knobs.poll_jitter = knobs.poll_jitter.min(knobs.poll_interval);
}

fn seconds(from: u64, to: u64) -> impl Strategy<Value = Duration> {
    (from..=to).prop_map(Duration::from_secs)
}

/// Whole milliseconds.
pub fn millis(from: u64, to: u64) -> impl Strategy<Value = Duration> {
    (from..=to).prop_map(Duration::from_millis)
}

fn chance(to: f64) -> impl Strategy<Value = Probability> {
    (0.0..=to).prop_map(|chance| Probability::new(chance).expect("within 0 and 1"))
}

/// A rate in records per second.
pub fn per_second(rate: f64) -> Rate {
    Rate::new(rate).expect("finite and not negative")
}

fn limited<T: std::fmt::Debug + Clone>(
    bounds: impl Strategy<Value = T>,
) -> impl Strategy<Value = Limit<T>> {
    prop_oneof![Just(Limit::Unlimited), bounds.prop_map(Limit::Limited)]
}

fn horizon() -> impl Strategy<Value = Horizon> {
    prop_oneof![
        seconds(5, 90).prop_map(Horizon::For),
        seconds(60, 300).prop_map(|at_most| Horizon::Drained { at_most }),
    ]
}

fn stream() -> impl Strategy<Value = Stream> {
    let retention = prop_oneof![2 => Just(Duration::from_secs(86_400)), 1 => seconds(3, 20)];
    let kind = select(vec![StreamKind::DynamoDb, StreamKind::Kinesis]);
    let choices = vec((1u64..60, 0u32..3, 0u32..8), 0..4);
    let changes = prop_oneof![2 => Just(Vec::new()), 1 => choices];
    (kind, 1u32..=4, retention, changes).prop_map(|(kind, shards, retention, changes)| Stream {
        kind,
        shards,
        retention,
        reshards: reshards(shards, changes),
    })
}

/// Splits, merges and roll-overs of shards that are open, as (second, what, which).
fn reshards(shards: u32, mut choices: Vec<(u64, u32, u32)>) -> Vec<Reshard> {
    choices.sort_unstable();
    let mut open: Vec<u32> = (0..shards).collect();
    let mut next = shards;
    let mut reshards = Vec::new();
    for (second, what, which) in choices {
        let mut close = vec![open.remove(which as usize % open.len())];
        if what == 1 && !open.is_empty() {
            close.push(open.remove(0));
        }
        let opened: Vec<u32> = (next..=next + u32::from(what == 2)).collect();
        next += opened.len() as u32;
        open.extend(&opened);
        reshards.push(Reshard { at: Instant::from_secs(second), close, open: opened });
    }
    reshards
}

fn mapping() -> impl Strategy<Value = Mapping> {
    let batch_size = prop_oneof![1u32..10, 10u32..200];
    let window = prop_oneof![2 => Just(Duration::ZERO), 1 => seconds(1, 12)];
    let lanes = prop_oneof![1 => Just(1u32), 1 => 2u32..=10];
    let age =
        prop_oneof![2 => Just(Limit::Unlimited), 1 => seconds(1, 30).prop_map(Limit::Limited)];
    let position = prop_oneof![
        3 => Just(StartingPosition::TrimHorizon),
        1 => Just(StartingPosition::Latest),
        1 => (0u64..20).prop_map(|at| StartingPosition::AtTimestamp(Instant::from_secs(at))),
    ];
    let on_failure = weighted(0.5, chance(1.0)).prop_map(|chance| {
        let destination_arn = "arn:aws:sqs:eu-central-1:123456789012:failed".to_owned();
        chance.map(|delivery_failure| OnFailure {
            destination_arn,
            delivery_failure,
            failing_deliveries: Vec::new(),
        })
    });
    let failing = (limited(0u32..4), proptest::bool::ANY, proptest::bool::ANY, on_failure);
    (position, batch_size, window, lanes, age, failing).prop_map(
        |(starting_position, batch_size, batching_window, lanes, age, failing)| Mapping {
            enabled: true,
            enhanced_fan_out: false,
            tumbling_window: Duration::ZERO,
            starting_position,
            batch_size,
            batching_window,
            parallelization_factor: lanes,
            maximum_retry_attempts: failing.0,
            maximum_record_age: age,
            bisect: failing.1,
            report_batch_item_failures: failing.2,
            on_failure: failing.3,
        },
    )
}

fn function() -> impl Strategy<Value = Function> {
    let variation = prop_oneof![
        Just(Variation::None),
        Just(Variation::Exponential),
        Just(Variation::Lognormal { p99: 4.0 }),
        Just(Variation::Uniform { low: 0.5, high: 2.0 }),
    ];
    let duration = (millis(1, 1500), millis(0, 20), millis(0, 2), variation);
    let environment = (millis(0, 800), millis(500, 60_000), seconds(1, 30));
    let reports = select(vec![
        FailureReport::Raises,
        FailureReport::FirstFailed,
        FailureReport::AllFailed,
        FailureReport::TimesOut,
    ]);
    let shares = select(vec![vec![0.5], vec![1.0], vec![0.2, 0.9]]);
    let writes_back = weighted(0.15, (shares, proptest::bool::weighted(0.8)));
    let failing = (weighted(0.5, millis(0, 2000)), vec(fault(), 0..3), reports);
    (duration, environment, failing, writes_back).prop_map(
        |((base, per_record, per_kb, variation), environment, failing, writes_back)| Function {
            state_per_record: Bytes::new(0),
            state_per_key: Bytes::new(0),
            duration: FunctionDuration { base, per_record, per_kb, variation },
            fail_after: failing.0,
            init: environment.0,
            idle_timeout: environment.1,
            memory: Bytes::new(512 << 20),
            timeout: environment.2,
            faults: failing.1,
            reports: failing.2,
            behaviour: Vec::new(),
            writes_back: writes_back.map(|(shares, filtered)| WritesBack {
                at_shares: if filtered { shares } else { shares[..1].to_vec() },
                record_size: Bytes::new(700),
                filtered,
            }),
        },
    )
}

fn fault() -> impl Strategy<Value = Fault> {
    let poison = prop_oneof![
        (0u64..30, 0u32..4)
            .prop_map(|(at, shard)| PoisonMarks::First { at: Instant::from_secs(at), shard }),
        (0u64..300, 0u32..4).prop_map(|(number, shard)| PoisonMarks::Number { number, shard }),
        chance(0.05).prop_map(PoisonMarks::Probability),
        (0.01..0.5).prop_map(|rate| PoisonMarks::Rate(per_second(rate))),
    ];
    let kind = prop_oneof![
        poison.prop_map(FaultKind::Poison),
        chance(0.6).prop_map(FaultKind::ErrorRate),
        chance(0.05).prop_map(FaultKind::PerRecordRate),
        Just(FaultKind::Outage),
        (0.1..8.0).prop_map(FaultKind::Slow),
        (1u32..100).prop_map(FaultKind::FailsAboveBatch),
        (1u32..4).prop_map(FaultKind::DownstreamLimit),
    ];
    let to = prop_oneof![1 => Just(None), 2 => (1u64..30).prop_map(Some)];
    (kind, 0u64..30, to).prop_map(|(kind, from, length)| Fault {
        kind,
        from: Instant::from_secs(from),
        to: length.map_or(Instant::FAR_FUTURE, |length| Instant::from_secs(from + length)),
    })
}

fn concurrency() -> impl Strategy<Value = Concurrency> {
    let others = vec((0u64..60, 0u32..12), 0..4).prop_map(|mut changes| {
        changes.sort_unstable();
        // In the end they leave room again, or who waits in line would wait for ever.
        changes.push((60, 0));
        changes.into_iter().map(|(at, used)| (Instant::from_secs(at), used)).collect()
    });
    (limited(1u32..12), weighted(0.3, 1u32..6), others, limited(prop_oneof![1u32..3, 3u32..40]))
        .prop_map(|(account_limit, reserved, other_functions, environments_per_10s)| Concurrency {
            account_limit,
            reserved,
            other_functions,
            environments_per_10s,
        })
}

fn backoff() -> impl Strategy<Value = Backoff> {
    (millis(50, 1000), 1.0..3.0, millis(1000, 20_000), select(vec![0.0, 0.5]))
        .prop_map(|(base, factor, cap, jitter)| Backoff { base, factor, cap, jitter })
}

fn knobs(poll_model: PollModel) -> impl Strategy<Value = Knobs> {
    let reading = (
        select(vec![Duration::ZERO, Duration::from_millis(1), Duration::from_secs(1)]),
        millis(0, 200),
        limited(1u32..1000),
        limited((1u64..200_000).prop_map(Bytes::new)),
        select(vec![250, 100, 1000]).prop_map(Duration::from_millis),
        millis(50, 1000),
        prop_oneof![Just(PollPhase::Random), millis(0, 900).prop_map(PollPhase::At)],
        prop_oneof![Just(Duration::ZERO), millis(0, 100)],
        weighted(0.5, 0u32..100),
        limited(1u32..500),
        prop_oneof![Just(Duration::ZERO), millis(0, 5000)],
        millis(0, 40),
    );
    let lifecycle = (
        prop_oneof![2 => Just(Limit::Unlimited), 1 => seconds(2, 40).prop_map(Limit::Limited)],
        millis(0, 3000),
        prop_oneof![3 => Just(Limit::Unlimited), 1 => (1u32..5).prop_map(Limit::Limited)],
        prop_oneof![
            3 => Just(Limit::Unlimited),
            1 => (1_000u64..1_000_000).prop_map(|bytes| Limit::Limited(Bytes::new(bytes))),
        ],
    );
    let payload = prop_oneof![
        1 => Just(Limit::Unlimited),
        2 => Just(Limit::Limited(Bytes::new(6_291_456))),
        1 => (2_000u64..60_000).prop_map(|bytes| Limit::Limited(Bytes::new(bytes))),
    ];
    let window_clock = select(vec![
        WindowClock::PreviousCompletion,
        WindowClock::FirstRecord,
        WindowClock::FirstRead,
    ]);
    let lanes = (
        select(vec![
            LaneAssignment::StaticHash,
            LaneAssignment::DynamicKey,
            LaneAssignment::RoundRobin,
        ]),
        select(vec![LaneFailureScope::Lane, LaneFailureScope::Shard]),
    );
    let throttling = (
        backoff(),
        select(vec![ThrottleDelay::Backoff, ThrottleDelay::Exponential]),
        select(vec![ThrottlePolicy::Retry, ThrottlePolicy::Queue, ThrottlePolicy::Drop]),
        select(vec![ThrottleBatch::Fixed, ThrottleBatch::Recut]),
    );
    let ages = (
        select(vec![AgeScope::Record, AgeScope::Batch]),
        select(vec![IteratorAgeAt::Send, IteratorAgeAt::Finish]),
        select(vec![IteratorAgeOn::EveryAttempt, IteratorAgeOn::Success]),
    );
    let failing = (backoff(), throttling, millis(0, 50), ages);
    (reading, lifecycle, window_clock, payload, lanes, failing).prop_map(
        move |(reading, lifecycle, window_clock, payload_limit, lanes, failing)| Knobs {
            shard_limits: ShardLimits {
                readers: Limit::Limited(2),
                calls_per_second: lifecycle.2,
                bytes_per_second: lifecycle.3,
            },
            shard_rollover: lifecycle.0,
            child_discovery: lifecycle.1,
            disable_delay: Duration::ZERO,
            update_delay: Duration::ZERO,
            window_idle_close: Duration::ZERO,
            timestamp_resolution: reading.0,
            read_visibility: reading.1,
            page_records: reading.2,
            page_bytes: reading.3,
            poll_model,
            poll_interval: reading.4,
            idle_poll_interval: reading.5,
            poll_phase: reading.6,
            poll_jitter: reading.7,
            refill_below: reading.8,
            lookahead: reading.9,
            enable_delay: reading.10,
            invoke_overhead: reading.11,
            window_clock,
            payload_limit,
            lane_assignment: lanes.0,
            lane_failure_scope: lanes.1,
            retry: failing.0,
            throttle: failing.1.0,
            throttle_delay: failing.1.1,
            throttle_policy: failing.1.2,
            throttle_batch: failing.1.3,
            split_delay: failing.2,
            age_scope: failing.3.0,
            iterator_age_at: failing.3.1,
            iterator_age_on: failing.3.2,
        },
    )
}
