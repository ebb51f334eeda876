//! Runs the points of a plan that are not finished, and keeps each as soon as it is.
//!
//! Points and their replications run in parallel on the same threads, so few points with many
//! replications use them as well as many points with one. Which point is finished first changes
//! nothing: results are read from the files, in the order of the plan.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::super::comparison::subject::figures;
use super::super::{RunOptions, pool, run_here};
use super::store::Store;
use super::{Plan, SweepError};
use crate::results::{Estimate, SweptVariant, VariantSummary};
use crate::scenario::Files;
use crate::scenario::metrics::METRICS;

/// How far a sweep is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepProgress {
    /// Points that are finished, those of earlier runs not counted.
    pub points: u64,
    /// Replications that are done, of all points and variants.
    pub replications: u64,
}

/// Runs these points, by their numbers from 0, unless they are finished; gives how many it ran.
///
/// # Errors
/// When a point cannot be run or kept; those that were finished before stay.
pub fn run(
    plan: &Plan,
    store: &Store,
    indices: &[usize],
    options: &RunOptions,
    progress: &(dyn Fn(SweepProgress) + Sync),
) -> Result<usize, SweepError> {
    let files = plan.files()?;
    let missing: Vec<usize> = indices.iter().copied().filter(|index| !store.has(*index)).collect();
    store.prepare(&missing)?;
    let running =
        Running { plan, store, files: &files, options, progress, done: Counters::default() };
    let pool = pool(options.threads).map_err(SweepError::Threads)?;
    // One by one from the front, so that what is finished when a sweep is stopped is its beginning.
    let run_all = || missing.par_iter().with_max_len(1).try_for_each(|index| running.point(*index));
    pool.install(run_all)?;
    Ok(missing.len())
}

#[derive(Default)]
struct Counters {
    points: AtomicU64,
    replications: AtomicU64,
}

struct Running<'a> {
    plan: &'a Plan,
    store: &'a Store,
    files: &'a Files,
    options: &'a RunOptions,
    progress: &'a (dyn Fn(SweepProgress) + Sync),
    done: Counters,
}

impl Running<'_> {
    fn point(&self, index: usize) -> Result<(), SweepError> {
        let scenario = self.plan.scenario(index, self.files)?;
        let one_more = |_| {
            let replications = self.done.replications.fetch_add(1, Ordering::Relaxed) + 1;
            let points = self.done.points.load(Ordering::Relaxed);
            (self.progress)(SweepProgress { points, replications });
        };
        let run = run_here(&scenario, self.options, &one_more);
        let (results, _) = run.map_err(|error| SweepError::Run {
            point: index + 1,
            levels: self.plan.points[index].levels.join(", "),
            error,
        })?;
        let variants = results.summary.variants.iter().map(swept).collect();
        self.store.keep(self.plan, index, results.summary.replications, variants)?;
        let points = self.done.points.fetch_add(1, Ordering::Relaxed) + 1;
        let replications = self.done.replications.load(Ordering::Relaxed);
        (self.progress)(SweepProgress { points, replications });
        Ok(())
    }
}

fn swept(summary: &VariantSummary) -> SweptVariant {
    let named = METRICS.iter().zip(figures(summary));
    let figures = named
        .map(|(metric, figure)| (metric.name.to_owned(), figure.unwrap_or(Estimate::ABSENT)))
        .collect();
    SweptVariant {
        name: summary.name.clone(),
        stability: summary.stability.verdict,
        figures,
        is_on_front: false,
    }
}
