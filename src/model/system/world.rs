//! Several consumers of one stream: event source mappings, each with its own function, that read
//! the same shards.
//!
//! Each consumer is a [`System`] of its own with its own observer. What they share is in
//! [`Shared`]: the account's concurrency (S10.3), the limits on reading a shard (S1.6), and what
//! their functions write back to the stream (S10.6). Records are the same for all; draws of
//! mappings and functions are addressed by consumer, so adding one moves no draw of another.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::rules::tells_records_apart;
use super::{ConsumerEvent, Context, System};
use crate::engine::{EventCalendar, RandomSource, RunEnd, RunLimits, run};
use crate::model::event::Event;
use crate::model::function::concurrency::Account;
use crate::model::lineage::Lineage;
use crate::model::observation::Observer;
use crate::model::read_limits::ReadLimits;
use crate::model::record::Record;
use crate::model::settings::Settings;
use crate::model::system::bookkeeping::Closing;
use crate::model::workload::WorkloadPlan;
use crate::units::Instant;

/// What the consumers of a stream share.
#[derive(Debug)]
pub(super) struct Shared {
    /// Invocations of all functions.
    pub account: Account,
    /// Limits on reading shards.
    pub reads: ReadLimits,
    /// Other consumers read what one writes back.
    pub has_other_readers: bool,
    /// Records written back that other consumers do not know of yet.
    pub written_back: Vec<WrittenBack>,
    /// Events in the calendar that only count backlogs.
    pub clocks: usize,
}

impl Shared {
    fn new(consumers: &[&Settings], shards: Range<u32>) -> Shared {
        Shared {
            account: Account::of(consumers.iter().map(|settings| &settings.concurrency)),
            reads: ReadLimits::new(consumers, shards),
            has_other_readers: consumers.len() > 1,
            written_back: Vec::new(),
            clocks: 0,
        }
    }
}

/// A record that a consumer's function wrote back (S10.6).
#[derive(Debug, Clone, Copy)]
pub(super) struct WrittenBack {
    /// Number of the consumer, which knows of it.
    pub by: u16,
    /// The shard whose record was handled.
    pub shard: u32,
    pub record: Record,
}

/// What a run came to for one consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Why it ended.
    pub end: RunEnd,
    /// When: the horizon, or the last event of a drained run.
    pub at: Instant,
    /// What the ledger needs besides the observations (S9.6).
    pub closing: Closing,
}

impl Finished {
    /// What it came to for these shards and others, which are simulated apart.
    #[must_use]
    pub fn with(self, other: Finished) -> Finished {
        let (one, other) = (self.closing, other.closing);
        let closing = Closing {
            written: one.written + other.written,
            remaining: one.remaining + other.remaining,
            in_flight: one.in_flight + other.in_flight,
            told_records_apart: one.told_records_apart || other.told_records_apart,
        };
        Finished { closing, ..self }
    }
}

/// Runs one replication of `settings` and tells `observer` what happens. At most `events` events
/// happen; reaching that is told in [`Finished::end`].
pub fn simulate<O: Observer>(
    settings: &Settings,
    seed: u64,
    replication: u64,
    events: u64,
    observer: &mut O,
) -> Finished {
    let observers = std::slice::from_mut(observer);
    let finished = simulate_consumers(&[settings], seed, replication, events, observers);
    finished[0]
}

/// The same with several consumers of one stream, each with its observer. Their settings say the
/// same of time, stream and traffic.
///
/// # Panics
/// When there are no consumers, or not as many observers.
pub fn simulate_consumers<O: Observer>(
    consumers: &[&Settings],
    seed: u64,
    replication: u64,
    events: u64,
    observers: &mut [O],
) -> Vec<Finished> {
    assert_eq!(consumers.len(), observers.len(), "each consumer has an observer");
    let random = RandomSource::new(seed, replication);
    let all = 0..consumers[0].stream.shards_in_all();
    let mut simulation = Simulation::new(World::new(consumers, random, all));
    simulation.start(observers);
    let (horizon, _) = consumers[0].horizon.end();
    let end = simulation.run_until(horizon, events, observers);
    simulation.finish(end, observers)
}

/// A run that can be stopped and continued.
#[derive(Debug)]
pub struct Simulation<'a> {
    world: World<'a>,
    calendar: EventCalendar<ConsumerEvent>,
}

impl<'a> Simulation<'a> {
    fn new(world: World<'a>) -> Simulation<'a> {
        Simulation { world, calendar: EventCalendar::new() }
    }

    /// One replication of `settings`, in which shards are independent of each other
    /// ([`shards_are_independent`](super::shards_are_independent)), as a run for each part of the
    /// shards.
    pub fn of_parts(
        settings: &'a Settings,
        seed: u64,
        replication: u64,
        parts: impl Iterator<Item = Range<u32>>,
    ) -> Vec<Simulation<'a>> {
        let random = RandomSource::new(seed, replication);
        let plan = WorkloadPlan::new(settings, random);
        let lineage = Arc::new(Lineage::new(settings, &random));
        let of_part = |shards| {
            Simulation::new(World::of_one(settings, &plan, lineage.clone(), random, shards))
        };
        parts.map(of_part).collect()
    }

    /// Everything begins.
    pub fn start<O: Observer>(&mut self, observers: &mut [O]) {
        self.world.start(&mut self.calendar, observers);
    }

