//! Delivery cases: facts recorded on AWS, or documented, that a run of the model is held against.
//!
//! ```text
//! line of JSON --reading--> Case --as_scenario--> scenario file --scenario::load--> settings
//!   settings --facts (a run)--> Facts --compare--> verdict
//! ```
//!
//! | file | does |
//! |---|---|
//! | [`case`], [`expectation`] | the format of a case |
//! | `reading` | reads a file of them, or says what is wrong with its lines |
//! | `as_scenario` | the case as a scenario file |
//! | `facts` | runs it and keeps what happened |
//! | `api` | what the API says to the mapping |
//! | `compare`, `compare_discards` | what is expected beside what came of it |
//!
//! The cases in `cases.jsonl` restate what was recorded on AWS, or is documented; each names its
//! source.
//!
//! Every case is run in the same way, whatever it is called. What the model does not have is
//! `Unsupported`, with the reason found in the case itself.

mod api;
mod as_scenario;
pub mod case;
mod compare;
mod compare_discards;
pub mod expectation;
mod facts;
pub(crate) mod reading;

use std::fmt;
use std::path::PathBuf;

use serde_json::{Value, json};

use self::api::Refused;
pub use self::case::Case;
use self::expectation::ExpectedError;
use crate::results::DestinationMessage;
use crate::scenario::{self, Diagnostics, Source};

pub use reading::{CaseError, read_cases};

/// The delivery cases of this repository.
pub const CASES: &str = include_str!("cases.jsonl");

/// How messages to a destination are written, which is not this module's business.
pub struct Rendering<'a> {
    /// The invocation record of a message, as the destination gets it (S8.1).
    pub invocation_record: &'a dyn Fn(&DestinationMessage) -> Value,
    /// The sequence number of a record: on Kinesis or not, shard, and its place there from 0.
    pub sequence_number: &'a dyn Fn(bool, u32, u64) -> String,
}

impl fmt::Debug for Rendering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rendering")
    }
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseResult {
    /// Its id.
    pub id: String,
    /// How the model did.
    pub verdict: Verdict,
    /// What was compared, as far as it came to that.
    pub comparisons: Vec<Comparison>,
}

/// How the model did.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Everything is as expected.
    Passed,
    /// These things are not.
    Failed(Vec<Comparison>),
    /// The model has no such thing; in words.
    Unsupported(String),
}

/// One thing that a case expects, with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub what: String,
    /// What the case expects.
    pub expected: String,
    /// What the model gave.
    pub got: String,
    /// Whether that is the same.
    pub agrees: bool,
}

impl Comparison {
    /// Two texts that do not say the same.
    fn new(what: &str, expected: &str, got: &str) -> Comparison {
        let (what, expected, got) = (what.to_owned(), expected.to_owned(), got.to_owned());
        Comparison { what, expected, got, agrees: false }
    }

    fn between(what: &str, expected: &Value, got: &Value) -> Comparison {
        let agrees = compare::says_the_same(expected, got);
        Comparison { agrees, ..Comparison::new(what, &expected.to_string(), &got.to_string()) }
    }
}

impl fmt::Display for Comparison {
    /// `what: expected ..., got ...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.what, self.expected, self.got)
    }
}

/// Runs a case with the random numbers of `seed` and judges the model by it.
pub fn check(case: &Case, seed: u64, rendering: &Rendering<'_>) -> CaseResult {
    let (verdict, comparisons) = match compared(case, seed, rendering) {
        Err(reason) => (Verdict::Unsupported(reason), Vec::new()),
        Ok(comparisons) => {
            let differs = |comparison: &&Comparison| !comparison.agrees;
            let differing: Vec<Comparison> = comparisons.iter().filter(differs).cloned().collect();
            match differing.is_empty() {
                true => (Verdict::Passed, comparisons),
                false => (Verdict::Failed(differing), comparisons),
            }
        }
    };
    CaseResult { id: case.id.clone(), verdict, comparisons }
}

/// What the case expects beside what came of it; or why it cannot be run.
fn compared(case: &Case, seed: u64, rendering: &Rendering<'_>) -> Result<Vec<Comparison>, String> {
    if let Some(reason) = not_modelled(case) {
        return Err(reason);
    }
    let text = as_scenario::scenario_text(case);
    let source = Source { name: case.id.clone(), text, folder: PathBuf::new() };
    let scenario = match scenario::load(&source, &[]) {
        Ok(scenario) => scenario,
        Err(diagnostics) => return compared_refusal(case, &diagnostics),
    };
    if let Some(error) = &case.expect.error {
        let accepted = Comparison::new("error", &error.exception, "the mapping is accepted");
        return Ok(vec![accepted]);
    }
    let variant = scenario.base();
    let shown = api::shown(&variant.settings.mapping);
    let mut comparisons = Vec::new();
    for (key, expected) in &case.expect.mapping {
        let got = shown.get(key).unwrap_or(&Value::Null);
        comparisons.push(Comparison::between(&format!("mapping {key}"), expected, got));
    }
    let facts = facts::run(case, variant, seed);
    comparisons.extend(compare::comparisons(case, &facts, rendering));
    Ok(comparisons)
}

/// What a case asks for that the model does not have: shards under other numbers than the next
/// free ones, or reshards that are no split, merge or roll-over.
fn not_modelled(case: &Case) -> Option<String> {
    let mut next = case.stream.shards;
    for reshard in &case.stream.reshard {
        let counts = (reshard.close.len(), reshard.open.len());
        if ![(1, 1), (1, 2), (2, 1)].contains(&counts) {
            return Some(format!("{} shards become {} at one time", counts.0, counts.1));
        }
        for &opened in &reshard.open {
            if opened != next {
                return Some(format!("shard {opened} opens before shard {next}"));
            }
            next += 1;
        }
    }
    None
}

fn compared_refusal(case: &Case, diagnostics: &Diagnostics) -> Result<Vec<Comparison>, String> {
    match (api::refused(diagnostics), &case.expect.error) {
        (None, _) => {
            let first = &diagnostics.0[0];
            Err(format!("{}: {}", first.path, first.message))
        }
        (Some(refused), None) => {
            let got = format!("{}: {}", refused.exception, refused.message);
            Ok(vec![Comparison::new("error", "none", &got)])
        }
        (Some(refused), Some(expected)) => Ok(compared_errors(&refused, expected)),
    }
}

fn compared_errors(got: &Refused, expected: &ExpectedError) -> Vec<Comparison> {
    let (exception, wanted) = (json!(got.exception), json!(expected.exception));
    let mut comparisons = vec![Comparison::between("error exception", &wanted, &exception)];
    if let Some(part) = &expected.message_contains {
        let agrees = got.message.contains(part);
        let part = Comparison::new("part of the error message", part, &got.message);
        comparisons.push(Comparison { agrees, ..part });
    } else if let Some(message) = &expected.message {
        let message = Comparison::between("error message", &json!(message), &json!(got.message));
        comparisons.push(message);
    }
    comparisons
}
