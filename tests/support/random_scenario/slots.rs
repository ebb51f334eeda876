//! What a random scenario may say: every key with the values that it may have.
//!
//! A value may have gaps, which are filled with random numbers that suit the run's length:
//!
//! | gap | is |
//! |---|---|
//! | `{length}` | the run's length |
//! | `{t}`, `{early}`, `{middle}`, `{late}` | a time of the run, of its first, second, last third |
//! | `{short}` | 1 ms to 1.5 s |
//! | `{gap}`, `{rate}` | of 1 to 300 records over the run |
//! | `{few}`, `{many}` | 1 to 8, 1 to 300 |
//! | `{share}`, `{size}` | 0 to 100 %, 1 B to 60 kB |
//! | `{shard}` | one of the first shards |
//! | `{record}` | a scripted record |
//!
//! A key that ends in `[]` is a list, of which each slot is an element. Left out: `sweep`, `tune`
//! and `measured`, which a run does not look at.

/// A key that a scenario may have.
#[derive(Debug)]
pub struct Slot {
    /// Its table; empty for keys above all tables.
    pub table: &'static str,
    /// Its name.
    pub key: &'static str,
    /// In how many of 16 scenarios it is; 16 for what a scenario needs.
    pub chance: u8,
    /// What it may be, simplest first.
    pub values: &'static [&'static str],
}

const fn slot(
    table: &'static str,
    key: &'static str,
    chance: u8,
    values: &'static [&'static str],
) -> Slot {
    Slot { table, key, chance, values }
}

