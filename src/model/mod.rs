//! The AWS world as plain state machines.

pub mod age_parts;
pub mod arrival_list;
pub mod batch;
pub mod blocked;
pub mod checkpoint;
pub mod counted_pages;
pub mod destination;
pub mod eligibility;
pub mod event;
pub mod failure;
pub mod function;
pub mod held_back;
pub mod lane;
pub mod lineage;
pub mod mapping_change;
pub mod observation;
pub mod per_shard;
pub mod plain_log;
pub mod plain_queue;
pub mod poll_grid;
pub mod purposes;
pub mod read_limits;
pub mod reader;
pub mod record;
pub mod record_log;
pub mod record_queue;
pub mod settings;
pub mod shard;
pub mod system;
pub mod tumbling;
pub mod window;
pub mod workload;

pub use observation::{Observation, Observer};
pub use settings::Settings;
pub use system::{Finished, simulate, simulate_consumers};
