//! Pages that ticks fetched and that are still in their shard's log (S2.4, `buffered`).
//!
//! Ticks are mostly an interval apart, and a page is mostly all that there was to read or as many
//! records as a page holds. So pages are kept as runs of like ones an even time apart, and a shard
//! that is blocked for a day takes no more memory than one that is blocked for a second; where the
//! times of polls vary (`poll_jitter`), it takes a run for each tick.

use std::collections::VecDeque;

use crate::units::{Duration, Instant};

/// The pages, oldest first.
#[derive(Debug, Clone, Default)]
pub struct CountedPages {
    runs: VecDeque<Run>,
    /// Records of all of them that are left.
    records: u64,
    /// Records of the first that are not.
    taken: u64,
}

/// Like pages an even time apart.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: Instant,
    /// Zero until there is a second.
    distance: Duration,
    pages: u64,
    extent: Extent,
}

/// How much a tick fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that could be read and was not fetched before.
    All,
    /// So many records, since a page holds no more.
    Records(u64),
}

/// A page of which something may be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedPage {
    /// When it was fetched.
    pub read_at: Instant,
    /// Records of it that are left, at most: all that could be read then, or fewer.
    pub left: Option<u64>,
}

impl CountedPages {
    /// Records that are left.
    #[inline]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// A tick fetched a page with so many records, at least one.
    pub fn push(&mut self, read_at: Instant, records: u64, extent: Extent) {
        self.records += records;
        if let Some(run) = self.runs.back_mut().filter(|run| run.extent == extent) {
            let distance = read_at - run.last();
            if run.pages == 1 || run.distance == distance {
                (run.distance, run.pages) = (distance, run.pages + 1);
                return;
            }
        }
        self.runs.push_back(Run { first: read_at, distance: Duration::ZERO, pages: 1, extent });
    }

    /// The oldest page that is not passed.
    pub fn first(&self) -> Option<CountedPage> {
        let run = self.runs.front()?;
        let left = match run.extent {
            Extent::All => None,
            Extent::Records(records) => Some(records - self.taken),
        };
        Some(CountedPage { read_at: run.first, left })
    }

    /// So many records of the first page were read; `is_passed`: nothing of it is left.
    ///
    /// # Panics
    /// When more were read than are left, or the pages are passed and records are left, which is a
    /// bug.
    pub fn take(&mut self, records: u64, is_passed: bool) {
        assert!(records <= self.records, "{records} of {} counted records were read", self.records);
        self.records -= records;
        self.taken += records;
        if self.records == 0 {
            self.clear();
        } else if is_passed && let Some(run) = self.runs.front_mut() {
            self.taken = 0;
            run.first = run.first + run.distance;
            run.pages -= 1;
            if run.pages == 0 {
                self.runs.pop_front();
            }
            let left = self.records;
            assert!(!self.runs.is_empty(), "{left} counted records are not in the log");
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.runs.clear();
        (self.records, self.taken) = (0, 0);
    }
}

impl Run {
    fn last(&self) -> Instant {
        self.first + self.distance * (self.pages - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes everything, page by page, at most `most` records at a time: when each was read.
    fn taken(pages: &mut CountedPages, of_all: &[u64], most: u64) -> Vec<(Instant, u64)> {
        let (mut seen, mut of_all) = (Vec::new(), of_all.iter());
        while let Some(page) = pages.first() {
            let mut left = page.left.unwrap_or_else(|| *of_all.next().expect("a page"));
            while left > 0 {
                let records = left.min(most);
                left -= records;
                seen.push((page.read_at, records));
                pages.take(records, left == 0);
            }
        }
        seen
    }

    #[test]
    fn pages_come_out_as_they_went_in_and_even_ones_take_one_run() {
        let at = |number: u64| Instant::START + Duration::from_millis(250) * number;
        let mut pages = CountedPages::default();
        for number in 0..10_000 {
            pages.push(at(number), 40 + number % 2, Extent::All);
        }
        for number in 10_000..10_010 {
            pages.push(at(number), 100, Extent::Records(100));
        }
        pages.push(at(10_020), 3, Extent::All);
        pages.push(at(10_023), 4, Extent::All);
        pages.push(at(10_025), 5, Extent::All);
        assert_eq!((pages.runs.len(), pages.records()), (4, 405_000 + 1_000 + 12));
        let of_all: Vec<u64> = (0..10_000).map(|number| 40 + number % 2).chain([3, 4, 5]).collect();
        let seen = taken(&mut pages, &of_all, 60);
        let mut expected: Vec<(Instant, u64)> =
            (0..10_000).map(|number| (at(number), 40 + number % 2)).collect();
        expected.extend((10_000..10_010).flat_map(|number| [(at(number), 60), (at(number), 40)]));
        expected.extend([(at(10_020), 3), (at(10_023), 4), (at(10_025), 5)]);
        assert_eq!(seen, expected);
        assert_eq!((pages.records(), pages.first()), (0, None));
    }
}
