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
//! | [`reading`] | reads a file of them, or says what is wrong with its lines |
//! | `as_scenario` | the case as a scenario file |
//! | `facts` | runs it and keeps what happened |
//! | `api` | what the API says to the mapping |
//! | `compare`, `compare_discards` | what is not as expected |
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
pub mod reading;

use std::fmt;
use std::path::PathBuf;

use serde_json::{Value, json};

use self::api::Refused;
pub use self::case::Case;
use self::expectation::ExpectedError;
use crate::results::DestinationMessage;
use crate::scenario::{self, Diagnostics, Source};

pub use reading::{CaseError, read_cases};

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
}

/// How the model did.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Everything is as expected.
    Passed,
    /// These things are not.
    Failed(Vec<Difference>),
    /// The model has no such thing; in words.
    Unsupported(String),
}

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What is compared.
    pub what: String,
    /// What the case expects.
    pub expected: String,
    /// What the model gave.
    pub got: String,
}

impl Difference {
    fn new(what: &str, expected: &str, got: &str) -> Difference {
        Difference { what: what.to_owned(), expected: expected.to_owned(), got: got.to_owned() }
    }

    fn between(what: &str, expected: &Value, got: &Value) -> Option<Difference> {
        let differs = !compare::says_the_same(expected, got);
        differs.then(|| Difference::new(what, &expected.to_string(), &got.to_string()))
    }
}

impl fmt::Display for Difference {
    /// `what: expected ..., got ...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.what, self.expected, self.got)
    }
}

/// Runs a case with the random numbers of `seed` and judges the model by it.
pub fn check(case: &Case, seed: u64, rendering: &Rendering<'_>) -> CaseResult {
    CaseResult { id: case.id.clone(), verdict: verdict(case, seed, rendering) }
}

fn verdict(case: &Case, seed: u64, rendering: &Rendering<'_>) -> Verdict {
    if let Some(reason) = not_modelled(case) {
        return Verdict::Unsupported(reason);
    }
    let text = as_scenario::scenario_text(case);
    let source = Source { name: case.id.clone(), text, folder: PathBuf::new() };
    let scenario = match scenario::load(&source, &[]) {
        Ok(scenario) => scenario,
        Err(diagnostics) => return verdict_on_refusal(case, &diagnostics),
    };
    if let Some(error) = &case.expect.error {
        let got = Difference::new("error", &error.exception, "the mapping is accepted");
        return Verdict::Failed(vec![got]);
    }
    let variant = scenario.base();
    let shown = api::shown(&variant.settings.mapping);
    let mut differences = Vec::new();
    for (key, expected) in &case.expect.mapping {
        let got = shown.get(key).unwrap_or(&Value::Null);
        differences.extend(Difference::between(&format!("mapping {key}"), expected, got));
    }
    let facts = facts::run(case, variant, seed);
    differences.extend(compare::differences(case, &facts, rendering));
    if differences.is_empty() { Verdict::Passed } else { Verdict::Failed(differences) }
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

fn verdict_on_refusal(case: &Case, diagnostics: &Diagnostics) -> Verdict {
    match (api::refused(diagnostics), &case.expect.error) {
        (None, _) => {
            let first = &diagnostics.0[0];
            Verdict::Unsupported(format!("{}: {}", first.path, first.message))
        }
        (Some(refused), None) => {
            let got = format!("{}: {}", refused.exception, refused.message);
            Verdict::Failed(vec![Difference::new("error", "none", &got)])
        }
        (Some(refused), Some(expected)) => match refusal_differences(&refused, expected) {
            differences if differences.is_empty() => Verdict::Passed,
            differences => Verdict::Failed(differences),
        },
    }
}

fn refusal_differences(got: &Refused, expected: &ExpectedError) -> Vec<Difference> {
    let mut differences = Vec::new();
    let exception =
        Difference::between("error exception", &json!(expected.exception), &json!(got.exception));
    differences.extend(exception);
    if let Some(part) = &expected.message_contains {
        if !got.message.contains(part) {
            differences.push(Difference::new("part of the error message", part, &got.message));
        }
    } else if let Some(message) = &expected.message {
        let message = Difference::between("error message", &json!(message), &json!(got.message));
        differences.extend(message);
    }
    differences
}
