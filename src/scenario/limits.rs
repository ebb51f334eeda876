//! All limits on what a command may take: what each is by default, and what raises it.
//!
//! Whoever types a digit too many learns it from a message instead of from a machine that is busy
//! for days or out of memory. The defaults are far above what is useful and below what nobody
//! waits for: two thousand million events take about an hour.
//!
//! | limit | when it is reached |
//! |---|---|
//! | events, records of a replication | the run ends; what is done is shown, nothing is written |
//! | points of a sweep | nothing is run |
//! | lines of a trace, messages, blocked intervals | the rest is left out, and a warning says so |
//! | size of a file to import | nothing is imported |
//!
//! [`LIMITS`] is the table of `shardlag --help` and of the README; a test compares them. Left out:
//! limits of single keys of a scenario, which are ranges and belong to their tables; and limits of
//! AWS, which are in `mapping_limits`.

/// Events of one replication.
pub const EVENTS_MAX: u64 = 2_000_000_000;
/// Records that a consumer reads in one replication, and that may be written in it.
pub const RECORDS_MAX: u64 = 1_000_000_000_000;
/// Records that are counted before anything is run, for `split_above`.
pub const COUNTED_MAX: u64 = 100_000_000_000;
/// Points of a sweep.
pub const POINTS_MAX: u32 = 10_000;
/// No limit on points can be higher.
pub const POINTS_LIMIT: u32 = 1_000_000;
/// Lines of a trace.
pub const TRACE_LINES_MAX: u64 = 20_000_000;
/// Messages in `destination.jsonl`.
pub const MESSAGES_MAX: u64 = 10_000;
/// Size of each file to import, as it is typed.
pub const IMPORT_SIZE_MAX: &str = "64MiB";
/// The same in bytes.
pub const IMPORT_BYTES_MAX: u64 = 64 << 20;

/// A limit as people read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceLimit {
    /// What is limited.
    pub what: &'static str,
    /// The limit where nothing else is said.
    pub default: &'static str,
    /// The argument that says something else.
    pub raised_by: &'static str,
    /// Commands that have it.
    pub commands: &'static str,
}

/// All limits that can be raised.
pub const LIMITS: [ResourceLimit; 6] = [
    ResourceLimit {
        what: "events of one replication",
        default: "2,000,000,000",
        raised_by: "--max-events",
        commands: "run, compare, sweep, tune, explain",
    },
    ResourceLimit {
        what: "records written or read in a replication",
        default: "1,000,000,000,000",
        raised_by: "--max-records",
        commands: "run, compare, sweep, tune, explain",
    },
    ResourceLimit {
        what: "points of a sweep",
        default: "10,000",
        raised_by: "--max-points",
        commands: "sweep",
    },
    ResourceLimit {
        what: "lines of a trace",
        default: "20,000,000",
        raised_by: "--max-trace-lines",
        commands: "run",
    },
    ResourceLimit {
        what: "messages in destination.jsonl",
        default: "10,000",
        raised_by: "--max-messages",
        commands: "run",
    },
    ResourceLimit {
        what: "size of each file to import",
        default: IMPORT_SIZE_MAX,
        raised_by: "--max-size",
        commands: "import",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::parse_bytes;

    #[test]
    fn the_table_states_the_limits_that_are_used() {
        let number = |limit: &ResourceLimit| limit.default.replace(',', "").parse::<u64>().ok();
        let counts: Vec<Option<u64>> = LIMITS.iter().map(number).collect();
        let used = [EVENTS_MAX, RECORDS_MAX, POINTS_MAX.into(), TRACE_LINES_MAX, MESSAGES_MAX];
        assert_eq!(counts[..5], used.map(Some));
        let size = parse_bytes(IMPORT_SIZE_MAX).map(|size| size.get());
        assert_eq!(size.ok(), Some(IMPORT_BYTES_MAX));
    }
}
