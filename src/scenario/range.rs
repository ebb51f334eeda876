//! Ranges of numbers with a unit, and the levels that are tried of them.
//!
//! A range from `a` to `b` has the levels
//!
//! ```text
//! linear:       a + (b - a) i / (n - 1)
//! logarithmic:  a (b / a)^(i / (n - 1))       i = 0 .. n - 1
//! ```
//!
//! in the unit of `a`, rounded to the fewest digits (at least three) that move no level by more
//! than a hundredth of the way to its neighbour; both ends stay as they are written. Whole numbers
//! stay whole, and what becomes equal by that is tried once. Left out: dates.

use super::document::{Node, Place, Value};
use super::levels::{LEVELS_MAX, Level};
use crate::units::{parse_bytes, parse_duration};

/// Significant digits that levels of ranges have at least, and at most.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=15;
/// A level may be moved by this share of the way to its neighbour.
const MOVED_MAX: f64 = 0.01;

/// How the levels of a range lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences.
    Linear,
    /// Equal ratios.
    Logarithmic,
}

/// All values from one to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    from: f64,
    to: f64,
    written: [String; 2],
    written_as: WrittenAs,
    scale: Scale,
    points: Option<u32>,
    place: Option<Place>,
}

/// How a value of a range is written.
#[derive(Debug, Clone, PartialEq)]
enum WrittenAs {
    Whole,
    Number,
    Text { unit: String },
}

impl Range {
    /// The range between two values of a document.
    ///
    /// # Errors
    /// When they are no numbers of the same kind in rising order, or `points` are too many.
    pub(super) fn new(
        ends: [&Node; 2],
        scale: Scale,
        points: Option<u32>,
        place: Option<Place>,
    ) -> Result<Range, String> {
        let written = ends.map(Node::to_toml);
        let (from, to, written_as) = match ends.map(|end| &end.value) {
            [Value::Integer(from), Value::Integer(to)] => {
                (*from as f64, *to as f64, WrittenAs::Whole)
            }
            [Value::Text(from), Value::Text(to)] => {
                let (from, to, unit) = quantities(from, to)?;
                (from, to, WrittenAs::Text { unit })
            }
            [from, to] => match (plain(from), plain(to)) {
                (Some(from), Some(to)) => (from, to, WrittenAs::Number),
                (None, _) | (_, None) => {
                    return Err(format!(
                        "{} and {} are not two numbers with the same unit; list the levels with \
                         `values`",
                        written[0], written[1]
                    ));
                }
            },
        };
        let range = Range { from, to, written, written_as, scale, points, place };
        range.check().map(|()| range)
    }

