//! How figures are written: a human unit, and no digit that is not known.
//!
//! With a 95 % interval, the half-width is rounded to its first significant digit and the value
//! to the same decimal place: `12.35 ± 0.04 s`. Without one, three significant digits are
//! printed, and trailing zeros only where rounding took something away. An interval narrower than
//! what three digits can show counts as none.
//!
//! | quantity | units |
//! |---|---|
//! | seconds | µs, ms, s (below 2 min), min (below 1 h), h (below 2 d), d |
//! | counts | as they are, k, M, G |
//! | shares | % |
//! | dollars | $, with k and M |
//!
//! Reference: JCGM 100:2008 (GUM), 7.2.6, on the digits of a value and its uncertainty. Left out:
//! asymmetric intervals, which are shown by half their width.

use crate::results::Estimate;

/// What a number counts, which decides its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A time in seconds.
    Seconds,
    /// A number of things.
    Count,
    /// A share, 0 to 1, written in percent.
    Share,
    /// US dollars.
    Dollars,
}

/// What is written for a figure that does not exist.
pub const ABSENT: &str = "–";

/// A half-width below this share of the value is lost in rounding to three digits.
const NEGLIGIBLE_INTERVAL: f64 = 5e-4;

/// Writes an estimate as `value ± half-width unit`; `–` if it is absent.
pub fn estimate(estimate: &Estimate, quantity: Quantity) -> String {
    let Some(value) = estimate.value else {
        return ABSENT.to_owned();
    };
    if !value.is_finite() {
        return without_bound(value);
    }
    let Some(half_width) = useful_half_width(estimate) else {
        return plain(value, quantity);
    };
    let unit = Unit::of(quantity, value.abs().max(half_width));
    let (value, half_width) = (value / unit.factor, half_width / unit.factor);
    unit.wrap(&with_half_width(value, half_width))
}

/// Writes the ends of an interval as `low to high unit`, each to three digits, with both units
/// where they differ; `–` without any.
pub fn range(estimate: &Estimate, quantity: Quantity) -> String {
    let (Some(low), Some(high)) = (estimate.low, estimate.high) else {
        return ABSENT.to_owned();
    };
    let unit = Unit::of(quantity, high.abs());
    if low != 0.0 && Unit::of(quantity, low.abs()).factor != unit.factor {
        return format!("{} to {}", plain(low, quantity), plain(high, quantity));
    }
    let [low, high] = [low, high].map(|end| three_digits(end / unit.factor));
    if low == high { unit.wrap(&low) } else { unit.wrap(&format!("{low} to {high}")) }
}

/// Writes a number without an interval, to three significant digits.
pub fn plain(value: f64, quantity: Quantity) -> String {
    if !value.is_finite() {
        return without_bound(value);
    }
    let unit = Unit::of(quantity, value.abs());
    unit.wrap(&three_digits(value / unit.factor))
}

/// Writes an estimate in a unit that is given as text and stays as it is.
pub fn in_unit(estimate: &Estimate, unit: &str) -> String {
    let number = match (estimate.value, useful_half_width(estimate)) {
        (None, _) => return ABSENT.to_owned(),
        (Some(value), _) if !value.is_finite() => without_bound(value),
        (Some(value), None) => three_digits(value),
        (Some(value), Some(half_width)) => with_half_width(value, half_width),
    };
    format!("{number} {unit}").trim_end().to_owned()
}

/// `value ± half-width`, both at the place of the half-width's first significant digit.
pub fn with_half_width(value: f64, half_width: f64) -> String {
    let (rounded, place) = rounded(half_width, 1);
    let decimals = usize::try_from(-place).unwrap_or(0);
    let value = if place > 0 {
        let step = power_of_ten(place);
        libm::round(value / step) * step + 0.0
    } else {
        value + 0.0
    };
    format!("{value:.decimals$} ± {rounded:.decimals$}")
}

/// A number to three significant digits, without zeros that say nothing.
pub fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let (rounded, place) = rounded(value, 3);
    let decimals = usize::try_from(-place).unwrap_or(0);
    let text = format!("{rounded:.decimals$}");
    if rounded == value && text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// Rounds to `digits` significant digits; also gives the decimal place of the last of them.
fn rounded(value: f64, digits: i32) -> (f64, i32) {
    let decimals = usize::try_from(digits - 1).unwrap_or(0);
    let text = format!("{value:.decimals$e}");
    let exponent = text.split_once('e').and_then(|(_, e)| e.parse().ok());
    let exponent: i32 = exponent.expect("a float in exponent notation has an exponent");
    let rounded = text.parse().expect("a printed float is a float");
    (rounded, exponent - (digits - 1))
}

/// Ten to the power of `exponent`, exact as far as a float can be.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("1e<integer> is a float")
}

/// The half-width, unless it is absent, nothing, or far below what is printed.
fn useful_half_width(estimate: &Estimate) -> Option<f64> {
    let half_width = estimate.half_width()?;
    let size = estimate.value.unwrap_or(0.0).abs();
    (half_width.is_finite() && half_width > size * NEGLIGIBLE_INTERVAL).then_some(half_width)
}

fn without_bound(value: f64) -> String {
    if value.is_nan() { ABSENT.to_owned() } else { "without bound".to_owned() }
}

/// A unit: what a value is divided by, and what is written around it.
struct Unit {
    factor: f64,
    before: &'static str,
    after: &'static str,
}

