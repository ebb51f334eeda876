//! When the records of one source are written on one shard.
//!
//! | arrivals | file | method |
//! |---|---|---|
//! | constant | `evenly` | `from + (s + i/weight) / rate`, no sum that could drift |
//! | Poisson | `poisson_stretches` | counts in stretches of time, and where in them records lie |
//! | profile, on-off | `varying` | inversion of the integrated rate, piece by piece |
//! | diurnal | `diurnal` | thinning of a Poisson process at the peak rate |
//! | ticks, bursts, renewal, counts | `grouped` | events, shared out over the shards |
//! | trace of times, script | `listed` | the list |
//!
//! Splitting a Poisson process by independent choices gives independent Poisson processes
//! (Kingman 1993, Poisson Processes, 5.1), so each shard draws its own at rate x weight. Every
//! cursor gives times that do not fall, before its end, and is a pure function of its address.

mod diurnal;
mod evenly;
mod grouped;
mod groups;
mod listed;
mod poisson;
mod poisson_stretches;
mod varying;

use super::lists::Listed;
use super::weights::ShardWeights;
use crate::engine::RandomSource;
use crate::model::purposes::{ARRIVAL_GAPS, RATE_SWITCHES, entity};
use crate::model::settings::{Arrivals, Traffic};
use crate::units::{Duration, Instant};

use diurnal::Diurnal;
pub(super) use diurnal::Swing;
use evenly::Evenly;
use grouped::{Grouped, Spread};
use groups::Groups;
use listed::ListedTimes;
pub(super) use poisson::Poisson;
use poisson_stretches::PoissonStretches;
use varying::{Curve, Varying};

/// Arrivals appended at a time.
const BLOCK: usize = 32;

/// Position in the arrivals of one source on one shard.
#[derive(Debug, Clone)]
pub(in crate::model) enum ArrivalCursor {
    /// No records at all.
    Never,
    /// Evenly spaced.
    Evenly(Evenly),
    /// Poisson at a constant rate.
    Poisson(Box<PoissonStretches>),
    /// Poisson at a rate made of pieces.
    Varying(Box<Varying>),
    /// Poisson at a daily rate.
    Diurnal(Box<Diurnal>),
    /// Many records at an event.
    Grouped(Box<Grouped>),
    /// Given times.
    Listed(ListedTimes),
}

/// What was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) struct Passed {
    /// Records passed, the one that was ahead included.
    pub count: u64,
    /// Arrival of the last of them.
    pub last: Instant,
    /// Arrival of the next record after them.
    pub next: Option<Instant>,
}

/// Whose arrivals they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) random: &'a RandomSource,
    pub(super) source: u16,
    pub(super) shard: u32,
    pub(super) weights: &'a ShardWeights,
    /// No record is written at or after this time.
    pub(super) end: Instant,
}

impl ArrivalCursor {
    /// The arrivals of `traffic` at a place; `listed` belongs to traces of times and scripts.
    pub(super) fn new(traffic: &Traffic, listed: Option<&Listed>, place: Place) -> ArrivalCursor {
        let (random, shard, end) = (place.random, place.shard, place.end);
        let (from, weight) = (traffic.from, place.weights.of(shard));
        if weight <= 0.0 || from >= end {
            return ArrivalCursor::Never;
        }
        let own = entity(place.source.into(), shard);
        let gaps = || random.stream(ARRIVAL_GAPS, own);
        let varying =
            |curve: Curve| ArrivalCursor::Varying(Box::new(Varying::new(curve, gaps(), from, end)));
        let grouped = |groups: Groups, spread: Spread| {
            ArrivalCursor::Grouped(Box::new(Grouped::new(groups, spread, place)))
        };
        let listed_times = |offset: Duration| match listed {
            Some(listed) => {
                ArrivalCursor::Listed(ListedTimes::new(listed.clone(), shard, offset, (from, end)))
            }
            None => ArrivalCursor::Never,
        };
        match &traffic.arrivals {
            Arrivals::Constant { rate, tick: None } => {
                let rate = rate.per_second();
                let late = f64::from(if traffic.per_shard { 0 } else { shard }) / rate;
                ArrivalCursor::Evenly(Evenly::new(rate * weight, late, from, end))
            }
            Arrivals::Constant { rate, tick: Some(tick) } => {
                let ticks = Groups::ticks(from, *tick, rate.per_second());
                grouped(ticks, Spread::AtOnce)
            }
            Arrivals::Poisson { rate } => {
                let rate = rate.per_second() * weight;
                let stretches = PoissonStretches::new(rate, random, own, from, end);
                ArrivalCursor::Poisson(Box::new(stretches))
            }
            Arrivals::Profile { points, linear } => {
                varying(Curve::points(points.clone(), *linear, weight, from))
            }
            Arrivals::Diurnal { mean, amplitude, peak_at, start_of_day } => {
                let swing = Swing::new(*amplitude, *peak_at, *start_of_day);
                let mean = mean.per_second() * weight;
                ArrivalCursor::Diurnal(Box::new(Diurnal::new(mean, swing, gaps(), from, end)))
            }
            Arrivals::Bursts { rate, size, even } => {
                let bursts = Groups::bursts(from, rate.per_second(), *size, *even, place);
                grouped(bursts, Spread::AtOnce)
            }
            Arrivals::OnOff { rates, sojourns } => varying(Curve::switching(
                rates.map(|rate| rate.per_second() * weight),
                *sojourns,
                random.stream(RATE_SWITCHES, own),
            )),
            Arrivals::Renewal { gap } => {
                grouped(Groups::renewal(from, *gap, place), Spread::AtOnce)
            }
            Arrivals::TraceTimes { .. } => listed_times(from.since(Instant::START)),
            Arrivals::Scripted { .. } => listed_times(Duration::ZERO),
            Arrivals::TraceCounts { period, counts, spread } => {
                grouped(Groups::periods(from, *period, counts.clone()), Spread::new(*spread, place))
            }
        }
    }

