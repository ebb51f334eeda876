//! Random scenarios over all that a scenario file may say: they are read, they run, they keep the
//! rules, and what must not matter does not (STYLE 33).
//!
//! Case `n` is made of the number `n` alone. `SHARDLAG_CASES=100000` tries more of them,
//! `SHARDLAG_FIRST_CASE` sets the first. A scenario that fails is made smaller and written to a
//! file, whose name and what `shardlag run` it with are in the message.
//!
//! | relation | of |
//! |---|---|
//! | the same text gives the same bytes, with one thread and with two | every 4th |
//! | defaults that are written out change nothing | all |
//!
//! Relations between settings that no file can have are in `metamorphic.rs`.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/checker.rs"]
mod checker;
#[path = "support/random_scenario/mod.rs"]
mod random_scenario;
#[path = "support/scenario_checker.rs"]
mod scenario_checker;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use proptest::arbitrary::any;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use random_scenario::{BYTES, Choices, FILES, RandomScenario, SLOTS, scenario};
use scenario_checker::{check_runs, read, results};
use shardlag::engine::RunEnd;
use shardlag::report::summary_json;
use shardlag::results::{Estimate, RunResults};
use shardlag::scenario::{Override, Scenario};

/// Scenarios, unless told otherwise.
const CASES: u32 = 2_000;
/// Of so many scenarios one is run again.
const AGAIN: u64 = 4;
/// Threads that try scenarios.
const THREADS: usize = 2;

#[test]
fn whatever_bytes_a_fuzzer_makes_up_are_a_scenario() {
    cases::try_cases("whatever_bytes", 100, &vec(any::<u8>(), 0..2_000), |bytes, _| {
        read(&scenario(&Choices::of_bytes(bytes)).text, &[]);
    });
    let simplest = scenario(&Choices::of_bytes(&[])).text;
    assert_eq!(simplest.lines().filter(|line| line.contains('=')).count(), 7, "{simplest}");
}

/// Random choices.
fn choices() -> impl Strategy<Value = Choices> {
    vec(any::<u8>(), BYTES).prop_map(|bytes| Choices::of_bytes(&bytes))
}

/// How often something was said or happened.
#[derive(Default)]
struct Tally(Mutex<BTreeMap<String, u64>>);

impl Tally {
    fn count(&self, what: impl Into<String>) {
        *self.0.lock().expect("nothing here panics").entry(what.into()).or_default() += 1;
    }
}

#[test]
fn every_scenario_runs_and_keeps_the_rules() {
    let (said, happened) = (Tally::default(), Tally::default());
    let test = "every_scenario_runs";
    let numbers = cases::numbers(CASES);
    let next = AtomicU64::new(numbers.start);
    let try_next = || {
        while let number = next.fetch_add(1, Ordering::Relaxed)
            && number < numbers.end
        {
            let show = |choices: &Choices| written_to_a_file(&scenario(choices).text, number);
            cases::try_case(test, number, &choices(), show, |choices, number| {
                check(&scenario(choices), number, &said, &happened);
            });
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(try_next);
        }
    });
    let (said, happened) = (said.0.into_inner(), happened.0.into_inner());
    let (said, happened) = (said.expect("no case panics"), happened.expect("no case panics"));
    let scenarios = numbers.end - numbers.start;
    println!("of {scenarios} scenarios\n{said:#?}\n{happened:#?}");
    // Of single cases that are repeated nothing follows.
    if scenarios >= u64::from(CASES) {
        check_coverage(&said, &happened, scenarios);
    }
}

fn check(random: &RandomScenario, number: u64, said: &Tally, happened: &Tally) {
    let read = read(&random.text, &[]);
    random.features.iter().for_each(|feature| said.count(feature));
    for end in check_runs(&read) {
        happened.count(match end {
            RunEnd::Exhausted { .. } => "run: nothing more happens",
            RunEnd::Horizon => "run: to its end",
            RunEnd::EventLimit { .. } => "run: cut off by the limit on events",
            RunEnd::Stopped { at } => panic!("nobody asks for the end at {at:?}"),
        });
    }
    check_defaults(&random.text, &read);
    let Some(first) = results(&read, 1) else { return };
    if number.is_multiple_of(AGAIN) {
        let again = results(&read, 2).expect("it was not cut off before");
        assert_eq!(summary_json(&first.summary), summary_json(&again.summary));
    }
    count_fates(&first, happened);
}

