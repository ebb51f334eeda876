//! shardlag.

pub mod engine;
pub mod model;
pub mod report;
pub mod results;
pub mod units;
