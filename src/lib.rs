//! shardlag.

pub mod engine;
pub mod model;
pub mod results;
pub mod scenario;
pub mod units;
