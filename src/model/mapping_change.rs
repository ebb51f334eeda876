//! What a change of the mapping's settings during a run does to polling (S2.5 to S2.7).
//!
//! | polling | new settings | then |
//! |---|---|---|
//! | on | disabled | it goes on for `disable_delay`, then stops |
//! | on | enabled, otherwise the same | it goes on |
//! | on | enabled, otherwise others | it stops and starts again `update_delay` later |
//! | off | disabled | it stays off |
//! | off | enabled, were disabled | it starts `enable_delay` later |
//! | off | enabled, were enabled | an update on its way: it starts `update_delay` later |
//!
//! A change takes the place of what an earlier one has not done yet. **Assumption**: the API
//! refuses changes while one is on its way; here the later one wins.

use super::settings::Mapping;

/// What to do with polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollingChange {
    /// Nothing.
    None,
    /// Stop it `disable_delay` later.
    Stop,
    /// Start it `enable_delay` later.
    Start,
    /// Stop it at once and start it `update_delay` later.
    Restart,
}

/// The mappings that a change is about.
#[derive(Debug, Clone, Copy)]
pub struct MappingsInPlay<'a> {
    /// The settings that polling uses.
    pub in_force: &'a Mapping,
    /// The settings last asked for.
    pub before: &'a Mapping,
    /// The settings asked for now.
    pub wanted: &'a Mapping,
}

/// What follows from a change of settings, given whether there is polling.
pub fn after_change(is_polling: bool, mappings: MappingsInPlay<'_>) -> PollingChange {
    let MappingsInPlay { in_force, before, wanted } = mappings;
    match (is_polling, wanted.enabled) {
        (true, false) => PollingChange::Stop,
        (false, false) => PollingChange::None,
        (false, true) if before.enabled => PollingChange::Restart,
        (false, true) => PollingChange::Start,
        (true, true) if *wanted == (Mapping { enabled: true, ..in_force.clone() }) => {
            PollingChange::None
        }
        (true, true) => PollingChange::Restart,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::StartingPosition;
    use crate::units::{Duration, Limit};

    fn mapping(enabled: bool, batch_size: u32) -> Mapping {
        Mapping {
            enabled,
            enhanced_fan_out: false,
            starting_position: StartingPosition::TrimHorizon,
            batch_size,
            batching_window: Duration::ZERO,
            parallelization_factor: 1,
            maximum_retry_attempts: Limit::Unlimited,
            maximum_record_age: Limit::Unlimited,
            bisect: false,
            report_batch_item_failures: false,
            tumbling_window: Duration::ZERO,
            on_failure: None,
        }
    }

    #[test]
    fn a_change_does_to_polling_what_the_table_says() {
        let (on, off, other) = (mapping(true, 1), mapping(false, 1), mapping(true, 2));
        let table = [
            (true, &on, &off, PollingChange::Stop),
            (true, &on, &on, PollingChange::None),
            (true, &off, &on, PollingChange::None),
            (true, &on, &other, PollingChange::Restart),
            (false, &off, &off, PollingChange::None),
            (false, &off, &on, PollingChange::Start),
            (false, &off, &other, PollingChange::Start),
            (false, &on, &other, PollingChange::Restart),
        ];
        for (is_polling, before, wanted, expected) in table {
            let mappings = MappingsInPlay { in_force: &on, before, wanted };
            assert_eq!(after_change(is_polling, mappings), expected, "{before:?} to {wanted:?}");
        }
    }
}
