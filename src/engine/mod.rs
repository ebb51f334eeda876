//! Discrete-event simulation: events, virtual time and random numbers, without a word of AWS.
//!
//! | module | owns |
//! |---|---|
//! | [`calendar`] | pending events in a total order |
//! | [`mod@run`] | the loop that lets them happen, with limits |
//! | [`random`] | random streams that have an address |
//! | [`samplers`] | one distribution per file, the same bits on every machine |

pub mod calendar;
pub mod random;
pub mod run;
pub mod samplers;

pub use calendar::EventCalendar;
pub use random::{Purpose, RandomSource, RandomStream};
pub use run::{RunEnd, RunLimits, run};
