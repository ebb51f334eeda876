//! Right scenario files and the settings that they mean.

use std::path::PathBuf;

use shardlag::model::settings::{
    AgeScope, Arrivals, Backoff, BurstSize, Concurrency, FailureReport, Fault, FaultKind, Function,
    FunctionDuration, Horizon, Keys, Knobs, Mapping, OnFailure, PoisonMarks, PollModel, PollPhase,
    RecordSize, Settings, ShardLimits, StartingPosition, Stream, StreamKind, Traffic, Variation,
    WritesBack,
};
use shardlag::scenario::{Analysis, Comparison, Scenario, Source, load};
use shardlag::units::{Bytes, Duration, Instant, Limit, Probability, Rate};

const SMALL: &str = r#"duration = "1h"
[stream]
kind = "dynamodb"
shards = 4
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
[function]
duration = "120ms"
"#;

const WHOLE: &str = r#"#:schema ./scenario.schema.json
name = "Orders"
description = "Everything at once."
duration = "26h"
start = 2026-03-01T06:00:00Z
replications = 5
seed = 7
base_name = "today"
analysis = { kind = "steady_state", warm_up = "90min" }

[stream]
kind = "kinesis"
shards = 4
retention = "48h"

[[traffic]]
arrivals = { diurnal = { mean = "200/s", amplitude = "60%", peak_at = "14:00" } }
keys = { zipf = { count = 10000, exponent = 1.0 } }
record_size = { lognormal = { p50 = "600B", p99 = "8KiB" } }
matches_filter = "30%"

[[traffic]]
arrivals = { bursts = { rate = "1/min", size = { geometric = 10 }, even = true } }
keys = { hot = { share = "25%" } }
from = "1h"
to = "2h"
per_shard = true

[mapping]
StartingPosition = "AT_TIMESTAMP"
StartingPositionTimestamp = 2026-03-01T06:10:00Z
BatchSize = 500
MaximumBatchingWindowInSeconds = 5
ParallelizationFactor = 2
MaximumRetryAttempts = 3
MaximumRecordAgeInSeconds = 3600
BisectBatchOnFunctionError = true
FunctionResponseTypes = ["ReportBatchItemFailures"]
FilterCriteria = { Filters = [{ Pattern = '{"eventName": ["INSERT"]}' }] }
DestinationConfig = { OnFailure = { Destination = "arn:aws:sqs:us-east-1:1:failed" } }
Enabled = true

[destination]
delivery_failure = "1%"

[function]
duration = { base = "20ms", per_record = "0.5ms", variation = { lognormal = { p99 = "3x" } } }
fail_after = "5ms"
init = "400ms"
idle_timeout = "5min"
memory = "512MB"
timeout = "30s"
reports = "first_failed"
writes_back = { at = ["84%", "10%"], record_size = "1KiB" }

[[function.fault]]
poison = { at = "1h", shard = 3 }
[[function.fault]]
outage = { from = "2h", for = "30min" }
[[function.fault]]
slow = { from = "3h", to = "4h", factor = "5x" }
[[function.fault]]
error_rate = "1%"
from = "10min"

[concurrency]
account_limit = 500
reserved = 50
other_functions = [["0s", 100], ["1h", 300]]
scaling = "500/10s"

[model]
profile = "measured"
poll_model = "buffered"
lookahead = 70
poll_phase = { staggered = "2.5ms" }
age_scope = "batch"
refill_below = 9

[[assert]]
that = "iterator_age.p99 < 60s"
[[assert]]
that = "cost_usd.total <= $1.50"

[[measured]]
metric = "age_slope"
during = ["0s", "15m"]
value = "0.673"
unit = "s/s"
what = "slope of the age"
source = "a public measurement"

[[variant]]
name = "no bisect"
set = { "mapping.BisectBatchOnFunctionError" = false }
"#;

