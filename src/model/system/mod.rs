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
mod windows;
mod world;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use self::polling::Polling;
use self::world::Shared;
use super::age_parts::AgeContext;
use super::batch::PayloadRule;
use super::eligibility::AgeLimits;
use super::event::{Event, LaneId};
use super::failure::FailurePolicy;
use super::function::Function;
use super::lineage::Lineage;
use super::observation::Observer;
use super::per_shard::PerShard;
use super::poll_grid::PollGrid;
use super::purposes;
use super::read_limits::Budget;
use super::reader::ShardReader;
use super::settings::{Arrivals, Fault, FaultKind, Knobs, Mapping, PollModel, PollPhase, Settings};
use super::shard::Shard;
use super::tumbling::TumblingRule;
use super::workload::WorkloadPlan;
use crate::engine::{EventCalendar, RandomSource};
use crate::units::{Duration, Instant, Limit};

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
}

/// Rules with their numbers, fixed while the mapping's settings are.
#[derive(Debug, Clone, Copy)]
struct Rules {
    payload: PayloadRule,
    failure: FailurePolicy,
    ages: AgeLimits,
    age_context: AgeContext,
    mode: ReadingMode,
    /// Distance of polls; the shortest there is where records are pushed.
    poll_interval: Duration,
    /// The same while polls find nothing.
    idle_poll_interval: Duration,
    /// Size of all records, where it is one.
    uniform_size: Option<u32>,
    /// Records of a full page where pages are counted.
    counted_page: u32,
    refill_below: u64,
    has_window: bool,
    tumbling: Option<TumblingRule>,
    /// Shards of records that no rule tells apart can have a regular course.
    may_be_regular: bool,
}

/// How records get from a shard into a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadingMode {
    Pages,
    CountedPages,
    Lanes,
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

impl Rules {
    fn new(settings: &Settings, mapping: &Mapping, is_plain: bool) -> Rules {
        let knobs = &settings.knobs;
        let is_pushed = mapping.enhanced_fan_out;
        let uniform_size = uniform_size(settings);
        let lanes_read = match knobs.poll_model {
            PollModel::Paged | PollModel::Buffered => false,
            PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => true,
        };
        let bytes_do_not_count = knobs.page_bytes == Limit::Unlimited
            && knobs.shard_limits.bytes_per_second == Limit::Unlimited;
        let is_unbounded = knobs.poll_model == PollModel::Buffered
            && knobs.lookahead == Limit::Unlimited
            && (bytes_do_not_count || uniform_size.is_some())
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
            uniform_size,
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
            poll_interval: if is_pushed { TICK } else { knobs.poll_interval },
            idle_poll_interval: if is_pushed { TICK } else { knobs.idle_poll_interval },
            refill_below: u64::from(refill_below),
            has_window,
            may_be_regular: is_plain && !has_window && !is_pushed,
            tumbling: TumblingRule::new(
                mapping.tumbling_window,
                settings.start_unix_nanos,
                knobs.window_idle_close,
            ),
        }
    }
}

/// Whether some rule looks at single records, beyond their number, times and common size: keys,
/// marks, windows, checkpoints, scripts, and lanes that read for themselves.
fn tells_records_apart(settings: &Settings) -> bool {
    let function = &settings.function;
    let looks_inside = |fault: &Fault| match fault.kind {
        FaultKind::Poison(_) | FaultKind::PerRecordRate(_) => true,
        FaultKind::ErrorRate(_)
        | FaultKind::Outage
        | FaultKind::FailsAboveBatch(_)
        | FaultKind::DownstreamLimit(_)
        | FaultKind::Slow(_) => false,
    };
    let lanes_read = match settings.knobs.poll_model {
        PollModel::Paged | PollModel::Buffered => false,
        PollModel::Grid | PollModel::Restart | PollModel::Gated | PollModel::Instant => true,
    };
    lanes_read
        || settings.mapping.parallelization_factor > 1
        || !settings.mapping.tumbling_window.is_zero()
        || !settings.schedule.is_empty()
        || !settings.stream.reshards.is_empty()
        || !function.behaviour.is_empty()
        || function.writes_back.is_some()
        || function.faults.iter().any(looks_inside)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::workload::test_settings::{poisson, settings};
    use crate::units::Probability;

    #[test]
    fn each_rule_that_looks_at_single_records_tells_them_apart_alone() {
        let mut plain = settings(1, vec![poisson(1.0)], Duration::from_secs(60));
        plain.knobs.poll_model = PollModel::Paged;
        assert!(!tells_records_apart(&plain));
        let mut changed = [plain.clone(), plain.clone(), plain.clone(), plain];
        changed[0].knobs.poll_model = PollModel::Grid;
        changed[1].mapping.parallelization_factor = 2;
        changed[2].mapping.tumbling_window = Duration::from_secs(30);
        let (from, to) = (Instant::START, Instant::FAR_FUTURE);
        let kind = FaultKind::PerRecordRate(Probability::ONE);
        changed[3].function.faults = vec![Fault { kind, from, to }];
        assert!(changed.iter().all(tells_records_apart));
    }
}
