//! Poison marks: which records every invocation fails with (S10.4).
//!
//! | marks | when | record |
//! |---|---|---|
//! | first | one mark at the later of `at` and the fault's start | the shard's first one at or after the mark |
//! | rate | a Poisson process at `rate / shards` per shard, from the fault's start | the same |
//! | probability | geometric gaps over the record numbers of each source | the one with the number |
//!
//! A mark holds only if the record is written within the fault's time. No record takes a draw of
//! its own: unmarked records cost a comparison. Left out: scripted records, which say it themselves.

use super::arrivals::Poisson;
use crate::engine::samplers::Geometric;
use crate::engine::{RandomSource, RandomStream};
use crate::model::purposes::{POISON_COUNTS, POISON_GAPS, entity, poison_entity};
use crate::model::settings::{Fault, FaultKind, PoisonMarks};
use crate::units::{Instant, Probability};

/// The poison faults among `faults`, in their order; the place is a fault's number.
pub(super) fn poison_faults(faults: &[Fault]) -> Vec<PoisonFault> {
    let mut found = Vec::new();
    for fault in faults {
        match fault.kind {
            FaultKind::Poison(marks) => {
                found.push(PoisonFault {
                    marks,
                    from: fault.from,
                    to: fault.to,
                });
            }
            FaultKind::ErrorRate(_)
            | FaultKind::PerRecordRate(_)
            | FaultKind::Outage
            | FaultKind::Slow(_)
            | FaultKind::FailsAboveBatch(_)
            | FaultKind::DownstreamLimit(_) => {}
        }
    }
    found
}

/// A fault that marks records written in `from..to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoisonFault {
    marks: PoisonMarks,
    from: Instant,
    to: Instant,
}

/// Marks at points in time on one shard, all its sources together.
#[derive(Debug, Clone)]
pub(super) struct TimeMarks {
    marks: Vec<TimeMark>,
    /// The earliest mark ahead; [`Instant::FAR_FUTURE`] when there is none.
    earliest: Instant,
}

#[derive(Debug, Clone)]
struct TimeMark {
    next: Option<Instant>,
    later: Option<Box<Poisson>>,
    to: Instant,
}

impl TimeMarks {
    /// The marks on `shard` of `shards`.
    pub(super) fn new(
        random: &RandomSource,
        faults: &[PoisonFault],
        shard: u32,
        shards: u32,
    ) -> TimeMarks {
        let mut marks = Vec::new();
        for (number, fault) in (0u32..).zip(faults) {
            match fault.marks {
                PoisonMarks::First { at, shard: marked } if marked == shard => {
                    let next = Some(at.max(fault.from)).filter(|&mark| mark < fault.to);
                    marks.push(TimeMark {
                        next,
                        later: None,
                        to: fault.to,
                    });
                }
                PoisonMarks::Rate(rate) if rate.per_second() > 0.0 => {
                    let rate = rate.per_second() / f64::from(shards);
                    let gaps = random.stream(POISON_GAPS, entity(number, shard));
                    let mut later = Poisson::new(rate, gaps, fault.from, fault.to);
                    marks.push(TimeMark {
                        next: later.advance(),
                        later: Some(Box::new(later)),
                        to: fault.to,
                    });
                }
                PoisonMarks::First { .. } | PoisonMarks::Rate(_) | PoisonMarks::Probability(_) => {}
            }
        }
        let mut marks = TimeMarks {
            marks,
            earliest: Instant::FAR_FUTURE,
        };
        marks.find_earliest();
        marks
    }

    /// Whether the shard's next record, written at `arrival`, is marked; it takes its marks.
    #[inline]
    pub(super) fn take(&mut self, arrival: Instant) -> bool {
        arrival >= self.earliest && self.take_due(arrival)
    }

    #[cold]
    fn take_due(&mut self, arrival: Instant) -> bool {
        let mut is_marked = false;
        for mark in &mut self.marks {
            while mark.next.is_some_and(|at| at <= arrival) {
                is_marked |= arrival < mark.to;
                mark.next = mark.later.as_mut().and_then(|later| later.advance());
            }
        }
        self.find_earliest();
        is_marked
    }

    fn find_earliest(&mut self) {
        let ahead = self.marks.iter().filter_map(|mark| mark.next);
        self.earliest = ahead.min().unwrap_or(Instant::FAR_FUTURE);
    }
}

/// Marks at record numbers of one source on one shard.
#[derive(Debug, Clone)]
pub(super) struct CountMarks {
    marks: Vec<CountMark>,
    /// The lowest marked number ahead; [`u64::MAX`] when there is none.
    earliest: u64,
}

#[derive(Debug, Clone)]
struct CountMark {
    next: u64,
    gaps: RandomStream,
    geometric: Geometric,
    from: Instant,
    to: Instant,
}

impl CountMarks {
    /// The marks on the records of `source` on `shard`.
    pub(super) fn new(
        random: &RandomSource,
        faults: &[PoisonFault],
        source: u16,
        shard: u32,
    ) -> CountMarks {
        let mut marks = Vec::new();
        for (number, fault) in (0u16..).zip(faults) {
            match fault.marks {
                PoisonMarks::Probability(chance) => {
                    let address = poison_entity(number, source, shard);
                    marks.extend(CountMark::new(
                        chance,
                        random.stream(POISON_COUNTS, address),
                        fault,
                    ));
                }
                PoisonMarks::First { .. } | PoisonMarks::Rate(_) => {}
            }
        }
        let earliest = marks.iter().map(|mark| mark.next).min().unwrap_or(u64::MAX);
        CountMarks { marks, earliest }
    }

    /// Whether record `index`, written at `arrival`, is marked; numbers are asked for in order.
    #[inline]
    pub(super) fn take(&mut self, index: u64, arrival: Instant) -> bool {
        index >= self.earliest && self.take_due(index, arrival)
    }

    #[cold]
    fn take_due(&mut self, index: u64, arrival: Instant) -> bool {
        let mut is_marked = false;
        for mark in &mut self.marks {
            while mark.next < index {
                mark.advance();
            }
            if mark.next == index {
                is_marked |= mark.from <= arrival && arrival < mark.to;
                mark.advance();
            }
        }
        self.earliest = self
            .marks
            .iter()
            .map(|mark| mark.next)
            .min()
            .unwrap_or(u64::MAX);
        is_marked
    }
}

impl CountMark {
    fn new(chance: Probability, mut gaps: RandomStream, fault: &PoisonFault) -> Option<CountMark> {
        let geometric = Geometric::new(chance.get())?;
        let next = geometric.sample(&mut gaps);
        Some(CountMark {
            next,
            gaps,
            geometric,
            from: fault.from,
            to: fault.to,
        })
    }

    fn advance(&mut self) {
        let gap = self.geometric.sample(&mut self.gaps);
        self.next = self.next.saturating_add(gap).saturating_add(1);
    }
}
