//! When shards were late, and what they were doing while they became so.
//!
//! The lag of a shard is the age of its oldest unfinished record (S9.2). A shard is late from the
//! time its lag exceeds the limit `L` until a drop leaves it at `L/2` or less. The lateness of such
//! a spell is the area under the lag. It is shared out over what the shard was doing while the
//! lag rose:
//!
//! ```text
//! share of d = rise while doing d / rise in all
//! rise: growth of the lag above a mark that is never more than L/2 above the lag
//! ```
//!
//! so that the ups and downs of ordinary batches, which are less than `L/2`, count for nothing,
//! and neither does the time in which a shard catches up. **Assumption**: the limit is a multiple
//! of the age that the settings give without any waiting.

use super::moment::disabled_spans;
use crate::model::observation::{BlockageCause, Observation};
use crate::model::settings::{FaultKind, Settings};
use crate::units::{Duration, Instant};

/// Spells that are kept.
pub(super) const SPELLS_MAX: usize = 50;

/// Number of things that a shard can be doing.
const DOINGS: usize = 9;

/// What a shard is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// Handling records.
    Working,
    /// The same with a function that is slow by a fault.
    Slow,
    /// A batch failed.
    Failing,
    /// The same, and nothing of any shard succeeds.
    Outage,
    /// A batch was throttled.
    Throttled,
    /// A record is above the payload limit.
    Oversize,
    /// Reading it was refused.
    Refused,
    /// The mapping is disabled.
    Disabled,
    /// It waits for its parents, or to be found.
    Parents,
}

impl Doing {
    /// Everything, in order.
    pub const ALL: [Doing; DOINGS] = [
        Doing::Working,
        Doing::Slow,
        Doing::Failing,
        Doing::Outage,
        Doing::Throttled,
        Doing::Oversize,
        Doing::Refused,
        Doing::Disabled,
        Doing::Parents,
    ];
}

/// Seconds by what a shard was doing.
pub(super) type ByDoing = [f64; DOINGS];

/// The lateness of all shards.
#[derive(Debug)]
pub(super) struct Lateness {
    limit: Duration,
    disabled: Vec<(Instant, Instant)>,
    slow: Vec<(Instant, Instant)>,
    outages: Vec<(Instant, Instant)>,
    pub shards: Vec<ShardLateness>,
    /// The spells with the largest lag, that first.
    pub spells: Vec<Spell>,
    pub spells_in_all: u64,
}

/// The lateness of one shard.
#[derive(Debug, Clone, Default)]
pub(super) struct ShardLateness {
    /// When its oldest unfinished record was written.
    oldest: Option<Instant>,
    since: Instant,
    blocked: Option<BlockageCause>,
    is_refused: bool,
    has_ended: bool,
    /// The rise counts above this lag.
    mark: Duration,
    rise: ByDoing,
    spell: Option<Spell>,
    /// Area under the lag of the spell in progress, s^2.
    spell_area: f64,
    /// Lateness by what the shard was doing, s^2.
    pub area: ByDoing,
    /// Blocked time by what it was doing.
    pub blocked_time: ByDoing,
    /// Time in which it was late.
    pub late_time: f64,
}

/// A time in which a shard was late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spell {
    pub shard: u32,
    pub from: Instant,
    pub to: Instant,
    pub worst_at: Instant,
    pub worst: Duration,
    /// What the shard was doing for most of the rise.
    pub doing: Doing,
}

impl Lateness {
    /// Shards of a run of `settings` that are late above `limit`; `outages`: when nothing
    /// succeeded.
    pub fn new(settings: &Settings, limit: Duration, outages: Vec<(Instant, Instant)>) -> Lateness {
        let faults = settings.function.faults.iter();
        let slow =
            faults.filter(|fault| matches!(fault.kind, FaultKind::Slow(factor) if factor > 1.0));
        let shard = ShardLateness { mark: half(limit), ..ShardLateness::default() };
        Lateness {
            limit,
            disabled: disabled_spans(settings),
            slow: slow.map(|fault| (fault.from, fault.to)).collect(),
            outages,
            shards: vec![shard; settings.stream.shards_in_all() as usize],
            spells: Vec::new(),
            spells_in_all: 0,
        }
    }

