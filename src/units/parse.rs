//! Reading quantities with units, as people write them: `250ms`, `1.5KiB`, `200/s`, `1%`.

use super::{Bytes, Duration, Probability, Rate};

/// Why a text is not a quantity; the message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(pub String);

/// Reads a length of time: `250ms`, `1.5s`, `6h`, `1d`.
///
/// # Errors
/// When the unit is missing or unknown, or the number is negative or too large.
pub fn parse_duration(_text: &str) -> Result<Duration, UnitError> {
    unimplemented!()
}

/// Reads a size: `600B`, `1.5KiB`, `6MB`.
///
/// # Errors
/// When the unit is missing or unknown, or the number is negative or too large.
pub fn parse_bytes(_text: &str) -> Result<Bytes, UnitError> {
    unimplemented!()
}

/// Reads a rate: `200/s`, `66.3/min`, `1/h`.
///
/// # Errors
/// When the unit is missing or unknown, or the number is negative or too large.
pub fn parse_rate(_text: &str) -> Result<Rate, UnitError> {
    unimplemented!()
}

/// Reads a chance: `1%`, `1e-6`, `0.05`.
///
/// # Errors
/// When it is outside 0 to 1.
pub fn parse_probability(_text: &str) -> Result<Probability, UnitError> {
    unimplemented!()
}

/// Reads a multiple: `3x`, `1.5x`.
///
/// # Errors
/// When the `x` is missing or the number is not positive.
pub fn parse_multiple(_text: &str) -> Result<f64, UnitError> {
    unimplemented!()
}
