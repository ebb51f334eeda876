//! An observer that holds a run to what must be true of every run.
//!
//! | what | where |
//! |---|---|
//! | time never goes back | every observation |
//! | records are those of the workload; none is delivered filtered, too early or too old | sent |
//! | a lane runs one batch at a time, and its oldest undone record is in it (S4.1, S5.5) | sent |
//! | BatchSize, payload, R + 1 attempts, concurrency (S3.1, S3.3, S5.1, S10.3) | sent |
//! | outcomes fit the poison marks; what is processed is what the outcome says (S6) | ended |
//! | records of a key are processed in order; a record has one end (S9.6) | ends |
//! | discards have their condition's reason (S5.6, S7.1) | discarded |
//! | a child shard is read when its parents are finished and found (S1.7) | opened, ended |
//! | backlog of a minute, ledger, blocked times are those of an own count (S9) | minute, finish |
//! | a shard is busy, waiting while blocked, or idle; together that is the run (S9.3) | finish |
//!
//! Where the mapping changes during the run, a lane forgets what it was at, and records may be
//! delivered again; a bound then holds if it holds for one of its states. Left out: records lost
//! to retention by number, which observations do not name.

use std::collections::{BTreeMap, BTreeSet};

use shardlag::engine::RandomSource;
use shardlag::model::event::LaneId;
use shardlag::model::failure::Outcome;
use shardlag::model::function::Invocation;
use shardlag::model::observation::{
    Blockage, Discard, DiscardCondition, Fetched, Observation, Observer, Records,
};
use shardlag::model::record::Record;
use shardlag::model::settings::{
    AgeScope, Arrivals, FailureReport, LaneAssignment, Mapping, Settings, StartingPosition,
    ThrottlePolicy,
};
use shardlag::model::workload::WorkloadPlan;
use shardlag::units::{Duration, Instant};

#[path = "checker_books.rs"]
mod checker_books;
#[path = "checker_sent.rs"]
mod checker_sent;

/// Watches one run.
#[derive(Debug)]
pub struct Checker<'a> {
    settings: &'a Settings,
    /// The records of every shard as the workload alone gives them.
    logs: Vec<Vec<Record>>,
    /// Where reading starts.
    position: Instant,
    now: Instant,
    in_flight: u32,
    shards: Vec<ShardBook>,
    /// The arrival of the last processed record of every key, whatever its shard.
    last_of_key: BTreeMap<u64, Instant>,
    /// A key's hash tells it from all others.
    has_keys: bool,
    /// All records are those of the workload: no consumer writes back.
    is_closed: bool,
    counts: Counts,
}

/// What is known of a shard.
#[derive(Debug, Clone, Default)]
struct ShardBook {
    lanes: BTreeMap<u32, LaneBook>,
    /// Records that were processed or discarded.
    ended: BTreeSet<u64>,
    /// The last processed record of every key.
    last_of_key: BTreeMap<u64, u64>,
    /// The lane of every key that was seen.
    lane_of_key: BTreeMap<u64, u32>,
    /// Last announcement of the oldest unfinished record: arrival and sequence.
    oldest: Option<(Instant, u64)>,
    blocked: Option<Blockage>,
    /// The generation that is read.
    open: Option<u32>,
    /// The last generation that was read to its end, and when.
    ended_at: Option<(u32, Instant)>,
    /// Until when the times below are booked.
    booked_until: Instant,
    /// Lanes that execute.
    busy_lanes: u32,
    times: ShardTimes,
}

/// What a shard did with its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct ShardTimes {
    /// A lane executed.
    busy: Duration,
    /// No lane executed, and one was blocked.
    waiting: Duration,
    /// Neither.
    idle: Duration,
    /// A lane was blocked, whether or not one executed.
    blocked: Duration,
}

impl ShardBook {
    /// Books the time up to `now`, before something changes.
    fn book_time(&mut self, now: Instant) {
        let length = now - self.booked_until;
        self.booked_until = now;
        let times = &mut self.times;
        match (self.busy_lanes, self.blocked) {
            (0, None) => times.idle += length,
            (0, Some(_)) => times.waiting += length,
            (_, _) => times.busy += length,
        }
        if self.blocked.is_some() {
            times.blocked += length;
        }
    }
}

/// What is known of a lane.
#[derive(Debug, Clone, Default)]
struct LaneBook {
    in_flight: Option<Invocation>,
    /// The invocation that just ended, until the next is sent.
    ended: Option<Invocation>,
    /// Records that were sent and have no end yet, with their arrival.
    undone: BTreeMap<u64, Instant>,
    /// Attempts by first and last record of the batch.
    attempts: BTreeMap<(u64, u64), u32>,
}

