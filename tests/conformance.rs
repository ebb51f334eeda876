//! Holds the model against delivery cases: what was recorded on AWS, or is documented, of
//! batches handed to a function. The cases are in `tests/data/deliveries.jsonl`; each names its
//! source.

use std::fmt::Write;

use shardlag::experiment::delivery::{Case, CaseResult, Rendering, Verdict, check, read_cases};
use shardlag::report::{invocation_record, sequence_number};
use shardlag::results::DestinationMessage;

const CASES: &str = include_str!("data/deliveries.jsonl");

/// Cases that need what the model does not have.
const UNSUPPORTED: usize = 19;

fn cases() -> Vec<Case> {
    read_cases(CASES).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

fn results(cases: &[Case], seed: u64) -> Vec<CaseResult> {
    let record = |message: &DestinationMessage| {
        let text = invocation_record(message, "function");
        serde_json::from_str(&text).expect("an invocation record is JSON")
    };
    let rendering = Rendering { invocation_record: &record, sequence_number: &sequence_number };
    cases.iter().map(|case| check(case, seed, &rendering)).collect()
}

#[test]
fn every_case_that_the_model_can_express_passes_whatever_the_seed() {
    let cases = cases();
    assert_eq!(cases.len(), 121);
    for seed in [1, 2, 3, 4, 5] {
        let results = results(&cases, seed);
        let mut failed = String::new();
        let mut unsupported = String::new();
        for result in &results {
            match &result.verdict {
                Verdict::Passed => {}
                Verdict::Failed(differences) => {
                    for difference in differences {
                        writeln!(failed, "{}: {difference}", result.id).expect("memory");
                    }
                }
                Verdict::Unsupported(why) => {
                    writeln!(unsupported, "{}: {why}", result.id).expect("memory");
                }
            }
        }
        println!("unsupported:\n{unsupported}");
        assert!(failed.is_empty(), "seed {seed}:\n{failed}");
        assert_eq!(unsupported.lines().count(), UNSUPPORTED, "{unsupported}");
    }
}
