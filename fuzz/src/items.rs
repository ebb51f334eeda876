//! Items with what is expected of them, as `validate --items` takes them.
//!
//! Delivery cases are run, being small. Left out: runs of known answers and of measurements, which
//! take minutes by their nature.

use shardlag::experiment::delivery::{Rendering, check};
use shardlag::experiment::item_sets::{
    ItemSet, captures_of_the_program, group_names, measured_items, read,
};
use shardlag::report::{invocation_record, sequence_number};

/// Cases at most that are run.
const CASES_MAX: usize = 2;

/// Reads a file of items.
pub fn try_bytes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match read(text, &captures_of_the_program) {
        Ok(set) => {
            measured_items(&set);
            group_names(std::slice::from_ref(&set));
            if let ItemSet::Delivery(cases) = &set {
                let record = |message: &_| {
                    let text = invocation_record(message, "function");
                    serde_json::from_str(&text).expect("an invocation record is JSON")
                };
                let rendering =
                    Rendering { invocation_record: &record, sequence_number: &sequence_number };
                for case in cases.iter().take(CASES_MAX) {
                    check(case, 1, &rendering);
                }
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            // What is missing at the end of a text is missing behind its last newline.
            let last = text.split('\n').count();
            let is_inside = |line: usize| (1..=last).contains(&line);
            assert!(problems.iter().all(|problem| is_inside(problem.line)), "{problems:?}");
        }
    }
}
