//! `[tune]`: which settings are to be chosen, and what for.
//!
//! ```toml
//! [tune]
//! minimize = "cost_usd.total"        # or maximize; any figure that [[assert]] can name
//! probability = "95%"                # of having found the best
//! indifference = "0.1%"              # differences that do not matter
//! budget = 400                       # replications at most
//! break_even = { key = "stream.shards", from = 1, to = 64 }
//!
//! [[tune.factor]]                    # as in [sweep]; all combinations are compared
//! key = "mapping.BatchSize"
//! values = [10, 100, 1000]
//! ```
//!
//! What must hold is in `[[assert]]`. Left out: combinations that are not crossed.

use super::factors::{Factor, factors};
use super::figures::Figure;
use super::range::number_and_unit;
use super::reader::{Field, Reading};
use super::sweep::Sweep;

/// Combinations at most.
pub const COMBINATIONS_MAX: u32 = 2_000;

/// No search runs more replications.
const BUDGET_MAX: u64 = 100_000_000;

/// Two values nearer than this share of the larger are neighbours.
const NEIGHBOURS: f64 = 0.01;

/// What a scenario says about its tuning.
#[derive(Debug, Clone, PartialEq)]
pub struct Tune {
    /// The figure that is to be small or large.
    pub metric: String,
    /// Large values are wanted.
    pub maximize: bool,
    /// The settings; may be none, where only a border is sought.
    pub factors: Vec<Factor>,
    /// How probable the answer should be, strictly between 0 and 1.
    pub probability: f64,
    /// Objectives that differ by this share, 0 or more, are as good as each other.
    pub indifference: f64,
    /// Replications at most; `None`: a third of what brute force takes.
    pub budget: Option<u64>,
    /// A setting whose border is sought under the chosen settings.
    pub break_even: Option<Ends>,
}

impl Tune {
    /// How probable an answer should be unless told otherwise.
    pub const PROBABILITY: f64 = 0.95;

    /// Differences that do not matter unless told otherwise.
    pub const INDIFFERENCE: f64 = 0.001;
}

/// A setting between two values, numbers with the same unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// Dotted key of the scenario.
    pub key: String,
    /// The lower end.
    pub from: f64,
    /// The upper end.
    pub to: f64,
    unit: String,
    is_whole: bool,
}

impl Ends {
    /// Reads `traffic.0.arrivals.poisson.rate=50/s..500/s`.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn parse(text: &str) -> Result<Ends, String> {
        let parts = text.split_once('=').and_then(|(key, range)| {
            let (from, to) = range.split_once("..")?;
            Some((key.trim(), from.trim(), to.trim()))
        });
        let Some((key, from, to)) = parts.filter(|(key, ..)| !key.is_empty()) else {
            return Err(format!(
                "`{text}` is no range of a key; write for example \
                 `mapping.ParallelizationFactor=1..10`"
            ));
        };
        Ends::new(key, from, to)
    }

    /// The ends of a key, as `--set` takes them.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn new(key: &str, from: &str, to: &str) -> Result<Ends, String> {
        let ends = number_and_unit(from).zip(number_and_unit(to));
        let is_finite = |ends: &((f64, _), (f64, _))| ends.0.0.is_finite() && ends.1.0.is_finite();
        let Some(((low, unit), (high, other))) = ends.filter(is_finite) else {
            return Err(format!("`{from}..{to}` is not a range of numbers such as `50/s..500/s`"));
        };
        if unit != other {
            return Err(format!("`{from}` and `{to}` have different units; write both in one"));
        }
        if low >= high {
            return Err(format!("`{from}..{to}` is empty; write the smaller number first"));
        }
        let is_whole = unit.is_empty() && !from.contains('.') && !to.contains('.');
        Ok(Ends { key: key.to_owned(), from: low, to: high, unit: unit.to_owned(), is_whole })
    }

    /// The ends as the command line takes them.
    pub fn text(&self) -> String {
        let [from, to] = [self.from, self.to].map(|value| self.written(value));
        format!("{}={from}..{to}", self.key)
    }

    /// A value as the scenario file writes it.
    pub fn written(&self, value: f64) -> String {
        format!("{value}{}", self.unit)
    }

    /// A value between two others, at most three digits of it; `None`: they are neighbours.
    pub fn between(&self, low: f64, high: f64) -> Option<f64> {
        let middle = low + (high - low) / 2.0;
        if self.is_whole {
            return Some(libm::floor(middle)).filter(|middle| *middle > low);
        }
        if high - low <= NEIGHBOURS * high {
            return None;
        }
        let rounded: f64 = format!("{middle:.2e}").parse().expect("a printed float is a float");
        Some(rounded).filter(|middle| low < *middle && *middle < high)
    }
}

