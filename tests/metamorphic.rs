//! Runs that must be alike: what a change of the settings must not change, on random settings.
//!
//! | change | must leave |
//! |---|---|
//! | all time constants times `c` | the same steps at `c` times the time |
//! | lanes that no record has a key for | every step |
//! | how lanes are assigned and held, with one lane | every step |
//! | a concurrency limit nobody can reach | every step |
//! | the clock of a window of no length | every step |
//! | one more shard that is coupled to none | the other shards' steps |
//! | `buffered` with a bound on reading ahead that is never reached | every step |
//!
//! Cases are numbered and repeated as in `invariants.rs`.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/random_settings.rs"]
mod random_settings;
#[path = "support/trace.rs"]
mod trace;

use cases::try_cases;
use proptest::sample::select;
use proptest::strategy::Strategy;
use random_settings::random_traffic::trace_times;
use random_settings::{POLL_MODELS, settings};
use shardlag::model::settings::{
    Arrivals, Backoff, FaultKind, Horizon, Keys, LaneAssignment, LaneFailureScope, PoisonMarks,
    PollModel, PollPhase, ScriptedRecord, Settings, ShardLimits, StartingPosition, ThrottleDelay,
    Traffic, Variation, WindowClock,
};
use shardlag::units::{Duration, Instant, Limit};
use trace::{Step, Trace};

/// Cases per relation, unless told otherwise.
const CASES: u32 = 300;

fn any_settings() -> impl Strategy<Value = Settings> {
    select(POLL_MODELS.to_vec()).prop_flat_map(settings)
}

fn with(settings: &Settings, change: impl FnOnce(&mut Settings)) -> Settings {
    let mut changed = settings.clone();
    change(&mut changed);
    changed
}

/// Which of two shards comes first at one instant is open.
fn on_one_shard(settings: &mut Settings) {
    settings.stream.shards = 1;
    settings.stream.reshards.clear();
    for traffic in &mut settings.traffic {
        if let Arrivals::Scripted { records } = &mut traffic.arrivals {
            let on_the_first =
                |record: &ScriptedRecord| ScriptedRecord { shard: 0, ..record.clone() };
            *records = records.iter().map(on_the_first).collect();
        }
    }
    for fault in &mut settings.function.faults {
        if let FaultKind::Poison(marks) = &mut fault.kind
            && let PoisonMarks::First { shard, .. } | PoisonMarks::Number { shard, .. } = marks
        {
            *shard = 0;
        }
    }
}

fn assert_alike(one: &Settings, other: &Settings, seed: u64) {
    let (one, other) = (Trace::of(one, seed), Trace::of(other, seed));
    for (place, (left, right)) in one.steps.iter().zip(&other.steps).enumerate() {
        assert_eq!(left, right, "step {place}");
    }
    assert_eq!(one.steps.len(), other.steps.len());
    assert_eq!((one.throttles, one.written), (other.throttles, other.written));
}

/// Settings in which every time is a whole number of milliseconds, so that scaling is exact.
fn of_whole_milliseconds() -> impl Strategy<Value = Settings> {
    (any_settings(), trace_times()).prop_map(|(mut settings, arrivals)| {
        settings.start_unix_nanos = 0;
        for traffic in &mut settings.traffic {
            traffic.arrivals = arrivals.clone();
        }
        let function = &mut settings.function;
        function.duration.variation = Variation::None;
        function.duration.per_kb = Duration::ZERO;
        for fault in &mut function.faults {
            match &mut fault.kind {
                FaultKind::Slow(factor) => *factor = 2.0,
                FaultKind::Poison(PoisonMarks::Rate(_)) => fault.kind = FaultKind::Outage,
                FaultKind::Poison(
                    PoisonMarks::First { .. }
                    | PoisonMarks::Number { .. }
                    | PoisonMarks::Probability(_),
                )
                | FaultKind::ErrorRate(_)
                | FaultKind::PerRecordRate(_)
                | FaultKind::Outage
                | FaultKind::FailsAboveBatch(_)
                | FaultKind::DownstreamLimit(_) => {}
            }
        }
        if !settings.stream.reshards.is_empty() {
            // Unread records are looked at every minute, and whether that is before or after a
            // reshard decides in which shard those that expire are counted.
            settings.stream.retention = Duration::from_secs(86_400);
        }
        // What a shard serves is per second, whatever the unit.
        settings.knobs.shard_limits = ShardLimits::NONE;
        // Ten seconds are ten seconds to the scaling rate of environments.
        settings.concurrency.environments_per_10s = Limit::Unlimited;
        let knobs = &mut settings.knobs;
        // The first roll-over comes at a random time.
        knobs.shard_rollover = Limit::Unlimited;
        knobs.poll_phase = PollPhase::At(Duration::from_millis(70));
        knobs.poll_jitter = Duration::ZERO;
        knobs.throttle_delay = ThrottleDelay::Backoff;
        for backoff in [&mut knobs.retry, &mut knobs.throttle] {
            (backoff.factor, backoff.jitter) = (2.0, 0.0);
        }
        settings
    })
}

