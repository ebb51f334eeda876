//! Statistics over replications, and the verdict that comes before them.
//!
//! | module | question | source |
//! |---|---|---|
//! | [`stability`] | can the load be carried at all? | Gross et al., *Fundamentals of Queueing Theory* |
//! | [`interval`] | how sure is a mean over replications? | Law, *Simulation Modeling and Analysis*, ch. 9 |
//! | [`paired`] | do two variants differ? | Law, ch. 10 |
//! | [`quantile`] | percentiles and their intervals | Hyndman and Fan 1996; Conover 1999 |
//! | [`student`] | Student's t distribution | Abramowitz and Stegun, ch. 26 |
//! | [`beta`] | the incomplete beta function under both | DLMF 8.17; Press et al. 2007 |
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
