//! What helps, by the names that AWS uses; settings that are in force already are not named.

use crate::model::settings::{Mapping, Settings, StreamKind};
use crate::results::DiagnosisKind;
use crate::units::Limit;

/// What helps against a kind that made a shard late by `worst` seconds, the most direct first.
pub(super) fn remedies(settings: &Settings, kind: DiagnosisKind, worst: f64) -> Vec<&'static str> {
    let discovery = settings.knobs.child_discovery.as_secs_f64();
    let mapping = &settings.mapping;
    match kind {
        DiagnosisKind::FailingBatch => against_failures(mapping),
        DiagnosisKind::OversizeRecord => {
            let mut names = vec!["size of the record"];
            if mapping.maximum_retry_attempts == Limit::Unlimited {
                names.push("MaximumRetryAttempts");
            }
            names
        }
        DiagnosisKind::Throttled => {
            if settings.concurrency.reserved.is_some() {
                vec!["ReservedConcurrentExecutions", "ParallelizationFactor"]
            } else {
                vec!["Concurrent executions", "ReservedConcurrentExecutions"]
            }
        }
        DiagnosisKind::ReaderLimit => match settings.stream.kind {
            StreamKind::DynamoDb => vec!["number of mappings on the stream"],
            StreamKind::Kinesis => vec!["RegisterStreamConsumer", "UpdateShardCount"],
        },
        DiagnosisKind::Disabled => vec!["Enabled"],
        DiagnosisKind::TooFewKeys => vec!["partition key", "BatchSize", "MemorySize"],
        DiagnosisKind::WindowBound => vec!["MaximumBatchingWindowInSeconds"],
        DiagnosisKind::SlowFunction => vec!["MemorySize", "ParallelizationFactor"],
        DiagnosisKind::PayloadBound => vec!["size of the record", "ParallelizationFactor"],
        // Children are found no sooner whatever the mapping says.
        DiagnosisKind::RollOver if worst < 2.0 * discovery => Vec::new(),
        DiagnosisKind::Outage
        | DiagnosisKind::RollOver
        | DiagnosisKind::UnderCapacity
        | DiagnosisKind::Burst => for_capacity(settings),
    }
}

/// What helps where every read returns as much as it can.
pub(super) fn against_full_reads(settings: &Settings) -> Vec<&'static str> {
    let mut names = vec!["size of the record"];
    if settings.mapping.batching_window.is_zero() && settings.mapping.batch_size > 1 {
        names.push("window for larger batches");
    }
    if settings.stream.kind == StreamKind::Kinesis {
        names.push("UpdateShardCount");
    }
    names
}

fn against_failures(mapping: &Mapping) -> Vec<&'static str> {
    let mut names = Vec::new();
    if mapping.maximum_retry_attempts == Limit::Unlimited {
        names.push("MaximumRetryAttempts");
    }
    if !mapping.bisect && mapping.batch_size > 1 {
        names.push("BisectBatchOnFunctionError");
    }
    if !mapping.report_batch_item_failures && mapping.batch_size > 1 {
        names.push("FunctionResponseTypes");
    }
    if mapping.maximum_record_age == Limit::Unlimited {
        names.push("MaximumRecordAgeInSeconds");
    }
    if mapping.on_failure.is_none() {
        names.push("DestinationConfig.OnFailure");
    }
    names
}

fn for_capacity(settings: &Settings) -> Vec<&'static str> {
    let mapping = &settings.mapping;
    let mut names = Vec::new();
    if mapping.parallelization_factor < 10 && mapping.tumbling_window.is_zero() {
        names.push("ParallelizationFactor");
    }
    if mapping.batch_size < 10_000 {
        names.push("BatchSize");
    }
    names.push("MemorySize");
    if settings.stream.kind == StreamKind::Kinesis {
        names.push("UpdateShardCount");
    }
    names
}