/// Reads `[tune]`, for a stream of so many shards.
pub(super) fn tune(field: &Field<'_>, shards: u32, cx: &mut Reading) -> Option<Tune> {
    let mut table = field.table("{ minimize = \"cost_usd.total\", factor = [...] }", cx)?;
    let [minimize, maximize] = ["minimize", "maximize"].map(|key| table.optional(key, cx));
    let list = table.optional("factor", cx);
    let probability = table.or_default("probability", "95%", cx);
    let indifference = table.or_default("indifference", "0.1%", cx);
    let budget = table.optional("budget", cx);
    let border = table.optional("break_even", cx);
    table.finish(cx);
    let maximizes = minimize.is_none();
    let aim = match (&minimize, &maximize) {
        (Some(aim), None) | (None, Some(aim)) => Some(aim),
        (Some(_), Some(second)) => {
            cx.error(second, "`minimize` and `maximize` exclude each other; keep one");
            None
        }
        (None, None) => {
            cx.error(field, "says not what for; write for example `minimize = \"cost_usd.total\"`");
            None
        }
    };
    let metric = aim.and_then(|aim| figure(aim, shards, cx));
    let factors = match &list {
        Some(list) => crossing(list, cx),
        None => Some(Vec::new()),
    };
    let probability = probability_between(&probability, cx);
    let indifference = indifference.probability(cx).map(|share| share.get());
    let budget = match &budget {
        Some(budget) => Some(budget.whole(1, BUDGET_MAX, cx)?),
        None => None,
    };
    let break_even = match &border {
        Some(border) => Some(ends(border, cx)?),
        None => None,
    };
    if list.is_none() && border.is_none() {
        cx.error(field, "has nothing to choose from; add `[[tune.factor]]` or `break_even`");
        return None;
    }
    Some(Tune {
        metric: metric?,
        maximize: maximizes,
        factors: factors?,
        probability: probability?,
        indifference: indifference?,
        budget,
        break_even,
    })
}

/// Factors that can be crossed.
fn crossing(list: &Field<'_>, cx: &mut Reading) -> Option<Vec<Factor>> {
    let factors = factors(list, cx)?;
    match Sweep::crossed(factors.clone()).points(0, COMBINATIONS_MAX) {
        Ok(_) => Some(factors),
        Err(message) => {
            cx.error(list, message);
            None
        }
    }
}

fn figure(field: &Field<'_>, shards: u32, cx: &mut Reading) -> Option<String> {
    let name = field.text(cx)?;
    match Figure::parse(&name, shards) {
        Ok(_) => Some(name),
        Err(message) => {
            cx.error(field, message);
            None
        }
    }
}

fn probability_between(field: &Field<'_>, cx: &mut Reading) -> Option<f64> {
    let share = field.probability(cx)?.get();
    if share > 0.0 && share < 1.0 {
        return Some(share);
    }
    cx.error(field, "must lie between 0 % and 100 %; write for example `95%`");
    None
}

fn ends(field: &Field<'_>, cx: &mut Reading) -> Option<Ends> {
    let example = "{ key = \"stream.shards\", from = 1, to = 64 }";
    let mut table = field.table(example, cx)?;
    let key = table.required("key", "\"stream.shards\"", cx);
    let from = table.required("from", "1", cx);
    let to = table.required("to", "64", cx);
    table.finish(cx);
    let key = key?.text(cx)?;
    let text = |field: &Field<'_>| {
        field.node.as_text().map_or_else(|| field.node.to_string(), str::to_owned)
    };
    match Ends::new(&key, &text(&from?), &text(&to?)) {
        Ok(ends) => Some(ends),
        Err(message) => {
            cx.error(field, message);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_end_at_neighbours_and_others_at_one_percent() {
        let lanes = Ends::parse("mapping.ParallelizationFactor=1..10").expect("a range");
        assert_eq!(lanes.between(1.0, 10.0), Some(5.0));
        assert_eq!(lanes.between(4.0, 5.0), None);
        assert_eq!(lanes.written(5.0), "5");
        let rate = Ends::parse("traffic.0.arrivals.poisson.rate=50/s..500/s").expect("a range");
        assert_eq!(rate.between(50.0, 500.0), Some(275.0));
        let middle = rate.between(270.3, 275.0).map(|value| rate.written(value));
        assert_eq!(middle.as_deref(), Some("273/s"));
        assert_eq!(rate.between(273.0, 275.0), None);
        let large = Ends::parse("traffic.0.arrivals.poisson.rate=0/s..1e4/s").expect("a range");
        assert_eq!((large.to, large.written(500.0)), (1e4, "500/s".to_owned()));
    }

    #[test]
    fn ranges_that_make_no_sense_are_refused() {
        let cases = [
            ("mapping.BatchSize", "`mapping.BatchSize` is no range of a key; write for example"),
            ("=1..2", "`=1..2` is no range of a key"),
            ("a=1..b", "`1..b` is not a range of numbers such as"),
            ("a=1s..2min", "`1s` and `2min` have different units"),
            ("a=5..5", "`5..5` is empty"),
            ("a=1..1e999", "`1..1e999` is not a range of numbers"),
        ];
        for (text, expected) in cases {
            let message = Ends::parse(text).expect_err(text);
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}
