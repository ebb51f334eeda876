//! The probability that `tune` states, held against the truth: problems whose best setting is known
//! by construction, searched again and again with other random numbers.
//!
//! Every record is an invocation of its own (BatchSize 1), and fails with a chance that the setting
//! says: by `error_rate`, or by `per_record_rate`, whose draws have nothing to do with the others.
//! So the setting with the lowest chance has the fewest errors on average, and paired differences
//! are as noisy as independent ones. The searches may take all that brute force takes, so that the
//! aim of 90 % ends most of them.

use shardlag::experiment::tuning::{Point, TuneOptions, Wanted, tune};
use shardlag::scenario::{Override, Source};

const SEARCHES: u64 = 200;

const BASE: &str = r#"
duration = "10m"
replications = 40
[stream]
kind = "dynamodb"
shards = 1
[[traffic]]
arrivals = { poisson = { rate = "3/s" } }
[mapping]
StartingPosition = "TRIM_HORIZON"
BatchSize = 1
MaximumRetryAttempts = 0
[function]
duration = "5ms"
"#;

/// How often the first fault, which is the best, was recommended; and what was stated on average.
fn searches(faults: &[&str]) -> (f64, f64, f64) {
    let point = |fault: &&str| -> Point {
        vec![Override::parse(&format!("function.fault=[{{ {fault} }}]")).expect("a change")]
    };
    let points: Vec<Point> = faults.iter().map(point).collect();
    let (mut right, mut stated, mut replications) = (0.0, 0.0, 0.0);
    for seed in 0..SEARCHES {
        let wanted = Wanted { metric: "errors".to_owned(), maximize: false, targets: Vec::new() };
        let mut options = TuneOptions::new(wanted, points.clone());
        options.probability = 0.9;
        options.budget = Some(40 * faults.len() as u64);
        let source = Source::of_text(&format!("seed = {seed}\n{BASE}"));
        let tuning =
            tune(&source, &[], &options, &|_| ()).unwrap_or_else(|error| panic!("{error:?}"));
        right += f64::from(u8::from(tuning.recommended == Some(0)));
        stated += tuning.probability;
        replications += tuning.effort.replications as f64;
    }
    let count = SEARCHES as f64;
    (right / count, stated / count, replications / count)
}

/// The share of right answers is not below what is stated, apart from chance: three standard
/// deviations of a share of so many searches.
fn is_as_stated(faults: &[&str]) {
    let (right, stated, replications) = searches(faults);
    println!(
        "{} settings: right in {:.1} % of {SEARCHES} searches, stated {:.1} % on average, \
         {replications:.1} replications",
        faults.len(),
        right * 100.0,
        stated * 100.0
    );
    let chance = (stated * (1.0 - stated) / SEARCHES as f64).sqrt();
    assert!(right >= stated - 3.0 * chance, "right {right}, stated {stated}");
    // A problem that is never missed would show nothing.
    assert!((0.8..1.0).contains(&stated) && right < 1.0, "right {right}, stated {stated}");
}

#[test]
fn the_better_of_two_is_found_as_often_as_stated() {
    is_as_stated(&["per_record_rate = \"2%\"", "error_rate = \"2.2%\""]);
}

#[test]
fn the_best_of_four_is_found_as_often_as_stated() {
    is_as_stated(&[
        "per_record_rate = \"2%\"",
        "error_rate = \"2.3%\"",
        "error_rate = \"2.5%\"",
        "error_rate = \"3%\"",
    ]);
}