    fn check(&self) -> Result<(), String> {
        let [from, to] = &self.written;
        if !(self.from.is_finite() && self.to.is_finite() && self.from < self.to) {
            return Err(format!("{from} is not below {to}"));
        }
        if self.scale == Scale::Logarithmic && self.from <= 0.0 {
            return Err(format!(
                "{from} is not above 0, where a logarithmic range has to begin; begin higher, or \
                 write `scale = \"linear\"`"
            ));
        }
        let wholes = self.to - self.from + 1.0;
        match self.points {
            Some(points) if !(2..=LEVELS_MAX).contains(&points) => {
                Err(format!("{points} points are not between 2 and {LEVELS_MAX}"))
            }
            Some(points) if self.is_whole() && f64::from(points) > wholes => Err(format!(
                "there are only {wholes} whole numbers from {from} to {to}, not {points}; where \
                 fractions are meant, write them as in `1.0`"
            )),
            None if self.is_whole() && wholes > f64::from(LEVELS_MAX) => Err(format!(
                "all {wholes} whole numbers from {from} to {to} are too many; say how many with \
                 `points`"
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn is_whole(&self) -> bool {
        self.written_as == WrittenAs::Whole
    }

    /// The levels: `points` of them, or every whole number.
    ///
    /// # Errors
    /// When neither is known.
    pub fn levels(&self) -> Result<Vec<Level>, String> {
        let points = match self.points {
            Some(points) => points,
            None if self.is_whole() => (self.to - self.from) as u32 + 1,
            None => {
                return Err("says not how many `points` there are between its ends; write for \
                            example `points = 6`"
                    .to_owned());
            }
        };
        let last = points - 1;
        let share = |index: u32| f64::from(index) / f64::from(last);
        let values: Vec<f64> = (0..points).map(|index| self.value(share(index))).collect();
        let mut levels: Vec<Level> = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let text = match index as u32 {
                0 => self.written[0].clone(),
                index if index == last => self.written[1].clone(),
                _ => {
                    let gap = (value - values[index - 1]).min(values[index + 1] - value);
                    self.text(*value, |rounded| (rounded - value).abs() <= MOVED_MAX * gap)
                }
            };
            if levels.last().is_none_or(|before| before.text() != text) {
                levels.push(Level::new(text, self.place));
            }
        }
        Ok(levels)
    }

    /// How many levels the range says it has; `None`: any value between its ends is one.
    pub(super) fn points(&self) -> Option<u32> {
        self.points
    }

    /// A level in the part `index` of `parts` equal parts, as far into it as `share`, 0 to 1.
    pub(super) fn level_within(&self, index: u32, parts: u32, share: f64) -> Level {
        let part = |share: f64| (f64::from(index) + share) / f64::from(parts);
        let text = if self.is_whole() {
            // Each whole number stands for the stretch up to the next one.
            let wide = Range { to: self.to + 1.0, ..self.clone() };
            let value = libm::floor(wide.value(part(share))).clamp(self.from, self.to);
            format!("{value:.0}")
        } else {
            let bounds = [self.value(part(0.0)), self.value(part(1.0))];
            // What rounds up to the end of its part would belong to the next one.
            let end = bounds[1] - (bounds[1] - bounds[0]) * 1e-9;
            let is_within = |rounded: f64| bounds[0] <= rounded && rounded < end;
            self.text(self.value(part(share)), is_within)
        };
        Level::new(text, self.place)
    }

    /// The value at a share of the range, 0 to 1.
    fn value(&self, share: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.from + (self.to - self.from) * share,
            Scale::Logarithmic => self.from * libm::pow(self.to / self.from, share),
        }
    }

    /// A value with the fewest digits that will do.
    fn text(&self, value: f64, will_do: impl Fn(f64) -> bool) -> String {
        if self.is_whole() {
            return format!("{:.0}", libm::round(value));
        }
        let rounded = DIGITS.map(|digits| rounded(value, digits)).find(|value| will_do(*value));
        let number = rounded.unwrap_or(value);
        match &self.written_as {
            WrittenAs::Whole | WrittenAs::Number => format!("{number:?}"),
            WrittenAs::Text { unit } => in_quotes(&format!("{number}{unit}")),
        }
    }
}

/// A value to so many significant digits.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().expect("a printed float is a float")
}

fn in_quotes(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn plain(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Text(_) | Value::Boolean(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => {
            None
        }
    }
}

/// Two quantities in the unit of the first, and this unit.
fn quantities(from: &str, to: &str) -> Result<(f64, f64, String), String> {
    let (one, other) = (number_and_unit(from), number_and_unit(to));
    let has_digit = |unit: &str| unit.contains(|sign: char| sign.is_ascii_digit());
    let times = parse_duration(from).ok().zip(parse_duration(to).ok());
    if let (Some((one, unit)), Some((other, same))) = (&one, &other)
        && unit == same
        && !(times.is_some() && has_digit(unit))
    {
        return Ok((*one, *other, (*unit).to_owned()));
    }
    let unit = one.map_or("s", |(_, unit)| unit);
    if let Some((from, to)) = times {
        let unit = if has_digit(unit) { "s" } else { unit };
        let size = parse_duration(&format!("1{}", unit.trim())).map_err(|error| error.0)?;
        let in_unit =
            |time: crate::units::Duration| time.as_nanos() as f64 / size.as_nanos() as f64;
        return Ok((in_unit(from), in_unit(to), unit.to_owned()));
    }
    if let (Ok(from), Ok(to)) = (parse_bytes(from), parse_bytes(to)) {
        let size = parse_bytes(&format!("1{}", unit.trim())).map_err(|error| error.0)?;
        let in_unit = |bytes: crate::units::Bytes| bytes.get() as f64 / size.get() as f64;
        return Ok((in_unit(from), in_unit(to), unit.to_owned()));
    }
    Err(format!(
        "`{from}` and `{to}` are not two numbers with the same unit; list the levels with `values`"
    ))
}

/// The number that a text begins with and what stands behind it.
pub(super) fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let ends = (1..=text.len()).rev().filter(|end| text.is_char_boundary(*end));
    ends.filter(|end| text[..*end].ends_with(|sign: char| sign.is_ascii_digit() || sign == '.'))
        .find_map(|end| {
            let number = text[..end].replace('_', "").parse().ok()?;
            Some((number, &text[end..]))
        })
}

#[cfg(test)]
mod tests {
    use super::super::levels::numbers;
    use super::*;

