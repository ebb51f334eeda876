//! Every lint with its code, the reason behind it, and what to do: what `check --explain` shows.

/// One kind of doubt about settings that AWS accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lint {
    /// Its code, for example `W-endless-retries`; the `rule` of its diagnostics.
    pub code: &'static str,
    /// The doubt in a few words.
    pub doubt: &'static str,
    /// What happens with such settings, and why, with the rules of the specification.
    pub why: &'static str,
    /// What to write instead, or when to leave it as it is.
    pub instead: &'static str,
}

const fn lint(
    code: &'static str,
    doubt: &'static str,
    why: &'static str,
    instead: &'static str,
) -> Lint {
    Lint { code, doubt, why, instead }
}

/// All lints, by code.
pub const LINTS: [Lint; 21] = [
    lint(
        "W-after-the-end",
        "it is for a time when the run is over",
        "Traffic, faults, changes of the mapping and reshards have times of virtual time. One that \
         lies at or after `duration` never happens, so the run says nothing about it.",
        "Lengthen `duration`, or write an earlier time.",
    ),
    lint(
        "W-age-below-retry",
        "a batch is too old before a second attempt",
        "MaximumRecordAgeInSeconds is checked before each attempt (S5.4, S7.1). If one failed \
         attempt and the wait after it take longer than that age, every failed batch is discarded \
         after its first attempt, whatever MaximumRetryAttempts says.",
        "Raise MaximumRecordAgeInSeconds above a few attempts with their waits (200 ms, doubling \
         up to 60 s), or let the function fail sooner with a shorter `timeout`.",
    ),
    lint(
        "W-age-below-window",
        "records get too old while the window gathers them",
        "Records wait in their batch for up to MaximumBatchingWindowInSeconds (S3.1). If they are \
         discarded at a lower age (S7.1), records are lost although nothing has failed.",
        "Keep MaximumRecordAgeInSeconds well above the window.",
    ),
    lint(
        "W-batch-above-page",
        "a batch is never full without a window",
        "One GetRecords returns at most 1,000 records or 1 MB from a DynamoDB stream, 10,000 \
         records or 10 MB from a Kinesis stream (S1.6). Without a batching window a batch is sent \
         with what was read (S3.1), so a larger BatchSize has no effect.",
        "Set MaximumBatchingWindowInSeconds to 1 or more, or BatchSize to what one read returns.",
    ),
    lint(
        "W-bisect-without-responses",
        "a bad record is found by many failed halves",
        "With BisectBatchOnFunctionError alone a failed batch is halved until the bad record \
         stands alone: about log2(BatchSize) failed invocations, and the good records before it \
         are handled again in each (S6.1). A partial response names the first failed record, and \
         the batch goes on from there (S6.2).",
        "Let the function return batchItemFailures and set FunctionResponseTypes = \
         [\"ReportBatchItemFailures\"]; leave bisect on for functions that crash.",
    ),
    lint(
        "W-concurrency-below-lanes",
        "not all lanes can run at once",
        "Every lane (shards x ParallelizationFactor) runs one invocation at a time (S4.1). Where \
         the concurrency is lower, the others are throttled and wait up to 10 s between tries \
         (S5.2, S5.3), and IteratorAge does not show it while a shard is throttled (S9.1).",
        "Raise the concurrency, lower ParallelizationFactor, or gather larger batches with a \
         window, so that fewer invocations are needed.",
    ),
    lint(
        "W-endless-retries",
        "what always fails is retried until it expires",
        "With MaximumRetryAttempts and MaximumRecordAgeInSeconds at -1, their defaults, a batch \
         that always fails is tried until the stream has lost it (S5.1, S5.5). Nothing newer of \
         its lane is delivered meanwhile, and what expires with it is lost too. A longer \
         retention makes the shard stand still for longer.",
        "Set MaximumRetryAttempts or MaximumRecordAgeInSeconds, with an on-failure destination; \
         `shardlag tune` finds which values lose least.",
    ),
    lint(
        "W-filter-share",
        "filter and matching share do not fit together",
        "Filter patterns are not evaluated; `matches_filter` of each traffic source says which \
         share of its records the filter lets through (S3.5).",
        "Give `matches_filter` where the mapping has FilterCriteria, and only there.",
    ),
    lint(
        "W-lanes-above-keys",
        "more lanes per shard than keys to fill them",
        "A record's lane is a hash of its partition key (S4.1), so a lane without a key never has \
         anything to do.",
        "Lower ParallelizationFactor to the number of keys of a shard, or choose keys that spread.",
    ),
    lint(
        "W-latest-skips",
        "what is written before polling begins is skipped",
        "StartingPosition LATEST begins at the moment when polling starts, which is up to minutes \
         after the mapping is created or enabled (S2.5). Records written before are skipped.",
        "Use TRIM_HORIZON where no record may be missed; on Kinesis AT_TIMESTAMP also does.",
    ),
    lint(
        "W-no-destination",
        "discarded records leave no trace",
        "A batch that is given up is reported to the on-failure destination (S5.6, S8.1). Without \
         one nothing says which records were lost.",
        "Set DestinationConfig.OnFailure.Destination to a queue, topic or bucket; the message \
         tells where in the stream the records are.",
    ),
    lint(
        "W-no-effect",
        "a setting that cannot do anything",
        "A batch of one record is full at once, so no batching window is ever waited for (S3.1), \
         and it has no halves (S6.1).",
        "Raise BatchSize, or remove the setting.",
    ),
    lint(
        "W-not-modelled",
        "a parameter without effect here",
        "AWS accepts the parameter, and the simulation leaves it out; see \"What is not modelled\" \
         in the README.",
        "Nothing needs to be changed; do not expect its effect in the figures.",
    ),
    lint(
        "W-payload-limits-batch",
        "batches are full before they have BatchSize records",
        "The JSON event of an invocation has at most 6,291,456 bytes (S3.3). A record costs its \
         size and about 450 bytes around it on DynamoDB, a third more than its size (base64) and \
         about 500 bytes on Kinesis. A batch is cut at that limit, however large BatchSize is.",
        "Plan with the smaller batches, or write smaller records; a larger BatchSize does nothing.",
    ),
    lint(
        "W-response-ignored",
        "failed records are named, and nobody listens",
        "Without ReportBatchItemFailures in FunctionResponseTypes a response is ignored and its \
         batch is a success (S6.5): the failed records count as processed.",
        "Set FunctionResponseTypes = [\"ReportBatchItemFailures\"], or let the function raise.",
    ),
    lint(
        "W-response-never-given",
        "partial responses are on, and none is given",
        "ReportBatchItemFailures takes effect only where the function returns batchItemFailures \
         (S6.2). One that raises or times out fails the whole batch.",
        "Write `reports = \"first_failed\"` (or `\"all_failed\"`) in `[function]` if it returns \
         them.",
    ),
    lint(
        "W-run-too-short",
        "the run ends before it shows what is lost",
        "A batch that is retried without bound is lost when the stream's retention ends (S1.5). A \
         run that ends before shows the blocked shard, and no loss.",
        "Lengthen `duration` beyond the time of the fault and the retention.",
    ),
    lint(
        "W-timeout-above-age",
        "one attempt can outlast the maximum age",
        "An attempt that hangs lasts until the function's timeout. If that is not below \
         MaximumRecordAgeInSeconds, the records of the batch, and those that waited behind it, \
         are too old afterwards and are discarded (S7.1, S7.3).",
        "Keep the timeout well below MaximumRecordAgeInSeconds.",
    ),
    lint(
        "W-timeout-near-duration",
        "the function can hardly finish in time",
        "An invocation that would take longer than the timeout ends there as a function error, \
         and its batch is tried again (S10.1), most often with the same end.",
        "Raise `timeout`, or lower BatchSize.",
    ),
    lint(
        "W-write-limit",
        "a shard is written faster than AWS takes it",
        "A Kinesis shard takes 1,000 records and 1 MB per second, a partition of a DynamoDB table \
         1,000 writes per second. Writers beyond that are refused. The simulation takes whatever \
         the scenario writes, so its load may be one that cannot be.",
        "Use more shards, `split_above` on DynamoDB, or a lower rate.",
    ),
    lint(
        "W-writes-back-unfiltered",
        "the function feeds itself",
        "Records that the function writes to its own stream come back to it (S10.6). Without a \
         filter each causes the next, without end.",
        "Filter them out, and set `filtered = true` in `writes_back`.",
    ),
];

/// The lint with this code; letters of either case, with or without `W-`.
pub fn lint_of(code: &str) -> Option<&'static Lint> {
    let plain = |code: &str| {
        let lower = code.trim().to_ascii_lowercase();
        lower.strip_prefix("w-").unwrap_or(&lower).to_owned()
    };
    LINTS.iter().find(|lint| plain(lint.code) == plain(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_are_sorted_by_code_and_each_says_why_and_what_instead() {
        assert!(LINTS.is_sorted_by(|one, other| one.code < other.code));
        for lint in &LINTS {
            assert!(lint.code.starts_with("W-"), "{}", lint.code);
            assert!(lint.doubt.len() <= 52, "a list of all fits 80 columns: {}", lint.doubt);
            for text in [lint.why, lint.instead] {
                assert!(text.len() > 30 && text.ends_with('.'), "{}: {text}", lint.code);
            }
        }
    }

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        for typed in ["W-no-effect", "w-no-effect", "no-effect", " W-NO-EFFECT "] {
            assert_eq!(lint_of(typed).map(|lint| lint.code), Some("W-no-effect"), "{typed}");
        }
        assert_eq!(lint_of("W-no"), None);
    }
}
