//! `[[sweep.factor]]`: a setting with the levels that are tried, any key that `--set` takes.
//!
//! ```toml
//! [[sweep.factor]]
//! key = "mapping.BatchSize"
//! values = [10, 100, 1000]           # or: from = "10ms", to = "1s", points = 6,
//! name = "batch size"                #     scale = "logarithmic"
//! zip = "sizes"                      # moves together with the others of this name
//! ```
//!
//! On the command line `mapping.BatchSize=10,100,1000` and `function.duration.base=10ms..1s/6log`.
//! Whole numbers without a number of points are all tried: `stream.shards=1..8`. Left out: which
//! levels of several factors are tried together, see [`super::sweep`].

use super::document::{Node, Place};
use super::general::non_empty;
use super::levels::{LEVELS_MAX, Level};
use super::range::{Range, Scale};
use super::reader::{Field, Reading};
use super::source::{Origin, Override};

/// Factors of one design at most.
const FACTORS_MAX: usize = 100;

const SCALES: [(&str, Scale); 2] = [("linear", Scale::Linear), ("logarithmic", Scale::Logarithmic)];

/// A setting with the levels that are tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// The dotted key, as `--set` takes it.
    pub key: String,
    /// What charts and tables call it; the key where nothing else was said.
    pub name: String,
    /// Factors of the same group move together.
    pub zip: Option<String>,
    /// What is tried.
    pub levels: Levels,
    written: String,
    key_place: Option<Place>,
}

/// What is tried of a factor.
#[derive(Debug, Clone, PartialEq)]
pub enum Levels {
    /// These values, at least one, no two the same.
    Listed(Vec<Level>),
    /// Values between two others.
    Range(Range),
}

impl Factor {
    /// Reads `KEY=LEVEL,LEVEL,...`, `KEY=FROM..TO/POINTS` or `KEY=FROM..TO/POINTSlog`.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn parse(text: &str) -> Result<Factor, String> {
        let Some((key, levels)) = text.split_once('=') else {
            return Err(format!(
                "`{text}` is no factor; write for example `mapping.BatchSize=10,100,1000` or \
                 `function.duration.base=10ms..1s/6log`"
            ));
        };
        let (key, levels) = (key.trim(), levels.trim());
        check_key(key)?;
        let levels = match range(levels) {
            Some(range) => Levels::Range(range?),
            None => listed(levels)?,
        };
        let (name, key) = (key.to_owned(), key.to_owned());
        Ok(Factor { key, name, zip: None, levels, written: text.to_owned(), key_place: None })
    }

    /// Its levels in order.
    ///
    /// # Errors
    /// When a range does not say how many it has.
    pub fn levels(&self) -> Result<Vec<Level>, String> {
        match &self.levels {
            Levels::Listed(levels) => Ok(levels.clone()),
            Levels::Range(range) => {
                range.levels().map_err(|message| format!("the factor `{}` {message}", self.name))
            }
        }
    }

    /// The factor as it was given to `--factor`; of a scenario file, its key.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The change of the scenario that gives the setting this level.
    pub fn change(&self, level: &Level) -> Override {
        let origin = match (self.key_place, level.place()) {
            (Some(key), Some(value)) => Origin::Level { key, value },
            (Some(_) | None, Some(_) | None) => Origin::Factor,
        };
        Override::new(&self.key, level.text(), origin)
    }

    /// Where it is written in the scenario file; `None`: on the command line.
    pub(super) fn place(&self) -> Option<Place> {
        self.key_place
    }
}

/// Reads a list of factors, at least one, no two of the same key.
pub(super) fn factors(field: &Field<'_>, cx: &mut Reading) -> Option<Vec<Factor>> {
    let example = "{ key = \"mapping.BatchSize\", values = [10, 100, 1000] }";
    let elements = field.list(FACTORS_MAX, &format!("[{example}]"), cx)?;
    if elements.is_empty() {
        cx.error(field, format!("empty; write for example `[{example}]`"));
        return None;
    }
    let mut factors: Vec<Factor> = Vec::new();
    for element in &elements {
        let factor = factor(element, example, cx)?;
        if factors.iter().any(|other| other.key == factor.key) {
            cx.error(element, format!("`{}` is varied by another factor", factor.key));
            return None;
        }
        factors.push(factor);
    }
    Some(factors)
}

fn factor(field: &Field<'_>, example: &str, cx: &mut Reading) -> Option<Factor> {
    let mut table = field.table(example, cx)?;
    let key_field = table.required("key", "\"mapping.BatchSize\"", cx);
    let name = table.optional("name", cx);
    let zip = table.optional("zip", cx);
    let values = table.optional("values", cx);
    let [from, to] = ["from", "to"].map(|key| table.optional(key, cx));
    let points = table.optional("points", cx);
    let scale = table.optional("scale", cx);
    table.finish(cx);
    let key_field = key_field?;
    let key = non_empty(&key_field, cx)?;
    if let Err(message) = check_key(&key) {
        cx.error(&key_field, message);
        return None;
    }
    let levels = match (values, from, to) {
        (Some(values), None, None) => {
            for field in [&points, &scale].into_iter().flatten() {
                cx.error(field, "has a meaning only between `from` and `to`; leave it out");
            }
            Levels::Listed(listed_in_file(&values, cx)?)
        }
        (None, Some(from), Some(to)) => {
            let points = match &points {
                Some(points) => Some(points.whole_u32(2, LEVELS_MAX, cx)?),
                None => None,
            };
            let scale = match &scale {
                Some(scale) => scale.word(&SCALES, cx)?,
                None => Scale::Linear,
            };
            let place = Some(from.node.place);
            match Range::new([&from.node, &to.node], scale, points, place) {
                Ok(range) => Levels::Range(range),
                Err(message) => {
                    cx.error(&from, message);
                    return None;
                }
            }
        }
        (Some(_), Some(other), _) | (Some(_), None, Some(other)) => {
            cx.error(&other, "`values` and a range exclude each other; keep one");
            return None;
        }
        (None, _, _) => {
            let message = "has no levels; write `values = [10, 100]`, or `from = \"10ms\"`, \
                           `to = \"1s\"` and `points = 6`";
            cx.error(field, message);
            return None;
        }
    };
    let name = match &name {
        Some(name) => non_empty(name, cx)?,
        None => key.clone(),
    };
    let zip = match &zip {
        Some(zip) => Some(non_empty(zip, cx)?),
        None => None,
    };
    let written = key.clone();
    Some(Factor { key, name, zip, levels, written, key_place: Some(key_field.node.place) })
}

