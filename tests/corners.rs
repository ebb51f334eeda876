//! Corners of rules that other tests pass by: each was found by a change of the source that no test
//! noticed (`reports/reliability/mutants.md`).

mod harness;

use harness::{facts, scenario};

/// A scenario of single records, with more lines of its tables.
fn text(traffic: &str, mapping: &str, function: &str) -> String {
    format!(
        r#"
        duration = "60s"
        replications = 1
        [stream]
        kind = "dynamodb"
        shards = 1
        [[traffic]]
        {traffic}
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        {mapping}
        [function]
        {function}
        "#
    )
}

const THREE: &str = r#"arrivals = { scripted = { records = [
    { at = "10s", poison = true }, { at = "20s" }, { at = "30s", poison = true },
] } }"#;

/// S10.1, S10.2: an environment that ran into the timeout is not used again.
#[test]
fn every_invocation_behind_a_timeout_starts_an_environment() {
    let lengths = |duration: &str| {
        let function =
            format!("init = \"500ms\"\ntimeout = \"1s\"\nduration = {{ base = \"{duration}\" }}");
        let text = text(THREE, "MaximumRetryAttempts = 0", &function);
        let facts = facts(&scenario(&text).base().settings, 1);
        let length = |delivery: &harness::Delivery| delivery.ends_at - delivery.sent_at;
        facts.deliveries.iter().map(|one| length(one).as_secs_f64()).collect::<Vec<f64>>()
    };
    let [first, second, third] = lengths("800ms")[..] else { panic!("three batches") };
    assert!((first - second - 0.5).abs() < 1e-9 && second == third, "{first} {second} {third}");
    let [first, second, third] = lengths("5s")[..] else { panic!("three batches") };
    assert!(first > 1.5 && first == second && second == third, "{first} {second} {third}");
}

#[test]
fn records_of_a_list_keep_their_marks_where_the_source_begins_later() {
    let traffic = format!("{THREE}\nfrom = \"15s\"");
    let text = text(&traffic, "MaximumRetryAttempts = 0", "duration = \"10ms\"");
    let facts = facts(&scenario(&text).base().settings, 1);
    let discarded: Vec<&[u64]> = facts.discards.iter().map(|(records, _)| &records[..]).collect();
    // The first of the list is never written; of the two others the second is bad.
    assert_eq!((facts.processed.len(), discarded), (1, vec![&[2][..]]));
}
