//! Runs a scenario with several values of one setting, and compares them pair by pair.
//!
//! `cargo run --release --example sweep` prints
//!
//! ```text
//! factor        p99 in s   difference in s
//!      1   1.586 ± 0.081     0.000 ± 0.000
//!      2   1.099 ± 0.023    -0.486 ± 0.085
//!      4   1.089 ± 0.045    -0.497 ± 0.104
//!      8   1.168 ± 0.042    -0.418 ± 0.063
//! ```
//!
//! What is random has an address made of seed, replication, purpose and place, so all values of
//! the setting meet the same records and durations as long as the seed is the same (common random
//! numbers). The last column is the mean over the seeds of the difference to the first row, which
//! is known more precisely than the difference of two means would be.

use std::error::Error;
use std::fmt::Write;

use shardlag::analysis::{paired_difference, t_interval};
use shardlag::experiment::{self, RunOptions};
use shardlag::results::Estimate;
use shardlag::scenario::{self, Override, Source};

const SCENARIO: &str = r#"
    duration = "20m"
    replications = 1

    [stream]
    kind = "dynamodb"
    shards = 2

    [[traffic]]
    arrivals = { poisson = { rate = "300/s" } }
    keys = { zipf = { count = 1000, exponent = 0.8 } }

    [mapping]
    StartingPosition = "TRIM_HORIZON"
    BatchSize = 50

    [function]
    duration = { base = "40ms", per_record = "3ms", variation = "exponential" }
"#;

const FACTORS: [u32; 4] = [1, 2, 4, 8];
const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", output()?);
    Ok(())
}

/// What the example prints.
pub fn output() -> Result<String, Box<dyn Error>> {
    let source = Source::of_text(SCENARIO);
    let mut text = String::new();
    writeln!(text, "{:>6}  {:>14}  {:>16}", "factor", "p99 in s", "difference in s")?;
    let mut base: Option<Vec<f64>> = None;
    for factor in FACTORS {
        let ages = SEEDS.map(|seed| age(&source, factor, seed)).collect::<Result<Vec<f64>, _>>()?;
        let base = base.get_or_insert_with(|| ages.clone());
        let p99 = with_interval(t_interval(&ages, 0.95));
        let difference = with_interval(paired_difference(base, &ages, 0.95));
        writeln!(text, "{factor:>6}  {p99:>14}  {difference:>16}")?;
    }
    Ok(text)
}

/// IteratorAge p99 in seconds of one run.
fn age(source: &Source, factor: u32, seed: u64) -> Result<f64, Box<dyn Error>> {
    let changes = [
        Override::parse(&format!("mapping.ParallelizationFactor={factor}"))?,
        Override::parse(&format!("seed={seed}"))?,
    ];
    let scenario = scenario::load(source, &changes)?;
    let results = experiment::run(&scenario, &RunOptions::default(), &|_| ())?;
    let p99 = results.summary.variants[0].iterator_age.p99.value;
    p99.ok_or_else(|| "nothing was delivered".into())
}

fn with_interval(estimate: Estimate) -> String {
    let value = estimate.value.unwrap_or(f64::NAN);
    format!("{value:.3} ± {:.3}", estimate.half_width().unwrap_or(f64::NAN))
}
