//! Corners of rules that other tests pass by: each was found by a change of the source that no test
//! noticed (`reports/reliability/mutants.md`).

mod harness;

use harness::{facts, scenario};
use shardlag::experiment::{RunOptions, run};
use shardlag::model::observation::{ClosedBy, Observation, Observer};
use shardlag::model::simulate;
use shardlag::results::VariantSummary;
use shardlag::units::Instant;

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

/// S3.1: where lanes read for themselves, records that arrive within the window fill the batch.
#[test]
fn a_batch_that_fills_up_within_its_window_does_not_wait_for_the_end() {
    let two = r#"arrivals = { scripted = { records = [
        { at = "10s", key = "a" }, { at = "12s", key = "a" },
    ] } }"#;
    for lanes in [1, 2] {
        let mapping = format!(
            "BatchSize = 2\nMaximumBatchingWindowInSeconds = 20\nParallelizationFactor = {lanes}"
        );
        let function = "duration = \"10ms\"\n[model]\npoll_model = \"instant\"";
        let facts = facts(&scenario(&text(two, &mapping, function)).base().settings, 1);
        let [batch] = facts.deliveries.as_slice() else { panic!("one batch of two") };
        let sent = batch.sent_at.as_secs_f64();
        assert!((12.0..13.0).contains(&sent), "{lanes} lanes: sent at {sent} s");
    }
}

/// The figures of all variants or consumers.
fn summaries(text: &str) -> Vec<VariantSummary> {
    let results = run(&scenario(text), &RunOptions::default(), &|_| ()).expect("it runs");
    results.summary.variants
}

/// S2.1: a shard is polled four times per second, to the end of the run, whatever is found.
#[test]
fn polls_that_find_nothing_are_counted_to_the_end() {
    let one = r#"arrivals = { scripted = { records = [{ at = "10s" }] } }"#;
    let summaries = summaries(&text(one, "", "duration = \"10ms\""));
    let polls = summaries[0].polls.value.expect("counted");
    assert!((236.0..=241.0).contains(&polls), "{polls} polls in 60 s");
}

/// Where lanes read for themselves, a read that finds nothing is no poll.
#[test]
fn instant_reads_are_counted_where_they_find_records() {
    let function = "duration = \"10ms\"\n[model]\npoll_model = \"instant\"";
    let summaries = summaries(&text(THREE, "MaximumRetryAttempts = 0", function));
    assert_eq!(summaries[0].polls.value, Some(3.0));
}

/// S10.6: what one consumer's function writes back is read by the other, once. Bad records are not
/// handled, and nothing is written back for them.
#[test]
fn a_consumer_that_writes_nothing_back_reads_what_the_other_writes() {
    let consumer = r#"duration = "10ms"
        [[consumer]]
        name = "writer"
        set = { "function.writes_back" = { at = ["50%"], record_size = "600B", filtered = true } }"#;
    let summaries = summaries(&text(THREE, "MaximumRetryAttempts = 0", consumer));
    for summary in &summaries {
        let ledger = &summary.ledger;
        assert_eq!((ledger.written.value, ledger.filtered.value), (Some(4.0), Some(1.0)));
    }
}

/// S1.2: a hot key has its share of all records, on its shard.
#[test]
fn a_hot_key_has_its_share_of_the_records() {
    let traffic =
        "arrivals = { poisson = { rate = \"100/s\" } }\nkeys = { hot = { share = \"40%\" } }";
    // Only with several lanes does anybody look at keys.
    let text = text(traffic, "ParallelizationFactor = 2", "duration = \"10ms\"");
    let text = text.replace("shards = 1", "shards = 2");
    let facts = facts(&scenario(&text).base().settings, 1);
    let mut counts = std::collections::BTreeMap::new();
    for (_, key, _) in &facts.processed {
        *counts.entry(*key).or_insert(0u32) += 1;
    }
    let most = counts.values().max().copied().unwrap_or(0);
    let share = f64::from(most) / facts.processed.len() as f64;
    assert!((0.37..0.43).contains(&share), "{share} of {} records", facts.processed.len());
}

/// S5.3: jitter changes each wait by at most its share.
#[test]
fn waits_with_jitter_lie_around_those_without() {
    let function = "duration = \"10ms\"\n[model]\nretry_jitter = \"10%\"";
    let text = text(THREE, "MaximumRetryAttempts = 6", function);
    let facts = facts(&scenario(&text).base().settings, 1);
    let first: Vec<_> = facts.deliveries.iter().filter(|one| one.records == [1]).collect();
    assert_eq!(first.len(), 7);
    let mut factors = Vec::new();
    for (number, pair) in (0..).zip(first.windows(2)) {
        let wait = (pair[1].sent_at - pair[0].ends_at).as_secs_f64();
        factors.push(wait / (0.2 * f64::from(1 << number)));
    }
    assert!(factors.iter().all(|factor| (0.9..1.1).contains(factor)), "{factors:?}");
    assert!(factors.iter().any(|factor| (factor - 1.0).abs() > 0.01), "{factors:?}");
}

/// Why each batch was closed.
#[derive(Default)]
struct Reasons(Vec<ClosedBy>);

impl Observer for Reasons {
    fn observe(&mut self, _now: Instant, observation: Observation<'_>) {
        if let Observation::BatchClosed { by, .. } = observation {
            self.0.push(by);
        }
    }
}

#[test]
fn a_batch_is_closed_by_a_tumbling_window_only_where_there_is_one() {
    let large = r#"arrivals = { scripted = { records = [
        { at = "10s", bytes = "3MiB" }, { at = "11s", bytes = "3MiB" }, { at = "11s", bytes = "3MiB" },
    ] } }"#;
    let text = text(large, "", "timeout = \"30s\"\nduration = \"9s\"");
    let mut reasons = Reasons::default();
    simulate(&scenario(&text).base().settings, 1, 0, 1_000_000, &mut reasons);
    assert_eq!(reasons.0, [ClosedBy::FreeLane, ClosedBy::PayloadLimit, ClosedBy::FreeLane]);
}
