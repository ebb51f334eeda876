//! `[[function.fault]]` from `Errors` and `Invocations`.
//!
//! Neighbouring periods in which at least [`OUTAGE_SHARE`] of the invocations fail are one outage;
//! the errors of all other periods together give one error rate. Periods without an invocation
//! neither begin nor end an outage. **Assumption**: errors outside of outages hit invocations
//! independently; a poison record would look the same in these metrics.

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table};

use super::super::problem::Problem;
use super::{Making, seconds_text, table};

/// Share of failed invocations from which a period counts as an outage.
pub const OUTAGE_SHARE: f64 = 0.9;

/// A period with its counts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counted {
    at: i64,
    errors: f64,
    invocations: f64,
}

/// Puts faults into the scenario in place of those that it has.
pub fn put(making: &mut Making<'_>, document: &mut DocumentMut) -> Result<(), Problem> {
    let find = |name: &str| making.find(name, &["Sum"]).map(|(_, series)| series.clone());
    let Some(errors) = find("Errors") else {
        return Err(making.lacking("has no Sum of `Errors`"));
    };
    let Some(invocations) = find("Invocations") else {
        return Err(making.lacking("has no Sum of `Invocations` to hold the errors against"));
    };
    let period = invocations.period().or(errors.period());
    let Some(period) = period else {
        return Err(making.lacking("has one point only"));
    };
    let errors: std::collections::BTreeMap<i64, f64> = errors.points.into_iter().collect();
    let counted: Vec<Counted> = invocations
        .points
        .iter()
        .map(|(at, count)| Counted {
            at: *at,
            errors: errors.get(at).copied().unwrap_or(0.0),
            invocations: *count,
        })
        .collect();
    let start = making.start(counted[0].at, document);
    let (outages, rate) = outages_and_rate(&counted, period);
    let mut faults = ArrayOfTables::new();
    for (from, to) in &outages {
        let (from, to) = (from - start, to - start);
        if to <= 0 {
            continue;
        }
        let mut outage = InlineTable::new();
        outage.insert("from", seconds_text(from.max(0)).into());
        outage.insert("to", seconds_text(to).into());
        let mut fault = Table::new();
        fault["outage"] = toml_edit::value(outage);
        faults.push(fault);
        let (from, to) = (seconds_text(from.max(0)), seconds_text(to));
        making.notes.push(format!("faults: outage from {from} to {to}"));
    }
    if rate > 0.0 {
        let percent = format!("{:.6}", rate * 100.0);
        let text = format!("{}%", percent.trim_end_matches('0').trim_end_matches('.'));
        let mut fault = Table::new();
        fault["error_rate"] = toml_edit::value(text.as_str());
        faults.push(fault);
        making.notes.push(format!("faults: {text} of the other invocations fail"));
    }
    if faults.is_empty() {
        making.notes.push("faults: no invocation failed".to_owned());
    }
    let function = table(document, "function")?;
    match faults.is_empty() {
        true => {
            function.remove("fault");
        }
        false => function["fault"] = Item::ArrayOfTables(faults),
    }
    Ok(())
}

/// Spans of outages, and the share of errors outside of them.
fn outages_and_rate(counted: &[Counted], period: i64) -> (Vec<(i64, i64)>, f64) {
    let mut outages: Vec<(i64, i64)> = Vec::new();
    let (mut errors, mut invocations) = (0.0, 0.0);
    let mut is_open = false;
    for one in counted.iter().filter(|one| one.invocations > 0.0) {
        if one.errors >= OUTAGE_SHARE * one.invocations {
            match outages.last_mut() {
                Some(last) if is_open => last.1 = one.at + period,
                Some(_) | None => outages.push((one.at, one.at + period)),
            }
            is_open = true;
        } else {
            is_open = false;
            errors += one.errors;
            invocations += one.invocations;
        }
    }
    let rate = if invocations > 0.0 { errors / invocations } else { 0.0 };
    (outages, rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_periods_of_failures_are_one_outage_and_the_rest_a_rate() {
        let rows = [(0, 1.0, 100.0), (60, 95.0, 100.0), (120, 0.0, 0.0), (180, 50.0, 50.0)];
        let more = [(240, 3.0, 100.0), (300, 90.0, 100.0)];
        let counted: Vec<Counted> = rows
            .iter()
            .chain(&more)
            .map(|&(at, errors, invocations)| Counted { at, errors, invocations })
            .collect();
        let (outages, rate) = outages_and_rate(&counted, 60);
        assert_eq!(outages, [(60, 240), (300, 360)]);
        assert_eq!(rate, 0.02);
    }
}
