//! Many points of a scenario: planned once, run on one machine or on many, put together.
//!
//! | file | does |
//! |---|---|
//! | [`plan`] | all points with the scenario and its files, as one document |
//! | `store` | one finished file for each point, written whole or not at all |
//! | [`run`](fn@run) | runs the points that are missing |
//! | `shard` | which points a machine of several runs |
//! | [`merge`](fn@merge) | all finished points to the results |
//!
//! All points have the scenario's seed, so differences between them are of the settings (common
//! random numbers; Law, *Simulation Modeling and Analysis*, 11.2). Results are always read from
//! the files of finished points: an interrupted sweep, a resumed one and one on many machines give
//! the same bytes. A point's file carries the hash of the plan, which is made of the resolved
//! settings of all points and the version, so no point of another plan is taken for one of this.
//! Left out: engines that start the machines; the command line prints their job files.

mod axes;
mod merge;
pub mod plan;
mod run;
pub(crate) mod shard;
pub(crate) mod store;

pub use merge::merge;
pub use plan::Plan;
pub use run::{SweepProgress, run};
pub use shard::Shard;
pub use store::{Status, Store};

use std::io;
use std::path::PathBuf;

use super::RunError;
use crate::scenario::Diagnostics;

/// Why a sweep, or a part of it, gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A point cannot be read as a scenario.
    #[error("point {point} of the sweep: {errors}")]
    Point {
        /// Number of the point, from 1.
        point: usize,
        /// Its mistakes.
        errors: Diagnostics,
    },
    /// A point did not run to its end.
    #[error("point {point} ({levels}): {error}; finished points are kept")]
    Run {
        /// Number of the point, from 1.
        point: usize,
        /// Its levels.
        levels: String,
        /// Why.
        error: RunError,
    },
    /// A point no longer means what was planned.
    #[error(
        "point {point} is not what was planned ({found} instead of {planned}); plan the sweep anew \
         with `shardlag sweep plan`"
    )]
    Changed {
        /// Number of the point, from 1.
        point: usize,
        /// Fingerprint of the plan.
        planned: String,
        /// Fingerprint now.
        found: String,
    },
    /// Threads cannot be started.
    #[error("{0}")]
    Threads(RunError),
    /// A file of a point or a plan cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, io::Error),
    /// A document is not what it should be.
    #[error("{}: {}", .0.display(), .1)]
    Document(PathBuf, String),
    /// Points are missing.
    #[error("{missing} of {points} points are not finished: {which}; {remedy}")]
    Missing {
        /// How many.
        missing: usize,
        /// Of so many.
        points: usize,
        /// Their numbers from 1.
        which: String,
        /// What to do.
        remedy: String,
    },
    /// A point has two different results.
    #[error(
        "point {point} has two different results, {} and {}; they are not of the same program or \
         one of them was changed: delete the wrong one", .files[0].display(), .files[1].display()
    )]
    Differing {
        /// Number of the point, from 1.
        point: usize,
        /// Where.
        files: [PathBuf; 2],
    },
}

/// Numbers as people write them: `1-4, 7`; at most a dozen stretches.
pub fn stretches(numbers: &[usize]) -> String {
    const SHOWN_MAX: usize = 12;
    let mut found: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            Some(_) | None => found.push((*number, *number)),
        }
    }
    let text = |(first, last): &(usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    let shown: Vec<String> = found.iter().take(SHOWN_MAX).map(text).collect();
    match found.len() > SHOWN_MAX {
        true => format!("{}, ...", shown.join(", ")),
        false => shown.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_written_as_a_stretch() {
        assert_eq!(stretches(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        let odd: Vec<usize> = (0..20).map(|number| 2 * number + 1).collect();
        assert!(stretches(&odd).ends_with("21, 23, ..."), "{}", stretches(&odd));
    }
}