impl Unit {
    /// The unit for a size, chosen after rounding so that `999.6 ms` becomes `1 s`.
    fn of(quantity: Quantity, size: f64) -> Unit {
        let (size, _) = rounded(size, 3);
        let (factor, before, after) = match quantity {
            Quantity::Seconds if size == 0.0 => (1.0, "", " s"),
            Quantity::Seconds if size < 1e-3 => (1e-6, "", " µs"),
            Quantity::Seconds if size < 1.0 => (1e-3, "", " ms"),
            Quantity::Seconds if size < 120.0 => (1.0, "", " s"),
            Quantity::Seconds if size < 3600.0 => (60.0, "", " min"),
            Quantity::Seconds if size < 172_800.0 => (3600.0, "", " h"),
            Quantity::Seconds => (86_400.0, "", " d"),
            Quantity::Count if size < 1e3 => (1.0, "", ""),
            Quantity::Count if size < 1e6 => (1e3, "", " k"),
            Quantity::Count if size < 1e9 => (1e6, "", " M"),
            Quantity::Count => (1e9, "", " G"),
            Quantity::Share => (0.01, "", " %"),
            Quantity::Dollars if size < 1e3 => (1.0, "$", ""),
            Quantity::Dollars if size < 1e6 => (1e3, "$", " k"),
            Quantity::Dollars => (1e6, "$", " M"),
        };
        Unit { factor, before, after }
    }

    fn wrap(&self, number: &str) -> String {
        format!("{}{number}{}", self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(value: f64, half_width: f64) -> Estimate {
        Estimate {
            value: Some(value),
            low: Some(value - half_width),
            high: Some(value + half_width),
        }
    }

    #[test]
    fn a_range_has_one_unit_where_both_ends_have_the_same() {
        let range = |low, high, quantity| {
            super::range(&Estimate { value: None, low: Some(low), high: Some(high) }, quantity)
        };
        assert_eq!(range(1.1774, 11.981, Quantity::Seconds), "1.18 to 12.0 s");
        assert_eq!(range(2.37, 1_482.0, Quantity::Seconds), "2.37 s to 24.7 min");
        assert_eq!(range(0.0, 357_000.0, Quantity::Count), "0 to 357 k");
        assert_eq!(range(4.0, 4.0, Quantity::Count), "4");
        assert_eq!(range(0.065_2, 0.083_8, Quantity::Dollars), "$0.0652 to 0.0838");
        assert_eq!(super::range(&Estimate::ABSENT, Quantity::Count), ABSENT);
    }

    #[test]
    fn values_are_rounded_to_the_first_digit_of_their_half_width() {
        let cases = [
            (12.3456, 0.037, Quantity::Seconds, "12.35 ± 0.04 s"),
            (12.3456, 0.096, Quantity::Seconds, "12.3 ± 0.1 s"),
            (0.2143, 0.0031, Quantity::Seconds, "214 ± 3 ms"),
            (598.0, 12.0, Quantity::Seconds, "10.0 ± 0.2 min"),
            (86_400.0, 720.0, Quantity::Seconds, "24.0 ± 0.2 h"),
            (45.0, 30.0, Quantity::Seconds, "50 ± 30 s"),
            (0.0, 3.0, Quantity::Seconds, "0 ± 3 s"),
            (56_789.0, 1234.0, Quantity::Count, "57 ± 1 k"),
            (5678.0, 34.0, Quantity::Count, "5.68 ± 0.03 k"),
            (312.0, 120.0, Quantity::Count, "300 ± 100"),
            (0.413, 0.027, Quantity::Share, "41 ± 3 %"),
            (1.2345, 0.042, Quantity::Dollars, "$1.23 ± 0.04"),
        ];
        for (value, half_width, quantity, expected) in cases {
            assert_eq!(estimate(&between(value, half_width), quantity), expected);
        }
    }

    #[test]
    fn values_without_interval_have_three_significant_digits() {
        let cases = [
            (0.0, Quantity::Seconds, "0 s"),
            (0.000_000_5, Quantity::Seconds, "0.5 µs"),
            (0.085, Quantity::Seconds, "85 ms"),
            (0.9996, Quantity::Seconds, "1.00 s"),
            (1.2345, Quantity::Seconds, "1.23 s"),
            (60.0, Quantity::Seconds, "60 s"),
            (119.96, Quantity::Seconds, "2.00 min"),
            (3600.0, Quantity::Seconds, "1 h"),
            (86_400.0, Quantity::Seconds, "24 h"),
            (604_800.0, Quantity::Seconds, "7 d"),
            (4.0, Quantity::Count, "4"),
            (3.14259, Quantity::Count, "3.14"),
            (999.7, Quantity::Count, "1.00 k"),
            (3_600_000.0, Quantity::Count, "3.6 M"),
            (3_603_000.0, Quantity::Count, "3.60 M"),
            (0.07, Quantity::Share, "7.00 %"),
            (0.000_423_4, Quantity::Dollars, "$0.000423"),
            (1234.0, Quantity::Dollars, "$1.23 k"),
            (f64::INFINITY, Quantity::Share, "without bound"),
            (f64::NAN, Quantity::Share, "–"),
        ];
        for (value, quantity, expected) in cases {
            assert_eq!(plain(value, quantity), expected, "{value}");
        }
    }

    #[test]
    fn an_interval_without_width_is_not_printed_and_an_absent_value_is_a_dash() {
        assert_eq!(estimate(&between(24.0, 0.0), Quantity::Count), "24");
        assert_eq!(estimate(&Estimate::ABSENT, Quantity::Count), "–");
        assert_eq!(in_unit(&between(0.6731, 0.004), "s/s"), "0.673 ± 0.004 s/s");
        assert_eq!(in_unit(&Estimate::point(598.44), "s"), "598 s");
    }
}
