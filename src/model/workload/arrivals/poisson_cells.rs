//! A Poisson process record by record: its cells, each put in order when it is reached.

use super::Passed;
use crate::model::workload::cell::RECORDS_MAX;
use crate::model::workload::cell_cursor::CellCursor;
use crate::units::Instant;

/// Position in the records of a Poisson process.
#[derive(Debug, Clone)]
pub(in crate::model::workload) struct PoissonCells {
    cells: CellCursor,
    /// The arrivals of the cell that was reached ...
    arrivals: [Instant; RECORDS_MAX as usize],
    /// ... their number ...
    count: usize,
    /// ... and how many of them are passed.
    passed: usize,
}

impl PoissonCells {
    /// The process of these cells, at its beginning.
    pub(in crate::model::workload) fn new(cells: CellCursor) -> PoissonCells {
        let arrivals = [Instant::START; RECORDS_MAX as usize];
        PoissonCells { cells, arrivals, count: 0, passed: 0 }
    }

    #[inline]
    pub(in crate::model::workload) fn advance(&mut self) -> Option<Instant> {
        while self.passed == self.count {
            self.count = self.cells.advance()?.sorted(&mut self.arrivals);
            self.passed = 0;
        }
        self.passed += 1;
        Some(self.arrivals[self.passed - 1])
    }

    /// Passes `ahead` and all up to `until`: whole cells by their counts.
    pub(in crate::model::workload) fn pass_through(
        &mut self,
        ahead: Instant,
        until: Instant,
    ) -> Passed {
        let (mut count, mut last) = (1, ahead);
        loop {
            if self.passed == self.count {
                // The last whole cell is looked at, since it knows the last arrival.
                count += self.cells.skip_all_but_one(until);
            }
            match self.advance() {
                Some(next) if next <= until => {
                    count += 1;
                    last = next;
                }
                next => return Passed { count, last, next },
            }
        }
    }
}
