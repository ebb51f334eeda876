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
        DiagnosisKind::ReaderLimit => "Reader limit: a shard is not read fast enough",
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
        DiagnosisKind::ReaderLimit => "reads at their limit",
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
    let figures = Figures(diagnosis);
    let mut text = match diagnosis.kind {
        DiagnosisKind::FailingBatch => figures.failing(),
        DiagnosisKind::Outage => figures.outage(),
        DiagnosisKind::Throttled => figures.throttled(),
        DiagnosisKind::OversizeRecord => {
            format!("{} discarded.", counted(figures.whole("discarded_records"), "record"))
        }
        DiagnosisKind::ReaderLimit => figures.refused(),
        DiagnosisKind::Disabled => format!("Polling was off for {}.", figures.time("disabled_for")),
        DiagnosisKind::RollOver => figures.children(),
        DiagnosisKind::TooFewKeys => figures.keys(),
        DiagnosisKind::PayloadBound => figures.payload(),
        DiagnosisKind::SlowFunction => {
            let mean = figures.time("mean_duration");
            format!("An invocation took {mean} on average over the run.")
        }
        DiagnosisKind::UnderCapacity => format!(
            "The busiest lane is asked for {} of what it can do; its age grows by {} per second \
             while that lasts.",
            figures.load("utilization"),
            figures.time("age_growth"),
        ),
        DiagnosisKind::Burst => format!(
            "The busiest lane is asked for {} of what it can do on average, {} at the peak.",
            figures.load("utilization"),
            figures.load("peak_utilization"),
        ),
        DiagnosisKind::WindowBound => format!(
            "Of the mean age, {} is the window of {}; a batch has {:.1} records on average.",
            figures.part("share_of_age"),
            figures.time("window"),
            figures.value("mean_batch"),
        ),
    };
    if let Some(timeouts) = figures.get("timeouts") {
        text += &format!(" Attempts that ran into the timeout: {timeouts}.");
    }
    if let Some(blocked) = figures.get("blocked_shard_time") {
        text += &format!(" Shards were blocked by it for {}.", length(blocked));
    }
    if let Some(worst) = figures.get("worst_age") {
        text += &format!(" The oldest unfinished record became {} old.", length(worst));
    }
    if let Some(expired) = figures.get("expired_records") {
        text += &format!(" The stream lost {}.", counted(expired as u64, "record"));
    }
    text
}

/// The figures of a diagnosis by name; one that is missing counts as 0.
struct Figures<'a>(&'a Diagnosis);

impl Figures<'_> {
    fn get(&self, name: &str) -> Option<f64> {
        let mut found = self.0.evidence.iter().filter(|evidence| evidence.figure == name);
        found.next().map(|evidence| evidence.value)
    }

    fn value(&self, name: &str) -> f64 {
        self.get(name).unwrap_or(0.0)
    }

    fn whole(&self, name: &str) -> u64 {
        self.value(name) as u64
    }

    fn time(&self, name: &str) -> String {
        length(self.value(name))
    }

    fn part(&self, name: &str) -> String {
        percent(self.value(name))
    }

    /// A share that may be above 1.
    fn load(&self, name: &str) -> String {
        format!("{:.0} %", self.value(name) * 100.0)
    }

    fn failing(&self) -> String {
        let records = match (self.get("first_record"), self.get("last_record")) {
            (Some(first), Some(last)) if first < last => format!("records {first} to {last}"),
            (Some(first), _) => format!("record {first}"),
            (None, _) => "a final call".to_owned(),
        };
        let mut text = format!(
            "Of all attempts {} failed ({}). The worst batch is {records} of shard {}: {} failed \
             in {}, from {} on.",
            self.part("error_share"),
            self.whole("errors"),
            self.whole("shard"),
            counted(self.whole("failed_attempts"), "attempt"),
            self.time("failing_for"),
            offset(self.value("failing_from")),
        );
        if let Some(discarded) = self.get("discarded_records") {
            text += &format!(" {} discarded.", counted(discarded as u64, "record"));
        }
        text
    }

    fn outage(&self) -> String {
        format!(
            "No attempt succeeded for {} in all, from {} on ({}); {} failed.",
            self.time("nothing_succeeded_for"),
            offset(self.value("from")),
            counted(self.whole("times"), "time"),
            counted(self.whole("failed_attempts"), "attempt"),
        )
    }

    fn throttled(&self) -> String {
        let reserved = self.get("reserved");
        let reserved =
            reserved.map_or(String::new(), |reserved| format!(" and {reserved} reserved"));
        format!(
            "{} of the attempts were throttled ({}), with {} at once at most{reserved}.",
            self.part("throttled_attempts"),
            self.whole("throttles"),
            counted(self.whole("most_at_once"), "invocation"),
        )
    }

    fn refused(&self) -> String {
        if let Some(read) = self.get("mean_read") {
            return format!(
                "One read returned {read:.0} records on average while shards were late, which is \
                 the most it can; a batch has {:.0} records on average, BatchSize is {}.",
                self.value("mean_batch"),
                self.whole("batch_size"),
            );
        }
        format!(
            "{} of {} GetRecords calls were refused; records waited {} for their poll on average.",
            self.part("refused_reads"),
            self.whole("reads"),
            self.time("mean_wait_for_poll"),
        )
    }

    fn children(&self) -> String {
        let children = counted(self.whole("child_shards"), "child shard");
        match self.get("longest_wait_for_child").filter(|wait| *wait > 0.0) {
            Some(wait) => {
                let wait = length(wait);
                format!("{children} opened, up to {wait} after the parent was finished.")
            }
            None => format!("{children} opened when their parents were finished."),
        }
    }

    fn payload(&self) -> String {
        format!(
            "{} of the batches were closed by the payload limit, with {:.0} records on average; \
             BatchSize is {}.",
            self.part("closed_by_payload"),
            self.value("mean_batch"),
            self.whole("batch_size"),
        )
    }

    fn keys(&self) -> String {
        let shard = self.whole("shard");
        match (self.get("busiest_lane"), self.get("other_lanes")) {
            (Some(most), Some(others)) => format!(
                "While shard {shard} was late, its busiest lane was in the function for {} of \
                 the time, its other {} for {} each.",
                percent(most),
                counted(self.whole("lanes").saturating_sub(1), "lane"),
                percent(others),
            ),
            (_, _) => format!(
                "Shard {shard}, one of {}, is written {} of the records.",
                self.whole("shards"),
                self.part("records_of_shard"),
            ),
        }
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
        "window for larger batches" => {
            "a MaximumBatchingWindowInSeconds, in which a batch gathers several reads"
        }
        "Timeout" => "a longer Timeout of the function, or a smaller BatchSize",
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
