//! Statistics over replications, and the verdict that comes before them.
//!
//! | module | question |
//! |---|---|
//! | [`stability`] | can the load be carried at all? |
//! | [`interval`] | how sure is a mean over replications, how many does it take? |
//! | [`paired`] | do two variants differ? |
//! | [`quantile`] | percentiles and their intervals |
//! | [`student`] | Student's t distribution, for the intervals |
//! | [`beta`] | the incomplete beta function, for Student's t and the binomial law |
//!
//! Sources stand beside the formulas; the general ones are Law, *Simulation Modeling and
//! Analysis*, 5th ed. 2015, and Gross et al., *Fundamentals of Queueing Theory*, 5th ed. 2018.
//!
//! Everything here is a pure function of numbers: no model, no clock, and no mathematics of the
//! platform (only `libm`), so that the same samples give the same bits everywhere.
//!
//! Left out: warm-up detection, ranking and selection, and Pareto fronts. Runs start empty and
//! count from the start, as a planner's day does, and variants are compared in pairs.

pub mod beta;
pub mod interval;
pub mod paired;
pub mod quantile;
pub mod stability;
pub mod student;

pub use interval::{Precision, relative_half_width, replications_needed, t_interval};
pub use paired::paired_difference;
pub use quantile::{RankInterval, empirical_quantile, quantile_interval};
pub use stability::{LaneLoad, OfferedLoad, ServiceTime, assess};
