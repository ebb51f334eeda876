//! Statistics over replications, and the verdict that comes before them.
//!
//! | module | question |
//! |---|---|
//! | `stability` | can the load be carried at all? |
//! | `load` | what are lanes asked to carry, and what can they? |
//! | `interval` | how sure is a mean over replications, how many does it take? |
//! | [`batch_means`] | the same from inside one long run |
//! | [`warm_up`] | how much of a run's beginning to leave out? |
//! | `run_length` | how long must a run be for its load? |
//! | [`jackknife`] | how sure is a ratio of two means? |
//! | `input_uncertainty` | how far off may a figure be because its inputs are not known? |
//! | `paired` | do two variants differ? |
//! | `unpaired` | the same where only means and intervals are left |
//! | `pareto` | which are the best compromises between two figures? |
//! | `ranking` | which of several needs more replications to find the best? |
//! | `selection` | which is the best that meets its targets, and how sure is that? |
//! | `quantile` | percentiles and their intervals |
//! | `student`, `normal` | distributions, for the intervals |
//! | `beta` | the incomplete beta function, for Student's t and the binomial law |
//!
//! Sources stand beside the formulas; the general ones are Law, *Simulation Modeling and
//! Analysis*, 5th ed. 2015, and Gross et al., *Fundamentals of Queueing Theory*, 5th ed. 2018.
//!
//! Everything here is a pure function of numbers: no model, no clock, and no mathematics of the
//! platform (only `libm`), so that the same samples give the same bits everywhere.
//!
//! Left out: procedures for more than one figure at a time.

pub mod batch_means;
pub(crate) mod beta;
pub(crate) mod input_uncertainty;
pub(crate) mod interval;
pub mod jackknife;
pub(crate) mod load;
pub(crate) mod normal;
pub(crate) mod paired;
pub(crate) mod pareto;
pub(crate) mod quantile;
pub(crate) mod ranking;
pub(crate) mod run_length;
pub(crate) mod selection;
pub(crate) mod stability;
pub(crate) mod student;
pub(crate) mod unpaired;
pub mod warm_up;

pub use batch_means::batch_means_interval;
pub use interval::{Precision, relative_half_width, replications_needed, t_interval};
pub use jackknife::ratio_interval;
pub use load::{LaneLoad, OfferedLoad, ServiceTime};
pub use paired::paired_difference;
pub use pareto::pareto_front;
pub use quantile::{RankInterval, empirical_quantile, quantile_interval};
pub use ranking::ocba_allocation;
pub use stability::assess;
pub use unpaired::unpaired_difference;
pub use warm_up::mser5;
