//! How a diagnosis shows in the figures of a run, and what helps: one sentence for each kind.

use super::{counted, length, offset, percent};
use crate::results::{Diagnosis, DiagnosisKind};

/// What is wrong, as a heading.
pub(super) fn title(kind: DiagnosisKind) -> &'static str {
    match kind {
        DiagnosisKind::FailingBatch => "Failing batches",
        DiagnosisKind::Outage => "An outage: nothing succeeds for a time",
        DiagnosisKind::Throttled => "Throttled: too little concurrency",
        DiagnosisKind::OversizeRecord => "A record is too large to be sent",
        DiagnosisKind::ReaderLimit => "Reader limit: reading a shard is refused",
        DiagnosisKind::Disabled => "The mapping is disabled for a time",
        DiagnosisKind::RollOver => "Roll-over: child shards wait for their parents",
        DiagnosisKind::TooFewKeys => "Too few keys: one lane or shard has most of the records",
        DiagnosisKind::PayloadBound => "Payload-bound: batches are full by size, not by BatchSize",
        DiagnosisKind::SlowFunction => "The function is slow for a time",
        DiagnosisKind::UnderCapacity => "Under-capacity: more records than can be handled",
        DiagnosisKind::Burst => "A burst: more records than can be handled for a time",
        DiagnosisKind::WindowBound => "Window-bound: records wait for the batching window",
    }
}

/// What made a shard late, in a few words.
pub(super) fn cause(kind: DiagnosisKind) -> &'static str {
    match kind {
        DiagnosisKind::FailingBatch => "a failing batch",
        DiagnosisKind::Outage => "an outage",
        DiagnosisKind::Throttled => "throttled",
        DiagnosisKind::OversizeRecord => "a record too large",
        DiagnosisKind::ReaderLimit => "reads refused",
        DiagnosisKind::Disabled => "the mapping disabled",
        DiagnosisKind::RollOver => "waiting for parent shards",
        DiagnosisKind::TooFewKeys => "too few keys",
        DiagnosisKind::PayloadBound => "payload limit",
        DiagnosisKind::SlowFunction => "a slow function",
        DiagnosisKind::UnderCapacity => "too little capacity",
        DiagnosisKind::Burst => "a burst",
        DiagnosisKind::WindowBound => "batching window",
    }
}

/// The figures that show it.
pub(super) fn shown(diagnosis: &Diagnosis) -> String {
    let get = |name: &str| value(diagnosis, name);
    let time = |name: &str| length(get(name).unwrap_or(0.0));
    let part = |name: &str| percent(get(name).unwrap_or(0.0));
    let whole = |name: &str| get(name).unwrap_or(0.0) as u64;
    let mut text = match diagnosis.kind {
        DiagnosisKind::FailingBatch => failing(diagnosis),
        DiagnosisKind::Outage => format!(
            "No attempt succeeded for {} in all, from {} on ({}); {} failed.",
            time("nothing_succeeded_for"),
            offset(get("from").unwrap_or(0.0)),
            counted(whole("times"), "time"),
            counted(whole("failed_attempts"), "attempt"),
        ),
        DiagnosisKind::Throttled => {
            let reserved = get("reserved")
                .map_or(String::new(), |reserved| format!(" and {reserved} reserved"));
            format!(
                "{} of the attempts were throttled ({}), with {} at once at most{reserved}.",
                part("throttled_attempts"),
                whole("throttles"),
                counted(whole("most_at_once"), "invocation"),
            )
        }
        DiagnosisKind::OversizeRecord => {
            format!("{} discarded.", counted(whole("discarded_records"), "record"))
        }
        DiagnosisKind::ReaderLimit => format!(
            "{} of {} GetRecords calls were refused; records waited {} for their poll on average.",
            part("refused_reads"),
            whole("reads"),
            time("mean_wait_for_poll"),
        ),
        DiagnosisKind::Disabled => format!("Polling was off for {}.", time("disabled_for")),
        DiagnosisKind::RollOver => {
            let children = counted(whole("child_shards"), "child shard");
            match get("longest_wait_for_child").filter(|wait| *wait > 0.0) {
                Some(wait) => format!(
                    "{children} opened, up to {} after the parent was finished.",
                    length(wait)
                ),
                None => format!("{children} opened when their parents were finished."),
            }
        }
        DiagnosisKind::TooFewKeys => keys(diagnosis),
        DiagnosisKind::PayloadBound => format!(
            "{} of the batches were closed by the payload limit, with {:.0} records on average; \
             BatchSize is {}.",
            part("closed_by_payload"),
            get("mean_batch").unwrap_or(0.0),
            whole("batch_size"),
        ),
        DiagnosisKind::SlowFunction => {
            format!("An invocation took {} on average over the run.", time("mean_duration"))
        }
        DiagnosisKind::UnderCapacity => format!(
            "The busiest lane is asked for {} of what it can do; its age grows by {} per second \
             while that lasts.",
            part_or_more(get("utilization")),
            time("age_growth"),
        ),
        DiagnosisKind::Burst => format!(
            "The busiest lane is asked for {} of what it can do on average, {} at the peak.",
            part_or_more(get("utilization")),
            part_or_more(get("peak_utilization")),
        ),
        DiagnosisKind::WindowBound => format!(
            "Of the mean age, {} is the window of {}; a batch has {:.1} records on average.",
            part("share_of_age"),
            time("window"),
            get("mean_batch").unwrap_or(0.0),
        ),
    };
    if let Some(blocked) = get("blocked_shard_time") {
        text += &format!(" Shards were blocked by it for {}.", length(blocked));
    }
    if let Some(worst) = get("worst_age") {
        text += &format!(" The oldest unfinished record became {} old.", length(worst));
    }
    if let Some(expired) = get("expired_records") {
        text += &format!(" The stream lost {}.", counted(expired as u64, "record"));
    }
    text
}

