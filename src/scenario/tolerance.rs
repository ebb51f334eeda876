//! How much worse a metric may get before a comparison calls it a regression:
//! `--tolerance iterator_age.p99=5%`, and in the scenario
//!
//! ```toml
//! [compare]
//! tolerance = { "iterator_age.p99" = "5%", "cost_usd.total" = "$0.10" }
//! ```
//!
//! A percentage is of the base's value; anything else is in the metric's own unit. Left out: a
//! tolerance for getting better, which is no regression.

use super::assertions::{parse_limit, unknown_metric};
use super::document::{Node, Value};
use super::metrics::{Metric, metric, metric_names};
use super::reader::{Field, Reading};

/// How much worse a metric may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// By this share of the base's value, at least 0.
    Share(f64),
    /// By this much in seconds, records, dollars or as a number, at least 0.
    Amount(f64),
}

impl Allowed {
    /// The change that is allowed where the base has this value, at least 0.
    pub fn of(self, base: f64) -> f64 {
        match self {
            Allowed::Share(share) => share * base.abs(),
            Allowed::Amount(amount) => amount,
        }
    }
}

/// How much worse one metric may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    /// The metric, which has a direction.
    pub metric: &'static Metric,
    /// How much.
    pub allowed: Allowed,
    /// The amount as written.
    pub text: String,
}

impl Tolerance {
    /// Reads `METRIC=AMOUNT`.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn parse(text: &str) -> Result<Tolerance, String> {
        let Some((name, amount)) = text.split_once('=') else {
            return Err(format!(
                "`{text}` allows nothing; write for example `iterator_age.p99=5%`"
            ));
        };
        Tolerance::new(name.trim(), amount.trim())
    }

    fn new(name: &str, amount: &str) -> Result<Tolerance, String> {
        let metric = metric(name).ok_or_else(|| unknown_metric(name, &metric_names()))?;
        if metric.direction.is_none() {
            return Err(format!(
                "more or less of `{name}` is neither better nor worse, so it needs no tolerance"
            ));
        }
        let allowed = match amount.strip_suffix('%') {
            Some(percent) => {
                let percent: Option<f64> = percent.trim().parse().ok();
                percent.map(|percent| Allowed::Share(percent / 100.0)).ok_or_else(|| {
                    format!("`{amount}` is not a percentage; write for example `5%`")
                })?
            }
            None => Allowed::Amount(parse_limit(amount, name, metric.dimension)?),
        };
        match allowed {
            Allowed::Share(size) | Allowed::Amount(size) if size.is_finite() && size >= 0.0 => {
                Ok(Tolerance { metric, allowed, text: amount.to_owned() })
            }
            Allowed::Share(_) | Allowed::Amount(_) => {
                Err(format!("`{amount}` is below 0; a metric that may not get worse needs `0%`"))
            }
        }
    }
}

/// Reads `[compare]`.
pub(super) fn tolerances(field: Option<Field<'_>>, cx: &mut Reading) -> Vec<Tolerance> {
    let Some(field) = field else {
        return Vec::new();
    };
    let example = "{ \"iterator_age.p99\" = \"5%\" }";
    let Some(mut table) = field.table(&format!("{{ tolerance = {example} }}"), cx) else {
        return Vec::new();
    };
    let tolerance = table.required("tolerance", example, cx);
    table.finish(cx);
    let mut found = Vec::new();
    if let Some(tolerance) = tolerance {
        match &tolerance.node.value {
            Value::Table(_) => collect(&tolerance.node, &tolerance.path, "", &mut found, cx),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Date(_)
            | Value::List(_) => cx.wrong_kind(&tolerance, &format!("a table such as `{example}`")),
        }
    }
    found
}

/// Dotted keys without quotes are tables in tables, which mean the same.
fn collect(node: &Node, path: &str, name: &str, found: &mut Vec<Tolerance>, cx: &mut Reading) {
    if let Value::Table(table) = &node.value {
        for entry in &table.entries {
            let name = match name {
                "" => entry.key.clone(),
                before => format!("{before}.{}", entry.key),
            };
            collect(&entry.node, &format!("{path}.{}", entry.key), &name, found, cx);
        }
        return;
    }
    let field = Field::of(node, path);
    let amount = match &node.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => {
            cx.wrong_kind(&field, "an amount such as `\"5%\"`");
            return;
        }
    };
    match Tolerance::new(name, &amount) {
        Ok(tolerance) => found.push(tolerance),
        Err(message) => {
            cx.error(&field, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_share_of_the_base_or_in_the_unit_of_the_metric() {
        let cases = [
            ("iterator_age.p99=5%", Allowed::Share(0.05)),
            ("iterator_age.p99=250ms", Allowed::Amount(0.25)),
            ("errors = 10", Allowed::Amount(10.0)),
            ("cost_usd.total=$0.5", Allowed::Amount(0.5)),
            ("blocked_shard_time.total=200%", Allowed::Share(2.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(Tolerance::parse(text).map(|one| one.allowed), Ok(expected), "{text}");
        }
        assert_eq!(Allowed::Share(0.05).of(-40.0), 2.0);
        assert_eq!(Allowed::Amount(0.25).of(-40.0), 0.25);
    }

    #[test]
    fn mistakes_in_a_tolerance_say_what_to_write() {
        let cases = [
            ("5%", "`5%` allows nothing; write for example `iterator_age.p99=5%`"),
            ("iterator_age.p98=5%", "unknown metric `iterator_age.p98`; did you mean"),
            ("iterator_age=5%", "`iterator_age` is several metrics; choose one of"),
            ("iterator_age.p99=5", "`iterator_age.p99` is a time: `5` has no unit; write `5s`"),
            ("ledger.written=5%", "more or less of `ledger.written` is neither better nor worse"),
            ("errors=-1%", "`-1%` is below 0"),
            ("errors=many%", "`many%` is not a percentage"),
        ];
        for (text, expected) in cases {
            let message = Tolerance::parse(text).expect_err(text);
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}