/// All time constants times `c`.
fn scaled(settings: &Settings, c: u64) -> Settings {
    let instant = |at: Instant| Instant::from_nanos(at.as_nanos().saturating_mul(c));
    let mut settings = settings.clone();
    settings.horizon = match settings.horizon {
        Horizon::For(length) => Horizon::For(length * c),
        Horizon::Drained { at_most } => Horizon::Drained { at_most: at_most * c },
    };
    settings.stream.retention = settings.stream.retention * c;
    for reshard in &mut settings.stream.reshards {
        reshard.at = instant(reshard.at);
    }
    for traffic in &mut settings.traffic {
        (traffic.from, traffic.to) = (instant(traffic.from), instant(traffic.to));
        if let Arrivals::TraceTimes { times } = &mut traffic.arrivals {
            *times = times.iter().map(|&at| instant(at)).collect();
        }
    }
    let mapping = &mut settings.mapping;
    mapping.batching_window = mapping.batching_window * c;
    if let Limit::Limited(age) = &mut mapping.maximum_record_age {
        *age = *age * c;
    }
    if let StartingPosition::AtTimestamp(at) = &mut mapping.starting_position {
        *at = instant(*at);
    }
    let function = &mut settings.function;
    function.fail_after = function.fail_after.map(|length| length * c);
    for fault in &mut function.faults {
        (fault.from, fault.to) = (instant(fault.from), instant(fault.to));
        if let FaultKind::Poison(PoisonMarks::First { at, .. }) = &mut fault.kind {
            *at = instant(*at);
        }
    }
    for (from, _) in &mut settings.concurrency.other_functions {
        *from = instant(*from);
    }
    let knobs = &mut settings.knobs;
    if let PollPhase::At(phase) = &mut knobs.poll_phase {
        *phase = *phase * c;
    }
    for length in [
        &mut function.duration.base,
        &mut function.duration.per_record,
        &mut function.init,
        &mut function.idle_timeout,
        &mut function.timeout,
        &mut knobs.child_discovery,
        &mut knobs.timestamp_resolution,
        &mut knobs.read_visibility,
        &mut knobs.poll_interval,
        &mut knobs.idle_poll_interval,
        &mut knobs.enable_delay,
        &mut knobs.invoke_overhead,
        &mut knobs.split_delay,
    ] {
        *length = *length * c;
    }
    for Backoff { base, cap, .. } in [&mut knobs.retry, &mut knobs.throttle] {
        (*base, *cap) = (*base * c, *cap * c);
    }
    settings
}

#[test]
fn time_has_no_unit() {
    const C: u64 = 7;
    try_cases("time_has_no_unit", CASES, &of_whole_milliseconds(), |settings, seed| {
        let plain = Trace::of(settings, seed);
        let mut slow = Trace::of(&scaled(settings, C), seed);
        assert_eq!(plain.steps.len(), slow.steps.len());
        for (plain, slow) in plain.steps.iter().zip(&mut slow.steps) {
            assert_eq!(plain.at.as_nanos() * C, slow.at.as_nanos(), "{plain:?} {slow:?}");
            assert_eq!(plain.records, slow.records);
        }
        assert_eq!((plain.throttles, plain.written), (slow.throttles, slow.written));
        assert_eq!((plain.expired, plain.remaining), (slow.expired, slow.remaining));
    });
}

#[test]
fn lanes_without_records_change_nothing() {
    let one_key = any_settings().prop_map(|mut settings| {
        settings.traffic.truncate(1);
        settings.traffic[0].keys = Keys::Single;
        on_one_shard(&mut settings);
        if let Arrivals::Scripted { .. } = settings.traffic[0].arrivals {
            let rate = random_settings::per_second(20.0);
            settings.traffic[0].arrivals = Arrivals::Constant { rate, tick: None };
        }
        settings.knobs.lane_assignment = LaneAssignment::StaticHash;
        // Several lanes that read for themselves hold records before they cut a batch, so a
        // batch may have lost its first records to retention.
        settings.stream.retention = Duration::from_secs(86_400);
        match settings.knobs.poll_model {
            PollModel::Paged | PollModel::Buffered => {}
            // For the same reason a window may open, and a shard be at its end, earlier.
            PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => {
                settings.mapping.batching_window = Duration::ZERO;
                settings.knobs.shard_rollover = Limit::Unlimited;
            }
        }
        settings
    });
    try_cases("lanes_without_records", CASES, &one_key, |settings, seed| {
        let one = with(settings, |s| s.mapping.parallelization_factor = 1);
        let many = with(settings, |s| s.mapping.parallelization_factor = 10);
        assert_alike(&one, &many, seed);
    });
}