fn loaded(text: &str) -> Scenario {
    let source =
        Source { name: "whole.toml".to_owned(), text: text.to_owned(), folder: PathBuf::new() };
    load(&source, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn base(text: &str) -> Settings {
    loaded(text).base().settings.clone()
}

fn chance(value: f64) -> Probability {
    Probability::new(value).expect("a chance")
}

fn rate(value: f64) -> Rate {
    Rate::new(value).expect("a rate")
}

fn hours(hours: u64) -> Instant {
    Instant::from_secs(hours * 3600)
}

fn whole_traffic() -> Vec<Traffic> {
    vec![
        Traffic {
            arrivals: Arrivals::Diurnal {
                mean: rate(200.0),
                amplitude: chance(0.6),
                peak_at: Duration::from_secs(14 * 3600),
                start_of_day: Duration::from_secs(6 * 3600),
            },
            keys: Keys::Zipf { count: 10_000, exponent: 1.0 },
            record_size: RecordSize::Lognormal { p50: Bytes::new(600), p99: Bytes::new(8192) },
            from: Instant::START,
            to: Instant::FAR_FUTURE,
            per_shard: false,
            matches_filter: chance(0.3),
        },
        Traffic {
            arrivals: Arrivals::Bursts {
                rate: rate(1.0 / 60.0),
                size: BurstSize::Geometric { mean: 10.0 },
                even: true,
            },
            keys: Keys::Hot { share: chance(0.25) },
            record_size: RecordSize::Constant(Bytes::new(600)),
            from: hours(1),
            to: hours(2),
            per_shard: true,
            matches_filter: Probability::ONE,
        },
    ]
}

fn whole_mapping() -> Mapping {
    Mapping {
        enabled: true,
        enhanced_fan_out: false,
        starting_position: StartingPosition::AtTimestamp(Instant::from_secs(600)),
        batch_size: 500,
        batching_window: Duration::from_secs(5),
        parallelization_factor: 2,
        maximum_retry_attempts: Limit::Limited(3),
        maximum_record_age: Limit::Limited(Duration::from_secs(3600)),
        bisect: true,
        report_batch_item_failures: true,
        tumbling_window: Duration::ZERO,
        on_failure: Some(OnFailure {
            destination_arn: "arn:aws:sqs:us-east-1:1:failed".to_owned(),
            delivery_failure: chance(0.01),
            failing_deliveries: Vec::new(),
        }),
    }
}

fn whole_function() -> Function {
    let fault = |kind, from, to| Fault { kind, from, to };
    let half_past_two = Instant::from_secs(9000);
    let forever = Instant::FAR_FUTURE;
    let poison = PoisonMarks::First { at: hours(1), shard: 3 };
    Function {
        duration: FunctionDuration {
            base: Duration::from_millis(20),
            per_record: Duration::from_nanos(500_000),
            per_kb: Duration::ZERO,
            variation: Variation::Lognormal { p99: 3.0 },
        },
        fail_after: Some(Duration::from_millis(5)),
        init: Duration::from_millis(400),
        idle_timeout: Duration::from_secs(300),
        memory: Bytes::new(512 << 20),
        timeout: Duration::from_secs(30),
        faults: vec![
            fault(FaultKind::Poison(poison), Instant::START, forever),
            fault(FaultKind::Outage, hours(2), half_past_two),
            fault(FaultKind::Slow(5.0), hours(3), hours(4)),
            fault(FaultKind::ErrorRate(chance(0.01)), Instant::from_secs(600), forever),
        ],
        reports: FailureReport::FirstFailed,
        behaviour: Vec::new(),
        state_per_record: Bytes::new(0),
        state_per_key: Bytes::new(0),
        writes_back: Some(WritesBack {
            at_shares: vec![0.1, 0.84],
            record_size: Bytes::new(1024),
            filtered: true,
        }),
    }
}

fn whole_knobs() -> Knobs {
    let backoff = |cap| Backoff {
        base: Duration::from_millis(200),
        factor: 2.0,
        cap: Duration::from_secs(cap),
        jitter: 0.0,
    };
    Knobs {
        poll_model: PollModel::Buffered,
        timestamp_resolution: Duration::from_millis(1),
        shard_rollover: Limit::Unlimited,
        child_discovery: Duration::from_secs(8),
        shard_limits: ShardLimits {
            readers: Limit::Unlimited,
            calls_per_second: Limit::Limited(5),
            bytes_per_second: Limit::Limited(Bytes::new(2 << 20)),
        },
        read_visibility: Duration::from_millis(20),
        page_records: Limit::Limited(10_000),
        page_bytes: Limit::Limited(Bytes::new(10 << 20)),
        poll_interval: Duration::from_secs(1),
        idle_poll_interval: Duration::from_millis(500),
        poll_phase: PollPhase::Staggered(Duration::from_nanos(2_500_000)),
        refill_below: Some(9),
        lookahead: Limit::Limited(70),
        enable_delay: Duration::from_secs(75),
        disable_delay: Duration::ZERO,
        update_delay: Duration::ZERO,
        window_idle_close: Duration::from_secs(120),
        invoke_overhead: Duration::from_millis(17),
        payload_limit: Limit::Limited(Bytes::new(6_291_456)),
        retry: backoff(60),
        throttle: backoff(10),
        split_delay: Duration::from_millis(30),
        age_scope: AgeScope::Batch,
        ..base(SMALL).knobs
    }
}

#[test]
fn a_whole_scenario_becomes_the_settings_that_it_says() {
    let scenario = loaded(WHOLE);
    let expected = Settings {
        start_unix_nanos: 1_772_344_800_000_000_000,
        horizon: Horizon::For(Duration::from_secs(26 * 3600)),
        stream: Stream {
            kind: StreamKind::Kinesis,
            shards: 4,
            reshards: Vec::new(),
            retention: Duration::from_secs(48 * 3600),
        },
        traffic: whole_traffic(),
        mapping: whole_mapping(),
        schedule: Vec::new(),
        function: whole_function(),
        concurrency: Concurrency {
            account_limit: Limit::Limited(500),
            reserved: Some(50),
            other_functions: vec![(Instant::START, 100), (hours(1), 300)],
            environments_per_10s: Limit::Limited(500),
        },
        knobs: whole_knobs(),
    };
    assert_eq!(scenario.base().settings, expected);
    assert_eq!(scenario.warnings, []);
    let warm_up = Some(Duration::from_secs(5_400));
    let head = (scenario.name.as_str(), scenario.seed, scenario.replications, scenario.analysis);
    assert_eq!(head, ("Orders", 7, 5, Analysis::SteadyState { warm_up }));
    let without_bisect =
        Settings { mapping: Mapping { bisect: false, ..expected.mapping.clone() }, ..expected };
    let names: Vec<&str> = scenario.variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["today", "no bisect"]);
    assert_eq!(scenario.variants[1].settings, without_bisect);
    let limits: Vec<(&str, Comparison, f64)> = scenario
        .assertions
        .iter()
        .map(|assertion| (assertion.metric.as_str(), assertion.comparison, assertion.limit))
        .collect();
    let below = ("iterator_age.p99", Comparison::Below, 60.0);
    assert_eq!(limits, [below, ("cost_usd.total", Comparison::AtMost, 1.5)]);
    let measured = &scenario.measured[0];
    let value = (measured.variant.as_str(), measured.value, measured.scale);
    assert_eq!(value, ("today", 0.673, 1.0));
    assert_eq!(measured.during, Some((Duration::ZERO, Duration::from_secs(900))));
}
