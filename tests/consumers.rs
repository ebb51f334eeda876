//! Several consumers of one stream: what they share, and what they do not (S1.6, S10.3).

use shardlag::experiment::{RunOptions, run};
use shardlag::results::{RunResults, VariantSummary};
use shardlag::scenario::{Source, load};

fn results(text: &str) -> RunResults {
    let source = Source { name: "s.toml".into(), text: text.into(), folder: ".".into() };
    let scenario = load(&source, &[]).unwrap_or_else(|errors| panic!("{errors:?}"));
    run(&scenario, &RunOptions::default(), &|_| {}).expect("it runs")
}

fn scenario(stream: &str, mapping: &str, consumers: &str) -> String {
    format!(
        r#"
        duration = "20m"
        replications = 4
        [stream]
        {stream}
        [[traffic]]
        arrivals = {{ poisson = {{ rate = "40/s" }} }}
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        {mapping}
        [function]
        duration = {{ base = "60ms", variation = "exponential" }}
        {consumers}
        "#
    )
}

fn consumers(count: usize) -> String {
    (0..count).map(|n| format!("[[consumer]]\nname = \"c{n}\"\nset = {{}}\n")).collect()
}

const DYNAMODB: &str = "kind = \"dynamodb\"\nshards = 2";
const KINESIS: &str = "kind = \"kinesis\"\nshards = 2";

fn p50(variant: &VariantSummary) -> f64 {
    variant.record_age.p50.value.expect("records were processed")
}

#[test]
fn every_consumer_gets_every_record_and_draws_of_its_own() {
    let results = results(&scenario(DYNAMODB, "", &consumers(1)));
    let [first, second] = results.summary.variants.as_slice() else { panic!("two consumers") };
    assert_eq!((first.name.as_str(), second.name.as_str()), ("base", "c0"));
    assert_eq!(first.ledger.written, second.ledger.written);
    assert!(first.ledger.processed.value > Some(40_000.0));
    assert_ne!(first.iterator_age.mean, second.iterator_age.mean, "they poll at the same times");
}

#[test]
fn a_consumer_that_shares_nothing_changes_nothing_of_another() {
    let alone = results(&scenario(DYNAMODB, "", ""));
    let beside = results(&scenario(DYNAMODB, "", &consumers(1)));
    assert_eq!(alone.summary.variants[0], beside.summary.variants[0]);
}

#[test]
fn a_third_reader_of_a_dynamodb_stream_is_throttled_and_makes_all_late() {
    let two = results(&scenario(DYNAMODB, "", &consumers(1)));
    let four = results(&scenario(DYNAMODB, "", &consumers(3)));
    for variant in &two.summary.variants {
        assert_eq!(variant.read_throttles.value, Some(0.0));
    }
    let refused = four.summary.variants.iter().map(|v| v.read_throttles.value.expect("counted"));
    // Of 16 calls a second and shard 8 are served.
    let expected = 8.0 * 1200.0 * 2.0;
    let sum: f64 = refused.sum();
    assert!((0.98..1.02).contains(&(sum / expected)), "{sum} refused of {expected}");
    let later = four.summary.variants.iter().map(p50).fold(0.0, f64::max);
    assert!(later > p50(&two.summary.variants[0]), "{later} s");
}

#[test]
fn six_standard_consumers_of_a_kinesis_stream_share_five_calls_a_second() {
    let five = results(&scenario(KINESIS, "", &consumers(4)));
    let six = results(&scenario(KINESIS, "", &consumers(5)));
    let refused = |results: &RunResults| -> f64 {
        results.summary.variants.iter().filter_map(|v| v.read_throttles.value).sum()
    };
    assert_eq!(refused(&five), 0.0);
    assert!((0.98..1.02).contains(&(refused(&six) / 2400.0)), "{}", refused(&six));
}

