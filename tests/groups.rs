//! Shards that have nothing to do with each other are simulated in groups, one beside another; the
//! figures are those of all shards simulated together, to the byte.
//!
//! Figures of a part of the run are taken from all shards together: asking for one, of which
//! nothing is used here, keeps the groups away.

mod harness;

use harness::scenario;
use shardlag::experiment::limits::ReplicationLimits;
use shardlag::experiment::replication::{Measuring, Replication, ReplicationPlan, run};
use shardlag::model::system::shards_are_independent;
use shardlag::scenario::Scenario;
use shardlag::units::Instant;

/// What is added to the scenario: rate per shard, `[mapping]`, `[function]` and what follows.
const CASES: [(&str, &str, &str, &str); 7] = [
    ("records that nothing tells apart", "20/s", "", "[model]\nshard_rollover = \"4m\""),
    ("failures and bisected batches", "20/s", "BisectBatchOnFunctionError = true", ERRORS),
    ("a maximum age and few retries", "20/s", AGE, ERRORS),
    ("several lanes and poison", "9/s", "ParallelizationFactor = 4", POISON),
    ("a window", "5/s", "MaximumBatchingWindowInSeconds = 7", ""),
    ("tumbling windows", "5/s", "TumblingWindowInSeconds = 30", ""),
    ("figures of shards", "9/s", "", SHARDS),
];
const ERRORS: &str = "[[function.fault]]\nerror_rate = \"20%\"\n[model]\npoll_model = \"buffered\"";
const AGE: &str = "MaximumRecordAgeInSeconds = 60\nMaximumRetryAttempts = 2";
const POISON: &str = "[[function.fault]]\npoison = { at = \"3m\", shard = 17 }\n";
const SHARDS: &str = "[[function.fault]]\nerror_rate = \"20%\"\n[[assert]]\nthat = \
    \"every_shard.iterator_age.p99 < 60s\"\n[[assert]]\nthat = \"shard(30).record_age.max < 9s\"";

fn text(rate: &str, mapping: &str, rest: &str) -> String {
    let duration = "{ base = \"90ms\", per_record = \"4ms\", variation = { uniform = { low = \"1x\", \
                    high = \"3x\" } } }";
    format!(
        r#"
        duration = "11m30s"
        [stream]
        kind = "dynamodb"
        shards = 41
        [[traffic]]
        arrivals = {{ poisson = {{ rate = "{rate}" }} }}
        per_shard = true
        [mapping]
        StartingPosition = "TRIM_HORIZON"
        BatchSize = 20
        {mapping}
        [function]
        timeout = "30s"
        duration = {duration}
        {rest}
        "#
    )
}

fn figures(scenario: &Scenario, together: bool, warm_up: u64) -> Replication {
    let part = [(Instant::START, Instant::START)];
    let plan = ReplicationPlan {
        variants: std::slice::from_ref(scenario.base()),
        seed: 5,
        number: 0,
        spans: if together { &part } else { &[] },
        limits: ReplicationLimits::default(),
        measuring: Measuring { warm_up: Instant::from_secs(warm_up), batch: None },
    };
    let mut figures = run(&plan).expect("there is no limit").remove(0);
    figures.spans.clear();
    figures
}

#[test]
fn groups_of_shards_come_to_what_all_shards_together_come_to() {
    for (name, rate, mapping, rest) in CASES {
        let scenario = scenario(&text(rate, mapping, rest));
        assert!(shards_are_independent(&scenario.base().settings), "{name}");
        for warm_up in [0, 180] {
            let together = figures(&scenario, true, warm_up);
            assert!(together.tallies.processed > 50_000, "{name}: {:?}", together.tallies);
            let in_groups = figures(&scenario, false, warm_up);
            assert_eq!(format!("{in_groups:?}"), format!("{together:?}"), "{name}, {warm_up} s");
        }
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let scenario = scenario(&text("20/s", "", ERRORS));
    let [one, three] = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("threads can be started");
        format!("{:?}", pool.install(|| figures(&scenario, false, 0)))
    });
    assert_eq!(one, three);
}

#[test]
fn shards_that_can_get_into_each_others_way_are_simulated_together() {
    for (mapping, rest) in [
        ("", "[concurrency]\naccount_limit = 40"),
        ("", "[concurrency]\nreserved = 40"),
        ("ParallelizationFactor = 10", "[concurrency]\naccount_limit = 300"),
        ("", "init = \"1s\""),
        ("", "[concurrency]\nscaling = \"30/10s\""),
        ("", "[[function.fault]]\ndownstream_limit = 60"),
        ("", "[[stream.reshard]]\nat = \"3m\"\nsplit = 2"),
    ] {
        let scenario = scenario(&text("5/s", mapping, rest));
        assert!(!shards_are_independent(&scenario.base().settings), "{mapping} {rest}");
    }
    assert!(shards_are_independent(&scenario(&text("5/s", "", "")).base().settings));
}
