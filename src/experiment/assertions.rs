//! What the scenario demands of every variant.

use crate::results::{CheckedCase, RunResults, VariantSummary};
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
            failures.extend(failure(assertion, variant));
        }
    }
    failures
}

/// Every assertion on every variant, for build servers.
pub fn checked(scenario: &Scenario, results: &RunResults) -> Vec<CheckedCase> {
    let of_variant = |variant: &VariantSummary| {
        let case = |assertion: &Assertion| CheckedCase {
            group: variant.name.clone(),
            name: assertion.text.clone(),
            failure: failure(assertion, variant).map(|failure| failure.found()),
        };
        scenario.assertions.iter().map(case).collect::<Vec<CheckedCase>>()
    };
    results.summary.variants.iter().flat_map(of_variant).collect()
}

impl Failure {
    /// What was found instead, in words.
    pub fn found(&self) -> String {
        match self.value {
            Some(value) => format!("found {value}"),
            None => "there is no such figure".to_owned(),
        }
    }
}

fn failure(assertion: &Assertion, variant: &VariantSummary) -> Option<Failure> {
    let value = match assertion.minutes_above {
        None => figure(variant, &assertion.metric),
        Some(limit) => share_of_minutes(variant, limit),
    };
    let holds = value.is_some_and(|value| assertion.comparison.holds(value, assertion.limit));
    let (variant, assertion) = (variant.name.clone(), assertion.text.clone());
    (!holds).then_some(Failure { variant, assertion, value })
}

/// The share of minutes with a sample whose largest IteratorAge is above so many seconds.
pub fn share_of_minutes(variant: &VariantSummary, limit: f64) -> Option<f64> {
    let share = variant.minutes_above.iter().find(|share| share.limit_seconds == limit);
    share?.share.value
}

/// The figure of a variant's summary that is asked for by this name, or at this dotted path, for
/// example `iterator_age.p99`.
pub fn figure(variant: &VariantSummary, path: &str) -> Option<f64> {
    if let Some(asked) = variant.asked.iter().find(|asked| asked.name == path) {
        return asked.figure.value;
    }
    let json = serde_json::to_value(variant).expect("a summary is plain data");
    let found = path.split('.').try_fold(&json, |value, key| value.get(key))?;
    found.get("value").unwrap_or(found).as_f64()
}
