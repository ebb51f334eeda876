//! The AWS world as plain state machines.

pub mod purposes;
pub mod record;
pub mod settings;
pub mod workload;
