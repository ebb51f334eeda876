//! Stories of records: where their age comes from, and how they ended.

use shardlag::experiment::explanation::Question;
use shardlag::model::observation::{Observation, Observer};
use shardlag::model::simulate;
use shardlag::results::{Explained, RecordEnd, StoryEvent};
use shardlag::units::Instant;

use super::{DYNAMODB, KINESIS, case, check, explained, few_records, human, story, text};

/// The age parts that the model gives the last record of every finished batch.
struct LastRecords(Vec<(u32, u64, Parts)>);

/// Parts of an age above zero, by name.
type Parts = Vec<(&'static str, f64)>;

impl Observer for LastRecords {
    fn observe(&mut self, _now: Instant, observation: Observation<'_>) {
        if let Observation::Processed { lane, records, parts } = observation {
            let named = parts.named().filter(|(_, part)| !part.is_zero());
            let parts = named.map(|(name, part)| (name, part.as_secs_f64())).collect();
            self.0.push((lane.shard, records.last().sequence, parts));
        }
    }
}

#[test]
fn the_breakdown_of_a_last_record_is_that_of_the_model() {
    let rest = "[function]\nduration = { base = \"90ms\", variation = \"exponential\" }\n\
                init = \"300ms\"\nreports = \"first_failed\"\n\
                [[function.fault]]\nper_record_rate = \"3%\"\n[[function.fault]]\nerror_rate = \"10%\"\n\
                [concurrency]\nreserved = 3";
    let mappings = [
        "BatchSize = 8\nParallelizationFactor = 2\nBisectBatchOnFunctionError = true",
        "BatchSize = 8\nMaximumBatchingWindowInSeconds = 3\n\
         FunctionResponseTypes = [\"ReportBatchItemFailures\"]",
        "BatchSize = 30\nMaximumRetryAttempts = 3",
    ];
    for mapping in mappings {
        for model in ["", "[model]\npoll_model = \"grid\""] {
            let text = case("90/s", KINESIS, mapping, &format!("{rest}\n{model}"))
                .replace("\"2h\"", "\"2min\"");
            let scenario = text::scenario(&text);
            let mut last = LastRecords(Vec::new());
            simulate(&scenario.base().settings, 3, 0, 10_000_000, &mut last);
            assert!(last.0.len() > 300, "{}", last.0.len());
            for (shard, sequence, parts) in last.0.iter().step_by(97) {
                let story = story(&text, *shard, *sequence);
                let own = story.age_breakdown.iter().map(|part| (part.part, part.seconds));
                assert_eq!(own.collect::<Vec<_>>(), *parts, "{shard}:{sequence}\n{text}");
                assert_eq!(story.fate.end, RecordEnd::Processed);
            }
        }
    }
}

#[test]
fn the_breakdown_adds_up_to_the_age_however_the_record_ended() {
    let rest = "[[function.fault]]\npoison = { rate = \"4000/h\" }\n[concurrency]\nreserved = 2";
    let mapping = "BatchSize = 8\nParallelizationFactor = 2\nMaximumRetryAttempts = 5\n\
                   MaximumRecordAgeInSeconds = 60";
    let text = case("90/s", DYNAMODB, mapping, rest).replace("\"2h\"", "\"10min\"");
    let mut ends = std::collections::BTreeMap::new();
    for sequence in (0..20_000).step_by(611) {
        let story = story(&text, 0, sequence);
        let sum: f64 = story.age_breakdown.iter().map(|part| part.seconds).sum();
        let age = story.fate.age.expect("it was written");
        assert!((sum - age).abs() < 1e-6, "{sequence}: {sum} of {age}: {story:?}");
        *ends.entry(format!("{:?}", story.fate.end)).or_insert(0) += 1;
    }
    assert!(ends.len() >= 2, "{ends:?}");
}

#[test]
fn the_story_of_a_poison_record_depends_on_the_settings() {
    let bisect = "MaximumRetryAttempts = 2\nBisectBatchOnFunctionError = true";
    let cases = [
        ("poison-default", "", RecordEnd::Expired, 0),
        ("poison-2-retries", "MaximumRetryAttempts = 2", RecordEnd::RetryAttemptsExhausted, 3),
        ("poison-bisect", bisect, RecordEnd::RetryAttemptsExhausted, 0),
    ];
    for (name, mapping, end, good) in cases {
        let text = few_records(mapping);
        let poison = (0..8).find(|&sequence| story(&text, 0, sequence).is_poison);
        let explanation =
            explained(&text, Question::Record { shard: 0, sequence: poison.expect("one is") });
        let Explained::Record(story) = &explanation.subject else { panic!("a record") };
        assert_eq!((story.fate.end, story.fate.good_lost_with_it), (end, good), "{name}");
        check(name, &human(&explanation));
    }
}

#[test]
fn what_would_have_changed_it_is_what_a_run_with_the_change_says() {
    let text = few_records("");
    let story_of = |mapping: &str| story(&few_records(mapping), 0, 9);
    let plain = story(&text, 0, 9);
    assert!(plain.what_ifs.len() >= 3, "{:?}", plain.what_ifs);
    for what_if in &plain.what_ifs {
        let is_of_mapping = |set: &String| set.starts_with("mapping.");
        if !what_if.set.iter().all(is_of_mapping) {
            continue;
        }
        let lines = what_if.set.iter().map(|set| set.replace("mapping.", ""));
        let changed = story_of(&lines.collect::<Vec<String>>().join("\n"));
        assert_eq!(changed.fate, what_if.fate, "{:?}", what_if.set);
    }
}

#[test]
fn a_record_that_waited_behind_a_failing_batch_names_it() {
    let text = few_records("");
    let explanation = explained(&text, Question::Record { shard: 0, sequence: 9 });
    let Explained::Record(story) = &explanation.subject else { panic!("a record") };
    let ahead = story.ahead.expect("there was a batch ahead");
    assert_eq!((ahead.records.first, ahead.records.last), (Some(0), Some(3)));
    assert!(ahead.failed > 1000, "{ahead:?}");
    assert!(story.fate.age.is_some_and(|age| age > 86_000.0), "{:?}", story.fate);
    check("behind-a-failing-batch", &human(&explanation));
}

#[test]
fn a_record_that_was_filtered_says_so() {
    let text = case("20/s", DYNAMODB, "", "")
        .replace("record_size", "matches_filter = \"50%\"\nrecord_size")
        .replace("\"2h\"", "\"2min\"");
    let is_filtered = |&sequence: &u64| story(&text, 0, sequence).fate.end == RecordEnd::Filtered;
    let filtered = (0..40).find(is_filtered).expect("half of them are");
    let explanation = explained(&text, Question::Record { shard: 0, sequence: filtered });
    let Explained::Record(story) = &explanation.subject else { panic!("a record") };
    assert_eq!(story.attempts, 0);
    assert!(story.steps.iter().any(|step| step.event == StoryEvent::Filtered));
    check("filtered", &human(&explanation));
}

#[test]
fn a_record_that_expired_before_it_was_read_says_so() {
    let off = "Enabled = false\nschedule = [{ at = \"26h\", set = { Enabled = true } }]";
    let text = few_records(off);
    let story = story(&text, 0, 5);
    assert_eq!(story.fate.end, RecordEnd::Expired);
    assert!(story.steps.iter().all(|step| !matches!(step.event, StoryEvent::Read { .. })));
    let age = story.fate.age.expect("it was written");
    assert!((86_400.0..86_461.0).contains(&age), "{age}");
}