#[test]
fn with_one_lane_it_does_not_matter_how_lanes_are_assigned_or_held() {
    let one_lane = any_settings().prop_map(|mut settings| {
        settings.mapping.parallelization_factor = 1;
        settings
    });
    try_cases("with_one_lane", CASES, &one_lane, |settings, seed| {
        for assignment in
            [LaneAssignment::StaticHash, LaneAssignment::DynamicKey, LaneAssignment::RoundRobin]
        {
            for scope in [LaneFailureScope::Lane, LaneFailureScope::Shard] {
                let other = with(settings, |s| {
                    s.knobs.lane_assignment = assignment;
                    s.knobs.lane_failure_scope = scope;
                });
                assert_alike(settings, &other, seed);
            }
        }
    });
}

#[test]
fn a_concurrency_limit_of_all_lanes_is_no_limit() {
    let alone = any_settings().prop_map(|mut settings| {
        settings.concurrency.reserved = None;
        settings.concurrency.other_functions.clear();
        settings
    });
    try_cases("a_concurrency_limit_of_all_lanes", CASES, &alone, |settings, seed| {
        let lanes = settings.stream.shards_in_all() * settings.mapping.parallelization_factor;
        let bounded = with(settings, |s| s.concurrency.account_limit = Limit::Limited(lanes));
        let unbounded = with(settings, |s| s.concurrency.account_limit = Limit::Unlimited);
        assert_alike(&bounded, &unbounded, seed);
        let reserved = with(settings, |s| s.concurrency.reserved = Some(lanes));
        assert_alike(&reserved, &unbounded, seed);
    });
}

#[test]
fn a_window_of_no_length_is_no_window() {
    try_cases("a_window_of_no_length", CASES, &any_settings(), |settings, seed| {
        let none = with(settings, |s| s.mapping.batching_window = Duration::ZERO);
        for clock in
            [WindowClock::PreviousCompletion, WindowClock::FirstRecord, WindowClock::FirstRead]
        {
            assert_alike(&none, &with(&none, |s| s.knobs.window_clock = clock), seed);
        }
    });
}

#[test]
fn a_shard_that_is_coupled_to_none_changes_none() {
    let uncoupled = any_settings().prop_map(|mut settings| {
        settings.stream.reshards.clear();
        for traffic in &mut settings.traffic {
            traffic.per_shard = true;
        }
        let function = &mut settings.function;
        // Shared between shards: warm environments, what others run, poison per stream.
        function.init = Duration::ZERO;
        function.faults.retain(|fault| {
            let is_shared = matches!(
                fault.kind,
                FaultKind::DownstreamLimit(_) | FaultKind::Poison(PoisonMarks::Rate(_))
            );
            !is_shared
        });
        settings.concurrency.account_limit = Limit::Unlimited;
        settings.concurrency.reserved = None;
        settings.concurrency.environments_per_10s = Limit::Unlimited;
        settings
    });
    try_cases("a_shard_that_is_coupled_to_none", CASES, &uncoupled, |settings, seed| {
        let few = Trace::of(settings, seed);
        let more = Trace::of(&with(settings, |s| s.stream.shards += 1), seed);
        for shard in 0..settings.stream.shards {
            let of = |trace: &Trace| -> Vec<Step> {
                trace.steps.iter().filter(|step| step.shard == shard).cloned().collect()
            };
            assert_eq!(of(&few), of(&more), "shard {shard}");
        }
    });
}

#[test]
fn reading_ahead_without_a_bound_is_reading_ahead_with_a_huge_one() {
    let one_lane = settings(PollModel::Buffered).prop_map(|mut settings| {
        settings.mapping.parallelization_factor = 1;
        let is_constant = |traffic: &Traffic| traffic.record_size.constant().is_some();
        if !settings.traffic.iter().all(is_constant) {
            settings.knobs.page_bytes = Limit::Unlimited;
        }
        // Counted records are not passed before their batch is sent, however old (S1.5).
        settings.stream.retention = Duration::from_secs(86_400);
        settings
    });
    try_cases("reading_ahead_without_a_bound", CASES, &one_lane, |settings, seed| {
        let counted = with(settings, |s| s.knobs.lookahead = Limit::Unlimited);
        let fetched = with(settings, |s| s.knobs.lookahead = Limit::Limited(u32::MAX));
        assert_alike(&counted, &fetched, seed);
    });
}
