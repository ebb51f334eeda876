//! `[destination]`: deliveries to the on-failure destination that fail (S8.3).

use super::reader::{Field, Reading, TableReader};
use crate::units::Probability;

const FAILING_MAX: usize = 100_000;

/// Which deliveries fail.
pub(super) struct FailingDeliveries<'d> {
    /// Where something is said about failing, if anything is.
    pub said_at: Option<Field<'d>>,
    /// Chance of every delivery.
    pub chance: Probability,
    /// Numbers of deliveries that fail for certain, from 1, sorted.
    pub numbers: Vec<u64>,
}

/// Reads `[destination]`.
pub(super) fn failing_deliveries<'d>(
    mut table: TableReader<'d>,
    cx: &mut Reading,
) -> Option<FailingDeliveries<'d>> {
    let chance_field = table.optional("delivery_failure", cx);
    let numbers_field = table.optional("failing_deliveries", cx);
    table.finish(cx);
    let chance = match &chance_field {
        Some(field) => field.probability(cx),
        None => Some(Probability::ZERO),
    };
    let numbers = match &numbers_field {
        Some(field) => numbers(field, cx),
        None => Some(Vec::new()),
    };
    Some(FailingDeliveries {
        said_at: chance_field.or(numbers_field),
        chance: chance?,
        numbers: numbers?,
    })
}

fn numbers(field: &Field<'_>, cx: &mut Reading) -> Option<Vec<u64>> {
    let elements = field.list(FAILING_MAX, "[1, 2]", cx)?;
    let read: Vec<Option<u64>> =
        elements.iter().map(|element| element.whole(1, u64::MAX, cx)).collect();
    let mut numbers = read.into_iter().collect::<Option<Vec<u64>>>()?;
    numbers.sort_unstable();
    Some(numbers)
}
