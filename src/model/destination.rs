//! The on-failure destination (S8): whether a message about a discarded batch arrives.
//!
//! A failed delivery is terminal: the records are dropped (S8.3). The message itself is an
//! observation; its JSON shape (S8.1) is made where it is written out.

use super::purposes;
use super::settings::OnFailure;
use crate::engine::RandomSource;

/// A message to the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Number among all messages of the run, from 1.
    pub number: u64,
    /// Shard of the batch it is about.
    pub shard: u32,
    /// Sequence of the batch's first record.
    pub first_sequence: u64,
}

/// Whether a message is delivered; `None` without a destination.
pub fn deliver(
    destination: Option<&OnFailure>,
    random: &RandomSource,
    delivery: Delivery,
) -> Option<bool> {
    let destination = destination?;
    if destination.failing_deliveries.binary_search(&delivery.number).is_ok() {
        return Some(false);
    }
    let chance = destination.delivery_failure.get();
    if chance <= 0.0 {
        return Some(true);
    }
    let stream = random.stream(purposes::DESTINATION_DELIVERY, u64::from(delivery.shard));
    Some(stream.at(delivery.first_sequence, 1).uniform() >= chance)
}
