//! Replications of every variant in parallel.
//!
//! They are begun in the order of their numbers, all variants of a number one after another, and
//! collected by their place, so that threads change nothing. After a [`Stop`](super::Stop) those
//! not yet begun are left out, and with them the same numbers of the other variants: comparisons
//! stay paired. Where one reaches a limit, those of lower numbers are run and kept, so that what is
//! left does not depend on threads either. Left out: who decides how many there are.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::batches::batch_length;
use super::replication::{self, Measuring, Replication, ReplicationPlan};
use super::warm_up::WarmUp;
use super::{Progress, RunError, RunOptions};
use crate::model::settings::Horizon;
use crate::scenario::{Scenario, Variant};
use crate::units::Instant;

/// Replications `from..to` of every variant.
pub(super) struct Batch<'a> {
    /// What is run.
    pub scenario: &'a Scenario,
    /// How.
    pub options: &'a RunOptions,
    /// Spans that measured figures are about.
    pub spans: &'a [(Instant, Instant)],
    /// The first number.
    pub from: u32,
    /// The number behind the last.
    pub to: u32,
    /// What is left out at the beginning.
    pub warm_up: &'a WarmUp,
}

impl Batch<'_> {
    /// A single replication of a steady state is cut into batches.
    fn measuring(&self, variant: &Variant) -> Measuring {
        let warm_up = self.warm_up.ends_at;
        let batch = match (self.warm_up.summary.batches, variant.settings.horizon) {
            (Some(_), Horizon::For(length)) => batch_length(length, warm_up),
            (None, _) | (_, Horizon::Drained { .. }) => None,
        };
        Measuring { warm_up, batch }
    }

    /// Runs them and puts them behind the replications of their variants.
    ///
    /// # Errors
    /// When one reaches a limit: that of the lowest number, and all before it are there.
    pub fn run(
        &self,
        replications: &mut [Vec<Replication>],
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), RunError> {
        let runs: Vec<&[Variant]> = self.scenario.runs().collect();
        let plans: Vec<ReplicationPlan<'_>> = (self.from..self.to)
            .flat_map(|number| runs.iter().map(move |&variants| (variants, number)))
            .map(|(variants, number)| ReplicationPlan {
                variants,
                seed: self.scenario.seed,
                number,
                spans: self.spans,
                limits: self.options.limits,
                measuring: self.measuring(&variants[0]),
            })
            .collect();
        let done = AtomicU64::new(u64::from(self.from) * runs.len() as u64);
        let planned = u64::from(self.to) * runs.len() as u64;
        let failed = AtomicU32::new(u32::MAX);
        let run_one = |plan: &ReplicationPlan<'_>| {
            if self.options.stop.is_set() || plan.number > failed.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let replication = replication::run(plan);
            if replication.is_err() {
                failed.fetch_min(plan.number, Ordering::Relaxed);
            }
            progress(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, planned });
            replication.map(Some)
        };
        type Run = Result<Option<Vec<Replication>>, RunError>;
        let finished: Vec<Run> = plans.par_iter().map(run_one).collect();
        let mut finished = finished.into_iter();
        for _ in self.from..self.to {
            let of_number = Vec::from_iter(finished.by_ref().take(runs.len())).into_iter();
            let of_number: Option<Vec<Vec<Replication>>> = of_number.collect::<Result<_, _>>()?;
            let consumers = of_number.into_iter().flatten().flatten();
            for (of_variant, replication) in replications.iter_mut().zip(consumers) {
                of_variant.push(replication);
            }
        }
        Ok(())
    }
}
