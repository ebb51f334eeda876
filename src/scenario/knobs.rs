//! `[model]`: the profile and the knobs of SEMANTICS.md, by their names there.

use super::document::Value;
use super::profiles::{Profile, knob_default};
use super::reader::{Field, Reading, TableReader};
use crate::model::settings::{
    AgeScope, Backoff, IteratorAgeAt, IteratorAgeOn, Knobs, LaneAssignment, LaneFailureScope,
    PollModel, PollPhase, ShardLimits, StreamKind, ThrottleBatch, ThrottleDelay, ThrottlePolicy,
    WindowClock,
};
use crate::units::{Bytes, Duration, Limit};

/// More records at once are not believed.
const RECORDS_MAX: u32 = 1_000_000_000;

const POLL_MODELS: [(&str, PollModel); 6] = [
    ("paged", PollModel::Paged),
    ("buffered", PollModel::Buffered),
    ("grid", PollModel::Grid),
    ("restart", PollModel::Restart),
    ("gated", PollModel::Gated),
    ("instant", PollModel::Instant),
];

const WINDOW_CLOCKS: [(&str, WindowClock); 3] = [
    ("previous_completion", WindowClock::PreviousCompletion),
    ("first_record", WindowClock::FirstRecord),
    ("first_read", WindowClock::FirstRead),
];

const LANE_ASSIGNMENTS: [(&str, LaneAssignment); 3] = [
    ("static_hash", LaneAssignment::StaticHash),
    ("dynamic_key", LaneAssignment::DynamicKey),
    ("round_robin", LaneAssignment::RoundRobin),
];

const LANE_SCOPES: [(&str, LaneFailureScope); 2] =
    [("lane", LaneFailureScope::Lane), ("shard", LaneFailureScope::Shard)];

const THROTTLE_DELAYS: [(&str, ThrottleDelay); 2] =
    [("backoff", ThrottleDelay::Backoff), ("exponential", ThrottleDelay::Exponential)];

const THROTTLE_POLICIES: [(&str, ThrottlePolicy); 3] = [
    ("retry", ThrottlePolicy::Retry),
    ("queue", ThrottlePolicy::Queue),
    ("drop", ThrottlePolicy::Drop),
];

const THROTTLE_BATCHES: [(&str, ThrottleBatch); 2] =
    [("fixed", ThrottleBatch::Fixed), ("recut", ThrottleBatch::Recut)];

const AGE_SCOPES: [(&str, AgeScope); 2] =
    [("record", AgeScope::Record), ("batch", AgeScope::Batch)];

const ITERATOR_AGE_AT: [(&str, IteratorAgeAt); 2] =
    [("send", IteratorAgeAt::Send), ("finish", IteratorAgeAt::Finish)];

const ITERATOR_AGE_ON: [(&str, IteratorAgeOn); 2] =
    [("every_attempt", IteratorAgeOn::EveryAttempt), ("success", IteratorAgeOn::Success)];

/// The `[model]` table with its profile read and its knobs still to read.
pub(super) struct ModelSection<'d> {
    table: TableReader<'d>,
    /// The profile in force.
    pub profile: Profile,
}

