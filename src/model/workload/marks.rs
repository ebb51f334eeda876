//! Poison marks: which records every invocation fails with (S10.4).
//!
//! | marks | when | record |
//! |---|---|---|
//! | first | one mark, the later of `at` and the fault's start | the first at or after the mark |
//! | rate | Poisson at `rate / shards` per shard from the fault's start | the same |
//! | probability | geometric gaps over the numbers of a source's records | the number's |
//!
//! Marks by number are in `numbered_marks`. A mark holds only if the record is written within the
//! fault's time. No record takes a draw of its own: unmarked records cost a comparison. Left out:
//! scripted records, which say it themselves.

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
                found.push(PoisonFault { marks, from: fault.from, to: fault.to });
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

impl PoisonFault {
    /// The number of the record that it marks on `shard`, if it marks by number.
    pub(super) fn number_on(&self, shard: u32) -> Option<u64> {
        match self.marks {
            PoisonMarks::Number { number, shard: marked } => (marked == shard).then_some(number),
            PoisonMarks::First { .. } | PoisonMarks::Rate(_) | PoisonMarks::Probability(_) => None,
        }
    }
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
    /// No marks.
    pub(super) fn none() -> TimeMarks {
        TimeMarks { marks: Vec::new(), earliest: Instant::FAR_FUTURE }
    }

    /// The marks on `shard`, where the first `shards` shards share those that come at a rate: a
    /// later shard takes them over with the records of its parents (S1.7).
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
                    marks.push(TimeMark { next, later: None, to: fault.to });
                }
                PoisonMarks::Rate(rate) if rate.per_second() > 0.0 && shard < shards => {
                    let rate = rate.per_second() / f64::from(shards);
                    let gaps = random.stream(POISON_GAPS, entity(number, shard));
                    let mut later = Poisson::new(rate, gaps, fault.from, fault.to);
                    marks.push(TimeMark {
                        next: later.advance(),
                        later: Some(Box::new(later)),
                        to: fault.to,
                    });
                }
                PoisonMarks::First { .. }
                | PoisonMarks::Number { .. }
                | PoisonMarks::Rate(_)
                | PoisonMarks::Probability(_) => {}
            }
        }
        let mut marks = TimeMarks { marks, earliest: Instant::FAR_FUTURE };
        marks.find_earliest();
        marks
    }

    /// Forgets marks that are meant for one record of this very shard.
    pub(super) fn keep_rates(&mut self) {
        self.marks.retain(|mark| mark.later.is_some());
        self.find_earliest();
    }

    /// Whether a record written at `arrival` would take a mark.
    #[inline]
    pub(super) fn is_due(&self, arrival: Instant) -> bool {
        arrival >= self.earliest
    }

    /// Whether the shard's next record, written at `arrival`, is marked; it takes its marks.
    #[inline]
    pub(super) fn take(&mut self, arrival: Instant) -> bool {
        self.is_due(arrival) && self.take_due(arrival)
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
                PoisonMarks::First { .. } | PoisonMarks::Number { .. } | PoisonMarks::Rate(_) => {}
            }
        }
        let earliest = marks.iter().map(|mark| mark.next).min().unwrap_or(u64::MAX);
        CountMarks { marks, earliest }
    }

    /// Whether a record up to and with number `index` may be marked.
    #[inline]
    pub(super) fn is_due(&self, index: u64) -> bool {
        index >= self.earliest
    }

    /// Whether record `index`, written at `arrival`, is marked; numbers are asked for in order.
    #[inline]
    pub(super) fn take(&mut self, index: u64, arrival: Instant) -> bool {
        self.is_due(index) && self.take_due(index, arrival)
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
        self.earliest = self.marks.iter().map(|mark| mark.next).min().unwrap_or(u64::MAX);
        is_marked
    }
}

impl CountMark {
    fn new(chance: Probability, mut gaps: RandomStream, fault: &PoisonFault) -> Option<CountMark> {
        let geometric = Geometric::new(chance.get())?;
        let next = geometric.sample(&mut gaps);
        Some(CountMark { next, gaps, geometric, from: fault.from, to: fault.to })
    }

