//! The function as the mapping sees it (S10): it admits invocations, draws how long they take
//! and how they end, and keeps execution environments.
//!
//! | file | rule |
//! |---|---|
//! | [`duration`] | how long an invocation takes (S10.1) |
//! | [`fault`] | whether it fails, and what it says (S10.4, S10.5, S6.5) |
//! | [`behaviour`] | what a script says instead (S5.1, S5.2) |
//! | [`response`] | what a returned response means (S6.5) |
//! | [`environment`] | cold starts and scaling rate (S10.2, S10.3) |
//! | [`concurrency`] | limits on invocations at once (S10.3) |

pub mod behaviour;
pub mod concurrency;
pub mod duration;
pub mod environment;
pub mod fault;
pub mod response;

use self::behaviour::{Behaviour, ServiceRefusal, Try};
use self::concurrency::{Account, ConcurrencyLimit};
use self::duration::DurationSampler;
use self::environment::Environments;
use self::fault::{Faults, InvocationFacts, Verdict};
use self::response::Reads;
use super::failure::Outcome;
use super::observation::Records;
use super::purposes;
use super::record::Record;
use super::settings::{FailureReport, Mapping, ScriptedAnswer, Settings};
use super::tumbling::{Call, WindowSoFar};
use crate::engine::{Purpose, RandomSource, RandomStream};
use crate::units::{Bytes, Duration, Instant};

/// One invocation of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    /// When the mapping sent the event.
    pub sent_at: Instant,
    /// From sending to the handler or, on a cold start, to its initialisation (S2.3).
    pub overhead: Duration,
    /// Initialisation of a new environment; zero when it is warm.
    pub init: Duration,
    /// The handler's time, `Duration` in CloudWatch.
    pub duration: Duration,
    /// When it ends: the sum of the above.
    pub ends_at: Instant,
    /// Records of the event.
    pub records: u32,
    /// Which attempt at this very batch it is, from 1.
    pub attempt: u32,
    /// What it is for.
    pub call: Call,
    /// How it ends, as the mapping understands it.
    pub outcome: Outcome,
    /// Size of the state it returns for its tumbling window (S11.2).
    pub state: Option<Bytes>,
    /// It ran into its timeout, so its environment is lost (S10.2).
    pub timed_out: bool,
}

impl Invocation {
    /// When the handler starts.
    pub fn starts_at(&self) -> Instant {
        self.sent_at + self.overhead + self.init
    }
}

/// Where a batch comes from: the address of its random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchAddress {
    /// Shard index.
    pub shard: u32,
    /// Which attempt at this very batch it is, from 1.
    pub attempt: u32,
    /// What the call is for.
    pub call: Call,
    /// Which delivery of its records it is, from 1: also halves and remainders count on (S6).
    pub delivery: u32,
}

/// How an invocation goes, as far as faults or a script decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Course {
    /// As the mapping understands it.
    outcome: Outcome,
    /// Something failed, so `fail_after` is its duration.
    fails: bool,
    /// It runs into its timeout.
    times_out: bool,
    /// Size of the state it returns.
    state: Option<Bytes>,
}

/// The function's state during a run.
#[derive(Debug)]
pub struct Function {
    in_flight: u32,
    limit: ConcurrencyLimit,
    environments: Environments,
    duration: DurationSampler,
    faults: Faults,
    behaviour: Behaviour,
    overhead: Duration,
    init: Duration,
    timeout: Duration,
    fail_after: Option<Duration>,
    reports: FailureReport,
    understands_partial: bool,
    has_windows: bool,
    state_per_record: Bytes,
    state_per_key: Bytes,
    random: RandomSource,
}

impl Function {
    /// The function of `settings`, idle and without environments.
    pub fn new(settings: &Settings, random: RandomSource) -> Function {
        let function = &settings.function;
        Function {
            in_flight: 0,
            limit: ConcurrencyLimit::new(&settings.concurrency),
            environments: Environments::new(
                function.idle_timeout,
                settings.concurrency.environments_per_10s,
            ),
            duration: DurationSampler::new(&function.duration),
            faults: Faults::new(settings),
            behaviour: Behaviour::new(&function.behaviour, settings.stream.shards_in_all()),
            overhead: settings.knobs.invoke_overhead,
            init: function.init,
            timeout: function.timeout,
            fail_after: function.fail_after,
            reports: function.reports,
            understands_partial: settings.mapping.report_batch_item_failures,
            has_windows: !settings.mapping.tumbling_window.is_zero(),
            state_per_record: function.state_per_record,
            state_per_key: function.state_per_key,
            random,
        }
    }

