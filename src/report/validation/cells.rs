//! Answers as short texts for the cells of a table.
//!
//! Numbers have six significant digits, or no digit beyond their interval. Of two long lists only
//! the elements that differ are shown, each with its place from 1.

use serde_json::Value;

use crate::report::figures;
use crate::report::text::shortened;
use crate::results::ItemCheck;

/// A half-width below this share of the value is not shown.
const NEGLIGIBLE_INTERVAL: f64 = 5e-4;
/// Elements of a list that are shown.
const ELEMENTS_MAX: usize = 8;
/// Characters of a list that was found as expected.
const SAME_CHARACTERS_MAX: usize = 40;
/// Characters of a cell.
const CHARACTERS_MAX: usize = 240;

/// What is expected and what was found.
pub(in crate::report) fn pair(check: &ItemCheck) -> (String, String) {
    let (expected, got) = (&check.expected, check.got.as_ref());
    if let (Value::Array(expected), Some(Value::Array(got))) = (expected, got)
        && is_long(expected, got)
    {
        return match check.agrees {
            true => (same(expected), "the same".to_owned()),
            false => differing(expected, got),
        };
    }
    let is_wide = |half_width: &f64| {
        let size = check.estimate.value.map_or(0.0, f64::abs);
        *half_width > NEGLIGIBLE_INTERVAL * size
    };
    let got = match (check.estimate.half_width().filter(is_wide), got) {
        (Some(_), _) => figures::in_unit(&check.estimate, &check.unit),
        (None, Some(got)) => with_unit(got, &check.unit),
        (None, None) => figures::ABSENT.to_owned(),
    };
    (with_unit(expected, &check.unit), got)
}

/// What is compared, and on a second line in which part of the run.
pub(super) fn what(check: &ItemCheck) -> String {
    match check.during {
        None => check.what.clone(),
        Some((from, to)) if from == to => format!("{}\n  at {from} s", check.what),
        Some((from, to)) => format!("{}\n  {from} to {to} s", check.what),
    }
}

fn is_long(expected: &[Value], got: &[Value]) -> bool {
    expected.len().max(got.len()) > ELEMENTS_MAX || expected.iter().any(Value::is_array)
}

/// The elements at which two lists differ.
fn differing(expected: &[Value], got: &[Value]) -> (String, String) {
    let places = 0..expected.len().max(got.len());
    let differing: Vec<usize> =
        places.filter(|&place| expected.get(place) != got.get(place)).collect();
    let side = |list: &[Value]| {
        let element = |&place: &usize| {
            let element = list.get(place).map_or(figures::ABSENT.to_owned(), plain);
            format!("{}: {element}", place + 1)
        };
        let mut lines: Vec<String> = differing.iter().take(ELEMENTS_MAX).map(element).collect();
        if differing.len() > ELEMENTS_MAX {
            lines.push(format!("… {} more", differing.len() - ELEMENTS_MAX));
        }
        lines.join("\n")
    };
    (side(expected), side(got))
}

/// A list that was found as expected, or within what is allowed.
fn same(expected: &[Value]) -> String {
    shortened(&plain(&Value::from(expected)), SAME_CHARACTERS_MAX)
}

fn with_unit(value: &Value, unit: &str) -> String {
    match value {
        Value::Number(_) => format!("{} {unit}", plain(value)).trim_end().to_owned(),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            let text = plain(value);
            shortened(&text, CHARACTERS_MAX)
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_f64().map_or(number.to_string(), six_digits),
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let elements: Vec<String> = list.iter().map(plain).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Object(named) => {
            let pairs: Vec<String> =
                named.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
            pairs.join("\n")
        }
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

/// Six significant digits, without trailing zeros.
fn six_digits(number: f64) -> String {
    let rounded: f64 = format!("{number:.5e}").parse().unwrap_or(number);
    let size = rounded.abs();
    let is_plain = size == 0.0 || (1e-4..1e9).contains(&size);
    if is_plain { format!("{rounded}") } else { format!("{rounded:e}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::results::Estimate;

    fn cells(expected: Value, got: Value) -> (String, String) {
        pair(&ItemCheck {
            what: "trace".to_owned(),
            during: None,
            expected,
            unit: String::new(),
            allowed: String::new(),
            band: None,
            got: Some(got),
            estimate: Estimate::ABSENT,
            agrees: false,
        })
    }

    #[test]
    fn only_what_differs_is_shown_of_long_lists() {
        let (expected, got) = cells(json!([[1, 2], [3], [4]]), json!([[1, 2], [4]]));
        assert_eq!((expected.as_str(), got.as_str()), ("2: [3]\n3: [4]", "2: [4]\n3: –"));
    }

    #[test]
    fn numbers_keep_six_digits() {
        let (expected, got) = cells(json!(1239), json!(0.064_608_19));
        assert_eq!((expected.as_str(), got.as_str()), ("1239", "0.0646082"));
        assert_eq!(six_digits(3.2e-7), "3.2e-7");
    }
}
