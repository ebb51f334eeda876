//! Invocations in flight over time, put together from groups of shards that are simulated one
//! beside another (S9.5, `ConcurrentExecutions`).
//!
//! Each group tells when its invocations begin and end, in whatever order. How many are in flight
//! in all groups is known only when these changes are in one order; that is made slice of time by
//! slice of time, one beside another, each as if nothing were in flight before it. Counts are taken
//! between events: what ends and begins at one instant was never in flight at once.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::units::{Duration, Instant};

/// An invocation that begins or ends, as twice its time in nanoseconds and one more where it
/// begins: in the order of time ends come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change(u64);

impl Change {
    #[inline]
    fn new(at: Instant, begins: bool) -> Change {
        Change(at.as_nanos() * 2 + u64::from(begins))
    }

    fn at(self) -> u64 {
        self.0 / 2
    }

    fn difference(self) -> i64 {
        if self.0 % 2 == 1 { 1 } else { -1 }
    }
}

/// What a group of shards tells of a stretch of time, by slices of it.
#[derive(Debug, Clone)]
pub struct Changes {
    from: u64,
    /// Slices are of 2^`slice_bits` nanoseconds.
    slice_bits: u32,
    slices: Vec<Vec<Change>>,
}

impl Changes {
    /// Nothing yet, of stretches of a length, above zero, of which the first begins with the run.
    pub fn new(length: Duration) -> Changes {
        // 32 to 64 slices.
        let slice_bits = (length.as_nanos().ilog2()).saturating_sub(5);
        let slices = ((length.as_nanos() - 1) >> slice_bits) + 1;
        Changes { from: 0, slice_bits, slices: vec![Vec::new(); slices as usize] }
    }

    /// An invocation begins or ends at `at`.
    #[inline]
    pub fn add(&mut self, at: Instant, begins: bool) {
        let slice = (at.as_nanos() - self.from) >> self.slice_bits;
        self.slices[slice as usize].push(Change::new(at, begins));
    }

    /// Begins the next stretch, at `from`.
    fn restart(&mut self, from: Instant) {
        self.from = from.as_nanos();
        self.slices.iter_mut().for_each(Vec::clear);
    }
}

/// Invocations in flight during a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InFlight {
    /// Sum over invocations of the time in flight, in nanoseconds.
    pub nanos: u128,
    /// Most at once.
    pub most: u32,
    /// At the end.
    pub at_end: u32,
}

/// What is in flight up to `to`, the end of the groups' stretch, when `before` invocations are at
/// first; the groups begin the next one.
pub fn gather(before: u32, to: Instant, groups: &mut [&mut Changes]) -> InFlight {
    let Some(first) = groups.first() else {
        return InFlight { at_end: before, ..InFlight::default() };
    };
    let (from, bits) = (first.from, first.slice_bits);
    let slice = |number: usize| {
        let start = from + ((number as u64) << bits);
        let of_groups = groups.iter().map(|group| group.slices[number].as_slice());
        let changes: Vec<Change> = of_groups.collect::<Vec<_>>().concat();
        let end = start + (1 << bits);
        Slice::of(&changes, start.min(to.as_nanos()), end.min(to.as_nanos()), bits)
    };
    let slices: Vec<Slice> = (0..first.slices.len()).into_par_iter().map(slice).collect();
    groups.iter_mut().for_each(|group| group.restart(to));
    let mut all = InFlight { nanos: 0, most: 0, at_end: before };
    for slice in slices {
        let level = i64::from(all.at_end);
        let nanos = i128::from(level) * i128::from(slice.length) + i128::from(slice.nanos);
        all.nanos += u128::try_from(nanos).expect("what is in flight is counted");
        let most = slice.most.map_or(0, |most| level + most);
        all.most = all.most.max(u32::try_from(most).expect("what is in flight is counted"));
        all.at_end = u32::try_from(level + slice.at_end).expect("what is in flight is counted");
    }
    all
}

/// Changes in a part of a slice on average, or somewhat more.
const CHANGES_OF_PART: usize = 8;

/// What is known of a part of a slice without putting its changes in order.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// Invocations that begin.
    begin: i64,
    /// First how many more are in flight at its end, then how many are before it.
    before: i64,
}

