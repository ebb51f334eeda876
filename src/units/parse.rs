//! Reading quantities with units, as people write them: `250ms`, `1.5KiB`, `200/s`, `1%`, `3x`.
//!
//! Times, sizes and money are read as exact decimals and rounded once, to the nearest nanosecond
//! or byte, so `0.1s` is 100,000,000 ns on every machine. Times may be compounds (`1h30m`).
//! Left out: signs (no quantity here is negative) and locale-dependent separators.

use super::decimal::{leading_decimal, plain_number, too_large, unit_size};
use super::{Bytes, Duration, Probability, Rate};

/// Why a text is not a quantity; the message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(pub String);

const TIME_UNITS: [(&str, u128); 10] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

const SIZE_UNITS: [(&str, u128); 9] = [
    ("B", 1),
    ("KB", 1_000),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

const TIME_UNIT_NAMES: &str = "ns, us, ms, s, min (or m), h, d";
const SIZE_UNIT_NAMES: &str = "B, KB, MB, GB, KiB, MiB, GiB, TiB";

/// Reads a length of time: `250ms`, `1.5s`, `6h`, `1d`, `1h30m`.
///
/// # Errors
/// When the unit is missing or unknown, or the number is negative or too large.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let mut rest = text.trim();
    let mut total: u128 = 0;
    let mut previous_unit = u128::MAX;
    if rest.is_empty() {
        return Err(UnitError("the text is empty; write a time such as `10s`".to_owned()));
    }
    while !rest.is_empty() {
        let (decimal, after_number) = leading_decimal(rest, text, "10s")?;
        let after_number = after_number.trim_start();
        let end = after_number.find(|c: char| !c.is_alphabetic()).unwrap_or(after_number.len());
        let (unit, after_unit) = after_number.split_at(end);
        if unit.is_empty() && !after_unit.is_empty() {
            return Err(UnitError(format!(
                "`{text}` is not understood; write for example `10s` or `1h30m`"
            )));
        }
        let nanos_per_unit = unit_size(&TIME_UNITS, unit, text, "s", TIME_UNIT_NAMES)?;
        if nanos_per_unit >= previous_unit {
            return Err(UnitError(format!(
                "in `{text}` the units do not get smaller; write for example `1h30m`"
            )));
        }
        previous_unit = nanos_per_unit;
        total = decimal
            .times(nanos_per_unit)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| too_large(text, "584 years"))?;
        rest = after_unit.trim_start();
    }
    match u64::try_from(total) {
        Ok(0) if text.contains(|c| ('1'..='9').contains(&c)) => Err(UnitError(format!(
            "`{text}` is less than a nanosecond; the shortest time is `1ns`"
        ))),
        Ok(nanos) => Ok(Duration::from_nanos(nanos)),
        Err(_) => Err(too_large(text, "584 years")),
    }
}

/// Reads a size: `600B`, `1.5KiB`, `6MB`.
///
/// # Errors
/// When the unit is missing or unknown, or the number is negative or too large.
pub fn parse_bytes(text: &str) -> Result<Bytes, UnitError> {
    let (decimal, unit) = leading_decimal(text.trim(), text, "600B")?;
    let factor = unit_size(&SIZE_UNITS, unit.trim(), text, "B", SIZE_UNIT_NAMES)?;
    let bytes = decimal
        .times(factor)
        .and_then(|bytes| u64::try_from(bytes).ok())
        .ok_or_else(|| too_large(text, "16 EiB"))?;
    if bytes == 0 && decimal.mantissa > 0 {
        return Err(UnitError(format!("`{text}` is less than a byte")));
    }
    Ok(Bytes::new(bytes))
}

