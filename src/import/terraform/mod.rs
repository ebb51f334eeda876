//! Terraform: configuration (HCL) and `terraform show -json` of a plan or a state.
//!
//! | file | does |
//! |---|---|
//! | `plan` | the JSON of plans and states, where Terraform has evaluated everything |
//! | `module` | blocks of a configuration: variables, locals, resources, module calls |
//! | `expression`, `operators`, `library` | expressions and the functions in such values |
//! | `resources` | `aws_lambda_event_source_mapping`, its function and its stream |
//! | `module_calls` | mappings among the arguments of modules |
//!
//! A configuration leaves more open than a plan; what it leaves open is unresolved. Left out:
//! modules from registries (their arguments are read, their text is not here), data sources.

mod expression;
mod library;
mod module;
mod module_calls;
mod operators;
pub mod plan;
mod resources;

use super::problem::{Problem, Problems};
use super::raw::RawMapping;
use super::source::SourceFile;
use super::supplied::Supplied;
use module::Module;

/// A setting's name in Terraform and in the API.
pub(super) const NAMES: [(&str, &str); 13] = [
    ("event_source_arn", "EventSourceArn"),
    ("starting_position", "StartingPosition"),
    ("starting_position_timestamp", "StartingPositionTimestamp"),
    ("batch_size", "BatchSize"),
    ("maximum_batching_window_in_seconds", "MaximumBatchingWindowInSeconds"),
    ("parallelization_factor", "ParallelizationFactor"),
    ("maximum_retry_attempts", "MaximumRetryAttempts"),
    ("maximum_record_age_in_seconds", "MaximumRecordAgeInSeconds"),
    ("bisect_batch_on_function_error", "BisectBatchOnFunctionError"),
    ("function_response_types", "FunctionResponseTypes"),
    ("tumbling_window_in_seconds", "TumblingWindowInSeconds"),
    ("enabled", "Enabled"),
    ("function_name", "FunctionName"),
];

/// All mappings of a configuration, which may have several files.
///
/// # Errors
/// When a file is not HCL.
pub fn mappings(
    sources: &[SourceFile],
    supplied: &Supplied,
    problems: &mut Problems,
) -> Result<Vec<RawMapping>, Problem> {
    let files = module::parse(sources)?;
    let module = Module::new(&files, supplied);
    Ok(resources::mappings(&module, problems))
}