/// A slice as if nothing had been in flight before: counts may be below zero.
struct Slice {
    nanos: i64,
    most: Option<i64>,
    at_end: i64,
    length: u64,
}

impl Slice {
    /// The slice from `start` to `end`, which are at most 2^`bits` ns apart, with these changes in
    /// any order.
    ///
    /// Most changes need no order. Times are whole nanoseconds, so as many as are in flight at the
    /// end of a part of the slice are so for a while; more can be in flight only in parts where
    /// enough begin, and what happens in these is put in order.
    fn of(changes: &[Change], start: u64, end: u64, bits: u32) -> Slice {
        let parts = (changes.len() / CHANGES_OF_PART).checked_ilog2().unwrap_or(0).min(bits);
        let (shift, mut parts) = (bits - parts, vec![Part::default(); 1 << parts]);
        let part_of = |change: &Change| ((change.at() - start) >> shift) as usize;
        let mut nanos = 0;
        for change in changes {
            let (part, difference) = (&mut parts[part_of(change)], change.difference());
            part.begin += (difference + 1) / 2;
            part.before += difference;
            nanos += difference * (end - change.at()) as i64;
        }
        let (mut level, mut most) = (0, i64::MIN);
        for part in &mut parts {
            level += std::mem::replace(&mut part.before, level);
            most = most.max(level);
        }
        let may_have_more = |change: &&Change| {
            let part = parts[part_of(change)];
            part.before + part.begin > most
        };
        let mut busy: Vec<Change> = changes.iter().filter(may_have_more).copied().collect();
        busy.sort_unstable();
        for of_part in busy.chunk_by(|one, other| part_of(one) == part_of(other)) {
            let part = part_of(&of_part[0]);
            let (mut level, mut since) = (parts[part].before, start + ((part as u64) << shift));
            for change in of_part {
                most = most.max(if change.at() > since { level } else { i64::MIN });
                since = change.at();
                level += change.difference();
            }
        }
        let most = (end > start).then_some(most);
        Slice { nanos, most, at_end: level, length: end - start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(nanos: u64, begins: bool) -> Change {
        Change::new(Instant::from_nanos(nanos), begins)
    }

    #[test]
    fn groups_together_have_what_all_their_changes_in_order_have() {
        // Invocation k of a group begins at 97 k and takes 150 to 302.
        let begin = |group: u64, number: u64| 100 + number * 97 + group * 13;
        let of_group = |group| {
            let of_one = move |number| {
                let begin = begin(group, number);
                [change(begin, true), change(begin + 150 + 38 * group, false)]
            };
            (0..40).rev().flat_map(of_one)
        };
        let mut groups: Vec<Changes> = (0..5)
            .map(|group| {
                let mut changes = Changes::new(Duration::from_nanos(10_000));
                for change in of_group(group) {
                    changes.add(Instant::from_nanos(change.at()), change.difference() > 0);
                }
                changes
            })
            .collect();
        let together =
            gather(3, Instant::from_nanos(10_000), &mut groups.iter_mut().collect::<Vec<_>>());
        let mut all: Vec<Change> = (0..5).flat_map(of_group).collect();
        all.sort();
        let (mut level, mut since, mut nanos, mut most) = (3u32, 0, 0, 0);
        for change in all.into_iter().chain([change(10_000, false)]) {
            nanos += u128::from(level) * u128::from(change.at() - since);
            most = if change.at() > since { most.max(level) } else { most };
            since = change.at();
            level = level.checked_add_signed(change.difference() as i32).expect("above 0");
        }
        assert_eq!(together, InFlight { nanos, most, at_end: 3 });
    }

    #[test]
    fn what_ends_and_begins_at_one_instant_was_never_in_flight_at_once() {
        let mut changes = Changes::new(Duration::from_nanos(100));
        for (at, begins) in [(20, true), (30, false), (10, true), (20, false)] {
            changes.add(Instant::from_nanos(at), begins);
        }
        let expected = InFlight { nanos: 20, most: 1, at_end: 0 };
        assert_eq!(gather(0, Instant::from_nanos(100), &mut [&mut changes]), expected);
    }
}