/// Reads a rate: `200/s`, `66.3/min`, `1/h`, `1000/10s`.
///
/// # Errors
/// When the unit is missing or unknown, or the number is negative or too large.
pub fn parse_rate(text: &str) -> Result<Rate, UnitError> {
    let Some((count, period)) = text.split_once('/') else {
        let (_, rest) = leading_decimal(text.trim(), text, "200/s")?;
        return Err(match rest.trim() {
            "" => UnitError(format!("`{text}` has no unit; write `{}/s`", text.trim())),
            _ => UnitError(format!(
                "`{text}` is not a rate; write for example `200/s` or `66.3/min`"
            )),
        });
    };
    let count = plain_number(count, text, "200/s")?;
    let period = period.trim();
    let period = match period.starts_with(|c: char| c.is_ascii_digit()) {
        true => parse_duration(period)?,
        false if period.is_empty() => {
            return Err(UnitError(format!("`{text}` has no unit; write `{text}s`")));
        }
        false => parse_duration(&format!("1{period}")).map_err(|_| {
            UnitError(format!(
                "`{period}` in `{text}` is not a unit of time; known are {TIME_UNIT_NAMES}"
            ))
        })?,
    };
    if period.is_zero() {
        return Err(UnitError(format!("`{text}` divides by no time; write for example `200/s`")));
    }
    Rate::new(count / period.as_secs_f64())
        .ok_or_else(|| UnitError(format!("`{text}` is too large")))
}

/// Reads a chance: `1%`, `1e-6`, `0.05`.
///
/// # Errors
/// When it is outside 0 to 1.
pub fn parse_probability(text: &str) -> Result<Probability, UnitError> {
    let trimmed = text.trim();
    let (number, scale) = match trimmed.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (trimmed, 1.0),
    };
    let value = plain_number(number, text, "1%")?;
    Probability::new(value / scale).ok_or_else(|| {
        UnitError(match scale > 1.0 {
            true => format!("`{text}` is more than 100%"),
            false => format!("`{text}` is more than 1; write `{trimmed}%` if that is meant"),
        })
    })
}

