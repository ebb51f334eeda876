//! Quantities with units: the vocabulary every other layer speaks.
//!
//! | type | meaning | stored as |
//! |---|---|---|
//! | [`Instant`] | a point of virtual time, counted from the scenario's start | whole nanoseconds |
//! | [`Duration`] | a length of virtual time | whole nanoseconds |
//! | [`Bytes`] | a size | whole bytes |
//! | [`Rate`] | events per second | finite `f64`, not negative |
//! | [`Probability`] | a chance | `f64` in `0..=1` |
//! | [`Limit`] | a bound that may be absent | the bound |
//!
//! Arithmetic on time is checked: an overflow is a bug and panics with the values (S1.1).
//! Left out: calendar dates, which only exports need and `scenario` converts.

mod bytes;
mod decimal;
mod limit;
mod parse;
mod probability;
mod rate;
mod time;

pub use bytes::Bytes;
pub use limit::Limit;
pub use parse::{
    UnitError, parse_bytes, parse_duration, parse_multiple, parse_probability, parse_rate,
};
pub use probability::Probability;
pub use rate::Rate;
pub use time::{Duration, Instant};
