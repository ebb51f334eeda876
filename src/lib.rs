//! `shardlag` simulates the event source mapping of AWS Lambda: how it polls the shards of a
//! DynamoDB stream or a Kinesis data stream, batches records, invokes a function, and what
//! throttles, errors, retries, bisecting and age limits do to IteratorAge, blocked shards, lost
//! records and cost.
//!
//! # Architecture
//!
//! One crate, a library with a thin binary. Imports follow the arrows, or skip downward; never
//! upward or sideways (`tests/architecture.rs` checks it):
//!
//! ```text
//! main -> cli -+-> experiment -+-> scenario ---> model ---> engine ---> units
//!              |               +-> analysis -+
//!              +-> import -> scenario        |
//!              +-> report -------------------+-> results
//! ```
//!
//! | module | owns | must not know |
//! |---|---|---|
//! | [`units`] | time, sizes, rates, chances: types, reading and printing | anything else |
//! | [`engine`] | event calendar, run loop, addressed random streams, samplers | AWS words |
//! | [`model`] | the AWS world as plain state machines, one closed event enum | files, text |
//! | [`scenario`] | TOML text to valid settings, or to all of its mistakes | running |
//! | [`import`] | files of the AWS world and CloudWatch metrics to scenarios | running |
//! | [`analysis`] | intervals, quantiles, stability | the model |
//! | [`results`] | plain data between computing and showing | how it was computed |
//! | [`experiment`] | replications, variants, sweeps, the standard recorder | text, charts |
//! | [`report`] | tables, charts, page, CSV, JSON, Parquet | the model |
//! | [`cli`] | arguments, progress, exit codes; nothing else prints | rules |
//!
//! # Ideas
//!
//! - **A stream is a function, not a store.** What is written to a shard is a pure function of
//!   (seed, replication, shard, index), generated while it is read ([`model::workload`],
//!   [`model::shard`]). A backlog of a day costs no more memory than none.
//! - **Costs are per batch.** Events are polls, batch closings, ends of invocations and retries
//!   ([`model::event`]); polls that cannot find anything are skipped by arithmetic
//!   ([`model::poll_grid`]).
//! - **Decisions are pure functions that return an enum** ([`model::failure`],
//!   [`model::eligibility`], [`model::window`]); [`model::system`] carries them out.
//! - **The model states facts**, recorders turn them into statistics. An [`model::Observer`] is
//!   a type parameter and cannot influence a run.
//! - **Randomness has an address** ([`engine::random`]), never an order of use: adding a shard,
//!   a variant or a recorder changes no other draw.
//!
//! Rules are cited as `S6.1`; the README's fidelity table lists them with their evidence.
//!
//! # In your own program
//!
//! A scenario is a text, read as it is from a file; every change that `--set` can make is a
//! [`scenario::Override`]. The figures are plain data with 95 % intervals: times in seconds, sizes
//! in bytes, money in dollars.
//!
//! ```
//! use shardlag::experiment::{self, RunOptions};
//! use shardlag::scenario::{self, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let source = Source::of_text(
//!     r#"
//!     duration = "10m"
//!     replications = 2
//!     stream = { kind = "dynamodb", shards = 4 }
//!     traffic = [{ arrivals = { poisson = { rate = "50/s" } } }]
//!     mapping = { StartingPosition = "TRIM_HORIZON" }
//!     function = { duration = "40ms" }
//!     "#,
//! );
//! let scenario = scenario::load(&source, &[])?;
//! let results = experiment::run(&scenario, &RunOptions::default(), &|_| ())?;
//! let p99 = results.summary.variants[0].iterator_age.p99;
//! assert!(p99.value.is_some_and(|seconds| seconds < 10.0));
//! # Ok(())
//! # }
//! ```
//!
//! | to | use | example |
//! |---|---|---|
//! | read the figures of a run | [`scenario::load`], [`experiment::run`] | `read_figures` |
//! | note what no figure says | [`model::Observer`], [`model::simulate`] | `own_observer` |
//! | explain a record, a shard or a run | [`experiment::explanation::explain`] | |
//! | compare many settings | [`scenario::Override`], [`analysis::paired_difference`] | `sweep` |
//! | run a planned sweep | [`scenario::Sweep`], [`experiment::sweep`] | |
//! | choose among many settings | [`experiment::tuning::tune`] | |
//! | make the charts, the page, the files | [`report::write_all`], [`report::charts`] | |
//!
//! Mistakes in a scenario come all at once as [`scenario::Diagnostics`], with file, line and
//! column; a run fails with [`experiment::RunError`] when it reaches its limit on events. A run
//! depends on nothing but scenario and seed: not on the clock, the environment or the threads.
//!
//! Settings that are changed in the structs of [`model::settings`] are not checked again: what
//! AWS would refuse is refused by [`scenario::load`] only.

pub mod analysis;
pub mod cli;
pub mod engine;
pub mod experiment;
pub mod import;
pub mod model;
pub mod report;
pub mod results;
pub mod scenario;
pub mod units;