/// Reads a multiple: `3x`, `1.5x`.
///
/// # Errors
/// When the `x` is missing or the number is not positive.
pub fn parse_multiple(text: &str) -> Result<f64, UnitError> {
    let trimmed = text.trim();
    let Some(number) = trimmed.strip_suffix(['x', '×']) else {
        plain_number(trimmed, text, "3x")?;
        return Err(UnitError(format!("`{text}` has no unit; write `{trimmed}x`")));
    };
    let value = plain_number(number, text, "3x")?;
    match value > 0.0 {
        true => Ok(value),
        false => Err(UnitError(format!("`{text}` is not above 0"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_exactly() {
        let cases = [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("0.1s", 100_000_000),
            ("6h", 21_600_000_000_000),
            ("1d", 86_400_000_000_000),
            ("15m", 900_000_000_000),
            ("15min", 900_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("2 min 5 s", 125_000_000_000),
            ("2.501ms", 2_501_000),
            ("1_000us", 1_000_000),
            ("3µs", 3_000),
            ("7ns", 7),
            ("1.5ns", 2),
            ("1e3s", 1_000_000_000_000),
            ("2.5e-3s", 2_500_000),
            ("0s", 0),
            ("0.0s", 0),
        ];
        for (text, nanos) in cases {
            assert_eq!(parse_duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn wrong_times_say_what_to_write() {
        let cases = [
            ("120", "`120` has no unit; write `120s`"),
            ("", "the text is empty; write a time such as `10s`"),
            ("-5s", "`-5s` is negative"),
            ("fast", "`fast` does not begin with a number; write for example `10s`"),
            (
                "5 parsecs",
                "`parsecs` in `5 parsecs` is not a unit; known are ns, us, ms, s, min (or m), h, d",
            ),
            ("5MS", "`MS` in `5MS` is not a unit; write `ms`"),
            ("1m2h", "in `1m2h` the units do not get smaller; write for example `1h30m`"),
            ("600000d", "`600000d` is too large; the most is 584 years"),
            ("1e99999999999s", "`1e99999999999s` is too large; the most is what can be computed"),
            ("0.1ns", "`0.1ns` is less than a nanosecond; the shortest time is `1ns`"),
            ("1.2.3s", "`1.2.3s` is not understood; write for example `10s` or `1h30m`"),
        ];
        for (text, message) in cases {
            assert_eq!(parse_duration(text), Err(UnitError(message.to_owned())), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_exactly() {
        let cases = [
            ("600B", 600),
            ("1.5KiB", 1536),
            ("6MB", 6_000_000),
            ("6 MiB", 6_291_456),
            ("8kB", 8_000),
            ("0B", 0),
            ("1GiB", 1 << 30),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse_bytes(text), Ok(Bytes::new(bytes)), "{text}");
        }
        let wrong = [
            ("600", "`600` has no unit; write `600B`"),
            ("6mb", "`mb` in `6mb` is not a unit; write `MB`"),
            ("6x", "`x` in `6x` is not a unit; known are B, KB, MB, GB, KiB, MiB, GiB, TiB"),
            ("0.1B", "`0.1B` is less than a byte"),
            ("99999999TiB", "`99999999TiB` is too large; the most is 16 EiB"),
        ];
        for (text, message) in wrong {
            assert_eq!(parse_bytes(text), Err(UnitError(message.to_owned())), "{text}");
        }
    }

    #[test]
    fn rates_are_per_second() {
        let cases = [
            ("200/s", 200.0),
            ("60/min", 1.0),
            ("36/h", 0.01),
            ("1000/10s", 100.0),
            ("2 / ms", 2000.0),
            ("0/s", 0.0),
        ];
        for (text, per_second) in cases {
            let rate = parse_rate(text).map(Rate::per_second);
            assert!(rate.is_ok_and(|rate| (rate - per_second).abs() < 1e-12), "{text}");
        }
        let wrong = [
            ("200", "`200` has no unit; write `200/s`"),
            ("200/", "`200/` has no unit; write `200/s`"),
            ("200ms", "`200ms` is not a rate; write for example `200/s` or `66.3/min`"),
            (
                "200/week",
                "`week` in `200/week` is not a unit of time; known are \
                 ns, us, ms, s, min (or m), h, d",
            ),
            ("200/0s", "`200/0s` divides by no time; write for example `200/s`"),
            ("-1/s", "`-1/s` is negative"),
            ("inf/s", "`inf/s` does not begin with a number; write for example `200/s`"),
        ];
        for (text, message) in wrong {
            assert_eq!(parse_rate(text), Err(UnitError(message.to_owned())), "{text}");
        }
    }

    #[test]
    fn chances_are_percentages_or_shares() {
        let cases = [("1%", 0.01), ("1e-6", 1e-6), ("0.05", 0.05), ("100%", 1.0), ("0", 0.0)];
        for (text, value) in cases {
            assert_eq!(parse_probability(text).map(Probability::get), Ok(value), "{text}");
        }
        let wrong = [
            ("5", "`5` is more than 1; write `5%` if that is meant"),
            ("101%", "`101%` is more than 100%"),
            ("nan", "`nan` does not begin with a number; write for example `1%`"),
            ("-1%", "`-1%` is negative"),
            ("1 in 5", "`1 in 5` is not understood; write for example `1%`"),
        ];
        for (text, message) in wrong {
            assert_eq!(parse_probability(text), Err(UnitError(message.to_owned())), "{text}");
        }
    }

    #[test]
    fn multiples_end_in_x() {
        assert_eq!(parse_multiple("3x"), Ok(3.0));
        assert_eq!(parse_multiple("0.5×"), Ok(0.5));
        let wrong = [
            ("3", "`3` has no unit; write `3x`"),
            ("0x", "`0x` is not above 0"),
            ("1e999x", "`1e999x` is too large; the most is what can be computed"),
        ];
        for (text, message) in wrong {
            assert_eq!(parse_multiple(text), Err(UnitError(message.to_owned())), "{text}");
        }
    }
}
