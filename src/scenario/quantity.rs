//! Reads single values with their units and ranges.
//!
//! A bare number where a unit is needed is an error that shows the number with the usual unit of
//! that key. Every time is at most ten years and every rate at most 10^9 per second, so that no
//! sum of the model can overflow.

use super::document::Value;
use super::reader::{Field, Reading};
use super::schema::Scalar;
use crate::units::{
    Bytes, Duration, Instant, Limit, Probability, Rate, UnitError, parse_bytes, parse_duration,
    parse_multiple, parse_probability, parse_rate,
};

/// No time in a scenario is longer: ten years of 365 days.
pub(super) const TIME_MAX: Duration = Duration::from_secs(3650 * 86_400);
const RATE_MAX_PER_SECOND: f64 = 1e9;
/// One record in ten years.
const RATE_MIN_PER_SECOND: f64 = 1.0 / (3650.0 * 86_400.0);
/// 2500-01-01T00:00:00Z; ten years later still fit 64 bits.
const DATE_MAX_UNIX_NANOS: u64 = 16_725_225_600 * 1_000_000_000;
const BYTES_MAX: Bytes = Bytes::new(1 << 40);
const MULTIPLE_MAX: f64 = 1e6;

impl Field<'_> {
    /// A length of time; `unit` is the one to suggest where it is missing.
    pub fn duration(&self, unit: &str, cx: &mut Reading) -> Option<Duration> {
        cx.note(&self.path, || Scalar::Duration);
        let value = self.quantity("a time such as `10s`", unit, parse_duration, cx)?;
        if value > TIME_MAX {
            cx.error(self, format!("{} is too long; the most is 3650d", self.written()));
            return None;
        }
        Some(value)
    }

    /// A length of time from `low` to `high`, which are given as texts for the message.
    pub fn duration_between(
        &self,
        unit: &str,
        low: &str,
        high: &str,
        cx: &mut Reading,
    ) -> Option<Duration> {
        let value = self.duration(unit, cx)?;
        let bound = |text| parse_duration(text).expect("bounds are written in this crate");
        if (bound(low)..=bound(high)).contains(&value) {
            return Some(value);
        }
        cx.error(self, format!("{} is not between {low} and {high}", self.written()));
        None
    }

    /// A length of time above zero.
    pub fn positive_duration(&self, unit: &str, cx: &mut Reading) -> Option<Duration> {
        let value = self.duration(unit, cx)?;
        if value.is_zero() {
            cx.error(self, format!("{} is not above 0", self.written()));
            return None;
        }
        Some(value)
    }

    /// A point of virtual time, as the time since the start.
    pub fn instant(&self, cx: &mut Reading) -> Option<Instant> {
        Some(Instant::START + self.duration("s", cx)?)
    }

    /// A size of at most 1 TiB.
    pub fn bytes(&self, cx: &mut Reading) -> Option<Bytes> {
        self.bytes_in("B", cx)
    }

    /// A size of at most 1 TiB; `unit` is the one to suggest where it is missing.
    pub fn bytes_in(&self, unit: &str, cx: &mut Reading) -> Option<Bytes> {
        cx.note(&self.path, || Scalar::Bytes);
        let expected = format!("a size such as `600{unit}`");
        let value = self.quantity(&expected, unit, parse_bytes, cx)?;
        if value > BYTES_MAX {
            cx.error(self, format!("{} is too large; the most is 1TiB", self.written()));
            return None;
        }
        Some(value)
    }

    /// A rate of 0 to 10^9 per second, or none for ten years and more.
    pub fn rate(&self, cx: &mut Reading) -> Option<Rate> {
        self.rate_in("/s", cx)
    }

    /// As [`Field::rate`]; `unit` is the one to suggest where it is missing.
    pub fn rate_in(&self, unit: &str, cx: &mut Reading) -> Option<Rate> {
        cx.note(&self.path, || Scalar::Rate);
        let expected = format!("a rate such as `200{unit}`");
        let value = self.quantity(&expected, unit, parse_rate, cx)?;
        let per_second = value.per_second();
        if per_second > RATE_MAX_PER_SECOND {
            cx.error(self, format!("{} is too much; the most is 1e9/s", self.written()));
            return None;
        }
        if per_second > 0.0 && per_second < RATE_MIN_PER_SECOND {
            let message = format!("{} is less than one in ten years", self.written());
            cx.error(self, message);
            return None;
        }
        Some(value)
    }

    /// A rate above zero.
    pub fn positive_rate(&self, cx: &mut Reading) -> Option<Rate> {
        let value = self.rate(cx)?;
        if value.per_second() == 0.0 {
            cx.error(self, format!("{} is not above 0", self.written()));
            return None;
        }
        Some(value)
    }

    /// A chance or share. A bare number is an error, because `1` may mean 1 % or always.
    pub fn probability(&self, cx: &mut Reading) -> Option<Probability> {
        cx.note(&self.path, || Scalar::Probability);
        let share = match self.node.value {
            Value::Float(number) if (0.0..1.0).contains(&number) => Some(number),
            Value::Integer(0) => Some(0.0),
            Value::Float(_) | Value::Integer(_) => None,
            Value::Text(_) | Value::Boolean(_) | Value::Date(_) => None,
            Value::List(_) | Value::Table(_) => None,
        };
        if let Some(share) = share {
            let percent = format!("{:.10}", share * 100.0);
            let percent = percent.trim_end_matches('0').trim_end_matches('.');
            cx.error(self, format!("{} has no unit; write `{percent}%`", self.written()));
            return None;
        }
        self.quantity("a chance such as `1%`", "%", parse_probability, cx)
    }

    /// A multiple such as `3x`, at most `1000000x`.
    pub fn multiple(&self, cx: &mut Reading) -> Option<f64> {
        cx.note(&self.path, || Scalar::Multiple);
        let value = self.quantity("a multiple such as `3x`", "x", parse_multiple, cx)?;
        if value > MULTIPLE_MAX {
            cx.error(self, format!("{} is too much; the most is 1000000x", self.written()));
            return None;
        }
        Some(value)
    }

    /// A date as RFC 3339, in nanoseconds since 1970; years 1970 to 2500.
    pub fn unix_nanos(&self, cx: &mut Reading) -> Option<u64> {
        cx.note(&self.path, || Scalar::Date);
        let parsed = match &self.node.value {
            Value::Text(text) | Value::Date(text) => text.parse::<jiff::Timestamp>().ok(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => None,
            Value::List(_) | Value::Table(_) => None,
        };
        let nanos = parsed.and_then(|date| u64::try_from(date.as_nanosecond()).ok());
        let fitting = nanos.filter(|nanos| *nanos <= DATE_MAX_UNIX_NANOS);
        if fitting.is_none() {
            let message = format!(
                "{} is not a date such as `2026-01-01T00:00:00Z` (RFC 3339, from 1970 to 2500)",
                self.written()
            );
            cx.error(self, message);
        }
        fitting
    }

    /// A time of day such as `14:00`, since midnight.
    pub fn time_of_day(&self, cx: &mut Reading) -> Option<Duration> {
        cx.note(&self.path, || Scalar::TimeOfDay);
        let parsed = match &self.node.value {
            Value::Text(text) | Value::Date(text) => seconds_of_day(text),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => None,
            Value::List(_) | Value::Table(_) => None,
        };
        if parsed.is_none() {
            let message = format!("{} is not a time of day such as `14:00`", self.written());
            cx.error(self, message);
        }
        parsed.map(Duration::from_secs)
    }

    /// A whole number from `low` to `high`.
    pub fn whole(&self, low: u64, high: u64, cx: &mut Reading) -> Option<u64> {
        cx.note(&self.path, || Scalar::Whole(low.into(), high.into()));
        match &self.node.value {
            Value::Integer(number) => {
                let value = u64::try_from(*number).ok();
                let fitting = value.filter(|value| (low..=high).contains(value));
                if fitting.is_none() {
                    let message = format!("{} is not between {low} and {high}", self.written());
                    cx.error(self, message);
                }
                fitting
            }
            Value::Text(text) if text.trim().parse::<i128>().is_ok() => {
                let message = format!(
                    "expected a number, found a text; write {} without quotes",
                    text.trim()
                );
                cx.error(self, message);
                None
            }
            Value::Float(_) => {
                let message = format!("{} is not a whole number", self.written());
                cx.error(self, message);
                None
            }
            Value::Text(_) | Value::Boolean(_) | Value::Date(_) => {
                cx.wrong_kind(self, "a whole number");
                None
            }
            Value::List(_) | Value::Table(_) => {
                cx.wrong_kind(self, "a whole number");
                None
            }
        }
    }

    /// A whole number that fits 32 bits.
    pub fn whole_u32(&self, low: u32, high: u32, cx: &mut Reading) -> Option<u32> {
        let value = self.whole(u64::from(low), u64::from(high), cx)?;
        u32::try_from(value).ok()
    }

    /// A number from `low` to `high`.
    pub fn number(&self, low: f64, high: f64, cx: &mut Reading) -> Option<f64> {
        cx.note(&self.path, || Scalar::Number(low.to_string(), high.to_string()));
        let value = match &self.node.value {
            Value::Integer(number) => *number as f64,
            Value::Float(number) => *number,
            Value::Text(_) | Value::Boolean(_) | Value::Date(_) => {
                cx.wrong_kind(self, "a number");
                return None;
            }
            Value::List(_) | Value::Table(_) => {
                cx.wrong_kind(self, "a number");
                return None;
            }
        };
        if (low..=high).contains(&value) {
            return Some(value);
        }
        cx.error(self, format!("{} is not between {low} and {high}", self.written()));
        None
    }

    /// A text.
    pub fn text(&self, cx: &mut Reading) -> Option<String> {
        cx.note(&self.path, || Scalar::Text);
        if let Value::Text(text) = &self.node.value {
            return Some(text.clone());
        }
        cx.wrong_kind(self, "a text in quotes");
        None
    }

    /// `true` or `false`.
    pub fn boolean(&self, cx: &mut Reading) -> Option<bool> {
        cx.note(&self.path, || Scalar::Boolean);
        if let Value::Boolean(value) = self.node.value {
            return Some(value);
        }
        if let Value::Text(text) = &self.node.value
            && (text == "true" || text == "false")
        {
            let message = format!("expected a boolean, found a text; write {text} without quotes");
            cx.error(self, message);
            return None;
        }
        cx.wrong_kind(self, "`true` or `false`");
        None
    }

    /// `"unlimited"`, or what `bound` reads.
    pub fn limit<T>(
        &self,
        cx: &mut Reading,
        bound: impl FnOnce(&Self, &mut Reading) -> Option<T>,
    ) -> Option<Limit<T>> {
        cx.note(&self.path, || Scalar::Words(vec!["unlimited"]));
        match &self.node.value {
            Value::Text(text) if text == "unlimited" => Some(Limit::Unlimited),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::List(_)
            | Value::Table(_) => bound(self, cx).map(Limit::Limited),
        }
    }

    /// The value as written, in back quotes.
    pub fn written(&self) -> String {
        match &self.node.value {
            Value::Text(text) => format!("`{text}`"),
            Value::Integer(i128::MAX | i128::MIN) => "the number".to_owned(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Date(_) => {
                format!("`{}`", self.node)
            }
            Value::List(_) | Value::Table(_) => format!("`{}`", self.node),
        }
    }

    fn quantity<T>(
        &self,
        expected: &str,
        unit: &str,
        parse: impl FnOnce(&str) -> Result<T, UnitError>,
        cx: &mut Reading,
    ) -> Option<T> {
        let bare = match &self.node.value {
            Value::Text(text) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() && parse_is_strict(unit) => number,
                Ok(_) | Err(_) => {
                    return match parse(text) {
                        Ok(value) => Some(value),
                        Err(error) => {
                            cx.error(self, error.0);
                            None
                        }
                    };
                }
            },
            Value::Integer(number) => *number as f64,
            Value::Float(number) => *number,
            Value::Boolean(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => {
                cx.wrong_kind(self, expected);
                return None;
            }
        };
        let written = self.written();
        if !bare.is_finite() {
            cx.error(self, format!("expected {expected}, found {written}"));
        } else if bare < 0.0 {
            cx.error(self, format!("{written} is negative"));
        } else {
            let number = written.trim_matches('`');
            let message = format!("{written} has no unit; write `{number}{unit}`");
            cx.error(self, message)
                .label("a unit is missing")
                .help(format!("values with a unit stand in quotes: \"{number}{unit}\""));
        }
        None
    }
}

/// Chances may be written as texts without `%`.
fn parse_is_strict(unit: &str) -> bool {
    unit != "%"
}

fn seconds_of_day(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let mut part = |below: u64| -> Option<u64> {
        let text = parts.next()?;
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let value = text.parse().ok().filter(|_| is_short)?;
        (value < below).then_some(value)
    };
    let (hours, minutes) = (part(24)?, part(60)?);
    let seconds = if text.matches(':').count() > 1 { part(60)? } else { 0 };
    (text.matches(':').count() <= 2).then_some(hours * 3600 + minutes * 60 + seconds)
}
