//! Parts of scenario files and the settings that they mean: defaults, profiles, distributions.

use std::path::PathBuf;

use shardlag::model::settings::{
    Arrivals, CountSpread, FaultKind, FunctionDuration, Gap, Horizon, IteratorAgeAt, PoisonMarks,
    PollModel, Settings, Variation,
};
use shardlag::results::{Stability, StabilityVerdict, VariantSummary};
use shardlag::scenario::metrics::METRICS;
use shardlag::scenario::{Scenario, Source, load};
use shardlag::units::{Bytes, Duration, Instant, Limit, Probability, Rate};

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

fn loaded(text: &str) -> Scenario {
    let source = Source {
        name: "folder/small.toml".to_owned(),
        text: text.to_owned(),
        folder: PathBuf::from("tests/traces"),
    };
    load(&source, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn base(text: &str) -> Settings {
    loaded(text).base().settings.clone()
}

fn chance(value: f64) -> Probability {
    Probability::new(value).expect("a chance")
}

fn rate(value: f64) -> Rate {
    Rate::new(value).expect("a rate")
}

fn hours(hours: u64) -> Instant {
    Instant::from_secs(hours * 3600)
}

#[test]
fn what_a_small_scenario_leaves_out_has_its_default() {
    let scenario = loaded(SMALL);
    assert_eq!((scenario.name.as_str(), scenario.seed, scenario.replications), ("small", 1, 20));
    let settings = &scenario.base().settings;
    assert_eq!(settings.start_unix_nanos, 1_767_225_600_000_000_000);
    assert_eq!(settings.mapping.batch_size, 100);
    assert_eq!(settings.mapping.maximum_retry_attempts, Limit::Unlimited);
    assert_eq!(settings.function.timeout, Duration::from_secs(3));
    assert_eq!(settings.concurrency.account_limit, Limit::Limited(1000));
    let prices = &scenario.base().prices;
    assert_eq!(prices.lambda_per_million_requests, 0.2);
    assert_eq!(prices.kinesis_put_unit, Bytes::new(25_000));
    let line = |key: &str| {
        let resolved = scenario.base().resolved.iter().find(|setting| setting.key == key);
        resolved.map(|setting| (setting.value.as_str(), setting.is_default))
    };
    assert_eq!(line("BatchSize"), Some(("100", true)));
    assert_eq!(line("StartingPosition"), Some(("\"TRIM_HORIZON\"", false)));
    assert_eq!(line("poll_interval"), Some(("\"250ms\"", true)));
}

#[test]
fn a_profile_sets_knobs_and_single_knobs_override_it() {
    let with = |lines: &str| base(&format!("{SMALL}[model]\n{lines}\n"));
    let old = with("profile = \"documented-2022\"").knobs;
    assert_eq!(old.poll_model, PollModel::Gated);
    assert_eq!(old.iterator_age_at, IteratorAgeAt::Finish);
    assert_eq!(old.timestamp_resolution, Duration::ZERO);
    let both = with("profile = \"documented-2022\"\npoll_model = \"grid\"").knobs;
    assert_eq!(both.poll_model, PollModel::Grid);
    assert_eq!(both.iterator_age_at, IteratorAgeAt::Finish);
    let defaults_2019 = with("profile = \"defaults-2019\"").mapping;
    assert_eq!(defaults_2019.maximum_retry_attempts, Limit::Limited(10_000));
    let week = Duration::from_secs(604_800);
    assert_eq!(defaults_2019.maximum_record_age, Limit::Limited(week));
    assert_eq!(with("poll_interval = \"1s\"").knobs.idle_poll_interval, Duration::from_secs(1));
    assert_eq!(with("page_records = \"unlimited\"").knobs.page_records, Limit::Unlimited);
}

#[test]
fn a_run_until_drained_is_cut_off_after_its_duration_or_a_week() {
    let ending = SMALL.replace("\"20/s\" } }", "\"20/s\" } }\nto = \"10min\"");
    let capped = base(&ending.replace("\"1h\"", "\"1h\"\nuntil = \"drained\"")).horizon;
    assert_eq!(capped, Horizon::Drained { at_most: Duration::from_secs(3600) });
    let week = base(&ending.replace("duration = \"1h\"", "until = \"drained\"")).horizon;
    assert_eq!(week, Horizon::Drained { at_most: Duration::from_secs(604_800) });
}

#[test]
fn distributions_of_times_become_a_base_and_a_factor() {
    let duration_of = |written: &str| {
        let text = SMALL.replace("duration = \"120ms\"", &format!("duration = {written}"));
        base(&text).function.duration
    };
    let millis = |base, variation| FunctionDuration {
        base: Duration::from_millis(base),
        per_record: Duration::ZERO,
        per_kb: Duration::ZERO,
        variation,
    };
    let points = [(chance(0.0), 0.25), (chance(0.5), 0.5), (chance(1.0), 1.0)];
    let branches = [(chance(0.9), 0.25), (chance(0.1), 1.0)];
    let cases = [
        ("{ exponential = { mean = \"100ms\" } }", millis(100, Variation::Exponential)),
        ("{ erlang = { mean = \"8ms\", stages = 4 } }", millis(8, Variation::Erlang { stages: 4 })),
        (
            "{ lognormal = { p50 = \"20ms\", p99 = \"80ms\" } }",
            millis(20, Variation::Lognormal { p99: 4.0 }),
        ),
        (
            "{ uniform = { low = \"10ms\", high = \"40ms\" } }",
            millis(40, Variation::Uniform { low: 0.25, high: 1.0 }),
        ),
        (
            "{ empirical = { max = \"40ms\", p50 = \"20ms\", min = \"10ms\" } }",
            millis(40, Variation::Empirical { points: points.into() }),
        ),
        (
            "{ hyperexponential = { branches = [[\"90%\", \"10ms\"], [\"10%\", \"40ms\"]] } }",
            millis(40, Variation::Hyperexponential { branches: branches.into() }),
        ),
        ("{ base = \"5ms\", variation = \"exponential\" }", millis(5, Variation::Exponential)),
    ];
    for (written, expected) in cases {
        assert_eq!(duration_of(written), expected, "{written}");
    }
}

#[test]
fn arrivals_of_every_kind_are_read() {
    let arrivals_of = |written: &str| {
        let text = SMALL.replace("{ poisson = { rate = \"20/s\" } }", written);
        base(&text).traffic[0].arrivals.clone()
    };
    let tick = Some(Duration::from_secs(1));
    let times = [Instant::from_nanos(500_000_000), Instant::from_nanos(1_500_000_000)];
    let cases = [
        (
            "{ constant = { rate = \"2/s\", tick = \"1s\" } }",
            Arrivals::Constant { rate: rate(2.0), tick },
        ),
        (
            "{ profile = { points = [[\"0s\", \"0/s\"], [\"1h\", \"5/s\"]], shape = \"linear\" } }",
            Arrivals::Profile {
                points: [(Instant::START, rate(0.0)), (hours(1), rate(5.0))].into(),
                linear: true,
            },
        ),
        (
            "{ on_off = { on_rate = \"9/s\", mean_on = \"1s\", mean_off = \"2s\" } }",
            Arrivals::OnOff {
                rates: [rate(9.0), rate(0.0)],
                sojourns: [Duration::from_secs(1), Duration::from_secs(2)],
            },
        ),
        (
            "{ renewal = { gap = { normal = { mean = \"1s\", deviation = \"100ms\" } } } }",
            Arrivals::Renewal {
                gap: Gap::Normal {
                    mean: Duration::from_secs(1),
                    deviation: Duration::from_millis(100),
                },
            },
        ),
        (
            "{ renewal = { gap = { uniform = [\"1s\", \"2s\"] } } }",
            Arrivals::Renewal {
                gap: Gap::Uniform { low: Duration::from_secs(1), high: Duration::from_secs(2) },
            },
        ),
        (
            "{ trace = { file = \"times.csv\", times = \"time\" } }",
            Arrivals::TraceTimes { times: [times[0], times[1], Instant::from_secs(120)].into() },
        ),
        (
            "{ trace = { file = \"times.csv\", counts = 2, period = \"1m\", spread = \"even\" } }",
            Arrivals::TraceCounts {
                period: Duration::from_secs(60),
                counts: [3, 4, 5].into(),
                spread: CountSpread::Even,
            },
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(arrivals_of(written), expected, "{written}");
    }
    let scripted = arrivals_of(
        "{ scripted = { records = [{ at = \"2s\", key = \"b\", shard = 1 }, { at = \"1s\" }] } }",
    );
    let Arrivals::Scripted { records } = scripted else {
        panic!("not scripted: {scripted:?}");
    };
    let order: Vec<(&str, u32)> = records.iter().map(|r| (&*r.key, r.shard)).collect();
    assert_eq!(order, [("shard-0", 0), ("b", 1)]);
}

/// The dotted paths of all figures: numbers, nulls, and estimates with their `value`.
fn figures(prefix: &str, json: &serde_json::Value, found: &mut Vec<String>) {
    match json.as_object() {
        Some(object) if !object.contains_key("value") => {
            for (key, inner) in object {
                let dot = if prefix.is_empty() { "" } else { "." };
                figures(&format!("{prefix}{dot}{key}"), inner, found);
            }
        }
        Some(_) => found.push(prefix.to_owned()),
        None if json.is_number() || json.is_null() => found.push(prefix.to_owned()),
        None => {}
    }
}

#[test]
fn the_metrics_of_assertions_are_the_figures_of_the_summary() {
    let summary = VariantSummary {
        name: String::new(),
        stability: Stability {
            verdict: StabilityVerdict::Stable,
            worst_utilization: 0.0,
            peak_utilization: 0.0,
            age_slope: None,
            seconds_to_expiry: None,
            seconds_to_loss: None,
            loss_per_second: None,
            loss_share: None,
            loss_by: None,
            relaxation_seconds: None,
            sufficient_seconds: None,
        },
        iterator_age: Default::default(),
        age_at_finish: Default::default(),
        record_age: Default::default(),
        true_lag: Default::default(),
        asked: Vec::new(),
        minutes_above: Vec::new(),
        blocked_shard_time: Default::default(),
        age_breakdown: Default::default(),
        ledger: Default::default(),
        invocations: Default::default(),
        errors: Default::default(),
        throttles: Default::default(),
        polls: Default::default(),
        read_throttles: Default::default(),
        batch_size: Default::default(),
        concurrency: Default::default(),
        cost_usd: Default::default(),
        records_kept: Default::default(),
        cloudwatch: Default::default(),
        uncertainty: None,
    };
    let json = serde_json::to_value(&summary).expect("a summary is JSON");
    let mut found = Vec::new();
    figures("", &json, &mut found);
    found.retain(|path| !path.starts_with("cloudwatch."));
    found.sort();
    let mut known: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
    known.sort_unstable();
    assert_eq!(known, found);
}

#[test]
fn measured_values_say_how_to_turn_the_simulated_figure_into_their_unit() {
    let cases = [
        ("age_slope", "s/s", 1.0),
        ("processed_rate", "orders/min", 60.0),
        ("iterator_age.max", "s", 1.0),
        ("iterator_age.max", "ms", 1000.0),
        ("backlog_records", "records", 1.0),
    ];
    for (metric, unit, scale) in cases {
        let text = format!(
            "{SMALL}[[measured]]\nmetric = \"{metric}\"\nvalue = 5\nunit = \"{unit}\"\n\
             what = \"w\"\nsource = \"s\"\n"
        );
        assert_eq!(loaded(&text).measured[0].scale, scale, "{metric} in {unit}");
    }
}

#[test]
fn a_pipeline_measured_on_aws_can_be_described() {
    let text = r#"
until = "drained"
[stream]
kind = "dynamodb"
shards = 4
[[traffic]]
arrivals = { constant = { rate = "199.4/min", tick = "1s" } }
to = "15min"
[mapping]
StartingPosition = "LATEST"
BatchSize = 1
[function]
duration = "3.613s"
timeout = "30s"
writes_back = { at = ["2%", "40%", "84%", "99%"], record_size = "1.2KiB", filtered = true }
[[variant]]
name = "10 lanes"
set = { "mapping.ParallelizationFactor" = 10 }
[[measured]]
variant = "10 lanes"
metric = "iterator_age.mean"
during = ["0s", "15m"]
value = "1.4"
unit = "s"
what = "average IteratorAge while orders come"
source = "a public measurement"
"#;
    let scenario = loaded(text);
    assert_eq!(scenario.warnings, []);
    let lanes: Vec<u32> = scenario
        .variants
        .iter()
        .map(|variant| variant.settings.mapping.parallelization_factor)
        .collect();
    assert_eq!(lanes, [1, 10]);
    let Arrivals::Constant { rate, tick } = &scenario.base().settings.traffic[0].arrivals else {
        panic!("not constant");
    };
    assert!((rate.per_second() - 199.4 / 60.0).abs() < 1e-12);
    assert_eq!(*tick, Some(Duration::from_secs(1)));
}

#[test]
fn a_poison_record_may_be_named_by_its_number() {
    let settings = base(&format!("{SMALL}\n[[function.fault]]\npoison = {{ number = 37 }}\n"));
    let marks = PoisonMarks::Number { number: 37, shard: 0 };
    assert_eq!(settings.function.faults[0].kind, FaultKind::Poison(marks));
}
