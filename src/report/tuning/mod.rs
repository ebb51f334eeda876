//! What `tune` shows: a table for the terminal, a page with a chart, one JSON document, and the
//! changed settings as they are deployed.
//!
//! | file | makes |
//! |---|---|
//! | [`terminal`](self::tuning_terminal) | the answer at 80 columns |
//! | [`page`](self::tuning_page) | the same with the chart and every combination |
//! | [`json`](self::tuning_json) | the contract `shardlag.tune/1` |
//! | [`files`](self::tuning_files) | all of them as files |
//! | [`fragments`](self::Fragments) | AWS CLI command, CloudFormation, Terraform |
//! | `sentences` | what was found, in plain words |

mod files;
mod fragments;
mod json;
mod page;
mod sentences;
mod terminal;

pub use files::{tuning_files, write_tuning};
pub use fragments::Fragments;
pub use json::tuning_json;
pub use page::tuning_page;
pub use terminal::tuning_terminal;

use std::collections::BTreeSet;

use super::figures::{self, Quantity};
use crate::results::{Estimate, MetricUnit, Standing, TunedKey, TunedSettings, TunedValue, Tuning};

/// What decides the unit that is written; `None`: a ratio has none.
pub(super) fn quantity(unit: MetricUnit) -> Option<Quantity> {
    match unit {
        MetricUnit::Seconds => Some(Quantity::Seconds),
        MetricUnit::Count => Some(Quantity::Count),
        MetricUnit::UsDollars => Some(Quantity::Dollars),
        MetricUnit::Ratio => None,
    }
}

/// A figure in its unit.
fn figure(estimate: &Estimate, unit: MetricUnit) -> String {
    match quantity(unit) {
        Some(quantity) => figures::estimate(estimate, quantity),
        None => figures::in_unit(estimate, ""),
    }
}

/// The combination in one line: `BatchSize 100, ParallelizationFactor 2`.
pub(super) fn settings_label(tuning: &Tuning, settings: &TunedSettings) -> String {
    if settings.values.is_empty() {
        return "the scenario as it is".to_owned();
    }
    let shown = columns(tuning);
    let one = |key: &&TunedKey| {
        let value = settings.values.iter().find(|value| value.key == key.key)?;
        Some(format!("{} {}", name(key), shown_value(tuning, value)))
    };
    shown.iter().filter_map(one).collect::<Vec<String>>().join(", ")
}

/// What a setting is called.
fn name(key: &TunedKey) -> String {
    if key.name == key.key { short_key(&key.key) } else { key.name.clone() }
}

/// The settings but those that say nothing new: which always move with one before them.
fn columns(tuning: &Tuning) -> Vec<&TunedKey> {
    let values = |key: &TunedKey| -> Vec<Option<&str>> {
        let settings = tuning.settings.iter();
        let of = settings.map(|one| one.values.iter().find(|value| value.key == key.key));
        of.map(|value| value.map(|value| value.value.as_str())).collect()
    };
    let move_together = |one: &TunedKey, other: &TunedKey| {
        let pairs: BTreeSet<(Option<&str>, Option<&str>)> =
            values(one).into_iter().zip(values(other)).collect();
        let distinct = |key: &TunedKey| values(key).into_iter().collect::<BTreeSet<_>>().len();
        pairs.len() == distinct(one) && pairs.len() == distinct(other)
    };
    let mut shown: Vec<&TunedKey> = Vec::new();
    for key in &tuning.keys {
        if !shown.iter().any(|before| move_together(before, key)) {
            shown.push(key);
        }
    }
    shown
}

/// A key without what everybody knows: `BatchSize`, `poisson.rate`.
fn short_key(key: &str) -> String {
    if let Some(parameter) = key.strip_prefix("mapping.") {
        return parameter.to_owned();
    }
    let is_name = |part: &&str| part.parse::<u32>().is_err();
    let parts: Vec<&str> = key.split('.').filter(is_name).collect();
    parts[parts.len().saturating_sub(2)..].join(".")
}

/// A value as people say it. A list that is empty or not is off or on.
fn shown_value(tuning: &Tuning, value: &TunedValue) -> String {
    let of_key = tuning.settings.iter().flat_map(|one| &one.values);
    let levels: BTreeSet<&str> =
        of_key.filter(|one| one.key == value.key).map(|one| one.value.as_str()).collect();
    let is_switch = levels.len() == 2
        && levels.contains("[]")
        && levels.iter().all(|level| level.starts_with('['));
    match (is_switch, value.value.as_str()) {
        (true, "[]") => "off".to_owned(),
        (true, _) => "on".to_owned(),
        (false, text) => plain_value(text),
    }
}

/// A value without the signs of the file: texts without quotes, lists without brackets.
fn plain_value(value: &str) -> String {
    let plain: String = value.chars().filter(|sign| !"[]\"".contains(*sign)).collect();
    match plain.trim() {
        "" => "none".to_owned(),
        "true" => "on".to_owned(),
        "false" => "off".to_owned(),
        plain => plain.to_owned(),
    }
}

/// What became of a combination, in words.
fn standing(settings: &TunedSettings) -> &'static str {
    match settings.standing {
        Standing::Recommended => "recommended",
        Standing::Same => "the same",
        Standing::Undecided => "cannot be told apart",
        Standing::Worse => "worse",
        Standing::Misses => "misses a target",
        Standing::Unstable => "overloaded, not run",
    }
}

/// The combinations by standing, the best first in each.
fn in_order(tuning: &Tuning) -> Vec<&TunedSettings> {
    let rank = |one: &TunedSettings| match one.standing {
        Standing::Recommended => 0,
        Standing::Same => 1,
        Standing::Undecided => 2,
        Standing::Worse => 3,
        Standing::Misses => 4,
        Standing::Unstable => 5,
    };
    let sign = if tuning.aim.maximize { -1.0 } else { 1.0 };
    let figure = |one: &TunedSettings| {
        let difference = one.difference.value.or(one.objective.value);
        difference.map_or(f64::INFINITY, |value| value * sign)
    };
    let mut all: Vec<&TunedSettings> = tuning.settings.iter().collect();
    all.sort_by(|one, other| {
        rank(one).cmp(&rank(other)).then(figure(one).total_cmp(&figure(other)))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_short_and_say_what_they_are() {
        assert_eq!(short_key("mapping.BatchSize"), "BatchSize");
        assert_eq!(short_key("traffic.0.arrivals.poisson.rate"), "poisson.rate");
        assert_eq!(short_key("stream.shards"), "stream.shards");
        assert_eq!(plain_value("[\"ReportBatchItemFailures\"]"), "ReportBatchItemFailures");
        assert_eq!(
            [plain_value("[]"), plain_value("true"), plain_value("-1")],
            ["none", "on", "-1"]
        );
        assert_eq!(plain_value("\"30/s\""), "30/s");
    }
}