    /// Takes note of an observation.
    pub fn observe(&mut self, now: Instant, observation: &Observation<'_>) {
        match *observation {
            Observation::OldestUnfinished { shard, arrival, sequence: _ } => {
                self.advance(now, shard);
                self.changed(now, shard, arrival);
            }
            Observation::Blocked { shard, state } => {
                self.advance(now, shard);
                self.shards[shard as usize].blocked = state.map(|blockage| blockage.cause);
            }
            Observation::ReadThrottled { shard } => {
                self.advance(now, shard);
                self.shards[shard as usize].is_refused = true;
            }
            Observation::Polled { shard, records, calls: _ } => {
                if records > 0 && self.shards[shard as usize].is_refused {
                    self.advance(now, shard);
                    self.shards[shard as usize].is_refused = false;
                }
            }
            Observation::ShardEnded { shard, generation: _ } => {
                self.advance(now, shard);
                self.shards[shard as usize].has_ended = true;
            }
            Observation::ShardOpened { shard, generation: _ } => {
                self.advance(now, shard);
                self.shards[shard as usize].has_ended = false;
            }
            Observation::Minute { backlog: _ } => {
                for shard in 0..self.shards.len() as u32 {
                    self.advance(now, shard);
                }
            }
            Observation::Read { .. }
            | Observation::ReadAgain { .. }
            | Observation::Expired { .. }
            | Observation::Skipped { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationSent { .. }
            | Observation::InvocationEnded { .. }
            | Observation::Processed { .. }
            | Observation::Discarded { .. } => {}
        }
    }

    /// Whether a shard is late.
    pub fn is_late(&self, shard: u32) -> bool {
        self.shards[shard as usize].spell.is_some()
    }

    /// The run is over.
    pub fn finish(&mut self, now: Instant) {
        for shard in 0..self.shards.len() as u32 {
            self.advance(now, shard);
            self.end_spell(now, shard);
        }
    }

    /// What a shard is doing around a time.
    fn doing(&self, at: Instant, shard: &ShardLateness) -> Doing {
        let within = |spans: &[(Instant, Instant)]| {
            let before = spans.partition_point(|&(from, _)| from <= at);
            before > 0 && at < spans[before - 1].1
        };
        if within(&self.disabled) {
            return Doing::Disabled;
        }
        if shard.has_ended {
            return Doing::Parents;
        }
        match shard.blocked {
            Some(BlockageCause::FunctionError) if within(&self.outages) => Doing::Outage,
            Some(BlockageCause::FunctionError) => Doing::Failing,
            Some(BlockageCause::Throttle) => Doing::Throttled,
            Some(BlockageCause::Oversize) => Doing::Oversize,
            None if shard.is_refused => Doing::Refused,
            None if within(&self.slow) => Doing::Slow,
            None => Doing::Working,
        }
    }

    /// Books the time up to `now`, in which the lag grows with time.
    fn advance(&mut self, now: Instant, index: u32) {
        let shard = &self.shards[index as usize];
        let since = shard.since;
        if now <= since {
            return;
        }
        let middle = Instant::from_nanos(u64::midpoint(since.as_nanos(), now.as_nanos()));
        let doing = self.doing(middle, shard);
        let limit = self.limit;
        let shard = &mut self.shards[index as usize];
        shard.since = now;
        if shard.blocked.is_some() {
            shard.blocked_time[doing as usize] += (now - since).as_secs_f64();
        }
        let Some(oldest) = shard.oldest.filter(|&oldest| oldest < now) else { return };
        let (before, lag) = (since.since(oldest), now.since(oldest));
        shard.grow(lag, doing);
        if lag > limit && shard.spell.is_none() {
            let from = oldest;
            let spell = Spell { shard: index, from, to: now, worst_at: now, worst: lag, doing };
            shard.spell = Some(spell);
            let end = lag.as_secs_f64();
            shard.spell_area += end * end / 2.0;
        } else if let Some(spell) = &mut shard.spell {
            if lag > spell.worst {
                (spell.worst, spell.worst_at) = (lag, now);
            }
            let (start, end) = (before.as_secs_f64(), lag.as_secs_f64());
            shard.spell_area += (end - start) * (end + start) / 2.0;
        }
    }

    /// The oldest unfinished record is another one.
    fn changed(&mut self, now: Instant, index: u32, oldest: Option<Instant>) {
        let limit = self.limit;
        let shard = &mut self.shards[index as usize];
        let before = shard.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
        shard.oldest = oldest;
        let lag = oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
        if lag > before {
            // A shard whose records were not known of, because its parents came first.
            shard.grow(lag, Doing::Parents);
            return;
        }
        shard.mark = shard.mark.min(lag + half(limit));
        if lag <= half(limit) {
            self.end_spell(now, index);
            self.shards[index as usize].rise = [0.0; DOINGS];
        }
    }

    fn end_spell(&mut self, now: Instant, index: u32) {
        let shard = &mut self.shards[index as usize];
        let area = std::mem::take(&mut shard.spell_area);
        let Some(mut spell) = shard.spell.take() else { return };
        let rise: f64 = shard.rise.iter().sum();
        for (sum, part) in shard.area.iter_mut().zip(shard.rise) {
            *sum += if rise > 0.0 { area * part / rise } else { 0.0 };
        }
        shard.late_time += now.since(spell.from).as_secs_f64();
        spell.to = now;
        spell.doing = most(&shard.rise);
        self.spells_in_all += 1;
        let place = self.spells.partition_point(|kept| kept.worst >= spell.worst);
        if place < SPELLS_MAX {
            self.spells.truncate(SPELLS_MAX - 1);
            self.spells.insert(place, spell);
        }
    }
}

impl ShardLateness {
    /// The lag has risen to `lag`.
    fn grow(&mut self, lag: Duration, doing: Doing) {
        if lag > self.mark {
            self.rise[doing as usize] += lag.saturating_sub(self.mark).as_secs_f64();
            self.mark = lag;
        }
    }
}

/// What most of a rise belongs to.
fn most(rise: &ByDoing) -> Doing {
    let larger = |one: Doing, other: Doing| {
        if rise[other as usize] > rise[one as usize] { other } else { one }
    };
    Doing::ALL.into_iter().reduce(larger).unwrap_or(Doing::Working)
}

fn half(limit: Duration) -> Duration {
    Duration::from_nanos(limit.as_nanos() / 2)
}