    fn advance(&mut self) {
        let gap = self.geometric.sample(&mut self.gaps);
        self.next = self.next.saturating_add(gap).saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Record;
    use crate::model::settings::Traffic;
    use crate::model::workload::WorkloadPlan;
    use crate::model::workload::test_settings::{per_second, poisson, settings};
    use crate::units::Duration;

    fn records(
        shards: u32,
        rate: f64,
        marks: &[PoisonMarks],
        (from, to): (u64, u64),
    ) -> Vec<Vec<Record>> {
        let traffic = vec![Traffic { per_shard: true, ..poisson(rate) }];
        let mut settings = settings(shards, traffic, Duration::from_secs(100_000));
        settings.function.faults = marks
            .iter()
            .map(|&marks| Fault {
                kind: FaultKind::Poison(marks),
                from: Instant::from_secs(from),
                to: Instant::from_secs(to),
            })
            .collect();
        let plan = WorkloadPlan::new(&settings, RandomSource::new(6, 0));
        let read = |shard: u32| {
            let mut cursor = plan.cursor(shard);
            std::iter::from_fn(|| cursor.next_record()).collect()
        };
        (0..shards).map(read).collect()
    }

    fn poison(records: &[Record]) -> Vec<Record> {
        records.iter().copied().filter(|record| record.marks.poison).collect()
    }

    #[test]
    fn the_first_record_at_or_after_the_time_is_poison_on_its_shard_alone() {
        let marks = [PoisonMarks::First { at: Instant::from_secs(500), shard: 1 }];
        let shards = records(3, 0.1, &marks, (0, 90_000));
        let expected = shards[1].iter().find(|record| record.arrival >= Instant::from_secs(500));
        let marked = poison(&shards[1]);
        assert_eq!(marked.iter().collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>());
        assert!(poison(&shards[0]).is_empty() && poison(&shards[2]).is_empty());
    }

    #[test]
    fn a_record_written_after_the_fault_is_not_poison() {
        let marks = [PoisonMarks::First { at: Instant::from_secs(500), shard: 0 }];
        assert!(poison(&records(1, 0.1, &marks, (0, 500))[0]).is_empty());
        assert!(poison(&records(1, 1e-3, &marks, (0, 501))[0]).is_empty());
        let late = poison(&records(1, 0.1, &marks, (800, 2000))[0]);
        assert_eq!(late.len(), 1);
        assert!(late[0].arrival >= Instant::from_secs(800));
    }

    #[test]
    fn marks_at_a_rate_come_at_that_rate_over_the_whole_stream() {
        let marks = [PoisonMarks::Rate(per_second(0.02))];
        let shards = records(4, 5.0, &marks, (20_000, 70_000));
        let counts: Vec<usize> = shards.iter().map(|records| poison(records).len()).collect();
        let total: usize = counts.iter().sum();
        assert!((total as f64 - 1000.0).abs() < 140.0, "{counts:?}");
        assert!(counts.iter().all(|&count| (180..320).contains(&count)), "{counts:?}");
        let (from, to) = (Instant::from_secs(20_000), Instant::from_secs(70_000));
        for record in shards.iter().flat_map(|records| poison(records)) {
            assert!(from <= record.arrival && record.arrival < to);
        }
    }

    #[test]
    fn marks_by_chance_hit_their_share_within_the_time_of_the_fault() {
        let some = Probability::new(0.01).expect("a chance");
        let shards = records(2, 5.0, &[PoisonMarks::Probability(some)], (0, 50_000));
        for records in &shards {
            let count = poison(records).len() as f64;
            assert!((count - 2500.0).abs() < 250.0, "{count} of 2500");
            assert!(
                poison(records).iter().all(|record| record.arrival < Instant::from_secs(50_000))
            );
        }
        let always = [PoisonMarks::Probability(Probability::ONE)];
        let all = records(1, 0.1, &always, (0, 100_000));
        assert_eq!(poison(&all[0]).len(), all[0].len());
        let never = [PoisonMarks::Probability(Probability::ZERO)];
        assert!(poison(&records(1, 0.1, &never, (0, 100_000))[0]).is_empty());
    }

    #[test]
    fn several_faults_mark_what_each_would_mark() {
        let first = PoisonMarks::First { at: Instant::from_secs(9), shard: 0 };
        let rate = PoisonMarks::Rate(per_second(0.01));
        let numbers = |marks: &[PoisonMarks]| -> Vec<u64> {
            let read = records(1, 0.5, marks, (0, 100_000));
            poison(&read[0]).iter().map(|record| record.index).collect()
        };
        let (mut both, with) = (numbers(&[rate]), numbers(&[rate, first]));
        both.extend(numbers(&[first]));
        both.sort_unstable();
        both.dedup();
        assert_eq!(with, both);
    }
}