    /// Whether an invocation may start at `now` (S10.3); above the limit it is a throttle.
    pub fn admits(&mut self, now: Instant, account: &Account) -> bool {
        self.limit.allows(now, self.in_flight, account) && self.environments.can_serve(now)
    }

    /// Whether the script keeps a try from reaching the function (S5.2).
    pub fn refuses(
        &self,
        now: Instant,
        address: BatchAddress,
        records: Records<'_>,
    ) -> Option<ServiceRefusal> {
        self.behaviour.refusal(&attempt(now, address, records))
    }

    /// The mapping reads responses as its new settings say (S6.5).
    pub fn mapping_changed(&mut self, mapping: &Mapping) {
        self.understands_partial = mapping.report_batch_item_failures;
        self.has_windows = !mapping.tumbling_window.is_zero();
    }

    /// When a new environment can be started, if there is none for an invocation at `now`.
    pub fn next_environment_at(&mut self, now: Instant) -> Option<Instant> {
        self.environments.next_at(now)
    }

    /// Invocations in flight.
    pub fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// Times at which other functions' use of the account limit changes.
    pub fn limit_changes(&self) -> impl Iterator<Item = Instant> + '_ {
        self.limit.changes()
    }

    /// Starts an invocation that [`Function::admits`] allowed; its end is known at once.
    pub fn invoke(
        &mut self,
        now: Instant,
        address: BatchAddress,
        records: Records<'_>,
        window: WindowSoFar,
        account: &mut Account,
    ) -> Invocation {
        let others = self.in_flight;
        self.in_flight += 1;
        self.limit.started(account);
        let is_cold = self.environments.take(now);
        let init = if is_cold { self.init } else { Duration::ZERO };
        let starts_at = now + self.overhead + init;
        let facts = InvocationFacts { starts_at, others, address, records };
        let Course { mut outcome, fails, mut times_out, state } = self
            .scripted_course(&attempt(now, address, records))
            .unwrap_or_else(|| self.course_by_faults(&facts, window));
        self.behaviour.invoked(address.shard);
        let full = self.full_duration(&facts);
        let mut duration = match (fails, self.fail_after) {
            (true, Some(fail_after)) => fail_after,
            (true, None) | (false, _) => full,
        };
        if times_out || duration > self.timeout {
            // S10.1: at the timeout the invocation ends as a function error.
            duration = self.timeout;
            outcome = Outcome::Error;
            times_out = true;
        }
        Invocation {
            sent_at: now,
            overhead: self.overhead,
            init,
            duration,
            ends_at: starts_at + duration,
            records: records.count(),
            attempt: address.attempt,
            call: address.call,
            outcome,
            state,
            timed_out: times_out,
        }
    }

    /// Notes that an invocation ended.
    pub fn ended(&mut self, invocation: &Invocation, account: &mut Account) {
        assert!(self.in_flight > 0, "an invocation ended that never started");
        self.in_flight -= 1;
        self.limit.ended(account);
        if !invocation.timed_out {
            self.environments.give_back(invocation.ends_at);
        }
    }

    /// How an invocation goes that a rule of the script decides.
    fn scripted_course(&self, attempt: &Try<'_>) -> Option<Course> {
        let outcome = Outcome::Error;
        let raises = Course { outcome, fails: true, times_out: false, state: None };
        Some(match self.behaviour.answer(attempt)? {
            ScriptedAnswer::Raise => raises,
            ScriptedAnswer::TimeOut => Course { times_out: true, ..raises },
            ScriptedAnswer::Respond(response) => {
                let (shard, records) = (attempt.shard, attempt.records);
                let reads = Reads {
                    item_failures: self.understands_partial,
                    state: self.has_windows && attempt.call == Call::Records,
                };
                let outcome = response::outcome(response, reads, shard, records);
                let fails = outcome != Outcome::Success;
                Course { outcome, fails, times_out: false, state: response.state }
            }
            ScriptedAnswer::Throttle | ScriptedAnswer::ServiceError => {
                panic!("a batch was sent that the script keeps from the function")
            }
        })
    }

    fn course_by_faults(&self, facts: &InvocationFacts<'_>, window: WindowSoFar) -> Course {
        let verdict = self.faults.verdict(facts, &self.random);
        let (outcome, says) = self.response(verdict, facts.records.count());
        let fails = outcome != Outcome::Success || verdict.is_failure();
        let records = self.state_per_record.get() * u64::from(facts.records.count());
        let keys = self.state_per_key.get() * u64::from(window.new_keys);
        let state = Bytes::new(window.state.get() + records + keys);
        let state = self.has_windows.then_some(state);
        Course { outcome, fails, times_out: says == Some(FailureReport::TimesOut), state }
    }

    /// What the mapping makes of what the function says (S6.5, S10.5).
    fn response(&self, verdict: Verdict, records: u32) -> (Outcome, Option<FailureReport>) {
        match verdict {
            Verdict::Succeeds => (Outcome::Success, None),
            // A function that fails as a whole cannot answer.
            Verdict::FailsWhole => (Outcome::Error, Some(FailureReport::Raises)),
            Verdict::FailsAt { first } => match self.reports {
                FailureReport::Raises => (Outcome::Error, Some(FailureReport::Raises)),
                FailureReport::TimesOut => (Outcome::Error, Some(FailureReport::TimesOut)),
                // S6.2: the lowest reported record decides, so naming one or all is the same.
                FailureReport::FirstFailed | FailureReport::AllFailed
                    if self.understands_partial =>
                {
                    assert!(first < records, "record {first} of {records} failed");
                    (Outcome::Partial { succeeded: first }, Some(self.reports))
                }
                // S6.5: with the feature off the response is ignored.
                FailureReport::FirstFailed | FailureReport::AllFailed => {
                    (Outcome::Success, Some(self.reports))
                }
            },
        }
    }

    fn full_duration(&self, facts: &InvocationFacts<'_>) -> Duration {
        let stream = || random_of(&self.random, purposes::FUNCTION_DURATION, facts);
        let slow = self.faults.slow_factor(facts.starts_at);
        self.duration.sample(facts.records, slow, stream)
    }
}

