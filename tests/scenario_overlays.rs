//! Overlays (`--set`, `[[variant]]`), warnings and fingerprints.

use std::path::PathBuf;

use shardlag::model::settings::{Arrivals, FaultKind, PoisonMarks};
use shardlag::scenario::{Override, Scenario, Source, load};
use shardlag::units::{Duration, Limit, Rate};

const SMALL: &str = r#"duration = "1h"
[stream]
kind = "dynamodb"
shards = 4
[[traffic]]
arrivals = { poisson = { rate = "20/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
[function]
duration = "120ms"
"#;

fn loaded(text: &str, sets: &[&str]) -> Scenario {
    let source = Source {
        name: "small.toml".to_owned(),
        text: text.to_owned(),
        folder: PathBuf::from("tests"),
    };
    let overrides: Vec<Override> = sets
        .iter()
        .map(|set| Override::parse(set).unwrap_or_else(|error| panic!("{error}")))
        .collect();
    load(&source, &overrides).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn set_changes_values_lists_choices_and_whole_tables() {
    let scenario = loaded(
        SMALL,
        &[
            "mapping.BatchSize=7",
            "function.timeout=30s",
            "function.duration={ base = \"5ms\", variation = \"exponential\" }",
            "traffic.0.arrivals.constant.rate=3/s",
            "seed=9",
            "concurrency.reserved=12",
        ],
    );
    let settings = &scenario.base().settings;
    assert_eq!(settings.mapping.batch_size, 7);
    assert_eq!(settings.function.timeout, Duration::from_secs(30));
    assert_eq!(settings.function.duration.base, Duration::from_millis(5));
    assert_eq!(settings.concurrency.reserved, Some(12));
    assert_eq!(scenario.seed, 9);
    let rate = Rate::new(3.0).expect("a rate");
    assert_eq!(settings.traffic[0].arrivals, Arrivals::Constant { rate, tick: None });
}

#[test]
fn variants_change_copies_of_the_scenario_that_set_has_changed() {
    let text = format!(
        "{SMALL}[[function.fault]]\npoison = {{ at = \"1s\", shard = 1 }}\n\
         [[variant]]\nname = \"small batches\"\nset = {{ \"mapping.BatchSize\" = 2 }}\n\
         [[variant]]\nname = \"nested\"\nset.mapping.MaximumRetryAttempts = 2\n\
         set.function.timeout = \"9s\"\n\
         [[variant]]\nname = \"rate\"\n[variant.set]\n\"function.fault.0.poison.rate\" = \"1/h\"\n"
    );
    let scenario = loaded(&text, &["mapping.BatchSize=50"]);
    let batch_sizes: Vec<u32> =
        scenario.variants.iter().map(|variant| variant.settings.mapping.batch_size).collect();
    assert_eq!(batch_sizes, [50, 2, 50, 50]);
    let nested = &scenario.variants[2].settings;
    assert_eq!(nested.mapping.maximum_retry_attempts, Limit::Limited(2));
    assert_eq!(nested.function.timeout, Duration::from_secs(9));
    assert_eq!(nested.function.duration, scenario.base().settings.function.duration);
    let poison = &scenario.variants[3].settings.function.faults[0].kind;
    assert!(matches!(poison, FaultKind::Poison(PoisonMarks::Rate(_))), "{poison:?}");
}

#[test]
fn a_variant_that_switches_the_kind_of_stream_gets_the_defaults_of_that_kind() {
    let text = format!(
        "{SMALL}[[variant]]\nname = \"kinesis\"\nset = {{ \"stream.kind\" = \"kinesis\" }}\n"
    );
    let scenario = loaded(&text, &[]);
    let intervals: Vec<Duration> =
        scenario.variants.iter().map(|variant| variant.settings.knobs.poll_interval).collect();
    assert_eq!(intervals, [Duration::from_millis(250), Duration::from_secs(1)]);
}

#[test]
fn the_fingerprint_follows_the_meaning_and_not_the_form_of_a_file() {
    let fingerprint = |text: &str, sets: &[&str]| loaded(text, sets).fingerprint;
    let plain = fingerprint(SMALL, &[]);
    assert_eq!(plain.len(), 16);
    let same = SMALL.replace("\"1h\"", "\"60min\"  # an hour").replace("120ms", "0.12s");
    assert_eq!(plain, fingerprint(&same, &[]));
    assert_eq!(plain, fingerprint(SMALL, &["mapping.BatchSize=100"]));
    for set in
        ["mapping.BatchSize=99", "seed=2", "replications=3", "prices.lambda_per_gb_second=$1"]
    {
        assert_ne!(plain, fingerprint(SMALL, &[set]), "{set}");
    }
}

#[test]
fn doubtful_settings_are_accepted_with_a_warning() {
    let poison = "[[function.fault]]\npoison = { at = \"1s\" }\n";
    let poison_late = "[[function.fault]]\npoison = { at = \"2h\", shard = 1 }\n";
    let responds = "[[function.fault]]\nerror_rate = \"1%\"\n";
    let named = "mapping.FunctionResponseTypes=[\"ReportBatchItemFailures\"]";
    let sqs = "mapping.DestinationConfig.OnFailure.Destination=arn:aws:sqs:eu-west-1:1:q";
    let cases: [(&[&str], &str, &[&str]); 44] = [
        (&[], "", &[]),
        (&[], poison, &["W-run-too-short", "W-endless-retries"]),
        (&["duration=26h"], poison, &["W-endless-retries"]),
        (&["stream.kind=kinesis", "stream.retention=48h"], "", &["W-endless-retries"]),
        (&["stream.kind=kinesis", "stream.retention=24h"], "", &[]),
        (&["mapping.MaximumRetryAttempts=2"], "", &["W-no-destination"]),
        (&["mapping.MaximumRetryAttempts=2", sqs], poison, &[]),
        (&["function.timeout=1s", "function.duration=2s"], "", &["W-timeout-near-duration"]),
        (
            &["function.duration={ base = \"0s\", per_record = \"30ms\" }"],
            "",
            &["W-timeout-near-duration"],
        ),
        (&["function.timeout=10s", "function.duration=7s"], "", &[]),
        (
            &["traffic.0.keys=single", "mapping.ParallelizationFactor=2"],
            "",
            &["W-lanes-above-keys"],
        ),
        (
            &["traffic.0.keys={ uniform = { count = 8 } }", "mapping.ParallelizationFactor=2"],
            "",
            &[],
        ),
        (&["concurrency.reserved=3"], "", &["W-concurrency-below-lanes"]),
        (&["concurrency.reserved=4"], "", &[]),
        (&["stream.shards=2000"], "", &["W-concurrency-below-lanes"]),
        (&["mapping.BatchSize=1001"], "", &["W-batch-above-page"]),
        (&["mapping.BatchSize=1000"], "", &[]),
        (&["mapping.BatchSize=900", "traffic.0.record_size=2KB"], "", &["W-batch-above-page"]),
        (&["mapping.BatchSize=5000", "mapping.MaximumBatchingWindowInSeconds=5"], "", &[]),
        (
            &[
                "mapping.BatchSize=5000",
                "mapping.MaximumBatchingWindowInSeconds=5",
                "traffic.0.record_size=2KB",
            ],
            "",
            &["W-payload-limits-batch"],
        ),
        (
            &["function.writes_back={ at = [\"50%\"], filtered = false }"],
            "",
            &["W-writes-back-unfiltered"],
        ),
        (&["mapping.FilterCriteria={ Filters = [] }"], "", &["W-filter-share"]),
        (&["traffic.0.matches_filter=30%"], "", &["W-filter-share"]),
        (&["mapping.FilterCriteria={ Filters = [] }", "traffic.0.matches_filter=30%"], "", &[]),
        (&["mapping.ProvisionedPollerConfig={}"], "", &["W-not-modelled"]),
        (&[named], responds, &["W-response-never-given"]),
        (&[named, "function.reports=first_failed"], responds, &[]),
        (&["function.reports=all_failed"], responds, &["W-response-ignored"]),
        (&["function.reports=all_failed"], "", &[]),
        (&["mapping.BisectBatchOnFunctionError=true"], "", &["W-bisect-without-responses"]),
        (&["mapping.BisectBatchOnFunctionError=true", named], "", &[]),
        (&["mapping.BisectBatchOnFunctionError=true", "mapping.BatchSize=1"], "", &["W-no-effect"]),
        (
            &["mapping.MaximumBatchingWindowInSeconds=5", "mapping.BatchSize=1"],
            "",
            &["W-no-effect"],
        ),
        (&["mapping.MaximumBatchingWindowInSeconds=5", "mapping.BatchSize=2"], "", &[]),
        (
            &["mapping.MaximumRecordAgeInSeconds=60", sqs, "function.timeout=60s"],
            "",
            &["W-timeout-above-age"],
        ),
        (&["mapping.MaximumRecordAgeInSeconds=60", sqs, "function.timeout=59s"], "", &[]),
        (
            &[
                "mapping.MaximumRecordAgeInSeconds=60",
                sqs,
                "function.timeout=59.9s",
                "function.reports=times_out",
            ],
            "",
            &["W-age-below-retry"],
        ),
        (&["mapping.StartingPosition=LATEST", "model.enable_delay=2min"], "", &["W-latest-skips"]),
        (
            &["mapping.StartingPosition=LATEST", "model.enable_delay=2min", "traffic.0.from=2min"],
            "",
            &[],
        ),
        (&["mapping.StartingPosition=LATEST"], "", &[]),
        (&["traffic.0.from=1h"], "", &["W-after-the-end"]),
        (&["mapping.MaximumRetryAttempts=2", sqs], poison_late, &["W-after-the-end"]),
        (&["traffic.0.arrivals.poisson.rate=4001/s"], "", &["W-write-limit"]),
        (&["traffic.0.arrivals.poisson.rate=4000/s"], "", &[]),
    ];
    for (sets, lines, expected) in cases {
        let scenario = loaded(&format!("{SMALL}{lines}"), sets);
        let codes: Vec<&str> =
            scenario.warnings.iter().filter_map(|warning| warning.rule.as_deref()).collect();
        assert_eq!(codes, expected, "{sets:?} {lines}");
        for warning in &scenario.warnings {
            let code = warning.rule.as_deref().expect("a warning has a code");
            assert!(shardlag::scenario::lint_of(code).is_some(), "{code} is explained");
            assert!(warning.help.is_some() || code == "W-not-modelled", "{code} has advice");
        }
    }
    let old = loaded(
        SMALL,
        &["mapping.MaximumRecordAgeInSeconds=60", "mapping.MaximumBatchingWindowInSeconds=300"],
    );
    let says = |text: &str| old.warnings.iter().any(|warning| warning.to_string().contains(text));
    assert!(says("discarded at an age of 1 min, but the batching window gathers them"));
}