fn listed_in_file(values: &Field<'_>, cx: &mut Reading) -> Option<Vec<Level>> {
    let elements = values.list(LEVELS_MAX as usize, "[10, 100, 1000]", cx)?;
    if elements.is_empty() {
        cx.error(values, "empty; write for example `[10, 100, 1000]`");
        return None;
    }
    let mut levels: Vec<Level> = Vec::new();
    for element in &elements {
        let level = Level::of(&element.node, true);
        if levels.iter().any(|other| other.text() == level.text()) {
            cx.error(element, format!("{} is tried twice; keep one", element.written()));
            return None;
        }
        levels.push(level);
    }
    Some(levels)
}

/// What a factor may not change: it decides what the factors are.
fn check_key(key: &str) -> Result<(), String> {
    match key.split('.').next().map(str::trim) {
        Some("sweep" | "tune" | "variant" | "assert") => {
            Err(format!("`{key}` cannot be a factor; vary a setting such as `mapping.BatchSize`"))
        }
        Some("") | None => Err(format!("`{key}` is not a dotted key such as `mapping.BatchSize`")),
        Some(_) => Ok(()),
    }
}

/// `FROM..TO`, `FROM..TO/6` or `FROM..TO/6log`; `None`: this is no range.
fn range(text: &str) -> Option<Result<Range, String>> {
    let (from, rest) = text.split_once("..")?;
    let is_number = |text: &str| {
        let digits = text.trim().trim_start_matches(['-', '+']);
        digits.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.')
    };
    if !is_number(from) || !is_number(rest) {
        return None;
    }
    let counted = rest.rsplit_once('/').and_then(|(to, count)| {
        let count = count.trim();
        let (count, scale) = match count.strip_suffix("log") {
            Some(count) => (count, Scale::Logarithmic),
            None => (count, Scale::Linear),
        };
        Some((to, Some(count.trim().parse::<u32>().ok()?), scale))
    });
    let (to, points, scale) = counted.unwrap_or((rest, None, Scale::Linear));
    let [from, to] = [from, to].map(|end| Node::parse_value_or_text(end.trim(), 0, 0));
    let range = Range::new([&from, &to], scale, points, None);
    Some(range.map_err(|message| format!("`{text}`: {message}")))
}

/// Levels with commas between them.
fn listed(text: &str) -> Result<Levels, String> {
    let mut levels: Vec<Level> = Vec::new();
    for part in parts(text) {
        let part = part.trim();
        if part.is_empty() {
            return Err(format!("`{text}` has an empty level; write for example `10,100,1000`"));
        }
        let level = Level::of(&Node::parse_value_or_text(part, 0, 0), false);
        if levels.iter().any(|other| other.text() == level.text()) {
            return Err(format!("`{part}` is tried twice; keep one"));
        }
        levels.push(level);
    }
    match u32::try_from(levels.len()) {
        Ok(count) if count <= LEVELS_MAX => Ok(Levels::Listed(levels)),
        Ok(_) | Err(_) => Err(format!("more than {LEVELS_MAX} levels")),
    }
}

/// The parts between commas that stand in no quotes and no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    let mut parts = Vec::new();
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(sign),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_of_the_command_line_is_a_list_or_a_range() {
        let cases = [
            ("mapping.BatchSize=10,100,1000", "10 100 1000"),
            ("function.duration.base=10ms..1s/6log", "10ms 25.1ms 63.1ms 158ms 398ms 1s"),
            ("traffic.0.arrivals.poisson.rate=100/s..300/s/3", "100/s 200/s 300/s"),
            ("stream.shards=1..4", "1 2 3 4"),
            ("mapping.BisectBatchOnFunctionError=false,true", "false true"),
            ("traffic.0.arrivals.trace.file=../a.csv,../b.csv", "../a.csv ../b.csv"),
            ("a.b=[1, 2],{ x = 3 },\"a,b\"", "[1, 2] { x = 3 } a,b"),
        ];
        for (text, expected) in cases {
            let factor = Factor::parse(text).expect(text);
            let levels = factor.levels().expect(text);
            let labels: Vec<String> = levels.iter().map(Level::label).collect();
            assert_eq!(labels.join(" "), expected, "{text}");
            assert_eq!(factor.change(&levels[0]).key(), factor.key);
        }
    }

    #[test]
    fn what_is_no_factor_is_refused_with_an_example() {
        let cases = [
            ("mapping.BatchSize", "`mapping.BatchSize` is no factor; write for example"),
            ("=1,2", "`` is not a dotted key"),
            ("sweep.design=1,2", "`sweep.design` cannot be a factor"),
            ("a.b=1,,2", "`1,,2` has an empty level"),
            ("a.b=10,20,10", "`10` is tried twice"),
            ("a.b=10ms..1KiB/3", "`10ms..1KiB/3`: `10ms` and `1KiB` are not two numbers"),
        ];
        for (text, expected) in cases {
            let message = Factor::parse(text).expect_err(text);
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}