#[test]
fn readers_that_are_too_many_are_late_together_and_none_is_starved() {
    let large = "record_size = \"8KiB\"";
    let outage = "[[function.fault]]\noutage = { from = \"2m\", to = \"4m\" }\n";
    let busy = |text: &str| {
        text.replace("rate = \"40/s\" } }", &format!("rate = \"240/s\" }} }}\n{large}"))
    };
    let quick =
        |text: &str| text.replace("{ base = \"60ms\", variation = \"exponential\" }", "\"20ms\"");
    let four = scenario(DYNAMODB, "", &format!("{outage}{}", consumers(3)));
    let six = scenario(KINESIS, "", &consumers(5));
    for text in [quick(&busy(&four)), six] {
        let results = results(&text);
        let ages: Vec<f64> = results.summary.variants.iter().map(p50).collect();
        let (youngest, oldest) =
            ages.iter().fold((f64::MAX, 0.0f64), |(low, high), &age| (low.min(age), high.max(age)));
        assert!(oldest < 2.0 * youngest, "{ages:?}");
        for variant in &results.summary.variants {
            let ledger = &variant.ledger;
            let left = ledger.remaining.value.expect("counted");
            assert!(left < 0.01 * ledger.written.value.expect("counted"), "{left} records left");
        }
    }
}

#[test]
fn a_backlog_is_read_from_a_kinesis_shard_at_two_megabytes_a_second() {
    let backlog = r#"
        until = "drained"
        replications = 2
        [stream]
        kind = "kinesis"
        shards = 1
        [[traffic]]
        arrivals = { bursts = { rate = "1/1h", size = 20000, even = true } }
        record_size = "10KiB"
        to = "10m"
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 500
        [function]
        duration = "1ms"
        [model]
        refill_below = 100000
    "#;
    let backlog = results(backlog);
    let variant = &backlog.summary.variants[0];
    // 195 MiB at 2 MiB/s.
    let seconds = variant.record_age.max.value.expect("records were processed");
    assert!((90.0..102.0).contains(&seconds), "the last record after {seconds} s");
    assert!(variant.read_throttles.value > Some(50.0));
}

#[test]
fn records_pushed_by_enhanced_fan_out_wait_for_no_poll() {
    let arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/s";
    let consumer = format!(
        "[[consumer]]\nname = \"pushed\"\nset = {{ \"mapping.EventSourceArn\" = \
         \"{arn}/consumer/pushed:1\" }}\n"
    );
    let mapping = format!("EventSourceArn = \"{arn}\"");
    let results = results(&scenario(KINESIS, &mapping, &consumer));
    let [polled, pushed] = results.summary.variants.as_slice() else { panic!("two consumers") };
    assert!(p50(polled) > 0.4, "{} s with polls each second", p50(polled));
    assert!((0.1..0.3).contains(&p50(pushed)), "{} s pushed", p50(pushed));
    assert_eq!(pushed.polls.value, Some(0.0));
    let poll = pushed.age_breakdown.poll.value.expect("records were processed");
    assert!(poll < 1e-6, "{poll} s of waiting for polls");
}

#[test]
fn functions_share_the_account_and_cannot_use_what_is_reserved() {
    let crowded = |reserved: &str| {
        let consumers = format!(
            "[concurrency]\naccount_limit = 3\n{reserved}\n[[consumer]]\nname = \"slow\"\n\
             set = {{ \"function.duration\" = \"2s\", \"mapping.BatchSize\" = 1000 }}\n"
        );
        results(&scenario(DYNAMODB, "ParallelizationFactor = 2", &consumers))
    };
    let shared = crowded("");
    assert!(shared.summary.variants.iter().all(|v| v.throttles.value > Some(0.0)));
    let concurrency = |v: &VariantSummary| v.concurrency.max.value.expect("counted");
    let most: f64 = shared.summary.variants.iter().map(concurrency).sum();
    assert!(most >= 3.0);
    let mean: f64 = shared.summary.variants.iter().filter_map(|v| v.concurrency.mean.value).sum();
    assert!(mean <= 3.0, "{mean} at once of 3");
}

#[test]
fn what_one_function_writes_back_reaches_all_consumers() {
    let writes = "writes_back = { at = [\"50%\"], record_size = \"600B\", filtered = true }";
    let consumers = "[[consumer]]\nname = \"other\"\nset = { \"mapping.BatchSize\" = 7 }";
    let text = scenario(DYNAMODB, "", &format!("{writes}\n{consumers}"));
    let results = results(&text);
    let [first, second] = results.summary.variants.as_slice() else { panic!("two consumers") };
    assert_eq!(first.ledger.written, second.ledger.written);
    // Each record is handled by two functions, each of which writes one more.
    let filtered = second.ledger.filtered.value.expect("counted");
    let processed = second.ledger.processed.value.expect("counted");
    assert!((1.97..2.01).contains(&(filtered / processed)), "{filtered} for {processed}");
}
