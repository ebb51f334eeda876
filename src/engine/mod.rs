//! Discrete-event simulation: events, virtual time and random numbers, without a word of AWS.

pub mod calendar;
pub mod random;
pub mod samplers;

pub use calendar::EventCalendar;
pub use random::{Purpose, RandomSource, RandomStream};
