//! The event calendar: what will happen next, in a total order.
//!
//! Events are ordered by (time, ordinal): at equal times the one scheduled first comes first, so
//! a run never depends on how the heap happens to break ties. Both are packed into one 128-bit
//! key, which makes a comparison cheap. A few events are kept in a list in order, for which a heap
//! would do more than it saves; only more than that go to a heap. Reference: Banks et al.,
//! *Discrete-Event System Simulation*, chapter 3 (event-scheduling world view).
//!
//! Left out: removing an event. Whoever scheduled an event that no longer applies recognises it
//! when it is due and ignores it.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::units::Instant;

/// Events that are kept without a heap.
const LIST_CAPACITY: usize = 8;

/// Pending events in the order in which they happen.
#[derive(Debug, Clone)]
pub struct EventCalendar<E> {
    /// Some events, the next of them last.
    list: Vec<Entry<E>>,
    /// The others.
    heap: BinaryHeap<Entry<E>>,
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
        let list = Vec::with_capacity(LIST_CAPACITY);
        EventCalendar { list, heap: BinaryHeap::new(), scheduled: 0 }
    }

    /// Lets `event` happen at `at`, after everything scheduled for that time before.
    #[inline]
    pub fn schedule(&mut self, at: Instant, event: E) {
        let key = u128::from(at.as_nanos()) << 64 | u128::from(self.scheduled);
        self.scheduled += 1;
        let entry = Entry { key, event };
        if self.list.len() < LIST_CAPACITY && self.heap.is_empty() {
            let is_later = |other: &Entry<E>| other.key > key;
            let place = self.list.iter().take_while(|other| is_later(other)).count();
            self.list.insert(place, entry);
        } else {
            self.heap.push(entry);
        }
    }

    /// Removes and returns the next event with its time.
    #[inline]
    pub fn pop(&mut self) -> Option<(Instant, E)> {
        let entry = if self.is_next_listed() { self.list.pop() } else { self.heap.pop() }?;
        Some((Instant::from_nanos((entry.key >> 64) as u64), entry.event))
    }

    /// The time of the next event.
    #[inline]
    pub fn next_time(&self) -> Option<Instant> {
        let next = if self.is_next_listed() { self.list.last() } else { self.heap.peek() };
        next.map(|entry| Instant::from_nanos((entry.key >> 64) as u64))
    }

    /// Whether the next event is in the list.
    #[inline]
    fn is_next_listed(&self) -> bool {
        match (self.list.last(), self.heap.peek()) {
            (Some(listed), Some(heaped)) => listed.key < heaped.key,
            (listed, _) => listed.is_some(),
        }
    }

    /// Number of events that have been taken out.
    pub fn happened(&self) -> u64 {
        self.scheduled - self.len() as u64
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.list.len() + self.heap.len()
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
        let order: Vec<u64> = std::iter::from_fn(|| calendar.pop()).map(|(_, e)| e).collect();
        assert_eq!(order, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn events_of_one_time_come_out_in_the_order_they_were_scheduled() {
        let mut calendar = EventCalendar::new();
        for name in 0..100 {
            calendar.schedule(Instant::from_secs(7), name);
            calendar.schedule(Instant::from_secs(8 + name), 1000 + name);
        }
        let order: Vec<u64> =
            std::iter::from_fn(|| calendar.pop()).map(|(_, e)| e).take(100).collect();
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
                calendar.schedule(Instant::from_secs(at), number);
                pending.push((at, number));
                number += 1;
            } else {
                let next = pending.iter().copied().min().expect("events are pending");
                pending.retain(|event| *event != next);
                let taken = calendar.pop().expect("events are pending");
                assert_eq!(taken, (Instant::from_secs(next.0), next.1));
            }
            assert_eq!(calendar.len(), pending.len());
        }
        assert!(calendar.is_empty());
    }

    #[test]
    fn the_next_time_is_that_of_the_next_event() {
        let mut calendar = EventCalendar::new();
        assert_eq!(calendar.next_time(), None);
        calendar.schedule(Instant::from_secs(9), ());
        calendar.schedule(Instant::from_secs(3), ());
        assert_eq!(calendar.next_time(), Some(Instant::from_secs(3)));
        assert_eq!(calendar.pop().map(|(at, ())| at), Some(Instant::from_secs(3)));
        assert_eq!((calendar.happened(), calendar.len()), (1, 1));
    }
}
