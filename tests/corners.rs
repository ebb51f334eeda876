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

/// S3.1: the same where the other lane is backing off, so that nothing but this lane looks for records.
#[test]
fn a_lane_fills_its_batch_within_its_window_while_the_other_backs_off() {
    let traffic = r#"arrivals = { scripted = { records = [
        { at = "1s", poison = true }, { at = "1s" }, { at = "1s" }, { at = "1s" },
        { at = "2s" }, { at = "3s" }, { at = "8s" }, { at = "9s" },
    ] } }"#;
    let mapping = "BatchSize = 2\nMaximumBatchingWindowInSeconds = 20\nParallelizationFactor = 2";
    let function = "duration = \"5s\"\ntimeout = \"9s\"\n[model]\npoll_model = \"instant\"\nretry_base = \"60s\"\n\
                    lane_assignment = \"round_robin\"";
    let facts = facts(&scenario(&text(traffic, mapping, function)).base().settings, 1);
    let sent: Vec<f64> = facts.deliveries.iter().map(|batch| batch.sent_at.as_secs_f64()).collect();
    let [first, second, third] = sent[..] else { panic!("three batches: {sent:?}") };
    assert!(first < 2.0 && second < 2.0 && (9.0..10.0).contains(&third), "{sent:?}");
}

/// When records were read.
#[derive(Default)]
struct Reads(Vec<(f64, u32)>);

impl Observer for Reads {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        if let Observation::Read { records, .. } = observation {
            self.0.push((now.as_secs_f64(), records));
        }
    }
}

/// S4.2: a record shows its lane only when it is read, so that several lanes have every record read
/// when it is written, also after all of them were busy, and not at the next poll of their own.
#[test]
fn several_lanes_have_records_read_at_once_after_all_were_busy() {
    let traffic = r#"arrivals = { scripted = { records = [
        { at = "1s" }, { at = "1s" }, { at = "3s" }, { at = "10100ms" }, { at = "10200ms" },
    ] } }"#;
    let mapping = "BatchSize = 1\nParallelizationFactor = 2";
    let function = "duration = \"7130ms\"\ntimeout = \"9s\"\n[model]\npoll_model = \"grid\"\n\
                    poll_phase = \"0s\"\nlane_assignment = \"round_robin\"\n\
                    read_visibility = \"0s\"";
    let text = text(traffic, mapping, function);
    let mut reads = Reads::default();
    simulate(&scenario(&text).base().settings, 1, 0, u64::MAX, &mut reads);
    assert_eq!(reads.0[reads.0.len() - 2..], [(10.1, 1), (10.2, 1)]);
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

/// S2.4a: with `paged` an invocation that ends at the instant of a tick goes first, since it was
/// scheduled first; with `buffered` the tick does.
#[test]
fn a_tick_at_the_instant_of_an_end_reads_before_it_only_with_a_buffer() {
    let traffic = r#"arrivals = { scripted = { records = [
        { at = "100ms" }, { at = "100ms" }, { at = "100ms" }, { at = "300ms" }, { at = "300ms" },
    ] } }"#;
    let sizes = |model: &str| {
        let knobs = "poll_phase = { staggered = \"1ms\" }\nread_visibility = \"0s\"\npoll_jitter = \"0s\"\n\
                     invoke_overhead = \"0s\"\n";
        let function = format!("duration = \"250ms\"\n[model]\n{knobs}poll_model = \"{model}\"");
        let text = text(traffic, "BatchSize = 2", &function);
        let facts = facts(&scenario(&text).base().settings, 1);
        facts.deliveries.iter().map(|batch| batch.records.len()).collect::<Vec<usize>>()
    };
    assert_eq!(sizes("paged"), [2, 1, 2]);
    assert_eq!(sizes("buffered"), [2, 2, 1]);
}