    /// Lets happen what happens before `until`, but at most `events` events.
    pub fn run_until<O: Observer>(
        &mut self,
        until: Instant,
        events: u64,
        observers: &mut [O],
    ) -> RunEnd {
        let (limits, world) = (RunLimits { horizon: until, events }, &mut self.world);
        run(&mut self.calendar, limits, |now, event, calendar| {
            let is_over = event.event == Event::MinuteEnds;
            world.handle(now, event, calendar, observers);
            // Once a minute, so that it costs nothing.
            match is_over && observers.iter().any(Observer::has_enough) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    }

    /// Events that have happened.
    pub fn events(&self) -> u64 {
        self.calendar.happened()
    }

    /// What it came to for each consumer; the last part ended like this.
    pub fn finish<O: Observer>(mut self, end: RunEnd, observers: &mut [O]) -> Vec<Finished> {
        let horizon = self.world.systems[0].horizon;
        let at = match end {
            // Who waits in line for ever is not done.
            RunEnd::Exhausted { .. } if self.world.waits() => horizon,
            // Only a run that drains has no next minute.
            RunEnd::Exhausted { .. } => self.world.last_activity(),
            RunEnd::Horizon => horizon,
            RunEnd::EventLimit { at } | RunEnd::Stopped { at } => at,
        };
        let closings = self.world.close(at, observers);
        closings.into_iter().map(|closing| Finished { end, at, closing }).collect()
    }
}

/// The consumers of a stream and what they share.
#[derive(Debug)]
struct World<'a> {
    systems: Vec<System<'a>>,
    shared: Shared,
}

impl<'a> World<'a> {
    fn new(consumers: &[&'a Settings], random: RandomSource, shards: Range<u32>) -> World<'a> {
        let is_plain = !consumers.iter().any(|settings| tells_records_apart(settings));
        let system = |(number, &settings): (u16, &&'a Settings)| {
            let plan = WorkloadPlan::new(settings, random);
            let lineage = Arc::new(Lineage::new(settings, &random));
            let own = random.of_number(number);
            System::new(settings, &plan, lineage, own, shards.clone(), is_plain)
        };
        let systems = (0u16..).zip(consumers).map(system).collect();
        World { systems, shared: Shared::new(consumers, shards) }
    }

    /// Some shards with a single consumer.
    fn of_one(
        settings: &'a Settings,
        plan: &WorkloadPlan,
        lineage: Arc<Lineage>,
        random: RandomSource,
        shards: Range<u32>,
    ) -> World<'a> {
        let (own, is_plain) = (random.of_number(0), !tells_records_apart(settings));
        let system = System::new(settings, plan, lineage, own, shards.clone(), is_plain);
        World { systems: vec![system], shared: Shared::new(&[settings], shards) }
    }

    fn start<O: Observer>(
        &mut self,
        calendar: &mut EventCalendar<ConsumerEvent>,
        observers: &mut [O],
    ) {
        for ((number, system), observer) in (0u16..).zip(&mut self.systems).zip(observers) {
            let (now, shared) = (Instant::START, &mut self.shared);
            system.start(&mut Context { now, consumer: number, calendar, observer, shared });
        }
    }

    #[inline]
    fn handle<O: Observer>(
        &mut self,
        now: Instant,
        ConsumerEvent { consumer, event }: ConsumerEvent,
        calendar: &mut EventCalendar<ConsumerEvent>,
        observers: &mut [O],
    ) {
        let (place, shared) = (usize::from(consumer), &mut self.shared);
        let observer = &mut observers[place];
        let mut cx = Context { now, consumer, calendar, observer, shared };
        self.systems[place].handle(event, &mut cx);
        if self.shared.has_other_readers {
            self.tell_others(now, consumer, calendar, observers);
        }
    }

    /// Lets the other consumers go on with what the one that acted left them: concurrency and
    /// records. What they do with it may leave something in turn.
    fn tell_others<O: Observer>(
        &mut self,
        now: Instant,
        acted: u16,
        calendar: &mut EventCalendar<ConsumerEvent>,
        observers: &mut [O],
    ) {
        let mut gives_concurrency = true;
        while gives_concurrency || !self.shared.written_back.is_empty() {
            let written_back = std::mem::take(&mut self.shared.written_back);
            let each = (0u16..).zip(&mut self.systems).zip(&mut *observers);
            for ((consumer, system), observer) in each {
                let shared = &mut self.shared;
                let mut cx = Context { now, consumer, calendar, observer, shared };
                let of_others = written_back.iter().filter(|written| written.by != consumer);
                system.add_records(&mut cx, of_others);
                if gives_concurrency && consumer != acted {
                    system.serve_line(&mut cx);
                }
            }
            gives_concurrency = false;
        }
    }

    /// Whether some lane waits in line for concurrency.
    fn waits(&self) -> bool {
        self.systems.iter().any(|system| !system.line.is_empty())
    }

    fn last_activity(&self) -> Instant {
        let last = self.systems.iter().map(|system| system.last_activity).max();
        last.unwrap_or(Instant::START)
    }

    fn close<O: Observer>(&mut self, now: Instant, observers: &mut [O]) -> Vec<Closing> {
        let mut calendar = EventCalendar::new();
        let each = (0u16..).zip(&mut self.systems).zip(observers);
        each.map(|((consumer, system), observer)| {
            let shared = &mut self.shared;
            let calendar = &mut calendar;
            system.close(&mut Context { now, consumer, calendar, observer, shared })
        })
        .collect()
    }
}
