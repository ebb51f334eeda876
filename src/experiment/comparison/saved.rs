//! The figures of a saved `summary.json`, schema `shardlag.summary/1`.
//!
//! Keys may be added to the schema, so an older file may lack a metric; it is then left out of
//! the comparison. What a file has must be right. Left out: values of single replications, which
//! a summary does not hold.

use serde_json::Value;

use super::subject::{Subject, SubjectVariant, figure_of};
use crate::results::{Estimate, StabilityVerdict};
use crate::scenario::metrics::METRICS;

const SCHEMA: &str = "shardlag.summary/1";

/// Reads a saved summary; `name` is what the user calls it.
///
/// # Errors
/// When it is not such a file, or not a whole one.
pub fn saved(name: &str, text: &str) -> Result<Subject, String> {
    let fail = |message: String| format!("{name}: {message}");
    let json: Value = serde_json::from_str(text)
        .map_err(|error| fail(format!("not JSON: {error}; give a `summary.json`")))?;
    let schema = json.get("schema").and_then(Value::as_str);
    if schema != Some(SCHEMA) {
        let found = match schema {
            Some(other) => format!("its schema is `{other}`"),
            None => "it has no `schema`".to_owned(),
        };
        return Err(fail(format!(
            "{found}; only summaries of schema `{SCHEMA}` can be compared, which `shardlag run` \
             writes as summary.json"
        )));
    }
    let number = |path: [&str; 2]| {
        let found =
            path.iter().filter(|key| !key.is_empty()).try_fold(&json, |one, key| one.get(key));
        found.and_then(Value::as_u64)
    };
    let whole = |key: &str| {
        number([key, ""]).ok_or_else(|| fail(format!("`{key}` is missing or no whole number")))
    };
    let replications = u32::try_from(whole("replications")?).ok().filter(|count| *count > 0);
    let replications = replications.ok_or_else(|| fail("`replications` is out of range".into()))?;
    let batches = number(["analysis", "batches"]).and_then(|count| u32::try_from(count).ok());
    let variants = json.get("variants").and_then(Value::as_array);
    let variants = variants.filter(|variants| !variants.is_empty());
    let variants = variants.ok_or_else(|| fail("`variants` is missing or empty".to_owned()))?;
    let read = |(index, value): (usize, &Value)| {
        variant(index, value).map_err(|message| fail(format!("variants.{index}: {message}")))
    };
    Ok(Subject {
        name: name.to_owned(),
        seed: whole("seed")?,
        replications,
        values_per_interval: batches.unwrap_or(replications),
        variants: variants.iter().enumerate().map(read).collect::<Result<_, String>>()?,
    })
}

fn variant(index: usize, json: &Value) -> Result<SubjectVariant, String> {
    let name = json.get("name").and_then(Value::as_str).ok_or("`name` is missing")?;
    let stability = json.get("stability").and_then(|stability| stability.get("verdict"));
    let stability: StabilityVerdict = stability
        .and_then(|verdict| serde_json::from_value(verdict.clone()).ok())
        .ok_or("`stability.verdict` is missing or unknown")?;
    let figure = |name: &str| figure_of(json, name);
    let figures: Vec<Option<Estimate>> =
        METRICS.iter().map(|metric| figure(metric.name)).collect::<Result<_, String>>()?;
    if figures.iter().all(Option::is_none) {
        return Err("holds none of the metrics".to_owned());
    }
    let (name, run) = (name.to_owned(), index);
    Ok(SubjectVariant { name, run, stability, figures, values: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(of_variant: &str) -> String {
        format!(
            "{{\"schema\": \"{SCHEMA}\", \"seed\": 1, \"replications\": 5, \
             \"variants\": [{{{of_variant}}}]}}"
        )
    }

    #[test]
    fn a_summary_without_a_metric_is_read_and_one_with_a_wrong_figure_is_not() {
        let stable = "\"name\": \"base\", \"stability\": {\"verdict\": \"stable\"}";
        let errors = "\"errors\": {\"value\": 3.0, \"low\": 2.0, \"high\": 4.0}";
        let subject = saved("a.json", &summary(&format!("{stable}, {errors}"))).expect("it is");
        let of = |name: &str| METRICS.iter().position(|metric| metric.name == name).expect("known");
        let figures = &subject.variants[0].figures;
        assert_eq!(figures[of("errors")].and_then(|one| one.value), Some(3.0));
        assert_eq!(figures[of("throttles")], None);
        for figure in [
            "{\"value\": 3.0, \"low\": 4.0, \"high\": 2.0}",
            "{\"value\": 3.0, \"low\": -1e308, \"high\": 4.0}",
            "1e200",
        ] {
            let wrong = saved("a.json", &summary(&format!("{stable}, \"errors\": {figure}")));
            let message = wrong.expect_err(figure);
            assert!(message.starts_with("a.json: variants.0: `errors` is not a figure"));
        }
        let wrong = saved("a.json", &summary(&format!("{stable}, \"errors\": \"three\"")));
        let expected = "a.json: variants.0: `errors` is not a figure: \"three\"";
        assert_eq!(wrong, Err(expected.to_owned()));
    }

    #[test]
    fn what_is_no_summary_is_refused_with_a_reason() {
        let empty = format!("{{\"schema\": \"{SCHEMA}\", \"seed\": 1, \"replications\": 5}}");
        let cases = [
            ("{", "a.json: not JSON: "),
            ("{}", "a.json: it has no `schema`; only summaries of schema"),
            (
                "{\"schema\": \"shardlag.validate/1\"}",
                "a.json: its schema is `shardlag.validate/1`",
            ),
            (empty.as_str(), "a.json: `variants` is missing or empty"),
        ];
        for (text, expected) in cases {
            let message = saved("a.json", text).expect_err(text);
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
