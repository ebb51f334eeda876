//! Known answers as they are written down: a question, the right answer, how exactly it is meant.
//!
//! A file is `{"schema": ..., "items": [...]}`. An item asks for a metric of a run (`config`,
//! `metric`, `args`) or for the result of a statistical procedure (`procedure`, `input`). The
//! schema is closed: unknown keys, metrics and procedures are errors that name the item.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::metric::{Arguments, Metric};

/// Schemas that are read here.
pub const SCHEMAS: [&str; 2] = ["theory/1", "statistics/1"];

/// One known answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Name of the item.
    pub id: String,
    /// Group it belongs to, one letter.
    pub group: String,
    /// What it is about, for people.
    pub title: String,
    /// What is asked.
    pub question: Question,
    /// The right answer.
    pub value: Answer,
    /// How far from it is still right.
    pub tolerance: Tolerance,
    /// Unit of the answer, for people; may be empty.
    pub unit: String,
    /// How the answer was computed, for people; may be empty.
    pub method: String,
}

/// What an item asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// A metric of a run.
    Run {
        /// What to simulate.
        config: Box<Config>,
        /// What to look at.
        metric: Metric,
        /// Its name.
        name: String,
    },
    /// The result of a procedure.
    Procedure {
        /// Its name.
        name: String,
        /// Its input, numbers and lists of numbers.
        input: BTreeMap<String, Answer>,
    },
}

/// A number, a list, rows, or named answers.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// One number.
    Number(f64),
    /// Several.
    List(Vec<f64>),
    /// Rows of several.
    Rows(Vec<Vec<f64>>),
    /// Each under its name.
    Named(BTreeMap<String, Answer>),
}

/// When an answer passes.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Tolerance {
    /// Every element within this of its value.
    Abs {
        /// Largest difference.
        abs: f64,
    },
    /// The mean within this share of the value.
    Rel {
        /// Largest share.
        rel: f64,
    },
    /// Half the sum of absolute differences of the averaged lists is at most this.
    Tv {
        /// Largest distance.
        tv: f64,
    },
    /// The mean lies between two values.
    Range {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
    },
    /// The mean's interval, widened by a slack, covers the value, and is narrow enough.
    Ci {
        /// Confidence of the interval.
        confidence: f64,
        /// Slack as a share of the value.
        slack_rel: f64,
        /// Largest half-width at 95 % as a share of the value.
        max_rel_halfwidth95: f64,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    items: Vec<Written>,
}

/// An item of either kind, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    group: String,
    #[serde(default)]
    title: String,
    config: Option<serde_json::Value>,
    metric: Option<String>,
    #[serde(default)]
    args: Option<serde_json::Value>,
    procedure: Option<String>,
    input: Option<BTreeMap<String, Answer>>,
    value: Answer,
    #[serde(default)]
    unit: String,
    tolerance: serde_json::Value,
    #[serde(default)]
    method: String,
}

/// Why known answers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// The text is no list of items.
    #[error("known answers: {0}")]
    Document(String),
    /// An item is not of the schema.
    #[error("known answer `{id}`: {reason}")]
    Item {
        /// Name of the item.
        id: String,
        /// What is wrong.
        reason: String,
    },
}

/// Reads a file of known answers.
///
/// # Errors
/// The first thing that is not of the schema.
pub fn parse(text: &str) -> Result<Vec<Item>, ItemError> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| ItemError::Document(error.to_string()))?;
    if !SCHEMAS.contains(&document.schema.as_str()) {
        let known = SCHEMAS.join("` or `");
        let reason = format!("the schema is `{}`, not `{known}`", document.schema);
        return Err(ItemError::Document(reason));
    }
    document
        .items
        .into_iter()
        .map(|written| {
            let id = written.id.clone();
            read(written).map_err(|reason| ItemError::Item { id, reason })
        })
        .collect()
}

fn read(written: Written) -> Result<Item, String> {
    let tolerance: Tolerance = value_of("tolerance", written.tolerance)?;
    let question = match (written.config, written.metric, written.procedure, written.input) {
        (Some(config), Some(name), None, None) => {
            let config: Box<Config> = Box::new(value_of("config", config)?);
            if config.run.replications == 0 || config.run.end().is_none() {
                return Err("config.run needs `replications` above 0 and one of `records`, \
                            `time_s`, `invocations` and `drained`"
                    .to_owned());
            }
            let arguments = match written.args {
                Some(args) => value_of("args", args)?,
                None => Arguments::default(),
            };
            let metric = Metric::read(&name, &arguments, &written.value)?;
            Question::Run { config, metric, name }
        }
        (None, None, Some(name), Some(input)) => Question::Procedure { name, input },
        _ => return Err("needs `config` and `metric`, or `procedure` and `input`".to_owned()),
    };
    Ok(Item {
        id: written.id,
        group: written.group,
        title: written.title,
        question,
        value: written.value,
        tolerance,
        unit: written.unit,
        method: written.method,
    })
}