const ARRIVALS: &[&str] = &[
    "{ constant = { rate = '{rate}' } }",
    "{ constant = { rate = '{rate}', tick = '{short}' } }",
    "{ poisson = { rate = '{rate}' } }",
    "{ profile = { points = [['0s', '{rate}'], ['{middle}', '{rate}'], ['{late}', '0/s']] } }",
    "{ profile = { points = [['{early}', '{rate}'], ['{late}', '0/s']], shape = 'linear' } }",
    "{ diurnal = { mean = '{rate}', amplitude = '{share}', peak_at = '14:00' } }",
    "{ bursts = { rate = '{rate}', size = {few} } }",
    "{ bursts = { rate = '{rate}', size = { geometric = 4.5 }, even = true } }",
    "{ on_off = { on_rate = '{rate}', mean_on = '{short}', mean_off = '{short}' } }",
    "{ on_off = { on_rate = '{rate}', off_rate = '{rate}', mean_on = '20s', mean_off = '9s' } }",
    "{ renewal = { gap = { uniform = ['0s', '{gap}'] } } }",
    "{ renewal = { gap = { normal = { mean = '{gap}', deviation = '{short}' } } } }",
    "{ trace = { file = 'arrivals.csv', times = 1 } }",
    "{ trace = { file = 'arrivals.csv', counts = 'records', period = '7s', spread = 'even' } }",
    "{ trace = { file = 'arrivals.csv', counts = 2, period = '7s', spread = 'at_start' } }",
    "{ trace = { file = 'metrics.json' } }",
    "{ scripted = { records = [{record}] } }",
    "{ scripted = { records = [{record}, {record}, {record}, {record}, {record}, {record}] } }",
];
const KEYS: &[&str] = &[
    "'single'",
    "'unique'",
    "{ uniform = { count = {few} } }",
    "{ zipf = { count = {many}, exponent = 1.1 } }",
    "{ hot = { share = '{share}' } }",
    "{ round = { count = {few} } }",
];
const SIZES: &[&str] = &[
    "'{size}'",
    "'0B'",
    "{ constant = '{size}' }",
    "{ uniform = { low = '1B', high = '{size}' } }",
    "{ lognormal = { p50 = '600B', p99 = '60KB' } }",
    "'7MB'",
];
const DURATIONS: &[&str] = &[
    "'{short}'",
    "{ base = '{short}', per_record = '2ms', per_kb = '10us' }",
    "{ base = '{short}', variation = 'exponential' }",
    "{ base = '{short}', variation = { lognormal = { p99 = '3x' } } }",
    "{ base = '{short}', variation = { uniform = { low = '0.5x', high = '2x' } } }",
    "{ base = '{short}', variation = { erlang = { stages = {few} } } }",
    "{ per_record = '{short}', variation = { empirical = { p0 = '0.5x', p100 = '4x' } } }",
    "{ exponential = { mean = '{short}' } }",
    "{ erlang = { stages = 2, mean = '{short}' } }",
    "{ lognormal = { p50 = '20ms', p99 = '1s' } }",
    "{ uniform = { low = '10ms', high = '900ms' } }",
    "{ hyperexponential = { branches = [['90%', '{short}'], ['10%', '5s']] } }",
    "{ empirical = { min = '1ms', p50 = '30ms', p99 = '1s', max = '20s' } }",
];
const FAULTS: &[&str] = &[
    "{ error_rate = '{share}' }",
    "{ error_rate = '{share}', from = '{early}', for = '20s' }",
    "{ per_record_rate = '{share}' }",
    "{ poison = { at = '{t}', shard = {shard} } }",
    "{ poison = { number = {few}, shard = {shard} } }",
    "{ poison = { rate = '{rate}' } }",
    "{ poison = { probability = '3%' } }",
    "{ outage = { from = '{early}', to = '{late}' } }",
    "{ slow = { from = '{early}', for = '{t}', factor = '5x' } }",
    "{ fails_above_batch = {few} }",
    "{ downstream_limit = {few} }",
];
const BEHAVIOURS: &[&str] = &[
    "{ then = 'raise' }",
    "{ when = { attempt = [1, 3] }, then = 'timeout' }",
    "{ when = { invocation = [1, 2, {few}] }, then = 'throttle' }",
    "{ when = { between = ['{early}', '{late}'] }, then = 'service_error' }",
    "{ when = { final = true }, then = 'raise' }",
    "{ when = { contains = [1] }, then = 'raise' }",
    "{ when = { contains = [1] }, then = { respond = \
     '{\"batchItemFailures\": [{\"itemIdentifier\": \"$seq:1\"}]}' } }",
    "{ when = { attempt = [1] }, then = { respond = '{\"batchItemFailures\": null}' } }",
    "{ when = { attempt = [1] }, then = { respond = '{\"state\": \"$bytes:{many}000\"}' } }",
    "{ when = { invocation = [{few}] }, then = { respond = '{\"batchItemFailures\": [{}]}' } }",
];
const CHANGES: &[&str] = &[
    "{ at = '{t}', set = { Enabled = false } }",
    "{ at = '{t}', set = { Enabled = true } }",
    "{ at = '{t}', set = { BatchSize = {few} } }",
    "{ at = '{t}', set = { MaximumRetryAttempts = 0, BisectBatchOnFunctionError = true } }",
    "{ at = '{t}', set = { MaximumBatchingWindowInSeconds = 2 } }",
    "{ at = '{t}', set = { ParallelizationFactor = {few} } }",
];
const RESHARDS: &[&str] = &["split", "merge", "roll_over", "shards"];
const VARIANTS: &[&str] = &[
    "{ name = 'other', set = { 'mapping.BatchSize' = {few} } }",
    "{ name = 'other', set = { 'mapping.MaximumRetryAttempts' = 1 } }",
    "{ name = 'other', set = { 'function.duration' = '{short}', 'model.profile' = 'measured' } }",
    "{ name = 'other', set = { 'model.poll_model' = 'gated', 'concurrency.reserved' = 1 } }",
];
const CONSUMERS: &[&str] = &[
    "{}",
    "{ 'mapping.BatchSize' = {few} }",
    "{ 'function.duration' = '{short}', 'function.fault' = [] }",
    "{ 'mapping.StartingPosition' = 'LATEST' }",
    "{ 'model.poll_model' = 'buffered', 'mapping.MaximumRetryAttempts' = {few} }",
];