/// Records by their end, and invocations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts {
    processed: u64,
    discarded: u64,
    filtered: u64,
    expired: u64,
    skipped: u64,
    invocations: u64,
    throttles: u64,
    /// Records that were sent and whose end was not told: they can only have expired.
    vanished: u64,
}

impl<'a> Checker<'a> {
    /// A checker of the first replication of `settings`, beside which these consumers read.
    pub fn new(settings: &'a Settings, others: &[&Settings], seed: u64) -> Checker<'a> {
        let writes_back = |settings: &Settings| settings.function.writes_back.is_some();
        let mut plan = WorkloadPlan::new(settings, RandomSource::new(seed, 0));
        if settings.mapping.parallelization_factor > 1 {
            plan = plan.with_keys();
        }
        let shards = settings.stream.shards_in_all();
        let log = |shard| {
            let mut cursor = plan.cursor(shard);
            std::iter::from_fn(move || cursor.next_record()).collect()
        };
        let position = match settings.mapping.starting_position {
            StartingPosition::TrimHorizon => Instant::START,
            // When polling starts is not known here if the mapping changes.
            StartingPosition::Latest if !settings.schedule.is_empty() => Instant::START,
            StartingPosition::Latest => Instant::START + settings.knobs.enable_delay,
            StartingPosition::AtTimestamp(at) => at,
        };
        Checker {
            settings,
            logs: (0..shards).map(log).collect(),
            position,
            now: Instant::START,
            in_flight: 0,
            shards: vec![ShardBook::default(); shards as usize],
            last_of_key: BTreeMap::new(),
            has_keys: plan_has_keys(settings),
            is_closed: !writes_back(settings) && !others.iter().any(|other| writes_back(other)),
            counts: Counts::default(),
        }
    }

    /// Whether a record's number in its shard says which record of the workload it is.
    fn is_numbered(&self) -> bool {
        self.is_closed && self.settings.stream.reshards.is_empty()
    }

    /// Whether polling may stop and start anew.
    fn may_restart(&self) -> bool {
        !self.settings.schedule.is_empty() || !self.settings.mapping.enabled
    }

    /// Whether one of the states of the mapping is like this.
    fn some_mapping(&self, is_so: impl Fn(&Mapping) -> bool) -> bool {
        let scheduled = self.settings.schedule.iter().map(|change| &change.mapping);
        std::iter::once(&self.settings.mapping).chain(scheduled).any(is_so)
    }

    fn opened(&mut self, now: Instant, shard: u32, generation: u32) {
        let parents = self.settings.stream.reshards.iter().find(|r| r.open.contains(&shard));
        let parents = parents.map_or(Vec::new(), |reshard| reshard.close.clone());
        let parents = if generation > 0 { vec![shard] } else { parents };
        let is_late = self.position > Instant::START || self.may_restart();
        for parent in parents {
            let book = &self.shards[parent as usize];
            let Some((last, at)) = book.ended_at else {
                panic!("shard {shard} opens before {parent} has ended")
            };
            assert!(generation == 0 || last + 1 == generation, "{last} before {generation}");
            let delay = self.settings.knobs.child_discovery;
            assert!(is_late || now >= at + delay, "shard {shard} is found too early");
        }
        let book = &mut self.shards[shard as usize];
        assert_eq!(book.open.replace(generation), None, "shard {shard} opens twice");
    }

    fn shard_ended(&mut self, now: Instant, shard: u32, generation: u32) {
        let may_restart = self.may_restart();
        let retention = self.settings.stream.retention;
        let book = &mut self.shards[shard as usize];
        assert_eq!(book.open.take(), Some(generation), "shard {shard} ends");
        book.ended_at = Some((generation, now));
        for (lane, book) in &mut book.lanes {
            assert!(book.in_flight.is_none(), "lane {lane} of an ended shard is busy");
            // What was sent and has no end can only have expired.
            let undone = std::mem::take(&mut book.undone);
            let has_expired = |arrival: &Instant| now - *arrival > retention;
            assert!(may_restart || undone.values().all(has_expired), "{undone:?}");
            // After a restart they may have an end in another lane.
            self.counts.vanished += if may_restart { 0 } else { undone.len() as u64 };
        }
        // A child's lanes are new ones.
        book.lane_of_key.clear();
    }

    fn lane(&mut self, id: LaneId) -> &mut LaneBook {
        self.shards[id.shard as usize].lanes.entry(id.lane).or_default()
    }

    fn ended(&mut self, id: LaneId, invocation: &Invocation, records: Records<'_>) {
        assert_eq!(invocation.ends_at, self.now);
        self.in_flight -= 1;
        self.shards[id.shard as usize].busy_lanes -= 1;
        self.counts.invocations += 1;
        let is_poison = |fetched: Fetched| fetched.record.marks.poison;
        let poison = records.iter().position(is_poison);
        let says_all_is_well = match self.settings.function.reports {
            FailureReport::Raises | FailureReport::TimesOut => false,
            FailureReport::FirstFailed | FailureReport::AllFailed => {
                self.some_mapping(|mapping| !mapping.report_batch_item_failures)
            }
        };
        // What is scripted wins over what is marked.
        let poison = poison.filter(|_| self.settings.function.behaviour.is_empty());
        match (invocation.outcome, poison) {
            (Outcome::Success, Some(_)) => {
                assert!(says_all_is_well, "a poison record succeeds: {invocation:?}");
            }
            (Outcome::Partial { succeeded }, Some(first)) => {
                assert!(succeeded as usize <= first, "poison {first} of {invocation:?} is done");
            }
            (Outcome::Success | Outcome::Error | Outcome::Partial { .. }, _) => {}
        }
        let lane = self.lane(id);
        assert_eq!(lane.in_flight.take(), Some(*invocation), "another one was sent");
        lane.ended = Some(*invocation);
    }

    fn processed(&mut self, id: LaneId, records: Records<'_>) {
        let lane = self.lane(id);
        let expected = match lane.ended.take().map(|invocation| invocation.outcome) {
            Some(Outcome::Success) => None,
            Some(Outcome::Partial { succeeded }) => Some(succeeded),
            Some(Outcome::Error) | None => panic!("{id:?} processes records it did not send"),
        };
        assert!(expected.is_none_or(|expected| expected == records.count()));
        let once = records.iter().filter(|fetched| !fetched.is_duplicate).count();
        self.counts.processed += once as u64;
        let may_restart = self.may_restart();
        for fetched in records.iter() {
            let key = (fetched.record.key_hash, fetched.sequence);
            let shard = &mut self.shards[id.shard as usize];
            let previous = shard.last_of_key.insert(key.0, key.1);
            let keeps_order = previous.is_none_or(|previous| previous < key.1);
            let is_ordered =
                self.settings.knobs.lane_assignment != LaneAssignment::RoundRobin && !may_restart;
            assert!(keeps_order || !is_ordered, "{} after {previous:?} of its key", key.1);
            let arrival = fetched.record.arrival;
            let before = self.last_of_key.insert(key.0, arrival);
            let keeps_order = before.is_none_or(|before| before <= arrival);
            assert!(
                keeps_order || !is_ordered || !self.has_keys,
                "{fetched:?} after one of {before:?} with its key"
            );
        }
        self.end_records(id, records);
    }

    fn end_records(&mut self, id: LaneId, records: Records<'_>) {
        let may_restart = self.may_restart();
        for fetched in records.iter() {
            self.lane(id).undone.remove(&fetched.sequence);
            let is_first = self.shards[id.shard as usize].ended.insert(fetched.sequence);
            let is_again = may_restart && fetched.is_duplicate;
            assert!(is_first || is_again, "{fetched:?} has a second end");
        }
    }

    fn discarded(&mut self, id: LaneId, records: Records<'_>, discard: Discard) {
        let once = records.iter().filter(|fetched| !fetched.is_duplicate).count();
        self.counts.discarded += once as u64;
        let is_too_old = |fetched: Fetched| {
            let age = self.now - self.created(fetched.record.arrival);
            self.some_mapping(|mapping| !mapping.maximum_record_age.allows(age))
        };
        match discard.condition {
            DiscardCondition::RetryAttemptsExhausted => {
                let is_last = |mapping: &Mapping| {
                    let retries = mapping.maximum_retry_attempts.bound();
                    retries.is_some_and(|retries| retries + 1 == discard.invoke_count)
                };
                assert!(self.some_mapping(is_last), "{discard:?}");
            }
            DiscardCondition::RecordAgeExceeded => match self.settings.knobs.age_scope {
                AgeScope::Record => assert!(records.iter().all(is_too_old), "{discard:?}"),
                AgeScope::Batch => {
                    assert!(records.iter().next().is_some_and(is_too_old), "{discard:?}");
                }
            },
            DiscardCondition::Dropped => {
                assert_eq!(self.settings.knobs.throttle_policy, ThrottlePolicy::Drop);
            }
        }
        let has_destination = self.settings.mapping.on_failure.is_some();
        assert_eq!(discard.delivered.is_some(), has_destination);
        assert!(self.lane(id).in_flight.is_none(), "{id:?} discards what it executes");
        self.end_records(id, records);
    }

    /// A checkpoint never moves back (S4.5).
    fn oldest_unfinished(&mut self, shard: u32, arrival: Option<Instant>, sequence: u64) {
        let is_numbered = self.is_numbered();
        let book = &mut self.shards[shard as usize];
        let oldest = (arrival.unwrap_or(Instant::FAR_FUTURE), sequence);
        if is_numbered {
            let is_progress = book.oldest.is_none_or(|last| last < oldest && last.1 <= sequence);
            assert!(is_progress, "{oldest:?} after {:?}", book.oldest);
        }
        book.oldest = Some(oldest);
    }
}

/// Whether a key's hash tells it from all others, whatever the shard: there are several lanes or
/// shards that split, and no key is on several shards at once.
fn plan_has_keys(settings: &Settings) -> bool {
    let splits = settings.stream.reshards.iter().any(|reshard| reshard.open.len() > 1);
    let is_scripted = |arrivals: &Arrivals| matches!(arrivals, Arrivals::Scripted { .. });
    let mut traffic = settings.traffic.iter();
    let is_shared = traffic.all(|one| !one.per_shard && !is_scripted(&one.arrivals));
    is_shared && (settings.mapping.parallelization_factor > 1 || splits)
}

impl Observer for Checker<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        assert!(now >= self.now, "{now:?} after {:?}: {observation:?}", self.now);
        // A drained run ends with its last activity; a clock may strike behind that.
        if !matches!(observation, Observation::Minute { .. }) {
            self.now = now;
        }
        let changes = if let Observation::InvocationSent { lane, .. }
        | Observation::InvocationEnded { lane, .. } = observation
        {
            Some(lane.shard)
        } else if let Observation::Blocked { shard, .. } = observation {
            Some(shard)
        } else {
            None
        };
        if let Some(shard) = changes {
            self.shards[shard as usize].book_time(now);
        }
        match observation {
            Observation::InvocationSent { lane, invocation, records } => {
                self.sent(lane, invocation, records);
            }
            Observation::InvocationEnded { lane, invocation, records } => {
                self.ended(lane, invocation, records);
            }
            Observation::Processed { lane, records, parts: _ } => self.processed(lane, records),
            Observation::Discarded { lane, records, discard } => {
                self.discarded(lane, records, discard);
            }
            Observation::Read { records, filtered, shard: _ } => {
                assert!(filtered <= records);
                self.counts.filtered += u64::from(filtered);
            }
            Observation::Expired { records, shard: _, read } => {
                self.counts.expired += read.map_or(records, |records| u64::from(records.anew()));
            }
            Observation::Skipped { records, shard: _ } => self.counts.skipped += records,
            Observation::Throttled { lane } => {
                assert!(self.lane(lane).in_flight.is_none(), "{lane:?} tries while it executes");
                self.counts.throttles += 1;
            }
            Observation::OldestUnfinished { shard, arrival, sequence } => {
                self.oldest_unfinished(shard, arrival, sequence);
            }
            Observation::Blocked { shard, state } => {
                let book = &mut self.shards[shard as usize];
                assert_ne!(book.blocked, state, "shard {shard} is blocked as before");
                book.blocked = state;
            }
            Observation::Minute { backlog } => self.minute(now, backlog),
            Observation::ShardOpened { shard, generation } => self.opened(now, shard, generation),
            Observation::ShardEnded { shard, generation } => {
                self.shard_ended(now, shard, generation);
            }
            Observation::ReadAgain { .. } => {
                assert!(self.may_restart(), "polling does not stop here");
            }
            Observation::ServiceFailed { .. } => {
                let is_scripted = !self.settings.function.behaviour.is_empty();
                assert!(is_scripted, "nothing scripts a service error here");
            }
            Observation::BatchSplit { lane: _, left, right } => {
                // S6.1: left half first, rounded down.
                assert!(left > 0 && (left == right || left + 1 == right), "{left} and {right}");
            }
            Observation::BatchClosed { lane, .. } => {
                assert!(self.lane(lane).in_flight.is_none(), "{lane:?} cuts while it executes");
            }
            Observation::Polled { .. } | Observation::ReadThrottled { .. } => {}
        }
    }
}
