//! Holds discarded batches, and the invocation records about them, against the expected ones.

use serde_json::{Value, json};

use super::compare::says_the_same;
use super::expectation::{Count, DiscardedBatch};
use super::facts::{Discarded, Facts};
use super::{Comparison, Rendering};
use crate::model::observation::{DiscardCondition, LastResponse};
use crate::results::DestinationMessage;

/// Adds which batches were discarded, and everything about them that is not as expected.
pub(super) fn compare_discards(
    expected: &[DiscardedBatch],
    facts: &Facts,
    rendering: &Rendering<'_>,
    found: &mut Vec<Comparison>,
) {
    let wanted: Vec<&[u64]> = expected.iter().map(|batch| batch.records.as_slice()).collect();
    let got: Vec<&[u64]> = facts.discards.iter().map(|batch| batch.records.as_slice()).collect();
    let batches = Comparison::between("discarded", &json!(wanted), &json!(got));
    let agrees = batches.agrees;
    found.push(batches);
    if !agrees {
        return;
    }
    for (index, (expected, discarded)) in expected.iter().zip(&facts.discards).enumerate() {
        let mut batch = Batch { index, facts, rendering, found };
        batch.compare(expected, discarded);
        batch.compare_message(expected, discarded.message.as_ref());
    }
}

/// A discarded batch being compared.
struct Batch<'a> {
    index: usize,
    facts: &'a Facts,
    rendering: &'a Rendering<'a>,
    found: &'a mut Vec<Comparison>,
}

impl Batch<'_> {
    fn compare(&mut self, expected: &DiscardedBatch, got: &Discarded) {
        let discard = got.discard;
        if let Some(condition) = &expected.condition {
            self.values("condition", &json!(condition), &json!(name(discard.condition)));
        }
        match expected.invoke_count {
            Some(Count::Exactly(count)) => {
                let got = json!(discard.invoke_count);
                self.values("approximateInvokeCount", &json!(count), &got);
            }
            Some(Count::Between { min, max }) if !(min..=max).contains(&discard.invoke_count) => {
                let expected = format!("{min} to {max}");
                let got = discard.invoke_count.to_string();
                self.differ("approximateInvokeCount", &expected, &got);
            }
            Some(Count::Between { .. }) | None => {}
        }
        if let Some(wanted) = expected.response_context {
            let got = discard.response.is_some();
            self.values("responseContext is there", &json!(wanted), &json!(got));
        }
        if let Some(wanted) = &expected.function_error {
            match discard.response {
                Some(response) => self.values("functionError", wanted, &function_error(response)),
                None => self.differ("functionError", &wanted.to_string(), "no responseContext"),
            }
        }
        if let Some(delivered) = expected.delivered {
            self.values("delivered", &json!(delivered), &json!(discard.delivered));
        }
    }

    fn compare_message(&mut self, expected: &DiscardedBatch, message: Option<&DestinationMessage>) {
        if expected.equals.is_empty() && expected.has.is_empty() && expected.lacks.is_empty() {
            return;
        }
        let Some(message) = message else {
            self.differ("invocation record", "one", "none: there is no destination");
            return;
        };
        let record = (self.rendering.invocation_record)(message);
        for (path, wanted) in &expected.equals {
            let wanted = self.with_sequence_number(wanted, message.is_kinesis);
            match at(&record, path) {
                Some(got) => self.values(path, &wanted, got),
                None => self.differ(path, &wanted.to_string(), "absent"),
            }
        }
        for path in expected.has.iter().filter(|path| at(&record, path).is_none()) {
            self.differ(path, "there", "absent");
        }
        for path in &expected.lacks {
            if let Some(got) = at(&record, path) {
                self.differ(path, "absent", &got.to_string());
            }
        }
    }

    /// `"$seq:n"` as the sequence number of record n.
    fn with_sequence_number(&self, wanted: &Value, is_kinesis: bool) -> Value {
        let number = wanted.as_str().and_then(|text| text.strip_prefix("$seq:"));
        let number = number.and_then(|number| number.parse::<usize>().ok());
        match number.and_then(|number| self.facts.places.get(number.checked_sub(1)?)) {
            Some(&(shard, sequence)) => {
                Value::String((self.rendering.sequence_number)(is_kinesis, shard, sequence))
            }
            None => wanted.clone(),
        }
    }

    fn values(&mut self, what: &str, expected: &Value, got: &Value) {
        if !says_the_same(expected, got) {
            self.differ(what, &expected.to_string(), &got.to_string());
        }
    }

    fn differ(&mut self, what: &str, expected: &str, got: &str) {
        let what = format!("discarded {}: {what}", self.index + 1);
        self.found.push(Comparison::new(&what, expected, got));
    }
}

fn name(condition: DiscardCondition) -> &'static str {
    match condition {
        DiscardCondition::RetryAttemptsExhausted => "RetryAttemptsExhausted",
        DiscardCondition::RecordAgeExceeded => "RecordAgeExceeded",
        DiscardCondition::Dropped => "Dropped",
    }
}

fn function_error(response: LastResponse) -> Value {
    match response {
        LastResponse::Unhandled => json!("Unhandled"),
        LastResponse::PartialFailure => Value::Null,
    }
}

/// The value at a dotted path.
fn at<'v>(json: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(json, |json, part| json.get(part))
}