impl<'d> ModelSection<'d> {
    /// Reads the profile, on which defaults elsewhere depend.
    pub fn begin(mut table: TableReader<'d>, cx: &mut Reading) -> ModelSection<'d> {
        let field = table.or_default("profile", "aws", cx);
        let profile = field.word(&Profile::NAMES, cx).unwrap_or(Profile::Aws);
        ModelSection { table, profile }
    }

    fn knob(&mut self, name: &'static str, kind: StreamKind, cx: &mut Reading) -> Field<'d> {
        let default = knob_default(self.profile, kind, name)
            .unwrap_or_else(|| panic!("knob {name} has no default"));
        self.table.or_default(name, default, cx)
    }

    fn time(&mut self, name: &'static str, kind: StreamKind, cx: &mut Reading) -> Option<Duration> {
        self.knob(name, kind, cx).duration("ms", cx)
    }

    /// Reads all knobs; `is_pushed`: the mapping has enhanced fan-out, whose delay takes the place
    /// of the visibility.
    pub fn knobs(mut self, kind: StreamKind, is_pushed: bool, cx: &mut Reading) -> Option<Knobs> {
        let timestamp_resolution = self.time("timestamp_resolution", kind, cx);
        let shard_rollover = shard_rollover(&self.knob("shard_rollover", kind, cx), cx);
        let child_discovery = self.time("child_discovery", kind, cx);
        let read_visibility = self.time("read_visibility", kind, cx);
        let fan_out_delay = self.time("fan_out_delay", kind, cx);
        let page_records = self.records("page_records", kind, cx);
        let page_bytes = self.size("page_bytes", kind, cx);
        let shard_limits = self.shard_limits(kind, cx);
        let poll_model = self.word("poll_model", &POLL_MODELS, kind, cx);
        let (poll_interval, idle_poll_interval) = self.poll_intervals(kind, cx);
        let poll_phase = poll_phase(&self.knob("poll_phase", kind, cx), cx);
        let poll_jitter = self.time("poll_jitter", kind, cx);
        let refill_below = refill_below(&self.knob("refill_below", kind, cx), cx);
        let lookahead = self.records("lookahead", kind, cx);
        let enable_delay = self.time("enable_delay", kind, cx);
        let disable_delay = self.time("disable_delay", kind, cx);
        let update_delay = self.time("update_delay", kind, cx);
        let invoke_overhead = self.time("invoke_overhead", kind, cx);
        let window_clock = self.word("window_clock", &WINDOW_CLOCKS, kind, cx);
        let window_idle_close = self.time("window_idle_close", kind, cx);
        let payload_limit = self.size("payload_limit", kind, cx);
        let lane_assignment = self.word("lane_assignment", &LANE_ASSIGNMENTS, kind, cx);
        let lane_failure_scope = self.word("lane_failure_scope", &LANE_SCOPES, kind, cx);
        let retry = self.backoff(RETRY, kind, cx);
        let throttle = self.backoff(THROTTLE, kind, cx);
        let throttle_delay = self.word("throttle_delay", &THROTTLE_DELAYS, kind, cx);
        let throttle_policy = self.word("throttle_policy", &THROTTLE_POLICIES, kind, cx);
        let throttle_batch = self.word("throttle_batch", &THROTTLE_BATCHES, kind, cx);
        let split_delay = self.time("split_delay", kind, cx);
        let age_scope = self.word("age_scope", &AGE_SCOPES, kind, cx);
        let iterator_age_at = self.word("iterator_age_at", &ITERATOR_AGE_AT, kind, cx);
        let iterator_age_on = self.word("iterator_age_on", &ITERATOR_AGE_ON, kind, cx);
        self.table.finish(cx);
        Some(Knobs {
            timestamp_resolution: timestamp_resolution?,
            shard_rollover: shard_rollover?,
            child_discovery: child_discovery?,
            read_visibility: if is_pushed { fan_out_delay? } else { read_visibility? },
            page_records: page_records?,
            page_bytes: page_bytes?,
            shard_limits: shard_limits?,
            poll_model: poll_model?,
            poll_interval: poll_interval?,
            idle_poll_interval: idle_poll_interval?,
            poll_phase: poll_phase?,
            poll_jitter: poll_jitter?,
            refill_below: refill_below?,
            lookahead: lookahead?,
            enable_delay: enable_delay?,
            disable_delay: disable_delay?,
            update_delay: update_delay?,
            invoke_overhead: invoke_overhead?,
            window_clock: window_clock?,
            window_idle_close: window_idle_close?,
            payload_limit: payload_limit?,
            lane_assignment: lane_assignment?,
            lane_failure_scope: lane_failure_scope?,
            retry: retry?,
            throttle: throttle?,
            throttle_delay: throttle_delay?,
            throttle_policy: throttle_policy?,
            throttle_batch: throttle_batch?,
            split_delay: split_delay?,
            age_scope: age_scope?,
            iterator_age_at: iterator_age_at?,
            iterator_age_on: iterator_age_on?,
        })
    }

    /// S1.6: what the readers of a shard may do together.
    fn shard_limits(&mut self, kind: StreamKind, cx: &mut Reading) -> Option<ShardLimits> {
        let readers = self.records("shard_readers", kind, cx);
        let calls_per_second = self.records("shard_read_calls", kind, cx);
        let bytes_per_second = self.size("shard_read_bytes", kind, cx);
        Some(ShardLimits {
            readers: readers?,
            calls_per_second: calls_per_second?,
            bytes_per_second: bytes_per_second?,
        })
    }

    /// `poll_interval`, and `idle_poll_interval`, which follows it unless given or set by the
    /// profile (S2.1, S2.2).
    fn poll_intervals(
        &mut self,
        kind: StreamKind,
        cx: &mut Reading,
    ) -> (Option<Duration>, Option<Duration>) {
        let field = self.knob("poll_interval", kind, cx);
        let interval = field.positive_duration("ms", cx);
        let own_default = knob_default(self.profile, kind, "idle_poll_interval");
        let is_given = self.table.peek("idle_poll_interval").is_some();
        let idle = match (is_given, own_default, field.node.as_text()) {
            // What is wrong with a followed value is reported once, where it is written.
            (false, None, _) if interval.is_none() => None,
            (false, None, None) => None,
            (_, default, followed) => {
                let default = default.or(followed).unwrap_or("250ms");
                let idle = self.table.or_default("idle_poll_interval", default, cx);
                idle.positive_duration("ms", cx)
            }
        };
        (interval, idle)
    }

    fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
        kind: StreamKind,
        cx: &mut Reading,
    ) -> Option<T> {
        self.knob(name, kind, cx).word(words, cx)
    }

    fn records(
        &mut self,
        name: &'static str,
        kind: StreamKind,
        cx: &mut Reading,
    ) -> Option<Limit<u32>> {
        let field = self.knob(name, kind, cx);
        field.limit(cx, |field, cx| field.whole_u32(1, RECORDS_MAX, cx))
    }

    fn size(
        &mut self,
        name: &'static str,
        kind: StreamKind,
        cx: &mut Reading,
    ) -> Option<Limit<Bytes>> {
        self.knob(name, kind, cx).limit(cx, positive_bytes)
    }

    fn backoff(
        &mut self,
        names: BackoffNames,
        kind: StreamKind,
        cx: &mut Reading,
    ) -> Option<Backoff> {
        let base_field = self.knob(names.base, kind, cx);
        let base = match names.base_is_positive {
            true => base_field.positive_duration("ms", cx),
            false => base_field.duration("ms", cx),
        };
        let factor_field = self.knob(names.factor, kind, cx);
        let factor = factor_field.multiple(cx).filter(|factor| {
            if *factor < 1.0 {
                let message =
                    format!("{} is below `1x`; waits cannot shrink", factor_field.written());
                cx.error(&factor_field, message).rule("S5.3");
            }
            *factor >= 1.0
        });
        let cap_field = self.knob(names.cap, kind, cx);
        let cap = cap_field.duration("s", cx);
        let jitter = self.knob(names.jitter, kind, cx).probability(cx);
        let (base, cap) = (base?, cap?);
        if cap < base {
            let message = format!(
                "{} is shorter than `{}`, {}",
                cap_field.written(),
                names.base,
                base_field.written()
            );
            cx.error(&cap_field, message).rule("S5.3");
            return None;
        }
        Some(Backoff { base, factor: factor?, cap, jitter: jitter?.get() })
    }
}

struct BackoffNames {
    base: &'static str,
    factor: &'static str,
    cap: &'static str,
    jitter: &'static str,
    /// A throttled try takes no time, so without a wait it would be repeated endlessly.
    base_is_positive: bool,
}

const RETRY: BackoffNames = BackoffNames {
    base: "retry_base",
    factor: "retry_factor",
    cap: "retry_cap",
    jitter: "retry_jitter",
    base_is_positive: false,
};

const THROTTLE: BackoffNames = BackoffNames {
    base: "throttle_base",
    factor: "throttle_factor",
    cap: "throttle_cap",
    jitter: "throttle_jitter",
    base_is_positive: true,
};

fn positive_bytes(field: &Field<'_>, cx: &mut Reading) -> Option<Bytes> {
    let bytes = field.bytes(cx)?;
    if bytes.get() == 0 {
        cx.error(field, "`0B` is not above 0; write `unlimited` for no limit");
        return None;
    }
    Some(bytes)
}

/// S2.1: `"random"`, a time, or `{ staggered = "2.5ms" }`.
fn poll_phase(field: &Field<'_>, cx: &mut Reading) -> Option<PollPhase> {
    match &field.node.value {
        Value::Text(text) if text == "random" => Some(PollPhase::Random),
        Value::Table(_) => match field.choice(&["staggered"], cx)? {
            (_, Some(step)) => Some(PollPhase::Staggered(step.duration("ms", cx)?)),
            (_, None) => None,
        },
        Value::Text(text) if !text.starts_with(|c: char| c.is_ascii_digit()) => {
            let message = format!(
                "`{text}` is unknown; write `random`, a time, or `{{ staggered = \"2.5ms\" }}`"
            );
            cx.error(field, message);
            None
        }
        Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Date(_)
        | Value::List(_) => Some(PollPhase::At(field.duration("ms", cx)?)),
    }
}

/// S1.7: a distance, or `"never"`.
fn shard_rollover(field: &Field<'_>, cx: &mut Reading) -> Option<Limit<Duration>> {
    match field.node.as_text() {
        Some("never") => Some(Limit::Unlimited),
        Some(_) | None => field.positive_duration("h", cx).map(Limit::Limited),
    }
}

/// S2.4: a number of records, or `"automatic"`: 5 batches.
fn refill_below(field: &Field<'_>, cx: &mut Reading) -> Option<Option<u32>> {
    if field.node.as_text() == Some("automatic") {
        return Some(None);
    }
    field.whole_u32(0, RECORDS_MAX, cx).map(Some)
}

/// An unlimited number where a scenario says `unlimited`.
pub(super) fn whole_or_unlimited(
    field: &Field<'_>,
    high: u32,
    cx: &mut Reading,
) -> Option<Limit<u32>> {
    field.limit(cx, |field, cx| field.whole_u32(0, high, cx))
}