/// Every key that a scenario may have.
pub const SLOTS: &[Slot] = &[
    slot("", "duration", 16, &["'{length}'"]),
    slot("", "until", 4, &["'drained'"]),
    slot("", "start", 3, &["'2025-12-31T23:59:59.5Z'", "2024-02-29T12:00:00+05:30"]),
    slot("", "seed", 12, &["{many}", "0", "9223372036854775807"]),
    slot("", "replications", 16, &["1", "2"]),
    slot("", "name", 2, &["'A name'"]),
    slot("", "confidence", 1, &["'95%'"]),
    slot(
        "",
        "analysis",
        1,
        &["{ kind = 'steady_state' }", "{ kind = 'steady_state', warm_up = '{early}' }"],
    ),
    slot(
        "",
        "assert[]",
        2,
        &["{ that = 'iterator_age.p99 < 60s' }", "{ that = 'ledger.expired <= {few}' }"],
    ),
    slot("", "variant[]", 3, VARIANTS),
    slot("", "consumer[]", 3, CONSUMERS),
    slot("", "consumer[]", 2, CONSUMERS),
    slot("stream", "kind", 16, &["'dynamodb'", "'kinesis'"]),
    slot("stream", "shards", 16, &["1", "2", "3", "4"]),
    slot("stream", "retention", 2, &["'24h'", "'25h'"]),
    slot("stream", "split_above", 1, &["'0.2/s'", "'1/s'"]),
    slot("stream", "reshard[]", 2, RESHARDS),
    slot("stream", "reshard[]", 2, RESHARDS),
    slot("stream", "reshard[]", 2, RESHARDS),
    slot("traffic 1", "arrivals", 16, ARRIVALS),
    slot("traffic 1", "keys", 10, KEYS),
    slot("traffic 1", "aggregated", 1, &["true"]),
    slot("traffic 1", "record_size", 8, SIZES),
    slot("traffic 1", "from", 2, &["'{early}'"]),
    slot("traffic 1", "to", 3, &["'{late}'"]),
    slot("traffic 1", "per_shard", 3, &["true"]),
    slot("traffic 1", "matches_filter", 4, &["'{share}'", "'0%'"]),
    slot("traffic 2", "arrivals", 4, ARRIVALS),
    slot("traffic 2", "keys", 10, KEYS),
    slot("traffic 2", "record_size", 8, SIZES),
    slot("traffic 2", "to", 3, &["'{late}'"]),
    slot(
        "mapping",
        "StartingPosition",
        16,
        &["'TRIM_HORIZON'", "'TRIM_HORIZON'", "'LATEST'", "'AT_TIMESTAMP'"],
    ),
    slot("mapping", "BatchSize", 12, &["1", "{few}", "10", "100", "10000"]),
    slot("mapping", "MaximumBatchingWindowInSeconds", 4, &["1", "{few}", "300"]),
    slot("mapping", "ParallelizationFactor", 6, &["2", "{few}", "10"]),
    slot("mapping", "MaximumRetryAttempts", 9, &["0", "1", "{few}", "-1", "10000"]),
    slot("mapping", "MaximumRecordAgeInSeconds", 5, &["60", "-1", "300", "86400"]),
    slot("mapping", "BisectBatchOnFunctionError", 5, &["true", "false"]),
    slot("mapping", "FunctionResponseTypes", 6, &["['ReportBatchItemFailures']", "[]"]),
    slot(
        "mapping",
        "DestinationConfig",
        6,
        &[
            "{ OnFailure = { Destination = 'arn:aws:sqs:us-east-1:123456789012:failed' } }",
            "{ OnFailure = { Destination = 'arn:aws:sns:us-east-1:123456789012:failed' } }",
            "{ OnFailure = { Destination = 'arn:aws:s3:::failed' } }",
        ],
    ),
    slot("mapping", "TumblingWindowInSeconds", 3, &["{few}", "60", "900"]),
    slot("mapping", "FilterCriteria", 1, &["{ Filters = [{ Pattern = '{\"a\": [1]}' }] }"]),
    slot("mapping", "Enabled", 1, &["false"]),
    slot("mapping", "EventSourceArn", 3, &["plain", "consumer"]),
    slot("mapping", "schedule[]", 1, CHANGES),
    slot("mapping", "schedule[]", 2, CHANGES),
    slot("mapping", "schedule[]", 1, CHANGES),
    slot("destination", "delivery_failure", 4, &["'{share}'"]),
    slot("destination", "failing_deliveries", 2, &["[1, {few}]"]),
    slot("function", "duration", 16, DURATIONS),
    slot("function", "fail_after", 4, &["'{short}'", "'0s'"]),
    slot("function", "init", 5, &["'{short}'"]),
    slot("function", "idle_timeout", 4, &["'{short}'", "'0s'", "'1h'"]),
    slot("function", "memory", 3, &["'128MB'", "'10240MB'"]),
    slot("function", "timeout", 6, &["'1s'", "'{few}s'", "'900s'"]),
    slot("function", "reports", 6, &["'raises'", "'times_out'", "'first_failed'", "'all_failed'"]),
    slot(
        "function",
        "writes_back",
        1,
        &[
            "{ at = ['50%'] }",
            "{ at = ['90%'], filtered = false }",
            "{ at = ['10%', '{share}'], record_size = '{size}' }",
        ],
    ),
    slot("function", "state_per_record", 2, &["'{size}'", "'0B'"]),
    slot("function", "state_per_key", 2, &["'{size}'"]),
    slot("function", "fault[]", 6, FAULTS),
    slot("function", "fault[]", 4, FAULTS),
    slot("function", "fault[]", 2, FAULTS),
    slot("function", "behaviour[]", 3, BEHAVIOURS),
    slot("function", "behaviour[]", 1, BEHAVIOURS),
    slot("concurrency", "account_limit", 5, &["{few}", "'unlimited'", "100"]),
    slot("concurrency", "reserved", 2, &["1", "0"]),
    slot("concurrency", "other_functions", 2, &["[['{early}', {few}], ['{late}', 0]]"]),
    slot("concurrency", "scaling", 3, &["'{few}/10s'", "'unlimited'"]),
    slot("prices", "lambda_per_gb_second", 1, &["'$0.00002'"]),
    slot("model", "profile", 4, &["'aws'", "'measured'", "'documented-2022'", "'defaults-2019'"]),
    slot("model", "timestamp_resolution", 1, &["'0s'", "'1ms'", "'1s'"]),
    slot("model", "shard_rollover", 2, &["'{gap}'", "'never'", "'40s'", "'4h'"]),
    slot("model", "child_discovery", 1, &["'{short}'", "'0s'"]),
    slot("model", "read_visibility", 1, &["'{short}'", "'0s'"]),
    slot("model", "page_records", 1, &["1", "{many}", "'unlimited'"]),
    slot("model", "page_bytes", 1, &["'{size}'", "'unlimited'"]),
    slot("model", "shard_readers", 1, &["1", "'unlimited'"]),
    slot("model", "shard_read_calls", 1, &["{few}", "'unlimited'"]),
    slot("model", "shard_read_bytes", 1, &["'{size}'", "'unlimited'"]),
    slot("model", "fan_out_delay", 1, &["'{short}'"]),
    slot(
        "model",
        "poll_model",
        9,
        &["'paged'", "'buffered'", "'grid'", "'restart'", "'gated'", "'instant'"],
    ),
    slot("model", "poll_interval", 1, &["'100ms'", "'333ms'", "'5s'"]),
    slot("model", "idle_poll_interval", 1, &["'100ms'", "'3s'"]),
    slot("model", "poll_phase", 1, &["'random'", "'{short}'", "{ staggered = '2.5ms' }"]),
    slot("model", "poll_jitter", 1, &["'{short}'"]),
    slot("model", "refill_below", 1, &["0", "{many}", "'automatic'"]),
    slot("model", "lookahead", 2, &["{few}", "{many}", "'unlimited'"]),
    slot("model", "enable_delay", 1, &["'{short}'", "'{early}'"]),
    slot("model", "disable_delay", 1, &["'{short}'", "'{early}'"]),
    slot("model", "update_delay", 1, &["'{short}'", "'{early}'"]),
    slot("model", "invoke_overhead", 1, &["'0s'", "'{short}'"]),
    slot("model", "window_clock", 2, &["'previous_completion'", "'first_record'", "'first_read'"]),
    slot("model", "window_idle_close", 1, &["'0s'", "'{short}'"]),
    slot("model", "payload_limit", 2, &["'{size}'", "'unlimited'"]),
    slot("model", "lane_assignment", 2, &["'static_hash'", "'dynamic_key'", "'round_robin'"]),
    slot("model", "lane_failure_scope", 2, &["'lane'", "'shard'"]),
    slot("model", "retry_base", 1, &["'0s'", "'{short}'"]),
    slot("model", "retry_factor", 1, &["'1x'", "'3x'"]),
    slot("model", "retry_cap", 1, &["'2s'", "'10min'"]),
    slot("model", "retry_jitter", 1, &["'{share}'"]),
    slot("model", "throttle_base", 1, &["'{short}'"]),
    slot("model", "throttle_factor", 1, &["'1x'", "'3x'"]),
    slot("model", "throttle_cap", 1, &["'2s'", "'10min'"]),
    slot("model", "throttle_jitter", 1, &["'{share}'"]),
    slot("model", "throttle_delay", 1, &["'backoff'", "'exponential'"]),
    slot("model", "throttle_policy", 2, &["'retry'", "'queue'", "'drop'"]),
    slot("model", "throttle_batch", 1, &["'fixed'", "'recut'"]),
    slot("model", "split_delay", 1, &["'0s'", "'{short}'"]),
    slot("model", "age_scope", 2, &["'record'", "'batch'"]),
    slot("model", "iterator_age_at", 1, &["'send'", "'finish'"]),
    slot("model", "iterator_age_on", 1, &["'every_attempt'", "'success'"]),
];
