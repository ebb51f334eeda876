//! Listens to a run with an observer of its own, and counts why batches were closed.
//!
//! `cargo run --release --example own_observer` prints
//!
//! ```text
//! batching window 0 s
//!   FreeLane          7154 batches of   15.8 records
//!   BatchSize         1199 batches of  200.0 records
//! batching window 5 s
//!   BatchSize         1461 batches of  200.0 records
//!   BatchingWindow     718 batches of   84.2 records
//! ```
//!
//! An observer is told everything that happens and cannot change it. It is a type parameter of
//! the run, so that facts which it does not look at cost nothing. `simulate` runs one replication
//! of settings that are plain structs, here with one field changed in the program.

use std::error::Error;
use std::fmt::Write;

use shardlag::engine::RunEnd;
use shardlag::model::observation::ClosedBy;
use shardlag::model::{Observation, Observer, simulate};
use shardlag::scenario::{self, Source};
use shardlag::units::{Duration, Instant};

const SCENARIO: &str = r#"
    duration = "1h"
    seed = 7

    [stream]
    kind = "kinesis"
    shards = 2

    [[traffic]]
    arrivals = { bursts = { rate = "12/min", size = { constant = 400 } } }

    [[traffic]]
    arrivals = { poisson = { rate = "20/s" } }

    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 200

    [function]
    duration = "50ms"
"#;

/// Events of the run at most.
const EVENTS_MAX: u64 = 10_000_000;

/// Batches and their records, by the reason for which a batch was closed.
#[derive(Debug, Default)]
struct Batches {
    counts: Vec<(ClosedBy, u64, u64)>,
}

impl Observer for Batches {
    fn observe(&mut self, _now: Instant, observation: Observation<'_>) {
        if let Observation::BatchClosed { by, records, .. } = observation {
            let known = self.counts.iter().position(|(reason, _, _)| *reason == by);
            let index = known.unwrap_or_else(|| {
                self.counts.push((by, 0, 0));
                self.counts.len() - 1
            });
            let (_, batches, in_them) = &mut self.counts[index];
            *batches += 1;
            *in_them += u64::from(records.count());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", output()?);
    Ok(())
}

/// What the example prints.
pub fn output() -> Result<String, Box<dyn Error>> {
    let scenario = scenario::load(&Source::of_text(SCENARIO), &[])?;
    let mut text = String::new();
    for window in [Duration::ZERO, Duration::from_secs(5)] {
        let mut settings = scenario.base().settings.clone();
        settings.mapping.batching_window = window;
        let mut batches = Batches::default();
        let finished = simulate(&settings, scenario.seed, 0, EVENTS_MAX, &mut batches);
        if let RunEnd::EventLimit { at } = finished.end {
            return Err(format!("the run was cut off at {:.0} s", at.as_secs_f64()).into());
        }
        writeln!(text, "batching window {} s", window.as_secs_f64())?;
        batches.counts.sort_by_key(|(_, batches, _)| std::cmp::Reverse(*batches));
        for (by, batches, records) in batches.counts {
            let mean = records as f64 / batches as f64;
            let reason = format!("{by:?}");
            writeln!(text, "  {reason:<15} {batches:>6} batches of {mean:>6.1} records")?;
        }
    }
    Ok(text)
}
