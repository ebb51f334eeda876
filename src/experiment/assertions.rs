//! What the scenario demands of every variant.

use crate::results::{RunResults, VariantSummary};
use crate::scenario::{Assertion, Scenario};

/// An assertion that does not hold for a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Name of the variant.
    pub variant: String,
    /// The assertion as written.
    pub assertion: String,
    /// The value found; `None`: the variant has no such figure (a mean of an unstable queue).
    pub value: Option<f64>,
}

/// The assertions that fail. A figure that does not exist fails its assertion.
pub fn failures(scenario: &Scenario, results: &RunResults) -> Vec<Failure> {
    let mut failures = Vec::new();
    for assertion in &scenario.assertions {
        for variant in &results.summary.variants {
            let value = figure(variant, &assertion.metric);
            if !value.is_some_and(|value| holds(assertion, value)) {
                let (variant, assertion) = (variant.name.clone(), assertion.text.clone());
                failures.push(Failure { variant, assertion, value });
            }
        }
    }
    failures
}

/// The figure at a dotted path of a variant's summary, for example `iterator_age.p99`.
pub fn figure(variant: &VariantSummary, path: &str) -> Option<f64> {
    let json = serde_json::to_value(variant).expect("a summary is plain data");
    let found = path.split('.').try_fold(&json, |value, key| value.get(key))?;
    found.get("value").unwrap_or(found).as_f64()
}

fn holds(assertion: &Assertion, value: f64) -> bool {
    assertion.comparison.holds(value, assertion.limit)
}