    /// The number of the first record in the list that is written, for lists that begin earlier.
    pub(super) fn first_index(&self) -> u64 {
        match self {
            ArrivalCursor::Listed(listed) => listed.next_index(),
            ArrivalCursor::Never
            | ArrivalCursor::Evenly(_)
            | ArrivalCursor::Poisson(_)
            | ArrivalCursor::Varying(_)
            | ArrivalCursor::Diurnal(_)
            | ArrivalCursor::Grouped(_) => 0,
        }
    }

    /// Arrival of the next record, which is passed; `None` when there is none before the end.
    #[inline]
    pub fn advance(&mut self) -> Option<Instant> {
        match self {
            ArrivalCursor::Never => None,
            ArrivalCursor::Evenly(evenly) => evenly.advance(),
            ArrivalCursor::Poisson(poisson) => poisson.advance(),
            ArrivalCursor::Varying(varying) => varying.advance(),
            ArrivalCursor::Diurnal(diurnal) => diurnal.advance(),
            ArrivalCursor::Grouped(grouped) => grouped.advance(),
            ArrivalCursor::Listed(listed) => listed.advance(),
        }
    }

    /// The next arrivals, one after the other; how many there were before the end.
    pub(super) fn advance_many(&mut self, times: &mut [Instant]) -> usize {
        match self {
            ArrivalCursor::Never => 0,
            ArrivalCursor::Evenly(evenly) => advance_each(|| evenly.advance(), times),
            ArrivalCursor::Poisson(poisson) => advance_each(|| poisson.advance(), times),
            ArrivalCursor::Varying(varying) => advance_each(|| varying.advance(), times),
            ArrivalCursor::Diurnal(diurnal) => advance_each(|| diurnal.advance(), times),
            ArrivalCursor::Grouped(grouped) => advance_each(|| grouped.advance(), times),
            ArrivalCursor::Listed(listed) => advance_each(|| listed.advance(), times),
        }
    }

    /// Appends the next arrivals: some, or none at the end.
    #[inline]
    pub fn append(&mut self, arrivals: &mut Vec<Instant>) {
        if let ArrivalCursor::Poisson(poisson) = self {
            poisson.append(arrivals);
        } else {
            let mut times = [Instant::START; BLOCK];
            let count = self.advance_many(&mut times);
            arrivals.extend_from_slice(&times[..count]);
        }
    }

    /// Passes `ahead`, the arrival given last and at most `until`, and all up to `until`.
    pub fn pass_through(&mut self, ahead: Instant, until: Instant) -> Passed {
        match self {
            ArrivalCursor::Never => pass_each(|| None, ahead, until),
            ArrivalCursor::Evenly(evenly) => evenly.pass_through(ahead, until),
            ArrivalCursor::Poisson(poisson) => poisson.pass_through(ahead, until),
            ArrivalCursor::Varying(varying) => pass_each(|| varying.advance(), ahead, until),
            ArrivalCursor::Diurnal(diurnal) => pass_each(|| diurnal.advance(), ahead, until),
            ArrivalCursor::Grouped(grouped) => pass_each(|| grouped.advance(), ahead, until),
            ArrivalCursor::Listed(listed) => listed.pass_through(ahead, until),
        }
    }
}

/// Fills `times` until there are no more.
#[inline]
fn advance_each(mut advance: impl FnMut() -> Option<Instant>, times: &mut [Instant]) -> usize {
    for (count, time) in times.iter_mut().enumerate() {
        match advance() {
            Some(next) => *time = next,
            None => return count,
        }
    }
    times.len()
}

/// Passes one record after the other.
#[inline]
fn pass_each(
    mut advance: impl FnMut() -> Option<Instant>,
    ahead: Instant,
    until: Instant,
) -> Passed {
    let (mut count, mut last) = (1, ahead);
    loop {
        match advance() {
            Some(next) if next <= until => {
                count += 1;
                last = next;
            }
            next => return Passed { count, last, next },
        }
    }
}

/// A number of nanoseconds `>= 0` rounded to the nearest whole one; too large gives the largest.
#[inline]
fn whole_nanos(nanos: f64) -> Duration {
    // Adding a half and cutting off is a fraction of the cost of `libm::round`, once per record.
    Duration::from_nanos((nanos + 0.5) as u64)
}
