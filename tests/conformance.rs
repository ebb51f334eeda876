//! Holds the model against delivery cases: what was recorded on AWS, or is documented, of
//! batches handed to a function.

use shardlag::experiment::delivery::case::Case;
use shardlag::experiment::delivery::expectation::{Count, Deliveries, ExpectedDelivery, OneOrMany};
use shardlag::experiment::delivery::{CASES, Rendering, Verdict, check, read_cases};
use shardlag::report::{invocation_record, sequence_number};
use shardlag::results::DestinationMessage;

fn cases() -> Vec<Case> {
    read_cases(CASES).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

fn verdict(case: &Case, seed: u64) -> Verdict {
    let record = |message: &DestinationMessage| {
        let text = invocation_record(message, "function");
        serde_json::from_str(&text).expect("an invocation record is JSON")
    };
    let rendering = Rendering { invocation_record: &record, sequence_number: &sequence_number };
    check(case, seed, &rendering).verdict
}

#[test]
fn every_case_passes_whatever_the_seed() {
    let cases = cases();
    assert_eq!(cases.len(), 121);
    for seed in [1, 2, 3, 4, 5] {
        let mut failed = Vec::new();
        let mut unsupported = Vec::new();
        for case in &cases {
            match verdict(case, seed) {
                Verdict::Passed => {}
                Verdict::Failed(differences) => {
                    let lines = differences.iter().map(|found| format!("{}: {found}", case.id));
                    failed.extend(lines);
                }
                Verdict::Unsupported(why) => unsupported.push(format!("{}: {why}", case.id)),
            }
        }
        assert!(failed.is_empty(), "seed {seed}:\n{}", failed.join("\n"));
        assert!(unsupported.is_empty(), "unsupported:\n{}", unsupported.join("\n"));
    }
}

#[test]
fn no_verdict_depends_on_what_a_case_is_called() {
    for case in &cases() {
        let renamed = Case {
            id: "another".to_owned(),
            rules: Vec::new(),
            evidence: String::new(),
            source: String::new(),
            ..case.clone()
        };
        assert_eq!(verdict(&renamed, 1), verdict(case, 1), "{}", case.id);
    }
}

#[test]
fn records_may_be_listed_in_any_order_of_time() {
    let text = r#"{"id": "late-first", "stream": {"kind": "dynamodb", "shards": 2},
        "mapping": {"BatchSize": 2, "MaximumRetryAttempts": 0, "StartingPosition": "TRIM_HORIZON",
        "FunctionResponseTypes": ["ReportBatchItemFailures"]},
        "records": [{"at": 5}, {}, {"shard": 1, "at": 9}, {"shard": 1}, {}],
        "function": {"behaviour": [
            {"when": {"contains": [5]},
             "then": {"respond": {"batchItemFailures": [{"itemIdentifier": "$seq:5"}]}}},
            {"when": {"contains": [3]}, "then": "raise"}]},
        "expect": {"deliveries": {"0": [[2, 5], [5], [1]], "1": [[4], [3]]},
        "discarded": [{"records": [5]}, {"records": [3]}]}}"#;
    let cases = read_cases(&text.replace('\n', " ")).expect("the case is right");
    assert_eq!(verdict(&cases[0], 1), Verdict::Passed);
}

/// Every expectation of a case in turn, made wrong.
fn with_one_wrong_expectation(case: &Case) -> Vec<(&'static str, Case)> {
    let mut wrong = Vec::new();
    let mut add = |what, change: &dyn Fn(&mut Case)| {
        let mut changed = case.clone();
        change(&mut changed);
        if changed != *case {
            wrong.push((what, changed));
        }
    };
    add("deliveries", &|case| match &mut case.expect.deliveries {
        Some(Deliveries::All(all)) => all.push(ExpectedDelivery::Batch(vec![1])),
        Some(Deliveries::Grouped(groups)) => {
            groups.values_mut().for_each(|group| group.push(ExpectedDelivery::Batch(vec![1])));
        }
        None => {}
    });
    add("gaps", &|case| case.expect.gaps.iter_mut().for_each(|gap| gap.min = gap.max + 1e-3));
    add("first start", &|case| {
        let all = case.expect.first_start.as_slice().to_vec();
        let later = all.into_iter().map(|mut first| {
            (first.min, first.max) = (first.max + 1e-3, first.max + 1e5);
            first
        });
        case.expect.first_start = OneOrMany::Many(later.collect());
    });
    let discarded = |case: &mut Case, change: &dyn Fn(&mut _)| {
        case.expect.discarded.iter_mut().flatten().for_each(change);
    };
    add("condition", &|case| discarded(case, &|batch| batch.condition = Some("Other".to_owned())));
    add("count", &|case| discarded(case, &|batch| batch.invoke_count = Some(Count::Exactly(99))));
    add("function error", &|case| {
        discarded(case, &|batch| {
            batch.function_error =
                batch.function_error.take().map(|_| serde_json::Value::from("Other"));
        });
    });
    add("response context", &|case| {
        discarded(case, &|batch| batch.response_context = batch.response_context.map(|is| !is));
    });
    add("has", &|case| {
        discarded(case, &|batch| {
            std::mem::swap(&mut batch.has, &mut batch.lacks);
        });
    });
    add("equals", &|case| {
        discarded(case, &|batch| {
            batch.equals.values_mut().for_each(|value| *value = serde_json::Value::from("other"));
        });
    });
    add("metrics", &|case| case.expect.metrics.values_mut().for_each(|sum| *sum += 1.0));
    let expect_fates = |case: &mut Case, change: &dyn Fn(&mut Vec<u64>)| {
        let expect = &mut case.expect;
        let fates = [
            &mut expect.expired,
            &mut expect.filtered,
            &mut expect.skipped,
            &mut expect.unprocessed,
        ];
        fates.into_iter().flatten().for_each(change);
    };
    add("fates", &|case| expect_fates(case, &|records| records.push(1_000)));
    add("settings", &|case| {
        case.expect.mapping.values_mut().for_each(|value| *value = serde_json::Value::Null);
    });
    add("error", &|case| {
        case.expect.error.iter_mut().for_each(|error| error.exception.push('s'));
    });
    wrong
}

#[test]
fn a_wrong_expectation_is_always_noticed() {
    let mut checked = 0;
    for case in cases() {
        if verdict(&case, 1) != Verdict::Passed {
            continue;
        }
        for (what, wrong) in with_one_wrong_expectation(&case) {
            let verdict = verdict(&wrong, 1);
            assert!(matches!(verdict, Verdict::Failed(_)), "{} with wrong {what}", case.id);
            checked += 1;
        }
    }
    assert!(checked > 200, "{checked} wrong expectations");
}
