//! What the API says to a case's mapping: its refusal, or the settings in force (S12).

use serde_json::{Map, Value, json};

use crate::model::settings::{Mapping, StartingPosition};
use crate::scenario::Diagnostics;
use crate::units::{Duration, Limit};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// Name of the exception.
    pub exception: String,
    /// Its message.
    pub message: String,
}

const VALIDATION: &str = "ValidationException";
const ONE_ERROR: &str = "1 validation error detected: ";

/// The API's answer to a request with these mistakes; `None`: none of them is one to AWS.
/// Constraints of the service model are checked before rules of the service and reported
/// together, other mistakes one by one. **Assumption**: in the order of the request.
pub(super) fn refused(diagnostics: &Diagnostics) -> Option<Refused> {
    let rules = diagnostics.0.iter().filter_map(|diagnostic| diagnostic.rule.as_deref());
    let refusals: Vec<(&str, &str)> = rules
        .filter_map(|rule| rule.split_once(": "))
        .filter(|(exception, _)| exception.ends_with("Exception"))
        .collect();
    let constraints: Vec<&str> = refusals
        .iter()
        .filter(|(exception, _)| *exception == VALIDATION)
        .map(|(_, message)| message.strip_prefix(ONE_ERROR).unwrap_or(message))
        .collect();
    let (exception, message) = match constraints.as_slice() {
        [] => {
            let (exception, message) = refusals.first()?;
            (*exception, (*message).to_owned())
        }
        [only] => (VALIDATION, format!("{ONE_ERROR}{only}")),
        several => {
            let count = several.len();
            let list = several.join("; ");
            (VALIDATION, format!("{count} validation errors detected: {list}"))
        }
    };
    Some(Refused { exception: exception.to_owned(), message })
}

/// The settings in force as the API shows them.
pub(super) fn shown(mapping: &Mapping) -> Map<String, Value> {
    let seconds = |duration: Duration| duration.as_nanos() / 1_000_000_000;
    let response_types: &[&str] = match mapping.report_batch_item_failures {
        true => &["ReportBatchItemFailures"],
        false => &[],
    };
    let on_failure = match &mapping.on_failure {
        Some(on_failure) => json!({ "Destination": on_failure.destination_arn }),
        None => json!({}),
    };
    let age = match mapping.maximum_record_age {
        Limit::Limited(age) => json!(seconds(age)),
        Limit::Unlimited => json!(-1),
    };
    let retries = match mapping.maximum_retry_attempts {
        Limit::Limited(retries) => json!(retries),
        Limit::Unlimited => json!(-1),
    };
    let position = match mapping.starting_position {
        StartingPosition::TrimHorizon => "TRIM_HORIZON",
        StartingPosition::Latest => "LATEST",
        StartingPosition::AtTimestamp(_) => "AT_TIMESTAMP",
    };
    let shown = [
        ("StartingPosition", json!(position)),
        ("BatchSize", json!(mapping.batch_size)),
        ("MaximumBatchingWindowInSeconds", json!(seconds(mapping.batching_window))),
        ("ParallelizationFactor", json!(mapping.parallelization_factor)),
        ("MaximumRetryAttempts", retries),
        ("MaximumRecordAgeInSeconds", age),
        ("BisectBatchOnFunctionError", json!(mapping.bisect)),
        ("FunctionResponseTypes", json!(response_types)),
        ("DestinationConfig", json!({ "OnFailure": on_failure })),
        ("TumblingWindowInSeconds", json!(seconds(mapping.tumbling_window))),
    ];
    shown.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
