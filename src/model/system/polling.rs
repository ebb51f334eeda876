//! When there is polling: enabled, disabled and changed mappings (S2.5, S2.6, S2.7).
//!
//! When polling stops, batches in flight finish; all others are dropped and their counters with
//! them. It starts again when no batch is in flight any more, with the settings then wanted, and
//! reads on from the checkpoint.

use super::rules::{ReadingMode, Rules};
use super::{Context, System, phase};
use crate::model::event::Event;
use crate::model::lane::Phase;
use crate::model::mapping_change::{MappingsInPlay, PollingChange, after_change};
use crate::model::observation::{Observation, Observer};
use crate::model::poll_grid::PollGrid;
use crate::model::reader::Stage;
use crate::model::settings::{Mapping, StartingPosition};
use crate::units::{Duration, Instant};

/// Whether there is polling, and what is on its way.
#[derive(Debug)]
pub(super) struct Polling<'a> {
    /// There is.
    pub is_on: bool,
    /// There has been: the starting position is taken once.
    pub has_begun: bool,
    /// The settings last asked for.
    wanted: &'a Mapping,
    /// Counts changes; what an earlier one planned is void.
    generation: u32,
    /// It starts as soon as no batch is in flight.
    starts_when_idle: bool,
}

impl<'a> Polling<'a> {
    /// Polling of a mapping that is created with `mapping`, not begun.
    pub fn new(mapping: &'a Mapping) -> Polling<'a> {
        Polling {
            is_on: false,
            has_begun: false,
            wanted: mapping,
            generation: 0,
            starts_when_idle: false,
        }
    }
}

impl System<'_> {
    /// The mapping is created.
    pub(super) fn create_mapping<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        let settings = self.settings;
        if settings.schedule.is_empty() && settings.mapping.enabled {
            // Nothing comes between, so the reader can be placed for a later start right away.
            self.begin(cx, Instant::START + settings.knobs.enable_delay);
            return;
        }
        for (index, change) in settings.schedule.iter().enumerate() {
            cx.schedule(change.at, Event::MappingChanges { index: index as u32 });
        }
        for shard in 0..settings.stream.shards {
            self.announce(cx, shard);
        }
        if settings.mapping.enabled {
            let starts = Event::PollingStarts { generation: 0 };
            cx.schedule(cx.now + settings.knobs.enable_delay, starts);
        }
    }

    /// Settings change as scheduled.
    pub(super) fn mapping_changes<O: Observer>(&mut self, cx: &mut Context<'_, O>, index: u32) {
        let settings = self.settings;
        let wanted = &settings.schedule[index as usize].mapping;
        let before = std::mem::replace(&mut self.polling.wanted, wanted);
        self.polling.generation += 1;
        self.polling.starts_when_idle = false;
        let generation = self.polling.generation;
        let mappings = MappingsInPlay { in_force: self.mapping, before, wanted };
        let knobs = &settings.knobs;
        let (delay, event) = match after_change(self.polling.is_on, mappings) {
            PollingChange::None => return,
            PollingChange::Stop => (knobs.disable_delay, Event::PollingStops { generation }),
            PollingChange::Start => (knobs.enable_delay, Event::PollingStarts { generation }),
            PollingChange::Restart => {
                self.stop_polling(cx);
                (knobs.update_delay, Event::PollingStarts { generation })
            }
        };
        cx.schedule(cx.now + delay, event);
    }

    /// Polling stops, unless a later change came between.
    pub(super) fn polling_stops<O: Observer>(&mut self, cx: &mut Context<'_, O>, generation: u32) {
        if generation == self.polling.generation {
            self.stop_polling(cx);
        }
    }

    /// Polling starts, unless a later change came between.
    pub(super) fn polling_starts<O: Observer>(&mut self, cx: &mut Context<'_, O>, generation: u32) {
        if generation == self.polling.generation {
            self.polling.starts_when_idle = true;
            self.settle(cx);
        }
    }

    /// Without polling: once no batch is in flight everything is back at the checkpoint, and a
    /// start that is due happens.
    #[inline]
    pub(super) fn settle<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        if !self.polling.is_on {
            self.settle_without_polling(cx);
        }
    }

    fn settle_without_polling<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        self.drop_batches(cx);
        if self.function.in_flight() > 0 {
            return;
        }
        self.readers.iter_mut().for_each(|reader| reader.rewind());
        if self.polling.starts_when_idle {
            self.polling.starts_when_idle = false;
            self.begin(cx, cx.now);
        }
    }

    fn stop_polling<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        if !self.polling.is_on {
            return;
        }
        for shard in self.shards.numbers() {
            self.count_idle_polls(cx, shard);
        }
        self.polling.is_on = false;
        self.line.clear();
        self.settle(cx);
    }

    /// S2.6: batches that are not in flight are dropped, and what they have been through.
    fn drop_batches<O: Observer>(&mut self, cx: &mut Context<'_, O>) {
        for shard in self.open_shards() {
            let reader = &mut self.readers[shard];
            reader.stop();
            for lane in &mut reader.lanes {
                match lane.phase {
                    Phase::InFlight(_) => {}
                    Phase::Ready | Phase::BackingOff | Phase::InLine => lane.drop_batches(),
                }
            }
            self.announce(cx, shard);
        }
    }

    /// Begins polling at `at` with the settings wanted.
    fn begin<O: Observer>(&mut self, cx: &mut Context<'_, O>, at: Instant) {
        let settings = self.settings;
        self.mapping = self.polling.wanted;
        self.rules = Rules::new(settings, self.mapping, self.is_plain);
        self.function.mapping_changed(self.mapping);
        self.polling_starts = at;
        self.polling.is_on = true;
        if !self.polling.has_begun {
            // S2.6: a mapping that is enabled again reads on from its checkpoint.
            self.position = match settings.mapping.starting_position {
                StartingPosition::TrimHorizon => Instant::START,
                StartingPosition::Latest => at,
                StartingPosition::AtTimestamp(at) => at,
            };
        }
        self.polling.has_begun = true;
        for shard in self.open_shards() {
            self.begin_reading(cx, shard, at);
        }
    }

    /// Begins to read a shard that is open at `at`, with lanes that have done nothing.
    pub(super) fn begin_reading<O: Observer>(
        &mut self,
        cx: &mut Context<'_, O>,
        shard: u32,
        at: Instant,
    ) {
        let reader = &mut self.readers[shard];
        let phase = match self.mapping.enhanced_fan_out {
            true => Duration::ZERO,
            false => phase(self.settings, &self.random, shard, reader.generation),
        };
        let (interval, idle) = (self.rules.poll_interval, self.rules.idle_poll_interval);
        let grid = PollGrid::new(at + phase, interval, idle);
        reader.start(grid, self.mapping.parallelization_factor, cx.now);
        self.start_reading(cx, shard);
    }

    /// Shards that are being read, by index.
    fn open_shards(&self) -> Vec<u32> {
        let is_open = |shard: &u32| self.readers[*shard].stage == Stage::Open;
        self.shards.numbers().filter(is_open).collect()
    }

    /// Counts polls since the last one that was simulated.
    pub(super) fn count_idle_polls<O: Observer>(&mut self, cx: &mut Context<'_, O>, shard: u32) {
        let reader = &self.readers[shard];
        let is_polled = self.rules.mode != ReadingMode::Lanes
            && !self.mapping.enhanced_fan_out
            && reader.held_since.is_none()
            && reader.stage == Stage::Open;
        if self.polling.is_on && is_polled {
            let calls = reader.grid.next_at_or_after(cx.now).passed;
            let polled = Observation::Polled { shard, calls, records: 0 };
            cx.observer.observe(cx.now, polled);
        }
    }
}
