//! The event calendar: what will happen next, in a total order.
//!
//! Events are ordered by (time, ordinal): at equal times the one scheduled first comes first, so
//! a run never depends on how the heap happens to break ties. Both are packed into one 128-bit
//! key, which makes a comparison cheap. A few events are kept in a list in order, for which a heap
//! would do more than it saves; only more than that go to a heap. Events that are scheduled in the
//! order in which they happen, such as polls an interval ahead, need neither: they have a queue.
//! Reference: Banks et al., *Discrete-Event System Simulation*, chapter 3 (event-scheduling world
//! view).
//!
//! Left out: removing an event. Whoever scheduled an event that no longer applies recognises it
//! when it is due and ignores it.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use crate::units::Instant;

/// Events that are kept without a heap.
const LIST_CAPACITY: usize = 32;

/// The key of no event.
const NONE: u128 = u128::MAX;

/// Pending events in the order in which they happen.
#[derive(Debug, Clone)]
pub struct EventCalendar<E> {
    /// Some events, the next of them last.
    list: Vec<Entry<E>>,
    /// The others ...
    heap: BinaryHeap<Entry<E>>,
    /// ... but for those that were scheduled in order.
    queue: VecDeque<Entry<E>>,
    /// Key of the first in the queue; [`NONE`] if that is empty.
    queued: u128,
    scheduled: u64,
}

#[derive(Debug, Clone)]
struct Entry<E> {
    key: u128,
    event: E,
}

impl<E> EventCalendar<E> {
    /// An empty calendar.
    pub fn new() -> EventCalendar<E> {
        EventCalendar {
            list: Vec::with_capacity(LIST_CAPACITY),
            heap: BinaryHeap::new(),
            queue: VecDeque::new(),
            queued: NONE,
            scheduled: 0,
        }
    }

    /// Lets `event` happen at `at`, after everything scheduled for that time before.
    #[inline]
    pub fn schedule(&mut self, at: Instant, event: E) {
        let entry = self.entry(at, event);
        self.insert(entry);
    }

    /// The same for events of a kind that are mostly scheduled in the order in which they happen.
    #[inline]
    pub fn schedule_in_order(&mut self, at: Instant, event: E) {
        let entry = self.entry(at, event);
        match self.queue.back() {
            Some(last) if last.key > entry.key => self.insert(entry),
            last => {
                self.queued = if last.is_none() { entry.key } else { self.queued };
                self.queue.push_back(entry);
            }
        }
    }

    #[inline]
    fn entry(&mut self, at: Instant, event: E) -> Entry<E> {
        let key = u128::from(at.as_nanos()) << 64 | u128::from(self.scheduled);
        self.scheduled += 1;
        Entry { key, event }
    }

    #[inline]
    fn insert(&mut self, entry: Entry<E>) {
        if self.list.len() < LIST_CAPACITY {
            let is_later = |other: &Entry<E>| other.key > entry.key;
            let place = self.list.iter().take_while(|other| is_later(other)).count();
            self.list.insert(place, entry);
        } else {
            self.heap.push(entry);
        }
    }

    /// Removes and returns the next event with its time if that is before `horizon`.
    #[inline]
    pub fn pop_before(&mut self, horizon: Instant) -> Option<(Instant, E)> {
        let key = |entry: Option<&Entry<E>>| entry.map_or(NONE, |entry| entry.key);
        let (listed, heaped) = (key(self.list.last()), key(self.heap.peek()));
        let next = listed.min(heaped).min(self.queued);
        let at = Instant::from_nanos((next >> 64) as u64);
        if at >= horizon {
            return None;
        }
        let entry = if next == self.queued {
            let entry = self.queue.pop_front();
            self.queued = key(self.queue.front());
            entry
        } else if next == listed {
            self.list.pop()
        } else {
            self.heap.pop()
        };
        Some((at, entry?.event))
    }

    /// Number of events that have been taken out.
    pub fn happened(&self) -> u64 {
        self.scheduled - self.len() as u64
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.list.len() + self.heap.len() + self.queue.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<E> Default for EventCalendar<E> {
    fn default() -> EventCalendar<E> {
        EventCalendar::new()
    }
}

// The heap keeps its greatest entry on top, so the order is reversed: earliest first.
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Entry<E>) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Entry<E>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Entry<E>) -> bool {
        self.key == other.key
    }
}

impl<E> Eq for Entry<E> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_by_time() {
        let mut calendar = EventCalendar::new();
        for seconds in [5, 1, 4, 2, 3] {
            calendar.schedule(Instant::from_secs(seconds), seconds);
        }
        let order: Vec<u64> = std::iter::from_fn(|| calendar.pop_before(Instant::FAR_FUTURE))
            .map(|(_, e)| e)
            .collect();
        assert_eq!(order, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn events_of_one_time_come_out_in_the_order_they_were_scheduled() {
        let mut calendar = EventCalendar::new();
        for name in 0..100 {
            calendar.schedule(Instant::from_secs(7), name);
            calendar.schedule(Instant::from_secs(8 + name), 1000 + name);
        }
        let order: Vec<u64> = std::iter::from_fn(|| calendar.pop_before(Instant::FAR_FUTURE))
            .map(|(_, e)| e)
            .take(100)
            .collect();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn many_events_come_out_in_the_same_order_as_few() {
        let mut calendar = EventCalendar::new();
        let mut pending: Vec<(u64, u64)> = Vec::new();
        let mut number = 0;
        // Grows to 40 pending events, shrinks to none, and so on.
        for step in 0u64..2_000 {
            if step / 40 % 2 == 0 {
                let at = step * 7919 % 97;
                match step % 3 {
                    0 => calendar.schedule(Instant::from_secs(at), number),
                    _ => calendar.schedule_in_order(Instant::from_secs(at), number),
                }
                pending.push((at, number));
                number += 1;
            } else {
                let next = pending.iter().copied().min().expect("events are pending");
                pending.retain(|event| *event != next);
                let taken = calendar.pop_before(Instant::FAR_FUTURE).expect("events are pending");
                assert_eq!(taken, (Instant::from_secs(next.0), next.1));
            }
            assert_eq!(calendar.len(), pending.len());
        }
        assert!(calendar.is_empty());
    }

    #[test]
    fn an_event_at_the_horizon_stays() {
        let mut calendar = EventCalendar::new();
        calendar.schedule(Instant::from_secs(9), 'b');
        calendar.schedule(Instant::from_secs(3), 'a');
        let until = |seconds| Instant::from_secs(seconds);
        assert_eq!(calendar.pop_before(until(3)), None);
        assert_eq!(calendar.pop_before(until(4)), Some((until(3), 'a')));
        assert_eq!(calendar.pop_before(until(9)), None);
        assert_eq!((calendar.happened(), calendar.len()), (1, 1));
    }
}
