//! Defaults of the knobs and of the mapping, per stream kind and profile.
//!
//! Values are written as a scenario file would write them. `AWS` holds the defaults with the rule
//! of SEMANTICS.md behind each; the other profiles say only where they differ:
//!
//! | profile | meaning |
//! |---|---|
//! | `aws` | current documentation, recordings where it is silent |
//! | `measured` | recordings win everywhere |
//! | `documented-2022` | the literal older page: gated polling, ages at finish, no unnamed delays |
//! | `defaults-2019` | as `aws` with the mapping's defaults of 2019 (S5.7) |
//!
//! **Assumption**: `documented-2022` keeps the backoffs, since the older page retries "until
//! success" without saying how fast, and a wait of zero would try endlessly at one instant.

use crate::model::settings::StreamKind;

/// A set of defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// `aws`.
    Aws,
    /// `measured`.
    Measured,
    /// `documented-2022`.
    Documented2022,
    /// `defaults-2019`.
    Defaults2019,
}

impl Profile {
    /// Names in scenario files.
    pub const NAMES: [(&'static str, Profile); 4] = [
        ("aws", Profile::Aws),
        ("measured", Profile::Measured),
        ("documented-2022", Profile::Documented2022),
        ("defaults-2019", Profile::Defaults2019),
    ];
}

/// A knob's default for both kinds of stream, and the rule it belongs to.
struct KnobDefault {
    name: &'static str,
    dynamodb: &'static str,
    kinesis: &'static str,
    rule: &'static str,
}

const fn knob(
    name: &'static str,
    dynamodb: &'static str,
    kinesis: &'static str,
    rule: &'static str,
) -> KnobDefault {
    KnobDefault { name, dynamodb, kinesis, rule }
}

const fn same(name: &'static str, value: &'static str, rule: &'static str) -> KnobDefault {
    knob(name, value, value, rule)
}

/// Profile `aws`. `idle_poll_interval` is `poll_interval` unless a profile says otherwise (S2.2).
const AWS: [KnobDefault; 40] = [
    knob("timestamp_resolution", "1s", "1ms", "S1.3"),
    knob("shard_rollover", "4h", "never", "S1.7"),
    knob("child_discovery", "2s", "8s", "S1.7"),
    knob("read_visibility", "85ms", "20ms", "S1.4"),
    knob("page_records", "1000", "10000", "S1.6"),
    knob("page_bytes", "1MiB", "10MiB", "S1.6"),
    knob("shard_readers", "2", "unlimited", "S1.6"),
    knob("shard_read_calls", "unlimited", "5", "S1.6"),
    knob("shard_read_bytes", "unlimited", "2MiB", "S1.6"),
    same("fan_out_delay", "70ms", "S1.6"),
    same("poll_model", "paged", "S2.4"),
    knob("poll_interval", "250ms", "1s", "S2.1"),
    same("poll_phase", "random", "S2.1"),
    same("poll_jitter", "0s", "S2.1"),
    same("refill_below", "automatic", "S2.4"),
    same("lookahead", "unlimited", "S2.4"),
    same("enable_delay", "0s", "S2.5"),
    same("disable_delay", "0s", "S2.5"),
    same("update_delay", "0s", "S2.7"),
    same("invoke_overhead", "20ms", "S2.3"),
    same("window_clock", "previous_completion", "S3.2"),
    same("window_idle_close", "120s", "S11.3"),
    same("payload_limit", "6291456B", "S3.3"),
    same("lane_assignment", "static_hash", "S4.1"),
    same("lane_failure_scope", "lane", "S4.4"),
    same("retry_base", "200ms", "S5.3"),
    same("retry_factor", "2x", "S5.3"),
    same("retry_cap", "60s", "S5.3"),
    same("retry_jitter", "0%", "S5.3"),
    same("throttle_base", "200ms", "S5.3"),
    same("throttle_factor", "2x", "S5.3"),
    same("throttle_cap", "10s", "S5.3"),
    same("throttle_jitter", "0%", "S5.3"),
    same("throttle_delay", "backoff", "S5.2"),
    same("throttle_policy", "retry", "S5.2"),
    same("throttle_batch", "fixed", "S5.2"),
    same("split_delay", "30ms", "S6.1"),
    same("age_scope", "record", "S7.1"),
    same("iterator_age_at", "send", "S9.1"),
    same("iterator_age_on", "every_attempt", "S9.1"),
];

/// Where `measured` differs from `aws`: S2.2, S2.3, S2.5. The overhead is calibrated on runs
/// measured on AWS, as `experiment::measurement` says.
const MEASURED: [(&str, &str); 3] =
    [("idle_poll_interval", "500ms"), ("invoke_overhead", "17ms"), ("enable_delay", "75s")];

/// Where `documented-2022` differs from `aws`: S1.3, S1.4, S2.3, S2.4, S6.1, S9.1.
const DOCUMENTED_2022: [(&str, &str); 6] = [
    ("timestamp_resolution", "0s"),
    ("read_visibility", "0s"),
    ("poll_model", "gated"),
    ("invoke_overhead", "0s"),
    ("split_delay", "0s"),
    ("iterator_age_at", "finish"),
];

/// The default of a knob as a scenario file would write it; `None` for `idle_poll_interval` where
/// it follows `poll_interval`, and for names that are no knob.
pub fn knob_default(profile: Profile, kind: StreamKind, name: &str) -> Option<&'static str> {
    let differing: &[(&str, &'static str)] = match profile {
        Profile::Aws | Profile::Defaults2019 => &[],
        Profile::Measured => &MEASURED,
        Profile::Documented2022 => &DOCUMENTED_2022,
    };
    if let Some((_, value)) = differing.iter().find(|(knob, _)| *knob == name) {
        return Some(value);
    }
    let default = AWS.iter().find(|default| default.name == name)?;
    Some(match kind {
        StreamKind::DynamoDb => default.dynamodb,
        StreamKind::Kinesis => default.kinesis,
    })
}

/// The rule of SEMANTICS.md that a knob belongs to.
pub fn knob_rule(name: &str) -> Option<&'static str> {
    if name == "idle_poll_interval" {
        return Some("S2.2");
    }
    AWS.iter().find(|default| default.name == name).map(|default| default.rule)
}

/// Default of `MaximumRetryAttempts` (S5.7).
pub fn maximum_retry_attempts(profile: Profile) -> &'static str {
    match profile {
        Profile::Aws | Profile::Measured | Profile::Documented2022 => "-1",
        Profile::Defaults2019 => "10000",
    }
}

/// Default of `MaximumRecordAgeInSeconds` (S5.7).
pub fn maximum_record_age(profile: Profile) -> &'static str {
    match profile {
        Profile::Aws | Profile::Measured | Profile::Documented2022 => "-1",
        Profile::Defaults2019 => "604800",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_says_only_where_it_differs_from_aws() {
        let kinds = [StreamKind::DynamoDb, StreamKind::Kinesis];
        for kind in kinds {
            for (name, value) in MEASURED.iter().chain(&DOCUMENTED_2022) {
                assert!(knob_rule(name).is_some(), "{name} is no knob");
                assert_ne!(knob_default(Profile::Aws, kind, name), Some(*value), "{name}");
            }
        }
        assert_eq!(
            knob_default(Profile::Measured, StreamKind::Kinesis, "poll_interval"),
            Some("1s")
        );
    }
}
