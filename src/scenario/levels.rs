//! Values of a setting that are tried.
//!
//! A level is a TOML value as text, so that `--set key=level` means the same. As a number it is in
//! seconds, bytes, per second or a share, whatever its unit. Left out: dates are no numbers.

use super::document::{Node, Place, Value};
use crate::units::{parse_bytes, parse_duration, parse_multiple, parse_probability, parse_rate};

/// Levels of a factor at most.
pub const LEVELS_MAX: u32 = 10_000;
/// A value that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    text: String,
    place: Option<Place>,
}

impl Level {
    /// The level of a value of a document.
    pub(super) fn of(node: &Node, is_of_file: bool) -> Level {
        Level { text: node.to_toml(), place: is_of_file.then_some(node.place) }
    }

    /// A level that is written as TOML.
    pub(super) fn new(text: String, place: Option<Place>) -> Level {
        Level { text, place }
    }

    /// The value as TOML, as `--set` takes it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it is written in the scenario file; `None`: elsewhere.
    pub(super) fn place(&self) -> Option<Place> {
        self.place
    }

    /// The value as people write it: texts without quotes.
    pub fn label(&self) -> String {
        let node = Node::parse_value_or_text(&self.text, 0, 0);
        node.as_text().map_or_else(|| self.text.clone(), str::to_owned)
    }

    /// The value as a number, with what it counts; `None`: it is none.
    fn number(&self) -> Option<(f64, &'static str)> {
        let node = Node::parse_value_or_text(&self.text, 0, 0);
        match &node.value {
            Value::Integer(number) => Some((*number as f64, "number")),
            Value::Float(number) => number.is_finite().then_some((*number, "number")),
            Value::Text(text) => None
                .or_else(|| Some((parse_duration(text).ok()?.as_secs_f64(), "seconds")))
                .or_else(|| Some((parse_bytes(text).ok()?.get() as f64, "bytes")))
                .or_else(|| Some((parse_rate(text).ok()?.per_second(), "per second")))
                .or_else(|| Some((parse_probability(text).ok()?.get(), "share")))
                .or_else(|| Some((parse_multiple(text).ok()?, "multiple"))),
            Value::Boolean(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => None,
        }
    }
}

/// Levels as numbers in a unit of their own; `None`: not all of them are, or they count different
/// things.
pub fn numbers<'l>(levels: impl IntoIterator<Item = &'l Level>) -> Option<Vec<f64>> {
    let numbers: Vec<(f64, &str)> = levels.into_iter().map(Level::number).collect::<Option<_>>()?;
    let is_alike = numbers.windows(2).all(|pair| pair[0].1 == pair[1].1);
    is_alike.then(|| numbers.into_iter().map(|(value, _)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_numbers_only_where_all_count_the_same() {
        let levels = |texts: &[&str]| -> Vec<Level> {
            let node = |text: &&str| Level::of(&Node::parse_value_or_text(text, 0, 0), false);
            texts.iter().map(node).collect()
        };
        assert_eq!(numbers(&levels(&["10ms", "1s"])), Some(vec![0.01, 1.0]));
        assert_eq!(numbers(&levels(&["1", "2.5"])), Some(vec![1.0, 2.5]));
        assert_eq!(numbers(&levels(&["1", "1s"])), None);
        assert_eq!(numbers(&levels(&["poisson", "1"])), None);
        assert_eq!(numbers(&levels(&["true"])), None);
    }
}
