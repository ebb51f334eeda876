//! One run of the model: the system that passes entities to one another.
//!
//! Entities own their state and know nothing of each other; decisions are pure functions in
//! files named after their rule. What is left for the system is to hand one to the other:
//!
//! | file | what happens there |
//! |---|---|
//! | `lifecycle` | shards that close and open, parents before children (S1.7) |
//! | `polling` | when there is polling: enabled, disabled and changed mappings (S2.5 to S2.7) |
//! | `reading` | polls and the ways of records into lanes (S2) |
//! | `cutting` | when a free lane's records become a batch (S3) |
//! | `windows` | tumbling windows: batches of one window, state, final calls (S11) |
//! | `attempting` | checks before an attempt, concurrency, sending (S5.2 to S5.4) |
//! | `finishing` | what follows the end of an attempt (S5, S6, S8) |
//! | `bookkeeping` | what is announced of shards: oldest record, blockage, ledger (S9) |

mod attempting;
mod bookkeeping;
mod cutting;
mod finishing;
mod lifecycle;
mod polling;
mod reading;
mod windows;

use std::collections::VecDeque;

use self::polling::Polling;
use super::age_parts::AgeContext;
use super::batch::PayloadRule;
use super::eligibility::AgeLimits;
use super::event::{Event, LaneId};
use super::failure::FailurePolicy;
use super::function::Function;
use super::lineage::Lineage;
use super::observation::Observer;
use super::poll_grid::PollGrid;
use super::purposes;
use super::reader::ShardReader;
use super::settings::{Arrivals, Horizon, Knobs, Mapping, PollModel, PollPhase, Settings};
use super::shard::Shard;
use super::tumbling::TumblingRule;
use super::workload::WorkloadPlan;
use crate::engine::{EventCalendar, RandomSource, RunEnd, RunLimits, run};
use crate::units::{Duration, Instant, Limit};

pub use attempting::created;
pub use bookkeeping::Closing;

/// Distance of backlog counts.
const MINUTE: Duration = Duration::from_secs(60);

/// The state of a run.
#[derive(Debug)]
pub struct System<'a> {
    settings: &'a Settings,
    /// The mapping's settings in force.
    mapping: &'a Mapping,
    polling: Polling<'a>,
    rules: Rules,
    random: RandomSource,
    lineage: Lineage,
    shards: Vec<Shard>,
    readers: Vec<ShardReader>,
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
    /// Messages for the destination so far, whether or not there is one.
    messages: u64,
    /// Time of the last event that was not just a clock.
    last_activity: Instant,
}

/// What an entity needs while it acts: the time, the calendar and the listener.
#[derive(Debug)]
pub struct Context<'a, O> {
    now: Instant,
    calendar: &'a mut EventCalendar<Event>,
    observer: &'a mut O,
}

/// Rules with their numbers, fixed while the mapping's settings are.
#[derive(Debug, Clone, Copy)]
struct Rules {
    payload: PayloadRule,
    failure: FailurePolicy,
    ages: AgeLimits,
    age_context: AgeContext,
    mode: ReadingMode,
    /// Records of a full page where pages are counted.
    counted_page: u32,
    refill_below: u64,
    has_window: bool,
    tumbling: Option<TumblingRule>,
}

/// How records get from a shard into a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadingMode {
    Pages,
    CountedPages,
    Lanes,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Why it ended.
    pub end: RunEnd,
    /// When: the horizon, or the last event of a drained run.
    pub at: Instant,
    /// What the ledger needs besides the observations (S9.6).
    pub closing: Closing,
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
    let random = RandomSource::new(seed, replication);
    let plan = WorkloadPlan::new(settings, random);
    let (horizon, drains) = match settings.horizon {
        Horizon::For(length) => (Instant::START + length, false),
        Horizon::Drained { at_most } => (Instant::START + at_most, true),
    };
    let mut system = System::new(settings, &plan, random, horizon);
    let mut calendar = EventCalendar::new();
    system.start(&mut Context { now: Instant::START, calendar: &mut calendar, observer });
    let limits = RunLimits { horizon, events };
    let end = run(&mut calendar, limits, |now, event, calendar| {
        system.handle(event, &mut Context { now, calendar, observer });
    });
    let at = match end {
        RunEnd::Exhausted { .. } if drains => system.last_activity,
        RunEnd::Exhausted { .. } | RunEnd::Horizon => horizon,
        RunEnd::EventLimit { at } => at,
    };
    let closing =
        system.close(&mut Context { now: at, calendar: &mut EventCalendar::new(), observer });
    Finished { end, at, closing }
}

