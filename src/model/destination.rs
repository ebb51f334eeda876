//! The on-failure destination (S8): whether a message about a discarded batch arrives.
//!
//! A failed delivery is terminal: the records are dropped (S8.3). The message itself is an
//! observation; its JSON shape (S8.1) is made where it is written out.

use super::purposes;
use super::settings::OnFailure;
use crate::engine::RandomSource;

/// Whether the message about the batch that begins at `first_sequence` of `shard` is delivered;
/// `None` without a destination.
pub fn deliver(
    destination: Option<&OnFailure>,
    random: &RandomSource,
    shard: u32,
    first_sequence: u64,
) -> Option<bool> {
    let destination = destination?;
    let chance = destination.delivery_failure.get();
    if chance <= 0.0 {
        return Some(true);
    }
    let stream = random.stream(purposes::DESTINATION_DELIVERY, u64::from(shard));
    Some(stream.at(first_sequence, 1).uniform() >= chance)
}
