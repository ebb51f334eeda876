//! Scenarios that together hold every key once, so that all readers say what they accept.
//!
//! Each is the first text with some keys changed, one change a line as `--set` takes them. A
//! choice appears with all of its settings, and without where it needs none.

/// What the specimens change.
pub(super) const BASE: &str = r#"
duration = "1h"
stream = { kind = "kinesis", shards = 4 }
traffic = [{ arrivals = { poisson = { rate = "1/s" } } }]
mapping = { StartingPosition = "TRIM_HORIZON" }
function = { duration = "10ms" }
"#;

/// Files that specimens name.
pub(super) const FILES: [(&str, &str); 3] = [
    ("arrivals.csv", "1,5\n2,6\n3,7\n"),
    (
        "counts.json",
        r#"{"Label": "IncomingRecords", "Datapoints": [
            {"Timestamp": "2026-01-01T00:00:00Z", "Sum": 1.0, "Unit": "Count"},
            {"Timestamp": "2026-01-01T00:01:00Z", "Sum": 2.0, "Unit": "Count"}]}"#,
    ),
    (
        "metrics.json",
        r#"{"Label": "IteratorAge", "Datapoints": [
            {"Timestamp": "2026-01-01T00:00:00Z", "Maximum": 1.0, "Unit": "Milliseconds"},
            {"Timestamp": "2026-01-01T00:01:00Z", "Maximum": 2.0, "Unit": "Milliseconds"}]}"#,
    ),
];

