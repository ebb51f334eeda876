//! `[concurrency]`: what bounds the number of invocations at once (S10.3).

use super::arrivals::pair;
use super::knobs::whole_or_unlimited;
use super::reader::{Field, Reading, TableReader};
use crate::model::settings::Concurrency;
use crate::units::{Instant, Limit};

const CONCURRENCY_MAX: u32 = 10_000_000;
const POINTS_MAX: usize = 100_000;

/// Reads `[concurrency]`.
pub(super) fn concurrency(mut table: TableReader<'_>, cx: &mut Reading) -> Option<Concurrency> {
    let account_field = table.or_default("account_limit", "1000", cx);
    let account_limit = whole_or_unlimited(&account_field, CONCURRENCY_MAX, cx);
    let reserved_field = table.optional("reserved", cx);
    let reserved = match &reserved_field {
        Some(field) => field.whole_u32(0, CONCURRENCY_MAX, cx).map(Some),
        None => Some(None),
    };
    let others = other_functions(&table.or_default("other_functions", "[]", cx), cx);
    let scaling = scaling(&table.or_default("scaling", "1000/10s", cx), cx);
    table.finish(cx);
    let (account_limit, reserved) = (account_limit?, reserved?);
    if let (Some(field), Some(reserved), Limit::Limited(limit)) =
        (&reserved_field, reserved, account_limit)
        && reserved > limit
    {
        let message = format!("{reserved} is above `account_limit`, {limit}");
        cx.error(field, message);
    }
    Some(Concurrency {
        account_limit,
        reserved,
        other_functions: others?,
        environments_per_10s: scaling?,
    })
}

fn other_functions(field: &Field<'_>, cx: &mut Reading) -> Option<Vec<(Instant, u32)>> {
    let elements = field.list(POINTS_MAX, "[[\"0s\", 100]]", cx)?;
    let mut points: Vec<(Instant, u32)> = Vec::with_capacity(elements.len());
    for element in &elements {
        let (at_field, used) = pair(element, "[\"0s\", 100]", cx)?;
        let (at, used) = (at_field.instant(cx), used.whole_u32(0, CONCURRENCY_MAX, cx));
        let (at, used) = (at?, used?);
        if points.last().is_some_and(|(previous, _)| *previous >= at) {
            let message = format!("{} is not after the point before it", at_field.written());
            cx.error(&at_field, message);
            return None;
        }
        points.push((at, used));
    }
    Some(points)
}

/// New environments as a rate, `"1000/10s"`, or `"unlimited"`.
fn scaling(field: &Field<'_>, cx: &mut Reading) -> Option<Limit<u32>> {
    field.limit(cx, |field, cx| {
        let per_10s = libm::round(field.rate_in("/10s", cx)?.per_second() * 10.0);
        if !(1.0..=f64::from(CONCURRENCY_MAX)).contains(&per_10s) {
            let message = format!("{} is not between 1/10s and 10000000/10s", field.written());
            cx.error(field, message);
            return None;
        }
        Some(per_10s as u32)
    })
}