/// Everything that can be said is said, and everything that can happen happens.
fn check_coverage(said: &BTreeMap<String, u64>, happened: &BTreeMap<String, u64>, scenarios: u64) {
    let unsaid: Vec<String> = SLOTS
        .iter()
        .flat_map(|slot| {
            slot.values.iter().map(|value| format!("{}.{} = {value}", slot.table, slot.key))
        })
        .filter(|feature| !said.contains_key(feature))
        .collect();
    assert!(unsaid.is_empty(), "no scenario says {unsaid:#?}");
    let rare: Vec<&str> = EVENTS
        .into_iter()
        .filter(|event| happened.get(*event).is_none_or(|count| count * 500 < scenarios))
        .collect();
    assert!(rare.is_empty(), "in fewer than 1 of 500 scenarios: {rare:?}");
    let cut_off = happened.get("run: cut off by the limit on events").copied().unwrap_or(0);
    assert!(cut_off * 50 < scenarios, "{cut_off} runs are cut off");
}

/// What happens in at least one of 500 scenarios.
const EVENTS: [&str; 14] = [
    "records: processed",
    "records: filtered",
    "records: discarded, retries exhausted",
    "records: discarded, too old",
    "records: expired",
    "records: skipped",
    "records: remaining",
    "records: delivered again",
    "invocations: failed",
    "invocations: throttled",
    "reads: throttled",
    "shards: blocked",
    "run: nothing more happens",
    "run: to its end",
];

fn count_fates(results: &RunResults, happened: &Tally) {
    for variant in &results.summary.variants {
        let ledger = &variant.ledger;
        let figures: [(&str, &Estimate); 12] = [
            ("records: processed", &ledger.processed),
            ("records: filtered", &ledger.filtered),
            ("records: discarded, retries exhausted", &ledger.discarded.retry_attempts_exhausted),
            ("records: discarded, too old", &ledger.discarded.record_age_exceeded),
            ("records: expired", &ledger.expired),
            ("records: skipped", &ledger.skipped),
            ("records: remaining", &ledger.remaining),
            ("records: delivered again", &ledger.duplicates),
            ("invocations: failed", &variant.errors),
            ("invocations: throttled", &variant.throttles),
            ("reads: throttled", &variant.read_throttles),
            ("shards: blocked", &variant.blocked_shard_time.total),
        ];
        for (what, figure) in figures {
            if figure.value.is_some_and(|value| value > 0.0) {
                happened.count(what);
            }
        }
    }
}

/// A default that is written out means what it means where it is left out.
fn check_defaults(text: &str, plain: &Scenario) {
    let tables = ["mapping", "function", "concurrency", "model", "stream", "prices"];
    let defaults = plain.base().resolved.iter().filter(|setting| setting.is_default);
    let changes: Vec<Override> = defaults
        .filter(|setting| tables.contains(&setting.group.as_str()))
        .map(|setting| {
            let change = format!("{}.{}={}", setting.group, setting.key, setting.value);
            Override::parse(&change).expect("it has a key and a value")
        })
        .collect();
    assert!(!changes.is_empty(), "everything is written out");
    let full = read(text, &changes);
    // Further consumers have defaults of their own only where their settings differ.
    if plain.variants.len() == 1 {
        assert_eq!(full.fingerprint, plain.fingerprint, "{changes:?}");
    }
}

/// Writes a scenario that fails, with the files that it names.
fn written_to_a_file(text: &str, number: u64) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random-scenario-{number}"));
    fs::create_dir_all(&folder).expect("the folder can be made");
    let file = folder.join("scenario.toml");
    for (name, text) in FILES.into_iter().chain([("scenario.toml", text)]) {
        fs::write(folder.join(name), text).expect("the file can be written");
    }
    format!("{text}\nrun it with\n    shardlag run {}", file.display())
}
