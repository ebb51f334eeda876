//! Exact decimal numbers in texts: `mantissa * 10^exponent`, rounded once, half up.
//!
//! Shared by the readers of all quantities in [`super::parse`]. Left out: signs.

use super::parse::UnitError;

/// An exact decimal number, not negative: `mantissa * 10^exponent`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal {
    pub mantissa: u128,
    exponent: i32,
}

impl Decimal {
    /// This number times `factor`, rounded half up; `None` on overflow.
    pub fn times(self, factor: u128) -> Option<u128> {
        let product = self.mantissa.checked_mul(factor)?;
        if product == 0 {
            return Some(0);
        }
        let power = 10u128.checked_pow(self.exponent.unsigned_abs());
        match (self.exponent >= 0, power) {
            (true, Some(power)) => product.checked_mul(power),
            (true, None) => None,
            (false, Some(power)) => {
                Some(product / power + u128::from(product % power >= power / 2))
            }
            (false, None) => Some(0),
        }
    }
}

/// Splits a decimal number off the front of `rest`; `whole` is quoted in errors.
pub(super) fn leading_decimal<'t>(
    rest: &'t str,
    whole: &str,
    example: &str,
) -> Result<(Decimal, &'t str), UnitError> {
    if rest.starts_with(['-', '−']) {
        return Err(UnitError(format!("`{whole}` is negative")));
    }
    let bytes = rest.as_bytes();
    let digits_end = |from: usize| {
        bytes[from..]
            .iter()
            .position(|b| !b.is_ascii_digit() && *b != b'_')
            .map_or(bytes.len(), |length| from + length)
    };
    let whole_end = digits_end(0);
    let mut end = whole_end;
    if bytes.get(end) == Some(&b'.') {
        end = digits_end(end + 1);
    }
    let fraction = rest.get(whole_end + 1..end).unwrap_or("");
    let digits: String =
        rest[..whole_end].chars().chain(fraction.chars()).filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Err(UnitError(format!(
            "`{whole}` does not begin with a number; write for example `{example}`"
        )));
    }
    let mut exponent = -(fraction.chars().filter(char::is_ascii_digit).count() as i32);
    // An exponent only where digits follow, so that a unit may begin with `e`.
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent_end = digits_end(end + 1 + sign);
        if exponent_end > end + 1 + sign {
            let written: i32 = rest[end + 1..exponent_end]
                .parse()
                .map_err(|_| too_large(whole, "what can be computed"))?;
            exponent = exponent.saturating_add(written);
            end = exponent_end;
        }
    }
    let mantissa = digits
        .parse()
        .map_err(|_| UnitError(format!("`{whole}` has more digits than can be computed")))?;
    Ok((Decimal { mantissa, exponent }, &rest[end..]))
}

/// A finite number, not negative, with nothing behind it.
pub(super) fn plain_number(text: &str, whole: &str, example: &str) -> Result<f64, UnitError> {
    let text = text.trim();
    let (_, rest) = leading_decimal(text, whole, example)?;
    let not_a_number =
        || UnitError(format!("`{whole}` is not understood; write for example `{example}`"));
    if !rest.is_empty() {
        return Err(not_a_number());
    }
    let value: f64 = text.replace('_', "").parse().map_err(|_| not_a_number())?;
    match value.is_finite() {
        true => Ok(value),
        false => Err(too_large(whole, "what can be computed")),
    }
}

/// The size of a unit in the smallest one.
pub(super) fn unit_size(
    units: &[(&str, u128)],
    unit: &str,
    whole: &str,
    usual: &str,
    known: &str,
) -> Result<u128, UnitError> {
    if unit.is_empty() {
        let number = whole.trim();
        return Err(UnitError(format!("`{whole}` has no unit; write `{number}{usual}`")));
    }
    let found = units.iter().find(|(name, _)| *name == unit);
    found.map(|(_, size)| *size).ok_or_else(|| {
        let other_case = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
        UnitError(match other_case {
            Some((name, _)) => format!("`{unit}` in `{whole}` is not a unit; write `{name}`"),
            None => format!("`{unit}` in `{whole}` is not a unit; known are {known}"),
        })
    })
}

/// The error of a quantity beyond its range.
pub(super) fn too_large(text: &str, most: &str) -> UnitError {
    UnitError(format!("`{text}` is too large; the most is {most}"))
}
