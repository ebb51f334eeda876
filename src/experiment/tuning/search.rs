//! The search: a first stage for all, then replications where they decide something.
//!
//! All combinations see the same random numbers in replication n, so they are compared in pairs
//! ([`crate::analysis::selection`], which also names the sources). The search ends when the answer
//! is as probable as was wanted, when more replications cannot change it, or when its budget is
//! used up. How many replications run at once does not depend on the threads, so the answer does
//! not either. Left out: a replication that is stopped early because it is hopeless.

use std::ops::Range;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::super::limits::ReplicationLimits;
use super::super::replication::Measuring;
use super::super::{Progress, RunError};
use super::design::{Design, Row};
use crate::analysis::selection::{
    Observed, Selection, adjusted_means, best, most_starving, select,
};

/// Replications that are given out before the answer is looked at again, at least and at most.
const ROUND: (usize, usize) = (4, 32);

/// The chosen combination is run at least so often, if the budget allows it.
const CHOSEN_AT_LEAST: usize = 10;

/// No combination is run more often.
const REPLICATIONS_MAX: usize = 10_000;

/// What limits a search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Replications of every combination at first, at least 2.
    pub first: usize,
    /// Replications of all together.
    pub budget: u64,
    /// How probable the answer should be.
    pub probability: f64,
    /// Objectives that differ by this share are as good as each other.
    pub indifference: f64,
}

/// What runs replications.
pub(super) struct Runner<'a> {
    pub designs: &'a [Design],
    pub measuring: Measuring,
    pub replication: ReplicationLimits,
    pub maximize: bool,
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// What a search gave.
pub(super) struct Found {
    /// By design: the figures of its replications, in order.
    pub rows: Vec<Vec<Row>>,
    /// By design; empty for those that were not run.
    pub observed: Vec<Observed>,
    /// The best, by design.
    pub best: Option<usize>,
    pub probability: f64,
    pub replications: u64,
}

impl Runner<'_> {
    /// Searches among the designs with these indices, never none.
    pub fn search(&self, among: &[usize], limits: Limits) -> Result<Found, RunError> {
        let mut state = State { rows: vec![Vec::new(); self.designs.len()], spent: 0, limits };
        self.extend(&mut state, among, &vec![limits.first; among.len()])?;
        let selection = loop {
            let observed = self.observed(&state, among);
            let selection = select(&observed, self.indifference(&observed, limits));
            let have: Vec<usize> = observed.iter().map(|one| one.objective.len()).collect();
            let left = usize::try_from(limits.budget.saturating_sub(state.spent));
            let left = left.unwrap_or(usize::MAX);
            let wanted = match selection.probability >= limits.probability {
                true => confirming(&selection, &have, left),
                false => {
                    let round = (among.len() / 4).clamp(ROUND.0, ROUND.1).min(left);
                    most_starving(&have, &selection.shares, round, REPLICATIONS_MAX)
                }
            };
            if wanted == have {
                break selection;
            }
            self.extend(&mut state, among, &wanted)?;
        };
        let mut all = vec![Observed::default(); self.designs.len()];
        for (index, observed) in among.iter().zip(self.observed(&state, among)) {
            all[*index] = observed;
        }
        Ok(Found {
            observed: all,
            best: selection.best.map(|best| among[best]),
            probability: selection.probability,
            replications: state.spent,
            rows: state.rows,
        })
    }

    /// Runs what is missing of the wanted numbers of replications.
    fn extend(&self, state: &mut State, among: &[usize], wanted: &[usize]) -> Result<(), RunError> {
        let mut jobs: Vec<(usize, u32)> = Vec::new();
        for (index, wanted) in among.iter().zip(wanted) {
            let have = state.rows[*index].len();
            jobs.extend((have..*wanted).map(|number| (*index, number as u32)));
        }
        let run = |&(index, number): &(usize, u32)| {
            self.designs[index].run(number, self.measuring, self.replication)
        };
        let rows: Result<Vec<Row>, RunError> = jobs.par_iter().map(run).collect();
        for ((index, _), row) in jobs.iter().zip(rows?) {
            state.rows[*index].push(row);
        }
        state.spent += jobs.len() as u64;
        (self.progress)(Progress { done: state.spent, planned: state.limits.budget });
        Ok(())
    }

    /// Replications of one design.
    pub fn rows(&self, design: usize, numbers: Range<usize>) -> Result<Vec<Row>, RunError> {
        let numbers: Vec<u32> = numbers.map(|number| number as u32).collect();
        let run =
            |number: &u32| self.designs[design].run(*number, self.measuring, self.replication);
        numbers.par_iter().map(run).collect()
    }

    fn observed(&self, state: &State, among: &[usize]) -> Vec<Observed> {
        among.iter().map(|index| self.observed_of(*index, &state.rows[*index])).collect()
    }

    /// The figures of a design as a selection sees them: small is good, above 0 misses a target.
    pub fn observed_of(&self, design: usize, rows: &[Row]) -> Observed {
        let design = &self.designs[design];
        let sign = if self.maximize { -1.0 } else { 1.0 };
        let excess = |target: usize| {
            let values = rows.iter().map(move |row| row.targets[target]);
            values.map(|value| value.map(|value| design.excess(target, value))).collect()
        };
        Observed {
            objective: rows.iter().map(|row| row.objective.map(|one| one * sign)).collect(),
            excesses: (0..design.targets.len()).map(excess).collect(),
        }
    }

    /// The indifference in units of the objective.
    fn indifference(&self, observed: &[Observed], limits: Limits) -> f64 {
        let mean = best(observed, None).and_then(|best| adjusted_means(observed)[best]);
        mean.map_or(0.0, |mean| mean.abs() * limits.indifference)
    }
}

/// Replications so far.
struct State {
    rows: Vec<Vec<Row>>,
    spent: u64,
    limits: Limits,
}

/// More replications of what was chosen, so that its figures are known well enough to be shown.
fn confirming(selection: &Selection, have: &[usize], left: usize) -> Vec<usize> {
    let mut wanted = have.to_vec();
    if let Some(best) = selection.best {
        let missing = CHOSEN_AT_LEAST.saturating_sub(have[best]).min(left);
        wanted[best] += missing;
    }
    wanted
}