fn value(diagnosis: &Diagnosis, name: &str) -> Option<f64> {
    let mut found = diagnosis.evidence.iter().filter(|evidence| evidence.figure == name);
    found.next().map(|evidence| evidence.value)
}

fn part_or_more(share: Option<f64>) -> String {
    format!("{:.0} %", share.unwrap_or(0.0) * 100.0)
}

fn failing(diagnosis: &Diagnosis) -> String {
    let get = |name: &str| value(diagnosis, name);
    let whole = |name: &str| get(name).unwrap_or(0.0) as u64;
    let records = match (get("first_record"), get("last_record")) {
        (Some(first), Some(last)) if first < last => format!("records {first} to {last}"),
        (Some(first), _) => format!("record {first}"),
        (None, _) => "a final call".to_owned(),
    };
    let mut text = format!(
        "Of all attempts {} failed ({}). The worst batch is {records} of shard {}: {} failed in \
         {}, from {} on.",
        percent(get("error_share").unwrap_or(0.0)),
        whole("errors"),
        whole("shard"),
        counted(whole("failed_attempts"), "attempt"),
        length(get("failing_for").unwrap_or(0.0)),
        offset(get("failing_from").unwrap_or(0.0)),
    );
    if let Some(discarded) = get("discarded_records") {
        text += &format!(" {} discarded.", counted(discarded as u64, "record"));
    }
    text
}

fn keys(diagnosis: &Diagnosis) -> String {
    let get = |name: &str| value(diagnosis, name);
    let shard = get("shard").unwrap_or(0.0);
    let records = percent(get("records_of_shard").unwrap_or(0.0));
    match (get("busiest_lane"), get("other_lanes")) {
        (Some(most), Some(others)) => format!(
            "While shard {shard} was late, its busiest lane was in the function for {} of the \
             time, its other {} for {} each.",
            percent(most),
            counted(get("lanes").unwrap_or(1.0) as u64 - 1, "lane"),
            percent(others),
        ),
        (_, _) => format!(
            "Shard {shard}, one of {}, is written {records} of the records.",
            get("shards").unwrap_or(1.0)
        ),
    }
}

/// What helps, with the names of settings.
pub(super) fn remedy(diagnosis: &Diagnosis) -> String {
    let names: Vec<String> = diagnosis.remedies.iter().map(|name| advice(name)).collect();
    let names = match names.is_empty() {
        true if diagnosis.kind == DiagnosisKind::RollOver => {
            return "no setting: a child shard takes this long to be found. Let alarms allow for it."
                .to_owned();
        }
        true => "what the function depends on, not a setting of the mapping".to_owned(),
        false => names.join("; "),
    };
    let first = match diagnosis.kind {
        DiagnosisKind::Outage => "repairing what the function needs; to catch up faster, ",
        DiagnosisKind::RollOver => "finishing parents sooner: ",
        DiagnosisKind::FailingBatch
        | DiagnosisKind::Throttled
        | DiagnosisKind::OversizeRecord
        | DiagnosisKind::ReaderLimit
        | DiagnosisKind::Disabled
        | DiagnosisKind::TooFewKeys
        | DiagnosisKind::PayloadBound
        | DiagnosisKind::SlowFunction
        | DiagnosisKind::UnderCapacity
        | DiagnosisKind::Burst
        | DiagnosisKind::WindowBound => "",
    };
    format!("{first}{names}.")
}

fn advice(name: &str) -> String {
    let what = match name {
        "MaximumRetryAttempts" => "a limit on MaximumRetryAttempts",
        "BisectBatchOnFunctionError" => "BisectBatchOnFunctionError, which isolates the bad record",
        "FunctionResponseTypes" => {
            "FunctionResponseTypes with ReportBatchItemFailures, and a function that reports"
        }
        "MaximumRecordAgeInSeconds" => "a limit on MaximumRecordAgeInSeconds",
        "DestinationConfig.OnFailure" => {
            "DestinationConfig with OnFailure, so that what is given up is known"
        }
        "ReservedConcurrentExecutions" => "a higher ReservedConcurrentExecutions",
        "Concurrent executions" => "a higher quota of concurrent executions of the account",
        "ParallelizationFactor" => "another ParallelizationFactor",
        "BatchSize" => "a larger BatchSize",
        "MemorySize" => "a faster function (code, MemorySize)",
        "UpdateShardCount" => "more shards (UpdateShardCount)",
        "RegisterStreamConsumer" => "enhanced fan-out (RegisterStreamConsumer)",
        "number of mappings on the stream" => "at most two mappings on the stream",
        "partition key" => "a partition key that spreads the records",
        "size of the record" => "smaller records (keep the data elsewhere, send a reference)",
        "Enabled" => "Enabled, and a shorter pause",
        "MaximumBatchingWindowInSeconds" => {
            "a smaller MaximumBatchingWindowInSeconds, if that age is too much"
        }
        other => other,
    };
    what.to_owned()
}