/// The changes.
pub(super) const CHANGES: &[&str] = &[
    // The scenario as a whole.
    "name=a\ndescription=b\nbase_name=c\nseed=1\nreplications=2\nconfidence=95%\n\
     start=2026-01-01T00:00:00Z",
    "until=drained\ntraffic.0.to=1h",
    "analysis={ kind = \"steady_state\", warm_up = \"10min\" }",
    // The stream.
    "stream.kind=dynamodb\nstream.split_above=1000/s",
    "stream.retention=48h\nstream.reshard=[{ at = \"10min\", split = 0 }, \
     { at = \"20min\", merge = [1, 2] }, { at = \"30min\", roll_over = 3 }, \
     { at = \"40min\", shards = 8 }]",
    // Traffic.
    "traffic.0.arrivals={ constant = { rate = \"1/s\", tick = \"1s\" } }\ntraffic.0.from=1s\n\
     traffic.0.to=1h\ntraffic.0.per_shard=true\ntraffic.0.matches_filter=50%",
    "traffic.0.arrivals={ profile = { points = [[\"0s\", \"1/s\"]], shape = \"linear\" } }",
    "traffic.0.arrivals={ diurnal = { mean = \"1/s\", amplitude = \"60%\", peak_at = \"14:00\" } }",
    "traffic.0.arrivals={ bursts = { rate = \"1/min\", size = 100, even = true } }",
    "traffic.0.arrivals={ bursts = { rate = \"1/min\", size = { constant = 100 } } }",
    "traffic.0.arrivals={ bursts = { rate = \"1/min\", size = { geometric = 9.5 } } }",
    "traffic.0.arrivals={ on_off = { on_rate = \"9/s\", off_rate = \"1/s\", mean_on = \"1m\", \
     mean_off = \"5m\" } }",
    "traffic.0.arrivals={ renewal = { gap = { uniform = [\"1s\", \"2s\"] } } }",
    "traffic.0.arrivals={ renewal = { gap = { normal = { mean = \"1s\", \
     deviation = \"9ms\" } } } }",
    "traffic.0.arrivals={ trace = { file = \"arrivals.csv\", times = 1 } }",
    "traffic.0.arrivals={ trace = { file = \"arrivals.csv\", counts = 2, period = \"1m\", \
     spread = \"even\" } }",
    "traffic.0.arrivals={ trace = { file = \"counts.json\", metric = \"IncomingRecords\" } }",
    "traffic.0.arrivals={ scripted = { records = [{ at = \"1s\", shard = 0, key = \"a\", \
     bytes = \"600B\", filtered = true, poison = true }] } }",
    "traffic.0.aggregated=true",
    "traffic.0.keys=single",
    "traffic.0.keys={ uniform = { count = 10 } }",
    "traffic.0.keys={ zipf = { count = 10, exponent = 1.0 } }",
    "traffic.0.keys={ hot = { share = \"50%\" } }",
    "traffic.0.keys={ round = { count = 10 } }",
    "traffic.0.record_size={ constant = \"600B\" }",
    "traffic.0.record_size={ uniform = { low = \"1B\", high = \"9B\" } }",
    "traffic.0.record_size={ lognormal = { p50 = \"1B\", p99 = \"9B\" } }",
    // The mapping.
    "mapping.EventSourceArn=arn:aws:kinesis:eu-west-1:1:stream/a/consumer/b:1\n\
     mapping.DestinationConfig={ OnFailure = { Destination = \"arn:aws:sqs:eu-west-1:1:q\" } }\n\
     destination={ delivery_failure = \"1%\", failing_deliveries = [1] }\n\
     mapping.FunctionResponseTypes=[\"ReportBatchItemFailures\"]",
    "mapping.FilterCriteria={ Filters = [{ Pattern = \"{}\" }] }\nmapping.Enabled=true",
    "mapping.StartingPosition=AT_TIMESTAMP\nmapping.StartingPositionTimestamp=1767225600",
    "mapping.TumblingWindowInSeconds=60",
    "mapping.schedule=[{ at = \"10min\", set = { Enabled = false } }]",
    // The function.
    "function.fail_after=1s\nfunction.writes_back={ at = [\"84%\"], record_size = \"600B\", \
     filtered = true }",
    "function.duration={ base = \"1ms\", per_record = \"1ms\", per_kb = \"1ms\", \
     variation = \"none\" }",
    "function.duration={ base = \"1ms\", variation = \"exponential\" }",
    "function.duration={ base = \"1ms\", variation = { lognormal = { p99 = \"3x\" } } }",
    "function.duration={ base = \"1ms\", variation = { erlang = { stages = 4 } } }",
    "function.duration={ base = \"1ms\", variation = { uniform = { low = \"1x\", \
     high = \"2x\" } } }",
    "function.duration={ base = \"1ms\", variation = { hyperexponential = { \
     branches = [[\"90%\", \"0.5x\"], [\"10%\", \"5.5x\"]] } } }",
    "function.duration={ base = \"1ms\", variation = { empirical = { p0 = \"1x\", \
     p100 = \"2x\" } } }",
    "function.duration={ constant = \"1ms\" }",
    "function.duration={ exponential = { mean = \"1ms\" } }",
    "function.duration={ erlang = { mean = \"1ms\", stages = 2 } }",
    "function.duration={ lognormal = { p50 = \"1ms\", p99 = \"2ms\" } }",
    "function.duration={ uniform = { low = \"1ms\", high = \"2ms\" } }",
    "function.duration={ hyperexponential = { \
     branches = [[\"90%\", \"1ms\"], [\"10%\", \"2ms\"]] } }",
    "function.duration={ empirical = { p0 = \"1ms\", p100 = \"2ms\" } }",
    "function.fault=[{ error_rate = \"1%\", from = \"1m\", to = \"2m\" }, \
     { per_record_rate = \"1%\", from = \"1m\", for = \"2m\" }, { fails_above_batch = 9 }, \
     { downstream_limit = 9 }, { outage = { from = \"1m\", to = \"2m\" } }, \
     { outage = { from = \"1m\", for = \"2m\" } }, \
     { slow = { from = \"1m\", to = \"2m\", factor = \"5x\" } }, \
     { slow = { from = \"1m\", for = \"2m\", factor = \"5x\" } }]",
    "function.fault=[{ poison = { at = \"1m\", shard = 0 } }, { poison = { number = 5 } }, \
     { poison = { rate = \"1/h\" } }, { poison = { probability = \"1%\" } }]",
    "traffic.0.arrivals={ scripted = { records = [{ at = \"1s\" }, { at = \"2s\" }] } }\n\
     function.behaviour=[{ when = { contains = [1], attempt = [1], invocation = [1], \
     between = [\"0s\", \"9s\"], final = false }, then = \"raise\" }, { then = \"timeout\" }, \
     { then = \"throttle\" }, { then = \"service_error\" }, { then = { respond = '{}' } }]",
    // Around them.
    "concurrency={ account_limit = 10, reserved = 5, other_functions = [[\"0s\", 1]], \
     scaling = \"unlimited\" }",
    "concurrency={ account_limit = \"unlimited\", scaling = \"1000/10s\" }",
    "model={ profile = \"measured\", shard_rollover = \"4h\", refill_below = 4, lookahead = 9, \
     page_records = 9, page_bytes = \"1MB\", payload_limit = \"6MB\", shard_readers = 2, \
     shard_read_calls = 5, shard_read_bytes = \"2MB\", poll_phase = \"1s\" }",
    "model={ poll_phase = { staggered = \"2.5ms\" } }",
    "prices={ lambda_per_gb_second = \"$1\" }",
    // Variants, assertions, what is tried.
    "variant=[{ name = \"b\", set = { \"mapping.BatchSize\" = 2 } }]\n\
     consumer=[{ name = \"c\", set = { \"mapping.BatchSize\" = 2 } }]",
    "assert=[{ that = \"iterator_age.p99 < 60s\" }]",
    "compare={ tolerance = { \"iterator_age.p99\" = \"5%\" } }",
    "measured=[{ variant = \"base\", metric = \"iterator_age.max\", during = [\"0s\", \"1h\"], \
     value = 1, unit = \"s\", what = \"a\", source = \"b\" }]",
    "measured_age=[{ file = \"metrics.json\", metric = \"IteratorAge\", variant = \"base\" }]",
    "sweep={ factor = [{ key = \"mapping.BatchSize\", name = \"a\", zip = \"z\", \
     values = [10, 100] }], design = \"crossed\", \
     pareto = [\"cost_usd.total\", \"iterator_age.p99\"] }",
    "sweep={ factor = [{ key = \"mapping.BatchSize\", from = 1, to = 9, points = 3, \
     scale = \"linear\" }], design = { latin_hypercube = { points = 3 } } }",
    "tune={ minimize = \"cost_usd.total\", probability = \"95%\", indifference = \"1%\", \
     budget = 9, factor = [{ key = \"mapping.BatchSize\", name = \"a\", zip = \"z\", from = 1, \
     to = 9, points = 3, scale = \"linear\" }], \
     break_even = { key = \"stream.shards\", from = 1, to = 9 } }",
    "tune={ maximize = \"ledger.processed\", factor = [{ key = \"mapping.BatchSize\", \
     values = [10, 100] }] }",
];
