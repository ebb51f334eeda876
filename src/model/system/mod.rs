//! One run of the model: a system per consumer that passes entities to one another.
//!
//! Entities own their state and know nothing of each other; decisions are pure functions in
//! files named after their rule. What is left for the system is to hand one to the other:
//!
//! | file | what happens there |
//! |---|---|
//! | `lifecycle` | shards that close and open, parents before children (S1.7) |
//! | `polling` | when there is polling: enabled, disabled and changed mappings (S2.5 to S2.7) |
//! | `reading` | polls, and when there is something to read (S2) |
//! | `fetching` | what is taken out of a shard's log into lanes (S1.6, S2.4) |
//! | `cutting` | when a free lane's records become a batch (S3) |
//! | `windows` | tumbling windows: batches of one window, state, final calls (S11) |
//! | `attempting` | checks before an attempt, concurrency, sending (S5.2 to S5.4) |
//! | `finishing` | what follows the end of an attempt (S5, S6, S8) |
//! | `regular` | all of that at once, while nothing is special |
//! | `rules` | the rules in force, with their numbers |
//! | `independence` | whether shards have anything to do with each other |
//! | `world` | several consumers of one stream, and what they share |
//! | `bookkeeping` | what is announced of shards: oldest record, blockage, ledger (S9) |

mod attempting;
mod bookkeeping;
mod cutting;
mod fetching;
mod finishing;
mod independence;
mod lifecycle;
mod polling;
mod reading;
mod regular;
mod rules;
mod windows;
mod world;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use self::polling::Polling;
use self::rules::Rules;
use self::world::Shared;
use super::event::{Event, LaneId};
use super::function::Function;
use super::lineage::Lineage;
use super::observation::Observer;
use super::per_shard::PerShard;
use super::poll_grid::PollGrid;
use super::purposes;
use super::read_limits::Budget;
use super::reader::ShardReader;
use super::settings::{Mapping, PollModel, PollPhase, Settings};
use super::shard::Shard;
use super::workload::WorkloadPlan;
use crate::engine::{EventCalendar, RandomSource};
use crate::units::{Duration, Instant};

pub use attempting::created;
pub use bookkeeping::Closing;
pub use independence::shards_are_independent;
pub use world::{Finished, Simulation, simulate, simulate_consumers};

/// Distance of backlog counts.
const MINUTE: Duration = Duration::from_secs(60);

/// The resolution of time.
const TICK: Duration = Duration::from_nanos(1);

/// The state of a run.
#[derive(Debug)]
pub struct System<'a> {
    settings: &'a Settings,
    /// The mapping's settings in force.
    mapping: &'a Mapping,
    polling: Polling<'a>,
    rules: Rules,
    /// No rule tells records apart.
    is_plain: bool,
    /// The mapping's and the function's random numbers.
    random: RandomSource,
    lineage: Arc<Lineage>,
    shards: PerShard<Shard>,
    readers: PerShard<ShardReader>,
    function: Function,
    /// Lanes that wait for concurrency, first come first served (`throttle_policy = queue`).
    line: VecDeque<LaneId>,
    /// When the line is looked at next because a new environment can be started.
    line_due: Option<Instant>,
    /// Lanes that no longer hold their neighbours (S4.4).
    released: Vec<LaneId>,
    polling_starts: Instant,
    /// The starting position as a time (S2.5).
    position: Instant,
    /// End of the run.
    horizon: Instant,
    /// It ends before where nothing is left to do.
    drains: bool,
    /// Messages for the destination so far, whether or not there is one.
    messages: u64,
    /// Time of the last event that was not just a clock, where the run ends with it.
    last_activity: Instant,
}

/// What an entity needs while it acts: the time, the calendar, the listener, and what the
/// consumers of the stream share.
#[derive(Debug)]
pub struct Context<'a, O> {
    now: Instant,
    /// Number of the consumer that acts.
    consumer: u16,
    calendar: &'a mut EventCalendar<ConsumerEvent>,
    observer: &'a mut O,
    shared: &'a mut Shared,
}

/// An event and the number of the consumer to which it happens.
#[derive(Debug, Clone, Copy)]
pub struct ConsumerEvent {
    consumer: u16,
    event: Event,
}

