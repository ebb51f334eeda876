//! Discrete-event simulation: events, virtual time and random numbers, without a word of AWS.
//!
//! | module | owns |
//! |---|---|
//! | [`calendar`] | pending events in a total order |
//! | [`mod@run`] | the loop that lets them happen, with limits |
//! | `processor` | what this processor can do at once |
//! | [`random`] | random streams that have an address |
//! | [`samplers`] | one distribution per file, the same bits on every machine |

pub mod calendar;
pub(crate) mod processor;
pub mod random;
pub mod run;
pub mod samplers;

pub use calendar::EventCalendar;
pub(crate) use processor::simd_level;
pub use random::{HashedWords, Purpose, RandomSource, RandomStream};
pub use run::{RunEnd, RunLimits, run};
