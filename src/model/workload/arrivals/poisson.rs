//! A Poisson process of few events: independent exponential gaps, each rounded to whole
//! nanoseconds. Records, of which there are many, come in stretches (`poisson_stretches`).

use super::whole_nanos;
use crate::engine::RandomStream;
use crate::engine::samplers::Exponential;
use crate::units::Instant;

/// Position in a Poisson process.
#[derive(Debug, Clone)]
pub(in crate::model) struct Poisson {
    gaps: RandomStream,
    exponential: Exponential,
    mean_gap_nanos: f64,
    now: Instant,
    end: Instant,
}

impl Poisson {
    /// The process with `rate` records per second from `from` to before `end`.
    pub(in crate::model::workload) fn new(
        rate: f64,
        gaps: RandomStream,
        from: Instant,
        end: Instant,
    ) -> Poisson {
        Poisson {
            gaps,
            exponential: Exponential::new(),
            mean_gap_nanos: 1e9 / rate,
            now: from,
            end,
        }
    }

    #[inline]
    pub(in crate::model::workload) fn advance(&mut self) -> Option<Instant> {
        let gap = self.exponential.sample(&mut self.gaps) * self.mean_gap_nanos;
        self.now = self.now.saturating_add(whole_nanos(gap));
        (self.now < self.end).then_some(self.now)
    }
}