fn attempt<'r>(now: Instant, address: BatchAddress, records: Records<'r>) -> Try<'r> {
    let BatchAddress { shard, attempt, call, delivery: _ } = address;
    Try { now, shard, attempt, call, records }
}

/// The random stream of an invocation: addressed by its first record and which delivery of it
/// this is, so that it does not depend on how many records the batch has, and no half or remainder
/// repeats the draws of the batch it was part of.
fn random_of(random: &RandomSource, purpose: Purpose, facts: &InvocationFacts<'_>) -> RandomStream {
    let (purpose, entity, index) = address_of(purpose, facts);
    random.stream(purpose, entity).at(index, WORDS_PER_INVOCATION)
}

/// The same for a single chance.
pub(super) fn chance_of(
    random: &RandomSource,
    purpose: Purpose,
    facts: &InvocationFacts<'_>,
) -> f64 {
    let (purpose, entity, index) = address_of(purpose, facts);
    random.uniform_at(purpose, entity, index)
}

fn address_of(purpose: Purpose, facts: &InvocationFacts<'_>) -> (Purpose, u64, u64) {
    let (source, index) = match facts.address.call {
        Call::Records => {
            let record = facts.records.first_record();
            (record.source, record.index)
        }
        Call::Final { window, .. } => (Record::OF_FINAL_CALLS, window),
    };
    let purpose = Purpose(purpose.0 | u64::from(facts.address.delivery) << 32);
    (purpose, purposes::entity(source.into(), facts.address.shard), index)
}

/// Words of its stream an invocation may use.
const WORDS_PER_INVOCATION: u64 = 64;