impl<'a> System<'a> {
    fn new(
        settings: &'a Settings,
        plan: &WorkloadPlan,
        random: RandomSource,
        horizon: Instant,
    ) -> System<'a> {
        let polling_starts = Instant::START + settings.knobs.enable_delay;
        let all = 0..settings.stream.shards_in_all();
        let shards = all.clone().map(|shard| Shard::new(plan.cursor(shard)));
        let readers = all.map(|_| {
            let knobs = &settings.knobs;
            let grid = PollGrid::new(polling_starts, knobs.poll_interval, knobs.idle_poll_interval);
            let may_stop = !settings.schedule.is_empty();
            ShardReader::new(grid, settings.mapping.parallelization_factor, may_stop)
        });
        System {
            mapping: &settings.mapping,
            polling: Polling::new(&settings.mapping),
            rules: Rules::new(settings, &settings.mapping),
            random,
            lineage: Lineage::new(settings, &random),
            shards: shards.collect(),
            readers: readers.collect(),
            function: Function::new(settings, random),
            line: VecDeque::new(),
            line_due: None,
            released: Vec::new(),
            polling_starts,
            position: Instant::START,
            horizon,
            messages: 0,
            last_activity: Instant::START,
            settings,
        }
    }

    fn start<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        for change in self.function.limit_changes() {
            cx.calendar.schedule(change, Event::ConcurrencyChanges);
        }
        cx.calendar.schedule(Instant::START + MINUTE, Event::MinuteEnds);
        self.open_first_shards(cx);
        self.create_mapping(cx);
    }

    fn handle<O: Observer>(&mut self, event: Event, cx: &mut Context<'_, O>) {
        let is_activity = match event {
            Event::MinuteEnds | Event::ShardCloses { .. } | Event::ShardOpens { .. } => false,
            Event::ConcurrencyChanges => !self.line.is_empty(),
            Event::Poll { .. }
            | Event::Readable { .. }
            | Event::LaneDue { .. }
            | Event::InvocationEnds { .. }
            | Event::MappingChanges { .. }
            | Event::PollingStops { .. }
            | Event::PollingStarts { .. } => true,
        };
        if is_activity {
            self.last_activity = cx.now;
        }
        match event {
            Event::Poll { shard } => self.poll(cx, shard),
            Event::Readable { shard } => self.readable(cx, shard),
            Event::LaneDue { lane } => self.lane_due(cx, lane),
            Event::InvocationEnds { lane } => self.invocation_ends(cx, lane),
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
        self.settings.knobs.poll_model
    }
}

impl Rules {
    fn new(settings: &Settings, mapping: &Mapping) -> Rules {
        let knobs = &settings.knobs;
        let uniform_size = uniform_size(settings);
        let lanes_read = match knobs.poll_model {
            PollModel::Paged | PollModel::Buffered => false,
            PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => true,
        };
        let is_unbounded = knobs.poll_model == PollModel::Buffered
            && knobs.lookahead == Limit::Unlimited
            && (knobs.page_bytes == Limit::Unlimited || uniform_size.is_some())
            && mapping.parallelization_factor == 1;
        let mode = match (lanes_read, is_unbounded) {
            (true, _) => ReadingMode::Lanes,
            (false, true) => ReadingMode::CountedPages,
            (false, false) => ReadingMode::Pages,
        };
        // S2.4: calibrated for BatchSize 1; for larger batches 5 of them. **Assumption**
        let refill_below = knobs.refill_below.unwrap_or(5 * mapping.batch_size);
        let has_window = !mapping.batching_window.is_zero();
        Rules {
            payload: payload_rule(settings, mapping, uniform_size),
            counted_page: counted_page(knobs, uniform_size),
            failure: FailurePolicy {
                maximum_retry_attempts: mapping.maximum_retry_attempts,
                bisect: mapping.bisect,
            },
            ages: AgeLimits {
                retention: settings.stream.retention,
                maximum_record_age: mapping.maximum_record_age,
                scope: knobs.age_scope,
            },
            age_context: AgeContext {
                read_visibility: knobs.read_visibility,
                lanes_read,
                has_window,
            },
            mode,
            refill_below: u64::from(refill_below),
            has_window,
            tumbling: TumblingRule::new(
                mapping.tumbling_window,
                settings.start_unix_nanos,
                knobs.window_idle_close,
            ),
        }
    }
}

/// S3.3, by counting where all records have one size.
fn payload_rule(settings: &Settings, mapping: &Mapping, uniform_size: Option<u32>) -> PayloadRule {
    let limit = settings.knobs.payload_limit;
    let rule = PayloadRule::new(settings.stream.kind, limit, mapping.batch_size);
    uniform_size.map_or(rule, |bytes| rule.with_uniform_size(bytes))
}

/// Records of a full page (S1.6) whose records all have this size; at least one, however large.
fn counted_page(knobs: &Knobs, uniform_size: Option<u32>) -> u32 {
    let records = knobs.page_records.bound().unwrap_or(u32::MAX);
    match (knobs.page_bytes, uniform_size) {
        (Limit::Limited(page), Some(bytes)) => {
            let fit = page.get() / u64::from(bytes.max(1));
            u64::from(records).min(fit.max(1)) as u32
        }
        (Limit::Limited(_), None) | (Limit::Unlimited, _) => records,
    }
}

/// The size of all records, where it is one.
fn uniform_size(settings: &Settings) -> Option<u32> {
    // Scripted records have sizes of their own.
    let is_scripted = |arrivals: &Arrivals| matches!(arrivals, Arrivals::Scripted { .. });
    let sizes = settings.traffic.iter().map(|traffic| match is_scripted(&traffic.arrivals) {
        true => None,
        false => traffic.record_size.constant(),
    });
    let written_back = settings.function.writes_back.as_ref();
    let mut sizes = sizes.chain(written_back.map(|writes| Some(writes.record_size)));
    let first = sizes.next().flatten()?;
    sizes.all(|size| size == Some(first)).then_some(first.get() as u32)
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