    fn range(from: &str, to: &str, scale: Scale, points: Option<u32>) -> Result<Range, String> {
        let node = |text: &str| Node::parse_value_or_text(text, 0, 0);
        Range::new([&node(from), &node(to)], scale, points, None)
    }

    fn labels(from: &str, to: &str, scale: Scale, points: u32) -> String {
        let range = range(from, to, scale, Some(points)).expect("a range");
        let levels = range.levels().expect("levels");
        levels.iter().map(Level::label).collect::<Vec<String>>().join(" ")
    }

    #[test]
    fn a_range_has_round_levels_in_the_unit_of_its_beginning() {
        use Scale::{Linear, Logarithmic};
        let cases = [
            ("10ms", "1s", Logarithmic, 6, "10ms 25.1ms 63.1ms 158ms 398ms 1s"),
            ("0s", "30s", Linear, 4, "0s 10s 20s 30s"),
            ("1h30m", "2h30m", Linear, 3, "1h30m 7200s 2h30m"),
            ("128MB", "10240MB", Logarithmic, 4, "128MB 552MB 2380MB 10240MB"),
            ("512KiB", "6MiB", Linear, 3, "512KiB 3330KiB 6MiB"),
            ("100/s", "1000/s", Linear, 4, "100/s 400/s 700/s 1000/s"),
            ("1000/10s", "2000/10s", Linear, 3, "1000/10s 1500/10s 2000/10s"),
            ("0.1%", "10%", Logarithmic, 3, "0.1% 1% 10%"),
            ("1", "10", Linear, 4, "1 4 7 10"),
            ("1", "10", Logarithmic, 8, "1 2 3 4 5 7 10"),
            ("0.5", "2", Linear, 4, "0.5 1.0 1.5 2"),
            ("1e-6", "1e-4", Logarithmic, 3, "1e-6 1e-5 0.0001"),
            ("1000ms", "1001ms", Linear, 5, "1000ms 1000.25ms 1000.5ms 1000.75ms 1001ms"),
        ];
        for (from, to, scale, points, expected) in cases {
            assert_eq!(labels(from, to, scale, points), expected, "{from} to {to}");
        }
        let every = range("3", "6", Scale::Linear, None).and_then(|range| range.levels());
        assert_eq!(every.expect("whole numbers").len(), 4);
    }

    #[test]
    fn ends_that_make_no_range_are_refused_with_a_reason() {
        use Scale::{Linear, Logarithmic};
        let cases = [
            (("10ms", "1KiB"), Linear, Some(3), "`10ms` and `1KiB` are not two numbers with"),
            (("1/s", "1/min"), Linear, Some(3), "`1/s` and `1/min` are not two numbers with"),
            (("true", "3"), Linear, Some(3), "true and 3 are not two numbers with the same unit"),
            (("10s", "10s"), Linear, Some(3), "\"10s\" is not below \"10s\""),
            (("0s", "10s"), Logarithmic, Some(3), "\"0s\" is not above 0"),
            (("1", "4"), Linear, Some(5), "there are only 4 whole numbers from 1 to 4, not 5"),
            (("1", "40000"), Linear, None, "all 40000 whole numbers from 1 to 40000 are too many"),
            (("1", "4"), Linear, Some(1), "1 points are not between 2 and 10000"),
        ];
        for ((from, to), scale, points, expected) in cases {
            let message = range(from, to, scale, points).expect_err(expected);
            assert!(message.starts_with(expected), "{message}");
        }
        let open = range("1s", "9s", Linear, None).expect("a range of any times");
        assert!(open.levels().is_err());
    }

    #[test]
    fn a_level_within_a_part_stays_in_it_after_rounding() {
        for scale in [Scale::Linear, Scale::Logarithmic] {
            let range = range("10ms", "1s", scale, None).expect("a range");
            for index in 0..400 {
                for share in [0.0, 1e-4, 0.37, 0.999] {
                    let level = range.level_within(index, 400, share);
                    let number = numbers([&level]).expect("a time")[0] * 1e3;
                    let bounds = [index, index + 1].map(|i| range.value(f64::from(i) / 400.0));
                    assert!(bounds[0] <= number + 1e-6 && number < bounds[1], "{level:?}");
                }
            }
        }
        let whole = range("1", "4", Scale::Linear, None).expect("whole numbers");
        let levels = (0..4).map(|index| whole.level_within(index, 4, 0.99).label());
        assert_eq!(levels.collect::<Vec<String>>(), ["1", "2", "3", "4"]);
    }
}
