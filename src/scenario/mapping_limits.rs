//! What CreateEventSourceMapping refuses, with its exception and its text (S12).
//!
//! | parameter | range | default |
//! |---|---|---|
//! | BatchSize | 1..10,000 | 100 |
//! | MaximumBatchingWindowInSeconds | 0..300 | 0 |
//! | ParallelizationFactor | 1..10 | 1 |
//! | MaximumRetryAttempts | -1..10,000 | -1 |
//! | MaximumRecordAgeInSeconds | -1 or 60..604,800 | -1 |
//! | TumblingWindowInSeconds | 0..900 | 0 |
//!
//! Texts are recorded ones where a recording exists, else have the shape of those.

/// A whole-number parameter of the API with its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterLimit {
    /// Name in requests, for example `BatchSize`.
    pub name: &'static str,
    /// Name in error texts, for example `batchSize`.
    pub name_in_errors: &'static str,
    /// Smallest value.
    pub minimum: i64,
    /// Largest value.
    pub maximum: i64,
    /// Meaning of the range in plain words.
    pub plain_range: &'static str,
}

/// `BatchSize`.
pub const BATCH_SIZE: ParameterLimit = ParameterLimit {
    name: "BatchSize",
    name_in_errors: "batchSize",
    minimum: 1,
    maximum: 10_000,
    plain_range: "1 to 10000 records",
};

/// `MaximumBatchingWindowInSeconds`.
pub const BATCHING_WINDOW: ParameterLimit = ParameterLimit {
    name: "MaximumBatchingWindowInSeconds",
    name_in_errors: "maximumBatchingWindowInSeconds",
    minimum: 0,
    maximum: 300,
    plain_range: "0 to 300 seconds",
};

/// `ParallelizationFactor`.
pub const PARALLELIZATION_FACTOR: ParameterLimit = ParameterLimit {
    name: "ParallelizationFactor",
    name_in_errors: "parallelizationFactor",
    minimum: 1,
    maximum: 10,
    plain_range: "1 to 10 lanes per shard",
};

/// `MaximumRetryAttempts`; -1 is for ever.
pub const RETRY_ATTEMPTS: ParameterLimit = ParameterLimit {
    name: "MaximumRetryAttempts",
    name_in_errors: "maximumRetryAttempts",
    minimum: -1,
    maximum: 10_000,
    plain_range: "-1 (for ever) or 0 to 10000 retries",
};

/// `MaximumRecordAgeInSeconds`; -1 is for ever.
pub const RECORD_AGE: ParameterLimit = ParameterLimit {
    name: "MaximumRecordAgeInSeconds",
    name_in_errors: "maximumRecordAgeInSeconds",
    minimum: -1,
    maximum: 604_800,
    plain_range: "-1 (for ever) or 60 to 604800 seconds",
};

/// `TumblingWindowInSeconds`.
pub const TUMBLING_WINDOW: ParameterLimit = ParameterLimit {
    name: "TumblingWindowInSeconds",
    name_in_errors: "tumblingWindowInSeconds",
    minimum: 0,
    maximum: 900,
    plain_range: "0 to 900 seconds",
};

/// Shortest maximum record age but -1, in seconds.
const RECORD_AGE_SHORTEST: i64 = 60;

/// How the API refuses a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Name of the exception.
    pub exception: &'static str,
    /// Its message.
    pub message: String,
}

impl Refusal {
    /// `Exception: message`.
    pub fn rule(&self) -> String {
        format!("{}: {}", self.exception, self.message)
    }
}

/// Breaks a constraint of the service model.
const VALIDATION: &str = "ValidationException";
/// Breaks a rule of the service itself.
const INVALID_PARAMETER: &str = "InvalidParameterValueException";

fn constraint(exception: &'static str, value: &str, name: &str, rule: &str) -> Refusal {
    Refusal {
        exception,
        message: format!(
            "1 validation error detected: Value {value} at '{name}' failed to satisfy \
             constraint: {rule}"
        ),
    }
}

/// Whether a parameter's value is refused, and how.
pub fn refusal_of(limit: &ParameterLimit, value: i64) -> Option<Refusal> {
    let quoted = format!("'{value}'");
    if value > limit.maximum {
        let rule = format!("Member must have value less than or equal to {}", limit.maximum);
        return Some(constraint(VALIDATION, &quoted, limit.name_in_errors, &rule));
    }
    if value < limit.minimum {
        let rule = format!("Member must have value greater than or equal to {}", limit.minimum);
        return Some(constraint(VALIDATION, &quoted, limit.name_in_errors, &rule));
    }
    let is_between = value > -1 && value < RECORD_AGE_SHORTEST;
    (limit.name == RECORD_AGE.name && is_between).then(|| Refusal {
        exception: INVALID_PARAMETER,
        message: "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 \
                  (inclusive)"
            .to_owned(),
    })
}

/// No `StartingPosition`.
pub fn starting_position_missing() -> Refusal {
    constraint(INVALID_PARAMETER, "null", "startingPosition", "Member must not be null.")
}

/// A `StartingPosition` that does not exist.
pub fn starting_position_unknown(value: &str) -> Refusal {
    constraint(
        VALIDATION,
        &format!("'{value}'"),
        "startingPosition",
        "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    )
}

/// `AT_TIMESTAMP` on a DynamoDB stream.
pub fn starting_position_unsupported(event_source_arn: &str) -> Refusal {
    Refusal {
        exception: INVALID_PARAMETER,
        message: format!("Unsupported starting position for arn type: {event_source_arn}"),
    }
}

/// A response type other than `ReportBatchItemFailures`.
pub fn response_type_unknown(values: &[String]) -> Refusal {
    constraint(
        VALIDATION,
        &format!("'[{}]'", values.join(", ")),
        "functionResponseTypes",
        "Member must satisfy constraint: [Member must satisfy enum value set: \
         [ReportBatchItemFailures], Member must not be null]",
    )
}

/// A tumbling window with lanes.
pub fn tumbling_window_with_lanes() -> Refusal {
    Refusal {
        exception: INVALID_PARAMETER,
        message: "Parallelization factor must be equal to 1 when tumbling window period is \
                  configured"
            .to_owned(),
    }
}

/// A filter pattern that is no JSON object.
pub fn filter_pattern_invalid() -> Refusal {
    Refusal {
        exception: INVALID_PARAMETER,
        message: "Invalid filter pattern definition.".to_owned(),
    }
}

/// An on-success destination.
pub fn on_success_unsupported() -> Refusal {
    Refusal {
        exception: INVALID_PARAMETER,
        message: "OnSuccess configuration is not supported for event source mappings.".to_owned(),
    }
}
