//! What the scenario demands of every variant.

use crate::results::{CheckedCase, RunResults, VariantSummary};
use crate::scenario::metrics::Dimension;
use crate::scenario::{Assertion, Scenario};
use crate::units::Duration;

/// An assertion that does not hold for a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Name of the variant.
    pub variant: String,
    /// The assertion as written.
    pub assertion: String,
    /// The value found; `None`: the variant has no such figure (a mean of an unstable queue).
    pub value: Option<f64>,
    /// What it is measured in.
    pub dimension: Dimension,
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
            Some(value) => format!("found {}", with_unit(value, self.dimension)),
            None => "there is no such figure".to_owned(),
        }
    }
}

/// A figure in the unit in which limits are written; of long times the seconds as well, since two
/// of their units do not tell it from every limit.
fn with_unit(value: f64, dimension: Dimension) -> String {
    match dimension {
        Dimension::Seconds if value >= 60.0 => {
            format!("{}, {} s", Duration::from_secs_f64(value), to_milli(value))
        }
        Dimension::Seconds if value >= 1.0 => Duration::from_secs_f64(to_milli(value)).to_string(),
        Dimension::Seconds => Duration::from_secs_f64(to_milli(value * 1e3) / 1e3).to_string(),
        Dimension::UsDollars => format!("${value}"),
        Dimension::Records | Dimension::Count | Dimension::Number => value.to_string(),
    }
}

/// To three decimals.
fn to_milli(value: f64) -> f64 {
    libm::round(value * 1e3) / 1e3
}

fn failure(assertion: &Assertion, variant: &VariantSummary) -> Option<Failure> {
    let value = match assertion.minutes_above {
        None => figure(variant, &assertion.metric),
        Some(limit) => share_of_minutes(variant, limit),
    };
    let holds = value.is_some_and(|value| assertion.comparison.holds(value, assertion.limit));
    (!holds).then(|| Failure {
        variant: variant.name.clone(),
        assertion: assertion.text.clone(),
        value,
        dimension: assertion.dimension,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_has_its_unit_and_tells_it_from_a_limit_nearby() {
        let cases = [
            (86_418.276_591_861, Dimension::Seconds, "1 d, 86418.277 s"),
            (1_200.5, Dimension::Seconds, "20 min, 1200.5 s"),
            (2.000_4, Dimension::Seconds, "2 s"),
            (31.25, Dimension::Seconds, "31.25 s"),
            (0.012_345_678, Dimension::Seconds, "12.346 ms"),
            (0.0, Dimension::Seconds, "0 s"),
            (7.5, Dimension::Records, "7.5"),
            (0.25, Dimension::UsDollars, "$0.25"),
        ];
        for (value, dimension, expected) in cases {
            assert_eq!(with_unit(value, dimension), expected);
        }
    }
}