impl<O> Context<'_, O> {
    /// Lets an event happen to the consumer that acts.
    #[inline]
    fn schedule(&mut self, at: Instant, event: Event) {
        self.calendar.schedule(at, ConsumerEvent { consumer: self.consumer, event });
    }

    /// The same for events that are mostly scheduled in the order in which they happen.
    #[inline]
    fn schedule_in_order(&mut self, at: Instant, event: Event) {
        self.calendar.schedule_in_order(at, ConsumerEvent { consumer: self.consumer, event });
    }
}

impl<'a> System<'a> {
    fn new(
        settings: &'a Settings,
        plan: &WorkloadPlan,
        lineage: Arc<Lineage>,
        random: RandomSource,
        shards: Range<u32>,
        is_plain: bool,
    ) -> System<'a> {
        let polling_starts = Instant::START + settings.knobs.enable_delay;
        let shards = PerShard::new(shards, |shard| Shard::new(plan, shard, is_plain));
        let readers = PerShard::new(shards.numbers(), |shard| {
            let knobs = &settings.knobs;
            let grid = PollGrid::new(polling_starts, knobs.poll_interval, knobs.idle_poll_interval);
            let may_stop = !settings.schedule.is_empty();
            let pushed = Budget::of_bytes(knobs.shard_limits.bytes_per_second);
            let lanes = settings.mapping.parallelization_factor;
            ShardReader::new(grid, pushed, lanes, may_stop, shards[shard].plain())
        });
        let is_plain = shards.numbers().all(|shard| shards[shard].plain().is_some());
        let (horizon, drains) = settings.horizon.end();
        System {
            mapping: &settings.mapping,
            polling: Polling::new(&settings.mapping),
            rules: Rules::new(settings, &settings.mapping, is_plain),
            is_plain,
            random,
            lineage,
            shards,
            readers,
            function: Function::new(settings, random),
            line: VecDeque::new(),
            line_due: None,
            released: Vec::new(),
            polling_starts,
            position: Instant::START,
            horizon,
            drains,
            messages: 0,
            last_activity: Instant::START,
            settings,
        }
    }

    fn start<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        for change in self.function.limit_changes() {
            cx.schedule(change, Event::ConcurrencyChanges);
        }
        self.await_minute(cx);
        self.open_first_shards(cx);
        self.create_mapping(cx);
    }

    fn handle<O: Observer>(&mut self, event: Event, cx: &mut Context<'_, O>) {
        if self.drains && event.is_activity(!self.line.is_empty()) {
            self.last_activity = cx.now;
        }
        match event {
            Event::Poll { shard } => {
                if !self.poll_regularly(cx, shard) {
                    self.poll(cx, shard);
                }
            }
            Event::Readable { shard } => self.readable(cx, shard),
            Event::LaneDue { lane } => self.lane_due(cx, lane),
            Event::InvocationEnds { lane } => {
                if !self.invocation_ends_regularly(cx, lane) {
                    self.invocation_ends(cx, lane);
                }
            }
            Event::ConcurrencyChanges => self.serve_line(cx),
            Event::MappingChanges { index } => self.mapping_changes(cx, index),
            Event::PollingStops { generation } => self.polling_stops(cx, generation),
            Event::PollingStarts { generation } => self.polling_starts(cx, generation),
            Event::ShardCloses { shard } => self.shard_closes(cx, shard),
            Event::ShardOpens { shard } => self.shard_opens(cx, shard),
            Event::MinuteEnds => self.minute_ends(cx),
        }
        while let Some(id) = self.released.pop() {
            self.advance_neighbours(cx, id);
        }
        self.await_environment(cx);
    }

    fn model(&self) -> PollModel {
        let model = self.settings.knobs.poll_model;
        let has_own_polls = model == PollModel::Grid || model == PollModel::Restart;
        match has_own_polls && self.mapping.enhanced_fan_out {
            // S1.6: records that are pushed are waited for, not polled for.
            true => PollModel::Instant,
            false => model,
        }
    }
}

/// When the shard's first poll happens after polling starts (S2.1), by generation (S1.7).
fn phase(settings: &Settings, random: &RandomSource, shard: u32, generation: u32) -> Duration {
    match settings.knobs.poll_phase {
        PollPhase::Random => {
            let entity = purposes::entity(generation, shard);
            let mut stream = random.stream(purposes::POLL_PHASE, entity);
            Duration::from_nanos(stream.below(settings.knobs.poll_interval.as_nanos()))
        }
        PollPhase::At(phase) => phase,
        PollPhase::Staggered(step) => step * u64::from(shard),
    }
}
