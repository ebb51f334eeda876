//! Limits that can be typed behind the commands that simulate, and the table of all of them.

use clap::Args;

use crate::experiment::limits::ReplicationLimits;
use crate::scenario::limits::{EVENTS_MAX, LIMITS, MESSAGES_MAX, RECORDS_MAX, ResourceLimit};

/// Limits on one replication.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LimitArguments {
    /// Events of one replication at most
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    pub max_events: u64,
    /// Records that are read in one replication at most
    #[arg(long, value_name = "N", default_value_t = RECORDS_MAX)]
    pub max_records: u64,
}

impl LimitArguments {
    /// As the experiment takes them.
    pub fn limits(self) -> ReplicationLimits {
        let LimitArguments { max_events: events, max_records: records } = self;
        ReplicationLimits { events, records, messages: MESSAGES_MAX }
    }
}

/// The table of `shardlag --help`.
pub(super) fn table() -> String {
    let row = |limit: &ResourceLimit| {
        format!("\n  {:<18}{:>17}  {}", limit.raised_by, limit.default, limit.what)
    };
    let rows: String = LIMITS.iter().map(row).collect();
    format!("Limits, which these arguments raise or lower:{rows}")
}
