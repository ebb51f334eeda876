//! Runs a scenario that is written in the program, and reads its figures.
//!
//! `cargo run --release --example read_figures` prints
//!
//! ```text
//! base: Stable
//!   IteratorAge p99  1.09 ± 0.02 s
//!   invocations      28.8 k
//!   cost             $0.01367 ± 0.00003
//! window of 2 s: Stable
//!   IteratorAge p99  1.25 ± 0.02 s
//!   invocations      3.671 ± 0.003 k
//!   cost             $0.00439 ± 0.00005
//! ```
//!
//! A figure is an `Estimate`: a value with the ends of its 95 % interval over the replications,
//! in seconds, bytes, dollars or plain numbers. What does not exist is `None`, such as the mean
//! age under a load that cannot be carried. `format_estimate` leaves out the digits that the
//! interval makes meaningless.

use std::error::Error;
use std::fmt::Write;

use shardlag::experiment::{self, RunOptions};
use shardlag::report::{Quantity, format_estimate};
use shardlag::scenario::{self, Source};

const SCENARIO: &str = r#"
    duration = "30m"
    replications = 10
    seed = 7

    [stream]
    kind = "dynamodb"
    shards = 4

    [[traffic]]
    arrivals = { poisson = { rate = "200/s" } }

    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 100

    [function]
    duration = { base = "20ms", per_record = "1ms", variation = "exponential" }
    memory = "512MB"

    [[variant]]
    name = "window of 2 s"
    set = { "mapping.MaximumBatchingWindowInSeconds" = 2 }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", output()?);
    Ok(())
}

/// What the example prints.
pub fn output() -> Result<String, Box<dyn Error>> {
    let scenario = scenario::load(&Source::of_text(SCENARIO), &[])?;
    // Called after each replication, from any thread; a progress bar would go here.
    let progress = |_| ();
    let results = experiment::run(&scenario, &RunOptions::default(), &progress)?;
    let mut text = String::new();
    for variant in &results.summary.variants {
        // As plain numbers: `variant.iterator_age.p99.value`, with `low` and `high`.
        let age = format_estimate(&variant.iterator_age.p99, Quantity::Seconds);
        let invocations = format_estimate(&variant.invocations, Quantity::Count);
        let cost = format_estimate(&variant.cost_usd.total, Quantity::Dollars);
        writeln!(text, "{}: {:?}", variant.name, variant.stability.verdict)?;
        writeln!(text, "  IteratorAge p99  {age}")?;
        writeln!(text, "  invocations      {invocations}")?;
        writeln!(text, "  cost             {cost}")?;
    }
    Ok(text)
}