fn value_of<T: serde::de::DeserializeOwned>(
    part: &str,
    value: serde_json::Value,
) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("{part}: {error}"))
}

impl Item {
    /// The name of the metric or the procedure.
    pub fn kind(&self) -> &str {
        match &self.question {
            Question::Run { name, .. } | Question::Procedure { name, .. } => name,
        }
    }
}

impl Answer {
    /// How many elements a list or rows have; 1 for a number.
    pub fn elements(&self) -> usize {
        match self {
            Answer::Number(_) => 1,
            Answer::List(list) => list.len(),
            Answer::Rows(rows) => rows.len(),
            Answer::Named(named) => named.len(),
        }
    }
}

impl fmt::Display for Answer {
    /// Up to eight significant decimals; lists of more than eight elements are cut short.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        match self {
            Answer::Number(number) => write!(f, "{}", rounded(*number)),
            Answer::Named(named) => {
                for (place, (name, answer)) in named.iter().enumerate() {
                    write!(f, "{}{name} {answer}", if place > 0 { ", " } else { "" })?;
                }
                Ok(())
            }
            Answer::List(numbers) => {
                let mut list = f.debug_list();
                list.entries(numbers.iter().take(SHOWN).map(|number| rounded(*number)));
                if numbers.len() > SHOWN { list.finish_non_exhaustive() } else { list.finish() }
            }
            Answer::Rows(rows) => {
                let mut list = f.debug_list();
                for row in rows.iter().take(SHOWN) {
                    let numbers: Vec<f64> = row.iter().map(|number| rounded(*number)).collect();
                    list.entry(&numbers);
                }
                if rows.len() > SHOWN { list.finish_non_exhaustive() } else { list.finish() }
            }
        }
    }
}

/// To eight decimals, as far as they say anything.
fn rounded(number: f64) -> f64 {
    libm::round(number * 1e8) / 1e8
}

#[cfg(test)]
mod tests {
    use super::super::metric::InvocationMetric;
    use super::*;

    fn item(config: &str, rest: &str) -> Result<Vec<Item>, ItemError> {
        parse(&format!(
            r#"{{"schema": "theory/1", "items": [{{"id": "i", "group": "a", "config": {{{config}}},
            "value": 1, "tolerance": {{"kind": "abs", "abs": 0}}, {rest}}}]}}"#
        ))
    }

    const RUN: &str = r#""run": {"kind": "steady", "replications": 1, "records": 9}"#;

    #[test]
    fn what_is_not_of_the_schema_is_refused_with_the_name_of_the_item() {
        let cases = [
            (r#""lane": 2"#, r#""metric": "invocations""#, "config: unknown field `lane`"),
            (r#""keys": {"zipf": {}}"#, r#""metric": "invocations""#, "unknown variant `zipf`"),
            (
                r#""arrivals": {"poisson": {"rate": 1, "x": 2}}"#,
                r#""metric": "invocations""#,
                "`x`",
            ),
            (r#""shards": 2"#, r#""metric": "speed""#, "metric `speed` is unknown"),
            (r#""shards": 2"#, r#""metric": "iterator_age.quantile""#, "needs the argument `q`"),
            (
                r#""shards": 2"#,
                r#""metric": "invocations", "args": {"q": 0.5}"#,
                "has no argument `q`",
            ),
            (r#""shards": 2"#, r#""metric": "invocations", "args": {"p": 1}"#, "unknown field `p`"),
        ];
        for (config, rest, expected) in cases {
            let error = item(&format!("{config}, {RUN}"), rest).expect_err(expected).to_string();
            assert!(error.starts_with("known answer `i`: "), "{error}");
            assert!(error.contains(expected), "{error} should say {expected}");
        }
        let error = parse(r#"{"schema": "theory/2", "items": []}"#).expect_err("another schema");
        assert!(error.to_string().contains("not `theory/1`"), "{error}");
        let error = item(r#""shards": 2"#, r#""metric": "invocations""#).expect_err("no run");
        assert!(error.to_string().contains("config.run needs"), "{error}");
    }

    #[test]
    fn a_right_item_is_read_with_the_defaults_of_the_schema() {
        let items = item(RUN, r#""metric": "iterator_age.quantile", "args": {"q": 0.5}"#);
        let items = items.expect("the item is right");
        let Question::Run { config, metric, .. } = &items[0].question else {
            panic!("a run: {:?}", items[0].question)
        };
        assert_eq!(*metric, Metric::Invocations(InvocationMetric::AgeQuantile { q: 0.5 }));
        assert_eq!((config.lanes, config.poll_interval_s, config.retries), (1, 0.25, None));
    }
}
