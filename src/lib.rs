//! shardlag.

pub mod analysis;
pub mod engine;
pub mod model;
pub mod results;
pub mod scenario;
pub mod units;
