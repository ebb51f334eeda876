//! One plain sentence that says what a comparison found, the worst first.

use super::cells;
use crate::results::{ComparisonMethod, ComparisonVerdict, MetricComparison, PairComparison};

/// Metrics that a sentence names before it counts the others.
const NAMED_MAX: usize = 3;

/// Says what was found, with the names of metrics as in `summary.json`.
pub(super) fn sentence(pair: &PairComparison) -> String {
    sentence_with(pair, &|name| name.to_owned())
}

/// Says what was found; `name_of` says what a metric is called.
pub(in crate::report) fn sentence_with(
    pair: &PairComparison,
    name_of: &dyn Fn(&str) -> String,
) -> String {
    let [worse, better, undecided] =
        [ComparisonVerdict::Worse, ComparisonVerdict::Better, ComparisonVerdict::Undecided]
            .map(|verdict| pair.with(verdict).collect::<Vec<_>>());
    let named = |metrics: &[&MetricComparison]| named(metrics, name_of);
    let [base, other] = [&pair.base, &pair.other].map(|name| format!("\"{name}\""));
    let load = match pair.is_destabilized() {
        true => format!("{other} cannot carry its load, {base} can. "),
        false => String::new(),
    };
    let open = match undecided.len() {
        0 => String::new(),
        1 => "; 1 metric is undecided".to_owned(),
        count => format!("; {count} metrics are undecided"),
    };
    let found = match (worse.is_empty(), better.is_empty()) {
        (true, true) if undecided.is_empty() => no_difference(pair),
        (true, true) => format!("No difference between {other} and {base} can be told{open}."),
        (false, true) => {
            format!("{other} is worse than {base} in {}, better in none{open}.", named(&worse))
        }
        (true, false) => {
            format!("{other} is better than {base} in {}, worse in none{open}.", named(&better))
        }
        (false, false) => format!(
            "{other} is worse than {base} in {}, better in {}{open}.",
            named(&worse),
            named(&better)
        ),
    };
    format!("{load}{found}")
}

fn no_difference(pair: &PairComparison) -> String {
    let [base, other] = [&pair.base, &pair.other].map(|name| format!("\"{name}\""));
    if pair.with(ComparisonVerdict::NotJudged).count() > 0 {
        return format!("No metric of {other} is better or worse than that of {base}.");
    }
    match pair.method {
        ComparisonMethod::Paired => format!(
            "No difference between {other} and {base}: every metric is the same in every \
             replication."
        ),
        ComparisonMethod::Unpaired => {
            format!("No difference between {other} and {base}: every figure is the same.")
        }
    }
}

/// The metrics with the largest changes, and how many more there are.
fn named(metrics: &[&MetricComparison], name_of: &dyn Fn(&str) -> String) -> String {
    let size = |metric: &&MetricComparison| metric.relative().map_or(f64::INFINITY, f64::abs);
    let mut sorted = metrics.to_vec();
    sorted.sort_by(|one, other| size(other).total_cmp(&size(one)));
    let shown = sorted.iter().take(NAMED_MAX);
    let shown: Vec<String> = shown
        .map(|metric| format!("{} ({})", name_of(&metric.name), cells::change(metric)))
        .collect();
    match sorted.len().saturating_sub(NAMED_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