/// S1.6: pages that are only counted use up the bytes of a shard as others do.
#[test]
fn a_counted_page_uses_up_the_bytes_of_the_next_seconds() {
    let throttles = |records: u32| {
        let text = format!(
            r#"
            duration = "30s"
            replications = 1
            [stream]
            kind = "kinesis"
            shards = 1
            [[traffic]]
            arrivals = {{ constant = {{ rate = "{records}/s", tick = "1s" }} }}
            record_size = "1KiB"
            to = "2s"
            [[traffic]]
            arrivals = {{ constant = {{ rate = "20/s" }} }}
            record_size = "1KiB"
            [mapping]
            StartingPosition = "TRIM_HORIZON"
            BatchSize = 1000
            [function]
            duration = "10ms"
            [model]
            poll_model = "buffered"
            lookahead = "unlimited"
            page_records = "unlimited"
            page_bytes = "unlimited"
            "#
        );
        summaries(&text)[0].read_throttles.value.expect("counted")
    };
    assert_eq!(throttles(1_000), 0.0);
    assert!(throttles(8_000) > 2.0, "{}", throttles(8_000));
}

/// Backlogs by minute.
#[derive(Default)]
struct Backlogs(Vec<u64>);

impl Observer for Backlogs {
    fn observe(&mut self, _now: Instant, observation: Observation<'_>) {
        if let Observation::Minute { backlog } = observation {
            self.0.push(backlog);
        }
    }
}

/// S2.6, S4.5: what was read and not handled when polling stopped counts as backlog.
#[test]
fn records_that_will_be_read_again_are_backlog() {
    let ten = r#"arrivals = { constant = { rate = "10/s", tick = "1s" } }
        to = "1s""#;
    let mapping = "BatchSize = 1\n[[mapping.schedule]]\nat = \"30s\"\nset = { Enabled = false }";
    let function = "timeout = \"20s\"\nduration = \"15s\"\n[model]\nread_visibility = \"0s\"";
    let text = text(ten, mapping, function).replace("\"60s\"", "\"3m\"");
    let mut backlogs = Backlogs::default();
    simulate(&scenario(&text).base().settings, 1, 0, 1_000_000, &mut backlogs);
    assert_eq!(backlogs.0, [8, 8]);
}

/// S10.4: a fault lasts from its first instant to before its last.
#[test]
fn a_record_at_the_very_end_of_a_fault_is_good() {
    let traffic = r#"arrivals = { constant = { rate = "1/s" } }
        to = "10s""#;
    let function = "duration = \"10ms\"\n[[function.fault]]\npoison = { probability = \"100%\" }\n\
                    from = \"3s\"\nto = \"6s\"";
    let text = text(traffic, "BatchSize = 1\nMaximumRetryAttempts = 0", function);
    let facts = facts(&scenario(&text).base().settings, 1);
    let discarded: Vec<u64> =
        facts.discards.iter().flat_map(|(records, _)| records.clone()).collect();
    // Written at 3, 4 and 5 s; counted from 1.
    assert_eq!(discarded, [4, 5, 6]);
}

/// Generations of shards in the order in which they are opened.
#[derive(Default)]
struct Generations(Vec<u32>);

impl Observer for Generations {
    fn observe(&mut self, _now: Instant, observation: Observation<'_>) {
        if let Observation::ShardOpened { generation, .. } = observation {
            self.0.push(generation);
        }
    }
}

/// S1.7: each time that a shard rolls over the next generation is read.
#[test]
fn generations_of_a_shard_follow_one_another() {
    let traffic = "arrivals = { constant = { rate = \"1/s\" } }";
    let function = "duration = \"10ms\"\n[model]\nshard_rollover = \"1m\"";
    let text = text(traffic, "", function).replace("\"60s\"", "\"210s\"");
    let mut generations = Generations::default();
    simulate(&scenario(&text).base().settings, 1, 0, 1_000_000, &mut generations);
    let seen = generations.0;
    assert!(seen.len() >= 4 && seen.iter().copied().eq(0..seen.len() as u32), "{seen:?}");
}
